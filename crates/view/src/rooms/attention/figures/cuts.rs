//! The next token's bars with the cuts of sampling: temperature, then top-k, then
//! top-p.
//!
//! A cut is a line below the last token that may be drawn, and the line can be
//! dragged. Heights are in CSS pixels from the upper edge of the first bar; one
//! step below the last bar a cut keeps everything.

use headlight_activations::{CutToken, Cuts};

use headlight_figure::number::{full, percent, percent_column};
use headlight_figure::phrase::capitalised;
use headlight_figure::token::VisibleToken;

/// What the page says about the cuts.
mod words {
    pub(crate) fn greedy(token: &str) -> String {
        format!("At temperature 0 the most probable token is always taken: {token}.")
    }

    pub(crate) fn top_k(k: usize) -> String {
        format!("top-k {k}")
    }

    pub(crate) fn top_p(p: &str) -> String {
        format!("top-p {p}")
    }

    pub(crate) fn at_temperature(temperature: &str) -> String {
        format!("at temperature {temperature}, ")
    }

    pub(crate) fn keep(cuts: &[String], n: &str, total: &str, percent: &str) -> String {
        let verb = if cuts.len() == 1 { "keeps" } else { "keep" };
        let cuts = cuts.join(" and ");
        format!("{cuts} {verb} {n} of {total} tokens, {percent} of the probability.")
    }

    pub(crate) fn nothing_cut(total: &str) -> String {
        format!("nothing is cut off: each of the {total} tokens may be drawn.")
    }
}

/// Distance between two bars: enough to take hold of the line between them.
pub const PITCH: f64 = 24.0;
/// The least top-p that dragging gives; it keeps a single token already.
pub const MIN_TOP_P: f64 = 0.01;

/// One possible next token.
#[derive(Clone, Debug, PartialEq)]
pub struct CutBar {
    /// Its index in the vocabulary.
    pub id: u32,
    /// The probability of drawing it as text; none where it is cut off.
    pub drawn_percent: Option<String>,
}

impl CutBar {
    /// The probability of drawing it, or a dash where it is cut off.
    #[must_use]
    pub fn drawn_text(&self) -> String {
        let drawn = self.drawn_percent.clone();
        drawn.unwrap_or_else(|| crate::frame::words::NOTHING.to_owned())
    }
}

/// Bars and cut.
#[derive(Clone, Debug, PartialEq)]
pub struct CutBars {
    /// The most probable tokens, most probable first.
    pub bars: Vec<CutBar>,
    /// Height of the cut's line; `None` where it falls below what is listed, or
    /// where nothing is cut off.
    pub cut_y: Option<f64>,
}

impl CutBars {
    /// Draws what the cuts leave.
    #[must_use]
    pub fn new(cuts: &Cuts) -> Self {
        let tokens = &cuts.tokens;
        let bar = |token: &CutToken| CutBar {
            id: token.id,
            drawn_percent: (token.drawn > 0.0).then(|| percent_column(token.drawn)),
        };
        let is_cut_listed = cuts.n_kept < cuts.d_vocab && cuts.n_kept <= tokens.len();
        Self {
            bars: tokens.iter().map(bar).collect(),
            cut_y: is_cut_listed.then_some(cuts.n_kept as f64 * PITCH),
        }
    }
}

/// The top-k whose line is nearest to a height: from 1, and 0, which keeps all,
/// below the last bar.
#[must_use]
pub fn top_k_at(cuts: &Cuts, y: f64) -> usize {
    let k = (y / PITCH).round().max(1.0) as usize;
    if k > cuts.tokens.len() { 0 } else { k }
}

