//! `cargo xtask size`: what a visitor downloads, against the budgets.
//!
//! Brotli at its highest level, whatever the level of the folder's own copies is, so
//! that two folders compare. A kilobyte is 1000 bytes.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::page::Audience;
use crate::wasm::Quality;
use crate::workspace::Workspace;
use crate::{compress, dist, page};

/// What is downloaded together, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Budget {
    what: String,
    /// The starts of the names of its files.
    stems: Vec<String>,
    /// More than this of a release is a failure.
    gate_bytes: usize,
    /// Where we are going.
    aim_bytes: usize,
    /// More than this of a page that was built quickly is a failure of `cargo xtask test`;
    /// `None` for what is not measured there.
    quick_gate_bytes: Option<usize>,
}

impl Budget {
    fn new(what: &str, stems: &[&str], gate_bytes: usize, aim_bytes: usize) -> Self {
        Self {
            what: what.to_owned(),
            stems: stems.iter().map(|&stem| stem.to_owned()).collect(),
            gate_bytes,
            aim_bytes,
            quick_gate_bytes: None,
        }
    }

    /// Gates the quick build too.
    fn quickly(mut self, gate_bytes: usize) -> Self {
        self.quick_gate_bytes = Some(gate_bytes);
        self
    }

    fn covers(&self, name: &str) -> bool {
        self.stems.iter().any(|stem| name.starts_with(stem))
    }
}

/// A room's figure in someone else's page, with its data.
fn embed(room: &str) -> Budget {
    let module = format!("embed-{room}-");
    let files = [
        "embed.html",
        "embed-boot-",
        "embed-style-",
        "recorded-embeds/",
        &module,
    ];
    Budget::new(&format!("embed {room}"), &files, 150_000, 60_000).quickly(220_000)
}

/// The modules that every page has.
fn named_budgets() -> Vec<Budget> {
    let first = ["index.html", "style-", "boot-", "shell-", "snippets/"];
    vec![
        Budget::new("first figures", &first, 320_000, 180_000).quickly(430_000),
        // Each with the runs that it shows unless the link carries another.
        embed("attention"),
        embed("flash"),
        Budget::new("second module", &["further-", "shared-"], 260_000, 150_000).quickly(420_000),
        Budget::new(
            "engine, cpu",
            &["worker-cpu-", "engine-cpu-"],
            450_000,
            320_000,
        ),
        // Its exact probabilities come after the model's; the targets do not name it.
        Budget::new("truth", &["worker-truth-", "truth-"], 100_000, 60_000),
        Budget::new(
            "engine, gpu",
            &["worker-gpu-", "engine-gpu-"],
            1_550_000,
            1_100_000,
        ),
    ]
}

/// The worker of the rooms that compute with a visitor's numbers, where a page has it.
const NUMBERS: &str = "numbers";

/// A budget for each further module of the page: the numbers worker's, and one for each
/// room's, with the room's style sheet. No room has to be named here to be measured.
fn other_budgets(files: &[String], named: &[Budget]) -> Vec<Budget> {
    let mut budgets: Vec<Budget> = Vec::new();
    let modules = files
        .iter()
        .filter(|name| dist::is_hashed(name) && name.ends_with(".wasm"))
        .filter(|name| !named.iter().any(|budget| budget.covers(name)))
        .filter_map(|name| Some(name.rsplit_once('-')?.0));
    for module in modules {
        let budget = if module == NUMBERS {
            Budget::new(NUMBERS, &["worker-numbers-", "numbers-"], 250_000, 150_000)
        } else {
            let stem = format!("{module}-");
            Budget::new(&format!("room {module}"), &[&stem], 180_000, 100_000).quickly(250_000)
        };
        if !budgets.contains(&budget) {
            budgets.push(budget);
        }
    }
    budgets
}

/// Everything that a browser fetches until models/stories is live in it for the first
/// time. A test in a browser compares the list with what is really fetched.
fn first_visit() -> Result<Budget> {
    let list = include_str!("../../tests/browser/first_visit.json");
    Ok(Budget {
        what: "first visit".to_owned(),
        stems: serde_json::from_str(list)?,
        gate_bytes: 5_000_000,
        aim_bytes: 4_500_000,
        quick_gate_bytes: None,
    })
}

