//! What someone sees who opens the room for the first time.

use crate::reduce_flash;
use headlight_flash::{Algorithm, EventKind};

use super::figures::ledger;
use super::test_room::{player, room};
use super::{DataSource, FlashAction, FlashTopic, Options, Player, Tiles, sentence, words};
use crate::answers::head::Head;
use crate::state::State;
use headlight_figure::plain;

fn options(algorithm: Algorithm) -> Options {
    Options {
        algorithm,
        tiles: Tiles::Blocks(4, 4),
        ..Options::default()
    }
}

#[test]
fn the_room_opens_where_the_first_queries_have_met_the_first_keys() {
    let said = |options| {
        let player = player(options);
        let step = player.step(&room(options));
        let moment = player.moment(step).unwrap();
        assert_eq!(moment.kind(), Some(EventKind::Scores), "{options:?}");
        let before = 0..step.saturating_sub(1);
        let is_scores = |index| player.schedule().event(index).unwrap().kind == EventKind::Scores;
        assert!(!before.into_iter().any(is_scores));
        plain(&sentence(&player, &moment))
    };
    let each = "each the product of a query and a key, divided by √d.";
    for algorithm in [Algorithm::Fa1, Algorithm::Fa2] {
        assert_eq!(
            said(options(algorithm)),
            format!("Query rows 0–3 meet keys 0–3: 16 scores, {each}")
        );
    }
    assert_eq!(
        said(options(Algorithm::Standard)),
        format!("Query 0 meets all keys: 16 scores, {each}")
    );
    // Last keys first, the first queries skip all that are later than they.
    let reversed = Options {
        is_reversed: true,
        ..options(Algorithm::Fa2)
    };
    assert!(said(reversed).starts_with("Query rows 0–3 meet keys 0–3"));
}

#[test]
fn stepping_goes_on_from_where_the_room_opens() {
    let mut state = State {
        flash: room(options(Algorithm::Fa2)),
        ..State::default()
    };
    let opening = player(options(Algorithm::Fa2)).step(&state.flash);
    reduce_flash(&mut state, FlashAction::StepBy(1));
    assert_eq!(state.flash.step, Some(opening + 1));
}

#[test]
fn the_lesson_about_a_larger_score_shows_the_rescale_that_changes_most() {
    let mut state = State {
        flash: room(options(Algorithm::Fa2)),
        ..State::default()
    };
    // Its scene is of the head; here there is none, so it waits.
    let index = FlashTopic::ALL
        .iter()
        .position(|topic| *topic == FlashTopic::Rescale);
    reduce_flash(&mut state, FlashAction::LessonStep(index.unwrap()));
    assert!(Player::new(&state.flash).is_err() && state.flash.step.is_none());
    state.flash.source = DataSource::Random {
        n: 16,
        d: 8,
        seed: 1,
    };
    reduce_flash(&mut state, FlashAction::SettleLesson);
    let player = Player::new(&state.flash).unwrap();
    let moment = player.moment(player.step(&state.flash)).unwrap();
    assert_eq!(moment.kind(), Some(EventKind::Rescale));
    let alpha = &moment.chip.alpha;
    assert!(alpha.iter().any(|&alpha| alpha > 0.0 && alpha < 1.0));
}

#[test]
fn two_sentences_say_what_is_computed_where_the_numbers_are_and_what_to_press() {
    let head = Some(Head { layer: 3, head: 2 });
    let drawn = DataSource::Random {
        n: 8,
        d: 8,
        seed: 0,
    };
    for (source, numbers) in [
        (DataSource::Head, "the numbers of head 3.2"),
        (drawn, "random numbers"),
        (DataSource::Typed(String::new()), "your own numbers"),
    ] {
        let said = words::intent(&source, head);
        assert!(said.contains(numbers), "{said}");
        for word in ["query", "values", "keys", "N × N", "slow memory", "chip"] {
            assert!(said.contains(word), "{word}: {said}");
        }
        assert!(
            said.contains(&format!("{} to watch", words::PLAY)),
            "{said}"
        );
        assert_eq!(said.matches(". ").count(), 1, "{said}");
        assert!(said.ends_with('.') && said.len() < 320, "{said}");
    }
    assert!(words::intent(&DataSource::Head, None).contains("the numbers of a head"));
}

#[test]
fn the_ledger_says_why_before_it_says_that_more_is_moved() {
    let options = Options {
        tiles: Tiles::Blocks(1, 4),
        is_causal: false,
        ..options(Algorithm::Fa2)
    };
    let player = player(options);
    let ledger = ledger::ledger(&player, &player.moment(0).unwrap(), None);
    assert_eq!(
        words::verdict(&player, &ledger),
        "With 16 rows of width 8, one at a time, FA2 moves 184\u{a0}% more than standard: keys \
         and values are loaded up to 16 times, which costs more than the matrix would. Larger \
         query tiles move less."
    );
}
