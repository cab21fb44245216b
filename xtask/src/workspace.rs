//! Where things are: the checkout, and the target folder outside it.
//!
//! The target folder is `$CARGO_TARGET_DIR`, or `~/.cache/headlight/target`: it
//! survives fresh clones, so a second clone builds warm. The page's modules are
//! built by another compiler or for another target and go to its `wasm` folder,
//! where they never wait for a native build's lock.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;

/// The checkout and its target folder.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// The workspace that this xtask was started in.
    pub(crate) fn find() -> Result<Self> {
        let root = find_root()?;
        let target = match env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty()) {
            Some(dir) => env::current_dir()?.join(dir),
            None => match env::var_os("HOME").or_else(|| env::var_os("USERPROFILE")) {
                Some(home) => Path::new(&home).join(".cache/headlight/target"),
                None => root.join("target"),
            },
        };
        Ok(Self { root, target })
    }

    /// A path inside the checkout.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The folder of the checkout.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The target folder of native builds.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// The target folder of wasm builds.
    pub(crate) fn wasm_target(&self) -> PathBuf {
        self.target.join("wasm")
    }

    /// A folder for pages that xtask builds for itself.
    pub(crate) fn page_folder(&self, name: &str) -> PathBuf {
        self.target.join("page").join(name)
    }

    /// `cargo <subcommand>` with the toolchain of `rust-toolchain.toml`.
    pub(crate) fn cargo(&self, subcommand: &str) -> Command {
        let mut command = Command::new("cargo");
        process::forget_cargo_run(&mut command);
        command
            .arg(subcommand)
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target);
        command
    }
}

/// The checkout: where cargo says that xtask lives, else the first folder
/// upwards that holds both `Cargo.toml` and `xtask`.
fn find_root() -> Result<PathBuf> {
    let start = match env::var_os("CARGO_MANIFEST_DIR") {
        Some(dir) => PathBuf::from(dir),
        None => env::current_dir().context("the current folder cannot be read")?,
    };
    for folder in start.ancestors() {
        if folder.join("Cargo.toml").is_file() && folder.join("xtask/Cargo.toml").is_file() {
            return Ok(folder.to_path_buf());
        }
    }
    bail!(
        "{} is not inside a checkout of Headlight; start `cargo xtask` there",
        start.display()
    )
}
