//! Thumbnails, scores and tiles against whole patterns, and what is refused.

#![cfg(feature = "cpu")]
#![expect(
    clippy::unwrap_used,
    reason = "a test whose engine does not answer should stop there"
)]

use std::cell::Cell;
use std::ops::Range;
use std::path::PathBuf;

use headlight_activations::{HeadScores, Thumbnail};
use headlight_engine::{
    AnswerError, ErrorKind, HeadRef, LayerCache, Loaded, MAX_TILE_SIDE, ModelFiles, TileError,
};
use headlight_model::{KeptRun, Pace, Stopped, Unhurried};

const PROMPTS: [(&str, &str); 4] = [
    (
        "tiny-a",
        "Anna put the key in the box. Tom put a ball in the box. Anna put",
    ),
    ("tiny-b", "The cat is under the table."),
    (
        "tiny-c",
        "The key was in the box. Tom went to the garden and said so. The key was in",
    ),
    (
        "tiny-attn",
        "river olive amber fjord cedar river olive amber fjord cedar river",
    ),
];

/// A model with a finished run.
struct Ran {
    loaded: Loaded,
    kept: KeptRun,
    tokens: Vec<u32>,
}

fn ran(name: &str, prompt: &str) -> Ran {
    let folder = PathBuf::from("../../tests/fixtures");
    let read = |file: &str| std::fs::read(folder.join(name).join(file)).unwrap();
    let files = ModelFiles {
        config: read("config.json"),
        weights: read("model.safetensors"),
        tokenizer: read("tokenizer.json"),
    };
    let loaded = Loaded::on_cpu(&files).unwrap();
    let run = loaded.run(prompt, 1, &[], None, &Unhurried);
    let (_, last) = pollster::block_on(run).unwrap();
    let (kept, tokens) = (last.kept, last.tokens);
    Ran {
        loaded,
        kept,
        tokens,
    }
}

impl Ran {
    fn thumbnails(&self, side: usize) -> Vec<Thumbnail> {
        let (kept, tokens) = (&self.kept, &self.tokens);
        let mut cache = LayerCache::default();
        let all =
            self.loaded
                .thumbnails(kept, tokens, &mut cache, self.all_heads(), side, &Unhurried);
        pollster::block_on(all).unwrap()
    }

    fn all_heads(&self) -> Range<usize> {
        let shape = &self.loaded.model.architecture.shape;
        0..shape.n_layers * shape.n_heads
    }

    fn pattern(&self, layer: usize, head: usize) -> Vec<f32> {
        pollster::block_on(self.kept.pattern(layer, head))
            .unwrap()
            .pattern
    }
}

/// The largest weight of each cell of a rectangle of a whole pattern.
fn pooled(
    pattern: &[f32],
    n: usize,
    queries: Range<usize>,
    keys: Range<usize>,
    pool: usize,
) -> Vec<f32> {
    let mut cells = Vec::new();
    for query in queries.clone().step_by(pool) {
        for key in keys.clone().step_by(pool) {
            let columns = key..keys.end.min(key + pool);
            let weights = (query..queries.end.min(query + pool))
                .flat_map(|row| pattern[row * n..][..n][columns.clone()].iter().copied());
            cells.push(weights.fold(0.0, f32::max));
        }
    }
    cells
}

/// Both sides round in f32, and weights are at most 1.
fn assert_close(name: &str, got: &[f32], want: &[f32]) {
    assert_eq!(got.len(), want.len(), "{name}");
    for (got, want) in got.iter().zip(want) {
        assert!((got - want).abs() <= 1e-6, "{name}: {got} and {want}");
    }
}

#[test]
fn thumbnails_are_the_pooled_patterns_with_their_scores() {
    for (name, prompt) in PROMPTS {
        let ran = ran(name, prompt);
        let n = ran.tokens.len();
        let shape = ran.loaded.model.architecture.shape;
        // A side that divides nothing, one cell, and more cells than tokens.
        for (side, pool) in [(4, n.div_ceil(4)), (1, n), (64, 1)] {
            let thumbnails = ran.thumbnails(side);
            assert_eq!(thumbnails.len(), shape.n_layers * shape.n_heads);
            for (index, thumbnail) in thumbnails.iter().enumerate() {
                let (layer, head) = (index / shape.n_heads, index % shape.n_heads);
                let name = format!("{name} {layer}.{head} in {side}");
                assert_eq!((thumbnail.layer, thumbnail.head), (layer, head));
                assert_eq!(thumbnail.side, n.div_ceil(pool), "{name}");
                let pattern = ran.pattern(layer, head);
                let want = pooled(&pattern, n, 0..n, 0..n, pool);
                assert_close(&name, &thumbnail.cells, &want);
                let want = HeadScores::of(&pattern, &ran.tokens);
                assert_scores(&name, &thumbnail.scores, &want);
            }
        }
    }
}

