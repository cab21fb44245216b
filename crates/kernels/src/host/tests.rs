//! Our products and activations on the CPU against sums and functions in f64.

use burn::tensor::{Device, Tensor, TensorData};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::product::{Matrix, product};
use super::softmax::log_sum_exp;

fn random(n: usize, seed: u64) -> Vec<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..n).map(|_| rng.random::<f32>() * 2.0 - 1.0).collect()
}

/// How a matrix lies in memory.
#[derive(Clone, Copy, Debug)]
enum Lies {
    RowByRow,
    ColumnByColumn,
    /// With gaps between rows and between columns.
    Apart,
}

impl Lies {
    const ALL: [Self; 3] = [Self::RowByRow, Self::ColumnByColumn, Self::Apart];

    fn strides(self, rows: usize, columns: usize) -> (usize, usize) {
        match self {
            Self::RowByRow => (columns, 1),
            Self::ColumnByColumn => (1, rows),
            Self::Apart => (columns * 3 + 1, 3),
        }
    }

    /// A matrix of random numbers over `data`, which is made as long as need be.
    fn matrix(self, rows: usize, columns: usize, seed: u64, data: &mut Vec<f32>) -> Matrix<'_> {
        let (row_stride, column_stride) = self.strides(rows, columns);
        let last = rows.saturating_sub(1) * row_stride + columns.saturating_sub(1) * column_stride;
        *data = random(last + 1, seed);
        Matrix {
            data,
            rows,
            columns,
            row_stride,
            column_stride,
        }
    }
}

/// Each element as a sum in f64, and the sum of the absolute values of its terms.
fn exact(a: Matrix<'_>, b: Matrix<'_>) -> Vec<(f64, f64)> {
    let element = |of: Matrix<'_>, row: usize, column: usize| {
        f64::from(of.data[row * of.row_stride + column * of.column_stride])
    };
    let places = (0..a.rows).flat_map(|row| (0..b.columns).map(move |column| (row, column)));
    let sum = |(row, column)| {
        let terms = (0..a.columns).map(|i| element(a, row, i) * element(b, i, column));
        terms.fold((0.0, 0.0), |(sum, size), term| {
            (sum + term, size + f64::abs(term))
        })
    };
    places.map(sum).collect()
}

#[test]
fn a_product_is_the_sums_whatever_its_lengths_and_however_its_factors_lie() {
    let lengths = [1, 2, 3, 4, 5, 7, 8, 9, 16, 33];
    let (mut a_data, mut b_data) = (Vec::new(), Vec::new());
    for rows in lengths {
        for columns in lengths {
            for inner in [1, 2, 3, 4, 5, 8, 16, 19, 35] {
                for (a_lies, b_lies) in Lies::ALL
                    .iter()
                    .zip(Lies::ALL.iter().cycle().skip(rows % 3))
                {
                    let a = a_lies.matrix(rows, inner, 1, &mut a_data);
                    let b = b_lies.matrix(inner, columns, 2, &mut b_data);
                    check(
                        a,
                        b,
                        &format!("{rows} {inner} {columns} {a_lies:?} {b_lies:?}"),
                    );
                }
            }
        }
    }
}

#[test]
fn a_product_longer_than_any_strip_is_whole() {
    let (mut a_data, mut b_data) = (Vec::new(), Vec::new());
    for (rows, inner, columns) in [(261, 5, 3), (3, 1_541, 37), (1, 1_541, 70), (258, 769, 33)] {
        for lies in Lies::ALL {
            let a = Lies::RowByRow.matrix(rows, inner, 3, &mut a_data);
            let b = lies.matrix(inner, columns, 4, &mut b_data);
            check(a, b, &format!("{rows} {inner} {columns} {lies:?}"));
        }
    }
}

fn check(a: Matrix<'_>, b: Matrix<'_>, name: &str) {
    // What stands there before must not matter.
    let mut out = vec![f32::NAN; a.rows * b.columns];
    product(a, b, &mut out);
    for (i, (found, (sum, size))) in out.iter().zip(exact(a, b)).enumerate() {
        // One rounding for each term at most, in units of all that was added.
        let tolerance = f64::from(f32::EPSILON) * size * (a.columns as f64).sqrt().max(1.0);
        let gap = (f64::from(*found) - sum).abs();
        assert!(
            gap <= tolerance,
            "{name}: element {i} is {found}, expected {sum}"
        );
    }
}

#[test]
fn an_empty_sum_is_zero_and_no_rows_are_no_rows() {
    let empty = |rows, columns| Matrix {
        data: &[],
        rows,
        columns,
        row_stride: 1,
        column_stride: 1,
    };
    let mut out = [f32::NAN; 6];
    product(empty(2, 0), empty(0, 3), &mut out);
    assert_eq!(out, [0.0; 6]);
    product(empty(0, 2), empty(2, 3), &mut []);
}

fn tensor<const D: usize>(shape: [usize; D], seed: u64) -> Tensor<D> {
    let values = random(shape.iter().product(), seed);
    Tensor::from_data(TensorData::new(values, shape), &Device::flex())
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    let data = pollster::block_on(tensor.into_data_async()).unwrap();
    data.iter::<f32>().collect()
}