/// The top-p at a height, in `[MIN_TOP_P, 1]`: the heated probability of the bars
/// above, of the last one in proportion, over that of all that `top_k` leaves.
///
/// So the token whose bar the height lies in is the last that is kept. Below the
/// last bar it is 1, which keeps all. Where `top_k` keeps more than is listed, the
/// share is of everything.
#[must_use]
pub fn top_p_at(cuts: &Cuts, top_k: usize, y: f64) -> f64 {
    let along = (y / PITCH).max(0.0);
    let n = cuts.tokens.len();
    if along >= n as f64 + 0.5 {
        return 1.0;
    }
    let whole = (along as usize).min(n);
    let above = mass_of(cuts, whole);
    let last = cuts.tokens.get(whole).map_or(0.0, |token| token.heated);
    let mass = above + (along - whole as f64) * last;
    (mass / mass_left_by(cuts, top_k)).clamp(MIN_TOP_P, 1.0)
}

/// Heated probability of the first `n` tokens.
fn mass_of(cuts: &Cuts, n: usize) -> f64 {
    let heated = cuts.tokens.iter().take(n).map(|token| token.heated);
    heated.sum()
}

/// Heated probability that a top-k leaves; 1 where that cannot be known.
fn mass_left_by(cuts: &Cuts, top_k: usize) -> f64 {
    let is_listed = (1..=cuts.tokens.len()).contains(&top_k);
    if is_listed { mass_of(cuts, top_k) } else { 1.0 }
}

/// What temperature and cuts leave, in one sentence. `temperature` 0 takes the
/// most probable token, `top_k` 0 and `top_p` 1 cut nothing off.
#[must_use]
pub fn sentence(cuts: &Cuts, temperature: f64, top_k: usize, top_p: f64) -> String {
    if temperature <= 0.0 {
        let first = cuts.tokens.first();
        return first.map_or_else(String::new, |token| {
            words::greedy(&VisibleToken::new(&token.text).quoted())
        });
    }
    let total = grouped(cuts.d_vocab);
    let by_k = (top_k > 0 && top_k < cuts.d_vocab).then(|| words::top_k(top_k));
    let by_p = (top_p < 1.0).then(|| words::top_p(&setting(top_p)));
    let by: Vec<String> = by_k.into_iter().chain(by_p).collect();
    let said = if by.is_empty() {
        words::nothing_cut(&total)
    } else {
        words::keep(&by, &grouped(cuts.n_kept), &total, &percent(cuts.mass_kept))
    };
    let is_heated = (temperature - 1.0).abs() > f64::EPSILON;
    let before = is_heated.then(|| words::at_temperature(&setting(temperature)));
    capitalised(&(before.unwrap_or_default() + &said))
}

/// A setting as it was chosen, with three decimals at most.
fn setting(value: f64) -> String {
    full((value * 1e3).round() / 1e3)
}

/// A count with its thousands apart: `1,338`.
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Heads of the columns of [`rows`].
pub const COLUMNS: [&str; 5] = [
    "id",
    "token",
    "probability",
    "after the temperature",
    "of being drawn",
];

