//! Weights and edits, each finite, that are too large when multiplied: bad input,
//! and every command says where it first shows.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod process;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use half::f16;
use process::{assert_refused, headlight, model, scratch};
use safetensors::SafeTensors;
use safetensors::tensor::TensorView;
use serde_json::json;

/// A copy of a model, in a folder of a test's own, all of whose weights but zeros are
/// of this size.
fn with_weights_of(folder: &str, name: &str, size: f32) -> PathBuf {
    with_weights(
        folder,
        name,
        |_, x| {
            if x == 0.0 { 0.0 } else { size.copysign(x) }
        },
    )
}

/// A copy of a model with each weight changed.
fn with_weights(folder: &str, name: &str, changed: impl Fn(&str, f32) -> f32) -> PathBuf {
    let folder = scratch(folder);
    std::fs::create_dir_all(&folder).unwrap();
    for file in ["config.json", "tokenizer.json"] {
        std::fs::copy(model(name).join(file), folder.join(file)).unwrap();
    }
    let bytes = std::fs::read(model(name).join("model.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let sized: Vec<(String, Vec<usize>, Vec<u8>)> = tensors
        .iter()
        .map(|(name, view)| {
            let (numbers, rest) = view.data().as_chunks::<2>();
            assert!(rest.is_empty());
            let numbers = numbers
                .iter()
                .map(|&number| f16::from_le_bytes(number).to_f32());
            let changed = numbers.map(|x| changed(name, x));
            let data = changed.flat_map(f32::to_le_bytes).collect();
            (name.to_owned(), view.shape().to_vec(), data)
        })
        .collect();
    let views = sized.iter().map(|(name, shape, data)| {
        let view = TensorView::new(safetensors::Dtype::F32, shape.clone(), data).unwrap();
        (name.clone(), view)
    });
    let bytes = safetensors::serialize(views, None).unwrap();
    std::fs::write(folder.join("model.safetensors"), bytes).unwrap();
    folder
}

/// Every command that runs a model on a prompt.
fn commands(folder: &Path, prompt: &str, out: &Path) -> Vec<Vec<OsString>> {
    let options: [&[&str]; 6] = [
        &["run", "--json"],
        &["generate"],
        &["lens"],
        &["attribute", "--token", "1", "--against", "2"],
        &["attention", "--layer", "0", "--head", "0"],
        &[
            "capture",
            "--pos",
            "all",
            "--hooks",
            "blocks.1.hook_resid_post",
            "--out",
        ],
    ];
    let of = |options: &&[&str]| {
        let mut arguments: Vec<OsString> = options.iter().map(Into::into).collect();
        if options[0] == "capture" {
            arguments.push(out.into());
        }
        let rest = ["--backend", "cpu", "--prompt", prompt, "--model"];
        arguments.extend(rest.map(Into::into));
        arguments.push(folder.into());
        arguments
    };
    options.iter().map(of).collect()
}

#[test]
fn weights_too_large_are_bad_input_and_every_command_names_the_place() {
    for (name, prompt) in [("induction", "ba be"), ("stories", "Once upon a time")] {
        let folder = with_weights_of(&format!("overflow-{name}"), name, 1e12);
        let out = scratch(&format!("overflow-{name}.safetensors"));
        let mut places = Vec::new();
        for arguments in commands(&folder, prompt, &out) {
            let expected = ["`blocks.0.", " at position ", "too large for 32-bit floats"];
            assert_refused(arguments.clone(), &expected);
            let said = String::from_utf8(headlight(arguments).stderr).unwrap();
            places.push(said[said.find('`').unwrap()..].to_owned());
        }
        places.dedup();
        assert_eq!(places.len(), 1, "{places:?}");
        assert!(!out.exists());
    }
}

#[test]
fn scores_beyond_any_usual_mask_do_not_let_a_query_see_what_follows() {
    let folder = with_weights("overflow-mask", "induction", |tensor, x| {
        if tensor.contains("h.0.attn.c_attn.weight") {
            1e15 * x
        } else {
            x
        }
    });
    let options = ["attention", "--json", "--layer", "0", "--backend", "cpu"];
    for head in ["0", "1", "2", "3"] {
        let more = ["--head", head, "--prompt", "ba be bi ba be", "--model"];
        let arguments = options.into_iter().chain(more).map(OsString::from);
        let done = headlight(arguments.chain([folder.clone().into()]));
        assert!(done.status.success(), "{done:?}");
        let answer: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
        let pattern: Vec<Vec<f64>> = serde_json::from_value(answer["pattern"].clone()).unwrap();
        for (query, row) in pattern.iter().enumerate() {
            let sum: f64 = row[..=query].iter().sum();
            assert!(
                (sum - 1.0).abs() < 1e-6,
                "head {head}, query {query}: {row:?}"
            );
            assert!(row[query + 1..].iter().all(|&weight| weight == 0.0));
        }
    }
}

#[test]
fn a_perplexity_beyond_all_numbers_is_a_word() {
    let folder = with_weights("overflow-perplexity", "induction", |tensor, x| {
        if tensor.contains("lm_head") {
            1e4 * x
        } else {
            x
        }
    });
    let options = [
        "run",
        "--json",
        "--backend",
        "cpu",
        "--prompt",
        "ba be bi",
        "--model",
    ];
    let arguments = options.map(OsString::from).into_iter();
    let done = headlight(arguments.chain([folder.into()]));
    assert!(done.status.success(), "{done:?}");
    let answer: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(answer["perplexity"], "inf");
    assert!(answer["nll"][1].as_f64().unwrap() > 1000.0, "{answer}");
}

#[test]
fn what_was_captured_before_the_overflow_is_right() {
    let folder = with_weights_of("overflow-before", "induction", 1e12);
    let out = scratch("overflow-embed.safetensors");
    let options = [
        "capture",
        "--prompt",
        "ba be",
        "--pos",
        "all",
        "--hooks",
        "hook_embed",
    ];
    let arguments = options.map(OsString::from).into_iter();
    let files = [
        "--model".into(),
        folder.into(),
        "--out".into(),
        out.clone().into(),
    ];
    let done = headlight(arguments.chain(files));
    assert!(done.status.success(), "{done:?}");
    let bytes = std::fs::read(&out).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let (values, _) = tensors
        .tensor("hook_embed")
        .unwrap()
        .data()
        .as_chunks::<4>();
    let finite = |&value: &[u8; 4]| f32::from_le_bytes(value).is_finite();
    assert!(values.iter().all(finite));
}

#[test]
fn an_edit_too_large_is_bad_input_that_names_the_place() {
    let d_model = config("induction")["n_embd"].as_u64().unwrap() as usize;
    // The sum of the stream overflows, or only the sum of its squares.
    for size in [3e38_f32, 1e25] {
        let value: Vec<f32> = (0..d_model)
            .map(|i| if i % 2 == 0 { size } else { -0.5 * size })
            .collect();
        let edit =
            json!({"hook": "blocks.0.hook_resid_post", "pos": [1], "op": "add", "value": value});
        for command in ["run", "generate", "lens", "attribute"] {
            let mut arguments: Vec<OsString> = [command, "--prompt", "ba be bi", "--edit"]
                .map(Into::into)
                .into();
            arguments.push(edit.to_string().into());
            arguments.extend(["--backend", "cpu", "--model"].map(Into::into));
            arguments.push(model("induction").into());
            if command == "attribute" {
                arguments.extend(["--token", "1", "--against", "2"].map(Into::into));
            }
            let expected = [
                "`blocks.1.ln1.hook_scale` is ",
                " at position 1, expected finite",
            ];
            assert_refused(arguments, &expected);
        }
    }
}

fn config(name: &str) -> serde_json::Value {
    let bytes = std::fs::read(model(name).join("config.json")).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}
