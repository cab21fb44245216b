//! `cargo xtask test` and its fast half `check`.
//!
//! Everything runs even after a failure, each stage under a heading with its
//! seconds, so one run of CI shows all that is wrong and where the time went.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::page::Audience;
use crate::results::Tally;
use crate::stages::{Stages, count_tests};
use crate::toolchain::WasmToolchain;
use crate::wasm::Quality;
use crate::workspace::Workspace;
use crate::{browser_tools, page, process, size};

/// The page's crates: they are built for wasm32, not for this machine.
const WEB_CRATES: &[&str] = &[
    "headlight-web",
    "headlight-embed",
    "headlight-truth",
    "headlight-worker",
];

/// The crates with tests for a GPU.
const GPU_CRATES: &[&str] = &[
    "headlight-kernels",
    "headlight-model",
    "headlight-engine",
    "headlight-cli",
];

/// Formatting, lints and native tests; `true` when nothing failed.
pub(crate) fn fast_half(workspace: &Workspace) -> bool {
    let mut stages = Stages::default();
    native_stages(workspace, &mut stages);
    stages.finish()
}

/// Everything that CI runs; `true` when nothing failed.
pub(crate) fn everything(workspace: &Workspace) -> bool {
    let mut stages = Stages::default();
    let mut wasm = None;
    stages.step("set-up: a compiler for WebAssembly", || {
        let toolchain = WasmToolchain::ensure(workspace)?;
        toolchain.ensure_clippy()?;
        wasm = Some(toolchain);
        Ok(())
    });
    native_stages(workspace, &mut stages);
    stages.step("lints, wasm32", || lints_wasm(workspace, wasm));
    stages.step("lints, with a GPU", || lints_gpu(workspace));
    stages.counted("tests on a software GPU", || gpu_tests(workspace));
    stages.step("documentation", || documentation(workspace));
    stages.step("documentation, wasm32", || {
        documentation_wasm(workspace, wasm)
    });
    browser_stages(workspace, &mut stages, &[]);
    stages.finish()
}

/// The page, the command line, and the browser tests in these files, or all if none is
/// named; `true` when nothing failed.
pub(crate) fn browser_only(workspace: &Workspace, files: &[String]) -> bool {
    let mut stages = Stages::default();
    browser_stages(workspace, &mut stages, files);
    stages.finish()
}

fn browser_stages(workspace: &Workspace, stages: &mut Stages, files: &[String]) {
    let dist = workspace.page_folder("test");
    let mut has_page = false;
    stages.step("build: the page", || {
        page::build(workspace, &dist, Quality::Quick, Audience::Tests)?;
        has_page = true;
        Ok(())
    });
    stages.step("bytes of the page", || {
        anyhow::ensure!(has_page, "there is no page to measure");
        size::check_quick(&dist)
    });
    let mut programs = None;
    stages.step("build: the command line and a renderer of SVG", || {
        programs = Some(build_programs(workspace)?);
        Ok(())
    });
    stages.counted("tests in a browser", || {
        let programs = programs.context("there is no command line to compare with")?;
        anyhow::ensure!(has_page, "there is no page to test");
        browser_tests(workspace, &dist, &programs, files)
    });
}

fn native_stages(workspace: &Workspace, stages: &mut Stages) {
    stages.step("formatting", || {
        process::run(workspace.cargo("fmt").args(["--all", "--check"]))
    });
    stages.step("lints", || {
        let mut clippy = workspace.cargo("clippy");
        clippy.args(all_but_web()).arg("--all-targets");
        process::run(clippy.args(["--", "-D", "warnings"]))
    });
    stages.counted("tests", || {
        let mut test = workspace.cargo("test");
        test.args(all_but_web()).arg("--no-fail-fast");
        count_tests(&mut test, Tally::from_libtest)
    });
}

fn all_but_web() -> Vec<&'static str> {
    let mut words = vec!["--workspace"];
    words.extend(WEB_CRATES.iter().flat_map(|name| ["--exclude", name]));
    words
}

