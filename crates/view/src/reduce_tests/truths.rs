//! What the model's language says of a run: asked once, kept, and told when it fails.

use crate::frame::action::FrameAction;
use headlight_language::TruthAnswer;

use super::*;
use crate::answers::truth::{Truth, TruthCommand};

/// The question that the effects ask of the language's worker.
fn asked_truth(effects: &[Effect]) -> Option<u64> {
    effects.iter().find_map(|effect| match effect {
        Effect::Truth(TruthCommand::Ask(ask)) => Some(ask.ask),
        _ => None,
    })
}

fn truth(ask: u64, n: usize) -> FrameAction {
    let truth = Truth {
        nll: vec![None; n],
        next: Vec::new(),
        impossible: None,
    };
    let answer = TruthAnswer {
        ask,
        truth: Ok(truth),
    };
    FrameAction::Truth(TruthInput::Answered(answer))
}

#[test]
fn the_truth_of_a_run_is_asked_once_and_kept_with_its_tokens() {
    let mut state = live("");
    assert_eq!(state.frame.subject.truth, ShownTruth::Awaited);
    let effects = reduce(&mut state, FrameAction::Truth(TruthInput::Ready));
    reduce(&mut state, truth(asked_truth(&effects).unwrap(), 4));
    assert!(state.frame.subject.truth.known().is_some());
    let same = run_again(&mut state, &["Lily", " ran", ".", " She"]);
    assert_eq!(asked_truth(&same), None);
    assert!(state.frame.subject.truth.known().is_some());
    let other = run_again(&mut state, &["Tom", " ran"]);
    assert_eq!(state.frame.subject.truth, ShownTruth::Awaited);
    let newest = asked_truth(&other).unwrap();
    reduce(&mut state, truth(newest - 1, 4));
    assert_eq!(
        state.frame.subject.truth,
        ShownTruth::Awaited,
        "an old answer"
    );
    reduce(&mut state, truth(newest, 2));
    assert_eq!(state.frame.subject.truth.known().unwrap().nll.len(), 2);
}

#[test]
fn a_model_without_a_known_language_has_no_truth() {
    let mut state = live_with("", None);
    assert_eq!(state.frame.subject.truth, ShownTruth::None);
    let effects = run_again(&mut state, &["Tom", " ran"]);
    assert!(
        !effects
            .iter()
            .any(|effect| matches!(effect, Effect::Truth(_)))
    );
}

#[test]
fn a_language_that_does_not_arrive_is_told_and_asked_for_again() {
    let mut state = live("");
    let failed = FrameAction::Truth(TruthInput::Failed("it is gone".to_owned()));
    reduce(&mut state, failed);
    let ShownTruth::Unavailable(sentence) = &state.frame.subject.truth else {
        panic!("{:?}", state.frame.subject.truth);
    };
    assert!(sentence.contains("it is gone"), "{sentence}");
    let effects = run_again(&mut state, &["Tom", " ran"]);
    assert!(effects.contains(&Effect::Truth(TruthCommand::Start)));
}
