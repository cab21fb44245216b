//! Weights as people have them: other names, several files, damage.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor};
use headlight_model::{
    Architecture, NamedTensor, ShardIndex, WeightFiles, WeightSource, Weights, WeightsError,
};
use safetensors::tensor::{Dtype, TensorView};

/// Shape and values of a tensor.
type Values = (Vec<usize>, Vec<f32>);

/// Tensors by their names.
type Tensors = BTreeMap<String, Values>;

const SIZES: &str = r#""model_type": "gpt2", "vocab_size": 7, "n_positions": 5, "n_embd": 4,
    "n_layer": 2, "n_head": 2"#;

fn tied() -> Architecture {
    Architecture::from_json(format!("{{{SIZES}}}").as_bytes()).unwrap()
}

fn untied() -> Architecture {
    let json = format!(r#"{{{SIZES}, "tie_word_embeddings": false}}"#);
    Architecture::from_json(json.as_bytes()).unwrap()
}

/// Gives every tensor other numbers and keeps what it gave.
#[derive(Default)]
struct Counting {
    next: f32,
    given: Tensors,
}

impl WeightSource for Counting {
    type Error = WeightsError;

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, WeightsError> {
        let n = shape.iter().product::<usize>();
        let values: Vec<f32> = (0..n).map(|at| self.next + at as f32 * 0.5).collect();
        self.next += n as f32;
        let given = (shape.to_vec(), values.clone());
        self.given.insert(name.to_owned(), given);
        Ok(values)
    }
}

/// A model's tensors under their bare names.
fn tensors(architecture: &Architecture) -> Tensors {
    let mut source = Counting::default();
    Weights::from_source(&mut source, architecture, &Device::flex()).unwrap();
    source.given
}

fn renamed(tensors: &Tensors, name: impl Fn(&str) -> String) -> Tensors {
    let all = tensors.iter();
    all.map(|(bare, values)| (name(bare), values.clone()))
        .collect()
}

fn file(tensors: &Tensors) -> Vec<u8> {
    let bytes: Vec<(&String, &Vec<usize>, Vec<u8>)> = tensors
        .iter()
        .map(|(name, (shape, values))| {
            let bytes = values.iter().flat_map(|x| x.to_le_bytes()).collect();
            (name, shape, bytes)
        })
        .collect();
    let views = bytes.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F32, (*shape).clone(), bytes).unwrap();
        (name.as_str(), view)
    });
    safetensors::serialize(views, None).unwrap()
}

/// A file with a header of one's own.
fn file_of(header: &str, data: &[u8]) -> Vec<u8> {
    let length = (header.len() as u64).to_le_bytes();
    [&length[..], header.as_bytes(), data].concat()
}

/// What was read, under bare names.
fn values(weights: &Weights) -> Tensors {
    fn read<const D: usize>(tensor: Tensor<D>) -> Values {
        let shape = tensor.dims().to_vec();
        let data = pollster::block_on(tensor.into_data_async()).unwrap();
        (shape, data.iter::<f32>().collect())
    }
    let named = weights.named().into_iter();
    named
        .map(|(name, tensor)| match tensor {
            NamedTensor::Vector(tensor) => (name, read(tensor)),
            NamedTensor::Matrix(tensor) => (name, read(tensor)),
        })
        .collect()
}

fn load(bytes: &[u8], architecture: &Architecture) -> Result<Tensors, String> {
    let weights = Weights::from_safetensors(bytes, architecture, &Device::flex());
    weights
        .map(|weights| values(&weights))
        .map_err(|error| error.to_string())
}

fn refusal(bytes: &[u8]) -> String {
    let error = load(bytes, &tied()).unwrap_err();
    assert!(!error.contains('\n') && error.len() < 400, "{error}");
    error
}

#[test]
fn a_tied_embedding_may_have_either_name() {
    let all = tensors(&tied());
    let wanted = load(&file(&all), &tied()).unwrap();
    assert_eq!(wanted, all);
    for prefix in ["", "transformer.", "module.transformer."] {
        for head in ["lm_head.weight", "module.lm_head.weight"] {
            let names = renamed(&all, |name| match name {
                "wte.weight" => head.to_owned(),
                name => format!("{prefix}{name}"),
            });
            let found = load(&file(&names), &tied());
            if head.starts_with("module.") && !prefix.starts_with("module.") {
                // Nothing else is behind that prefix.
                assert!(
                    found.unwrap_err().contains("`wte.weight`"),
                    "{prefix}{head}"
                );
            } else {
                assert_eq!(found.unwrap(), wanted, "{prefix}{head}");
            }
        }
    }
}

