//! What the room asks about the run that is shown, and what it does with the answers.

use headlight_activations::{Detail, DetailKind, Finding};

use super::head_of::HeadOf;
use super::options::DataSource;
use super::state::FlashRoom;
use crate::answers::head::Head;
use crate::frame::Frame;
use crate::frame::news::FrameNews;

/// Asks for the selected head's queries, keys and values, while the room shows them.
pub(crate) fn ask_for_head(room: &mut FlashRoom, frame: &mut Frame) {
    let run = frame.subject.run.as_ref().map(|run| run.id);
    let Some(run) = run.filter(|_| room.source == DataSource::Head) else {
        return;
    };
    let wanted = frame.subject.head;
    let asked = room.asked.as_ref().map(|(run, of)| (*run, of.head));
    if asked == Some((run, wanted)) || !frame.session.holds_shown() {
        return;
    }
    room.asked = Some((run, HeadOf::shown(frame)));
    room.missing = None;
    let Head { layer, head } = wanted;
    frame.inquire(Detail::HeadInputs { layer, head });
}

/// Takes note of an answer to the room's own questions; gives back all other news.
pub(crate) fn apply_news(
    room: &mut FlashRoom,
    frame: &mut Frame,
    news: FrameNews,
) -> Option<FrameNews> {
    match news {
        FrameNews::Answered(_, Finding::HeadInputs(inputs)) => {
            let of = room.asked.as_ref().map(|(_, of)| of.clone());
            room.show_head(inputs, of, false);
        }
        FrameNews::Answered(_, Finding::FlashRun(run)) => room.device.apply_run(run),
        FrameNews::Answered(_, Finding::FlashGrowth(point)) => {
            if let Some(longer) = room.device.apply_growth(point) {
                frame.inquire(longer);
            }
        }
        FrameNews::NotAnswered(
            kind @ (DetailKind::HeadInputs | DetailKind::FlashRun | DetailKind::FlashGrowth),
            why,
        ) => {
            room.device.apply_refusal(kind, &why);
            if kind == DetailKind::HeadInputs {
                room.missing = Some(why);
            }
        }
        other => return Some(other),
    }
    None
}
