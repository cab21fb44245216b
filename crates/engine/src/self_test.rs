//! The self-test: every operation the model uses, on a device against the CPU.
//!
//! A GPU that computes wrong numbers rarely says so: a rejected shader in a
//! browser leaves old values in place and reads back without an error. So each
//! operation is run on both backends with the same odd-sized inputs and the
//! results are compared, then our own kernels with their twins on the host, and
//! last the model itself is run on a few tokens.

use burn::tensor::module::embedding;
use burn::tensor::{Device, Int, Tensor, TensorData, activation};
use headlight_activations::Capture;
use headlight_kernels::matmul;
use headlight_model::{
    ActivationFunction, LogitsWanted, Model, Pace, RunError, RunRequest, Stopped,
};

use crate::{SelfTest, SelfTestCase};

#[cfg(feature = "gpu")]
mod kernels;

/// Two correct f32 implementations of these operations, on numbers of size 1
/// with sums of at most a few hundred terms, differ by rounding and by the few
/// ulp that shader languages allow `exp`, `log` and division.
const TOLERANCE: f64 = 2e-5;

/// The whole model adds up the rounding of all its layers.
const MODEL_TOLERANCE: f64 = 1e-3;

/// One operation on a device, as a flat tensor.
type Operation = fn(&Device) -> Tensor<1>;

const OPERATIONS: [(&str, Operation); 18] = [
    ("embedding lookup", |device| {
        let ids = TensorData::new(vec![3, 0, 6, 6, 1], [1, 5]);
        let ids = Tensor::<2, Int>::from_data(ids, device);
        flat(embedding(numbers(1, [7, 9], device), ids))
    }),
    ("add with broadcast", |d| {
        flat(numbers(1, [3, 5, 7], d) + numbers(2, [1, 1, 7], d))
    }),
    ("multiply and divide", |d| {
        let divisor = numbers(3, [3, 5, 1], d).exp();
        flat(numbers(1, [3, 5, 7], d) * numbers(2, [3, 5, 7], d) / divisor)
    }),
    ("mean, centre, square root", |d| {
        let x = numbers(1, [2, 5, 33], d);
        let centered = x.clone() - x.mean_dim(2);
        let variance = (centered.clone() * centered.clone()).mean_dim(2);
        flat(centered / (variance + 1e-5).sqrt())
    }),
    ("matmul 17 x 33 by 33 x 29", |d| {
        flat(matmul(numbers(1, [17, 33], d), numbers(2, [33, 29], d)))
    }),
    ("matmul 1 x 65 by 65 x 130", |d| {
        flat(matmul(numbers(1, [1, 65], d), numbers(2, [65, 130], d)))
    }),
    ("matmul by a transposed matrix", |d| {
        let matrix = numbers(2, [1, 41, 24], d).swap_dims(1, 2);
        flat(matmul(numbers(1, [1, 13, 24], d), matrix))
    }),
    ("matmul of heads", |d| {
        let keys = numbers(2, [1, 3, 19, 8], d).swap_dims(2, 3);
        flat(matmul(numbers(1, [1, 3, 11, 8], d), keys))
    }),
    ("split into heads and back", |d| {
        let x = numbers(1, [1, 5, 36], d).narrow(2, 12, 12);
        let heads = x.reshape([1, 5, 3, 4]).swap_dims(1, 2);
        flat((heads * 2.0).swap_dims(1, 2).reshape([1, 5, 12]))
    }),
    ("softmax by hand", |d| {
        let scores = numbers(1, [1, 2, 9, 21], d) * 8.0;
        let max = scores.clone().max_dim(3);
        let weights = (scores - max).exp();
        let sum = weights.clone().sum_dim(3);
        flat(weights / sum)
    }),
    ("mask", |d| {
        let mask: Vec<f32> = (0..35)
            .map(|i| if i % 7 > i / 7 { -1e30 } else { 0.0 })
            .collect();
        let mask = Tensor::<4>::from_data(TensorData::new(mask, [1, 1, 5, 7]), d);
        flat((numbers(1, [1, 2, 5, 7], d) + mask).exp())
    }),
    ("logarithm", |d| flat(numbers(1, [5, 13], d).exp().log())),
    ("concatenate and slice", |d| {
        let parts = vec![numbers(1, [1, 2, 5, 4], d), numbers(2, [1, 2, 3, 4], d)];
        flat(Tensor::cat(parts, 2).narrow(2, 3, 4))
    }),
    ("write into a slice", |d| {
        let cache = numbers(1, [1, 2, 9, 4], d);
        flat(cache.slice_assign([0..1, 0..2, 3..5, 0..4], numbers(2, [1, 2, 2, 4], d)))
    }),
    ("pick by index", |d| {
        let ids = Tensor::<2, Int>::from_data(TensorData::new(vec![4, 0, 8], [3, 1]), d);
        flat(numbers(1, [3, 9], d).gather(1, ids))
    }),
    ("relu, silu, sigmoid", |d| {
        let x = numbers(1, [3, 17], d) * 5.0;
        flat(activation::relu(x.clone()) + activation::silu(x.clone()) + activation::sigmoid(x))
    }),
    ("gelu with erf", |d| {
        flat(ActivationFunction::Gelu.apply(numbers(1, [3, 17], d) * 5.0))
    }),
    ("gelu with tanh", |d| {
        flat(ActivationFunction::GeluTanh.apply(numbers(1, [3, 17], d) * 50.0) * 0.1)
    }),
];

