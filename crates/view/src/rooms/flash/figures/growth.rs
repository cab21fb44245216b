//! How time, memory and error grow with the sequence, by our kernel and by standard
//! attention: two small charts with logarithmic axes, a sentence, a table.
//!
//! On such axes a power of the length is a straight line, and its slope the power.
//! A time never stands without its error: sentence and table give both.

use std::borrow::Cow;

use headlight_activations::{FlashGrowth, PathMeasure, StandardMeasure};
use headlight_figure::{
    Anchor, COLUMN_HEAD, Element, LogBase, Mark, NOTE, Path, Scale, Side, Size, Tone, axis, dots,
    el, extent, legend, line,
};
use headlight_flash::exponent;

use crate::rooms::flash::device::{Amount, Growth, LENGTHS, Power, Way};
use crate::rooms::flash::words::device as words;
use crate::rooms::flash::words::thousands;
use headlight_figure::number::full;
use headlight_figure::table::Column;
use headlight_figure::table::Table;

/// Narrowest drawing.
const NARROWEST: f64 = 280.0;
/// From here on both panels stand side by side, in pixels.
const SIDE_BY_SIDE: f64 = 600.0;
/// Between them, beside each other and one below the other.
const GAP: f64 = 28.0;
const GAP_BELOW: f64 = 16.0;
/// Between the legend and the panels.
const BELOW_LEGEND: f64 = 8.0;
/// Height of a plot.
const PLOT_HEIGHT: f64 = 140.0;
/// Room above the plot for the title and for the label of what does not fit.
const PLOT_TOP: f64 = 30.0;
/// Room below the plot for the lengths and what they are.
const PLOT_BOTTOM: f64 = 46.0;
/// Most labels of an axis.
const MOST_LABELS: usize = 6;
/// Factor between the ends of the axis of lengths and the first and last length.
const BEYOND_LENGTHS: f64 = 1.45;
/// Radius of a dot.
const DOT: f64 = 3.5;
/// Half the width of a cross.
const CROSS: f64 = 4.0;
/// Between a label and its point.
const LABEL_ABOVE: f64 = 8.0;
/// Ways, in the order in which the legend names them.
const WAYS: [Way; 2] = [Way::Flash, Way::Standard];
/// No rounding of numbers of size 1 is as large as this: where an error is, the
/// numbers are wrong.
const WRONG: f64 = 1e-3;

