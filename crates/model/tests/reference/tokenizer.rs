//! The small tokenizer against the `tokenizers` library of Python.

use crate::fixtures::{fixture, ids};
use headlight_model::tokenizer::{SmallTokenizer, Tokenizer};
use proptest::prelude::*;
use serde_json::Value;

fn tokenizer(name: &str) -> SmallTokenizer {
    let path = match name {
        // The shipped model's own, from the fixtures' folder.
        "stories" => "../../models/stories/tokenizer.json".to_owned(),
        name => format!("tokenizers/{name}.json"),
    };
    SmallTokenizer::from_json(&fixture(&path)).unwrap()
}

fn cases(file: &str) -> Vec<Value> {
    serde_json::from_slice(&fixture(&format!("tokenizers/{file}"))).unwrap()
}

/// Texts with the tokens that the library gives. Those of `stories` must be made
/// again by `reference/make_fixtures.py` when that tokenizer gains or loses words.
fn text_cases() -> impl Iterator<Item = Value> {
    cases("cases.json")
        .into_iter()
        .chain(cases("stories-cases.json"))
}

#[test]
fn texts_have_the_tokens_that_the_library_gives() {
    for case in text_cases() {
        let text = case["text"].as_str().unwrap();
        let got = tokenizer(case["tokenizer"].as_str().unwrap()).encode(text);
        match case.get("error").filter(|error| !error.is_null()) {
            Some(_) => {
                let error = got.expect_err(text).to_string();
                assert!(
                    error.contains("not in this model's vocabulary"),
                    "{text:?}: {error}"
                );
            }
            None => assert_eq!(got.unwrap(), ids(&case["ids"]), "{text:?}"),
        }
    }
}

#[test]
fn ids_have_the_texts_that_the_library_gives() {
    let all = text_cases().chain(cases("ids.json"));
    for case in all.filter(|case| case.get("ids").is_some_and(Value::is_array)) {
        let tokenizer = tokenizer(case["tokenizer"].as_str().unwrap());
        let ids = ids(&case["ids"]);
        let decoded = case["decoded"].as_str().unwrap();
        // The library writes U+FFFD for bytes that are no character, we write
        // the byte itself.
        if !decoded.contains('\u{fffd}') {
            assert_eq!(tokenizer.decode(&ids).unwrap(), decoded, "{ids:?}");
        }
        let shown = case["shown"].as_array().unwrap();
        for (id, shown) in ids.iter().zip(shown) {
            assert_eq!(tokenizer.token_text(*id), shown.as_str().unwrap(), "{id}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_comes_back(text in any::<String>()) {
        let tokenizer = tokenizer("byte-level");
        let ids = tokenizer.encode(&text).unwrap();
        // The special token's own text is a token that decoding leaves out.
        prop_assert_eq!(tokenizer.decode(&ids).unwrap(), text.replace("<|start|>", ""));
    }
}

#[test]
fn tokenizers_of_other_kinds_are_refused_by_name() {
    let read = |change: &dyn Fn(&mut Value)| {
        let mut json: Value =
            serde_json::from_slice(&fixture("tokenizers/byte-level.json")).unwrap();
        change(&mut json);
        let bytes = serde_json::to_vec(&json).unwrap();
        SmallTokenizer::from_json(&bytes)
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    assert_eq!(read(&|_| ()), Ok(()));
    let error = read(&|json| json["model"]["type"] = "Unigram".into()).unwrap_err();
    assert!(error.contains("the model Unigram"), "{error}");
    let error =
        read(&|json| json["model"]["merges"] = serde_json::json!([["a", "b"]])).unwrap_err();
    assert!(error.contains("1 merges"), "{error}");
    let error = read(&|json| json["normalizer"] = serde_json::json!({"type": "NFC"})).unwrap_err();
    assert!(error.contains("normalizer NFC"), "{error}");
    let error = read(&|json| json["pre_tokenizer"]["add_prefix_space"] = true.into()).unwrap_err();
    assert!(error.contains("ByteLevel"), "{error}");
    let remove_byte = |json: &mut Value| {
        json["model"]["vocab"].as_object_mut().unwrap().remove("Ġ");
    };
    let error = read(&remove_byte).unwrap_err();
    assert!(error.contains("Ġ"), "{error}");
    assert!(SmallTokenizer::from_json(b"\xff").is_err());
    assert!(SmallTokenizer::from_json(b"[]").is_err());
}
