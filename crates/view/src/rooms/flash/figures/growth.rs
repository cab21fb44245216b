//! How time, memory and error grow with the sequence, by our kernel and by standard
//! attention: two small charts with logarithmic axes, a sentence, a table.
//!
//! On such axes a power of the length is a straight line, and its slope the power.
//! A time never stands without its error: sentence and table give both.

use std::borrow::Cow;

use headlight_activations::{FlashGrowth, PathMeasure, StandardMeasure};
use headlight_flash::exponent;

use crate::rooms::flash::device::{Amount, Growth, LENGTHS, Power, Way};
use crate::rooms::flash::words::device as words;
use crate::rooms::flash::words::thousands;
use headlight_figure::number::full;
use headlight_figure::table::Column;
use headlight_figure::table::Table;

/// From here on both panels stand side by side, in pixels.
const SIDE_BY_SIDE: f64 = 600.0;
/// Between them, beside each other and one below the other.
const GAP: f64 = 28.0;
const GAP_BELOW: f64 = 12.0;
/// Height of a panel: title, plot, lengths.
const PANEL_HEIGHT: f64 = 214.0;
/// Room above the plot for the title and for labels of the highest points.
const PLOT_TOP: f64 = 38.0;
/// Room below it for the lengths and what they are.
const PLOT_BOTTOM: f64 = 36.0;
/// Room beside it for the ticks.
const PLOT_LEFT: f64 = 58.0;
/// Between the plot's sides and its first and last length.
const INSET: f64 = 14.0;
/// Most steps of an axis.
const MOST_STEPS: i32 = 5;
/// Between a label and its point.
const LABEL_ABOVE: f64 = 8.0;
const LABEL_BELOW: f64 = 16.0;
/// Where another line is this little above the end of one, the label goes below.
const LABEL_APART: f64 = 24.0;
/// Between the baselines of two labels.
const LABEL_LINE: f64 = 14.0;
/// Width of a letter of a label, roughly.
const LETTER: f64 = 6.4;
/// No rounding of numbers of size 1 is as large as this: where an error is, the
/// numbers are wrong.
const WRONG: f64 = 1e-3;

/// Both panels.
#[derive(Clone, Debug, PartialEq)]
pub struct GrowthChart {
    /// Width of the figure.
    pub width: f64,
    /// Height of the figure.
    pub height: f64,
    /// Memory, time.
    pub panels: [Panel; 2],
}

/// A panel; all places are those of the whole figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// What grows.
    pub amount: Amount,
    /// Left edge of the panel, where its title begins, and its upper edge.
    pub at: (f64, f64),
    /// Left and right edge of the plot.
    pub x: (f64, f64),
    /// Upper and lower edge of the plot.
    pub y: (f64, f64),
    /// Heights with a round amount.
    pub grid: Vec<Tick>,
    /// The lengths.
    pub lengths: Vec<Tick>,
    /// A line per way that has a point.
    pub lines: Vec<Line>,
    /// What standard attention would need where that does not fit.
    pub crosses: Vec<Cross>,
}

/// A place on an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Its x or y.
    pub at: f64,
    /// What is there.
    pub label: String,
}

/// A way's points, joined.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Which way.
    pub way: Way,
    /// Its points, from the shortest sequence.
    pub points: Vec<(f64, f64)>,
    /// The points as a polyline takes them.
    pub path: String,
    /// Its name, beside the last point.
    pub label: Label,
}

/// A word beside a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Label {
    /// Where it begins or ends.
    pub x: f64,
    /// Its baseline.
    pub y: f64,
    /// True where it ends at `x`.
    pub is_end: bool,
}

/// Something that does not fit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cross {
    /// Its middle.
    pub x: f64,
    /// Its middle.
    pub y: f64,
    /// What it means is said at the last one.
    pub label: Option<Label>,
}

/// A logarithmic axis.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Axis {
    base: f64,
    /// Exponents at both ends, and between two ticks.
    low: i32,
    high: i32,
    step: i32,
}

