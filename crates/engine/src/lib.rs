//! The engine: owns device and model, answers requests, natively and in a worker.
//!
//! What it is asked and what it answers are the types of `headlight-protocol`, handed on
//! here. With the feature `cpu` or `gpu` this crate is the engine itself:
//!
//! ```text
//! Request --> Mailbox --> Engine --> Event* , then one of Done | Failed | Cancelled
//! ```
//!
//! - [`Request`], [`Event`], [`Response`]: what page and engine say
//! - `Loaded`: a model that answers; the command line uses it directly
//! - `LayerCache`: what a model keeps on the host while one head is looked at
//! - `Engine`, `mailbox`: the actor a worker runs, latest wins
//! - `Checksums`: what the files of a shipped model must be
//! - `load`: opens the backends, tests, times and chooses one

#[cfg(feature = "cpu")]
mod attribute;
#[cfg(feature = "cpu")]
mod backend;
#[cfg(feature = "cpu")]
mod checksum;
#[cfg(feature = "cpu")]
mod flash_device;
#[cfg(feature = "cpu")]
mod head_inputs;
#[cfg(feature = "cpu")]
mod host;
#[cfg(feature = "cpu")]
mod lens;
#[cfg(feature = "cpu")]
mod loaded;
#[cfg(feature = "cpu")]
mod mailbox;
#[cfg(feature = "cpu")]
mod platform;
#[cfg(feature = "cpu")]
mod self_test;
#[cfg(feature = "cpu")]
mod serve;
#[cfg(feature = "cpu")]
mod surprise;
#[cfg(feature = "cpu")]
mod tiles;

#[cfg(feature = "cpu")]
pub use backend::{BUILD, load};
#[cfg(feature = "cpu")]
pub use checksum::{ChecksumError, Checksums};
#[cfg(feature = "cpu")]
pub use flash_device::{FlashDevice, FlashError, LONGEST};
pub use headlight_protocol::{
    Backend, BackendChoice, BackendReport, Build, CleanRun, DeviceLimits, EngineError, ErrorKind,
    Event, Fault, GeneratedToken, HeadPattern, HeadRef, LoadedModel, NextToken, Request,
    ResidualNorm, Response, RunAnswer, RunId, Sampling, SelfTest, SelfTestCase, StopReason,
    TokenText, Wire, WireError,
};
#[cfg(feature = "cpu")]
pub use host::{FetchError, Host};
#[cfg(feature = "cpu")]
pub use loaded::{AnswerError, LastRun, Loaded, ModelFiles};
#[cfg(feature = "cpu")]
pub use mailbox::{Inbox, Mailbox, mailbox};
#[cfg(feature = "cpu")]
pub use platform::{Instant, now};
#[cfg(feature = "cpu")]
pub use self_test::self_test;
#[cfg(feature = "cpu")]
pub use serve::Engine;
#[cfg(feature = "cpu")]
pub use tiles::{LayerCache, MAX_TILE_SIDE, TileError};
