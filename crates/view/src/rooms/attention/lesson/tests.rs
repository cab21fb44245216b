//! The lesson as a value: scenes, what they pick, and what is given back.

use crate::frame::action::FrameAction;
use crate::rooms::attention::action::AttentionAction;
use headlight_activations::{Detail, DetailKind, HeadScores, OverTargets, Sampling, Thumbnail};

use super::progress::SavedScene;
use super::scene::shared_row;
use super::*;
use crate::State;
use crate::action::Action;
use crate::address;
use crate::answers::head::Head;
use crate::answers::pattern::Pattern;
use crate::answers::run::tests::run;
use crate::answers::run::{UneditedRun, WeightedToken};
use crate::frame::defaults::DEFAULT_HEAD;
use crate::frame::defaults::DEFAULT_MODEL;
use crate::frame::defaults::DEFAULT_PROMPT;
use crate::frame::effect::Effect;
use crate::reduce::reduce;
use crate::reduce::tests::{induction, live, posted, said};
use crate::rooms::attention::choices::View;
use crate::rooms::attention::figures::steps::RowStep;
use crate::session::{Ask, Command, Message, RunId};

const WORDS: [&str; 4] = ["<|story|>", " tower", " to", " the"];
/// The key that the last row of every head of [`pattern`] looks at.
const LOOKED_UP: usize = 1;

/// The first half of the heads looks from the last row at [`LOOKED_UP`].
fn pattern(head: Head) -> Pattern {
    let n = WORDS.len();
    let mut weights = vec![0.0; n * n];
    for query in 0..n {
        weights[query * n] = 1.0;
    }
    weights[n * (n - 1)..].copy_from_slice(&[0.05, 0.9, 0.05, 0.0]);
    Pattern::new(head, n, weights, vec![2.0; n]).unwrap()
}

fn thumbnail(number: usize) -> Thumbnail {
    let (layer, head) = (number / 4, number % 4);
    let mut cells = pattern(Head { layer, head }).row(0).to_vec();
    cells.resize(WORDS.len() * WORDS.len(), 0.0);
    cells[3 * WORDS.len() + LOOKED_UP] = if layer >= 2 { 0.6 } else { 0.1 };
    Thumbnail {
        layer,
        head,
        side: WORDS.len(),
        cells,
        scores: HeadScores {
            nearby: None,
            previous: 0.0,
            duplicate: 0.0,
            induction: 0.0,
            // Head 0.1 is the broadest, head 3.3 the sharpest.
            entropy: if number == 1 {
                1.1
            } else {
                1.0 - number as f64 / 100.0
            },
            sink: None,
            over_targets: OverTargets {
                previous: None,
                duplicate: None,
                induction: None,
            },
        },
    }
}

/// The questions that the effects post, a detail with its kind.
fn details(effects: &[Effect]) -> Vec<(RunId, DetailKind)> {
    let detail = |effect: &Effect| match effect {
        Effect::Worker(Command::Post {
            ask: Ask::Detail { run, detail },
            ..
        }) => Some((*run, Detail::kind(detail))),
        _ => None,
    };
    effects.iter().filter_map(detail).collect()
}

/// Answers a run that the effects ask, and the thumbnails that it leads to.
fn answer(state: &mut State, effects: &[Effect]) -> Vec<Effect> {
    let id = posted(effects).unwrap();
    let mut answer = run(&WORDS);
    answer.next = vec![token(" tower", 0.9), token(" house", 0.05)];
    if !state.frame.subject.ablations.is_empty() {
        answer.clean = Some(Box::new(UneditedRun {
            next: answer.next.clone(),
            prob_of_next: vec![0.9, 0.05],
            edited_prob_of_next: vec![0.2, 0.05],
            nll: answer.nll.clone(),
            perplexity: answer.perplexity,
        }));
        answer.next = vec![token(" house", 0.4), token(" tower", 0.2)];
    }
    let pattern = Some(pattern(state.frame.subject.head));
    let message = Message::Ran {
        run: id,
        answer,
        pattern,
    };
    let effects = reduce(state, said(1, message));
    let asked = details(&effects);
    let (run, _) = asked
        .into_iter()
        .find(|(_, kind)| *kind == DetailKind::Thumbnails)
        .unwrap();
    let finding = headlight_activations::Finding::Thumbnails((0..16).map(thumbnail).collect());
    reduce(state, said(1, Message::Found { run, finding }))
}

fn token(text: &str, prob: f64) -> WeightedToken {
    WeightedToken {
        id: text.len() as u32 * 7 + u32::from(text.as_bytes()[1]),
        text: text.to_owned(),
        prob,
    }
}

