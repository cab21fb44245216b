//! The numbers behind the attention map, for readers and programs.

use crate::rooms::attention::words;
use std::ops::Range;

use crate::answers::run::{Pattern, Token};
use crate::rooms::attention::figures::matrix::MAX_CELLS;
use headlight_figure::number::full_f32;
use headlight_figure::token::header;

/// Number of the strongest links that a long prompt's table lists.
const N_LINKS: usize = 50;

/// A link of a long prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedLink {
    /// Part of the page that the link is listed for.
    pub part: &'static str,
    /// Position and text of the query, or the positions of several.
    pub query: (String, String),
    /// Place of the key, and its token.
    pub key: (String, String),
    /// The weight in full; the largest of several.
    pub weight: String,
}

/// What the table holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatternTable {
    /// The whole matrix: one row per query, one number per key.
    Whole {
        /// The tokens, heading rows and columns.
        tokens: Vec<String>,
        /// `[query][key]`, in full.
        rows: Vec<Vec<String>>,
    },
    /// The selected row and column, then the strongest links.
    Links {
        /// What is listed, and of how many.
        caption: String,
        /// The links.
        links: Vec<ListedLink>,
    },
}

impl PatternTable {
    /// The table of `pattern` with the selected `query` and `key`.
    #[must_use]
    pub fn new(tokens: &[Token], pattern: &Pattern, query: usize, key: usize) -> Self {
        let n = pattern.seq_len();
        if n > MAX_CELLS {
            return Self::links(tokens, pattern, query, key);
        }
        let row = |query| pattern.row(query).iter().map(|w| full_f32(*w)).collect();
        Self::Whole {
            tokens: tokens.iter().map(|token| header(&token.text)).collect(),
            rows: (0..n).map(row).collect(),
        }
    }

    fn links(tokens: &[Token], pattern: &Pattern, query: usize, key: usize) -> Self {
        let n = pattern.seq_len();
        let named = |at: Range<usize>| {
            let text = tokens.get(at.start).filter(|_| at.len() == 1);
            let places = match at.len() {
                1 => at.start.to_string(),
                _ => words::places(at.start, at.end - 1),
            };
            (
                places,
                text.map_or_else(String::new, |token| token.text.clone()),
            )
        };
        let link = |part, queries: Range<usize>, keys: Range<usize>, weight: f32| ListedLink {
            part,
            query: named(queries),
            key: named(keys),
            weight: full_f32(weight),
        };
        let of_row = |key: usize| {
            let weight = pattern.row(query).get(key)?;
            Some(link(
                words::PART_ROW,
                query..query + 1,
                key..key + 1,
                *weight,
            ))
        };
        let of_column = |query: usize| {
            let weight = pattern.known(query, key)?;
            Some(link(
                words::PART_COLUMN,
                query..query + 1,
                key..key + 1,
                weight,
            ))
        };
        let row = (0..=query.min(n - 1)).filter_map(of_row);
        let column = (key..n).filter(|_| pattern.knows_column(key));
        let column = column.filter_map(of_column);
        let strongest = pattern.strongest(N_LINKS).into_iter();
        let strongest = strongest
            .map(|(queries, keys, weight)| link(words::PART_STRONGEST, queries, keys, weight));
        Self::Links {
            caption: words::links_caption(N_LINKS, n * (n + 1) / 2),
            links: row.chain(column).chain(strongest).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::run::tests::{pattern, run};

    #[test]
    fn a_short_prompt_has_its_whole_matrix_and_rows_sum_to_one() {
        let run = run(&["a", " b", " c", " d"]);
        let PatternTable::Whole { tokens, rows } =
            PatternTable::new(&run.tokens, &pattern(4), 3, 0)
        else {
            panic!("expected the whole matrix");
        };
        assert_eq!(tokens, ["a", " b", " c", " d"]);
        for row in rows {
            let sum: f32 = row
                .iter()
                .map(|weight| weight.parse::<f32>().unwrap())
                .sum();
            assert!((sum - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn a_long_prompt_lists_row_column_and_fifty_links_of_all() {
        let words = vec![" x"; 70];
        let run = run(&words);
        let PatternTable::Links { caption, links } =
            PatternTable::new(&run.tokens, &pattern(70), 69, 2)
        else {
            panic!("expected links");
        };
        let count = |part| links.iter().filter(|link| link.part == part).count();
        assert_eq!(count(words::PART_ROW), 70);
        assert_eq!(count(words::PART_COLUMN), 68);
        assert_eq!(count(words::PART_STRONGEST), 50);
        assert!(caption.contains("2485"), "{caption}");
    }

    #[test]
    fn the_strongest_links_are_the_ones_a_full_sort_finds() {
        let pattern = pattern(80);
        let mut all: Vec<(usize, usize)> =
            (0..80).flat_map(|q| (0..=q).map(move |k| (q, k))).collect();
        all.sort_by(|a, b| {
            let weight = |cell: &(usize, usize)| pattern.weight(cell.0, cell.1);
            weight(b).total_cmp(&weight(a)).then(a.cmp(b))
        });
        all.truncate(N_LINKS);
        let found = pattern.strongest(N_LINKS).into_iter();
        let found: Vec<(usize, usize)> = found.map(|(q, k, _)| (q.start, k.start)).collect();
        assert_eq!(found, all);
    }
}
