//! Attention shown at any size: an atlas of all heads, and tiles of one.
//!
//! The task: a reader looks over every head of a run and zooms into one of
//! them, for prompts whose patterns are too large to be stored, let alone
//! sent. One layer's queries, keys and log-sum-exp are brought to the host in
//! one read, and from there rows are recomputed, pooled and forgotten. Memory
//! is linear in the prompt, and panning reads nothing from the device.
//!
//! Where a GPU has done the run it makes the tiles too, and only the cells are
//! read. The atlas stays with the host: the scores of a head need its rows whole.
//! The accepted price: every weight of it is recomputed on one CPU core.

use std::ops::Range;

use headlight_activations::{HeadScoresBuilder, QueryKey, Thumbnail, Tile};
use headlight_flash::{HeadView, MaxPool};
use headlight_model::{HostLayer, KeptRun, Pace, PooledTile, RunError};

use crate::{AnswerError, HeadRef, Loaded};

/// The most cells along one side of a square tile: more than a screen shows well,
/// and 1 MB to send. A long row may have as many cells in all.
pub const MAX_TILE_SIDE: usize = 512;

/// Weights recomputed between two pauses: a few milliseconds natively and some
/// tens in a browser, so that a newer request is seen long before 200 ms.
const WEIGHTS_PER_PAUSE: usize = 1 << 18;

/// A tile or an atlas that cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TileError {
    /// A range is empty or ends beyond the prompt.
    #[error(
        "the {axis} are {} to {} of {seq_len} tokens, expected at least one and none beyond the last",
        range.start, range.end
    )]
    NoSuchRange {
        /// `"queries"` or `"keys"`.
        axis: &'static str,
        /// The range asked for, without its end.
        range: Range<usize>,
        /// Number of tokens of the run.
        seq_len: usize,
    },
    /// The cells would hold nothing.
    #[error("pool is 0, expected at least 1 pair per side of a cell")]
    NoPool,
    /// There would be too many cells.
    #[error(
        "the tile has {rows} x {columns} cells, expected at most {} in all: take a larger pool",
        MAX_TILE_SIDE * MAX_TILE_SIDE
    )]
    TooManyCells {
        /// Rows of cells.
        rows: usize,
        /// Columns of cells.
        columns: usize,
    },
    /// A thumbnail's side makes no sense.
    #[error("thumbnails have {side} cells per side, expected 1 to {MAX_TILE_SIDE}")]
    NoSuchSide {
        /// The side asked for.
        side: usize,
    },
}

/// The layer read last, so that the next tile of it needs no read.
///
/// It knows which run its layer is of: after a new run it reads again, and
/// nobody has to tell it.
#[derive(Debug, Default)]
pub struct LayerCache {
    latest: Option<HostLayer>,
}

impl LayerCache {
    /// Numbers of a layer of a run, from the device only if it is not the one here.
    async fn layer(&mut self, kept: &KeptRun, layer: usize) -> Result<&HostLayer, RunError> {
        let host = match self.latest.take() {
            Some(host) if host.is_of(kept, layer) => host,
            // The other one is dropped before this one comes.
            other => {
                drop(other);
                kept.layer(layer).await?
            }
        };
        Ok(self.latest.insert(host))
    }
}

impl Loaded {
    /// Some heads of a run, counted through all layers, each made small and scored.
    ///
    /// A thumbnail has at most `side` cells per side: as many as the prompt
    /// makes when each takes the same whole number of tokens.
    ///
    /// # Errors
    ///
    /// Returns an error if a head does not exist, if `side` is 0 or above
    /// [`MAX_TILE_SIDE`], if `pace` stops the work, or if the device fails.
    ///
    /// # Panics
    ///
    /// Panics if `tokens` are not as many as those of the run.
    pub async fn thumbnails<P: Pace>(
        &self,
        kept: &KeptRun,
        tokens: &[u32],
        cache: &mut LayerCache,
        heads: Range<usize>,
        side: usize,
        pace: &P,
    ) -> Result<Vec<Thumbnail>, AnswerError> {
        if side == 0 || side > MAX_TILE_SIDE {
            return Err(TileError::NoSuchSide { side }.into());
        }
        let n = kept.seq_len();
        assert_eq!(tokens.len(), n, "the tokens of the run");
        let pool = n.div_ceil(side).max(1);
        let n_heads = self.model.architecture.shape.n_heads;
        let mut all = Vec::new();
        for flat in heads {
            let (layer, head) = (flat / n_heads, flat % n_heads);
            self.check_head(HeadRef { layer, head })?;
            let host = cache.layer(kept, layer).await?;
            let mut pooled = MaxPool::new(0..n, 0..n, pool);
            let mut scores = HeadScoresBuilder::new(tokens);
            let visit = |query: usize, row: &[f32]| {
                pooled.push_row(query, row);
                scores.push_row(query, row);
            };
            visit_rows(&host.head(head), 0..n, 0..n, pace, visit).await?;
            all.push(Thumbnail {
                layer,
                head,
                side: n.div_ceil(pool),
                cells: pooled.into_cells(),
                scores: scores.finish(),
            });
        }
        Ok(all)
    }

