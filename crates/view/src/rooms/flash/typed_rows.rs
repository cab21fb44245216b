//! Rows of numbers as a visitor types or pastes them.
//!
//! A line is a row, and a blank line ends a block of rows. So that what is pasted means here
//! what it meant where it was copied, brackets count too: `[[1, 2], [3, 4]]` is two rows
//! and a whole block, on one line or on several, and `1 2; 3 4` is two rows. What could be
//! read in two ways is refused: `1,5 2,5` may be two numbers or four.

use headlight_activations::Quoted;

use super::words::counted_of;

/// Why a text is not rows of numbers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TypedError {
    /// A typed line holds something else than numbers.
    #[error(
        "line {line} has `{}`, expected numbers, such as 0.5 -1.2 3",
        Quoted(found)
    )]
    Word {
        /// Counted from 1.
        line: usize,
        /// What was found.
        found: String,
    },
    /// A typed comma may stand between two numbers or within one.
    #[error(
        "line {line} has `{}`, which is one number or two; write a point for decimals, or a \
         space after every comma",
        Quoted(found)
    )]
    Comma {
        /// Counted from 1.
        line: usize,
        /// What was found.
        found: String,
    },
    /// A typed row has another number of numbers.
    #[error(
        "line {line} has a row of {}, expected {d} as in the first",
        counted_of(*.found, "number")
    )]
    Ragged {
        /// Counted from 1.
        line: usize,
        /// Number of elements of the row.
        found: usize,
        /// Number of elements of the first row.
        d: usize,
    },
}

/// Blocks of rows, all rows of the same width.
#[derive(Debug, Default)]
pub(super) struct TypedRows {
    /// Numbers of each block, row after row.
    pub(super) blocks: Vec<Vec<f32>>,
    /// Width of a row; `None` before the first.
    pub(super) d: Option<usize>,
    /// The next row belongs to the last block.
    is_open: bool,
}

impl TypedRows {
    /// Reads a text.
    ///
    /// # Errors
    ///
    /// Returns an error that names the line if something else than rows of numbers is there,
    /// or if rows differ in width.
    pub(super) fn read(text: &str) -> Result<Self, TypedError> {
        let mut read = Self::default();
        for (index, line) in text.lines().enumerate() {
            let line_number = index + 1;
            let mut is_blank = true;
            for part in line.split_inclusive(['[', ']']) {
                let inside = part.trim_end_matches(['[', ']']);
                let rows = rows_of(inside, line_number)?;
                // A bracket that closes no row closes the rows before it.
                if rows.is_empty() && part.ends_with(']') {
                    read.is_open = false;
                }
                for row in rows {
                    is_blank = false;
                    read.add(row, line_number)?;
                }
            }
            read.is_open &= !is_blank;
        }
        Ok(read)
    }

    fn add(&mut self, row: Vec<f32>, line: usize) -> Result<(), TypedError> {
        let (found, d) = (row.len(), *self.d.get_or_insert(row.len()));
        if found != d {
            return Err(TypedError::Ragged { line, found, d });
        }
        match self.blocks.last_mut().filter(|_| self.is_open) {
            Some(block) => block.extend(row),
            None => self.blocks.push(row),
        }
        self.is_open = true;
        Ok(())
    }
}

/// The rows of a text without brackets: semicolons stand between rows if there is more
/// between two of them than one number, else between numbers.
fn rows_of(text: &str, line: usize) -> Result<Vec<Vec<f32>>, TypedError> {
    if let Some(found) = decimal_comma(text).map(str::to_owned) {
        return Err(TypedError::Comma { line, found });
    }
    let mut rows = Vec::new();
    for part in text.split(';') {
        let words = part.split(|c: char| c.is_whitespace() || c == ',');
        let words = words.filter(|word| !word.is_empty());
        let row = words.map(|word| number(word, line));
        rows.push(row.collect::<Result<Vec<f32>, TypedError>>()?);
    }
    rows.retain(|row| !row.is_empty());
    if rows.iter().all(|row| row.len() == 1) {
        let row = rows.concat();
        return Ok(if row.is_empty() {
            Vec::new()
        } else {
            vec![row]
        });
    }
    Ok(rows)
}