/// The listed tokens in full.
#[must_use]
pub fn rows(cuts: &Cuts) -> Vec<Vec<String>> {
    let row = |token: &CutToken| {
        vec![
            token.id.to_string(),
            headlight_figure::token::header(&token.text),
            full(token.prob),
            full(token.heated),
            full(token.drawn),
        ]
    };
    cuts.tokens.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEATED: [f64; 5] = [0.4, 0.25, 0.15, 0.1, 0.05];

    /// Five listed tokens of 1338; the first `n_kept` may be drawn.
    fn cuts(n_kept: usize) -> Cuts {
        let mass_kept: f64 = HEATED.iter().take(n_kept).sum();
        let token = |(place, heated): (usize, f64)| CutToken {
            id: place as u32,
            text: format!(" w{place}"),
            prob: heated / 2.0,
            heated,
            drawn: if place < n_kept {
                heated / mass_kept
            } else {
                0.0
            },
        };
        Cuts {
            tokens: HEATED.into_iter().enumerate().map(token).collect(),
            n_kept,
            d_vocab: 1338,
            mass_kept,
        }
    }

    #[test]
    fn the_cut_lies_below_the_last_token_that_may_be_drawn() {
        let bars = CutBars::new(&cuts(3));
        let is_drawn = |bar: &&CutBar| bar.drawn_percent.is_some();
        let n_drawn = bars.bars.iter().take_while(is_drawn).count();
        assert_eq!(bars.cut_y, Some(n_drawn as f64 * PITCH));
        assert_eq!(CutBars::new(&cuts(5)).cut_y, Some(5.0 * PITCH));
        assert_eq!(CutBars::new(&cuts(700)).cut_y, None);
    }

    #[test]
    fn the_probability_of_drawing_a_token_is_said() {
        let bars = CutBars::new(&cuts(3)).bars;
        assert_eq!(bars[0].drawn_percent.as_deref(), Some("50.0\u{a0}%"));
    }

    #[test]
    fn a_height_is_the_top_k_whose_line_is_nearest() {
        let cuts = cuts(3);
        for top_k in 1..=5_u32 {
            assert_eq!(top_k_at(&cuts, f64::from(top_k) * PITCH), top_k as usize);
        }
        assert_eq!(top_k_at(&cuts, -100.0), 1);
        assert_eq!(top_k_at(&cuts, f64::NAN), 1);
        assert_eq!(top_k_at(&cuts, 2.4 * PITCH), 2);
        assert_eq!(top_k_at(&cuts, 900.0 * PITCH), 0);
    }

    #[test]
    fn a_line_within_a_bar_keeps_that_token_and_no_further_one() {
        let cuts = cuts(3);
        for place in 0..5_u32 {
            let upto = |n: usize| HEATED.iter().take(n).sum::<f64>();
            for share in [0.1, 0.5, 0.9] {
                let y = (f64::from(place) + share) * PITCH;
                let top_p = top_p_at(&cuts, 0, y);
                let (less, enough) = (upto(place as usize), upto(place as usize + 1));
                assert!(less < top_p && top_p <= enough, "{y}: {top_p}");
            }
        }
    }

    #[test]
    fn dragging_down_never_keeps_less() {
        let cuts = cuts(3);
        let values: Vec<f64> = (-20..200)
            .map(|y| top_p_at(&cuts, 4, f64::from(y)))
            .collect();
        assert!(values.is_sorted());
        assert_eq!((values[0], values[219]), (MIN_TOP_P, 1.0));
    }

    #[test]
    fn top_p_is_a_share_of_what_top_k_leaves() {
        let cuts = cuts(3);
        // Of what two tokens have, the first alone.
        let of_two = HEATED[0] / (HEATED[0] + HEATED[1]);
        assert!((top_p_at(&cuts, 2, PITCH) - of_two).abs() < 1e-12);
        assert!((top_p_at(&cuts, 0, PITCH) - HEATED[0]).abs() < 1e-12);
    }

    #[test]
    fn the_sentence_names_the_cuts_and_what_they_keep() {
        let said = |temperature, top_k, top_p| sentence(&cuts(3), temperature, top_k, top_p);
        assert_eq!(
            said(1.0, 0, 0.75),
            "Top-p 0.75 keeps 3 of 1,338 tokens, 80.0\u{a0}% of the probability."
        );
        assert_eq!(
            said(0.7, 4, 0.92),
            "At temperature 0.7, top-k 4 and top-p 0.92 keep 3 of 1,338 tokens, \
             80.0\u{a0}% of the probability."
        );
        assert_eq!(
            said(1.0, 0, 1.0),
            "Nothing is cut off: each of the 1,338 tokens may be drawn."
        );
        assert!(said(0.0, 0, 1.0).ends_with("taken: “w0”."));
    }

    #[test]
    fn thousands_stand_apart() {
        let texts = [7, 999, 1_338, 50_257, 1_000_000].map(grouped);
        assert_eq!(texts, ["7", "999", "1,338", "50,257", "1,000,000"]);
    }

    #[test]
    fn the_table_holds_all_three_probabilities_in_full() {
        let cuts = cuts(3);
        let rows = rows(&cuts);
        assert!(rows.iter().all(|row| row.len() == COLUMNS.len()));
        let drawn = rows[1][4].parse::<f64>().unwrap();
        assert_eq!(drawn.to_bits(), cuts.tokens[1].drawn.to_bits());
        assert_eq!(rows[4][4], "0");
    }
}
