//! The page as a value: typing, selecting, models, writing.

#[path = "reduce_tests/continuations.rs"]
mod continuations;
#[path = "reduce_tests/links.rs"]
mod links;
#[path = "reduce_tests/products.rs"]
mod products;
#[path = "reduce_tests/questions.rs"]
mod questions;
#[path = "reduce_tests/recordings.rs"]
mod recordings;
#[path = "reduce_tests/refusals.rs"]
mod refusals;
#[path = "reduce_tests/saving.rs"]
mod saving;
#[path = "reduce_tests/truths.rs"]
mod truths;

use crate::frame::action::FrameAction;
use crate::frame::words as frame_words;
use crate::rooms::attention::action::AttentionAction;
use crate::rooms::attention::words as attention_words;
use headlight_activations::{Detail, DetailKind, Finding, ModelShape, Tile, TilePart};

use headlight_activations::Sampling;

use super::*;
use crate::answers::head::Head;
use crate::answers::run::tests::{pattern, run};
use crate::answers::run::{Backend, Pattern, Run, WeightedToken};
use crate::answers::truth::{ShownTruth, TruthInput};
use crate::frame::ModelInfo;
use crate::frame::Panel;
use crate::frame::ThemeName;
use crate::frame::ablation::Part;
use crate::frame::defaults::DEFAULT_HEAD;
use crate::frame::defaults::DEFAULT_PROMPT;
use crate::frame::models::ModelExample;
use crate::frame::save::Content;
use crate::frame::{figure_words, menu};
use crate::rooms::attention::catalogue::AttentionFigure;
use crate::session::{Ask, BackendReport, Blame, Command, LoadedModel, Message, RunId, WorkerId};
use crate::session::{Input, News};
use headlight_figure::FigureId;
use headlight_figure::files::Format;

pub(crate) fn said(worker: u32, message: Message) -> FrameAction {
    FrameAction::Engine(Input::Said {
        worker: WorkerId(worker),
        message: Box::new(message),
        now_ms: 0.0,
    })
}

fn shape() -> ModelShape {
    ModelShape {
        n_layers: 4,
        n_heads: 4,
        n_kv_heads: 4,
        d_model: 64,
        d_head: 16,
        d_mlp: 256,
        d_vocab: 999,
        n_ctx: 256,
    }
}

/// The id of the last question that the effects post.
pub(crate) fn posted(effects: &[Effect]) -> Option<RunId> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::Worker(Command::Post { ask, .. }) => match ask {
            Ask::Load { run, .. } | Ask::Run { run, .. } | Ask::Pattern { run, .. } => Some(*run),
            Ask::Detail { .. } => None,
            Ask::Generate { run, .. } => Some(*run),
            Ask::Cancel { .. } | Ask::Inject(_) => None,
        },
        _ => None,
    })
}

/// A page opened with this fragment whose first prompt has been answered.
pub(crate) fn live(fragment: &str) -> State {
    live_with(fragment, Some("stories"))
}

/// A live page whose model is of this language.
fn live_with(fragment: &str, language: Option<&str>) -> State {
    let mut state = State::default();
    reduce(&mut state, Action::Opened(fragment.to_owned()));
    let builds = Input::Builds {
        has_cpu: true,
        has_gpu: false,
        has_webgpu: false,
    };
    reduce(&mut state, FrameAction::Engine(builds));
    let load = posted(&reduce(&mut state, said(1, Message::Booted))).unwrap();
    let model = loaded_model("stories", language);
    let effects = reduce(
        &mut state,
        said(
            1,
            Message::Loaded {
                run: load,
                model: Box::new(model),
            },
        ),
    );
    answer(&mut state, posted(&effects).unwrap());
    state
}

/// A model of this name and language.
fn loaded_model(name: &str, language: Option<&str>) -> LoadedModel {
    LoadedModel {
        name: name.to_owned(),
        shape: shape(),
        language: language.map(str::to_owned),
        n_parameters: 1_000,
        weight_bytes: 4_000,
        backend: BackendReport {
            backend: Backend::Cpu,
            device: "CPU".to_owned(),
            reason: "the only one".to_owned(),
            self_test: None,
            limits: None,
            cpu_ms: None,
            gpu_ms: None,
        },
    }
}

