//! How surprised a model is, for runs and for training alike.

use burn::tensor::{Int, Tensor, TensorData};

/// `-log p(target)` in nats, row by row: `[row, d_vocab]` to `[row]`.
///
/// `targets` holds one id for each row. Gradients flow into the logits.
///
/// # Panics
///
/// Panics if there is not one target for each row.
#[must_use]
pub fn negative_log_likelihood(logits: Tensor<2>, targets: &[u32]) -> Tensor<1> {
    let [n, _] = logits.dims();
    assert_eq!(n, targets.len(), "one target is needed for each row");
    if let Some(nll) = headlight_kernels::negative_log_likelihood(&logits, targets) {
        return nll;
    }
    let ids: Vec<i32> = targets.iter().map(|&id| id as i32).collect();
    let ids = Tensor::<2, Int>::from_data(TensorData::new(ids, [n, 1]), &logits.device());
    // The maximum cancels in the result, so no gradient need flow through it.
    let max = logits.clone().max_dim(1).detach();
    let shifted = logits - max;
    let log_sum = shifted.clone().exp().sum_dim(1).log();
    (log_sum - shifted.gather(1, ids)).reshape([n])
}

/// Natural logarithms of the probabilities, row by row: `[row, d_vocab]`.
///
/// Gradients flow into the logits.
#[must_use]
pub fn log_softmax(logits: Tensor<2>) -> Tensor<2> {
    // The maximum cancels in the result, so no gradient need flow through it.
    let max = logits.clone().max_dim(1).detach();
    let shifted = logits - max;
    let log_sum = shifted.clone().exp().sum_dim(1).log();
    shifted - log_sum
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    fn nll(rows: &[[f32; 3]], targets: &[u32]) -> Vec<f32> {
        let values: Vec<f32> = rows.iter().flatten().copied().collect();
        let logits = TensorData::new(values, [rows.len(), 3]);
        let logits = Tensor::<2>::from_data(logits, &Device::flex());
        let nll = negative_log_likelihood(logits, targets);
        pollster::block_on(nll.into_data_async())
            .unwrap()
            .iter::<f32>()
            .collect()
    }

    #[test]
    fn an_even_guess_costs_the_logarithm_of_the_choices() {
        let even = nll(&[[5.0; 3], [-5.0; 3]], &[0, 2]);
        // One rounding of an f32 near 1.
        assert!(even.iter().all(|x| (x - 3.0_f32.ln()).abs() < 2e-7));
    }

    #[test]
    fn log_softmax_is_minus_the_surprise_of_each_token() {
        let values = [0.3_f32, -2.0, 1.5];
        let logits = TensorData::new(values.to_vec(), [1, 3]);
        let logits = Tensor::<2>::from_data(logits, &Device::flex());
        let all = pollster::block_on(log_softmax(logits).into_data_async()).unwrap();
        let each = [0, 1, 2].map(|target| -nll(&[values], &[target])[0]);
        assert_eq!(all.iter::<f32>().collect::<Vec<_>>(), each);
    }

    #[test]
    fn an_impossible_target_costs_its_distance_and_not_infinity() {
        // exp(-200) is 0 in f32, so a logarithm of the probability would be infinite.
        assert_eq!(nll(&[[200.0, 0.0, 0.0]], &[1]), [200.0]);
        assert_eq!(nll(&[[200.0, 0.0, 0.0]], &[0]), [0.0]);
    }
}
