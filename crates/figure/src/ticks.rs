//! Which values of a scale are marked: round ones, few enough to be read.

use crate::number::fixed;
use crate::scale::{Kind, LogBase, Scale};

/// A marked value of a scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Value that is marked.
    pub value: f64,
    /// Place of the value.
    pub place: f64,
    /// Text beside a major tick, empty for a minor one.
    pub label: String,
    /// True for a tick with a label.
    pub is_major: bool,
}

/// Steps between ticks, as multiples of a power of ten.
const STEPS: [f64; 4] = [1.0, 2.0, 5.0, 10.0];
/// Most ticks that any scale has, whatever was asked for.
const MOST: usize = 200;
/// Most powers of ten whose multiples are marked as well.
const MOST_DECADES: i32 = 6;

impl Scale {
    /// About `n` round values within the domain, from the smallest, with their labels;
    /// between those of a logarithmic scale there are minor ones.
    #[must_use]
    pub fn ticks(&self, n: usize) -> Vec<Tick> {
        let n = n.clamp(1, MOST / 2);
        match self.kind {
            Kind::Linear => self.linear_ticks(n),
            Kind::Log(base) => self.log_ticks(base, n),
        }
    }

    /// The scale with its domain extended to round values, about `n` ticks apart.
    #[must_use]
    pub fn nice(self, n: usize) -> Self {
        let (low, high) = self.bounds();
        let (low, high) = match self.kind {
            Kind::Linear => {
                let Some(step) = Step::new(low, high, n.max(1)) else {
                    return self;
                };
                (
                    step.value((low / step.size() + 1e-9).floor()),
                    step.value((high / step.size() - 1e-9).ceil()),
                )
            }
            Kind::Log(base) => {
                let (first, last) = exponents(base, low, high);
                let first = if power(base, first) > low {
                    first - 1
                } else {
                    first
                };
                let last = if power(base, last) < high {
                    last + 1
                } else {
                    last
                };
                (power(base, first), power(base, last))
            }
        };
        if !low.is_finite() || !high.is_finite() || low >= high {
            return self;
        }
        let is_descending = self.domain().0 > self.domain().1;
        self.with_domain(if is_descending {
            (high, low)
        } else {
            (low, high)
        })
    }

    fn tick(&self, value: f64, label: String) -> Option<Tick> {
        let (low, high) = self.bounds();
        let place = self.place(value)?;
        (low..=high).contains(&value).then_some(Tick {
            value,
            place,
            is_major: !label.is_empty(),
            label,
        })
    }

    fn linear_ticks(&self, n: usize) -> Vec<Tick> {
        let (low, high) = self.bounds();
        let Some(step) = Step::new(low, high, n) else {
            let ends = [low, high].map(|value| self.tick(value, plain(value)));
            return ends.into_iter().flatten().collect();
        };
        let first = (low / step.size() - 1e-9).ceil();
        let last = (high / step.size() + 1e-9).floor();
        let count = ((last - first) as usize).min(MOST);
        let values = (0..=count).map(|index| step.value(first + index as f64));
        // What is a round number up to rounding is one, and within the domain.
        let values = values.map(|value| {
            let is_near = |end: f64| (value - end).abs() <= 1e-9 * step.size();
            let ends = [low, high].into_iter();
            ends.filter(|&end| is_near(end)).fold(value, |_, end| end)
        });
        let mut ticks: Vec<Tick> = values
            .filter_map(|value| self.tick(value, step.label(value)))
            .collect();
        ticks.dedup_by(|next, tick| next.value <= tick.value);
        ticks
    }

    fn log_ticks(&self, base: LogBase, n: usize) -> Vec<Tick> {
        let (low, high) = self.bounds();
        let (first, last) = exponents(base, low, high);
        if last - first < 1 {
            // Within one step of the base there is no power, or one alone.
            return self.linear_ticks(n);
        }
        let stride = ((last - first) as usize).div_ceil(n).max(1) as i32;
        let n_minor = match base {
            LogBase::Ten if last - first <= MOST_DECADES => 9,
            _ => 1,
        };
        let mut ticks = Vec::new();
        for exponent in first - 1..=last + 1 {
            for multiple in 1..=n_minor {
                let value = power(base, exponent) * f64::from(multiple);
                let is_major = multiple == 1 && exponent.rem_euclid(stride) == 0;
                let label = if is_major {
                    log_label(base, value)
                } else {
                    String::new()
                };
                ticks.extend(self.tick(value, label));
            }
        }
        ticks.truncate(MOST);
        ticks
    }
}