/// A page whose run of the first prompt has been answered in full.
fn page() -> State {
    let mut state = live("");
    reduce(&mut state, FrameAction::Models(vec![induction()]));
    let edit = state.frame.edit;
    let effects = reduce(&mut state, FrameAction::RunPrompt(edit));
    answer(&mut state, &effects);
    state
}

/// Goes to a topic's step.
fn go_to(state: &mut State, topic: Topic) -> Vec<Effect> {
    let step = Topic::ALL.iter().position(|it| *it == topic).unwrap();
    reduce(state, AttentionAction::LearnStep(step))
}

fn strip(state: &State) -> LessonStrip {
    state.attention.strip(&state.frame).unwrap()
}

fn answer_of(state: &mut State) -> String {
    reduce(state, AttentionAction::RevealAnswer);
    strip(state).answer.unwrap()
}

fn write(state: &mut State, prompt: &str) -> Vec<Effect> {
    reduce(state, FrameAction::EditPrompt(prompt.to_owned()));
    let edit = state.frame.edit;
    reduce(state, FrameAction::RunPrompt(edit))
}

#[test]
fn the_example_is_not_asked_again_where_it_stands_already() {
    let mut state = page();
    let effects = reduce(&mut state, AttentionAction::OpenLearn);
    assert_eq!(posted(&effects), None);
    assert_eq!(strip(&state).topic, Topic::Tokens);
    assert!(!strip(&state).is_astray);
    let spoken = state.attention.strip_spoken(&state.frame).unwrap();
    assert!(spoken.starts_with("Step 1 of 8. What does"), "{spoken}");
}

#[test]
fn every_step_shows_its_scene_and_is_astray_once_it_is_changed() {
    for topic in [
        Topic::Tokens,
        Topic::Query,
        Topic::Score,
        Topic::Mask,
        Topic::Softmax,
    ] {
        let mut state = page();
        reduce(
            &mut state,
            AttentionAction::SelectHead(Head { layer: 0, head: 0 }),
        );
        reduce(&mut state, AttentionAction::SelectRow(2));
        go_to(&mut state, topic);
        let scene = topic.scene();
        assert_eq!(state.frame.subject.head, DEFAULT_HEAD);
        assert_eq!(
            (state.attention.view, state.attention.step),
            (scene.view, scene.step)
        );
        assert!(!strip(&state).is_astray, "{topic:?}");
        reduce(&mut state, AttentionAction::SelectRow(0));
        assert!(strip(&state).is_astray, "{topic:?}");
        reduce(&mut state, AttentionAction::RepeatStep);
        assert!(!strip(&state).is_astray, "{topic:?}");
    }
}

#[test]
fn the_mask_is_shown_where_something_is_hidden() {
    let mut state = page();
    go_to(&mut state, Topic::Mask);
    assert_eq!(state.attention.query(&state.frame.subject), LOOKED_UP);
    assert_eq!(
        answer_of(&mut state),
        "2: all after it. Whatever they are, they change nothing in this row."
    );
}

#[test]
fn all_heads_that_look_up_the_same_are_taken_out_and_come_back() {
    let mut state = page();
    let effects = go_to(&mut state, Topic::Value);
    assert_eq!(state.frame.subject.ablations.len(), 8, "layers 2 and 3");
    assert!(
        answer_of(&mut state).contains("on their way"),
        "until it has run"
    );
    assert!(
        strip(&state).idea.contains("the 8 heads"),
        "{}",
        strip(&state).idea
    );
    answer(&mut state, &effects);
    assert_eq!(
        answer_of(&mut state),
        "“house”, with 40.0\u{a0}%: “tower” goes from 90.0\u{a0}% to 20.0\u{a0}%."
    );
    assert!(!strip(&state).is_astray);
    reduce(&mut state, AttentionAction::LeaveLearn);
    assert_eq!(state.frame.subject.ablations, []);
}

#[test]
fn the_broadest_head_is_picked_once_all_heads_are_there() {
    let mut state = live("");
    let edit = state.frame.edit;
    let effects = reduce(&mut state, FrameAction::RunPrompt(edit));
    go_to(&mut state, Topic::Heads);
    assert_eq!(state.frame.subject.head, DEFAULT_HEAD);
    assert!(answer_of(&mut state).contains("on their way"));
    answer(&mut state, &effects);
    assert_eq!(state.frame.subject.head, Head { layer: 0, head: 1 });
    let said = answer_of(&mut state);
    assert!(said.starts_with("Head 3.3 with 0.85\u{a0}bits"), "{said}");
    assert!(said.contains("head 0.1 with 1.10\u{a0}bits"), "{said}");
}

