//! One step of the optimiser, computed in two halves.
//!
//! The rows of a batch are split into two halves, each with its own forward
//! and backward pass, and the gradients are added in a fixed order. Where the
//! machine has two cores the halves run side by side, else in turn: the sums
//! are the same, so the weights do not depend on the number of cores.
//!
//! Two threads and not more, since the models are small: with a handful of
//! rows each, matrices become too narrow to be worth their overhead.

use std::num::NonZero;
use std::thread;

use burn::module::Module;
use burn::optim::{GradientsAccumulator, GradientsParams, ModuleOptimizer};
use burn::tensor::{Int, Tensor, TensorData};
use headlight_model::{Model, Weights, log_softmax, negative_log_likelihood};

use crate::failure::Failure;

/// A text to learn from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// Its tokens.
    pub(crate) tokens: Vec<u32>,
    /// What is learnt from it.
    pub(crate) goals: Goals,
}

/// What a model learns to predict at each position of a text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Goals {
    /// The text's own next token.
    Tokens,
    /// All that could come next: one for each token but the first.
    Distributions(Vec<Goal>),
}

/// What could come next, and how much that counts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Goal {
    /// 1 is as much as any other.
    pub(crate) weight: f32,
    /// Ids and their probabilities, which sum to 1.
    pub(crate) probs: Vec<(u32, f32)>,
}

impl Row {
    /// Number of tokens to predict.
    pub(crate) fn n_targets(&self) -> usize {
        self.tokens.len().saturating_sub(1)
    }
}

/// How the halves of a batch are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Halves {
    InTurn,
    SideBySide,
}

impl Halves {
    /// Side by side if this process may use two cores.
    pub(super) fn for_this_machine() -> Self {
        match thread::available_parallelism().map_or(1, NonZero::get) {
            1 => Self::InTurn,
            _ => Self::SideBySide,
        }
    }
}

/// Moves the weights by one step; returns them and the mean loss over the
/// targets of all rows, in bits per token, all of which count the same in it.
///
/// # Errors
///
/// Returns an error if the loss is not a finite number.
pub(super) fn one_step(
    model: Model,
    optimizer: &mut ModuleOptimizer,
    rows: &[Row],
    rate: f64,
    halves: Halves,
) -> Result<(Model, f64), Failure> {
    let n_targets = rows.iter().map(Row::n_targets).sum();
    let (first, second) = rows.split_at(rows.len().div_ceil(2));
    let [first, second] = match halves {
        Halves::InTurn => [first, second].map(|rows| half(&model, rows, n_targets)),
        Halves::SideBySide => thread::scope(|scope| {
            let first = scope.spawn(|| half(&model, first, n_targets));
            let second = half(&model, second, n_targets);
            match first.join() {
                Ok(first) => [first, second],
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }),
    };
    let mut sum = GradientsAccumulator::new();
    let mut bits = 0.0;
    for half in [first, second].into_iter().flatten() {
        sum.accumulate(&model.weights, half.gradients);
        bits += half.nats / std::f64::consts::LN_2;
    }
    if !bits.is_finite() {
        let message = format!("the loss is {bits} bits per token, expected a finite number");
        return Err(Failure::Other(message));
    }
    let weights = optimizer.step(rate, model.weights, sum.grads());
    Ok((Model::new(model.architecture, weights), bits))
}

/// What one half adds to the loss and to its gradients.
struct Half {
    /// Summed over the half's targets, each counted once, divided by those of the
    /// whole batch.
    nats: f64,
    gradients: GradientsParams,
}

/// The part of some rows in the loss over `n_targets`; nothing without rows.
fn half(model: &Model, rows: &[Row], n_targets: usize) -> Option<Half> {
    if rows.is_empty() {
        return None;
    }
    // With a graph of its own a half never waits for the other's.
    let weights: Weights = model.weights.clone().fork(&model.device());
    let model = Model::new(model.architecture.clone(), weights);
    let Losses { told, learnt } = losses(&model, rows);
    let loss = learnt / n_targets as f32;
    let gradients = GradientsParams::from_grads(loss.backward(), &model.weights);
    let nats = pollster::block_on((told / n_targets as f32).into_scalar_async::<f32>());
    Some(Half {
        nats: nats.map_or(f64::NAN, f64::from),
        gradients,
    })
}

/// Sums over the rows' tokens from the second on, in nats.
struct Losses {
    /// Negative log-likelihood of the tokens: what a reader of the log compares.
    told: Tensor<1>,
    /// What the gradients are of.
    learnt: Tensor<1>,
}

fn losses(model: &Model, rows: &[Row]) -> Losses {
    let n = rows.iter().map(Row::n_targets).max().unwrap_or(0);
    let batch = rows.len();
    let (mut inputs, mut targets, mut is_there) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        for pos in 0..n {
            // Behind the end of a row anything may stand: it counts for nothing,
            // and no earlier position can see it.
            inputs.push(row.tokens.get(pos).map_or(0, |&id| id as i32));
            targets.push(row.tokens.get(pos + 1).copied().unwrap_or(0));
            is_there.push(if pos < row.n_targets() { 1.0_f32 } else { 0.0 });
        }
    }
    let device = model.device();
    let inputs = TensorData::new(inputs, [batch, n]);
    let logits = model.logits(Tensor::<2, Int>::from_data(inputs, &device));
    let d_vocab = logits.dims()[2];
    let logits = logits.reshape([batch * n, d_vocab]);
    let is_there = TensorData::new(is_there, [batch * n]);
    let is_there = Tensor::<1>::from_data(is_there, &device);
    let Some(goals) = dense_goals(rows, n, d_vocab) else {
        let told = (negative_log_likelihood(logits, &targets) * is_there).sum();
        let learnt = told.clone();
        return Losses { told, learnt };
    };
    let log_probs = log_softmax(logits);
    let ids = targets.iter().map(|&id| id as i32).collect();
    let ids = Tensor::<2, Int>::from_data(TensorData::new(ids, [batch * n, 1]), &device);
    let told = log_probs.clone().detach().gather(1, ids);
    let goals = Tensor::<2>::from_data(TensorData::new(goals, [batch * n, d_vocab]), &device);
    Losses {
        told: -(told.reshape([batch * n]) * is_there).sum(),
        learnt: -(log_probs * goals).sum(),
    }
}

