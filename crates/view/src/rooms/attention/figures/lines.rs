//! Attention as lines between two columns of tokens: the query that looks on the
//! left, the key that is looked at on the right.
//!
//! Not every weight is a line: thin ones would cover the ones that matter. What
//! is left out is said in the sentence.

use std::ops::Range;

use headlight_figure::number::{full_f32, percent};
use headlight_figure::table::{Column, Table};
use headlight_figure::token::{VisibleToken, header};
use headlight_figure::{
    Anchor, Element, FigureId, LABEL, NOTE, Path, Size, el, order, phrase, rect, window,
};

use crate::answers::run::{Pattern, Token};
use crate::rooms::attention::catalogue::{self, AttentionFigure};
use crate::rooms::attention::choices::Scope;
use crate::rooms::attention::figures::per_token::TOKEN;
use crate::rooms::attention::figures::sentence;
use crate::rooms::attention::words::LINES_TABLE;

/// What the page says about the lines.
mod words {
    /// Above the left column.
    pub(crate) const QUERY: &str = "query";
    /// Above the right column.
    pub(crate) const KEY: &str = "key";
    /// Whose weight the lines carry, where one query is selected.
    pub(crate) const ITS_WEIGHT: &str = "its weight";
    /// Subject of the sentence where several queries are drawn.
    pub(crate) const THEIR_WEIGHT: &str = "their weight";

    /// Whose weight the lines carry, where all are drawn.
    pub(crate) fn weight_of(n_queries: usize) -> String {
        match n_queries {
            1 => "the weight of 1 token".to_owned(),
            _ => format!("the weight of {n_queries} tokens"),
        }
    }

    pub(crate) fn from_query(query: &str, head: &str) -> String {
        format!("from {query}, {head}")
    }

    pub(crate) fn from_several(n_queries: usize, head: &str) -> String {
        format!("from {n_queries} queries, {head}")
    }

    pub(crate) fn not_in_view(n_queries: usize) -> String {
        match n_queries {
            1 => "; 1 more query is out of view".to_owned(),
            _ => format!("; {n_queries} more queries are out of view"),
        }
    }

    pub(crate) fn has(n_lines: usize, drawn: &str, of: &str) -> String {
        match n_lines {
            0 => "has no line to draw".to_owned(),
            1 => format!("has one line with {drawn} of {of}"),
            _ => format!("has {n_lines} lines with {drawn} of {of}"),
        }
    }

    pub(crate) fn not_drawn(thin: &str, outside: Option<&str>) -> String {
        match outside {
            None => format!("; {thin} is spread too thin to draw"),
            Some(outside) => {
                format!("; {thin} is spread too thin to draw, {outside} goes to tokens out of view")
            }
        }
    }

    pub(crate) fn outside_only(outside: &str) -> String {
        format!("; {outside} goes to tokens out of view")
    }
}

/// The least weight that is drawn.
pub const LEAST_WEIGHT: f32 = 0.02;
/// The most lines from one query.
pub const MAX_PER_QUERY: usize = 8;
/// The most lines of one figure.
pub const MAX_LINES: usize = 400;
/// The most tokens in a column.
pub const MAX_TOKENS: usize = 48;

/// Least width of the drawing, in pixels.
const NARROWEST: f64 = 200.0;
/// Distance between two tokens of a column.
const PITCH: f64 = 20.0;
/// Room above the first token, for the columns' titles.
const TOP: f64 = 28.0;
/// Room below the last token.
const BOTTOM: f64 = 8.0;
/// Least room of a column, and its most as a share of the width.
const COLUMN: (f64, f64) = (40.0, 0.28);
/// Distance between a label and its lines.
const LABEL_GAP: f64 = 8.0;
/// Width of a line of weight 1.
const MAX_STROKE: f64 = 6.0;

/// Which weights are drawn as lines, and what is left out.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenLines {
    /// The positions in view; both columns show the same.
    pub window: Range<usize>,
    /// The lines in the order of drawing, strongest last and on top.
    pub lines: Vec<AttentionLine>,
    /// The share of the queries' weight that goes to keys out of view.
    pub outside: f64,
    /// The share that is in view and not drawn.
    pub thin: f64,
    scope: Scope,
    /// The queries that are drawn.
    drawn: Vec<usize>,
    /// The queries that are selected.
    selected: Vec<usize>,
}

