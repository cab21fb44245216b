//! The modules of `view` and `web` stand in layers, and no files import each other in a
//! circle.
//!
//! Read from the source: every path that begins with `crate`, `super` or `self`, in a `use`
//! or in the code, is an arrow from its file to the file that it names. What a `mod.rs`
//! hands on by `pub use` counts as the file that has it. Tests may look anywhere.
//!
//! An arrow up, from one room to another, or around in a circle fails here. Adding a room
//! changes nothing in this file: a room is whatever has a folder in `rooms`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Files by their path below `src`, such as `frame/mod.rs`, with their text.
type Sources = BTreeMap<String, String>;

/// The layers of a crate, lowest first: what the paths of their files begin with. What is in
/// none of them is the page itself, above all.
type Layers = &'static [&'static [&'static str]];

const VIEW: Layers = &[&["answers/"], &["session/"], &["frame/"], &["rooms/"]];

const WEB: Layers = &[
    &["controls/", "host.rs", "derived.rs", "element_width.rs"],
    &[
        "store.rs",
        "effects.rs",
        "second_module.rs",
        "link/",
        "export/",
    ],
    &["frame/"],
    &["rooms/"],
];

/// What the modules of a crate name.
struct Arrows {
    /// Each file, and the files that it names.
    named_by: BTreeMap<String, BTreeSet<String>>,
}

/// A path in the source, and the name that it has there.
struct Import {
    segments: Vec<String>,
    name: String,
}

/// A crate's modules.
struct Modules {
    /// Module path to file.
    files: BTreeMap<Vec<String>, String>,
    /// Files without comments, tests and texts.
    code: Sources,
    /// What a `mod.rs` hands on: its path there, and the path that it has.
    handed_on: BTreeMap<Vec<String>, Vec<String>>,
}

impl Modules {
    fn new(sources: &Sources) -> Self {
        let code: Sources = sources
            .iter()
            .filter(|(file, _)| !is_of_tests(file))
            .map(|(file, text)| (file.clone(), bare(text)))
            .collect();
        let files = code.keys().map(|file| (path_of(file), file.clone()));
        let mut modules = Self {
            files: files.collect(),
            code,
            handed_on: BTreeMap::new(),
        };
        for (file, code) in &modules.code {
            let here = path_of(file);
            for import in uses(code, true) {
                if let Some(path) = modules.absolute(&here, &import.segments) {
                    let mut at = here.clone();
                    at.push(import.name);
                    modules.handed_on.insert(at, path);
                }
            }
        }
        modules
    }

    /// The path from the crate's root, if this is a path within the crate.
    fn absolute(&self, here: &[String], segments: &[String]) -> Option<Vec<String>> {
        let (first, rest) = segments.split_first()?;
        if first == "crate" {
            return Some(rest.to_vec());
        }
        let mut base = here.to_vec();
        let mut rest = segments;
        while let Some(("super", after)) = rest.split_first().map(|(s, r)| (s.as_str(), r)) {
            base.pop()?;
            rest = after;
        }
        if rest.len() < segments.len() || first == "self" {
            let rest = rest.strip_prefix(&["self".to_owned()]).unwrap_or(rest);
            base.extend_from_slice(rest);
            return Some(base);
        }
        base.push(first.clone());
        let is_child = self.files.contains_key(&base);
        base.extend_from_slice(&segments[1..]);
        is_child.then_some(base)
    }

    /// The file that has what is at this path.
    fn file_of(&self, path: &[String], depth: usize) -> Option<&String> {
        for length in (0..=path.len()).rev() {
            let Some(file) = self.files.get(&path[..length]) else {
                continue;
            };
            let elsewhere = path.get(..=length).and_then(|at| self.handed_on.get(at));
            return match elsewhere {
                Some(elsewhere) if depth > 0 => {
                    let mut path_there = elsewhere.clone();
                    path_there.extend_from_slice(&path[length + 1..]);
                    self.file_of(&path_there, depth - 1).or(Some(file))
                }
                _ => Some(file),
            };
        }
        None
    }

    /// True for a `mod.rs` without anything of its own.
    fn only_hands_on(&self, file: &str) -> bool {
        let is_hub = file.ends_with("mod.rs") || file == "lib.rs";
        let has_item = |line: &str| {
            let line = line.strip_prefix("pub").unwrap_or(line);
            let line = line.split_once(')').map_or(line, |(before, after)| {
                if before.starts_with('(') { after } else { line }
            });
            let words = line.trim_start();
            [
                "fn ", "const ", "struct ", "enum ", "impl", "static ", "trait ", "async ",
            ]
            .iter()
            .any(|item| words.starts_with(item))
        };
        is_hub && !self.code[file].lines().any(has_item)
    }

    fn arrows(&self) -> Arrows {
        let mut named_by = BTreeMap::new();
        for (file, code) in &self.code {
            let mut named = BTreeSet::new();
            if !self.only_hands_on(file) {
                self.collect(file, code, &mut named);
                named.remove(file);
            }
            named_by.insert(file.clone(), named);
        }
        Arrows { named_by }
    }

    fn collect(&self, file: &str, code: &str, named: &mut BTreeSet<String>) {
        let here = path_of(file);
        let mut add = |path: &[String]| {
            if !path.is_empty()
                && let Some(file) = self.file_of(path, 8)
            {
                named.insert(file.clone());
            }
        };
        let without_uses = without_uses(code);
        for import in uses(code, false) {
            let Some(path) = self.absolute(&here, &import.segments) else {
                continue;
            };
            let is_hub = self
                .files
                .get(&path)
                .is_some_and(|file| self.only_hands_on(file));
            if is_hub {
                // Which of the hub's things are meant, the code says.
                for rest in paths_behind(&without_uses, &import.name) {
                    let mut path = path.clone();
                    path.extend(rest);
                    add(&path);
                }
            } else {
                add(&path);
            }
        }
        for first in ["crate", "super", "self"] {
            for rest in paths_behind(&without_uses, first) {
                let mut segments = vec![first.to_owned()];
                segments.extend(rest);
                if let Some(path) = self.absolute(&here, &segments) {
                    add(&path);
                }
            }
        }
    }
}

impl Arrows {
    /// Arrows against the layers, and between rooms.
    fn against(&self, layers: Layers) -> Vec<String> {
        let layer = |file: &str| {
            let is_in = |starts: &&[&str]| starts.iter().any(|start| file.starts_with(start));
            layers.iter().position(is_in).unwrap_or(layers.len())
        };
        let room = |file: &str| {
            let inside = file.strip_prefix("rooms/")?;
            inside.split_once('/').map(|(room, _)| room.to_owned())
        };
        let mut wrong = Vec::new();
        for (from, to) in self.all() {
            if layer(to) > layer(from) {
                wrong.push(format!("up: {from} names {to}"));
            }
            if let (Some(one), Some(other)) = (room(from), room(to))
                && one != other
            {
                wrong.push(format!("room to room: {from} names {to}"));
            }
        }
        wrong
    }

    fn all(&self) -> impl Iterator<Item = (&String, &String)> {
        let from = self.named_by.iter();
        from.flat_map(|(from, named)| named.iter().map(move |to| (from, to)))
    }

    /// The arrows between files that import each other in a circle.
    fn circles(&self) -> Vec<String> {
        let reach = |from: &String| {
            let mut reached = BTreeSet::new();
            let mut open = vec![from];
            while let Some(file) = open.pop() {
                for next in self.named_by.get(file).into_iter().flatten() {
                    if reached.insert(next) {
                        open.push(next);
                    }
                }
            }
            reached
        };
        let reached: BTreeMap<&String, BTreeSet<&String>> = self
            .named_by
            .keys()
            .map(|file| (file, reach(file)))
            .collect();
        let is_in_circle = |(from, to): &(&String, &String)| reached[to].contains(from);
        let arrows = self.all().filter(is_in_circle);
        arrows
            .map(|(from, to)| format!("circle: {from} names {to}"))
            .collect()
    }
}

fn is_of_tests(file: &str) -> bool {
    file.ends_with("tests.rs") || file.contains("tests/") || file.ends_with("test_room.rs")
}

/// The module that a file is.
fn path_of(file: &str) -> Vec<String> {
    let mut path: Vec<String> = file
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    if path
        .last()
        .is_some_and(|last| last == "mod" || last == "lib")
    {
        path.pop();
    }
    path
}

/// The code without its comments, and without the tests at its end.
fn bare(text: &str) -> String {
    let text = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or(text);
    let lines = text.lines().map(|line| match line.find("//") {
        // An address in a text is no comment.
        Some(at) if !line[..at].ends_with(':') => &line[..at],
        _ => line,
    });
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The `use` declarations; only those that hand on, or all.
fn uses(code: &str, only_public: bool) -> Vec<Import> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let before = code[..at]
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .trim_start();
        let is_declaration = before.is_empty() || before.starts_with("pub");
        let Some(end) = code[at..].find(';') else {
            continue;
        };
        if is_declaration && (!only_public || before.starts_with("pub")) {
            let tree: String = code[at + 4..at + end]
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            leaves(&[], &tree, &mut found);
        }
    }
    found
}

