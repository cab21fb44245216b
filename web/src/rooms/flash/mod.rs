//! The Flash room: a module of its own, fetched by those who open it.
//!
//! What can be operated comes from [`controls`](crate::controls), and each part of the room
//! hands on an `AnyView`: one type for Leptos, so that the module stays small.

mod compared_stage;
mod controls;
mod controls_source;
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
mod pseudo_code;
mod room;
mod row;
mod stage;
mod step_sentence;
mod step_tables;
mod timeline;
mod transport;

pub use entry::Flash;
