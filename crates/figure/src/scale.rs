//! From values to places and back: linear and logarithmic scales, and bands of equal
//! width for what is counted or named.
//!
//! A scale is only a projection; which values are marked on it is decided in
//! `ticks.rs`.

/// Distance between two powers where a logarithmic scale is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogBase {
    /// Powers of 2.
    Two,
    /// Powers of 10.
    Ten,
}

/// What is proportional to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Linear,
    Log(LogBase),
}

/// A projection of values onto places.
///
/// ```
/// use headlight_figure::Scale;
///
/// let y = Scale::linear((0.0, 1.0), (200.0, 0.0));
/// assert_eq!(y.place(0.25), Some(150.0));
/// assert_eq!(y.invert(150.0), 0.25);
/// assert_eq!(y.place(f64::NAN), None);
/// assert_eq!(y.clamped(7.0), Some(0.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    pub(crate) kind: Kind,
    domain: (f64, f64),
    range: (f64, f64),
}

/// The smallest and the largest of values, those that are no numbers or infinite left
/// out; `None` without any.
#[must_use]
pub fn extent(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    let finite = values.into_iter().filter(|value| value.is_finite());
    finite.fold(None, |extent, value| {
        let (low, high) = extent.unwrap_or((value, value));
        Some((low.min(value), high.max(value)))
    })
}

impl Scale {
    /// Places in proportion to values: `domain.0` at `range.0`, `domain.1` at `range.1`.
    ///
    /// A domain of one value is widened by half of it on both sides, that of zero by a
    /// half; one that is not finite counts as from 0 to 1.
    #[must_use]
    pub fn linear(domain: (f64, f64), range: (f64, f64)) -> Self {
        let (low, high) = domain;
        let domain = if !low.is_finite() || !high.is_finite() {
            (0.0, 1.0)
        } else if low == high {
            let pad = if low.abs() < 1e-300 {
                0.5
            } else {
                low.abs() / 2.0
            };
            let pad = pad.min(f64::MAX - low.abs());
            (low - pad, low + pad)
        } else {
            domain
        };
        let kind = Kind::Linear;
        Self {
            kind,
            domain,
            range,
        }
    }

    /// Places in proportion to logarithms of values.
    ///
    /// An end that has no logarithm is put a thousand times below the other; without
    /// any, the domain is one step of the base from 1. A domain of one value is widened
    /// by a step on both sides.
    #[must_use]
    pub fn log(base: LogBase, domain: (f64, f64), range: (f64, f64)) -> Self {
        let step = base.number();
        let has_log = |value: f64| value.is_finite() && value > 0.0;
        // Neither product may leave what a number can hold.
        let below = |value: f64, times: f64| (value / times).max(f64::MIN_POSITIVE);
        let domain = match (domain, has_log(domain.0), has_log(domain.1)) {
            ((low, high), true, true) if low == high => {
                (below(low, step), (high * step).min(f64::MAX))
            }
            (domain, true, true) => domain,
            ((_, high), false, true) => (below(high, 1000.0), high),
            ((low, _), true, false) => (low, below(low, 1000.0)),
            (_, false, false) => (1.0, step),
        };
        let kind = Kind::Log(base);
        Self {
            kind,
            domain,
            range,
        }
    }

    /// Values at both ends, in the order they were given.
    #[must_use]
    pub const fn domain(&self) -> (f64, f64) {
        self.domain
    }

    /// Places at both ends.
    #[must_use]
    pub const fn range(&self) -> (f64, f64) {
        self.range
    }

    /// The smaller and the larger end of the domain.
    #[must_use]
    pub fn bounds(&self) -> (f64, f64) {
        let (first, last) = self.domain;
        (first.min(last), first.max(last))
    }

    /// Replaces the values at both ends, as [`Scale::linear`] or [`Scale::log`] take them.
    #[must_use]
    pub fn with_domain(self, domain: (f64, f64)) -> Self {
        match self.kind {
            Kind::Linear => Self::linear(domain, self.range),
            Kind::Log(base) => Self::log(base, domain, self.range),
        }
    }

    /// Place of a value, beyond the range for one beyond the domain; `None` for what is
    /// not finite or has no logarithm.
    #[must_use]
    pub fn place(&self, value: f64) -> Option<f64> {
        self.share(value).map(|share| self.at(share))
    }

