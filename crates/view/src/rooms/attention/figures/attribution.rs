//! Direct logit attribution as signed bars: which component speaks for a token,
//! and which for the other one.
//!
//! The sum of all bars is compared with the difference of logits that the run
//! computed, so that a reader sees how much the account explains.

use crate::answers::head;
use std::cmp::Ordering;

use headlight_activations::{Attribution, Component, Contribution};

use crate::answers::head::Head;
use crate::answers::run::Run;
use crate::rooms::attention::catalogue::{self, AttentionFigure};
use crate::rooms::attention::words as room_words;
use headlight_figure::number::{fixed, full, scientific};
use headlight_figure::order;
use headlight_figure::phrase::capitalised;
use headlight_figure::table::{Column, Table};
use headlight_figure::token::VisibleToken;
use headlight_figure::{
    Anchor, BarList, Element, FigureId, LABEL, LabelledBar, NUMBER, Size, Tone, el, extent, widest,
};

/// What the page says about the attribution.
mod words {
    pub(crate) const EMBED: &str = "token embedding";
    pub(crate) const POS_EMBED: &str = "position";
    pub(crate) const FINAL_BIAS: &str = "final norm's bias";
    pub(crate) const UNEMBED_BIAS: &str = "unembedding's bias";
    pub(crate) const BY_SIZE: &str = "largest first";
    pub(crate) const BY_STREAM: &str = "in the model's order";
    pub(crate) const SUM: &str = "sum of all components";
    pub(crate) const LOGIT_DIFFERENCE: &str = "logit difference";
    pub(crate) const GAP: &str = "sum less logit difference";

    pub(crate) fn attention_bias(layer: usize) -> String {
        format!("attention bias of layer {layer}")
    }

    pub(crate) fn mlp(layer: usize) -> String {
        format!("MLP of layer {layer}")
    }

    pub(crate) fn others(n: usize) -> String {
        match n {
            1 => "the other one".to_owned(),
            _ => format!("the other {n} together"),
        }
    }

    pub(crate) fn the(name: &str) -> String {
        format!("the {name}")
    }

    pub(crate) fn speaks_for(who: &str, token: &str, value: &str) -> String {
        format!("At the end of the prompt, {who} speaks most for {token}: {value}")
    }

    pub(crate) fn of_a_difference(difference: &str) -> String {
        format!(" of a difference of {difference} logits.")
    }

    pub(crate) fn in_all(token: &str, against: &str, difference: &str) -> String {
        format!(" logits; in all, {token} is {difference} logits from {against}.")
    }

    pub(crate) fn speaks_against(who: &str, value: &str) -> String {
        format!(" {who} speaks most against it: {value}.")
    }

    pub(crate) fn nobody_speaks_for(token: &str, against: &str) -> String {
        format!("At the end of the prompt, nothing speaks for {token} rather than {against}.")
    }
}

/// The most components that are drawn each on its own.
pub const MAX_BARS: usize = 12;

/// Least width of the drawing, in pixels.
const NARROWEST: f64 = 200.0;
/// Most of the width that names take.
const NAMES: f64 = 0.55;
/// Between the bars and what they come to.
const ABOVE_SUM: f64 = 6.0;

/// In what order the bars stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// The largest first, whatever its sign.
    #[default]
    Size,
    /// In the order of the residual stream.
    Stream,
}

impl Order {
    /// Every order, as a list offers them.
    pub const ALL: [Self; 2] = [Self::Size, Self::Stream];

    /// Its name in a list.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Size => words::BY_SIZE,
            Self::Stream => words::BY_STREAM,
        }
    }
}

/// A component, or all that are not drawn on their own.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributionBar {
    /// Which component; `None` for the others together.
    pub component: Option<Component>,
    /// The component in words.
    pub label: String,
    /// Contribution in logits.
    pub value: f64,
    /// The contribution as text.
    pub text: String,
}

/// Least gap between the sum and the difference that is told in figures, in logits.
const LEAST_GAP: f64 = 1e-4;

fn gap(gap: f64) -> String {
    if gap.abs() < LEAST_GAP {
        "below 0.0001".to_owned()
    } else {
        scientific(gap)
    }
}

/// The bars and what they come to.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributionBars {
    /// At most [`MAX_BARS`] components, then the others together.
    pub bars: Vec<AttributionBar>,
    /// The sum of all components, in logits, as text.
    pub sum: String,
    /// The difference of the logits that the run computed, as text.
    pub logit_difference: String,
    /// The sum less that difference, as text: what rounding leaves. Less than
    /// 0.0001 is not told in figures, which are other ones on every machine.
    pub gap: String,
}