/// Distance of ticks: one of [`STEPS`] times a power of ten.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Step {
    multiple: f64,
    exponent: i32,
}

impl Step {
    /// The round step that is nearest to a division of a domain in `n`; `None` where
    /// numbers are too coarse for any.
    fn new(low: f64, high: f64, n: usize) -> Option<Self> {
        let rough = high / n as f64 - low / n as f64;
        if !rough.is_finite() || rough <= f64::MIN_POSITIVE {
            return None;
        }
        // Numbers have 52 binary digits behind the first.
        if rough < low.abs().max(high.abs()) * f64::EPSILON * 4.0 {
            return None;
        }
        let exponent = libm::floor(libm::log10(rough)) as i32;
        let share = rough / ten_to(exponent);
        let distance = |multiple: f64| (libm::log(multiple) - libm::log(share)).abs();
        let nearest = STEPS
            .into_iter()
            .min_by(|a, b| distance(*a).total_cmp(&distance(*b)))?;
        Some(Self {
            multiple: nearest,
            exponent,
        })
    }

    fn size(self) -> f64 {
        self.multiple * ten_to(self.exponent)
    }

    /// A multiple of the step, without rounding where the number has a short decimal.
    fn value(self, index: f64) -> f64 {
        let multiple = index * self.multiple;
        let value = if self.exponent < 0 {
            multiple / ten_to(-self.exponent)
        } else {
            multiple * ten_to(self.exponent)
        };
        // Zero has no sign.
        value + 0.0
    }

    fn label(self, value: f64) -> String {
        let is_plain = value == 0.0 || (1e-4..1e6).contains(&value.abs());
        let decimals = (-self.exponent).max(0) - i32::from(self.multiple >= 10.0);
        match usize::try_from(decimals.max(0)) {
            Ok(decimals) if is_plain && decimals <= 6 => fixed(value, decimals),
            _ => plain(value),
        }
    }
}

/// A power of ten, the nearest that a number can be.
fn ten_to(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().unwrap_or(f64::INFINITY)
}

fn power(base: LogBase, exponent: i32) -> f64 {
    match base {
        LogBase::Two => libm::exp2(f64::from(exponent)),
        LogBase::Ten => ten_to(exponent),
    }
}

/// Exponents of the first and the last power within bounds.
fn exponents(base: LogBase, low: f64, high: f64) -> (i32, i32) {
    let log = |value: f64| match base {
        LogBase::Two => libm::log2(value),
        LogBase::Ten => libm::log10(value),
    };
    (
        libm::ceil(log(low) - 1e-9) as i32,
        libm::floor(log(high) + 1e-9) as i32,
    )
}

fn log_label(base: LogBase, value: f64) -> String {
    match base {
        LogBase::Two if (1.0..1e6).contains(&value) => fixed(value, 0),
        LogBase::Two => plain(value),
        LogBase::Ten if (1e-3..1e5).contains(&value) => plain(value),
        LogBase::Ten => format!("{value:e}").replace('-', "\u{2212}"),
    }
}

