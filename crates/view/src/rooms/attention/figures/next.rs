//! The most probable next tokens as bars, with a mark at the probability that the
//! language itself gives them.

use crate::rooms::attention::words;
use headlight_language::Truth;

use crate::answers::details::Cuts;
use crate::answers::run::Run;
use headlight_figure::number::{full, percent, percent_column};
use headlight_figure::table::Column;
use headlight_figure::token::VisibleToken;

/// Number of next tokens that the page asks for.
pub const N_NEXT: usize = 10;

/// One possible next token.
#[derive(Clone, Debug, PartialEq)]
pub struct NextBar {
    /// Its index in the vocabulary.
    pub id: u32,
    /// The token.
    pub label: VisibleToken,
    /// Its probability as text.
    pub percent: String,
    /// Length of the bar: its probability over the largest of all that is drawn.
    pub fraction: f64,
    /// Length of the bar of its probability in the language, where that is known and not 0.
    pub true_fraction: Option<f64>,
    /// Its probability in the language as text, where that is known.
    pub true_percent: Option<String>,
    /// Its probability in the whole model on the same scale, where parts were taken out.
    pub clean_fraction: Option<f64>,
    /// The probability as text.
    pub clean_percent: Option<String>,
    /// Its probability after the temperature on the same scale, where that is another.
    pub heated_fraction: Option<f64>,
}

/// Of the bars' length: a smaller difference is not drawn.
const MIN_DIFFERENCE: f64 = 0.002;

/// The bars, most probable first.
#[must_use]
pub fn bars(run: &Run, truth: Option<&Truth>, cuts: Option<&Cuts>) -> Vec<NextBar> {
    let shown = run.next.iter().take(N_NEXT);
    let probs = shown.clone().map(|token| token.prob);
    let true_probs = shown.filter_map(|token| true_prob(truth, token.id));
    let clean_probs = run.clean.iter().flat_map(|clean| &clean.prob_of_next);
    let cut_tokens = || cuts.into_iter().flat_map(|cuts| cuts.tokens.iter());
    let heated_probs = cut_tokens().map(|token| token.heated);
    let all = probs
        .chain(true_probs)
        .chain(clean_probs.copied().take(N_NEXT))
        .chain(heated_probs);
    let largest = all.fold(f64::MIN_POSITIVE, f64::max);
    let clean = |index: usize| Some(*run.clean.as_ref()?.prob_of_next.get(index)?);
    let heated = |token: &crate::answers::run::WeightedToken| {
        let found = cut_tokens().find(|cut| cut.id == token.id)?;
        let is_other = (found.heated - token.prob).abs() > MIN_DIFFERENCE * largest;
        is_other.then_some(found.heated / largest)
    };
    let bar = |(index, token): (usize, &crate::answers::run::WeightedToken)| NextBar {
        heated_fraction: heated(token),
        id: token.id,
        label: VisibleToken::new(&token.text),
        percent: percent_column(token.prob),
        fraction: (token.prob / largest).clamp(0.0, 1.0),
        true_fraction: true_prob(truth, token.id)
            .filter(|prob| *prob > 0.0)
            .map(|prob| prob / largest),
        true_percent: true_prob(truth, token.id).map(percent_column),
        clean_fraction: clean(index).map(|prob| prob / largest),
        clean_percent: clean(index).map(percent_column),
    };
    run.next.iter().take(N_NEXT).enumerate().map(bar).collect()
}

/// A next token's probability in the language; 0 for one that cannot follow,
/// `None` where the text has left the language or has ended.
fn true_prob(truth: Option<&Truth>, id: u32) -> Option<f64> {
    let next = &truth?.next;
    let found = next.iter().find(|token| token.id == id);
    (!next.is_empty()).then(|| found.map_or(0.0, |token| token.prob))
}

/// What comes next, in one sentence.
#[must_use]
pub fn summary(run: &Run) -> String {
    run.next.first().map_or_else(String::new, |token| {
        let word = VisibleToken::new(&token.text).quoted();
        words::most_probable_next(&word, &percent(token.prob))
    })
}

