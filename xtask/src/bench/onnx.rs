//! The release engine beside onnxruntime-web: one Chromium, one thread each, in turns.
//!
//! Everything lies in one folder of the target folder, which is served: the page of
//! `tests/bench`, onnxruntime-web, the engine, and random models that
//! `reference/make_onnx.py` writes for both (a gigabyte, kept for the next time).
//! The page refuses to time what does not give the same answers on both sides.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::dist::{self, Dist};
use crate::engines::{self, Engine, Engines};
use crate::headers;
use crate::toolchain::WasmToolchain;
use crate::wasm::{Module, Quality};
use crate::workspace::Workspace;
use crate::{browser_tools, process, server};

const SCRIPTS: &str = "tests/bench";

/// The page that measures; `run.mjs` drives it from outside.
const PAGE: &[&str] = &["index.html", "page.js", "port.js", "engine.js", "ort.js"];

/// The build of onnxruntime-web without WebGPU: one thread is a setting of it.
const ORT: &[&str] = &[
    "ort.wasm.min.mjs",
    "ort-wasm-simd-threaded.mjs",
    "ort-wasm-simd-threaded.wasm",
];

/// The sizes that `make_onnx.py` knows.
const MODELS: &[&str] = &["gpt2", "stories"];

/// What a model depends on.
const MAKERS: &[&str] = &[
    "reference/make_onnx.py",
    "reference/alphabet.py",
    "reference/requirements-onnx.txt",
    "models/stories/config.json",
];

/// Measures the engine of the page in `dist`, or one that is built for it; `false` when
/// a gate is broken.
pub(super) fn run(workspace: &Workspace, dist: Option<&Path>) -> Result<bool> {
    let root = workspace.target().join("bench");
    fs::create_dir_all(&root)?;
    browser_tools::ensure_node()?;
    let chromium = browser_tools::ensure_chromium()?;
    copy_page(workspace, &root)?;
    make_models(workspace, &root)?;
    let worker = match dist {
        Some(page) => copy_engine(page, &root.join("engine"))?,
        None => build_engine(workspace, &root.join("engine"))?,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .context("the server cannot start")?;
    let listener = runtime.block_on(server::listen(0))?;
    let address = listener.local_addr()?;
    runtime.spawn(async move { server::serve(listener, &root, headers::ISOLATED).await });
    let mut node = Command::new("node");
    node.arg(workspace.path(SCRIPTS).join("run.mjs"))
        .args([format!("http://{address}"), format!("./engine/{worker}")])
        .arg(chromium);
    let status = process::run_watched(&mut node, |_| ())?;
    Ok(status.success())
}

/// The page, and the files of onnxruntime-web that it loads.
fn copy_page(workspace: &Workspace, root: &Path) -> Result<()> {
    let scripts = workspace.path(SCRIPTS);
    browser_tools::install_packages(&scripts)?;
    copy(&scripts, PAGE, root)?;
    let ort = scripts.join("node_modules/onnxruntime-web/dist");
    copy(&ort, ORT, &root.join("ort"))
}

fn copy(from: &Path, names: &[impl AsRef<Path>], to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for name in names {
        let file = from.join(name);
        fs::copy(&file, to.join(name))
            .with_context(|| format!("{} cannot be copied", file.display()))?;
    }
    Ok(())
}

/// Makes the models anew where something that they depend on has changed.
fn make_models(workspace: &Workspace, root: &Path) -> Result<()> {
    let read = |name: &&str| {
        let file = workspace.path(name);
        fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))
    };
    let makers: Vec<Vec<u8>> = MAKERS.iter().map(read).collect::<Result<_>>()?;
    let makers: Vec<&[u8]> = makers.iter().map(Vec::as_slice).collect();
    let stamp = dist::content_hash(&makers);
    let mark = root.join("models/made-by.txt");
    if fs::read_to_string(&mark).is_ok_and(|found| found == stamp) {
        return Ok(());
    }
    let python = python(workspace, root)?;
    for model in MODELS {
        process::run(
            Command::new(&python)
                .arg(workspace.path("reference/make_onnx.py"))
                .args([model, "--out"])
                .arg(root.join("models").join(model)),
        )?;
    }
    fs::write(&mark, stamp).with_context(|| format!("{} cannot be written", mark.display()))
}

