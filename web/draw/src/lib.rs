//! Figures in a document: a drawing is an inert value of the kit, and the document is
//! brought in line with it, layer by layer; what a visitor does comes back as gestures.
//!
//! Knows the document and nothing of what holds the figure: the page puts a [`Picture`]
//! into a view, the embed puts it into an empty document.
//!
//! ```ignore
//! let mut picture = Picture::within(root.clone());
//! let listening = listen(&root, move |gesture| act(gesture));
//! picture.show(&drawing, size, theme);
//! ```

mod canvas;
mod gesture;
mod layers;
mod patch;
mod picture;
mod shared_hatching;
mod target_names;

pub use gesture::{Listening, listen};
pub use picture::{Operated, Picture};
