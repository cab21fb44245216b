//! `cargo xtask fixtures`: makes the committed oracle data anew and compares.
//!
//! The generators are Python because the oracles are (`torch`, `transformers`).
//! No build and no test needs them: what they write is committed.

use std::env;
use std::process::Command;

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

const SCRIPT: &str = "reference/make_fixtures.py";
const IMPORTS: &str = "import torch, transformers";

/// Runs the generators; `false` when what they write differs from what is committed.
pub(crate) fn run(workspace: &Workspace) -> Result<bool> {
    let python = env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let is_ready = Command::new(&python)
        .args(["-c", IMPORTS])
        .output()
        .is_ok_and(|output| output.status.success());
    if !is_ready {
        anyhow::bail!(
            "the fixtures need a Python with torch and transformers: make a virtual environment \
             outside the checkout, `pip install torch transformers safetensors` there, \
             and name its interpreter in $PYTHON"
        );
    }
    process::run(
        Command::new(&python)
            .arg(SCRIPT)
            .current_dir(workspace.root()),
    )?;
    let changes = process::capture(
        Command::new("git")
            .args(["status", "--porcelain", "--", "*fixtures*"])
            .current_dir(workspace.root()),
    )?;
    if changes.trim().is_empty() {
        println!("the fixtures are what is committed");
        return Ok(true);
    }
    println!("the fixtures differ from what is committed:\n{changes}");
    Ok(false)
}
