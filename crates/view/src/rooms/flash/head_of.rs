//! The head and the run whose numbers the room shows.

use crate::answers::head::Head;
use crate::frame::Frame;
use crate::frame::ablation::Ablation;

/// Whose numbers a head's are. Two engines answer alike but for rounding, so this and
/// not the numbers says whether they are the same.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HeadOf {
    pub(crate) model: String,
    pub(crate) prompt: String,
    pub(crate) head: Head,
    /// What was taken out of the model.
    pub(crate) ablations: Vec<Ablation>,
}

impl HeadOf {
    /// The selected head of the run that is shown.
    pub(crate) fn shown(frame: &Frame) -> Self {
        Self {
            model: frame.shown_model().to_owned(),
            prompt: frame.shown_prompt.clone(),
            head: frame.subject.head,
            ablations: frame.subject.ablations.clone(),
        }
    }
}
