//! The rooms of the page, and their figures, by name.

use headlight_figure::FigureId;

use crate::rooms::attention::catalogue as attention;
use crate::rooms::flash::catalogue as flash;

/// Lists the rooms: for each a variant of [`Room`] with its name in links, its name in the
/// bar, and what its figures are called.
macro_rules! rooms {
    ($($(#[$doc:meta])* $room:ident: $name:literal, $title:literal, $figure_title:path;)*) => {
        /// A room of the page.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum Room {
            $($(#[$doc])* $room,)*
        }

        impl Room {
            /// All of them, in the order of the bar.
            pub const ALL: &[Self] = &[$(Self::$room,)*];

            /// Its name in links.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$room => $name,)*
                }
            }

            /// Its name in the bar.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$room => $title,)*
                }
            }
        }

        /// What a figure is called.
        #[must_use]
        pub fn figure_title(figure: FigureId) -> &'static str {
            let found = None$(.or_else(|| $figure_title(figure)))*;
            found.unwrap_or(figure.name())
        }
    };
}

rooms! {
    /// Heads, their maps, and what goes on between the layers.
    #[default]
    Attention: "attention", "Attention", attention::figure_title;
    /// Flash attention, step by step.
    Flash: "flash", "Flash", flash::figure_title;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rooms::attention::catalogue::AttentionFigure;
    use crate::rooms::flash::catalogue::FlashFigure;

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
