//! What the room asks about the run that is shown, and what it does with the answers.
//!
//! Asked anew after every run, in the order in which it is looked at; a question
//! that has no answer leaves its figure empty and says why there.

use std::ops::Range;

use headlight_activations::{
    Attribution, Detail, DetailKind, Finding, Sampling, Thumbnail, TilePart,
};

use crate::action::Effect;
use crate::answers::details::{LENS_TOP, THUMBNAIL_SIDE};
use crate::answers::pattern::MAX_KEPT_LINES;
use crate::answers::run::{Head, MAX_WHOLE, Pattern};
use crate::reduce::step;
use crate::rooms::attention::figures::next::N_NEXT;
use crate::rooms::attention::state::AttentionRoom;
use crate::rooms::flash::{HeadOf, Source};
use crate::session::Input;
use crate::state::{Place, State};
use headlight_figure::Shared;

/// Up to this length all thumbnails come at once; beyond, one by one.
const MAX_AT_ONCE: usize = 128;

/// Asks for everything about a run that has just arrived.
pub(crate) fn ask_all(state: &mut State, effects: &mut Vec<Effect>) {
    ask_companions(state, effects);
    ask_cuts(state, effects);
    ask_surprise(state, effects);
    ask_overview(state, effects);
    ask_thumbnails(state, 0, effects);
    ask_lens(state, effects);
    ask_attribution(state, effects);
}

/// Asks again for what is missing of the run that stays on the page.
///
/// A newer prompt makes the questions about it pointless; if that prompt cannot be
/// run they have their point again.
pub(crate) fn ask_missing(state: &mut State, effects: &mut Vec<Effect>) {
    if state.room.run.is_none() || !state.session.holds_shown() {
        return;
    }
    if state.room.is_head_missing() {
        let (head, is_known) = (state.room.head, false);
        step(state, Input::Look { head, is_known }, effects);
    } else {
        ask_companions(state, effects);
    }
    ask_cuts(state, effects);
    ask_surprise(state, effects);
    ask_overview(state, effects);
    let n_known = state.room.details.atlas.len();
    ask_thumbnails(state, n_known, effects);
    state.room.details.asked_cell = None;
    if !state.room.details.has_lens(state.room.query()) {
        ask_lens(state, effects);
    }
    if state.room.details.attribution.is_none() {
        ask_attribution(state, effects);
    }
    follow_selection(state, effects);
}

/// Asks for one more of the heads that are averaged.
pub(crate) fn ask_companions(state: &mut State, effects: &mut Vec<Effect>) {
    if let Some(head) = state.room.missing_companion() {
        step(state, Input::AlsoLook(head), effects);
    }
}

/// Forgets what was recorded for another sampling, or for other tokens compared.
pub(crate) fn drop_answers_to_other_questions(state: &mut State) {
    let contrast = state.room.contrast();
    let details = &mut state.room.details;
    if state.room.sampling != Sampling::default() {
        details.cuts = None;
    }
    let of = |found: &Shared<Attribution>| (found.token, found.against);
    if details.attribution.as_ref().map(of) != contrast {
        details.attribution = None;
    }
}

/// Asks what sampling leaves.
pub(crate) fn ask_cuts(state: &mut State, effects: &mut Vec<Effect>) {
    if state.room.run.as_ref().is_some_and(|run| run.is_recorded()) {
        // Nobody answers yet, and what was recorded is of another sampling.
        state.room.details.cuts = None;
    }
    let sampling = state.room.sampling;
    let top = N_NEXT;
    inquire(state, Detail::Cuts { sampling, top }, effects);
}

/// Asks how surprised the model was, where the run came without it.
pub(crate) fn ask_surprise(state: &mut State, effects: &mut Vec<Effect>) {
    if state
        .room
        .run
        .as_ref()
        .is_some_and(|run| run.lacks_surprise())
    {
        inquire(state, Detail::Surprise, effects);
    }
}

