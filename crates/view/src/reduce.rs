//! How the page changes.
//!
//! [`reduce`] applies one [`Action`] and says what the page must do about it
//! ([`Effect`]). It asks, it never does: no clock, no I/O, no signals.

use crate::ablation::{Ablation, Part};
use crate::action::{Action, Effect};
use crate::attention::Continuation;
use crate::details;
use crate::example;
use crate::learn;
use crate::menu;
use crate::permalink::Permalink;
use crate::recording::Recording;
use crate::run::{Head, MAX_WHOLE, Pattern, Run};
use headlight_activations::Sampling;

use crate::session::{Generation, Input, News, Phase, Step};
use crate::state::State;
use crate::text;
use crate::truth::{self, ShownTruth, TruthInput};

/// How many tokens the model writes at a time.
const N_GENERATED: usize = 40;

/// Applies one action.
pub fn reduce(state: &mut State, action: Action) -> Vec<Effect> {
    let mut effects = Vec::new();
    apply(state, action, &mut effects);
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
        Action::Opened(fragment) => open(state, &fragment, effects),
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
        Action::Recorded(json) => show_recording(state, &json),
        Action::EditPrompt(prompt) => {
            state.prompt = prompt;
            state.edit += 1;
            state.room.continuation = None;
            effects.push(Effect::RunLater(state.edit));
        }
        Action::RunPrompt(edit) if edit != state.edit => {}
        Action::RunPrompt(_) => ask(state, effects),
        Action::SelectHead(head) => select_head(state, head, effects),
        Action::ToggleHead(_) if state.room.seq_len() > MAX_WHOLE => {
            state.tell(text::NO_MEAN_OF_LONG.to_owned());
        }
        Action::ToggleHead(head) => {
            state.room.toggle_companion(head);
            details::ask_companions(state, effects);
            state.announce_row();
        }
        Action::OneHead => {
            state.room.companions.clear();
            state.room.renew_mean();
        }
        Action::ToggleRow(row) => {
            state.room.toggle_row(row);
            state.announce_row();
        }
        Action::MoveHead { layers, heads } => {
            let Head { layer, head } = state.room.head;
            let moved = Head {
                layer: layer.saturating_add_signed(layers),
                head: head.saturating_add_signed(heads),
            };
            select_head(state, moved, effects);
        }
        Action::StepHead(by) => {
            let (n_layers, n_heads) = state.grid_of_heads();
            let Head { layer, head } = state.room.head;
            let last = (n_layers * n_heads).saturating_sub(1);
            let flat = (layer * n_heads + head).saturating_add_signed(by).min(last);
            if let (Some(layer), Some(head)) =
                (flat.checked_div(n_heads), flat.checked_rem(n_heads))
            {
                select_head(state, Head { layer, head }, effects);
            }
        }
        Action::SelectRow(row) => {
            state.room.select_row(row);
            details::follow_selection(state, effects);
            state.announce_row();
        }
        Action::SelectCell(query, key) => {
            state.room.select_cell(query, key);
            details::follow_selection(state, effects);
        }
        Action::MoveCell { rows, columns } => {
            state.room.move_cell(rows, columns);
            state.room.show_cell();
            details::follow_selection(state, effects);
            state.announce_cell();
        }
        Action::Zoom(factor, at) => {
            let (n, cell) = (state.room.seq_len(), at.unwrap_or(state.room.cell()));
            state.room.zoom = Some(state.room.zoom().scaled(n, factor, cell));
            details::follow_selection(state, effects);
        }
        Action::Pan(queries, keys) => {
            let n = state.room.seq_len();
            state.room.zoom = Some(state.room.zoom().moved(n, queries, keys));
            details::follow_selection(state, effects);
        }
        Action::ShowWhole => state.room.zoom = None,
        Action::Hover(cell) => state.room.hover = cell,
        Action::SetView(view) => state.room.view = view,
        Action::SetStep(step) => state.room.step = step,
        Action::SetScope(scope) => state.room.scope = scope,
        Action::OrderComponents(order) => state.room.order = order,
        Action::SortHeads(sort) => state.room.sort = sort,
        Action::ToggleAblation(part) => {
            toggle_ablation(state, part);
            ask(state, effects);
        }
        Action::SwapFiller(part) => {
            let swapped = state.room.ablations.iter_mut().find(|it| it.part == part);
            if let Some(ablation) = swapped {
                ablation.filler = ablation.filler.other();
                state.room.filler = ablation.filler;
                ask(state, effects);
            }
        }
        Action::RestoreAll => {
            state.room.ablations.clear();
            ask(state, effects);
        }
        Action::SetSampling(sampling) => {
            state.room.sampling = sampling;
            details::ask_cuts(state, effects);
        }
        Action::Compare { token, against } => {
            state.room.compared = Some((token, against));
            details::ask_attribution(state, effects);
        }
        Action::Choose(token) => {
            if let Some(against) = state.room.rival(token) {
                state.room.compared = Some((token, against));
                details::ask_attribution(state, effects);
            }
        }
        Action::Append(id) => append(state, id, effects),
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
        Action::LeaveLearn => learn::leave(state, effects),
        Action::Share => effects.push(Effect::CopyLink),
        Action::Shared(true) => {
            state.is_copied = true;
            text::LINK_COPIED.clone_into(&mut state.announcement);
        }
        Action::Shared(false) => state.tell(text::LINK_NOT_COPIED.to_owned()),
        Action::ForgetShared => state.is_copied = false,
        Action::Dismiss(index) => {
            if index < state.notices.len() {
                state.notices.remove(index);
            }
        }
        Action::Save(figure, format) => match menu::save(state, figure, format) {
            Some(effect) => effects.push(effect),
            None => state.tell(text::NOTHING_TO_SAVE.to_owned()),
        },
        Action::Saved(name) => state.announcement = text::saved(&name),
        Action::NotSaved(name) => state.tell(text::not_saved(&name)),
        frame => apply_to_frame(state, frame, effects),
    }
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
        state.room.error = Some(text::EMPTY_PROMPT.to_owned());
        step(state, Input::Forget, effects);
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

