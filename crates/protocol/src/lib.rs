//! What page and engine say to each other: plain data that serde reads and writes.
//!
//! ```text
//! Request --> engine --> Event* , then one of Done | Failed | Cancelled
//! ```
//!
//! - [`Request`], [`Event`], [`Response`]: questions, news and answers
//! - [`Wire`]: a message in transit, a JSON text and the big arrays beside it
//!
//! A new kind of question costs a variant of [`headlight_activations::Detail`] and of
//! [`headlight_activations::Finding`], or of [`Request`] and [`Response`] where it is not
//! about the last run; an arm in the engine; and an arm in the room that asks.
//!
//! ```
//! use headlight_protocol::{Request, RunId, Wire};
//!
//! let request = Request::Cancel { run: RunId(7) };
//! let wire = Wire::from_request(&request)?;
//! assert_eq!(wire.into_request()?, request);
//! # Ok::<(), headlight_protocol::WireError>(())
//! ```

mod message;
mod wire;

/// How the next token is drawn; see there.
pub use headlight_activations::Sampling;
pub use message::{
    Backend, BackendChoice, BackendReport, Build, CleanRun, DeviceLimits, EngineError, ErrorKind,
    Event, Fault, GeneratedToken, HeadPattern, HeadRef, LoadedModel, NextToken, Request,
    ResidualNorm, Response, RunAnswer, RunId, SelfTest, SelfTestCase, StopReason, TokenText,
};
pub use wire::{Wire, WireError};
