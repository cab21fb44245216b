//! From logits to the next token.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A sum of probabilities this close to a share has reached it: twenty times 0.05
/// are a hair more or less than 1, and five of them than 0.25.
const REACHED: f64 = 1e-9;

/// The probabilities of a row of logits, in f64.
pub(crate) fn softmax(logits: &[f32], temperature: f64) -> Vec<f64> {
    let max = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weights: Vec<f64> = logits
        .iter()
        .map(|&x| (f64::from(x - max) / temperature).exp())
        .collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|w| w / sum).collect()
}

/// Natural logarithms of the probabilities of a row of logits, in f64:
/// `[d_vocab]` to the same.
///
/// Finite for finite logits, however improbable a token is.
#[must_use]
pub fn log_probs(logits: &[f32]) -> Vec<f64> {
    let max = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    // In f64 before the difference: two finite f32 may be further apart than f32 reaches.
    let shifted = logits.iter().map(|&x| f64::from(x) - f64::from(max));
    let log_sum = shifted.clone().map(f64::exp).sum::<f64>().ln();
    shifted.map(|x| x - log_sum).collect()
}

/// The most probable tokens with their probabilities, most probable first,
/// ties to the lowest id. At most `top` of them.
#[must_use]
pub fn most_probable(logits: &[f32], top: usize) -> Vec<(u32, f64)> {
    let probs = softmax(logits, 1.0);
    let order = |&a: &usize, &b: &usize| probs[b].total_cmp(&probs[a]).then(a.cmp(&b));
    let mut ids: Vec<usize> = (0..probs.len()).collect();
    // A lens asks this of every layer and position: only what is kept is sorted.
    if top < ids.len() {
        ids.select_nth_unstable_by(top, order);
        ids.truncate(top);
    }
    ids.sort_unstable_by(order);
    ids.into_iter().map(|id| (id as u32, probs[id])).collect()
}

/// One token's probability.
///
/// # Panics
///
/// Panics if there is no such token.
#[must_use]
pub fn prob_of(logits: &[f32], id: u32) -> f64 {
    softmax(logits, 1.0)[id as usize]
}

/// The most probable token, ties to the lowest id.
fn most_probable_id(logits: &[f32]) -> u32 {
    let mut best = 0;
    for (id, logit) in logits.iter().enumerate() {
        if *logit > logits[best] {
            best = id;
        }
    }
    best as u32
}

fn by_probability(probs: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..probs.len()).collect();
    // The sort is stable, so equal probabilities keep the order of their ids.
    order.sort_by(|&a, &b| probs[b].total_cmp(&probs[a]));
    order
}

/// The next token's distribution before and after temperature and cuts.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaves {
    /// All ids, most probable first, ties to the lowest id.
    pub order: Vec<usize>,
    /// The model's own probability of each id.
    pub probs: Vec<f64>,
    /// Probabilities after the temperature; all on one id at temperature 0.
    pub heated: Vec<f64>,
    /// The probability of drawing each id: 0 for those that are cut off.
    pub drawn: Vec<f64>,
    /// Number of ids that may be drawn.
    pub n_kept: usize,
    /// The share of `heated` that may be drawn, in `[0, 1]`.
    pub mass_kept: f64,
}

/// Draws tokens: temperature, then top-k, then top-p.
#[derive(Clone, Debug)]
pub struct Sampler {
    temperature: f64,
    top_k: usize,
    top_p: f64,
    rng: ChaCha8Rng,
}

impl Sampler {
    /// A sampler whose draws depend only on `seed` and the logits it sees.
    ///
    /// Temperature 0 takes the most probable token; `top_k` 0 and `top_p` 1
    /// cut nothing off.
    #[must_use]
    pub fn new(temperature: f64, top_k: usize, top_p: f64, seed: u64) -> Self {
        Self {
            temperature,
            top_k,
            top_p,
            rng: ChaCha8Rng::seed_from_u64(seed),
        }
    }

