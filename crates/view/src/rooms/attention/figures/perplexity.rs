//! Perplexity so far, of the model and of its language, as two lines.
//!
//! The axis is logarithmic with base 2: the distance between the lines is the
//! excess in bits per token, and model perplexity = true perplexity x 2^excess.

use headlight_figure::number::{fixed, full, perplexity_in};
use headlight_figure::token::header;
use headlight_figure::{
    Column, Element, FigureId, LogBase, Mark, Scale, Size, Table, Tone, dots, el, extent, gaps,
    legend, line, number,
};
use headlight_language::Truth;

use crate::answers::run::{Run, Token};
use crate::rooms::attention::catalogue::{self, AttentionFigure};
use crate::rooms::attention::figures::per_token::{Plot, TokenChart};
use crate::rooms::attention::figures::surprise::bits;
use crate::rooms::attention::words;

/// Height between the lowest and the highest perplexity.
const PLOT_HEIGHT: f64 = 96.0;
/// Most labels of the axis.
const MOST_LABELS: usize = 4;
/// Radius of the dots at the selected token.
const DOT: f64 = 3.5;
/// Largest perplexity that is drawn: beyond are powers of two that no number holds.
const MOST_BITS: f64 = 1000.0;

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

/// Both lines in `width_px` pixels, and the room that they take; `None` before there is a
/// token to predict.
#[must_use]
pub fn drawing(
    run: &Run,
    truth: Option<&Truth>,
    query: usize,
    width_px: f64,
) -> Option<(Element, Size)> {
    let about = (run, truth, query);
    let (model, truth) = (points(&run.nll), truth.map(|truth| points(&truth.nll)));
    let all = model.iter().chain(truth.iter().flatten());
    let (_, most) = extent(all.map(|(_, perplexity)| *perplexity))?;
    let [of_model, of_truth] = [Mark::new(Tone::Main), Mark::new(Tone::Ink).dashed()];
    let mut series = vec![(words::THE_MODEL, of_model)];
    series.extend(truth.as_ref().map(|_| (words::THE_TRUTH, of_truth)));
    let plot = Plot {
        height: PLOT_HEIGHT,
        title: words::PERPLEXITY_AXIS,
        most_labels: MOST_LABELS,
    };
    let legend = |width| legend(&series, (0.0, 0.0), width);
    let y = |range| Scale::log(LogBase::Two, (1.0, most.max(2.0)), range);
    let chart = TokenChart::new(about, plot, width_px, legend, y);
    let x = Scale::linear((0.0, run.seq_len() as f64), chart.columns.range);
    let marks = [
        Some(line(&model, &x, &chart.y, of_model)),
        truth
            .as_ref()
            .map(|truth| line(truth, &x, &chart.y, of_truth)),
        selected(&model, truth.as_deref(), query, &x, &chart.y),
    ];
    Some(chart.around(marks))
}

/// The perplexity so far in the middle of each token's column, where it is known.
fn points(nll: &[Option<f64>]) -> Vec<(f64, f64)> {
    let so_far = so_far(nll).into_iter().enumerate();
    let known = so_far.filter_map(|(pos, bits)| Some((pos, bits?)));
    known
        .map(|(pos, bits)| (pos as f64 + 0.5, bits.min(MOST_BITS).exp2()))
        .collect()
}

/// Dots at the selected token, and the excess between them.
fn selected(
    model: &[(f64, f64)],
    truth: Option<&[(f64, f64)]>,
    query: usize,
    x: &Scale,
    y: &Scale,
) -> Option<Element> {
    let middle = query as f64 + 0.5;
    let at = |points: &[(f64, f64)]| points.iter().copied().find(|(x, _)| *x == middle);
    let model = at(model)?;
    let truth = truth.and_then(at);
    let gap = truth.map(|truth| {
        let ends = [(middle, model.1, truth.1)];
        gaps(&ends, x, y, Mark::new(Tone::Beam))
    });
    let dot = |point, tone| dots(&[point], |_| DOT, x, y, Mark::new(tone));
    let drawn = el("g").add(gap);
    let drawn = drawn.add(truth.map(|truth| dot(truth, Tone::Ink)));
    Some(drawn.add(dot(model, Tone::Main)))
}

