//! Stepping, playing and scrubbing, of one algorithm and of two on one clock.

use crate::reduce_flash;
use headlight_flash::{Algorithm, EventKind};

use super::figures::{ledger, timeline};
use super::test_room::{all_options, player, square, state};
use super::{Clock, FlashAction, Player, SideBySide, words};

#[test]
fn the_timelines_legend_has_one_order_wherever_it_begins() {
    let player = player(square());
    let course = SideBySide::new(&player, None, Clock::Traffic);
    let place = |kind: &EventKind| EventKind::ALL.iter().position(|of| of == kind);
    for step in 0..course.n_steps() {
        let kinds = timeline::timeline(&course, step, 70.0, None).kinds();
        assert!(
            !kinds.is_empty() && kinds.is_sorted_by_key(place),
            "{kinds:?}"
        );
    }
}

#[test]
fn a_timeline_that_is_dragged_is_held_until_it_is_let_go() {
    let mut state = state(square());
    let (step, first) = (12, 5);
    state.flash.playing = Some(0.5);
    reduce_flash(&mut state, FlashAction::DragTimeline { step, first });
    let room = &state.flash;
    assert_eq!((room.step, room.timeline_from), (Some(12), Some(5)));
    assert_eq!(room.playing, None);
    reduce_flash(&mut state, FlashAction::LetGoOfTimeline);
    assert_eq!(
        (state.flash.step, state.flash.timeline_from),
        (Some(12), None)
    );
}

#[test]
fn the_timeline_shows_the_step_and_its_neighbours() {
    let player = player(square());
    let course = SideBySide::new(&player, None, Clock::Traffic);
    let line = timeline::timeline(&course, 30, 280.0, None);
    // Held by someone who drags, it stays where it is, and says no step where none is.
    let held = timeline::timeline(&course, 30 + 200, 280.0, Some(line.span.0));
    assert_eq!((held.span, held.now), (line.span, None));
    let here = timeline::timeline(&course, 31, 280.0, Some(line.span.0));
    assert_eq!(here.span, line.span);
    assert!(here.now > line.now);
    assert_eq!(line.cells.len(), 40);
    let last_done = line.cells.iter().rev().find(|cell| cell.is_done).unwrap();
    assert_eq!(last_done.step, 30);
    assert_eq!(timeline::step_at(&line, last_done.x + 1.0), Some(30));
    assert!((line.now.unwrap() - (last_done.x + last_done.width / 2.0)).abs() < 0.6);
    let whole = timeline::timeline(&course, 30, 10_000.0, None);
    assert_eq!(whole.cells.len() as u64, player.schedule().n_events());
}

#[test]
fn the_timeline_says_which_steps_it_shows() {
    let player = player(square());
    let course = SideBySide::new(&player, None, Clock::Traffic);
    let n = course.n_steps();
    let said = |step, width| {
        let line = timeline::timeline(&course, step, width, None);
        let (first, last) = (line.cells[0].step, line.cells[line.cells.len() - 1].step);
        assert_eq!(line.span, (first, last));
        words::timeline_window(&line)
    };
    assert_eq!(said(30, 280.0), format!("steps 11–50 of {n}"));
    assert_eq!(said(0, 280.0), format!("steps 1–40 of {n}"));
    assert_eq!(said(n, 280.0), format!("steps {}–{n} of {n}", n - 39));
    assert_eq!(said(30, 7.0), format!("step 31 of {n}"));
    assert_eq!(said(30, 10_000.0), format!("all {n} steps"));
}

#[test]
fn stepping_and_scrubbing_lead_to_the_same_step() {
    let mut stepped = state(square());
    reduce_flash(&mut stepped, FlashAction::GoTo(0));
    for _ in 0..17 {
        reduce_flash(&mut stepped, FlashAction::StepBy(1));
    }
    let mut scrubbed = state(square());
    reduce_flash(&mut scrubbed, FlashAction::GoTo(17));
    assert_eq!(stepped.flash, scrubbed.flash);
    reduce_flash(&mut scrubbed, FlashAction::GoTo(u64::MAX));
    let n = player(square()).schedule().n_events();
    assert_eq!(scrubbed.flash.step, Some(n));
    reduce_flash(&mut scrubbed, FlashAction::StepBy(i64::MIN));
    assert_eq!(scrubbed.flash.step, Some(0));
}

#[test]
fn playing_is_time_times_speed_and_stops_at_the_end() {
    let mut state = state(square());
    reduce_flash(&mut state, FlashAction::GoTo(10));
    reduce_flash(&mut state, FlashAction::TogglePlay);
    // Two steps a second, for a little more than one and a half.
    for _ in 0..10 {
        reduce_flash(&mut state, FlashAction::Tick(155.0));
    }
    assert_eq!(state.flash.step, Some(13));
    reduce_flash(&mut state, FlashAction::SetSpeed(99));
    for _ in 0..10 {
        reduce_flash(&mut state, FlashAction::Tick(150.0));
    }
    let n = player(square()).schedule().n_events();
    assert_eq!((state.flash.step, state.flash.playing), (Some(n), None));
    // Played again it begins at the start.
    reduce_flash(&mut state, FlashAction::TogglePlay);
    assert_eq!(state.flash.step, Some(0));
    // A tab that slept does not race.
    reduce_flash(&mut state, FlashAction::SetSpeed(1));
    reduce_flash(&mut state, FlashAction::Tick(1e9));
    assert_eq!(state.flash.step, Some(0));
}

