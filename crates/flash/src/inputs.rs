//! One head's queries, keys and values, checked.

use crate::problem::Problem;

/// Queries, keys and values that fit together and are numbers.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    q: &'a [f32],
    k: &'a [f32],
    v: &'a [f32],
    d: usize,
}

/// Why these are not a head's queries, keys and values.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// A width of 0.
    #[error("rows of width 0, expected at least 1")]
    NoWidth,
    /// An array without a row.
    #[error("{name} has no row, expected at least 1")]
    Empty {
        /// `q`, `k` or `v`.
        name: &'static str,
    },
    /// Numbers that are no whole rows.
    #[error("{name} has {found} numbers, expected rows of {d}")]
    Ragged {
        /// `q`, `k` or `v`.
        name: &'static str,
        /// Number of elements that the array has.
        found: usize,
        /// Width of a row.
        d: usize,
    },
    /// Keys without values or the other way round.
    #[error("k has {keys} rows and v {values}, expected as many values as keys")]
    KeysWithoutValues {
        /// Rows of k.
        keys: usize,
        /// Rows of v.
        values: usize,
    },
    /// NaN or an infinity.
    #[error(
        "{name}[{row}, {column}] (row {row}, column {column}, counted from 0) is {value}, expected a finite number"
    )]
    NotFinite {
        /// `q`, `k` or `v`.
        name: &'static str,
        /// Row, counted from 0.
        row: usize,
        /// Column, counted from 0.
        column: usize,
        /// What was found.
        value: f32,
    },
}

impl<'a> Inputs<'a> {
    /// Looks at queries `[query, d]`, keys `[key, d]` and values `[key, d]`.
    ///
    /// # Errors
    ///
    /// Returns an error if a length does not fit, or a number is not finite.
    pub fn new(q: &'a [f32], k: &'a [f32], v: &'a [f32], d: usize) -> Result<Self, InputError> {
        if d == 0 {
            return Err(InputError::NoWidth);
        }
        for (name, values) in [("q", q), ("k", k), ("v", v)] {
            let found = values.len();
            if found == 0 {
                return Err(InputError::Empty { name });
            }
            if found % d != 0 {
                return Err(InputError::Ragged { name, found, d });
            }
            if let Some(at) = values.iter().position(|value| !value.is_finite()) {
                return Err(InputError::NotFinite {
                    name,
                    row: at / d,
                    column: at % d,
                    value: values[at],
                });
            }
        }
        if k.len() != v.len() {
            let (keys, values) = (k.len() / d, v.len() / d);
            return Err(InputError::KeysWithoutValues { keys, values });
        }
        Ok(Self { q, k, v, d })
    }

    /// What these are to be attended as.
    #[must_use]
    pub const fn problem(&self, is_causal: bool) -> Problem {
        Problem {
            n_q: self.q.len() / self.d,
            n_k: self.k.len() / self.d,
            d: self.d,
            is_causal,
        }
    }

    /// Queries `[query, d]`.
    #[must_use]
    pub const fn q(&self) -> &'a [f32] {
        self.q
    }

    /// Keys `[key, d]`.
    #[must_use]
    pub const fn k(&self) -> &'a [f32] {
        self.k
    }

    /// Values `[key, d]`.
    #[must_use]
    pub const fn v(&self) -> &'a [f32] {
        self.v
    }

    /// Width of a row.
    #[must_use]
    pub const fn d(&self) -> usize {
        self.d
    }

    /// A scaled score in f64, where no product of 32-bit floats overflows.
    pub(crate) fn exact_score(&self, problem: &Problem, query: usize, key: usize) -> f64 {
        let d = problem.d;
        let [q, k] = [&self.q()[query * d..][..d], &self.k()[key * d..][..d]];
        let products = q.iter().zip(k).map(|(&a, &b)| f64::from(a) * f64::from(b));
        problem.scale() * products.sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_named_with_its_place() {
        let error = Inputs::new(&[0.0; 4], &[0.0, 1.0, f32::NAN, 0.0], &[0.0; 4], 2).unwrap_err();
        assert_eq!(
            error.to_string(),
            "k[1, 0] (row 1, column 0, counted from 0) is NaN, expected a finite number"
        );
    }

    #[test]
    fn lengths_that_do_not_fit_are_refused() {
        let said = |q: &[f32], k: &[f32], v: &[f32], d| {
            Inputs::new(q, k, v, d).map(|_| ()).unwrap_err().to_string()
        };
        assert_eq!(
            said(&[], &[1.0], &[1.0], 1),
            "q has no row, expected at least 1"
        );
        assert_eq!(
            said(&[1.0; 3], &[1.0; 2], &[1.0; 2], 2),
            "q has 3 numbers, expected rows of 2"
        );
        assert_eq!(
            said(&[1.0; 2], &[1.0; 4], &[1.0; 2], 2),
            "k has 2 rows and v 1, expected as many values as keys"
        );
        assert_eq!(
            said(&[1.0], &[1.0], &[1.0], 0),
            "rows of width 0, expected at least 1"
        );
    }
}
