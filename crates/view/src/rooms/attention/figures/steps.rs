//! One row of attention, computed step by step: scores, mask, subtraction of the
//! largest, exponential, division by the sum.
//!
//! The page keeps weights and the log-sum-exp of each row, from which the scores
//! are recovered. Two kinds of score cannot be: those of later tokens, which the
//! mask forbids and nobody computed, and those whose weight is 0 in single
//! precision. The first are called "not needed"; for the second a bound is said.

use crate::answers::run::{Pattern, Token};
use crate::rooms::attention::figures::row::MAX_BARS;
use crate::rooms::attention::figures::sentence;
use crate::rooms::attention::words as room_words;
use headlight_figure::number::{self, fixed, full};
use headlight_figure::order;
use headlight_figure::signed::{SignedBar, SignedScale};
use headlight_figure::table::Column;
use headlight_figure::token::VisibleToken;
use headlight_figure::token::header;

/// What the page says about the steps.
mod words {
    pub(crate) const NOT_NEEDED: &str = "not needed";
    pub(crate) const MINUS_INFINITY: &str = "\u{2212}\u{221e}";

    pub(crate) fn below(bound: &str) -> String {
        format!("below {bound}")
    }

    pub(crate) fn masked_rest(n: usize) -> String {
        match n {
            1 => "1 more later token".to_owned(),
            _ => format!("{n} more later tokens"),
        }
    }

    pub(crate) fn up_to(n: usize, most: &str) -> String {
        format!("{n} more, at most {most}")
    }

    pub(crate) fn scores(from: &str, n: usize, most: &str, at: &str) -> String {
        match n {
            1 => format!("{from} may look at itself alone, with a score of {most}."),
            _ => format!(
                "{from} may look at {n} tokens; the best match is {at} with a score of {most}."
            ),
        }
    }

    pub(crate) fn mask(from: &str, n: usize) -> String {
        match n {
            0 => format!("{from} is the last token, so the mask has nothing to hide."),
            1 => {
                format!("The one token after {from} is hidden: its score becomes \u{2212}\u{221e}.")
            }
            _ => format!(
                "The {n} tokens after {from} are hidden: their scores become \u{2212}\u{221e}."
            ),
        }
    }

    pub(crate) fn subtract(most: &str, at: &str, n: usize, is_alone: bool) -> String {
        let elsewhere = match (n, is_alone) {
            (1, _) => "",
            (_, true) => " and negative numbers elsewhere",
            (_, false) => " and nothing above 0 elsewhere",
        };
        format!("The largest score is {most} at {at}; subtracting it leaves 0 there{elsewhere}.")
    }

    pub(crate) fn exponentiate(at: &str, n: usize, sum: &str) -> String {
        match n {
            1 => format!("{at} gets e^0 = 1, and there is nothing to add to it."),
            _ => format!("{at} gets e^0 = 1, the others less; all {n} together come to {sum}."),
        }
    }

    pub(crate) fn normalise(sum: &str, at: &str, weight: &str) -> String {
        format!(
            "Divided by {sum}, the numbers become weights that add up to 1; {at} gets {weight}."
        )
    }

    pub(crate) fn and_more(n: usize) -> String {
        format!("{n} more")
    }
}

/// Terms of the sum that are written out.
const N_TERMS: usize = 3;
/// Later tokens that a long row still shows.
const MIN_MASKED: usize = 2;

/// A step of the computation, in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowStep {
    /// `q.k / sqrt(d_head)`.
    #[default]
    Scores,
    /// Later tokens get minus infinity.
    Mask,
    /// The row's largest score is subtracted.
    Subtract,
    /// The exponential of each.
    Exponentiate,
    /// Division by the sum.
    Normalise,
}

impl RowStep {
    /// Every step, in order.
    pub const ALL: [Self; 5] = [
        Self::Scores,
        Self::Mask,
        Self::Subtract,
        Self::Exponentiate,
        Self::Normalise,
    ];

