//! The fixtures that `reference/` makes from `transformers` in f64, and the
//! devices the model is tried on.

use std::path::PathBuf;

use burn::tensor::Device;
use headlight_model::{Architecture, Model, Weights};
use safetensors::SafeTensors;
use serde_json::Value;

/// The three GPT-2 checkpoints and the attention-only one.
pub(crate) const MODELS: [&str; 4] = ["tiny-a", "tiny-b", "tiny-c", "tiny-attn"];

/// A device and how closely it must agree with f64.
pub(crate) struct Engine {
    pub(crate) name: &'static str,
    pub(crate) device: Device,
    /// Largest absolute difference of a log-probability.
    pub(crate) log_prob_tolerance: f64,
    /// Largest relative L2 difference of a captured activation.
    pub(crate) activation_tolerance: f64,
}

/// Every engine this build has; one without an adapter is skipped in words.
pub(crate) fn engines() -> Vec<Engine> {
    let flex = Engine {
        name: "flex",
        device: Device::flex(),
        // f32 `transformers` differs from f64 by 2e-6 and 5e-7 on these files:
        // room for other orders of summation, not for another formula.
        log_prob_tolerance: 2e-4,
        activation_tolerance: 1e-5,
    };
    let mut engines = vec![flex];
    engines.extend(gpu());
    engines
}

#[cfg(not(feature = "gpu"))]
fn gpu() -> Option<Engine> {
    None
}

#[cfg(feature = "gpu")]
fn gpu() -> Option<Engine> {
    use std::sync::OnceLock;
    static DEVICE: OnceLock<Option<Device>> = OnceLock::new();
    let device = DEVICE.get_or_init(|| Device::wgpu_options().init().ok());
    if device.is_none() {
        #[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
        {
            println!("skipped: no GPU adapter on this machine");
        }
    }
    device.clone().map(|device| Engine {
        name: "wgpu",
        device,
        // Drivers may fuse and approximate (exp, erf, division) within the
        // bounds WGSL allows, a few ulp each.
        log_prob_tolerance: 1e-3,
        activation_tolerance: 1e-3,
    })
}

pub(crate) fn fixture_path(parts: &str) -> PathBuf {
    PathBuf::from("../../tests/fixtures").join(parts)
}

pub(crate) fn fixture(parts: &str) -> Vec<u8> {
    let path = fixture_path(parts);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn load(name: &str, device: &Device) -> Model {
    let architecture = Architecture::from_json(&fixture(&format!("{name}/config.json"))).unwrap();
    let bytes = fixture(&format!("{name}/model.safetensors"));
    let weights = Weights::from_safetensors(&bytes, &architecture, device).unwrap();
    Model::new(architecture, weights)
}

/// One prompt of a fixture.
pub(crate) struct Prompt {
    pub(crate) key: String,
    pub(crate) json: Value,
}

pub(crate) fn prompts(name: &str) -> Vec<Prompt> {
    let json: Value = serde_json::from_slice(&fixture(&format!("{name}/expected.json"))).unwrap();
    let prompts = json["prompts"].as_array().unwrap();
    let prompt = |(i, json): (usize, &Value)| Prompt {
        key: format!("p{i}"),
        json: json.clone(),
    };
    prompts.iter().enumerate().map(prompt).collect()
}

impl Prompt {
    pub(crate) fn tokens(&self) -> Vec<u32> {
        ids(&self.json["tokens"])
    }
}

pub(crate) fn ids(json: &Value) -> Vec<u32> {
    json.as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_u64().unwrap() as u32)
        .collect()
}

/// The tensor `key` of `expected.safetensors`, as f64.
pub(crate) fn expected(file: &[u8], key: &str) -> Vec<f64> {
    let tensors = SafeTensors::deserialize(file).unwrap();
    let view = tensors
        .tensor(key)
        .unwrap_or_else(|error| panic!("{key}: {error}"));
    let data = view.data();
    match view.dtype().bitsize() {
        32 => data
            .as_chunks::<4>()
            .0
            .iter()
            .map(|&b| f64::from(f32::from_le_bytes(b)))
            .collect(),
        _ => data
            .as_chunks::<8>()
            .0
            .iter()
            .map(|&b| f64::from_le_bytes(b))
            .collect(),
    }
}
