//! Every algorithm and order against attention by its definition in f64.
//!
//! The bounds: an f32 score of size s has an error of about `2^-24 s` from each
//! of the roundings on its way, so weights and outputs err by as much relatively;
//! 2.5e-6 is 42 of these roundings. The least scale of 4 is there for scores
//! that are small, where the roundings of the sums over values dominate.

use crate::head::{Head, methods, schedule};
use headlight_flash::{Inputs, Method, Problem, chip_after, dense_rows, execute};
use proptest::prelude::*;

const BOUND: f64 = 2.5e-6;

/// The errors of output and log-sum-exp in terms of what they may be.
fn errors(head: &Head, is_causal: bool, method: Method, blocks: [usize; 2]) -> [f64; 2] {
    let inputs = head.inputs();
    let schedule = schedule(inputs.problem(is_causal), method, blocks);
    let attended = execute(inputs, &schedule).unwrap();
    let (lse, o) = (&attended.lse, &attended.o);
    let dense = dense_rows(&inputs, is_causal, 0..lse.len());
    let largest_value = head
        .v
        .iter()
        .fold(1.0_f64, |a, &v| a.max(f64::from(v).abs()));
    let scale = dense.largest_score.max(4.0);
    let mut worst = [0.0_f64; 2];
    for (&got, &want) in o.iter().zip(&dense.o) {
        let error = (f64::from(got) - want).abs() / (scale * largest_value);
        assert!(!error.is_nan());
        worst[0] = worst[0].max(error);
    }
    for (&got, &want) in lse.iter().zip(&dense.lse) {
        let same = f64::from(got) == want;
        let error = if same {
            0.0
        } else {
            (f64::from(got) - want).abs() / scale
        };
        assert!(!error.is_nan());
        worst[1] = worst[1].max(error);
    }
    worst
}

/// Random and adversarial heads, by name.
fn cases() -> Vec<(&'static str, Head)> {
    let mut cases = vec![
        ("one query and key", Head::random(1, [1, 1, 3], 1.0)),
        ("ragged tiles", Head::random(2, [37, 37, 16], 1.0)),
        ("more keys than queries", Head::random(3, [9, 40, 8], 1.0)),
        ("more queries than keys", Head::random(4, [40, 9, 8], 1.0)),
        (
            "one query, as when decoding",
            Head::random(5, [1, 100, 64], 1.0),
        ),
        ("width 1", Head::random(6, [23, 23, 1], 2.0)),
        ("width 256", Head::random(7, [33, 33, 256], 1.0)),
        ("large scores", Head::random(8, [48, 48, 32], 40.0)),
        ("huge scores", Head::random(9, [48, 48, 32], 1e4)),
        ("large values", Head::random(10, [48, 48, 8], 1.0)),
        ("tiny numbers", Head::random(11, [30, 30, 8], 1e-20)),
        ("a long sequence", Head::random(12, [500, 500, 64], 1.0)),
    ];
    let mut dominant = Head::random(13, [40, 40, 8], 1.0);
    for (index, k) in dominant.k[17 * 8..18 * 8].iter_mut().enumerate() {
        *k = if index == 0 { 80.0 } else { 0.0 };
    }
    for q in dominant.q.chunks_exact_mut(8) {
        q[0] = 5.0;
    }
    cases.push(("one dominant key", dominant));
    let mut constant = Head::random(14, [40, 40, 8], 1.0);
    constant.q.fill(0.5);
    constant.k.fill(-0.25);
    cases.push(("constant rows", constant));
    let mut rising = Head::random(15, [64, 64, 4], 1.0);
    for (index, k) in rising.k.chunks_exact_mut(4).enumerate() {
        k.fill(index as f32);
    }
    rising.q.fill(1.0);
    cases.push(("a maximum that rises with every key", rising));
    for (_, head) in cases.iter_mut().filter(|(name, _)| *name == "large values") {
        for v in &mut head.v {
            *v *= 1e6;
        }
    }
    cases
}

#[test]
fn all_are_softmax_attention() {
    let mut worst: Vec<(f64, String)> = Vec::new();
    for (name, head) in cases() {
        for blocks in [[4, 4], [16, 5], [3, 16], [1, 1], [64, 64], [1000, 1000]] {
            for is_causal in [false, true] {
                let n_key_tiles = (head.k.len() / head.d).div_ceil(blocks[1]);
                for method in methods(n_key_tiles) {
                    let of_both = errors(&head, is_causal, method, blocks);
                    for (error, what) in of_both.into_iter().zip(["O", "LSE"]) {
                        let label = format!("{name}, {what}, {blocks:?}, {is_causal}, {method:?}");
                        assert!(error <= BOUND, "{label}: {error:e}");
                        worst.push((error, label));
                    }
                }
            }
        }
    }
    worst.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (error, label) in worst.iter().take(5) {
        println!("{error:.2e} of the scale: {label}");
    }
}

