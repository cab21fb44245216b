//! How something grows with the sequence.

/// Points from which on a power is fitted.
const FEWEST_POINTS: usize = 3;
/// Most by which the slope between two neighbours may differ from the fitted one.
const MOST_BEND: f64 = 0.1;

/// The power of `n` that fits best, by least squares of the logarithms.
///
/// `None` with fewer than three points, and where the points follow no power: a fixed amount
/// that outweighs the rest at first would make the exponent of what grows too small.
/// `points` are lengths, ascending, and amounts, both above 0.
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
    let exponent = (below > 0.0).then(|| above / below)?;
    let follows = points.windows(2).all(|pair| {
        let [(n, value), (next_n, next_value)] = [pair[0], pair[1]];
        let slope = (next_value / value).ln() / (next_n / n).ln();
        (slope - exponent).abs() <= MOST_BEND
    });
    follows.then_some(exponent)
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

    #[test]
    fn a_square_behind_a_fixed_amount_has_no_exponent() {
        let value = |n: i32| (f64::from(n), 300.0 + f64::from(n * n) / 65_536.0);
        assert_eq!(exponent(&[256, 512, 1_024, 2_048].map(value)), None);
        // A fortieth more or less is noise.
        let noisy = [(256.0, 1.025), (512.0, 3.9), (1_024.0, 16.4)];
        assert!((exponent(&noisy).unwrap() - 2.0).abs() < 0.05);
    }
}
