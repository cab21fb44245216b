//! How the page changes.
//!
//! [`reduce`] applies one [`Action`] and says what the page must do about it
//! ([`Effect`]). It asks, it never does: no clock, no I/O, no signals. Each part has a
//! reducer of its own; here it is only decided whose the action is, and what the rooms
//! must hear of the others.

use crate::action::Action;
use crate::address;
use crate::frame::action::FrameAction;
use crate::frame::effect::Effect;
use crate::frame::figure_words;
use crate::opening;
use crate::room::Room;
use crate::rooms::{attention, flash};
use crate::state::State;
use headlight_figure::phrase;

/// Applies one action.
pub fn reduce(state: &mut State, action: impl Into<Action>) -> Vec<Effect> {
    apply(state, action.into());
    after_every_action(state)
}

/// Applies one action of the Flash room. A function of its own, since only that room's
/// module has the room's reducer.
pub fn reduce_flash(state: &mut State, action: flash::FlashAction) -> Vec<Effect> {
    flash::reduce(&mut state.flash, &mut state.frame, action);
    after_every_action(state)
}

fn apply(state: &mut State, action: Action) {
    let State {
        frame,
        attention,
        flash,
        ..
    } = state;
    match action {
        Action::Frame(FrameAction::Save(figure, format)) => {
            if let Some(figure) = attention::catalogue::AttentionFigure::of(figure) {
                attention::files::save(attention, frame, figure, format);
            } else if let Some(figure) = flash::catalogue::FlashFigure::of(figure) {
                // The room's own module has the numbers, and looks for what is asked for.
                flash.pending_save = Some((figure, format));
            } else {
                frame.tell(figure_words::NOTHING_TO_SAVE.to_owned());
            }
        }
        Action::Frame(action) => frame.reduce(action),
        Action::Attention(action) => attention::reduce::reduce(attention, frame, action),
        Action::Opened(fragment) => opening::open(state, &fragment),
        Action::Enter(room) => enter(state, room),
        Action::Recorded(json) => opening::show_recording(state, json),
        Action::RecordedRest(Ok(details)) => opening::show_details(attention, frame, *details),
        Action::RecordedRest(Err(why)) => frame.tell(phrase::sentence(&why)),
    }
}

/// What follows from any change: the rooms hear what is new, ask about what is looked at
/// now, and the link is written.
fn after_every_action(state: &mut State) -> Vec<Effect> {
    loop {
        while let Some(news) = state.frame.news.pop_front() {
            // An answer is one room's; all other news is for every room.
            if let Some(news) = flash::ask::apply_news(&mut state.flash, &mut state.frame, news) {
                attention::news::apply_news(&mut state.attention, &mut state.frame, news);
            }
        }
        attention::ask::ask_for_cell(&mut state.attention, &mut state.frame);
        if state.room == Room::Flash {
            flash::ask::ask_for_head(&mut state.flash, &mut state.frame);
        }
        flash::state::name_rows(&mut state.flash, &state.frame);
        if state.frame.news.is_empty() {
            break;
        }
    }
    let fragment = address::fragment_of(state);
    if !state.written.is_empty() && state.written != fragment {
        state.written.clone_from(&fragment);
        state.frame.effects.push(Effect::WriteLink(fragment));
    }
    std::mem::take(&mut state.frame.effects)
}

/// Goes to another room; the way back is the browser's.
fn enter(state: &mut State, room: Room) {
    if room == state.room {
        return;
    }
    state.room = room;
    state.frame.panel = None;
    state.flash.playing = None;
    let fragment = address::fragment_of(state);
    state.written.clone_from(&fragment);
    state.frame.effects.push(Effect::EnterLink(fragment));
}

#[cfg(test)]
#[path = "reduce_tests.rs"]
pub(crate) mod tests;
