//! What is shown first: what a link says, and a recorded run.

use crate::address::Address;
use crate::answers::head::Head;
use crate::answers::recording::{Recording, RecordingDetails};
use crate::answers::truth::ShownTruth;
use crate::frame::Frame;
use crate::frame::defaults::{DEFAULT_HEAD, DEFAULT_MODEL};
use crate::frame::effect::Effect;
use crate::frame::link::FrameLink;
use crate::frame::words;
use crate::room::Room;
use crate::rooms::attention::link::AttentionLink;
use crate::rooms::attention::select::select_head;
use crate::rooms::attention::state::AttentionRoom;
use crate::rooms::attention::{ask, lesson, news};
use crate::session::Input;
use crate::state::State;
use headlight_figure::Shared;
use headlight_figure::phrase;

/// Opens a link: at the start, or when the address changes.
pub(crate) fn open(state: &mut State, fragment: &str) {
    if !state.written.is_empty() && fragment == state.written {
        return;
    }
    let is_first = state.written.is_empty();
    let (address, mut notices) = Address::parse(fragment);
    let (link, mut bad) = FrameLink::read(&address.pairs);
    let of_room = address.pairs.of_room();
    let mut of_attention = AttentionLink::default();
    if address.room == Room::Attention {
        let (read, more) = AttentionLink::read(&of_room);
        of_attention = read;
        bad.extend(more);
    } else {
        let (_, rooms) = state.parts();
        bad.extend(rooms[address.room as usize].open_link(of_room));
    }
    let State {
        frame,
        attention: room,
        ..
    } = state;
    let told = bad
        .iter()
        .map(|bad| words::bad_link_value(&bad.key, &bad.value));
    notices.extend(told);
    for notice in notices {
        frame.tell(notice);
    }
    state.room = address.room;
    if let Some(fault) = link.fault.filter(|_| frame.is_for_tests) {
        frame.step(Input::Fault(fault));
    }
    if let Some(choice) = link.backend {
        frame.step(Input::Choose(choice));
    }
    let has_figure = link.has_subject() || of_attention.has_figure();
    // A link that says what is looked at says all of it: what it leaves out is as in a page
    // that was just opened, whatever was open before.
    let is_whole = has_figure && !is_first;
    let model = link.model.unwrap_or_else(|| {
        let model = if is_whole {
            DEFAULT_MODEL
        } else {
            frame.session.model()
        };
        model.to_owned()
    });
    let is_other_model = model != frame.session.model();
    if is_other_model && !is_first {
        frame.remember_model();
        room.remember_selection();
    }
    let before = std::mem::take(&mut frame.subject.ablations);
    frame.subject.ablations = link.ablations.unwrap_or_default();
    of_attention.apply(room, frame);
    frame.step(Input::UseModel(model));
    frame.leave_out_missing_parts();
    // A link to a step alone shows the step's own figure.
    if let (Some(step), false) = (of_attention.learn, has_figure) {
        lesson::open_at(room, frame, step);
        "?".clone_into(&mut state.written);
        return;
    }
    let old = frame.subject.head;
    let is_own_prompt = is_whole && link.prompt.is_none();
    let old_prompt = frame.prompt.clone();
    if is_own_prompt {
        frame.take_example();
    }
    frame.is_head_linked = link.layer.is_some() || link.head.is_some();
    if is_whole {
        frame.subject.head = DEFAULT_HEAD;
        if !frame.is_head_linked {
            frame.look_at_own_head();
        }
    }
    let usual = frame.subject.head;
    frame.subject.head = old;
    let head = Head {
        layer: link.layer.unwrap_or(usual.layer),
        head: link.head.unwrap_or(usual.head),
    };
    if let Some(prompt) = link.prompt {
        frame.prompt = prompt;
        frame.edit += 1;
    }
    let is_new_prompt = frame.prompt != old_prompt;
    (room.row, room.col) = (of_attention.row, of_attention.col);
    room.is_cell_linked = true;
    let is_changed = frame.subject.ablations != before;
    if is_first || is_new_prompt || is_changed || is_other_model {
        frame.subject.head = head;
        frame.ask();
        frame.note_first_prompt();
    } else if head != old {
        select_head(room, frame, head);
    }
    lesson::open_by_link(room, frame, of_attention.learn);
    // Written once the address is known, so that it is never replaced before it was read.
    "?".clone_into(&mut state.written);
}

/// Shows a recorded run, if it is the one that is asked for and nothing newer is there.
pub(crate) fn show_recording(state: &mut State, json: String) {
    let State {
        frame, attention, ..
    } = state;
    if frame.subject.run.is_some() {
        return;
    }
    match Recording::parse(&json) {
        Ok(recording) => {
            // It is of the whole model.
            let is_wanted = recording.model == frame.session.model()
                && recording.prompt == frame.prompt
                && frame.subject.ablations.is_empty();
            if is_wanted {
                frame.recorded_shape = Some(recording.shape);
                frame.subject.show(recording.run);
                frame.shown_model = Some(recording.model);
                frame.shown_prompt = recording.prompt;
                frame.subject.truth = ShownTruth::None;
                news::begin_run(attention, frame, Some(recording.pattern), false);
                attention.details.atlas = recording.atlas;
                frame.effects.push(Effect::ReadRest(json));
            }
        }
        Err(error) => frame.tell(phrase::sentence(&error.to_string())),
    }
}

/// Adds the rest of the recorded run, if that is what is shown.
pub(crate) fn show_details(
    room: &mut AttentionRoom,
    frame: &mut Frame,
    mut recorded: RecordingDetails,
) {
    let subject = &mut frame.subject;
    let n = subject.seq_len();
    let is_recorded = subject.run.as_ref().is_some_and(|run| run.is_recorded());
    let is_of_model = frame.shown_model.as_deref() == Some(recorded.model.as_str());
    let is_of_shown = is_of_model && recorded.prompt == frame.shown_prompt;
    if is_recorded && is_of_shown {
        if let Some(truth) = recorded.truth.take() {
            subject.truth = ShownTruth::Known(Shared::new(truth));
        }
        recorded.add_to(&mut room.details, n);
        ask::drop_answers_to_other_questions(room, subject);
    }
}
