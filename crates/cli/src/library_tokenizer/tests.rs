//! Tokenizers that only the library reads, kind and hostile.

use serde_json::{Value, json};

use super::*;

/// `tokenizer.json` around a model, with parts of one's own.
fn file(model: &Value, parts: Value) -> Value {
    let mut file = json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
        "normalizer": null, "pre_tokenizer": null, "post_processor": null, "decoder": null,
        "model": model,
    });
    let (Value::Object(file), Value::Object(parts)) = (&mut file, parts) else {
        panic!("the parts are an object");
    };
    file.extend(parts);
    Value::Object(std::mem::take(file))
}

/// Three letters and what pairs of them make.
fn letters() -> Value {
    json!({
        "type": "BPE", "vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "aa": 4},
        "merges": [["a", "b"], ["a", "a"]],
    })
}

fn read(file: &Value) -> Result<LibraryTokenizer, String> {
    let read = LibraryTokenizer::from_json(file.to_string().as_bytes());
    read.map_err(|error| error.to_string())
}

fn encode(file: &Value, text: &str) -> Result<Vec<u32>, String> {
    let tokenizer = read(file)?;
    tokenizer.encode(text).map_err(|error| error.to_string())
}

/// The sentence that a file, or a text under it, ends in.
fn refusal(file: &Value) -> String {
    let error = encode(file, "abcabcabcabcabcabcabc\u{e9}").unwrap_err();
    assert!(!error.contains('\n') && error.len() < 300, "{error}");
    error
}

fn repeated(n: usize, rule: &Value) -> Value {
    json!(vec![rule; n])
}

/// As the tokenizers of the Llama family: U+2581 for a space, bytes as a last resort.
fn pieces() -> Value {
    let bytes = (0..=255).map(|byte| format!("<0x{byte:02X}>"));
    let words = [
        "\u{2581}",
        "t",
        "h",
        "e",
        "c",
        "a",
        "th",
        "the",
        "\u{2581}the",
        "ca",
    ];
    let more = ["cat", "\u{2581}cat", ""];
    let all = std::iter::once("<unk>".to_owned()).chain(bytes);
    let all = all.chain(words.into_iter().chain(more).map(str::to_owned));
    let vocab: serde_json::Map<String, Value> =
        all.zip(0..).map(|(text, id)| (text, id.into())).collect();
    let model = json!({
        "type": "BPE", "unk_token": "<unk>", "byte_fallback": true, "fuse_unk": true, "vocab": vocab,
        "merges": [["t", "h"], ["th", "e"], ["\u{2581}", "the"], ["c", "a"], ["ca", "t"], ["\u{2581}", "cat"]],
    });
    // "cat" is merged from "ca" and "t", so every letter has its own entry.
    file(
        &model,
        json!({
            "normalizer": {"type": "Sequence", "normalizers": [
                {"type": "Prepend", "prepend": "\u{2581}"},
                {"type": "Replace", "pattern": {"String": " "}, "content": "\u{2581}"},
            ]},
            "decoder": {"type": "Sequence", "decoders": [
                {"type": "Replace", "pattern": {"String": "\u{2581}"}, "content": " "},
                {"type": "ByteFallback"}, {"type": "Fuse"},
                {"type": "Strip", "content": " ", "start": 1, "stop": 0},
            ]},
        }),
    )
}

#[test]
fn spaces_and_bytes_of_sentencepiece_are_told_token_by_token() {
    let tokenizer = read(&pieces()).unwrap();
    let ids = tokenizer.encode("the cat \u{20ac}").unwrap();
    let texts: Vec<String> = ids.iter().map(|&id| tokenizer.token_text(id)).collect();
    assert_eq!(texts, [" the", " cat", " ", "<0xE2>", "<0x82>", "<0xAC>"]);
    // Together they are the text again, whole or torn.
    assert_eq!(tokenizer.decode(&ids).unwrap(), "the cat \u{20ac}");
    assert_eq!(tokenizer.decode(&ids[..5]).unwrap(), "the cat <0xE2><0x82>");
    let empty = tokenizer.library.token_to_id("").unwrap();
    assert_eq!(tokenizer.token_text(empty), format!("<{empty}>"));
    assert_eq!(tokenizer.decode(&[]).unwrap(), "");
}

