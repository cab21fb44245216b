//! The folder a training run writes: the model as it is shipped, and beside it
//! what is needed to go on.
//!
//! Beside `config.json`, `model.safetensors`, `tokenizer.json` and the log lies
//! `checkpoint`, with three files that belong together: `state.json` names the
//! optimiser's state and the weights by the sums of their bytes. A run that is
//! killed at any moment leaves the old checkpoint or the new one, and a mix that
//! comes about in another way is refused. The model that is shipped has its weights in
//! f16, half the bytes of a first visit; training goes on from f32.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use burn::optim::{ModuleOptimizer, OptimizerRecord};
use burn::tensor::{Bytes, Device, Tensor};
use half::f16;
use headlight_activations::Quoted;
use headlight_engine::{Checksums, ModelFiles};
use headlight_model::{Architecture, Model, NamedTensor, Weights};
use safetensors::tensor::{Dtype, TensorView};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::log::{Log, LogLine};
use super::{Recipe, Training};
use crate::failure::Failure;
use crate::input::read_bounded;
use crate::output;

const FOLDER: &str = "checkpoint";
const STATE: &str = "state.json";
const OPTIMIZER: Part = Part {
    start: "optimizer-",
    end: ".bin",
};
const WEIGHTS: Part = Part {
    start: "weights-",
    end: ".safetensors",
};

/// A line of the log takes about 100 bytes, so this is room for 30 million steps.
const MAX_STATE_BYTES: u64 = 64 << 20;

