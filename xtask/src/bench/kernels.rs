//! What our kernels take, beside the plain path.
//!
//! Built like the tests on a GPU, with the same packages and features, so that
//! whoever has run those waits for seconds. The time is the GPU's: how the host's
//! code is compiled hardly shows.

use std::process::Command;

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{browser_tools, process, test};

const EXAMPLE: &str = "flash_growth";

/// Measures on the machine's own GPU, or with `is_software` on one in software.
pub(super) fn run(workspace: &Workspace, is_software: bool) -> Result<()> {
    let mut build = workspace.cargo("build");
    build.args(test::only_gpu()).args(["--example", EXAMPLE]);
    process::run(&mut build)?;
    let name = format!("{EXAMPLE}{}", std::env::consts::EXE_SUFFIX);
    let program = workspace.target().join("debug/examples").join(name);
    let mut bench = Command::new(program);
    if is_software {
        browser_tools::use_driver(&mut bench, &browser_tools::ensure_lavapipe()?);
    }
    process::run(&mut bench)
}
