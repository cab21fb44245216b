//! Surprise per token in bits, as a small bar chart, with a mark where the
//! language itself would stand.

use std::f64::consts::LN_2;

use headlight_figure::number::{fixed, full, percent};
use headlight_figure::phrase;
use headlight_figure::table::{Column, Table};
use headlight_figure::token::VisibleToken;
use headlight_figure::{
    Bands, Direction, Element, FigureId, Mark, Path, Scale, Size, Tone, bars, el, extent,
    legend_of, rect,
};
use headlight_language::Truth;

use crate::answers::run::{Run, Token, UneditedRun};
use crate::rooms::attention::catalogue::{self, AttentionFigure};
use crate::rooms::attention::figures::per_token::{Plot, TokenChart};
use crate::rooms::attention::figures::sentence;
use crate::rooms::attention::words;

/// Height of the longest bar.
const PLOT_HEIGHT: f64 = 68.0;
/// Most labels of the axis.
const MOST_LABELS: usize = 3;
/// Most room between two bars.
const GAP: f64 = 4.0;
/// Thickness of a bar's sample in the legend.
const SAMPLE: f64 = 8.0;

/// Class of the language's marks.
const TRUE_LEVEL: &str = "true-level";
/// Class of the whole model's marks.
const CLEAN_LEVEL: &str = "clean-level";

/// A token's surprise in bits: its negative log-likelihood over ln 2.
#[must_use]
pub fn bits(nll: f64) -> f64 {
    nll / LN_2
}

/// A bar per token in `width_px` pixels, and the room that they take: the language's
/// surprise is marked where it is known, the whole model's where parts were taken out.
#[must_use]
pub fn drawing(run: &Run, truth: Option<&Truth>, query: usize, width_px: f64) -> (Element, Size) {
    let bits = Bits::new(run, truth);
    let plot = Plot {
        height: PLOT_HEIGHT,
        title: words::SURPRISE_AXIS,
        most_labels: MOST_LABELS,
    };
    let y = |range| Scale::linear((0.0, bits.most()), range);
    let about = (run, truth, query);
    let chart = TokenChart::new(about, plot, width_px, |width| legend(&bits, width), y);
    let levels = |bits: &Option<Vec<f64>>, class| {
        let bits = bits.as_ref()?;
        Some(levels(bits, &chart.columns, &chart.y).class(class))
    };
    let (clean, truth) = (
        levels(&bits.clean, CLEAN_LEVEL),
        levels(&bits.truth, TRUE_LEVEL),
    );
    let mut columns = chart.columns;
    columns.gap = (columns.step() * 0.25).min(GAP);
    let mark = Mark::new(Tone::Soft).selected(Some(query));
    let model = bars(&bits.model, &columns, &chart.y, Direction::Up, mark);
    chart.around([Some(model), clean, truth])
}

/// Surprise in bits: `[pos]`, no number where it is not known.
struct Bits {
    model: Vec<f64>,
    /// Of the whole model, where parts were taken out.
    clean: Option<Vec<f64>>,
    /// Of the language, where any of it is known.
    truth: Option<Vec<f64>>,
}

impl Bits {
    fn new(run: &Run, truth: Option<&Truth>) -> Self {
        let in_bits = |nll: &[Option<f64>]| -> Vec<f64> {
            nll.iter().map(|nll| nll.map_or(f64::NAN, bits)).collect()
        };
        let truth = truth.filter(|truth| truth.nll.iter().any(Option::is_some));
        Self {
            model: in_bits(&run.nll),
            clean: run.clean.as_ref().map(|clean| in_bits(&clean.nll)),
            truth: truth.map(|truth| in_bits(&truth.nll)),
        }
    }

    /// The largest of all, and a bit at least.
    fn most(&self) -> f64 {
        let others = [&self.clean, &self.truth].into_iter().flatten().flatten();
        let extent = extent(self.model.iter().chain(others).copied());
        extent.map_or(1.0, |(_, most)| most.max(1.0))
    }
}

