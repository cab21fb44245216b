//! What the model writes after the prompt, and the seed that it is drawn with.

use super::*;

/// A text that was drawn as is set now, and is over.
fn write(state: &mut State) {
    reduce(state, FrameAction::Generate);
    let written = state.frame.subject.continuation.as_mut().unwrap();
    written.end = Some(crate::session::GenerationEnd::MaxTokens);
}

/// The seed that the newest generation was asked with.
fn seed_asked(effects: &[Effect]) -> Option<u64> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::Worker(Command::Post {
            ask: Ask::Generate { request, .. },
            ..
        }) => Some(request.sampling.seed),
        _ => None,
    })
}

#[test]
fn a_text_that_is_asked_for_again_is_another_one() {
    let mut state = live("");
    write(&mut state);
    assert_eq!(state.frame.seed, 0);
    write(&mut state);
    assert_eq!(state.frame.seed, 1);
    state.frame.subject.sampling.temperature = 0.0;
    write(&mut state);
    write(&mut state);
    assert_eq!(state.frame.seed, 1, "without chance there is only one");
}

#[test]
fn the_seed_that_was_typed_is_the_one_that_is_used() {
    let mut state = live("");
    write(&mut state);
    reduce(&mut state, FrameAction::SetSeed(12_345));
    let effects = reduce(&mut state, FrameAction::Generate);
    assert_eq!(seed_asked(&effects), Some(12_345));
    assert_eq!(state.frame.seed, 12_345);
}

#[test]
fn a_text_that_was_drawn_in_another_way_says_how() {
    let mut state = live("");
    write(&mut state);
    assert_eq!(state.frame.drawn_otherwise(), None);
    reduce(&mut state, FrameAction::SetSeed(7));
    let sampling = Sampling {
        temperature: 0.5,
        ..Sampling::default()
    };
    reduce(&mut state, AttentionAction::SetSampling(sampling));
    let said = state.frame.drawn_otherwise().unwrap();
    assert!(
        said.starts_with("This text was drawn with seed 0, temperature 1."),
        "{said}"
    );
    write(&mut state);
    assert_eq!(state.frame.drawn_otherwise(), None);
    assert_eq!(state.frame.seed, 7, "another temperature is another text");
}
