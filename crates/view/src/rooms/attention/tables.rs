//! The numbers behind every figure as one kind of table, for readers, programs
//! and files.

use crate::rooms::attention::words;
use std::borrow::Cow;
use std::fmt::Display;

use super::state::AttentionRoom;
use crate::answers::details::{Attribution, LensRow, QueryKey};
use crate::answers::run::{Pattern, Run};
use crate::answers::shaded::ShadedThumbnail;
use crate::answers::truth::Truth;
use crate::frame::Frame;
use crate::rooms::attention::catalogue::AttentionFigure;
use crate::rooms::attention::choices::Scope;
use crate::rooms::attention::figures::lens::Lens;
use crate::rooms::attention::figures::lines::TokenLines;
use crate::rooms::attention::figures::matrix::MAX_CELLS;
use crate::rooms::attention::figures::pattern_table::PatternTable;
use crate::rooms::attention::figures::product::Product;
use crate::rooms::attention::figures::steps::Steps;
use crate::rooms::attention::figures::{
    atlas, attribution, lens_drawing, next, norms, perplexity, surprise,
};
use headlight_figure::table::{Column, Table};
use headlight_figure::{Palette, Shared};

/// The table of a map: whole, or its strongest links.
fn table_of_pattern(table: PatternTable, palette: Palette) -> Table {
    let (caption_of_whole, of_value) = match palette {
        Palette::Diverging => (words::CHANGE_ROLE, words::CHANGE),
        _ => (words::MAP_ROLE, words::WEIGHT),
    };
    match table {
        PatternTable::Whole { tokens, rows } => {
            let head = |token: &String| Column {
                name: Cow::Owned(token.clone()),
                is_text: false,
            };
            let columns = std::iter::once(Column::text(words::QUERY));
            let columns = columns.chain(tokens.iter().map(head)).collect();
            let row = |(token, weights): (String, Vec<String>)| {
                std::iter::once(token).chain(weights).collect()
            };
            Table {
                caption: Cow::Borrowed(caption_of_whole),
                columns,
                rows: tokens.iter().cloned().zip(rows).map(row).collect(),
            }
        }
        PatternTable::Links { caption, links } => {
            let links = links.into_iter().map(|link| {
                vec![
                    link.part.to_owned(),
                    named(link.query),
                    named(link.key),
                    link.weight,
                ]
            });
            Table {
                caption: Cow::Owned(caption),
                columns: vec![
                    Column::text(words::PART),
                    Column::text(words::QUERY),
                    Column::text(words::KEY),
                    Column::value(of_value),
                ],
                rows: links.collect(),
            }
        }
    }
}

/// A position and its token, if one token is meant.
fn named((pos, token): (impl Display, String)) -> String {
    match token.as_str() {
        "" => pos.to_string(),
        token => format!("{pos}: {token}"),
    }
}

/// What a figure's table is made from.
///
/// Cheap to make and to compare, so that a page that follows it makes a table anew
/// only when the table changes.
#[derive(Clone, Debug, PartialEq)]
pub enum TableSource {
    /// The heads that have arrived, of a prompt of this length.
    Atlas(Shared<Vec<ShadedThumbnail>>, usize),
    /// One head, or what has changed in it, with the selected query and key where
    /// they matter.
    Pattern(Shared<Run>, Shared<Pattern>, (usize, usize), Palette),
    /// The lines from the selected queries, in view of the first named, or from all.
    Lines(Shared<Run>, Shared<Pattern>, usize, Vec<usize>, Scope),
    /// One row of a head.
    Steps(Shared<Run>, Shared<Pattern>, usize),
    /// A query and a key.
    Product(Shared<QueryKey>),
    /// What each layer would say.
    Lens(Shared<Run>, Shared<Vec<LensRow>>),
    /// The norms at a position.
    Norms(Shared<Run>, usize),
    /// Where a logit difference comes from.
    Attribution(Shared<Attribution>),
    /// The next tokens.
    Next(Shared<Run>, Option<Shared<Truth>>),
    /// The surprise.
    Surprise(Shared<Run>, Option<Shared<Truth>>),
    /// The perplexity.
    Perplexity(Shared<Run>, Option<Shared<Truth>>),
}

impl TableSource {
    /// What the table of `figure` is made from now; `None` if that has not arrived.
    #[must_use]
    pub fn new(room: &AttentionRoom, frame: &Frame, figure: AttentionFigure) -> Option<Self> {
        let run = frame.subject.run.clone()?;
        let query = room.query(&frame.subject);
        let n = run.seq_len();
        let is_of_run = |pattern: &Shared<Pattern>| pattern.seq_len() == n;
        let pattern = || room.pattern(&frame.subject).filter(is_of_run);
        let truth = || frame.subject.truth.known();
        Some(match figure {
            AttentionFigure::Atlas => Self::Atlas(room.details.atlas.clone(), run.seq_len()),
            AttentionFigure::Pattern => {
                let pattern = room.drawn_pattern(&frame.subject).filter(is_of_run)?;
                // A whole matrix does not depend on what is selected.
                let is_whole = run.seq_len() <= MAX_CELLS;
                let cell = if is_whole {
                    (0, 0)
                } else {
                    (query, room.key(&frame.subject))
                };
                Self::Pattern(run, pattern, cell, room.palette(&frame.subject))
            }
            AttentionFigure::Lines => {
                let pattern = pattern()?;
                Self::Lines(
                    run,
                    pattern,
                    query,
                    room.queries(&frame.subject),
                    room.scope,
                )
            }
            AttentionFigure::Steps => {
                let pattern = pattern()?;
                Self::Steps(run, pattern, query)
            }
            AttentionFigure::Product => Self::Product(room.query_key(&frame.subject)?),
            AttentionFigure::Lens => Self::Lens(run, room.details.lens.clone()?),
            AttentionFigure::Norms => Self::Norms(run, query),
            AttentionFigure::Attribution => Self::Attribution(room.details.attribution.clone()?),
            AttentionFigure::Next => Self::Next(run, truth()),
            AttentionFigure::Surprise => Self::Surprise(run, truth()),
            AttentionFigure::Perplexity => Self::Perplexity(run, truth()),
        })
    }

