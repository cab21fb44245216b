//! Which mark is the model's, which the whole model's, and which the language's.

use headlight_figure::{Anchor, Element, NOTE, Tone, el, line_between, rect};

use crate::rooms::attention::words;

/// Width and height of a sample.
const SAMPLE: (f64, f64) = (14.0, 10.0);
/// Between a sample and its name.
const NAME_GAP: f64 = 6.0;
/// Between two marks.
const APART: f64 = 14.0;
/// Height of a line.
const LINE: f64 = 18.0;

/// A mark beside the model's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sample {
    Model,
    Whole,
    Truth,
}

/// The legend of marks beside the bars of the model, in a width, and the height it takes:
/// none where the model's bars stand alone.
pub(crate) fn mark_legend(has_whole: bool, has_truth: bool, width: f64) -> (Element, f64) {
    let drawn = el("g").class("mark-legend").set("aria-hidden", "true");
    if !has_whole && !has_truth {
        return (drawn, 0.0);
    }
    let model = if has_whole {
        words::THE_REST
    } else {
        words::THE_MODEL
    };
    let marks = [
        Some((Sample::Model, model)),
        has_whole.then_some((Sample::Whole, words::THE_WHOLE)),
        has_truth.then_some((Sample::Truth, words::THE_TRUTH)),
    ];
    let (mut x, mut n_lines) = (0.0, 1.0);
    let mut parts = Vec::new();
    for (sample, name) in marks.into_iter().flatten() {
        let taken = SAMPLE.0 + NAME_GAP + NOTE.width(name);
        if x > 0.0 && x + taken > width {
            (x, n_lines) = (0.0, n_lines + 1.0);
        }
        let middle = (n_lines - 0.5) * LINE;
        let (name_x, baseline) = (x + SAMPLE.0 + NAME_GAP, middle + NOTE.below_middle());
        parts.push(sample.element(x, middle));
        parts.push(NOTE.at(name_x, baseline, Anchor::Start, name));
        x += taken + APART;
    }
    (drawn.all(parts), n_lines * LINE)
}

impl Sample {
    fn element(self, x: f64, middle: f64) -> Element {
        let (width, height) = SAMPLE;
        let (top, centre) = (middle - height / 2.0, x + width / 2.0);
        let line = line_between((centre, top - 1.0), (centre, middle + height / 2.0 + 1.0));
        match self {
            Self::Model => {
                let bar = rect(x, top, width, height).class("mark-bar");
                bar.class(Tone::Main.class())
            }
            Self::Whole => line.class("mark-whole"),
            Self::Truth => line.class("mark-truth"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_without_room_stand_on_a_line_of_their_own() {
        let height = |has_whole, has_truth, width| mark_legend(has_whole, has_truth, width).1;
        assert_eq!(height(false, false, 300.0), 0.0);
        assert_eq!(height(false, true, 300.0), LINE);
        assert_eq!(height(true, true, 600.0), LINE);
        assert_eq!(height(true, true, 300.0), 2.0 * LINE);
    }
}
