//! `headlight eval`, by the real binary.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod process;

use std::f64::consts::LN_2;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use headlight_language::{END, Oracle, Purpose, Stories};
use process::{assert_refused, headlight, model, scratch};
use serde_json::{Value, json};

const KINDS: [&str; 7] = [
    "location", "name", "pronoun", "quote", "mood", "verb", "other",
];

fn arguments(folder: &Path, options: &[&str]) -> Vec<OsString> {
    let options = options.iter().map(Into::into);
    ["eval".into(), "--model".into(), folder.into()]
        .into_iter()
        .chain(["--backend".into(), "cpu".into()])
        .chain(options)
        .collect()
}

/// The JSON of a call that must succeed.
fn answer(arguments: Vec<OsString>) -> Value {
    let done = headlight(arguments);
    assert!(done.status.success(), "{done:?}");
    assert!(done.stderr.is_empty(), "progress, though not on a terminal");
    serde_json::from_slice(&done.stdout).unwrap()
}

fn eval(documents: &str, seed: &str) -> Value {
    let options = ["--documents", documents, "--seed", seed, "--json"];
    answer(arguments(&model("stories"), &options))
}

/// Sums of hundreds of f64 in another order.
fn assert_near(found: &Value, expected: f64) {
    let found = found.as_f64().unwrap();
    assert!(
        (found - expected).abs() < 1e-10,
        "{found} is not {expected}"
    );
}

#[test]
fn true_bits_are_the_oracles_over_every_token_after_the_start() {
    let answer = eval("3", "4");
    let (mut nats, mut tokens) = (0.0, 0);
    for document in Stories::new(4, Purpose::Test).take(3) {
        let log_probs = Oracle::stories().log_probs(&document.tokens).unwrap();
        nats -= log_probs[1..].iter().sum::<f64>();
        tokens += document.tokens.len() - 1;
    }
    assert_eq!(answer["tokens"], tokens);
    assert_eq!(
        (&answer["documents"], &answer["seed"]),
        (&json!(3), &json!(4))
    );
    assert_near(&answer["true_bits_per_token"], nats / tokens as f64 / LN_2);
}

#[test]
fn model_bits_are_those_of_run_with_the_end_token() {
    let found = eval("1", "6");
    let document = Stories::new(6, Purpose::Test).document(0);
    let arguments = ["run", "--backend", "cpu", "--json", "--top", "100000"];
    let run = answer(
        arguments
            .map(Into::into)
            .into_iter()
            .chain(["--model".into(), model("stories").into()])
            .chain(["--prompt".into(), document.text.into()])
            .collect(),
    );
    let nll = run["nll"].as_array().unwrap().iter();
    let next = run["next"].as_array().unwrap();
    let end = next.iter().find(|next| next["id"] == END).unwrap();
    let nats = nll.filter_map(Value::as_f64).sum::<f64>() - end["prob"].as_f64().unwrap().ln();
    let bits = nats / found["tokens"].as_f64().unwrap() / LN_2;
    let gap = found["model_bits_per_token"].as_f64().unwrap() - bits;
    // `run` takes its logarithms on the device, in f32.
    assert!(gap.abs() < 1e-5, "{gap:e}");
}

#[test]
fn the_figures_of_one_answer_agree() {
    let answer = eval("12", "1");
    let number = |name: &str| answer[name].as_f64().unwrap();
    let (model_bits, true_bits) = (
        number("model_bits_per_token"),
        number("true_bits_per_token"),
    );
    assert_near(&answer["kl_bits_per_token"], model_bits - true_bits);
    assert_near(&answer["perplexity"], model_bits.exp2());
    assert_near(&answer["true_perplexity"], true_bits.exp2());
    assert_near(
        &answer["ratio"],
        number("perplexity") / number("true_perplexity"),
    );
    let (mut bits, mut positions) = (0.0, 0);
    assert_eq!(answer["by_kind"].as_object().unwrap().len(), KINDS.len());
    for kind in KINDS {
        let kl = answer["by_kind"][kind].as_f64().unwrap();
        assert!(kl >= 0.0, "{kind}: {kl}");
        let count = answer["by_kind_positions"][kind].as_u64().unwrap();
        bits += kl * count as f64;
        positions += count;
    }
    assert_eq!(answer["tokens"], positions);
    assert_near(&answer["kl_exact_bits_per_token"], bits / positions as f64);
    // The estimate scatters around the exact figure, by about a bit per root of
    // the number of tokens, of which there are more than a thousand.
    let gap = number("kl_bits_per_token") - number("kl_exact_bits_per_token");
    assert!(gap.abs() < 0.15, "{gap}");
    let [low, high] = [0, 1].map(|end| answer["ratio_interval"][end].as_f64().unwrap());
    assert!(low < number("ratio") && number("ratio") < high);
}

