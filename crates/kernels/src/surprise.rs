//! The logarithm of a wanted token's probability, without those of the others.

use burn::tensor::Tensor;

use crate::host;
use crate::platform::HAS_NARROW_VECTORS;

/// `-log softmax(logits)[target]` row by row, in one pass over the logits: `[row,
/// d_vocab]` to `[row]`; `None` where there is no program of ours for it.
///
/// # Panics
///
/// Panics if there is not one target for each row, or one is beyond the columns.
#[must_use]
pub fn negative_log_likelihood(logits: &Tensor<2>, targets: &[u32]) -> Option<Tensor<1>> {
    if HAS_NARROW_VECTORS {
        host::negative_log_likelihood(logits, targets)
    } else {
        None
    }
}
