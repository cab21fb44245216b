//! One row after a step of its computation, as it is drawn: the formula, a row for each key
//! with its bar and number, what is not listed, and the sum with its terms.

use headlight_figure::{
    Element, FigureId, Gesture, GestureKind, NUMBER, Size, Table, TokenRows, Tone, el, hatching,
    line_between, rect,
};

use crate::rooms::attention::action::AttentionAction;
use crate::rooms::attention::catalogue::{self, AttentionFigure};
use crate::rooms::attention::figures::steps::{RowStep, StepBar, StepView, Steps};

/// Least and greatest width of the drawing, in pixels.
const WIDTH: (f64, f64) = (240.0, 760.0);
/// Room of the names as a share of the width, and at least and at most.
const NAMES: (f64, f64, f64) = (0.25, 70.0, 130.0);
/// Least room of the numbers: that of the words that stand there often.
const NUMBERS: f64 = 78.0;
/// Distance of two keys, thickness of a bar, height of what is hatched.
const PITCH: f64 = 21.0;
const BAR: f64 = 13.0;
const HATCHED: f64 = 18.0;
/// Room below the formula.
const BELOW_FORMULA: f64 = 6.0;
/// Between the keys and the lines below them.
const ABOVE_LINES: f64 = 6.0;
/// Targets: a key.
const KEY: &str = "key";

impl Steps {
    /// The row after a step in a width, with a key that is selected, and the room that it
    /// takes.
    #[must_use]
    pub fn drawing(&self, step: RowStep, selected: usize, width_px: f64) -> (Element, Size) {
        // Whole pixels, so that a file says exactly how wide its drawing is.
        let width = width_px.max(WIDTH.0).min(WIDTH.1).floor();
        let view = self.view(step);
        let (formula, formula_height) = NUMBER.paragraph(step.formula(), (0.0, 0.0), width);
        let rows = rows_of(&view, width).below(formula_height + BELOW_FORMULA, PITCH);
        let keys = view.bars.iter().enumerate();
        let keys = keys.map(|(row, bar)| key(&rows, row, bar, bar.key == selected, view.zero));
        let zero = rows.along(view.zero);
        let ends = [rows.top, rows.bottom(view.bars.len())].map(|y| (zero, y));
        let mut drawing = el("g")
            .add(hatching())
            .add(formula.class("formula"))
            .add(el("g").set("role", "list").all(keys))
            .add(line_between(ends[0], ends[1]).class("axis-line"));
        let mut bottom = ends[1].1 + ABOVE_LINES;
        for line in [view.rest, view.masked_rest, view.worked].iter().flatten() {
            let (line, height) = NUMBER.paragraph(line, (0.0, bottom), width);
            drawing = drawing.add(line);
            bottom += height;
        }
        let height = bottom;
        (drawing, Size { width, height })
    }

    /// The figure in a width.
    #[must_use]
    pub fn figure(
        &self,
        step: RowStep,
        selected: usize,
        width_px: f64,
        table: Table,
        credit: String,
    ) -> headlight_figure::Figure {
        let (drawing, size) = self.drawing(step, selected, width_px);
        headlight_figure::Figure {
            id: FigureId(AttentionFigure::Steps.name()),
            title: catalogue::title(AttentionFigure::Steps).into(),
            sentence: self.sentence(step),
            drawing,
            size,
            table,
            credit,
        }
    }
}

/// A click on a key selects the cell of the row `query`.
#[must_use]
pub fn on_gesture(gesture: &Gesture, query: usize) -> Option<AttentionAction> {
    match gesture.kind {
        GestureKind::Click => {
            let key = gesture.at(KEY)?;
            Some(AttentionAction::SelectCell(query, key))
        }
        _ => None,
    }
}

/// Where names, bars and numbers are.
fn rows_of(view: &StepView, width: f64) -> TokenRows {
    let (share, least, most) = NAMES;
    let names = (share * width).clamp(least, most);
    let numbers = view.bars.iter().map(|bar| NUMBER.width(&bar.text).ceil());
    TokenRows::new(width, names, &[numbers.fold(NUMBERS, f64::max)])
}

fn key(rows: &TokenRows, row: usize, bar: &StepBar, is_selected: bool, zero: f64) -> Element {
    let looks = |part: Element| {
        let is_quiet = bar.is_masked && !is_selected;
        part.class_if("is-selected", is_selected)
            .class_if("is-quiet", is_quiet)
    };
    let (left, right) = rows.track;
    let middle = rows.middle(row);
    let hatched = bar.is_masked.then(|| {
        let top = middle - HATCHED / 2.0;
        rect(left, top, right - left, HATCHED).class("masked-cells")
    });
    let mark = bar.bar.map(|at| {
        let tone = if at.start < zero {
            Tone::Soft
        } else {
            Tone::Main
        };
        let mark = rows.bar(row, (at.start, at.start + at.length), BAR, tone);
        mark.class_if("is-selected", is_selected)
    });
    // A bar of which no end is known goes on beyond the plot.
    let beyond = bar.is_cut.then(|| {
        let (top, bottom) = (middle - BAR / 2.0, middle + BAR / 2.0);
        line_between((left, top), (left, bottom)).class("mark-beyond")
    });
    rows.row(row, KEY)
        .target(KEY, bar.key)
        .set("role", "listitem")
        .add(hatched)
        .add(looks(rows.name(row, &bar.label, bar.place)))
        .add(mark)
        .add(beyond)
        .add(looks(rows.number(row, 0, bar.text.clone())))
}

#[cfg(test)]
mod tests {
    use expect_test::expect_file;
    use headlight_figure::{LIGHT, Target, svg};

    use super::*;
    use crate::answers::run::tests::{pattern, run};
    use crate::rooms::attention::figures::steps::tests::steps;

    #[test]
    fn the_figure_is_what_it_was() {
        let steps = steps(&[5.0, -200.0, 4.0, -1.5]);
        for (step, name) in [(RowStep::Mask, "mask"), (RowStep::Normalise, "normalise")] {
            let table = Table::new("", &[], Vec::new());
            let figure = steps.figure(step, 2, 400.0, table, "Headlight".to_owned());
            let file = svg(&figure, &LIGHT, 448.0).replace("><", ">\n<");
            expect_file![format!("snapshots/steps.{name}.svg")].assert_eq(&file);
        }
    }

    #[test]
    fn a_long_row_says_where_its_keys_stand_and_what_is_left_out() {
        let run = run(&[" x"; 100]);
        let steps = Steps::new(&run.tokens, &pattern(100), 89).unwrap();
        let (drawn, _) = steps.drawing(RowStep::Normalise, 0, 400.0);
        let drawn = format!("{drawn:?}");
        assert!(drawn.contains("token-place") && drawn.contains("58 more: 0.322"));
        assert!(drawn.contains("8 more later tokens"));
    }

    #[test]
    fn a_click_on_a_key_selects_its_cell() {
        let click = Gesture {
            target: Some(Target { what: KEY, at: 7 }),
            ..Gesture::new(GestureKind::Click)
        };
        let selected = AttentionAction::SelectCell(9, 7);
        assert_eq!(on_gesture(&click, 9), Some(selected));
        assert_eq!(on_gesture(&Gesture::new(GestureKind::Click), 9), None);
    }

    #[test]
    fn a_drawing_is_as_wide_as_its_place_up_to_what_is_read_with_ease() {
        let steps = steps(&[5.0, 4.0]);
        let width = |px| steps.drawing(RowStep::Scores, 0, px).1.width;
        assert_eq!(
            [width(3.0), width(400.7), width(2e3)],
            [240.0, 400.0, 760.0]
        );
    }
}
