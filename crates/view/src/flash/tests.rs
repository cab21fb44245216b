//! The room as a whole.

use headlight_flash::{Algorithm, EventKind};

use super::stage::{Paint, Scene, Voice, scene, shown_within};
use super::test_room::{player, room};
use super::{
    Check, Checked, Clock, Course, FlashAction, FlashTopic, Options, Player, Source, Tiles, ledger,
    lines_of, reduce, sentence, spelled, spelled_row, timeline, words,
};
use crate::sentence::plain;
use crate::state::{Place, State};
use crate::{Action, Effect};

/// Four by four.
fn square() -> Options {
    Options {
        tiles: Tiles::Blocks(4, 4),
        ..Options::default()
    }
}

fn state(options: Options) -> State {
    State {
        place: Place::Flash,
        flash: room(options),
        ..State::default()
    }
}

fn all_options() -> Vec<Options> {
    let mut all = Vec::new();
    for algorithm in Algorithm::ALL {
        for is_causal in [true, false] {
            for tiles in [Tiles::Blocks(4, 4), Tiles::Blocks(5, 3), Tiles::OnChip(512)] {
                for (is_reversed, n_splits) in [(false, 1), (true, 1), (false, 2)] {
                    all.push(Options {
                        algorithm,
                        is_causal,
                        is_reversed,
                        is_lazy: is_reversed,
                        n_splits,
                        tiles,
                    });
                }
            }
        }
    }
    all
}

fn scene_at(player: &Player, step: u64, width: f64) -> Scene {
    let moment = player.moment(step).unwrap();
    let row = spelled_row(player, &moment, None);
    scene(player, &moment, row, width)
}

#[test]
fn every_step_of_every_option_can_be_shown() {
    for options in all_options() {
        let player = player(options);
        for step in 0..=player.schedule().n_events() {
            let moment = player.moment(step).unwrap();
            let words = plain(&sentence(&player, &moment));
            assert!(words.ends_with('.'), "{words}");
            assert!(!words.contains("NaN") && !words.contains("inf"), "{words}");
            if let Some(row) = spelled_row(&player, &moment, None) {
                let text = spelled(&player, &moment, row).unwrap_or_default();
                assert!(!text.contains("NaN"), "{text}");
                let passed = super::passed(&player, &moment, row);
                assert!(passed.iter().filter(|passed| passed.is_now).count() <= 1);
            }
            for width in [980.0, 360.0] {
                let scene = scene(&player, &moment, None, width);
                for block in &scene.blocks {
                    let inside = block.at.x >= -4.0 && block.at.x + block.at.width <= width + 4.0;
                    assert!(
                        inside && block.at.width > 0.0,
                        "{block:?} {options:?} {step}"
                    );
                    assert!(block.at.y + block.at.height <= scene.height + 90.0);
                }
                assert_eq!(scene, super::stage::scene(&player, &moment, None, width));
            }
            let lines = lines_of(&player, &moment);
            let n_now = lines.iter().filter(|line| line.is_now).count();
            assert_eq!(
                n_now,
                usize::from(step > 0),
                "{options:?} {:?}",
                moment.event
            );
        }
    }
}

#[test]
fn the_stage_has_the_same_size_at_every_step() {
    for options in all_options() {
        let player = player(options);
        let sizes: Vec<(f64, f64)> = (0..=player.schedule().n_events())
            .map(|step| scene_at(&player, step, 980.0))
            .map(|scene| (scene.width, scene.height))
            .collect();
        assert!(sizes.iter().all(|size| *size == sizes[0]), "{options:?}");
    }
}