    /// The table.
    #[must_use]
    pub fn table(&self) -> Table {
        match self {
            Self::Atlas(all, n) => Table::new(words::HEADS, &atlas::COLUMNS, atlas::rows(all, *n)),
            Self::Pattern(run, pattern, (query, key), palette) => {
                let table = PatternTable::new(&run.tokens, pattern, *query, *key);
                table_of_pattern(table, *palette)
            }
            Self::Lines(run, pattern, query, selected, scope) => {
                let lines = TokenLines::new(pattern, *query, selected, *scope);
                lines.table(&run.tokens)
            }
            Self::Steps(run, pattern, query) => {
                let steps = Steps::new(&run.tokens, pattern, *query);
                let rows = steps.as_ref().map(Steps::rows).unwrap_or_default();
                Table::new(words::STEPS_TABLE, &Steps::COLUMNS, rows)
            }
            Self::Product(found) => {
                let product = Product::new(found);
                Table {
                    caption: product.caption(words::PRODUCT_OF_BOTH),
                    columns: Product::COLUMNS.to_vec(),
                    rows: product.rows(),
                }
            }
            Self::Lens(run, rows) => lens_drawing::table(run, &Lens::new(rows.to_vec())),
            Self::Norms(run, query) => norms::table(run, *query),
            Self::Attribution(found) => attribution::table(found),
            Self::Next(run, truth) => {
                let rows = next::rows(run, truth.as_deref());
                let columns = next::columns(run, truth.as_deref());
                Table::new(words::NEXT_TOKEN, &columns, rows)
            }
            Self::Surprise(run, truth) => surprise::table(run, truth.as_deref()),
            Self::Perplexity(run, truth) => perplexity::table(run, truth.as_deref()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::State;
    use crate::answers::run::tests::{pattern, run};

    fn source(state: &State, figure: AttentionFigure) -> Option<TableSource> {
        TableSource::new(&state.attention, &state.frame, figure)
    }

    fn state(words: &[&str]) -> State {
        let mut state = State::default();
        let pattern = pattern(words.len());
        state.frame.subject.head = pattern.head();
        state
            .attention
            .show(&mut state.frame.subject, run(words), Some(pattern));
        state
    }

    #[test]
    fn every_row_has_a_cell_for_every_column() {
        let state = state(&["a", " b", " c"]);
        let mut n_tables = 0;
        for figure in AttentionFigure::ALL {
            let Some(source) = source(&state, figure) else {
                continue;
            };
            let table = source.table();
            assert!(!table.caption.is_empty(), "{figure:?}");
            for row in &table.rows {
                assert_eq!(row.len(), table.columns.len(), "{figure:?}");
            }
            n_tables += 1;
        }
        assert_eq!(n_tables, 8, "all but lens and attribution");
    }

    #[test]
    fn the_whole_matrix_is_headed_by_tokens_on_both_sides() {
        let source = source(&state(&["a", " b"]), AttentionFigure::Pattern).unwrap();
        let table = source.table();
        let names: Vec<&str> = table.columns.iter().map(|column| &*column.name).collect();
        assert_eq!(names, [words::QUERY, "a", " b"]);
        assert_eq!(table.rows[1][0], " b");
    }

    #[test]
    fn a_long_prompt_lists_positions_with_their_tokens() {
        let words = vec![" x"; MAX_CELLS + 1];
        let table = source(&state(&words), AttentionFigure::Pattern)
            .unwrap()
            .table();
        assert_eq!(table.columns.len(), 4);
        assert_eq!(table.rows[0][2], "0:  x");
    }

    #[test]
    fn pointing_at_a_cell_leaves_every_source_equal() {
        let mut state = state(&["a", " b", " c"]);
        let all = |state: &State| AttentionFigure::ALL.map(|figure| source(state, figure));
        let before = all(&state);
        state.attention.hover = Some((1, 0));
        assert_eq!(all(&state), before);
    }

    #[test]
    fn the_lines_of_every_selected_row_are_listed() {
        let mut state = state(&["a", " b", " c"]);
        let n_lines = |state: &State| {
            let source = source(state, AttentionFigure::Lines);
            source.unwrap().table().rows.len()
        };
        assert_eq!(n_lines(&state), 3);
        state.attention.toggle_row(&state.frame.subject, 1);
        assert_eq!(n_lines(&state), 5);
    }

    #[test]
    fn columns_of_an_unknown_truth_are_left_out() {
        let table = source(&state(&["a", " b"]), AttentionFigure::Perplexity)
            .unwrap()
            .table();
        assert_eq!(table.columns.len(), 2);
    }
}
