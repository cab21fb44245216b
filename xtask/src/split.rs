//! The page's own module cut into several: what it draws first, what comes a moment
//! later, and the rooms that only some visitors open.
//!
//! The library behind `cargo leptos --split` reads which function needs which from the
//! linker's relocations. What only a function marked `#[wasm_split]` reaches becomes a
//! module of its own, which the first fetches; what several of them reach becomes one
//! that comes with whichever is fetched first.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use wasm_encoder::RawSection;
use wasm_split_cli_support::{Options, transform};
use wasmparser::Parser;

use crate::bundle::Bundle;
use crate::dist::{self, Dist};
use crate::wasm::Quality;
use crate::workspace::Workspace;

/// The stem of the first module's files.
const FIRST: &str = "shell";
/// What the first module calls the script that fetches the others.
const LOADER: &str = "./further.js";
/// What that script calls the script of the first.
const GLUE: &str = "./shell.js";

/// All modules and their scripts, not named after their content yet.
#[derive(Debug)]
pub(crate) struct Parts {
    first: Bundle,
    /// Fetches the other modules and links them to the first.
    loader: String,
    others: Vec<Other>,
}

/// A module that comes later.
#[derive(Debug)]
struct Other {
    /// What the loader calls it.
    name: String,
    wasm: Vec<u8>,
}

impl Other {
    /// The stem of its file: the name of the split in `web`, or that it is shared.
    fn stem(&self) -> String {
        let name = self.name.trim_end_matches(".wasm");
        match (name.strip_prefix("split_"), name.strip_prefix("chunk_")) {
            (Some(split), _) => split.to_owned(),
            (_, Some(index)) => format!("shared-{index}"),
            _ => name.to_owned(),
        }
    }
}

/// Names of the files.
#[derive(Debug)]
pub(crate) struct Names {
    /// The first module's glue.
    pub(crate) js: String,
    /// The first module.
    pub(crate) wasm: String,
    /// What fetches the other modules; the glue imports it.
    pub(crate) loader_js: String,
}

impl Parts {
    /// Cuts a linked module.
    pub(crate) fn of(workspace: &Workspace, linked: &[u8], quality: Quality) -> Result<Self> {
        let folder = workspace.wasm_target().join("split");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let first_file = folder.join("first.wasm");
        let mut options = Options::new(linked);
        options.output_dir = &folder;
        options.main_out_path = &first_file;
        options.link_name = LOADER;
        options.main_module = GLUE;
        let made = transform(options)
            .map_err(|error| anyhow::anyhow!("the page's module cannot be cut: {error:#}"))?;
        let other = |file: &PathBuf| -> Result<Other> {
            let name = file.file_name().and_then(|name| name.to_str());
            let wasm = fs::read(file)?;
            Ok(Other {
                name: name.context("a module of the page has no name")?.to_owned(),
                wasm: match quality {
                    Quality::Quick => wasm,
                    Quality::Release => without_custom_sections(&wasm)?,
                },
            })
        };
        Ok(Self {
            first: Bundle::of_first(FIRST, fs::read(&first_file)?, quality)?,
            loader: fs::read_to_string(folder.join(LOADER))?,
            others: made
                .split_modules
                .iter()
                .map(other)
                .collect::<Result<_>>()?,
        })
    }

    /// Writes all files; returns their names.
    ///
    /// All names carry one hash over all of them: they only fit each other.
    pub(crate) fn write(&self, page: &Dist) -> Result<Names> {
        let mut contents = vec![
            self.first.js.as_bytes(),
            &self.first.wasm,
            self.loader.as_bytes(),
        ];
        contents.extend(self.others.iter().map(|other| other.wasm.as_slice()));
        let hash = dist::content_hash(&contents);
        let js = format!("{FIRST}-{hash}.js");
        let wasm = format!("{FIRST}-{hash}_bg.wasm");
        let loader_js = format!("{FIRST}-loader-{hash}.js");
        for (path, script) in &self.first.snippets {
            page.write(path, script.as_bytes())?;
        }
        // Once for each module that it can fetch.
        let glue = renamed_everywhere(
            &self.first.js,
            &format!("from \"{LOADER}\""),
            &format!("from \"./{loader_js}\""),
        )?;
        let mut loader = renamed(&self.loader, GLUE, &format!("./{js}"))?;
        for other in &self.others {
            let named = format!("{}-{hash}_bg.wasm", other.stem());
            // A module without code is written and never fetched.
            if loader.contains(&other.name) {
                loader = renamed(&loader, &other.name, &named)?;
                page.write(&named, &other.wasm)?;
            }
        }
        page.write(&js, glue.as_bytes())?;
        page.write(&wasm, &self.first.wasm)?;
        page.write(&loader_js, loader.as_bytes())?;
        Ok(Names {
            js,
            wasm,
            loader_js,
        })
    }
}

/// The module without names and the linker's notes.
fn without_custom_sections(wasm: &[u8]) -> Result<Vec<u8>> {
    const CUSTOM: u8 = 0;
    let mut module = wasm_encoder::Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Some((id, range)) = payload?.as_section()
            && id != CUSTOM
        {
            let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
            let data = wasm.get(range).context("a section ends after its module")?;
            module.section(&RawSection { id, data });
        }
    }
    Ok(module.finish())
}

/// `script` with `to` wherever it says `from`, which it does.
fn renamed_everywhere(script: &str, from: &str, to: &str) -> Result<String> {
    if !script.contains(from) {
        bail!("a script of the page never says `{from}`");
    }
    Ok(script.replace(from, to))
}

/// `script` with the one place that says `from` saying `to`.
fn renamed(script: &str, from: &str, to: &str) -> Result<String> {
    let n = script.matches(from).count();
    if n != 1 {
        bail!("a script of the page says `{from}` {n} times, expected once");
    }
    Ok(script.replacen(from, to, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_not_said_once_is_an_error() {
        assert_eq!(renamed("import a", "a", "b").unwrap(), "import b");
        let error = renamed("x", "./further.js", "y").unwrap_err().to_string();
        assert!(error.contains("`./further.js` 0 times"), "{error}");
        assert!(renamed("aa", "a", "b").is_err());
        assert_eq!(renamed_everywhere("aa", "a", "b").unwrap(), "bb");
        assert!(renamed_everywhere("x", "a", "b").is_err());
    }

    #[test]
    fn a_file_is_called_as_its_split_is_or_shared() {
        let stem = |name: &str| {
            let name = name.to_owned();
            Other {
                name,
                wasm: Vec::new(),
            }
            .stem()
        };
        assert_eq!(stem("split_flash.wasm"), "flash");
        assert_eq!(stem("chunk_2.wasm"), "shared-2");
    }

    #[test]
    fn only_custom_sections_are_left_out() {
        let magic = b"\0asm\x01\0\0\0";
        // An empty section of types, and a custom one called `x`.
        let types = b"\x01\x01\0";
        let custom = b"\0\x02\x01x";
        let with = [&magic[..], custom, types, custom].concat();
        let without = [&magic[..], types].concat();
        assert_eq!(without_custom_sections(&with).unwrap(), without);
        assert!(without_custom_sections(b"no module").is_err());
    }
}
