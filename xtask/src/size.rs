//! `cargo xtask size`: what a visitor downloads, against the budgets.
//!
//! Brotli at its highest level, whatever the folder's own copies are, so that
//! two folders compare. A kilobyte is 1000 bytes.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::page::Audience;
use crate::wasm::Quality;
use crate::workspace::Workspace;
use crate::{compress, page};

/// What is downloaded together, in bytes after brotli.
struct Budget {
    what: &'static str,
    /// The starts of the names of its files.
    stems: &'static [&'static str],
    /// More than this is a failure.
    gate_bytes: usize,
    /// Where we are going.
    aim_bytes: usize,
}

const BUDGETS: &[Budget] = &[
    Budget {
        what: "shell",
        stems: &["index.html", "style-", "boot-", "shell-", "snippets/"],
        gate_bytes: 300_000,
        aim_bytes: 180_000,
    },
    // Comes after the first figure, so it is not in a visitor's way. The targets do not
    // name it; this is our own bound.
    Budget {
        what: "further",
        stems: &["further-", "shared-"],
        gate_bytes: 250_000,
        aim_bytes: 150_000,
    },
    // The Flash room, for those who open it: with a recorded head, 12 KB, it must work
    // in less than 150 KB.
    Budget {
        what: "flash",
        stems: &["flash-"],
        gate_bytes: 138_000,
        aim_bytes: 100_000,
    },
    Budget {
        what: "engine, cpu",
        stems: &["worker-cpu-", "engine-cpu-"],
        gate_bytes: 700_000,
        aim_bytes: 350_000,
    },
    Budget {
        what: "truth",
        stems: &["worker-truth-", "truth-"],
        gate_bytes: 100_000,
        aim_bytes: 60_000,
    },
    Budget {
        what: "engine, gpu",
        stems: &["worker-gpu-", "engine-gpu-"],
        gate_bytes: 1_500_000,
        aim_bytes: 1_100_000,
    },
];

/// Measures `dist`, or a release built for it; `false` when a gate is broken.
pub(crate) fn run(workspace: &Workspace, dist: Option<PathBuf>) -> Result<bool> {
    let folder = match dist {
        Some(folder) => folder,
        None => {
            let folder = workspace.page_folder("size");
            page::build(workspace, &folder, Quality::Release, Audience::Visitors)?;
            folder
        }
    };
    let files = files_of(&folder, "")?;
    println!(
        "{:<12} {:>10} {:>10} {:>10} {:>10}  verdict",
        "KB", "raw", "brotli", "gate", "aim"
    );
    let mut holds = true;
    for budget in BUDGETS {
        let (raw_bytes, brotli_bytes) = measure(&folder, &files, budget)?;
        let verdict = verdict(brotli_bytes, budget);
        holds &= brotli_bytes <= budget.gate_bytes;
        println!(
            "{:<12} {:>10} {:>10} {:>10} {:>10}  {verdict}",
            budget.what,
            kilobytes(raw_bytes),
            kilobytes(brotli_bytes),
            kilobytes(budget.gate_bytes),
            kilobytes(budget.aim_bytes)
        );
    }
    Ok(holds)
}

/// Raw and compressed bytes of the files of one budget.
fn measure(folder: &Path, files: &[String], budget: &Budget) -> Result<(usize, usize)> {
    let mut raw_bytes = 0;
    let mut brotli_bytes = 0;
    for name in files {
        if !budget.stems.iter().any(|stem| name.starts_with(stem)) {
            continue;
        }
        let bytes = fs::read(folder.join(name))?;
        raw_bytes += bytes.len();
        brotli_bytes += compress::brotli(&bytes, 11)?.len();
    }
    if raw_bytes == 0 {
        bail!("{} holds no files of: {}", folder.display(), budget.what);
    }
    Ok((raw_bytes, brotli_bytes))
}

/// All files under `folder` with their relative names, compressed copies left out.
fn files_of(folder: &Path, prefix: &str) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let entries =
        fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    for entry in entries.flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            names.extend(files_of(&entry.path(), &format!("{name}/"))?);
        } else if !name.ends_with(".br") && !name.ends_with(".gz") {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn verdict(brotli_bytes: usize, budget: &Budget) -> &'static str {
    if brotli_bytes <= budget.aim_bytes {
        "within the aim"
    } else if brotli_bytes <= budget.gate_bytes {
        "within the gate"
    } else {
        "TOO LARGE"
    }
}

/// Bytes as kilobytes with one decimal.
fn kilobytes(bytes: usize) -> String {
    let tenths = bytes.div_ceil(100);
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_is_the_last_size_that_passes() {
        let budget = &BUDGETS[0];
        assert_eq!(verdict(180_000, budget), "within the aim");
        assert_eq!(verdict(300_000, budget), "within the gate");
        assert_eq!(verdict(300_001, budget), "TOO LARGE");
    }

    #[test]
    fn kilobytes_are_rounded_up() {
        assert_eq!(kilobytes(300_001), "300.1");
        assert_eq!(kilobytes(0), "0.0");
    }
}
