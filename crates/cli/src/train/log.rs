//! The loss on the way, as a table and as a picture.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

/// Loss is logged as the mean over this many steps.
const LOG_STEPS: usize = 50;

/// What is known of the loss so far.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Log {
    lines: Vec<LogLine>,
    /// Of the steps since the last line: their losses' sum, and how many.
    sum: f64,
    count: usize,
}

/// A moment of a training run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct LogLine {
    pub(super) step: usize,
    /// Trained on so far.
    pub(super) tokens: usize,
    /// Trained for so far.
    pub(super) seconds: f64,
    /// Mean loss per token since the line before.
    pub(super) bits: f64,
}

impl Log {
    /// Takes in a step; returns the new line where one is due.
    pub(super) fn add(&mut self, now: LogLine, is_last: bool) -> Option<LogLine> {
        self.sum += now.bits;
        self.count += 1;
        if !is_last && !now.step.is_multiple_of(LOG_STEPS) {
            return None;
        }
        let bits = self.sum / self.count as f64;
        (self.sum, self.count) = (0.0, 0);
        let line = LogLine { bits, ..now };
        self.lines.push(line);
        Some(line)
    }

    pub(super) fn csv(&self) -> String {
        let mut csv = "step,tokens,seconds,loss_bits_per_token\n".to_owned();
        for line in &self.lines {
            let LogLine {
                step,
                tokens,
                seconds,
                bits,
            } = line;
            csv += &format!("{step},{tokens},{seconds:.1},{bits:.4}\n");
        }
        csv
    }

    /// The loss over the tokens as an SVG picture of [`WIDTH_PX`] by [`HEIGHT_PX`].
    pub(super) fn svg(&self, model: &str) -> String {
        let most = |of: fn(&LogLine) -> f64| self.lines.iter().map(of).fold(1e-9, f64::max);
        let x = Axis::new(
            most(LogLine::million_tokens),
            [LEFT_PX, WIDTH_PX - MARGIN_PX],
        );
        let y = Axis::new(most(|line| line.bits), [HEIGHT_PX - BOTTOM_PX, MARGIN_PX]);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH_PX} {HEIGHT_PX}\" \
             font-family=\"sans-serif\" font-size=\"13\" fill=\"#333\">\n\
             <title>Training loss of models/{model}</title>\n\
             <rect width=\"{WIDTH_PX}\" height=\"{HEIGHT_PX}\" fill=\"#fff\"/>\n"
        );
        let (left, right, bottom) = (x.px[0], x.px[1], y.px[0]);
        for (value, label) in y.ticks() {
            let y = y.px_from_value(value);
            svg += &format!(
                "<path d=\"M{left} {y:.1}H{right}\" stroke=\"#ddd\"/>\n\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>\n",
                left - 8.0,
                y + 4.0
            );
        }
        for (value, label) in x.ticks() {
            svg += &format!(
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{label}</text>\n",
                x.px_from_value(value),
                bottom + 20.0
            );
        }
        let points = self.lines.iter().fold(String::new(), |mut points, line| {
            let (x, y) = (
                x.px_from_value(line.million_tokens()),
                y.px_from_value(line.bits),
            );
            // Writing to a string cannot fail.
            let _ok = write!(points, "{x:.1},{y:.1} ");
            points
        });
        svg += &format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"#0b6bcb\" stroke-width=\"2\"/>\n\
             <text x=\"{right}\" y=\"{:.1}\" text-anchor=\"end\">million tokens</text>\n\
             <text x=\"{:.1}\" y=\"{:.1}\">loss, bits per token</text>\n</svg>\n",
            points.trim_end(),
            HEIGHT_PX - 8.0,
            left + 8.0,
            MARGIN_PX - 8.0,
        );
        svg
    }
}

impl LogLine {
    fn million_tokens(&self) -> f64 {
        self.tokens as f64 / 1e6
    }
}

const WIDTH_PX: f64 = 640.0;
const HEIGHT_PX: f64 = 300.0;
/// Room for the labels of the vertical axis.
const LEFT_PX: f64 = 48.0;
/// Room for the labels of the horizontal axis and its name.
const BOTTOM_PX: f64 = 48.0;
const MARGIN_PX: f64 = 28.0;

/// A linear axis from 0.
struct Axis {
    last: f64,
    /// Between the ticks.
    step: f64,
    /// Where 0 and `last` are.
    px: [f64; 2],
}

impl Axis {
    /// Ticks at 1, 2 or 5 times a power of ten, at most six of them.
    fn new(last: f64, px: [f64; 2]) -> Self {
        let power = 10_f64.powf((last / 5.0).log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|times| times * power);
        let step = step.into_iter().find(|step| last / step <= 5.0);
        Self {
            last,
            step: step.unwrap_or(last),
            px,
        }
    }

    fn px_from_value(&self, value: f64) -> f64 {
        self.px[0] + value / self.last * (self.px[1] - self.px[0])
    }

    /// Where the ticks are and what stands there.
    fn ticks(&self) -> impl Iterator<Item = (f64, String)> {
        let decimals = (-self.step.log10().floor()).max(0.0) as usize;
        (0..)
            .map(|i| f64::from(i) * self.step)
            .take_while(|value| *value <= self.last)
            .map(move |value| (value, format!("{value:.decimals$}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(step: usize, bits: f64) -> LogLine {
        LogLine {
            step,
            tokens: step * 1000,
            seconds: step as f64,
            bits,
        }
    }

    #[test]
    fn a_line_is_the_mean_since_the_one_before() {
        let mut log = Log::default();
        let last = LOG_STEPS + 2;
        for step in 1..=last {
            let bits = if step <= LOG_STEPS { 4.0 } else { step as f64 };
            log.add(line(step, bits), step == last);
        }
        let expected = [line(LOG_STEPS, 4.0), line(last, LOG_STEPS as f64 + 1.5)];
        assert_eq!(log.lines, expected);
        let last_line = format!("{last},{last}000,{last}.0,51.5000");
        assert_eq!(log.csv().lines().last(), Some(last_line.as_str()));
    }

    #[test]
    fn ticks_are_round_and_stay_on_the_axis() {
        let labels = |last| {
            let axis = Axis::new(last, [0.0, 100.0]);
            axis.ticks().map(|(_, label)| label).collect::<Vec<_>>()
        };
        assert_eq!(labels(10.2), ["0", "5", "10"]);
        assert_eq!(labels(0.45), ["0.0", "0.1", "0.2", "0.3", "0.4"]);
        assert_eq!(labels(5.0), ["0", "1", "2", "3", "4", "5"]);
    }

    #[test]
    fn the_picture_goes_through_the_first_and_the_last_line() {
        let mut log = Log::default();
        log.add(line(LOG_STEPS, 8.0), false);
        log.add(line(2 * LOG_STEPS, 2.0), false);
        // The first is half-way and at the top, the last at the right and a
        // quarter of the way up.
        let svg = log.svg("stories");
        assert!(svg.contains("points=\"330.0,28.0 612.0,196.0\""), "{svg}");
    }

    #[test]
    fn a_run_without_lines_has_an_empty_picture() {
        let svg = Log::default().svg("stories");
        assert!(svg.contains("points=\"\"") && !svg.contains("NaN"), "{svg}");
    }
}
