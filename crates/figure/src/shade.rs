//! Colours of numbers: a palette and an index into it, resolved by the theme.

use serde::Serialize;

use crate::ramp;
use crate::theme::{Rgb, Theme};

/// A scale of colours whose ends are the theme's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Palette {
    /// Weights and probabilities, from 0 to 1.
    Sequential,
    /// Changes, scores and differences, from -1 to 1, with none in the middle.
    Diverging,
    /// Yes or no: names of the theme's colours for 0 and for 1, without dashes.
    TwoColour(&'static str, &'static str),
}

/// A colour of a palette.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Shade {
    /// Palette that the index counts in.
    pub palette: Palette,
    /// Index into the palette.
    pub index: u8,
}

impl Palette {
    /// Number of colours, at most 255.
    #[must_use]
    pub const fn n_colours(self) -> usize {
        match self {
            Self::Sequential => ramp::N_LEVELS,
            Self::Diverging => ramp::N_CHANGES,
            Self::TwoColour(..) => 2,
        }
    }

    /// Colour that draws a value; what is no number is drawn as none, what is
    /// beyond an end as the end.
    #[must_use]
    pub fn shade(self, value: f64) -> Shade {
        let index = match self {
            Self::Sequential => ramp::level(value),
            Self::Diverging => ramp::change_level(value),
            Self::TwoColour(..) => usize::from(value >= 0.5),
        };
        Shade {
            palette: self,
            index: index as u8,
        }
    }

    /// All colours in a theme, by index.
    #[must_use]
    pub fn colours(self, theme: &Theme) -> Vec<Rgb> {
        let n_colours = self.n_colours() as u8;
        let shade = |index| Shade {
            palette: self,
            index,
        };
        (0..n_colours)
            .map(|index| shade(index).rgb(theme))
            .collect()
    }
}

impl Shade {
    /// Colour in a theme.
    #[must_use]
    pub fn rgb(self, theme: &Theme) -> Rgb {
        let index = usize::from(self.index).min(self.palette.n_colours() - 1);
        match self.palette {
            Palette::Sequential => {
                let weight = ramp::weight_of_level(index);
                theme.ramp().rgb(weight)
            }
            Palette::Diverging => theme.diverging().rgb_of_level(index),
            Palette::TwoColour(off, on) => theme.rgb(if index == 0 { off } else { on }),
        }
    }

    /// Colour as a value of CSS that follows the page's theme.
    #[must_use]
    pub fn css(self) -> String {
        let index = usize::from(self.index).min(self.palette.n_colours() - 1);
        match self.palette {
            Palette::Sequential => ramp::css(ramp::weight_of_level(index)),
            Palette::Diverging => ramp::change_css(index),
            Palette::TwoColour(off, on) => {
                format!("var(--{})", if index == 0 { off } else { on })
            }
        }
    }
}
