//! What stays of a run so that any head's pattern can be had again.

use std::ops::Range;
use std::sync::Arc;

use burn::tensor::Tensor;
use headlight_activations::{HookPoint, Site};
use headlight_kernels::PatternTile;

use crate::RunError;
use crate::attention::AttentionPlan;
use crate::readback::Readback;
use crate::tap::{ResolvedEdit, Tap};

/// Queries, keys and log-sum-exp of one layer: linear in the sequence.
#[derive(Clone, Debug)]
pub(crate) struct KeptLayer {
    /// `[batch, head, query, d_head]`
    pub(crate) q: Tensor<4>,
    /// `[batch, head, key, d_head]`
    pub(crate) k: Tensor<4>,
    /// `[batch, head, query, 1]`
    pub(crate) lse: Tensor<4>,
}

/// What stays of a run: enough to recompute any head's pattern, on demand.
#[derive(Clone, Debug)]
pub struct KeptRun {
    /// Output of the final norm: `[1, pos, d_model]`.
    pub(crate) normalized: Tensor<3>,
    /// Shared by the copies of this run and by what is read of it.
    pub(crate) run: Arc<RunMark>,
    pub(crate) layers: Vec<KeptLayer>,
    pub(crate) scales: Vec<f64>,
    pub(crate) edits: Vec<ResolvedEdit>,
}

/// Tells a run from others by its address.
#[derive(Debug)]
pub(crate) struct RunMark;

/// One head's attention, on the host.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// `[query, key]`, row-major; rows sum to 1, 0 above the diagonal.
    pub pattern: Vec<f32>,
    /// Log-sum-exp of each query's scaled scores.
    pub lse: Vec<f32>,
}

/// A part of one head's pattern, made small, on the host.
#[derive(Clone, Debug, PartialEq)]
pub struct PooledTile {
    /// `[row, column]` of cells, row-major, each the largest weight of its pairs.
    pub cells: Vec<f32>,
    /// Log-sum-exp of each query's scaled scores.
    pub lse: Vec<f32>,
}

/// A pattern still on the device.
#[derive(Debug)]
pub(crate) struct PatternOnDevice {
    pub(crate) pattern: Tensor<1>,
    pub(crate) lse: Tensor<1>,
}

impl KeptRun {
    /// Number of positions of the run.
    #[must_use]
    pub fn seq_len(&self) -> usize {
        self.layers.first().map_or(0, |layer| layer.q.dims()[2])
    }

    /// Recomputes one head's pattern and reads it.
    ///
    /// # Errors
    ///
    /// Returns an error if the device fails.
    ///
    /// # Panics
    ///
    /// Panics if the layer or head is out of range: check against the shape first.
    pub async fn pattern(&self, layer: usize, head: usize) -> Result<Pattern, RunError> {
        let on_device = self.pattern_on_device(layer, head);
        let mut readback = Readback::default();
        let slots = [readback.add(on_device.pattern), readback.add(on_device.lse)];
        let mut values = readback.read().await?;
        let [pattern, lse] = slots.map(|slot| values.take(slot));
        Ok(Pattern { pattern, lse })
    }

    /// A rectangle of one head's pattern in cells of `pool` by `pool` pairs, computed
    /// on the GPU and read; `None` where the run is not on a GPU or edited this layer's
    /// scores or pattern. [`layer`](Self::layer) has all of that on the host.
    ///
    /// # Errors
    ///
    /// Returns an error if the device fails.
    ///
    /// # Panics
    ///
    /// Panics if there is no such layer or head, a range is empty or ends after the
    /// run's tokens, or `pool` is 0.
    pub async fn pooled(
        &self,
        layer: usize,
        head: usize,
        queries: Range<usize>,
        keys: Range<usize>,
        pool: usize,
    ) -> Result<Option<PooledTile>, RunError> {
        let hooks = attention_hooks(layer);
        if self.edits.iter().any(|edit| hooks.contains(&edit.hook)) {
            return Ok(None);
        }
        let KeptLayer { q, k, lse } = self.layers[layer].clone();
        // Neighbouring heads share their keys where there are fewer of these.
        let kv_head = head * k.dims()[1] / q.dims()[1];
        let lse = lse.narrow(1, head, 1);
        let tile = PatternTile {
            scale: self.scales[layer],
            queries: queries.clone(),
            keys,
            pool,
        };
        let cells = tile.run(&q.narrow(1, head, 1), &k.narrow(1, kv_head, 1), &lse);
        let Some(cells) = cells else {
            return Ok(None);
        };
        let mut readback = Readback::default();
        let lse = lse.narrow(2, queries.start, queries.len());
        let slots = (readback.add(cells), readback.add(lse));
        let mut values = readback.read().await?;
        Ok(Some(PooledTile {
            cells: values.take(slots.0),
            lse: values.take(slots.1),
        }))
    }

    pub(crate) fn pattern_on_device(&self, layer: usize, head: usize) -> PatternOnDevice {
        let kept = &self.layers[layer];
        let n = self.seq_len();
        let of_head = |tensor: &Tensor<4>| tensor.clone().narrow(1, head, 1);
        let hooks = attention_hooks(layer);
        let edits: Vec<ResolvedEdit> = self
            .edits
            .iter()
            .filter(|edit| hooks.contains(&edit.hook) && edit.head.is_none_or(|h| h == head))
            .map(|edit| ResolvedEdit {
                head: None,
                ..edit.clone()
            })
            .collect();
        let plan = AttentionPlan {
            layer,
            scale: self.scales[layer],
            first_query: 0,
            block_q: n,
        };
        let lse = of_head(&kept.lse);
        let tap = Tap::new(&edits, None, 0);
        let pattern = plan.pattern(of_head(&kept.q), &of_head(&kept.k), lse.clone(), &tap);
        PatternOnDevice {
            pattern: pattern.reshape([n * n]),
            lse: lse.reshape([n]),
        }
    }
}

/// Where an edit changes a layer's weights and not what they are computed from.
fn attention_hooks(layer: usize) -> [HookPoint; 2] {
    [Site::AttnScores, Site::AttnPattern].map(|site| HookPoint::block(layer, site))
}
