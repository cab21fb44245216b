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

/// A text to learn from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// Its tokens.
    pub(crate) tokens: Vec<u32>,
    /// How much each token counts when it is predicted: `[pos]`; 1 is as much as any.
    /// The first token is not predicted, so its weight has no effect.
    pub(crate) weights: Vec<f32>,
}

impl Row {
    /// A text each token of which counts the same.
    pub(crate) fn even(tokens: Vec<u32>) -> Self {
        let weights = vec![1.0; tokens.len()];
        Self { tokens, weights }
    }

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
    let Nll { plain, weighted } = summed_nll(&model, rows);
    let loss = weighted / n_targets as f32;
    let gradients = GradientsParams::from_grads(loss.backward(), &model.weights);
    let nats = pollster::block_on((plain / n_targets as f32).into_scalar_async::<f32>());
    Some(Half {
        nats: nats.map_or(f64::NAN, f64::from),
        gradients,
    })
}

/// Negative log-likelihood of the rows' tokens from the second on, in nats, summed.
struct Nll {
    /// Each token once.
    plain: Tensor<1>,
    /// Each token as often as its weight says.
    weighted: Tensor<1>,
}

fn summed_nll(model: &Model, rows: &[Row]) -> Nll {
    let n = rows.iter().map(Row::n_targets).max().unwrap_or(0);
    let batch = rows.len();
    let (mut inputs, mut targets) = (Vec::new(), Vec::new());
    let (mut is_there, mut weights) = (Vec::new(), Vec::new());
    for row in rows {
        for pos in 0..n {
            // Behind the end of a row anything may stand: its weight is 0, and
            // no earlier position can see it.
            inputs.push(row.tokens.get(pos).map_or(0, |&id| id as i32));
            targets.push(row.tokens.get(pos + 1).copied().unwrap_or(0));
            is_there.push(if pos < row.n_targets() { 1.0_f32 } else { 0.0 });
            weights.push(row.weights.get(pos + 1).copied().unwrap_or(0.0));
        }
    }
    let device = model.device();
    let inputs = TensorData::new(inputs, [batch, n]);
    let logits = model.logits(Tensor::<2, Int>::from_data(inputs, &device));
    let d_vocab = logits.dims()[2];
    let nll = negative_log_likelihood(logits.reshape([batch * n, d_vocab]), &targets);
    let times = |factors: Vec<f32>| {
        let factors = TensorData::new(factors, [batch * n]);
        (nll.clone() * Tensor::<1>::from_data(factors, &device)).sum()
    };
    Nll {
        plain: times(is_there),
        weighted: times(weights),
    }
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
        (2..7).map(|n| Row::even(tokens(n))).collect()
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

    #[test]
    fn a_weight_of_two_is_the_row_twice_and_the_loss_that_is_told_stays_plain() {
        let row = &rows()[4];
        let doubled = Row {
            weights: vec![2.0; row.tokens.len()],
            ..row.clone()
        };
        let n_targets = row.n_targets();
        let gradient = |rows: &[Row]| {
            let half = half(&model(), rows, n_targets).unwrap();
            let mut sum = GradientsAccumulator::new();
            let model = model();
            sum.accumulate(&model.weights, half.gradients);
            // A plain step of gradient descent shows the gradient itself.
            let mut descent = SgdConfig::new().init();
            let weights = descent.step(1.0, model.weights, sum.grads());
            (values(&Model::new(model.architecture, weights)), half.nats)
        };
        let (twice, plain_twice) = gradient(&[row.clone(), row.clone()]);
        let (weighted, plain) = gradient(&[doubled]);
        // The same numbers, added in another order.
        for (twice, weighted) in twice.iter().zip(&weighted) {
            assert!((twice - weighted).abs() < 1e-5, "{twice} {weighted}");
        }
        assert!((plain_twice - 2.0 * plain).abs() < 1e-5);
        assert_ne!(weighted, gradient(std::slice::from_ref(row)).0);
    }
}
