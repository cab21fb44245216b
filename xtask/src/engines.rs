//! The workers of the page: the engine's builds and the language, one script each,
//! and `engines.json`.
//!
//! ```json
//! { "cpu": { "worker": "worker-cpu-HASH.js", "wasm_bytes": 655000 }, "gpu": null,
//!   "truth": { "worker": "worker-truth-HASH.js", "wasm_bytes": 160000 } }
//! ```
//!
//! `null` is a build that is not there (yet): `serve` shows the page with the
//! cpu engine and adds the gpu engine when it has compiled.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::bundle::Bundle;
use crate::dist::{self, Dist};
use crate::template;
use crate::toolchain::WasmToolchain;
use crate::wasm::Module;
use crate::workspace::Workspace;

/// The workers of a page.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Engines {
    /// The build without WebGPU.
    pub(crate) cpu: Option<Engine>,
    /// The build with WebGPU.
    pub(crate) gpu: Option<Engine>,
    /// The language with its exact probabilities.
    pub(crate) truth: Option<Engine>,
}

/// One worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Engine {
    /// The module worker's script, relative to the page.
    pub(crate) worker: String,
    /// The size of the WebAssembly module before compression, for the progress bar.
    pub(crate) wasm_bytes: usize,
}

impl Engines {
    /// Reads the list of a page that was built into `folder`.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let file = folder.join(dist::LIST_OF_WORKERS);
        let text = fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        serde_json::from_slice(&text)
            .with_context(|| format!("{} is no list of workers", file.display()))
    }

    /// Writes or replaces the list.
    pub(crate) fn write(&self, page: &Dist) -> Result<()> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        page.write_plain(dist::LIST_OF_WORKERS, text.as_bytes())
    }
}

/// Compiles one worker's module and writes it with the worker's script.
pub(crate) fn build(
    workspace: &Workspace,
    toolchain: WasmToolchain,
    module: Module,
    page: &Dist,
) -> Result<Engine> {
    let wasm = module.compile(workspace, toolchain, page.quality())?;
    let (js, wasm, wasm_bytes) = write_module(module, wasm, page)?;
    let file = workspace.path("web/worker/worker.js");
    let template =
        fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
    let script = template::fill(
        &template,
        &[
            ("ENGINE_JS", &js),
            ("ENGINE_WASM", &wasm),
            ("ENGINE_WASM_BYTES", &wasm_bytes.to_string()),
        ],
    )?;
    let stem = format!("worker-{}", module.stem().trim_start_matches("engine-"));
    Ok(Engine {
        worker: page.write_hashed(&stem, "js", script.as_bytes())?,
        wasm_bytes,
    })
}

/// Writes a linked module with its glue; returns both names and the module's size.
///
/// Both names carry one hash over both files: glue and module only fit each other.
pub(crate) fn write_module(
    module: Module,
    linked: Vec<u8>,
    page: &Dist,
) -> Result<(String, String, usize)> {
    let bundle = Bundle::new(module.stem(), linked, page.quality())?;
    let hash = dist::content_hash(&[bundle.js.as_bytes(), &bundle.wasm]);
    let js = format!("{}-{hash}.js", module.stem());
    let wasm = format!("{}-{hash}_bg.wasm", module.stem());
    for (path, script) in &bundle.snippets {
        page.write(path, script.as_bytes())?;
    }
    page.write(&js, bundle.js.as_bytes())?;
    page.write(&wasm, &bundle.wasm)?;
    Ok((js, wasm, bundle.wasm.len()))
}
