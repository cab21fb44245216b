//! What kind of head a head is on a prompt, by its scores.

use crate::rooms::attention::words as room_words;
use headlight_activations::HeadScores;

use headlight_figure::number::{fixed, percent};

/// What the page says about kinds.
mod words {
    use super::HeadKind;

    pub(crate) const fn kind(kind: HeadKind) -> &'static str {
        match kind {
            HeadKind::Previous => "previous",
            HeadKind::Duplicate => "same",
            HeadKind::Induction => "induction",
            HeadKind::FirstToken => "first",
            HeadKind::Nearby => "nearby",
            HeadKind::Broad => "broad",
            HeadKind::Mixed => "mixed",
        }
    }

    /// What heads of a kind do, behind "look" or "looks"; nothing for a mixture.
    pub(crate) const fn habit(kind: HeadKind) -> Option<&'static str> {
        match kind {
            HeadKind::Previous => Some("at the token before"),
            HeadKind::Duplicate => Some("at earlier copies of the same token"),
            HeadKind::Induction => Some("at what followed earlier copies of the token"),
            HeadKind::FirstToken => Some("at the first token"),
            HeadKind::Nearby => Some("at the last four tokens"),
            HeadKind::Broad => Some("at everything about evenly"),
            HeadKind::Mixed => None,
        }
    }

    pub(crate) fn scores(parts: &[String]) -> String {
        format!("This head, where it can look there: {}.", parts.join(", "))
    }

    pub(crate) fn part(weight: &str, habit: &str) -> String {
        format!("{weight} {habit}")
    }

    pub(crate) const PREVIOUS: &str = "on the token before";
    pub(crate) const DUPLICATE: &str = "on earlier copies";
    pub(crate) const INDUCTION: &str = "on what followed them";
    pub(crate) const SINK: &str = "on the first token";

    pub(crate) fn entropy(bits: &str) -> String {
        format!("entropy {bits}")
    }
}

/// Where the entropy is at least this share of the largest possible, a head is
/// called broad. Asked first: in a short prompt an even spread puts much weight
/// on every target.
pub const BROAD_FROM: f64 = 0.85;
/// A head is named after a target that gets at least this weight, on average
/// over the queries that have such a target.
pub const TARGET_FROM: f64 = 0.4;
/// A head that no target names is named after the first token where that gets at
/// least this weight.
///
/// Asked after the targets: an induction head rests on the first token as long
/// as nothing has been repeated.
pub const FIRST_TOKEN_FROM: f64 = 0.5;

/// A head that nothing above names is called nearby where the token itself and the
/// three before it get at least this weight.
pub const NEARBY_FROM: f64 = 0.6;

/// What a head mostly does on this prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HeadKind {
    /// Looks at the token just before.
    Previous,
    /// Looks at earlier copies of the same token.
    Duplicate,
    /// Looks at tokens that followed earlier copies.
    Induction,
    /// Looks at the first token.
    FirstToken,
    /// Looks at the token itself and the three before it.
    Nearby,
    /// Spreads its weight about evenly.
    Broad,
    /// None of these.
    Mixed,
}

impl HeadKind {
    pub(crate) const ALL: [Self; 7] = [
        Self::Previous,
        Self::Duplicate,
        Self::Induction,
        Self::FirstToken,
        Self::Nearby,
        Self::Broad,
        Self::Mixed,
    ];

    /// The kind that these scores over `seq_len` tokens show, by [`BROAD_FROM`],
    /// [`TARGET_FROM`], [`FIRST_TOKEN_FROM`] and [`NEARBY_FROM`] in this order; of several targets
    /// the one with most weight. `None` for a single token, where all heads do
    /// the same.
    #[must_use]
    pub fn of(scores: &HeadScores, seq_len: usize) -> Option<Self> {
        let most_bits = largest_entropy(seq_len);
        if most_bits <= 0.0 {
            return None;
        }
        if scores.entropy >= BROAD_FROM * most_bits {
            return Some(Self::Broad);
        }
        let over = &scores.over_targets;
        let targets = [
            (Self::Previous, over.previous),
            (Self::Duplicate, over.duplicate),
            (Self::Induction, over.induction),
        ];
        let named = targets.into_iter().filter_map(|(kind, weight)| {
            let weight = weight?;
            (weight >= TARGET_FROM).then_some((kind, weight))
        });
        let strongest = named.reduce(|best, next| if next.1 > best.1 { next } else { best });
        let is_first_token = scores.sink.is_some_and(|sink| sink >= FIRST_TOKEN_FROM);
        let is_nearby = scores.nearby.is_some_and(|nearby| nearby >= NEARBY_FROM);
        Some(match strongest {
            Some((kind, _)) => kind,
            None if is_first_token => Self::FirstToken,
            None if is_nearby => Self::Nearby,
            None => Self::Mixed,
        })
    }

