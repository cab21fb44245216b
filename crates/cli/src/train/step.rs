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
use headlight_model::{Model, Weights, negative_log_likelihood};

use crate::failure::Failure;

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
/// targets of all rows, in bits per token.
///
/// # Errors
///
/// Returns an error if the loss is not a finite number.
pub(super) fn one_step(
    model: Model,
    optimizer: &mut ModuleOptimizer,
    rows: &[Vec<u32>],
    rate: f64,
    halves: Halves,
) -> Result<(Model, f64), Failure> {
    let n_targets = rows.iter().map(|row| row.len() - 1).sum();
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
    /// Summed over the half's targets, divided by those of the whole batch.
    nats: f64,
    gradients: GradientsParams,
}

/// The part of some rows in the loss over `n_targets`; nothing without rows.
fn half(model: &Model, rows: &[Vec<u32>], n_targets: usize) -> Option<Half> {
    if rows.is_empty() {
        return None;
    }
    // With a graph of its own a half never waits for the other's.
    let weights: Weights = model.weights.clone().fork(&model.device());
    let model = Model::new(model.architecture.clone(), weights);
    let loss = summed_nll(&model, rows) / n_targets as f32;
    let gradients = GradientsParams::from_grads(loss.backward(), &model.weights);
    let nats = pollster::block_on(loss.into_scalar_async::<f32>());
    Some(Half {
        nats: nats.map_or(f64::NAN, f64::from),
        gradients,
    })
}

/// Negative log-likelihood of the rows' tokens from the second on, in nats,
/// summed.
fn summed_nll(model: &Model, rows: &[Vec<u32>]) -> Tensor<1> {
    let longest = rows.iter().map(Vec::len).max().unwrap_or(0);
    let (batch, n) = (rows.len(), longest - 1);
    let (mut inputs, mut targets, mut weights) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        for pos in 0..n {
            // Behind the end of a row anything may stand: its weight is 0, and
            // no earlier position can see it.
            inputs.push(row.get(pos).map_or(0, |&id| id as i32));
            targets.push(row.get(pos + 1).copied().unwrap_or(0));
            weights.push(if pos + 1 < row.len() { 1.0_f32 } else { 0.0 });
        }
    }
    let device = model.device();
    let inputs = TensorData::new(inputs, [batch, n]);
    let logits = model.logits(Tensor::<2, Int>::from_data(inputs, &device));
    let d_vocab = logits.dims()[2];
    let nll = negative_log_likelihood(logits.reshape([batch * n, d_vocab]), &targets);
    let weights = TensorData::new(weights, [batch * n]);
    (nll * Tensor::<1>::from_data(weights, &device)).sum()
}

#[cfg(test)]
mod tests {
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
    fn rows() -> Vec<Vec<u32>> {
        (2..7)
            .map(|n| (0..n).map(|i| (i * n + 3) % 11).collect())
            .collect()
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
        let n_targets = rows.iter().map(|row| row.len() - 1).sum();
        let alone = |row: &Vec<u32>| half(&model, std::slice::from_ref(row), n_targets).unwrap();
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
}
