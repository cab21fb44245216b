//! What a visitor can choose of the room: the ways to draw a head, and whose lines.

use super::catalogue::AttentionFigure;

/// How the selected head is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// The matrix.
    #[default]
    Map,
    /// What taking parts out has changed in the matrix.
    Change,
    /// Tokens joined by lines.
    Lines,
    /// One row, step by step.
    Steps,
}

/// Queries whose lines are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The selected queries.
    #[default]
    Selected,
    /// Every query in view.
    All,
}

impl View {
    /// All of them, in the order of the switch.
    pub const ALL: [Self; 4] = [Self::Map, Self::Change, Self::Lines, Self::Steps];

    /// As links write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Map => "map",
            Self::Change => "change",
            Self::Lines => "lines",
            Self::Steps => "row",
        }
    }

    /// The figure that draws it.
    #[must_use]
    pub const fn figure(self) -> AttentionFigure {
        match self {
            Self::Map | Self::Change => AttentionFigure::Pattern,
            Self::Lines => AttentionFigure::Lines,
            Self::Steps => AttentionFigure::Steps,
        }
    }

    /// Reads what links write.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.name() == name)
    }
}

/// A way to draw the selected head.
#[must_use]
pub const fn view_name(view: View) -> &'static str {
    match view {
        View::Map => "Map",
        View::Change => "Change",
        View::Lines => "Lines",
        View::Steps => "One row",
    }
}
