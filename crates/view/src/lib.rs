//! The page without a page: state, decisions, geometry and words.
//!
//! Nothing here knows a browser. [`reduce()`] applies an [`Action`] to the
//! [`State`] and returns the [`Effect`]s that the page carries out; what is
//! drawn is computed from the state by pure functions:
//!
//! - [`session`]: which worker answers, run ids, stale answers, dead workers
//! - [`truth`]: what the model's language itself says, and the worker that knows it
//! - [`run`], [`recording`], [`permalink`], [`attention`]: what is shown and selected
//! - [`matrix`], [`row`], [`next`], [`surprise`], [`perplexity`], [`ramp`]: figures as rectangles, bars, colours
//! - [`atlas`]: all heads at once, ordered and named
//! - [`steps`], [`lines`]: one row of attention step by step, and attention as lines
//! - [`lens`], [`norms`]: what each layer would say next, and how much it adds
//! - [`menu`]: what is behind every figure: [`data`], [`export`], [`drawing`], [`command`]
//! - [`flash`]: the Flash room, with a reducer of its own
//! - [`learn`]: the lesson that drives these figures
//! - [`sentence`], [`table`], [`status`], [`number`], [`token`], [`text`]: the same in words and numbers

pub mod ablation;
mod action;
pub mod atlas;
pub mod attention;
pub mod attribution;
pub mod chips;
pub mod column;
pub mod command;
pub mod continuation;
pub mod cuts;
pub mod data;
pub mod details;
pub mod drawing;
mod example;
pub mod export;
mod figure;
pub mod flash;
pub mod head_kind;
mod instruments;
pub mod learn;
pub mod lens;
pub mod lines;
pub mod matrix;
pub mod menu;
pub mod next;
pub mod norms;
pub mod number;
mod opening;
mod order;
mod pattern;
pub mod permalink;
pub mod perplexity;
mod phrase;
pub mod product;
mod questions;
pub mod ramp;
pub mod recording;
mod reduce;
pub mod row;
pub mod run;
pub mod sentence;
pub mod session;
mod shared;
pub mod signed;
mod state;
pub mod status;
pub mod steps;
pub mod surprise;
pub mod table;
pub mod text;
pub mod token;
pub mod truth;
mod window;
pub mod zoom;

pub use action::{Action, Effect};
pub use figure::{AnyFigure, Figure, FlashFigure};
pub use reduce::reduce;
pub use shared::Shared;
pub use state::{
    DEFAULT_HEAD, DEFAULT_MODEL, DEFAULT_PROMPT, ModelInfo, Panel, Place, State, Theme,
};