#[test]
fn at_a_rescale_alpha_is_framed_and_its_numbers_are_the_traces() {
    let player = player(square());
    let step = player.largest_rescale().unwrap();
    let moment = player.moment(step).unwrap();
    assert_eq!(moment.kind(), Some(EventKind::Rescale));
    let (i, j) = (
        moment.event.unwrap().i.unwrap(),
        moment.event.unwrap().j.unwrap(),
    );
    assert!(i == 2 && j > 0, "{i} {j}");
    assert!(
        moment
            .chip
            .alpha
            .iter()
            .any(|&alpha| alpha > 0.0 && alpha < 1.0)
    );
    let lines = lines_of(&player, &moment);
    let now = lines.iter().find(|line| line.is_now).unwrap();
    assert!(now.text.starts_with("α = exp(m − m′)"), "{}", now.text);
    let scene = scene_at(&player, step, 980.0);
    let said: Vec<&str> = scene
        .words
        .iter()
        .map(|words| words.text.as_str())
        .collect();
    for alpha in &moment.chip.alpha {
        let text = format!("{alpha:.2}");
        assert!(said.contains(&text.as_str()), "{text} of {said:?}");
    }
    let beams = scene
        .blocks
        .iter()
        .filter(|block| block.paint == Paint::Beam);
    assert_eq!(beams.count(), 1);
    let hot = scene
        .blocks
        .iter()
        .filter(|block| block.paint == Paint::Hot);
    let n_rescaled = moment
        .chip
        .alpha
        .iter()
        .filter(|&&alpha| alpha != 1.0)
        .count();
    assert_eq!(hot.count(), n_rescaled);
}

#[test]
fn a_load_lights_the_strip_and_sends_the_tile_to_the_chip() {
    let player = player(square());
    let scene = scene_at(&player, 2, 980.0);
    let moved: Vec<Paint> = scene
        .blocks
        .iter()
        .map(|block| block.paint)
        .filter(|paint| matches!(paint, Paint::Moved(_)))
        .collect();
    use headlight_flash::Array;
    assert_eq!(moved, [Paint::Moved(Array::K), Paint::Moved(Array::V)]);
    assert_eq!(scene.flights.len(), 2);
    let k = &scene.flights[0];
    assert!(
        k.from.x < k.to.x,
        "from slow memory on the left to the chip"
    );
    let letters: Vec<&str> = scene.mosaics.iter().map(|mosaic| mosaic.name).collect();
    assert_eq!(letters, ["Q", "K", "V", "O"]);
}

#[test]
fn what_the_mask_hides_on_the_chip_is_hatched_and_has_no_colour() {
    for options in all_options() {
        let player = player(options);
        let problem = *player.schedule().problem();
        for step in 0..=player.schedule().n_events() {
            let moment = player.moment(step).unwrap();
            let scene = scene_at(&player, step, 980.0);
            let mut mosaics = scene.mosaics.iter();
            let Some(mosaic) = mosaics.find(|mosaic| matches!(mosaic.name, "S" | "P")) else {
                continue;
            };
            let queries = player.schedule().queries(moment.event.unwrap().i.unwrap());
            let (width, height) = (
                mosaic.at.width / mosaic.n_columns as f64,
                mosaic.at.height / mosaic.n_rows as f64,
            );
            for (row, query) in queries.enumerate() {
                for (column, key) in moment.keys.clone().enumerate() {
                    let is_hidden = key >= problem.visible_keys(query)
                        && moment.kind() != Some(EventKind::Scores);
                    let value = mosaic.values[row * mosaic.n_columns + column];
                    assert_eq!(value == f32::NEG_INFINITY, is_hidden, "{options:?} {step}");
                    let (x, y) = (
                        mosaic.at.x + (column as f64 + 0.5) * width,
                        mosaic.at.y + (row as f64 + 0.5) * height,
                    );
                    let is_hatched = scene.blocks.iter().any(|block| {
                        let at = block.at;
                        block.paint == Paint::Masked
                            && (at.x..at.x + at.width).contains(&x)
                            && (at.y..at.y + at.height).contains(&y)
                    });
                    assert_eq!(is_hatched, is_hidden, "{options:?} {step}");
                }
            }
        }
    }
}

#[test]
fn the_grid_holds_one_tile_that_is_met_and_forgets_the_others() {
    let player = player(square());
    let n = player.schedule().n_events();
    let count = |step: u64, paint: Paint| {
        let scene = scene_at(&player, step, 980.0);
        // One of each kind is the legend's.
        scene
            .blocks
            .iter()
            .filter(|block| block.paint == paint)
            .count()
            - 1
    };
    assert_eq!(count(0, Paint::Waiting), 10);
    assert_eq!(count(0, Paint::Now), 0);
    assert_eq!(count(n, Paint::Done), 10);
    assert_eq!(count(n, Paint::Waiting), 0);
    let step = player.schedule().visit(2, 1).unwrap().start + 3;
    assert_eq!(count(step, Paint::Now), 1);
    assert_eq!(count(step, Paint::Done), 4);
}

