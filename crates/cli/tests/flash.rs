//! `headlight flash`, by the real binary.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod process;

use std::ffi::OsString;
use std::path::PathBuf;

use headlight_flash::{Inputs, dense_rows};
use headlight_formats::{NpyArray, write_npy};
use process::{assert_refused, headlight, model, scratch};
use safetensors::SafeTensors;
use serde_json::{Value, json};

/// Numbers that look like any, `[n, d]`.
fn numbers(seed: u32, n: usize, d: usize) -> Vec<f32> {
    let mut state = seed;
    (0..n * d)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 * 2.0 - 2.0
        })
        .collect()
}

fn file(name: &str, shape: &[usize], values: &[f32]) -> PathBuf {
    let path = scratch(name);
    std::fs::write(&path, write_npy(shape, values)).unwrap();
    path
}

/// Queries, keys and values in files of a test's own.
struct Files {
    numbers: [Vec<f32>; 3],
    paths: [PathBuf; 3],
    d: usize,
}

impl Files {
    fn new(name: &str, [n_q, n_k, d]: [usize; 3]) -> Self {
        let numbers = [numbers(1, n_q, d), numbers(2, n_k, d), numbers(3, n_k, d)];
        let paths = ["q", "k", "v"].map(|array| format!("{name}-{array}.npy"));
        let paths =
            std::array::from_fn(|at| file(&paths[at], &[numbers[at].len() / d, d], &numbers[at]));
        Self { numbers, paths, d }
    }

    fn arguments(&self, more: &[&str]) -> Vec<OsString> {
        let [q, k, v] = &self.paths;
        let mut arguments: Vec<OsString> = vec!["flash".into(), "--json".into()];
        for (option, path) in [("--q", q), ("--k", k), ("--v", v)] {
            arguments.extend([option.into(), path.into()]);
        }
        arguments.extend(more.iter().map(Into::into));
        arguments
    }

    fn ask(&self, more: &[&str]) -> Value {
        let done = headlight(self.arguments(more));
        assert!(done.status.success(), "{done:?}");
        serde_json::from_slice(&done.stdout).unwrap()
    }

    fn inputs(&self) -> Inputs<'_> {
        let [q, k, v] = &self.numbers;
        Inputs::new(q, k, v, self.d).unwrap()
    }
}

#[test]
fn the_published_check_values_are_printed() {
    let files = Files::new("check", [192, 192, 64]);
    let moved = |algorithm: &str, more: &[&str]| {
        let blocks = [
            "--algorithm",
            algorithm,
            "--block-q",
            "64",
            "--block-k",
            "96",
        ];
        files.ask(&[&blocks, more].concat())
    };
    assert_eq!(moved("standard", &[])["elements_moved"], 196_608);
    assert_eq!(moved("fa1", &[])["elements_moved"], 112_512);
    assert_eq!(moved("fa1", &["--causal"])["elements_moved"], 99_968);
    assert_eq!(moved("fa2", &[])["elements_moved"], 98_496);
    let causal = moved("fa2", &["--causal", "--reverse-keys", "--lazy-rescale"]);
    assert_eq!(causal["elements_moved"], 86_208);
    assert_eq!(
        causal["tiles"],
        json!({"full": 1, "partial": 4, "skipped": 1})
    );
    let written = causal["elements_written"].as_u64().unwrap();
    assert_eq!(written, 192 * 64 + 192);
    assert_eq!(
        causal["peak_extra_elements"],
        192 + 2 * 64 * 64 + 2 * 96 * 64 + 2 * 64 * 96 + 4 * 64
    );
    // Five of six tiles are visited: 4 d operations for each of their pairs.
    assert_eq!(causal["flops"], 4 * 64 * (64 * 96) * 5);
    assert!(causal["max_abs_error"].as_f64().unwrap() < 5e-6);
}

