//! The lesson of the room: a strip of steps that drive the real figure.
//!
//! A step is data ([`Topic`]): an idea, a question, and a scene, which is what
//! it puts on the page. A scene goes the visitor's own ways: the prompt is asked,
//! the head is selected. What stood there before is kept and given back at the
//! end; what the visitor writes meanwhile is kept in its place.
//!
//! Some scenes choose by the numbers of the run, such as the head that spreads
//! its weight most. They settle once these numbers are there, unless the visitor
//! has changed the figure by then.

mod heads;
pub mod progress;
mod scene;
#[cfg(test)]
mod tests;
pub mod topics;
mod words;

pub use heads::MOSTLY_FROM;
pub use scene::LessonStrip;
pub(crate) use scene::{
    go, leave, open, open_at, open_by_link, repeat, reveal, settle, usual_sort,
};
pub use topics::{Target, Topic};
