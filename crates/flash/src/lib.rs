//! Attention weights from what flash attention keeps of a run.
//!
//! Flash attention never stores the weights. It keeps the queries, the keys
//! and the log-sum-exp of each query's scores, all linear in the sequence, and
//! any weight can be had again from these:
//! `p_ij = exp(scale * q_i . k_j - lse_i)`.
//!
//! - [`HeadView`]: the rows of one head's weights, a block of queries at a time
//! - [`MaxPool`]: rows made into a small picture that misses no strong weight
//!
//! Nothing here knows tensors, devices or the rest of Headlight.

mod exp;
mod head_view;
mod max_pool;
mod packed_keys;

pub use head_view::HeadView;
pub use max_pool::MaxPool;
