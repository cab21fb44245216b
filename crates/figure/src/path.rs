//! The `d` of a path, with places rounded as everywhere.

use crate::element::{Element, el, number};

/// A path under construction.
///
/// ```
/// use headlight_figure::Path;
///
/// let path = Path::default().move_to(0.0, 0.0).line_to(9.96, 5.0).close();
/// assert_eq!(path.as_str(), "M0 0L10 5Z");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(String);

impl Path {
    /// Begins a new piece.
    #[must_use]
    pub fn move_to(self, x: f64, y: f64) -> Self {
        self.with("M", &[x, y])
    }

    /// Goes straight on.
    #[must_use]
    pub fn line_to(self, x: f64, y: f64) -> Self {
        self.with("L", &[x, y])
    }

    /// Goes on in a cubic curve, drawn towards two points.
    #[must_use]
    pub fn curve_to(self, first: (f64, f64), second: (f64, f64), end: (f64, f64)) -> Self {
        self.with("C", &[first.0, first.1, second.0, second.1, end.0, end.1])
    }

    /// Goes back to where the piece began.
    #[must_use]
    pub fn close(self) -> Self {
        self.with("Z", &[])
    }

    /// Adds a rectangle: many of one look are one element, which costs a page far less than
    /// an element each.
    #[must_use]
    pub fn rect(self, x: f64, y: f64, width: f64, height: f64) -> Self {
        let (right, bottom) = (x + width, y + height);
        let path = self.with("M", &[x, y]).with("H", &[right]);
        path.with("V", &[bottom]).with("H", &[x]).close()
    }

    /// Text of the attribute `d`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path as an element.
    #[must_use]
    pub fn element(self) -> Element {
        el("path").set("d", self.0)
    }

    fn with(mut self, command: &str, places: &[f64]) -> Self {
        self.0.push_str(command);
        for (index, place) in places.iter().enumerate() {
            if index > 0 {
                self.0.push(' ');
            }
            self.0.push_str(&number(*place));
        }
        self
    }
}
