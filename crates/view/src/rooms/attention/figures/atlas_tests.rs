//! Tests of the order of the heads, of what is said of them, and of their table.

use headlight_activations::Thumbnail;

use super::*;

const TOKENS: [u32; 6] = [1, 2, 3, 1, 2, 3];

/// A head whose queries put all their weight on these keys; at `usize::MAX`
/// they spread it evenly.
pub(crate) fn head(layer: usize, head: usize, keys: [usize; 6]) -> ShadedThumbnail {
    let mut cells = vec![0.0; 36];
    for (query, key) in keys.into_iter().enumerate() {
        match cells[query * 6..].get_mut(key) {
            Some(cell) if key <= query => *cell = 1.0,
            _ => cells[query * 6..=query * 7].fill(1.0 / (query as f32 + 1.0)),
        }
    }
    let scores = HeadScores::of(&cells, &TOKENS);
    let thumbnail = Thumbnail {
        layer,
        head,
        side: 6,
        cells,
        scores,
    };
    thumbnail.into()
}

const PREVIOUS: [usize; 6] = [0, 0, 1, 2, 3, 4];
const INDUCTION: [usize; 6] = [0, 0, 0, 1, 2, 3];
const SAME: [usize; 6] = [0, 0, 0, 0, 1, 2];
const FIRST: [usize; 6] = [0; 6];
const EVEN: [usize; 6] = [usize::MAX; 6];
const ITSELF: [usize; 6] = [0, 1, 2, 3, 4, 5];

/// Two layers of three heads.
pub(crate) fn six() -> Vec<ShadedThumbnail> {
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
    let has_arrived = atlas.cells().map(|cell| cell.thumbnail.is_some());
    let has_arrived: Vec<_> = has_arrived.collect();
    assert_eq!(has_arrived, [false, false, false, true, true, true]);
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
    assert_eq!((&cells[5].score, &cells[5].thumbnail), (&None, &None));
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
    let small = [ShadedThumbnail::from(small)];
    let atlas = |sort| Atlas::new(&small, 1, 1, 2, sort);
    assert_eq!(atlas(Sort::Duplicate).sentence(), words::NO_COPIES);
    assert!(atlas(Sort::Sink).sentence().contains("100\u{a0}%"));
    assert_eq!(
        Atlas::new(&[], 1, 1, 2, Sort::Sink).sentence(),
        words::NONE_YET
    );
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