    /// A rectangle of one head's attention, each cell the largest weight of
    /// `pool` by `pool` pairs.
    ///
    /// On a GPU by its own kernel. Elsewhere `cache` keeps the layer, so that the
    /// next tile of it is had without the device.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such head, if a range is empty or ends
    /// beyond the run's tokens, if `pool` is 0, if there would be more than
    /// [`MAX_TILE_SIDE`] cells per side, if `pace` stops the work, or if the
    /// device fails.
    pub async fn tile<P: Pace>(
        &self,
        kept: &KeptRun,
        cache: &mut LayerCache,
        at: HeadRef,
        queries: Range<usize>,
        keys: Range<usize>,
        pool: usize,
        pace: &P,
    ) -> Result<Tile, AnswerError> {
        self.check_head(at)?;
        check_tile(&queries, &keys, pool, kept.seq_len())?;
        let on_gpu = kept.pooled(at.layer, at.head, queries.clone(), keys.clone(), pool);
        if let Some(PooledTile { cells, lse }) = on_gpu.await? {
            return Ok(Tile {
                layer: at.layer,
                head: at.head,
                queries,
                keys,
                pool,
                weights: cells,
                lse,
            });
        }
        let host = cache.layer(kept, at.layer).await?;
        let mut pooled = MaxPool::new(queries.clone(), keys.clone(), pool);
        let visit = |query: usize, row: &[f32]| pooled.push_row(query, row);
        let head = host.head(at.head);
        visit_rows(&head, queries.clone(), keys.clone(), pace, visit).await?;
        let lse = head.log_sum_exp(queries.clone()).to_vec();
        Ok(Tile {
            layer: at.layer,
            head: at.head,
            queries,
            keys,
            pool,
            weights: pooled.into_cells(),
            lse,
        })
    }
}

impl Loaded {
    /// The query of one token and the key of another, in one head of a run.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such head or position, or if the device fails.
    pub async fn query_key(
        &self,
        kept: &KeptRun,
        cache: &mut LayerCache,
        at: HeadRef,
        query: usize,
        key: usize,
    ) -> Result<QueryKey, AnswerError> {
        self.check_head(at)?;
        let seq_len = kept.seq_len();
        for (axis, pos) in [("queries", query), ("keys", key)] {
            if pos >= seq_len {
                let range = pos..pos.saturating_add(1);
                return Err(TileError::NoSuchRange {
                    axis,
                    range,
                    seq_len,
                }
                .into());
            }
        }
        let host = cache.layer(kept, at.layer).await?;
        Ok(QueryKey {
            layer: at.layer,
            head: at.head,
            query,
            key,
            scale: host.scale(),
            q: host.query(at.head, query).to_vec(),
            k: host.key(at.head, key).to_vec(),
        })
    }
}

/// Recomputes rows and pauses after every few, and at the end.
async fn visit_rows<P: Pace>(
    head: &HeadView<'_>,
    queries: Range<usize>,
    keys: Range<usize>,
    pace: &P,
    mut visit: impl FnMut(usize, &[f32]),
) -> Result<(), RunError> {
    let n_rows = (WEIGHTS_PER_PAUSE / keys.len().max(1)).max(1);
    for first in queries.clone().step_by(n_rows) {
        let rows = first..queries.end.min(first + n_rows);
        head.for_each_row(rows, keys.clone(), &mut visit);
        pace.pause().await?;
    }
    Ok(())
}

fn check_tile(
    queries: &Range<usize>,
    keys: &Range<usize>,
    pool: usize,
    seq_len: usize,
) -> Result<(), TileError> {
    for (axis, range) in [("queries", queries), ("keys", keys)] {
        if range.is_empty() || range.end > seq_len {
            let range = range.clone();
            return Err(TileError::NoSuchRange {
                axis,
                range,
                seq_len,
            });
        }
    }
    if pool == 0 {
        return Err(TileError::NoPool);
    }
    let [rows, columns] = [queries, keys].map(|range| range.len().div_ceil(pool));
    if rows.saturating_mul(columns) > MAX_TILE_SIDE * MAX_TILE_SIDE {
        return Err(TileError::TooManyCells { rows, columns });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_has_at_most_as_many_cells_as_a_screen_shows() {
        assert_eq!(check_tile(&(0..512), &(3..1_024), 2, 1_024), Ok(()));
        assert_eq!(check_tile(&(0..512), &(0..512), 1, 1_024), Ok(()));
        assert_eq!(check_tile(&(0..1), &(0..1_024), 1, 1_024), Ok(()));
        let (rows, columns) = (513, 512);
        let refused = Err(TileError::TooManyCells { rows, columns });
        assert_eq!(check_tile(&(0..513), &(0..512), 1, 1_024), refused);
    }

    #[test]
    fn an_empty_range_is_refused_even_at_the_end() {
        let (axis, range, seq_len) = ("keys", 9..9, 9);
        let refused = Err(TileError::NoSuchRange {
            axis,
            range: range.clone(),
            seq_len,
        });
        assert_eq!(check_tile(&(0..9), &range, 1, seq_len), refused);
    }
}
