//! The atlas of all heads: one small map each, ordered and named.
//!
//! Sorted by layer it is the model's own plan, with a section per layer. Sorted
//! by a score it is one ranked list: the highest score first, but the lowest
//! entropy, because the sharpest heads are the ones that can be read. Heads that
//! have not arrived yet keep their place in the plan and end a ranked list.

use crate::answers::head;
use crate::rooms::attention::words as room_words;
use std::cmp::Reverse;

use headlight_activations::HeadScores;

use crate::answers::head::Head;
use crate::answers::shaded::ShadedThumbnail;
use crate::rooms::attention::figures::head_kind::{HeadKind, largest_entropy};
use headlight_figure::number::{fixed, full, percent};
use headlight_figure::order;
use headlight_figure::table::Column;

/// What the page says about the atlas.
mod words {
    use super::Sort;

    pub(crate) const fn sort(sort: Sort) -> &'static str {
        match sort {
            Sort::Layer => "layer",
            Sort::Previous => "the token before",
            Sort::Duplicate => "the same token",
            Sort::Induction => "induction",
            Sort::Entropy => "entropy",
            Sort::Sink => "first token",
        }
    }

    pub(crate) const NONE_YET: &str = "No head has arrived yet.";
    pub(crate) const ONE_TOKEN: &str =
        "With a single token every head can only look at that token.";
    pub(crate) const NOTHING_STANDS_OUT: &str =
        "No head stands out: each looks at a mixture of tokens.";
    pub(crate) const NO_COPIES: &str =
        "No token of this prompt occurs twice, so no head has a copy to look at.";

    pub(crate) fn so_far(seen: usize, total: usize) -> String {
        format!(" {seen} of {total} heads have arrived.")
    }

    pub(crate) fn mostly(n: usize, total: usize, habit: &str) -> String {
        let verb = if n == 1 { "looks" } else { "look" };
        format!("{n} of {total} heads mostly {verb} {habit}")
    }

    /// Ends the list of what heads look at; `n` look at nothing in particular.
    pub(crate) fn and_mixed(n: usize) -> String {
        match n {
            0 => ".".to_owned(),
            1 => "; 1 looks at a mixture.".to_owned(),
            _ => format!("; {n} look at a mixture."),
        }
    }

    pub(crate) fn first_by_weight(head: &str, percent: &str, habit: &str) -> String {
        format!("First is {head}: where it can, it looks {habit} with {percent} of its weight.")
    }

    pub(crate) fn sharpest(head: &str, bits: &str, most: &str) -> String {
        format!("The sharpest is {head}: {bits} bits of entropy, of at most {most}.")
    }
}

/// In what order the heads stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// As the model has them.
    #[default]
    Layer,
    /// By the weight on the token just before, highest first.
    Previous,
    /// By the weight on earlier copies of the same token, highest first.
    Duplicate,
    /// By the weight on tokens that followed earlier copies, highest first.
    Induction,
    /// By the mean entropy of the rows, lowest first.
    Entropy,
    /// By the weight on the first token, highest first.
    Sink,
}

impl Sort {
    /// Every order, as a list offers them.
    pub const ALL: [Self; 6] = [
        Self::Layer,
        Self::Previous,
        Self::Duplicate,
        Self::Induction,
        Self::Entropy,
        Self::Sink,
    ];

    /// Its name in a list.
    #[must_use]
    pub const fn name(self) -> &'static str {
        words::sort(self)
    }

    /// The score it ranks by: a weight in `[0, 1]` over the queries that have a
    /// target, or bits; `None` where this prompt has no such target.
    fn score(self, scores: &HeadScores) -> Option<f64> {
        match self {
            Self::Layer => None,
            Self::Previous => scores.over_targets.previous,
            Self::Duplicate => scores.over_targets.duplicate,
            Self::Induction => scores.over_targets.induction,
            Self::Entropy => Some(scores.entropy),
            Self::Sink => scores.sink,
        }
    }

    /// The kind of head that a high score means.
    const fn kind(self) -> Option<HeadKind> {
        match self {
            Self::Previous => Some(HeadKind::Previous),
            Self::Duplicate => Some(HeadKind::Duplicate),
            Self::Induction => Some(HeadKind::Induction),
            Self::Sink => Some(HeadKind::FirstToken),
            Self::Layer | Self::Entropy => None,
        }
    }

    fn text(self, score: f64) -> String {
        match self {
            Self::Entropy => room_words::bits(&fixed(score, 2)),
            _ => percent(score),
        }
    }

    fn short_text(self, score: f64) -> String {
        match self {
            Self::Entropy => fixed(score, 2),
            // There is no room for ">" below a thumbnail.
            _ if score < 1.0 => percent(score.min(0.999)),
            _ => percent(score),
        }
    }
}

