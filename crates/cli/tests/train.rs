//! `headlight train` as a process: stopped, resumed, refused.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder of this test's own, empty.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if path.exists() {
        std::fs::remove_dir_all(&path).unwrap();
    }
    path
}

fn train(model: &str, out: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_headlight"));
    command.args(["train", model, "--out"]).arg(out).args(more);
    command.stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(command: &mut Command) -> Output {
    command.output().unwrap()
}

fn assert_success(output: &Output) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {stderr}", output.status);
}

fn steps_done(out: &Path) -> u64 {
    let bytes = std::fs::read(out.join("checkpoint/state.json")).unwrap();
    let state: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    state["step"].as_u64().unwrap()
}

/// What must not depend on how often a run was stopped. The optimiser's file
/// holds its tensors in no particular order.
fn results(out: &Path) -> [Vec<u8>; 3] {
    ["model.safetensors", "config.json", "tokenizer.json"]
        .map(|name| std::fs::read(out.join(name)).unwrap())
}

#[test]
fn a_run_in_pieces_ends_with_the_bits_of_one_in_one_go() {
    let (whole, pieces) = (folder("whole"), folder("pieces"));
    let steps = ["--steps", "8"];
    assert_success(&run(&mut train("induction", &whole, &steps)));
    // So little time is over after the first step.
    let one_step = ["--steps", "8", "--minutes", "1e-9"];
    assert_success(&run(&mut train("induction", &pieces, &one_step)));
    for done in 1..3 {
        assert_eq!(steps_done(&pieces), done);
        let output = run(train("induction", &pieces, &one_step).arg("--resume"));
        assert_success(&output);
        let stderr = String::from_utf8_lossy(&output.stderr);
        let stopped = format!("stopped after {} of 8 steps", done + 1);
        assert!(stderr.contains(&stopped), "{stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
    }
    assert!(
        results(&whole) != results(&pieces),
        "three steps are not eight"
    );
    let output = run(train("induction", &pieces, &steps).arg("--resume"));
    assert_success(&output);
    assert!(output.stderr.is_empty(), "nothing is left to do");
    assert_eq!(steps_done(&pieces), 8);
    assert!(results(&whole) == results(&pieces), "the files differ");
    // The log has the same line but for the time.
    let line = |out: &Path| {
        let csv = std::fs::read_to_string(out.join("log.csv")).unwrap();
        let cells: Vec<String> = csv
            .trim_end()
            .split([',', '\n'])
            .map(str::to_owned)
            .collect();
        [&cells[4..6], &cells[7..]].concat()
    };
    assert_eq!(line(&whole), line(&pieces));
}

#[test]
fn a_model_that_was_trained_opens_and_a_flipped_bit_of_it_does_not() {
    let out = folder("checked");
    let piece = ["--steps", "3", "--minutes", "1e-9"];
    assert_success(&run(&mut train("induction", &out, &piece)));
    // Each checkpoint replaces the checksums of the one before.
    assert_success(&run(train("induction", &out, &piece).arg("--resume")));
    let ask = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_headlight"));
        let words = ["--prompt", "ba ko", "--json"];
        run(command.args(["run", "--model"]).arg(&out).args(words))
    };
    assert_success(&ask());
    let weights = out.join("model.safetensors");
    let mut bytes = std::fs::read(&weights).unwrap();
    let header = String::from_utf8_lossy(&bytes[..4_000]).into_owned();
    assert!(
        header.contains("\"F16\"") && !header.contains("\"F32\""),
        "half the bytes"
    );
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&weights, &bytes).unwrap();
    let refused = ask();
    let stderr = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2), "{stderr}");
    assert!(refused.stdout.is_empty());
    let expected = format!(
        "{}: model.safetensors is damaged: its SHA-256 begins with ",
        out.display()
    );
    assert!(stderr.contains(&expected), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    // Without the list nothing is known of the damage.
    std::fs::remove_file(out.join("SHA256SUMS")).unwrap();
    assert_success(&ask());
}

