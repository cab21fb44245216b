//! What the room asks about the run that is shown.
//!
//! Asked anew after every run, in the order in which it is looked at; a question
//! that has no answer leaves its figure empty and says why there.

use std::ops::Range;

use headlight_activations::{Attribution, Detail, Sampling, TilePart};

use crate::answers::details::{LENS_TOP, THUMBNAIL_SIDE};
use crate::answers::head::Head;
use crate::answers::pattern::MAX_KEPT_LINES;
use crate::answers::run::{MAX_WHOLE, Pattern};
use crate::frame::Frame;
use crate::frame::subject::Subject;
use crate::rooms::attention::figures::next::N_NEXT;
use crate::rooms::attention::state::AttentionRoom;
use crate::session::Input;
use headlight_figure::Shared;

/// Up to this length all thumbnails come at once; beyond, one by one.
const MAX_AT_ONCE: usize = 128;

/// Asks for everything about a run that has just arrived.
pub(crate) fn ask_all(room: &mut AttentionRoom, frame: &mut Frame) {
    ask_companions(room, frame);
    ask_cuts(room, frame);
    ask_surprise(room, frame);
    ask_overview(room, frame);
    ask_thumbnails(room, frame, 0);
    ask_lens(room, frame);
    ask_attribution(room, frame);
}

/// Asks again for what is missing of the run that stays on the page.
///
/// A newer prompt makes the questions about it pointless; if that prompt cannot be
/// run they have their point again.
pub(crate) fn ask_missing(room: &mut AttentionRoom, frame: &mut Frame) {
    if frame.subject.run.is_none() || !frame.session.holds_shown() {
        return;
    }
    if room.is_head_missing(&frame.subject) {
        let (head, is_known) = (frame.subject.head, false);
        frame.step(Input::Look { head, is_known });
    } else {
        ask_companions(room, frame);
    }
    ask_cuts(room, frame);
    ask_surprise(room, frame);
    ask_overview(room, frame);
    let n_known = room.details.atlas.len();
    ask_thumbnails(room, frame, n_known);
    room.details.asked_cell = None;
    if !room.details.has_lens(room.query(&frame.subject)) {
        ask_lens(room, frame);
    }
    if room.details.attribution.is_none() {
        ask_attribution(room, frame);
    }
    ask_for_selection(room, frame);
}

/// Asks for one more of the heads that are averaged.
pub(crate) fn ask_companions(room: &mut AttentionRoom, frame: &mut Frame) {
    if let Some(head) = room.missing_companion() {
        frame.step(Input::AlsoLook(head));
    }
}

/// Forgets what was recorded for another sampling, or for other tokens compared.
pub(crate) fn drop_answers_to_other_questions(room: &mut AttentionRoom, subject: &Subject) {
    let contrast = room.contrast(subject);
    let details = &mut room.details;
    if subject.sampling != Sampling::default() {
        details.cuts = None;
    }
    let of = |found: &Shared<Attribution>| (found.token, found.against);
    if details.attribution.as_ref().map(of) != contrast {
        details.attribution = None;
    }
}

/// Asks what sampling leaves.
pub(crate) fn ask_cuts(room: &mut AttentionRoom, frame: &mut Frame) {
    if frame
        .subject
        .run
        .as_ref()
        .is_some_and(|run| run.is_recorded())
    {
        // Nobody answers yet, and what was recorded is of another sampling.
        room.details.cuts = None;
    }
    let sampling = frame.subject.sampling;
    let top = N_NEXT;
    inquire(room, frame, Detail::Cuts { sampling, top });
}

/// Asks how surprised the model was, where the run came without it.
pub(crate) fn ask_surprise(room: &mut AttentionRoom, frame: &mut Frame) {
    if frame
        .subject
        .run
        .as_ref()
        .is_some_and(|run| run.lacks_surprise())
    {
        inquire(room, frame, Detail::Surprise);
    }
}

/// Asks for the logit lens around the selected query.
pub(crate) fn ask_lens(room: &mut AttentionRoom, frame: &mut Frame) {
    let positions = room.lens_range(&frame.subject);
    room.details.lens_range = positions.clone();
    let top = LENS_TOP;
    inquire(room, frame, Detail::Lens { positions, top });
}

/// Asks for the selected head's map made small, where the prompt is too long for
/// all of it.
pub(crate) fn ask_overview(room: &mut AttentionRoom, frame: &mut Frame) {
    let n = frame.subject.seq_len();
    if n > MAX_WHOLE && room.pattern(&frame.subject).is_none() {
        let pool = n.div_ceil(MAX_WHOLE);
        ask_tile(room, frame, TilePart::Overview, 0..n, 0..n, pool);
    }
}

