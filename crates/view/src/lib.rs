//! The page without a page: state, decisions, geometry and words.
//!
//! Nothing here knows a browser. [`reduce()`] applies an [`Action`] to the
//! [`State`] and returns the [`Effect`](frame::effect::Effect)s that the page carries out; what is
//! drawn is computed from the state by pure functions.
//!
//! Layers, lowest first; each names only those before it:
//!
//! - [`answers`]: what the engine said, as the page keeps it
//! - [`session`]: which worker answers, run ids, stale answers, dead workers
//! - [`frame`]: what stands around every room: what they all look at (subject), asking, menus,
//!   saving, status, help
//! - [`rooms`]: one folder per room: its state, its figures, their words
//! - [`State`], [`Action`], [`reduce()`], [`address`]: the page as a whole
//!
//! Numbers, tokens and colours as text are the kit of `headlight-figure`.

mod action;
pub mod address;
pub mod answers;
pub mod embed;
pub mod frame;
mod opening;
mod reduce;
pub mod room;
pub mod rooms;
pub mod session;
mod state;

pub use action::Action;
pub use reduce::{reduce, reduce_flash, reduce_room};
pub use state::State;