impl AttributionBars {
    /// Draws an attribution.
    #[must_use]
    pub fn new(attribution: &Attribution, order: Order) -> Self {
        let (shown, others) = split(&attribution.components, order);
        let rest: f64 = others.iter().map(|other| other.value).sum();
        let rest = (!others.is_empty()).then_some(rest);
        let bar = |component: Option<Component>, label: String, value: f64| AttributionBar {
            component,
            label,
            value,
            text: fixed(value, 2),
        };
        let of_one = |one: &Contribution| bar(Some(one.component), name(one.component), one.value);
        let of_rest = rest.map(|rest| bar(None, words::others(others.len()), rest));
        Self {
            bars: shown.iter().map(of_one).chain(of_rest).collect(),
            sum: fixed(attribution.sum, 3),
            logit_difference: fixed(attribution.logit_difference, 3),
            gap: gap(attribution.sum - attribution.logit_difference),
        }
    }
}

/// The components that are drawn, in their order, and the others.
fn split(components: &[Contribution], order: Order) -> (Vec<Contribution>, Vec<Contribution>) {
    let mut by_size: Vec<(usize, Contribution)> = components.iter().copied().enumerate().collect();
    order::sort_by(&mut by_size, |(_, a), (_, b)| {
        b.value.abs().total_cmp(&a.value.abs())
    });
    let others = by_size.split_off(by_size.len().min(MAX_BARS));
    if order == Order::Stream {
        order::sort_by_key(&mut by_size, |(place, _)| *place);
    }
    let bare = |list: Vec<(usize, Contribution)>| list.into_iter().map(|(_, one)| one).collect();
    (bare(by_size), bare(others))
}

/// A component as people name it.
#[must_use]
pub fn name(component: Component) -> String {
    match component {
        Component::Embed => words::EMBED.to_owned(),
        Component::PosEmbed => words::POS_EMBED.to_owned(),
        Component::Head { layer, head } => head::head_name(Head { layer, head }),
        Component::AttnBias { layer } => words::attention_bias(layer),
        Component::Mlp { layer } => words::mlp(layer),
        Component::FinalBias => words::FINAL_BIAS.to_owned(),
        Component::UnembedBias => words::UNEMBED_BIAS.to_owned(),
    }
}

/// A component as a sentence names it.
fn spoken(component: Component) -> String {
    let name = name(component);
    match component {
        Component::Head { .. } => name,
        _ => words::the(&name),
    }
}

/// Sentences about where it is computed, who speaks most for the token there, and who
/// against it, in one or two sentences; `token` and `against` are the texts of the two
/// tokens.
#[must_use]
pub fn sentence(attribution: &Attribution, token: &str, against: &str) -> String {
    let (token, against) = (
        VisibleToken::new(token).quoted(),
        VisibleToken::new(against).quoted(),
    );
    let components = &attribution.components;
    let by_value =
        |a: &&Contribution, b: &&Contribution| -> Ordering { a.value.total_cmp(&b.value) };
    let most = components
        .iter()
        .filter(|one| one.value > 0.0)
        .max_by(by_value);
    let least = components
        .iter()
        .filter(|one| one.value < 0.0)
        .min_by(by_value);
    let mut said = match most {
        None => words::nobody_speaks_for(&token, &against),
        Some(most) => {
            // With the bars' digits.
            let value = fixed(most.value, 2);
            let difference = attribution.logit_difference;
            let mut said = words::speaks_for(&spoken(most.component), &token, &value);
            // A part is not "of" a whole that is smaller.
            said.push_str(&if difference >= most.value {
                words::of_a_difference(&fixed(difference, 2))
            } else {
                words::in_all(&token, &against, &fixed(difference, 2))
            });
            said
        }
    };
    if let Some(least) = least {
        let who = capitalised(&spoken(least.component));
        said.push_str(&words::speaks_against(&who, &fixed(least.value, 2)));
    }
    said
}