/// The engine answers a prompt.
pub(crate) fn answer(state: &mut State, id: RunId) {
    let message = Message::Ran {
        run: id,
        answer: run(&["Lily", " ran", ".", " She"]),
        pattern: Some(pattern(4)),
    };
    reduce(state, said(1, message));
}

fn link(effects: &[Effect]) -> Option<&str> {
    effects.iter().find_map(|effect| match effect {
        Effect::WriteLink(fragment) => Some(fragment.as_str()),
        _ => None,
    })
}

#[test]
fn typing_waits_for_a_pause_and_only_the_last_pause_counts() {
    let mut state = live("");
    let first = reduce(&mut state, FrameAction::EditPrompt("Tom".to_owned()));
    assert_eq!(first, [Effect::RunLater(state.frame.edit)]);
    let early = state.frame.edit;
    reduce(&mut state, FrameAction::EditPrompt("Tom ran".to_owned()));
    assert_eq!(reduce(&mut state, FrameAction::RunPrompt(early)), []);
    let edit = state.frame.edit;
    let effects = reduce(&mut state, FrameAction::RunPrompt(edit));
    assert!(posted(&effects).is_some());
    assert!(link(&effects).unwrap().contains("prompt=Tom%20ran"));
}

#[test]
fn a_prompt_that_enter_has_asked_is_not_asked_again_after_the_pause() {
    let mut state = live("");
    reduce(&mut state, FrameAction::EditPrompt("Tom ran".to_owned()));
    let typed = state.frame.edit;
    assert!(posted(&reduce(&mut state, FrameAction::RunPrompt(typed))).is_some());
    assert_eq!(reduce(&mut state, FrameAction::RunPrompt(typed)), []);
    let again = FrameAction::RunPrompt(state.frame.edit);
    assert!(
        posted(&reduce(&mut state, again)).is_some(),
        "Enter always asks"
    );
}

#[test]
fn an_error_keeps_what_was_typed_and_what_was_shown() {
    let mut state = live("");
    reduce(&mut state, FrameAction::EditPrompt("Tom ".repeat(400)));
    let edit = state.frame.edit;
    let run = posted(&reduce(&mut state, FrameAction::RunPrompt(edit))).unwrap();
    let message = "prompt has 401 tokens".to_owned();
    let blame = Blame::Input;
    reduce(
        &mut state,
        said(
            1,
            Message::Failed {
                run,
                blame,
                message,
                fitting: None,
            },
        ),
    );
    assert_eq!(state.frame.prompt, "Tom ".repeat(400));
    assert_eq!(
        state.frame.subject.error.as_deref(),
        Some("Prompt has 401 tokens.")
    );
    assert!(state.frame.subject.run.is_some());
}

#[test]
fn an_empty_prompt_is_said_and_not_sent() {
    let mut state = live("");
    reduce(&mut state, FrameAction::EditPrompt(String::new()));
    let edit = state.frame.edit;
    let effects = reduce(&mut state, FrameAction::RunPrompt(edit));
    assert_eq!(asked_run(&effects), None);
    assert_eq!(
        state.frame.subject.error.as_deref(),
        Some(frame_words::EMPTY_PROMPT)
    );
}

#[test]
fn the_keys_move_between_heads_and_stop_at_the_edges() {
    let mut state = live("#/attention?layer=0&head=0");
    let steps = [(-1, 0), (0, -1), (1, 0), (0, 1), (9, 9)];
    let mut seen = Vec::new();
    for (layers, heads) in steps {
        reduce(&mut state, AttentionAction::MoveHead { layers, heads });
        seen.push((
            state.frame.subject.head.layer,
            state.frame.subject.head.head,
        ));
    }
    assert_eq!(seen, [(0, 0), (0, 0), (1, 0), (1, 1), (3, 3)]);
    reduce(
        &mut state,
        AttentionAction::SelectHead(Head { layer: 1, head: 3 }),
    );
    reduce(&mut state, AttentionAction::StepHead(1));
    assert_eq!(state.frame.subject.head, Head { layer: 2, head: 0 });
}

#[test]
fn a_head_seen_before_is_shown_without_asking() {
    let mut state = live("#/attention?layer=1&head=2");
    reduce(
        &mut state,
        AttentionAction::SelectHead(Head { layer: 0, head: 0 }),
    );
    let head = Head { layer: 1, head: 2 };
    let effects = reduce(&mut state, AttentionAction::SelectHead(head));
    assert_eq!(posted(&effects), None);
    assert!(state.attention.pattern(&state.frame.subject).is_some());
}

