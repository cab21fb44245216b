//! What can happen to the page.

use crate::answers::recording::RecordingDetails;
use crate::frame::action::FrameAction;
use crate::room::Room;
use crate::rooms::attention::action::AttentionAction;

/// Something that happened.
///
/// What happens in the Flash room is a [`FlashAction`](crate::rooms::flash::FlashAction),
/// which only that room's module knows how to apply:
/// [`reduce_flash`](crate::reduce_flash).
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// To the frame.
    Frame(FrameAction),
    /// In the Attention room.
    Attention(AttentionAction),
    /// The page was opened, or its address changed.
    Opened(String),
    /// The visitor goes to another room.
    Enter(Room),
    /// A recorded run arrived, as JSON.
    Recorded(String),
    /// The rest of the recorded run was read, or why it could not be.
    RecordedRest(Result<Box<RecordingDetails>, String>),
}

impl From<FrameAction> for Action {
    fn from(action: FrameAction) -> Self {
        Self::Frame(action)
    }
}

impl From<AttentionAction> for Action {
    fn from(action: AttentionAction) -> Self {
        Self::Attention(action)
    }
}
