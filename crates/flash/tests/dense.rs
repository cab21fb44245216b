//! Rows and pooled rectangles against a dense softmax in f64.

use std::ops::Range;

use headlight_flash::{HeadView, MaxPool};
use proptest::prelude::*;

/// Queries, keys and their log-sum-exp, as a run keeps them.
#[derive(Clone, Debug)]
struct Head {
    q: Vec<f32>,
    k: Vec<f32>,
    lse: Vec<f32>,
    d_head: usize,
    scale: f64,
    /// `[query, key]`, the weights in f64.
    dense: Vec<f64>,
}

impl Head {
    fn new(q: Vec<f32>, k: Vec<f32>, d_head: usize) -> Self {
        let scale = (d_head as f64).sqrt().recip();
        let n = q.len() / d_head;
        let (mut lse, mut dense) = (Vec::new(), vec![0.0; n * n]);
        for query in 0..n {
            let of = |values: &[f32], row: usize| -> Vec<f64> {
                let row = &values[row * d_head..][..d_head];
                row.iter().copied().map(f64::from).collect()
            };
            let q = of(&q, query);
            let score = |key| {
                let products = q.iter().zip(of(&k, key)).map(|(a, b)| a * b);
                scale * products.sum::<f64>()
            };
            let scores: Vec<f64> = (0..=query).map(score).collect();
            let max = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = scores.iter().map(|s| (s - max).exp()).sum();
            let row_lse = max + sum.ln();
            lse.push(row_lse as f32);
            for (key, score) in scores.iter().enumerate() {
                dense[query * n + key] = (score - row_lse).exp();
            }
        }
        Self {
            q,
            k,
            lse,
            d_head,
            scale,
            dense,
        }
    }

    fn view(&self) -> HeadView<'_> {
        HeadView::new(&self.q, &self.k, &self.lse, self.d_head, self.scale)
    }

    fn seq_len(&self) -> usize {
        self.lse.len()
    }

    /// The largest weight of each cell.
    fn dense_tile(&self, queries: &Range<usize>, keys: &Range<usize>, pool: usize) -> Vec<f64> {
        let mut cells = Vec::new();
        for query in queries.clone().step_by(pool) {
            for key in keys.clone().step_by(pool) {
                let rows = query..queries.end.min(query + pool);
                let columns = key..keys.end.min(key + pool);
                let weights = rows.flat_map(|row| {
                    let columns = columns.clone();
                    columns.map(move |column| self.dense[row * self.seq_len() + column])
                });
                cells.push(weights.fold(0.0, f64::max));
            }
        }
        cells
    }

    fn tile(&self, queries: Range<usize>, keys: Range<usize>, pool: usize) -> Vec<f32> {
        let mut pooled = MaxPool::new(queries.clone(), keys.clone(), pool);
        self.view()
            .for_each_row(queries, keys, |query, row| pooled.push_row(query, row));
        pooled.into_cells()
    }
}

/// Scores of such heads reach about 5, where f32 leaves 1e-6 of a weight.
fn head() -> impl Strategy<Value = Head> {
    (1_usize..80, 1_usize..70).prop_flat_map(|(n, d_head)| {
        let values = || prop::collection::vec(-1.7_f32..1.7, n * d_head);
        (values(), values()).prop_map(move |(q, k)| Head::new(q, k, d_head))
    })
}

fn part(n: usize) -> impl Strategy<Value = Range<usize>> {
    (0..=n, 0..=n).prop_map(|(a, b)| a.min(b)..a.max(b))
}

fn head_and_rectangle() -> impl Strategy<Value = (Head, Range<usize>, Range<usize>, usize)> {
    head().prop_flat_map(|head| {
        let n = head.seq_len();
        // Pools larger than the sequence too.
        (Just(head), part(n), part(n), 1..=n + 3)
    })
}

fn assert_close(got: &[f32], want: &[f64]) {
    assert_eq!(got.len(), want.len());
    for (index, (&got, &want)) in got.iter().zip(want).enumerate() {
        let gap = (f64::from(got) - want).abs();
        assert!(gap < 1e-6, "[{index}]: got {got}, want {want}, gap {gap:e}");
    }
}

proptest! {
    #[test]
    fn every_rectangle_is_the_dense_one((head, queries, keys, pool) in head_and_rectangle()) {
        let got = head.tile(queries.clone(), keys.clone(), pool);
        assert_close(&got, &head.dense_tile(&queries, &keys, pool));
    }

    #[test]
    fn a_row_ends_where_its_query_stands((head, queries, keys, _) in head_and_rectangle()) {
        let mut next = queries.start;
        head.view().for_each_row(queries.clone(), keys.clone(), |query, row| {
            assert_eq!(query, next);
            let seen = keys.end.min(query + 1).saturating_sub(keys.start);
            assert_eq!(row.len(), seen);
            next += 1;
        });
        assert_eq!(next, queries.end);
    }

    #[test]
    fn whole_rows_sum_to_one(head in head()) {
        let n = head.seq_len();
        head.view().for_each_row(0..n, 0..n, |query, row| {
            let sum: f64 = row.iter().copied().map(f64::from).sum();
            assert!((sum - 1.0).abs() < 2e-6, "query {query}: {sum}");
        });
    }
}

/// The width and length of the largest head that is shown.
#[test]
fn a_long_wide_head_stays_within_a_millionth() {
    let (n, d_head) = (1_024, 64);
    // Sums of four even numbers of variance 1/4 are close to normal.
    let mut state = 7_u64;
    let mut normal = || {
        let mut even = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            ((state >> 40) as f32 / (1 << 24) as f32 - 0.5) * 3_f32.sqrt()
        };
        even() + even() + even() + even()
    };
    let q: Vec<f32> = (0..n * d_head).map(|_| normal()).collect();
    let k: Vec<f32> = (0..n * d_head).map(|_| normal()).collect();
    let head = Head::new(q, k, d_head);
    assert_close(&head.tile(0..n, 0..n, 1), &head.dense);
}

#[test]
fn one_token_sees_itself() {
    let head = Head::new(vec![0.3, -2.0], vec![1.0, 0.5], 2);
    assert_close(&head.tile(0..1, 0..1, 1), &[1.0]);
    assert_close(&head.tile(0..1, 0..1, 64), &[1.0]);
}

#[test]
fn an_infinite_log_sum_exp_makes_a_row_of_zeros() {
    let mut head = Head::new(vec![1.0, 2.0, 3.0], vec![1.0, 1.0, -1.0], 1);
    head.lse[1] = f32::INFINITY;
    let tile = head.tile(0..3, 0..3, 1);
    assert_eq!(tile[3..6], [0.0; 3]);
    assert!(tile[6..].iter().all(|&weight| weight > 0.0));
}

#[test]
#[should_panic(expected = "the range 0..4 of 3 tokens")]
fn a_range_beyond_the_sequence_is_a_mistake() {
    let head = Head::new(vec![0.0; 3], vec![0.0; 3], 1);
    head.view().for_each_row(0..4, 0..3, |_, _| {});
}
