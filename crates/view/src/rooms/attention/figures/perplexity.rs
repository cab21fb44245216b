//! Perplexity so far, of the model and of its language, as two lines.
//!
//! The axis is logarithmic with base 2: the distance between the lines is the
//! excess in bits per token, and model perplexity = true perplexity x 2^excess.

use crate::rooms::attention::words;
use headlight_language::Truth;

use crate::answers::run::Run;
use crate::rooms::attention::figures::surprise::{Beyond, bits};
use headlight_figure::number;
use headlight_figure::number::{fixed, full};
use headlight_figure::table::Column;
use headlight_figure::token::header;

/// Height between the lowest and the highest perplexity.
const PLOT_HEIGHT: f64 = 64.0;
/// Room above the plot for the axis' largest value.
const TOP: f64 = 12.0;
/// Room below, so that a line at 1 is whole.
const BOTTOM: f64 = 6.0;
/// Most lines of the grid above the lowest.
const MAX_GRID: f64 = 3.0;

/// A horizontal line of the grid.
#[derive(Clone, Debug, PartialEq)]
pub struct GridLine {
    /// Its height.
    pub y: f64,
    /// The perplexity there.
    pub label: String,
}

/// The whole chart.
#[derive(Clone, Debug, PartialEq)]
pub struct PerplexityChart {
    /// Width of the figure.
    pub width: f64,
    /// Height of the figure.
    pub height: f64,
    /// Powers of two, from 1.
    pub grid: Vec<GridLine>,
    /// The tokens from the impossible one on, if there is one.
    pub beyond: Option<Beyond>,
    /// The model's line as points of a polyline.
    pub model: String,
    /// The language's line; empty where it is not known.
    pub truth: String,
    /// Where each line stands at the selected token: x, and y of model and truth.
    pub selected: Option<Selected>,
}

/// Both lines at one token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Selected {
    /// Middle of the token's column.
    pub x: f64,
    /// Height of the model's line.
    pub model: f64,
    /// Height of the language's line, where it is known.
    pub truth: Option<f64>,
}

/// Mean surprise in bits up to each token: `[pos]`, from the first predicted
/// token until the first one that is not known.
#[must_use]
pub fn so_far(nll: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut sum = 0.0;
    let known = nll.iter().skip(1).map_while(|nll| *nll);
    let means = (1_u32..).zip(known).map(|(n, nll)| {
        sum += bits(nll);
        Some(sum / f64::from(n))
    });
    let mut so_far: Vec<Option<f64>> = std::iter::once(None).chain(means).collect();
    so_far.resize(nll.len(), None);
    so_far
}

fn true_so_far(truth: Option<&Truth>) -> Vec<Option<f64>> {
    truth.map_or_else(Vec::new, |truth| so_far(&truth.nll))
}

impl PerplexityChart {
    /// Draws both lines in `width_px` pixels, in the same columns as the chart of
    /// the surprise; `None` before there is a token to predict.
    #[must_use]
    pub fn new(run: &Run, truth: Option<&Truth>, query: usize, width_px: f64) -> Option<Self> {
        let impossible = truth.and_then(|truth| truth.impossible.as_ref());
        let (model, truth) = (so_far(&run.nll), true_so_far(truth));
        let most = model.iter().chain(&truth).flatten().copied();
        let most = most.reduce(f64::max)?;
        let step = (most / MAX_GRID).ceil().max(1.0);
        let n_steps = (most / step).ceil().max(1.0);
        let width = width_px.max(120.0);
        let pitch = width / run.nll.len() as f64;
        let base = TOP + PLOT_HEIGHT;
        let x = |pos: usize| (pos as f64 + 0.5) * pitch;
        let y = |bits: f64| base - bits / (step * n_steps) * PLOT_HEIGHT;
        let line = |values: &[Option<f64>]| {
            let point = |(pos, bits): (usize, &Option<f64>)| {
                Some(format!("{:.2},{:.2}", x(pos), y((*bits)?)))
            };
            let points: Vec<String> = values.iter().enumerate().filter_map(point).collect();
            points.join(" ")
        };
        let at = |values: &[Option<f64>]| values.get(query).copied().flatten().map(y);
        let grid = (0..=n_steps as u32).map(|index| {
            let bits = f64::from(index) * step;
            GridLine {
                y: y(bits),
                label: number::perplexity_in(bits.exp2(), 0),
            }
        });
        Some(Self {
            width,
            height: base + BOTTOM,
            grid: grid.collect(),
            beyond: impossible.map(|token| Beyond::from(token.pos, pitch, width)),
            selected: at(&model).map(|model| Selected {
                x: x(query),
                model,
                truth: at(&truth),
            }),
            model: line(&model),
            truth: line(&truth),
        })
    }
}

/// `model = truth x 2^excess` with the numbers of one prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Whose numbers these are, where the truth ends before the prompt does.
    pub over: Option<String>,
    /// The model's perplexity.
    pub model: String,
    /// The language's.
    pub truth: String,
    /// Bits per token between them.
    pub excess: String,
}

impl Identity {
    /// The identity over all tokens whose truth is known; `None` without any.
    #[must_use]
    pub fn new(run: &Run, truth: &Truth) -> Option<Self> {
        let true_bits = so_far(&truth.nll);
        let last = true_bits.iter().rposition(Option::is_some)?;
        let (model, truth) = (so_far(&run.nll).get(last).copied()??, true_bits[last]?);
        Some(Self {
            over: (last + 1 < run.seq_len()).then(|| words::over_the_first(last)),
            // So many digits that the product is right as printed.
            model: number::perplexity_in(model.exp2(), 3),
            truth: number::perplexity_in(truth.exp2(), 3),
            excess: fixed(model - truth, 4),
        })
    }