/// The figure in a width; `None` before there is a token to predict.
#[must_use]
pub fn figure(
    run: &Run,
    truth: Option<&Truth>,
    query: usize,
    width_px: f64,
    credit: String,
) -> Option<headlight_figure::Figure> {
    let (drawing, size) = drawing(run, truth, query, width_px)?;
    Some(headlight_figure::Figure {
        id: FigureId(AttentionFigure::Perplexity.name()),
        title: catalogue::title(AttentionFigure::Perplexity).into(),
        sentence: summary(run, truth).unwrap_or_default(),
        drawing,
        size,
        table: table(run, truth),
        credit,
    })
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
            model: perplexity_in(model.exp2(), 3),
            truth: perplexity_in(truth.exp2(), 3),
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

/// Heads of the columns; the last two are the language's.
const COLUMNS: [Column; 4] = [
    Column::text(words::TOKEN),
    Column::value(words::MODEL_PERPLEXITY),
    Column::value(words::TRUE_PERPLEXITY),
    Column::value(words::EXCESS),
];

/// The chart's numbers: token, perplexity so far, and where the truth is known its
/// perplexity and the excess in bits per token.
#[must_use]
pub fn table(run: &Run, truth: Option<&Truth>) -> Table {
    // Columns of an unknown truth are left out.
    let n_columns = if truth.is_some() { 4 } else { 2 };
    let (model, truth) = (so_far(&run.nll), true_so_far(truth));
    let row = |(pos, token): (usize, &Token)| {
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
    let rows = run.tokens.iter().enumerate().map(row).collect();
    Table::new(words::PERPLEXITY, &COLUMNS[..n_columns], rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::run::tests::run;
    use crate::rooms::attention::figures::per_token::NARROWEST;
    use expect_test::expect_file;
    use headlight_figure::{LIGHT, Node, Value, svg};
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

    /// The points of a line in a drawing, by the class of its tone.
    fn line_of(drawing: &Element, tone: Tone) -> Vec<(f64, f64)> {
        let is_line =
            |element: &&Element| element.tag == "path" && element.class.ends_with(tone.class());
        let children = drawing.children.iter().filter_map(|child| match child {
            Node::Element(element) => Some(&**element),
            _ => None,
        });
        let line = children.into_iter().find(is_line).unwrap();
        let Some(Value::Text(path)) = line.get("d") else {
            panic!("{line:?}");
        };
        let point = |point: &str| {
            let (x, y) = point.split_once(' ').unwrap();
            (x.parse().unwrap(), y.parse().unwrap())
        };
        path[1..].split('L').map(point).collect()
    }

    #[test]
    fn the_distance_of_the_lines_is_the_excess() {
        let run = words();
        let (drawing, _) = drawing(&run, Some(&truth(&run, 4)), 3, 400.0).unwrap();
        let [model, truth] = [Tone::Main, Tone::Ink].map(|tone| line_of(&drawing, tone));
        // From 1 to 4 the axis has two bits; at each token half a bit is between the lines.
        let bit = PLOT_HEIGHT / 2.0;
        assert_eq!(model.len(), 3);
        for (model, truth) in model.iter().zip(&truth) {
            assert_eq!(model.0, truth.0);
            assert!((truth.1 - model.1 - bit / 2.0).abs() < 0.11, "{model:?}");
        }
        assert_eq!(model[0].1, model[2].1);
        assert!((model[1].1 - model[0].1 - bit / 2.0).abs() < 0.11);
    }

    #[test]
    fn the_figure_is_what_it_was() {
        let run = words();
        let figure = |n, query| {
            let truth = truth(&run, n);
            figure(&run, Some(&truth), query, 352.0, "Headlight".to_owned()).unwrap()
        };
        let file = |figure| svg(&figure, &LIGHT, 400.0).replace("><", ">\n<");
        expect_file!["snapshots/perplexity.svg"].assert_eq(&file(figure(4, 3)));
        expect_file!["snapshots/perplexity.impossible.svg"].assert_eq(&file(figure(3, 1)));
    }

    #[test]
    fn a_drawing_fills_its_width_in_whole_pixels() {
        let run = words();
        let width = |px| drawing(&run, None, 0, px).unwrap().1.width;
        assert_eq!(
            [width(400.7), width(400.0), width(3.0)],
            [400.0, 400.0, NARROWEST]
        );
    }

    #[test]
    fn a_perplexity_beyond_all_numbers_is_drawn_at_the_edge_and_not_a_panic() {
        let mut run = words();
        run.nll = vec![None, Some(LN_2), Some(1e30), Some(0.0)];
        let (drawing, _) = drawing(&run, None, 2, 400.0).unwrap();
        assert_eq!(line_of(&drawing, Tone::Main).len(), 3);
    }

    #[test]
    fn a_single_token_has_no_figure() {
        let mut run = run(&["a"]);
        run.perplexity = None;
        assert_eq!(figure(&run, None, 0, 300.0, String::new()), None);
        assert_eq!(summary(&run, None), None);
    }

    #[test]
    fn the_table_is_empty_where_the_truth_is() {
        let run = words();
        let Table { rows, columns, .. } = table(&run, Some(&truth(&run, 3)));
        assert_eq!(columns.len(), 4);
        assert_eq!(rows[0][1..], ["", "", ""]);
        assert!((rows[2][3].parse::<f64>().unwrap() - 0.5).abs() < 1e-12);
        assert_eq!(rows[3][1].parse::<f64>().unwrap(), 4.0);
        assert_eq!(rows[3][2..], ["", ""]);
    }
}