/// Fails if what the page's own modules weigh in `dist`, a page that was built quickly,
/// breaks a gate: what a change costs is known before a release is built.
pub(crate) fn check_quick(dist: &Path) -> Result<()> {
    let files = files_of(dist, "")?;
    let mut budgets = named_budgets();
    budgets.extend(other_budgets(&files, &budgets));
    let mut broken = Vec::new();
    for budget in &budgets {
        let Some(gate_bytes) = budget.quick_gate_bytes else {
            continue;
        };
        let (_, served_bytes) = measure(dist, &files, budget)?;
        let (served, gate) = (kilobytes(served_bytes), kilobytes(gate_bytes));
        println!("{:<14} {served:>8} KB of {gate:>8}", budget.what);
        if served_bytes > gate_bytes {
            broken.push(format!(
                "{} is {served} KB, expected at most {gate}",
                budget.what
            ));
        }
    }
    if !broken.is_empty() {
        bail!("{}", broken.join("; "));
    }
    Ok(())
}

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
    let mut budgets = named_budgets();
    budgets.extend(other_budgets(&files, &budgets));
    budgets.push(first_visit()?);
    println!(
        "{:<14} {:>10} {:>10} {:>10} {:>10}  verdict",
        "KB", "raw", "served", "gate", "aim"
    );
    let mut holds = true;
    for budget in &budgets {
        let (raw_bytes, served_bytes) = measure(&folder, &files, budget)?;
        let verdict = verdict(served_bytes, budget);
        holds &= served_bytes <= budget.gate_bytes;
        println!(
            "{:<14} {:>10} {:>10} {:>10} {:>10}  {verdict}",
            budget.what,
            kilobytes(raw_bytes),
            kilobytes(served_bytes),
            kilobytes(budget.gate_bytes),
            kilobytes(budget.aim_bytes)
        );
    }
    println!(
        "served: brotli, but whole where a copy saves too little to lie in the folder\n\
         first visit: all that is fetched until models/stories is live on the cpu engine"
    );
    Ok(holds)
}