#[test]
fn a_figure_that_the_visitor_changed_meanwhile_is_left_alone() {
    let mut state = live("");
    let edit = state.frame.edit;
    let effects = reduce(&mut state, FrameAction::RunPrompt(edit));
    go_to(&mut state, Topic::Heads);
    let chosen = Head { layer: 2, head: 2 };
    reduce(&mut state, AttentionAction::SelectHead(chosen));
    answer(&mut state, &effects);
    assert_eq!(state.frame.subject.head, chosen);
    assert!(strip(&state).is_astray);
    reduce(&mut state, AttentionAction::RepeatStep);
    assert_eq!(state.frame.subject.head, Head { layer: 0, head: 1 });
}

#[test]
fn another_model_comes_with_its_own_example() {
    let mut state = page();
    go_to(&mut state, Topic::Induction);
    let example = induction();
    assert_eq!(state.frame.session.model(), "induction");
    assert_eq!(Some(&state.frame.asked), example.prompt.as_ref());
    assert_eq!(Some(state.frame.subject.head), example.head);
    go_to(&mut state, Topic::Tokens);
    assert_eq!(state.frame.session.model(), DEFAULT_MODEL);
    assert_eq!(state.frame.asked, DEFAULT_PROMPT);
}

#[test]
fn the_visitors_own_prompt_and_view_are_given_back() {
    let mut state = page();
    let effects = write(&mut state, "Tom ran");
    answer(&mut state, &effects);
    let head = Head { layer: 1, head: 1 };
    reduce(&mut state, AttentionAction::SelectHead(head));
    reduce(&mut state, AttentionAction::SelectCell(2, 1));
    reduce(&mut state, AttentionAction::SetView(View::Lines));
    reduce(&mut state, AttentionAction::ToggleRow(0));
    reduce(
        &mut state,
        AttentionAction::ToggleHead(Head { layer: 0, head: 0 }),
    );
    let before = SavedScene::of(&state.attention, &state.frame);
    reduce(&mut state, AttentionAction::OpenLearn);
    assert_eq!(
        (
            state.attention.heads(&state.frame.subject).len(),
            state.attention.queries(&state.frame.subject).len()
        ),
        (1, 1)
    );
    assert_eq!(state.frame.prompt, DEFAULT_PROMPT);
    for topic in [Topic::Mask, Topic::Value, Topic::Induction] {
        go_to(&mut state, topic);
    }
    reduce(&mut state, AttentionAction::LeaveLearn);
    assert_eq!(SavedScene::of(&state.attention, &state.frame), before);
    assert_eq!(state.frame.asked, "Tom ran");
    assert_eq!(state.attention.strip(&state.frame), None);
}

#[test]
fn what_is_written_in_the_lesson_is_never_lost() {
    let mut state = page();
    reduce(&mut state, AttentionAction::OpenLearn);
    write(&mut state, "Tom ran");
    assert!(strip(&state).is_astray);
    let mut other = state.clone();
    reduce(&mut state, AttentionAction::LeaveLearn);
    assert_eq!(state.frame.prompt, "Tom ran", "it stays");
    reduce(&mut other, AttentionAction::LearnStep(2));
    assert_eq!(other.frame.prompt, DEFAULT_PROMPT);
    reduce(&mut other, AttentionAction::LeaveLearn);
    assert_eq!(other.frame.prompt, "Tom ran", "it comes back");
}

#[test]
fn a_prompt_written_with_parts_out_gets_the_whole_model_back() {
    let mut state = page();
    go_to(&mut state, Topic::Value);
    write(&mut state, "Tom ran");
    reduce(&mut state, AttentionAction::LeaveLearn);
    assert_eq!(
        (
            state.frame.prompt.as_str(),
            state.frame.subject.ablations.len()
        ),
        ("Tom ran", 0)
    );
}

#[test]
fn the_lesson_goes_on_where_it_was_left_and_begins_again_after_its_end() {
    let mut state = page();
    reduce(&mut state, AttentionAction::LearnStep(3));
    reduce(&mut state, AttentionAction::LeaveLearn);
    reduce(&mut state, AttentionAction::OpenLearn);
    assert_eq!(strip(&state).step, 3);
    reduce(&mut state, AttentionAction::LearnStep(99));
    assert_eq!(strip(&state).topic, Topic::Induction);
    reduce(&mut state, AttentionAction::LeaveLearn);
    reduce(&mut state, AttentionAction::OpenLearn);
    assert_eq!(strip(&state).step, 0);
}

#[test]
fn a_link_to_a_step_alone_shows_its_scene() {
    let mut state = live("#/attention?v=1&learn=attention.4");
    let edit = state.frame.edit;
    let effects = reduce(&mut state, FrameAction::RunPrompt(edit));
    answer(&mut state, &effects);
    assert_eq!(
        (state.attention.view, state.attention.step),
        (View::Steps, RowStep::Mask)
    );
    assert_eq!(
        (
            strip(&state).step,
            state.attention.query(&state.frame.subject)
        ),
        (3, LOOKED_UP)
    );
    reduce(&mut state, AttentionAction::LeaveLearn);
    assert_eq!(
        (state.attention.view, state.attention.row),
        (View::Map, None)
    );
}

