//! Attention as lines between two columns of tokens: the query that looks on the
//! left, the key that is looked at on the right.
//!
//! Not every weight is a line: thin ones would cover the ones that matter. What
//! is left out is said in the sentence.

use headlight_figure::phrase;
use std::ops::Range;

use crate::answers::run::{Pattern, Token};
use crate::rooms::attention::figures::sentence;
use headlight_figure::number::{full_f32, percent};
use headlight_figure::order;
use headlight_figure::table::Column;
use headlight_figure::token::VisibleToken;
use headlight_figure::window;

/// What the page says about the lines.
mod words {
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

    pub(crate) fn from(query: &str, head: &str) -> String {
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

/// Distance between two tokens of a column.
const PITCH: f64 = 20.0;
/// Room above the first token, for the columns' titles.
const TOP: f64 = 28.0;
/// Room below the last token.
const BOTTOM: f64 = 8.0;
/// Width of an average character at the label's size.
const CHAR_WIDTH: f64 = 7.1;
/// Distance between a label and its lines.
const LABEL_GAP: f64 = 8.0;
/// Width of a line of weight 1.
const MAX_STROKE: f64 = 6.0;

/// Whose lines are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Those of the selected queries.
    #[default]
    Selected,
    /// Those of every query in view.
    All,
}

/// A token of a column.
#[derive(Clone, Debug, PartialEq)]
pub struct LineLabel {
    /// The position it names.
    pub pos: usize,
    /// The end of the text that faces the lines: the right one of a query, the
    /// left one of a key.
    pub x: f64,
    /// Middle of the text.
    pub y: f64,
    /// Marks for the spaces before the token, to be drawn faint.
    pub lead: String,
    /// The token, made visible and shortened.
    pub text: String,
}

/// One weight as a curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The token that looks.
    pub query: usize,
    /// The token that is looked at.
    pub key: usize,
    /// How much, in `[0, 1]`.
    pub weight: f32,
    /// The curve as SVG path data.
    pub path: String,
    /// Width of the stroke in pixels.
    pub stroke_px: f64,
    /// Opacity of the stroke, in `[0, 1]`.
    pub opacity: f64,
}

/// Columns and lines, in CSS pixels of the figure's own box.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenLines {
    /// The positions in view; both columns show the same.
    pub window: Range<usize>,
    /// Width of the figure.
    pub width: f64,
    /// Height of the figure.
    pub height: f64,
    /// Where lines start.
    pub left: f64,
    /// Where lines end.
    pub right: f64,
    /// The left column.
    pub queries: Vec<LineLabel>,
    /// The right column.
    pub keys: Vec<LineLabel>,
    /// The lines in the order of drawing, strongest last and on top.
    pub lines: Vec<Line>,
    /// The share of the queries' weight that goes to keys out of view.
    pub outside: f64,
    /// The share that is in view and not drawn.
    pub thin: f64,
    scope: Scope,
    /// The selected queries that are drawn.
    drawn: Vec<usize>,
    /// How many selected queries are not.
    n_not_drawn: usize,
}

impl TokenLines {
    /// Lays out the lines of `pattern` in `width_px` pixels, in view of the `query`
    /// in hand. `selected` are the queries that are looked at together, in order.
    #[must_use]
    pub fn new(
        tokens: &[Token],
        pattern: &Pattern,
        query: usize,
        selected: &[usize],
        scope: Scope,
        width_px: f64,
    ) -> Self {
        let n = tokens.len().min(pattern.seq_len());
        let window = window::around(query.min(n.saturating_sub(1)), MAX_TOKENS, n);
        let width = width_px.max(200.0);
        let columns = Columns::new(&tokens[window.clone()], width);
        let queries = match scope {
            Scope::Selected => {
                let is_drawn = |query: &&usize| window.contains(*query);
                selected.iter().filter(is_drawn).copied().collect()
            }
            Scope::All => window.clone().collect::<Vec<usize>>(),
        };
        let links = strongest(pattern, &queries, window.start);
        let total = mass(pattern, &queries, 0);
        let inside = mass(pattern, &queries, window.start);
        let drawn: f64 = links.iter().map(|link| f64::from(link.weight)).sum();
        let share = |weight: f64| (weight / total.max(f64::MIN_POSITIVE)).max(0.0);
        let line = |link: &Link| columns.line(*link, window.start);
        Self {
            width,
            height: TOP + window.len() as f64 * PITCH + BOTTOM,
            left: columns.left,
            right: columns.right,
            queries: columns.labels(tokens, window.clone(), columns.left - LABEL_GAP),
            keys: columns.labels(tokens, window.clone(), columns.right + LABEL_GAP),
            lines: links.iter().rev().map(line).collect(),
            outside: share(total - inside),
            thin: share(inside - drawn),
            window,
            scope,
            n_not_drawn: match scope {
                Scope::Selected => selected.len() - queries.len(),
                Scope::All => 0,
            },
            drawn: queries,
        }
    }