#[test]
fn output_and_log_sum_exp_are_written() {
    let files = Files::new("written", [10, 7, 5]);
    let (out, lse) = (scratch("written-o.npy"), scratch("written-lse.npy"));
    let paths = [&out, &lse].map(|path| path.to_str().unwrap());
    let outputs = ["--out", paths[0], "--lse", paths[1]];
    for algorithm in ["standard", "fa1", "fa2"] {
        let options = [
            "--algorithm",
            algorithm,
            "--block-q",
            "3",
            "--block-k",
            "2",
            "--causal",
        ];
        let answer = files.ask(&[options.as_slice(), &outputs].concat());
        let read = |path: &PathBuf| NpyArray::read(&std::fs::read(path).unwrap()).unwrap();
        let (o, lse) = (read(&out), read(&lse));
        assert_eq!((o.shape, lse.shape), (vec![10, 5], vec![10]));
        let dense = dense_rows(&files.inputs(), true, 0..10);
        let errors = o.values.iter().zip(&dense.o);
        let errors = errors.map(|(&got, want)| (f64::from(got) - want).abs());
        let worst = errors.fold(0.0, f64::max);
        // `serde_json` may read the last digit otherwise than it was written.
        let told = answer["max_abs_error"].as_f64().unwrap();
        assert!((told - worst).abs() < 1e-15, "{told} is not {worst}");
        // More queries than keys: the first three see nothing.
        assert_eq!(lse.values[..3], [f32::INFINITY; 3]);
        assert!(o.values[..15].iter().all(|&value| value == 0.0));
    }
}

#[test]
fn a_trace_has_every_step_and_its_numbers() {
    let files = Files::new("trace", [6, 6, 4]);
    let trace = scratch("trace.json");
    let path = trace.to_str().unwrap();
    let options = [
        "--algorithm",
        "fa2",
        "--block-q",
        "2",
        "--block-k",
        "3",
        "--causal",
    ];
    let answer = files.ask(&[&options, ["--trace", path].as_slice()].concat());
    let text = std::fs::read_to_string(&trace).unwrap();
    assert!(!text.contains("NaN"));
    let trace: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(trace["format"], "headlight-trace");
    assert_eq!(trace["version"], 1);
    assert_eq!((&trace["n_q"], &trace["d"]), (&json!(6), &json!(4)));
    assert_eq!(trace["tau"], 0.5);
    let events = trace["events"].as_array().unwrap();
    assert_eq!(answer["steps"], events.len());
    let sum = |key: &str| {
        events
            .iter()
            .map(|event| event[key].as_u64().unwrap())
            .sum::<u64>()
    };
    assert_eq!(answer["elements_read"], sum("elements_read"));
    assert_eq!(answer["elements_written"], sum("elements_written"));
    // The maximum starts at minus infinity, and hidden scores are.
    assert_eq!(events[0]["kind"], "load");
    assert_eq!(events[0]["values"]["m"], json!(["-inf", "-inf"]));
    let mask = events.iter().find(|event| event["kind"] == "mask").unwrap();
    assert_eq!(mask["values"]["S"][0][1], "-inf");
    assert!(mask["values"]["S"][0][0].is_number());
    assert!(events.iter().any(|event| event["kind"] == "skip"));
    let kinds = ["i", "j", "line"];
    assert!(
        events
            .iter()
            .all(|event| kinds.iter().all(|key| event.get(key).is_some()))
    );
}

/// One head of a captured `[1, pos, head, d_head]`, as `[pos, d_head]`.
fn head_of(tensors: &SafeTensors<'_>, hook: &str, head: usize) -> (Vec<f32>, usize) {
    let tensor = tensors.tensor(hook).unwrap();
    let [_, _, n_heads, d] = *tensor.shape() else {
        panic!("{:?}", tensor.shape());
    };
    let numbers = tensor
        .data()
        .as_chunks()
        .0
        .iter()
        .copied()
        .map(f32::from_le_bytes);
    let numbers: Vec<f32> = numbers.collect();
    let rows = numbers.chunks_exact(n_heads * d);
    (
        rows.flat_map(|row| &row[head * d..][..d])
            .copied()
            .collect(),
        d,
    )
}