/// Heads of the columns of [`rows`]: the language's where it is known, the whole
/// model's where parts of it were taken out.
#[must_use]
pub fn columns(run: &Run, truth: Option<&Truth>) -> Vec<Column> {
    let always = [
        Column::value(words::TOKEN_ID),
        Column::text(words::TOKEN),
        Column::value(words::PROBABILITY),
    ];
    let of_truth = truth.map(|_| Column::value(words::TRUE_PROBABILITY));
    let of_clean = run.clean.as_ref();
    let of_clean = of_clean.map(|_| Column::value(words::CLEAN_PROBABILITY));
    always.into_iter().chain(of_clean).chain(of_truth).collect()
}

/// The numbers behind the bars, under [`columns`].
#[must_use]
pub fn rows(run: &Run, truth: Option<&Truth>) -> Vec<Vec<String>> {
    let clean = |index: usize| Some(*run.clean.as_ref()?.prob_of_next.get(index)?);
    let row = |(index, token): (usize, &crate::answers::run::WeightedToken)| {
        let true_prob = true_prob(truth, token.id);
        let always = [token.id.to_string(), token.text.clone(), full(token.prob)];
        let of_truth = truth.map(|_| true_prob.map(full).unwrap_or_default());
        let of_clean = clean(index).map(full);
        always.into_iter().chain(of_clean).chain(of_truth).collect()
    };
    run.next.iter().enumerate().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::run::tests::run;

    #[test]
    fn the_longest_bar_is_full_and_shows_its_own_probability() {
        let bars = bars(&run(&["a"]), None, None);
        assert_eq!(bars[0].true_fraction, None);
        assert!((bars[0].fraction - 1.0).abs() < 1e-12);
        assert_eq!(bars[0].percent, "31.0\u{a0}%");
        assert_eq!(bars[0].label.body, "They");
    }

    #[test]
    fn the_summary_names_the_most_probable_token() {
        let said = summary(&run(&["a"]));
        assert!(
            said.contains("“They”") && said.contains("31.0\u{a0}%"),
            "{said}"
        );
    }

    #[test]
    fn what_the_temperature_makes_of_a_probability_is_on_the_same_scale() {
        let run = run(&["a"]);
        let cuts = |heated| Cuts {
            tokens: vec![headlight_activations::CutToken {
                id: 9,
                text: String::new(),
                prob: 0.31,
                heated,
                drawn: heated,
            }],
            n_kept: 99,
            d_vocab: 99,
            mass_kept: 1.0,
        };
        let bar = |heated| bars(&run, None, Some(&cuts(heated))).remove(0);
        assert_eq!(bar(0.31).heated_fraction, None);
        let hot = bar(0.62);
        assert_eq!((hot.fraction, hot.heated_fraction), (0.5, Some(1.0)));
    }

    #[test]
    fn no_next_token_is_no_bar() {
        let mut run = run(&["a"]);
        run.next.clear();
        assert!(bars(&run, None, None).is_empty() && summary(&run).is_empty());
    }

    #[test]
    fn the_truth_is_a_mark_on_the_same_scale() {
        let token = |id, prob| headlight_language::TrueToken {
            id,
            text: String::new(),
            prob,
        };
        let mut truth = Truth {
            nll: vec![None],
            next: vec![token(9, 0.62), token(4, 0.38)],
            impossible: None,
        };
        let run = run(&["a"]);
        let bars = bars(&run, Some(&truth), None);
        assert!((bars[0].fraction - 0.5).abs() < 1e-12);
        assert_eq!(bars[0].true_fraction, Some(1.0));
        assert_eq!(bars[0].true_percent.as_deref(), Some("62.0\u{a0}%"));
        assert_eq!(rows(&run, Some(&truth))[0][3], "0.62");
        truth.next.remove(0);
        assert_eq!(true_prob(Some(&truth), 9), Some(0.0));
        let bar = self::bars(&run, Some(&truth), None).remove(0);
        assert_eq!(
            (bar.true_fraction, bar.true_percent.as_deref()),
            (None, Some("0.0\u{a0}%"))
        );
        truth.next.clear();
        assert_eq!(true_prob(Some(&truth), 9), None);
    }
}
