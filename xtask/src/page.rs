//! The page as a folder: shell, engines, style, models, recorded runs.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::bundle::Bundle;
use crate::dist::Dist;
use crate::engines::{self, Engines};
use crate::headers::{self, POLICY_OF_DOCUMENT};
use crate::models;
use crate::split::Parts;
use crate::template;
use crate::toolchain::WasmToolchain;
use crate::wasm::{Module, Quality};
use crate::workspace::Workspace;

/// Whom a page is built for. Its document says so: in a page for tests, and in no
/// other, a link can ask the engine to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Visitors of the site.
    Visitors,
    /// The tests in a browser.
    Tests,
}

impl Audience {
    /// The word in the document.
    fn name(self) -> &'static str {
        match self {
            Self::Visitors => "visitors",
            Self::Tests => "tests",
        }
    }
}

/// Builds the whole page into `folder`.
pub(crate) fn build(
    workspace: &Workspace,
    folder: &Path,
    quality: Quality,
    audience: Audience,
) -> Result<()> {
    let toolchain = WasmToolchain::ensure(workspace)?;
    let page = Dist::create(folder, quality)?;
    let mut engines = build_without_gpu(workspace, toolchain, &page, audience)?;
    engines.gpu = Some(engines::build(
        workspace,
        toolchain,
        Module::EngineGpu,
        &page,
    )?);
    engines.write(&page)?;
    page.write_plain(
        "_headers",
        headers::static_host_file(page.folder())?.as_bytes(),
    )
}

/// Builds all but the gpu engine, which is as much again; the page is complete without it.
pub(crate) fn build_without_gpu(
    workspace: &Workspace,
    toolchain: WasmToolchain,
    page: &Dist,
    audience: Audience,
) -> Result<Engines> {
    // First, so that a build that fails half-way leaves a folder that can be replaced.
    Engines::default().write(page)?;
    write_shell(workspace, toolchain, page, audience)?;
    write_embed(workspace, toolchain, page, audience)?;
    let engines = Engines {
        cpu: Some(engines::build(
            workspace,
            toolchain,
            Module::EngineCpu,
            page,
        )?),
        gpu: None,
        truth: Some(engines::build(workspace, toolchain, Module::Truth, page)?),
    };
    models::copy(workspace, page)?;
    copy_files(&workspace.path("web/recorded"), "recorded/", page)?;
    copy_files(
        &workspace.path("web/recorded-heads"),
        "recorded-heads/",
        page,
    )?;
    copy_files(
        &workspace.path("web/recorded-embeds"),
        "recorded-embeds/",
        page,
    )?;
    copy_files(&workspace.path("web/assets"), "", page)?;
    engines.write(page)?;
    Ok(engines)
}

/// The document, its style, and the module that draws everything else.
fn write_shell(
    workspace: &Workspace,
    toolchain: WasmToolchain,
    page: &Dist,
    audience: Audience,
) -> Result<()> {
    let linked = Module::Shell.compile(workspace, toolchain, page.quality())?;
    let shell = Parts::of(workspace, &linked, page.quality())?.write(page)?;
    let boot = template::fill(
        &read(&workspace.path("web/boot.js"))?,
        &[("SHELL_JS", &shell.js), ("SHELL_WASM", &shell.wasm)],
    )?;
    let boot_js = page.write_hashed("boot", "js", boot.as_bytes())?;
    let figures = read(&workspace.path("crates/figure/src/figure.css"))?;
    let css = style(workspace, "web/style")? + &figures;
    let css = page.write_hashed("style", "css", css.as_bytes())?;
    let room_styles = write_room_styles(workspace, page)?;
    let document = template::fill(
        &read(&workspace.path("web/index.html"))?,
        &[
            ("CSP", POLICY_OF_DOCUMENT),
            ("MADE_FOR", audience.name()),
            ("CSS", &css),
            ("ROOM_STYLES", &room_styles),
            ("BOOT_JS", &boot_js),
            ("SHELL_JS", &shell.js),
            ("LOADER_JS", &shell.loader_js),
            ("SHELL_WASM", &shell.wasm),
        ],
    )?;
    page.write("index.html", document.as_bytes())
}