/// The page's crates with the cpu engine: the gpu engine is the same code over
/// another device, and checking it would compile wgpu once more.
fn only_web() -> Vec<&'static str> {
    let mut words: Vec<&str> = WEB_CRATES
        .iter()
        .flat_map(|name| ["--package", name])
        .collect();
    words.extend([
        "--no-default-features",
        "--features",
        "headlight-worker/cpu",
    ]);
    words
}

fn lints_wasm(workspace: &Workspace, toolchain: Option<WasmToolchain>) -> Result<()> {
    let toolchain = toolchain.context("there is no compiler for wasm32")?;
    let mut clippy = toolchain.cargo(workspace, "clippy");
    clippy.args(only_web()).arg("--lib");
    process::run(clippy.args(["--", "-D", "warnings"]))
}

fn lints_gpu(workspace: &Workspace) -> Result<()> {
    let mut clippy = workspace.cargo("clippy");
    clippy.args(only_gpu()).arg("--all-targets");
    process::run(clippy.args(["--", "-D", "warnings"]))
}

/// The crates with tests for a GPU, with that feature on.
pub(crate) fn only_gpu() -> Vec<&'static str> {
    let packages = GPU_CRATES.iter().flat_map(|name| ["--package", name]);
    packages.chain(["--features", "gpu"]).collect()
}

fn gpu_tests(workspace: &Workspace) -> Result<Tally> {
    let mut test = workspace.cargo("test");
    test.args(only_gpu()).arg("--no-fail-fast");
    match browser_tools::ensure_lavapipe() {
        Ok(driver) => browser_tools::use_driver(&mut test, &driver),
        Err(error) => println!("{error:#}; tests that need a GPU take what this machine has"),
    }
    count_tests(&mut test, Tally::from_libtest)
}

fn documentation(workspace: &Workspace) -> Result<()> {
    let mut doc = workspace.cargo("doc");
    doc.args(all_but_web())
        .args(["--no-deps", "--document-private-items"])
        .env("RUSTDOCFLAGS", "-D warnings");
    process::run(&mut doc)
}

fn documentation_wasm(workspace: &Workspace, toolchain: Option<WasmToolchain>) -> Result<()> {
    let toolchain = toolchain.context("there is no compiler for wasm32")?;
    let mut doc = toolchain.cargo(workspace, "doc");
    doc.args(only_web())
        .args(["--no-deps", "--lib", "--document-private-items"])
        .env("RUSTDOCFLAGS", "-D warnings");
    process::run(&mut doc)
}

/// Files of programs that the page is compared with.
struct Programs {
    /// The command line.
    headlight: PathBuf,
    /// The example of `headlight-figure` that draws SVG files.
    svg_to_png: PathBuf,
}

/// Builds the programs that the page is compared with.
fn build_programs(workspace: &Workspace) -> Result<Programs> {
    // As the tests were built, examples and all, which is done: a build of its own would have
    // other features and compile its dependencies anew. The program of the tests with a GPU
    // lies there now.
    let mut build = workspace.cargo("test");
    process::run(build.args(all_but_web()).arg("--no-run"))?;
    let folder = workspace.target().join("debug");
    let program = |name: &str| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    Ok(Programs {
        headlight: program("headlight"),
        svg_to_png: program("examples/svg_to_png"),
    })
}

/// Runs the page in Chromium; the runner's last line is `N passed, N failed`.
fn browser_tests(
    workspace: &Workspace,
    dist: &Path,
    programs: &Programs,
    files: &[String],
) -> Result<Tally> {
    browser_tools::ensure_node()?;
    let chromium = browser_tools::ensure_chromium()?;
    let folder = workspace.path("tests/browser");
    browser_tools::install_packages(&folder)?;
    let mut test = Command::new("npm");
    test.args(["test", "--"])
        .args(files)
        .current_dir(&folder)
        .env("HEADLIGHT_DIST", dist)
        .env("HEADLIGHT_BIN", &programs.headlight)
        .env("HEADLIGHT_SVG_TO_PNG", &programs.svg_to_png)
        .env("HEADLIGHT_XTASK", std::env::current_exe()?)
        .env("CHROMIUM", chromium);
    count_tests(&mut test, Tally::from_summary)
}
