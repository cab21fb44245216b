//! The atlas of all heads: one small map each, ordered and named.
//!
//! Sorted by layer it is the model's own plan, with a section per layer. Sorted
//! by a score it is one ranked list: the highest score first, but the lowest
//! entropy, because the sharpest heads are the ones that can be read. Heads that
//! have not arrived yet keep their place in the plan and end a ranked list.

use crate::answers::head;
use crate::rooms::attention::words as room_words;
use std::cmp::Reverse;

use headlight_activations::{HeadScores, Thumbnail};

use crate::answers::head::Head;
use crate::rooms::attention::figures::head_kind::{Kind, largest_entropy};
use headlight_figure::number::{fixed, full, percent};
use headlight_figure::order;
use headlight_figure::ramp::Ramp;
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

    pub(crate) fn first_by_weight(head: &str, percent: &str, habit: &str) -> String {
        format!("First is {head}: where it can, it looks {habit} with {percent} of its weight.")
    }

    pub(crate) fn sharpest(head: &str, bits: &str, most: &str) -> String {
        format!("The sharpest is {head}: {bits} bits of entropy, of at most {most}.")
    }
}

/// Smallest side of a thumbnail that still shows a diagonal.
const MIN_SIDE: f64 = 28.0;
/// Largest side of a thumbnail.
const MAX_SIDE: f64 = 72.0;
/// Distance between two thumbnails.
const GAP: f64 = 6.0;

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
    const fn kind(self) -> Option<Kind> {
        match self {
            Self::Previous => Some(Kind::Previous),
            Self::Duplicate => Some(Kind::Duplicate),
            Self::Induction => Some(Kind::Induction),
            Self::Sink => Some(Kind::FirstToken),
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtlasCell {
    /// Which head.
    pub head: Head,
    /// Its place among the thumbnails; `None` while it has not arrived.
    pub thumbnail: Option<usize>,
    /// What it does, where that is known.
    pub kind: Option<Kind>,
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
    sort: Sort,
    n_heads: usize,
    seq_len: usize,
    best: Option<(Head, f64)>,
}

/// How the thumbnails stand, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AtlasGrid {
    /// Thumbnails side by side.
    pub columns: usize,
    /// Side of one.
    pub side_px: f64,
    /// Distance between two.
    pub gap_px: f64,
}

impl Atlas {
    /// Orders the `n_layers` times `n_heads` heads of a model on a prompt of
    /// `seq_len` tokens; `thumbnails` may lack some of them, in any order.
    #[must_use]
    pub fn new(
        thumbnails: &[Thumbnail],
        n_layers: usize,
        n_heads: usize,
        seq_len: usize,
        sort: Sort,
    ) -> Self {
        let ranked = |layer: usize, head: usize| {
            let is_this = |small: &Thumbnail| small.layer == layer && small.head == head;
            let thumbnail = thumbnails.iter().position(is_this);
            let scores = thumbnail.map(|at| &thumbnails[at].scores);
            let score = scores.and_then(|scores| sort.score(scores));
            let cell = AtlasCell {
                head: Head { layer, head },
                thumbnail,
                kind: scores.and_then(|scores| Kind::of(scores, seq_len)),
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

    /// How the thumbnails stand in `width_px` pixels: a layer in one row where
    /// its heads fit, and as many as are large enough to be read otherwise.
    #[must_use]
    pub fn grid(&self, width_px: f64) -> AtlasGrid {
        let fitting = ((width_px + GAP) / (MIN_SIDE + GAP)).floor().max(1.0) as usize;
        let n_heads = self.n_heads.max(1);
        // Rows of about the same length, where one is not enough.
        let columns = n_heads.div_ceil(n_heads.div_ceil(fitting));
        let free = width_px - (columns - 1) as f64 * GAP;
        AtlasGrid {
            columns,
            side_px: (free / columns as f64).clamp(MIN_SIDE, MAX_SIDE).floor(),
            gap_px: GAP,
        }
    }

    /// Which heads stand under which heading, in order.
    #[must_use]
    pub fn order(&self) -> Vec<(Option<String>, Vec<Head>)> {
        let section = |section: &AtlasSection| {
            let heads = section.cells.iter().map(|cell| cell.head);
            (section.title.clone(), heads.collect())
        };
        self.sections.iter().map(section).collect()
    }

    /// One head's place; `None` where there is no such head.
    #[must_use]
    pub fn cell(&self, head: Head) -> Option<AtlasCell> {
        let mut cells = self.sections.iter().flat_map(|section| &section.cells);
        cells.find(|cell| cell.head == head).cloned()
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
        match self.sort.kind().and_then(Kind::habit) {
            Some(habit) => words::first_by_weight(&head, &percent(score), habit),
            None => words::sharpest(
                &head,
                &fixed(score, 2),
                &fixed(largest_entropy(self.seq_len), 2),
            ),
        }
    }

    fn kinds_sentence(&self, seen: usize) -> String {
        let counted = Kind::ALL.into_iter().filter_map(|kind| {
            let n = self.cells().filter(|cell| cell.kind == Some(kind)).count();
            Some((n, Kind::habit(kind).filter(|_| n > 0)?))
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
        said.push('.');
        said
    }

    fn cells(&self) -> impl Iterator<Item = &AtlasCell> {
        self.sections.iter().flat_map(|section| &section.cells)
    }
}

/// A thumbnail as red, green, blue, opacity: `[query, key, 4]`, row-major, one
/// pixel per cell. Cells above the diagonal, and cells that did not arrive, are
/// transparent, so that the hatching below shows.
#[must_use]
pub fn pixels(thumbnail: &Thumbnail, ramp: &Ramp) -> Vec<u8> {
    let side = thumbnail.side;
    let mut pixels = vec![0; side * side * 4];
    let cells = pixels.chunks_exact_mut(4).zip(&thumbnail.cells);
    for (index, (pixel, weight)) in cells.enumerate() {
        if index % side <= index / side {
            let [red, green, blue] = ramp.rgb(f64::from(*weight));
            pixel.copy_from_slice(&[red, green, blue, u8::MAX]);
        }
    }
    pixels
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
pub fn rows(thumbnails: &[Thumbnail], seq_len: usize) -> Vec<Vec<String>> {
    let mut in_order: Vec<&Thumbnail> = thumbnails.iter().collect();
    order::sort_by_key(&mut in_order, |small| (small.layer, small.head));
    let row = |small: &Thumbnail| {
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
        let kind = Kind::of(scores, seq_len).map_or("", Kind::label);
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
mod tests {
    use super::*;

    const TOKENS: [u32; 6] = [1, 2, 3, 1, 2, 3];

    /// A head whose queries put all their weight on these keys; at `usize::MAX`
    /// they spread it evenly.
    fn head(layer: usize, head: usize, keys: [usize; 6]) -> Thumbnail {
        let mut cells = vec![0.0; 36];
        for (query, key) in keys.into_iter().enumerate() {
            match cells[query * 6..].get_mut(key) {
                Some(cell) if key <= query => *cell = 1.0,
                _ => cells[query * 6..=query * 7].fill(1.0 / (query as f32 + 1.0)),
            }
        }
        let scores = HeadScores::of(&cells, &TOKENS);
        Thumbnail {
            layer,
            head,
            side: 6,
            cells,
            scores,
        }
    }

    const PREVIOUS: [usize; 6] = [0, 0, 1, 2, 3, 4];
    const INDUCTION: [usize; 6] = [0, 0, 0, 1, 2, 3];
    const SAME: [usize; 6] = [0, 0, 0, 0, 1, 2];
    const FIRST: [usize; 6] = [0; 6];
    const EVEN: [usize; 6] = [usize::MAX; 6];
    const ITSELF: [usize; 6] = [0, 1, 2, 3, 4, 5];

    fn six() -> Vec<Thumbnail> {
        vec![
            head(0, 0, PREVIOUS),
            head(0, 1, EVEN),
            head(0, 2, FIRST),
            head(1, 0, INDUCTION),
            head(1, 1, SAME),
            head(1, 2, ITSELF),
        ]
    }

    fn order(atlas: &Atlas) -> Vec<(usize, usize)> {
        let cells = atlas.cells();
        cells
            .map(|cell| (cell.head.layer, cell.head.head))
            .collect()
    }

    #[test]
    fn each_ideal_head_has_its_name() {
        let atlas = Atlas::new(&six(), 2, 3, 6, Sort::Layer);
        let labels = atlas.cells().map(|cell| cell.kind.unwrap().label());
        assert_eq!(
            labels.collect::<Vec<_>>(),
            ["previous", "broad", "first", "induction", "same", "nearby"]
        );
    }

    #[test]
    fn layers_are_sections_and_missing_heads_keep_their_place() {
        let atlas = Atlas::new(&six()[3..], 2, 3, 6, Sort::Layer);
        let titles: Vec<_> = atlas.sections.iter().map(|s| s.title.clone()).collect();
        assert_eq!(
            titles,
            [Some("layer 0".to_owned()), Some("layer 1".to_owned())]
        );
        let places: Vec<_> = atlas.cells().map(|cell| cell.thumbnail).collect();
        assert_eq!(places, [None, None, None, Some(0), Some(1), Some(2)]);
        assert!(atlas.sentence().ends_with("3 of 6 heads have arrived."));
    }

    #[test]
    fn a_score_ranks_highest_first_and_missing_heads_last() {
        let mut thumbnails = six();
        thumbnails.remove(0);
        let atlas = Atlas::new(&thumbnails, 2, 3, 6, Sort::Induction);
        assert_eq!(order(&atlas)[0], (1, 0));
        assert_eq!(order(&atlas)[5], (0, 0));
        let cells = &atlas.sections[0].cells;
        assert_eq!(cells[0].score.as_deref(), Some("100\u{a0}%"));
        assert_eq!(
            (cells[5].score.as_deref(), cells[5].thumbnail),
            (None, None)
        );
    }

    #[test]
    fn entropy_ranks_the_sharpest_first_and_equals_by_layer() {
        let atlas = Atlas::new(&six(), 2, 3, 6, Sort::Entropy);
        assert_eq!(
            order(&atlas),
            [(0, 0), (0, 2), (1, 0), (1, 1), (1, 2), (0, 1)]
        );
        let last = &atlas.sections[0].cells[5];
        assert_eq!(last.score.as_deref(), Some("1.58\u{a0}bits"));
        assert_eq!(
            atlas.sentence(),
            "The sharpest is head 0.0: 0.00 bits of entropy, of at most 1.58."
        );
    }

    #[test]
    fn the_sentence_counts_what_heads_do() {
        let mut heads = six();
        heads.push(head(2, 0, PREVIOUS));
        let atlas = Atlas::new(&heads, 3, 1, 6, Sort::Layer);
        // One head per layer: only heads 0.0, 1.0 and 2.0 are of this model.
        assert_eq!(
            atlas.sentence(),
            "2 of 3 heads mostly look at the token before, \
             1 at what followed earlier copies of the token."
        );
    }

    #[test]
    fn a_prompt_without_copies_says_so_where_copies_are_asked_for() {
        let scores = HeadScores::of(&[1.0, 0.0, 1.0, 0.0], &[1, 2]);
        let small = Thumbnail {
            layer: 0,
            head: 0,
            side: 2,
            cells: vec![1.0, 0.0, 1.0, 0.0],
            scores,
        };
        let atlas = |sort| Atlas::new(std::slice::from_ref(&small), 1, 1, 2, sort);
        assert_eq!(atlas(Sort::Duplicate).sentence(), words::NO_COPIES);
        assert!(atlas(Sort::Sink).sentence().contains("100\u{a0}%"));
        assert_eq!(
            Atlas::new(&[], 1, 1, 2, Sort::Sink).sentence(),
            words::NONE_YET
        );
    }

    #[test]
    fn masked_cells_are_transparent_and_the_others_are_not() {
        let colours = [
            "#000000", "#333333", "#666666", "#999999", "#cccccc", "#ffffff",
        ];
        let ramp = Ramp::from_css(&colours.map(str::to_owned)).unwrap();
        let mut small = head(0, 0, FIRST);
        let pixels_of = |small: &Thumbnail| pixels(small, &ramp);
        let painted = pixels_of(&small);
        let pixel = |query: usize, key: usize| &painted[(query * 6 + key) * 4..][..4];
        assert_eq!(pixel(3, 0), [255, 255, 255, 255]);
        assert_eq!(pixel(3, 3), [0, 0, 0, 255]);
        assert_eq!(pixel(3, 4), [0, 0, 0, 0]);
        small.cells.clear();
        assert_eq!(pixels_of(&small), vec![0; 36 * 4]);
    }

    #[test]
    fn the_grid_never_overflows_and_keeps_a_layer_in_a_row_where_it_fits() {
        let atlas = |n_heads| Atlas::new(&[], 2, n_heads, 6, Sort::Layer);
        assert_eq!(atlas(4).grid(180.0).columns, 4);
        for (n_heads, width) in [(1, 40.0), (4, 180.0), (12, 180.0), (16, 362.0)] {
            let grid = atlas(n_heads).grid(width);
            let columns = grid.columns as f64;
            let used = columns * grid.side_px + (columns - 1.0) * grid.gap_px;
            assert!(used <= width, "{n_heads} heads in {width} px");
            assert!(grid.side_px >= MIN_SIDE);
        }
    }

    #[test]
    fn the_table_has_every_score_in_full() {
        let mut thumbnails = six();
        thumbnails.reverse();
        let rows = rows(&thumbnails, 6);
        assert!(rows.iter().all(|row| row.len() == COLUMNS.len()));
        assert_eq!(rows[0][..3], ["0", "0", "previous"]);
        let expected = thumbnails[5].scores.previous;
        assert_eq!(
            rows[0][3].parse::<f64>().unwrap().to_bits(),
            expected.to_bits()
        );
    }
}
