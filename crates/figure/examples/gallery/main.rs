//! Draws figures of invented numbers in both themes, as SVG, PNG and HTML, to look at.
//!
//! `cargo run -p headlight-figure --example gallery FOLDER`

mod dejavu_fonts;
mod render;
mod samples;

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use headlight_figure::{html, svg, unscaled_width};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("where to: a folder")?;
    let folder = PathBuf::from(folder);
    fs::create_dir_all(&folder)?;
    let fonts = dejavu_fonts::with_dejavu();
    for theme in samples::THEMES {
        let mut page =
            String::from("<!doctype html><meta charset=\"utf-8\"><title>Figures</title>\n");
        for figure in samples::all() {
            let file = svg(&figure, theme, unscaled_width(figure.size.width));
            let name = format!("{}-{}", figure.id, theme.name);
            fs::write(folder.join(format!("{name}.svg")), &file)?;
            render::render(&file, 2.0, &fonts)?.save_png(folder.join(format!("{name}.png")))?;
            page.push_str(&html(&figure, theme));
        }
        fs::write(folder.join(format!("all-{}.html", theme.name)), page)?;
    }
    Ok(())
}
