//! A list of bars: in each line a name, a bar from zero to its value, and the value as text.
//!
//! The lines are [`TokenRows`], which know where names and numbers stand; what is here is
//! the bar, which has a sign, and the list for those who hear the page.

use crate::element::{Element, Text, el, line_between, rect};
use crate::mark::{HIT_AREA, Tone};
use crate::scale::{Bands, Scale};
use crate::text_style::TextStyle;
use crate::token_rows::{GAP, TokenRows};

/// Height of a line.
const LINE: f64 = 20.0;
/// Thickness of a bar, and of one of what is there for comparison.
const THICKNESS: [f64; 2] = [13.0, 5.0];
/// Least room for the bars.
const NARROWEST: f64 = 40.0;
/// Shortest bar of what is not zero.
const SHORTEST: f64 = 1.0;

/// A line of a [`BarList`].
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledBar {
    name: Text,
    value: Option<f64>,
    number: Text,
    tone: Tone,
    is_quiet: bool,
    is_thin: bool,
    tooltip: Option<String>,
}

/// Widths of a list of bars: names to the left, bars, numbers to the right.
///
/// ```
/// use headlight_figure::{BarList, LabelledBar, Scale, el};
///
/// let bars = [LabelledBar::new("Lily", Some(0.75), "75 %"), LabelledBar::new("a", None, "")];
/// let list = BarList { width: 300.0, names: 60.0, numbers: 40.0 };
/// let drawn = list.draw(&bars, &list.scale((0.0, 1.0)), 0.0);
/// assert_eq!(drawn.children.len(), 3, "two lines, and the line of zero");
/// assert_eq!(BarList::height(bars.len()), 40.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BarList {
    /// Width in all.
    pub width: f64,
    /// Width of the names; longer ones are cut.
    pub names: f64,
    /// Width of the numbers.
    pub numbers: f64,
}

/// Width of the widest of some texts.
#[must_use]
pub fn widest<'a>(style: &TextStyle, texts: impl IntoIterator<Item = &'a str>) -> f64 {
    let widths = texts.into_iter().map(|text| style.width(text));
    widths.fold(0.0, f64::max).ceil()
}

impl LabelledBar {
    /// A line with its value as a number and as text; no bar without a value.
    #[must_use]
    pub fn new(name: impl Into<Text>, value: Option<f64>, number: impl Into<Text>) -> Self {
        Self {
            name: name.into(),
            value,
            number: number.into(),
            tone: Tone::Main,
            is_quiet: false,
            is_thin: false,
            tooltip: None,
        }
    }

    /// Name of the line.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Value as text.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// Gives the bar a tone.
    #[must_use]
    pub const fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    /// Steps back behind the other lines: name and number in the colour of remarks.
    #[must_use]
    pub const fn quiet(mut self) -> Self {
        self.is_quiet = true;
        self
    }

    /// Draws the bar thinner than the others.
    #[must_use]
    pub const fn thin(mut self) -> Self {
        self.is_thin = true;
        self
    }

    /// Says more where the pointer rests on the line.
    #[must_use]
    pub fn tooltip(mut self, text: String) -> Self {
        self.tooltip = Some(text);
        self
    }
}

impl BarList {
    /// Between the bars and the texts on both sides of them.
    pub const GAP: f64 = GAP;

    /// Height of a list of `n` lines.
    #[must_use]
    pub const fn height(n: usize) -> f64 {
        n as f64 * LINE
    }

    /// The lines of a list that begins at `top`, without gaps.
    #[must_use]
    pub const fn lines(n: usize, top: f64) -> Bands {
        Bands::new(n, (top, top + Self::height(n)), 0.0)
    }

    /// The scale of the bars, between names and numbers.
    #[must_use]
    pub fn scale(&self, domain: (f64, f64)) -> Scale {
        let (left, right) = self.rows(0.0).track;
        Scale::linear(domain, (left, right.max(left + NARROWEST)))
    }

    /// Rows of the list that begins at `top`.
    fn rows(&self, top: f64) -> TokenRows {
        TokenRows::new(self.width, self.names, &[self.numbers]).below(top, LINE)
    }

    /// The lines from `top` on, a list for those who hear the page.
    #[must_use]
    pub fn draw(&self, bars: &[LabelledBar], scale: &Scale, top: f64) -> Element {
        let rows = self.rows(top);
        let zero = scale.clamped(0.0).unwrap_or(scale.range().0);
        let line = |(row, bar)| self.line(bar, scale, zero, (&rows, row));
        let (first, last) = Self::lines(bars.len(), top).range;
        el("g")
            .set("role", "list")
            .all(bars.iter().enumerate().map(line))
            .add(line_between((zero, first), (zero, last)).class("axis-line"))
    }