/// Weights that differ by rounding give scores that do, and bits of entropy
/// the more so the more keys there are.
fn assert_scores(name: &str, got: &HeadScores, want: &HeadScores) {
    let list = |scores: &HeadScores| {
        let targets = scores.over_targets;
        [
            Some(scores.previous),
            Some(scores.duplicate),
            Some(scores.induction),
            Some(scores.entropy / 10.0),
            scores.sink,
            targets.previous,
            targets.duplicate,
            targets.induction,
        ]
    };
    for (got, want) in list(got).into_iter().zip(list(want)) {
        assert_eq!(got.is_some(), want.is_some(), "{name}");
        let gap = (got.unwrap_or(0.0) - want.unwrap_or(0.0)).abs();
        assert!(gap <= 1e-6, "{name}: {got:?} and {want:?}");
    }
}

#[test]
fn tiles_are_parts_of_the_pattern() {
    for (name, prompt) in PROMPTS {
        let ran = ran(name, prompt);
        let n = ran.tokens.len();
        let shape = ran.loaded.model.architecture.shape;
        let mut cache = LayerCache::default();
        // Back and forth between layers, so that a stale layer would show.
        for layer in (0..shape.n_layers).chain((0..shape.n_layers).rev()) {
            let head = shape.n_heads - 1;
            let pattern = ran.pattern(layer, head);
            for (queries, keys, pool) in [
                (0..n, 0..n, 1),
                (2..n, 1..n - 1, 3),
                (0..2, n - 2..n, 1),
                (n - 1..n, 0..n, n + 5),
            ] {
                let at = HeadRef { layer, head };
                let (q, k) = (queries.clone(), keys.clone());
                let tile = ran
                    .loaded
                    .tile(&ran.kept, &mut cache, at, q, k, pool, &Unhurried);
                let tile = pollster::block_on(tile).unwrap();
                let name = format!("{name} {layer}.{head} {queries:?} {keys:?} by {pool}");
                assert_eq!(tile.dims().iter().product::<usize>(), tile.weights.len());
                let want = pooled(&pattern, n, queries, keys, pool);
                assert_close(&name, &tile.weights, &want);
                let lse = pollster::block_on(ran.kept.pattern(layer, head))
                    .unwrap()
                    .lse;
                assert_eq!(tile.lse, lse[tile.queries.clone()]);
            }
        }
    }
}

#[test]
fn a_new_run_is_not_shown_with_the_old_layer() {
    let first = ran("tiny-a", "Tom went to the garden.");
    let second = first
        .loaded
        .run("Anna went to the box.", 1, &[], None, &Unhurried);
    let second = pollster::block_on(second).unwrap().1.kept;
    let mut cache = LayerCache::default();
    let mut corner = |kept: &KeptRun| {
        let n = kept.seq_len();
        let at = HeadRef { layer: 0, head: 0 };
        let tile = first
            .loaded
            .tile(kept, &mut cache, at, n - 1..n, 0..n, 1, &Unhurried);
        pollster::block_on(tile).unwrap().weights
    };
    let (one, other) = (corner(&first.kept), corner(&second));
    assert_ne!(one, other);
    let n = second.seq_len();
    let want = pollster::block_on(second.pattern(0, 0)).unwrap().pattern;
    assert_close("the second run", &other, &want[(n - 1) * n..]);
}

#[test]
fn what_cannot_be_shown_is_refused_in_one_sentence() {
    let ran = ran("tiny-a", "Tom went to the garden.");
    let n = ran.tokens.len();
    let ask = |layer, head, queries, keys, pool| {
        let mut cache = LayerCache::default();
        let at = HeadRef { layer, head };
        let tile = ran
            .loaded
            .tile(&ran.kept, &mut cache, at, queries, keys, pool, &Unhurried);
        let error = pollster::block_on(tile).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input);
        error.to_string()
    };
    assert_eq!(
        ask(2, 0, 0..1, 0..1, 1),
        "layer 2 does not exist, expected a layer from 0 to 1"
    );
    assert_eq!(
        ask(0, 3, 0..1, 0..1, 1),
        "head 3 does not exist, expected a head from 0 to 2"
    );
    assert_eq!(
        ask(0, 0, 0..1, 4..n + 1, 1),
        format!(
            "the keys are 4 to {} of {n} tokens, expected at least one and none beyond the last",
            n + 1
        )
    );
    let reversed = Range { start: 3, end: 2 };
    for empty in [3..3, reversed, usize::MAX - 1..usize::MAX] {
        assert!(ask(0, 0, empty, 0..1, 1).starts_with("the queries are "));
    }
    assert_eq!(
        ask(0, 0, 0..1, 0..1, 0),
        "pool is 0, expected at least 1 pair per side of a cell"
    );
    for side in [0, MAX_TILE_SIDE + 1] {
        let (kept, tokens) = (&ran.kept, &ran.tokens);
        let mut cache = LayerCache::default();
        let all = ran
            .loaded
            .thumbnails(kept, tokens, &mut cache, 0..1, side, &Unhurried);
        let error = pollster::block_on(all).unwrap_err();
        assert!(matches!(
            error,
            AnswerError::Tile(TileError::NoSuchSide { side: found }) if found == side
        ));
    }
}