/// The weighted probabilities of all goals, `[row, n, d_vocab]`; `None` where the
/// goals are the tokens themselves.
fn dense_goals(rows: &[Row], n: usize, d_vocab: usize) -> Option<Vec<f32>> {
    let mut dense = vec![0.0; rows.len() * n * d_vocab];
    for (row, into) in rows.iter().zip(dense.chunks_exact_mut(n * d_vocab)) {
        let Goals::Distributions(goals) = &row.goals else {
            return None;
        };
        for (goal, into) in goals.iter().zip(into.chunks_exact_mut(d_vocab)) {
            for &(id, prob) in &goal.probs {
                into[id as usize] = goal.weight * prob;
            }
        }
    }
    Some(dense)
}

#[cfg(test)]
mod tests {
    use burn::optim::SgdConfig;
    use burn::tensor::Device;
    use headlight_model::{Architecture, NamedTensor};

    use super::super::init::RandomWeights;
    use super::super::optimizer;
    use super::*;

    const CONFIG: &[u8] = br#"{"model_type": "gpt2", "vocab_size": 11, "n_positions": 9,
        "n_embd": 8, "n_layer": 2, "n_head": 2}"#;

    fn model() -> Model {
        let architecture = Architecture::from_json(CONFIG).unwrap();
        let device = Device::flex().autodiff();
        let mut source = RandomWeights::new(3, 2);
        let weights = Weights::from_source(&mut source, &architecture, &device).unwrap();
        Model::new(architecture, weights)
    }

    /// Five rows of different lengths, so that the halves differ in both.
    fn rows() -> Vec<Row> {
        let tokens = |n| (0..n).map(|i| (i * n + 3) % 11).collect();
        let row = |n| Row {
            tokens: tokens(n),
            goals: Goals::Tokens,
        };
        (2..7).map(row).collect()
    }

    fn values(model: &Model) -> Vec<f32> {
        let read = |tensor: NamedTensor| match tensor {
            NamedTensor::Vector(x) => pollster::block_on(x.into_data_async()),
            NamedTensor::Matrix(x) => pollster::block_on(x.into_data_async()),
        };
        let all = model.weights.named().into_iter();
        all.flat_map(|(_, tensor)| read(tensor).unwrap().iter::<f32>().collect::<Vec<_>>())
            .collect()
    }

    #[test]
    fn halves_side_by_side_give_the_same_bits_as_in_turn() {
        let after_three_steps = |halves| {
            let (mut model, mut optimizer) = (model(), optimizer());
            for _ in 0..3 {
                (model, _) = one_step(model, &mut optimizer, &rows(), 1e-2, halves).unwrap();
            }
            values(&model)
        };
        let in_turn = after_three_steps(Halves::InTurn);
        assert_ne!(in_turn, values(&model()), "nothing was learnt");
        assert_eq!(in_turn, after_three_steps(Halves::SideBySide));
    }

    #[test]
    fn the_loss_is_the_mean_over_the_targets_of_all_rows() {
        let (model, rows) = (model(), rows());
        let n_targets = rows.iter().map(Row::n_targets).sum();
        let alone = |row: &Row| half(&model, std::slice::from_ref(row), n_targets).unwrap();
        let nats: f64 = rows.iter().map(|row| alone(row).nats).sum();
        let (_, bits) =
            one_step(model.clone(), &mut optimizer(), &rows, 1e-2, Halves::InTurn).unwrap();
        // A few roundings of f32 near 2.4 nats; a padded target would add a fifth.
        assert!((bits * std::f64::consts::LN_2 - nats).abs() < 1e-5);
    }

    #[test]
    fn one_row_has_no_second_half() {
        let (_, bits) = one_step(
            model(),
            &mut optimizer(),
            &rows()[..1],
            1e-2,
            Halves::SideBySide,
        )
        .unwrap();
        // Weights before training guess evenly among the 11 tokens.
        assert!((bits - 11_f64.log2()).abs() < 0.1, "{bits} bits");
    }

    /// These rows with their own tokens as certain goals.
    fn certain(rows: &[Row], weight: f32) -> Vec<Row> {
        let goal = |&id: &u32| Goal {
            weight,
            probs: vec![(id, 1.0)],
        };
        let row = |row: &Row| Row {
            tokens: row.tokens.clone(),
            goals: Goals::Distributions(row.tokens[1..].iter().map(goal).collect()),
        };
        rows.iter().map(row).collect()
    }

    /// The weights after a step of plain gradient descent, and what the log is told.
    fn descended(rows: &[Row]) -> (Vec<f32>, f64) {
        let model = model();
        let half = half(&model, rows, 20).unwrap();
        let mut sum = GradientsAccumulator::new();
        sum.accumulate(&model.weights, half.gradients);
        let weights = SgdConfig::new()
            .init()
            .step(1.0, model.weights, sum.grads());
        (values(&Model::new(model.architecture, weights)), half.nats)
    }

    fn largest_gap(a: &[f32], b: &[f32]) -> f32 {
        let gaps = a.iter().zip(b).map(|(a, b)| (a - b).abs());
        gaps.fold(0.0, f32::max)
    }

    #[test]
    fn certain_goals_teach_what_the_tokens_teach() {
        let (tokens, told) = descended(&rows());
        let (goals, told_too) = descended(&certain(&rows(), 1.0));
        // The same sums in another order, of numbers below 1.
        assert!(largest_gap(&tokens, &goals) < 1e-6);
        assert!((told - told_too).abs() < 1e-6);
    }

    #[test]
    fn a_weight_scales_the_gradient_and_not_what_is_told() {
        let before = values(&model());
        let (once, told) = descended(&certain(&rows(), 1.0));
        let (thrice, told_too) = descended(&certain(&rows(), 3.0));
        let scaled: Vec<f32> = before
            .iter()
            .zip(&once)
            .map(|(before, once)| before + 3.0 * (once - before))
            .collect();
        assert!(largest_gap(&before, &once) > 1e-3, "nothing was learnt");
        assert!(largest_gap(&scaled, &thrice) < 1e-5);
        assert_eq!(told, told_too);
    }

    #[test]
    fn goals_teach_the_mean_of_what_each_token_would() {
        let row = |last: u32| Row {
            tokens: vec![3, 5, last],
            goals: Goals::Tokens,
        };
        let goal = |probs: &[(u32, f32)]| Goal {
            weight: 1.0,
            probs: probs.to_vec(),
        };
        let both = Row {
            goals: Goals::Distributions(vec![goal(&[(5, 1.0)]), goal(&[(1, 0.25), (2, 0.75)])]),
            ..row(1)
        };
        let ((one, _), (two, _)) = (descended(&[row(1)]), descended(&[row(2)]));
        let mean: Vec<f32> = one
            .iter()
            .zip(&two)
            .map(|(a, b)| 0.25 * a + 0.75 * b)
            .collect();
        assert!(largest_gap(&mean, &descended(&[both]).0) < 1e-6);
    }
}
