//! `headlight eval`, by the real binary.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod process;

use std::f64::consts::LN_2;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use headlight_engine::{Loaded, ModelFiles};
use headlight_language::{Construct, END, Judgement, Oracle, Purpose, START, Stories, judge};
use headlight_model::{Sampler, Unhurried};
use process::{assert_refused, headlight, model, scratch};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::{Value, json};

const KINDS: [&str; 7] = [
    "location", "name", "pronoun", "quote", "mood", "verb", "other",
];

const CONSTRUCTS: [(&str, Construct); 6] = [
    ("location", Construct::Location),
    ("name", Construct::Name),
    ("pronoun", Construct::Pronoun),
    ("quote", Construct::Quote),
    ("mood", Construct::Mood),
    ("verb", Construct::Verb),
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
fn the_shipped_model_is_near_the_truth_at_every_kind_of_token() {
    let answer = eval("100", "7");
    let ratio = answer["ratio"].as_f64().unwrap();
    assert!(
        (0.99..1.1).contains(&ratio),
        "ratio of perplexities {ratio}"
    );
    for kind in KINDS {
        let bits = answer["by_kind"][kind].as_f64().unwrap();
        assert!(bits < 0.4, "{kind}: {bits} bits from the truth");
    }
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

/// The answer's figures of `n` written stories, and nothing but them.
fn generated(folder: &Path, n: &str, seed: &str) -> Value {
    let options = ["--documents", "0", "--generate", n, "--seed", seed];
    let answer = answer(arguments(folder, &[&options[..], &["--json"]].concat()));
    let mut keys: Vec<&String> = answer.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["documents", "generated", "seed"]);
    answer["generated"].clone()
}

fn loaded() -> Loaded {
    let read = |name| std::fs::read(model("stories").join(name)).unwrap();
    Loaded::on_cpu(&ModelFiles {
        config: read("config.json"),
        weights: read("model.safetensors"),
        tokenizer: read("tokenizer.json"),
    })
    .unwrap()
}

/// A story written by a loop of our own, from the start token to the end token or a
/// full context.
fn written(loaded: &Loaded, seed: u64, index: u64) -> Vec<u32> {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&index.to_le_bytes());
    key[24..].copy_from_slice(b"written1");
    let seed = ChaCha8Rng::from_seed(key).next_u64();
    let mut sampler = Sampler::new(1.0, 0, 1.0, seed);
    let n_ctx = loaded.model.architecture.shape.n_ctx;
    let mut tokens = vec![START];
    pollster::block_on(async {
        let start = loaded.model.generate(&tokens, n_ctx, &[], &Unhurried);
        let mut generation = start.await.unwrap();
        while tokens.len() < n_ctx && !tokens.contains(&END) {
            if tokens.len() > 1 {
                let last = &tokens[tokens.len() - 1..];
                generation.read(last, &Unhurried).await.unwrap();
            }
            tokens.push(generation.draw(&mut sampler).id);
        }
    });
    tokens
}

#[test]
fn written_stories_are_those_of_their_seeds_and_score_what_the_judge_says() {
    let loaded = loaded();
    let stories = [0, 1, 2].map(|index| written(&loaded, 3, index));
    assert!(stories[0] != stories[1] && stories[1] != stories[2]);
    for n in [2, 3] {
        let found = generated(&model("stories"), &n.to_string(), "3");
        let stories = &stories[..n];
        let judged: Judgement = stories.iter().map(|tokens| judge(tokens)).sum();
        let tokens: usize = stories.iter().map(|tokens| tokens.len() - 1).sum();
        let ended = stories.iter().filter(|tokens| tokens.ends_with(&[END]));
        assert!(tokens > 20 * n, "{tokens} tokens");
        assert_eq!(found["stories"], n);
        assert_eq!(found["tokens"], tokens);
        assert_eq!(found["ended"], ended.count());
        assert_eq!(found["sentences"], judged.n_sentences);
        assert_eq!(found["unreadable_sentences"], judged.n_unreadable);
        let share = |n: usize| n as f64 / tokens as f64;
        assert_near(&found["impossible_tokens"], share(judged.n_impossible));
        assert_near(&found["unread_tokens"], share(judged.n_skipped));
        for (name, construct) in CONSTRUCTS {
            let (score, found) = (judged.score(construct), &found[name]);
            assert_eq!(found["n"], score.n, "{name}");
            assert_eq!(found["correct"], score.n_correct, "{name}");
            assert_eq!(found["rate"].is_number(), score.n > 0, "{name}");
            if let Some(rate) = score.rate() {
                assert_near(&found["rate"], rate);
            }
        }
        let n_endings = judged.score(Construct::Mood).n - judged.n_unreadable;
        let expected = &found["mood"]["expected_rate"];
        assert_eq!(expected.is_number(), n_endings > 0, "{expected}");
        if n_endings > 0 {
            assert_near(expected, judged.expected_mood / n_endings as f64);
        }
    }
}

#[test]
fn a_seed_writes_the_same_stories_again_and_another_one_others() {
    let folder = model("stories");
    let first = generated(&folder, "2", "5");
    assert_eq!(generated(&folder, "2", "5"), first);
    assert_ne!(generated(&folder, "2", "6"), first);
    // What stands behind the end token is not part of the story.
    let endless = changed("stories", "endless", "config.json", |config| {
        config["eos_token_id"] = Value::Null;
    });
    assert_eq!(generated(&endless, "2", "5"), first);
}

#[test]
fn what_is_written_changes_nothing_of_what_is_read() {
    let plain = eval("2", "4");
    assert!(plain.get("generated").is_none());
    let zero = ["--documents", "2", "--seed", "4", "--generate", "0"];
    let with = |options: &[&str]| {
        let options = [options, &["--json"]].concat();
        answer(arguments(&model("stories"), &options))
    };
    assert_eq!(with(&zero), plain);
    let mut both = with(&[&zero[..5], &["1"]].concat());
    let written = both.as_object_mut().unwrap().remove("generated");
    assert_eq!(both, plain);
    assert_eq!(written, Some(generated(&model("stories"), "1", "4")));
}

#[test]
fn people_get_a_table_of_what_is_written() {
    let text = |documents| {
        let options = ["--documents", documents, "--generate", "1"];
        let done = headlight(arguments(&model("stories"), &options));
        String::from_utf8(done.stdout).unwrap()
    };
    let (alone, both) = (text("0"), text("1"));
    for word in ["1 stories written", "impossible", "sentences", "pronoun"] {
        assert!(alone.contains(word), "{word} is not in {alone}");
    }
    assert!(!alone.contains("the truth"), "{alone}");
    assert!(both.contains("the truth"), "{both}");
    assert!(both.ends_with(&alone), "{both}");
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
    let nothing = ["--documents", "0", "--generate", "0"];
    refused(&nothing, &["--documents", "--generate"]);
    for bad in ["-1", "three", "1.5", "", "99999999999"] {
        refused(&["--generate", bad], &["--generate", bad]);
    }
    refused(&["--seed", "-1"], &["--seed", "-1"]);
    refused(&["--seed", "one"], &["--seed", "one"]);
}