/// Stops at the pause after so many.
struct Patience(Cell<usize>);

impl Pace for Patience {
    async fn pause(&self) -> Result<(), Stopped> {
        let left = self.0.get().checked_sub(1).ok_or(Stopped)?;
        self.0.set(left);
        Ok(())
    }
}

#[test]
fn an_atlas_stops_at_the_next_head() {
    let ran = ran("tiny-a", "Tom went to the garden.");
    let pace = Patience(Cell::new(2));
    let (kept, tokens) = (&ran.kept, &ran.tokens);
    let mut cache = LayerCache::default();
    let heads = ran.all_heads();
    let all = ran
        .loaded
        .thumbnails(kept, tokens, &mut cache, heads, 8, &pace);
    let error = pollster::block_on(all).unwrap_err();
    assert!(error.is_stopped());
    assert_eq!(pace.0.get(), 0);
}

#[test]
fn the_products_of_query_and_key_add_up_to_the_score() {
    for (name, prompt) in PROMPTS {
        let ran = ran(name, prompt);
        let n = ran.tokens.len();
        let shape = ran.loaded.model.architecture.shape;
        let mut cache = LayerCache::default();
        for (layer, head) in [(0, 0), (shape.n_layers - 1, shape.n_heads - 1)] {
            let head_pattern = pollster::block_on(ran.kept.pattern(layer, head)).unwrap();
            for (query, key) in [(0, 0), (n - 1, 0), (n - 1, n - 2), (n / 2, 1)] {
                let at = HeadRef { layer, head };
                let found = ran.loaded.query_key(&ran.kept, &mut cache, at, query, key);
                let found = pollster::block_on(found).unwrap();
                assert_eq!([found.q.len(), found.k.len()], [shape.d_head; 2]);
                let products = found.q.iter().zip(&found.k);
                let sum: f64 = products.map(|(q, k)| f64::from(*q) * f64::from(*k)).sum();
                let weight = f64::from(head_pattern.pattern[query * n + key]);
                let score = weight.ln() + f64::from(head_pattern.lse[query]);
                let gap = (sum * found.scale - score).abs();
                // Weight and log-sum-exp are each rounded to f32.
                assert!(gap <= 4e-6, "{name} {layer}.{head} {query} {key}: {gap:e}");
            }
            let beyond = ran
                .loaded
                .query_key(&ran.kept, &mut cache, HeadRef { layer, head }, 0, n);
            let error = pollster::block_on(beyond).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Input);
            assert!(error.to_string().starts_with("the keys are "), "{error}");
        }
    }
}

#[test]
fn a_heads_queries_and_keys_are_those_of_the_run_and_its_values_make_its_output() {
    for (name, prompt) in PROMPTS {
        let ran = ran(name, prompt);
        let n = ran.tokens.len();
        let shape = ran.loaded.model.architecture.shape;
        let at = HeadRef {
            layer: shape.n_layers - 1,
            head: shape.n_heads - 1,
        };
        let found = ran.loaded.head_inputs(&ran.tokens, at, &[], &Unhurried);
        let found = pollster::block_on(found).unwrap();
        assert_eq!((found.seq_len, found.d_head), (n, shape.d_head));
        let mut cache = LayerCache::default();
        let cell = ran
            .loaded
            .query_key(&ran.kept, &mut cache, at, n - 1, n / 2);
        let cell = pollster::block_on(cell).unwrap();
        let row =
            |values: &[f32], row: usize| values[row * shape.d_head..][..shape.d_head].to_vec();
        assert_eq!(row(&found.q, n - 1), cell.q);
        assert_eq!(row(&found.k, n / 2), cell.k);
        assert_eq!(found.scale, cell.scale);
        assert_eq!(found.v.len(), n * shape.d_head);
        let no_head = HeadRef { layer: 0, head: 99 };
        let refused = ran
            .loaded
            .head_inputs(&ran.tokens, no_head, &[], &Unhurried);
        assert!(
            pollster::block_on(refused)
                .unwrap_err()
                .to_string()
                .contains("head 99")
        );
    }
}