fn flat<const D: usize>(tensor: Tensor<D>) -> Tensor<1> {
    let count = tensor.shape().num_elements();
    tensor.reshape([count])
}

/// Numbers in `[-1, 1)` that depend only on seed and shape.
fn numbers<const D: usize>(seed: u32, shape: [usize; D], device: &Device) -> Tensor<D> {
    let values = values(seed, shape.iter().product());
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// Numbers in `[-1, 1)` that depend only on the seed.
pub(crate) fn values(seed: u32, count: usize) -> Vec<f32> {
    let mut state = seed;
    (0..count)
        .map(|_| {
            // Numerical Recipes' linear congruential generator: spread is enough here.
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        })
        .collect()
}

/// Runs every operation on `device` and on `reference`, and the model on both.
///
/// A device that fails is reported as a case without a number, never as an
/// error: the self-test's answer is what the page shows.
///
/// # Errors
///
/// Returns [`Stopped`] if `pace` says so.
pub async fn self_test<P: Pace>(
    device: (&Device, &Model),
    reference: (&Device, &Model),
    pace: &P,
) -> Result<SelfTest, Stopped> {
    let mut cases = Vec::new();
    for (name, operation) in OPERATIONS {
        let got = read(operation(device.0)).await;
        let want = read(operation(reference.0)).await;
        cases.push(compare(name.to_owned(), got, want, TOLERANCE));
        pace.pause().await?;
    }
    #[cfg(feature = "gpu")]
    for kernel in &kernels::KERNELS {
        let got = match (kernel.on)(device.0) {
            Some(tensor) => read(tensor).await,
            None => None,
        };
        let name = kernel.name.to_owned();
        cases.push(compare(name, got, Some((kernel.twin)()), TOLERANCE));
        pace.pause().await?;
    }
    let tokens: Vec<u32> = sample_tokens(reference.1);
    let got = logits(device.1, &tokens, pace).await?;
    let want = logits(reference.1, &tokens, pace).await?;
    let name = format!("the model on {} tokens", tokens.len());
    cases.push(compare(name, got, want, MODEL_TOLERANCE));
    Ok(SelfTest { cases })
}

/// A few tokens spread over the vocabulary.
pub(crate) fn sample_tokens(model: &Model) -> Vec<u32> {
    let shape = &model.architecture.shape;
    let count = shape.n_ctx.min(24);
    (0..count)
        .map(|i| ((i * 37 + 11) % shape.d_vocab) as u32)
        .collect()
}

async fn read(tensor: Tensor<1>) -> Option<Vec<f32>> {
    let data = tensor.into_data_async().await.ok()?;
    Some(data.iter::<f32>().collect())
}

async fn logits<P: Pace>(
    model: &Model,
    tokens: &[u32],
    pace: &P,
) -> Result<Option<Vec<f32>>, Stopped> {
    let capture = Capture::none();
    let request = RunRequest {
        tokens,
        capture: &capture,
        edits: &[],
        logits: LogitsWanted::All,
    };
    let output = match model.run(request, pace).await {
        Err(RunError::Stopped(stopped)) => return Err(stopped),
        Err(_) => return Ok(None),
        Ok(output) => output,
    };
    Ok(output.read().await.ok().map(|(logits, _)| logits))
}

fn compare(
    name: String,
    got: Option<Vec<f32>>,
    want: Option<Vec<f32>>,
    tolerance: f64,
) -> SelfTestCase {
    let max_abs_error = got.zip(want).and_then(|(got, want)| {
        let gaps = got.iter().zip(&want).map(|(a, b)| f64::from((a - b).abs()));
        // `f64::max` passes over NaN, which must not look like agreement.
        let is_sound = got.len() == want.len() && got.iter().all(|x| x.is_finite());
        is_sound.then(|| gaps.fold(0.0, f64::max))
    });
    SelfTestCase {
        name,
        max_abs_error,
        tolerance,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_agrees_with_itself() {
        let device = Device::flex();
        for (name, operation) in OPERATIONS {
            let read = || pollster::block_on(read(operation(&device)));
            let case = compare(name.to_owned(), read(), read(), 0.0);
            assert!(case.passed(), "{case:?}");
        }
    }

    #[test]
    fn a_wrong_number_fails() {
        let case = |got: &[f32], want: &[f32]| {
            compare(String::new(), Some(got.to_vec()), Some(want.to_vec()), 1e-3)
        };
        assert!(case(&[1.0, 2.0], &[1.0, 2.0]).passed());
        assert!(!case(&[1.0, 2.01], &[1.0, 2.0]).passed());
        assert!(!case(&[1.0, f32::NAN], &[1.0, 2.0]).passed());
        assert!(!case(&[1.0], &[1.0, 2.0]).passed());
        assert!(!compare(String::new(), None, Some(vec![]), 1.0).passed());
    }

    #[test]
    fn no_operation_gives_only_zeros() {
        // A device that answers with zeros must not pass.
        for (name, operation) in OPERATIONS {
            let values = pollster::block_on(read(operation(&Device::flex()))).unwrap();
            let size = values
                .iter()
                .map(|x| f64::from(x.abs()))
                .fold(0.0, f64::max);
            assert!(size > 10.0 * TOLERANCE, "{name}: largest value {size}");
        }
    }
}
