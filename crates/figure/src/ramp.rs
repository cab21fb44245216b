//! The sequential colour ramp of attention weights.
//!
//! The six stops live in the style sheet (`--seq-0` to `--seq-5`), one set per
//! theme; page and files have those of their theme mixed here.

/// Number of stops in the style sheet.
pub const N_STOPS: usize = 6;

/// Number of distinct colours that a small figure draws.
pub const N_LEVELS: usize = 64;

/// Bends the ramp so that small weights can be told from none.
const GAMMA: f64 = 0.75;

/// Where a weight falls: the stop before it, and how far towards the next.
fn position(weight: f64) -> (usize, f64) {
    let clamped = if weight.is_finite() {
        weight.clamp(0.0, 1.0)
    } else {
        0.0
    };
    place(libm::pow(clamped, GAMMA))
}

/// The stop before a place along the ramp, in `[0, 1]`, and how far towards the next.
fn place(along: f64) -> (usize, f64) {
    let along = along * (N_STOPS - 1) as f64;
    let stop = (along as usize).min(N_STOPS - 2);
    (stop, along - stop as f64)
}

/// Where along the ramp a probability is put so that a text on it can be read.
fn readable_place(prob: f64) -> f64 {
    if prob > 0.5 {
        0.76 + (prob - 0.5) * 0.48
    } else {
        prob * 0.7
    }
}

/// The weight whose colour is that of the ground of a text that stands for `prob`: up
/// to a half the text has the ink's colour, above the paper's.
///
/// The middle of the ramp is left out: neither colour could be read there.
#[must_use]
pub fn readable(prob: f64) -> f64 {
    libm::pow(readable_place(prob.clamp(0.0, 1.0)), GAMMA.recip())
}

/// The level that draws a weight: 0 for 0, [`N_LEVELS`] - 1 for 1.
#[must_use]
pub fn level(weight: f64) -> usize {
    let clamped = if weight.is_finite() {
        weight.clamp(0.0, 1.0)
    } else {
        0.0
    };
    (libm::pow(clamped, GAMMA) * (N_LEVELS - 1) as f64).round() as usize
}

/// The weight that a level stands for.
#[must_use]
pub fn weight_of_level(level: usize) -> f64 {
    libm::pow(level as f64 / (N_LEVELS - 1) as f64, 1.0 / GAMMA)
}

/// Levels of change on either side of none.
const N_SIDE: i32 = 32;

/// Where a change falls: from -1, a weight lost, to 1, a weight gained.
fn bent(change: f64) -> f64 {
    let clamped = if change.is_finite() {
        change.clamp(-1.0, 1.0)
    } else {
        0.0
    };
    libm::pow(clamped.abs(), GAMMA).copysign(clamped)
}

/// The level that draws a change in `[-1, 1]`: 0 for a weight that was lost, 32 for
/// none, 64 for one that was gained.
#[must_use]
pub fn change_level(change: f64) -> usize {
    ((bent(change) * f64::from(N_SIDE)).round() as i32 + N_SIDE) as usize
}

/// Where between lost and gained a level of change is, in `[-1, 1]`.
fn side_of_level(level: usize) -> f64 {
    level as f64 / f64::from(N_SIDE) - 1.0
}

/// Number of levels of change.
pub const N_CHANGES: usize = 65;

/// The colours of change as numbers, for a canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Diverging {
    pub(crate) ends: [[u8; 3]; 3],
}

impl Diverging {
    /// The colour of a change in `[-1, 1]` as red, green, blue.
    #[must_use]
    pub fn rgb(&self, change: f64) -> [u8; 3] {
        self.mixed(bent(change))
    }

    /// The colour of a level of change as red, green, blue.
    #[must_use]
    pub fn rgb_of_level(&self, level: usize) -> [u8; 3] {
        self.mixed(side_of_level(level))
    }

    fn mixed(&self, along: f64) -> [u8; 3] {
        let [lost, none, gained] = self.ends;
        mix(none, if along < 0.0 { lost } else { gained }, along.abs())
    }
}

fn mix(from: [u8; 3], to: [u8; 3], along: f64) -> [u8; 3] {
    std::array::from_fn(|channel| {
        let (from, to) = (f64::from(from[channel]), f64::from(to[channel]));
        (from + (to - from) * along).round() as u8
    })
}

/// The stops as numbers, for a canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ramp {
    pub(crate) stops: [[u8; 3]; N_STOPS],
}

impl Ramp {
    /// The colour of a weight in `[0, 1]` as red, green, blue.
    #[must_use]
    pub fn rgb(&self, weight: f64) -> [u8; 3] {
        let (stop, along) = position(weight);
        mix(self.stops[stop], self.stops[stop + 1], along)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn greys() -> Ramp {
        let stops = [0x00, 0x33, 0x66, 0x99, 0xcc, 0xff].map(|grey| [grey; 3]);
        Ramp { stops }
    }

    fn blue_to_red() -> Diverging {
        let ends = [[0, 0, 0xff], [0x80; 3], [0xff, 0, 0]];
        Diverging { ends }
    }

    #[test]
    fn the_ends_of_the_ramp_are_its_first_and_last_stop() {
        assert_eq!(greys().rgb(0.0), [0; 3]);
        assert_eq!(greys().rgb(1.0), [255; 3]);
    }

    #[test]
    fn a_larger_weight_is_never_drawn_weaker() {
        let ramp = greys();
        let shades: Vec<u8> = (0..=1000)
            .map(|i| ramp.rgb(f64::from(i) / 1e3)[0])
            .collect();
        assert!(shades.is_sorted());
    }

    #[test]
    fn levels_and_weights_are_inverse() {
        for wanted in 0..N_LEVELS {
            assert_eq!(level(weight_of_level(wanted)), wanted);
        }
    }

    #[test]
    fn what_is_no_weight_is_drawn_as_none() {
        assert_eq!(greys().rgb(f64::NAN), [0; 3]);
        assert_eq!(level(-1.0), 0);
        assert_eq!(level(7.0), N_LEVELS - 1);
    }

    #[test]
    fn a_change_is_drawn_on_the_side_of_its_sign_and_none_in_the_middle() {
        let colours = blue_to_red();
        assert_eq!(colours.rgb(-1.0), [0, 0, 255]);
        assert_eq!(colours.rgb(0.0), [128; 3]);
        assert_eq!(colours.rgb(1.0), [255, 0, 0]);
        assert_eq!(colours.rgb(f64::NAN), [128; 3]);
        let levels = [-2.0, -1.0, 0.0, 1.0, f64::NAN].map(change_level);
        assert_eq!(levels, [0, 0, 32, N_CHANGES - 1, 32]);
    }

    #[test]
    fn a_level_of_change_has_the_colour_of_its_changes() {
        let colours = blue_to_red();
        for (change, level) in [(-1.0, 0), (0.0, 32), (1.0, 64)] {
            assert_eq!(change_level(change), level);
            assert_eq!(colours.rgb_of_level(level), colours.rgb(change));
        }
    }
}
