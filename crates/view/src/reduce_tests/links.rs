//! What a link says is what the page shows, and back.

use super::*;
use crate::frame::action::FrameAction;
use crate::rooms::attention::action::AttentionAction;
use crate::rooms::attention::choices::Scope;
use crate::rooms::attention::figures::atlas::Sort;
use crate::rooms::attention::figures::attribution::Order;

#[test]
fn a_link_opens_exactly_what_it_was_written_from() {
    let mut state = live("");
    let head = Head { layer: 3, head: 0 };
    reduce(&mut state, AttentionAction::SelectHead(head));
    let effects = reduce(&mut state, AttentionAction::SelectCell(2, 1));
    let fragment = link(&effects).unwrap().to_owned();
    let other = live(&fragment);
    assert_eq!(address::fragment_of(&other), address::fragment_of(&state));
    assert_eq!(
        (
            other.attention.query(&other.frame.subject),
            other.attention.key(&other.frame.subject)
        ),
        (2, 1)
    );
    assert_eq!(other.frame.notices, [""; 0]);
}

#[test]
fn a_link_opens_the_rows_and_orders_that_were_chosen() {
    let mut state = live("");
    assert!(!address::fragment_of(&state).contains("sort="));
    for action in [
        AttentionAction::SelectRow(3),
        AttentionAction::ToggleRow(1),
        AttentionAction::ToggleRow(0),
        AttentionAction::SortHeads(Sort::Entropy),
        AttentionAction::SetScope(Scope::All),
        AttentionAction::OrderComponents(Order::Stream),
    ] {
        reduce(&mut state, action);
    }
    let other = live(&address::fragment_of(&state));
    assert_eq!(address::fragment_of(&other), address::fragment_of(&state));
    assert_eq!(other.attention.queries(&other.frame.subject), [0, 1, 3]);
    assert_eq!(other.attention.sort, Sort::Entropy);
    assert_eq!(
        (other.attention.scope, other.attention.order),
        (Scope::All, Order::Stream)
    );
}

#[test]
fn rows_of_a_link_that_the_prompt_does_not_have_are_told_and_left_out() {
    let state = live("#/attention?row=2&rows=1,99");
    assert_eq!(state.attention.queries(&state.frame.subject), [1, 2]);
    assert!(
        state.frame.notices[0].contains("99"),
        "{:?}",
        state.frame.notices
    );
    assert!(!address::fragment_of(&state).contains("99"));
}

/// What a page does when it is opened with this fragment and its engine has booted.
fn opened(is_for_tests: bool, fragment: &str) -> (State, Vec<Effect>) {
    let mut state = State::default();
    if is_for_tests {
        reduce(&mut state, FrameAction::ForTests);
    }
    let mut effects = reduce(&mut state, Action::Opened(fragment.to_owned()));
    let builds = Input::Builds {
        has_cpu: true,
        has_gpu: false,
        has_webgpu: false,
    };
    effects.extend(reduce(&mut state, FrameAction::Engine(builds)));
    effects.extend(reduce(&mut state, said(1, Message::Booted)));
    (state, effects)
}

#[test]
fn only_a_page_that_was_built_for_tests_fails_when_a_link_asks_it_to() {
    let link = "#/attention?v=1&fault=self-test";
    let fails = |effects: &[Effect]| {
        effects.iter().any(|effect| {
            matches!(
                effect,
                Effect::Worker(Command::Post {
                    ask: Ask::Load {
                        fails_self_test: true,
                        ..
                    },
                    ..
                })
            )
        })
    };
    let (state, effects) = opened(true, link);
    assert!(fails(&effects), "{effects:?}");
    assert!(!address::fragment_of(&state).contains("fault"));
    let (_, effects) = opened(false, link);
    assert!(!fails(&effects), "{effects:?}");
    let (_, without) = opened(false, "#/attention?v=1&unknown=self-test");
    assert_eq!(effects, without, "as with any key that nobody knows");
}

#[test]
fn the_address_is_not_replaced_before_it_was_read() {
    let mut state = State::default();
    let effects = reduce(&mut state, FrameAction::UseTheme(ThemeName::Dark));
    assert_eq!(link(&effects), None);
    let effects = reduce(&mut state, Action::Opened("#/attention?layer=2".to_owned()));
    assert!(link(&effects).unwrap().contains("layer=2"));
}

#[test]
fn a_changed_address_changes_the_view() {
    let mut state = live("");
    let fragment = "#/attention?v=1&model=stories&prompt=Tom&layer=0&head=1".to_owned();
    let effects = reduce(&mut state, Action::Opened(fragment));
    assert_eq!(state.frame.prompt, "Tom");
    assert_eq!(state.frame.subject.head, Head { layer: 0, head: 1 });
    assert!(posted(&effects).is_some());
}

#[test]
fn our_own_address_coming_back_changes_nothing() {
    let mut state = live("");
    let effects = reduce(&mut state, AttentionAction::SelectRow(1));
    let fragment = link(&effects).unwrap().to_owned();
    assert_eq!(reduce(&mut state, Action::Opened(fragment)), []);
}

#[test]
fn a_head_of_the_link_that_does_not_exist_falls_back_with_a_notice() {
    let state = live("#/attention?layer=9&head=1");
    assert_eq!(state.frame.subject.head, Head { layer: 3, head: 1 });
    assert!(
        state.frame.notices[0].contains("head 9.1"),
        "{:?}",
        state.frame.notices
    );
}

#[test]
fn a_row_of_a_link_that_the_prompt_does_not_have_is_said_once() {
    let mut state = live("#/attention?v=1&row=99");
    assert_eq!(state.frame.notices.len(), 1);
    assert!(state.frame.notices[0].contains("99") && state.frame.notices[0].contains("0 to 3"));
    assert_eq!(state.attention.query(&state.frame.subject), 3);
    let state_of_a_good_link = live("#/attention?v=1&row=2");
    assert_eq!(state_of_a_good_link.frame.notices, [""; 0]);
    state.frame.notices.clear();
    reduce(&mut state, AttentionAction::SelectRow(3));
    run_again(&mut state, &["Tom"]);
    assert_eq!(
        state.frame.notices, [""; 0],
        "a shorter prompt is no surprise"
    );
}

#[test]
fn a_part_of_the_link_that_the_model_lacks_is_told_and_left_out() {
    let state = live("#/attention?ablate=1.2,mlp77:mean");
    assert_eq!(state.frame.subject.ablations.len(), 1);
    let told = |notice: &String| notice.contains("MLP 77");
    assert!(
        state.frame.notices.iter().any(told),
        "{:?}",
        state.frame.notices
    );
}

#[test]
fn a_link_to_a_model_gets_its_example_once_the_list_is_there() {
    let mut state = State::default();
    reduce(
        &mut state,
        Action::Opened("#/attention?v=1&model=induction".to_owned()),
    );
    reduce(&mut state, FrameAction::Models(vec![induction()]));
    assert_eq!(asked(&state), ("ba ko ba", Head { layer: 0, head: 3 }));
    let mut state = State::default();
    let link = "#/attention?v=1&model=induction&layer=1&head=2";
    reduce(&mut state, Action::Opened(link.to_owned()));
    reduce(&mut state, FrameAction::Models(vec![induction()]));
    assert_eq!(asked(&state), ("ba ko ba", Head { layer: 1, head: 2 }));
}
