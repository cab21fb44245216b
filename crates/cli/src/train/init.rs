//! Weights before training, as GPT-2 draws them.

use std::convert::Infallible;

use headlight_model::WeightSource;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};

/// Matrices from N(0, 0.02), those that write into the residual stream smaller
/// by the square root of how many of them there are; gains 1, biases 0.
pub(super) struct RandomWeights {
    rng: ChaCha8Rng,
    n_writers: usize,
}

impl RandomWeights {
    pub(super) fn new(seed: u64, n_layers: usize) -> Self {
        Self {
            rng: ChaCha8Rng::seed_from_u64(seed),
            n_writers: 2 * n_layers,
        }
    }
}

impl WeightSource for RandomWeights {
    type Error = Infallible;

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Infallible> {
        let count = shape.iter().product();
        if shape.len() == 1 {
            let value = if name.contains("ln_") && name.ends_with("weight") {
                1.0
            } else {
                0.0
            };
            return Ok(vec![value; count]);
        }
        let is_writer = name.ends_with("c_proj.weight");
        let scale = if is_writer {
            (self.n_writers as f32).sqrt().recip()
        } else {
            1.0
        };
        let values = match Normal::new(0.0_f32, 0.02 * scale) {
            Ok(normal) => normal.sample_iter(&mut self.rng).take(count).collect(),
            // Only a deviation that is not finite is refused.
            Err(_) => vec![0.0; count],
        };
        Ok(values)
    }
}
