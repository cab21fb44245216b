//! JavaScript glue for a compiled module, by the library behind `wasm-bindgen`'s CLI.
//!
//! The library must be of the very version of `wasm-bindgen` in the module; as
//! both come from one `Cargo.lock` they cannot drift apart.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::wasm::Quality;

/// A module that a browser can import.
#[derive(Debug)]
pub(crate) struct Bundle {
    /// The ES module; its default export takes `{ module_or_path }`.
    pub(crate) js: String,
    /// The WebAssembly module.
    pub(crate) wasm: Vec<u8>,
    /// Further scripts that `js` imports by these relative paths.
    pub(crate) snippets: BTreeMap<String, String>,
}

impl Bundle {
    /// Makes the glue for `wasm`, the linker's output of the module `stem`.
    ///
    /// A release loses the names of functions, a tenth of its bytes; a panic
    /// still says its file and line.
    pub(crate) fn new(stem: &str, wasm: Vec<u8>, quality: Quality) -> Result<Self> {
        Self::with_exports(stem, wasm, quality, false)
    }

    /// A bundle of a module that others are linked to: what it exports to them stays.
    pub(crate) fn of_first(stem: &str, wasm: Vec<u8>, quality: Quality) -> Result<Self> {
        Self::with_exports(stem, wasm, quality, true)
    }

    fn with_exports(
        stem: &str,
        wasm: Vec<u8>,
        quality: Quality,
        keeps_exports: bool,
    ) -> Result<Self> {
        let mut output = Bindgen::new()
            .input_bytes(stem, wasm)
            .web(true)?
            .typescript(false)
            .keep_lld_exports(keeps_exports)
            .remove_name_section(quality == Quality::Release)
            .remove_producers_section(true)
            .generate_output()
            .with_context(|| format!("wasm-bindgen does not accept the module {stem}"))?;
        let mut snippets = BTreeMap::new();
        for (folder, scripts) in output.snippets() {
            for (index, script) in scripts.iter().enumerate() {
                snippets.insert(
                    format!("snippets/{folder}/inline{index}.js"),
                    script.clone(),
                );
            }
        }
        let mut local: Vec<_> = output.local_modules().iter().collect();
        local.sort_unstable();
        for (path, script) in local {
            snippets.insert(format!("snippets/{path}"), script.clone());
        }
        Ok(Self {
            js: output.js().to_owned(),
            wasm: output.wasm_mut().emit_wasm(),
            snippets,
        })
    }
}
