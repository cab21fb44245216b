//! `headlight stories`, by the real binary.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod process;

use std::collections::BTreeMap;

use headlight_language::{Construct, END, Oracle, Purpose, Stories};
use process::{assert_refused, headlight, model, scratch};
use safetensors::SafeTensors;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct StoryLine {
    text: String,
    tokens: Vec<u32>,
    labels: BTreeMap<String, Value>,
    certainty: BTreeMap<String, Vec<f64>>,
}

/// The file that the binary writes.
fn write(name: &str, documents: &str, seed: &str) -> (std::path::PathBuf, Vec<StoryLine>) {
    let out = scratch(name);
    let arguments = ["stories", "--documents", documents, "--seed", seed, "--out"];
    let done = headlight(
        arguments
            .map(Into::into)
            .into_iter()
            .chain([out.clone().into()]),
    );
    assert!(done.status.success(), "{done:?}");
    let text = std::fs::read_to_string(&out).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    let lines = lines.collect();
    (out, lines)
}

/// Equal but for the last digit, which `serde_json` may read otherwise than it
/// was written.
fn assert_near(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 1e-14,
        "{found} is not {expected}"
    );
}

#[test]
fn the_lines_are_the_stories_of_the_sample_stream() {
    let (_, lines) = write("sample.jsonl", "3", "5");
    let stories: Vec<_> = Stories::new(5, Purpose::Sample).take(3).collect();
    assert_eq!(lines.len(), stories.len());
    for (line, story) in lines.iter().zip(&stories) {
        assert_eq!((&line.text, &line.tokens), (&story.text, &story.tokens));
        let label = |name: &str| &line.labels[name];
        assert_eq!(
            *label("mood"),
            serde_json::to_value(story.labels.mood).unwrap()
        );
        for (pos, truth) in story.token_labels.iter().enumerate() {
            assert_eq!(label("in_quote")[pos], truth.in_quote);
            assert_eq!(
                label("tense")[pos],
                serde_json::to_value(truth.tense).unwrap()
            );
            let is_before_verb = story.constructs.get(pos + 1) == Some(&Some(Construct::Verb));
            let verb = is_before_verb.then(|| label("number")[pos + 1].clone());
            assert_eq!(label("verb_number")[pos], verb.unwrap_or_default());
            assert_eq!(
                label("construct")[pos],
                serde_json::to_value(story.constructs[pos]).unwrap()
            );
        }
        let last = story.token_labels.len() - 1;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let [first, second] = &story.labels.object_places;
        assert_eq!(text(&label("place")[last]), story.labels.place);
        assert_eq!(text(&label("first_object_place")[last]), *first);
        assert_eq!(text(&label("second_object_place")[last]), *second);
        let objects = ["first_object", "second_object"].map(|name| text(label(name)));
        assert_eq!(objects, story.labels.objects);
        assert_eq!(label("hero").as_str(), Some(&*story.labels.hero));
    }
}

#[test]
fn every_label_has_the_certainty_that_the_oracle_gives() {
    let (_, lines) = write("certainty.jsonl", "2", "1");
    for line in &lines {
        let names: Vec<&String> = line.certainty.keys().collect();
        assert_eq!(line.labels.keys().collect::<Vec<_>>(), names);
        for (name, certainty) in &line.certainty {
            assert_eq!(certainty.len(), line.tokens.len(), "{name}");
            // 1e-9 is room for a sum of weights.
            assert!(
                certainty.iter().all(|p| (0.0..=1.0 + 1e-9).contains(p)),
                "{name}"
            );
            // The truth is possible all along, but for what has not been told yet.
            let is_told =
                ["gender", "hero", "first_object", "second_object"].contains(&name.as_str());
            assert!(is_told || certainty.iter().all(|p| *p > 0.0), "{name}");
            let last = certainty[certainty.len() - 1];
            assert!(!is_told || (last - 1.0).abs() < 1e-9, "{name}: {last}");
            let values = line.labels[name].as_array().map(Vec::len);
            assert_eq!(
                values.unwrap_or(line.tokens.len()),
                line.tokens.len(),
                "{name}"
            );
        }
        // A name is told by a token.
        assert_eq!(line.certainty["hero"][0], 0.0);
        // Mood is drawn with the start token and shows only later.
        assert_eq!(line.certainty["mood"][0], 0.5);
        let half = line.tokens.len() / 2;
        let posterior = Oracle::stories().posterior(&line.tokens[..=half]).unwrap();
        let (mood, quote) = (&line.labels["mood"], &line.labels["in_quote"][half]);
        let mood = serde_json::from_value(mood.clone()).unwrap();
        assert_near(line.certainty["mood"][half], posterior.mood[&mood]);
        let quote = quote.as_bool().unwrap();
        assert_near(line.certainty["in_quote"][half], posterior.in_quote[&quote]);
    }
}

#[test]
fn capture_reads_the_file_and_sees_all_tokens_but_the_end() {
    let (texts, lines) = write("texts.jsonl", "3", "2");
    let out = scratch("texts.safetensors");
    let options = ["--hooks", "hook_embed", "--pos", "all", "--backend", "cpu"];
    let done = headlight(
        ["capture", "--model"]
            .map(Into::into)
            .into_iter()
            .chain([model("stories").into(), "--texts".into(), texts.into()])
            .chain(options.map(Into::into))
            .chain(["--out".into(), out.clone().into()]),
    );
    assert!(done.status.success(), "{done:?}");
    let bytes = std::fs::read(&out).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let lengths = tensors.tensor("lengths").unwrap();
    let (lengths, rest) = lengths.data().as_chunks::<8>();
    assert!(rest.is_empty());
    assert_eq!(lengths.len(), lines.len());
    for (line, &length) in lines.iter().zip(lengths) {
        assert_eq!(line.tokens.len() as i64 - 1, i64::from_le_bytes(length));
        assert_eq!(line.tokens.last(), Some(&END));
    }
}

#[test]
fn bad_options_are_refused_in_one_line() {
    let refused = |documents: &str, out: &str, words: &[&str]| {
        let arguments = ["stories", "--documents", documents, "--out", out];
        assert_refused(arguments.map(Into::into), words);
    };
    let out = scratch("never.jsonl");
    let out = out.to_str().unwrap();
    refused("0", out, &["--documents", "0", "1..="]);
    refused("-3", out, &["--documents", "-3"]);
    refused("99999999999", out, &["--documents", "99999999999"]);
    refused("1e3", out, &["--documents", "1e3"]);
    refused("1", "/no/such/folder/x.jsonl", &["x.jsonl"]);
    assert!(!std::path::Path::new(out).exists());
}
