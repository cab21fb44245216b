//! The sizes of a model, as far as hooks and edits depend on them.

use serde::{Deserialize, Serialize};

use crate::Axis;

/// The sizes of a transformer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelShape {
    /// Number of blocks.
    pub n_layers: usize,
    /// Number of query heads in each block.
    pub n_heads: usize,
    /// Number of key and value heads in each block; divides `n_heads`.
    pub n_kv_heads: usize,
    /// Width of the residual stream.
    pub d_model: usize,
    /// Width of one head.
    pub d_head: usize,
    /// Width of the MLP's hidden layer; 0 for an attention-only model.
    pub d_mlp: usize,
    /// Number of token ids.
    pub d_vocab: usize,
    /// The longest sequence the model accepts, in tokens.
    pub n_ctx: usize,
}

impl ModelShape {
    /// True for a model whose blocks have an MLP.
    #[must_use]
    pub const fn has_mlp(&self) -> bool {
        self.d_mlp > 0
    }

    /// The length of an axis whose length the model alone decides.
    ///
    /// `None` for the axes that come from the input: batch and positions.
    #[must_use]
    pub const fn len_of(&self, axis: Axis) -> Option<usize> {
        match axis {
            Axis::Batch | Axis::Pos | Axis::Query | Axis::Key => None,
            Axis::Head => Some(self.n_heads),
            Axis::KvHead => Some(self.n_kv_heads),
            Axis::DModel => Some(self.d_model),
            Axis::DHead => Some(self.d_head),
            Axis::DMlp => Some(self.d_mlp),
            Axis::One => Some(1),
        }
    }
}