#[test]
fn a_tile_is_stepped_over_both_ways() {
    let mut state = state(square());
    reduce_flash(&mut state, FlashAction::GoTo(1));
    let mut steps = Vec::new();
    for _ in 0..4 {
        reduce_flash(&mut state, FlashAction::TileBy(1));
        steps.push(state.flash.step.unwrap());
    }
    // Load Q | 8 of the first tile, which the mask cuts | three skipped | normalise, write.
    assert_eq!(steps, [2, 10, 11, 12]);
    for expected in [11, 10, 2, 1] {
        reduce_flash(&mut state, FlashAction::TileBy(-1));
        assert_eq!(state.flash.step, Some(expected));
    }
}

#[test]
fn other_options_begin_at_the_first_scores_again() {
    let mut state = state(square());
    reduce_flash(&mut state, FlashAction::GoTo(3));
    reduce_flash(&mut state, FlashAction::UseAlgorithm(Algorithm::Fa1));
    assert_eq!(state.flash.step, None);
    let player = Player::new(&state.flash).unwrap();
    let moment = player.moment(player.step(&state.flash)).unwrap();
    assert_eq!(moment.kind(), Some(EventKind::Scores));
}

#[test]
fn compared_the_transport_goes_on_until_both_are_done() {
    let mut state = state(square());
    let n_played = player(square()).schedule().n_events();
    reduce_flash(&mut state, FlashAction::Compare(Some(Algorithm::Standard)));
    reduce_flash(&mut state, FlashAction::GoTo(u64::MAX));
    let at_end = state.flash.step.unwrap();
    assert!(at_end > n_played, "{at_end} of {n_played}");
    let (played, clock) = (Player::new(&state.flash).unwrap(), state.flash.clock);
    let other = played.beside(Algorithm::Standard).unwrap();
    let course = SideBySide::new(&played, Some(&other), clock);
    assert_eq!(played.step_of(&course, &state.flash), at_end);
    assert_eq!(played.step(&state.flash), n_played);
    assert_eq!(
        course.beside_step(at_end),
        Some(other.schedule().n_events())
    );
    // A tile back from there is one of the other's.
    reduce_flash(&mut state, FlashAction::TileBy(-1));
    let step = state.flash.step.unwrap();
    assert!(n_played < step && step < at_end, "{step}");
    // The last step and the timeline are the other's too.
    let line = timeline::timeline(&course, at_end, 70.0, None);
    assert_eq!(line.span.1, course.n_steps());
    assert_eq!(line.cells[9].kind, EventKind::Store);
    // Alone again it stands at its own end.
    reduce_flash(&mut state, FlashAction::Compare(None));
    assert_eq!(state.flash.step, Some(n_played));
}

#[test]
fn played_on_both_clocks_it_ends_where_both_do() {
    for clock in Clock::ALL {
        let mut state = state(square());
        reduce_flash(&mut state, FlashAction::Compare(Some(Algorithm::Fa1)));
        reduce_flash(&mut state, FlashAction::SetClock(clock));
        reduce_flash(&mut state, FlashAction::GoTo(0));
        reduce_flash(&mut state, FlashAction::SetSpeed(8));
        reduce_flash(&mut state, FlashAction::TogglePlay);
        for _ in 0..40 {
            reduce_flash(&mut state, FlashAction::Tick(200.0));
        }
        let played = Player::new(&state.flash).unwrap();
        let other = played.beside(Algorithm::Fa1).unwrap();
        let course = SideBySide::new(&played, Some(&other), clock);
        assert_eq!(
            (state.flash.step, state.flash.playing),
            (Some(course.n_steps()), None)
        );
    }
}

#[test]
fn an_algorithm_is_never_beside_itself() {
    let mut state = state(square());
    reduce_flash(&mut state, FlashAction::Compare(Some(Algorithm::Fa2)));
    assert_eq!(state.flash.compared, None);
    reduce_flash(&mut state, FlashAction::Compare(Some(Algorithm::Fa1)));
    reduce_flash(&mut state, FlashAction::UseAlgorithm(Algorithm::Fa1));
    assert_eq!(state.flash.compared, None);
    // The lesson's first scene is standard attention, which stood beside.
    reduce_flash(&mut state, FlashAction::Compare(Some(Algorithm::Standard)));
    reduce_flash(&mut state, FlashAction::OpenLesson);
    assert_eq!(state.flash.options.algorithm, Algorithm::Standard);
    assert_eq!(state.flash.compared, None);
    reduce_flash(&mut state, FlashAction::LeaveLesson);
    assert_eq!(state.flash.compared, Some(Algorithm::Standard));
}

#[test]
fn the_algorithm_beside_has_the_mask_the_tiles_and_the_order_of_the_played_one() {
    for options in all_options() {
        let played = player(options);
        for other in Algorithm::ALL {
            if other == options.algorithm {
                continue;
            }
            let beside = played.beside(other).unwrap();
            let (of_played, of_beside) = (played.schedule(), beside.schedule());
            assert_eq!(of_played.problem(), of_beside.problem());
            if let (Some(tiles), Some(same)) = (of_played.tiling(), of_beside.tiling()) {
                assert_eq!(tiles, same);
                assert_eq!(
                    of_played.method().is_reversed,
                    of_beside.method().is_reversed
                );
            }
            // What it moves in all is what the ledger says of it.
            let moment = played.moment(5).unwrap();
            let course = SideBySide::new(&played, Some(&beside), Clock::Traffic);
            let beside_moment = beside.moment(course.beside_step(5).unwrap()).unwrap();
            let ledger = ledger::ledger(&played, &moment, Some((&beside, &beside_moment)));
            let rows = &ledger.rows;
            let row = rows.iter().find(|row| row.algorithm == other).unwrap();
            assert_eq!(row.moved, of_beside.totals().elements_moved());
            assert_eq!(row.so_far, Some(beside_moment.totals));
            assert_eq!(rows.iter().filter(|row| row.so_far.is_some()).count(), 2);
        }
    }
}
