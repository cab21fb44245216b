//! Lines, dots, bands and gaps over two scales.

use crate::element::{Element, el, line_between};
use crate::mark::Mark;
use crate::path::Path;
use crate::scale::Scale;

/// A line through points, with a break at those that have no place.
///
/// ```
/// use headlight_figure::{Mark, Scale, Tone, line};
///
/// let x = Scale::linear((0.0, 2.0), (0.0, 20.0));
/// let y = Scale::linear((0.0, 1.0), (10.0, 0.0));
/// let points = [(0.0, 0.0), (1.0, 1.0), (2.0, 0.5)];
/// let drawn = line(&points, &x, &y, Mark::new(Tone::Main));
/// assert_eq!(drawn.tag, "path");
/// ```
#[must_use]
pub fn line(points: &[(f64, f64)], x: &Scale, y: &Scale, mark: Mark) -> Element {
    let mut path = Path::default();
    let mut is_open = false;
    for &(at, value) in points {
        path = match (x.place(at), y.place(value)) {
            (Some(x), Some(y)) if is_open => path.line_to(x, y),
            (Some(x), Some(y)) => {
                is_open = true;
                path.move_to(x, y)
            }
            _ => {
                is_open = false;
                path
            }
        };
    }
    mark.on_line(path.element())
}

/// A dot per point, of the radius that is given for its index.
#[must_use]
pub fn dots(
    points: &[(f64, f64)],
    radius: impl Fn(usize) -> f64,
    x: &Scale,
    y: &Scale,
    mark: Mark,
) -> Element {
    let mut drawn = el("g").class(mark.tone.class());
    for (index, &(at, value)) in points.iter().enumerate() {
        let (Some(x), Some(y)) = (x.place(at), y.place(value)) else {
            continue;
        };
        let dot = el("circle").at("cx", x).at("cy", y).at("r", radius(index));
        drawn = drawn.add(mark.on(dot.key(index as u64 + 1), "mark-dot", index));
    }
    drawn
}

/// The area between two values at each of some places: `(place, lower, upper)`.
#[must_use]
pub fn area(points: &[(f64, f64, f64)], x: &Scale, y: &Scale) -> Element {
    let placed: Vec<(f64, f64, f64)> = points
        .iter()
        .filter_map(|&(at, low, high)| Some((x.place(at)?, y.place(low)?, y.place(high)?)))
        .collect();
    let mut path = Path::default();
    for (index, &(x, _, high)) in placed.iter().enumerate() {
        path = if index == 0 {
            path.move_to(x, high)
        } else {
            path.line_to(x, high)
        };
    }
    for &(x, low, _) in placed.iter().rev() {
        path = path.line_to(x, low);
    }
    let path = if placed.is_empty() {
        path
    } else {
        path.close()
    };
    path.element().class("mark-area")
}

/// An upright line between two values at each of some places: `(place, from, to)`.
#[must_use]
pub fn gaps(points: &[(f64, f64, f64)], x: &Scale, y: &Scale, mark: Mark) -> Element {
    let mut drawn = el("g").class(mark.tone.class());
    for (index, &(at, from, to)) in points.iter().enumerate() {
        let (Some(x), Some(from), Some(to)) = (x.place(at), y.place(from), y.place(to)) else {
            continue;
        };
        let gap = line_between((x, from), (x, to));
        drawn = drawn.add(mark.on(gap.key(index as u64 + 1), "mark-gap", index));
    }
    drawn
}

/// The line on which both scales have the same value, as far as both reach.
#[must_use]
pub fn diagonal(x: &Scale, y: &Scale) -> Element {
    let ((x_low, x_high), (y_low, y_high)) = (x.bounds(), y.bounds());
    let (low, high) = (x_low.max(y_low), x_high.min(y_high));
    let point = |value| Some((x.place(value)?, y.place(value)?));
    match (point(low), point(high)) {
        (Some(from), Some(to)) if low < high => line_between(from, to),
        _ => el("g"),
    }
    .class("reference-line")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element::Value;
    use crate::mark::Tone;

    fn scales() -> (Scale, Scale) {
        let x = Scale::linear((0.0, 4.0), (0.0, 40.0));
        (x, Scale::linear((0.0, 1.0), (10.0, 0.0)))
    }

    fn path(element: &Element) -> &str {
        match element.get("d") {
            Some(Value::Text(text)) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_line_breaks_where_a_value_is_missing() {
        let (x, y) = scales();
        let points = [
            (0.0, 0.0),
            (1.0, 1.0),
            (2.0, f64::NAN),
            (3.0, 0.5),
            (4.0, 0.0),
        ];
        let drawn = line(&points, &x, &y, Mark::new(Tone::Main));
        assert_eq!(path(&drawn), "M0 10L10 0M30 5L40 10");
        assert_eq!(path(&line(&[], &x, &y, Mark::new(Tone::Main))), "");
    }

    #[test]
    fn an_area_goes_there_above_and_back_below() {
        let (x, y) = scales();
        let drawn = area(&[(0.0, 0.2, 0.4), (1.0, 0.5, 0.9)], &x, &y);
        assert_eq!(path(&drawn), "M0 6L10 1L10 5L0 8Z");
        assert_eq!(path(&area(&[], &x, &y)), "");
    }

    #[test]
    fn the_diagonal_ends_where_the_shorter_scale_does() {
        let (x, y) = scales();
        let drawn = diagonal(&x, &y);
        assert_eq!(
            drawn,
            line_between((0.0, 10.0), (10.0, 0.0)).class("reference-line")
        );
        let apart = Scale::linear((7.0, 9.0), (0.0, 1.0));
        assert_eq!(diagonal(&apart, &y).tag, "g");
    }
}
