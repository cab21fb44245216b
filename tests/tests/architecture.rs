//! The arrows between our crates are the ones of ARCHITECTURE.md.
//!
//! Read from the `Cargo.toml` files, so a forbidden arrow fails here before any
//! code uses it. A crate that is not in the table fails too: deciding where it
//! belongs is part of adding it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

const PREFIX: &str = "headlight-";

/// The crates without I/O, clock, tensors or a document.
const PURE: &[&str] = &[
    "activations",
    "language",
    "formats",
    "flash",
    "probe",
    "calibrate",
    "steer",
];

/// What each crate may name, without the prefix of our names.
fn allowed(name: &str) -> Option<Vec<&'static str>> {
    let beyond_pure = |more: &[&'static str]| [PURE, more].concat();
    Some(match name {
        "activations" | "language" | "flash" | "calibrate" => vec![],
        "formats" => vec!["activations"],
        "probe" => vec!["activations", "calibrate"],
        "steer" => vec!["activations", "formats"],
        "kernels" => vec!["flash"],
        "model" => vec!["activations", "flash", "kernels"],
        "protocol" => vec!["activations"],
        "engine" => beyond_pure(&["protocol", "kernels", "model"]),
        "view" => beyond_pure(&["protocol", "figure"]),
        "figure" => vec![],
        "cli" => beyond_pure(&["kernels", "model", "engine", "figure", "view"]),
        "draw" => vec!["figure"],
        "embed" => vec!["draw", "view", "figure"],
        "web" => vec!["view", "protocol", "figure", "draw"],
        "worker" => vec!["engine"],
        "truth" => vec!["language"],
        "tests" => beyond_pure(&["kernels", "model", "engine", "view", "cli"]),
        "xtask" => vec![],
        _ => return None,
    })
}

/// A member of the workspace as its manifest describes it.
struct Member {
    /// The package without the prefix.
    name: String,
    folder: PathBuf,
    manifest: Table,
}

fn root() -> PathBuf {
    PathBuf::from("..")
}

fn read_manifest(folder: &Path) -> Table {
    let file = folder.join("Cargo.toml");
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
    text.parse()
        .unwrap_or_else(|error| panic!("{file:?}: {error}"))
}

/// All members, with `folder/*` in the list written out.
fn members() -> Vec<Member> {
    let workspace = read_manifest(&root());
    let mut folders = Vec::new();
    for pattern in workspace["workspace"]["members"].as_array().unwrap() {
        let pattern = pattern.as_str().unwrap();
        match pattern.strip_suffix("/*") {
            Some(parent) => folders.extend(
                fs::read_dir(root().join(parent))
                    .unwrap()
                    .map(|entry| entry.unwrap().path())
                    .filter(|folder| folder.join("Cargo.toml").is_file()),
            ),
            None => folders.push(root().join(pattern)),
        }
    }
    folders.sort();
    let member = |folder: PathBuf| {
        let manifest = read_manifest(&folder);
        let package = manifest["package"]["name"].as_str().unwrap();
        Member {
            name: package.strip_prefix(PREFIX).unwrap_or(package).to_owned(),
            folder,
            manifest,
        }
    };
    folders.into_iter().map(member).collect()
}

/// The packages that `member` names in tables called `kinds`, also those for one target only.
fn named(member: &Member, kinds: &[&str]) -> Vec<(String, Value)> {
    let targets = member.manifest.get("target").and_then(Value::as_table);
    let tables = targets
        .into_iter()
        .flat_map(|targets| targets.values().filter_map(Value::as_table))
        .chain([&member.manifest]);
    let mut found = Vec::new();
    for table in tables {
        for kind in kinds {
            let Some(dependencies) = table.get(*kind).and_then(Value::as_table) else {
                continue;
            };
            for (key, value) in dependencies {
                let renamed = value.get("package").and_then(Value::as_str);
                found.push((renamed.unwrap_or(key).to_owned(), value.clone()));
            }
        }
    }
    found
}

const BUILT: &[&str] = &["dependencies", "build-dependencies"];
const ALL: &[&str] = &["dependencies", "build-dependencies", "dev-dependencies"];

#[test]
fn the_arrows_are_the_allowed_ones() {
    let mut wrong = Vec::new();
    for member in members() {
        let Some(allowed) = allowed(&member.name) else {
            wrong.push(format!("`{}` is in no row of the table", member.name));
            continue;
        };
        for (package, _) in named(&member, BUILT) {
            if let Some(ours) = package.strip_prefix(PREFIX)
                && !allowed.contains(&ours)
            {
                wrong.push(format!("{} -> {ours}", member.name));
            }
        }
    }
    assert!(wrong.is_empty(), "forbidden: {wrong:#?}");
}

