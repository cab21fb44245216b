//! Rows that tokens name: the token to the left, bars beside it, numbers in columns to the
//! right; a visitor points at a row as a whole.
//!
//! Figures differ in what they draw between token and numbers; where everything has its
//! place is said here.

use crate::element::{Element, Text, el, rect};
use crate::mark::{HIT_AREA, Tone};
use crate::text_style::{Anchor, LABEL, NUMBER, TextStyle};
use crate::text_width::{Face, text_width};
use crate::token::VisibleToken;

/// Between a name, the bars and each column of numbers.
pub(crate) const GAP: f64 = 8.0;
/// Between a token's position and the token.
const PLACE_GAP: f64 = 6.0;
/// Size of the type of a position, which the style sheet has too.
const PLACE_SIZE: f64 = 10.0;
/// Shortest bar that is seen.
const SHORTEST: f64 = 1.0;
/// Least room that is left for bars.
const NARROWEST_TRACK: f64 = 24.0;

/// Where the parts of rows are that tokens name.
///
/// ```
/// use headlight_figure::TokenRows;
/// use headlight_figure::token::VisibleToken;
///
/// let rows = TokenRows::new(300.0, 70.0, &[56.0]).below(20.0, 24.0);
/// assert_eq!(rows.track, (78.0, 236.0));
/// assert_eq!(rows.middle(1), 56.0);
/// let row = rows.row(1, "token").add(rows.name(1, &VisibleToken::new(" red"), None));
/// assert_eq!(row.children.len(), 2);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TokenRows {
    /// Left and right end of the room for bars.
    pub track: (f64, f64),
    /// Upper edge of the first row.
    pub top: f64,
    /// Distance of two rows.
    pub pitch: f64,
    width: f64,
    /// Right end of each column of numbers.
    columns: Vec<f64>,
}

impl TokenRows {
    /// Rows in a width: so much room for names and for each column of numbers, the rest
    /// for bars. They begin at the top, a line of text below another.
    #[must_use]
    pub fn new(width: f64, names: f64, numbers: &[f64]) -> Self {
        let mut right = width;
        let mut columns = Vec::new();
        for number in numbers.iter().rev() {
            columns.insert(0, right);
            right -= number + GAP;
        }
        let left = names + GAP;
        Self {
            track: (left, right.max(left + NARROWEST_TRACK)),
            top: 0.0,
            pitch: LABEL.line(),
            width,
            columns,
        }
    }

    /// Where the first row begins, and the distance of two.
    #[must_use]
    pub const fn below(mut self, top: f64, pitch: f64) -> Self {
        (self.top, self.pitch) = (top, pitch);
        self
    }

    /// Middle of a row.
    #[must_use]
    pub fn middle(&self, row: usize) -> f64 {
        self.top + (row as f64 + 0.5) * self.pitch
    }

    /// Lower edge of the last of so many rows.
    #[must_use]
    pub fn bottom(&self, n_rows: usize) -> f64 {
        self.top + n_rows as f64 * self.pitch
    }

    /// A row that a visitor points at as a whole, with nothing in it yet.
    #[must_use]
    pub fn row(&self, row: usize, what: &'static str) -> Element {
        let top = self.top + row as f64 * self.pitch;
        let ground = rect(0.0, top, self.width, self.pitch).class(HIT_AREA);
        el("g")
            .class("token-row")
            .key(row as u64 + 1)
            .target(what, row)
            .add(ground)
    }

    /// Place along the bars of a share of their room.
    #[must_use]
    pub fn along(&self, share: f64) -> f64 {
        let (left, right) = self.track;
        left + share.clamp(0.0, 1.0) * (right - left)
    }

    /// A bar of this thickness from one share of the room to another.
    #[must_use]
    pub fn bar(&self, row: usize, (from, to): (f64, f64), thickness: f64, tone: Tone) -> Element {
        let (from, to) = (self.along(from.min(to)), self.along(from.max(to)));
        let (top, width) = (
            self.middle(row) - thickness / 2.0,
            (to - from).max(SHORTEST),
        );
        let bar = rect(from, top, width, thickness);
        bar.class("mark-bar").class(tone.class())
    }