#[test]
fn the_ledger_adds_up_and_knows_the_others() {
    let player = player(square());
    let n = player.schedule().n_events();
    let at_end = ledger::ledger(&player, &player.moment(n).unwrap(), None);
    assert_eq!(at_end.so_far, at_end.in_all);
    let moved: Vec<u64> = at_end.rows.iter().map(|row| row.moved).collect();
    // 4 N d + 4 N^2; ten of sixteen tiles are visited.
    let fa1 = 2 * 16 * 8 + 10 * 4 * (3 * 8 + 4) + 16 * 8 + 2 * 16;
    let fa2 = 2 * 16 * 8 + 16 + 10 * 2 * 4 * 8;
    assert_eq!(moved, [4 * 16 * 8 + 4 * 256, fa1, fa2]);
    let moved = |row: &ledger::LedgerRow| row.so_far.map(|totals| totals.elements_moved());
    let so_far: Vec<Option<u64>> = at_end.rows.iter().map(moved).collect();
    assert_eq!(so_far, [None, None, Some(fa2)]);
}

#[test]
fn tiles_of_the_papers_formula_need_more_than_they_were_chosen_for_and_it_is_said() {
    let of = |tiles| {
        let options = Options { tiles, ..square() };
        let player = player(options);
        let moment = player.moment(30).unwrap();
        let ledger = ledger::ledger(&player, &moment, None);
        let scene = scene_at(&player, 30, 900.0);
        let meter = scene
            .words
            .iter()
            .find(|words| words.text.contains("bytes"));
        let facts = words::facts(&ledger);
        (
            words::too_large(&ledger),
            meter.unwrap().text.clone(),
            facts,
        )
    };
    let fact = |facts: &[(&str, String)], name: &str| {
        let found = facts.iter().find(|(of, _)| *of == name);
        found.map(|(_, value)| value.replace('\u{202f}', ""))
    };
    // M is 128 numbers: 4 by 4 tiles, which need 176.
    let (said, meter, facts) = of(Tiles::OnChip(512));
    let said = said.unwrap();
    assert!(
        said.contains("formula leaves out") && said.contains("704 bytes, more than the 512"),
        "{said}"
    );
    assert!(
        meter.ends_with("of 512 bytes") || meter.ends_with("over 512"),
        "{meter}"
    );
    assert_eq!(fact(&facts, "set aside on the chip").unwrap(), "704 bytes");
    assert_eq!(fact(&facts, "of that filled here at most"), None);
    let options = Options {
        tiles: Tiles::OnChip(512),
        ..square()
    };
    assert_eq!(words::tiles_given(&options, 8).unwrap(), "4 × 4 tiles");
    assert_eq!(words::tiles_given(&square(), 8), None);

    let (said, meter, _) = of(Tiles::Blocks(4, 4));
    assert_eq!(said, None);
    assert!(meter.ends_with("of 16\u{202f}384 bytes"), "{meter}");

    // Larger than the sequence: 16 rows fill little of what is set aside.
    let (said, _, facts) = of(Tiles::Blocks(256, 256));
    assert!(said.unwrap().contains("any browser"));
    let set_aside = 4 * (4 * 256 * 8 + 2 * 256 * 256 + 4 * 256);
    let filled = 4 * (4 * 16 * 8 + 2 * 16 * 16 + 4 * 16);
    let bytes = |bytes: usize| Some(format!("{bytes} bytes"));
    assert_eq!(fact(&facts, "set aside on the chip"), bytes(set_aside));
    assert_eq!(fact(&facts, "of that filled here at most"), bytes(filled));
    assert!(words::chip_use(600, 512).ends_with("600 bytes, over 512"));
}

