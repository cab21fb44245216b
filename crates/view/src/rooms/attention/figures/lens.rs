//! The logit lens as a table: what the model would say next if it stopped after
//! each layer.
//!
//! Layers run upwards, as the stream is drawn in most papers: the output is the
//! top row, the embedding the bottom one. Positions are columns. "Final" is what
//! the deepest row that has arrived says, so the model's own answer once it is
//! complete.

use std::ops::Range;

use headlight_activations::{HookPoint, LensRow, Site, TokenProb};

use crate::answers::run::Token;
use crate::rooms::attention::figures::sentence;
use headlight_figure::number::{full, percent, percent_column};
use headlight_figure::order;
use headlight_figure::table::Column;
use headlight_figure::token::VisibleToken;
use headlight_figure::token::header;
use headlight_figure::{Palette, Shade, ramp};

/// What the page says about the lens.
mod words {
    pub(crate) const EMBEDDING: &str = "embedding";

    pub(crate) fn before(layer: usize) -> String {
        format!("before layer {layer}")
    }

    pub(crate) fn within(layer: usize) -> String {
        format!("within layer {layer}")
    }

    pub(crate) fn after(layer: usize) -> String {
        format!("after layer {layer}")
    }

    /// The place as a time, in a sentence.
    pub(crate) fn when(row: &str) -> String {
        match row {
            EMBEDDING => "in the embedding".to_owned(),
            other => other.to_owned(),
        }
    }

    pub(crate) fn settles(at: &str, word: &str, when: &str, percent: &str) -> String {
        format!("At {at}, the model settles on {word} {when} and ends with {percent}")
    }

    pub(crate) fn only_then(at: &str, word: &str, when: &str, percent: &str) -> String {
        format!("At {at}, the model comes to {word} only {when}, with {percent}")
    }

    pub(crate) fn not_to_stay(when: &str) -> String {
        format!("; it was on top {when}, but not to stay")
    }

    pub(crate) fn not_listed(bound: &str) -> String {
        format!("<\u{2009}{bound}")
    }
}

/// Tokens that a trace lists per layer.
pub const N_TRACED: usize = 5;

/// What one layer says at one position.
#[derive(Clone, Debug, PartialEq)]
pub struct LensCell {
    /// The position.
    pub pos: usize,
    /// The most probable next token's index in the vocabulary.
    pub id: u32,
    /// The token.
    pub label: VisibleToken,
    /// Its probability, in `[0, 1]`.
    pub prob: f64,
    /// The probability as text.
    pub percent: String,
    /// Colour of its ground.
    pub ground: Shade,
    /// True where the text has the paper's colour instead of the ink's.
    pub is_strong: bool,
    /// True if the last layer says the same.
    pub is_final: bool,
    /// True if the prompt goes on with it.
    pub is_next: bool,
}

/// One layer of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct LensLayer {
    /// Where along the stream.
    pub hook: HookPoint,
    /// The stream in words.
    pub label: String,
    /// A cell per column; `None` where nothing has arrived.
    pub cells: Vec<Option<LensCell>>,
}

/// A window of the table, the output on top.
#[derive(Clone, Debug, PartialEq)]
pub struct LensTable {
    /// The positions that are columns.
    pub columns: Range<usize>,
    /// The rows from the output down to the embedding.
    pub layers: Vec<LensLayer>,
}

/// What one layer gives the final answer at one position.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceStep {
    /// Where along the stream.
    pub hook: HookPoint,
    /// The stream in words.
    pub label: String,
    /// The probability of the final answer; `None` where it is not among the
    /// tokens that this layer lists.
    pub prob: Option<f64>,
    /// The probability as text; a bound where the token is not listed.
    pub text: String,
    /// The most probable tokens here, at most [`N_TRACED`].
    pub top: Vec<TokenProb>,
}

/// How the answer at one position forms, the output first.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The final answer.
    pub answer: TokenProb,
    /// The layers, from the output down to the embedding.
    pub steps: Vec<TraceStep>,
}

/// The answers of the lens, sorted for looking up.
#[derive(Clone, Debug, PartialEq)]
pub struct Lens {
    /// From the output down to the embedding.
    hooks: Vec<HookPoint>,
    rows: Vec<LensRow>,
}