#[test]
fn what_the_model_wrote_can_become_part_of_the_prompt() {
    let mut state = live("#/attention?prompt=Lily");
    let effects = reduce(&mut state, FrameAction::Generate);
    let run = posted(&effects).unwrap();
    for text in [" ran", " home"] {
        let token = WeightedToken {
            id: 1,
            text: text.to_owned(),
            prob: 0.5,
        };
        reduce(&mut state, said(1, Message::Token { run, token }));
    }
    reduce(&mut state, FrameAction::KeepContinuation);
    assert_eq!(state.frame.prompt, "Lily ran home");
    assert_eq!(state.frame.asked, "Lily ran home");
    assert_eq!(state.frame.subject.continuation, None);
}

#[test]
fn only_one_panel_is_open_at_a_time() {
    let mut state = State::default();
    reduce(&mut state, FrameAction::Toggle(Panel::Help));
    reduce(&mut state, FrameAction::Toggle(Panel::Backend));
    assert_eq!(state.frame.panel, Some(Panel::Backend));
    reduce(&mut state, FrameAction::Toggle(Panel::Backend));
    assert_eq!(state.frame.panel, None);
}

#[test]
fn the_axes_of_an_empty_map_have_about_as_many_places_as_there_will_be_tokens() {
    let mut state = State::default();
    state.frame.asked = "One day, Lily found a red ball. She".to_owned();
    // The start marker, 8 words, a full stop and a comma.
    assert_eq!(state.attention.axis_tokens(&state.frame).len(), 11);
    state.frame.asked = "Lily".to_owned();
    assert_eq!(state.attention.axis_tokens(&state.frame).len(), 8);
}

fn run_again(state: &mut State, words: &[&str]) -> Vec<Effect> {
    let edit = state.frame.edit;
    let id = posted(&reduce(state, FrameAction::RunPrompt(edit))).unwrap();
    let message = Message::Ran {
        run: id,
        answer: run(words),
        pattern: None,
    };
    reduce(state, said(1, message))
}

pub(crate) fn induction() -> ModelInfo {
    ModelInfo {
        name: "induction".to_owned(),
        description: String::new(),
        prompt: Some("ba ko ba".to_owned()),
        head: Some(Head { layer: 0, head: 3 }),
        recorded: false,
        bytes: 1,
        examples: vec![ModelExample {
            prompt: "re re re".to_owned(),
            head: Some(Head { layer: 1, head: 1 }),
            about: "Look here.".to_owned(),
        }],
    }
}

/// The prompt and head that the effects ask a worker to run.
fn asked(state: &State) -> (&str, Head) {
    (&state.frame.asked, state.frame.subject.head)
}

#[test]
fn another_model_brings_its_own_example_and_takes_it_away_again() {
    let mut state = live("");
    reduce(&mut state, FrameAction::Models(vec![induction()]));
    assert_eq!(asked(&state), (DEFAULT_PROMPT, DEFAULT_HEAD));
    reduce(&mut state, FrameAction::ChooseModel("induction".to_owned()));
    let own = ("ba ko ba", Head { layer: 0, head: 3 });
    assert_eq!(asked(&state), own);
    reduce(&mut state, FrameAction::ChooseModel("stories".to_owned()));
    assert_eq!(asked(&state), (DEFAULT_PROMPT, DEFAULT_HEAD));
}

#[test]
fn what_was_selected_in_one_models_prompt_is_not_in_anothers() {
    let mut state = live("#/attention?row=2&col=1");
    reduce(&mut state, AttentionAction::ToggleRow(1));
    reduce(&mut state, AttentionAction::Zoom(0.5, None));
    reduce(&mut state, FrameAction::Models(vec![induction()]));
    reduce(&mut state, FrameAction::ChooseModel("induction".to_owned()));
    let room = &state.attention;
    assert_eq!((room.row, room.col, room.zoom), (None, None, None));
    assert!(room.also_rows.is_empty());
    let link = "#/attention?model=induction&row=1&rows=0";
    reduce(&mut state, Action::Opened(link.to_owned()));
    assert_eq!(
        state.attention.queries(&state.frame.subject),
        [0, 1],
        "a link's own rows stay"
    );
}