/// Equal values add up to what each addition rounds the same way.
#[test]
fn a_long_row_of_equal_keys_and_values_does_not_drift() {
    let mut head = Head::random(30, [2, 8_192, 4], 1.0);
    head.k.fill(0.3);
    for v in head.v.chunks_exact_mut(4) {
        v.copy_from_slice(&[0.7, -0.3, 1.0, 0.1]);
    }
    for blocks in [[2, 7], [2, 1], [1, 64], [2, 10_000]] {
        for method in methods(8_192_usize.div_ceil(blocks[1])) {
            // FA1 writes its output, rounded, after every tile: of 8,192 tiles of one
            // key that is 8.6e-6 of the scale, the algorithm's own and not ours to mend.
            let is_fa1 = method.algorithm == headlight_flash::Algorithm::Fa1;
            if method.n_splits > 16 || (is_fa1 && blocks[1] == 1) {
                continue;
            }
            let [o, lse] = errors(&head, false, method, blocks);
            assert!(
                o <= BOUND && lse <= BOUND,
                "{o:e} {lse:e} {blocks:?} {method:?}"
            );
        }
    }
}

#[test]
fn a_row_that_sees_nothing_is_zero_with_an_infinite_log_sum_exp() {
    let head = Head::random(20, [5, 2, 4], 1.0);
    for method in methods(2) {
        let schedule = schedule(head.problem(true), method, [2, 1]);
        let attended = execute(head.inputs(), &schedule).unwrap();
        assert!(attended.o[..3 * 4].iter().all(|&o| o == 0.0), "{method:?}");
        assert!(attended.lse[..3].iter().all(|&lse| lse == f32::INFINITY));
        assert!(attended.lse[3..].iter().all(|lse| lse.is_finite()));
    }
}

/// FA2 as the paper prints it: what was summed so far is *divided* by the
/// factor of the rescale instead of multiplied.
fn with_the_papers_inverse(inputs: &Inputs<'_>, problem: &Problem, block_k: usize) -> Vec<f64> {
    let d = problem.d;
    let row = |values: &[f32], row: usize| -> Vec<f64> {
        values[row * d..][..d]
            .iter()
            .copied()
            .map(f64::from)
            .collect()
    };
    let mut out = Vec::new();
    for query in 0..problem.n_q {
        let q = row(inputs.q(), query);
        let (mut m, mut l, mut o) = (f64::NEG_INFINITY, 0.0, vec![0.0; d]);
        for first in (0..problem.n_k).step_by(block_k) {
            let keys = first..problem.n_k.min(first + block_k);
            let scores: Vec<f64> = keys
                .clone()
                .map(|key| {
                    let k = row(inputs.k(), key);
                    problem.scale() * q.iter().zip(k).map(|(a, b)| a * b).sum::<f64>()
                })
                .collect();
            let new_m = scores.iter().copied().fold(m, f64::max);
            let alpha = (m - new_m).exp();
            let inverse = if first == 0 { 0.0 } else { alpha.recip() };
            l *= alpha;
            for o in &mut o {
                *o *= inverse;
            }
            for (score, key) in scores.iter().zip(keys) {
                let weight = (score - new_m).exp();
                l += weight;
                for (o, v) in o.iter_mut().zip(row(inputs.v(), key)) {
                    *o += weight * v;
                }
            }
            m = new_m;
        }
        out.extend(o.iter().map(|o| o / l));
    }
    out
}

#[test]
fn the_papers_misprint_would_be_caught() {
    let head = Head::random(21, [24, 24, 8], 2.0);
    let inputs = head.inputs();
    let dense = dense_rows(&inputs, false, 0..24);
    let misprinted = with_the_papers_inverse(&inputs, &head.problem(false), 4);
    let gap = |o: &[f64]| {
        let errors = o.iter().zip(&dense.o).map(|(a, b)| (a - b).abs());
        errors.fold(0.0, f64::max)
    };
    assert!(gap(&misprinted) > 0.1, "{}", gap(&misprinted));
    // In one tile nothing is rescaled, and both are right.
    let one_tile = with_the_papers_inverse(&inputs, &head.problem(false), 24);
    assert!(gap(&one_tile) < 1e-12);
    let fa2 = Method::new(headlight_flash::Algorithm::Fa2);
    let ours = errors(&head, false, fa2, [4, 4]);
    assert!(ours[0] < BOUND, "{ours:?}");
}

