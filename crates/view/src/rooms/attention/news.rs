//! What the room does about news of the frame: another run, answers to its questions.

use headlight_activations::{DetailKind, Finding, Thumbnail};
use headlight_figure::Shared;

use super::ask;
use super::lesson;
use super::select::select_head;
use super::state::AttentionRoom;
use super::words;
use crate::answers::pattern::Pattern;
use crate::answers::shaded::ShadedThumbnail;
use crate::frame::Frame;
use crate::frame::ablation::Part;
use crate::frame::news::FrameNews;
use crate::frame::words as frame_words;

/// Takes note of what is new in the frame.
pub(crate) fn apply_news(room: &mut AttentionRoom, frame: &mut Frame, news: FrameNews) {
    match news {
        FrameNews::ModelReady => {
            room.left = None;
            fit_head(room, frame);
        }
        FrameNews::ModelKept => room.return_to_model(),
        FrameNews::ModelChosen => room.leave_model(),
        FrameNews::ExampleChosen => room.select_nothing(),
        FrameNews::RunShown {
            pattern,
            keeps_answers,
        } => {
            begin_run(room, frame, pattern, keeps_answers);
            ask::ask_all(room, frame);
            room.announce_row(frame);
            lesson::settle(room, frame);
        }
        FrameNews::RunForgotten => room.forget(),
        FrameNews::PromptRefused => ask::ask_missing(room, frame),
        FrameNews::PatternArrived(pattern) => {
            room.keep(&frame.subject, pattern);
            ask::ask_companions(room, frame);
            room.announce_row(frame);
            lesson::settle(room, frame);
        }
        FrameNews::Answered(kind, finding) => {
            apply_answer(room, frame, kind, finding);
            lesson::settle(room, frame);
        }
        FrameNews::NotAnswered(kind, why) => {
            let missing = &mut room.details.missing;
            missing.retain(|(other, _)| *other != kind);
            missing.push((kind, why));
        }
    }
}

/// Another run is shown. A place of the link that it does not have falls back, with a
/// notice.
pub(crate) fn begin_run(
    room: &mut AttentionRoom,
    frame: &mut Frame,
    pattern: Option<Pattern>,
    keeps_answers: bool,
) {
    let n = frame.subject.seq_len();
    let places = [room.row, room.col].into_iter().flatten();
    let missing = places.into_iter().find(|place| *place >= n);
    let beside = room.also_rows.iter().find(|row| **row >= n).copied();
    if std::mem::take(&mut room.is_cell_linked) {
        if let Some(place) = missing {
            frame.tell(frame_words::no_such_token(place, n));
        }
        if let Some(row) = beside {
            frame.tell(words::no_such_row_beside(row, n));
        }
    }
    room.begin_run(&frame.subject, pattern, keeps_answers);
}

/// A model is ready: a head that it does not have falls back, with a notice.
fn fit_head(room: &mut AttentionRoom, frame: &mut Frame) {
    let Some(shape) = frame.session.loaded().map(|model| model.shape) else {
        return;
    };
    let head = frame.subject.head;
    if head.layer >= shape.n_layers || head.head >= shape.n_heads {
        frame.tell(frame_words::no_such_head(
            head,
            shape.n_layers,
            shape.n_heads,
        ));
        select_head(room, frame, head);
    }
    room.companions
        .retain(|head| Part::Head(*head).exists(&shape));
}

fn apply_answer(room: &mut AttentionRoom, frame: &mut Frame, kind: DetailKind, finding: Finding) {
    let details = &mut room.details;
    match finding {
        Finding::Thumbnails(more) => {
            let mut all = details.atlas.to_vec();
            let at = |small: &Thumbnail| (small.layer, small.head);
            all.retain(|old| more.iter().all(|new| at(new) != at(old)));
            all.extend(more.into_iter().map(ShadedThumbnail::from));
            let next = all.len();
            details.atlas = Shared::new(all);
            ask::ask_thumbnails(room, frame, next);
        }
        Finding::Lens(rows) => details.lens = Some(Shared::new(rows)),
        Finding::Attribution(found) => details.attribution = Some(Shared::new(found)),
        Finding::QueryKey(found) => details.query_key = Some(Shared::new(found)),
        Finding::Surprise { shown, clean } => {
            if let Some(run) = &mut frame.subject.run {
                *run = Shared::new(run.with_surprise(shown, clean));
            }
        }
        Finding::Cuts(cuts) => details.cuts = Some(Shared::new(cuts)),
        Finding::Tile(tile) => {
            if let DetailKind::Tile(part) = kind {
                room.keep_tile(&frame.subject, part, tile);
                ask::ask_for_selection(room, frame);
            }
        }
        // Another room's.
        Finding::HeadInputs(_) | Finding::FlashRun(_) | Finding::FlashGrowth(_) => {}
    }
}