    /// Place of a value, that of the nearest end for one beyond the domain, also for
    /// the infinite; `None` for what is no number.
    #[must_use]
    pub fn clamped(&self, value: f64) -> Option<f64> {
        if value.is_nan() {
            return None;
        }
        let (low, high) = self.bounds();
        self.place(value.clamp(low, high))
    }

    /// Value at a place.
    #[must_use]
    pub fn invert(&self, place: f64) -> f64 {
        let (from, to) = self.range;
        let share = if from == to {
            0.0
        } else {
            (place - from) / (to - from)
        };
        let (first, last) = self.domain;
        match self.kind {
            Kind::Linear => first * (1.0 - share) + last * share,
            Kind::Log(_) => {
                let (first, last) = (libm::log(first), libm::log(last));
                libm::exp(first * (1.0 - share) + last * share)
            }
        }
    }

    /// Value at a place, never beyond the domain.
    #[must_use]
    pub fn invert_clamped(&self, place: f64) -> f64 {
        let (low, high) = self.bounds();
        self.invert(place).clamp(low, high)
    }

    /// Length of the range.
    #[must_use]
    pub const fn length(&self) -> f64 {
        (self.range.1 - self.range.0).abs()
    }

    /// Position of a value along the domain: 0 at its first end, 1 at its last.
    fn share(&self, value: f64) -> Option<f64> {
        if !value.is_finite() {
            return None;
        }
        let (first, last) = self.domain;
        match self.kind {
            // Halves, for the difference of two numbers may be beyond all numbers.
            Kind::Linear => Some((value / 2.0 - first / 2.0) / (last / 2.0 - first / 2.0)),
            Kind::Log(_) if value <= 0.0 => None,
            Kind::Log(_) => {
                let (first, last) = (libm::log(first), libm::log(last));
                Some((libm::log(value) - first) / (last - first))
            }
        }
    }

    fn at(&self, share: f64) -> f64 {
        let (from, to) = self.range;
        from + share * (to - from)
    }
}

impl LogBase {
    /// The base as a number.
    #[must_use]
    pub const fn number(self) -> f64 {
        match self {
            Self::Two => 2.0,
            Self::Ten => 10.0,
        }
    }
}

/// Bands of equal width along a range, one per item, with gaps between them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bands {
    /// Number of bands.
    pub n: usize,
    /// Places where the first begins and the last ends.
    pub range: (f64, f64),
    /// Width that is left free between two bands, in figure units.
    pub gap: f64,
}

impl Bands {
    /// `n` bands along a range.
    #[must_use]
    pub const fn new(n: usize, range: (f64, f64), gap: f64) -> Self {
        Self { n, range, gap }
    }

    /// Distance from one band's start to the next one's; 0 without bands.
    #[must_use]
    pub fn step(&self) -> f64 {
        if self.n == 0 {
            return 0.0;
        }
        (self.range.1 - self.range.0) / self.n as f64
    }

    /// Lower end and width of a band, half of the gap kept free on either side.
    #[must_use]
    pub fn band(&self, index: usize) -> (f64, f64) {
        let step = self.step();
        let start = self.range.0 + index as f64 * step;
        let low = start.min(start + step);
        // A gap never eats more than half of a band.
        let gap = self.gap.clamp(0.0, step.abs() / 2.0);
        (low + gap / 2.0, step.abs() - gap)
    }

    /// Middle of a band.
    #[must_use]
    pub fn middle(&self, index: usize) -> f64 {
        self.range.0 + (index as f64 + 0.5) * self.step()
    }

