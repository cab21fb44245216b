//! The page's own module cut in two: what it draws first, and what comes a moment later.
//!
//! The library behind `cargo leptos --split` reads which function needs which from the
//! linker's relocations. What only the functions marked `#[wasm_split]` reach becomes
//! the second module, which the first fetches when it runs.

use std::fs;

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
/// The stem of the second module's files, and the name of the split in `web`.
const SECOND: &str = "further";
/// What the first module calls the script that fetches the second.
const LOADER: &str = "./further.js";
/// What that script calls the script of the first.
const GLUE: &str = "./shell.js";

/// Both modules and their scripts, not named after their content yet.
#[derive(Debug)]
pub(crate) struct Halves {
    first: Bundle,
    /// Fetches the second module and links it to the first.
    loader: String,
    /// What the loader calls the second module.
    second_name: String,
    second: Vec<u8>,
}

/// Names of the files.
#[derive(Debug)]
pub(crate) struct Names {
    /// The first module's glue.
    pub(crate) js: String,
    /// The first module.
    pub(crate) wasm: String,
    /// What fetches the second module; the glue imports it.
    pub(crate) loader_js: String,
}

impl Halves {
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
        let made = transform(options).map_err(|error| {
            anyhow::anyhow!("the page's module cannot be cut in two: {error:#}")
        })?;
        let [second_file] = made.split_modules.as_slice() else {
            bail!(
                "the page's module was cut into {} further parts, expected 1",
                made.split_modules.len()
            );
        };
        let name = second_file.file_name().and_then(|name| name.to_str());
        let second = fs::read(second_file)?;
        Ok(Self {
            first: Bundle::of_first(FIRST, fs::read(&first_file)?, quality)?,
            loader: fs::read_to_string(folder.join(LOADER))?,
            second_name: name.context("the second module has no name")?.to_owned(),
            second: match quality {
                Quality::Quick => second,
                Quality::Release => without_custom_sections(&second)?,
            },
        })
    }

    /// Writes all files; returns their names.
    ///
    /// All names carry one hash over all of them: they only fit each other.
    pub(crate) fn write(&self, page: &Dist) -> Result<Names> {
        let hash = dist::content_hash(&[
            self.first.js.as_bytes(),
            &self.first.wasm,
            self.loader.as_bytes(),
            &self.second,
        ]);
        let js = format!("{FIRST}-{hash}.js");
        let wasm = format!("{FIRST}-{hash}_bg.wasm");
        let loader_js = format!("{FIRST}-loader-{hash}.js");
        let second_wasm = format!("{SECOND}-{hash}_bg.wasm");
        for (path, script) in &self.first.snippets {
            page.write(path, script.as_bytes())?;
        }
        let glue = renamed(
            &self.first.js,
            &format!("from \"{LOADER}\""),
            &format!("from \"./{loader_js}\""),
        )?;
        let loader = renamed(&self.loader, GLUE, &format!("./{js}"))?;
        let loader = renamed(&loader, &self.second_name, &second_wasm)?;
        page.write(&js, glue.as_bytes())?;
        page.write(&wasm, &self.first.wasm)?;
        page.write(&loader_js, loader.as_bytes())?;
        page.write(&second_wasm, &self.second)?;
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