#[test]
fn on_a_phone_words_and_numbers_keep_apart() {
    let width = 362.0;
    for algorithm in Algorithm::ALL {
        let player = player(Options {
            algorithm,
            ..square()
        });
        let scene = scene_at(&player, 30, width);
        let legend = scene
            .words
            .iter()
            .find(|words| [words::NEVER, words::MASKED].contains(&words.text.as_str()))
            .unwrap();
        // 6 pixels a letter, of a wide font.
        assert!(
            legend.x + 6.0 * legend.text.len() as f64 <= width,
            "{legend:?}"
        );
        let columns = scene
            .words
            .iter()
            .filter(|words| words.voice == Voice::Name);
        let columns: Vec<f64> = columns.map(|words| words.x).collect();
        assert!(
            columns.windows(2).all(|two| two[1] - two[0] > 34.5),
            "{columns:?}"
        );
    }
    for (value, text) in [(11.108, "11.1"), (-11.108, "\u{2212}11.1"), (1.0, "1.00")] {
        assert_eq!(shown_within(value, 38.0), text);
    }
    assert_eq!(shown_within(11.108, 44.0), "11.11");
}

#[test]
fn the_timelines_legend_has_one_order_wherever_it_begins() {
    let player = player(square());
    let course = Course::new(&player, None, Clock::Traffic);
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
fn the_timeline_shows_the_step_and_its_neighbours() {
    let player = player(square());
    let course = Course::new(&player, None, Clock::Traffic);
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
    let course = Course::new(&player, None, Clock::Traffic);
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
    reduce(&mut stepped, FlashAction::GoTo(0));
    for _ in 0..17 {
        reduce(&mut stepped, FlashAction::StepBy(1));
    }
    let mut scrubbed = state(square());
    reduce(&mut scrubbed, FlashAction::GoTo(17));
    assert_eq!(stepped.flash, scrubbed.flash);
    reduce(&mut scrubbed, FlashAction::GoTo(u64::MAX));
    let n = player(square()).schedule().n_events();
    assert_eq!(scrubbed.flash.step, Some(n));
    reduce(&mut scrubbed, FlashAction::StepBy(i64::MIN));
    assert_eq!(scrubbed.flash.step, Some(0));
}

#[test]
fn playing_is_time_times_speed_and_stops_at_the_end() {
    let mut state = state(square());
    reduce(&mut state, FlashAction::GoTo(10));
    reduce(&mut state, FlashAction::TogglePlay);
    // Two steps a second, for a little more than one and a half.
    for _ in 0..10 {
        reduce(&mut state, FlashAction::Tick(155.0));
    }
    assert_eq!(state.flash.step, Some(13));
    reduce(&mut state, FlashAction::SetSpeed(99));
    for _ in 0..10 {
        reduce(&mut state, FlashAction::Tick(150.0));
    }
    let n = player(square()).schedule().n_events();
    assert_eq!((state.flash.step, state.flash.playing), (Some(n), None));
    // Played again it begins at the start.
    reduce(&mut state, FlashAction::TogglePlay);
    assert_eq!(state.flash.step, Some(0));
    // A tab that slept does not race.
    reduce(&mut state, FlashAction::SetSpeed(1));
    reduce(&mut state, FlashAction::Tick(1e9));
    assert_eq!(state.flash.step, Some(0));
}

#[test]
fn a_tile_is_stepped_over_both_ways() {
    let mut state = state(square());
    reduce(&mut state, FlashAction::GoTo(1));
    let mut steps = Vec::new();
    for _ in 0..4 {
        reduce(&mut state, FlashAction::TileBy(1));
        steps.push(state.flash.step.unwrap());
    }
    // Load Q | 8 of the first tile, which the mask cuts | three skipped | normalise, write.
    assert_eq!(steps, [2, 10, 11, 12]);
    for expected in [11, 10, 2, 1] {
        reduce(&mut state, FlashAction::TileBy(-1));
        assert_eq!(state.flash.step, Some(expected));
    }
}

#[test]
fn other_options_begin_at_the_first_scores_again() {
    let mut state = state(square());
    reduce(&mut state, FlashAction::GoTo(3));
    reduce(&mut state, FlashAction::UseAlgorithm(Algorithm::Fa1));
    assert_eq!(state.flash.step, None);
    let player = Player::new(&state.flash).unwrap();
    let moment = player.moment(player.step(&state.flash)).unwrap();
    assert_eq!(moment.kind(), Some(EventKind::Scores));
}

#[test]
fn compared_the_transport_goes_on_until_both_are_done() {
    let mut state = state(square());
    let n_played = player(square()).schedule().n_events();
    reduce(&mut state, FlashAction::Compare(Some(Algorithm::Standard)));
    reduce(&mut state, FlashAction::GoTo(u64::MAX));
    let at_end = state.flash.step.unwrap();
    assert!(at_end > n_played, "{at_end} of {n_played}");
    let (played, clock) = (Player::new(&state.flash).unwrap(), state.flash.clock);
    let other = played.beside(Algorithm::Standard).unwrap();
    let course = Course::new(&played, Some(&other), clock);
    assert_eq!(played.step_of(&course, &state.flash), at_end);
    assert_eq!(played.step(&state.flash), n_played);
    assert_eq!(
        course.beside_step(at_end),
        Some(other.schedule().n_events())
    );
    // A tile back from there is one of the other's.
    reduce(&mut state, FlashAction::TileBy(-1));
    let step = state.flash.step.unwrap();
    assert!(n_played < step && step < at_end, "{step}");
    // The last step and the timeline are the other's too.
    let line = timeline::timeline(&course, at_end, 70.0, None);
    assert_eq!(line.span.1, course.n_steps());
    assert_eq!(line.cells[9].kind, EventKind::Store);
    // Alone again it stands at its own end.
    reduce(&mut state, FlashAction::Compare(None));
    assert_eq!(state.flash.step, Some(n_played));
}

#[test]
fn played_on_both_clocks_it_ends_where_both_do() {
    for clock in Clock::ALL {
        let mut state = state(square());
        reduce(&mut state, FlashAction::Compare(Some(Algorithm::Fa1)));
        reduce(&mut state, FlashAction::SetClock(clock));
        reduce(&mut state, FlashAction::GoTo(0));
        reduce(&mut state, FlashAction::SetSpeed(8));
        reduce(&mut state, FlashAction::TogglePlay);
        for _ in 0..40 {
            reduce(&mut state, FlashAction::Tick(200.0));
        }
        let played = Player::new(&state.flash).unwrap();
        let other = played.beside(Algorithm::Fa1).unwrap();
        let course = Course::new(&played, Some(&other), clock);
        assert_eq!(
            (state.flash.step, state.flash.playing),
            (Some(course.n_steps()), None)
        );
    }
}

#[test]
fn an_algorithm_is_never_beside_itself() {
    let mut state = state(square());
    reduce(&mut state, FlashAction::Compare(Some(Algorithm::Fa2)));
    assert_eq!(state.flash.compared, None);
    reduce(&mut state, FlashAction::Compare(Some(Algorithm::Fa1)));
    reduce(&mut state, FlashAction::UseAlgorithm(Algorithm::Fa1));
    assert_eq!(state.flash.compared, None);
    // The lesson's first scene is standard attention, which stood beside.
    reduce(&mut state, FlashAction::Compare(Some(Algorithm::Standard)));
    reduce(&mut state, FlashAction::OpenLesson);
    assert_eq!(state.flash.options.algorithm, Algorithm::Standard);
    assert_eq!(state.flash.compared, None);
    reduce(&mut state, FlashAction::LeaveLesson);
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
            let course = Course::new(&played, Some(&beside), Clock::Traffic);
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

#[test]
fn what_cannot_be_is_one_sentence() {
    let tiles = Options {
        tiles: Tiles::OnChip(64),
        ..square()
    };
    let said = Player::new(&room(tiles)).unwrap_err();
    assert_eq!(
        said,
        "An on-chip memory of 16 numbers, expected at least 32: four rows of width 8."
    );
    let zero = Options {
        tiles: Tiles::Blocks(0, 4),
        ..square()
    };
    assert!(
        Player::new(&room(zero))
            .unwrap_err()
            .starts_with("0 queries per tile")
    );
    let splits = Options {
        n_splits: 9,
        ..square()
    };
    assert!(Player::new(&room(splits)).unwrap_err().contains("9 splits"));
    let mut huge = room(square());
    huge.source = Source::Random {
        n: usize::MAX,
        d: 8,
        seed: 0,
    };
    assert!(Player::new(&huge).unwrap_err().contains("at most 4096"));
}

#[test]
fn numbers_that_a_link_merely_claims_are_never_set_aside() {
    let mut state = state(Options {
        tiles: Tiles::Blocks(1, 1),
        ..square()
    });
    for (n, d) in [(usize::MAX, 8), (8, usize::MAX), (1 << 40, 1)] {
        state.flash.source = Source::Random { n, d, seed: 0 };
        for action in [
            FlashAction::TogglePlay,
            FlashAction::Tick(16.0),
            FlashAction::GoTo(3),
            FlashAction::TileBy(1),
            FlashAction::StepBy(-1),
        ] {
            reduce(&mut state, action);
        }
        assert_eq!((state.flash.step, state.flash.playing), (Some(0), None));
    }
}

#[test]
fn the_check_covers_every_row_and_finds_a_small_error() {
    for options in all_options() {
        let player = player(options);
        let mut check = Check::new(&player);
        while check.go_on(&player).unwrap() == Checked::More {}
        assert_eq!((check.n_checked, check.n_queries), (16, 16));
        assert!(
            check.gap.output > 0.0 && check.gap.output < check.bound,
            "{check:?}"
        );
    }
}

#[test]
fn going_to_the_room_and_back_is_a_link_each() {
    let mut state = State::default();
    let _ = crate::reduce(&mut state, Action::Opened(String::new()));
    let effects = crate::reduce(&mut state, Action::Enter(Place::Flash));
    let entered = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::EnterLink(link) => Some(link.clone()),
            _ => None,
        })
    };
    let link = entered(&effects).unwrap();
    assert!(
        link.starts_with("#/flash?v=1&model=stories&prompt="),
        "{link}"
    );
    let effects = reduce(&mut state, FlashAction::UseAlgorithm(Algorithm::Fa1));
    let written = effects.iter().find_map(|effect| match effect {
        Effect::WriteLink(link) => Some(link.clone()),
        _ => None,
    });
    let written = written.unwrap();
    assert!(written.ends_with("&algorithm=fa1"), "{written}");
    // A fresh page on that link is in the same room with the same options, also
    // before the room has read its part.
    let mut fresh = State::default();
    let _ = crate::reduce(&mut fresh, Action::Opened(written.clone()));
    assert_eq!(fresh.place, Place::Flash);
    assert_eq!(fresh.permalink().to_fragment(), written);
    reduce(&mut fresh, FlashAction::ReadLink);
    assert_eq!(fresh.flash.options, state.flash.options);
    assert_eq!(fresh.permalink().to_fragment(), written);
}

