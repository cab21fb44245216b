//! The Flash room: a module of its own, fetched by those who open it.
//!
//! It is drawn as plain elements (see [`draw`](crate::draw)), not as views of Leptos:
//! that is what keeps the module small. Signals, memos and effects are Leptos's, and so
//! are the parts that it shares with the other room.

mod beside;
mod controls;
mod current_step;
mod device;
mod device_growth;
mod device_run;
mod dispatch;
mod entry;
mod error_badge;
mod flash_view;
mod ledger;
mod lesson;
mod numbers;
mod pseudo_code;
mod room;
mod row;
mod stage;
mod step_sentence;
mod timeline;
mod transport;

pub use entry::Flash;
