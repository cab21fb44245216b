//! `cargo xtask fixtures`: makes anew what is committed and compares.
//!
//! The checksums of the shipped models and the recorded runs of the page need only the
//! models. The generators of the other fixtures are Python because their oracles are (`torch`, `transformers`).
//! No build and no test needs them: what they write is committed.

use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process;
use crate::workspace::Workspace;

/// A model's list of checksums.
const SUMS: &str = "SHA256SUMS";
const RECORDED: &str = "web/recorded";
const RECORDED_HEADS: &str = "web/recorded-heads";
const SCRIPT: &str = "reference/make_fixtures.py";
const IMPORTS: &str = "import torch, transformers";

/// Runs the generators; `false` when what they write differs from what is committed.
pub(crate) fn run(workspace: &Workspace) -> Result<bool> {
    sum_up(workspace)?;
    record(workspace)?;
    let python = env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let is_ready = Command::new(&python)
        .args(["-c", IMPORTS])
        .output()
        .is_ok_and(|output| output.status.success());
    if !is_ready {
        report(workspace)?;
        anyhow::bail!(
            "checksums and recorded runs are done; the rest of the fixtures need a Python with torch and \
             transformers: make a virtual environment outside the checkout, \
             `pip install -r reference/requirements.txt` there, and name its interpreter in $PYTHON"
        );
    }
    process::run(
        Command::new(&python)
            .arg(SCRIPT)
            .current_dir(workspace.root()),
    )?;
    report(workspace)
}

/// Writes anew what the files of each shipped model must be.
fn sum_up(workspace: &Workspace) -> Result<()> {
    for entry in fs::read_dir(workspace.path("models"))?.flatten() {
        let folder = entry.path();
        if folder.join("config.json").is_file() {
            let mut cargo = example(workspace, "sums");
            let sums = process::capture(cargo.arg(&folder))?;
            fs::write(folder.join(SUMS), sums)?;
        }
    }
    Ok(())
}

/// What of a recorded run says how it was made.
#[derive(Deserialize)]
struct Recording {
    model: String,
    prompt: String,
    answer: Answer,
}

#[derive(Deserialize)]
struct Answer {
    pattern: Pattern,
}

#[derive(Deserialize)]
struct Pattern {
    head: Head,
}

#[derive(Deserialize)]
struct Head {
    layer: usize,
    head: usize,
}

/// Records each recorded run anew: the same prompt and head, by today's model.
fn record(workspace: &Workspace) -> Result<()> {
    for entry in fs::read_dir(workspace.path(RECORDED))?.flatten() {
        let file = entry.path();
        let old = fs::read_to_string(&file)?;
        let old: Recording = serde_json::from_str(&old)
            .with_context(|| format!("{} is no recorded run", file.display()))?;
        fs::write(&file, recorded(workspace, "record", &old)?)?;
        let heads = workspace.path(RECORDED_HEADS);
        fs::create_dir_all(&heads)?;
        let name = file.file_name().context("a recorded run has no name")?;
        fs::write(heads.join(name), recorded(workspace, "record_head", &old)?)?;
    }
    Ok(())
}

/// What an example of the engine prints of a recorded run's prompt and head.
fn recorded(workspace: &Workspace, printer: &str, of: &Recording) -> Result<String> {
    let Head { layer, head } = of.answer.pattern.head;
    let mut cargo = example(workspace, printer);
    cargo.arg(workspace.path("models").join(&of.model));
    cargo.args([&of.prompt, &layer.to_string(), &head.to_string()]);
    process::capture(&mut cargo)
}

/// An example of the engine, which takes arguments.
fn example(workspace: &Workspace, name: &str) -> Command {
    let mut cargo = workspace.cargo("run");
    cargo.args(["--package", "headlight-engine", "--features", "cpu"]);
    cargo.args(["--example", name, "--"]);
    cargo
}

/// Says which committed files are others now; `true` if none is.
fn report(workspace: &Workspace) -> Result<bool> {
    let changes = process::capture(
        Command::new("git")
            .args([
                "status",
                "--porcelain",
                "--",
                "*fixtures*",
                RECORDED,
                RECORDED_HEADS,
                &format!("models/*/{SUMS}"),
            ])
            .current_dir(workspace.root()),
    )?;
    if changes.trim().is_empty() {
        println!("the fixtures are what is committed");
        return Ok(true);
    }
    println!("the fixtures differ from what is committed:\n{changes}");
    Ok(false)
}