impl Lens {
    /// Takes what has arrived, in any order.
    #[must_use]
    pub fn new(mut rows: Vec<LensRow>) -> Self {
        rows.retain(|row| !row.top.is_empty());
        // The order of hook points is that of the computation for these.
        order::sort_by_key(&mut rows, |row| (row.hook, row.pos));
        let mut hooks: Vec<HookPoint> = rows.iter().rev().map(|row| row.hook).collect();
        hooks.dedup();
        Self { hooks, rows }
    }

    /// The part of the table that has these positions as columns.
    #[must_use]
    pub fn table(&self, tokens: &[Token], columns: Range<usize>) -> LensTable {
        let columns = columns.start.min(tokens.len())..columns.end.min(tokens.len());
        let layer = |hook: &HookPoint| LensLayer {
            hook: *hook,
            label: name(*hook),
            cells: columns
                .clone()
                .map(|pos| self.cell(tokens, *hook, pos))
                .collect(),
        };
        LensTable {
            layers: self.hooks.iter().map(layer).collect(),
            columns,
        }
    }

    /// How the answer at `pos` forms; `None` where the last layer has not arrived.
    #[must_use]
    pub fn trace(&self, pos: usize) -> Option<Trace> {
        let answer = self.answer(pos)?.clone();
        let step = |hook: &HookPoint| {
            let row = self.row(*hook, pos)?;
            let found = row.top.iter().find(|token| token.id == answer.id);
            let prob = row.answer_prob.or_else(|| Some(found?.prob));
            // Not listed, so less than the least that is.
            let least = row.top.last().map_or(1.0, |token| token.prob);
            // Rounded up, so that what is said stays true.
            let bound = || words::not_listed(&percent_column((least * 1e3).ceil() / 1e3));
            Some(TraceStep {
                hook: *hook,
                label: name(*hook),
                prob,
                text: prob.map_or_else(bound, percent_column),
                top: row.top.iter().take(N_TRACED).cloned().collect(),
            })
        };
        Some(Trace {
            steps: self.hooks.iter().filter_map(step).collect(),
            answer,
        })
    }

    /// From which layer on the final answer at `pos` is on top, in one sentence.
    #[must_use]
    pub fn sentence(&self, tokens: &[Token], pos: usize) -> Option<String> {
        let answer = self.answer(pos)?;
        let rows: Vec<&LensRow> = self
            .hooks
            .iter()
            .filter_map(|hook| self.row(*hook, pos))
            .collect();
        let is_answer = |row: &&&LensRow| row.top[0].id == answer.id;
        let n_on_top = rows.iter().take_while(is_answer).count();
        let first = rows[n_on_top - 1].hook;
        let when = words::when(&name(first));
        let at = sentence::name(tokens, pos);
        let word = VisibleToken::new(&answer.text).quoted();
        let said = match n_on_top {
            1 if rows.len() > 1 => words::only_then,
            _ => words::settles,
        };
        let mut said = said(&at, &word, &when, &percent(answer.prob));
        if let Some(early) = rows[n_on_top..].iter().rfind(is_answer) {
            said.push_str(&words::not_to_stay(&words::when(&name(early.hook))));
        }
        said.push('.');
        Some(said)
    }

    /// Heads of the columns of [`Lens::rows`].
    pub const COLUMNS: [Column; 7] = [
        Column::text("where"),
        Column::value("position"),
        Column::text("token"),
        Column::value("top token id"),
        Column::text("top token"),
        Column::value("probability"),
        Column::value("same as the final answer"),
    ];

    /// The top token of every layer and position in full, the output first.
    #[must_use]
    pub fn rows(&self, tokens: &[Token]) -> Vec<Vec<String>> {
        let row = |row: &LensRow| {
            let top = &row.top[0];
            let is_final = self
                .answer(row.pos)
                .is_some_and(|answer| answer.id == top.id);
            vec![
                row.hook.to_string(),
                row.pos.to_string(),
                tokens
                    .get(row.pos)
                    .map_or_else(String::new, |token| header(&token.text)),
                top.id.to_string(),
                header(&top.text),
                full(top.prob),
                is_final.to_string(),
            ]
        };
        let of_hook = |hook: &HookPoint| {
            let of_hook = self.rows.partition_point(|row| row.hook < *hook);
            let rows = self.rows[of_hook..].iter();
            rows.take_while(|row| row.hook == *hook)
                .map(row)
                .collect::<Vec<_>>()
        };
        self.hooks.iter().flat_map(of_hook).collect()
    }

