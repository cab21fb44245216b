//! Keys and values kept between passes.

use burn::tensor::Tensor;

use crate::Model;

/// Keys and values of the tokens so far, in tensors whose size never changes,
/// so that no token allocates.
#[derive(Debug)]
pub(crate) struct Cache {
    /// One pair per layer: `[1, head, capacity, d_head]` each.
    layers: Vec<(Tensor<4>, Tensor<4>)>,
    len: usize,
}

impl Cache {
    pub(crate) fn new(model: &Model, capacity: usize) -> Self {
        let shape = &model.architecture.shape;
        let empty = || Tensor::zeros([1, shape.n_heads, capacity, shape.d_head], &model.device());
        Self {
            layers: (0..shape.n_layers).map(|_| (empty(), empty())).collect(),
            len: 0,
        }
    }

    /// Number of tokens before the current pass.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Adds the keys and values of the current pass to a layer's, and returns
    /// all of them up to the capacity; those beyond are not to be looked at.
    pub(crate) fn extend(
        &mut self,
        layer: usize,
        k: Tensor<4>,
        v: Tensor<4>,
    ) -> (Tensor<4>, Tensor<4>) {
        let [batch, n_heads, n, d_head] = k.dims();
        let region = [0..batch, 0..n_heads, self.len..self.len + n, 0..d_head];
        let (keys, values) = &mut self.layers[layer];
        keys.inplace(|keys| keys.slice_assign(region.clone(), k));
        values.inplace(|values| values.slice_assign(region, v));
        (keys.clone(), values.clone())
    }

    /// Counts the tokens of the pass that has ended.
    pub(crate) fn advance(&mut self, n: usize) {
        self.len += n;
    }
}