/// Tests may look sideways and down, never up: a crate is not tested by its users.
#[test]
fn no_test_points_against_the_arrows() {
    let mut wrong = Vec::new();
    for member in members() {
        for (package, _) in named(&member, &["dev-dependencies"]) {
            if let Some(ours) = package.strip_prefix(PREFIX)
                && allowed(ours).is_none_or(|below| below.contains(&member.name.as_str()))
            {
                wrong.push(format!("{} -> {ours}", member.name));
            }
        }
    }
    assert!(wrong.is_empty(), "against the arrows: {wrong:#?}");
}

#[test]
fn the_table_of_arrows_has_no_cycle() {
    let names: Vec<String> = members().into_iter().map(|member| member.name).collect();
    let mut depths: BTreeMap<&str, usize> = BTreeMap::new();
    for name in &names {
        depth(name, &mut depths, 0);
    }
}

/// The longest way down from `name`.
fn depth(name: &str, depths: &mut BTreeMap<&'static str, usize>, above: usize) -> usize {
    assert!(above < 20, "a cycle through `{name}`");
    let below = allowed(name).unwrap_or_default();
    let deepest = below
        .into_iter()
        .map(|next| {
            let known = depths.get(next).copied();
            known.unwrap_or_else(|| {
                let found = depth(next, depths, above + 1);
                depths.insert(next, found);
                found
            })
        })
        .max();
    deepest.map_or(0, |deepest| deepest + 1)
}

#[test]
fn only_four_crates_name_the_tensor_library() {
    let may = ["model", "kernels", "engine", "cli"];
    let families = ["burn", "wgpu", "cubecl"];
    assert_named_only_by("Burn, wgpu or cubecl", &may, &families);
}

#[test]
fn only_the_page_names_the_document() {
    let may = ["web", "draw", "embed", "truth", "worker"];
    assert_named_only_by("web-sys", &may, &["web-sys"]);
    assert_named_only_by("Leptos", &["web"], &["leptos"]);
}

fn assert_named_only_by(what: &str, may: &[&str], families: &[&str]) {
    let mut wrong = Vec::new();
    for member in members() {
        if may.contains(&member.name.as_str()) {
            continue;
        }
        for (package, _) in named(&member, ALL) {
            if families.iter().any(|family| is_of(&package, family)) {
                wrong.push(format!("{} names {package}", member.name));
            }
        }
    }
    assert!(wrong.is_empty(), "only {may:?} may name {what}: {wrong:#?}");
}

/// Whether `package` is `family` or one of its parts, as `burn-wgpu` is of `burn`.
fn is_of(package: &str, family: &str) -> bool {
    let package = package.replace('_', "-");
    package
        .strip_prefix(family)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// One door to the host per crate, so that all else runs the same everywhere.
#[test]
fn only_platform_rs_asks_for_the_target() {
    let mut wrong = Vec::new();
    for member in members() {
        if !member.folder.starts_with(root().join("crates")) {
            continue;
        }
        let asking: Vec<PathBuf> = rust_files(&member.folder)
            .into_iter()
            .filter(|file| asks_for_wasm(&fs::read_to_string(file).unwrap()))
            .collect();
        let is_platform = |file: &PathBuf| file.ends_with("platform.rs");
        if asking.len() > 1 || !asking.iter().all(is_platform) {
            wrong.push((member.name, asking));
        }
    }
    assert!(wrong.is_empty(), "outside platform.rs: {wrong:#?}");
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Whether the code, comments aside, has a condition on WebAssembly.
fn asks_for_wasm(source: &str) -> bool {
    source.lines().any(|line| {
        let code = line.split("//").next().unwrap_or_default();
        let code: String = code.split_whitespace().collect();
        code.contains("target_family=\"wasm\"") || code.contains("target_arch=\"wasm32\"")
    })
}

#[test]
fn a_condition_on_wasm_is_recognised() {
    assert!(asks_for_wasm("#[cfg(target_family = \"wasm\")]"));
    assert!(asks_for_wasm("if cfg!(not(target_arch=\"wasm32\")) {"));
    assert!(!asks_for_wasm(
        "// cfg(target_family = \"wasm\") is elsewhere"
    ));
}

#[test]
fn parts_of_a_family_are_recognised() {
    assert!(is_of("burn", "burn") && is_of("burn_wgpu", "burn"));
    assert!(!is_of("burnt", "burn") && !is_of("web-time", "web-sys"));
}
