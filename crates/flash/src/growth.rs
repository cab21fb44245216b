//! How something grows with the sequence.

/// Points from which on a power is fitted.
const FEWEST_POINTS: usize = 3;

/// The power of `n` that fits best, by least squares of the logarithms; `None` with
/// fewer than three points.
///
/// `points` are lengths and amounts, both above 0.
#[must_use]
pub fn exponent(points: &[(f64, f64)]) -> Option<f64> {
    if points.len() < FEWEST_POINTS {
        return None;
    }
    let logarithms = points.iter().map(|(n, value)| (n.ln(), value.ln()));
    let count = points.len() as f64;
    let (sum_n, sum_value) = logarithms
        .clone()
        .fold((0.0, 0.0), |sum, (n, value)| (sum.0 + n, sum.1 + value));
    let (mean_n, mean_value) = (sum_n / count, sum_value / count);
    let (mut above, mut below) = (0.0, 0.0);
    for (n, value) in logarithms {
        above += (n - mean_n) * (value - mean_value);
        below += (n - mean_n) * (n - mean_n);
    }
    (below > 0.0).then(|| above / below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_powers_have_their_exponents() {
        let of = |power: i32| {
            let value = |n: i32| (f64::from(n), 3.5 * f64::from(n).powi(power));
            exponent(&[256, 512, 1_024, 8_192].map(value)).unwrap()
        };
        assert!((of(1) - 1.0).abs() < 1e-12);
        assert!((of(2) - 2.0).abs() < 1e-12);
        assert!(of(0).abs() < 1e-12);
        assert_eq!(exponent(&[(1.0, 1.0), (2.0, 2.0)]), None);
        assert_eq!(exponent(&[(2.0, 1.0), (2.0, 2.0), (2.0, 3.0)]), None);
    }
}