impl TokenLines {
    /// Chooses the lines of `pattern` in view of the `query` in hand. `selected` are the
    /// queries that are looked at together, in order.
    #[must_use]
    pub fn new(pattern: &Pattern, query: usize, selected: &[usize], scope: Scope) -> Self {
        let n = pattern.seq_len();
        let window = window::around(query.min(n.saturating_sub(1)), MAX_TOKENS, n);
        let queries = match scope {
            Scope::Selected => {
                let is_drawn = |query: &&usize| window.contains(*query);
                selected.iter().filter(is_drawn).copied().collect()
            }
            Scope::All => window.clone().collect::<Vec<usize>>(),
        };
        let mut lines = strongest(pattern, &queries, window.start);
        let total = mass(pattern, &queries, 0);
        let inside = mass(pattern, &queries, window.start);
        let drawn: f64 = lines.iter().map(|line| f64::from(line.weight)).sum();
        let share = |weight: f64| (weight / total.max(f64::MIN_POSITIVE)).max(0.0);
        lines.reverse();
        Self {
            lines,
            outside: share(total - inside),
            thin: share(inside - drawn),
            window,
            scope,
            drawn: queries,
            selected: selected.to_vec(),
        }
    }

    /// Both columns and the lines between them in `width_px` pixels, and the room that
    /// they take.
    #[must_use]
    pub fn drawing(&self, tokens: &[Token], width_px: f64) -> (Element, Size) {
        // Whole pixels, so that a file says exactly how wide its drawing is.
        let width = width_px.max(NARROWEST).floor();
        let shown = tokens.get(self.window.clone()).unwrap_or_default();
        let columns = Columns::new(shown, width);
        let lines = self.lines.iter().map(|line| {
            let is_selected = self.selected.contains(&line.query);
            columns.line(*line, self.window.start, is_selected)
        });
        let rows = || self.window.clone().zip(shown).enumerate();
        let queries = rows().map(|(row, (pos, token))| {
            let is_selected = self.selected.contains(&pos);
            columns
                .query(token, row)
                .class_if("is-selected", is_selected)
        });
        let keys = rows().map(|(row, (_, token))| columns.key(token, row));
        let areas = rows().map(|(row, (pos, _))| {
            let area = rect(0.0, TOP + row as f64 * PITCH, width, PITCH);
            area.class("hit-area").target(TOKEN, pos)
        });
        let drawing = el("g")
            .add(columns.titles())
            .add(el("g").all(lines))
            .add(el("g").all(queries))
            .add(el("g").all(keys))
            .add(el("g").class("hit-area").all(areas));
        let height = TOP + shown.len() as f64 * PITCH + BOTTOM;
        (drawing, Size { width, height })
    }

    /// Sentence about how many lines there are and how much weight they leave out, in one
    /// sentence; `head` is the name of the head, or of the heads whose mean is drawn.
    #[must_use]
    pub fn sentence(&self, tokens: &[Token], head: &str) -> String {
        let drawn = percent((1.0 - self.thin - self.outside).clamp(0.0, 1.0));
        let (who, of) = match (self.scope, self.drawn.as_slice()) {
            (Scope::Selected, [query]) => {
                let query = sentence::name(tokens, *query);
                (
                    words::from_query(&query, head),
                    words::ITS_WEIGHT.to_owned(),
                )
            }
            (Scope::Selected, several) => {
                let who = words::from_several(several.len(), head);
                (who, words::THEIR_WEIGHT.to_owned())
            }
            (Scope::All, all) => (head.to_owned(), words::weight_of(all.len())),
        };
        let has = words::has(self.lines.len(), &drawn, &of);
        let mut said = format!("{who} {has}");
        // What rounds to nothing is nothing to speak of.
        let spoken = |share: f64| (share >= 0.000_5).then(|| percent(share));
        match (spoken(self.thin), spoken(self.outside)) {
            (None, None) => {}
            (None, Some(outside)) => said.push_str(&words::outside_only(&outside)),
            (Some(thin), outside) => said.push_str(&words::not_drawn(&thin, outside.as_deref())),
        }
        let n_not_drawn = match self.scope {
            Scope::Selected => self.selected.len() - self.drawn.len(),
            Scope::All => 0,
        };
        if n_not_drawn > 0 {
            said.push_str(&words::not_in_view(n_not_drawn));
        }
        phrase::sentence(&said)
    }