/// State of a training.
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
    pub(super) fn advance(&mut self, tokens: usize, seconds: f64, bits: f64) -> Option<LogLine> {
        self.step += 1;
        self.tokens += tokens;
        self.seconds = seconds;
        let now = LogLine {
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

/// What `state.json` holds: how far the run has come, and the sums of the two files
/// that belong to it.
#[derive(Debug, Serialize, Deserialize)]
struct Saved<S> {
    #[serde(flatten)]
    state: S,
    optimizer_sha256: String,
    weights_sha256: String,
}

impl<S> Saved<S> {
    /// Of the weights and of the optimiser's state.
    fn file_names(&self) -> [String; 2] {
        [
            WEIGHTS.file_name(&self.weights_sha256),
            OPTIMIZER.file_name(&self.optimizer_sha256),
        ]
    }
}

/// A checkpoint as bytes.
#[derive(Debug)]
struct Parts<'a> {
    optimizer: Vec<u8>,
    /// Weights as they are trained on, in f32.
    weights: Vec<u8>,
    /// Weights as they are shipped, in f16.
    shipped: Vec<u8>,
    /// Checksums of the model's files, as they will be.
    sums: String,
    state: &'a State,
}

/// One change of the folder. A kill within a change leaves the folder as it was
/// before, but for an unfinished file of no use.
enum Change<'a> {
    Put(PathBuf, Cow<'a, [u8]>),
    Remove(PathBuf),
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
        let folder = self.out.join(FOLDER);
        std::fs::create_dir_all(&folder).map_err(|error| Failure::write(&folder, &error))?;
        Change::Remove(self.out.join(Checksums::FILE)).make()?;
        let files = [
            ("config.json", &recipe.config),
            ("tokenizer.json", &recipe.tokenizer),
        ];
        files.into_iter().try_for_each(|(name, value)| {
            output::write(&self.out.join(name), (pretty(value) + "\n").as_bytes())
        })
    }

    /// What an earlier run of the same training left.
    pub(super) fn read(
        &self,
        training: &Training,
        recipe: &Recipe<'_>,
        architecture: &Architecture,
        device: &Device,
    ) -> Result<(Weights, OptimizerRecord, State), Failure> {
        let saved = self.read_state()?;
        saved.state.check(training, recipe)?;
        let about = |name: &str| self.out.join(FOLDER).join(name).display().to_string();
        let (name, weights) = self.read_part(WEIGHTS, &saved.weights_sha256)?;
        let weights = Weights::from_safetensors(&weights, architecture, device)
            .map_err(|error| Failure::input(about(&name), error))?;
        let (name, record) = self.read_part(OPTIMIZER, &saved.optimizer_sha256)?;
        let record = OptimizerRecord::from_bytes(Bytes::from_bytes_vec(record))
            .map_err(|error| Failure::input(about(&name), error))?;
        Ok((weights, record, saved.state))
    }

    pub(super) fn write(
        &self,
        model: &Model,
        optimizer: &ModuleOptimizer,
        state: &State,
    ) -> Result<(), Failure> {
        let record = optimizer.to_record().into_bytes();
        let record = record.map_err(|error| Failure::Other(error.to_string()))?;
        let shipped = safetensors_of(&model.weights, Dtype::F16)?;
        let parts = Parts {
            optimizer: record.to_vec(),
            weights: safetensors_of(&model.weights, Dtype::F32)?,
            sums: self.sums_with(&shipped)?,
            shipped,
            state,
        };
        let made = self.changes(&parts).iter().try_for_each(Change::make);
        if made.is_err() {
            self.remove_unnamed();
        }
        made
    }

    /// The checksums of the model's files, with these weights among them.
    fn sums_with(&self, weights: &[u8]) -> Result<String, Failure> {
        let read = |name: &str| read_bounded(&self.out.join(name), u64::MAX);
        let files = ModelFiles {
            config: read("config.json")?,
            tokenizer: read("tokenizer.json")?,
            weights: weights.to_vec(),
        };
        Ok(Checksums::of(&files).to_string())
    }

    /// Takes away what a write that failed has put beside the checkpoint.
    fn remove_unnamed(&self) {
        let folder = self.out.join(FOLDER);
        let named = match self.read_state() {
            Ok(saved) => saved.file_names().to_vec(),
            Err(_) if !folder.join(STATE).exists() => Vec::new(),
            Err(_) => return,
        };
        for name in files_in(&folder) {
            if is_outdated(&name) && !named.contains(&name) {
                // The failure itself is told; what cannot be removed goes next time.
                let _removed = std::fs::remove_file(folder.join(name));
            }
        }
    }

    fn read_state(&self) -> Result<Saved<State>, Failure> {
        let path = self.out.join(FOLDER).join(STATE);
        let bytes = read_bounded(&path, MAX_STATE_BYTES).map_err(Failure::of_resume)?;
        serde_json::from_slice(&bytes)
            .map_err(|error| Failure::input(format!("--resume: {}", path.display()), error))
    }

    /// A file that the state names, and its name.
    fn read_part(&self, part: Part, sha256: &str) -> Result<(String, Vec<u8>), Failure> {
        let name = part.file_name(sha256);
        let path = self.out.join(FOLDER).join(&name);
        let bytes = read_bounded(&path, u64::MAX).map_err(Failure::of_resume)?;
        let found = sha256_of(&bytes);
        if found == sha256 {
            return Ok((name, bytes));
        }
        let message = format!(
            "{} has the sha256 {found}, expected {} as {STATE} says",
            path.display(),
            Quoted(sha256)
        );
        Err(Failure::input("--resume", message))
    }

    /// What makes a checkpoint of these parts out of the folder as it is, in order.
    ///
    /// The new files stand beside the old ones, under other names, until the state
    /// names them: that one rename is the whole step from the old checkpoint to the
    /// new. What users take from the folder follows, and is made anew by whoever
    /// resumes if a kill comes between.
    fn changes<'a>(&self, parts: &'a Parts<'a>) -> Vec<Change<'a>> {
        let folder = self.out.join(FOLDER);
        let Parts {
            optimizer,
            weights,
            shipped,
            sums,
            state,
        } = parts;
        let saved = Saved {
            state: *state,
            optimizer_sha256: sha256_of(optimizer),
            weights_sha256: sha256_of(weights),
        };
        let own = saved.file_names();
        let put = |path: PathBuf, bytes: &'a [u8]| Change::Put(path, Cow::Borrowed(bytes));
        let put_text = |path: PathBuf, text: String| Change::Put(path, text.into_bytes().into());
        let mut changes = vec![
            put(folder.join(&own[0]), weights),
            put(folder.join(&own[1]), optimizer),
            put_text(folder.join(STATE), pretty(&saved)),
        ];
        let outdated = files_in(&folder)
            .into_iter()
            .filter(|name| is_outdated(name) && !own.contains(name));
        changes.extend(outdated.map(|name| Change::Remove(folder.join(name))));
        let unfinished = files_in(&self.out)
            .into_iter()
            .filter(|name| is_unfinished(name));
        changes.extend(unfinished.map(|name| Change::Remove(self.out.join(name))));
        let sums_file = self.out.join(Checksums::FILE);
        changes.extend([
            // First, so that a kill leaves no sums rather than those of other weights.
            Change::Remove(sums_file.clone()),
            put(self.out.join("model.safetensors"), shipped),
            put(sums_file, sums.as_bytes()),
            put_text(self.out.join("log.csv"), state.log.csv()),
            put_text(self.out.join("log.svg"), state.log.svg(&state.model)),
        ]);
        changes
    }
}

