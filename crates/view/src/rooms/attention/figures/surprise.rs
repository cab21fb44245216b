//! Surprise per token in bits, as a small bar chart, with a mark where the
//! language itself would stand.

use crate::rooms::attention::words;
use headlight_figure::phrase;
use std::f64::consts::LN_2;

use headlight_language::Truth;

use crate::answers::run::{CleanRun, Run};
use crate::rooms::attention::figures::sentence;
use headlight_figure::number::{fixed, full, percent};
use headlight_figure::table::Column;
use headlight_figure::token::VisibleToken;

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

/// A token's surprise in the language itself, or in the whole model: a line across
/// its column.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelMark {
    /// Left end.
    pub x: f64,
    /// Height.
    pub y: f64,
    /// Length.
    pub width: f64,
}

/// Where the text is no longer of the language.
#[derive(Clone, Debug, PartialEq)]
pub struct Beyond {
    /// Left edge.
    pub x: f64,
    /// Width, to the end of the chart.
    pub width: f64,
}

impl Beyond {
    /// From the column of a token to the end of a chart of `width` pixels.
    pub(crate) fn from(pos: usize, pitch: f64, width: f64) -> Self {
        let x = pos as f64 * pitch;
        Self {
            x,
            width: width - x,
        }
    }
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
    /// The surprise in the language itself, where it is known.
    pub marks: Vec<LevelMark>,
    /// The surprise of the whole model, where parts were taken out.
    pub clean_marks: Vec<LevelMark>,
    /// The tokens from the impossible one on, if there is one.
    pub beyond: Option<Beyond>,
    /// Some of the tokens.
    pub labels: Vec<SurpriseLabel>,
}

/// A token's surprise in bits: its negative log-likelihood over ln 2.
#[must_use]
pub fn bits(nll: f64) -> f64 {
    nll / LN_2
}

