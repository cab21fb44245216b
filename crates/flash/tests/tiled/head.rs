//! Heads to attend with.

use headlight_flash::{Algorithm, Inputs, Method, Problem, Schedule, Tiling};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Queries, keys and values.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) q: Vec<f32>,
    pub(crate) k: Vec<f32>,
    pub(crate) v: Vec<f32>,
    pub(crate) d: usize,
}

impl Head {
    /// Numbers of size `scale`, from a seed.
    pub(crate) fn random(seed: u64, [n_q, n_k, d]: [usize; 3], scale: f32) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        // The sum of three even draws: near enough to normal, and bounded.
        let mut numbers = |n: usize| -> Vec<f32> {
            let draw = |rng: &mut ChaCha8Rng| rng.random_range(-1.0_f32..1.0);
            (0..n)
                .map(|_| scale * (draw(&mut rng) + draw(&mut rng) + draw(&mut rng)))
                .collect()
        };
        Self {
            q: numbers(n_q * d),
            k: numbers(n_k * d),
            v: numbers(n_k * d),
            d,
        }
    }

    pub(crate) fn inputs(&self) -> Inputs<'_> {
        Inputs::new(&self.q, &self.k, &self.v, self.d).unwrap()
    }

    pub(crate) fn problem(&self, is_causal: bool) -> Problem {
        self.inputs().problem(is_causal)
    }
}

/// Every algorithm with every option that it has, for so many key tiles.
pub(crate) fn methods(n_key_tiles: usize) -> Vec<Method> {
    let mut methods: Vec<Method> = Algorithm::ALL.map(Method::new).to_vec();
    let fa2 = Method::new(Algorithm::Fa2);
    methods.push(Method {
        is_reversed: true,
        ..Method::new(Algorithm::Fa1)
    });
    for n_splits in [1, 2, 3, n_key_tiles] {
        for (is_reversed, is_lazy) in [(true, false), (false, true), (true, true)] {
            methods.push(Method {
                is_reversed,
                is_lazy,
                n_splits: n_splits.min(n_key_tiles),
                ..fa2
            });
        }
    }
    methods
}

pub(crate) fn schedule(problem: Problem, method: Method, blocks: [usize; 2]) -> Schedule {
    let tiling = Tiling::new(blocks[0], blocks[1]).unwrap();
    Schedule::new(problem, method, Some(tiling)).unwrap()
}