#[test]
fn a_mark_for_spaces_is_shown_as_a_space() {
    let mut file = pieces();
    file["decoder"] =
        json!({"type": "Metaspace", "replacement": "\u{2581}", "prepend_scheme": "always"});
    let tokenizer = read(&file).unwrap();
    let ids = tokenizer.encode("the cat").unwrap();
    assert_eq!(
        [ids[0], ids[1]].map(|id| tokenizer.token_text(id)),
        [" the", " cat"]
    );
    assert_eq!(tokenizer.decode(&ids).unwrap(), "the cat");
}

#[test]
fn an_id_without_a_token_is_shown_by_its_number() {
    let plain = read(&file(&letters(), json!({}))).unwrap();
    assert_eq!(plain.token_text(260), "<260>");
    assert_eq!(plain.decode(&[0, 260, 3]).unwrap(), "a <260> ab");
    let level = json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true});
    let bytes = read(&file(&letters(), json!({"decoder": level}))).unwrap();
    assert_eq!(bytes.token_text(260), "<260>");
    assert_eq!(bytes.decode(&[0, 260, 3]).unwrap(), "a<260>ab");
}

#[test]
fn padding_and_truncation_do_not_apply() {
    let saved = json!({
        "truncation": {"direction": "Right", "max_length": 6, "strategy": "LongestFirst", "stride": 0},
        "padding": {"strategy": {"Fixed": 16}, "direction": "Right", "pad_to_multiple_of": null,
            "pad_id": 0, "pad_type_id": 0, "pad_token": "a"},
    });
    let file = file(&letters(), saved);
    assert_eq!(encode(&file, "ab").unwrap(), [3]);
    assert_eq!(encode(&file, "abcabcabcabcabc").unwrap().len(), 10);
}

#[test]
fn a_byte_order_mark_may_stand_before_the_file() {
    let text = format!("\u{feff}{}", file(&letters(), json!({})));
    assert!(LibraryTokenizer::from_json(text.as_bytes()).is_ok());
}

#[test]
fn rules_that_double_a_text_again_and_again_are_refused() {
    let double = json!({"type": "Replace", "pattern": {"Regex": "."}, "content": "aa"});
    let level = json!({"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": false});
    let prepend = json!({"type": "Prepend", "prepend": "b".repeat(1 << 15)});
    let suffix = json!({"type": "BPEDecoder", "suffix": ""});
    let a = json!({"Sequence": {"id": "A", "type_id": 0}});
    let twice =
        json!({"type": "TemplateProcessing", "single": [a, a], "pair": [a], "special_tokens": {}});
    let special = json!({"SpecialToken": {"id": "a", "type_id": 0}});
    let of_many = json!({"a": {"id": "a", "ids": vec![0; 9_000], "tokens": vec!["a"; 9_000]}});
    let standing_for_many = json!({"type": "TemplateProcessing", "single": vec![&special; 9], "pair": [], "special_tokens": of_many});
    let many = json!({"type": "TemplateProcessing", "single": vec![&a; 70_000], "pair": [], "special_tokens": {}});
    let normalizers =
        |rules: Value| json!({"normalizer": {"type": "Sequence", "normalizers": rules}});
    for (parts, said) in [
        (
            normalizers(repeated(40, &double)),
            "the normalizer in tokenizer.json may make",
        ),
        // Rules inside rules are the same rules.
        (
            normalizers(json!([{"type": "Sequence", "normalizers": repeated(40, &double)}])),
            "the normalizer",
        ),
        (
            normalizers(repeated(40, &json!({"type": "ByteLevel"}))),
            "the normalizer",
        ),
        (normalizers(repeated(9, &prepend)), "the normalizer"),
        // Added tokens are normalized while the file is read.
        (
            json!({
                "normalizer": {"type": "Sequence", "normalizers": repeated(40, &double)},
                "added_tokens": [{"id": 5, "content": "aaaa", "special": false, "normalized": true,
                    "single_word": false, "lstrip": false, "rstrip": false}],
            }),
            "the normalizer",
        ),
        (
            json!({"pre_tokenizer": {"type": "Sequence", "pretokenizers": repeated(40, &level)}}),
            "the pre-tokenizer in tokenizer.json may make",
        ),
        (
            json!({"decoder": {"type": "Sequence", "decoders": repeated(40, &double)}}),
            "the decoder in tokenizer.json may make",
        ),
        (
            json!({"decoder": {"type": "Sequence", "decoders": repeated(40, &suffix)}}),
            "the decoder",
        ),
        (
            json!({"post_processor": {"type": "Sequence", "processors": repeated(40, &twice)}}),
            "the post-processor in tokenizer.json may make",
        ),
        (
            json!({"post_processor": many}),
            "tokens of 14, expected at most",
        ),
        (
            json!({"post_processor": standing_for_many}),
            "tokens of 14, expected at most",
        ),
    ] {
        let error = refusal(&file(&letters(), parts));
        assert!(error.contains(said), "{said:?} is not in {error}");
    }
    let long = json!({"type": "Prepend", "prepend": "b".repeat(50 << 20)});
    assert_eq!(
        refusal(&file(&letters(), json!({"normalizer": long}))),
        "tokenizer.json has a text of 52428800 bytes, expected at most 65536"
    );
}