    /// Band at a place, gaps counted to the band they surround; `None` beside all.
    #[must_use]
    pub fn index(&self, place: f64) -> Option<usize> {
        let along = (place - self.range.0) / self.step();
        (along >= 0.0 && along < self.n as f64).then_some(along as usize)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_range() -> impl Strategy<Value = (f64, f64)> {
        let ends = (-1000.0..1000.0_f64, -1000.0..1000.0_f64);
        ends.prop_filter("a range has a length", |(from, to)| (from - to).abs() > 1.0)
    }

    #[test]
    fn domains_without_a_length_are_widened() {
        let linear = |low, high| Scale::linear((low, high), (0.0, 1.0)).domain();
        assert_eq!(linear(0.0, 0.0), (-0.5, 0.5));
        assert_eq!(linear(4.0, 4.0), (2.0, 6.0));
        assert_eq!(linear(-4.0, -4.0), (-6.0, -2.0));
        assert_eq!(linear(f64::NAN, 1.0), (0.0, 1.0));
        assert_eq!(linear(f64::NEG_INFINITY, f64::INFINITY), (0.0, 1.0));
        let log = |low, high| Scale::log(LogBase::Ten, (low, high), (0.0, 1.0)).domain();
        assert_eq!(log(5.0, 5.0), (0.5, 50.0));
        assert_eq!(log(0.0, 1000.0), (1.0, 1000.0));
        assert_eq!(log(-1.0, f64::NAN), (1.0, 10.0));
        assert_eq!(log(f64::MAX, f64::MAX).1, f64::MAX);
    }

    #[test]
    fn the_extent_leaves_out_what_is_not_finite() {
        let values = [f64::NAN, 2.0, f64::INFINITY, -1.0];
        assert_eq!(extent(values), Some((-1.0, 2.0)));
        assert_eq!(extent([f64::NAN]), None);
        assert_eq!(extent([]), None);
    }

    #[test]
    fn equal_factors_are_equal_distances_on_a_logarithmic_scale() {
        let scale = Scale::log(LogBase::Two, (1.0, 1024.0), (0.0, 100.0));
        for exponent in 0..=10 {
            let place = scale.place(2.0_f64.powi(exponent)).unwrap();
            assert!((place - 10.0 * f64::from(exponent)).abs() < 1e-9);
        }
        assert_eq!(scale.place(0.0), None);
        assert_eq!(scale.clamped(0.0), Some(0.0));
        assert_eq!(scale.clamped(f64::INFINITY), Some(100.0));
    }

    #[test]
    fn the_whole_of_all_numbers_is_a_domain() {
        let scale = Scale::linear((f64::MIN, f64::MAX), (0.0, 10.0));
        assert_eq!(scale.place(0.0), Some(5.0));
        assert_eq!(scale.invert(5.0), 0.0);
    }

    #[test]
    fn bands_fill_their_range_and_are_found_again() {
        for range in [(10.0, 110.0), (110.0, 10.0)] {
            let bands = Bands::new(5, range, 4.0);
            for index in 0..5 {
                let (start, width) = bands.band(index);
                assert_eq!(width, 16.0);
                assert_eq!(start + width / 2.0, bands.middle(index));
                assert_eq!(bands.index(start + 1.0), Some(index));
                assert_eq!(bands.index(start + width + 1.0), Some(index));
            }
            assert_eq!(bands.index(9.0), None);
            assert_eq!(bands.index(111.0), None);
        }
        assert_eq!(Bands::new(0, (0.0, 1.0), 1.0).index(0.5), None);
        assert_eq!(Bands::new(2, (0.0, 2.0), 9.0).band(0), (0.25, 0.5));
    }

    proptest! {
        #[test]
        fn a_value_is_found_again_at_its_place(
            low in -1e6..1e6_f64, length in 1e-3..1e6_f64, share in -0.5..1.5_f64,
            range in any_range(),
        ) {
            let scale = Scale::linear((low, low + length), range);
            let value = low + share * length;
            let again = scale.invert(scale.place(value).unwrap());
            prop_assert!((again - value).abs() <= 1e-9 * (low.abs() + length));
        }

        #[test]
        fn a_value_is_found_again_on_a_logarithmic_scale(
            low in -12.0..12.0_f64, length in 0.1..12.0_f64, share in 0.0..1.0_f64,
            range in any_range(),
        ) {
            let power = |exponent: f64| libm::pow(10.0, exponent);
            let domain = (power(low), power(low + length));
            let scale = Scale::log(LogBase::Ten, domain, range);
            let value = power(low + share * length);
            let again = scale.invert(scale.place(value).unwrap());
            prop_assert!((again / value - 1.0).abs() <= 1e-9);
        }

        #[test]
        fn a_clamped_place_is_within_the_range(value in prop::num::f64::ANY, range in any_range()) {
            let (from, to) = range;
            for scale in [
                Scale::linear((-3.0, 8.0), range),
                Scale::log(LogBase::Ten, (1e-3, 8.0), range),
            ] {
                if let Some(place) = scale.clamped(value) {
                    prop_assert!(place >= from.min(to) - 1e-9 && place <= from.max(to) + 1e-9);
                } else {
                    prop_assert!(value.is_nan());
                }
            }
        }
    }
}
