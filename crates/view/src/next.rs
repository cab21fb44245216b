//! The most probable next tokens as bars.

use crate::number::{full, percent, percent_column};
use crate::run::Run;
use crate::text;
use crate::token::VisibleToken;

/// How many next tokens the page asks for.
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
    /// Length of the bar: its probability over the largest.
    pub fraction: f64,
}

/// The bars, most probable first.
#[must_use]
pub fn bars(run: &Run) -> Vec<NextBar> {
    let largest = run.next.first().map_or(1.0, |token| token.prob);
    let largest = largest.max(f64::MIN_POSITIVE);
    let bar = |token: &crate::run::WeightedToken| NextBar {
        id: token.id,
        label: VisibleToken::new(&token.text),
        percent: percent_column(token.prob),
        fraction: (token.prob / largest).clamp(0.0, 1.0),
    };
    run.next.iter().take(N_NEXT).map(bar).collect()
}

/// What comes next, in one sentence.
#[must_use]
pub fn summary(run: &Run) -> String {
    run.next.first().map_or_else(String::new, |token| {
        let word = VisibleToken::new(&token.text).quoted();
        text::most_probable_next(&word, &percent(token.prob))
    })
}

/// The numbers behind the bars: id, token, probability.
#[must_use]
pub fn table(run: &Run) -> Vec<[String; 3]> {
    let row = |token: &crate::run::WeightedToken| {
        [token.id.to_string(), token.text.clone(), full(token.prob)]
    };
    run.next.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::tests::run;

    #[test]
    fn the_longest_bar_is_full_and_shows_its_own_probability() {
        let bars = bars(&run(&["a"]));
        assert!((bars[0].fraction - 1.0).abs() < 1e-12);
        assert_eq!(bars[0].percent, "31.0\u{a0}%");
        assert_eq!(bars[0].label.body, "They");
    }

    #[test]
    fn the_summary_names_the_most_probable_token() {
        let said = summary(&run(&["a"]));
        assert!(
            said.contains("“They”") && said.contains("31\u{a0}%"),
            "{said}"
        );
    }

    #[test]
    fn no_next_token_is_no_bar() {
        let mut run = run(&["a"]);
        run.next.clear();
        assert!(bars(&run).is_empty() && summary(&run).is_empty());
    }
}