    /// A token before its bars, with marks for its spaces, cut where there is no more room;
    /// before it its position, if that is said.
    #[must_use]
    pub fn name(&self, row: usize, token: &VisibleToken, place: Option<usize>) -> Element {
        let mut room = self.track.0 - GAP;
        let place = place.map(|place| place.to_string());
        if let Some(place) = &place {
            room -= text_width(place, Face::Sans, PLACE_SIZE) + PLACE_GAP;
        }
        let lead = LABEL.fitted(&token.lead, room);
        let body = LABEL.fitted(&token.body, room - LABEL.width(&lead));
        let mut name = self.text(row, &LABEL, self.track.0 - GAP);
        let mut gap = 0.0;
        if let Some(place) = place {
            name = name.add(el("tspan").class("token-place").add(place));
            gap = PLACE_GAP;
        }
        for (class, part) in [("token-lead", lead), ("", body)] {
            if part.is_empty() {
                continue;
            }
            let part = el("tspan").class(class).add(part);
            name = name.add(if gap > 0.0 { part.at("dx", gap) } else { part });
            gap = 0.0;
        }
        name
    }

    /// A number in a column, from 0.
    #[must_use]
    pub fn number(&self, row: usize, column: usize, text: impl Into<Text>) -> Element {
        let right = self.columns.get(column).copied().unwrap_or(self.width);
        self.text(row, &NUMBER, right).add(text.into())
    }

    /// A name that is no token, before the bars of its row; cut where there is no more room.
    #[must_use]
    pub fn label(&self, row: usize, name: &str) -> Element {
        let right = self.track.0 - GAP;
        self.text(row, &LABEL, right).add(LABEL.fitted(name, right))
    }

    /// The head of a column, from 0, whose baseline is at `y`.
    #[must_use]
    pub fn head(&self, column: usize, y: f64, style: &TextStyle, text: &'static str) -> Element {
        let right = self.columns.get(column).copied().unwrap_or(self.width);
        style.at(right, y, Anchor::End, text)
    }

    /// A text in the middle of a row that ends at `right`, with nothing in it yet.
    fn text(&self, row: usize, style: &TextStyle, right: f64) -> Element {
        let baseline = self.middle(row) + style.below_middle();
        let text = el("text").class(style.class);
        let text = text.at("x", right).at("y", baseline);
        text.set("text-anchor", "end")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element::{Node, Value};

    fn text_of(element: &Element) -> String {
        let of = |child: &Node| match child {
            Node::Text(text) => text.to_string(),
            Node::Element(inner) => text_of(inner),
            Node::Pixels(_) => String::new(),
        };
        element.children.iter().map(of).collect()
    }

    #[test]
    fn columns_of_numbers_stand_at_the_right_in_their_order() {
        let rows = TokenRows::new(300.0, 70.0, &[40.0, 60.0]);
        assert_eq!(rows.track, (78.0, 184.0));
        let right = |column| rows.number(0, column, "1").get("x").cloned();
        assert_eq!(right(0), Some(Value::Tenths(2320)));
        assert_eq!(right(1), Some(Value::Tenths(3000)));
    }

    #[test]
    fn bars_have_room_however_narrow_the_list_is() {
        let (left, right) = TokenRows::new(10.0, 70.0, &[40.0]).track;
        assert!(right > left);
    }

    #[test]
    fn a_name_is_cut_after_its_marks_and_never_leaves_its_room() {
        let rows = TokenRows::new(300.0, 70.0, &[]);
        let name = |text, place| text_of(&rows.name(0, &VisibleToken::new(text), place));
        assert_eq!(name(" red", None), "\u{2423}red");
        assert_eq!(name(" red", Some(12)), "12\u{2423}red");
        let long = name(" incomprehensible", Some(12));
        assert!(
            long.starts_with("12\u{2423}inc") && long.ends_with('\u{2026}'),
            "{long}"
        );
        let blank = name(&" ".repeat(40), None);
        assert!(LABEL.width(&blank) <= 70.0, "{blank}");
    }

    #[test]
    fn a_bar_ends_within_its_room_and_is_always_seen() {
        let rows = TokenRows::new(178.0, 70.0, &[]).below(10.0, 20.0);
        let bar = |from, to| rows.bar(1, (from, to), 12.0, Tone::Main);
        let expected = rect(78.0, 34.0, 50.0, 12.0).class("mark-bar tone-main");
        assert_eq!(bar(0.0, 0.5), expected);
        assert_eq!(bar(0.5, 0.0), expected);
        assert_eq!(bar(0.0, 7.0).get("width"), Some(&Value::Tenths(1000)));
        assert_eq!(bar(0.0, 0.0).get("width"), Some(&Value::Tenths(10)));
    }
}
