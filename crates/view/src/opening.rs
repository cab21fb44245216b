//! What is shown first: what a link says, a recorded run, and a run when it arrives.

use crate::action::Effect;
use crate::address::Permalink;
use crate::answers::recording::{Recording, Rest};
use crate::answers::run::{Head, Pattern, Run};
use crate::answers::truth::ShownTruth;
use crate::frame::words as frame_words;
use crate::reduce::{ask, step};
use crate::rooms::attention::ask as questions;
use crate::rooms::attention::lesson as learn;
use crate::rooms::attention::reduce::select_head;
use crate::rooms::attention::words as attention_words;
use crate::session::Input;
use crate::state::State;
use headlight_figure::Shared;
use headlight_figure::phrase;

/// Opens a link: at the start, or when the address changes.
pub(crate) fn open(state: &mut State, fragment: &str, effects: &mut Vec<Effect>) {
    if !state.written.is_empty() && fragment == state.written {
        return;
    }
    let is_first = state.written.is_empty();
    let (link, notices) = Permalink::parse(fragment);
    for notice in notices {
        state.tell(notice);
    }
    state.place = link.place;
    if let Some(pairs) = &link.flash {
        // Kept as it stands until the room reads it, so that the address stays.
        state.flash.pairs.clone_from(pairs);
        state.flash.linked = Some(pairs.clone());
    }
    if let Some(fault) = link.fault.filter(|_| state.is_for_tests) {
        step(state, Input::Fault(fault), effects);
    }
    if let Some(choice) = link.backend {
        step(state, Input::Choose(choice), effects);
    }
    let has_figure = link.has_figure();
    let before = std::mem::take(&mut state.room.ablations);
    state.room.sampling = link.sampling();
    state.room.ablations = link.ablations.unwrap_or_default();
    state.room.view = link.view.unwrap_or_default();
    state.room.also_rows = link.also_rows.unwrap_or_default();
    state.room.step = link.step.unwrap_or_default();
    state.room.scope = link.scope.unwrap_or_default();
    let usual_sort = || learn::usual_sort(link.learn);
    state.room.sort = link.sort.unwrap_or_else(usual_sort);
    state.room.order = link.order.unwrap_or_default();
    state.room.companions = link.companions.unwrap_or_default();
    state.room.compared = link.token.zip(link.against);
    state.seed = link.seed.unwrap_or(state.seed);
    if let Some(model) = link.model {
        step(state, Input::UseModel(model), effects);
    }
    // A link to a step alone shows the step's own figure.
    if let (Some(step), false) = (link.learn, has_figure) {
        learn::open_at(state, step, effects);
        "?".clone_into(&mut state.written);
        return;
    }
    let old = state.room.head;
    let head = Head {
        layer: link.layer.unwrap_or(old.layer),
        head: link.head.unwrap_or(old.head),
    };
    let is_new_prompt = link.prompt.as_ref().is_some_and(|new| *new != state.prompt);
    if let Some(prompt) = link.prompt {
        state.prompt = prompt;
        state.edit += 1;
    }
    (state.room.row, state.room.col) = (link.row, link.col);
    state.is_cell_linked = true;
    state.is_head_linked = link.layer.is_some() || link.head.is_some();
    let is_changed = state.room.ablations != before;
    if is_first || is_new_prompt || is_changed {
        state.room.head = head;
        ask(state, effects);
    } else if head != old {
        select_head(state, head, effects);
    }
    learn::follow_link(state, link.learn);
    // Written once the address is known, so that it is never replaced before it was read.
    "?".clone_into(&mut state.written);
}

/// Shows a recorded run, if it is the one that is asked for and nothing newer is there.
pub(crate) fn show_recording(state: &mut State, json: String, effects: &mut Vec<Effect>) {
    if state.room.run.is_some() {
        return;
    }
    match Recording::parse(&json) {
        Ok(recording) => {
            // It is of the whole model.
            let is_wanted = recording.model == state.session.model()
                && recording.prompt == state.prompt
                && state.room.ablations.is_empty();
            if is_wanted {
                state.recorded_shape = Some(recording.shape);
                show(state, recording.run, Some(recording.pattern));
                state.room.details.atlas = recording.atlas;
                state.shown_prompt = recording.prompt;
                state.room.truth = ShownTruth::None;
                effects.push(Effect::ReadRest(json));
            }
        }
        Err(error) => state.tell(phrase::sentence(&error.to_string())),
    }
}

/// Adds the rest of the recorded run, if that is what is shown.
pub(crate) fn show_rest(state: &mut State, mut rest: Rest) {
    let n = state.room.seq_len();
    let is_recorded = state.room.run.as_ref().is_some_and(|run| run.is_recorded());
    let is_of_shown = rest.model == state.shown_model() && rest.prompt == state.shown_prompt;
    if is_recorded && is_of_shown {
        if let Some(truth) = rest.truth.take() {
            state.room.truth = ShownTruth::Known(Shared::new(truth));
        }
        rest.add_to(&mut state.room.details, n);
        questions::drop_answers_to_other_questions(state);
    }
}

/// Shows a run. A place of the link that it does not have falls back, with a notice.
pub(crate) fn show(state: &mut State, run: Run, pattern: Option<Pattern>) {
    let n = run.seq_len();
    let places = [state.room.row, state.room.col].into_iter().flatten();
    let missing = places.into_iter().find(|place| *place >= n);
    let beside = state.room.also_rows.iter().find(|row| **row >= n).copied();
    if std::mem::take(&mut state.is_cell_linked) {
        if let Some(place) = missing {
            state.tell(frame_words::no_such_token(place, n));
        }
        if let Some(row) = beside {
            state.tell(attention_words::no_such_row_beside(row, n));
        }
    }
    state.shown_model = Some(state.session.model().to_owned());
    state.shown_prompt.clone_from(&state.asked);
    state.room.show(run, pattern);
}