/// The paths of a tree such as `crate::a::{self, b::{C, d as e}}`.
fn leaves(before: &[String], tree: &str, found: &mut Vec<Import>) {
    let tree = tree.trim();
    let segments = |text: &str| -> Vec<String> {
        let parts = text
            .split("::")
            .map(str::trim)
            .filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    };
    if let Some((head, inside)) = tree.split_once('{') {
        let before = [before, &segments(head)].concat();
        let inside = inside.trim_end().strip_suffix('}').unwrap_or(inside);
        let (mut depth, mut start) = (0, 0);
        for (at, c) in inside.char_indices().chain([(inside.len(), ',')]) {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    if !inside[start..at].trim().is_empty() {
                        leaves(&before, &inside[start..at], found);
                    }
                    start = at + 1;
                }
                _ => {}
            }
        }
        return;
    }
    let (path, alias) = match tree.split_once(" as ") {
        Some((path, alias)) => (path, Some(alias)),
        None => (tree, None),
    };
    let mut path = [before, &segments(path)].concat();
    if path
        .last()
        .is_some_and(|last| last == "self" || last == "*")
    {
        path.pop();
    }
    if let Some(last) = path.last() {
        let name = alias.unwrap_or(last).to_owned();
        found.push(Import {
            segments: path,
            name,
        });
    }
}

