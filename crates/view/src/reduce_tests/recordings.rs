//! Recorded runs, and the part of the page that comes later.

use super::*;
use crate::answers::recording::RecordingDetails;
use crate::answers::truth::ShownTruth;
use crate::frame::action::FrameAction;
use crate::session::words as session_words;

/// A recorded run of the default prompt; `rest` are further fields, each after a comma.
fn json(rest: &str) -> String {
    format!(
        r#"{{"format":"headlight-recording","version":1,"model":"stories","prompt":{DEFAULT_PROMPT:?},
        "shape":{{"n_layers":4,"n_heads":4,"n_kv_heads":4,"d_model":8,"d_head":2,"d_mlp":16,"d_vocab":99,"n_ctx":64}},
        "answer":{{"backend":"cpu","tokens":[{{"id":1,"text":"Lily"}}],"next":[],"nll":[null],"perplexity":null,
          "pattern":{{"head":{{"layer":1,"head":2}},"seq_len":1}},"elapsed_ms":6.5}},
        "pattern":[1],"lse":[0.5]{rest}}}"#
    )
}

#[test]
fn a_recording_is_shown_only_for_its_own_prompt_and_never_over_a_live_run() {
    let json = json("");
    let mut state = State::default();
    let effects = reduce(&mut state, Action::Recorded(json.clone()));
    assert!(
        state
            .frame
            .subject
            .run
            .as_ref()
            .is_some_and(|run| run.is_recorded())
    );
    assert_eq!(effects, [Effect::ReadRest(json.clone())]);
    let mut other = State::default();
    reduce(
        &mut other,
        Action::Opened("#/attention?prompt=Tom".to_owned()),
    );
    reduce(&mut other, Action::Recorded(json.clone()));
    assert!(other.frame.subject.run.is_none());
    let mut out = State::default();
    reduce(
        &mut out,
        Action::Opened("#/attention?ablate=0.1:zero".to_owned()),
    );
    reduce(&mut out, Action::Recorded(json.clone()));
    assert!(out.frame.subject.run.is_none(), "it is of the whole model");
    let mut live = live("");
    reduce(&mut live, Action::Recorded(json));
    assert!(
        live.frame
            .subject
            .run
            .as_ref()
            .is_some_and(|run| !run.is_recorded())
    );
}

#[test]
fn a_recording_is_fetched_only_if_the_list_of_models_has_one() {
    let list = |recorded| {
        let json =
            format!(r#"[{{"name":"stories","description":"","bytes":5,"recorded":{recorded}}}]"#);
        FrameAction::Models(serde_json::from_str(&json).unwrap())
    };
    let fetch = Effect::FetchRecording("stories".to_owned());
    assert_eq!(reduce(&mut State::default(), list(true)), [fetch]);
    assert_eq!(reduce(&mut State::default(), list(false)), []);
    assert_eq!(
        reduce(&mut live(""), list(true)),
        [],
        "something newer is shown"
    );
}

/// What the language says of the recorded prompt.
const TRUTH: &str = r#","truth":{"nll":[null],"next":[],"impossible":null}"#;

fn rest(json: &str) -> Action {
    let rest = RecordingDetails::parse(json).map(Box::new);
    Action::RecordedRest(rest.map_err(|error| error.to_string()))
}

#[test]
fn the_rest_of_a_recording_is_added_to_its_own_run_alone() {
    let json = json(TRUTH);
    let mut state = State::default();
    reduce(&mut state, rest(&json));
    assert_eq!(
        state.frame.subject.truth,
        ShownTruth::None,
        "nothing is shown yet"
    );
    reduce(&mut state, Action::Recorded(json.clone()));
    reduce(
        &mut state,
        rest(&json.replace("\"stories\"", "\"another\"")),
    );
    assert_eq!(
        state.frame.subject.truth,
        ShownTruth::None,
        "it is another model's"
    );
    reduce(&mut state, rest(&json));
    assert!(state.frame.subject.truth.known().is_some());
    let mut live = live("");
    let before = live.clone();
    reduce(&mut live, rest(&json));
    assert_eq!(live, before, "something newer is shown");
}

#[test]
fn a_rest_that_does_not_fit_is_said_and_changes_nothing() {
    let json = json(&TRUTH.replace("[null]", "[null,1.5]"));
    let mut state = State::default();
    reduce(&mut state, Action::Recorded(json.clone()));
    reduce(&mut state, rest(&json));
    assert_eq!(state.frame.subject.truth, ShownTruth::None);
    let said = "Recorded run has 1 tokens and 2 true losses.";
    assert_eq!(state.frame.notices, [said]);
}

#[test]
fn a_part_that_is_missing_is_said_once_and_no_longer_when_it_is_there() {
    let mut state = State::default();
    reduce(&mut state, FrameAction::PartArrived(true));
    assert!(state.frame.notices.is_empty());
    for _ in 0..2 {
        reduce(&mut state, FrameAction::PartArrived(false));
    }
    assert_eq!(state.frame.notices, [session_words::PART_MISSING]);
    reduce(&mut state, FrameAction::PartArrived(true));
    assert!(state.frame.notices.is_empty());
}
