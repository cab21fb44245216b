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
use headlight_figure::files::Format;
use headlight_figure::{FigureId, phrase};

/// Applies one action.
pub fn reduce(state: &mut State, action: impl Into<Action>) -> Vec<Effect> {
    apply(state, action.into());
    after_every_action(state)
}

/// Lets a room change by its own reducer, where only that room's module has it.
///
/// ```
/// use headlight_view::{State, reduce_room};
///
/// let mut state = State::default();
/// let effects = reduce_room(&mut state, |state| state.flash.speed = 9);
/// assert_eq!((state.flash.speed, effects.len()), (9, 0));
/// ```
pub fn reduce_room(state: &mut State, by: impl FnOnce(&mut State)) -> Vec<Effect> {
    by(state);
    after_every_action(state)
}

/// Applies one action of the Flash room, which only that room's module knows how to apply.
pub fn reduce_flash(state: &mut State, action: flash::FlashAction) -> Vec<Effect> {
    reduce_room(state, |state| {
        flash::reduce(&mut state.flash, &mut state.frame, action);
    })
}

fn apply(state: &mut State, action: Action) {
    let State {
        frame, attention, ..
    } = state;
    match action {
        Action::Frame(FrameAction::Save(figure, format)) => save(state, figure, format),
        Action::Frame(action) => frame.reduce(action),
        Action::Attention(action) => attention::reduce::reduce(attention, frame, action),
        Action::Opened(fragment) => opening::open(state, &fragment),
        Action::Enter(room) => enter(state, room),
        Action::Recorded(json) => opening::show_recording(state, json),
        Action::RecordedRest(Ok(details)) => opening::show_details(attention, frame, *details),
        Action::RecordedRest(Err(why)) => frame.tell(phrase::sentence(&why)),
    }
}

/// Has a figure saved by its room.
fn save(state: &mut State, figure: FigureId, format: Format) {
    let (frame, mut rooms) = state.parts();
    let is_known = rooms
        .iter_mut()
        .any(|room| room.save(frame, figure, format));
    if !is_known {
        frame.tell(figure_words::NOTHING_TO_SAVE.to_owned());
    }
}

/// What follows from any change: the rooms hear what is new, ask about what is looked at
/// now, and the link is written.
fn after_every_action(state: &mut State) -> Vec<Effect> {
    let open = state.room as usize;
    let (frame, mut rooms) = state.parts();
    loop {
        while let Some(news) = frame.news.pop_front() {
            // An answer is one room's; all other news is for every room. The Attention room
            // keeps what comes with another run, so it hears of it last.
            let mut left = Some(news);
            for room in rooms.iter_mut().rev() {
                left = left.and_then(|news| room.apply_news(frame, news));
            }
        }
        for (at, room) in rooms.iter_mut().enumerate() {
            room.ask(frame, at == open);
        }
        if frame.news.is_empty() {
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
    let left = state.room as usize;
    if room as usize == left {
        return;
    }
    let (frame, rooms) = state.parts();
    frame.panel = None;
    rooms[left].leave();
    state.room = room;
    let fragment = address::fragment_of(state);
    state.written.clone_from(&fragment);
    state.frame.effects.push(Effect::EnterLink(fragment));
}

#[cfg(test)]
#[path = "reduce_tests.rs"]
pub(crate) mod tests;
