//! Everything that we build on may be used as we use it, and comes from where it should.
//!
//! Licences are checked for what is compiled with all features on the targets
//! that we build for; sources for all that `Cargo.lock` knows.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{CargoOpt, Metadata, MetadataCommand, Package};
use spdx::{Expression, ParseMode};

/// What we build for.
const TARGETS: [&str; 2] = ["x86_64-unknown-linux-gnu", "wasm32-unknown-unknown"];

/// Licences that ask for no more than their text being kept.
const PERMISSIVE: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Packages that ask for more, and why they may stay: `(package, licence, reason)`.
///
/// The Mozilla licence asks that changes to its own files be published. We use
/// both packages as they come, so their sources on crates.io are all it asks for.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("buildid", "MPL-2.0", "Burn's GPU runtime, unchanged"),
    ("colored", "MPL-2.0", "Burn's tensor printing, unchanged"),
];

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn root() -> PathBuf {
    Path::new("..").canonicalize().unwrap()
}

fn metadata() -> Metadata {
    let platforms = TARGETS.map(|target| format!("--filter-platform={target}"));
    let options = ["--locked".to_owned()].into_iter().chain(platforms);
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .features(CargoOpt::AllFeatures)
        .other_options(options.collect::<Vec<_>>())
        .exec()
        .unwrap()
}

/// The packages that some build of ours compiles.
///
/// `cargo metadata` also lists what an optional dependency would bring if it
/// were enabled (other backends of Burn); `cargo tree` knows what is.
fn compiled(metadata: &Metadata) -> Vec<&Package> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["tree", "--workspace", "--all-features", "--locked"])
        .args(TARGETS.iter().flat_map(|target| ["--target", target]))
        .args(["--edges", "normal,build,dev"])
        .args(["--prefix", "none", "--format", "{p}"])
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let tree = String::from_utf8(output.stdout).unwrap();
    // A line is `name v1.2.3`, and `(proc-macro)` or a path may follow.
    let names: BTreeSet<(&str, &str)> = tree
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            Some((words.next()?, words.next()?.strip_prefix('v')?))
        })
        .collect();
    let is_named = |package: &&Package| {
        let version = package.version.to_string();
        names.contains(&(package.name.as_str(), version.as_str()))
    };
    metadata.packages.iter().filter(is_named).collect()
}

#[test]
fn every_licence_is_permissive() {
    let metadata = metadata();
    let packages = compiled(&metadata);
    let refused: Vec<String> = packages
        .iter()
        .filter_map(|package| Some(format!("{}: {}", package.id, refusal(package)?)))
        .collect();
    assert!(packages.len() > 100, "the graph is incomplete");
    assert!(refused.is_empty(), "{refused:#?}");
}

/// Why the licence of `package` does not do, or `None`.
fn refusal(package: &Package) -> Option<String> {
    let Some(licence) = package.license.as_deref() else {
        return Some("names no licence".to_owned());
    };
    let is_excepted = EXCEPTIONS
        .iter()
        .any(|(name, known, _)| package.name.as_str() == *name && licence == *known);
    if is_excepted {
        return None;
    }
    match is_permissive(licence) {
        Ok(true) => None,
        Ok(false) => Some(format!("`{licence}` is not permissive")),
        Err(error) => Some(format!("`{licence}` cannot be read: {error}")),
    }
}

#[test]
fn every_exception_is_still_needed() {
    let metadata = metadata();
    let packages = compiled(&metadata);
    for (name, _, reason) in EXCEPTIONS {
        let is_there = packages
            .iter()
            .any(|package| package.name.as_str() == *name);
        assert!(is_there, "{name} ({reason}) is gone: remove its exception");
    }
}

/// Whether some choice that `licence` offers consists of permissive licences only.
fn is_permissive(licence: &str) -> Result<bool, spdx::ParseError> {
    // Old packages write `MIT/Apache-2.0`.
    let expression = Expression::parse_mode(licence, ParseMode::LAX)?;
    Ok(expression.evaluate(|requirement| {
        let id = requirement.license.id();
        id.is_some_and(|id| PERMISSIVE.contains(&id.name))
    }))
}

#[test]
fn every_package_is_from_crates_io_or_ours() {
    let metadata = metadata();
    let root = root();
    for package in &metadata.packages {
        match &package.source {
            Some(source) => assert!(source.is_crates_io(), "{} is from {source}", package.id),
            None => assert!(
                package.manifest_path.as_std_path().starts_with(&root),
                "{} is outside the workspace",
                package.id
            ),
        }
    }
}

#[test]
fn the_lock_file_names_no_other_source() {
    let text = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let lock: toml::Table = text.parse().unwrap();
    for package in lock["package"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        if let Some(source) = package.get("source") {
            assert_eq!(source.as_str(), Some(CRATES_IO), "{name}");
            assert!(package.get("checksum").is_some(), "{name} has no checksum");
        }
    }
}

#[test]
fn licence_expressions_are_understood() {
    assert!(is_permissive("MIT OR Apache-2.0").unwrap());
    assert!(is_permissive("MIT/Apache-2.0").unwrap());
    assert!(is_permissive("GPL-3.0-only OR MIT").unwrap());
    assert!(is_permissive("Apache-2.0 WITH LLVM-exception").unwrap());
    assert!(!is_permissive("MIT AND GPL-3.0-only").unwrap());
    assert!(!is_permissive("AGPL-3.0-only").unwrap());
}
