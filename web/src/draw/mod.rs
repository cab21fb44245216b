//! Elements as plain data, and the document brought in line with them.
//!
//! Leptos compiles a view into types of its own, one for every shape of element: fast,
//! and kilobytes for each figure. Here a figure is a value, made anew from what it
//! shows, and `patch` changes what differs in the document: the same few functions
//! whatever is drawn. A room that is fetched only when it is opened is drawn this way,
//! so that opening it is quick; signals, memos and effects stay Leptos's.
//!
//! ```ignore
//! let clock = reactive(move || el("span").class("clock").add(words(now.get())).into());
//! view! { <p>{drawn(clock)}</p> }
//! ```

mod element;
mod leptos_view;
mod mounted;
mod patch;

pub use element::{Element, Node, Text, el, leptos, reactive};
pub use leptos_view::drawn;
