//! The state of the whole page, as one value.

use crate::frame::Frame;
use crate::frame::room_state::RoomState;
use crate::room::Room;
use crate::rooms::attention::state::AttentionRoom;
use crate::rooms::flash::FlashRoom;

/// The state of the page.
///
/// ```
/// use headlight_view::rooms::attention::action::AttentionAction;
/// use headlight_view::{State, reduce};
///
/// let mut state = State::default();
/// let effects = reduce(&mut state, AttentionAction::SelectRow(3));
/// assert!(effects.is_empty(), "nothing is shown yet, so there is no row to select");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// The room that is open.
    pub room: Room,
    /// What stands around the rooms.
    pub frame: Frame,
    /// The Attention room.
    pub attention: AttentionRoom,
    /// The Flash room.
    pub flash: FlashRoom,
    /// The fragment that the page has now; empty before the first was read.
    pub(crate) written: String,
}

impl State {
    /// The frame, and every room by the order of [`Room::ALL`].
    pub(crate) fn parts(&mut self) -> (&mut Frame, [&mut dyn RoomState; Room::ALL.len()]) {
        let rooms: [&mut dyn RoomState; Room::ALL.len()] = [
            // One line for each.
            &mut self.attention,
            &mut self.flash,
        ];
        (&mut self.frame, rooms)
    }

    /// The room that is open.
    pub(crate) fn open_room(&self) -> &dyn RoomState {
        let rooms: [&dyn RoomState; Room::ALL.len()] = [
            // One line for each.
            &self.attention,
            &self.flash,
        ];
        rooms[self.room as usize]
    }
}
