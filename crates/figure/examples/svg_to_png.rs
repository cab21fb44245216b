//! Draws every SVG file of a folder as PNG files beside it, with the fonts of this machine.
//!
//! `cargo run -p headlight-figure --example svg_to_png -- FOLDER [GENERIC=FAMILY]..`
//!
//! `NAME.png` is drawn as it is. `NAME.fine.png` is drawn four times as wide and high, and each
//! of its pixels is the mean of 16: at an edge the renderer knows few steps between two
//! colours, which a browser has more of; where edges lie over each other it mixes as a browser
//! does only in the first.
//!
//! Which typeface a browser takes for a stack is its own matter: `system-ui`, say, is what
//! the desktop says. Whoever compares with a browser names the family that it took, as
//! `"sans-serif=DejaVu Sans"` for every stack that ends in `sans-serif`.

#[path = "gallery/render.rs"]
mod render;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use resvg::tiny_skia::Pixmap;
use resvg::usvg::{Font, FontResolver, Options, fontdb};

/// Pixels in width and height that become one.
const FINER: u32 = 4;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        #[expect(clippy::print_stderr, reason = "a program says what went wrong")]
        Err(sentence) => {
            eprintln!("error: {sentence}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let mut words = std::env::args().skip(1);
    let folder = words.next().ok_or("expected a folder of SVG files")?;
    let families = words.map(|word| match word.split_once('=') {
        Some((generic, family)) => Ok((generic.to_owned(), family.to_owned())),
        None => Err(format!("`{word}` is not GENERIC=FAMILY")),
    });
    let options = with_system_fonts(families.collect::<Result<_, _>>()?);
    let files = svg_files(Path::new(&folder)).map_err(|error| format!("{folder}: {error}"))?;
    if files.is_empty() {
        return Err(format!("{folder} holds no SVG file"));
    }
    for file in files {
        draw(&file, &options).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

fn svg_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let paths: Result<Vec<PathBuf>, _> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect();
    let is_svg = |path: &PathBuf| path.extension() == Some(OsStr::new("svg"));
    Ok(paths?.into_iter().filter(is_svg).collect())
}

fn draw(file: &Path, options: &Options<'_>) -> Result<(), String> {
    let svg = fs::read_to_string(file).map_err(|error| error.to_string())?;
    let plain = render::render(&svg, 1.0, options)?;
    let fine = smaller(&render::render(&svg, FINER as f32, options)?)?;
    for (picture, ending) in [(plain, "png"), (fine, "fine.png")] {
        let written = picture.save_png(file.with_extension(ending));
        written.map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// A picture of which each pixel is the mean of a square of pixels.
fn smaller(fine: &Pixmap) -> Result<Pixmap, String> {
    let (width, height) = (fine.width() / FINER, fine.height() / FINER);
    let mut picture = Pixmap::new(width, height).ok_or("no pixels")?;
    let row = 4 * fine.width() as usize;
    let bytes = fine.data();
    for (at, byte) in picture.data_mut().iter_mut().enumerate() {
        let (pixel, channel) = (at / 4, at % 4);
        let (x, y) = (pixel % width as usize, pixel / width as usize);
        let finer = FINER as usize;
        let sum: u32 = (0..finer * finer)
            .map(|inner| {
                let (u, v) = (x * finer + inner % finer, y * finer + inner / finer);
                u32::from(bytes[v * row + 4 * u + channel])
            })
            .sum();
        *byte = ((sum + FINER * FINER / 2) / (FINER * FINER)) as u8;
    }
    Ok(picture)
}

/// Fonts of this machine; a stack that ends in a key of `families` is drawn with its family.
fn with_system_fonts(families: BTreeMap<String, String>) -> Options<'static> {
    let mut fonts = fontdb::Database::new();
    fonts.load_system_fonts();
    let by_stack = FontResolver::default_font_selector();
    let select_font = move |font: &Font, fonts: &mut Arc<fontdb::Database>| {
        let generic = font.families().last().map(ToString::to_string);
        match generic.and_then(|generic| families.get(&generic)) {
            Some(family) => of_family(font, family, fonts),
            None => by_stack(font, fonts),
        }
    };
    Options {
        fontdb: Arc::new(fonts),
        font_resolver: FontResolver {
            select_font: Box::new(select_font),
            ..FontResolver::default()
        },
        ..Options::default()
    }
}

/// The font of this family with the weight and style that are asked for.
fn of_family(font: &Font, family: &str, fonts: &fontdb::Database) -> Option<fontdb::ID> {
    fonts.query(&fontdb::Query {
        families: &[fontdb::Family::Name(family)],
        weight: fontdb::Weight(font.weight()),
        stretch: fontdb::Stretch::Normal,
        style: font.style().into(),
    })
}