/// The document that shows one figure in someone else's page, with a module for each room.
fn write_embed(
    workspace: &Workspace,
    toolchain: WasmToolchain,
    page: &Dist,
    audience: Audience,
) -> Result<()> {
    let mut names = Vec::new();
    for (module, js, wasm) in [
        (Module::EmbedAttention, "ATTENTION_JS", "ATTENTION_WASM"),
        (Module::EmbedFlash, "FLASH_JS", "FLASH_WASM"),
    ] {
        let linked = module.compile(workspace, toolchain, page.quality())?;
        let bundle = Bundle::new(module.stem(), linked, page.quality())?;
        anyhow::ensure!(
            bundle.snippets.is_empty(),
            "an embed fetches no more scripts"
        );
        names.push((
            wasm,
            page.write_hashed(module.stem(), "wasm", &bundle.wasm)?,
        ));
        names.push((
            js,
            page.write_hashed(module.stem(), "js", bundle.js.as_bytes())?,
        ));
    }
    let values: Vec<(&str, &str)> = names
        .iter()
        .map(|(key, name)| (*key, name.as_str()))
        .collect();
    let boot = template::fill(&read(&workspace.path("web/embed/boot.js"))?, &values)?;
    let boot_js = page.write_hashed("embed-boot", "js", boot.as_bytes())?;
    let sheets = [
        "web/style/tokens.css",
        "web/style/drawing.css",
        "web/style/flash/transport.css",
        "crates/figure/src/figure.css",
        "web/embed/embed.css",
    ];
    let sheets = sheets.map(|sheet| read(&workspace.path(sheet)));
    let css = sheets.into_iter().collect::<Result<Vec<_>>>()?.join("\n");
    let css = page.write_hashed("embed-style", "css", css.as_bytes())?;
    let document = template::fill(
        &read(&workspace.path("web/embed/embed.html"))?,
        &[
            ("MADE_FOR", audience.name()),
            ("CSS", &css),
            ("BOOT_JS", &boot_js),
        ],
    )?;
    page.write("embed.html", document.as_bytes())
}

/// Writes a style sheet for each folder of `web/style`, a room's, and returns the elements
/// of the document that name them.
fn write_room_styles(workspace: &Workspace, page: &Dist) -> Result<String> {
    let entries = fs::read_dir(workspace.path("web/style"))?.flatten();
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut rooms: Vec<String> = folders
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    rooms.sort_unstable();
    let mut links = Vec::new();
    for room in rooms {
        let text = style(workspace, &format!("web/style/{room}"))?;
        let css = page.write_hashed(&room, "css", text.as_bytes())?;
        links.push(format!(
            r#"<link id="{room}-style" rel="stylesheet" href="./{css}" disabled>"#
        ));
    }
    Ok(links.join("\n    "))
}

/// All style sheets of a folder in one: the tokens first, the others by name. Those of
/// a room are in a folder of its own and are fetched when it is opened.
fn style(workspace: &Workspace, folder: &str) -> Result<String> {
    let mut files = files_in(&workspace.path(folder))?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "css"));
    files.sort_by_key(|file| (!file.ends_with("tokens.css"), file.clone()));
    let mut style = String::new();
    for file in files {
        style.push_str(&read(&file)?);
        style.push('\n');
    }
    Ok(style)
}

/// Copies the files of `folder`, if there is one, under names that start with `prefix`.
fn copy_files(folder: &Path, prefix: &str, page: &Dist) -> Result<()> {
    for file in files_in(folder)? {
        let bytes =
            fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        if let Some(name) = file.file_name().and_then(|name| name.to_str()) {
            page.write(&format!("{prefix}{name}"), &bytes)?;
        }
    }
    Ok(())
}

/// The files in a folder by name; none if there is no such folder.
fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?
        .flatten()
        .map(|entry| entry.path())
        .filter(|file| file.is_file())
        .collect();
    files.sort_unstable();
    Ok(files)
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}
