//! Names of elements in the document that stand in one file and are looked for in others.

/// The first figure of the room that is open, whichever it is: what the link past the
/// frame goes to.
pub const FIGURE: &str = "figure";

/// The button that lets the model write, and stops it.
pub const WRITE: &str = "write";