#[test]
fn a_models_own_queries_keys_and_values_give_the_models_own_output() {
    let capture = scratch("head.safetensors");
    let hooks = ["q", "k", "v", "z"].map(|name| format!("blocks.1.attn.hook_{name}"));
    let mut arguments: Vec<OsString> = vec!["capture".into(), "--model".into()];
    arguments.push(model("stories").into());
    let prompt = "Lily found a red ball. She gave it to Tom.";
    arguments.extend(["--prompt", prompt, "--pos", "all", "--hooks"].map(Into::into));
    arguments.extend([
        hooks.join(",").into(),
        "--out".into(),
        capture.clone().into(),
    ]);
    assert!(headlight(arguments).status.success());
    let bytes = std::fs::read(&capture).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let [q, k, v, z] = hooks.map(|hook| head_of(&tensors, &hook, 2));
    let d = q.1;
    let named = [("q", q.0), ("k", k.0), ("v", v.0)];
    let paths = named
        .each_ref()
        .map(|(name, values)| file(&format!("head-{name}.npy"), &[values.len() / d, d], values));
    let numbers = named.map(|(_, values)| values);
    let files = Files { numbers, paths, d };
    let out = scratch("head-o.npy");
    let options = [
        "--algorithm",
        "fa2",
        "--block-q",
        "4",
        "--block-k",
        "4",
        "--causal",
    ];
    files.ask(&[&options, ["--out", out.to_str().unwrap()].as_slice()].concat());
    let o = NpyArray::read(&std::fs::read(&out).unwrap())
        .unwrap()
        .values;
    let gaps = o.iter().zip(&z.0).map(|(a, b)| (a - b).abs());
    let worst = gaps.fold(0.0, f32::max);
    // Values of size 5; the model sums over keys in another order.
    assert!(worst < 1e-5, "{worst:e}");
}

#[test]
fn a_long_trace_has_no_numbers() {
    let files = Files::new("long", [65, 65, 2]);
    let trace = scratch("long.json");
    let path = trace.to_str().unwrap();
    files.ask(&["--algorithm", "fa1", "--sram-bytes", "64", "--trace", path]);
    let trace: Value = serde_json::from_slice(&std::fs::read(&trace).unwrap()).unwrap();
    assert!(trace["events"][9].get("values").is_none());
}

#[test]
fn standard_needs_no_tiles() {
    let files = Files::new("standard", [8, 8, 2]);
    let answer = files.ask(&["--algorithm", "standard"]);
    assert_eq!(answer["block_q"], Value::Null);
    assert_eq!(
        answer["tiles"],
        json!({"full": 0, "partial": 0, "skipped": 0})
    );
    assert_eq!(answer["elements_moved"], 4 * 8 * 2 + 4 * 64);
    assert_eq!(answer["peak_extra_elements"], 2 * 64);
}

#[test]
fn tiles_are_as_asked_also_when_they_are_larger_than_the_sequence() {
    let files = Files::new("large-tiles", [8, 8, 64]);
    let answer = files.ask(&["--algorithm", "fa1", "--sram-bytes", "16384"]);
    assert_eq!(
        (&answer["block_q"], &answer["block_k"]),
        (&json!(16), &json!(16))
    );
    assert_eq!(answer["on_chip_elements"], 4_672);
}