#[test]
fn what_the_visitor_wrote_stays_and_the_example_is_offered_where_it_fails() {
    let mut state = live("");
    reduce(&mut state, FrameAction::Models(vec![induction()]));
    reduce(&mut state, FrameAction::EditPrompt("Tom ran".to_owned()));
    reduce(&mut state, FrameAction::ChooseModel("induction".to_owned()));
    assert_eq!(state.frame.prompt, "Tom ran");
    assert!(!state.frame.can_offer_example());
    state.frame.subject.error = Some("The text has \"Tom\".".to_owned());
    assert!(state.frame.can_offer_example());
    reduce(&mut state, FrameAction::UseExample);
    assert_eq!(asked(&state).0, "ba ko ba");
    assert!(!state.frame.can_offer_example());
}

#[test]
fn an_example_is_run_and_looked_at_from_the_start() {
    let mut state = live("#/attention?row=0&col=0&heads=0.1");
    reduce(&mut state, FrameAction::Models(vec![induction()]));
    assert!(state.frame.examples().is_empty(), "another model's");
    reduce(&mut state, FrameAction::ChooseModel("induction".to_owned()));
    reduce(&mut state, AttentionAction::SelectCell(0, 0));
    reduce(&mut state, FrameAction::Toggle(Panel::Examples));
    reduce(&mut state, FrameAction::RunExample(0));
    assert_eq!(asked(&state), ("re re re", Head { layer: 1, head: 1 }));
    assert_eq!((state.attention.row, state.frame.panel), (None, None));
    assert!(state.frame.is_example("re re re"));
    assert!(reduce(&mut state, FrameAction::RunExample(7)).is_empty());
}

#[test]
fn what_one_model_showed_goes_when_another_cannot_read_the_prompt() {
    let mut state = live("");
    reduce(&mut state, FrameAction::Models(vec![induction()]));
    reduce(&mut state, FrameAction::EditPrompt("Tom ran".to_owned()));
    reduce(&mut state, FrameAction::ChooseModel("induction".to_owned()));
    assert!(
        state.frame.subject.run.is_some(),
        "until the other one has answered"
    );
    assert_eq!(state.frame.subject.head, Head { layer: 0, head: 3 });
    state.frame.apply_news(News::RunFailed {
        why: "The text has \"Tom\".".to_owned(),
        fitting: None,
    });
    after_every_action(&mut state);
    assert!(state.frame.subject.run.is_none() && state.frame.subject.error.is_some());
}

/// The model that these effects load cannot be read.
fn load_failed(state: &mut State, effects: &[Effect]) -> Vec<Effect> {
    let message = Message::Failed {
        run: posted(effects).unwrap(),
        blame: Blame::Input,
        message: "config.json could not be read".to_owned(),
        fitting: None,
    };
    reduce(state, said(1, message))
}

#[test]
fn a_model_that_cannot_be_read_leaves_everything_as_it_was() {
    let link =
        "#/attention?layer=1&head=0&row=2&rows=0,1&heads=0.1&token=1&against=2&ablate=0.2:zero";
    let mut state = live(link);
    reduce(&mut state, FrameAction::Models(vec![induction()]));
    let before = state.clone();
    let by_hand = FrameAction::ChooseModel("induction".to_owned()).into();
    let by_link = Action::Opened("#/attention?model=induction&prompt=ba&row=1".to_owned());
    for switch in [by_hand, by_link] {
        let effects = reduce(&mut state, switch);
        assert_ne!(state.frame.prompt, before.frame.prompt);
        let effects = load_failed(&mut state, &effects);
        let (now, then) = (&state.frame.subject, &before.frame.subject);
        assert_eq!(asked(&state).0, before.frame.prompt);
        assert_eq!((now.head, &now.ablations), (then.head, &then.ablations));
        let (now, then) = (&state.attention, &before.attention);
        assert_eq!((now.row, &now.also_rows), (then.row, &then.also_rows));
        assert_eq!(
            (&now.compared, &now.companions),
            (&then.compared, &then.companions)
        );
        let (_, edits) = asked_run(&effects).unwrap();
        assert_eq!(
            edits,
            ["blocks.0.attn.hook_z"],
            "and is asked with its parts out"
        );
        assert_eq!(state.frame.notices.len(), 1);
    }
}