    /// Draws the next token's id.
    ///
    /// # Panics
    ///
    /// Panics if there are no logits.
    pub fn draw(&mut self, logits: &[f32]) -> u32 {
        assert!(!logits.is_empty(), "logits of an empty vocabulary");
        if self.temperature <= 0.0 {
            return most_probable_id(logits);
        }
        let probs = softmax(logits, self.temperature);
        let mut kept = self.keep(&probs);
        // By id: two tokens that are about equally probable change places with the last
        // bits of the logits, and another device would draw the other one.
        kept.sort_unstable();
        let total: f64 = kept.iter().map(|&id| probs[id]).sum();
        let mut left = self.rng.random::<f64>() * total;
        for &id in &kept {
            left -= probs[id];
            if left < 0.0 {
                return id as u32;
            }
        }
        kept[kept.len() - 1] as u32
    }

    /// What temperature and cuts leave of a row of logits.
    ///
    /// # Panics
    ///
    /// Panics if there are no logits.
    #[must_use]
    pub fn leaves(&self, logits: &[f32]) -> Leaves {
        assert!(!logits.is_empty(), "logits of an empty vocabulary");
        let probs = softmax(logits, 1.0);
        let order = by_probability(&probs);
        let (heated, kept) = if self.temperature > 0.0 {
            let heated = softmax(logits, self.temperature);
            let kept = self.keep(&heated);
            (heated, kept)
        } else {
            let mut heated = vec![0.0; probs.len()];
            heated[order[0]] = 1.0;
            (heated, vec![order[0]])
        };
        let mass_kept: f64 = kept.iter().map(|&id| heated[id]).sum();
        let mut drawn = vec![0.0; probs.len()];
        for &id in &kept {
            drawn[id] = heated[id] / mass_kept;
        }
        Leaves {
            order,
            probs,
            heated,
            drawn,
            n_kept: kept.len(),
            mass_kept,
        }
    }

