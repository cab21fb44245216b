//! How the page changes.
//!
//! [`reduce`] applies one [`Action`] and says what the page must do about it
//! ([`Effect`]). It asks, it never does: no clock, no I/O, no signals.

use crate::frame::figure_words;
use crate::frame::words as frame_words;
use crate::session::words as session_words;
use headlight_activations::Sampling;
use headlight_figure::phrase;

use crate::action::{Action, Effect};
use crate::answers::truth;
use crate::answers::truth::{ShownTruth, TruthInput};
use crate::frame::ablation::{Ablation, Part};
use crate::frame::continuation::Continuation;
use crate::frame::example;
use crate::frame::figure_id::AnyFigure;
use crate::frame::menu;
use crate::opening;
use crate::rooms::attention::ask as questions;
use crate::rooms::attention::lesson as learn;
use crate::rooms::attention::reduce as instruments;
use crate::rooms::attention::reduce::select_head;
use crate::rooms::flash::name_rows;
use crate::session::{Generation, Input, News, Phase, Step};
use crate::state::{Place, State};

/// How many tokens the model writes at a time.
const N_GENERATED: usize = 40;

/// Applies one action.
pub fn reduce(state: &mut State, action: Action) -> Vec<Effect> {
    let mut effects = Vec::new();
    apply(state, action, &mut effects);
    follow(state, effects)
}

/// What follows from any change: questions about what is looked at now, and the link.
pub(crate) fn follow(state: &mut State, mut effects: Vec<Effect>) -> Vec<Effect> {
    questions::follow_cell(state, &mut effects);
    questions::follow_head(state, &mut effects);
    name_rows(state);
    let fragment = state.permalink().to_fragment();
    if !state.written.is_empty() && state.written != fragment {
        state.written.clone_from(&fragment);
        effects.push(Effect::WriteLink(fragment));
    }
    effects
}

fn apply(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    match action {
        Action::Engine(input) => step(state, input, effects),
        Action::Truth(input) => hear_truth(state, input, effects),
        Action::ForTests => state.is_for_tests = true,
        Action::Opened(fragment) => opening::open(state, &fragment, effects),
        Action::Enter(place) => enter(state, place, effects),
        Action::Models(models) => {
            // Asked for only where there is one, so that no request fails.
            let shown = state.session.model();
            let recorded = models
                .iter()
                .find(|model| model.recorded && model.name == shown);
            if state.room.run.is_none()
                && let Some(model) = recorded
            {
                effects.push(Effect::FetchRecording(model.name.clone()));
            }
            state.models = models;
            if !state.is_head_linked && state.room.run.is_none() {
                example::look_at_own_head(state);
            }
            if example::follow_model(state) {
                ask(state, effects);
            }
        }
        Action::ChooseModel(model) => {
            state.panel = None;
            if model == state.session.model() {
                return step(state, Input::UseModel(model), effects);
            }
            step(state, Input::UseModel(model), effects);
            state.room.leave_model();
            example::follow_model(state);
            example::look_at_own_head(state);
            ask(state, effects);
        }
        Action::UseExample => {
            if example::take(state) {
                example::look_at_own_head(state);
                ask(state, effects);
            }
        }
        Action::Recorded(json) => opening::show_recording(state, json, effects),
        Action::RecordedRest(Ok(rest)) => opening::show_rest(state, *rest),
        Action::RecordedRest(Err(why)) => state.tell(phrase::sentence(&why)),
        Action::EditPrompt(prompt) => {
            state.prompt = prompt;
            state.edit += 1;
            state.room.continuation = None;
            effects.push(Effect::RunLater(state.edit));
        }
        Action::RunPrompt(edit) if edit != state.edit => {}
        Action::RunPrompt(_) => ask(state, effects),
        Action::Generate => generate(state, effects),
        Action::SetSeed(seed) => state.seed = seed,
        Action::KeepContinuation => {
            if let Some(continuation) = state.room.continuation.take() {
                state.prompt.push_str(&continuation.text());
                ask(state, effects);
            }
        }
        Action::DropContinuation => {
            state.room.continuation = None;
            step(state, Input::StopGenerating, effects);
        }
        Action::OpenLearn => learn::open(state, effects),
        Action::LearnStep(step) => learn::go(state, step, effects),
        Action::RepeatStep => learn::repeat(state, effects),
        Action::RevealAnswer => learn::reveal(state),
        Action::Announce(said) => state.announcement = said,
        Action::LeaveLearn => learn::leave(state, effects),
        Action::Share => effects.push(Effect::CopyLink),
        Action::Shared(true) => {
            state.is_copied = true;
            frame_words::LINK_COPIED.clone_into(&mut state.announcement);
        }
        Action::Shared(false) => state.tell(frame_words::LINK_NOT_COPIED.to_owned()),
        Action::ForgetShared => state.is_copied = false,
        Action::Dismiss(index) => {
            if index < state.notices.len() {
                state.notices.remove(index);
            }
        }
        Action::PartArrived(is_there) => {
            let notices = &mut state.notices;
            let told = notices
                .iter()
                .position(|notice| notice == session_words::PART_MISSING);
            match told {
                Some(index) if is_there => drop(notices.remove(index)),
                None if !is_there => state.tell(session_words::PART_MISSING.to_owned()),
                _ => {}
            }
        }
        Action::Save(AnyFigure::Attention(figure), format) => {
            match menu::save(state, figure, format) {
                Some(effect) => effects.push(effect),
                None => state.tell(figure_words::NOTHING_TO_SAVE.to_owned()),
            }
        }
        // The room's own module has the numbers, and looks for what is wished for.
        Action::Save(AnyFigure::Flash(figure), format) => {
            state.flash.wished = Some((figure, format));
        }
        Action::Saved(name) => state.announcement = figure_words::saved(&name),
        Action::NotSaved(name) => state.tell(figure_words::not_saved(&name)),
        other => {
            if let Some(frame) = instruments::apply(state, other, effects) {
                apply_to_frame(state, frame, effects);
            }
        }
    }
}