    /// The lines with their weights in full, strongest first.
    #[must_use]
    pub fn table(&self, tokens: &[Token]) -> Table {
        let token = |pos: usize| {
            let token = tokens.get(pos);
            token.map_or_else(String::new, |token| header(&token.text))
        };
        let row = |line: &AttentionLine| {
            vec![
                line.query.to_string(),
                token(line.query),
                line.key.to_string(),
                token(line.key),
                full_f32(line.weight),
            ]
        };
        let rows = self.lines.iter().rev().map(row).collect();
        Table::new(LINES_TABLE, &COLUMNS, rows)
    }

    /// The figure in a width.
    #[must_use]
    pub fn figure(
        &self,
        tokens: &[Token],
        head: &str,
        width_px: f64,
        credit: String,
    ) -> headlight_figure::Figure {
        let (drawing, size) = self.drawing(tokens, width_px);
        headlight_figure::Figure {
            id: FigureId(AttentionFigure::Lines.name()),
            title: catalogue::title(AttentionFigure::Lines).into(),
            sentence: self.sentence(tokens, head),
            drawing,
            size,
            table: self.table(tokens),
            credit,
        }
    }
}

/// Heads of the table's columns.
const COLUMNS: [Column; 5] = [
    Column::value("query"),
    Column::text("token"),
    Column::value("key"),
    Column::text("token looked at"),
    Column::value("weight"),
];

/// A weight that is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AttentionLine {
    /// The token that looks.
    pub query: usize,
    /// The token that is looked at.
    pub key: usize,
    /// Attention weight, in `[0, 1]`.
    pub weight: f32,
}

/// The lines of `queries` to keys from `first_key` on that are drawn, strongest
/// first, ties to the earlier.
fn strongest(pattern: &Pattern, queries: &[usize], first_key: usize) -> Vec<AttentionLine> {
    let by_weight = |a: &AttentionLine, b: &AttentionLine| {
        let place = |line: &AttentionLine| (line.query, line.key);
        b.weight.total_cmp(&a.weight).then(place(a).cmp(&place(b)))
    };
    let of_query = |query: usize| {
        let visible = pattern.row(query).iter().enumerate().take(query + 1);
        let lines =
            visible
                .skip(first_key)
                .map(|(key, &weight)| AttentionLine { query, key, weight });
        let mut lines: Vec<AttentionLine> =
            lines.filter(|line| line.weight >= LEAST_WEIGHT).collect();
        order::sort_by(&mut lines, by_weight);
        lines.truncate(MAX_PER_QUERY);
        lines
    };
    let mut lines: Vec<AttentionLine> = queries.iter().copied().flat_map(of_query).collect();
    order::sort_by(&mut lines, by_weight);
    lines.truncate(MAX_LINES);
    lines
}

/// The weight of `queries` on keys from `first_key` on.
fn mass(pattern: &Pattern, queries: &[usize], first_key: usize) -> f64 {
    let of_query = |query: usize| {
        let visible = pattern.row(query).iter().take(query + 1).skip(first_key);
        visible.map(|weight| f64::from(*weight)).sum::<f64>()
    };
    queries.iter().copied().map(of_query).sum()
}

/// Where the two columns stand.
struct Columns {
    left: f64,
    right: f64,
}

impl Columns {
    fn new(shown: &[Token], width: f64) -> Self {
        let length = |token: &Token| LABEL.width(&VisibleToken::new(&token.text).full());
        let longest = shown.iter().map(length).fold(0.0, f64::max);
        let label = (longest + LABEL_GAP).ceil().max(COLUMN.0);
        let label = label.min((width * COLUMN.1).max(COLUMN.0));
        Self {
            left: label,
            right: width - label,
        }
    }

    fn titles(&self) -> Element {
        let baseline = TOP - LABEL_GAP;
        let query = (self.left - LABEL_GAP, Anchor::End, words::QUERY);
        let key = (self.right + LABEL_GAP, Anchor::Start, words::KEY);
        let title = |(x, anchor, title)| NOTE.at(x, baseline, anchor, title);
        el("g").all([query, key].map(title))
    }

    /// A token of the left column; its end faces the lines.
    fn query(&self, token: &Token, row: usize) -> Element {
        self.token(token, row, self.left - LABEL_GAP, Anchor::End)
    }