impl Axis {
    fn new(amount: Amount, values: &[f64]) -> Self {
        let (base, steps, usual): (f64, &[i32], _) = match amount {
            Amount::Memory => (2.0, &[1, 2, 5, 10, 20], (10, 30)),
            Amount::Time => (10.0, &[1, 2, 5], (0, 3)),
        };
        let exponents = values.iter().map(|value| value.ln() / base.ln());
        let ends = exponents.fold(None, |ends: Option<(f64, f64)>, exponent| {
            let (low, high) = ends.unwrap_or((exponent, exponent));
            Some((low.min(exponent), high.max(exponent)))
        });
        // What is a power up to rounding is one.
        let ends = ends.map(|(low, high)| ((low + 1e-9).floor(), (high - 1e-9).ceil()));
        let (low, high) = ends.map_or(usual, |(low, high)| (low as i32, high as i32));
        let span = |step: i32| {
            let low = low.div_euclid(step) * step;
            let high = (high + step - 1).div_euclid(step) * step;
            (low, high.max(low + step), step)
        };
        let fits = |&(low, high, step): &(i32, i32, i32)| (high - low) / step <= MOST_STEPS;
        let widest = steps.last().map_or(1, |&step| step);
        let found = steps.iter().map(|&step| span(step)).find(fits);
        let (low, high, step) = found.unwrap_or_else(|| span(widest));
        Self {
            base,
            low,
            high,
            step,
        }
    }

    /// How far up a value is, in `[0, 1]`.
    fn share(self, value: f64) -> f64 {
        let exponent = value.ln() / self.base.ln();
        (exponent - f64::from(self.low)) / f64::from(self.high - self.low)
    }

    fn ticks(self) -> impl Iterator<Item = f64> {
        let n_steps = (self.high - self.low) / self.step;
        (0..=n_steps).map(move |index| self.base.powi(self.low + index * self.step))
    }
}

/// What one way measured, if it could.
const fn measured(point: &FlashGrowth, way: Way) -> Option<&PathMeasure> {
    match (way, &point.standard) {
        (Way::Flash, _) => Some(&point.flash),
        (Way::Standard, StandardMeasure::Measured(measure)) => Some(measure),
        (Way::Standard, StandardMeasure::DoesNotFit { .. }) => None,
    }
}

/// Lengths with their amounts, where a logarithm can be taken of these.
fn amounts(points: &[FlashGrowth], way: Way, amount: Amount) -> Vec<(f64, f64)> {
    let of = |point: &FlashGrowth| {
        let measure = measured(point, way)?;
        let value = match amount {
            Amount::Memory => measure.extra_bytes as f64,
            Amount::Time => measure.elapsed_ms,
        };
        (value > 0.0 && value.is_finite()).then_some((point.n as f64, value))
    };
    points.iter().filter_map(of).collect()
}

/// Lengths at which standard attention does not fit, and the bytes that it would need.
fn unfit(points: &[FlashGrowth]) -> Vec<(f64, f64)> {
    let of = |point: &FlashGrowth| match point.standard {
        StandardMeasure::DoesNotFit { needed_bytes, .. } => {
            Some((point.n as f64, needed_bytes as f64))
        }
        StandardMeasure::Measured(_) => None,
    };
    points.iter().filter_map(of).collect()
}

impl GrowthChart {
    /// Draws a measurement in `width_px` pixels, however far it is.
    #[must_use]
    pub fn new(growth: &Growth, width_px: f64) -> Self {
        let width = width_px.max(280.0);
        let is_wide = width >= SIDE_BY_SIDE;
        let panel_width = if is_wide { (width - GAP) / 2.0 } else { width };
        let place = |index: usize| {
            if is_wide {
                (index as f64 * (panel_width + GAP), 0.0)
            } else {
                (0.0, index as f64 * (PANEL_HEIGHT + GAP_BELOW))
            }
        };
        let of = |amount, index| panel(&growth.points, amount, place(index), panel_width);
        Self {
            width,
            height: place(1).1 + PANEL_HEIGHT,
            panels: [of(Amount::Memory, 0), of(Amount::Time, 1)],
        }
    }
}

