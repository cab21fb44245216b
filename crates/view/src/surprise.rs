//! Surprise per token in bits, as a small bar chart.

use std::f64::consts::LN_2;

use crate::number::{fixed, full};
use crate::run::Run;
use crate::sentence;
use crate::text;
use crate::token::VisibleToken;

/// Height of the longest bar.
const PLOT_HEIGHT: f64 = 60.0;
/// Room above the plot for the axis' largest value.
const TOP: f64 = 12.0;
/// Room below for the labels.
const BOTTOM: f64 = 20.0;

/// One token's bar, in CSS pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct SurpriseBar {
    /// The token's position.
    pub pos: usize,
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// A token below the chart.
#[derive(Clone, Debug, PartialEq)]
pub struct SurpriseLabel {
    /// Middle of the text.
    pub x: f64,
    /// The text.
    pub text: String,
}

/// The whole chart.
#[derive(Clone, Debug, PartialEq)]
pub struct SurpriseChart {
    /// Width of the figure.
    pub width: f64,
    /// Height of the figure.
    pub height: f64,
    /// Where zero is.
    pub base: f64,
    /// Upper edge of the plot.
    pub top: f64,
    /// Value at the upper edge.
    pub max_label: String,
    /// The bars; the first token has none.
    pub bars: Vec<SurpriseBar>,
    /// Some of the tokens.
    pub labels: Vec<SurpriseLabel>,
}

/// A token's surprise in bits: its negative log-likelihood over ln 2.
#[must_use]
pub fn bits(nll: f64) -> f64 {
    nll / LN_2
}

impl SurpriseChart {
    /// Draws the surprise of `run` in `width_px` pixels.
    #[must_use]
    pub fn new(run: &Run, width_px: f64) -> Self {
        let width = width_px.max(120.0);
        let pitch = width / run.nll.len().max(1) as f64;
        let most = run.nll.iter().flatten().copied().fold(0.0, f64::max);
        let max_bits = bits(most).ceil().max(1.0);
        let base = TOP + PLOT_HEIGHT;
        let bar = |(pos, nll): (usize, &Option<f64>)| {
            let height = bits((*nll)?).max(0.0) / max_bits * PLOT_HEIGHT;
            let gap = (pitch * 0.25).min(4.0);
            Some(SurpriseBar {
                pos,
                x: pos as f64 * pitch + gap / 2.0,
                y: base - height,
                width: pitch - gap,
                height,
            })
        };
        Self {
            width,
            height: base + BOTTOM,
            base,
            top: TOP,
            max_label: text::bits(&fixed(max_bits, 0)),
            bars: run.nll.iter().enumerate().filter_map(bar).collect(),
            labels: labels(run, pitch, width),
        }
    }

    /// The token whose column holds `x`.
    #[must_use]
    pub fn pos_at(&self, x: f64, n_tokens: usize) -> Option<usize> {
        let pos = (x / self.width * n_tokens as f64).floor();
        (pos >= 0.0 && pos < n_tokens as f64).then_some(pos as usize)
    }
}

/// As many labels as fit without touching.
fn labels(run: &Run, pitch: f64, width: f64) -> Vec<SurpriseLabel> {
    let mut labels = Vec::new();
    let mut free_from = 0.0;
    for (pos, token) in run.tokens.iter().enumerate().skip(1) {
        let text = VisibleToken::new(&token.text).body;
        let half = text.chars().count() as f64 * 3.2;
        let x = (pos as f64 + 0.5) * pitch;
        if !text.is_empty() && x - half >= free_from && x + half <= width {
            free_from = x + half + 5.0;
            labels.push(SurpriseLabel { x, text });
        }
    }
    labels
}

/// Which token surprised the model most, in one sentence.
#[must_use]
pub fn summary(run: &Run) -> String {
    let known = run.nll.iter().enumerate();
    let known = known.filter_map(|(pos, nll)| Some((pos, (*nll)?)));
    known.max_by(|a, b| a.1.total_cmp(&b.1)).map_or_else(
        || text::NO_SURPRISE.to_owned(),
        |(pos, nll)| text::most_surprising(&sentence::name(&run.tokens, pos), &fixed(bits(nll), 1)),
    )
}

/// Perplexity and mean surprise in one line.
#[must_use]
pub fn perplexity(run: &Run) -> Option<String> {
    let perplexity = run.perplexity?;
    Some(text::perplexity(
        &fixed(perplexity, 2),
        &fixed(perplexity.log2(), 2),
    ))
}

/// The chart's numbers: token, nats, bits.
#[must_use]
pub fn table(run: &Run) -> Vec<[String; 3]> {
    let row = |(token, nll): (&crate::run::Token, &Option<f64>)| {
        let nats = nll.map(full).unwrap_or_default();
        let in_bits = nll.map(|nll| full(bits(nll))).unwrap_or_default();
        [crate::table::header(&token.text), nats, in_bits]
    };
    run.tokens.iter().zip(&run.nll).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::tests::run;

    #[test]
    fn the_first_token_has_no_bar() {
        let chart = SurpriseChart::new(&run(&["a", " b", " c"]), 300.0);
        let places: Vec<usize> = chart.bars.iter().map(|bar| bar.pos).collect();
        assert_eq!(places, [1, 2]);
    }

    #[test]
    fn one_nat_is_a_little_less_than_one_and_a_half_bits() {
        let chart = SurpriseChart::new(&run(&["a", " b"]), 300.0);
        assert_eq!(chart.max_label, "2\u{a0}bits");
        let expected = 1.0 / LN_2 / 2.0 * PLOT_HEIGHT;
        assert!((chart.bars[0].height - expected).abs() < 1e-9);
    }

    #[test]
    fn labels_never_touch() {
        let words = vec![" wonderful"; 40];
        let chart = SurpriseChart::new(&run(&words), 300.0);
        for pair in chart.labels.windows(2) {
            assert!(pair[1].x - pair[0].x >= 9.0 * 6.4);
        }
        assert!(!chart.labels.is_empty());
    }

    #[test]
    fn the_table_holds_full_precision() {
        let rows = table(&run(&["a", " b"]));
        assert_eq!(rows[0], ["a", "", ""]);
        assert_eq!(rows[1][1], "1");
        assert_eq!(rows[1][2].parse::<f64>().unwrap(), 1.0 / LN_2);
    }

    #[test]
    fn a_single_token_has_no_surprise_and_no_perplexity() {
        let mut run = run(&["a"]);
        run.perplexity = None;
        assert_eq!(summary(&run), text::NO_SURPRISE);
        assert_eq!(perplexity(&run), None);
    }
}