fn without_uses(code: &str) -> String {
    let mut rest = code;
    let mut kept = String::new();
    while let Some(at) = rest.find("use ") {
        let is_declaration = rest[..at].rsplit('\n').next().is_some_and(|line| {
            let line = line.trim_start();
            line.is_empty() || line.starts_with("pub")
        });
        let end = rest[at..].find(';').filter(|_| is_declaration).unwrap_or(3);
        kept.push_str(&rest[..at]);
        rest = &rest[at + end + 1..];
    }
    kept.push_str(rest);
    kept
}

/// What stands behind `name::` in the code: the names that follow, as far as they go.
fn paths_behind(code: &str, name: &str) -> Vec<Vec<String>> {
    let start = format!("{name}::");
    let mut found = Vec::new();
    for (at, _) in code.match_indices(&start) {
        let is_part = |c: char| c.is_alphanumeric() || "_:$".contains(c);
        if code[..at].ends_with(is_part) {
            continue;
        }
        let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        let rest = &code[at + start.len()..];
        let rest = &rest[..rest.find(|c| !is_path(c)).unwrap_or(rest.len())];
        found.push(
            rest.split("::")
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect(),
        );
    }
    found
}

fn read(folder: &Path, below: &str, sources: &mut Sources) {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = format!("{below}{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            read(&entry.path(), &format!("{name}/"), sources);
        } else if name.ends_with(".rs") {
            sources.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
    }
}

fn arrows_in(src: &str) -> Arrows {
    let mut sources = Sources::new();
    read(Path::new(src), "", &mut sources);
    assert!(
        sources.len() > 50,
        "the sources of {src} are not where they were"
    );
    Modules::new(&sources).arrows()
}

fn faults(arrows: &Arrows, layers: Layers) -> Vec<String> {
    [arrows.against(layers), arrows.circles()].concat()
}