/// Asks for what the selection shows of a long prompt's map and is not known yet.
pub(crate) fn ask_for_selection(room: &mut AttentionRoom, frame: &mut Frame) {
    ask_for_query(room, frame);
    let Some(pattern) = room
        .pattern(&frame.subject)
        .filter(|pattern| !pattern.is_whole())
    else {
        return;
    };
    let n = pattern.seq_len();
    if let Some(query) = missing_row(room, &frame.subject, &pattern) {
        ask_tile(room, frame, TilePart::Row, query..query + 1, 0..n, 1);
        // Which key is the strongest, the row will tell.
        return;
    }
    let key = room.key(&frame.subject);
    if !pattern.knows_column(key) {
        ask_tile(room, frame, TilePart::Column, 0..n, key..key + 1, 1);
    }
    let zoom = room.zoom(&frame.subject);
    if !zoom.is_whole(n) && !pattern.has_window(&zoom.queries(), &zoom.keys()) {
        let pool = zoom.span.div_ceil(MAX_WHOLE);
        ask_tile(
            room,
            frame,
            TilePart::Window,
            zoom.queries(),
            zoom.keys(),
            pool,
        );
    }
}

/// Asks for query and key of the selected cell, while they are looked at.
pub(crate) fn ask_for_cell(room: &mut AttentionRoom, frame: &mut Frame) {
    let Some(cell) = room.multiplied_cell(&frame.subject) else {
        return;
    };
    if room.details.asked_cell == Some(cell) || !frame.session.holds_shown() {
        return;
    }
    room.details.asked_cell = Some(cell);
    let (Head { layer, head }, query, key) = cell;
    let detail = Detail::QueryKey {
        layer,
        head,
        query,
        key,
    };
    inquire(room, frame, detail);
}

/// A selected row that is not known; the others only if all can be kept at once.
fn missing_row(room: &AttentionRoom, subject: &Subject, pattern: &Pattern) -> Option<usize> {
    let is_missing = |query: &usize| pattern.row(*query).is_empty();
    let first = Some(room.query(subject)).filter(is_missing);
    first.or_else(|| {
        let queries = room.queries(subject);
        let can_keep = queries.len() <= MAX_KEPT_LINES;
        queries
            .into_iter()
            .find(|query| can_keep && is_missing(query))
    })
}

fn ask_tile(
    room: &mut AttentionRoom,
    frame: &mut Frame,
    part: TilePart,
    queries: Range<usize>,
    keys: Range<usize>,
    pool: usize,
) {
    let Head { layer, head } = frame.subject.head;
    let detail = Detail::Tile {
        part,
        layer,
        head,
        queries,
        keys,
        pool,
    };
    inquire(room, frame, detail);
}

/// Asks again if the selected query has left what the lens shows.
fn ask_for_query(room: &mut AttentionRoom, frame: &mut Frame) {
    if frame.subject.run.is_some()
        && !room
            .details
            .lens_range
            .contains(&room.query(&frame.subject))
    {
        ask_lens(room, frame);
    }
}

/// Asks where the difference between the two chosen tokens comes from.
pub(crate) fn ask_attribution(room: &mut AttentionRoom, frame: &mut Frame) {
    room.details.attribution = None;
    if let Some((token, against)) = room.contrast(&frame.subject) {
        inquire(room, frame, Detail::Attribution { token, against });
    }
}

/// Asks for thumbnails from the head of this number on.
pub(crate) fn ask_thumbnails(room: &mut AttentionRoom, frame: &mut Frame, first: usize) {
    let (n_layers, n_heads) = frame.grid_of_heads();
    let (n, total) = (frame.subject.seq_len(), n_layers * n_heads);
    let end = if n <= MAX_AT_ONCE { total } else { first + 1 };
    if first < total {
        let heads = first..end.min(total);
        let side = n.min(THUMBNAIL_SIDE);
        inquire(room, frame, Detail::Thumbnails { heads, side });
    }
}

/// Asks one question more, and forgets that the last of its sort had no answer.
pub(crate) fn inquire(room: &mut AttentionRoom, frame: &mut Frame, detail: Detail) {
    let missing = &mut room.details.missing;
    missing.retain(|(kind, _)| *kind != detail.kind());
    frame.inquire(detail);
}
