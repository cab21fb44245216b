//! What the page asks of a room, whichever it is.

use headlight_figure::FigureId;
use headlight_figure::files::Format;

use super::Frame;
use super::link::{BadValue, Pairs};
use super::news::FrameNews;

/// The state of a room, as the page sees it: the page lists its rooms in one place
/// (`State::parts`) and asks them all alike.
pub(crate) trait RoomState {
    /// Takes note of what is new in the frame; gives back what was not for this room alone,
    /// and what is given back the other rooms are told: all of it, unless a room says so.
    fn apply_news(&mut self, _frame: &mut Frame, news: FrameNews) -> Option<FrameNews> {
        Some(news)
    }

    /// Asks about what is looked at now, after any change; `is_open` where the room is the
    /// one that the visitor is in.
    fn ask(&mut self, _frame: &mut Frame, _is_open: bool) {}

    /// The room's part of a link was opened; the values that cannot be read. (What a link
    /// says of the Attention room is read with the frame's part, as both choose the run.)
    fn open_link(&mut self, pairs: Pairs) -> Vec<BadValue>;

    /// The room's part of the link to what is shown.
    fn link(&self, frame: &Frame) -> Pairs;

    /// Has a figure of the room saved; false for a figure of another room.
    fn save(&mut self, frame: &mut Frame, figure: FigureId, format: Format) -> bool;

    /// The visitor goes to another room.
    fn leave(&mut self) {}
}