#[test]
fn what_was_typed_while_a_model_failed_to_load_stays() {
    let mut state = live("");
    reduce(&mut state, FrameAction::Models(vec![induction()]));
    let chosen = FrameAction::ChooseModel("induction".to_owned());
    let effects = reduce(&mut state, chosen);
    reduce(&mut state, FrameAction::EditPrompt("Tom ran".to_owned()));
    load_failed(&mut state, &effects);
    assert_eq!(asked(&state).0, "Tom ran");
}

#[test]
fn a_link_that_takes_out_a_part_that_is_not_there_is_asked_without_it() {
    let link = "#/attention?v=1&ablate=0.2:zero,9.1:zero";
    let hooks = |effects: &[Effect]| asked_run(effects).unwrap().1;
    let mut state = live("");
    let effects = reduce(&mut state, Action::Opened(link.to_owned()));
    assert_eq!(hooks(&effects), ["blocks.0.attn.hook_z"]);
    assert_eq!(state.frame.notices.len(), 1);
    // What another model has is known once it is loaded.
    reduce(&mut state, FrameAction::Models(vec![induction()]));
    let link = "#/attention?v=1&model=induction&ablate=0.2:zero,9.1:zero";
    let effects = reduce(&mut state, Action::Opened(link.to_owned()));
    let loaded = Message::Loaded {
        run: posted(&effects).unwrap(),
        model: Box::new(loaded_model("induction", None)),
    };
    let effects = reduce(&mut state, said(1, loaded));
    assert_eq!(hooks(&effects), ["blocks.0.attn.hook_z"]);
}

#[test]
fn a_link_means_one_view_whatever_was_open_before() {
    let link = "#/attention?v=1&model=induction&layer=0&head=1&row=2&ablate=1.1:zero";
    let opened = |mut state: State| {
        reduce(&mut state, Action::Opened(link.to_owned()));
        reduce(&mut state, FrameAction::Models(vec![induction()]));
        let subject = &state.frame.subject;
        let shown = (
            state.frame.prompt.clone(),
            subject.head,
            subject.ablations.clone(),
        );
        (
            shown,
            state.attention.row,
            state.frame.session.model().to_owned(),
        )
    };
    let fresh = opened(State::default());
    assert_eq!(fresh.0.0, "ba ko ba");
    let mut known = live("#/attention?layer=1&head=3&prompt=Tom");
    reduce(&mut known, FrameAction::Models(vec![induction()]));
    assert_eq!(opened(known), fresh);

    let mut other = live("#/attention?layer=1&head=0&prompt=Tom&ablate=0.2:zero");
    reduce(&mut other, FrameAction::Models(vec![induction()]));
    reduce(
        &mut other,
        Action::Opened("#/attention?v=1&row=1".to_owned()),
    );
    assert_eq!(other.frame.prompt, State::default().frame.prompt);
    assert_eq!(
        other.frame.subject.head,
        State::default().frame.subject.head
    );
    // A link to a room, or to how it is computed, says nothing of what is looked at.
    let mut same = live("#/attention?layer=1&head=0&prompt=Tom");
    for link in ["#/flash", "#/attention", "#/attention?backend=cpu"] {
        reduce(&mut same, Action::Opened(link.to_owned()));
        assert_eq!(same.frame.prompt, "Tom");
        assert_eq!(same.frame.subject.head, Head { layer: 1, head: 0 });
    }
}

/// What the effects ask of the engine beside runs, with the ids.
fn details(effects: &[Effect]) -> Vec<(RunId, Detail)> {
    let asked = effects.iter().filter_map(|effect| match effect {
        Effect::Worker(Command::Post {
            ask: Ask::Detail { run, detail },
            ..
        }) => Some((*run, detail.clone())),
        _ => None,
    });
    asked.collect()
}

fn asked_run(effects: &[Effect]) -> Option<(RunId, Vec<String>)> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::Worker(Command::Post {
            ask: Ask::Run { run, edits, .. },
            ..
        }) => Some((
            *run,
            edits.iter().map(|edit| edit.hook.to_string()).collect(),
        )),
        _ => None,
    })
}

