//! Installing Debian packages, after saying so.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;

/// Whether this machine installs packages with `apt-get`.
pub(crate) fn has_apt() -> bool {
    process::on_path("apt-get").is_some()
}

/// Installs `packages` because of `purpose`, with `sudo` when not root.
pub(crate) fn install(packages: &[&str], purpose: &str) -> Result<()> {
    if !has_apt() {
        bail!(
            "{purpose} is missing and this machine has no apt-get; \
             please install what Debian calls `{}`",
            packages.join(" ")
        );
    }
    eprintln!(
        "xtask installs Debian packages for {purpose}: {}",
        packages.join(" ")
    );
    let is_root = process::capture(Command::new("id").arg("-u"))?.trim() == "0";
    // The lists may be fresh enough without it, and a foreign source that fails is not our concern.
    if let Err(error) = process::run(apt(is_root).arg("update")) {
        eprintln!("{error:#}; going on with the package lists that are there");
    }
    process::run(
        apt(is_root)
            .args(["install", "-y", "--no-install-recommends"])
            .args(packages),
    )
    .with_context(|| format!("the packages for {purpose} could not be installed"))
}

fn apt(is_root: bool) -> Command {
    let mut command = if is_root {
        Command::new("apt-get")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["--preserve-env=DEBIAN_FRONTEND", "apt-get"]);
        sudo
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}