    /// A token of the right column; its start faces the lines.
    fn key(&self, token: &Token, row: usize) -> Element {
        self.token(token, row, self.right + LABEL_GAP, Anchor::Start)
    }

    fn token(&self, token: &Token, row: usize, x: f64, anchor: Anchor) -> Element {
        let token = VisibleToken::new(&token.text);
        let room = self.left - LABEL_GAP - LABEL.width(&token.lead);
        let word = LABEL.fitted(&token.body, room);
        let baseline = row_middle(row) + LABEL.below_middle();
        let lead = (!token.lead.is_empty()).then(|| {
            let lead = el("tspan").class("token-lead");
            lead.add(token.lead)
        });
        let mut text = LABEL.at(x, baseline, anchor, "");
        text.children.clear();
        text.add(lead).add(word)
    }

    /// The curve of a weight, whose width and opacity say how much it is.
    fn line(&self, line: AttentionLine, first: usize, is_selected: bool) -> Element {
        let (left, right, middle) = (self.left, self.right, (self.left + self.right) / 2.0);
        let (from, to) = (row_middle(line.query - first), row_middle(line.key - first));
        let weight = f64::from(line.weight).clamp(0.0, 1.0);
        let curve = Path::default().move_to(left, from);
        let curve = curve.curve_to((middle, from), (middle, to), (right, to));
        let curve = curve.element().class("link");
        curve
            .class_if("of-query", is_selected)
            .at("stroke-width", stroke_px(weight))
            .set("stroke-opacity", format!("{:.3}", opacity(weight)))
    }
}

fn stroke_px(weight: f64) -> f64 {
    (weight * MAX_STROKE).max(1.0)
}

fn opacity(weight: f64) -> f64 {
    0.25 + 0.75 * weight
}