#[test]
fn an_untied_head_is_asked_for() {
    let mut all = tensors(&untied());
    assert_eq!(load(&file(&all), &untied()).unwrap(), all);
    all.remove("lm_head.weight");
    let error = load(&file(&all), &untied()).unwrap_err();
    assert!(error.contains("no tensor `lm_head.weight`"), "{error}");
}

#[test]
fn names_may_stand_behind_what_wrappers_leave() {
    let all = tensors(&untied());
    for wrapper in [
        "",
        "_orig_mod.",
        "module.",
        "model.",
        "_orig_mod.module.",
        "gpt2.model.",
    ] {
        for model in ["", "transformer."] {
            for head in [wrapper, ""] {
                let names = renamed(&all, |name| match name {
                    "lm_head.weight" => format!("{head}{name}"),
                    name => format!("{wrapper}{model}{name}"),
                });
                assert_eq!(
                    load(&file(&names), &untied()).unwrap(),
                    all,
                    "{wrapper}{model}"
                );
            }
        }
    }
    // Masks of old checkpoints are no weights behind a wrapper either.
    let mut names = renamed(&all, |name| format!("_orig_mod.transformer.{name}"));
    let mask = (vec![1, 1, 5, 5], vec![f32::NAN; 25]);
    names.insert("_orig_mod.transformer.h.0.attn.bias".to_owned(), mask);
    assert!(load(&file(&names), &untied()).is_ok());
}

#[test]
fn a_missing_tensor_is_named_beside_one_that_is_there() {
    let all = renamed(&tensors(&tied()), |name| name.replace("ln_", "norm"));
    let error = refusal(&file(&all));
    assert!(error.contains("no tensor `h.0.ln_2.weight`"), "{error}");
    assert!(
        error.contains("the nearest it has is `h.0.norm2.weight`"),
        "{error}"
    );
    let error = refusal(&file(&Tensors::new()));
    assert_eq!(
        error,
        "model.safetensors has no tensors, expected those that config.json asks for"
    );
}

#[test]
fn foreign_names_are_cut_and_escaped() {
    let mut all = tensors(&tied());
    let values = (vec![1], vec![0.0]);
    all.insert(format!("\u{1b}[2J{}", "x".repeat(1 << 20)), values);
    let error = refusal(&file(&all));
    assert!(error.contains(r"has a tensor `\u{1b}[2Jxxx"), "{error}");
}

#[test]
fn a_pointer_of_git_lfs_is_said() {
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:5c\nsize 548105171\n";
    let error = refusal(pointer);
    assert!(
        error.starts_with("model.safetensors is a Git LFS pointer"),
        "{error}"
    );
    assert!(error.contains("548105171 bytes"), "{error}");
}