fn assert_is_burns<const D: usize>(a: Tensor<D>, b: Tensor<D>) {
    let ours = super::product_of(&a, &b).unwrap();
    let burns = a.matmul(b);
    assert_eq!(ours.dims(), burns.dims());
    for (ours, burns) in values(ours).into_iter().zip(values(burns)) {
        // Forty terms below 1 in another order.
        assert!((ours - burns).abs() < 4e-6, "{ours} and {burns}");
    }
}

#[test]
fn a_product_of_tensors_is_burns_own() {
    assert_is_burns(tensor([5, 40], 1), tensor([40, 12], 2));
    assert_is_burns(tensor([5, 40], 1), tensor([12, 40], 2).swap_dims(0, 1));
    // Heads split off a stream, as attention has them, against keys turned round.
    let q = tensor([1, 9, 3, 40], 3).swap_dims(1, 2).narrow(2, 4, 5);
    let k = tensor([1, 9, 3, 40], 4).swap_dims(1, 2).narrow(2, 1, 7);
    assert_is_burns(q, k.swap_dims(2, 3));
    // One matrix for all rows of a batch.
    assert_is_burns(tensor([4, 5, 40], 5), tensor([1, 40, 6], 6));
    assert_is_burns(tensor([1, 2, 5, 40], 5), tensor([3, 1, 40, 6], 6));
}

#[test]
fn a_matrix_laid_out_by_columns_is_the_same_matrix() {
    let weights: Tensor<2> = tensor([40, 12], 7);
    let laid_out = super::column_major(&weights).unwrap();
    assert_eq!(values(laid_out.clone()), values(weights.clone()));
    let lies = super::on_host(&laid_out).unwrap();
    assert_eq!(lies.layout().strides(), [1, 40]);
    for n_rows in [1, 5] {
        assert_is_burns(tensor([n_rows, 40], 8), laid_out.clone());
    }
}

#[test]
fn what_does_not_fit_is_left_to_burn() {
    assert!(super::product_of(&tensor([2, 3], 1), &tensor([4, 2], 1)).is_none());
    assert!(super::product_of(&tensor([2, 2, 3], 1), &tensor([3, 3, 2], 1)).is_none());
}

#[test]
fn gelu_is_within_a_few_roundings_of_its_definition() {
    let x: Vec<f32> = (-4_001..4_000).map(|i| i as f32 * 0.003).collect();
    let n = x.len();
    let edges = [-1e4, -60.0, 60.0, 1e4, f32::MIN_POSITIVE, 0.0];
    let x: Vec<f32> = x.into_iter().chain(edges).collect();
    let input = Tensor::<1>::from_data(TensorData::new(x.clone(), [x.len()]), &Device::flex());
    let found = values(super::gelu_tanh(&input).unwrap());
    for (x, found) in x.iter().zip(&found) {
        let wide = f64::from(*x);
        let u = (2.0 / std::f64::consts::PI).sqrt() * (wide + 0.044_715 * wide.powi(3));
        let expected = 0.5 * wide * (1.0 + u.tanh());
        // The exponential and four roundings, in units of x.
        let tolerance = 4e-7 * wide.abs() + 1e-30;
        assert!(
            (f64::from(*found) - expected).abs() <= tolerance,
            "{x}: {found}, {expected}"
        );
    }
    // A number of four and the last ones, which are fewer.
    assert_eq!(found[n + 2..n + 4], [60.0, 1e4]);
    assert_eq!(found[n + 5], 0.0);
}

#[test]
fn the_log_of_a_sum_is_within_a_few_roundings() {
    for n in [1, 2, 3, 4, 5, 255, 257, 50_257] {
        let row: Vec<f32> = random(n, 9).into_iter().map(|x| x * 30.0).collect();
        let max = f64::from(row.iter().copied().fold(f32::MIN, f32::max));
        let sum: f64 = row.iter().map(|&x| (f64::from(x) - max).exp()).sum();
        let (found, expected) = (f64::from(log_sum_exp(&row)), max + sum.ln());
        // Each exponential's own error, and one rounding of a number up to 41.
        assert!((found - expected).abs() < 4e-6, "{n}: {found}, {expected}");
    }
    assert_eq!(log_sum_exp(&[200.0, 0.0, -200.0, f32::MIN, 0.0]), 200.0);
}

#[test]
fn the_surprise_of_a_token_is_the_log_softmax_of_burn() {
    let logits = tensor([7, 1_338], 10) * 12.0;
    let targets = [0, 1_337, 5, 700, 3, 1_000, 9];
    let ours = values(super::negative_log_likelihood(&logits, &targets).unwrap());
    let burns = values(burn::tensor::activation::log_softmax(logits, 1));
    for (row, (ours, &target)) in ours.iter().zip(&targets).enumerate() {
        let burns = -burns[row * 1_338 + target as usize];
        // Two roundings of numbers up to 24.
        assert!((ours - burns).abs() < 4e-6, "{row}: {ours} and {burns}");
    }
}
