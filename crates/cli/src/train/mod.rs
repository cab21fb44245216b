//! Training of the shipped models.
//!
//! The schedule follows steps, not time, and every batch is a function of
//! seed and step: a run that is stopped and resumed sees what an uninterrupted
//! one would have seen.

mod checkpoint;
mod induction;
mod init;
mod log;
mod step;
mod stop;
mod stories;

use std::io::Write;
use std::path::PathBuf;

use burn::optim::grad_clipping::GradientClippingConfig;
use burn::optim::{AdamWConfig, ModuleOptimizer};
use burn::tensor::Device;
use headlight_engine::now;
use headlight_model::{Architecture, Model, Weights};

use crate::failure::Failure;
use crate::progress::progress_bar_with_message;
use checkpoint::{Checkpoint, State};
use init::RandomWeights;
use step::{Goal, Goals, Halves, Row, one_step};
use stop::StopSignal;

pub(crate) use induction::{DEFAULT_STEPS as INDUCTION_STEPS, induction};
pub(crate) use stories::{DEFAULT_STEPS as STORIES_STEPS, stories};

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
    /// As the command line calls it.
    pub(crate) name: &'static str,
    /// `config.json` as it is written beside the weights.
    pub(crate) config: serde_json::Value,
    pub(crate) tokenizer: serde_json::Value,
    /// The rows of the batch of one step.
    pub(crate) batch: &'a mut dyn FnMut(usize) -> Vec<Row>,
    pub(crate) peak_learning_rate: f64,
    pub(crate) warm_up_steps: usize,
}

/// A checkpoint is written at least this often.
const CHECKPOINT_SECONDS: f64 = 120.0;

/// Trains, or goes on training, until the steps or the minutes are used up or
/// somebody asks for an end; stderr says how to go on if steps are left.
pub(crate) fn train(training: &Training, recipe: &mut Recipe<'_>) -> Result<(), Failure> {
    let architecture = Architecture::from_json(recipe.config.to_string().as_bytes())
        .map_err(|error| Failure::Other(error.to_string()))?;
    let checkpoint = Checkpoint::in_folder(training.out.clone());
    let stop = StopSignal::listen()?;
    let device = Device::flex().autodiff();
    let mut optimizer = optimizer();
    let (weights, mut state) = if training.resume {
        let (weights, record, state) = checkpoint.read(training, recipe, &architecture, &device)?;
        optimizer = optimizer.load_record(record);
        (weights, state)
    } else {
        checkpoint.begin(recipe)?;
        let mut source = RandomWeights::new(training.seed, architecture.shape.n_layers);
        let weights = Weights::from_source(&mut source, &architecture, &device);
        let weights = weights.unwrap_or_else(|never| match never {});
        (weights, State::new(training, recipe))
    };
    let mut model = Model::new(architecture, weights);
    let bar = progress_bar_with_message(training.steps as u64, "steps");
    bar.set_position(state.step as u64);
    let (begun, seconds_before) = (now(), state.seconds);
    let mut saved = now();
    let halves = Halves::for_this_machine();
    while state.step < training.steps {
        let rows = (recipe.batch)(state.step);
        let rate = learning_rate(recipe, state.step, training.steps);
        let loss;
        (model, loss) = one_step(model, &mut optimizer, &rows, rate, halves)?;
        let tokens = rows.iter().map(Row::n_targets).sum();
        let seconds = seconds_before + begun.elapsed().as_secs_f64();
        if let Some(line) = state.advance(tokens, seconds, loss) {
            let per_second = line.tokens as f64 / line.seconds;
            bar.set_message(format!("{:.3} bits, {per_second:.0} tokens/s", line.bits));
        }
        bar.set_position(state.step as u64);
        let is_time_over = training
            .minutes
            .is_some_and(|m| begun.elapsed().as_secs_f64() > m * 60.0);
        if is_time_over || stop.is_set() {
            break;
        }
        if saved.elapsed().as_secs_f64() > CHECKPOINT_SECONDS {
            checkpoint.write(&model, &optimizer, &state)?;
            saved = now();
        }
    }
    bar.finish();
    checkpoint.write(&model, &optimizer, &state)?;
    if state.step < training.steps {
        say_how_to_go_on(training, &state);
    }
    Ok(())
}

fn say_how_to_go_on(training: &Training, state: &State) {
    let State {
        model,
        step,
        steps_in_all: steps,
        seed,
        ..
    } = state;
    let out = training.out.display();
    // Whoever closed stderr does not want to know.
    let _written = writeln!(
        std::io::stderr(),
        "headlight: stopped after {step} of {steps} steps; to go on: headlight train {model} \
         --out {out} --steps {steps} --seed {seed} --resume"
    );
}

fn optimizer() -> ModuleOptimizer {
    AdamWConfig::new()
        .with_beta_2(0.99)
        .with_epsilon(1e-8)
        .with_weight_decay(0.01)
        .with_grad_clipping(Some(GradientClippingConfig::Norm(1.0)))
        .init()
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
