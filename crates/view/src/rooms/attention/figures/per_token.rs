//! What charts with a column for each token of the prompt have in common.

use headlight_figure::token::VisibleToken;
use headlight_figure::{
    Anchor, Axis, Bands, Element, Gesture, GestureKind, NOTE, Scale, Side, Size, axis, band_names,
    el, hatching, hit_areas, rect,
};
use headlight_language::Truth;

use crate::answers::run::{Run, Token};
use crate::rooms::attention::action::AttentionAction;
use crate::rooms::attention::words;

/// Least width of a drawing, in pixels.
pub(super) const NARROWEST: f64 = 160.0;
/// Room beside the plot.
const BESIDE: f64 = 4.0;
/// Room below the plot for the tokens.
const BELOW: f64 = 58.0;
/// Room between the legend and the plot, for the axis' largest value and a remark.
const ABOVE: f64 = 14.0;
/// Room of a token's name, and its most characters.
const NAME: (f64, usize) = (64.0, 10);
/// Targets: a token's column or row.
pub(super) const TOKEN: &str = "token";

/// Plot of a chart: its height and its axis of values.
pub(super) struct Plot {
    /// Height in pixels.
    pub(super) height: f64,
    /// Name of the values.
    pub(super) title: &'static str,
    /// Most labels of the axis.
    pub(super) most_labels: usize,
}

/// Frame of a chart with a column for each token: the legend above, the axis of values to
/// the left, the tokens below. What is drawn within is the figure's own.
pub(super) struct TokenChart<'a> {
    run: &'a Run,
    truth: Option<&'a Truth>,
    query: usize,
    plot: Plot,
    legend: Element,
    width: f64,
    /// Upper and lower edge of the plot.
    edges: (f64, f64),
    /// Scale of the values.
    pub(super) y: Scale,
    /// Columns of the tokens, without gaps.
    pub(super) columns: Bands,
}

impl<'a> TokenChart<'a> {
    /// A chart in `width_px` pixels. `legend` draws in a width, and says how high it is;
    /// `y` makes the scale of the values between the lower and the upper edge of the plot.
    pub(super) fn new(
        (run, truth, query): (&'a Run, Option<&'a Truth>, usize),
        plot: Plot,
        width_px: f64,
        legend: impl FnOnce(f64) -> (Element, f64),
        y: impl FnOnce((f64, f64)) -> Scale,
    ) -> Self {
        // Whole pixels, so that a file says exactly how wide its drawing is.
        let width = width_px.max(NARROWEST).floor();
        let (legend, legend_height) = legend(width);
        let top = legend_height + ABOVE;
        let bottom = top + plot.height;
        let y = y((bottom, top)).nice(plot.most_labels);
        let left = plot.axis(&y, 0.0).room().ceil();
        Self {
            columns: Bands::new(run.seq_len(), (left, width - BESIDE), 0.0),
            edges: (top, bottom),
            run,
            truth,
            query,
            plot,
            legend,
            width,
            y,
        }
    }

    /// The chart around its marks, which are drawn from the back to the front.
    pub(super) fn around(
        self,
        marks: impl IntoIterator<Item = Option<Element>>,
    ) -> (Element, Size) {
        let ((left, right), (top, bottom)) = (self.columns.range, self.edges);
        let outside = self.truth.and_then(|truth| truth.impossible.as_ref());
        let outside =
            outside.map(|token| not_of_the_language(token.pos, &self.columns, self.edges));
        let drawing = el("g")
            .add(self.legend)
            .add(self.plot.axis(&self.y, left).grid(right))
            .add(outside)
            .all(marks)
            .add(names_below(self.run, &self.columns, bottom, self.query))
            .add(hit_areas(&self.columns, (top, bottom + BELOW), TOKEN));
        let size = Size {
            width: self.width,
            height: bottom + BELOW,
        };
        (drawing, size)
    }
}

impl Plot {
    fn axis<'a>(&self, y: &'a Scale, at: f64) -> Axis<'a> {
        let axis = axis(y, Side::Left, at).at_most(self.most_labels);
        axis.title(self.title)
    }
}

/// The tokens below the columns of a plot whose lower edge is at `bottom`.
fn names_below(run: &Run, columns: &Bands, bottom: f64, query: usize) -> Element {
    let name = |token: &Token| VisibleToken::new(&token.text).short(NAME.1);
    let names: Vec<String> = run.tokens.iter().map(name).collect();
    band_names(columns, &names, Side::Bottom, bottom, NAME.0, Some(query))
}

/// The columns from the first token on that the language cannot have; the remark stands
/// above the plot.
fn not_of_the_language(pos: usize, columns: &Bands, (top, bottom): (f64, f64)) -> Element {
    let ((left, _), right) = (columns.band(pos), columns.range.1);
    let area = rect(left, top, right - left, bottom - top).class("masked-cells");
    // At the end, as often there is no more than the last token.
    let says = words::NOT_OF_THE_LANGUAGE;
    let label = NOTE.at(right, top - BESIDE, Anchor::End, says);
    el("g").add(hatching()).add(area).add(label)
}

/// A click on a token selects it.
#[must_use]
pub fn select_token(gesture: &Gesture) -> Option<AttentionAction> {
    match gesture.kind {
        GestureKind::Click => gesture.at(TOKEN).map(AttentionAction::SelectRow),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use headlight_figure::Target;

    use super::*;

    #[test]
    fn a_click_selects_the_token() {
        let mut click = Gesture::new(GestureKind::Click);
        assert_eq!(select_token(&click), None);
        click.target = Some(Target { what: TOKEN, at: 2 });
        assert_eq!(select_token(&click), Some(AttentionAction::SelectRow(2)));
        click.kind = GestureKind::Over;
        assert_eq!(select_token(&click), None);
    }
}
