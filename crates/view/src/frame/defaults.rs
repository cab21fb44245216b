//! What is shown when nothing else is asked for.

use crate::answers::head::Head;

/// The model that is shown when nothing else is asked for.
pub const DEFAULT_MODEL: &str = "stories";
/// The prompt that is shown when nothing else is asked for.
///
/// In it the model must look something up: where the bell was found.
pub const DEFAULT_PROMPT: &str = "This is the story of a stubborn witch called Ella. \
    She finds a bell in the tower. Ella goes back to the";
/// The head that is shown when nothing else is asked for.
pub const DEFAULT_HEAD: Head = Head { layer: 3, head: 2 };