/// Raw and served bytes of the files of one budget. Each of its stems must have a file,
/// but for a folder, which is only there where something lies in it.
fn measure(folder: &Path, files: &[String], budget: &Budget) -> Result<(usize, usize)> {
    for stem in budget.stems.iter().filter(|stem| !stem.ends_with('/')) {
        if !files.iter().any(|name| name.starts_with(stem)) {
            bail!(
                "{} holds no file {stem}, expected one for: {}",
                folder.display(),
                budget.what
            );
        }
    }
    let mut raw_bytes = 0;
    let mut served_bytes = 0;
    for name in files.iter().filter(|name| budget.covers(name)) {
        let bytes = fs::read(folder.join(name))?;
        raw_bytes += bytes.len();
        served_bytes += if folder.join(format!("{name}.br")).is_file() {
            compress::brotli(&bytes, 11)?.len()
        } else {
            bytes.len()
        };
    }
    Ok((raw_bytes, served_bytes))
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

fn verdict(served_bytes: usize, budget: &Budget) -> &'static str {
    if served_bytes <= budget.aim_bytes {
        "within the aim"
    } else if served_bytes <= budget.gate_bytes {
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
        let budget = &named_budgets()[0];
        assert_eq!(verdict(180_000, budget), "within the aim");
        assert_eq!(verdict(320_000, budget), "within the gate");
        assert_eq!(verdict(320_001, budget), "TOO LARGE");
    }

    #[test]
    fn kilobytes_are_rounded_up() {
        assert_eq!(kilobytes(300_001), "300.1");
        assert_eq!(kilobytes(0), "0.0");
    }

    #[test]
    fn a_room_that_nobody_named_has_a_budget() {
        let hash = "e3b0c44298fc1c14";
        let files = [
            "shell-HASH_bg.wasm",
            "further-HASH_bg.wasm",
            "flash-HASH_bg.wasm",
            "flash-HASH.css",
            "probe-HASH_bg.wasm",
            "numbers-HASH_bg.wasm",
            "models/index.json",
        ]
        .map(|name| name.replace("HASH", hash));
        let budgets = other_budgets(&files, &named_budgets());
        let found: Vec<_> = budgets
            .iter()
            .map(|budget| (&*budget.what, budget.gate_bytes))
            .collect();
        let expected = [
            ("room flash", 180_000),
            ("room probe", 180_000),
            ("numbers", 250_000),
        ];
        assert_eq!(found, expected);
        assert!(
            budgets[0].covers(&files[3]),
            "the room's style sheet counts"
        );
    }

    #[test]
    fn a_module_that_grew_breaks_the_quick_gate() {
        let hash = "e3b0c44298fc1c14";
        let noise = |n: u32| -> Vec<u8> {
            let byte = |index: u32| (index.wrapping_mul(2_654_435_761) >> 24) as u8;
            (0..n).map(byte).collect()
        };
        let page = |name: &str, room_bytes: u32| {
            let stems = [
                "boot",
                "style",
                "shell",
                "further",
                "shared",
                "embed-boot",
                "embed-style",
                "embed-attention",
                "embed-flash",
            ];
            let mut files: Vec<(String, Vec<u8>)> = stems
                .map(|stem| (format!("{stem}-{hash}.js"), noise(9)))
                .to_vec();
            files.extend(["index.html", "embed.html"].map(|name| (name.to_owned(), noise(9))));
            files.push((format!("probe-{hash}_bg.wasm"), noise(room_bytes)));
            let files: Vec<(&str, Vec<u8>)> = files
                .iter()
                .map(|(name, bytes)| (name.as_str(), bytes.clone()))
                .collect();
            folder(name, &files)
        };
        let small = page("quick-small", 1000);
        check_quick(&small).unwrap();
        let large = page("quick-large", 300_000);
        let error = check_quick(&large).unwrap_err().to_string();
        assert!(
            error.starts_with("room probe is 300.0 KB, expected"),
            "{error}"
        );
        for folder in [small, large] {
            fs::remove_dir_all(folder).unwrap();
        }
    }

    /// A folder with a page whose only files are these.
    fn folder(name: &str, files: &[(&str, Vec<u8>)]) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("headlight-{name}-{}", std::process::id()));
        for (name, bytes) in files {
            let file = folder.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, bytes).unwrap();
        }
        folder
    }

    #[test]
    fn a_file_counts_as_it_is_served() {
        let text = "attention ".repeat(500).into_bytes();
        let weights: Vec<u8> = (0..999_u32)
            .map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect();
        let files = [
            ("a/text.json", text.clone()),
            ("a/text.json.br", vec![0; 3]),
            ("b/weights.safetensors", weights),
        ];
        let folder = folder("served", &files);
        let names = files_of(&folder, "").unwrap();
        let sizes = |stems: &[&str]| measure(&folder, &names, &Budget::new("", stems, 0, 0));
        let compressed = compress::brotli(&text, 11).unwrap().len();
        assert_eq!(sizes(&["a/"]).unwrap(), (5000, compressed));
        assert_eq!(sizes(&["b/"]).unwrap(), (999, 999), "there is no copy");
        assert_eq!(sizes(&["a/", "b/"]).unwrap(), (5999, compressed + 999));
        let error = sizes(&["a/", "c/", "d-"]).unwrap_err().to_string();
        assert!(error.contains("holds no file d-"), "{error}");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_first_visit_is_gated_and_counts_the_weights() {
        let budget = first_visit().unwrap();
        assert!(budget.covers("models/stories/model.safetensors"));
        assert!(budget.covers("engine-cpu-e3b0c44298fc1c14_bg.wasm"));
        assert!(!budget.covers("models/induction/model.safetensors"));
        assert!(!budget.covers("engine-gpu-e3b0c44298fc1c14_bg.wasm"));
        assert_eq!(verdict(5_000_000, &budget), "within the gate");
        assert_eq!(verdict(5_000_001, &budget), "TOO LARGE");
    }
}