fn panel(points: &[FlashGrowth], amount: Amount, at: (f64, f64), width: f64) -> Panel {
    let (left, right) = (at.0 + PLOT_LEFT, at.0 + width - 2.0);
    let (top, bottom) = (at.1 + PLOT_TOP, at.1 + PANEL_HEIGHT - PLOT_BOTTOM);
    let ways = [Way::Standard, Way::Flash].map(|way| (way, amounts(points, way, amount)));
    let unfit = match amount {
        Amount::Memory => unfit(points),
        Amount::Time => Vec::new(),
    };
    let all = ways.iter().flat_map(|(_, values)| values).chain(&unfit);
    let all: Vec<f64> = all.map(|(_, value)| *value).collect();
    let axis = Axis::new(amount, &all);
    let lengths = LENGTHS.map(|n| n as f64);
    let doublings = (lengths[lengths.len() - 1] / lengths[0]).log2();
    let x = |n: f64| {
        let share = (n / lengths[0]).log2() / doublings;
        left + INSET + share * (right - left - 2.0 * INSET)
    };
    let y = |value: f64| bottom - axis.share(value) * (bottom - top);
    let place = |&(n, value): &(f64, f64)| (x(n), y(value));
    let mut lines: Vec<Line> = ways
        .iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(way, values)| Line::new(*way, values.iter().map(place).collect(), left))
        .collect();
    keep_apart(&mut lines, bottom);
    if !unfit.is_empty() {
        make_room(&mut lines, left);
    }
    let tick = |value: f64| Tick {
        at: y(value),
        label: words::amount(amount, value),
    };
    let mut crosses: Vec<Cross> = unfit
        .iter()
        .map(place)
        .map(|(x, y)| Cross { x, y, label: None })
        .collect();
    if let Some(last) = crosses.last_mut() {
        let label = Label::beside((last.x, last.y), words::DOES_NOT_FIT, left);
        last.label = Some(label);
    }
    Panel {
        amount,
        at,
        x: (left, right),
        y: (top, bottom),
        grid: axis.ticks().map(tick).collect(),
        lengths: LENGTHS
            .iter()
            .map(|&n| Tick {
                at: x(n as f64),
                label: thousands(n as u64),
            })
            .collect(),
        lines,
        crosses,
    }
}

impl Line {
    fn new(way: Way, points: Vec<(f64, f64)>, left: f64) -> Self {
        let path: Vec<String> = points
            .iter()
            .map(|(x, y)| format!("{x:.2},{y:.2}"))
            .collect();
        let last = points.last().copied().unwrap_or_default();
        Self {
            way,
            label: Label::beside(last, words::way(way), left),
            path: path.join(" "),
            points,
        }
    }

    /// The last point.
    fn end(&self) -> (f64, f64) {
        self.points.last().copied().unwrap_or_default()
    }

    /// Its height at `x`; `None` beside it.
    fn height_at(&self, x: f64) -> Option<f64> {
        let is_between = |pair: &&[(f64, f64)]| pair[0].0 <= x && x <= pair[1].0;
        let found = self.points.windows(2).find(is_between);
        let between = found.map(|pair| {
            let share = (x - pair[0].0) / (pair[1].0 - pair[0].0);
            pair[0].1 + share * (pair[1].1 - pair[0].1)
        });
        between.or_else(|| (self.end().0 == x).then(|| self.end().1))
    }

    /// Where its label begins and ends.
    fn label_range(&self) -> (f64, f64) {
        let width = words::way(self.way).chars().count() as f64 * LETTER;
        match self.label.is_end {
            true => (self.label.x - width, self.label.x),
            false => (self.label.x, self.label.x + width),
        }
    }

    /// Puts the label below the line, which mostly rises from under it.
    fn label_below(&mut self, bottom: f64) {
        let (from, _) = self.label_range();
        let lowest = self.height_at(from).unwrap_or(0.0).max(self.end().1);
        self.label.y = (lowest + LABEL_BELOW).min(bottom - 3.0);
    }
}

impl Label {
    /// Above a point; to its left where there is room.
    fn beside((x, y): (f64, f64), word: &str, left: f64) -> Self {
        let is_end = x - word.chars().count() as f64 * LETTER >= left;
        Self {
            x,
            y: y - LABEL_ABOVE,
            is_end,
        }
    }
}

