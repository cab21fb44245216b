//! `headlight run --truth`, by the real binary.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod process;

use std::ffi::OsString;
use std::fs;

use headlight_language::{Oracle, Purpose, Stories};
use process::{assert_refused, headlight, model, scratch};
use serde_json::Value;

fn arguments(options: &[&str], prompt: &str) -> Vec<OsString> {
    let options = options.iter().map(Into::into);
    ["run".into(), "--model".into(), model("stories").into()]
        .into_iter()
        .chain(["--backend".into(), "cpu".into()])
        .chain(["--prompt".into(), prompt.into()])
        .chain(options)
        .collect()
}

fn answer(prompt: &str) -> Value {
    let done = headlight(arguments(&["--truth", "--json"], prompt));
    assert!(done.status.success(), "{done:?}");
    serde_json::from_slice(&done.stdout).unwrap()
}

#[test]
fn the_truth_is_the_oracles_for_every_token() {
    let document = Stories::new(8, Purpose::Test).document(0);
    let found = answer(&document.text);
    // The end token has no text.
    let tokens = &document.tokens[..document.tokens.len() - 1];
    let expected = Oracle::stories().log_probs(tokens).unwrap();
    let nll = found["truth"]["nll"].as_array().unwrap();
    assert_eq!(nll.len(), tokens.len());
    assert!(nll[0].is_null());
    for (nll, log_prob) in nll.iter().zip(expected).skip(1) {
        assert!((nll.as_f64().unwrap() + log_prob).abs() < 1e-12);
    }
    assert!(found["truth"]["impossible"].is_null());
    let next = found["truth"]["next"].as_array().unwrap().iter();
    let sum: f64 = next.map(|token| token["prob"].as_f64().unwrap()).sum();
    assert!((sum - 1.0).abs() < 1e-12, "{sum}");
}

#[test]
fn the_first_impossible_token_is_named() {
    let found = answer("Once upon a time, the");
    let impossible = &found["truth"]["impossible"];
    assert_eq!(impossible["text"], " the");
    let pos = impossible["pos"].as_u64().unwrap() as usize;
    assert_eq!(found["tokens"][pos]["text"], " the");
    assert!(found["truth"]["nll"][pos].is_null());
    let done = headlight(arguments(&["--truth"], "Once upon a time, the"));
    let table = String::from_utf8(done.stdout).unwrap();
    assert!(table.contains("\" the\" cannot follow there"), "{table}");
}

#[test]
fn without_the_option_nothing_is_said_of_the_truth() {
    let done = headlight(arguments(&["--json"], "Once upon a time"));
    let found: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert!(found.get("truth").is_none());
}

#[test]
fn a_model_of_no_known_language_is_refused() {
    let folder = scratch("truth-no-language");
    fs::create_dir_all(&folder).unwrap();
    for file in ["config.json", "model.safetensors", "tokenizer.json"] {
        fs::copy(model("stories").join(file), folder.join(file)).unwrap();
    }
    let config = fs::read_to_string(folder.join("config.json")).unwrap();
    let mut config: Value = serde_json::from_str(&config).unwrap();
    config.as_object_mut().unwrap().remove("headlight_language");
    fs::write(folder.join("config.json"), config.to_string()).unwrap();
    assert_refused(
        ["run".into(), "--model".into(), folder.into()]
            .into_iter()
            .chain(["--prompt", "Once", "--truth"].map(OsString::from)),
        &["headlight_language"],
    );
}