    fn cell(&self, tokens: &[Token], hook: HookPoint, pos: usize) -> Option<LensCell> {
        let top = &self.row(hook, pos)?.top[0];
        let next = tokens.get(pos + 1);
        Some(LensCell {
            pos,
            id: top.id,
            label: VisibleToken::new(&top.text),
            prob: top.prob,
            percent: percent(top.prob),
            ground: ground(top.prob),
            is_strong: top.prob > 0.5,
            is_final: self.answer(pos).is_some_and(|answer| answer.id == top.id),
            is_next: next.is_some_and(|token| token.id == top.id),
        })
    }

    /// What the last layer says at a position.
    fn answer(&self, pos: usize) -> Option<&TokenProb> {
        self.row(*self.hooks.first()?, pos)?.top.first()
    }

    fn row(&self, hook: HookPoint, pos: usize) -> Option<&LensRow> {
        let found = self
            .rows
            .binary_search_by_key(&(hook, pos), |row| (row.hook, row.pos));
        found.ok().map(|at| &self.rows[at])
    }
}

/// Colour of the ground of a text that stands for a probability.
#[must_use]
pub fn ground(prob: f64) -> Shade {
    Palette::Sequential.shade(ramp::readable(prob))
}

/// A place along the stream in words.
fn name(hook: HookPoint) -> String {
    match hook {
        HookPoint::Block {
            layer: 0,
            site: Site::ResidPre,
        } => words::EMBEDDING.to_owned(),
        HookPoint::Block {
            layer,
            site: Site::ResidPre,
        } => words::before(layer),
        HookPoint::Block {
            layer,
            site: Site::ResidPost,
        } => words::after(layer),
        HookPoint::Block { layer, .. } => words::within(layer),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::run::Run;
    use crate::answers::run::tests::run;

    fn row(layer: Option<usize>, pos: usize, top: &[(u32, f64)]) -> LensRow {
        let hook = layer.map_or(HookPoint::block(0, Site::ResidPre), |layer| {
            HookPoint::block(layer, Site::ResidPost)
        });
        let token = |&(id, prob): &(u32, f64)| TokenProb {
            id,
            text: format!(" w{id}"),
            prob,
        };
        LensRow {
            hook,
            pos,
            top: top.iter().map(token).collect(),
            answer_prob: None,
        }
    }

    /// Three layers at two positions. At 0 the answer is 1 from layer 1 on; at 1
    /// it is 5, on top in the embedding and again only at the end.
    fn lens() -> Lens {
        Lens::new(vec![
            row(Some(2), 0, &[(1, 0.9), (2, 0.1)]),
            row(Some(1), 0, &[(1, 0.5), (3, 0.25)]),
            row(Some(0), 0, &[(3, 0.75), (2, 0.2)]),
            row(None, 0, &[(2, 0.3), (1, 0.2)]),
            row(None, 1, &[(5, 0.6), (1, 0.1)]),
            row(Some(2), 1, &[(5, 0.8), (1, 0.1)]),
            row(Some(0), 1, &[(6, 0.8), (1, 0.1)]),
            row(Some(1), 1, &[(6, 0.8), (5, 0.1)]),
        ])
    }

    fn prompt() -> Run {
        run(&["Lily", " ran"])
    }

    #[test]
    fn a_table_that_is_a_part_says_of_what() {
        let said = crate::rooms::attention::words::lens_shows(&(16..25), 25).unwrap();
        assert!(said.starts_with("tokens 16 to 24 of 25"), "{said}");
        assert_eq!(crate::rooms::attention::words::lens_shows(&(0..9), 9), None);
    }

    #[test]
    fn the_output_is_on_top_and_the_embedding_at_the_bottom() {
        let table = lens().table(&prompt().tokens, 0..2);
        let labels: Vec<&str> = table.layers.iter().map(|layer| &*layer.label).collect();
        assert_eq!(
            labels,
            [
                "after layer 2",
                "after layer 1",
                "after layer 0",
                "embedding"
            ]
        );
    }

    #[test]
    fn cells_know_the_answer_and_the_prompt() {
        let table = lens().table(&prompt().tokens, 0..2);
        let cells = |of: fn(&LensCell) -> bool, pos: usize| -> Vec<bool> {
            let column = table.layers.iter().map(|layer| layer.cells[pos].as_ref());
            column.map(|cell| of(cell.unwrap())).collect()
        };
        assert_eq!(cells(|cell| cell.is_final, 0), [true, true, false, false]);
        assert_eq!(cells(|cell| cell.is_final, 1), [true, false, false, true]);
        // The prompt goes on with the token of id 1, and then ends.
        assert_eq!(cells(|cell| cell.is_next, 0), [true, true, false, false]);
        assert_eq!(cells(|cell| cell.is_next, 1), [false; 4]);
        let top = table.layers[0].cells[0].as_ref().unwrap();
        assert_eq!(
            (top.is_strong, top.label.body.as_str(), top.ground),
            (true, "w1", ground(0.9))
        );
    }

    #[test]
    fn a_window_has_only_its_columns_and_none_beyond_the_prompt() {
        let table = lens().table(&prompt().tokens, 1..9);
        assert_eq!(table.columns, 1..2);
        assert!(table.layers.iter().all(|layer| layer.cells.len() == 1));
    }

    #[test]
    fn the_sentence_says_from_where_on_the_answer_stays() {
        let run = prompt();
        let said = |pos| lens().sentence(&run.tokens, pos).unwrap();
        assert_eq!(
            said(0),
            "At “Lily”, the model settles on “w1” after layer 1 and ends with 90.0\u{a0}%."
        );
        assert_eq!(
            said(1),
            "At “ran”, the model comes to “w5” only after layer 2, with 80.0\u{a0}%; \
             it was on top in the embedding, but not to stay."
        );
        assert_eq!(lens().sentence(&run.tokens, 2), None);
    }

    #[test]
    fn a_trace_knows_what_is_not_listed_where_the_engine_says_it() {
        let mut rows = vec![
            row(Some(0), 0, &[(1, 0.9), (2, 0.1)]),
            row(None, 0, &[(2, 0.3), (3, 0.2)]),
        ];
        rows[1].answer_prob = Some(0.0125);
        let trace = Lens::new(rows).trace(0).unwrap();
        assert_eq!(trace.steps[1].prob, Some(0.0125));
        assert_eq!(trace.steps[1].text, percent_column(0.0125));
    }

    #[test]
    fn a_trace_follows_the_answer_and_bounds_what_is_not_listed() {
        let trace = lens().trace(0).unwrap();
        assert_eq!(trace.answer.id, 1);
        let probs: Vec<Option<f64>> = trace.steps.iter().map(|step| step.prob).collect();
        assert_eq!(probs, [Some(0.9), Some(0.5), None, Some(0.2)]);
        assert_eq!(trace.steps[2].text, "<\u{2009}20.0\u{a0}%");
        assert_eq!(lens().trace(7), None);
    }

    #[test]
    fn a_position_whose_last_layer_is_missing_has_no_answer_but_its_cells() {
        let mut rows = lens().rows;
        rows.retain(|row| row.pos == 0 || row.hook != HookPoint::block(2, Site::ResidPost));
        let lens = Lens::new(rows);
        let table = lens.table(&prompt().tokens, 1..2);
        assert_eq!(table.layers[0].cells[0], None);
        assert!(!table.layers[1].cells[0].as_ref().unwrap().is_final);
        assert_eq!(lens.trace(1), None);
    }

    #[test]
    fn nothing_has_no_rows() {
        let lens = Lens::new(Vec::new());
        assert!(lens.table(&prompt().tokens, 0..2).layers.is_empty());
        assert!(lens.rows(&prompt().tokens).is_empty());
    }

    #[test]
    fn the_tables_hold_every_number_in_full() {
        let rows = lens().rows(&prompt().tokens);
        assert_eq!(rows.len(), 8);
        assert!(rows.iter().all(|row| row.len() == Lens::COLUMNS.len()));
        assert_eq!(
            rows[0],
            [
                "blocks.2.hook_resid_post",
                "0",
                "Lily",
                "1",
                " w1",
                "0.9",
                "true"
            ]
        );
    }
}
