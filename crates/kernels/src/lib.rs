//! What the GPU computes by programs of our own.
//!
//! - [`FlashForward`]: flash attention that yields the output and the log-sum-exp
//!   of each row; its twin on the host is `headlight_flash::execute`
//! - [`PatternTile`]: part of one head's pattern, made small by the largest weight;
//!   its twins are `headlight_flash::HeadView` and `headlight_flash::MaxPool`
//! - [`matmul()`]: the product of matrices, by one named program; in WebAssembly on the
//!   CPU by one of our own
//! - [`gelu_tanh`]: GELU, in WebAssembly on the CPU in one pass
//! - [`negative_log_likelihood`]: of wanted tokens, in WebAssembly on the CPU in one pass
//! - [`Blocks`]: how many queries and keys fit into a workgroup
//!
//! A kernel is asked with tensors and answers `None` where they do not lie on a GPU:
//! whoever asks has another way. Without the feature `gpu` that is always so, and
//! there is no dependency on a GPU's libraries.
//!
//! Kernels are written in `CubeCL` on Burn's own tensors. They use no subgroups, which
//! browsers reject, and at most [`WORKGROUP_BYTES`] of workgroup memory, which every
//! browser has.

mod blocks;
#[cfg(feature = "gpu")]
mod device;
mod flash;
#[cfg(feature = "gpu")]
mod flash_kernel;
mod gelu;
mod host;
mod matmul;
mod pattern;
#[cfg(feature = "gpu")]
mod pattern_kernel;
mod platform;
mod surprise;

pub use blocks::{Blocks, LARGEST_WIDTH, MOST_QUERIES, WORKGROUP_BYTES};
pub use flash::{FlashForward, FlashOutput};
pub use gelu::gelu_tanh;
pub use matmul::{laid_out_for_products, matmul};
pub use pattern::PatternTile;
pub use surprise::negative_log_likelihood;