fn toggle_ablation(state: &mut State, part: Part) {
    let room = &mut state.room;
    if room.is_ablated(part) {
        room.ablations.retain(|ablation| ablation.part != part);
    } else {
        let filler = room.filler;
        room.ablations.push(Ablation { part, filler });
    }
}

/// Puts a next token at the end of the prompt, if it is text of its own.
fn append(state: &mut State, id: u32, effects: &mut Vec<Effect>) {
    let run = state.room.run.as_ref();
    let token = run.and_then(|run| run.next.iter().find(|token| token.id == id));
    if let Some(token) = token.filter(|token| token.is_text()) {
        state.prompt = format!("{}{}", state.asked, token.text);
        ask(state, effects);
    }
}

pub(crate) fn select_head(state: &mut State, wanted: Head, effects: &mut Vec<Effect>) {
    let shape = state.session.loaded().map(|model| model.shape);
    let head = shape.map_or(wanted, |shape| Head {
        layer: wanted.layer.min(shape.n_layers.saturating_sub(1)),
        head: wanted.head.min(shape.n_heads.saturating_sub(1)),
    });
    state.room.head = head;
    state.room.companions.clear();
    state.room.renew_mean();
    state.room.hover = None;
    let is_long = state.room.seq_len() > MAX_WHOLE;
    let is_known = is_long || state.room.pattern().is_some();
    step(state, Input::Look { head, is_known }, effects);
    details::ask_overview(state, effects);
    details::follow_selection(state, effects);
    state.announce_row();
}

fn generate(state: &mut State, effects: &mut Vec<Effect>) {
    if state.prompt != state.asked {
        ask(state, effects);
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

/// Opens a link: at the start, or when the address changes.
fn open(state: &mut State, fragment: &str, effects: &mut Vec<Effect>) {
    if !state.written.is_empty() && fragment == state.written {
        return;
    }
    let is_first = state.written.is_empty();
    let (link, notices) = Permalink::parse(fragment);
    for notice in notices {
        state.tell(notice);
    }
    if let Some(fault) = link.fault {
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
fn show_recording(state: &mut State, json: &str) {
    if state.room.run.is_some() {
        return;
    }
    match Recording::parse(json) {
        Ok(recording) => {
            let is_wanted =
                recording.model == state.session.model() && recording.prompt == state.prompt;
            if is_wanted {
                state.recorded_shape = Some(recording.shape);
                show(state, recording.run, Some(recording.pattern));
                state.shown_prompt = recording.prompt;
                state.room.truth = recording.truth.map_or(ShownTruth::None, ShownTruth::Known);
            }
        }
        Err(error) => state.tell(text::sentence(&error.to_string())),
    }
}

/// Shows a run. A place of the link that it does not have falls back, with a notice.
fn show(state: &mut State, run: Run, pattern: Option<Pattern>) {
    let n = run.seq_len();
    let places = [state.room.row, state.room.col].into_iter().flatten();
    let missing = places.into_iter().find(|place| *place >= n);
    if let (Some(place), true) = (missing, std::mem::take(&mut state.is_cell_linked)) {
        state.tell(text::no_such_token(place, n));
    }
    state.shown_model = Some(state.session.model().to_owned());
    state.shown_prompt.clone_from(&state.asked);
    state.room.show(run, pattern);
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
            show(state, run, pattern);
            ask_truth(state, effects);
            details::ask_all(state, effects);
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
        }
        News::Pattern(pattern) => {
            state.room.keep(pattern);
            details::ask_companions(state, effects);
            state.announce_row();
            learn::settle(state, effects);
        }
        News::Found(kind, finding) => {
            details::hear(state, kind, finding, effects);
            learn::settle(state, effects);
        }
        News::NotFound(kind, why) => details::miss(state, kind, why),
        News::GenerationStarted => state.room.continuation = Some(Continuation::default()),
        News::Token(token) => {
            if let Some(continuation) = &mut state.room.continuation {
                continuation.tokens.push(token);
            }
        }
        News::GenerationEnded(end) => {
            if let Some(continuation) = &mut state.room.continuation {
                continuation.end = Some(end);
                state.announcement = text::wrote(&continuation.text());
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
        state.tell(text::no_such_head(head, shape.n_layers, shape.n_heads));
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
        state.tell(text::no_such_part(&text::part(ablation.part)));
    }
}

#[cfg(test)]
#[path = "reduce_tests.rs"]
pub(crate) mod tests;
