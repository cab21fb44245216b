//! Flash attention.

use burn::tensor::Tensor;

use crate::Blocks;

/// How queries attend to keys.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlashForward {
    /// Multiplies `q . k`.
    pub scale: f64,
    /// Keys after a query are hidden from it; the last query sees all keys.
    pub is_causal: bool,
    /// Queries per workgroup and keys per tile.
    pub blocks: Blocks,
}

/// What flash attention yields.
#[derive(Clone, Debug)]
pub struct FlashOutput {
    /// `[batch, head, query, d]`; 0 where a query sees nothing.
    pub o: Tensor<4>,
    /// The natural log-sum-exp of each query's scaled scores: `[batch, head, query, 1]`,
    /// +inf where a query sees nothing.
    pub lse: Tensor<4>,
    /// Held as long as the output, so that whoever counts live buffers counts it.
    #[expect(dead_code, reason = "it is there to be counted")]
    pub(crate) sums: Tensor<3>,
}

impl FlashForward {
    /// Attends with queries `[batch, head, query, d]` to keys and values
    /// `[batch, kv_head, key, d]`, where neighbouring heads share a head of keys if
    /// there are fewer of these; `None` if these are not 32-bit floats on a GPU.
    ///
    /// By FA2, tile after tile, so the scores of a whole prompt never exist: beside
    /// q, k, v and the output it takes two numbers a query.
    ///
    /// # Panics
    ///
    /// Panics if the shapes do not fit, or the blocks are not for this width.
    ///
    /// # References
    ///
    /// Dao (2023), "FlashAttention-2", algorithm 1, <https://arxiv.org/abs/2307.08691>.
    #[must_use]
    pub fn run(&self, q: &Tensor<4>, k: &Tensor<4>, v: &Tensor<4>) -> Option<FlashOutput> {
        let ([batch, heads, _, d], [kv_batch, kv_heads, _, _]) = (q.dims(), k.dims());
        assert_eq!(k.dims(), v.dims(), "as many values as keys");
        assert_eq!(
            (batch, d),
            (kv_batch, k.dims()[3]),
            "keys as wide as queries"
        );
        assert_eq!(
            heads % kv_heads,
            0,
            "{heads} heads share {kv_heads} of keys"
        );
        #[cfg(feature = "gpu")]
        return crate::flash_kernel::run(self, q, k, v);
        #[cfg(not(feature = "gpu"))]
        None
    }
}
