//! The room as a whole.

use crate::reduce_flash;
use headlight_flash::{Algorithm, EventKind};

use super::figures::ledger;
use super::figures::row::row_arithmetic;
use super::figures::stage::{Label, LabelKind, Paint, StageScene, scene, shown_within};
use super::test_room::{all_options, player, room, square, state};
use super::{
    Check, Checked, DataSource, FlashAction, HeadData, Options, Player, Tiles, lines_of, row_shown,
    sentence, words,
};
use crate::Action;
use crate::frame::effect::Effect;
use crate::room::Room;
use crate::state::State;
use headlight_figure::{NUMBER, plain};

fn scene_at(player: &Player, step: u64, width: f64) -> StageScene {
    let moment = player.moment(step).unwrap();
    let row = row_shown(player, &moment, None);
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
            if let Some(row) = row_shown(&player, &moment, None) {
                let text = row_arithmetic(&player, &moment, row).unwrap_or_default();
                assert!(!text.contains("NaN"), "{text}");
                let passed = super::row_after_each_tile(&player, &moment, row);
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
                assert_eq!(
                    scene,
                    super::figures::stage::scene(&player, &moment, None, width)
                );
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
            .filter(|words| words.kind == LabelKind::Name);
        let columns: Vec<f64> = columns.map(|words| words.x).collect();
        assert!(
            columns.windows(2).all(|two| two[1] - two[0] > 34.5),
            "{columns:?}"
        );
    }
    for (value, text) in [(11.108, "11.11"), (-11.108, "\u{2212}11.1"), (1.0, "1.00")] {
        assert_eq!(shown_within(value, 38.0).unwrap(), text);
    }
    assert_eq!(shown_within(11.108, 44.0).unwrap(), "11.11");
}

#[test]
fn a_number_has_as_many_digits_as_have_room() {
    let of = |value, width| shown_within(value, width).unwrap_or_default();
    let minus = "\u{2212}";
    for (value, width, text) in [
        (-0.12, 42.0, format!("{minus}0.12")),
        (-0.12, 33.0, format!("{minus}0.1")),
        (-0.12, 29.0, String::new()),
        (-23.46, 33.0, format!("{minus}23")),
        (123.4, 32.0, "123".to_owned()),
        (7.3e-13, 40.0, format!("7e{minus}13")),
        (7.3e-13, 33.0, String::new()),
        (-12_345.0, 46.0, format!("{minus}1.2e4")),
        (-12_345.0, 38.0, format!("{minus}1e4")),
        (f32::NEG_INFINITY, 32.0, format!("{minus}∞")),
        (0.0, 32.0, "0".to_owned()),
    ] {
        assert_eq!(of(value, width), text, "{value} in {width}");
    }
}

/// Labels that stand on one line, from left to right: where each begins and ends.
fn lines_of_numbers(scene: &StageScene) -> Vec<Vec<(f64, f64, &str)>> {
    let is_number = |label: &&Label| {
        let kinds = [LabelKind::Number, LabelKind::HotNumber, LabelKind::OnDark];
        kinds.contains(&label.kind)
    };
    let mut lines = std::collections::BTreeMap::<u64, Vec<(f64, f64, &str)>>::new();
    for label in scene.words.iter().filter(is_number) {
        let half = NUMBER.width(&label.text) / 2.0;
        let line = lines.entry(label.y.to_bits()).or_default();
        line.push((label.x - half, label.x + half, label.text.as_str()));
    }
    let mut lines: Vec<_> = lines.into_values().collect();
    for line in &mut lines {
        line.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    lines
}

#[test]
fn numbers_never_run_into_each_other() {
    // Weights down to 1e-13 and scores of every sign and size.
    let typed = |scale: f32| {
        let row = |at: usize| format!("{} {}", at as f32 * scale - 3.0, 2.0 - at as f32);
        let rows = |n: usize| (0..n).map(row).collect::<Vec<_>>().join("\n");
        HeadData::typed(&[rows(12), rows(12), rows(12)].join("\n\n")).unwrap()
    };
    let mut n_numbers = 0;
    for data in [typed(1.0), typed(30.0), HeadData::random(12, 8, 1).unwrap()] {
        let data = data.shared();
        for options in all_options() {
            // Not all tiles are enough for two parts of the keys.
            let Ok(player) = Player::with(data.clone(), options) else {
                continue;
            };
            let n_steps = player.schedule().n_events();
            for step in (0..=n_steps).step_by(1 + n_steps as usize / 40) {
                for width in [280.0, 360.0, 592.0, 740.0, 980.0, 1_200.0, 2_400.0] {
                    let scene = scene_at(&player, step, width);
                    for line in lines_of_numbers(&scene) {
                        n_numbers += line.len();
                        for two in line.windows(2) {
                            assert!(two[0].1 < two[1].0, "{two:?} {width} {step} {options:?}");
                        }
                    }
                }
            }
        }
    }
    assert!(n_numbers > 10_000, "{n_numbers}");
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
    huge.source = DataSource::Random {
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
        state.flash.source = DataSource::Random { n, d, seed: 0 };
        for action in [
            FlashAction::TogglePlay,
            FlashAction::Tick(16.0),
            FlashAction::GoTo(3),
            FlashAction::TileBy(1),
            FlashAction::StepBy(-1),
        ] {
            reduce_flash(&mut state, action);
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
    let effects = crate::reduce(&mut state, Action::Enter(Room::Flash));
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
    let effects = reduce_flash(&mut state, FlashAction::UseAlgorithm(Algorithm::Fa1));
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
    assert_eq!(fresh.room, Room::Flash);
    assert_eq!(crate::address::fragment_of(&fresh), written);
    reduce_flash(&mut fresh, FlashAction::ReadLink);
    assert_eq!(fresh.flash.options, state.flash.options);
    assert_eq!(crate::address::fragment_of(&fresh), written);
}
