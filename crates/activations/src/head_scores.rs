//! What kind of head a pattern shows, in numbers.

use std::collections::HashMap;
use std::iter::successors;

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
    /// Mean weight on the token itself and the three before it, over the queries
    /// from the fifth on; `None` for fewer than five tokens.
    pub nearby: Option<f64>,
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

/// Keys that are near a query, itself included.
const NEARBY: usize = 4;

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
        let mut builder = HeadScoresBuilder::new(tokens);
        for (query, row) in pattern.chunks_exact(n.max(1)).enumerate() {
            builder.push_row(query, row);
        }
        builder.finish()
    }
}

/// Scores of a head whose pattern comes row by row, so that it need never
/// exist as a whole.
#[derive(Clone, Debug)]
pub struct HeadScoresBuilder {
    /// For each position the last one before it with the same token. Following
    /// these visits the earlier copies of a token and nothing else.
    earlier_copy: Vec<Option<usize>>,
    /// Sum of all weights.
    total: f64,
    entropy: Mean,
    sink: Mean,
    nearby: Mean,
    previous: Mean,
    duplicate: Mean,
    induction: Mean,
}

impl HeadScoresBuilder {
    /// Scores over these tokens, of no row yet.
    #[must_use]
    pub fn new(tokens: &[u32]) -> Self {
        let mut latest = HashMap::new();
        let copies = tokens.iter().enumerate();
        Self {
            earlier_copy: copies
                .map(|(pos, token)| latest.insert(token, pos))
                .collect(),
            total: 0.0,
            entropy: Mean::default(),
            sink: Mean::default(),
            nearby: Mean::default(),
            previous: Mean::default(),
            duplicate: Mean::default(),
            induction: Mean::default(),
        }
    }

    /// Takes in one query's weights `[key]`, in any order of queries, each once.
    /// Keys after the query may be left off: they count as 0.
    ///
    /// # Panics
    ///
    /// Panics if there is no such query, or if the row is longer than the tokens
    /// or ends before the query.
    pub fn push_row(&mut self, query: usize, row: &[f32]) {
        let n = self.earlier_copy.len();
        assert!(
            query < row.len() && row.len() <= n,
            "query {query} has a row of {} over {n} tokens",
            row.len()
        );
        let weight = |key: usize| f64::from(row[key]);
        self.total += row.iter().copied().map(f64::from).sum::<f64>();
        self.entropy.add(entropy_bits(row));
        if query > 0 {
            self.sink.add(weight(0));
            self.previous.add(weight(query - 1));
        }
        if query >= NEARBY {
            self.nearby
                .add((query + 1 - NEARBY..=query).map(weight).sum());
        }
        if self.earlier_copy[query].is_some() {
            let copies = || successors(self.earlier_copy[query], |&copy| self.earlier_copy[copy]);
            let on_copies = copies().map(weight).sum();
            // A copy lies before its query, so what followed it is no later than that.
            let on_followers = copies().map(|copy| weight(copy + 1)).sum();
            self.duplicate.add(on_copies);
            self.induction.add(on_followers);
        }
    }

    /// The scores of the rows that came.
    #[must_use]
    pub fn finish(self) -> HeadScores {
        let share = |on_targets: &Mean| {
            if self.total > 0.0 {
                on_targets.sum / self.total
            } else {
                0.0
            }
        };
        HeadScores {
            previous: share(&self.previous),
            duplicate: share(&self.duplicate),
            induction: share(&self.induction),
            entropy: self.entropy.get().unwrap_or(0.0),
            sink: self.sink.get(),
            nearby: self.nearby.get(),
            over_targets: OverTargets {
                previous: self.previous.get(),
                duplicate: self.duplicate.get(),
                induction: self.induction.get(),
            },
        }
    }
}

/// A mean of numbers that come one by one.
#[derive(Clone, Copy, Debug, Default)]
struct Mean {
    sum: f64,
    count: u32,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }

    /// `None` where no number came.
    fn get(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / f64::from(self.count))
    }
}

fn entropy_bits(row: &[f32]) -> f64 {
    let weights = row.iter().copied().map(f64::from).filter(|&p| p > 0.0);
    weights.map(|p| -p * p.log2()).sum()
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

    /// The definition, pair by pair.
    fn weight_where(
        pattern: &[f32],
        n: usize,
        is_target: impl Fn(usize, usize) -> bool,
    ) -> (f64, Option<f64>) {
        let total: f64 = pattern.iter().copied().map(f64::from).sum();
        let rows = (0..n).filter_map(|query| {
            let targets: Vec<usize> = (0..=query).filter(|&key| is_target(query, key)).collect();
            let weight = |&key: &usize| f64::from(pattern[query * n + key]);
            (!targets.is_empty()).then(|| targets.iter().map(weight).sum::<f64>())
        });
        let rows: Vec<f64> = rows.collect();
        let sum: f64 = rows.iter().sum();
        let mean = (!rows.is_empty()).then(|| sum / rows.len() as f64);
        (sum / total, mean)
    }

    #[test]
    fn the_scores_are_those_of_the_definition() {
        let tokens = [3, 1, 3, 3, 2, 1, 3, 0, 2, 2, 3];
        let n = tokens.len();
        let weight = |pair: usize| match (pair / n, pair % n) {
            (query, key) if key <= query => ((pair * 37 % 19) as f32 + 1.0) / 64.0,
            _ => 0.0,
        };
        let pattern: Vec<f32> = (0..n * n).map(weight).collect();
        let scores = HeadScores::of(&pattern, &tokens);
        let targets = scores.over_targets;
        let close = |got: (f64, Option<f64>), want: (f64, Option<f64>)| {
            assert!((got.0 - want.0).abs() < 1e-12, "{got:?} {want:?}");
            assert!(
                (got.1.unwrap() - want.1.unwrap()).abs() < 1e-12,
                "{got:?} {want:?}"
            );
        };
        close(
            (scores.previous, targets.previous),
            weight_where(&pattern, n, |q, k| q == k + 1),
        );
        close(
            (scores.duplicate, targets.duplicate),
            weight_where(&pattern, n, |q, k| k < q && tokens[q] == tokens[k]),
        );
        close(
            (scores.induction, targets.induction),
            weight_where(&pattern, n, |q, k| k > 0 && tokens[q] == tokens[k - 1]),
        );
    }

    #[test]
    fn rows_may_come_in_any_order_and_end_at_their_query() {
        let tokens = [5, 6, 5, 5];
        let mut pattern = vec![0.0; 16];
        let mut builder = HeadScoresBuilder::new(&tokens);
        for query in [2, 0, 3, 1] {
            let row = vec![1.0 / (query + 1) as f32; query + 1];
            pattern[query * 4..][..=query].copy_from_slice(&row);
            builder.push_row(query, &row);
        }
        let (got, want) = (builder.finish(), HeadScores::of(&pattern, &tokens));
        assert!((got.entropy - want.entropy).abs() < 1e-12);
        assert!((got.induction - want.induction).abs() < 1e-12);
        assert_eq!(got.over_targets.duplicate, want.over_targets.duplicate);
    }

    #[test]
    #[should_panic(expected = "query 2 has a row of 2 over 3 tokens")]
    fn a_row_that_ends_before_its_query_is_a_mistake() {
        HeadScoresBuilder::new(&[1, 2, 3]).push_row(2, &[0.5, 0.5]);
    }
}