#[cfg(unix)]
#[test]
fn a_full_disk_costs_no_checkpoint_and_leaves_nothing_unfinished() {
    let (whole, out) = (folder("room"), folder("no-room"));
    let one_step = ["--steps", "3", "--minutes", "1e-9"];
    assert_success(&run(&mut train("induction", &whole, &["--steps", "3"])));
    assert_success(&run(&mut train("induction", &out, &one_step)));
    let names = |folder: &Path| {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = [names(&out), names(&out.join("checkpoint"))];
    // Beyond so many bytes a file cannot be written: none at all, or the weights but
    // not the optimiser's state, which is twice as large.
    for kib in ["1", "500"] {
        let script = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$@\"");
        let resumed = train("induction", &out, &[&one_step[..], &["--resume"]].concat());
        let mut command = Command::new("bash");
        command.args(["-c", &script, "bash"]);
        command.arg(resumed.get_program()).args(resumed.get_args());
        let output = command.output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert_eq!([names(&out), names(&out.join("checkpoint"))], before);
        assert_eq!(steps_done(&out), 1);
    }
    let rest = ["--steps", "3", "--resume"];
    assert_success(&run(&mut train("induction", &out, &rest)));
    assert!(results(&whole) == results(&out), "the files differ");
    assert_eq!(names(&out.join("checkpoint")).len(), 3);
}

#[test]
fn a_checkpoint_of_two_runs_is_refused_and_nothing_is_touched() {
    let out = folder("mixed");
    let one_step = ["--steps", "3", "--minutes", "1e-9"];
    assert_success(&run(&mut train("induction", &out, &one_step)));
    let checkpoint = out.join("checkpoint");
    let weights = || {
        let entries = std::fs::read_dir(&checkpoint).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let mut weights = paths.filter(|path| path.to_string_lossy().contains("weights-"));
        weights.next().unwrap()
    };
    let old = std::fs::read(weights()).unwrap();
    assert_success(&run(train("induction", &out, &one_step).arg("--resume")));
    std::fs::write(weights(), old).unwrap();
    let before = results(&out);
    let output = run(train("induction", &out, &one_step).arg("--resume"));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(
        stderr.contains("--resume: ") && stderr.contains("sha256"),
        "{stderr}"
    );
    assert!(results(&out) == before && steps_done(&out) == 2);
}

#[cfg(unix)]
#[test]
fn a_signal_ends_a_run_with_a_checkpoint_and_says_how_to_go_on() {
    for signal in ["INT", "TERM"] {
        let out = folder(&format!("signal-{signal}"));
        let child = train("induction", &out, &["--steps", "100000"])
            .spawn()
            .unwrap();
        // The run listens for signals before it writes its first file.
        let waited = (0..2000).find(|_| {
            std::thread::sleep(std::time::Duration::from_millis(10));
            out.join("tokenizer.json").is_file()
        });
        assert!(waited.is_some(), "no sign of life in 20 s");
        let kill = Command::new("kill")
            .args(["-s", signal, &child.id().to_string()])
            .status()
            .unwrap();
        assert!(kill.success());
        let output = child.wait_with_output().unwrap();
        assert_success(&output);
        let stderr = String::from_utf8(output.stderr).unwrap();
        let expected = format!(
            "headlight train induction --out {} --steps 100000 --seed 1 --resume",
            out.display()
        );
        assert!(stderr.trim_end().ends_with(&expected), "{stderr}");
        let done = steps_done(&out);
        assert!((1..100_000).contains(&done), "{done} steps");
        let resumed = ["--steps", "100000", "--minutes", "1e-9", "--resume"];
        assert_success(&run(&mut train("induction", &out, &resumed)));
        assert_eq!(steps_done(&out), done + 1);
    }
}

#[test]
fn another_training_is_not_resumed_and_nothing_is_touched() {
    let out = folder("other");
    assert_success(&run(&mut train("induction", &out, &["--steps", "1"])));
    let before = results(&out);
    for (model, options, part) in [
        (
            "stories",
            ["--steps", "1"],
            "holds the model induction, expected stories",
        ),
        ("induction", ["--steps", "2"], "--steps: is 2, expected 1"),
        ("induction", ["--seed", "2"], "--seed: is 2, expected 1"),
    ] {
        let output = run(train(model, &out, &options).arg("--resume"));
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert!(stderr.contains(part), "{stderr}");
        assert!(output.stdout.is_empty());
        assert!(
            results(&out) == before,
            "{model} {options:?} changed a file"
        );
    }
}
