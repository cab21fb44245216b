//! What kind of head a pattern shows, in numbers.

use serde::{Deserialize, Serialize};

/// Scores of one head on one prompt, as TransformerLens's "mul" measure
/// computes them: `sum(pattern * detector) / sum(pattern)`.
///
/// That measure averages over queries that have no target too (an ideal
/// induction head on 16 distinct tokens written twice scores 0.5), so
/// [`OverTargets`] gives the mean weight over the queries that have one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeadScores {
    /// Weight on the token just before, in `[0, 1]`.
    pub previous: f64,
    /// Weight on earlier copies of the same token, in `[0, 1]`.
    pub duplicate: f64,
    /// Weight on tokens that followed earlier copies, in `[0, 1]`.
    pub induction: f64,
    /// Mean over rows of the row's entropy, in bits.
    pub entropy: f64,
    /// Mean weight on the first token over the queries after it; `None` for a
    /// single token.
    pub sink: Option<f64>,
    /// The first three over the queries that have a target.
    pub over_targets: OverTargets,
}

/// Mean weight on a detector's targets over the queries that have any; `None`
/// where none has.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OverTargets {
    /// Weight on the token just before.
    pub previous: Option<f64>,
    /// Weight on earlier copies of the same token.
    pub duplicate: Option<f64>,
    /// Weight on tokens that followed earlier copies.
    pub induction: Option<f64>,
}

impl HeadScores {
    /// The scores of a pattern `[query, key]`, row-major, over these tokens.
    ///
    /// # Panics
    ///
    /// Panics if the pattern is not `tokens.len()` squared.
    #[must_use]
    pub fn of(pattern: &[f32], tokens: &[u32]) -> Self {
        let n = tokens.len();
        assert_eq!(pattern.len(), n * n, "a pattern over {n} tokens");
        let previous = detect(pattern, n, |query, key| query == key + 1);
        let duplicate = detect(pattern, n, |q, k| k < q && tokens[q] == tokens[k]);
        let induction = detect(pattern, n, |q, k| k > 0 && tokens[q] == tokens[k - 1]);
        let first_key = pattern
            .chunks_exact(n.max(1))
            .skip(1)
            .map(|row| f64::from(row[0]));
        Self {
            previous: previous.0,
            duplicate: duplicate.0,
            induction: induction.0,
            entropy: mean(pattern.chunks_exact(n.max(1)).map(entropy_bits)).unwrap_or(0.0),
            sink: mean(first_key),
            over_targets: OverTargets {
                previous: previous.1,
                duplicate: duplicate.1,
                induction: induction.1,
            },
        }
    }
}

/// Share of all weight that is on targets, and mean weight on targets over the
/// queries that have any. A target is never behind its query.
fn detect(
    pattern: &[f32],
    n: usize,
    is_target: impl Fn(usize, usize) -> bool,
) -> (f64, Option<f64>) {
    let total: f64 = pattern.iter().copied().map(f64::from).sum();
    let on_targets: Vec<f64> = (0..n)
        .filter_map(|query| {
            let targets: Vec<usize> = (0..=query).filter(|&key| is_target(query, key)).collect();
            let weight = |&key: &usize| f64::from(pattern[query * n + key]);
            (!targets.is_empty()).then(|| targets.iter().map(weight).sum())
        })
        .collect();
    // An empty sum of floats is -0, which would be printed.
    let sum = on_targets.iter().fold(0.0, |sum, x| sum + x);
    let share = if total > 0.0 { sum / total } else { 0.0 };
    (share, mean(on_targets.into_iter()))
}

fn entropy_bits(row: &[f32]) -> f64 {
    let weights = row.iter().copied().map(f64::from).filter(|&p| p > 0.0);
    weights.map(|p| -p * p.log2()).sum()
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), x| (sum + x, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pattern that puts each query's whole weight on one key.
    fn pointing(keys: &[usize]) -> Vec<f32> {
        let n = keys.len();
        let mut pattern = vec![0.0; n * n];
        for (query, &key) in keys.iter().enumerate() {
            pattern[query * n + key] = 1.0;
        }
        pattern
    }

    #[test]
    fn an_ideal_induction_head_on_a_doubled_text_scores_half() {
        let tokens: Vec<u32> = (0..16).chain(0..16).collect();
        let keys: Vec<usize> = (0..32).map(|q| if q < 16 { 0 } else { q - 15 }).collect();
        let scores = HeadScores::of(&pointing(&keys), &tokens);
        assert!((scores.induction - 0.5).abs() < 1e-12);
        assert_eq!(scores.over_targets.induction, Some(1.0));
        assert_eq!(scores.over_targets.duplicate, Some(0.0));
    }

    #[test]
    fn a_previous_token_head_misses_only_the_first_query() {
        let scores = HeadScores::of(&pointing(&[0, 0, 1, 2]), &[5, 6, 7, 8]);
        assert!((scores.previous - 0.75).abs() < 1e-12);
        assert_eq!(scores.over_targets.previous, Some(1.0));
        assert_eq!(scores.over_targets.duplicate, None);
        assert_eq!(scores.entropy, 0.0);
        assert!((scores.sink.unwrap() - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_token_written_twice_in_a_row_is_its_own_induction_target() {
        let scores = HeadScores::of(&pointing(&[0, 1]), &[3, 3]);
        assert_eq!(scores.over_targets.induction, Some(1.0));
    }

    #[test]
    fn a_single_token_has_no_sink() {
        let scores = HeadScores::of(&[1.0], &[4]);
        assert_eq!(scores.sink, None);
        assert_eq!(scores.previous.to_bits(), 0, "not a negative zero");
    }

    #[test]
    fn an_even_row_has_the_entropy_of_its_length() {
        let scores = HeadScores::of(&[1.0, 0.0, 0.5, 0.5], &[1, 2]);
        assert!((scores.entropy - 0.5).abs() < 1e-12);
    }
}
