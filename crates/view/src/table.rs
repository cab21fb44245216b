//! The numbers behind the attention map, for readers and programs.

use crate::matrix::MAX_CELLS;
use crate::number::full_f32;
use crate::run::{Pattern, Token};
use crate::text;
use crate::token::VisibleToken;

/// How many of the strongest links a long prompt's table lists.
const N_LINKS: usize = 50;

/// A link of a long prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Why it is listed.
    pub part: &'static str,
    /// Position and text of the query.
    pub query: (usize, String),
    /// Position and text of the key.
    pub key: (usize, String),
    /// The weight in full.
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
        links: Vec<Link>,
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
        let named = |pos: usize| {
            (
                pos,
                tokens.get(pos).map_or_else(String::new, |t| t.text.clone()),
            )
        };
        let link = |part, query, key| Link {
            part,
            query: named(query),
            key: named(key),
            weight: full_f32(pattern.weight(query, key)),
        };
        let row = (0..=query.min(n - 1)).map(|key| link(text::PART_ROW, query, key));
        let column = (key..n).map(|query| link(text::PART_COLUMN, query, key));
        let strongest = strongest(pattern).into_iter();
        let strongest = strongest.map(|(query, key)| link(text::PART_STRONGEST, query, key));
        Self::Links {
            caption: text::links_caption(N_LINKS, n * (n + 1) / 2),
            links: row.chain(column).chain(strongest).collect(),
        }
    }
}

/// A token as it heads a row or column: as it is, unless nothing of it can be seen.
#[must_use]
pub fn header(text: &str) -> String {
    if text.trim().is_empty() {
        VisibleToken::new(text).full()
    } else {
        text.to_owned()
    }
}

/// The strongest links as `(query, key)`, strongest first, ties to the earlier.
fn strongest(pattern: &Pattern) -> Vec<(usize, usize)> {
    let n = pattern.seq_len();
    let mut links: Vec<(f32, usize, usize)> = Vec::with_capacity(2 * N_LINKS);
    let sort = |links: &mut Vec<(f32, usize, usize)>| {
        links.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        links.truncate(N_LINKS);
    };
    // Keeps twice as many as asked for and prunes, so that a long prompt costs
    // one pass and no list of all its links.
    let mut least = f32::NEG_INFINITY;
    for query in 0..n {
        for (key, weight) in pattern.row(query).iter().enumerate().take(query + 1) {
            if *weight > least {
                links.push((*weight, query, key));
            }
            if links.len() == 2 * N_LINKS {
                sort(&mut links);
                least = links[N_LINKS - 1].0;
            }
        }
    }
    sort(&mut links);
    links
        .into_iter()
        .map(|(_, query, key)| (query, key))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::tests::{pattern, run};

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
        assert_eq!(count(text::PART_ROW), 70);
        assert_eq!(count(text::PART_COLUMN), 68);
        assert_eq!(count(text::PART_STRONGEST), 50);
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
        assert_eq!(strongest(&pattern), all);
    }
}