/// Asks for the logit lens around the selected query.
pub(crate) fn ask_lens(state: &mut State, effects: &mut Vec<Effect>) {
    let positions = state.room.lens_range();
    state.room.details.lens_range = positions.clone();
    let top = LENS_TOP;
    inquire(state, Detail::Lens { positions, top }, effects);
}

/// Asks for the selected head's map made small, where the prompt is too long for
/// all of it.
pub(crate) fn ask_overview(state: &mut State, effects: &mut Vec<Effect>) {
    let n = state.room.seq_len();
    if n > MAX_WHOLE && state.room.pattern().is_none() {
        let pool = n.div_ceil(MAX_WHOLE);
        ask_tile(state, TilePart::Overview, 0..n, 0..n, pool, effects);
    }
}

/// Asks for what the selection shows of a long prompt's map and is not known yet.
pub(crate) fn follow_selection(state: &mut State, effects: &mut Vec<Effect>) {
    follow_query(state, effects);
    let Some(pattern) = state.room.pattern().filter(|pattern| !pattern.is_whole()) else {
        return;
    };
    let n = pattern.seq_len();
    if let Some(query) = missing_row(&state.room, &pattern) {
        ask_tile(state, TilePart::Row, query..query + 1, 0..n, 1, effects);
        // Which key is the strongest, the row will tell.
        return;
    }
    let key = state.room.key();
    if !pattern.knows_column(key) {
        ask_tile(state, TilePart::Column, 0..n, key..key + 1, 1, effects);
    }
    let zoom = state.room.zoom();
    if !zoom.is_whole(n) && !pattern.has_window(&zoom.queries(), &zoom.keys()) {
        let pool = zoom.span.div_ceil(MAX_WHOLE);
        ask_tile(
            state,
            TilePart::Window,
            zoom.queries(),
            zoom.keys(),
            pool,
            effects,
        );
    }
}

/// Asks for query and key of the selected cell, while they are looked at.
pub(crate) fn follow_cell(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(cell) = state.room.multiplied_cell() else {
        return;
    };
    if state.room.details.asked_cell == Some(cell) || !state.session.holds_shown() {
        return;
    }
    state.room.details.asked_cell = Some(cell);
    let (Head { layer, head }, query, key) = cell;
    let detail = Detail::QueryKey {
        layer,
        head,
        query,
        key,
    };
    inquire(state, detail, effects);
}

/// Asks for the selected head's queries, keys and values, while the Flash room shows them.
pub(crate) fn follow_head(state: &mut State, effects: &mut Vec<Effect>) {
    let is_shown = state.place == Place::Flash && state.flash.source == Source::Head;
    let Some(run) = state
        .room
        .run
        .as_ref()
        .filter(|_| is_shown)
        .map(|run| run.id)
    else {
        return;
    };
    let wanted = state.room.head;
    let asked = state.flash.asked.as_ref().map(|(run, of)| (*run, of.head));
    if asked == Some((run, wanted)) || !state.session.holds_shown() {
        return;
    }
    state.flash.asked = Some((run, HeadOf::shown(state)));
    state.flash.missing = None;
    let Head { layer, head } = wanted;
    inquire(state, Detail::HeadInputs { layer, head }, effects);
}

/// A selected row that is not known; the others only if all can be kept at once.
fn missing_row(room: &AttentionRoom, pattern: &Pattern) -> Option<usize> {
    let is_missing = |query: &usize| pattern.row(*query).is_empty();
    let first = Some(room.query()).filter(is_missing);
    first.or_else(|| {
        let queries = room.queries();
        let can_keep = queries.len() <= MAX_KEPT_LINES;
        queries
            .into_iter()
            .find(|query| can_keep && is_missing(query))
    })
}