/// Types a prompt and presses Enter.
fn run_prompt(state: &mut State, prompt: &str) -> RunId {
    reduce(state, FrameAction::EditPrompt(prompt.to_owned()));
    let edit = state.frame.edit;
    asked_run(&reduce(state, FrameAction::RunPrompt(edit)))
        .unwrap()
        .0
}

fn answered(state: &mut State, run: RunId, answer: Run) -> Vec<Effect> {
    let pattern = None;
    let message = Message::Ran {
        run,
        answer,
        pattern,
    };
    reduce(state, said(1, message))
}

/// Two next tokens, so that there is something to compare.
fn two_next(words: &[&str]) -> Run {
    let mut run = run(words);
    run.next.push(WeightedToken {
        id: 4,
        text: " He".to_owned(),
        prob: 0.2,
    });
    run
}

#[test]
fn taking_a_head_out_and_putting_it_back_runs_the_prompt_each_time() {
    let mut state = live("");
    let part = Part::Head(Head { layer: 1, head: 2 });
    let (_, edits) = asked_run(&reduce(&mut state, AttentionAction::ToggleAblation(part))).unwrap();
    assert_eq!(edits, ["blocks.1.attn.hook_z"]);
    assert!(address::fragment_of(&state).contains("ablate=1.2%3Azero"));
    let (_, edits) = asked_run(&reduce(&mut state, AttentionAction::SwapFiller(part))).unwrap();
    assert_eq!(edits.len(), 1);
    assert!(address::fragment_of(&state).contains("1.2%3Amean"));
    let (_, edits) = asked_run(&reduce(&mut state, AttentionAction::ToggleAblation(part))).unwrap();
    assert_eq!(edits, [""; 0]);
    assert!(!address::fragment_of(&state).contains("ablate"));
}

#[test]
fn appending_takes_text_and_refuses_markers() {
    let mut state = live("");
    let run = run_prompt(&mut state, "Tom ran");
    let mut answer = two_next(&["Tom", " ran"]);
    answer.next[0].text = "<|end|>".to_owned();
    answered(&mut state, run, answer);
    reduce(&mut state, AttentionAction::Append(9));
    assert_eq!(state.frame.prompt, "Tom ran");
    reduce(&mut state, AttentionAction::Append(4));
    assert_eq!(
        (state.frame.prompt.as_str(), state.frame.asked.as_str()),
        ("Tom ran He", "Tom ran He")
    );
}

#[test]
fn several_heads_are_averaged_once_all_have_come() {
    let mut state = live("");
    let head = state.frame.subject.head;
    let other = Head { layer: 0, head: 1 };
    let n = state.frame.subject.seq_len();
    let of = |head: Head| {
        let whole = pattern(n);
        let rows = (0..n).flat_map(|query| whole.row(query).to_vec()).collect();
        Pattern::new(head, n, rows, vec![1.0; n]).unwrap()
    };
    state.attention.keep(&state.frame.subject, of(head));
    let effects = reduce(&mut state, AttentionAction::ToggleHead(other));
    assert_eq!(
        state.attention.pattern(&state.frame.subject),
        None,
        "one is still missing"
    );
    let run = posted(&effects).unwrap();
    let message = Message::Pattern {
        run,
        pattern: of(other),
    };
    reduce(&mut state, said(1, message));
    let mean = state.attention.pattern(&state.frame.subject).unwrap();
    assert_eq!(mean.weight(1, 0), pattern(n).weight(1, 0));
    assert_eq!(
        state.attention.why_no_steps(&state.frame),
        attention_words::NO_STEPS_OF_SEVERAL
    );
    assert!(address::fragment_of(&state).contains("heads=0.1"));
    reduce(&mut state, AttentionAction::OneHead);
    assert_eq!(state.attention.heads(&state.frame.subject), [head]);
}

#[test]
fn a_map_that_shows_all_goes_on_showing_all_when_the_prompt_grows() {
    let mut state = live("");
    let run = run_prompt(&mut state, "one");
    answered(&mut state, run, two_next(&[" x"; 20]));
    reduce(&mut state, AttentionAction::Zoom(0.5, None));
    assert!(state.attention.zoom.is_some());
    reduce(&mut state, AttentionAction::Zoom(4.0, None));
    let run = run_prompt(&mut state, "two");
    answered(&mut state, run, two_next(&[" x"; 30]));
    assert!(state.attention.zoom(&state.frame.subject).is_whole(30));
}