#[test]
fn a_lazy_rescale_rescales_less_often_and_by_more_than_two_to_the_eighth() {
    let mut head = Head::random(22, [16, 16, 4], 1.0);
    for (index, k) in head.k.chunks_exact_mut(4).enumerate() {
        k.fill(index as f32 / 2.0);
    }
    head.q.fill(1.0);
    let factors = |is_lazy| -> Vec<f32> {
        let method = Method {
            is_lazy,
            ..Method::new(headlight_flash::Algorithm::Fa2)
        };
        let schedule = schedule(head.problem(false), method, [4, 2]);
        let steps = 1..=schedule.n_events();
        steps
            .filter(|&step| {
                let event = schedule.event(step - 1).unwrap();
                event.kind == headlight_flash::EventKind::Rescale && event.j != Some(0)
            })
            .flat_map(|step| chip_after(head.inputs(), &schedule, step).unwrap().alpha)
            .filter(|&alpha| alpha != 1.0)
            .collect()
    };
    let (eager, lazy) = (factors(false), factors(true));
    assert!(
        lazy.len() < eager.len() / 2,
        "{} {}",
        lazy.len(),
        eager.len()
    );
    assert!(!lazy.is_empty());
    assert!(
        lazy.iter().all(|&alpha| alpha < 2.0_f32.powi(-8)),
        "{lazy:?}"
    );
}

#[test]
fn a_score_is_in_range_if_it_is_once_scaled() {
    // 1024 x 4.9e35 is 5.0e38, beyond f32; a 32nd of that, 1.568e37, is not.
    let head = Head {
        q: vec![7e17; 1024],
        k: [vec![7e17; 1024], vec![-7e17; 1024]].concat(),
        v: [vec![1.0; 1024], vec![2.0; 1024]].concat(),
        d: 1024,
    };
    for method in methods(2) {
        let schedule = schedule(head.problem(false), method, [1, 1]);
        let attended = execute(head.inputs(), &schedule).unwrap();
        assert_eq!(attended.o, vec![1.0; 1024], "{method:?}");
        // Half an ulp of f32, from rounding what is exact in f64.
        let exact = 32.0 * f64::from(7e17_f32).powi(2);
        let error = f64::from(attended.lse[0]) / exact - 1.0;
        assert!(error.abs() < 2.0_f64.powi(-24), "{method:?}: {error}");
    }
    // Two products beyond f32 whose sum is nothing at all.
    let head = Head {
        q: vec![1e30, 1e30],
        k: vec![1e30, -1e30],
        v: vec![3.0, 4.0],
        d: 2,
    };
    for method in methods(1) {
        let schedule = schedule(head.problem(false), method, [1, 1]);
        let attended = execute(head.inputs(), &schedule).unwrap();
        assert_eq!((attended.o, attended.lse), (vec![3.0, 4.0], vec![0.0]));
    }
}

#[test]
fn a_score_that_the_mask_hides_is_a_number_too() {
    let head = Head {
        q: vec![1e30, 1e30, 1.0, 1.0],
        k: vec![1.0, -1.0, 1e30, -1e30],
        v: vec![1.0; 4],
        d: 2,
    };
    let fa2 = Method::new(headlight_flash::Algorithm::Fa2);
    let schedule = schedule(head.problem(true), fa2, [2, 2]);
    let hidden = (1..=schedule.totals().n_events)
        .filter_map(|step| {
            let chip = chip_after(head.inputs(), &schedule, step).unwrap();
            chip.s.values.get(1).copied()
        })
        .collect::<Vec<f32>>();
    assert!(!hidden.is_empty());
    assert!(hidden.iter().all(|score| !score.is_nan()), "{hidden:?}");
}

#[test]
fn numbers_beyond_f32_are_a_sentence() {
    let mut head = Head::random(23, [3, 3, 2], 1e20);
    let fa2 = Method::new(headlight_flash::Algorithm::Fa2);
    let said = |head: &Head| {
        let schedule = schedule(head.problem(true), fa2, [2, 2]);
        execute(head.inputs(), &schedule).unwrap_err().to_string()
    };
    // Rows and columns of the arrays, counted as queries and keys are: from 0.
    head.q[..4].fill(0.0);
    head.k[..2].fill(0.0);
    let expected = "the score of query 2 and key 1, row 2 and column 1 of S (counted from 0), is \
        beyond 32-bit floats, expected smaller q or k";
    assert_eq!(said(&head), expected);
    head.q.fill(0.0);
    head.v.fill(1.0);
    for row in head.v.chunks_exact_mut(2) {
        row[1] = 3e38;
    }
    let expected = "the output of query 1, row 1 and column 1 of O (counted from 0), is beyond \
        32-bit floats, expected smaller v";
    assert_eq!(said(&head), expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_sizes_and_tiles(
        seed in 0_u64..1000,
        n_q in 1_usize..40,
        n_k in 1_usize..40,
        d in 1_usize..20,
        block_q in 1_usize..20,
        block_k in 1_usize..20,
        is_causal: bool,
        size in 0.1_f32..6.0,
        which in 0_usize..100,
    ) {
        let head = Head::random(seed, [n_q, n_k, d], size);
        let methods = methods(n_k.div_ceil(block_k));
        let method = methods[which % methods.len()];
        let of_both = errors(&head, is_causal, method, [block_q, block_k]);
        prop_assert!(of_both.into_iter().all(|error| error <= BOUND), "{:?}", of_both);
    }
}
