//! The selected row spelled out, and the selected cell in numbers.

use crate::answers::run::{Pattern, Token};
use crate::rooms::attention::figures::sentence;
use crate::rooms::attention::words;
use headlight_figure::number::{self, fixed};
use headlight_figure::order;
use headlight_figure::token::VisibleToken;

/// The most keys that are spelled out; a longer row shows its strongest.
///
/// Enough for the usual prompt, which has 25 tokens.
pub const MAX_BARS: usize = 32;
/// Distance between two bars in the style sheet, in pixels.
pub const BAR_PITCH: f64 = 21.0;

/// One key of the selected row.
#[derive(Clone, Debug, PartialEq)]
pub struct RowBar {
    /// The key's position.
    pub key: usize,
    /// The label where keys are left out, so that like tokens can be told apart.
    pub place: Option<usize>,
    /// The key's token.
    pub label: VisibleToken,
    /// Its weight as text.
    pub weight: String,
    /// Length of the bar: its weight.
    pub fraction: f64,
    /// Where the whole model's weight would end, if parts were taken out.
    pub clean_fraction: Option<f64>,
    /// Weight of the whole model as text.
    pub clean_weight: Option<String>,
}

/// The selected row.
#[derive(Clone, Debug, PartialEq)]
pub struct RowBars {
    /// Its keys, in the order of the prompt.
    pub bars: Vec<RowBar>,
    /// What the keys that are not shown hold together.
    pub rest: Option<String>,
    /// The sum over all keys, as text.
    pub sum: String,
}

impl RowBars {
    /// Spells out the row of a query, or the mean of several.
    #[must_use]
    pub fn new(tokens: &[Token], pattern: &Pattern, queries: &[usize]) -> Self {
        let row = pattern.mean_row(queries);
        let clean_row = pattern.clean().map(|clean| clean.mean_row(queries));
        let clean = |key: usize| Some(f64::from(*clean_row.as_ref()?.get(key)?));
        let last = queries.iter().max().map_or(0, |last| last + 1);
        let visible = &row[..row.len().min(last)];
        let mut keys: Vec<usize> = (0..visible.len()).collect();
        if keys.len() > MAX_BARS {
            // What has lost its weight is as telling as what has some.
            let most = |key: usize| f64::from(visible[key]).max(clean(key).unwrap_or(0.0));
            order::sort_by(&mut keys, |a, b| most(*b).total_cmp(&most(*a)));
            keys.truncate(MAX_BARS);
            order::sort_by_key(&mut keys, |key| *key);
        }
        let sum: f64 = visible.iter().map(|weight| f64::from(*weight)).sum();
        let shown: f64 = keys.iter().map(|key| f64::from(visible[*key])).sum();
        let n_rest = visible.len() - keys.len();
        let bar = |key: usize| RowBar {
            key,
            place: (n_rest > 0).then_some(key),
            label: VisibleToken::new(tokens.get(key).map_or("", |token| &token.text)),
            weight: number::weight(f64::from(visible[key])),
            // Of the whole, so that rows can be compared and agree with the legend.
            fraction: f64::from(visible[key]).clamp(0.0, 1.0),
            clean_fraction: clean(key).map(|weight| weight.clamp(0.0, 1.0)),
            clean_weight: clean(key).map(number::weight),
        };
        Self {
            bars: keys.into_iter().map(bar).collect(),
            rest: (n_rest > 0).then(|| words::row_rest(n_rest, &fixed(sum - shown, 3))),
            sum: fixed(sum, 3),
        }
    }
}

/// The selected cell in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFacts {
    /// Which query looks at which key.
    pub title: String,
    /// Weight, `None` where the mask forbids to look.
    pub weight: Option<String>,
    /// Weight in the whole model, where parts were taken out.
    pub clean_weight: Option<String>,
    /// Score `q.k / sqrt(d_head)`.
    pub score: String,
    /// Log-sum-exp of the row.
    pub log_sum_exp: String,
    /// Place in the row, such as `1 of 7`.
    pub rank: String,
}

