//! What the page asks of the room.

use headlight_figure::FigureId;
use headlight_figure::files::Format;

use super::state::FlashRoom;
use super::{ask, catalogue, state};
use crate::frame::Frame;
use crate::frame::link::{BadValue, Pairs};
use crate::frame::news::FrameNews;
use crate::frame::room_state::RoomState;

impl RoomState for FlashRoom {
    fn apply_news(&mut self, frame: &mut Frame, news: FrameNews) -> Option<FrameNews> {
        ask::apply_news(self, frame, news)
    }

    fn ask(&mut self, frame: &mut Frame, is_open: bool) {
        if is_open {
            ask::ask_for_head(self, frame);
        }
        state::name_rows(self, frame);
    }

    fn open_link(&mut self, pairs: Pairs) -> Vec<BadValue> {
        // Kept as it stands until the room reads it, so that the address stays.
        self.unread_link = Some(pairs.clone());
        self.link_pairs = pairs;
        Vec::new()
    }

    fn link(&self, _frame: &Frame) -> Pairs {
        self.link_pairs.clone()
    }

    fn save(&mut self, _frame: &mut Frame, figure: FigureId, format: Format) -> bool {
        // The room's own module has the numbers, and looks for what is asked for.
        let figure = catalogue::FlashFigure::of(figure);
        if let Some(figure) = figure {
            self.pending_save = Some((figure, format));
        }
        figure.is_some()
    }

    fn leave(&mut self) {
        self.playing = None;
    }
}