/// Goes to another room; the way back is the browser's.
fn enter(state: &mut State, place: Place, effects: &mut Vec<Effect>) {
    if place == state.place {
        return;
    }
    state.place = place;
    state.panel = None;
    state.flash.playing = None;
    let fragment = state.permalink().to_fragment();
    state.written.clone_from(&fragment);
    effects.push(Effect::EnterLink(fragment));
}

/// The actions that only move the frame around the room.
fn apply_to_frame(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    let (theme, is_chosen) = match action {
        Action::Toggle(panel) => {
            state.panel = (state.panel != Some(panel)).then_some(panel);
            return;
        }
        Action::ClosePanel => {
            state.panel = None;
            return;
        }
        Action::ToggleNumbers(figure) => {
            state.numbers = (state.numbers != Some(figure)).then_some(figure);
            return;
        }
        Action::ToggleMethod(figure) => {
            state.method = (state.method != Some(figure)).then_some(figure);
            return;
        }
        Action::UseTheme(theme) => (theme, false),
        Action::ToggleTheme => (state.theme.other(), true),
        _ => return,
    };
    state.theme = theme;
    effects.push(Effect::UseTheme { theme, is_chosen });
}

/// Runs the prompt as it stands, or says that there is none.
pub(crate) fn ask(state: &mut State, effects: &mut Vec<Effect>) {
    // A typing pause that is still to come has nothing left to ask.
    state.edit += 1;
    state.asked.clone_from(&state.prompt);
    state.room.continuation = None;
    if state.prompt.is_empty() {
        state.room.error = Some(frame_words::EMPTY_PROMPT.to_owned());
        step(state, Input::Forget, effects);
        questions::ask_missing(state, effects);
        return;
    }
    state.room.error = None;
    let prompt = state.prompt.clone();
    let head = state.room.head;
    let edits = state.room.ablations.iter().map(|it| it.edit()).collect();
    let input = Input::Run {
        prompt,
        head,
        edits,
    };
    step(state, input, effects);
}

fn generate(state: &mut State, effects: &mut Vec<Effect>) {
    if state.prompt != state.asked {
        ask(state, effects);
    }
    // Asked again for the same prompt, it is another text that is wanted.
    let written = state.room.continuation.as_ref();
    if written.is_some_and(|written| written.end.is_some()) && state.room.sampling.temperature > 0.0
    {
        state.seed = state.seed.wrapping_add(1);
    }
    let wish = Generation {
        prompt: state.asked.clone(),
        max_tokens: N_GENERATED,
        sampling: Sampling {
            seed: state.seed,
            ..state.room.sampling
        },
        edits: state.room.ablations.iter().map(|it| it.edit()).collect(),
    };
    state.room.continuation = Some(Continuation::default());
    step(state, Input::Generate(wish), effects);
}

