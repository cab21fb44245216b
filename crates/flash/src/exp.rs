//! The exponential of several numbers at once.

use wide::{f32x8, u32x8};

use crate::packed_keys::LANES;

/// The least argument whose exponential is a normal number.
const LEAST: f32 = -87.336_54;

/// No argument is above this, or its exponential would be infinite.
const MOST: f32 = 88.0;

/// Adding this rounds a small number to an integer, which then stands in the
/// lowest bits of the sum.
const ROUNDING: f32 = 12_582_912.0;

/// `ln 2` in two parts, of which the first has so few bits that its product
/// with an exponent is exact.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;

/// The exponentials of numbers up to 0, each within 2e-7 of its value.
///
/// Where it would be below the least normal number it is 0. A number above 0,
/// which rounding makes of a row's only weight, gives 1; what is no number
/// stays none.
///
/// The standard library's function is a call for each number, and in a browser
/// a slow one.
///
/// # References
///
/// Moshier, Cephes Mathematical Library, `expf`: reduction and polynomial.
pub(crate) fn exp_up_to_zero(x: f32x8) -> f32x8 {
    let at_most_zero = x.simd_gt(f32x8::ZERO).select(f32x8::ZERO, x);
    exp(at_most_zero)
}

/// Exponential of numbers up to 88, which is what those above count as.
pub(crate) fn exp(x: f32x8) -> f32x8 {
    let least = f32x8::splat(LEAST);
    let bounded = x.fast_max(least).fast_min(f32x8::splat(MOST));
    let shifted = bounded * std::f32::consts::LOG2_E + ROUNDING;
    let n = shifted - ROUNDING;
    let r = bounded - n * LN_2_HIGH - n * LN_2_LOW;
    let polynomial = f32x8::splat(1.987_569_1e-4);
    let polynomial = polynomial * r + 1.398_199_9e-3;
    let polynomial = polynomial * r + 8.333_452e-3;
    let polynomial = polynomial * r + 4.166_579_6e-2;
    let polynomial = polynomial * r + 0.166_666_65;
    let polynomial = polynomial * r + 0.5;
    let of_rest = polynomial * r * r + r + 1.0;
    let n_bits = u32x8::new(shifted.to_array().map(f32::to_bits));
    let two_to_n: u32x8 = (n_bits << 23) + u32x8::splat(127 << 23);
    let two_to_n = f32x8::new(two_to_n.to_array().map(f32::from_bits));
    let exp = x.simd_lt(least).select(f32x8::ZERO, of_rest * two_to_n);
    x.is_nan().select(x, exp)
}

/// `exp(x - max)` of some numbers in place, 0 where `max` is -inf.
pub(crate) fn exp_less_max(values: &mut [f32], max: f32) {
    if max == f32::NEG_INFINITY {
        values.fill(0.0);
        return;
    }
    for chunk in values.chunks_mut(LANES) {
        let mut lanes = [f32::NEG_INFINITY; LANES];
        lanes[..chunk.len()].copy_from_slice(chunk);
        let lanes = exp(f32x8::new(lanes) - max).to_array();
        chunk.copy_from_slice(&lanes[..chunk.len()]);
    }
}

/// `exp(a - b)`, and 1 where both are -inf: nothing has changed.
pub(crate) fn exp_of_difference(a: f32, b: f32) -> f32 {
    if a.to_bits() == b.to_bits() {
        return 1.0;
    }
    exp(f32x8::splat(a - b)).to_array()[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exp(x: f32) -> f32 {
        exp_up_to_zero(f32x8::splat(x)).to_array()[0]
    }

    fn exp_above(x: f32) -> f32 {
        super::exp(f32x8::splat(x)).to_array()[0]
    }

    #[test]
    fn above_zero_it_is_as_exact() {
        for step in 0..=8_800_u32 {
            let x = step as f32 * 1e-2;
            let exact = f64::from(x).exp();
            let error = (f64::from(exp_above(x)) / exact - 1.0).abs();
            assert!(error < 2e-7, "{x}: {error:e}");
        }
    }

    #[test]
    fn a_row_that_sees_nothing_has_no_weights() {
        let mut row = [f32::NEG_INFINITY; 3];
        exp_less_max(&mut row, f32::NEG_INFINITY);
        assert_eq!(row, [0.0; 3]);
        assert_eq!(exp_of_difference(f32::NEG_INFINITY, f32::NEG_INFINITY), 1.0);
        assert_eq!(exp_of_difference(f32::NEG_INFINITY, 2.0), 0.0);
    }

    #[test]
    fn it_is_within_two_ulp_of_the_exact_one() {
        let mut largest: f64 = 0.0;
        for step in 0..=870_000_u32 {
            let x = -(step as f32) * 1e-4;
            let exact = f64::from(x).exp();
            largest = largest.max((f64::from(exp(x)) / exact - 1.0).abs());
        }
        println!("largest relative error: {largest:.2e}");
        assert!(largest < 2e-7, "{largest:e}");
    }

    #[test]
    fn the_ends_are_exact() {
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(1e-6), 1.0);
        assert_eq!(exp(-88.0), 0.0);
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert!(exp(LEAST) > 0.0);
    }

    #[test]
    fn what_is_no_number_does_not_become_one() {
        assert!(exp(f32::NAN).is_nan());
    }

    #[test]
    fn each_number_has_its_own() {
        let x = [0.0, -1.0, -90.0, -3.0, f32::NAN, -5.0, -6.0, -7.0];
        let all = exp_up_to_zero(f32x8::new(x)).to_array();
        assert_eq!(all.map(f32::to_bits), x.map(exp).map(f32::to_bits));
    }
}