/// No label lies on the other line, nor on its label.
fn keep_apart(lines: &mut [Line], bottom: f64) {
    let [first, second] = lines else {
        return;
    };
    let is_under = |line: &Line, other: &Line, or_on: bool| {
        let (x, y) = line.end();
        other.height_at(x).is_some_and(|above| {
            let by = y - above;
            (by > 0.0 || (or_on && by == 0.0)) && by < LABEL_APART
        })
    };
    let is_under = (
        is_under(first, second, false),
        is_under(second, first, true),
    );
    match is_under {
        (true, _) => first.label_below(bottom),
        (false, true) => second.label_below(bottom),
        (false, false) => {}
    }
    let (upper, lower) = if first.label.y < second.label.y {
        (first, second)
    } else {
        (second, first)
    };
    let (of_upper, of_lower) = (upper.label_range(), lower.label_range());
    if of_upper.0 < of_lower.1 && of_lower.0 < of_upper.1 {
        upper.label.y = upper.label.y.min(lower.label.y - LABEL_LINE);
    }
}

/// The name of standard attention stands a point earlier, where behind its last one
/// it is said that it does not fit.
fn make_room(lines: &mut [Line], left: f64) {
    for line in lines.iter_mut().filter(|line| line.way == Way::Standard) {
        if let [.., before, _] = line.points[..] {
            line.label = Label::beside(before, words::way(line.way), left);
        }
    }
}

fn power(points: &[FlashGrowth], way: Way, amount: Amount) -> Option<Power> {
    let values = amounts(points, way, amount);
    let lengths = (values.first()?.0 as usize, values.last()?.0 as usize);
    exponent(&values).map(|exponent| Power { exponent, lengths })
}

/// The largest error of a way, over all lengths; `None` without any.
fn largest_error(points: &[FlashGrowth], way: Way) -> Option<f64> {
    let errors = points.iter().filter_map(|point| measured(point, way));
    let errors = errors.map(|measure| measure.max_abs_error);
    // What is no number is no small error.
    let errors = errors.map(|error| if error.is_nan() { f64::INFINITY } else { error });
    errors.reduce(f64::max)
}

/// What the measurement says so far; nothing before the first point.
#[must_use]
pub fn sentence(growth: &Growth) -> String {
    let points = &growth.points;
    let of = |amount| [Way::Flash, Way::Standard].map(|way| power(points, way, amount));
    let mut said = Vec::new();
    said.extend(words::grows(Amount::Memory, of(Amount::Memory)));
    said.extend(words::grows(Amount::Time, of(Amount::Time)));
    if let Some(flash) = largest_error(points, Way::Flash) {
        let standard = largest_error(points, Way::Standard);
        said.push(words::errors(flash, standard));
        if flash > WRONG {
            said.push(words::WRONG.to_owned());
        }
    }
    let unfit = points.iter().find_map(|point| match point.standard {
        StandardMeasure::DoesNotFit {
            needed_bytes,
            limit_bytes,
        } => Some(words::does_not_fit(point.n, needed_bytes, limit_bytes)),
        StandardMeasure::Measured(_) => None,
    });
    said.extend(unfit);
    said.join(" ")
}

/// The measurement's numbers in full, a row per length.
#[must_use]
pub fn table(growth: &Growth) -> Table {
    let row = |point: &FlashGrowth| {
        let mut row = vec![point.n.to_string()];
        for way in [Way::Flash, Way::Standard] {
            row.extend(match measured(point, way) {
                Some(measure) => [
                    full(measure.elapsed_ms),
                    measure.extra_bytes.to_string(),
                    full(measure.max_abs_error),
                ],
                None => [String::new(), words::DOES_NOT_FIT.to_owned(), String::new()],
            });
        }
        row
    };
    Table {
        caption: Cow::Owned(words::growth_caption(growth.d)),
        columns: vec![
            Column::value("n"),
            Column::value("flash ms"),
            Column::value("flash extra bytes"),
            Column::value("flash max error"),
            Column::value("standard ms"),
            // A number of bytes, or that it does not fit.
            Column::text("standard extra bytes"),
            Column::value("standard max error"),
        ],
        rows: growth.points.iter().map(row).collect(),
    }
}

#[cfg(test)]
#[path = "growth_tests.rs"]
pub(crate) mod tests;
