//! A legend: a sample of each line beside the name of its series.

use crate::element::{Element, el, line_between};
use crate::mark::Mark;
use crate::text_style::{Anchor, NOTE};

/// Length of a sample.
const SAMPLE: f64 = 20.0;
/// Between a sample and its name.
const NAME_GAP: f64 = 6.0;
/// Between two series.
const APART: f64 = 16.0;

/// The legend of lines, from `(x, y)` on and no wider than `width`, and the height it
/// takes.
///
/// Series stand side by side, those without room below the ones before them; a name
/// that is wider than all the room is cut.
///
/// ```
/// use headlight_figure::{Mark, Tone, legend};
///
/// let series = [("model", Mark::new(Tone::Main)), ("truth", Mark::new(Tone::Ink).dashed())];
/// let (drawn, height) = legend(&series, (0.0, 0.0), 300.0);
/// assert_eq!((drawn.children.len(), height), (2, 16.0));
/// ```
#[must_use]
pub fn legend(series: &[(&str, Mark)], place: (f64, f64), width: f64) -> (Element, f64) {
    let names: Vec<&str> = series.iter().map(|(name, _)| *name).collect();
    let sample = |index: usize, from, to| series[index].1.on_line(line_between(from, to));
    legend_of(&names, sample, place, width)
}

/// The legend of marks that are no lines alone: `sample` draws that of a series between
/// two points. All else is as in [`legend`].
#[must_use]
pub fn legend_of(
    names: &[&str],
    sample: impl Fn(usize, (f64, f64), (f64, f64)) -> Element,
    (x, y): (f64, f64),
    width: f64,
) -> (Element, f64) {
    let mut drawn = el("g").class("line-legend");
    let (mut along, mut n_lines) = (0.0, 0.0);
    for (index, name) in names.iter().enumerate() {
        let name = NOTE.fitted(name, width - SAMPLE - NAME_GAP);
        let taken = SAMPLE + NAME_GAP + NOTE.width(&name);
        if n_lines == 0.0 || along + taken > width {
            (along, n_lines) = (0.0, n_lines + 1.0);
        }
        let middle = y + (n_lines - 0.5) * NOTE.line();
        let (left, baseline) = (x + along, middle + NOTE.below_middle());
        let sample = sample(index, (left, middle), (left + SAMPLE, middle));
        let named = NOTE.at(left + SAMPLE + NAME_GAP, baseline, Anchor::Start, name);
        drawn = drawn.add(el("g").add(sample).add(named));
        along += taken + APART;
    }
    (drawn, n_lines * NOTE.line())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mark::Tone;

    #[test]
    fn a_series_without_room_beside_the_others_stands_below_them() {
        let series = [("the model", Mark::new(Tone::Main)); 3];
        let height = |width| legend(&series, (0.0, 0.0), width).1;
        assert_eq!(height(1000.0), NOTE.line());
        assert_eq!(height(210.0), 2.0 * NOTE.line());
        assert_eq!(height(100.0), 3.0 * NOTE.line());
        assert_eq!(legend(&[], (0.0, 0.0), 100.0).1, 0.0);
    }

    #[test]
    fn a_name_never_leaves_the_room() {
        let name = "a name of many, many words";
        let (drawn, _) = legend(&[(name, Mark::new(Tone::Main))], (0.0, 0.0), 90.0);
        let text = format!("{drawn:?}");
        assert!(!text.contains(name) && text.contains('\u{2026}'), "{text}");
    }
}