/// The shortest text of a number, with a real minus sign.
fn plain(value: f64) -> String {
    let text = if value == 0.0 || (1e-4..1e6).contains(&value.abs()) {
        format!("{value}")
    } else {
        format!("{value:e}")
    };
    text.replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn labels(scale: &Scale, n: usize) -> Vec<String> {
        let ticks = scale.ticks(n).into_iter();
        let major = ticks.filter(|tick| tick.is_major);
        major.map(|tick| tick.label).collect()
    }

    fn linear(low: f64, high: f64, n: usize) -> String {
        labels(&Scale::linear((low, high), (0.0, 100.0)), n).join(" ")
    }

    fn log(base: LogBase, low: f64, high: f64, n: usize) -> String {
        labels(&Scale::log(base, (low, high), (0.0, 100.0)), n).join(" ")
    }

    #[test]
    fn linear_ticks_are_round_and_written_with_as_many_digits_as_their_step() {
        assert_eq!(linear(0.0, 1.0, 5), "0.0 0.2 0.4 0.6 0.8 1.0");
        assert_eq!(linear(0.0, 1.0, 2), "0.0 0.5 1.0");
        assert_eq!(linear(-3.2, 7.9, 5), "\u{2212}2 0 2 4 6");
        assert_eq!(linear(0.0, 139.0, 4), "0 50 100");
        assert_eq!(
            linear(0.013, 0.018, 5),
            "0.013 0.014 0.015 0.016 0.017 0.018"
        );
        assert_eq!(linear(0.0, 4e6, 4), "0 1e6 2e6 3e6 4e6");
        assert_eq!(
            linear(0.0, 8e-6, 4),
            "0.000000 2e\u{2212}6 4e\u{2212}6 6e\u{2212}6 8e\u{2212}6"
        );
    }

    #[test]
    fn logarithmic_ticks_are_powers_with_multiples_between_them() {
        assert_eq!(log(LogBase::Ten, 1.0, 1000.0, 5), "1 10 100 1000");
        assert_eq!(log(LogBase::Ten, 0.5, 2e6, 3), "1 100 10000 1e6");
        assert_eq!(
            log(LogBase::Ten, 1e-8, 1e-2, 9),
            "1e\u{2212}8 1e\u{2212}7 1e\u{2212}6 1e\u{2212}5 1e\u{2212}4 0.001 0.01"
        );
        assert_eq!(
            log(LogBase::Two, 1024.0, 16384.0, 9),
            "1024 2048 4096 8192 16384"
        );
        assert_eq!(log(LogBase::Two, 1.0, 1024.0, 5), "1 4 16 64 256 1024");
        // Within a decade there is no power to speak of.
        assert_eq!(log(LogBase::Ten, 2.0, 8.0, 3), "2 4 6 8");
        let scale = Scale::log(LogBase::Ten, (1.0, 100.0), (0.0, 100.0));
        let minor: Vec<f64> = scale
            .ticks(5)
            .iter()
            .filter(|tick| !tick.is_major)
            .map(|tick| tick.value)
            .collect();
        let expected = [2, 3, 4, 5, 6, 7, 8, 9, 20, 30, 40, 50, 60, 70, 80, 90];
        assert_eq!(minor, expected.map(f64::from));
    }

    #[test]
    fn a_nice_domain_ends_at_ticks() {
        let linear = |low, high| Scale::linear((low, high), (0.0, 1.0)).nice(5).domain();
        assert_eq!(linear(0.3, 9.7), (0.0, 10.0));
        assert_eq!(linear(9.7, 0.3), (10.0, 0.0));
        assert_eq!(linear(0.0, 1.0), (0.0, 1.0));
        assert_eq!(linear(-0.21, 0.98), (-0.4, 1.0));
        let log = |low, high| {
            Scale::log(LogBase::Ten, (low, high), (0.0, 1.0))
                .nice(5)
                .domain()
        };
        assert_eq!(log(0.003, 72.0), (0.001, 100.0));
        assert_eq!(log(1.0, 100.0), (1.0, 100.0));
    }

    proptest! {
        #[test]
        fn ticks_ascend_within_the_domain(
            low in prop::num::f64::ANY, high in prop::num::f64::ANY, n in 0..30_usize,
        ) {
            for scale in [
                Scale::linear((low, high), (0.0, 100.0)),
                Scale::log(LogBase::Ten, (low, high), (0.0, 100.0)),
                Scale::log(LogBase::Two, (low, high), (100.0, 0.0)),
            ] {
                let (low, high) = scale.bounds();
                let ticks = scale.ticks(n);
                prop_assert!(ticks.len() <= MOST + 1);
                prop_assert!(ticks.windows(2).all(|pair| pair[0].value < pair[1].value));
                for tick in &ticks {
                    prop_assert!(tick.value >= low && tick.value <= high);
                    prop_assert!((-1e-9..=100.0 + 1e-9).contains(&tick.place), "{tick:?}");
                    prop_assert_eq!(tick.is_major, !tick.label.is_empty());
                }
            }
        }

        #[test]
        fn there_are_about_as_many_ticks_as_were_asked_for(
            low in -1e4..1e4_f64, length in 1e-2..1e4_f64, n in 2..12_usize,
        ) {
            let ticks = Scale::linear((low, low + length), (0.0, 1.0)).ticks(n);
            prop_assert!(ticks.len() >= n / 2 && ticks.len() <= 2 * n + 1, "{}", ticks.len());
        }

        #[test]
        fn a_label_reads_as_its_value(low in -1e9..1e9_f64, length in 1e-6..1e9_f64) {
            for tick in Scale::linear((low, low + length), (0.0, 1.0)).ticks(6) {
                let read: f64 = tick.label.replace('\u{2212}', "-").parse().unwrap();
                let gap = (read - tick.value).abs();
                prop_assert!(gap <= 1e-6 * length.max(tick.value.abs()), "{tick:?}");
            }
        }
    }
}