/// One head's place in the atlas.
#[derive(Clone, Debug, PartialEq)]
pub struct AtlasCell {
    /// Head of the thumbnail.
    pub head: Head,
    /// Its map; `None` while it has not arrived.
    pub thumbnail: Option<ShadedThumbnail>,
    /// What the head mostly does, where that is known.
    pub kind: Option<HeadKind>,
    /// The score that it is sorted by, as text.
    pub score: Option<String>,
    /// The score in little room, without its unit.
    pub short_score: Option<String>,
}

impl AtlasCell {
    /// What stands below its map: the score, else what it does.
    #[must_use]
    pub fn below(&self) -> Option<String> {
        let kind = || self.kind.map(|kind| kind.label().to_owned());
        self.short_score.clone().or_else(kind)
    }

    /// The head and what is known of it, for its name.
    #[must_use]
    pub fn spoken(&self) -> String {
        let known = self.score.as_deref();
        room_words::head_in_atlas(self.head, known.or_else(|| Some(self.kind?.label())))
    }
}

/// Heads under one heading.
#[derive(Clone, Debug, PartialEq)]
pub struct AtlasSection {
    /// The layer; `None` for a ranked list.
    pub title: Option<String>,
    /// The heads in order.
    pub cells: Vec<AtlasCell>,
}

/// All heads in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Atlas {
    /// One section per layer, or one ranked list.
    pub sections: Vec<AtlasSection>,
    pub(super) sort: Sort,
    pub(super) n_heads: usize,
    seq_len: usize,
    best: Option<(Head, f64)>,
}

impl Atlas {
    /// Orders the `n_layers` times `n_heads` heads of a model on a prompt of
    /// `seq_len` tokens; `thumbnails` may lack some of them, in any order.
    #[must_use]
    pub fn new(
        thumbnails: &[ShadedThumbnail],
        n_layers: usize,
        n_heads: usize,
        seq_len: usize,
        sort: Sort,
    ) -> Self {
        let mut by_head = vec![None; n_layers * n_heads];
        for small in thumbnails.iter().filter(|small| small.head < n_heads) {
            if let Some(place) = by_head.get_mut(small.layer * n_heads + small.head) {
                *place = Some(small);
            }
        }
        let ranked = |layer: usize, head: usize| {
            let thumbnail = by_head[layer * n_heads + head];
            let scores = thumbnail.map(|small| &small.scores);
            let score = scores.and_then(|scores| sort.score(scores));
            let cell = AtlasCell {
                head: Head { layer, head },
                thumbnail: thumbnail.cloned(),
                kind: scores.and_then(|scores| HeadKind::of(scores, seq_len)),
                score: score.map(|score| sort.text(score)),
                short_score: score.map(|score| sort.short_text(score)),
            };
            (score, cell)
        };
        let layer = |layer: usize| (0..n_heads).map(move |head| ranked(layer, head));
        if sort == Sort::Layer {
            let section = |index: usize| AtlasSection {
                title: Some(room_words::layer(index)),
                cells: layer(index).map(|(_, cell)| cell).collect(),
            };
            return Self {
                sections: (0..n_layers).map(section).collect(),
                sort,
                n_heads,
                seq_len,
                best: None,
            };
        }
        let mut list: Vec<(Option<f64>, AtlasCell)> = (0..n_layers).flat_map(layer).collect();
        // Stable: equal heads, and heads without a score, keep the model's order.
        order::sort_by(&mut list, |(a, a_cell), (b, b_cell)| {
            let place = |score: &Option<f64>| match (score, sort) {
                (None, _) => f64::INFINITY,
                (Some(score), Sort::Entropy) => *score,
                (Some(score), _) => -score,
            };
            let order = place(a).total_cmp(&place(b));
            order.then_with(|| a_cell.thumbnail.is_none().cmp(&b_cell.thumbnail.is_none()))
        });
        let best = list
            .first()
            .and_then(|(score, cell)| Some((cell.head, (*score)?)));
        let cells = list.into_iter().map(|(_, cell)| cell).collect();
        Self {
            sections: vec![AtlasSection { title: None, cells }],
            sort,
            n_heads,
            seq_len,
            best,
        }
    }

