//! The folder a training run writes: the model as it is shipped, and beside it
//! what is needed to go on.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use burn::optim::{ModuleOptimizer, OptimizerRecord};
use burn::tensor::{Device, Tensor};
use headlight_model::{Architecture, Model, NamedTensor, Weights};
use safetensors::tensor::{Dtype, TensorView};
use serde::{Deserialize, Serialize};

use super::{Recipe, Training};
use crate::failure::Failure;

/// How far a run has come.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) seed: u64,
    pub(super) steps_in_all: usize,
    pub(super) step: usize,
    pub(super) tokens: usize,
    pub(super) seconds: f64,
    /// Step, tokens so far, seconds so far, mean loss in bits per token.
    pub(super) log: Vec<(usize, usize, f64, f64)>,
}

pub(super) struct Checkpoint {
    out: PathBuf,
    seed: u64,
    steps_in_all: usize,
}

impl Checkpoint {
    /// Makes the folder and writes what does not change.
    pub(super) fn new(training: &Training, recipe: &Recipe<'_>) -> Result<Self, Failure> {
        let out = training.out.clone();
        let folder = out.join("checkpoint");
        std::fs::create_dir_all(&folder).map_err(|error| Failure::write(&folder, &error))?;
        let this = Self {
            out,
            seed: training.seed,
            steps_in_all: training.steps,
        };
        this.put("config.json", (pretty(&recipe.config) + "\n").as_bytes())?;
        this.put(
            "tokenizer.json",
            (pretty(&recipe.tokenizer) + "\n").as_bytes(),
        )?;
        Ok(this)
    }

    /// What an earlier run left, if this one is to go on from there.
    pub(super) fn read(
        &self,
        architecture: &Architecture,
        device: &Device,
        training: &Training,
    ) -> Result<Option<(Model, OptimizerRecord, State)>, Failure> {
        if !training.resume {
            return Ok(None);
        }
        let path = self.out.join("checkpoint/state.json");
        let bytes = std::fs::read(&path).map_err(|error| {
            Failure::input(
                "--resume",
                format!("{} could not be read: {error}", path.display()),
            )
        })?;
        let state: State = serde_json::from_slice(&bytes)
            .map_err(|error| Failure::input(path.display(), error))?;
        for (option, found, expected) in [
            ("--seed", training.seed, state.seed),
            ("--steps", training.steps as u64, state.steps_in_all as u64),
        ] {
            if found != expected {
                let message = format!("is {found}, expected {expected} as in the run to resume");
                return Err(Failure::input(option, message));
            }
        }
        let path = self.out.join("model.safetensors");
        let bytes = std::fs::read(&path).map_err(|error| Failure::input(path.display(), error))?;
        let weights = Weights::from_safetensors(&bytes, architecture, device)
            .map_err(|error| Failure::input(path.display(), error))?;
        let path = self.optimizer_path();
        let record =
            OptimizerRecord::load(&path).map_err(|error| Failure::input(path.display(), error))?;
        Ok(Some((
            Model::new(architecture.clone(), weights),
            record,
            state,
        )))
    }

    pub(super) fn write(
        &self,
        model: &Model,
        optimizer: &ModuleOptimizer,
        state: &State,
    ) -> Result<(), Failure> {
        let path = self.optimizer_path();
        optimizer
            .to_record()
            .save(&path)
            .map_err(|error| Failure::Other(format!("{}: {error}", path.display())))?;
        self.put("model.safetensors", &safetensors_of(&model.weights)?)?;
        let state = State {
            seed: self.seed,
            steps_in_all: self.steps_in_all,
            log: state.log.clone(),
            ..*state
        };
        self.put("checkpoint/state.json", pretty(&state).as_bytes())?;
        let mut csv = "step,tokens,seconds,loss_bits_per_token\n".to_owned();
        for (step, tokens, seconds, loss) in &state.log {
            csv += &format!("{step},{tokens},{seconds:.1},{loss:.4}\n");
        }
        self.put("training.csv", csv.as_bytes())
    }

    fn optimizer_path(&self) -> PathBuf {
        self.out.join("checkpoint/optimizer.bin")
    }

    /// Writes beside the old file and then in its place, so that a run that is
    /// killed leaves one or the other.
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.out.join(name);
        let part = path.with_extension("part");
        let write = |path: &Path| -> std::io::Result<()> {
            std::fs::write(&part, bytes)?;
            std::fs::rename(&part, path)
        };
        write(&path).map_err(|error| Failure::write(&path, &error))
    }
}

fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// A `model.safetensors` with the names of Hugging Face.
fn safetensors_of(weights: &Weights) -> Result<Vec<u8>, Failure> {
    let mut tensors = Vec::new();
    for (name, tensor) in weights.named() {
        let (shape, values) = match tensor {
            NamedTensor::Vector(tensor) => read(tensor)?,
            NamedTensor::Matrix(tensor) => read(tensor)?,
        };
        let bytes: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
        tensors.push((format!("transformer.{name}"), shape, bytes));
    }
    let views = tensors
        .iter()
        .map(|(name, shape, bytes)| {
            TensorView::new(Dtype::F32, shape.clone(), bytes).map(|view| (name.clone(), view))
        })
        .collect::<Result<Vec<_>, _>>();
    let metadata = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    views
        .and_then(|views| safetensors::serialize(views, Some(metadata)))
        .map_err(|error| Failure::Other(error.to_string()))
}

fn read<const D: usize>(tensor: Tensor<D>) -> Result<(Vec<usize>, Vec<f32>), Failure> {
    let shape = tensor.dims().to_vec();
    let data = pollster::block_on(tensor.into_data_async())
        .map_err(|error| Failure::Other(error.to_string()))?;
    Ok((shape, data.iter::<f32>().collect()))
}
