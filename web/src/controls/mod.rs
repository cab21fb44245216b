//! What a visitor operates: lists, fields, boxes and buttons, as Leptos's views.
//!
//! Leptos compiles a view for each shape of element and each type of signal. No function
//! here is generic, so a kind of control is paid for once, however many there are of it.

mod buttons;
mod fields;
mod parts;

pub use buttons::{Segment, button, segments};
pub use fields::{Entry, checkbox, number_field, select};
pub use parts::{shown_if, text, value_of, view_of};
