//! What happens to the frame that the rooms must know of.

use headlight_activations::{DetailKind, Finding};

use crate::answers::run::Pattern;

/// Something that the frame has taken note of and hands to the rooms, oldest first, once
/// the reducer that brought it about has returned.
#[derive(Clone, Debug, PartialEq)]
pub enum FrameNews {
    /// A model is ready; which heads and parts it has is known.
    ModelReady,
    /// Another model was chosen: what was selected in the one before means nothing in it.
    ModelChosen,
    /// An example was chosen: it is looked at from the start.
    ExampleChosen,
    /// The model that was chosen cannot be read, so the one before answers again.
    ModelKept,
    /// Another run is shown.
    RunShown {
        /// A head's attention that came with it.
        pattern: Option<Pattern>,
        /// What was found out about the run before holds for this one.
        keeps_answers: bool,
    },
    /// The newest prompt has no answer. The run that is shown, if there is one, stays, and
    /// can be asked about again.
    PromptRefused,
    /// The run that was shown is no answer of the model that is used.
    RunForgotten,
    /// A head's attention arrived.
    PatternArrived(Pattern),
    /// A question has an answer.
    Answered(DetailKind, Finding),
    /// A question has none, and why.
    NotAnswered(DetailKind, String),
}
