//! The lesson: what its steps show, and whether what they say is true of it.

use headlight_figure::Shared;
use headlight_flash::{Algorithm, EventKind};

use super::figures::ledger::ledger;
use super::test_room::{square, state};
use super::{DataSource, FlashAction, FlashTopic, Moment, Player, Tiles, lesson_idea};
use crate::answers::details::HeadInputs;
use crate::reduce_flash;
use crate::state::State;

/// Numbers that look like any.
fn numbers(seed: u32, n: usize) -> Vec<f32> {
    let mut state = seed;
    (0..n)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 4_194_304.0 - 2.0
        })
        .collect()
}

/// A head of so many tokens, of width 8.
fn head(seq_len: usize, seed: u32) -> HeadInputs {
    let numbers = |of: u32| numbers(3 * seed + of, 8 * seq_len);
    HeadInputs {
        layer: 3,
        head: 2,
        seq_len,
        d_head: 8,
        scale: 8_f64.sqrt().recip(),
        q: numbers(0),
        k: numbers(1),
        v: numbers(2),
    }
}

/// A head whose every query has its largest score at the first key.
fn head_without_rescale(seq_len: usize) -> HeadInputs {
    let falling = (0..seq_len).flat_map(|row| [1.0 - row as f32 * 0.1; 8]);
    HeadInputs {
        q: vec![1.0; 8 * seq_len],
        k: falling.collect(),
        ..head(seq_len, 1)
    }
}

/// The page with a head's numbers at a step of the lesson.
fn at_step(head: HeadInputs, topic: FlashTopic) -> State {
    let mut state = state(square());
    state.flash.head = Some(Shared::new(head));
    state.flash.source = DataSource::Head;
    let step = FlashTopic::ALL.iter().position(|other| *other == topic);
    reduce_flash(&mut state, FlashAction::LessonStep(step.unwrap()));
    state
}

fn shown(state: &State) -> (Player, Moment) {
    let player = Player::new(&state.flash).unwrap();
    let moment = player.moment(player.step(&state.flash)).unwrap();
    (player, moment)
}

fn answer(state: &State, topic: FlashTopic) -> String {
    let (player, moment) = shown(state);
    topic.answer(&player, &moment)
}

/// True if the stage shows what the step is about.
fn shows(state: &State, topic: FlashTopic) -> bool {
    let (_, moment) = shown(state);
    match topic {
        FlashTopic::Matrix | FlashTopic::KeysOutside => moment.kind() == Some(EventKind::Store),
        FlashTopic::Online => moment.kind() == Some(EventKind::RowSum) && moment.passes.len() > 1,
        FlashTopic::Rescale => moment.is_rescale(),
        FlashTopic::QueriesOutside => moment.kind() == Some(EventKind::Normalise),
        FlashTopic::Future => moment.kind() == Some(EventKind::Skip),
        FlashTopic::Ledger | FlashTopic::Loses => moment.kind() == Some(EventKind::Pv),
    }
}

#[test]
fn however_short_the_prompt_every_step_shows_what_it_tells_of_and_has_an_answer() {
    for seq_len in (1..=30).chain([64, 97]) {
        let heads = [
            head(seq_len, 1),
            head(seq_len, 2),
            head_without_rescale(seq_len),
        ];
        for head in heads {
            for topic in FlashTopic::ALL {
                let state = at_step(head.clone(), topic);
                let what = format!("{topic:?} with {seq_len} tokens");
                assert!(shows(&state, topic), "{what}");
                let said = answer(&state, topic);
                assert!(said.ends_with('.') && said.len() > 12, "{what}: {said}");
                assert!(
                    !said.contains("At step"),
                    "the scene itself answers: {said}"
                );
                // Other numbers are there where they must be, and it is said.
                let has_others = state.flash.source != topic.scene().source;
                assert_eq!(has_others, state.flash.has_stand_in, "{what}");
                let idea = lesson_idea(&state.flash);
                assert_eq!(idea.contains("on the stage."), has_others, "{what}: {idea}");
            }
        }
    }
}

#[test]
fn a_row_that_is_rescaled_is_found_wherever_it_is() {
    // Only the first tile of queries has a larger score in its second tile of keys.
    let mut head = head_without_rescale(24);
    for at in 0..8 {
        head.q[5 * 8 + at] = -1.0;
    }
    let state = at_step(head, FlashTopic::Rescale);
    assert_eq!(state.flash.source, DataSource::Head);
    let (_, moment) = shown(&state);
    assert_eq!(moment.event.unwrap().i, Some(0));
    let said = answer(&state, FlashTopic::Rescale);
    assert!(
        said.starts_with("Row 0, row 1") && !said.contains("row 5"),
        "{said}"
    );
}

