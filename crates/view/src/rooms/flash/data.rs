//! What the room attends with: a head's queries, keys and values, or others.

use headlight_flash::{InputError, Inputs};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use std::ops::Range;

use super::typed_rows::{TypedError, TypedRows};
use super::words::{counted_of, rows};
use crate::answers::details::HeadInputs;
use crate::answers::run::Token;
use headlight_figure::Shared;
use headlight_figure::token::VisibleToken;

/// Most queries and keys.
pub const MOST_ROWS: usize = 4_096;
/// Greatest width.
pub const MOST_WIDTH: usize = 256;

/// Queries, keys and values, `[row, d]` each, finite.
#[derive(Clone, Debug, PartialEq)]
pub struct HeadData {
    q: Vec<f32>,
    k: Vec<f32>,
    v: Vec<f32>,
    d: usize,
    /// The largest magnitudes of q, k and v.
    pub largest: [f32; 3],
    /// The token of each row, where a head read a prompt.
    tokens: Option<Shared<Vec<Token>>>,
}

/// Why these are no queries, keys and values.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The arrays do not fit, or are not finite.
    #[error("{}", input_error(.0))]
    Input(#[from] InputError),
    /// More than the room draws.
    #[error("{} of width {d}, expected at most {MOST_ROWS} of width {MOST_WIDTH}", counted_of(*.found, "row"))]
    TooLarge {
        /// Number of rows.
        found: usize,
        /// Width of a row.
        d: usize,
    },
    /// A text is not rows of numbers.
    #[error(transparent)]
    Typed(#[from] TypedError),
    /// Typed rows that are not queries, keys and values.
    #[error(
        "{} of rows, expected three with a blank line between them: q, k, v",
        counted_of(*.found, "block")
    )]
    Blocks {
        /// Blocks found.
        found: usize,
    },
}

impl HeadData {
    /// Takes queries `[query, d]`, keys and values `[key, d]`.
    ///
    /// # Errors
    ///
    /// Returns an error if they do not fit, are not finite, or are too many.
    pub fn new(q: Vec<f32>, k: Vec<f32>, v: Vec<f32>, d: usize) -> Result<Self, DataError> {
        let inputs = Inputs::new(&q, &k, &v, d)?;
        let problem = inputs.problem(false);
        check_size(problem.n_q.max(problem.n_k), d)?;
        let largest = [&q, &k, &v].map(|values| {
            let magnitudes = values.iter().map(|value| value.abs());
            magnitudes.fold(0.0, f32::max)
        });
        Ok(Self {
            q,
            k,
            v,
            d,
            largest,
            tokens: None,
        })
    }

    /// A head of a run. Where its model scales scores in a way of its own, its
    /// queries take that on, so that `1 / sqrt(d)` is right for them.
    ///
    /// # Errors
    ///
    /// Returns an error if the numbers are not finite or too many.
    pub fn of_head(head: &HeadInputs) -> Result<Self, DataError> {
        let usual = (head.d_head as f64).sqrt().recip();
        let factor = head.scale / usual;
        let mut q = head.q.clone();
        if (factor - 1.0).abs() > 1e-9 {
            for value in &mut q {
                *value *= factor as f32;
            }
        }
        Self::new(q, head.k.clone(), head.v.clone(), head.d_head)
    }

    /// The numbers with a token for each row.
    pub(crate) fn with_tokens(mut self, tokens: Option<&Shared<Vec<Token>>>) -> Self {
        let n = self.n_q();
        self.tokens = tokens.filter(|tokens| tokens.len() == n).cloned();
        self
    }

    /// Numbers drawn evenly from -2 to 2.
    ///
    /// # Errors
    ///
    /// Returns an error if there is nothing or too much.
    pub fn random(n: usize, d: usize, seed: u64) -> Result<Self, DataError> {
        check_size(n, d)?;
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut rows = || -> Vec<f32> {
            let draws = (0..n * d).map(|_| rng.random_range(-2.0_f32..2.0));
            draws.collect()
        };
        let (q, k, v) = (rows(), rows(), rows());
        Self::new(q, k, v, d)
    }

    /// Three blocks of rows of numbers: q, k and v.
    ///
    /// # Errors
    ///
    /// Returns an error that names the line if something else is there.
    pub fn typed(text: &str) -> Result<Self, DataError> {
        let TypedRows { blocks, d, .. } = TypedRows::read(text)?;
        let found = blocks.len();
        let Ok([q, k, v]) = <[Vec<f32>; 3]>::try_from(blocks) else {
            return Err(DataError::Blocks { found });
        };
        Self::new(q, k, v, d.unwrap_or(0))
    }

    /// Starts sharing it.
    #[must_use]
    pub fn shared(self) -> Shared<Self> {
        Shared::new(self)
    }

