//! Attention as it is defined, in 64-bit floats: what the others are held to.

use std::ops::Range;

use crate::inputs::Inputs;
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
    let q = &inputs.q()[query * d..][..d];
    let n_seen = problem.visible_keys(query);
    let keys = inputs.k().chunks_exact(d).take(n_seen);
    let score = |key: &[f32]| -> f64 {
        let products = q
            .iter()
            .zip(key)
            .map(|(&a, &b)| f64::from(a) * f64::from(b));
        problem.scale() * products.sum::<f64>()
    };
    let scores: Vec<f64> = keys.map(score).collect();
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