#[test]
fn without_a_rescaled_row_the_step_has_other_numbers_and_gives_the_heads_back() {
    let mut state = at_step(head_without_rescale(11), FlashTopic::Rescale);
    assert!(matches!(state.flash.source, DataSource::Random { .. }));
    let idea = lesson_idea(&state.flash);
    assert!(
        idea.ends_with(
            "With this head’s numbers no row is rescaled, so random ones are on the stage."
        ),
        "{idea}"
    );
    reduce_flash(&mut state, FlashAction::LessonStep(3));
    assert_eq!(state.flash.source, DataSource::Head);
    reduce_flash(&mut state, FlashAction::LessonStep(2));
    reduce_flash(&mut state, FlashAction::LeaveLesson);
    assert_eq!(
        (&state.flash.source, state.flash.has_stand_in),
        (&DataSource::Head, false)
    );
    // Who chooses numbers is not told why they are there.
    reduce_flash(&mut state, FlashAction::LessonStep(2));
    let chosen = DataSource::Random {
        n: 16,
        d: 8,
        seed: 1,
    };
    reduce_flash(&mut state, FlashAction::SetSource(chosen));
    assert_eq!(lesson_idea(&state.flash), FlashTopic::Rescale.idea());
}

#[test]
fn who_walks_on_or_chooses_another_way_still_has_the_steps_answer() {
    for topic in FlashTopic::ALL {
        let scene = answer(&at_step(head(25, 1), topic), topic);
        let others = [
            FlashAction::GoTo(0),
            FlashAction::GoTo(2),
            FlashAction::GoTo(u64::MAX),
            FlashAction::UseAlgorithm(Algorithm::Standard),
            FlashAction::UseAlgorithm(Algorithm::Fa1),
            FlashAction::SetTiles(Tiles::Blocks(32, 16)),
            FlashAction::SetCausal(false),
            FlashAction::SetSplits(2),
        ];
        for other in others {
            let mut state = at_step(head(25, 1), topic);
            reduce_flash(&mut state, other.clone());
            let said = answer(&state, topic);
            let is_moment = matches!(
                topic,
                FlashTopic::KeysOutside | FlashTopic::Online | FlashTopic::Rescale
            );
            let same = said.ends_with(&scene);
            assert!(
                same || is_moment && said.len() > 12,
                "{topic:?} {other:?}: {said}"
            );
        }
    }
    // Numbers that do not show it are not said to.
    let mut state = at_step(head(25, 1), FlashTopic::Rescale);
    let one = DataSource::Typed("1\n\n1\n\n1".to_owned());
    reduce_flash(&mut state, FlashAction::SetSource(one));
    let said = answer(&state, FlashTopic::Rescale);
    assert!(said.starts_with("These numbers do not show it"), "{said}");
}

#[test]
fn where_all_queries_fit_one_tile_larger_tiles_save_nothing() {
    let mut state = at_step(head(25, 1), FlashTopic::Ledger);
    let few = DataSource::Random {
        n: 12,
        d: 8,
        seed: 1,
    };
    reduce_flash(&mut state, FlashAction::SetSource(few));
    let said = answer(&state, FlashTopic::Ledger);
    assert!(said.starts_with("As much is moved, "), "{said}");
    assert!(
        said.contains("for 1 tile of queries instead of 1,"),
        "{said}"
    );
}

#[test]
fn the_lesson_puts_its_scenes_on_the_stage_and_answers_from_them() {
    let mut state = state(square());
    // Without an engine the lesson plays a recorded head; here any will do.
    state.flash.head = Some(Shared::new(head(25, 1)));
    reduce_flash(&mut state, FlashAction::GoTo(5));
    let before = state.flash.clone();
    reduce_flash(&mut state, FlashAction::OpenLesson);
    for (index, topic) in FlashTopic::ALL.into_iter().enumerate() {
        reduce_flash(&mut state, FlashAction::LessonStep(index));
        let player = Player::new(&state.flash).unwrap();
        let moment = player.moment(player.step(&state.flash)).unwrap();
        let answer = topic.answer(&player, &moment);
        assert!(
            answer.ends_with('.') && answer.len() > 12,
            "{topic:?}: {answer}"
        );
        assert!(!answer.contains("NaN"), "{answer}");
        for text in [topic.idea(), topic.question(), topic.title()] {
            assert!(!text.contains('!') && !text.contains("  "), "{text}");
        }
        let link = crate::address::fragment_of(&state);
        assert!(
            link.ends_with(&format!("&learn=flash.{}", index + 1)),
            "{link}"
        );
    }
    reduce_flash(&mut state, FlashAction::LeaveLesson);
    let after = &state.flash;
    assert_eq!(
        (&after.options, &after.source, after.step),
        (&before.options, &before.source, before.step)
    );
    assert_eq!(after.lesson, None);
}

#[test]
fn the_lessons_scenes_show_what_they_tell_of() {
    let mut state = state(square());
    let kinds = [(6, EventKind::Pv), (7, EventKind::Pv)];
    for (index, kind) in kinds {
        reduce_flash(&mut state, FlashAction::LessonStep(index));
        let player = Player::new(&state.flash).unwrap();
        let moment = player.moment(player.step(&state.flash)).unwrap();
        assert_eq!(moment.kind(), Some(kind));
    }
    // 128 rows of width 128 in tiles of 8 by 4: flash attention moves more than the textbook.
    let player = Player::new(&state.flash).unwrap();
    let rows = ledger(&player, &player.moment(1).unwrap(), None).rows;
    assert!(
        rows[0].moved < rows[2].moved && rows[2].moved < rows[1].moved,
        "{rows:?}"
    );
}