/// Which mark is the model's, which the whole model's, and which the language's.
fn legend(bits: &Bits, width: f64) -> (Element, f64) {
    let (has_clean, has_truth) = (bits.clean.is_some(), bits.truth.is_some());
    let model = match has_clean {
        true => words::THE_REST,
        false => words::THE_MODEL,
    };
    let mut series = vec![(model, "")];
    series.extend(has_clean.then_some((words::THE_WHOLE, CLEAN_LEVEL)));
    series.extend(has_truth.then_some((words::THE_TRUTH, TRUE_LEVEL)));
    let sample = |index: usize, from: (f64, f64), to: (f64, f64)| match series[index].1 {
        "" => {
            let bar = rect(from.0, from.1 - SAMPLE / 2.0, to.0 - from.0, SAMPLE);
            el("g").class(Tone::Soft.class()).add(bar.class("mark-bar"))
        }
        level => {
            let line = Path::default().move_to(from.0, from.1);
            line.line_to(to.0, to.1).element().class(level)
        }
    };
    let names: Vec<&str> = series.iter().map(|(name, _)| *name).collect();
    legend_of(&names, sample, (0.0, 0.0), width)
}

/// A line across the column of each token whose surprise is known.
fn levels(bits: &[f64], columns: &Bands, y: &Scale) -> Element {
    let places = bits.iter().enumerate().take(columns.n);
    let known = places.filter(|(_, bits)| bits.is_finite());
    let places = known.filter_map(|(pos, bits)| Some((pos, y.clamped(*bits)?)));
    let path = places.fold(Path::default(), |path, (pos, y)| {
        let (left, width) = columns.band(pos);
        path.move_to(left, y).line_to(left + width, y)
    });
    path.element()
}

