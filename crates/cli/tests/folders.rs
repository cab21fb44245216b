//! Model folders as people have them, by the real binary.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod process;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use process::{assert_refused, headlight, model, scratch};
use safetensors::SafeTensors;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const POINTER: &str =
    "version https://git-lfs.github.com/spec/v1\noid sha256:5c5c\nsize 548105171\n";

/// A folder of a test's own with a model that has a byte for each token.
fn folder(name: &str) -> PathBuf {
    let folder = scratch(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    for file in ["config.json", "model.safetensors", "tokenizer.json"] {
        fs::copy(model("tiny-a").join(file), folder.join(file)).unwrap();
    }
    folder
}

fn arguments(folder: &Path, prompt: &str) -> Vec<OsString> {
    let options = ["--prompt", prompt, "--json", "--backend", "cpu"].map(Into::into);
    ["run".into(), "--model".into(), folder.into()]
        .into_iter()
        .chain(options)
        .collect()
}

fn answer(folder: &Path, prompt: &str) -> Value {
    let done = headlight(arguments(folder, prompt));
    assert!(done.status.success(), "{done:?}");
    assert!(done.stderr.is_empty(), "{done:?}");
    serde_json::from_slice(&done.stdout).unwrap()
}

fn read(folder: &Path, file: &str) -> Value {
    serde_json::from_slice(&fs::read(folder.join(file)).unwrap()).unwrap()
}

fn change(folder: &Path, file: &str, change: impl FnOnce(&mut Value)) {
    let mut json = read(folder, file);
    change(&mut json);
    fs::write(folder.join(file), json.to_string()).unwrap();
}

/// The folder's tensors in one file for each of `parts`, as it names them.
fn shards(folder: &Path, part_of: impl Fn(usize) -> String) -> BTreeMap<String, String> {
    let bytes = fs::read(folder.join("model.safetensors")).unwrap();
    fs::remove_file(folder.join("model.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let mut names = tensors.names();
    names.sort_unstable();
    let mut parts = BTreeMap::<String, Vec<_>>::new();
    let mut map = BTreeMap::new();
    for (at, name) in names.into_iter().enumerate() {
        let part = part_of(at);
        map.insert(name.to_owned(), part.clone());
        let tensor = tensors.tensor(name).unwrap();
        parts.entry(part).or_default().push((name, tensor));
    }
    for (part, tensors) in parts {
        fs::write(
            folder.join(part),
            safetensors::serialize(tensors, None).unwrap(),
        )
        .unwrap();
    }
    let index = json!({"metadata": {"total_size": 1}, "weight_map": map});
    fs::write(
        folder.join("model.safetensors.index.json"),
        index.to_string(),
    )
    .unwrap();
    map
}

fn part(at: usize) -> String {
    format!("model-{:05}-of-00003.safetensors", at % 3)
}

#[test]
fn weights_in_several_files_give_the_numbers_of_one() {
    let folder = folder("shards");
    let wanted = answer(&folder, "abc");
    shards(&folder, part);
    assert_eq!(answer(&folder, "abc"), wanted);
}

#[test]
fn a_flipped_bit_of_one_of_several_files_is_said() {
    let folder = folder("shards-damaged");
    shards(&folder, part);
    let names = [
        "config.json",
        "model.safetensors.index.json",
        "tokenizer.json",
    ];
    let names = names
        .map(str::to_owned)
        .into_iter()
        .chain([part(0), part(1)]);
    let sums = names.map(|name| {
        let bytes = fs::read(folder.join(&name)).unwrap();
        format!("{:x}  {name}\n", Sha256::digest(bytes))
    });
    fs::write(folder.join("SHA256SUMS"), sums.collect::<String>()).unwrap();
    answer(&folder, "abc");
    let damaged = folder.join(part(1));
    let mut bytes = fs::read(&damaged).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&damaged, bytes).unwrap();
    assert_refused(arguments(&folder, "abc"), &[&part(1), "is damaged"]);
}

#[test]
fn files_that_are_not_as_their_index_says_are_refused() {
    let folder = folder("shards-wrong");
    let map = shards(&folder, part);
    let index = "model.safetensors.index.json";
    let name = map.keys().next().unwrap();
    let moved = |to: &str| {
        let to = to.to_owned();
        change(&folder, index, |json| json["weight_map"][name] = to.into());
    };
    moved("../model.safetensors");
    let same = "expected a file in the same folder";
    assert_refused(
        arguments(&folder, "a"),
        &[index, "`../model.safetensors`", same],
    );
    moved("gone.safetensors");
    let absent = ["gone.safetensors is not there", index];
    assert_refused(arguments(&folder, "a"), &absent);
    moved(&part(1));
    let elsewhere = ["puts the tensor", name, "which does not have it"];
    assert_refused(arguments(&folder, "a"), &elsewhere);
    moved(&part(0));
    fs::write(folder.join(part(2)), POINTER).unwrap();
    let pointer = [&*part(2), "is a Git LFS pointer", "548105171 bytes"];
    assert_refused(arguments(&folder, "a"), &pointer);
    fs::remove_file(folder.join(part(2))).unwrap();
    fs::create_dir(folder.join(part(2))).unwrap();
    assert_refused(arguments(&folder, "a"), &["is a folder, expected a file"]);
}

#[test]
fn a_pointer_in_place_of_any_file_is_said() {
    for file in ["config.json", "model.safetensors", "tokenizer.json"] {
        let folder = folder(&format!("pointer-{file}"));
        fs::write(folder.join(file), POINTER).unwrap();
        let said = format!("{file} is a Git LFS pointer");
        assert_refused(arguments(&folder, "a"), &[&said, "548105171 bytes"]);
    }
}

#[test]
fn byte_order_marks_are_passed_over() {
    let folder = folder("marks");
    let wanted = answer(&folder, "abc");
    for file in ["config.json", "tokenizer.json"] {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        fs::write(folder.join(file), format!("\u{feff}{text}")).unwrap();
    }
    assert_eq!(answer(&folder, "abc"), wanted);
    let texts = folder.join("texts.jsonl");
    fs::write(&texts, "\u{feff}{\"text\": \"ab\"}\r\n{\"text\": \"a\"}\n").unwrap();
    let capture = |out: &Path| -> Vec<OsString> {
        let options = [
            "--hooks",
            "hook_embed",
            "--pos",
            "all",
            "--backend",
            "cpu",
            "--out",
        ];
        [
            "capture".into(),
            "--model".into(),
            (&folder).into(),
            "--texts".into(),
            (&texts).into(),
        ]
        .into_iter()
        .chain(options.map(Into::into))
        .chain([out.into()])
        .collect()
    };
    let out = folder.join("out.safetensors");
    let done = headlight(capture(&out));
    assert!(done.status.success(), "{done:?}");
    // As shells of Windows write it.
    fs::write(&texts, b"\xff\xfe{\0").unwrap();
    assert_refused(capture(&out), &["texts.jsonl is UTF-16, expected UTF-8"]);
}

#[test]
fn a_configuration_without_model_type_is_told_by_its_architectures() {
    let folder = folder("no-type");
    let wanted = answer(&folder, "abc");
    let config = "config.json";
    change(&folder, config, |json| {
        drop(json.as_object_mut().unwrap().remove("model_type"));
    });
    assert_eq!(answer(&folder, "abc"), wanted);
    change(&folder, config, |json| {
        drop(json.as_object_mut().unwrap().remove("architectures"));
    });
    assert_refused(
        arguments(&folder, "a"),
        &["no model_type", "\"model_type\": \"gpt2\""],
    );
}

#[test]
fn files_are_judged_before_they_are_read() {
    // Reading any of these would take longer than a test may.
    for (file, said) in [
        ("config.json", "expected at most 8388608"),
        ("tokenizer.json", "expected at most 67108864"),
        ("model.safetensors", "expected at most 1"),
    ] {
        let folder = folder(&format!("sparse-{file}"));
        let sparse = fs::File::options()
            .write(true)
            .open(folder.join(file))
            .unwrap();
        sparse.set_len(1 << 40).unwrap();
        assert_refused(
            arguments(&folder, "a"),
            &[file, "1099511627776 bytes", said],
        );
        if Path::new("/dev/zero").exists() {
            fs::remove_file(folder.join(file)).unwrap();
            link(Path::new("/dev/zero"), &folder.join(file));
            assert_refused(
                arguments(&folder, "a"),
                &[file, "a device or a pipe, expected a file"],
            );
        }
    }
    let folder = folder("torch");
    fs::rename(
        folder.join("model.safetensors"),
        folder.join("pytorch_model.bin"),
    )
    .unwrap();
    assert_refused(
        arguments(&folder, "a"),
        &["pytorch_model.bin", "expected model.safetensors"],
    );
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) {
    std::os::unix::fs::symlink(from, to).unwrap();
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) {
    unreachable!("there is no /dev/zero");
}

#[test]
fn an_id_without_a_token_is_shown_by_its_number() {
    // The library refuses to name what the file no longer does.
    let folder = folder("padded");
    let whole = answer(&folder, "abc");
    let top = whole["next"][0].clone();
    let id = top["id"].as_u64().unwrap();
    let n_vocab = read(&folder, "config.json")["vocab_size"].as_u64().unwrap();
    // A row more than there are tokens, the same as the most probable token's twice.
    let bytes = fs::read(folder.join("model.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let wider = tensors.iter().map(|(name, tensor)| {
        let (mut shape, mut data) = (tensor.shape().to_vec(), tensor.data().to_vec());
        if name.ends_with("wte.weight") {
            let row_bytes = data.len() / shape[0];
            let row = data[id as usize * row_bytes..][..row_bytes].to_vec();
            let twice = row.as_chunks::<4>().0.iter();
            data.extend(twice.flat_map(|&x| (f32::from_le_bytes(x) * 2.0).to_le_bytes()));
            shape[0] += 1;
        }
        (name.to_owned(), tensor.dtype(), shape, data)
    });
    let wider: Vec<_> = wider.collect();
    let views = wider.iter().map(|(name, dtype, shape, data)| {
        let view = safetensors::tensor::TensorView::new(*dtype, shape.clone(), data);
        (name, view.unwrap())
    });
    fs::write(
        folder.join("model.safetensors"),
        safetensors::serialize(views, None).unwrap(),
    )
    .unwrap();
    change(&folder, "config.json", |json| {
        json["vocab_size"] = (n_vocab + 1).into();
    });
    let next = &answer(&folder, "abc")["next"][0];
    assert_eq!(next["id"], n_vocab);
    assert_eq!(next["text"], format!("<{n_vocab}>"));
    let mut table = arguments(&folder, "abc");
    table.retain(|argument| argument != "--json");
    let table = String::from_utf8(headlight(table).stdout).unwrap();
    assert!(table.contains(&format!("<{n_vocab}>")), "{table}");
}

#[test]
fn a_tokenizer_cannot_take_the_command_down() {
    let rules = |rules: Vec<Value>| json!({"type": "Sequence", "normalizers": rules});
    let double = json!({"type": "Replace", "pattern": {"Regex": "."}, "content": "aa"});
    let prepend = json!({"type": "Prepend", "prepend": "a".repeat(50 << 20)});
    let nothing = json!({"type": "Replace", "pattern": {"Regex": ""}, "content": "b"});
    for (name, part, value, said) in [
        (
            "double",
            "normalizer",
            rules(vec![double; 40]),
            "the normalizer in tokenizer.json may make",
        ),
        (
            "prepend",
            "normalizer",
            prepend,
            "a text of 52428800 bytes, expected at most 65536",
        ),
        (
            "nothing",
            "normalizer",
            nothing,
            "makes the tokenizers library panic",
        ),
        (
            "undefined",
            "post_processor",
            json!({
                "type": "TemplateProcessing", "pair": [], "special_tokens": {},
                "single": [{"SpecialToken": {"id": "[\u{1b}[2J]", "type_id": 0}}],
            }),
            r"`[\u{1b}[2J]`",
        ),
    ] {
        let folder = folder(&format!("hostile-{name}"));
        change(&folder, "tokenizer.json", |json| {
            json[part] = value;
        });
        assert_refused(arguments(&folder, "abc"), &[said]);
    }
}