    /// The ids that the cuts leave, most probable first; at least one.
    fn keep(&self, probs: &[f64]) -> Vec<usize> {
        let mut order = by_probability(probs);
        if self.top_k > 0 {
            order.truncate(self.top_k);
        }
        if self.top_p < 1.0 {
            // The share is of what top-k left.
            let total: f64 = order.iter().map(|&id| probs[id]).sum();
            let mut sum = 0.0;
            let enough = order.iter().position(|&id| {
                sum += probs[id];
                sum / total >= self.top_p - REACHED
            });
            order.truncate(enough.map_or(order.len(), |last| last + 1));
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGITS: [f32; 5] = [0.0, 2.0, 1.0, 2.0, -1.0];

    #[test]
    fn the_last_bits_of_the_logits_do_not_change_what_is_drawn() {
        let here = [1.0, 2.0, 2.000_000_2, 0.5];
        let there = [1.0, 2.000_000_2, 2.0, 0.5];
        for seed in 0..200 {
            let draw = |logits: &[f32]| Sampler::new(1.0, 0, 1.0, seed).draw(logits);
            assert_eq!(draw(&here), draw(&there), "seed {seed}");
        }
    }

    #[test]
    fn what_is_left_is_what_is_drawn() {
        for (temperature, top_k, top_p) in
            [(1.0, 0, 1.0), (0.7, 3, 0.9), (2.0, 0, 0.6), (0.0, 0, 1.0)]
        {
            let sampler = Sampler::new(temperature, top_k, top_p, 7);
            let leaves = sampler.leaves(&LOGITS);
            assert!((leaves.drawn.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            assert_eq!(leaves.order, [1, 3, 2, 0, 4]);
            let n = 20_000;
            let mut counts = [0_u32; 5];
            let mut drawing = sampler.clone();
            for _ in 0..n {
                counts[drawing.draw(&LOGITS) as usize] += 1;
            }
            for (id, &count) in counts.iter().enumerate() {
                let expected = leaves.drawn[id];
                let found = f64::from(count) / f64::from(n);
                // Five standard deviations of a share of 20,000 draws.
                assert!(
                    (found - expected).abs() <= 5.0 * (0.25 / f64::from(n)).sqrt(),
                    "{id}"
                );
                assert_eq!(count == 0, expected == 0.0, "{id}");
            }
        }
    }

    #[test]
    fn the_cuts_say_how_much_they_keep() {
        let leaves = Sampler::new(1.0, 2, 1.0, 0).leaves(&LOGITS);
        assert_eq!(leaves.n_kept, 2);
        assert!((leaves.mass_kept - leaves.probs[1] - leaves.probs[3]).abs() < 1e-15);
        assert!((leaves.drawn[1] - 0.5).abs() < 1e-15);
    }

    #[test]
    fn ties_go_to_the_lowest_id() {
        let ids: Vec<u32> = most_probable(&LOGITS, 3)
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        assert_eq!(ids, [1, 3, 2]);
        assert_eq!(Sampler::new(0.0, 0, 1.0, 9).draw(&LOGITS), 1);
    }

    #[test]
    fn log_probs_are_the_logarithms_of_the_probabilities() {
        for (log_prob, prob) in log_probs(&LOGITS).iter().zip(softmax(&LOGITS, 1.0)) {
            assert!((log_prob - prob.ln()).abs() < 1e-15, "{log_prob}");
        }
        let apart = log_probs(&[f32::MAX, f32::MIN]);
        assert_eq!(apart, [0.0, 2.0 * f64::from(f32::MIN)]);
    }

    #[test]
    fn the_most_probable_are_the_start_of_the_whole_order() {
        // Few distinct values, so that ties straddle every cut.
        let logits: Vec<f32> = (0..40).map(|id| (id * 7 % 5) as f32).collect();
        let whole: Vec<u32> = by_probability(&softmax(&logits, 1.0))
            .into_iter()
            .map(|id| id as u32)
            .collect();
        for top in 0..=logits.len() {
            let ids: Vec<u32> = most_probable(&logits, top)
                .iter()
                .map(|&(id, _)| id)
                .collect();
            assert_eq!(ids, whole[..top]);
        }
    }

    #[test]
    fn asking_for_more_than_the_vocabulary_gives_the_vocabulary() {
        let all = most_probable(&LOGITS, 99);
        assert_eq!(all.len(), 5);
        let sum: f64 = all.iter().map(|&(_, p)| p).sum();
        assert!((sum - 1.0).abs() < 1e-12);
    }

    #[test]
    fn top_k_and_top_p_keep_the_smallest_sets() {
        let probs = [0.5, 0.3, 0.15, 0.05];
        let keep = |top_k, top_p| Sampler::new(1.0, top_k, top_p, 0).keep(&probs);
        assert_eq!(keep(0, 1.0), [0, 1, 2, 3]);
        assert_eq!(keep(2, 1.0), [0, 1]);
        assert_eq!(keep(0, 0.5), [0]);
        assert_eq!(keep(0, 0.51), [0, 1]);
        assert_eq!(keep(0, 1e-9), [0]);
        assert_eq!(
            keep(2, 0.6),
            [0],
            "0.5 of the 0.8 that top-k left is more than 0.6 of it"
        );
    }

    #[test]
    fn a_sum_that_rounding_keeps_below_the_share_has_reached_it() {
        let kept = |n: usize, top_k, top_p| {
            let leaves = Sampler::new(1.0, top_k, top_p, 0).leaves(&vec![0.0; n]);
            leaves.n_kept
        };
        let of_twenty = [0.05, 0.25, 0.3, 0.5, 0.95].map(|top_p| kept(20, 0, top_p));
        assert_eq!(of_twenty, [1, 5, 6, 10, 19]);
        // Of what top-k leaves, as of the whole.
        assert_eq!([0.3, 0.5, 0.7].map(|top_p| kept(20, 10, top_p)), [3, 5, 7]);
        for n in 2..60_usize {
            for wanted in 1..n {
                let top_p = wanted as f64 / n as f64;
                assert_eq!(kept(n, 0, top_p), wanted, "{top_p} of {n}");
            }
        }
        // More than the share by more than rounding is one token more.
        assert_eq!(kept(20, 0, 0.25 + 1e-6), 6);
    }

    #[test]
    fn draws_follow_the_probabilities() {
        let mut sampler = Sampler::new(1.0, 0, 1.0, 5);
        let n = 20_000;
        let ones = (0..n).filter(|_| sampler.draw(&LOGITS) == 1).count();
        let expected = softmax(&LOGITS, 1.0)[1];
        let rate = ones as f64 / f64::from(n);
        // Five standard deviations of a binomial rate.
        let tolerance = 5.0 * (expected * (1.0 - expected) / f64::from(n)).sqrt();
        assert!(
            (rate - expected).abs() < tolerance,
            "{rate} against {expected}"
        );
    }

    #[test]
    fn the_same_seed_draws_the_same_tokens() {
        let draw = |seed| {
            let mut sampler = Sampler::new(0.8, 0, 0.95, seed);
            (0..50).map(|_| sampler.draw(&LOGITS)).collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }
}
