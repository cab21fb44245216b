//! What the tests need beyond Rust: a browser, Node, and a GPU in software.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{debian, process};

const CHROMIUM_NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

/// The Chromium to test with: `$CHROMIUM`, one on the search path, else Debian's.
pub(crate) fn ensure_chromium() -> Result<PathBuf> {
    if let Some(chosen) = env::var_os("CHROMIUM").filter(|file| !file.is_empty()) {
        return Ok(chosen.into());
    }
    if let Some(found) = find_chromium() {
        return Ok(found);
    }
    debian::install(&["chromium"], "tests in a browser")?;
    find_chromium().context("chromium was installed and is still not on the search path")
}

fn find_chromium() -> Option<PathBuf> {
    CHROMIUM_NAMES
        .iter()
        .find_map(|name| process::on_path(name))
}

/// Installs Node and npm where they are missing.
pub(crate) fn ensure_node() -> Result<()> {
    if process::on_path("node").is_some() && process::on_path("npm").is_some() {
        return Ok(());
    }
    debian::install(&["nodejs", "npm"], "the runner of the browser tests")
}

/// Installs what the lock file of `folder` names, and runs no script of it.
pub(crate) fn install_packages(folder: &Path) -> Result<()> {
    process::run(
        Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .current_dir(folder),
    )
}

/// Installs lavapipe, Vulkan on the CPU, and returns its driver file.
pub(crate) fn ensure_lavapipe() -> Result<PathBuf> {
    if let Some(driver) = lavapipe_driver()
        && has_vulkan_loader()
    {
        return Ok(driver);
    }
    debian::install(
        &["mesa-vulkan-drivers", "libvulkan1"],
        "GPU tests without a GPU",
    )?;
    lavapipe_driver().context("lavapipe was installed and its driver file is still missing")
}

/// Lets a program see this Vulkan driver and no other.
pub(crate) fn use_driver(command: &mut Command, driver: &Path) {
    // Both names: the second is the one that older Vulkan loaders read.
    command
        .env("VK_DRIVER_FILES", driver)
        .env("VK_ICD_FILENAMES", driver);
    // Without it the driver complains on stderr, where tests look for one line of ours.
    if env::var_os("XDG_RUNTIME_DIR").is_none() {
        command.env("XDG_RUNTIME_DIR", env::temp_dir());
    }
}

fn lavapipe_driver() -> Option<PathBuf> {
    let folders = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"];
    folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flat_map(|entries| entries.flatten().map(|entry| entry.path()))
        .find(|file| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("lvp_icd") && name.ends_with(".json")
        })
}

fn has_vulkan_loader() -> bool {
    let folders = [
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu",
        "/usr/lib64",
        "/usr/lib",
        "/usr/local/lib",
    ];
    folders
        .iter()
        .any(|folder| Path::new(folder).join("libvulkan.so.1").exists())
}