    /// The numbers, as the algorithms take them.
    pub(crate) fn inputs(&self) -> Option<Inputs<'_>> {
        // They were found to fit when they came in.
        Inputs::new(&self.q, &self.k, &self.v, self.d).ok()
    }

    /// Queries, keys and values, a row each.
    pub(crate) fn rows(&self) -> [impl Iterator<Item = &[f32]>; 3] {
        [&self.q, &self.k, &self.v].map(|values| values.chunks_exact(self.d))
    }

    /// The tokens of the rows, of queries as of keys, where they are known.
    pub(crate) fn tokens(&self) -> Option<&[Token]> {
        self.tokens.as_deref().map(Vec::as_slice)
    }

    /// The token of a row, to be shown.
    pub(crate) fn token(&self, row: usize) -> Option<VisibleToken> {
        let token = self.tokens()?.get(row)?;
        Some(VisibleToken::new(&token.text))
    }

    /// Width of a row.
    #[must_use]
    pub const fn d(&self) -> usize {
        self.d
    }

    /// Number of queries.
    #[must_use]
    pub const fn n_q(&self) -> usize {
        self.q.len() / self.d
    }

    /// Number of keys.
    #[must_use]
    pub const fn n_k(&self) -> usize {
        self.k.len() / self.d
    }
}

/// Whether so many rows of such a width can be played.
pub(crate) const fn check_size(n: usize, d: usize) -> Result<(), DataError> {
    if n > MOST_ROWS || d > MOST_WIDTH {
        return Err(DataError::TooLarge { found: n, d });
    }
    Ok(())
}

/// `rows 8–11`, or `row 3 “the”` where there is one, with its token if it has one.
#[must_use]
pub fn named_rows(data: &HeadData, noun: &str, range: &Range<usize>) -> String {
    let plural = if range.len() == 1 { "" } else { "s" };
    let numbered = format!("{noun}{plural} {}", rows(range));
    match data.token(range.start).filter(|_| range.len() == 1) {
        Some(token) => format!("{numbered} {}", token.quoted()),
        None => numbered,
    }
}

/// One row, of queries or of keys: `row 3 “the”`.
pub(crate) fn named_row(data: &HeadData, noun: &str, row: usize) -> String {
    named_rows(data, noun, &(row..row + 1))
}

/// Why numbers cannot be attended with; rows and columns are counted from 0, as the page
/// counts them.
pub(crate) fn input_error(error: &InputError) -> String {
    match error {
        InputError::Empty { name } => {
            format!("{} has no row, expected at least 1", name.to_uppercase())
        }
        InputError::Ragged { name, found, d } => format!(
            "{} has {}, expected rows of {d}",
            name.to_uppercase(),
            counted_of(*found, "number")
        ),
        InputError::KeysWithoutValues { keys, values } => format!(
            "K has {} and V has {values}, expected as many values as keys",
            counted_of(*keys, "row")
        ),
        InputError::NotFinite {
            name,
            row,
            column,
            value,
        } => format!(
            "row {row}, column {column} of {} (counted from 0) is {value}, expected a finite number",
            name.to_uppercase()
        ),
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_numbers_are_read_whatever_separates_them() {
        let data = HeadData::typed("1 2\n3, 4\n\n[5, 6]\n\n\n\u{2212}7;8\n").unwrap();
        assert_eq!((data.n_q(), data.n_k(), data.d()), (2, 1, 2));
        assert_eq!(data.v, [-7.0, 8.0]);
        assert_eq!(data.largest, [4.0, 6.0, 8.0]);
    }

    #[test]
    fn what_cannot_be_read_is_said_with_its_line() {
        let said = |text| HeadData::typed(text).unwrap_err().to_string();
        assert_eq!(
            said("1 2\nx 3"),
            "line 2 has `x`, expected numbers, such as 0.5 -1.2 3"
        );
        assert_eq!(
            said("1 2\n3"),
            "line 2 has a row of 1 number, expected 2 as in the first"
        );
        assert!(said("1 2\n\n3 4").starts_with("2 blocks of rows"));
        assert!(said("").starts_with("0 blocks"));
        assert!(said("1 2").starts_with("1 block of rows, expected three"));
        assert_eq!(
            said("1 1\n1 inf\n\n1 1\n\n1 1"),
            "row 1, column 1 of Q (counted from 0) is inf, expected a finite number"
        );
        assert!(
            said("nan 1\n\n1 1\n\n1 1").starts_with("row 0, column 0 of Q (counted from 0) is NaN")
        );
        assert_eq!(
            said("1\n\n1\n1\n\n1"),
            "K has 2 rows and V has 1, expected as many values as keys"
        );
        assert!(said("1\n\n1\n\n1\n1").starts_with("K has 1 row and V has 2"));
    }

    #[test]
    fn the_same_seed_draws_the_same_numbers() {
        let draw = |seed| HeadData::random(8, 4, seed).unwrap();
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
        assert!(HeadData::random(4_097, 4, 0).is_err());
        assert!(HeadData::random(0, 4, 0).is_err());
        assert!(HeadData::random(4, 0, 0).is_err());
    }
}
