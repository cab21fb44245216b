//! What commands write, by the real binary: whole files or the old ones, and
//! nothing over what is read.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod process;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use headlight_formats::write_npy;
use process::{assert_refused, headlight, model, scratch};

/// A folder of a test's own, empty.
fn folder(name: &str) -> PathBuf {
    let path = scratch(name);
    if path.exists() {
        std::fs::remove_dir_all(&path).unwrap();
    }
    std::fs::create_dir_all(&path).unwrap();
    path
}

fn words(text: &[&str]) -> Vec<OsString> {
    text.iter().map(Into::into).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Writes q, k and v of 64 rows of 16 into the folder.
fn arrays(folder: &Path) -> Vec<OsString> {
    let values: Vec<f32> = (0..1024_u16).map(|i| f32::from(i % 7) - 3.0).collect();
    let mut arguments = words(&["flash", "--algorithm", "fa2", "--sram-bytes", "4096"]);
    for name in ["q", "k", "v"] {
        let path = folder.join(format!("{name}.npy"));
        std::fs::write(&path, write_npy(&[64, 16], &values)).unwrap();
        arguments.extend([format!("--{name}").into(), path.into()]);
    }
    arguments
}

/// Every command that writes a file, and the option it writes to.
fn writers(folder: &Path) -> Vec<(Vec<OsString>, &'static str)> {
    let capture = words(&[
        "capture",
        "--prompt",
        "ba be bi bo ba be bi bo",
        "--pos",
        "all",
    ]);
    let capture = [
        capture,
        words(&["--hooks", "blocks.0.hook_resid_post", "--model"]),
        vec![model("induction").into()],
    ];
    let flash = arrays(folder);
    vec![
        (words(&["stories", "--documents", "3"]), "--out"),
        (capture.concat(), "--out"),
        (flash.clone(), "--out"),
        ([&flash[..], &words(&["--causal"])].concat(), "--trace"),
    ]
}

/// Runs the binary where a file can hold a kilobyte at most: beyond, writing fails
/// as on a full disk, or the process is killed.
#[cfg(unix)]
fn with_little_room(arguments: &[OsString], is_killed: bool) -> Output {
    let handler = if is_killed { "-" } else { "''" };
    let script = format!("trap {handler} XFSZ; ulimit -f 1; exec \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &script, "sh", env!("CARGO_BIN_EXE_headlight")]);
    command.args(arguments).output().unwrap()
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_old_file_and_nothing_beside_it() {
    let folder = folder("outputs-full");
    for (arguments, option) in writers(&folder) {
        let out = folder.join("out");
        std::fs::write(&out, "old").unwrap();
        let before = names(&folder);
        let arguments = [arguments, vec![option.into(), out.clone().into()]].concat();
        let done = with_little_room(&arguments, false);
        let said = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(1), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains("could not be written"), "{said}");
        assert_eq!(std::fs::read(&out).unwrap(), b"old", "{arguments:?}");
        assert_eq!(names(&folder), before, "{arguments:?}");
        // With room it is written.
        let done = headlight(arguments.clone());
        assert!(done.status.success(), "{done:?}");
        assert!(std::fs::metadata(&out).unwrap().len() > 1024);
        assert_eq!(names(&folder), before, "{arguments:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_kill_in_the_midst_of_writing_leaves_the_old_file() {
    let folder = folder("outputs-killed");
    for (arguments, option) in writers(&folder) {
        let out = folder.join("out");
        std::fs::write(&out, "old").unwrap();
        let arguments = [arguments, vec![option.into(), out.clone().into()]].concat();
        let done = with_little_room(&arguments, true);
        assert_eq!(done.status.code(), None, "not killed: {done:?}");
        assert_eq!(std::fs::read(&out).unwrap(), b"old", "{arguments:?}");
        std::fs::remove_file(&out).unwrap();
        with_little_room(&arguments, true);
        assert!(!out.exists(), "{arguments:?}");
    }
}

#[test]
fn what_is_refused_leaves_the_old_file() {
    let folder = folder("outputs-refused");
    let out = folder.join("out");
    std::fs::write(&out, "old").unwrap();
    let refused = |arguments: &[&str], word: &str| {
        let model = model("induction");
        let arguments = words(arguments).into_iter().map(|argument| {
            if argument == "MODEL" {
                model.clone().into()
            } else {
                argument
            }
        });
        let out = ["--out".into(), out.clone().into()];
        assert_refused(arguments.chain(out), &[word]);
    };
    let capture = ["capture", "--model", "MODEL", "--prompt", "ba be"];
    let options = ["--hooks", "hook_embed", "--pos"];
    refused(&[&capture[..], &options, &["7"]].concat(), "position 7");
    refused(
        &[&capture[..4], &["zzz"], &options, &["all"]].concat(),
        "zzz",
    );
    assert_eq!(std::fs::read(&out).unwrap(), b"old");
    assert_eq!(names(&folder), ["out"]);
}

/// Refuses the arguments; afterwards every file of the folder is as it was.
fn assert_untouched(folder: &Path, arguments: Vec<OsString>, words: &[&str]) {
    let read = || -> Vec<(String, Vec<u8>)> {
        let files = names(folder).into_iter();
        let files = files.filter(|name| folder.join(name).is_file());
        files
            .map(|name| (name.clone(), std::fs::read(folder.join(name)).unwrap()))
            .collect()
    };
    let before = read();
    assert_refused(arguments, words);
    assert_eq!(read(), before);
}

#[test]
fn one_file_is_not_written_twice_nor_over_what_is_read() {
    let folder = folder("outputs-same");
    std::fs::create_dir(folder.join("deep")).unwrap();
    let flash = arrays(&folder);
    let refused = |outputs: &[(&str, &str)], words: &[&str]| {
        let outputs = outputs
            .iter()
            .flat_map(|(option, name)| [(*option).into(), folder.join(name).into()]);
        let arguments = flash.iter().cloned().chain(outputs).collect();
        assert_untouched(&folder, arguments, words);
    };
    let two = |one, other| [("--out", one), ("--lse", other)];
    refused(&two("x", "x"), &["--lse", "--out", "another"]);
    refused(&two("x", "deep/../x"), &["--lse", "--out"]);
    refused(&[("--lse", "x"), ("--trace", "x")], &["--trace", "--lse"]);
    refused(&[("--out", "q.npy")], &["--out", "--q"]);
    refused(&[("--trace", "deep/../v.npy")], &["--trace", "--v"]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../k.npy", folder.join("deep/link")).unwrap();
        std::fs::hard_link(folder.join("k.npy"), folder.join("hard")).unwrap();
        std::os::unix::fs::symlink("new", folder.join("to-new")).unwrap();
        refused(&[("--out", "deep/link")], &["--out", "--k"]);
        refused(&[("--lse", "hard")], &["--lse", "--k"]);
        refused(&two("to-new", "new"), &["--lse", "--out"]);
    }
    assert!(!folder.join("x").exists() && !folder.join("new").exists());
}

#[test]
fn a_capture_does_not_replace_its_own_model_or_texts() {
    let folder = folder("outputs-model");
    for name in ["config.json", "model.safetensors", "tokenizer.json"] {
        std::fs::copy(model("induction").join(name), folder.join(name)).unwrap();
    }
    let texts = folder.join("texts.jsonl");
    std::fs::write(&texts, "{\"text\": \"ba be\"}\n").unwrap();
    let arguments = |out: &Path| {
        let options = ["--hooks", "hook_embed", "--pos", "last", "--out"];
        [
            words(&["capture", "--texts"]),
            vec![
                texts.clone().into(),
                "--model".into(),
                folder.clone().into(),
            ],
            words(&options),
            vec![out.into()],
        ]
        .concat()
    };
    for name in ["config.json", "model.safetensors", "tokenizer.json"] {
        let out = folder.join(".").join(name);
        assert_untouched(&folder, arguments(&out), &["--out", "--model", name]);
    }
    assert_untouched(&folder, arguments(&texts), &["--out", "--texts"]);
    let done = headlight(arguments(&folder.join("embeddings.safetensors")));
    assert!(done.status.success(), "{done:?}");
}

#[test]
fn what_is_typed_is_cut_in_messages_and_cannot_drive_a_terminal() {
    let long = format!("\u{1b}[2J\n\n{}", "x".repeat(100_000));
    let induction = model("induction").into_os_string().into_string().unwrap();
    let on_model = ["--model", &induction, "--prompt", "ba"];
    let edit = format!("{{\"hook\": \"{}\", \"op\": \"zero\"}}", &long[6..]);
    let op = format!(
        "{{\"hook\": \"hook_embed\", \"pos\": \"all\", \"op\": \"{}\"}}",
        &long[6..]
    );
    let capture = ["--hooks", "hook_embed", "--out", "never", "--pos"];
    for arguments in [
        vec![&*long],
        vec!["run", &long],
        vec!["stories", "--documents", &long, "--out", "never"],
        vec!["train", &long, "--out", "never"],
        vec![
            "flash",
            "--q",
            &long,
            "--k",
            &long,
            "--v",
            &long,
            "--algorithm",
            &long,
        ],
        [&["run", "--edit", &edit][..], &on_model].concat(),
        [&["run", "--edit", &op][..], &on_model].concat(),
        [&["run", "--backend", &long][..], &on_model].concat(),
        [&["capture"][..], &on_model, &capture, &[&long]].concat(),
        vec!["run", "--model", &induction, "--prompt", &long],
        vec!["run", "--model", &long, "--prompt", "ba"],
    ] {
        let done = headlight(words(&arguments));
        assert_eq!(done.status.code(), Some(2), "{done:?}");
        let said = String::from_utf8(done.stderr).unwrap();
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(!said.contains('\u{1b}'), "{said}");
        assert!(said.chars().count() < 650, "{said}");
    }
}