fn row_middle(row: usize) -> f64 {
    TOP + (row as f64 + 0.5) * PITCH
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::head::Head;
    use crate::answers::run::Run;
    use crate::answers::run::tests::{pattern, run};
    use expect_test::expect_file;
    use headlight_figure::{LIGHT, svg};

    fn words(n: usize) -> Run {
        run(&vec![" found"; n])
    }

    fn lines(n: usize, selected: usize, scope: Scope) -> TokenLines {
        TokenLines::new(&pattern(n), selected, &[selected], scope)
    }

    #[test]
    fn the_selected_query_has_its_lines_alone_and_no_key_is_ahead() {
        let selected = lines(6, 3, Scope::Selected);
        let ends: Vec<_> = selected
            .lines
            .iter()
            .map(|line| (line.query, line.key))
            .collect();
        assert_eq!(ends.len(), 4);
        assert!(ends.iter().all(|(query, key)| *query == 3 && key <= query));
        assert_eq!(ends[3], (3, 0), "the strongest is drawn last");
        assert_eq!(lines(6, 3, Scope::All).lines.len(), 6 * 7 / 2);
    }

    #[test]
    fn several_selected_queries_have_their_lines_together() {
        let run = words(6);
        let figure = TokenLines::new(&pattern(6), 3, &[1, 3], Scope::Selected);
        let queries: Vec<usize> = figure.lines.iter().map(|line| line.query).collect();
        assert_eq!(queries.iter().filter(|query| **query == 1).count(), 2);
        assert_eq!(queries.iter().filter(|query| **query == 3).count(), 4);
        assert_eq!(figure.table(&run.tokens).rows.len(), 6);
        assert_eq!(
            figure.sentence(&run.tokens, "the mean of 3 heads"),
            "From 2 queries, the mean of 3 heads has 6 lines with 100\u{a0}% of their weight."
        );
    }

    #[test]
    fn a_selected_query_out_of_view_is_said_to_be() {
        let run = words(200);
        let figure = TokenLines::new(&pattern(200), 150, &[2, 150], Scope::Selected);
        let said = figure.sentence(&run.tokens, "head 1.2");
        assert!(
            said.starts_with("From “found” (token 150), head 1.2"),
            "{said}"
        );
        assert!(said.ends_with("; 1 more query is out of view."), "{said}");
    }

    #[test]
    fn drawn_thin_and_outside_add_up_to_all_weight() {
        for (n, selected, scope) in [
            (6, 5, Scope::Selected),
            (40, 39, Scope::Selected),
            (40, 39, Scope::All),
            (200, 150, Scope::Selected),
            (200, 150, Scope::All),
        ] {
            let figure = lines(n, selected, scope);
            let drawn: f64 = figure.lines.iter().map(|line| f64::from(line.weight)).sum();
            let n_queries = match scope {
                Scope::Selected => 1,
                Scope::All => figure.window.len(),
            };
            let sum = drawn / n_queries as f64 + figure.thin + figure.outside;
            // Rows in single precision.
            assert!((sum - 1.0).abs() < 1e-5, "{n} {selected} {scope:?}: {sum}");
        }
    }

    #[test]
    fn there_are_never_too_many_lines_and_none_is_thin() {
        for n in [12, 60, 200] {
            let all = lines(n, n - 1, Scope::All);
            assert!(all.lines.len() <= MAX_LINES);
            assert!(all.lines.iter().all(|line| line.weight >= LEAST_WEIGHT));
            for query in all.window.clone() {
                let own = all.lines.iter().filter(|line| line.query == query);
                assert!(own.count() <= MAX_PER_QUERY);
            }
        }
    }

    #[test]
    fn a_long_prompt_shows_the_window_of_its_selected_query() {
        let far = lines(200, 150, Scope::Selected);
        assert_eq!(far.window.len(), MAX_TOKENS);
        assert!(far.window.contains(&150));
        assert!(far.lines.is_empty(), "its only strong key is out of view");
        let said = far.sentence(&words(200).tokens, "head 1.2");
        assert_eq!(
            said,
            "From “found” (token 150), head 1.2 has no line to draw; \
             8.3\u{a0}% is spread too thin to draw, 91.7\u{a0}% goes to tokens out of view."
        );
    }

    #[test]
    fn nothing_left_out_is_not_spoken_of() {
        let said = lines(3, 2, Scope::All).sentence(&words(3).tokens, "head 1.2");
        assert_eq!(
            said,
            "Head 1.2 has 6 lines with 100\u{a0}% of the weight of 3 tokens."
        );
    }

    #[test]
    fn a_heavier_line_is_never_thinner_or_fainter() {
        let all = lines(30, 29, Scope::All).lines;
        for pair in all.windows(2) {
            let [first, second] = [pair[0].weight, pair[1].weight].map(f64::from);
            assert!(first <= second);
            assert!(stroke_px(first) <= stroke_px(second));
            assert!(opacity(first) <= opacity(second));
        }
    }

    #[test]
    fn columns_leave_room_for_lines_and_for_every_name() {
        let run = run(&[" extraordinarily long token indeed", "a"]);
        for width in [320.0, 600.0, 1000.0] {
            let columns = Columns::new(&run.tokens, width);
            assert!(columns.left < columns.right && columns.right < width);
            let drawn = format!("{:?}", columns.key(&run.tokens[0], 0));
            let is_cut = columns.left < LABEL.width(" extraordinarily long token indeed");
            assert_eq!(drawn.contains('\u{2026}'), is_cut, "{drawn}");
        }
    }

    #[test]
    fn the_figure_is_what_it_was() {
        let run = run(&["<|start|>", " Lily", " ran"]);
        let figure = TokenLines::new(&pattern(3), 1, &[1], Scope::All);
        let figure = figure.figure(&run.tokens, "head 1.2", 352.0, "Headlight".to_owned());
        let file = svg(&figure, &LIGHT, 400.0).replace("><", ">\n<");
        expect_file!["snapshots/lines.svg"].assert_eq(&file);
    }

    #[test]
    fn the_table_lists_the_lines_strongest_first_in_full() {
        let run = words(4);
        let figure = TokenLines::new(&pattern(4), 3, &[3], Scope::All);
        let rows = figure.table(&run.tokens).rows;
        assert_eq!(rows.len(), figure.lines.len());
        assert_eq!(rows[0], ["0", " found", "0", " found", "1"]);
    }

    #[test]
    fn an_empty_prompt_is_an_empty_figure() {
        let pattern = Pattern::new(Head::default(), 0, Vec::new(), Vec::new()).unwrap();
        let figure = TokenLines::new(&pattern, 0, &[0], Scope::All);
        let (drawing, size) = figure.drawing(&[], 300.0);
        assert!(figure.lines.is_empty() && !format!("{drawing:?}").contains(TOKEN));
        assert_eq!(size.height, TOP + BOTTOM);
    }
}