impl SurpriseChart {
    /// Draws the surprise of `run`, beside the truth where that is known, in
    /// `width_px` pixels.
    #[must_use]
    pub fn new(run: &Run, truth: Option<&Truth>, width_px: f64) -> Self {
        let width = width_px.max(120.0);
        let pitch = width / run.nll.len().max(1) as f64;
        let true_nll = truth.map_or(&[][..], |truth| &truth.nll);
        let clean_nll = run.clean.as_ref().map_or(&[][..], |clean| &clean.nll);
        let all = run.nll.iter().chain(true_nll).chain(clean_nll);
        let most = all.flatten().copied();
        let most = most.fold(0.0, f64::max);
        let max_bits = bits(most).ceil().max(1.0);
        let base = TOP + PLOT_HEIGHT;
        let gap = (pitch * 0.25).min(4.0);
        let height = |nll: f64| bits(nll).max(0.0) / max_bits * PLOT_HEIGHT;
        let bar = |(pos, nll): (usize, &Option<f64>)| {
            let height = height((*nll)?);
            Some(SurpriseBar {
                pos,
                x: pos as f64 * pitch + gap / 2.0,
                y: base - height,
                width: pitch - gap,
                height,
            })
        };
        let mark = |(pos, nll): (usize, &Option<f64>)| {
            Some(LevelMark {
                x: pos as f64 * pitch,
                y: base - height((*nll)?),
                width: pitch,
            })
        };
        let impossible = truth.and_then(|truth| truth.impossible.as_ref());
        let beyond = impossible.map(|token| Beyond::from(token.pos, pitch, width));
        Self {
            width,
            height: base + BOTTOM,
            base,
            top: TOP,
            max_label: words::bits(&fixed(max_bits, 0)),
            bars: run.nll.iter().enumerate().filter_map(bar).collect(),
            marks: true_nll.iter().enumerate().filter_map(mark).collect(),
            clean_marks: clean_nll.iter().enumerate().filter_map(mark).collect(),
            beyond,
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
        || words::NO_SURPRISE.to_owned(),
        |(pos, nll)| {
            words::most_surprising(&sentence::name(&run.tokens, pos), &fixed(bits(nll), 1))
        },
    )
}

/// Where the text leaves the language, in one sentence.
#[must_use]
pub fn leaves(run: &Run, truth: &Truth) -> Option<String> {
    let impossible = truth.impossible.as_ref()?;
    let name = sentence::name(&run.tokens, impossible.pos);
    let expected = impossible.expected.iter().map(|token| {
        let word = VisibleToken::new(&token.text).quoted();
        words::with_probability(&word, &percent(token.prob))
    });
    let expected: Vec<String> = expected.collect();
    Some(words::not_stories_from(&name, &phrase::any_of(&expected)))
}

/// One token's surprise, under the model and in the language.
#[must_use]
pub fn of_token(run: &Run, truth: Option<&Truth>, pos: usize) -> Option<String> {
    let name = sentence::name(&run.tokens, pos);
    let in_bits = |nll: f64| fixed(bits(nll), 2);
    let model = in_bits((*run.nll.get(pos)?)?);
    let truth = truth.and_then(|truth| *truth.nll.get(pos)?);
    Some(truth.map_or_else(
        || words::token_bits(&name, &model),
        |truth| words::token_both_bits(&name, &model, &in_bits(truth)),
    ))
}

/// Heads of the columns of [`rows`]: the whole model's where parts of it were taken
/// out, the language's where it is known.
#[must_use]
pub fn columns(run: &Run, truth: Option<&Truth>) -> Vec<Column> {
    let always = [
        Column::text(words::TOKEN),
        Column::value(words::NATS),
        Column::value(words::BITS),
    ];
    let of_clean = run.clean.as_ref();
    let of_clean = of_clean.map(|_| Column::value(words::CLEAN_BITS));
    let of_truth = truth.map(|_| Column::value(words::TRUE_BITS));
    always.into_iter().chain(of_clean).chain(of_truth).collect()
}

/// The chart's numbers, under [`columns`]; empty where there is no such number.
#[must_use]
pub fn rows(run: &Run, truth: Option<&Truth>) -> Vec<Vec<String>> {
    let in_bits = |nll: f64| full(bits(nll));
    let row = |(pos, token): (usize, &crate::answers::run::Token)| {
        let nll = run.nll.get(pos).copied().flatten();
        let clean = |clean: &CleanRun| clean.nll.get(pos).copied().flatten();
        let always = [
            headlight_figure::token::header(&token.text),
            nll.map(full).unwrap_or_default(),
            nll.map(in_bits).unwrap_or_default(),
        ];
        let of_clean = run.clean.as_deref();
        let of_clean = of_clean.map(|run| clean(run).map(in_bits).unwrap_or_default());
        let of_truth = truth.map(|of| of.nll.get(pos).copied().flatten());
        let of_truth = of_truth.map(|nll| nll.map(in_bits).unwrap_or_default());
        always.into_iter().chain(of_clean).chain(of_truth).collect()
    };
    run.tokens.iter().enumerate().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::run::tests::run;

    #[test]
    fn the_first_token_has_no_bar() {
        let chart = SurpriseChart::new(&run(&["a", " b", " c"]), None, 300.0);
        let places: Vec<usize> = chart.bars.iter().map(|bar| bar.pos).collect();
        assert_eq!(places, [1, 2]);
    }

    #[test]
    fn one_nat_is_a_little_less_than_one_and_a_half_bits() {
        let chart = SurpriseChart::new(&run(&["a", " b"]), None, 300.0);
        assert_eq!(chart.max_label, "2\u{a0}bits");
        let expected = 1.0 / LN_2 / 2.0 * PLOT_HEIGHT;
        assert!((chart.bars[0].height - expected).abs() < 1e-9);
    }

    #[test]
    fn labels_never_touch() {
        let words = vec![" wonderful"; 40];
        let chart = SurpriseChart::new(&run(&words), None, 300.0);
        for pair in chart.labels.windows(2) {
            assert!(pair[1].x - pair[0].x >= 9.0 * 6.4);
        }
        assert!(!chart.labels.is_empty());
    }

    #[test]
    fn the_table_holds_full_precision() {
        let rows = rows(&run(&["a", " b"]), None);
        assert_eq!(rows[0], ["a", "", ""]);
        assert_eq!(rows[1][1], "1");
        assert_eq!(rows[1][2].parse::<f64>().unwrap(), 1.0 / LN_2);
    }

    #[test]
    fn what_the_whole_model_is_surprised_by_stands_before_the_truth() {
        let mut run = run(&["a", " b"]);
        run.clean = Some(Box::new(CleanRun {
            nll: vec![None, Some(2.0 * LN_2)],
            ..CleanRun::default()
        }));
        let chart = SurpriseChart::new(&run, None, 300.0);
        assert_eq!(chart.clean_marks.len(), 1);
        assert!(chart.clean_marks[0].y < chart.bars[0].y);
        let truth = truth(2, 2);
        let heads: Vec<_> = columns(&run, Some(&truth));
        assert_eq!(heads.len(), 5);
        let rows = rows(&run, Some(&truth));
        assert_eq!(rows[0], ["a", "", "", "", ""]);
        assert_eq!(rows[1][3..], ["2", "1"]);
    }

    #[test]
    fn a_single_token_has_no_surprise_and_no_perplexity() {
        let mut run = run(&["a"]);
        run.perplexity = None;
        assert_eq!(summary(&run), words::NO_SURPRISE);
        assert_eq!(of_token(&run, None, 0), None);
    }

    /// One bit at each of the first `n` tokens, then nothing.
    fn truth(n: usize, len: usize) -> Truth {
        let nll = (0..len).map(|pos| (pos > 0 && pos < n).then_some(LN_2));
        let impossible = (n < len).then(|| headlight_language::Impossible {
            pos: n,
            text: "x".to_owned(),
            expected: vec![headlight_language::TrueToken {
                id: 4,
                text: " y".to_owned(),
                prob: 0.5,
            }],
        });
        Truth {
            nll: nll.collect(),
            next: Vec::new(),
            impossible,
        }
    }

    #[test]
    fn the_truth_is_marked_where_it_is_known_and_the_rest_is_beyond() {
        let run = run(&["a", " b", " c", " d"]);
        let chart = SurpriseChart::new(&run, Some(&truth(3, 4)), 400.0);
        assert_eq!(chart.marks.len(), 2);
        // One bit of two.
        assert!((chart.base - chart.marks[0].y - PLOT_HEIGHT / 2.0).abs() < 1e-9);
        let beyond = chart.beyond.unwrap();
        assert_eq!((beyond.x, beyond.width), (300.0, 100.0));
        let whole = SurpriseChart::new(&run, Some(&truth(4, 4)), 400.0);
        assert_eq!((whole.marks.len(), whole.beyond), (3, None));
    }

    #[test]
    fn the_impossible_token_is_named_and_the_others_have_two_numbers() {
        let run = run(&["a", " b", " c"]);
        let truth = truth(2, 3);
        let said = leaves(&run, &truth).unwrap();
        assert!(said.contains("\u{201c}c\u{201d} cannot"), "{said}");
        assert!(said.contains("\u{201c}y\u{201d} (50\u{a0}%)"), "{said}");
        let both = of_token(&run, Some(&truth), 1).unwrap();
        assert!(both.contains("1.44") && both.contains("1.00"), "{both}");
        let one = of_token(&run, Some(&truth), 2).unwrap();
        assert!(one.contains("1.44") && !one.contains("language"), "{one}");
        assert_eq!(leaves(&run, &self::truth(3, 3)), None);
    }
}
