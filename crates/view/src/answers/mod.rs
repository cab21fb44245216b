//! What the engine and the language's worker have said, as the page keeps it.

pub mod details;
pub mod head;
pub mod pattern;
pub mod recording;
pub mod run;
pub mod shaded;
pub mod truth;