    /// Its place among them, from 0.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Its name.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Scores => "Scores",
            Self::Mask => "Mask",
            Self::Subtract => "Subtract the largest",
            Self::Exponentiate => "Exponentiate",
            Self::Normalise => "Divide by the sum",
        }
    }

    /// Formula of the step, from the step before.
    #[must_use]
    pub const fn formula(self) -> &'static str {
        match self {
            Self::Scores => "s = q\u{b7}k / \u{221a}d",
            Self::Mask => "s = \u{2212}\u{221e} for later tokens",
            Self::Subtract => "t = s \u{2212} max s",
            Self::Exponentiate => "e = exp t",
            Self::Normalise => "weight = e / \u{3a3} e",
        }
    }

    /// True where numbers can be negative and bars start at a zero line.
    const fn is_signed(self) -> bool {
        matches!(self, Self::Scores | Self::Mask | Self::Subtract)
    }
}

/// What stands at one key after a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StepValue {
    /// A number.
    Number(f64),
    /// A number that is only known to be below this: its weight is 0 in single
    /// precision.
    Below(f64),
    /// Nobody computed it, because the mask hides it.
    NotNeeded,
    /// Minus infinity.
    MinusInfinity,
}

impl StepValue {
    /// The number as it is read: scores with two decimals, exponentials and weights with four.
    fn text(self, decimals: usize) -> String {
        match self {
            Self::Number(number) => fixed(number, decimals),
            // Rounded up, so that what is said stays true.
            Self::Below(bound) => words::below(&fixed((bound * 10.0).ceil() / 10.0, 1)),
            Self::NotNeeded => words::NOT_NEEDED.to_owned(),
            Self::MinusInfinity => words::MINUS_INFINITY.to_owned(),
        }
    }

    /// As programs read it; empty where it is not known.
    fn full(self) -> String {
        match self {
            Self::Number(number) => full(number),
            Self::Below(bound) => format!("<{}", full(bound)),
            Self::NotNeeded => String::new(),
            Self::MinusInfinity => "-inf".to_owned(),
        }
    }
}

/// One key after a step.
#[derive(Clone, Debug, PartialEq)]
pub struct StepBar {
    /// The key's position.
    pub key: usize,
    /// The label where keys are left out, so that like tokens can be told apart.
    pub place: Option<usize>,
    /// The key's token.
    pub label: VisibleToken,
    /// What stands there.
    pub value: StepValue,
    /// The value as text.
    pub text: String,
    /// The bar; `None` where there is no number to draw.
    pub bar: Option<SignedBar>,
    /// True from the step on that hides this key: to be hatched.
    pub is_masked: bool,
    /// True where the bar goes on beyond the plot.
    pub is_cut: bool,
}

/// The row after one step.
#[derive(Clone, Debug, PartialEq)]
pub struct StepView {
    /// Step that is shown.
    pub step: RowStep,
    /// The keys, in the order of the prompt.
    pub bars: Vec<StepBar>,
    /// Where zero is, in `[0, 1]` of the plot's width.
    pub zero: f64,
    /// What the keys hold that are not shown and may be looked at.
    pub rest: Option<String>,
    /// Number of later tokens that are not shown.
    pub masked_rest: Option<String>,
    /// The step's sum with its first terms, where it has one.
    pub worked: Option<String>,
    /// What the step does to this row, in one sentence.
    pub sentence: String,
}

/// One row of attention with everything that its steps need.
#[derive(Clone, Debug, PartialEq)]
pub struct Steps {
    query: usize,
    names: Vec<String>,
    tokens: Vec<String>,
    /// Of the keys that may be looked at: `[key]`.
    weights: Vec<f64>,
    scores: Vec<StepValue>,
    /// The largest score and its first key.
    most: f64,
    most_at: usize,
    /// Sum of the exponentials.
    sum: f64,
}

