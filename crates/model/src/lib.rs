//! The transformer, on Burn.
//!
//! - [`Architecture`]: what `config.json` says
//! - [`Weights`]: what `model.safetensors` holds, raw
//! - [`WeightFiles`], [`ShardIndex`]: the files that hold it, one or several
//! - [`tokenizer`]: text to ids and back, by a small reader of `tokenizer.json`
//! - [`Model::run`]: tokens in, logits and captured activations out, edits on the way
//! - [`Model::generate`]: token by token with a fixed-capacity cache
//! - [`Model::lens`]: what the stream says layer by layer
//! - [`Model::attribute`]: where a difference of two logits comes from
//!
//! One block computes every model; what differs between models is data in
//! [`Architecture`]. Attention runs in blocks of queries that yield the output
//! and the row log-sum-exp, so that no `[head, query, key]` tensor of a whole
//! prompt exists unless it is captured or edited.

mod activation_function;
mod attention;
mod attribution;
mod cache;
mod config;
mod forward;
mod generate;
mod host_layer;
mod json;
mod kept;
mod lens;
mod lfs;
mod loss;
mod overflow;
mod pace;
mod readback;
mod resolve;
mod run;
mod safetensors;
mod sampling;
mod shard_index;
mod surprise;
mod tap;
pub mod tokenizer;
mod weights;

pub use attention::DEFAULT_QUERY_BLOCK;
pub use config::{ActivationFunction, Architecture, ConfigError};
pub use forward::Model;
pub use generate::{Generated, Generation};
pub use host_layer::HostLayer;
pub use json::JsonComplaint;
pub use kept::{KeptRun, Pattern, PooledTile};
pub use lens::Lens;
pub use lfs::LfsPointer;
pub use loss::{log_softmax, negative_log_likelihood};
pub use pace::{Pace, Stopped, Unhurried};
pub use run::{LogitsWanted, RunError, RunOutput, RunRequest, RunSummary};
pub use safetensors::{TensorBytes, WeightFiles, WeightsError};
pub use sampling::{Leaves, Sampler, log_probs, most_probable, prob_of};
pub use shard_index::{ShardIndex, ShardIndexError};
pub use weights::{
    BlockWeights, DenseWeights, MlpWeights, NamedTensor, NormWeights, WeightSource, Weights,
};