    /// What heads of this kind do, behind "look" or "looks"; nothing for a mixture.
    pub(crate) const fn habit(self) -> Option<&'static str> {
        words::habit(self)
    }

    /// Its name below a thumbnail.
    #[must_use]
    pub const fn label(self) -> &'static str {
        words::kind(self)
    }
}

/// The entropy of even attention, in bits: the mean of `log2` of what each query
/// may look at.
#[must_use]
pub fn largest_entropy(seq_len: usize) -> f64 {
    let bits: f64 = (1..=seq_len).map(|n_keys| (n_keys as f64).log2()).sum();
    bits / seq_len.max(1) as f64
}

/// The scores of one head in a sentence; a score that this prompt does not have is left out.
#[must_use]
pub fn sentence(scores: &HeadScores) -> String {
    let over = &scores.over_targets;
    let weights = [
        (over.previous, words::PREVIOUS),
        (over.duplicate, words::DUPLICATE),
        (over.induction, words::INDUCTION),
        (scores.sink, words::SINK),
    ];
    let known = weights.into_iter().filter_map(|(weight, habit)| {
        let weight = weight?;
        Some(words::part(&percent(weight), habit))
    });
    let mut parts: Vec<String> = known.collect();
    parts.push(words::entropy(&room_words::bits(&fixed(scores.entropy, 2))));
    words::scores(&parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each of six tokens looks at the one before it.
    fn previous() -> HeadScores {
        let mut cells = vec![0.0; 36];
        for query in 0..6_usize {
            cells[query * 6 + query.saturating_sub(1)] = 1.0;
        }
        HeadScores::of(&cells, &[1, 2, 3, 1, 2, 3])
    }

    #[test]
    fn even_attention_over_a_short_prompt_is_not_taken_for_a_previous_token_head() {
        let scores = HeadScores::of(&[1.0, 0.0, 0.5, 0.5], &[1, 2]);
        assert!(scores.over_targets.previous.unwrap() >= TARGET_FROM);
        assert_eq!(HeadKind::of(&scores, 2), Some(HeadKind::Broad));
        assert!((scores.entropy - largest_entropy(2)).abs() < 1e-12);
    }

    #[test]
    fn of_two_targets_the_one_with_more_weight_names_the_head() {
        let mut scores = previous();
        scores.over_targets.previous = Some(TARGET_FROM);
        scores.over_targets.induction = Some(TARGET_FROM + 0.05);
        assert_eq!(HeadKind::of(&scores, 6), Some(HeadKind::Induction));
        scores.over_targets.induction = Some(TARGET_FROM - 0.05);
        assert_eq!(HeadKind::of(&scores, 6), Some(HeadKind::Previous));
    }

    #[test]
    fn a_single_token_gives_no_head_a_name() {
        assert_eq!(HeadKind::of(&HeadScores::of(&[1.0], &[4]), 1), None);
    }

    #[test]
    fn scores_are_said_and_those_that_do_not_exist_are_not() {
        assert_eq!(
            sentence(&previous()),
            "This head, where it can look there: 100\u{a0}% on the token before, 0\u{a0}% on earlier copies, \
             0\u{a0}% on what followed them, 20.0\u{a0}% on the first token, entropy 0.00\u{a0}bits."
        );
        let alone = HeadScores::of(&[1.0, 0.0, 0.5, 0.5], &[1, 2]);
        assert_eq!(
            sentence(&alone),
            "This head, where it can look there: 50.0\u{a0}% on the token before, 50.0\u{a0}% on the first token, \
             entropy 0.50\u{a0}bits."
        );
    }
}