#[test]
fn a_shared_step_is_the_same_step_elsewhere() {
    for topic in [Topic::Mask, Topic::Value, Topic::Heads] {
        let mut state = page();
        go_to(&mut state, topic);
        let fragment = address::fragment_of(&state);
        let mut other = live(&fragment);
        assert_eq!(
            address::fragment_of(&other),
            address::fragment_of(&state),
            "{topic:?}"
        );
        let edit = other.frame.edit;
        let effects = reduce(&mut other, FrameAction::RunPrompt(edit));
        answer(&mut other, &effects);
        assert_eq!(strip(&other).idea, strip(&state).idea);
        assert!(!strip(&other).is_astray, "{topic:?}");
        reduce(&mut other, AttentionAction::LeaveLearn);
        assert_eq!(other.frame.prompt, DEFAULT_PROMPT);
        assert_eq!(other.frame.subject.ablations, []);
        reduce(&mut other, Action::Opened(fragment));
        assert!(other.attention.strip(&other.frame).is_some());
        reduce(&mut other, Action::Opened("#/attention?v=1".to_owned()));
        assert_eq!(
            other.attention.strip(&other.frame),
            None,
            "a link without a step closes the strip"
        );
    }
}

#[test]
fn a_linked_figure_of_ones_own_stands_beside_the_step() {
    let link = "#/attention?v=1&prompt=Tom%20ran&layer=1&head=1&learn=attention.2";
    let mut state = live(link);
    assert_eq!(
        (state.frame.prompt.as_str(), strip(&state).step),
        ("Tom ran", 1)
    );
    assert!(strip(&state).is_astray);
    reduce(&mut state, AttentionAction::RepeatStep);
    assert_eq!(state.frame.prompt, DEFAULT_PROMPT);
    reduce(&mut state, AttentionAction::LeaveLearn);
    assert_eq!(state.frame.prompt, "Tom ran");
}

#[test]
fn answers_are_read_off_the_row_that_is_shown() {
    let mut state = page();
    go_to(&mut state, Topic::Query);
    assert!(strip(&state).question.contains("“the”"));
    assert!(answer_of(&mut state).starts_with("At “tower”, with 90.0\u{a0}%"));
    go_to(&mut state, Topic::Score);
    assert_eq!(
        answer_of(&mut state),
        "“tower” with a score of 1.89, then “<|story|>” with a score of \u{2212}1.00."
    );
    go_to(&mut state, Topic::Softmax);
    assert_eq!(
        answer_of(&mut state),
        "“tower” gets 90.0\u{a0}%, “<|story|>” gets 5.0\u{a0}%: 18 times as much, because its score \
         is 2.89 points higher, and e^2.89 is about 18."
    );
    go_to(&mut state, Topic::Tokens);
    assert_eq!(
        answer_of(&mut state),
        "4 tokens. Nobody typed “<|story|>”: it tells the model where the text begins."
    );
}

#[test]
fn ideas_are_short_and_plain() {
    let page = page();
    let (room, subject) = (&page.attention, &page.frame.subject);
    for topic in Topic::ALL {
        let idea = words::idea(topic, room, subject);
        let question = words::question(topic, room, subject);
        assert!(topic.title().ends_with('?') && question.ends_with('?'));
        for said in [&idea, &question] {
            assert!(!said.contains('!'), "{said}");
        }
        assert!(idea.chars().count() <= 190, "{idea}");
        assert!(idea.matches(['.', '?']).count() <= 4, "{idea}");
    }
}

#[test]
fn what_the_lesson_does_not_touch_stays() {
    let mut state = page();
    let sampling = Sampling {
        temperature: 0.5,
        ..Sampling::default()
    };
    reduce(&mut state, AttentionAction::SetSampling(sampling));
    go_to(&mut state, Topic::Induction);
    reduce(&mut state, AttentionAction::LeaveLearn);
    assert_eq!(state.frame.subject.sampling, sampling);
}

#[test]
fn softmax_is_shown_on_a_row_that_looks_at_several_tokens() {
    let n = 7;
    let mut weights = vec![0.0; n * n];
    for query in 0..n {
        weights[query * n] = 1.0;
    }
    // An early row that shares more, and a late one.
    weights[2 * n..2 * n + 3].copy_from_slice(&[0.4, 0.3, 0.3]);
    weights[5 * n..5 * n + 3].copy_from_slice(&[0.7, 0.2, 0.1]);
    let pattern = Pattern::new(Head::default(), n, weights, vec![2.0; n]).unwrap();
    assert_eq!(shared_row(&pattern), 5);
}
