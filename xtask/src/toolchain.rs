//! Which compiler builds the page's WebAssembly modules.
//!
//! Three ways, in this order:
//! 1. the active toolchain has the standard library for wasm32;
//! 2. `rustup target add wasm32-unknown-unknown` fetches it;
//! 3. Debian's second Rust toolchain (`rustc-web`, `cargo-web`), whose standard
//!    library cargo builds from its packaged sources.
//!
//! `HEADLIGHT_WASM_TOOLCHAIN=debian` takes the third way at once, to try it on a
//! machine where the first would do.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::workspace::Workspace;
use crate::{debian, process};

/// The target of all page modules.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

const DEBIAN_PACKAGES: &[&str] = &[
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "rust-web-llvm",
    "lld-22",
];
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_CLIPPY: &str = "/usr/bin/cargo-clippy";

/// A compiler for wasm32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WasmToolchain {
    /// The toolchain of `rust-toolchain.toml`.
    Active,
    /// Debian's packages, with the standard library built from source.
    Debian,
}

/// What this machine offers, as far as the choice depends on it.
#[derive(Clone, Copy, Debug, Default)]
struct Found {
    active_std: bool,
    has_rustup: bool,
    rustup_failed: bool,
    debian_complete: bool,
    has_apt: bool,
    apt_failed: bool,
    debian_wanted: bool,
}

/// What to do next on the way to a toolchain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Use(WasmToolchain),
    AddTarget,
    InstallDebian,
    GiveUp,
}

fn next_step(found: Found) -> Step {
    if found.active_std && !found.debian_wanted {
        Step::Use(WasmToolchain::Active)
    } else if found.has_rustup && !found.rustup_failed && !found.debian_wanted {
        Step::AddTarget
    } else if found.debian_complete {
        Step::Use(WasmToolchain::Debian)
    } else if found.has_apt && !found.apt_failed {
        Step::InstallDebian
    } else {
        Step::GiveUp
    }
}

impl WasmToolchain {
    /// Chooses a toolchain and installs it where none is there.
    pub(crate) fn ensure(workspace: &Workspace) -> Result<Self> {
        // A machine whose rustup cannot reach its server is not asked again each time.
        let refusal = workspace.wasm_target().join("rustup-target-add-failed");
        let mut found = Found {
            has_rustup: process::on_path("rustup").is_some(),
            rustup_failed: refusal.exists(),
            has_apt: debian::has_apt(),
            debian_wanted: env::var("HEADLIGHT_WASM_TOOLCHAIN").is_ok_and(|way| way == "debian"),
            ..Found::default()
        };
        loop {
            found.active_std = has_active_std(workspace);
            found.debian_complete = is_debian_complete();
            match next_step(found) {
                Step::Use(toolchain) => return Ok(toolchain),
                Step::AddTarget => {
                    eprintln!("xtask runs `rustup target add {TARGET}` for the page's modules");
                    let added = process::run(rustup(workspace).args(["target", "add", TARGET]));
                    if let Err(error) = added {
                        eprintln!("{error:#}; next is Debian's toolchain");
                        fs::create_dir_all(workspace.wasm_target())?;
                        fs::write(
                            &refusal,
                            "xtask goes straight to Debian's toolchain; delete this file to try rustup again\n",
                        )?;
                    }
                    found.rustup_failed = true;
                }
                Step::InstallDebian => {
                    if let Err(error) = debian::install(DEBIAN_PACKAGES, "WebAssembly") {
                        eprintln!("{error:#}");
                    }
                    found.apt_failed = true;
                }
                Step::GiveUp => bail!(
                    "no compiler for {TARGET}: the active toolchain has no standard library for it, \
                     `rustup target add {TARGET}` is not possible, and Debian's packages \
                     `{}` are not installed; any one of the three is enough",
                    DEBIAN_PACKAGES.join(" ")
                ),
            }
        }
    }

    /// `cargo <subcommand>` for wasm32 modules.
    pub(crate) fn cargo(self, workspace: &Workspace, subcommand: &str) -> Command {
        let mut command = match self {
            Self::Active => workspace.cargo(subcommand),
            Self::Debian => debian_cargo(workspace, subcommand),
        };
        command
            .args(["--target", TARGET])
            .env("CARGO_TARGET_DIR", workspace.wasm_target())
            .env("CARGO_ENCODED_RUSTFLAGS", rustflags(workspace));
        command
    }

