//! Attention as it is defined, in 64-bit floats: what the others are held to.

use std::ops::Range;

use crate::inputs::Inputs;
use crate::machine::Attended;
use crate::problem::Problem;

/// Output and log-sum-exp of some queries.
#[derive(Clone, Debug, PartialEq)]
pub struct DenseRows {
    /// `[query, d]`
    pub o: Vec<f64>,
    /// `[query]`, natural logarithm; infinite where a query sees nothing.
    pub lse: Vec<f64>,
    /// The largest magnitude of a score that a query sees.
    pub largest_score: f64,
}

/// Distance of a result from attention by its definition, as far as it has been looked
/// at.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gap {
    /// The largest difference of an output.
    pub output: f64,
    /// The largest difference of a log-sum-exp.
    pub lse: f64,
    /// The largest magnitude of a score that a query sees: the scale of both.
    pub largest_score: f64,
}

impl Gap {
    /// Looks at one more query of a result, and hands on what it was compared with.
    ///
    /// # Panics
    ///
    /// Panics if there is no such query.
    pub fn look_at(
        &mut self,
        inputs: &Inputs<'_>,
        is_causal: bool,
        attended: &Attended,
        query: usize,
    ) -> DenseRows {
        let dense = dense_rows(inputs, is_causal, query..query + 1);
        let output = &attended.o[query * inputs.d()..][..inputs.d()];
        for (&got, want) in output.iter().zip(&dense.o) {
            self.output = self.output.max((f64::from(got) - want).abs());
        }
        let (got, want) = (f64::from(attended.lse[query]), dense.lse[0]);
        // Where a query sees nothing both are infinite.
        if want.is_finite() {
            self.lse = self.lse.max((got - want).abs());
        }
        self.largest_score = self.largest_score.max(dense.largest_score);
        dense
    }
}

/// Softmax attention of some queries, by its definition and in f64.
///
/// A query that sees nothing has the output 0 and the log-sum-exp +inf.
///
/// # Panics
///
/// Panics if the range ends after the queries.
#[must_use]
pub fn dense_rows(inputs: &Inputs<'_>, is_causal: bool, queries: Range<usize>) -> DenseRows {
    let problem = inputs.problem(is_causal);
    let mut rows = DenseRows {
        o: Vec::with_capacity(queries.len() * problem.d),
        lse: Vec::with_capacity(queries.len()),
        largest_score: 0.0,
    };
    for query in queries {
        dense_row(inputs, &problem, query, &mut rows);
    }
    rows
}

fn dense_row(inputs: &Inputs<'_>, problem: &Problem, query: usize, rows: &mut DenseRows) {
    let d = problem.d;
    let n_seen = problem.visible_keys(query);
    let scores: Vec<f64> = (0..n_seen)
        .map(|key| inputs.exact_score(problem, query, key))
        .collect();
    let max = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = scores.iter().map(|s| (s - max).exp()).sum();
    let first = rows.o.len();
    rows.o.resize(first + d, 0.0);
    for (score, value) in scores.iter().zip(inputs.v().chunks_exact(d)) {
        let weight = (score - max).exp() / sum;
        for (o, &value) in rows.o[first..].iter_mut().zip(value) {
            *o += weight * f64::from(value);
        }
        rows.largest_score = rows.largest_score.max(score.abs());
    }
    rows.lse.push(if n_seen == 0 {
        f64::INFINITY
    } else {
        max + sum.ln()
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_the_largest_of_the_queries_looked_at() {
        let (q, k, v) = ([1.0, -3.0], [1.0, 1.0], [0.5, 1.5]);
        let inputs = Inputs::new(&q, &k, &v, 1).unwrap();
        let exact = dense_rows(&inputs, true, 0..2);
        let mut attended = Attended {
            o: exact.o.iter().map(|&o| o as f32).collect(),
            lse: exact.lse.iter().map(|&lse| lse as f32).collect(),
        };
        attended.o[1] += 0.25;
        attended.lse[0] -= 0.5;
        let mut gap = Gap::default();
        gap.look_at(&inputs, true, &attended, 0);
        assert!(gap.output < 1e-6, "{gap:?}");
        assert_eq!(gap.largest_score, 1.0);
        gap.look_at(&inputs, true, &attended, 1);
        // Both were moved by numbers that rounding to f32 leaves alone but for an ulp.
        assert!((gap.output - 0.25).abs() < 1e-6, "{gap:?}");
        assert!((gap.lse - 0.5).abs() < 1e-6, "{gap:?}");
        assert_eq!(gap.largest_score, 3.0);
    }
}