impl Steps {
    /// Recovers the steps of the row of `query`; `None` if there is no such row,
    /// or if its weights were all set to 0, which no softmax can yield.
    #[must_use]
    pub fn new(tokens: &[Token], pattern: &Pattern, query: usize) -> Option<Self> {
        let lse = pattern.log_sum_exp(query).map(f64::from);
        let lse = lse.filter(|lse| lse.is_finite())?;
        let row = pattern.row(query).get(..=query)?;
        let weights: Vec<f64> = row.iter().copied().map(f64::from).collect();
        // A weight that is 0 is smaller than the least normal number of single
        // precision: some devices have no smaller ones.
        let bound = lse + f64::from(f32::MIN_POSITIVE).ln();
        let score = |key| {
            let score = pattern.score(query, key);
            score.map_or(StepValue::Below(bound), StepValue::Number)
        };
        let scores: Vec<StepValue> = (0..=query).map(score).collect();
        let most_at = pattern.strongest_key(query);
        let most = pattern.score(query, most_at)?;
        Some(Self {
            query,
            names: (0..tokens.len())
                .map(|pos| sentence::name(tokens, pos))
                .collect(),
            tokens: tokens.iter().map(|token| token.text.clone()).collect(),
            sum: weights.iter().sum::<f64>() / weights[most_at],
            weights,
            scores,
            most,
            most_at,
        })
    }

    /// The row after `step`.
    #[must_use]
    pub fn view(&self, step: RowStep) -> StepView {
        let shown = self.shown();
        let masked = self.shown_masked(shown.len());
        let scale = scale(step, shown.iter().map(|key| self.value(step, *key)));
        let n_rest = self.weights.len() - shown.len();
        let n_masked_rest = self.n_masked() - masked.len();
        let keys = shown.iter().copied().chain(masked);
        let is_cut = n_rest + n_masked_rest > 0;
        let bar = |key: usize| StepBar {
            place: is_cut.then_some(key),
            ..self.bar(step, key, scale)
        };
        StepView {
            step,
            bars: keys.map(bar).collect(),
            zero: scale.zero(),
            rest: (n_rest > 0).then(|| self.rest(step, &shown)),
            masked_rest: (n_masked_rest > 0).then(|| words::masked_rest(n_masked_rest)),
            worked: self.worked(step),
            sentence: self.sentence(step),
        }
    }

    /// What a step does to this row, in one sentence.
    #[must_use]
    pub fn sentence(&self, step: RowStep) -> String {
        let name = |pos: usize| self.names.get(pos).map_or("", String::as_str);
        let (from, at, n) = (name(self.query), name(self.most_at), self.weights.len());
        let most = fixed(self.most, 2);
        match step {
            RowStep::Scores => words::scores(from, n, &most, at),
            RowStep::Mask => words::mask(from, self.n_masked()),
            RowStep::Subtract => {
                let strongest = self.weights[self.most_at];
                let equal = self.weights.iter().filter(|weight| **weight >= strongest);
                words::subtract(&most, at, n, equal.count() == 1)
            }
            RowStep::Exponentiate => words::exponentiate(at, n, &fixed(self.sum, 2)),
            RowStep::Normalise => {
                let weight = number::weight(self.weights[self.most_at]);
                words::normalise(&fixed(self.sum, 2), at, &weight)
            }
        }
    }

    /// Heads of the columns of [`Steps::rows`].
    pub const COLUMNS: [Column; 7] = [
        Column::value("key"),
        Column::text("token"),
        Column::value("score"),
        Column::value("after the mask"),
        Column::value("less the largest"),
        Column::value("exponential"),
        Column::value("weight"),
    ];

    /// Every step of every key in full: position, token, then one number per step.
    #[must_use]
    pub fn rows(&self) -> Vec<Vec<String>> {
        let row = |(key, token): (usize, &String)| {
            let named = [key.to_string(), header(token)];
            let values = RowStep::ALL.map(|step| self.value(step, key).full());
            named.into_iter().chain(values).collect()
        };
        self.tokens.iter().enumerate().map(row).collect()
    }

    fn n_masked(&self) -> usize {
        self.tokens.len().saturating_sub(self.weights.len())
    }

    /// The keys that are spelled out, strongest first chosen, in the prompt's order.
    fn shown(&self) -> Vec<usize> {
        let mut keys = self.by_weight();
        keys.truncate(MAX_BARS);
        order::sort_by_key(&mut keys, |key| *key);
        keys
    }

    /// The later tokens that are shown: those that there is room for.
    fn shown_masked(&self, n_shown: usize) -> std::ops::Range<usize> {
        let room = (MAX_BARS - n_shown).max(MIN_MASKED);
        let first = self.weights.len();
        first..first + room.min(self.n_masked())
    }