impl Change<'_> {
    fn make(&self) -> Result<(), Failure> {
        match self {
            Self::Put(path, bytes) => output::write(path, bytes),
            Self::Remove(path) => match std::fs::remove_file(path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    Err(Failure::write(path, &error))
                }
                _ => Ok(()),
            },
        }
    }
}

/// How a file of a checkpoint is called but for the sum of its bytes.
#[derive(Clone, Copy)]
struct Part {
    start: &'static str,
    end: &'static str,
}

impl Part {
    /// Other bytes have another name, so no file is ever written over another.
    fn file_name(self, sha256: &str) -> String {
        let sum: String = sha256
            .chars()
            .filter(char::is_ascii_hexdigit)
            .take(16)
            .collect();
        format!("{}{sum}{}", self.start, self.end)
    }

    fn is_one(self, name: &str) -> bool {
        name.starts_with(self.start) && name.ends_with(self.end)
    }
}

/// True for a file in the folder of checkpoints that no checkpoint needs unless
/// its state names it; `optimizer.bin` is how the file was called once.
fn is_outdated(name: &str) -> bool {
    let is_part = OPTIMIZER.is_one(name) || WEIGHTS.is_one(name);
    is_part || is_unfinished(name) || ["optimizer.bin", "optimizer.part"].contains(&name)
}

/// True for what a killed run may have left.
fn is_unfinished(name: &str) -> bool {
    let [start, end] = output::UNFINISHED;
    name.starts_with(start) && name.ends_with(end)
}

/// The names of the files in a folder, in order; none if it cannot be read.
fn files_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let mut names: Vec<String> = files
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

fn sha256_of(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// A `model.safetensors` with the names of Hugging Face; `dtype` is F16, rounded to the
/// nearest, or F32.
fn safetensors_of(weights: &Weights, dtype: Dtype) -> Result<Vec<u8>, Failure> {
    let mut tensors = Vec::new();
    for (name, tensor) in weights.named() {
        let (shape, values) = match tensor {
            NamedTensor::Vector(tensor) => read(tensor)?,
            NamedTensor::Matrix(tensor) => read(tensor)?,
        };
        let bytes: Vec<u8> = match dtype {
            Dtype::F16 => {
                let halves = values.iter().map(|&x| f16::from_f32(x));
                halves.flat_map(f16::to_le_bytes).collect()
            }
            _ => values.iter().flat_map(|x| x.to_le_bytes()).collect(),
        };
        tensors.push((format!("transformer.{name}"), shape, bytes));
    }
    let views = tensors
        .iter()
        .map(|(name, shape, bytes)| {
            TensorView::new(dtype, shape.clone(), bytes).map(|view| (name.clone(), view))
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

#[cfg(test)]
mod tests;