    /// The token of a column at a height.
    #[must_use]
    pub fn pos_at(&self, y: f64) -> Option<usize> {
        let row = ((y - TOP) / PITCH).floor();
        let is_inside = row >= 0.0 && row < self.window.len() as f64;
        is_inside.then(|| self.window.start + row as usize)
    }

    /// How many lines there are and how much weight they leave out, in one sentence;
    /// `head` is the name of the head, or of the heads whose mean is drawn.
    #[must_use]
    pub fn sentence(&self, tokens: &[Token], head: &str) -> String {
        let drawn = percent((1.0 - self.thin - self.outside).clamp(0.0, 1.0));
        let (who, of) = match (self.scope, self.drawn.as_slice()) {
            (Scope::Selected, [query]) => {
                let query = sentence::name(tokens, *query);
                (words::from(&query, head), words::ITS_WEIGHT.to_owned())
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
        if self.n_not_drawn > 0 {
            said.push_str(&words::not_in_view(self.n_not_drawn));
        }
        phrase::sentence(&said)
    }

    /// Heads of the columns of [`TokenLines::rows`].
    pub const COLUMNS: [Column; 5] = [
        Column::value("query"),
        Column::text("token"),
        Column::value("key"),
        Column::text("token looked at"),
        Column::value("weight"),
    ];

    /// The lines with their weights in full, strongest first.
    #[must_use]
    pub fn rows(&self, tokens: &[Token]) -> Vec<Vec<String>> {
        let token = |pos: usize| {
            let token = tokens.get(pos);
            token.map_or_else(String::new, |token| {
                headlight_figure::token::header(&token.text)
            })
        };
        let row = |line: &Line| {
            vec![
                line.query.to_string(),
                token(line.query),
                line.key.to_string(),
                token(line.key),
                full_f32(line.weight),
            ]
        };
        self.lines.iter().rev().map(row).collect()
    }
}

/// A weight that is drawn.
#[derive(Clone, Copy, Debug)]
struct Link {
    query: usize,
    key: usize,
    weight: f32,
}

/// The links of `queries` to keys from `first_key` on that are drawn, strongest
/// first, ties to the earlier.
fn strongest(pattern: &Pattern, queries: &[usize], first_key: usize) -> Vec<Link> {
    let by_weight = |a: &Link, b: &Link| {
        let place = |link: &Link| (link.query, link.key);
        b.weight.total_cmp(&a.weight).then(place(a).cmp(&place(b)))
    };
    let of_query = |query: usize| {
        let visible = pattern.row(query).iter().enumerate().take(query + 1);
        let links = visible
            .skip(first_key)
            .map(|(key, &weight)| Link { query, key, weight });
        let mut links: Vec<Link> = links.filter(|link| link.weight >= LEAST_WEIGHT).collect();
        order::sort_by(&mut links, by_weight);
        links.truncate(MAX_PER_QUERY);
        links
    };
    let mut links: Vec<Link> = queries.iter().copied().flat_map(of_query).collect();
    order::sort_by(&mut links, by_weight);
    links.truncate(MAX_LINES);
    links
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
    max_chars: usize,
}

impl Columns {
    fn new(shown: &[Token], width: f64) -> Self {
        let length = |token: &Token| VisibleToken::new(&token.text).full().chars().count();
        let longest = shown.iter().map(length).max().unwrap_or(1);
        let wanted = longest as f64 * CHAR_WIDTH + LABEL_GAP;
        let label = wanted.clamp(36.0, (width * 0.28).max(36.0));
        Self {
            left: label,
            right: width - label,
            max_chars: ((label - LABEL_GAP) / CHAR_WIDTH).floor().max(3.0) as usize,
        }
    }

    fn labels(&self, tokens: &[Token], window: Range<usize>, x: f64) -> Vec<LineLabel> {
        let label = |(row, pos): (usize, usize)| {
            let token = VisibleToken::new(&tokens[pos].text);
            LineLabel {
                pos,
                x,
                y: row_middle(row),
                text: token.short_body(self.max_chars),
                lead: token.lead,
            }
        };
        window.enumerate().map(label).collect()
    }

    fn line(&self, link: Link, first: usize) -> Line {
        let (left, right, middle) = (self.left, self.right, (self.left + self.right) / 2.0);
        let (from, to) = (row_middle(link.query - first), row_middle(link.key - first));
        let weight = f64::from(link.weight).clamp(0.0, 1.0);
        Line {
            query: link.query,
            key: link.key,
            weight: link.weight,
            path: format!(
                "M{left:.1} {from:.1}C{middle:.1} {from:.1} {middle:.1} {to:.1} {right:.1} {to:.1}"
            ),
            stroke_px: (weight * MAX_STROKE).max(1.0),
            opacity: 0.25 + 0.75 * weight,
        }
    }
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

    fn words(n: usize) -> Run {
        run(&vec![" found"; n])
    }

    fn lines(n: usize, selected: usize, scope: Scope) -> TokenLines {
        TokenLines::new(
            &words(n).tokens,
            &pattern(n),
            selected,
            &[selected],
            scope,
            600.0,
        )
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
        let figure = TokenLines::new(&run.tokens, &pattern(6), 3, &[1, 3], Scope::Selected, 600.0);
        let queries: Vec<usize> = figure.lines.iter().map(|line| line.query).collect();
        assert_eq!(queries.iter().filter(|query| **query == 1).count(), 2);
        assert_eq!(queries.iter().filter(|query| **query == 3).count(), 4);
        assert_eq!(figure.rows(&run.tokens).len(), 6);
        assert_eq!(
            figure.sentence(&run.tokens, "the mean of 3 heads"),
            "From 2 queries, the mean of 3 heads has 6 lines with 100\u{a0}% of their weight."
        );
    }

    #[test]
    fn a_selected_query_out_of_view_is_said_to_be() {
        let run = words(200);
        let figure = TokenLines::new(
            &run.tokens,
            &pattern(200),
            150,
            &[2, 150],
            Scope::Selected,
            600.0,
        );
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
        assert_eq!(far.queries.len(), MAX_TOKENS);
        assert!(far.lines.is_empty(), "its only strong key is out of view");
        let said = far.sentence(&words(200).tokens, "head 1.2");
        assert_eq!(
            said,
            "From “found” (token 150), head 1.2 has no line to draw; \
             8.3\u{a0}% is spread too thin to draw, 92\u{a0}% goes to tokens out of view."
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
            assert!(pair[0].weight <= pair[1].weight);
            assert!(pair[0].stroke_px <= pair[1].stroke_px);
            assert!(pair[0].opacity < pair[1].opacity || pair[0].weight == pair[1].weight);
        }
    }

    #[test]
    fn labels_face_the_lines_and_stay_in_the_figure() {
        for width in [320.0, 600.0, 1000.0] {
            let run = run(&[" extraordinarily long token indeed", "a"]);
            let figure = TokenLines::new(&run.tokens, &pattern(2), 0, &[0], Scope::All, width);
            assert!(figure.left < figure.right && figure.right < width);
            assert_eq!(figure.queries[1].y, row_middle(1));
            assert_eq!(figure.pos_at(row_middle(1)), Some(1));
            let chars = figure.keys[0].lead.chars().count() + figure.keys[0].text.chars().count();
            assert!(figure.keys[0].x + chars as f64 * CHAR_WIDTH <= width);
        }
    }

    #[test]
    fn the_table_lists_the_lines_strongest_first_in_full() {
        let run = words(4);
        let figure = TokenLines::new(&run.tokens, &pattern(4), 3, &[3], Scope::All, 600.0);
        let rows = figure.rows(&run.tokens);
        assert_eq!(rows.len(), figure.lines.len());
        assert_eq!(rows[0], ["0", " found", "0", " found", "1"]);
    }

    #[test]
    fn an_empty_prompt_is_an_empty_figure() {
        let pattern = Pattern::new(Head::default(), 0, Vec::new(), Vec::new()).unwrap();
        let figure = TokenLines::new(&[], &pattern, 0, &[0], Scope::All, 300.0);
        assert!(figure.lines.is_empty() && figure.queries.is_empty());
        assert_eq!(figure.pos_at(40.0), None);
    }
}