    fn by_weight(&self) -> Vec<usize> {
        let mut keys: Vec<usize> = (0..self.weights.len()).collect();
        order::sort_by(&mut keys, |a, b| {
            self.weights[*b].total_cmp(&self.weights[*a])
        });
        keys
    }

    fn value(&self, step: RowStep, key: usize) -> StepValue {
        let Some(&score) = self.scores.get(key) else {
            return match step {
                RowStep::Scores => StepValue::NotNeeded,
                RowStep::Mask | RowStep::Subtract => StepValue::MinusInfinity,
                RowStep::Exponentiate | RowStep::Normalise => StepValue::Number(0.0),
            };
        };
        let weight = self.weights[key];
        match (step, score) {
            (RowStep::Scores | RowStep::Mask, score) => score,
            (RowStep::Subtract, StepValue::Number(score)) => StepValue::Number(score - self.most),
            (RowStep::Subtract, StepValue::Below(bound)) => StepValue::Below(bound - self.most),
            (RowStep::Subtract, other) => other,
            (RowStep::Exponentiate, _) => StepValue::Number(weight / self.weights[self.most_at]),
            (RowStep::Normalise, _) => StepValue::Number(weight),
        }
    }

    fn bar(&self, step: RowStep, key: usize, scale: SignedScale) -> StepBar {
        let value = self.value(step, key);
        let is_later = key >= self.weights.len();
        let bar = match value {
            StepValue::Number(_) if is_later => None,
            StepValue::Number(number) => Some(scale.bar(number)),
            StepValue::Below(_) => Some(scale.bar(f64::NEG_INFINITY)),
            StepValue::NotNeeded | StepValue::MinusInfinity => None,
        };
        StepBar {
            key,
            place: None,
            label: VisibleToken::new(&self.tokens[key]),
            value,
            text: value.text(decimals(step)),
            bar,
            is_masked: is_later && step >= RowStep::Mask,
            is_cut: matches!(value, StepValue::Below(_)),
        }
    }

    /// What the visible keys hold that are not `shown`.
    fn rest(&self, step: RowStep, shown: &[usize]) -> String {
        let is_hidden = |key: &usize| shown.binary_search(key).is_err();
        let hidden: Vec<usize> = (0..self.weights.len()).filter(is_hidden).collect();
        if step.is_signed() {
            // Sorted by weight, the first hidden key has the largest score of them.
            let most = self.by_weight()[shown.len()];
            return words::up_to(hidden.len(), &self.value(step, most).text(decimals(step)));
        }
        let numbers = hidden.iter().map(|key| match self.value(step, *key) {
            StepValue::Number(number) => number,
            _ => 0.0,
        });
        room_words::row_rest(hidden.len(), &fixed(numbers.sum(), decimals(step)))
    }

    /// The sum of exponentials with its largest terms written out, or the
    /// division that makes the largest weight.
    fn worked(&self, step: RowStep) -> Option<String> {
        let sum = fixed(self.sum, 3);
        match step {
            RowStep::Scores | RowStep::Mask | RowStep::Subtract => None,
            RowStep::Exponentiate => {
                let keys = self.by_weight();
                let term = |key: &usize| match self.value(RowStep::Subtract, *key) {
                    StepValue::Number(0.0) => "e^0".to_owned(),
                    value => format!("e^{}", value.text(2)),
                };
                let known = |key: &&usize| matches!(self.scores[**key], StepValue::Number(_));
                let first = keys.iter().filter(known).take(N_TERMS);
                let mut terms: Vec<String> = first.map(term).collect();
                let n_more = keys.len() - terms.len();
                if n_more > 0 {
                    terms.push(words::and_more(n_more));
                }
                Some(format!("{} = {sum}", terms.join(" + ")))
            }
            RowStep::Normalise => {
                let weight = number::weight(self.weights[self.most_at]);
                Some(format!("e^0 / {sum} = {weight}"))
            }
        }
    }
}

const fn decimals(step: RowStep) -> usize {
    if step.is_signed() { 2 } else { 4 }
}