    fn line(
        &self,
        bar: &LabelledBar,
        scale: &Scale,
        zero: f64,
        (rows, row): (&TokenRows, usize),
    ) -> Element {
        let name = rows.label(row, &bar.name);
        let number = rows.number(row, 0, bar.number.clone());
        let middle = rows.middle(row);
        // The whole line shows the tooltip, not the letters and the bar alone.
        let tooltip = bar.tooltip.clone().map(|text| el("title").add(text));
        let ground = tooltip.is_some();
        let ground =
            ground.then(|| rect(0.0, middle - LINE / 2.0, self.width, LINE).class(HIT_AREA));
        el("g")
            .set("role", "listitem")
            .class_if("has-tooltip", tooltip.is_some())
            .add(tooltip)
            .add(ground)
            .add(name.class_if("is-quiet", bar.is_quiet))
            .add(mark(bar, scale, zero, middle))
            .add(number.class_if("is-quiet", bar.is_quiet))
    }
}

/// The bar from zero to the value.
fn mark(bar: &LabelledBar, scale: &Scale, zero: f64, middle: f64) -> Option<Element> {
    let value = bar.value.filter(|value| value.is_finite())?;
    let end = scale.clamped(value)?;
    let length = (end - zero).abs();
    let length = if value == 0.0 {
        length
    } else {
        length.max(SHORTEST)
    };
    let start = if end < zero { zero - length } else { zero };
    let thickness = THICKNESS[usize::from(bar.is_thin)];
    let mark = rect(start, middle - thickness / 2.0, length, thickness);
    Some(mark.class("mark-bar").class(bar.tone.class()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element::Node;

    const LIST: BarList = BarList {
        width: 316.0,
        names: 60.0,
        numbers: 40.0,
    };

    /// The bars of a drawn list: where each begins, and how long it is.
    fn marks(bars: &[LabelledBar], domain: (f64, f64)) -> Vec<Option<(f64, f64)>> {
        let scale = LIST.scale(domain);
        let zero = scale.place(0.0).unwrap();
        let place = |element: &Element, name| match element.get(name) {
            Some(crate::Value::Tenths(tenths)) => *tenths as f64 / 10.0,
            other => panic!("{name}: {other:?}"),
        };
        let of = |bar| {
            let drawn = mark(bar, &scale, zero, 10.0)?;
            Some((place(&drawn, "x"), place(&drawn, "width")))
        };
        bars.iter().map(of).collect()
    }

    #[test]
    fn bars_of_both_signs_meet_at_zero() {
        let bars = [3.0, -1.0, 0.0].map(|value| LabelledBar::new("", Some(value), ""));
        let expected = [(118.0, 150.0), (68.0, 50.0), (118.0, 0.0)].map(Some);
        assert_eq!(marks(&bars, (-1.0, 3.0)), expected);
    }

    #[test]
    fn what_is_hardly_anything_is_still_seen_and_what_is_not_known_has_no_bar() {
        let bar = |value| LabelledBar::new("", value, "");
        let bars = [
            bar(Some(1e-9)),
            bar(Some(-1e-9)),
            bar(None),
            bar(Some(f64::NAN)),
        ];
        let expected = [Some((168.0, 1.0)), Some((167.0, 1.0)), None, None];
        assert_eq!(marks(&bars, (-1.0, 1.0)), expected);
    }

    #[test]
    fn a_long_name_is_cut_and_a_line_is_an_item_of_a_list() {
        let bar = LabelledBar::new("a name that is far too long", Some(1.0), "1.00");
        let drawn = LIST.draw(&[bar.quiet()], &LIST.scale((0.0, 1.0)), 0.0);
        let Node::Element(line) = &drawn.children[0] else {
            panic!("{drawn:?}");
        };
        let text = format!("{line:?}");
        assert!(
            text.contains('\u{2026}') && text.contains("listitem"),
            "{text}"
        );
        assert_eq!(text.matches("is-quiet").count(), 2);
    }

    #[test]
    fn where_there_is_no_room_bars_keep_a_little() {
        let list = BarList {
            width: 90.0,
            ..LIST
        };
        assert_eq!(list.scale((0.0, 1.0)).length(), NARROWEST);
    }
}