#[test]
fn the_lesson_puts_its_scenes_on_the_stage_and_answers_from_them() {
    let mut state = state(square());
    // Without an engine the lesson plays a recorded head; here any will do.
    let head = crate::details::HeadInputs {
        layer: 3,
        head: 2,
        seq_len: 25,
        d_head: 8,
        scale: 8_f64.sqrt().recip(),
        q: numbers(1, 200),
        k: numbers(2, 200),
        v: numbers(3, 200),
    };
    state.flash.head = Some(crate::shared::Shared::new(head));
    reduce(&mut state, FlashAction::GoTo(5));
    let before = state.flash.clone();
    reduce(&mut state, FlashAction::OpenLesson);
    for (index, topic) in FlashTopic::ALL.into_iter().enumerate() {
        reduce(&mut state, FlashAction::LessonStep(index));
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
        let link = state.permalink().to_fragment();
        assert!(
            link.ends_with(&format!("&learn=flash.{}", index + 1)),
            "{link}"
        );
    }
    reduce(&mut state, FlashAction::LeaveLesson);
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
        reduce(&mut state, FlashAction::LessonStep(index));
        let player = Player::new(&state.flash).unwrap();
        let moment = player.moment(player.step(&state.flash)).unwrap();
        assert_eq!(moment.kind(), Some(kind));
    }
    // 128 rows of width 128 in tiles of 8 by 4: flash attention moves more than the textbook.
    let player = Player::new(&state.flash).unwrap();
    let rows = ledger::ledger(&player, &player.moment(1).unwrap(), None).rows;
    assert!(
        rows[0].moved < rows[2].moved && rows[2].moved < rows[1].moved,
        "{rows:?}"
    );
}

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