/// The look of a way's line: what standard attention needs is there to compare with.
const fn mark(way: Way) -> Mark {
    match way {
        Way::Flash => Mark::new(Tone::Main),
        Way::Standard => Mark::new(Tone::Ink).dashed(),
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

/// Both panels in `width_px` pixels, however far the measurement is, and the room that they
/// take.
#[must_use]
pub fn drawing(growth: &Growth, width_px: f64) -> (Element, Size) {
    // Whole pixels, so that a file says exactly how wide its drawing is.
    let width = width_px.max(NARROWEST).floor();
    let series = WAYS.map(|way| (words::way(way), mark(way)));
    let (legend, legend_height) = legend(&series, (0.0, 0.0), width);
    let top = legend_height + BELOW_LEGEND;
    let panel_height = PLOT_TOP + PLOT_HEIGHT + PLOT_BOTTOM;
    let (panel_width, second) = if width >= SIDE_BY_SIDE {
        let panel_width = ((width - GAP) / 2.0).floor();
        (panel_width, (width - panel_width, top))
    } else {
        (width, (0.0, top + panel_height + GAP_BELOW))
    };
    let panels = [
        GrowthPanel::new(&growth.points, Amount::Memory, (0.0, top)),
        GrowthPanel::new(&growth.points, Amount::Time, second),
    ];
    // Both plots are as wide, so that equal lengths stand below each other.
    let beside = panels
        .iter()
        .map(GrowthPanel::room_of_amounts)
        .fold(0.0, f64::max);
    let drawn = panels
        .iter()
        .map(|panel| panel.drawing(panel_width, beside));
    let drawing = el("g").add(legend).all(drawn);
    let height = second.1 + panel_height;
    (drawing, Size { width, height })
}

/// An amount by length, a line per way.
struct GrowthPanel {
    amount: Amount,
    /// Left and upper edge of the panel, where its title begins.
    at: (f64, f64),
    /// Points of each way, `(length, amount)`.
    lines: [(Way, Vec<(f64, f64)>); 2],
    /// What standard attention would need where that does not fit.
    crosses: Vec<(f64, f64)>,
    y: Scale,
}

impl GrowthPanel {
    fn new(points: &[FlashGrowth], amount: Amount, at: (f64, f64)) -> Self {
        let lines = WAYS.map(|way| (way, amounts(points, way, amount)));
        let crosses = match amount {
            Amount::Memory => unfit(points),
            Amount::Time => Vec::new(),
        };
        let (base, usual) = match amount {
            Amount::Memory => (LogBase::Two, (1024.0, 1_073_741_824.0)),
            Amount::Time => (LogBase::Ten, (1.0, 1e3)),
        };
        let all = lines.iter().flat_map(|(_, points)| points).chain(&crosses);
        let ends = extent(all.map(|(_, value)| *value)).unwrap_or(usual);
        let top = at.1 + PLOT_TOP;
        let y = Scale::log(base, ends, (top + PLOT_HEIGHT, top)).nice(MOST_LABELS);
        Self {
            amount,
            at,
            lines,
            crosses,
            y,
        }
    }

    /// Room that the amounts take beside the plot.
    fn room_of_amounts(&self) -> f64 {
        let name = |value| words::amount(self.amount, value);
        let amounts = axis(&self.y, Side::Left, 0.0).label(&name);
        // With a grid labels stand nearer than with ticks.
        amounts.grid(1.0).at_most(MOST_LABELS).room().ceil()
    }

    fn drawing(&self, width: f64, beside: f64) -> Element {
        let (left, right) = (self.at.0 + beside, self.at.0 + width);
        let bottom = self.y.range().0;
        let [first, .., last] = LENGTHS.map(|n| n as f64);
        let ends = (first / BEYOND_LENGTHS, last * BEYOND_LENGTHS);
        let x = Scale::log(LogBase::Two, ends, (left, right));
        let name = |value| words::amount(self.amount, value);
        let amounts = axis(&self.y, Side::Left, left).grid(right).label(&name);
        let name = |n: f64| thousands(n as u64);
        let lengths = axis(&x, Side::Bottom, bottom).label(&name);
        let title = words::panel(self.amount);
        let title = COLUMN_HEAD.at(self.at.0, self.at.1 + 12.0, Anchor::Start, title);
        let of_way = |(way, points): &(Way, Vec<(f64, f64)>)| {
            let dots = dots(points, |_| DOT, &x, &self.y, mark(*way));
            el("g").add(line(points, &x, &self.y, mark(*way))).add(dots)
        };
        // Our kernel's line lies above the other.
        let lines = self.lines.iter().rev().map(of_way);
        el("g")
            .add(amounts.at_most(MOST_LABELS))
            .add(lengths.at_most(LENGTHS.len()).title(words::TOKENS))
            .add(title)
            .all(lines)
            .all(crosses(&self.crosses, &x, &self.y))
    }
}

/// A cross per point; what they mean is said at the last one.
fn crosses(points: &[(f64, f64)], x: &Scale, y: &Scale) -> Vec<Element> {
    let placed = points
        .iter()
        .map(|(n, value)| (x.place(*n), y.place(*value)));
    let placed: Vec<_> = placed.filter_map(|(x, y)| x.zip(y)).collect();
    let cross = |&(x, y): &(f64, f64)| {
        let falling = Path::default().move_to(x - CROSS, y - CROSS);
        let falling = falling.line_to(x + CROSS, y + CROSS);
        let both = falling.move_to(x + CROSS, y - CROSS);
        let both = both.line_to(x - CROSS, y + CROSS);
        both.element().class("mark-cross")
    };
    let label = placed.last().map(|&(at, y)| {
        let says = words::DOES_NOT_FIT;
        // To the left of the last one, where the plot has room there.
        let (anchor, at) = match at - NOTE.width(says) >= x.range().0 {
            true => (Anchor::End, at + CROSS),
            false => (Anchor::Start, at - CROSS),
        };
        let label = NOTE.at(at, y - LABEL_ABOVE, anchor, says);
        label.class("cross-label is-above")
    });
    placed.iter().map(cross).chain(label).collect()
}

/// The power by which a way's memory grows.
fn power(points: &[FlashGrowth], way: Way) -> Option<Power> {
    let values = amounts(points, way, Amount::Memory);
    let lengths = (values.first()?.0 as usize, values.last()?.0 as usize);
    exponent(&values).map(|exponent| Power { exponent, lengths })
}

/// The times of the longest sequence that both ways attended, or else our kernel.
///
/// No power of the length is fitted to times: those of short sequences may be mostly launch,
/// and the time of a way that has more of that would seem to grow less.
fn longest_times(points: &[FlashGrowth]) -> Option<String> {
    let of = |point: &FlashGrowth, way| measured(point, way).map(|measure| measure.elapsed_ms);
    let both = points
        .iter()
        .rfind(|point| of(point, Way::Standard).is_some());
    let point = both.or(points.last())?;
    let standard = of(point, Way::Standard);
    Some(words::times(point.n, point.flash.elapsed_ms, standard))
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
    if points.is_empty() {
        return String::new();
    }
    let mut said = vec![words::measured_with(growth.d)];
    said.extend(words::memory_grows(WAYS.map(|way| power(points, way))));
    said.extend(longest_times(points));
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
        for way in WAYS {
            row.extend(match measured(point, way) {
                Some(measure) => [
                    full(measure.elapsed_ms),
                    measure.extra_bytes.to_string(),
                    full(measure.max_abs_error),
                ],
                None => [const { String::new() }; 3],
            });
        }
        row.push(measured(point, Way::Standard).is_some().to_string());
        row
    };
    Table {
        caption: Cow::Owned(words::growth_caption(growth.d)),
        columns: [
            "n",
            "flash ms",
            "flash extra bytes",
            "flash max error",
            "standard ms",
            "standard extra bytes",
            "standard max error",
            "standard fits",
        ]
        .map(Column::value)
        .to_vec(),
        rows: growth.points.iter().map(row).collect(),
    }
}

#[cfg(test)]
#[path = "growth_tests.rs"]
pub(crate) mod tests;