fn number(word: &str, line: usize) -> Result<f32, TypedError> {
    let Ok(number) = word.replace('\u{2212}', "-").parse() else {
        let found = word.to_owned();
        return Err(TypedError::Word { line, found });
    };
    Ok(number)
}

/// Digits around a comma that may be a decimal point, as other numbers of the row have no
/// comma between them.
fn decimal_comma(text: &str) -> Option<&str> {
    let words = text.split(|c: char| c.is_whitespace() || c == ';');
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let is_apart = |pair: &[&str]| !pair[0].ends_with(',') && !pair[1].starts_with(',');
    let has_comma = |word: &&&str| {
        let word = word.trim_matches(',');
        word.split_once(',').is_some_and(|(before, after)| {
            before.ends_with(|c: char| c.is_ascii_digit())
                && after.starts_with(|c: char| c.is_ascii_digit())
        })
    };
    let found = words.iter().find(has_comma)?;
    words.windows(2).any(is_apart).then_some(*found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &str) -> Vec<Vec<f32>> {
        TypedRows::read(text).unwrap().blocks
    }

    fn refused(text: &str) -> String {
        TypedRows::read(text).unwrap_err().to_string()
    }

    #[test]
    fn brackets_and_semicolons_that_end_a_row_do_so_on_one_line_too() {
        let two_by_two = "1 2\n3 4";
        for text in [
            "[[1, 2], [3, 4]]",
            "[[1,2],[3,4]]",
            "[[1 2] [3 4]]",
            "[[1, 2],\n [3, 4]]",
            "[\n  [1, 2],\n  [3, 4],\n]",
            "[1, 2]\n[3, 4]",
            "[1, 2], [3, 4]",
            "[1 2; 3 4]",
            "1, 2; 3, 4",
            "1,2\n3,4",
            two_by_two,
        ] {
            let read = TypedRows::read(text).unwrap();
            assert_eq!(read.d, Some(2), "{text}");
            assert_eq!(read.blocks, [[1.0, 2.0, 3.0, 4.0]], "{text}");
        }
    }

    #[test]
    fn a_bracket_that_closes_rows_ends_their_block() {
        for text in [
            "[[1, 2]]\n[[3, 4]]\n[[5, 6]]",
            "[[1, 2]], [[3, 4]], [[5, 6]]",
            "[[[1, 2]], [[3, 4]], [[5, 6]]]",
            "[[1, 2],]\n[[3, 4],]\n[[5, 6],]",
            "1 2\n\n3 4\n \n5 6",
        ] {
            assert_eq!(blocks(text), [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], "{text}");
        }
    }

    #[test]
    fn one_number_between_semicolons_makes_no_row() {
        assert_eq!(blocks("1;2"), [[1.0, 2.0]]);
        assert_eq!(blocks("1; 2; 3;"), [[1.0, 2.0, 3.0]]);
        assert_eq!(blocks(" ; "), [[0.0; 0]; 0]);
    }

    #[test]
    fn a_comma_that_may_be_a_decimal_point_is_refused() {
        let wanted = "line 1 has `1,5`, which is one number or two; write a point for decimals, \
                      or a space after every comma";
        for text in ["1,5 2,5", "1,5\t2", "1,5; 2,5", "[1,5 2,5]", "3 1,5"] {
            assert_eq!(refused(text), wanted, "{text}");
        }
        for text in ["1,5", "1, 5", "1,5,", "1 , 5", "1 5", "1;5", "1 ,5"] {
            assert_eq!(blocks(text), [[1.0, 5.0]], "{text}");
        }
        assert_eq!(blocks("1,5, 2,5"), [[1.0, 5.0, 2.0, 5.0]]);
        assert_eq!(blocks("1.5, 2.5"), [[1.5, 2.5]]);
    }

    #[test]
    fn a_row_of_another_width_is_named_by_its_line() {
        assert_eq!(
            refused("[[1, 2], [3]]"),
            "line 1 has a row of 1 number, expected 2 as in the first"
        );
    }
}
