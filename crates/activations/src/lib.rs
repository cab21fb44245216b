//! What can be read from a transformer and what can be changed in it, as plain data.
//!
//! - [`HookPoint`]: a place in the forward pass, written as TransformerLens writes it
//! - [`Capture`]: which places to read, at which positions
//! - [`Activation`], [`Activations`]: what was read, with named axes
//! - [`Edit`]: a change to make in the next run, serialisable and replayable
//! - [`Attribution`], [`LensRow`], [`Cuts`], [`Thumbnail`], [`Tile`]: what is made of a run for a reader
//! - [`FlashRun`], [`FlashGrowth`]: flash attention on the device, measured
//! - [`HeadScores`]: what kind of head a pattern shows, also row by row
//! - [`Quoted`]: somebody else's text, fit to stand in a message of ours
//! - [`utf8_text`]: the text of a file's bytes
//! - [`ModelShape`]: the sizes that decide which of these make sense for a model
//!
//! Nothing here knows tensors, devices or files.

mod activation;
mod capture;
mod device_flash;
mod edit;
mod head_scores;
mod hook;
mod quoted;
mod reading;
mod shape;
mod utf8;

pub use activation::{Activation, Activations};
pub use capture::{Capture, CapturePos, ParseCapturePosError};
pub use device_flash::{FlashGrowth, FlashRun, FlashTask, PathMeasure, StandardMeasure};
pub use edit::{Edit, EditError, EditOp, EditPos};
pub use head_scores::{HeadScores, HeadScoresBuilder, OverTargets};
pub use hook::{Axis, HookError, HookPoint, ParseHookError, Site};
pub use quoted::Quoted;
pub use reading::{
    Attribution, Component, Contribution, CutToken, Cuts, Detail, DetailKind, Finding, HeadInputs,
    LensRow, QueryKey, Sampling, Surprise, Thumbnail, Tile, TilePart, TokenProb,
};
pub use shape::ModelShape;
pub use utf8::{NotUtf8, utf8_text};