    /// What the heads of this prompt do, in one sentence, and how many are still
    /// to come.
    #[must_use]
    pub fn sentence(&self) -> String {
        let total = self.cells().count();
        let seen = self.cells().filter(|cell| cell.thumbnail.is_some()).count();
        if seen == 0 {
            return words::NONE_YET.to_owned();
        }
        if self.seq_len < 2 {
            return words::ONE_TOKEN.to_owned();
        }
        let mut said = match (self.sort, self.best) {
            (Sort::Layer, _) => self.kinds_sentence(seen),
            (_, None) => words::NO_COPIES.to_owned(),
            (_, Some((head, score))) => self.best_sentence(head, score),
        };
        if seen < total {
            said.push_str(&words::so_far(seen, total));
        }
        said
    }

    fn best_sentence(&self, head: Head, score: f64) -> String {
        let head = head::head_name(head);
        match self.sort.kind().and_then(HeadKind::habit) {
            Some(habit) => words::first_by_weight(&head, &percent(score), habit),
            None => words::sharpest(
                &head,
                &fixed(score, 2),
                &fixed(largest_entropy(self.seq_len), 2),
            ),
        }
    }

    fn kinds_sentence(&self, seen: usize) -> String {
        let counted = HeadKind::ALL.into_iter().filter_map(|kind| {
            let n = self.cells().filter(|cell| cell.kind == Some(kind)).count();
            Some((n, HeadKind::habit(kind).filter(|_| n > 0)?))
        });
        let mut counted: Vec<(usize, &str)> = counted.collect();
        order::sort_by_key(&mut counted, |counted| Reverse(counted.0));
        let Some(((n, habit), others)) = counted.split_first() else {
            return words::NOTHING_STANDS_OUT.to_owned();
        };
        let mut said = words::mostly(*n, seen, habit);
        for (n, habit) in others {
            said.push_str(&format!(", {n} {habit}"));
        }
        let is_mixed = |cell: &&AtlasCell| cell.kind == Some(HeadKind::Mixed);
        let n_mixed = self.cells().filter(is_mixed).count();
        said.push_str(&words::and_mixed(n_mixed));
        said
    }

    /// All heads, in the order in which they stand.
    pub fn cells(&self) -> impl Iterator<Item = &AtlasCell> {
        self.sections.iter().flat_map(|section| &section.cells)
    }
}

/// Heads of the columns of [`rows`].
pub const COLUMNS: [Column; 12] = [
    Column::value("layer"),
    Column::value("head"),
    Column::text("kind"),
    Column::value("previous"),
    Column::value("duplicate"),
    Column::value("induction"),
    Column::value("entropy, bits"),
    Column::value("first token"),
    Column::value("nearby"),
    Column::value("previous, over targets"),
    Column::value("duplicate, over targets"),
    Column::value("induction, over targets"),
];

/// The scores of the heads that have arrived, in the model's order.
#[must_use]
pub fn rows(thumbnails: &[ShadedThumbnail], seq_len: usize) -> Vec<Vec<String>> {
    let mut in_order: Vec<&ShadedThumbnail> = thumbnails.iter().collect();
    order::sort_by_key(&mut in_order, |small| (small.layer, small.head));
    let row = |small: &ShadedThumbnail| {
        let scores = &small.scores;
        let over = &scores.over_targets;
        let numbers = [
            Some(scores.previous),
            Some(scores.duplicate),
            Some(scores.induction),
            Some(scores.entropy),
            scores.sink,
            scores.nearby,
            over.previous,
            over.duplicate,
            over.induction,
        ];
        let kind = HeadKind::of(scores, seq_len).map_or("", HeadKind::label);
        let named = [
            small.layer.to_string(),
            small.head.to_string(),
            kind.to_owned(),
        ];
        let numbers = numbers.map(|number| number.map(full).unwrap_or_default());
        named.into_iter().chain(numbers).collect()
    };
    in_order.into_iter().map(row).collect()
}

#[cfg(test)]
#[path = "atlas_tests.rs"]
pub(crate) mod tests;