#[test]
fn rules_of_real_tokenizers_are_within_the_bounds() {
    let replace = |from: &str, to: &str| json!({"type": "Replace", "pattern": {"String": from}, "content": to});
    let normalizers = json!({"type": "Sequence", "normalizers": [
        {"type": "NFKC"}, {"type": "Lowercase"}, {"type": "NFD"}, {"type": "StripAccents"},
        replace("``", "\""), replace("x", "\u{2581}"), replace(" ", "\u{2581}"), {"type": "NFC"},
        {"type": "Prepend", "prepend": "\u{2581}"},
    ]});
    let mut file = pieces();
    file["normalizer"] = normalizers;
    // The character that Unicode's rules make most of, many times over.
    let text = "\u{fdfa} the cat".repeat(2_000);
    assert!(encode(&file, &text).unwrap().len() > 20_000);
}

#[test]
fn what_makes_the_library_panic_is_a_sentence() {
    let empty = file(
        &letters(),
        json!({
            "normalizer": {"type": "Replace", "pattern": {"Regex": ""}, "content": "b"},
            "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true},
        }),
    );
    let error = refusal(&empty);
    assert!(
        error.contains("makes the tokenizers library panic"),
        "{error}"
    );
    let undefined = json!({"SpecialToken": {"id": "[CL\u{1b}S]", "type_id": 0}});
    let template = json!({"type": "TemplateProcessing", "single": [undefined], "pair": [], "special_tokens": {}});
    let error = refusal(&file(&letters(), json!({"post_processor": template})));
    assert!(
        error.contains(r"the template names `[CL\u{1b}S]`, which is not among"),
        "{error}"
    );
    let second = json!({"Sequence": {"id": "B", "type_id": 0}});
    let template =
        json!({"type": "TemplateProcessing", "single": [second], "pair": [], "special_tokens": {}});
    let error = refusal(&file(&letters(), json!({"post_processor": template})));
    assert!(error.contains("panic"), "{error}");
    let strip = json!({"type": "Strip", "content": "a", "start": 0, "stop": 9});
    let tokenizer = read(&file(&letters(), json!({"decoder": strip}))).unwrap();
    let error = tokenizer.decode(&[0]).unwrap_err().to_string();
    assert!(error.contains("panic"), "{error}");
    let table = json!({"type": "Precompiled", "precompiled_charsmap": "AAAA"});
    let error = refusal(&file(&letters(), json!({"normalizer": table})));
    assert!(error.contains("panic"), "{error}");
}
