//! Flash attention, as data and as arithmetic.
//!
//! Attention weighs values by how well keys meet queries. Flash attention does
//! so tile by tile and never stores the weights; what it keeps instead is the
//! queries, the keys and the log-sum-exp of each query's scores, all linear in
//! the sequence, from which any weight can be had again:
//! `p_ij = exp(scale * q_i . k_j - lse_i)`.
//!
//! - [`Schedule`]: the steps of an algorithm on a [`Problem`], any of them at once,
//!   and what they move and compute ([`Totals`])
//! - [`pseudo_code()`]: the lines those steps carry out
//! - [`execute`], [`chip_after`]: the numbers, of all or at a step
//! - [`Trace`]: steps and numbers as a file
//! - [`dense_rows`], [`Gap`]: attention by its definition in f64, and how far a result is
//!   from it
//! - [`HeadView`]: the rows of one head's weights, a block of queries at a time
//! - [`MaxPool`]: rows made into a small picture that misses no strong weight
//!
//! Nothing here knows tensors, devices or the rest of Headlight.

mod chip;
mod dense;
mod event;
mod exp;
mod growth;
mod head_view;
mod inputs;
mod machine;
mod max_pool;
mod method;
mod packed_keys;
mod problem;
mod pseudo_code;
mod schedule;
mod tiling;
mod totals;
mod trace;

pub use chip::{Chip, Matrix};
pub use dense::{DenseRows, Gap, dense_rows};
pub use event::{Array, Direction, Event, EventKind, Move};
pub use growth::exponent;
pub use head_view::HeadView;
pub use inputs::{InputError, Inputs};
pub use machine::{Attended, Machine, Overflow, chip_after, execute};
pub use max_pool::MaxPool;
pub use method::{Algorithm, Method, MethodError};
pub use problem::{Problem, TileKind};
pub use pseudo_code::{MASK_LINE, PseudoLine, pseudo_code};
pub use schedule::{Schedule, ScheduleError};
pub use tiling::{Tiling, TilingError};
pub use totals::{BYTES_PER_ELEMENT, TileCounts, Totals};
pub use trace::Trace;