/// The figure in a width.
#[must_use]
pub fn figure(
    run: &Run,
    truth: Option<&Truth>,
    query: usize,
    width_px: f64,
    credit: String,
) -> headlight_figure::Figure {
    let (drawing, size) = drawing(run, truth, query, width_px);
    headlight_figure::Figure {
        id: FigureId(AttentionFigure::Surprise.name()),
        title: catalogue::title(AttentionFigure::Surprise).into(),
        sentence: summary(run),
        drawing,
        size,
        table: table(run, truth),
        credit,
    }
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

/// The chart's numbers: token, surprise in nats and in bits, that of the whole model
/// where parts of it were taken out, and that of the language where it is known.
#[must_use]
pub fn table(run: &Run, truth: Option<&Truth>) -> Table {
    let always = [
        Column::text(words::TOKEN),
        Column::value(words::NATS),
        Column::value(words::BITS),
    ];
    let of_clean = run.clean.as_ref();
    let of_clean = of_clean.map(|_| Column::value(words::CLEAN_BITS));
    let of_truth = truth.map(|_| Column::value(words::TRUE_BITS));
    let columns: Vec<Column> = always.into_iter().chain(of_clean).chain(of_truth).collect();
    Table::new(words::SURPRISE, &columns, rows(run, truth))
}

/// Rows of the table; empty where there is no such number.
fn rows(run: &Run, truth: Option<&Truth>) -> Vec<Vec<String>> {
    let in_bits = |nll: f64| full(bits(nll));
    let row = |(pos, token): (usize, &Token)| {
        let nll = run.nll.get(pos).copied().flatten();
        let clean = |clean: &UneditedRun| clean.nll.get(pos).copied().flatten();
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
    use expect_test::expect_file;
    use headlight_figure::{LIGHT, Node, Value, svg, tenths};

    /// Parts of a drawing with this class, at whatever depth.
    fn parts<'a>(drawing: &'a Element, class: &str) -> Vec<&'a Element> {
        let mut found: Vec<&Element> = Vec::new();
        for child in &drawing.children {
            let Node::Element(child) = child else {
                continue;
            };
            if child.class.split(' ').any(|one| one == class) {
                found.push(child);
            }
            found.extend(parts(child, class));
        }
        found
    }

    fn height(bar: &Element) -> Option<&Value> {
        bar.get("height")
    }

    #[test]
    fn the_first_token_has_no_bar() {
        let (drawing, _) = drawing(&run(&["a", " b", " c"]), None, 1, 300.0);
        // One is the legend's.
        let keys: Vec<u64> = parts(&drawing, "mark-bar")
            .iter()
            .map(|bar| bar.key)
            .collect();
        assert_eq!(keys, [0, 2, 3]);
        let selected = parts(&drawing, "is-selected");
        assert_eq!(selected[0].key, 2);
    }

    #[test]
    fn one_nat_is_a_little_less_than_one_and_a_half_bits() {
        let (drawing, _) = drawing(&run(&["a", " b"]), None, 0, 300.0);
        let expected = tenths(1.0 / LN_2 / 1.5 * PLOT_HEIGHT);
        let bar = parts(&drawing, "mark-bar")[1];
        assert_eq!(height(bar), Some(&Value::Tenths(expected)));
    }

    #[test]
    fn a_surprise_beyond_all_numbers_has_no_bar_and_is_not_a_panic() {
        let mut run = run(&["a", " b", " c"]);
        run.nll = vec![None, Some(f64::INFINITY), Some(LN_2)];
        let (drawing, _) = drawing(&run, None, 1, 300.0);
        assert_eq!(parts(&drawing, "mark-bar").len(), 2);
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
        run.clean = Some(Box::new(UneditedRun {
            nll: vec![None, Some(2.0 * LN_2)],
            ..UneditedRun::default()
        }));
        let (drawn, _) = drawing(&run, None, 0, 300.0);
        assert_eq!(parts(&drawn, CLEAN_LEVEL).len(), 2, "and the legend's");
        let truth = truth(2, 2);
        let Table { columns, rows, .. } = table(&run, Some(&truth));
        assert_eq!(columns.len(), 5);
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
    fn the_truth_is_marked_where_it_is_known_and_the_rest_is_hatched() {
        let run = run(&["a", " b", " c", " d"]);
        let drawn = |truth: &Truth| drawing(&run, Some(truth), 0, 300.0).0;
        let n_levels = |drawn: &Element| {
            let level = parts(drawn, TRUE_LEVEL).pop().unwrap();
            let Some(Value::Text(path)) = level.get("d") else {
                panic!("{level:?}");
            };
            path.matches('M').count()
        };
        let left = drawn(&truth(3, 4));
        assert_eq!(
            (n_levels(&left), parts(&left, "masked-cells").len()),
            (2, 1)
        );
        let unknown = drawn(&truth(1, 4));
        assert_eq!(parts(&unknown, TRUE_LEVEL).len(), 0, "nor in the legend");
        let whole = drawn(&truth(4, 4));
        assert_eq!(
            (n_levels(&whole), parts(&whole, "masked-cells").len()),
            (3, 0)
        );
    }

    #[test]
    fn the_figure_is_what_it_was() {
        let mut run = run(&["<|start|>", "Lily", " ran", " home"]);
        run.nll = vec![None, Some(2.0 * LN_2), Some(LN_2), Some(3.0 * LN_2)];
        let file = |run: &Run, n, query| {
            let truth = truth(n, 4);
            let figure = figure(run, Some(&truth), query, 352.0, "Headlight".to_owned());
            svg(&figure, &LIGHT, 400.0).replace("><", ">\n<")
        };
        expect_file!["snapshots/surprise.svg"].assert_eq(&file(&run, 4, 3));
        run.clean = Some(Box::new(UneditedRun {
            nll: vec![None, Some(LN_2), Some(2.0 * LN_2), Some(LN_2)],
            ..UneditedRun::default()
        }));
        expect_file!["snapshots/surprise.impossible.svg"].assert_eq(&file(&run, 3, 1));
    }

    #[test]
    fn the_impossible_token_is_named_and_the_others_have_two_numbers() {
        let run = run(&["a", " b", " c"]);
        let truth = truth(2, 3);
        let said = leaves(&run, &truth).unwrap();
        assert!(said.contains("\u{201c}c\u{201d} cannot"), "{said}");
        assert!(said.contains("\u{201c}y\u{201d} (50.0\u{a0}%)"), "{said}");
        let both = of_token(&run, Some(&truth), 1).unwrap();
        assert!(both.contains("1.44") && both.contains("1.00"), "{both}");
        let one = of_token(&run, Some(&truth), 2).unwrap();
        assert!(one.contains("1.44") && !one.contains("language"), "{one}");
        assert_eq!(leaves(&run, &self::truth(3, 3)), None);
    }
}