#[test]
fn what_does_not_apply_is_refused() {
    let files = Files::new("refused", [8, 8, 64]);
    let refused = |more: &[&str], words: &[&str]| assert_refused(files.arguments(more), words);
    let blocks = ["--block-q", "2", "--block-k", "2"];
    let with = |more: &[&'static str]| [blocks.as_slice(), more].concat();
    refused(
        &with(&["--algorithm", "fa1", "--lazy-rescale"]),
        &["--lazy-rescale", "fa1", "fa2"],
    );
    refused(
        &with(&["--algorithm", "standard", "--reverse-keys"]),
        &["--reverse-keys", "standard"],
    );
    refused(
        &with(&["--algorithm", "fa2", "--sram-bytes", "99999"]),
        &["--sram-bytes", "--block-q"],
    );
    refused(&["--algorithm", "fa2"], &["--block-q", "--sram-bytes"]);
    refused(&["--algorithm", "fa2", "--block-q", "2"], &["--block-k"]);
    refused(
        &["--algorithm", "fa2", "--block-q", "0", "--block-k", "2"],
        &["--block-q", "0"],
    );
    refused(
        &["--algorithm", "fa2", "--block-q", "2", "--block-k", "0"],
        &["--block-k", "0"],
    );
    refused(
        &["--algorithm", "fa2", "--block-q", "-2", "--block-k", "2"],
        &["-2"],
    );
    refused(
        &["--algorithm", "fa2", "--sram-bytes", "1020"],
        &["--sram-bytes", "255", "256"],
    );
    refused(&with(&["--algorithm", "fa3"]), &["fa3", "fa2"]);
    if !cfg!(feature = "gpu") {
        refused(
            &with(&["--algorithm", "fa2", "--backend", "gpu"]),
            &["--backend", "gpu", "CPU"],
        );
    }
}

#[cfg(feature = "gpu")]
mod gpu {
    use super::*;

    const BLOCKS: [&str; 6] = ["--backend", "gpu", "--block-q", "16", "--block-k", "8"];

    #[test]
    fn our_kernel_gives_what_the_host_gives() {
        let files = Files::new("gpu", [50, 70, 24]);
        for mask in [&[][..], &["--causal"]] {
            let out = |name: &str| scratch(&format!("gpu-{name}.npy"));
            let ask = |more: &[&str], name: &str| {
                let (o, lse) = (out(&format!("{name}-o")), out(&format!("{name}-lse")));
                let mut words = [&["--algorithm", "fa2"], more, mask].concat();
                let (o_text, lse_text) = (o.to_string_lossy(), lse.to_string_lossy());
                words.extend(["--out", &o_text, "--lse", &lse_text]);
                let done = headlight(files.arguments(&words));
                if more == BLOCKS && String::from_utf8_lossy(&done.stderr).contains("no GPU") {
                    return None;
                }
                assert!(done.status.success(), "{done:?}");
                let said: Value = serde_json::from_slice(&done.stdout).unwrap();
                let read = |path: PathBuf| NpyArray::read(&std::fs::read(path).unwrap()).unwrap();
                Some((said, read(o).values, read(lse).values))
            };
            let Some((said, o, lse)) = ask(&BLOCKS, "device") else {
                println!("not run: there is no GPU here");
                return;
            };
            let (expected, host_o, host_lse) = ask(&BLOCKS[2..], "host").unwrap();
            assert_eq!(
                (&said["backend"], &expected["backend"]),
                (&"gpu".into(), &"cpu".into())
            );
            assert!(said["max_abs_error"].as_f64().unwrap() < 1e-5, "{said}");
            // The ledger is that of the tiles, whoever fills them.
            assert_eq!(said["elements_moved"], expected["elements_moved"]);
            for (got, want) in o.iter().zip(&host_o).chain(lse.iter().zip(&host_lse)) {
                assert!(got == want || (got - want).abs() < 1e-5, "{got} and {want}");
            }
        }
    }

    #[test]
    fn what_the_kernel_does_not_do_is_refused_by_name() {
        let files = Files::new("gpu-refused", [8, 8, 64]);
        let refused = |more: &[&str], words: &[&str]| assert_refused(files.arguments(more), words);
        let with = |more: &[&'static str]| [&BLOCKS[..], &["--algorithm", "fa2"], more].concat();
        refused(&with(&["--lazy-rescale"]), &["--lazy-rescale", "gpu"]);
        refused(&with(&["--reverse-keys"]), &["--reverse-keys", "gpu"]);
        refused(&with(&["--trace", "never.json"]), &["--trace", "gpu"]);
        for algorithm in ["fa1", "standard"] {
            let words = [&BLOCKS[..], &["--algorithm", algorithm]].concat();
            refused(&words, &["--algorithm", "fa2", "gpu"]);
        }
        let blocks = |q, k| {
            let blocks = ["--block-q", q, "--block-k", k];
            [&BLOCKS[..2], &blocks, &["--algorithm", "fa2"]].concat()
        };
        refused(&blocks("16", "33"), &["33 keys", "16384"]);
        refused(&blocks("257", "8"), &["257 queries", "256"]);
        let wide = Files::new("gpu-wide", [2, 2, 257]);
        let words = [&["--block-q", "1", "--block-k", "1"], &BLOCKS[..2]].concat();
        let words = [&words[..], &["--algorithm", "fa2"]].concat();
        assert_refused(wide.arguments(&words), &["257", "256", "gpu-wide-q.npy"]);
    }
}

#[test]
fn files_that_do_not_fit_are_refused_by_name() {
    let files = Files::new("fit", [8, 8, 4]);
    let refused = |array: &str, path: &PathBuf, words: &[&str]| {
        let mut arguments = files.arguments(&["--algorithm", "fa2", "--sram-bytes", "999"]);
        let at = arguments.iter().position(|word| word == array).unwrap();
        arguments[at + 1] = path.into();
        assert_refused(arguments, words);
    };
    let narrow = file("fit-narrow.npy", &[8, 3], &[0.0; 24]);
    refused("--k", &narrow, &["fit-narrow.npy", "width 3", "4 as in"]);
    let short = file("fit-short.npy", &[7, 4], &[0.0; 28]);
    refused("--v", &short, &["7", "8", "as many values as keys"]);
    let deep = file("fit-deep.npy", &[2, 4, 4], &[0.0; 32]);
    refused("--q", &deep, &["fit-deep.npy", "[2, 4, 4]", "[n, d]"]);
    let empty = file("fit-empty.npy", &[0, 4], &[]);
    refused("--q", &empty, &["fit-empty.npy", "[0, 4]"]);
    let mut values = vec![0.0; 32];
    values[6] = f32::NAN;
    let nan = file("fit-nan.npy", &[8, 4], &values);
    refused("--v", &nan, &["fit-nan.npy", "v[1, 2]", "NaN", "finite"]);
    values[6] = f32::NEG_INFINITY;
    let infinite = file("fit-infinite.npy", &[8, 4], &values);
    refused("--k", &infinite, &["fit-infinite.npy", "k[1, 2]", "-inf"]);
    let text = scratch("fit-text.npy");
    std::fs::write(&text, "0.1, 0.2").unwrap();
    refused("--q", &text, &["fit-text.npy", "not an npy file"]);
    refused(
        "--q",
        &scratch("fit-nowhere.npy"),
        &["fit-nowhere.npy", "could not be read"],
    );
    let huge = file("fit-huge.npy", &[8, 4], &[3e38; 32]);
    refused("--k", &huge, &["score of query 2 and key 0", "32-bit"]);
}

#[test]
fn a_score_that_fits_once_scaled_is_computed() {
    let big = |name: &str, rows: &[f32]| {
        let values: Vec<f32> = rows.iter().flat_map(|&row| vec![row; 1024]).collect();
        file(&format!("big-{name}.npy"), &[rows.len(), 1024], &values)
    };
    let files = Files {
        numbers: [const { Vec::new() }; 3],
        paths: [
            big("q", &[7e17]),
            big("k", &[7e17, -7e17]),
            big("v", &[1.0, 2.0]),
        ],
        d: 1024,
    };
    let (out, lse) = (scratch("big-o.npy"), scratch("big-lse.npy"));
    for algorithm in ["standard", "fa1", "fa2"] {
        let options = ["--algorithm", algorithm, "--block-q", "1", "--block-k", "1"];
        let paths = [&out, &lse].map(|path| path.to_str().unwrap());
        let written = ["--out", paths[0], "--lse", paths[1]];
        let said = files.ask(&[&options[..], &written].concat());
        assert_eq!(said["max_abs_error"], 0.0);
        let read = |path| NpyArray::read(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(read(&out).values, [1.0; 1024]);
        assert!((f64::from(read(&lse).values[0]) / 1.568e37 - 1.0).abs() < 1e-6);
    }
}

#[test]
fn an_npy_file_of_python_2_is_read() {
    let values: Vec<f32> = (0..8_u8).map(f32::from).collect();
    let usual = write_npy(&[4, 2], &values);
    let text = String::from_utf8_lossy(&usual[10..128]).replace("(4, 2, )", "(4L, 2L)");
    let (now, old) = (scratch("python-3.npy"), scratch("python-2.npy"));
    let bytes = [&usual[..10], text.as_bytes(), &usual[128..]].concat();
    assert_ne!(bytes, usual);
    std::fs::write(&now, &usual).unwrap();
    std::fs::write(&old, bytes).unwrap();
    let ask = |path: &PathBuf| {
        let files = Files {
            numbers: [const { Vec::new() }; 3],
            paths: [path.clone(), path.clone(), path.clone()],
            d: 2,
        };
        files.ask(&["--algorithm", "fa2", "--sram-bytes", "999"])
    };
    assert_eq!(ask(&old), ask(&now));
}

#[cfg(unix)]
#[test]
fn what_is_no_file_or_too_large_is_refused_unread() {
    let files = Files::new("unread", [8, 8, 4]);
    let refused = |path: &PathBuf, words: &[&str]| {
        let mut arguments = files.arguments(&["--algorithm", "fa2", "--sram-bytes", "999"]);
        let at = arguments.iter().position(|word| word == "--k").unwrap();
        arguments[at + 1] = path.into();
        assert_refused(arguments, words);
    };
    refused(&"/dev/zero".into(), &["/dev/zero", "device", "a file"]);
    // A pipe that nobody writes to: opening it would wait for ever.
    let pipe = scratch("unread-pipe");
    if !pipe.exists() {
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
    }
    refused(&pipe, &["unread-pipe", "pipe", "a file"]);
    // 3.2 GB that are not there, with the header that they would have.
    let large = scratch("unread-large.npy");
    let mut bytes = write_npy(&[4, 2], &[0.0; 8]);
    bytes.truncate(128);
    let text = String::from_utf8_lossy(&bytes[10..]).replace("(4, 2, ), }", "(200000000, 4), }");
    let text = text.replace("          \n", "\n");
    bytes.truncate(8);
    bytes.extend((text.len() as u16).to_le_bytes());
    bytes.extend(text.as_bytes());
    std::fs::write(&large, &bytes).unwrap();
    let length = bytes.len() as u64 + 3_200_000_000;
    let opened = std::fs::File::options().write(true).open(&large).unwrap();
    opened.set_len(length).unwrap();
    refused(
        &large,
        &[
            "unread-large.npy",
            &format!("{length} bytes"),
            "expected at most",
        ],
    );
    let text = file("unread-text.npy", &[8, 4], &[0.0; 32]);
    let bytes = std::fs::read(&text).unwrap();
    let more = String::from_utf8_lossy(&bytes[..128]).find('}').unwrap();
    std::fs::write(
        &text,
        [&bytes[..more + 2], b"x", &bytes[more + 3..]].concat(),
    )
    .unwrap();
    refused(&text, &["unread-text.npy", "nothing but spaces"]);
}
