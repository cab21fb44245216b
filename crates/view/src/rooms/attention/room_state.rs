//! What the page asks of the room.

use headlight_figure::FigureId;
use headlight_figure::files::Format;

use super::state::AttentionRoom;
use super::{ask, catalogue, files, link, news};
use crate::frame::Frame;
use crate::frame::link::{BadValue, Pairs};
use crate::frame::news::FrameNews;
use crate::frame::room_state::RoomState;

impl RoomState for AttentionRoom {
    fn apply_news(&mut self, frame: &mut Frame, news: FrameNews) -> Option<FrameNews> {
        news::apply_news(self, frame, news);
        None
    }

    fn ask(&mut self, frame: &mut Frame, _is_open: bool) {
        ask::ask_for_cell(self, frame);
    }

    fn open_link(&mut self, _pairs: Pairs) -> Vec<BadValue> {
        Vec::new()
    }

    fn link(&self, frame: &Frame) -> Pairs {
        link::write(self, frame)
    }

    fn save(&mut self, frame: &mut Frame, figure: FigureId, format: Format) -> bool {
        let figure = catalogue::AttentionFigure::of(figure);
        if let Some(figure) = figure {
            files::save(self, frame, figure, format);
        }
        figure.is_some()
    }
}