#[test]
fn view_stands_in_layers_without_circles() {
    let wrong = faults(&arrows_in("../crates/view/src"), VIEW);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn web_stands_in_layers_without_circles() {
    let wrong = faults(&arrows_in("../web/src"), WEB);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A crate of three rooms' worth of files, with one more line in one of them.
fn page_with(file: &str, line: &str) -> Vec<String> {
    let files = [
        (
            "lib.rs",
            "pub mod answers;\npub mod frame;\npub mod rooms;\npub mod page;\n",
        ),
        ("answers/mod.rs", "pub mod run;\n"),
        ("answers/run.rs", "pub struct Run;\n"),
        (
            "frame/mod.rs",
            "mod state;\npub mod words;\npub use state::Frame;\n",
        ),
        (
            "frame/state.rs",
            "use crate::answers::run::Run;\npub struct Frame(Run);\n",
        ),
        ("frame/words.rs", "pub const A: &str = \"a\";\n"),
        ("rooms/mod.rs", "pub mod one;\npub mod two;\n"),
        (
            "rooms/one/mod.rs",
            "pub mod figure;\npub use figure::Figure;\n",
        ),
        (
            "rooms/one/figure.rs",
            "use crate::frame::Frame;\npub struct Figure(Frame);\n",
        ),
        ("rooms/two/mod.rs", "pub mod figure;\n"),
        (
            "rooms/two/figure.rs",
            "use crate::frame::words as text;\nfn a() { text::A; }\n",
        ),
        (
            "page.rs",
            "use crate::rooms::{one::Figure, two::figure};\nfn a(_: Figure) { figure::a() }\n",
        ),
    ];
    let mut sources: Sources = files
        .map(|(file, text)| (file.to_owned(), text.to_owned()))
        .into();
    sources.get_mut(file).unwrap().push_str(line);
    faults(&Modules::new(&sources).arrows(), VIEW)
}

#[test]
fn an_arrow_the_wrong_way_is_found() {
    assert_eq!(page_with("page.rs", ""), [""; 0]);
    let one = "rooms/one/figure.rs";
    let cases: &[(&str, &str, &str)] = &[
        (
            "frame/state.rs",
            "use crate::rooms::one::Figure;\n",
            "up: frame/state.rs names rooms/one/figure.rs",
        ),
        (
            "frame/words.rs",
            "fn a() { crate::page::a() }\n",
            "up: frame/words.rs names page.rs",
        ),
        (
            "answers/run.rs",
            "use super::super::frame::Frame;\n",
            "up: answers/run.rs names frame/state.rs",
        ),
        (
            one,
            "use crate::rooms::two::figure as other;\n",
            "room to room: rooms/one/figure.rs names rooms/two/figure.rs",
        ),
        ("frame/words.rs", "use super::Frame;\n", ""),
        (
            "frame/state.rs",
            "// crate::page::a\n#[cfg(test)]\nmod tests {\n use crate::page;\n}\n",
            "",
        ),
    ];
    for (file, line, expected) in cases {
        let found = page_with(file, line);
        let is_found = found.iter().any(|fault| fault == expected);
        assert!(
            is_found || (expected.is_empty() && found.is_empty()),
            "{file} + {line}: {found:?}"
        );
    }
}

#[test]
fn a_circle_through_what_a_mod_rs_hands_on_is_found() {
    let found = page_with(
        "frame/state.rs",
        "use super::words;\nfn b() { words::A; }\n",
    );
    assert_eq!(found, [""; 0]);
    let mut sources = Sources::new();
    for (file, text) in [
        ("lib.rs", "mod a;\n"),
        ("a/mod.rs", "mod b;\nmod c;\npub use b::B;\npub use c::C;\n"),
        ("a/b.rs", "use crate::a::C;\npub struct B(C);\n"),
        (
            "a/c.rs",
            "use super as all;\npub struct C;\nfn f(_: all::B) {}\n",
        ),
    ] {
        sources.insert(file.to_owned(), text.to_owned());
    }
    let found = faults(&Modules::new(&sources).arrows(), VIEW);
    assert_eq!(
        found,
        ["circle: a/b.rs names a/c.rs", "circle: a/c.rs names a/b.rs"]
    );
}

/// What a figure returns is inert, so page, embed and file can draw it alike.
#[test]
fn no_figure_holds_a_closure() {
    let mut sources = Sources::new();
    read(Path::new("../crates/figure/src"), "figure/", &mut sources);
    read(
        Path::new("../crates/view/src/rooms"),
        "rooms/",
        &mut sources,
    );
    let figures = sources
        .iter()
        .filter(|(file, _)| file.starts_with("figure/") || file.contains("/figures/"));
    let held = [
        "Rc<dyn Fn",
        "Box<dyn Fn",
        "Arc<dyn Fn",
        "JsValue",
        "RwSignal",
        "ReadSignal",
    ];
    let mut n_figures = 0;
    for (file, text) in figures {
        n_figures += 1;
        for what in held {
            assert!(!bare(text).contains(what), "{file} holds a {what}");
        }
    }
    assert!(n_figures > 40, "the figures are not where they were");
}
