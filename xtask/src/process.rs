//! Starting other programs: their output streams through, their failure is a sentence.
//!
//! Standard output is kept for what the command itself answers (an address, a
//! summary), so what a child prints goes to standard error unless it is counted:
//! then all of it goes to standard output.

use std::env;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

/// Runs `command` to its end, its standard output on our standard error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .stdout(io::stderr())
        .status()
        .with_context(|| format!("`{}` could not be started", line(command)))?;
    expect_success(command, status)
}

/// Runs `command` quietly and returns what it wrote to standard output.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("`{}` could not be started", line(command)))?;
    expect_success(command, output.status)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs `command`, copies what it prints to our standard output and shows each line to `see`.
///
/// Both of its streams go through one pipe, so that the lines come in their own order:
/// cargo names a test binary on one, and the binary answers on the other.
pub(crate) fn run_watched(command: &mut Command, mut see: impl FnMut(&str)) -> Result<ExitStatus> {
    let (lines, into_lines) = io::pipe().context("no pipe for what a command prints")?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(into_lines.try_clone()?)
        .stderr(into_lines)
        .spawn()
        .with_context(|| format!("`{}` could not be started", line(command)))?;
    // The command holds the pipe open as long as it has it.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut lines = BufReader::new(lines);
    let mut bytes = Vec::new();
    while lines.read_until(b'\n', &mut bytes)? > 0 {
        let text = String::from_utf8_lossy(&bytes);
        print!("{text}");
        see(text.trim_end());
        bytes.clear();
    }
    Ok(child.wait()?)
}

/// An error that names the command when `status` is not success.
pub(crate) fn expect_success(command: &Command, status: ExitStatus) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    match status.code() {
        Some(code) => bail!("`{}` ended with exit status {code}", line(command)),
        None => bail!("`{}` was ended by a signal", line(command)),
    }
}

/// Where `program` is found on the search path.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// The command as a person would type it.
pub(crate) fn line(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(
        command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned()),
    );
    words.join(" ")
}

/// Removes what `cargo run` tells its child about xtask itself.
///
/// Without this, build scripts would rerun (`CARGO_PKG_*` changes) and another
/// toolchain's cargo would pick up our compiler or our shared libraries.
pub(crate) fn forget_cargo_run(command: &mut Command) {
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(is_about_this_run) {
            command.env_remove(name);
        }
    }
    if let Some(libraries) = env::var_os("LD_LIBRARY_PATH") {
        match without_toolchain(&libraries) {
            Some(kept) => command.env("LD_LIBRARY_PATH", kept),
            None => command.env_remove("LD_LIBRARY_PATH"),
        };
    }
}

/// Whether cargo sets this variable for the program that it runs, as opposed to
/// a setting of the person (`CARGO_HOME`, `CARGO_NET_*`, `CARGO_REGISTRIES_*`).
fn is_about_this_run(name: &str) -> bool {
    const EXACT: &[&str] = &[
        "CARGO",
        "CARGO_MANIFEST_DIR",
        "CARGO_MANIFEST_PATH",
        "CARGO_CRATE_NAME",
        "CARGO_BIN_NAME",
        "CARGO_PRIMARY_PACKAGE",
        "OUT_DIR",
    ];
    EXACT.contains(&name) || name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_BIN_EXE_")
}

/// The search path of shared libraries without cargo's own additions.
fn without_toolchain(libraries: &OsString) -> Option<OsString> {
    let kept: Vec<PathBuf> = env::split_paths(libraries)
        .filter(|folder| {
            let text = folder.to_string_lossy();
            let is_cargos = ["rustlib", "toolchains", "/debug"]
                .iter()
                .any(|part| text.contains(part));
            !is_cargos && !text.is_empty()
        })
        .collect();
    if kept.is_empty() {
        return None;
    }
    env::join_paths(kept).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_streams_of_a_command_are_watched_in_their_own_order() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo 1; echo 2 >&2; echo 3; echo 4 >&2; exit 5"]);
        let mut seen = Vec::new();
        let status = run_watched(&mut command, |line| seen.push(line.to_owned())).unwrap();
        assert_eq!(seen, ["1", "2", "3", "4"]);
        assert_eq!(status.code(), Some(5));
    }

    #[test]
    fn a_persons_settings_of_cargo_stay() {
        assert!(is_about_this_run("CARGO_PKG_NAME"));
        assert!(is_about_this_run("CARGO"));
        assert!(!is_about_this_run("CARGO_HOME"));
        assert!(!is_about_this_run("CARGO_NET_OFFLINE"));
        assert!(!is_about_this_run("CARGO_TARGET_DIR"));
    }

    #[test]
    fn libraries_of_the_running_toolchain_are_dropped() {
        let path = OsString::from("/x/toolchains/stable/lib:/opt/cuda/lib:/t/debug/deps");
        assert_eq!(without_toolchain(&path), Some("/opt/cuda/lib".into()));
        assert_eq!(without_toolchain(&"/x/rustlib/lib".into()), None);
    }

    #[test]
    fn a_command_reads_as_it_is_typed() {
        let mut command = Command::new("cargo");
        command.args(["fmt", "--check"]);
        assert_eq!(line(&command), "cargo fmt --check");
    }
}
