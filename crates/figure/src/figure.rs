//! A figure as a whole: all that page, embed, file and test need of it.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use crate::element::Element;
use crate::table::Table;

/// Name of a figure, the same in links, files and documents: `attention.pattern`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct FigureId(pub &'static str);

impl FigureId {
    /// Name in `data-figure` and `data-for`: the room, a dot and the figure.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for FigureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Width and height in figure units, which are pixels where nothing is scaled.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Size {
    /// Width in figure units.
    pub width: f64,
    /// Height in figure units.
    pub height: f64,
}

/// What is drawn, with what is said about it and the numbers behind it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Name of the figure.
    pub id: FigureId,
    /// Heading: the question that the figure answers.
    pub title: Cow<'static, str>,
    /// One sentence that states what these data show.
    pub sentence: String,
    /// Drawing, with its origin at the upper left corner.
    pub drawing: Element,
    /// Room that the drawing takes.
    pub size: Size,
    /// Numbers that are drawn, in full.
    pub table: Table,
    /// Small print: where the numbers come from.
    pub credit: String,
}