/// The bars in `width_px` pixels, to the right of zero what speaks for the token, and the
/// room that they take; `None` without a component.
#[must_use]
pub fn drawing(attribution: &Attribution, order: Order, width_px: f64) -> Option<(Element, Size)> {
    let drawn = AttributionBars::new(attribution, order);
    if drawn.bars.is_empty() {
        return None;
    }
    // Whole pixels, so that a file says exactly how wide its drawing is.
    let width = width_px.max(NARROWEST).floor();
    let values = drawn.bars.iter().map(|bar| bar.value);
    let domain = extent(values.chain([0.0])).unwrap_or((0.0, 0.0));
    let bars: Vec<LabelledBar> = drawn.bars.iter().map(line).collect();
    let names = widest(&LABEL, bars.iter().map(LabelledBar::name));
    let list = BarList {
        width,
        names: names.min((width * NAMES).floor()),
        numbers: widest(&NUMBER, bars.iter().map(LabelledBar::number)),
    };
    let mut bottom = BarList::height(bars.len()) + ABOVE_SUM;
    let mut sums = el("g").class("sums");
    let adds_up = room_words::adds_up(&drawn.sum, &drawn.logit_difference, &drawn.gap);
    for text in NUMBER.wrapped(&adds_up, width) {
        bottom += NUMBER.line();
        sums = sums.add(NUMBER.at(width, bottom - 4.0, Anchor::End, text));
    }
    let list = list.draw(&bars, &list.scale(domain), 0.0);
    let size = Size {
        width,
        height: bottom,
    };
    Some((el("g").add(list).add(sums), size))
}

fn line(bar: &AttributionBar) -> LabelledBar {
    let tone = if bar.value < 0.0 {
        Tone::Negative
    } else {
        Tone::Positive
    };
    let line = LabelledBar::new(bar.label.clone(), Some(bar.value), bar.text.clone());
    match bar.component {
        Some(_) => line.tone(tone),
        None => line.tone(tone).quiet(),
    }
}

/// The figure in a width; `None` without a component.
#[must_use]
pub fn figure(
    run: &Run,
    attribution: &Attribution,
    order: Order,
    width_px: f64,
    credit: String,
) -> Option<headlight_figure::Figure> {
    let (drawing, size) = drawing(attribution, order, width_px)?;
    Some(headlight_figure::Figure {
        id: FigureId(AttentionFigure::Attribution.name()),
        title: catalogue::title(AttentionFigure::Attribution).into(),
        sentence: sentence_of(run, attribution),
        drawing,
        size,
        table: table(attribution),
        credit,
    })
}

/// The sentence of an attribution whose tokens are among the next ones of a run.
#[must_use]
pub fn sentence_of(run: &Run, attribution: &Attribution) -> String {
    let text = |id| run.token_text(id).unwrap_or_default();
    let (token, against) = (text(attribution.token), text(attribution.against));
    sentence(attribution, token, against)
}

/// Every component, the sum, and what it is compared with.
#[must_use]
pub fn table(attribution: &Attribution) -> Table {
    Table::new(room_words::ATTRIBUTION, &COLUMNS, rows(attribution))
}

/// Heads of the columns of [`rows`].
pub const COLUMNS: [Column; 3] = [
    Column::text("component"),
    Column::text("name"),
    Column::value("logits"),
];

