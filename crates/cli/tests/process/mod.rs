//! Calls of the real binary.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Runs `headlight` to its end.
pub(crate) fn headlight(arguments: impl IntoIterator<Item = OsString>) -> Output {
    Command::new(env!("CARGO_BIN_EXE_headlight"))
        .args(arguments)
        .output()
        .unwrap()
}

/// A model of the repository, shipped or made for tests.
pub(crate) fn model(name: &str) -> PathBuf {
    let root = Path::new("../..");
    let shipped = root.join("models").join(name);
    if shipped.is_dir() {
        shipped
    } else {
        root.join("tests/fixtures").join(name)
    }
}

/// A place for a file of a test.
pub(crate) fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The rules for bad input: exit code 2, nothing on stdout, one line on stderr
/// that has all of `words`.
pub(crate) fn assert_refused(arguments: impl IntoIterator<Item = OsString>, words: &[&str]) {
    let done = headlight(arguments);
    assert_eq!(done.status.code(), Some(2), "{done:?}");
    assert!(done.stdout.is_empty(), "{done:?}");
    let line = String::from_utf8(done.stderr).unwrap();
    assert_eq!(line.lines().count(), 1, "{line}");
    for word in words {
        assert!(line.contains(word), "{word} is not in {line}");
    }
}
