//! What a visitor did to a figure, as data.
//!
//! Listeners at the figure's root make gestures of the document's events; a pure
//! function of the room turns a gesture into an action. Neither knows the other.

use serde::Serialize;

use crate::element::Target;

/// What a visitor did to a part of a figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gesture {
    /// Kind of gesture.
    pub kind: GestureKind,
    /// Innermost part under the pointer or with the focus; `None` beside all parts.
    pub target: Option<Target>,
    /// Pointer's place in figure units, from the left.
    pub x: f64,
    /// Pointer's place in figure units, from the top.
    pub y: f64,
    /// Where the pointer was pressed, in figure units; its place for the other kinds.
    pub from: (f64, f64),
    /// Row inside the pixels that are the target.
    pub row: Option<usize>,
    /// Column inside the pixels that are the target.
    pub column: Option<usize>,
    /// Name of the key, or what a field holds; empty for the other kinds.
    pub value: String,
    /// Turn of the wheel or two-finger zoom, in units of the document's wheel events:
    /// positive away from what is shown; 0 for the other kinds.
    pub wheel: f64,
    /// Modifier that extends a selection is held.
    pub is_extending: bool,
}

/// Kind of gesture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum GestureKind {
    /// The pointer moves over the figure with nothing pressed.
    Over,
    /// The pointer leaves the figure.
    Leave,
    /// A button, pen or finger is pressed.
    Down,
    /// The pointer moves while it is pressed, by more than a hand trembles; the target
    /// stays that of the press.
    Drag,
    /// The pointer is let go after it was dragged.
    Up,
    /// The pointer is let go where it was pressed.
    Click,
    /// The second of two quick clicks.
    DoubleClick,
    /// The wheel turns while a modifier is held, or two fingers zoom; without one, the
    /// wheel scrolls the page.
    Wheel,
    /// A key is pressed without a modifier while the target has the focus.
    Key,
    /// A field that is part of the figure has a new value.
    Input,
}

impl Gesture {
    /// A gesture of this kind without a target, at the figure's origin.
    #[must_use]
    pub const fn new(kind: GestureKind) -> Self {
        Self {
            kind,
            target: None,
            x: 0.0,
            y: 0.0,
            from: (0.0, 0.0),
            row: None,
            column: None,
            value: String::new(),
            wheel: 0.0,
            is_extending: false,
        }
    }

    /// Index of the target, if it is of the kind `what`.
    #[must_use]
    pub fn at(&self, what: &str) -> Option<usize> {
        let target = self.target.filter(|target| target.what == what);
        target.map(|target| target.at)
    }

    /// Row and column of a cell of a heat map with `n_columns` columns, whether it is
    /// drawn as pixels or as a rectangle for each cell.
    #[must_use]
    pub fn cell(&self, what: &str, n_columns: usize) -> Option<(usize, usize)> {
        let at = self.at(what)?;
        if let (Some(row), Some(column)) = (self.row, self.column) {
            return Some((row, column));
        }
        (n_columns > 0).then(|| (at / n_columns, at % n_columns))
    }
}

/// Index of the cell under a place, among `n` cells side by side that take `length` from
/// `start` on; `None` beside all of them.
#[must_use]
pub fn cell_at(place: f64, start: f64, length: f64, n: usize) -> Option<usize> {
    let share = (place - start) / length;
    let is_inside = (0.0..1.0).contains(&share) && n > 0;
    is_inside.then(|| ((share * n as f64) as usize).min(n - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_in_one_cell_or_beside_all() {
        let found = [100.0, 109.9, 110.0, 129.9].map(|place| cell_at(place, 100.0, 30.0, 3));
        assert_eq!(found, [Some(0), Some(0), Some(1), Some(2)]);
        for place in [99.9, 130.0, f64::NAN] {
            assert_eq!(cell_at(place, 100.0, 30.0, 3), None);
        }
        assert_eq!(cell_at(100.0, 100.0, 30.0, 0), None);
        assert_eq!(cell_at(100.0, 100.0, 0.0, 3), None);
    }

    #[test]
    fn a_cell_is_found_in_pixels_and_among_rectangles() {
        let mut gesture = Gesture::new(GestureKind::Over);
        assert_eq!(gesture.cell("cell", 8), None);
        gesture.target = Some(Target {
            what: "cell",
            at: 19,
        });
        assert_eq!(gesture.cell("cell", 8), Some((2, 3)));
        assert_eq!(gesture.cell("cell", 0), None);
        assert_eq!(gesture.cell("bar", 8), None);
        (gesture.row, gesture.column) = (Some(5), Some(6));
        assert_eq!(gesture.cell("cell", 8), Some((5, 6)));
    }
}