/// Every component in full in the order of the stream, then the sum, the logit
/// difference, and how far they are apart.
#[must_use]
pub fn rows(attribution: &Attribution) -> Vec<Vec<String>> {
    let row = |one: &Contribution| {
        vec![
            one.component.to_string(),
            name(one.component),
            full(one.value),
        ]
    };
    let (sum, difference) = (attribution.sum, attribution.logit_difference);
    let last = [
        (words::SUM, sum),
        (words::LOGIT_DIFFERENCE, difference),
        (words::GAP, sum - difference),
    ];
    let last = last.map(|(name, value)| vec![name.to_owned(), name.to_owned(), full(value)]);
    attribution.components.iter().map(row).chain(last).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect_file;
    use headlight_figure::{LIGHT, svg};

    fn attribution(values: &[f64]) -> Attribution {
        let component = |at: usize| match at {
            0 => Component::Embed,
            1 => Component::PosEmbed,
            _ => Component::Head {
                layer: at / 4,
                head: at % 4,
            },
        };
        let components = values.iter().enumerate().map(|(at, &value)| Contribution {
            component: component(at),
            value,
        });
        let sum: f64 = values.iter().sum();
        Attribution {
            token: 7,
            against: 9,
            logit_difference: sum + 1e-5,
            components: components.collect(),
            sum,
        }
    }

    fn places(bars: &AttributionBars) -> Vec<Option<Component>> {
        bars.bars.iter().map(|bar| bar.component).collect()
    }

    #[test]
    fn the_drawn_bars_add_up_to_the_sum() {
        let values: Vec<f64> = (0..30)
            .map(|i| f64::from((i * 7) % 30 - 13) / 4.0)
            .collect();
        let attribution = attribution(&values);
        for order in Order::ALL {
            let bars = AttributionBars::new(&attribution, order);
            assert_eq!(bars.bars.len(), MAX_BARS + 1);
            let sum: f64 = bars.bars.iter().map(|bar| bar.value).sum();
            assert!((sum - attribution.sum).abs() < 1e-9);
            assert_eq!(bars.bars[MAX_BARS].label, "the other 18 together");
        }
    }

    #[test]
    fn sizes_ignore_signs_and_the_stream_keeps_its_order() {
        let attribution = attribution(&[0.5, -3.0, 2.0]);
        let size = AttributionBars::new(&attribution, Order::Size);
        let head = Some(Component::Head { layer: 0, head: 2 });
        assert_eq!(
            places(&size),
            [Some(Component::PosEmbed), head, Some(Component::Embed)]
        );
        let stream = AttributionBars::new(&attribution, Order::Stream);
        assert_eq!(
            places(&stream),
            [Some(Component::Embed), Some(Component::PosEmbed), head]
        );
    }

    #[test]
    fn of_thirteen_components_the_smallest_stands_alone() {
        let values: Vec<f64> = (1..=13).map(f64::from).collect();
        let bars = AttributionBars::new(&attribution(&values), Order::Size);
        assert_eq!(bars.bars[12].label, "the other one");
        assert_eq!(bars.bars[12].value, 1.0);
    }

    #[test]
    fn the_gap_between_sum_and_logits_is_said() {
        let bars = AttributionBars::new(&attribution(&[1.0, 2.0]), Order::Size);
        assert_eq!(
            (bars.sum.as_str(), bars.logit_difference.as_str()),
            ("3.000", "3.000")
        );
        assert_eq!(bars.gap, "below 0.0001");
        // What is no rounding is told.
        assert_eq!(gap(-0.02), "-2.0e-2");
    }

    #[test]
    fn the_sentence_names_who_speaks_for_and_who_against() {
        let said = sentence(&attribution(&[1.0, -0.5, 4.1]), " tower", " bridge");
        assert_eq!(
            said,
            "At the end of the prompt, head 0.2 speaks most for “tower”: 4.10 of a difference of 4.60 logits. \
             The position speaks most against it: \u{2212}0.50."
        );
        let alone = sentence(&attribution(&[1.0]), " tower", " bridge");
        assert_eq!(
            alone,
            "At the end of the prompt, the token embedding speaks most for “tower”: \
             1.00 of a difference of 1.00 logits."
        );
    }

    #[test]
    fn a_token_that_loses_is_not_said_to_win() {
        let said = sentence(&attribution(&[1.0, -3.0]), " tower", " bridge");
        assert!(
            said.contains("in all, “tower” is \u{2212}2.00 logits from “bridge”."),
            "{said}"
        );
        let none = sentence(&attribution(&[0.0, -3.0]), " tower", " bridge");
        assert!(
            none.starts_with(
                "At the end of the prompt, nothing speaks for “tower” rather than “bridge”."
            ),
            "{none}"
        );
    }

    #[test]
    fn nothing_has_no_bars() {
        assert_eq!(drawing(&attribution(&[]), Order::Size, 300.0), None);
    }

    #[test]
    fn the_figure_is_what_it_was() {
        let values: Vec<f64> = (0..15).map(|i| f64::from(i * 7 % 15 - 5) / 4.0).collect();
        let mut run = crate::answers::run::tests::run(&["Lily", " ran"]);
        run.next.truncate(0);
        let found = attribution(&values);
        let figure = figure(&run, &found, Order::Size, 352.0, "Headlight".to_owned()).unwrap();
        let file = svg(&figure, &LIGHT, 400.0).replace("><", ">\n<");
        expect_file!["snapshots/attribution.svg"].assert_eq(&file);
    }

    #[test]
    fn nothing_but_zeros_is_drawn_without_bars() {
        let (drawn, size) = drawing(&attribution(&[0.0; 3]), Order::Size, 90.0).unwrap();
        assert_eq!(size.width, NARROWEST);
        assert!(!format!("{drawn:?}").contains("NaN"));
    }

    #[test]
    fn the_table_ends_with_the_sum_and_what_it_is_compared_with() {
        let attribution = attribution(&[1.0 / 3.0, 2.0]);
        let rows = rows(&attribution);
        assert_eq!(rows[0][..2], ["hook_embed", "token embedding"]);
        assert_eq!(
            rows[0][2].parse::<f64>().unwrap().to_bits(),
            (1.0_f64 / 3.0).to_bits()
        );
        let last: Vec<f64> = rows[2..]
            .iter()
            .map(|row| row[2].parse().unwrap())
            .collect();
        assert_eq!(last[0], attribution.sum);
        assert_eq!(last[1], attribution.logit_difference);
        assert_eq!(last[2], last[0] - last[1]);
    }
}
