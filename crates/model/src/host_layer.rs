//! One layer of a finished run on the host, ready to show any head's attention.

use std::sync::Arc;

use headlight_activations::{HookPoint, Site};
use headlight_flash::HeadView;

use crate::kept::{KeptRun, RunMark};
use crate::readback::Readback;
use crate::tap::{ResolvedEdit, ResolvedOp};
use crate::{RunError, kept::KeptLayer};

/// Queries, keys and log-sum-exp of one layer, on the host: linear in the
/// sequence, and enough for any part of any of its heads' patterns.
///
/// Edits of scores and pattern are part of it: its heads show what the run
/// computed with.
#[derive(Clone, Debug)]
pub struct HostLayer {
    run: Arc<RunMark>,
    layer: usize,
    scale: f64,
    sizes: Sizes,
    /// `[head, query, d_head]`
    q: Vec<f32>,
    /// `[kv_head, key, d_head]`
    k: Vec<f32>,
    /// `[head, query]`
    lse: Vec<f32>,
}

/// Lengths of the axes of what a layer keeps.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    n_heads: usize,
    n_kv_heads: usize,
    seq_len: usize,
    d_head: usize,
}

impl KeptRun {
    /// Reads one layer's queries, keys and log-sum-exp.
    ///
    /// # Errors
    ///
    /// Returns an error if the device fails.
    ///
    /// # Panics
    ///
    /// Panics if the layer is out of range: check against the shape first.
    pub async fn layer(&self, layer: usize) -> Result<HostLayer, RunError> {
        let KeptLayer { q, k, lse } = self.layers[layer].clone();
        let [_, n_heads, seq_len, d_head] = q.dims();
        let [_, n_kv_heads, _, _] = k.dims();
        let mut readback = Readback::default();
        let slots = [q, k, lse].map(|tensor| readback.add(tensor));
        let mut values = readback.read().await?;
        let [q, k, lse] = slots.map(|slot| values.take(slot));
        let mut host = HostLayer {
            run: Arc::clone(&self.run),
            layer,
            scale: self.scales[layer],
            sizes: Sizes {
                n_heads,
                n_kv_heads,
                seq_len,
                d_head,
            },
            q,
            k,
            lse,
        };
        for edit in &self.edits {
            host.take_in(edit);
        }
        Ok(host)
    }
}

impl HostLayer {
    /// Whether this is that layer of that run.
    #[must_use]
    pub fn is_of(&self, kept: &KeptRun, layer: usize) -> bool {
        self.layer == layer && Arc::ptr_eq(&self.run, &kept.run)
    }

    /// Number of heads.
    #[must_use]
    pub const fn n_heads(&self) -> usize {
        self.sizes.n_heads
    }

    /// One head's attention.
    ///
    /// # Panics
    ///
    /// Panics if the head is out of range.
    #[must_use]
    pub fn head(&self, head: usize) -> HeadView<'_> {
        let sizes = self.sizes;
        assert!(
            head < sizes.n_heads,
            "head {head} of {} heads",
            sizes.n_heads
        );
        let kv_head = self.kv_head(head);
        let width = sizes.seq_len * sizes.d_head;
        HeadView::new(
            &self.q[head * width..][..width],
            &self.k[kv_head * width..][..width],
            &self.lse[head * sizes.seq_len..][..sizes.seq_len],
            sizes.d_head,
            self.scale,
        )
    }

    /// What multiplies `q . k`.
    #[must_use]
    pub const fn scale(&self) -> f64 {
        self.scale
    }

    /// A head's query at a position: `[d_head]`.
    ///
    /// # Panics
    ///
    /// Panics if the head or the position is out of range.
    #[must_use]
    pub fn query(&self, head: usize, pos: usize) -> &[f32] {
        self.row(&self.q, head, pos)
    }

    /// The key that a head compares its queries with at a position: `[d_head]`.
    ///
    /// # Panics
    ///
    /// Panics if the head or the position is out of range.
    #[must_use]
    pub fn key(&self, head: usize, pos: usize) -> &[f32] {
        assert!(head < self.sizes.n_heads, "head {head}");
        self.row(&self.k, self.kv_head(head), pos)
    }

    fn row<'a>(&self, of: &'a [f32], head: usize, pos: usize) -> &'a [f32] {
        let Sizes {
            seq_len, d_head, ..
        } = self.sizes;
        assert!(pos < seq_len, "position {pos} of {seq_len}");
        &of[(head * seq_len + pos) * d_head..][..d_head]
    }

    /// Neighbouring heads share their keys where there are fewer of these.
    const fn kv_head(&self, head: usize) -> usize {
        head * self.sizes.n_kv_heads / self.sizes.n_heads
    }

    /// Makes an edit of this layer's scores or pattern part of what it shows;
    /// any other edit already is in the queries and keys.
    ///
    /// Zero is all that [`Edit::check`](headlight_activations::Edit::check)
    /// lets through here. A query of zeros has scores of zero, and the run's
    /// log-sum-exp of them fits. A log-sum-exp of infinity leaves no weight.
    fn take_in(&mut self, edit: &ResolvedEdit) {
        let [scores, pattern] =
            [Site::AttnScores, Site::AttnPattern].map(|site| HookPoint::block(self.layer, site));
        if edit.hook != scores && edit.hook != pattern {
            return;
        }
        assert!(
            matches!(edit.op, ResolvedOp::Zero),
            "{} is zeroed or left alone",
            edit.hook
        );
        let Sizes {
            n_heads,
            seq_len,
            d_head,
            ..
        } = self.sizes;
        let heads = edit.head.map_or(0..n_heads, |head| head..head + 1);
        for query in (0..seq_len).filter(|&query| edit.pos.contains(query)) {
            for row in heads.clone().map(|head| head * seq_len + query) {
                if edit.hook == scores {
                    self.q[row * d_head..][..d_head].fill(0.0);
                } else {
                    self.lse[row] = f32::INFINITY;
                }
            }
        }
    }
}