/// `$PYTHON`, else an environment of our own with what the script needs.
fn python(workspace: &Workspace, root: &Path) -> Result<PathBuf> {
    if let Some(chosen) = env::var_os("PYTHON").filter(|program| !program.is_empty()) {
        return Ok(chosen.into());
    }
    let folder = root.join("python");
    let python = folder.join("bin/python");
    eprintln!(
        "xtask installs onnx, numpy and safetensors into {}",
        folder.display()
    );
    process::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let packages = workspace.path("reference/requirements-onnx.txt");
    process::run(
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--requirement"])
            .arg(packages),
    )?;
    Ok(python)
}

/// Builds the release of the cpu engine; the name of its worker's script.
fn build_engine(workspace: &Workspace, folder: &Path) -> Result<String> {
    let toolchain = WasmToolchain::ensure(workspace)?;
    let page = Dist::create(folder, Quality::Release)?;
    // First, so that a build that fails half-way leaves a folder that can be replaced.
    Engines::default().write(&page)?;
    let Engine { worker, .. } = engines::build(workspace, toolchain, Module::EngineCpu, &page)?;
    Ok(worker)
}

/// Copies the cpu engine of a built page; the name of its worker's script.
fn copy_engine(page: &Path, folder: &Path) -> Result<String> {
    let cpu = Engines::read(page)?.cpu;
    let Engine { worker, .. } =
        cpu.with_context(|| format!("{} has no cpu engine", page.display()))?;
    let to = Dist::create(folder, Quality::Release)?;
    Engines::default().write(&to)?;
    let is_engine = |name: &String| name.starts_with("engine-cpu-") && !is_copy(name);
    let mut names: Vec<String> = fs::read_dir(page)?
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(is_engine)
        .collect();
    names.push(worker.clone());
    copy(page, &names, folder)?;
    Ok(worker)
}

/// Whether a name is that of a compressed copy.
fn is_copy(name: &str) -> bool {
    name.ends_with(".br") || name.ends_with(".gz")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn of_a_built_page_the_cpu_engine_alone_is_measured() {
        let root = env::temp_dir().join(format!("headlight-bench-{}", std::process::id()));
        let (page, folder) = (root.join("page"), root.join("engine"));
        fs::create_dir_all(&page).unwrap();
        let list = |cpu: &str| format!(r#"{{"cpu": {cpu}, "gpu": null, "truth": null}}"#);
        fs::write(page.join("engines.json"), list("null")).unwrap();
        let error = copy_engine(&page, &folder).unwrap_err().to_string();
        assert!(error.ends_with("page has no cpu engine"), "{error}");
        let cpu = r#"{"worker": "worker-cpu-1.js", "wasm_bytes": 7}"#;
        fs::write(page.join("engines.json"), list(cpu)).unwrap();
        for name in [
            "worker-cpu-1.js",
            "engine-cpu-1.js",
            "engine-cpu-1_bg.wasm",
            "engine-cpu-1_bg.wasm.br",
            "engine-gpu-1_bg.wasm",
            "shell-1.js",
        ] {
            fs::write(page.join(name), name).unwrap();
        }
        assert_eq!(copy_engine(&page, &folder).unwrap(), "worker-cpu-1.js");
        let expected = [
            "engine-cpu-1.js",
            "engine-cpu-1_bg.wasm",
            "engines.json",
            "worker-cpu-1.js",
        ];
        assert_eq!(names(&folder), expected);
        fs::remove_dir_all(root).unwrap();
    }
}