#[test]
fn one_story_has_no_interval_and_people_get_a_table() {
    assert_eq!(eval("1", "1")["ratio_interval"], Value::Null);
    let done = headlight(arguments(&model("stories"), &["--documents", "2"]));
    let text = String::from_utf8(done.stdout).unwrap();
    for word in ["2 stories", "the truth", "ratio", "location", "all"] {
        assert!(text.contains(word), "{word} is not in {text}");
    }
}

/// A copy of a model with one file changed.
fn changed(source: &str, name: &str, file: &str, change: impl Fn(&mut Value)) -> PathBuf {
    let folder = scratch(name);
    std::fs::create_dir_all(&folder).unwrap();
    for name in ["config.json", "model.safetensors", "tokenizer.json"] {
        std::fs::copy(model(source).join(name), folder.join(name)).unwrap();
    }
    let path = folder.join(file);
    let mut json = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    change(&mut json);
    std::fs::write(path, serde_json::to_vec(&json).unwrap()).unwrap();
    folder
}

#[test]
fn a_model_without_an_oracle_is_refused() {
    let refused = |folder: &Path, words: &[&str]| {
        assert_refused(arguments(folder, &["--json"]), words);
    };
    refused(
        &model("tiny-a"),
        &["tiny-a", "config.json", "headlight_language"],
    );
    let other = changed("stories", "other-language", "config.json", |config| {
        config["headlight_language"] = json!("poems");
    });
    refused(&other, &["other-language", "\"poems\"", "\"stories\""]);
    let short = changed("tiny-a", "short", "config.json", |config| {
        config["headlight_language"] = json!("stories");
    });
    refused(&short, &["short", "config.json", "n_positions = 31"]);
}

#[test]
fn a_tokenizer_that_is_not_the_languages_is_refused() {
    let refused = |folder: &Path, words: &[&str]| {
        assert_refused(arguments(folder, &[]), words);
    };
    let swapped = changed("stories", "swapped", "tokenizer.json", |json| {
        let vocab = json["model"]["vocab"].as_object_mut().unwrap();
        let names: Vec<String> = vocab
            .iter()
            .filter(|(_, id)| [300, 301].map(Value::from).contains(id))
            .map(|(name, _)| name.clone())
            .collect();
        let [a, b] = &names[..] else {
            panic!("{names:?}")
        };
        let (of_a, of_b) = (vocab[a].clone(), vocab[b].clone());
        vocab.insert(a.clone(), of_b);
        vocab.insert(b.clone(), of_a);
    });
    refused(&swapped, &["swapped", "tokenizer.json", "id 300"]);
    let fewer = changed("stories", "fewer", "tokenizer.json", |json| {
        let vocab = json["model"]["vocab"].as_object_mut().unwrap();
        let last = vocab.len() - 1;
        vocab.retain(|_, id| *id != last);
    });
    refused(&fewer, &["fewer", "tokenizer.json", "ids"]);
}

#[test]
fn bad_options_are_refused_in_one_line() {
    let refused = |options: &[&str], words: &[&str]| {
        assert_refused(arguments(&model("stories"), options), words);
    };
    refused(&["--documents", "0"], &["--documents", "0"]);
    refused(&["--documents", "-1"], &["--documents", "-1"]);
    refused(&["--seed", "-1"], &["--seed", "-1"]);
    refused(&["--seed", "one"], &["--seed", "one"]);
}