/// Signed numbers reach over all that are known; exponentials and weights are
/// drawn of 1, so that rows can be compared.
fn scale(step: RowStep, values: impl Iterator<Item = StepValue>) -> SignedScale {
    if !step.is_signed() {
        return SignedScale::UNIT;
    }
    SignedScale::over(values.filter_map(|value| match value {
        StepValue::Number(number) => Some(number),
        _ => None,
    }))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::answers::head::Head;
    use crate::answers::run::tests::run;

    /// A pattern whose row `query` is the softmax of these scores in single
    /// precision; the other rows look at the first token.
    fn softmax(n: usize, scores: &[f64]) -> Pattern {
        let query = scores.len() - 1;
        let sum: f64 = scores.iter().map(|score| score.exp()).sum();
        let mut weights = vec![0.0; n * n];
        for (key, score) in scores.iter().enumerate() {
            weights[query * n + key] = (score.exp() / sum) as f32;
        }
        Pattern::new(
            Head { layer: 1, head: 2 },
            n,
            weights,
            vec![sum.ln() as f32; n],
        )
        .unwrap()
    }

    const WORDS: [&str; 5] = ["Lily", " found", " a", " ball", "."];

    pub(crate) fn steps(scores: &[f64]) -> Steps {
        let run = run(&WORDS);
        Steps::new(&run.tokens, &softmax(5, scores), scores.len() - 1).unwrap()
    }

    fn texts(view: &StepView) -> Vec<&str> {
        view.bars.iter().map(|bar| bar.text.as_str()).collect()
    }

    #[test]
    fn the_scores_come_back_and_later_ones_are_not_invented() {
        let view = steps(&[3.29, -0.5, 1.25]).view(RowStep::Scores);
        assert_eq!(
            texts(&view),
            ["3.29", "\u{2212}0.50", "1.25", "not needed", "not needed"]
        );
        assert!(view.bars.iter().all(|bar| !bar.is_masked));
        assert_eq!(
            view.sentence,
            "“a” may look at 3 tokens; the best match is “Lily” with a score of 3.29."
        );
    }

    #[test]
    fn the_mask_hides_later_tokens_and_nothing_else() {
        let view = steps(&[3.29, -0.5, 1.25]).view(RowStep::Mask);
        assert_eq!(view.bars[3].value, StepValue::MinusInfinity);
        let masked: Vec<usize> = view
            .bars
            .iter()
            .filter(|b| b.is_masked)
            .map(|b| b.key)
            .collect();
        assert_eq!(masked, [3, 4]);
        assert!(view.bars[3].bar.is_none() && view.bars[2].bar.is_some());
        let last = steps(&[0.1, 0.2, 0.3, 0.4, 0.5]).view(RowStep::Mask);
        assert!(
            last.sentence.contains("nothing to hide"),
            "{}",
            last.sentence
        );
    }

    #[test]
    fn subtracting_the_largest_leaves_zero_at_it() {
        let view = steps(&[3.29, -0.5, 1.25]).view(RowStep::Subtract);
        assert_eq!(texts(&view)[..3], ["0.00", "\u{2212}3.79", "\u{2212}2.04"]);
        assert_eq!(
            view.sentence,
            "The largest score is 3.29 at “Lily”; subtracting it leaves 0 there \
             and negative numbers elsewhere."
        );
        let tied = steps(&[1.0, 1.0]).sentence(RowStep::Subtract);
        assert!(tied.contains("nothing above 0"), "{tied}");
    }

    #[test]
    fn the_exponentials_add_up_to_the_sum_that_is_shown() {
        let view = steps(&[2.0, 0.0, 1.0, 1.5]).view(RowStep::Exponentiate);
        let sum = 1.0 + (-2.0_f64).exp() + (-1.0_f64).exp() + (-0.5_f64).exp();
        assert_eq!(
            view.worked.unwrap(),
            format!("e^0 + e^\u{2212}0.50 + e^\u{2212}1.00 + 1 more = {sum:.3}")
        );
        let shown: f64 = view
            .bars
            .iter()
            .map(|bar| bar.bar.map_or(0.0, |b| b.length))
            .sum();
        assert!((shown - sum).abs() < 1e-6);
    }

    #[test]
    fn the_weights_are_those_of_the_pattern_and_add_up_to_one() {
        let steps = steps(&[2.0, 0.0, 1.0, 1.5]);
        let sum: f64 = steps
            .rows()
            .iter()
            .map(|row| row[6].parse::<f64>().unwrap())
            .sum();
        // Five weights, each rounded to single precision.
        assert!((sum - 1.0).abs() < 3e-7, "{sum}");
        let view = steps.view(RowStep::Normalise);
        assert_eq!(view.bars[4].text, "0.0000");
        assert!(view.bars[4].is_masked && view.bars[4].bar.is_none());
        assert_eq!(view.worked.unwrap(), "e^0 / 2.110 = 0.4740");
    }

    #[test]
    fn signed_bars_meet_at_the_zero_line_and_fill_the_plot() {
        let view = steps(&[3.0, -1.0, 1.0]).view(RowStep::Scores);
        assert!((view.zero - 0.25).abs() < 1e-6);
        let ends = |index: usize| {
            let span = view.bars[index].bar.unwrap();
            (span.start, span.start + span.length)
        };
        assert!((ends(0).0 - 0.25).abs() < 1e-6 && (ends(0).1 - 1.0).abs() < 1e-6);
        assert!(ends(1).0.abs() < 1e-6 && (ends(1).1 - 0.25).abs() < 1e-6);
        let single = steps(&[0.0]).view(RowStep::Subtract);
        assert_eq!(single.zero, 1.0);
        assert_eq!(single.bars[0].bar.unwrap().length, 0.0);
    }

    #[test]
    fn a_weight_too_small_for_its_number_has_a_bound_and_no_invented_score() {
        let steps = steps(&[5.0, -200.0, 4.0]);
        let view = steps.view(RowStep::Scores);
        let StepValue::Below(bound) = view.bars[1].value else {
            panic!("expected a bound, got {:?}", view.bars[1].value);
        };
        assert!(bound > -200.0 && bound < 5.0 - 80.0);
        assert_eq!(view.bars[1].text, "below \u{2212}82.0");
        assert!(view.bars[1].is_cut);
        let subtracted = steps.view(RowStep::Subtract).bars[1].value;
        assert_eq!(subtracted, StepValue::Below(bound - steps.most));
        // The other bars are not squeezed by it.
        assert!(view.bars[2].bar.unwrap().length > 0.7);
        let worked = steps.view(RowStep::Exponentiate).worked.unwrap();
        assert_eq!(worked, "e^0 + e^\u{2212}1.00 + 1 more = 1.368");
        assert!(steps.rows()[1][2].starts_with("<-82."));
    }

    #[test]
    fn a_long_row_shows_its_strongest_keys_and_the_sum_of_the_rest() {
        let words = vec![" x"; 100];
        let run = run(&words);
        let pattern = crate::answers::run::tests::pattern(100);
        let view = |step| Steps::new(&run.tokens, &pattern, 89).unwrap().view(step);
        let last = view(RowStep::Normalise);
        assert_eq!(last.bars.len(), MAX_BARS + MIN_MASKED);
        assert!(last.bars.iter().all(|bar| bar.place == Some(bar.key)));
        assert_eq!(last.rest.unwrap(), "58 more: 0.3222");
        assert_eq!(last.masked_rest.unwrap(), "8 more later tokens");
        let score = (0.5 / 90.0_f64).ln() + 1.5;
        let expected = format!("58 more, at most {}", fixed(score, 2));
        assert_eq!(view(RowStep::Scores).rest.unwrap(), expected);
        assert_eq!(
            Steps::new(&run.tokens, &pattern, 89).unwrap().rows().len(),
            100
        );
    }

    #[test]
    fn a_row_that_does_not_exist_or_holds_nothing_has_no_steps() {
        let run = run(&WORDS);
        let pattern = softmax(5, &[1.0, 2.0]);
        assert_eq!(Steps::new(&run.tokens, &pattern, 5), None);
        assert_eq!(Steps::new(&run.tokens, &pattern, 3), None);
    }
}