    /// The identity as a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        words::identity(
            self.over.as_deref().unwrap_or_default(),
            &self.model,
            &self.truth,
            &self.excess,
        )
    }
}

/// The chart in one sentence.
#[must_use]
pub fn summary(run: &Run, truth: Option<&Truth>) -> Option<String> {
    let identity = truth.and_then(|truth| Identity::new(run, truth));
    let identity = identity.map(|identity| identity.sentence());
    identity.or_else(|| of_the_model(run))
}

/// The model's perplexity and mean surprise in one line.
#[must_use]
pub fn of_the_model(run: &Run) -> Option<String> {
    let perplexity = run.perplexity?;
    Some(words::perplexity(
        &number::perplexity(perplexity),
        &fixed(perplexity.log2(), 2),
    ))
}

/// Heads of the columns of [`rows`]; the last two are the language's.
pub const COLUMNS: [Column; 4] = [
    Column::text(words::TOKEN),
    Column::value(words::MODEL_PERPLEXITY),
    Column::value(words::TRUE_PERPLEXITY),
    Column::value(words::EXCESS),
];

/// The chart's numbers: token, perplexity so far, and where the truth is known its
/// perplexity and the excess in bits per token.
#[must_use]
pub fn rows(run: &Run, truth: Option<&Truth>) -> Vec<Vec<String>> {
    let (model, truth) = (so_far(&run.nll), true_so_far(truth));
    let row = |(pos, token): (usize, &crate::answers::run::Token)| {
        let (model, truth) = (model[pos], truth.get(pos).copied().flatten());
        let perplexity = |bits: Option<f64>| bits.map(|bits| full(bits.exp2())).unwrap_or_default();
        let excess = model.zip(truth).map(|(model, truth)| full(model - truth));
        vec![
            header(&token.text),
            perplexity(model),
            perplexity(truth),
            excess.unwrap_or_default(),
        ]
    };
    run.tokens.iter().enumerate().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::run::tests::run;
    use headlight_language::Impossible;
    use std::f64::consts::LN_2;

    /// A truth of one bit less than the model at each of the first `n` tokens.
    fn truth(run: &Run, n: usize) -> Truth {
        let one_less = |nll: &Option<f64>| nll.map(|nll| nll - LN_2 / 2.0);
        let mut nll: Vec<Option<f64>> = run.nll.iter().map(one_less).collect();
        nll[n..].fill(None);
        let impossible = (n < run.nll.len()).then(|| Impossible {
            pos: n,
            text: "x".to_owned(),
            expected: Vec::new(),
        });
        Truth {
            nll,
            next: Vec::new(),
            impossible,
        }
    }

    fn words() -> Run {
        let mut run = run(&["<|start|>", "Lily", " ran", " home"]);
        run.nll = vec![None, Some(2.0 * LN_2), Some(LN_2), Some(3.0 * LN_2)];
        run.perplexity = Some(4.0);
        run
    }

    #[test]
    fn the_mean_so_far_starts_at_the_first_predicted_token() {
        assert_eq!(
            so_far(&words().nll),
            [None, Some(2.0), Some(1.5), Some(2.0)]
        );
        let gap = [None, Some(LN_2), None, Some(LN_2)];
        assert_eq!(so_far(&gap), [None, Some(1.0), None, None]);
        assert_eq!(so_far(&[]), [None; 1][..0]);
    }

    #[test]
    fn the_identity_holds_for_the_numbers_it_shows() {
        let run = words();
        let identity = Identity::new(&run, &truth(&run, 4)).unwrap();
        assert_eq!((&*identity.model, &*identity.truth), ("4.000", "2.828"));
        assert_eq!((&*identity.excess, identity.over), ("0.5000", None));
    }

    #[test]
    fn where_the_truth_ends_the_identity_is_over_what_came_before() {
        let run = words();
        let identity = Identity::new(&run, &truth(&run, 3)).unwrap();
        // The first two predicted tokens have 1.5 bits each on average.
        assert_eq!(identity.model, "2.828");
        assert!(identity.over.unwrap().contains('2'));
        assert_eq!(Identity::new(&run, &truth(&run, 1)), None);
    }

    #[test]
    fn the_distance_of_the_lines_is_the_excess() {
        let run = words();
        let chart = PerplexityChart::new(&run, Some(&truth(&run, 4)), 3, 400.0).unwrap();
        let labels: Vec<&str> = chart.grid.iter().map(|line| &*line.label).collect();
        assert_eq!(labels, ["1", "2", "4"]);
        let bit = chart.grid[0].y - chart.grid[1].y;
        let selected = chart.selected.unwrap();
        assert!((selected.truth.unwrap() - selected.model - bit / 2.0).abs() < 1e-9);
        assert!((selected.model - chart.grid[2].y).abs() < 1e-9);
        assert_eq!(chart.model.split(' ').count(), 3);
    }

    #[test]
    fn a_single_token_has_no_chart() {
        let mut run = run(&["a"]);
        run.perplexity = None;
        assert_eq!(PerplexityChart::new(&run, None, 0, 300.0), None);
        assert_eq!(summary(&run, None), None);
    }

    #[test]
    fn the_table_is_empty_where_the_truth_is() {
        let run = words();
        let rows = rows(&run, Some(&truth(&run, 3)));
        assert_eq!(rows[0][1..], ["", "", ""]);
        assert!((rows[2][3].parse::<f64>().unwrap() - 0.5).abs() < 1e-12);
        assert_eq!(rows[3][1].parse::<f64>().unwrap(), 4.0);
        assert_eq!(rows[3][2..], ["", ""]);
    }
}
