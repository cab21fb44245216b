//! Bars to both sides of a zero line.

/// A bar along the plot's width: both numbers in `[0, 1]` of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SignedBar {
    /// Left end.
    pub start: f64,
    /// Length of the bar, never negative.
    pub length: f64,
}

/// The numbers at the ends of a plot; zero lies between them or at one of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SignedScale {
    low: f64,
    high: f64,
}

impl SignedScale {
    /// From 0 to 1.
    pub const UNIT: Self = Self {
        low: 0.0,
        high: 1.0,
    };

    /// Reaches over all finite `numbers` and zero; nothing but zeros gets a width
    /// below zero.
    pub fn over(numbers: impl Iterator<Item = f64>) -> Self {
        let finite = numbers.filter(|number| number.is_finite());
        let (low, high) = finite.fold((0.0, 0.0), |(low, high): (f64, f64), number| {
            (low.min(number), high.max(number))
        });
        let low = if low < high { low } else { -1.0 };
        Self { low, high }
    }

    /// Where zero is, in `[0, 1]` of the plot's width.
    pub fn zero(self) -> f64 {
        self.along(0.0)
    }

    /// From zero to a number; one outside the plot ends at its edge.
    pub fn bar(self, number: f64) -> SignedBar {
        let zero = self.zero();
        let end = self.along(number.clamp(self.low, self.high));
        SignedBar {
            start: zero.min(end),
            length: (end - zero).abs(),
        }
    }

    fn along(self, number: f64) -> f64 {
        (number - self.low) / (self.high - self.low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_of_both_signs_meet_at_zero() {
        let scale = SignedScale::over([3.0, -1.0].into_iter());
        assert_eq!(scale.zero(), 0.25);
        let (up, down) = (scale.bar(3.0), scale.bar(-1.0));
        assert_eq!((up.start, up.length), (0.25, 0.75));
        assert_eq!((down.start, down.length), (0.0, 0.25));
    }

    #[test]
    fn what_lies_outside_ends_at_the_edge() {
        let scale = SignedScale::over([2.0, f64::NEG_INFINITY, -2.0].into_iter());
        let cut = scale.bar(f64::NEG_INFINITY);
        assert_eq!((cut.start, cut.length), (0.0, 0.5));
    }

    #[test]
    fn nothing_but_zeros_has_bars_without_length() {
        let scale = SignedScale::over([0.0].into_iter());
        assert_eq!((scale.zero(), scale.bar(0.0).length), (1.0, 0.0));
    }
}
