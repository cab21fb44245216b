//! The folder a training run writes: the model as it is shipped, and beside it
//! what is needed to go on.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use burn::optim::{ModuleOptimizer, OptimizerRecord};
use burn::tensor::{Bytes, Device, Tensor};
use headlight_engine::{Checksums, ModelFiles};
use headlight_model::{Architecture, Model, NamedTensor, Weights};
use safetensors::tensor::{Dtype, TensorView};
use serde::{Deserialize, Serialize};

use super::log::{Line, Log};
use super::{Recipe, Training};
use crate::failure::Failure;

const STATE: &str = "checkpoint/state.json";
const OPTIMIZER: &str = "checkpoint/optimizer.bin";
const WEIGHTS: &str = "model.safetensors";

/// How far a run has come.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct State {
    /// The model's name on the command line.
    pub(super) model: String,
    pub(super) seed: u64,
    pub(super) steps_in_all: usize,
    pub(super) step: usize,
    pub(super) tokens: usize,
    pub(super) seconds: f64,
    pub(super) log: Log,
}

impl State {
    /// Before the first step.
    pub(super) fn new(training: &Training, recipe: &Recipe<'_>) -> Self {
        Self {
            model: recipe.name.to_owned(),
            seed: training.seed,
            steps_in_all: training.steps,
            step: 0,
            tokens: 0,
            seconds: 0.0,
            log: Log::default(),
        }
    }

    /// Takes in one more step; returns the new line of the log where one is due.
    pub(super) fn advance(&mut self, tokens: usize, seconds: f64, bits: f64) -> Option<Line> {
        self.step += 1;
        self.tokens += tokens;
        self.seconds = seconds;
        let now = Line {
            step: self.step,
            tokens: self.tokens,
            seconds,
            bits,
        };
        self.log.add(now, self.step == self.steps_in_all)
    }

    /// Refuses to go on with anything but the same training.
    fn check(&self, training: &Training, recipe: &Recipe<'_>) -> Result<(), Failure> {
        if self.model != recipe.name {
            let (out, found) = (training.out.display(), &self.model);
            let message = format!("{out} holds the model {found}, expected {}", recipe.name);
            return Err(Failure::input("--resume", message));
        }
        for (option, found, expected) in [
            ("--seed", training.seed, self.seed),
            ("--steps", training.steps as u64, self.steps_in_all as u64),
        ] {
            if found != expected {
                let message = format!("is {found}, expected {expected} as in the run to resume");
                return Err(Failure::input(option, message));
            }
        }
        Ok(())
    }
}

pub(super) struct Checkpoint {
    out: PathBuf,
}

impl Checkpoint {
    /// The checkpoint in a folder, whether there is one yet or not.
    pub(super) const fn in_folder(out: PathBuf) -> Self {
        Self { out }
    }

    /// Makes the folder and writes what does not change.
    pub(super) fn begin(&self, recipe: &Recipe<'_>) -> Result<(), Failure> {
        let folder = self.out.join("checkpoint");
        std::fs::create_dir_all(&folder).map_err(|error| Failure::write(&folder, &error))?;
        self.drop_sums()?;
        self.put("config.json", (pretty(&recipe.config) + "\n").as_bytes())?;
        self.put(
            "tokenizer.json",
            (pretty(&recipe.tokenizer) + "\n").as_bytes(),
        )
    }

    /// What an earlier run of the same training left.
    pub(super) fn read(
        &self,
        training: &Training,
        recipe: &Recipe<'_>,
        architecture: &Architecture,
        device: &Device,
    ) -> Result<(Weights, OptimizerRecord, State), Failure> {
        let read = |name: &str| {
            let path = self.out.join(name);
            std::fs::read(&path).map_err(|error| {
                let message = format!("{} could not be read: {error}", path.display());
                Failure::input("--resume", message)
            })
        };
        let about = |name: &str| self.out.join(name).display().to_string();
        let state: State = serde_json::from_slice(&read(STATE)?)
            .map_err(|error| Failure::input(about(STATE), error))?;
        state.check(training, recipe)?;
        let weights = Weights::from_safetensors(&read(WEIGHTS)?, architecture, device)
            .map_err(|error| Failure::input(about(WEIGHTS), error))?;
        let record = OptimizerRecord::from_bytes(Bytes::from_bytes_vec(read(OPTIMIZER)?))
            .map_err(|error| Failure::input(about(OPTIMIZER), error))?;
        Ok((weights, record, state))
    }

    pub(super) fn write(
        &self,
        model: &Model,
        optimizer: &ModuleOptimizer,
        state: &State,
    ) -> Result<(), Failure> {
        let record = optimizer.to_record().into_bytes();
        let record = record.map_err(|error| Failure::Other(error.to_string()))?;
        let weights = safetensors_of(&model.weights)?;
        self.drop_sums()?;
        self.put(OPTIMIZER, &record)?;
        self.put(WEIGHTS, &weights)?;
        self.put(STATE, pretty(state).as_bytes())?;
        self.put("log.csv", state.log.csv().as_bytes())?;
        self.put("log.svg", state.log.svg(&state.model).as_bytes())?;
        self.put_sums(weights)
    }

    /// Takes the checksums away before the first file changes, so that a run that is killed
    /// leaves none rather than those of other files.
    fn drop_sums(&self) -> Result<(), Failure> {
        let path = self.out.join(Checksums::FILE);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Failure::write(&path, &error)),
            _ => Ok(()),
        }
    }

    /// Writes the checksums of the model as it lies there now, with these weights.
    fn put_sums(&self, weights: Vec<u8>) -> Result<(), Failure> {
        let read = |name: &str| {
            let path = self.out.join(name);
            std::fs::read(&path).map_err(|error| {
                Failure::Other(format!("{} could not be read: {error}", path.display()))
            })
        };
        let files = ModelFiles {
            config: read("config.json")?,
            tokenizer: read("tokenizer.json")?,
            weights,
        };
        self.put(
            Checksums::FILE,
            Checksums::of(&files).to_string().as_bytes(),
        )
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
