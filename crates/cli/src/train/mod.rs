//! Training of the shipped models.
//!
//! The schedule follows steps, not time, and every batch is a function of
//! seed and step: a run that is stopped and resumed sees what an uninterrupted
//! one would have seen.

mod checkpoint;
mod init;
mod step;
mod stories;

use std::path::PathBuf;

use burn::optim::grad_clipping::GradientClippingConfig;
use burn::optim::{AdamWConfig, ModuleOptimizer};
use burn::tensor::Device;
use headlight_engine::{Instant, now};
use headlight_model::{Architecture, Model, Weights};
use indicatif::{ProgressBar, ProgressStyle};

use crate::failure::Failure;
use checkpoint::Checkpoint;
use init::RandomWeights;
use step::{Halves, one_step};

pub(crate) use stories::{DEFAULT_STEPS, stories};

/// What to train and for how long.
#[derive(Debug)]
pub(crate) struct Training {
    pub(crate) out: PathBuf,
    pub(crate) steps: usize,
    pub(crate) minutes: Option<f64>,
    pub(crate) seed: u64,
    pub(crate) resume: bool,
}

/// A model and its data: everything that differs between the shipped models.
pub(crate) struct Recipe<'a> {
    /// `config.json` as it is written beside the weights.
    pub(crate) config: serde_json::Value,
    pub(crate) tokenizer: serde_json::Value,
    /// The rows of the batch of one step.
    pub(crate) batch: &'a mut dyn FnMut(usize) -> Vec<Vec<u32>>,
    pub(crate) peak_learning_rate: f64,
    pub(crate) warm_up_steps: usize,
}

/// A checkpoint is written at least this often.
const CHECKPOINT_SECONDS: f64 = 120.0;

/// Loss is logged as the mean over this many steps.
const LOG_STEPS: usize = 50;

/// Trains, or goes on training, until the steps or the minutes are used up.
pub(crate) fn train(training: &Training, recipe: &mut Recipe<'_>) -> Result<(), Failure> {
    let architecture = Architecture::from_json(recipe.config.to_string().as_bytes())
        .map_err(|error| Failure::Other(error.to_string()))?;
    let checkpoint = Checkpoint::new(training, recipe)?;
    let device = Device::flex().autodiff();
    let mut optimizer = optimizer();
    let (mut model, mut state) = match checkpoint.read(&architecture, &device, training)? {
        Some((model, record, state)) => {
            optimizer = optimizer.load_record(record);
            (model, state)
        }
        None => {
            let mut source = RandomWeights::new(training.seed, architecture.shape.n_layers);
            let weights = Weights::from_source(&mut source, &architecture, &device);
            let weights = weights.unwrap_or_else(|never| match never {});
            (
                Model::new(architecture, weights),
                checkpoint::State::default(),
            )
        }
    };
    let bar = progress_bar(training.steps, state.step);
    let (begun, before) = (now(), state.seconds);
    let mut saved = now();
    let mut recent = Recent::default();
    let halves = Halves::for_this_machine();
    while state.step < training.steps {
        let rows = (recipe.batch)(state.step);
        let rate = learning_rate(recipe, state.step, training.steps);
        let loss;
        (model, loss) = one_step(model, &mut optimizer, &rows, rate, halves)?;
        state.step += 1;
        state.tokens += rows.iter().map(|row| row.len() - 1).sum::<usize>();
        state.seconds = before + begun.elapsed().as_secs_f64();
        recent.add(loss);
        if let Some(mean) = recent.mean_if(state.step.is_multiple_of(LOG_STEPS)) {
            state
                .log
                .push((state.step, state.tokens, state.seconds, mean));
            bar.set_message(format!(
                "{mean:.3} bits, {:.0} tokens/s",
                rate_of(&state, before, begun)
            ));
        }
        bar.set_position(state.step as u64);
        let is_over = training
            .minutes
            .is_some_and(|m| begun.elapsed().as_secs_f64() > m * 60.0);
        if is_over || saved.elapsed().as_secs_f64() > CHECKPOINT_SECONDS {
            checkpoint.write(&model, &optimizer, &state)?;
            saved = now();
        }
        if is_over {
            break;
        }
    }
    bar.finish();
    checkpoint.write(&model, &optimizer, &state)
}

fn optimizer() -> ModuleOptimizer {
    AdamWConfig::new()
        .with_beta_2(0.99)
        .with_epsilon(1e-8)
        .with_weight_decay(0.01)
        .with_grad_clipping(Some(GradientClippingConfig::Norm(1.0)))
        .init()
}

/// Tokens per second since this process began.
fn rate_of(state: &checkpoint::State, seconds_before: f64, begun: Instant) -> f64 {
    let share = begun.elapsed().as_secs_f64() / (seconds_before + begun.elapsed().as_secs_f64());
    state.tokens as f64 * share / begun.elapsed().as_secs_f64()
}

/// The mean loss since it was last asked for.
#[derive(Default)]
struct Recent {
    sum: f64,
    count: usize,
}

impl Recent {
    fn add(&mut self, loss: f64) {
        self.sum += loss;
        self.count += 1;
    }

    fn mean_if(&mut self, is_due: bool) -> Option<f64> {
        (is_due && self.count > 0).then(|| {
            let mean = self.sum / self.count as f64;
            *self = Self::default();
            mean
        })
    }
}

/// Drawn only when stderr is a terminal.
fn progress_bar(steps: usize, done: usize) -> ProgressBar {
    let style = "{elapsed_precise} {bar:30} {pos}/{len} steps, {msg}, {eta} left";
    let style = ProgressStyle::with_template(style);
    let bar = ProgressBar::new(steps as u64).with_position(done as u64);
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Linear warm-up, then half a cosine down to a twentieth.
fn learning_rate(recipe: &Recipe<'_>, step: usize, steps: usize) -> f64 {
    let peak = recipe.peak_learning_rate;
    if step < recipe.warm_up_steps {
        return peak * (step + 1) as f64 / recipe.warm_up_steps as f64;
    }
    let span = steps.saturating_sub(recipe.warm_up_steps).max(1);
    let share = (step - recipe.warm_up_steps) as f64 / span as f64;
    let floor = 0.05;
    peak * (floor + (1.0 - floor) * 0.5 * (1.0 + (std::f64::consts::PI * share).cos()))
}