    /// Installs clippy for this toolchain where it is a package of its own.
    pub(crate) fn ensure_clippy(self) -> Result<()> {
        if self == Self::Debian && !Path::new(DEBIAN_CLIPPY).is_file() {
            debian::install(&["rust-web-clippy"], "lints of WebAssembly code")?;
        }
        Ok(())
    }
}

/// Compiler flags, joined the way cargo wants flags that may hold spaces.
///
/// One set for all modules and lints: cargo keeps one copy of each dependency
/// and compiles all of them again when the flags change. The engine wants the
/// 128-bit vectors, which browsers have had since 2021 (Safari: 2023).
/// Paths of this machine are cut from panic messages, so two machines build the
/// same bytes and no file name of a home folder is published. Our own files need
/// no such flag, cargo names them relative to the checkout; a flag with the
/// checkout's path would make every clone build cold.
fn rustflags(workspace: &Workspace) -> String {
    let mut words = vec!["-Ctarget-feature=+simd128".to_owned()];
    let cargo_home = env::var("CARGO_HOME")
        .or_else(|_| env::var("HOME").map(|home| format!("{home}/.cargo")))
        .unwrap_or_default();
    for (from, to) in [
        (workspace.target().to_string_lossy().as_ref(), "target"),
        (cargo_home.as_str(), "cargo"),
    ] {
        if !from.is_empty() {
            words.push(format!("--remap-path-prefix={from}={to}"));
        }
    }
    words.join("\x1f")
}

fn debian_cargo(workspace: &Workspace, subcommand: &str) -> Command {
    // `cargo clippy` would find rustup's proxy first: call Debian's own program.
    let mut command = Command::new(if subcommand == "clippy" {
        DEBIAN_CLIPPY
    } else {
        DEBIAN_CARGO
    });
    process::forget_cargo_run(&mut command);
    command
        .arg(subcommand)
        .current_dir(workspace.root())
        .env_remove("RUSTUP_TOOLCHAIN")
        .env("CARGO", DEBIAN_CARGO)
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTDOC", "/usr/bin/rustdoc")
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort");
    command
}

fn rustup(workspace: &Workspace) -> Command {
    let mut command = Command::new("rustup");
    command.current_dir(workspace.root());
    command
}

/// Whether the active toolchain brings a standard library for wasm32.
fn has_active_std(workspace: &Workspace) -> bool {
    let mut rustc = Command::new("rustc");
    process::forget_cargo_run(&mut rustc);
    rustc
        .current_dir(workspace.root())
        .args(["--print", "target-libdir", "--target", TARGET]);
    let Ok(folder) = process::capture(&mut rustc) else {
        return false;
    };
    let Ok(entries) = fs::read_dir(folder.trim()) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    })
}

/// Whether Debian's compiler, cargo, linker and library sources are all installed.
fn is_debian_complete() -> bool {
    if !Path::new(DEBIAN_CARGO).is_file() {
        return false;
    }
    let Ok(sysroot) = process::capture(Command::new("/usr/bin/rustc").args(["--print", "sysroot"]))
    else {
        return false;
    };
    // `rust-lld` is a link into the package `lld-22`: it dangles without that.
    let library = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/std");
    Path::new("/usr/bin/rust-lld").exists() && library.is_dir()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_ways_are_tried_in_order() {
        let mut found = Found {
            active_std: true,
            has_rustup: true,
            debian_complete: true,
            has_apt: true,
            ..Found::default()
        };
        assert_eq!(next_step(found), Step::Use(WasmToolchain::Active));
        found.active_std = false;
        assert_eq!(next_step(found), Step::AddTarget);
        found.rustup_failed = true;
        assert_eq!(next_step(found), Step::Use(WasmToolchain::Debian));
        found.debian_complete = false;
        assert_eq!(next_step(found), Step::InstallDebian);
        found.apt_failed = true;
        assert_eq!(next_step(found), Step::GiveUp);
    }

    #[test]
    fn debian_can_be_asked_for() {
        let found = Found {
            active_std: true,
            has_rustup: true,
            debian_complete: true,
            debian_wanted: true,
            ..Found::default()
        };
        assert_eq!(next_step(found), Step::Use(WasmToolchain::Debian));
    }

    #[test]
    fn a_machine_without_any_way_gives_up() {
        assert_eq!(next_step(Found::default()), Step::GiveUp);
    }
}