#[test]
fn a_header_that_is_not_sound_is_refused() {
    let sound = file(&tensors(&tied()));
    let entry = r#"{"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}"#;
    let twice = format!(r#"{{"a": {entry}, "a": {entry}}}"#);
    let escaped = format!(r#"{{"a": {entry}, "\u0061": {entry}}}"#);
    for (bytes, part) in [
        (vec![], "has 0 bytes and begins with 0"),
        (b"\x02\0\0".to_vec(), "has 3 bytes"),
        (sound[..100].to_vec(), "has 100 bytes and begins with"),
        (
            sound[..sound.len() - 1].to_vec(),
            "but its header describes",
        ),
        ([&sound[..], b"x"].concat(), "but its header describes"),
        (
            b"<!DOCTYPE html><html>".to_vec(),
            "expected the length of a safetensors header",
        ),
        (file_of(&twice, &[0; 4]), "`a` stands there twice"),
        (file_of(&escaped, &[0; 4]), "`a` stands there twice"),
        (file_of("[]", &[]), "no sound safetensors header"),
        (file_of(r#"{"a": 1}"#, &[]), "no sound safetensors header"),
        (file_of("\u{feff}{}", &[]), "no sound safetensors header"),
        (
            // More than there is, or ever was: nothing is allocated for a claim.
            file_of(
                r#"{"a": {"dtype": "F32", "shape": [1099511627776], "data_offsets": [0, 4398046511104]}}"#,
                &[0; 4],
            ),
            "but its header describes 4398046511",
        ),
        (
            file_of(
                r#"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}"#,
                &[0; 4],
            ),
            "no sound safetensors header",
        ),
    ] {
        let error = refusal(&bytes);
        assert!(error.contains(part), "{part:?} is not in {error}");
    }
}

#[test]
fn numbers_that_no_computation_survives_are_refused() {
    let mut all = tensors(&tied());
    let put = |all: &mut Tensors, value: f32| {
        all.get_mut("h.1.mlp.c_fc.weight").unwrap().1[3] = value;
        load(&file(all), &tied())
    };
    for (value, said) in [
        (
            f32::NAN,
            "has NaN in `h.1.mlp.c_fc.weight` at index 3, expected a finite number",
        ),
        (
            f32::NEG_INFINITY,
            "has -inf in `h.1.mlp.c_fc.weight` at index 3",
        ),
        (
            3e35,
            "has 3e35 in `h.1.mlp.c_fc.weight` at index 3, expected a weight between -1e18",
        ),
        (-1.1e18, "has -1.1e18 in `h.1.mlp.c_fc.weight`"),
    ] {
        let error = put(&mut all, value).unwrap_err();
        assert!(error.contains(said), "{error}");
    }
    assert!(put(&mut all, -1e18).is_ok());
}

/// The model in two files, named as they come.
fn halves(all: &Tensors) -> [(String, Vec<u8>); 2] {
    let mut first = renamed(all, |name| format!("transformer.{name}"));
    let middle = first.keys().nth(first.len() / 2).unwrap().clone();
    let second = first.split_off(&middle);
    let named = |n: usize, tensors: &Tensors| (format!("{n}.safetensors"), file(tensors));
    [named(1, &first), named(2, &second)]
}

/// An index of two files, changed.
fn index(
    files: &[(String, Vec<u8>); 2],
    change: impl Fn(&mut BTreeMap<String, String>),
) -> ShardIndex {
    let files = files
        .iter()
        .map(|(name, bytes)| (name.clone(), &**bytes))
        .collect();
    let files = WeightFiles::open(files).unwrap();
    let names = files
        .tensors()
        .map(|(tensor, shard)| (tensor.to_owned(), shard.to_owned()));
    let mut map = names.collect();
    change(&mut map);
    let json = serde_json::json!({ "weight_map": map }).to_string();
    ShardIndex::from_json(json.as_bytes()).unwrap()
}

fn open(files: &[(String, Vec<u8>)]) -> Result<WeightFiles<&[u8]>, WeightsError> {
    WeightFiles::open(
        files
            .iter()
            .map(|(name, bytes)| (name.clone(), &**bytes))
            .collect(),
    )
}

#[test]
fn weights_in_two_files_are_one_model() {
    let all = tensors(&tied());
    let halves = halves(&all);
    let files = open(&halves).unwrap();
    index(&halves, |_| {}).check(&files).unwrap();
    let weights = Weights::from_files(&files, &tied(), &Device::flex()).unwrap();
    assert_eq!(values(&weights), all);
    assert_eq!(
        files.n_bytes(),
        halves
            .iter()
            .map(|(_, bytes)| bytes.len() as u64)
            .sum::<u64>()
    );
    // What is wrong in one of them is said of that one.
    let mut broken = all.clone();
    broken.get_mut("wte.weight").unwrap().1[0] = f32::NAN;
    let broken = self::halves(&broken);
    let broken = Weights::from_files(&open(&broken).unwrap(), &tied(), &Device::flex());
    let error = broken.unwrap_err().to_string();
    assert!(
        error.starts_with("2.safetensors has NaN in `transformer.wte.weight`"),
        "{error}"
    );
}

#[test]
fn files_that_are_not_as_the_index_says_are_refused() {
    let halves = halves(&tensors(&tied()));
    let files = open(&halves).unwrap();
    let check = |change: &dyn Fn(&mut BTreeMap<String, String>)| {
        index(&halves, change)
            .check(&files)
            .unwrap_err()
            .to_string()
    };
    let name = "transformer.wte.weight";
    let moved = check(&|map| drop(map.insert(name.to_owned(), "1.safetensors".to_owned())));
    assert_eq!(
        moved,
        "model.safetensors.index.json puts the tensor `transformer.wte.weight` into \
         1.safetensors, which does not have it"
    );
    let absent = check(&|map| drop(map.insert("x".to_owned(), "1.safetensors".to_owned())));
    assert!(
        absent.contains("puts the tensor `x` into 1.safetensors"),
        "{absent}"
    );
    let unnamed = check(&|map| drop(map.remove(name)));
    assert_eq!(
        unnamed,
        "2.safetensors has the tensor `transformer.wte.weight`, which \
         model.safetensors.index.json does not name"
    );
    let twice = [halves[0].clone(), ("again".to_owned(), halves[0].1.clone())];
    let error = open(&twice).unwrap_err().to_string();
    assert!(
        error.starts_with("1.safetensors and again both have a tensor"),
        "{error}"
    );
}