/// Lets the session take one step, and shows what is new.
pub(crate) fn step(state: &mut State, input: Input, effects: &mut Vec<Effect>) {
    let Step { commands, news } = state.session.step(input);
    effects.extend(commands.into_iter().map(Effect::Worker));
    for item in news {
        hear(state, item, effects);
    }
    if matches!(state.session.phase(), Phase::Stopped(_)) {
        state.forget_restart();
    }
}

fn hear(state: &mut State, news: News, effects: &mut Vec<Effect>) {
    match news {
        News::ModelReady => fit_head(state, effects),
        News::Ran { run, pattern } => {
            opening::show(state, run, pattern);
            ask_truth(state, effects);
            questions::ask_all(state, effects);
            state.announce_row();
            learn::settle(state, effects);
        }
        News::RunFailed(sentence) => {
            state.room.continuation = None;
            let is_other = |shown: &String| shown != state.session.model();
            if state.shown_model.take_if(|shown| is_other(shown)).is_some() {
                // What another model said is no answer of this one.
                state.room.forget();
            }
            state.announcement.clone_from(&sentence);
            state.room.error = Some(sentence);
            questions::ask_missing(state, effects);
        }
        News::Pattern(pattern) => {
            state.room.keep(pattern);
            questions::ask_companions(state, effects);
            state.announce_row();
            learn::settle(state, effects);
        }
        News::Found(kind, finding) => {
            questions::hear(state, kind, finding, effects);
            learn::settle(state, effects);
        }
        News::NotFound(kind, why) => questions::miss(state, kind, why),
        News::GenerationStarted => state.room.continuation = Some(Continuation::default()),
        News::Token(token) => {
            if let Some(continuation) = &mut state.room.continuation {
                continuation.tokens.push(token);
            }
        }
        News::GenerationEnded(end) => {
            if let Some(continuation) = &mut state.room.continuation {
                continuation.end = Some(end);
                state.announcement = frame_words::wrote(&continuation.text());
            }
        }
        News::GenerationFailed(sentence) => {
            if let Some(continuation) = &mut state.room.continuation {
                continuation.error = Some(sentence);
            }
        }
        News::Restarted(sentence) => {
            state.forget_restart();
            state.restarted = Some(sentence.clone());
            state.tell(sentence);
        }
        News::Notice(sentence) => state.tell(sentence),
    }
}

/// Asks what the model's language says of the run that is shown, unless that is known.
fn ask_truth(state: &mut State, effects: &mut Vec<Effect>) {
    let model = state.session.loaded();
    let model = model.filter(|model| truth::is_known(model.language.as_deref()));
    let (Some(model), Some(run)) = (model, &state.room.run) else {
        state.room.truth = ShownTruth::None;
        state.truth.forget();
        return;
    };
    match state.room.truth {
        ShownTruth::Known(_) => state.truth.forget(),
        ShownTruth::Awaited => {}
        ShownTruth::None | ShownTruth::Unavailable(_) => {
            state.room.truth = ShownTruth::Awaited;
            let command = state.truth.ask(run, model.shape.d_vocab);
            effects.extend(command.map(Effect::Truth));
        }
    }
}

fn hear_truth(state: &mut State, input: TruthInput, effects: &mut Vec<Effect>) {
    let (shown, command) = state.truth.hear(input);
    effects.extend(command.map(Effect::Truth));
    // A worker can fail after its model has been left.
    if let (Some(shown), ShownTruth::Awaited) = (shown, &state.room.truth) {
        state.room.truth = shown;
    }
}

/// A model is ready: a head or a part that it does not have falls back, with a notice.
fn fit_head(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(shape) = state.session.loaded().map(|model| model.shape) else {
        return;
    };
    let head = state.room.head;
    if head.layer >= shape.n_layers || head.head >= shape.n_heads {
        state.tell(frame_words::no_such_head(
            head,
            shape.n_layers,
            shape.n_heads,
        ));
        select_head(state, head, effects);
    }
    let (there, missing): (Vec<Ablation>, Vec<Ablation>) = state
        .room
        .ablations
        .iter()
        .partition(|it| it.part.exists(&shape));
    state.room.ablations = there;
    state
        .room
        .companions
        .retain(|head| Part::Head(*head).exists(&shape));
    for ablation in &missing {
        state.tell(frame_words::no_such_part(&frame_words::part(ablation.part)));
    }
}

#[cfg(test)]
#[path = "reduce_tests.rs"]
pub(crate) mod tests;
