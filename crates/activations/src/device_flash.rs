//! Flash attention on the device that computes: one head's numbers, and how time,
//! memory and error grow with the sequence.

use serde::{Deserialize, Serialize};

/// Queries, keys and values to attend with on the device, as they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlashTask {
    /// Width of a row.
    pub d: usize,
    /// Keys after a query are hidden from it; the last query sees all keys.
    pub is_causal: bool,
    /// Queries per tile.
    pub block_q: usize,
    /// Keys per tile.
    pub block_k: usize,
    /// `[query, d]`
    pub q: Vec<f32>,
    /// `[key, d]`
    pub k: Vec<f32>,
    /// `[key, d]`
    pub v: Vec<f32>,
}

/// What our kernel made of a [`FlashTask`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlashRun {
    /// Number of queries.
    pub n_q: usize,
    /// Width of a row.
    pub d: usize,
    /// The tiles it was computed in: those of the task, or smaller ones where they do
    /// not fit into a workgroup's memory.
    pub block_q: usize,
    /// Keys per tile.
    pub block_k: usize,
    /// The device's own name.
    pub device: String,
    /// Median time of a few runs after one that warms up, from launch to the last
    /// number read, in milliseconds.
    pub elapsed_ms: f64,
    /// `[query, d]`. Travels as a buffer.
    #[serde(skip)]
    pub o: Vec<f32>,
    /// `[query]`, natural logarithm, of scaled scores; +inf where a query sees nothing.
    /// Travels as a buffer.
    #[serde(skip)]
    pub lse: Vec<f32>,
}

/// Our kernel and the plain path on random numbers, at one length.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlashGrowth {
    /// Number of queries, which is that of keys.
    pub n: usize,
    /// Width of a row.
    pub d: usize,
    /// Flash attention by our kernel.
    pub flash: PathMeasure,
    /// Standard attention, scores and weights in full.
    pub standard: StandardMeasure,
}

/// How standard attention fared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StandardMeasure {
    /// Time and memory of the path, which was computed.
    Measured(PathMeasure),
    /// Its scores are larger than anything the device can bind.
    DoesNotFit {
        /// Bytes of the scores.
        needed_bytes: u64,
        /// The most that the device binds.
        limit_bytes: u64,
    },
}

/// Time, memory and error of one way to attend. A time without an error would
/// praise a kernel that computes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PathMeasure {
    /// Median time of a few runs after one that warms up, from launch to the last
    /// number read, in milliseconds.
    pub elapsed_ms: f64,
    /// The most bytes of live buffers beside q, k, v and the output, as the device's
    /// allocator counts them.
    pub extra_bytes: u64,
    /// Largest absolute error of the output against softmax attention in f64, over
    /// some rows from the first to the last.
    pub max_abs_error: f64,
}