fn ask_tile(
    state: &mut State,
    part: TilePart,
    queries: Range<usize>,
    keys: Range<usize>,
    pool: usize,
    effects: &mut Vec<Effect>,
) {
    let Head { layer, head } = state.room.head;
    let detail = Detail::Tile {
        part,
        layer,
        head,
        queries,
        keys,
        pool,
    };
    inquire(state, detail, effects);
}

/// Asks again if the selected query has left what the lens shows.
fn follow_query(state: &mut State, effects: &mut Vec<Effect>) {
    if state.room.run.is_some() && !state.room.details.lens_range.contains(&state.room.query()) {
        ask_lens(state, effects);
    }
}

/// Asks where the difference between the two chosen tokens comes from.
pub(crate) fn ask_attribution(state: &mut State, effects: &mut Vec<Effect>) {
    state.room.details.attribution = None;
    if let Some((token, against)) = state.room.contrast() {
        inquire(state, Detail::Attribution { token, against }, effects);
    }
}

/// Asks for thumbnails from the head of this number on.
fn ask_thumbnails(state: &mut State, first: usize, effects: &mut Vec<Effect>) {
    let (n_layers, n_heads) = state.grid_of_heads();
    let (n, total) = (state.room.seq_len(), n_layers * n_heads);
    let end = if n <= MAX_AT_ONCE { total } else { first + 1 };
    if first < total {
        let heads = first..end.min(total);
        let side = n.min(THUMBNAIL_SIDE);
        inquire(state, Detail::Thumbnails { heads, side }, effects);
    }
}

/// Asks one question more, and forgets that the last of its sort had no answer.
pub(crate) fn inquire(state: &mut State, detail: Detail, effects: &mut Vec<Effect>) {
    state
        .room
        .details
        .missing
        .retain(|(kind, _)| *kind != detail.kind());
    step(state, Input::Inquire(detail), effects);
}

/// Takes an answer.
pub(crate) fn hear(
    state: &mut State,
    kind: DetailKind,
    finding: Finding,
    effects: &mut Vec<Effect>,
) {
    let details = &mut state.room.details;
    match finding {
        Finding::Thumbnails(more) => {
            let mut all = details.atlas.to_vec();
            let at = |small: &Thumbnail| (small.layer, small.head);
            all.retain(|old| more.iter().all(|new| at(new) != at(old)));
            all.extend(more);
            let next = all.len();
            details.atlas = Shared::new(all);
            ask_thumbnails(state, next, effects);
        }
        Finding::Lens(rows) => details.lens = Some(Shared::new(rows)),
        Finding::Attribution(found) => details.attribution = Some(Shared::new(found)),
        Finding::QueryKey(found) => details.query_key = Some(Shared::new(found)),
        Finding::HeadInputs(inputs) => {
            let of = state.flash.asked.as_ref().map(|(_, of)| of.clone());
            state.flash.show_head(inputs, of, false);
            state.flash.device.hear_numbers();
        }
        Finding::FlashRun(run) => state.flash.device.hear_run(run),
        Finding::FlashGrowth(point) => {
            if let Some(longer) = state.flash.device.hear_growth(point) {
                inquire(state, longer, effects);
            }
        }
        Finding::Surprise { shown, clean } => {
            if let Some(run) = &mut state.room.run {
                *run = Shared::new(run.with_surprise(shown, clean));
            }
        }
        Finding::Cuts(cuts) => details.cuts = Some(Shared::new(cuts)),
        Finding::Tile(tile) => {
            if let DetailKind::Tile(part) = kind {
                state.room.keep_tile(part, tile);
                follow_selection(state, effects);
            }
        }
    }
}

/// Takes a refusal.
pub(crate) fn miss(state: &mut State, kind: DetailKind, why: String) {
    if kind == DetailKind::HeadInputs {
        state.flash.missing = Some(why.clone());
    }
    state.flash.device.miss(kind, &why);
    let details = &mut state.room.details;
    details.missing.retain(|(other, _)| *other != kind);
    details.missing.push((kind, why));
}
