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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::{DARK, LIGHT};

    /// Relative luminance as WCAG 2.2 defines it.
    fn luminance(colour: Rgb) -> f64 {
        let linear = colour.map(|channel| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    #[test]
    fn a_text_can_be_read_on_the_ground_of_every_probability() {
        for theme in [&LIGHT, &DARK] {
            for percent in 0..=100 {
                let prob = f64::from(percent) / 100.0;
                let ground = Palette::Sequential.shade(ramp::readable(prob));
                let text = theme.rgb(if prob > 0.5 { "paper" } else { "ink" });
                let mut both = [ground.rgb(theme), text].map(luminance);
                both.sort_by(f64::total_cmp);
                let contrast = (both[1] + 0.05) / (both[0] + 0.05);
                assert!(contrast >= 4.5, "{} {percent}: {contrast}", theme.name);
            }
        }
    }
}
