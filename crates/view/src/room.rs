//! The rooms of the page, and their figures, by name.

use crate::rooms::attention::catalogue::{self as attention, AttentionFigure};
use crate::rooms::flash::catalogue::{self as flash, FlashFigure};
use headlight_figure::FigureId;

/// A room of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Room {
    /// Heads, their maps, and what goes on between the layers.
    #[default]
    Attention,
    /// Flash attention, step by step.
    Flash,
}

impl Room {
    /// All of them, in the order of the bar.
    pub const ALL: [Self; 2] = [Self::Attention, Self::Flash];

    /// Its name in links.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Attention => "attention",
            Self::Flash => "flash",
        }
    }

    /// Its name in the bar.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Attention => "Attention",
            Self::Flash => "Flash",
        }
    }
}

/// What a figure is called.
#[must_use]
pub fn figure_title(figure: FigureId) -> &'static str {
    let of_attention = AttentionFigure::of(figure).map(attention::title);
    let of_flash = || FlashFigure::of(figure).map(flash::title);
    of_attention.or_else(of_flash).unwrap_or(figure.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_figures_of_the_page_have_one_name() {
        let attention = AttentionFigure::ALL.map(FigureId::from);
        let flash = FlashFigure::ALL.map(FigureId::from);
        let mut names: Vec<&str> = attention.iter().chain(&flash).map(|it| it.name()).collect();
        let n = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), n);
    }

    #[test]
    fn every_figure_has_a_title_and_the_name_of_its_room() {
        for figure in AttentionFigure::ALL.map(FigureId::from) {
            assert_ne!(figure_title(figure), figure.name());
            assert!(figure.name().starts_with("attention."));
        }
        for figure in FlashFigure::ALL.map(FigureId::from) {
            assert_ne!(figure_title(figure), figure.name());
            assert!(figure.name().starts_with("flash."));
        }
    }
}