impl CellFacts {
    /// Describes one cell.
    #[must_use]
    pub fn new(tokens: &[Token], pattern: &Pattern, query: usize, key: usize) -> Self {
        let is_masked = key > query;
        let lse = pattern.log_sum_exp(query);
        let dash = || crate::frame::words::NOTHING.to_owned();
        Self {
            title: words::cell(&sentence::name(tokens, query), &sentence::name(tokens, key)),
            weight: (!is_masked).then(|| {
                let weight = pattern.known(query, key);
                weight.map_or_else(dash, |weight| number::weight(f64::from(weight)))
            }),
            clean_weight: pattern
                .clean()
                .filter(|_| !is_masked)
                .map(|clean| number::weight(f64::from(clean.weight(query, key)))),
            score: pattern
                .score(query, key)
                .map_or_else(dash, |score| fixed(score, 3)),
            log_sum_exp: lse.map_or_else(dash, |lse| fixed(f64::from(lse), 3)),
            rank: if is_masked {
                dash()
            } else {
                let rank = pattern.rank(query, key);
                rank.map_or_else(dash, |rank| words::rank(rank, query + 1))
            },
        }
    }

    /// The cell in one sentence, for a reader who hears the page.
    #[must_use]
    pub fn spoken(&self) -> String {
        match &self.weight {
            Some(weight) => words::cell_spoken(&self.title, weight),
            None => words::cell_masked(&self.title),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::run::tests::{pattern, run};

    #[test]
    fn a_short_row_is_spelled_out_in_full_and_sums_to_one() {
        let run = run(&["a", " b", " c", " d"]);
        let row = RowBars::new(&run.tokens, &pattern(4), &[2]);
        let keys: Vec<usize> = row.bars.iter().map(|bar| bar.key).collect();
        assert_eq!(keys, [0, 1, 2]);
        assert!(row.bars.iter().all(|bar| bar.place.is_none()));
        assert_eq!((row.sum.as_str(), row.rest), ("1.000", None));
    }

    #[test]
    fn a_long_row_shows_its_strongest_keys_and_the_rest_as_one_number() {
        let words = vec![" x"; 100];
        let run = run(&words);
        let row = RowBars::new(&run.tokens, &pattern(100), &[99]);
        assert_eq!(row.bars.len(), MAX_BARS);
        assert_eq!(row.bars[0].key, 0);
        assert!(row.bars.iter().all(|bar| bar.place == Some(bar.key)));
        assert_eq!(row.sum, "1.000");
        assert_eq!(row.rest.unwrap(), "68 more: 0.340");
    }

    #[test]
    fn a_cell_tells_its_weight_score_and_rank() {
        let run = run(&["Lily", " ran", ".", " She"]);
        let facts = CellFacts::new(&run.tokens, &pattern(4), 3, 0);
        assert_eq!(facts.title, "query “She” → key “Lily”");
        assert_eq!(facts.weight.as_deref(), Some("0.6250"));
        assert_eq!(facts.score, "1.030");
        assert_eq!(facts.log_sum_exp, "1.500");
        assert_eq!(facts.rank, "1 of 4");
    }

    #[test]
    fn beside_each_weight_is_the_whole_models_where_parts_are_out() {
        let run = run(&["Lily", " ran", "."]);
        let clean = vec![1.0, 0.0, 0.0, 0.5, 0.5, 0.0, 0.125, 0.375, 0.5];
        let pattern = pattern(3).beside_clean(clean).unwrap();
        let row = RowBars::new(&run.tokens, &pattern, &[2]);
        let clean: Vec<_> = row.bars.iter().map(|bar| bar.clean_fraction).collect();
        assert_eq!(clean, [0.125, 0.375, 0.5].map(Some));
        assert_eq!(row.bars[1].clean_weight.as_deref(), Some("0.3750"));
        let facts = CellFacts::new(&run.tokens, &pattern, 2, 1);
        assert_eq!(facts.clean_weight.as_deref(), Some("0.3750"));
        let masked = CellFacts::new(&run.tokens, &pattern, 0, 1);
        assert_eq!(masked.clean_weight, None);
    }

    #[test]
    fn a_masked_cell_says_why_it_has_no_weight() {
        let run = run(&["Lily", " ran"]);
        let facts = CellFacts::new(&run.tokens, &pattern(2), 0, 1);
        assert_eq!(facts.weight, None);
        assert!(facts.spoken().contains("masked"), "{}", facts.spoken());
    }
}
