//! The figures of the last prompt that could be run, after one that could not.

use super::*;
use crate::frame::status;
use crate::rooms::attention::action::AttentionAction;
use crate::rooms::attention::words as attention_words;

fn refuse(state: &mut State, run: RunId) -> Vec<Effect> {
    let message = Message::Failed {
        run,
        blame: Blame::Input,
        message: "prompt has 401 tokens".to_owned(),
        fitting: None,
    };
    reduce(state, said(1, message))
}

#[test]
fn a_head_of_the_prompt_before_is_asked_for_and_shown() {
    let mut state = live("#/attention?layer=1&head=2");
    let run = run_prompt(&mut state, "Tom Tom Tom");
    refuse(&mut state, run);
    let head = Head { layer: 0, head: 0 };
    let run = posted(&reduce(&mut state, AttentionAction::SelectHead(head))).unwrap();
    assert_eq!(
        state.attention.why_no_pattern(&state.frame),
        attention_words::PATTERN_UNDER_WAY
    );
    let whole = pattern(4);
    let rows = (0..4).flat_map(|query| whole.row(query).to_vec()).collect();
    let pattern = Pattern::new(head, 4, rows, vec![1.0; 4]).unwrap();
    reduce(&mut state, said(1, Message::Pattern { run, pattern }));
    assert!(state.attention.pattern(&state.frame.subject).is_some());
}

#[test]
fn what_the_newer_prompt_made_pointless_is_asked_for_again() {
    let mut state = live("#/attention?layer=1&head=2");
    let run = run_prompt(&mut state, "Tom Tom Tom");
    reduce(
        &mut state,
        AttentionAction::SelectHead(Head { layer: 0, head: 0 }),
    );
    let effects = refuse(&mut state, run);
    assert!(posted(&effects).is_some(), "the head chosen meanwhile");
    let kinds: Vec<DetailKind> = details(&effects).iter().map(|(_, d)| d.kind()).collect();
    assert!(kinds.contains(&DetailKind::Thumbnails) && kinds.contains(&DetailKind::Lens));
}

#[test]
fn a_run_that_the_engine_has_left_is_not_waited_for() {
    let mut state = live("#/attention?layer=1&head=2");
    let late = run_prompt(&mut state, "Tom");
    let newest = run_prompt(&mut state, "Tom Tom Tom");
    answered(&mut state, late, two_next(&["Tom"]));
    refuse(&mut state, newest);
    let head = Head { layer: 0, head: 0 };
    assert_eq!(
        posted(&reduce(&mut state, AttentionAction::SelectHead(head))),
        None
    );
    assert_eq!(
        state.attention.why_no_pattern(&state.frame),
        attention_words::RUN_IS_LOST
    );
    assert_eq!(
        state
            .attention
            .why_no_detail(&state.frame, DetailKind::Lens),
        attention_words::RUN_IS_LOST
    );
}

#[test]
fn where_no_prompt_ever_ran_nothing_is_said_to_be_computed() {
    let mut state = State::default();
    reduce(&mut state, Action::Opened(String::new()));
    state.frame.subject.error = Some("The text has \"a\".".to_owned());
    assert_eq!(
        state
            .attention
            .why_no_detail(&state.frame, DetailKind::Lens),
        attention_words::NOTHING_YET
    );
    assert_eq!(
        state.attention.why_no_pattern(&state.frame),
        attention_words::NOTHING_YET
    );
}

#[test]
fn a_prompt_that_is_too_long_is_cut_on_request() {
    let mut state = live("");
    let run = run_prompt(&mut state, "Tom Tom Tom");
    let message = Message::Failed {
        run,
        blame: Blame::Input,
        message: "the prompt has 3 tokens, expected at most 2".to_owned(),
        fitting: Some("Tom Tom".to_owned()),
    };
    assert!(status::used(&state.frame).is_some());
    reduce(&mut state, said(1, message));
    assert_eq!(
        status::used(&state.frame),
        None,
        "the count is of the prompt that is shown, not of the one in the field"
    );
    assert!(status::cut_offer(&state.frame).is_some());
    let effects = reduce(&mut state, FrameAction::CutPrompt);
    assert_eq!(state.frame.prompt, "Tom Tom");
    let (run, _) = asked_run(&effects).unwrap();
    assert_eq!(status::cut_offer(&state.frame), None);
    answered(&mut state, run, two_next(&["Tom", " Tom"]));
    assert!(status::used(&state.frame).is_some());
}
