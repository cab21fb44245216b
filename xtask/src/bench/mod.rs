//! `cargo xtask bench`: how fast, beside whom; BENCHMARKS.md keeps the figures.

mod kernels;
mod onnx;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::workspace::Workspace;

/// What to measure.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Which measurement; all of them if none is named.
    what: Option<What>,
    /// Measure kernels on a GPU in software, which every machine has.
    #[arg(long)]
    software: bool,
    /// Measure the cpu engine of this built page instead of building a release.
    #[arg(long)]
    dist: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// The cpu engine beside onnxruntime-web, in one Chromium.
    Onnx,
    /// Our GPU kernels beside the plain path.
    Kernels,
}

/// Measures; `false` when a gate is broken.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool> {
    let is_wanted = |what| options.what.is_none_or(|wanted| wanted == what);
    let mut holds = true;
    if is_wanted(What::Onnx) {
        holds = onnx::run(workspace, options.dist.as_deref())?;
    }
    if is_wanted(What::Kernels) {
        kernels::run(workspace, options.software)?;
    }
    Ok(holds)
}
