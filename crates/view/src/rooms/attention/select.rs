//! Selecting a head.

use super::ask;
use super::state::AttentionRoom;
use crate::answers::head::Head;
use crate::answers::pattern::MAX_WHOLE;
use crate::frame::Frame;
use crate::session::Input;

/// Selects a head, or the nearest that the model has, and asks for what it shows.
pub(crate) fn select_head(room: &mut AttentionRoom, frame: &mut Frame, wanted: Head) {
    let shape = frame.session.loaded().map(|model| model.shape);
    let head = shape.map_or(wanted, |shape| Head {
        layer: wanted.layer.min(shape.n_layers.saturating_sub(1)),
        head: wanted.head.min(shape.n_heads.saturating_sub(1)),
    });
    frame.subject.head = head;
    room.companions.clear();
    room.toggled = None;
    room.renew_mean(&frame.subject);
    room.hover = None;
    let is_long = frame.subject.seq_len() > MAX_WHOLE;
    let is_known = is_long || room.pattern(&frame.subject).is_some();
    frame.step(Input::Look { head, is_known });
    ask::ask_overview(room, frame);
    ask::ask_for_selection(room, frame);
    room.announce_row(frame);
}
