//! What is said at a step is true of the numbers at that step.

use crate::reduce_flash;
use headlight_flash::{Algorithm, Array, EventKind, TileKind};

use super::figures::ledger;
use super::figures::row::row_arithmetic;
use super::figures::stage::{Block, Paint, scene};
use super::test_room::player;
use super::{
    DataSource, FlashAction, FlashRoom, FlashTopic, HeadData, Moment, Options, Player, Tiles,
    sentence, words,
};
use crate::answers::details::HeadInputs;
use crate::state::State;
use headlight_figure::Shared;
use headlight_figure::plain;
use words::shown;

/// Sixteen random rows in tiles of four by four.
fn options(algorithm: Algorithm) -> Options {
    Options {
        algorithm,
        tiles: Tiles::Blocks(4, 4),
        ..Options::default()
    }
}

/// All steps of a kind.
fn moments(player: &Player, kind: EventKind) -> Vec<Moment> {
    let all = (0..=player.schedule().n_events()).map(|step| player.moment(step).unwrap());
    all.filter(|moment| moment.kind() == Some(kind)).collect()
}

fn said(player: &Player, moment: &Moment) -> String {
    plain(&sentence(player, moment))
}

#[test]
fn the_weights_header_says_what_the_weights_are() {
    let headers = [
        (Algorithm::Standard, EventKind::Exp, "= exp(S − m)"),
        (
            Algorithm::Standard,
            EventKind::Normalise,
            "= exp(S − m) / l",
        ),
        (Algorithm::Standard, EventKind::Pv, "= exp(S − m) / l"),
        (Algorithm::Fa1, EventKind::Exp, "= exp(S − m̃)"),
        (Algorithm::Fa1, EventKind::Pv, "= exp(S − m̃)"),
        (Algorithm::Fa2, EventKind::Pv, "= exp(S − m)"),
    ];
    for (algorithm, kind, header) in headers {
        let player = player(options(algorithm));
        for moment in moments(&player, kind) {
            let scene = scene(&player, &moment, None, 980.0);
            assert!(scene.words.iter().any(|words| words.text == header));
            let chip = &moment.chip;
            let max = match algorithm {
                Algorithm::Fa1 => &chip.tile_m,
                _ => &chip.m,
            };
            let rows = chip.p.rows().zip(chip.s.rows()).zip(max).enumerate();
            for (row, ((weights, scores), max)) in rows {
                let divisor = if header.ends_with('l') {
                    chip.l[row]
                } else {
                    1.0
                };
                for (weight, score) in weights.iter().zip(scores) {
                    assert!((weight - (score - max).exp() / divisor).abs() < 1e-5);
                }
            }
        }
    }
}

#[test]
fn an_output_of_some_keys_is_not_called_the_result() {
    for algorithm in Algorithm::ALL {
        for is_reversed in [false, true] {
            let player = player(Options {
                is_reversed,
                ..options(algorithm)
            });
            let schedule = player.schedule();
            for moment in moments(&player, EventKind::Store) {
                let said = said(&player, &moment);
                let Some(i) = moment.event.unwrap().i else {
                    continue;
                };
                let is_of_output = said.starts_with("O, ") || said.starts_with("O of");
                let is_last = moment.step == schedule.written_after(i);
                assert_eq!(
                    said.ends_with("slow memory: they are the result."),
                    is_of_output && is_last,
                    "{said}"
                );
                assert_eq!(
                    said.ends_with(
                        "slow memory: attention over the keys so far. They come back for \
                         the next tile of keys."
                    ),
                    is_of_output && !is_last,
                    "{said}"
                );
            }
        }
    }
}

#[test]
fn a_part_of_the_keys_is_not_called_every_key() {
    let player = player(Options {
        n_splits: 2,
        ..options(Algorithm::Fa2)
    });
    for moment in moments(&player, EventKind::Normalise) {
        let said = said(&player, &moment);
        if moment.chip.l.iter().all(|l| *l == 0.0) {
            continue;
        }
        assert!(
            said.ends_with("over the keys of this part that these rows may see."),
            "{said}"
        );
    }
}

#[test]
fn with_few_rescales_rows_that_found_more_and_rows_that_are_rescaled_are_told_apart() {
    // Three keys, one per tile. For a query of 1 the second beats the first by 3 and the
    // third by 8; for one of 0.5 by half of that.
    let typed = "1\n1\n\n0\n3\n8\n\n1\n1\n1";
    let player = |typed: &str| {
        let room = FlashRoom {
            options: Options {
                is_lazy: true,
                is_causal: false,
                tiles: Tiles::Blocks(2, 1),
                ..Options::default()
            },
            source: DataSource::Typed(typed.to_owned()),
            ..FlashRoom::default()
        };
        Player::new(&room).unwrap()
    };
    let all_said = |player: &Player, kind| -> Vec<String> {
        let all = moments(player, kind);
        all.iter().map(|moment| said(player, moment)).collect()
    };
    let both = player(typed);
    assert_eq!(
        all_said(&both, EventKind::RowMax)[1..],
        [
            "Both rows found a larger score in this tile than the maximum that is kept, \
             none by more than 8 bits (8 ln 2 = 5.55), so it stays.",
            "Both rows found a larger score in this tile than the maximum that is kept, \
             both by more than 8 bits (8 ln 2 = 5.55): it rises.",
        ]
    );
    let one = player(&typed.replacen("1\n1", "1\n0.5", 1));
    assert_eq!(
        all_said(&one, EventKind::Rescale)[1..],
        [
            "Query rows 0–1 meet key 1. Both rows found a larger score, none by more \
             than 8 bits (8 ln 2 = 5.55), so nothing is rescaled.",
            "Query rows 0–1 meet key 2. Both rows found a larger score, one by more \
             than 8 bits (8 ln 2 = 5.55): what that row had summed is rescaled by α.",
        ]
    );
    // exp(3) = 20.09 where the old maximum is kept.
    assert_eq!(
        all_said(&both, EventKind::Exp)[1],
        "Weights: exp of what each score is off the maximum that its row keeps. The largest \
         here is 20.09; with an old maximum kept it may be up to 2⁸ = 256. They are not \
         divided by anything yet."
    );
    let bound: f32 = 8.0 * std::f32::consts::LN_2;
    assert!(words::LAZY_BOUND.ends_with(&format!("= {bound:.2})")));
}

#[test]
fn the_ledger_says_what_split_keys_cost_and_why_one_splits() {
    let verdict = |n_splits| {
        let player = player(Options {
            n_splits,
            ..options(Algorithm::Fa2)
        });
        let ledger = ledger::ledger(&player, &player.moment(0).unwrap(), None);
        let in_all = ledger.in_all.elements_moved();
        (in_all, words::verdict(&player, &ledger))
    };
    let (one, said_of_one) = verdict(1);
    assert!(!said_of_one.contains("part"), "{said_of_one}");
    let (two, said) = verdict(2);
    // Two parts of 16 rows: 8 of O and one of L each, there and back; queries once more.
    assert_eq!(two - one, 2 * 2 * 16 * 9 + 16 * 8);
    assert!(
        said.ends_with(
            " It moves 704 elements more than one part would: 576 to write each part’s O and \
             log-sum-exp and read them back for the merge, 128 to load the queries for each \
             part. One splits where queries are few and keys many: parts can be computed at \
             the same time."
        ),
        "{said}"
    );
    assert!(!said.contains("Larger query tiles"), "{said}");
}

#[test]
fn a_factor_that_is_small_is_not_spelled_out_as_0() {
    // One row whose second key beats the first by 9.07.
    let room = FlashRoom {
        options: Options {
            is_causal: false,
            tiles: Tiles::Blocks(1, 1),
            ..Options::default()
        },
        source: DataSource::Typed("1\n\n2.04\n11.11\n\n1\n1".to_owned()),
        ..FlashRoom::default()
    };
    let player = Player::new(&room).unwrap();
    let rescales = moments(&player, EventKind::Rescale);
    let arithmetic_at = |at: usize| row_arithmetic(&player, &rescales[at], 0).unwrap();
    assert_eq!(
        arithmetic_at(0),
        "row 0: α = exp(−∞ − 2.04) = 0;  l = 0 × 0 = 0"
    );
    assert_eq!(
        arithmetic_at(1),
        "row 0: α = exp(2.04 − 11.11) = 1.2e−4;  l = 1.2e−4 × 1.00 = 1.2e−4"
    );
    let scene = scene(&player, &rescales[1], None, 980.0);
    assert!(scene.words.iter().any(|words| words.text == "1e−4"));
}

#[test]
fn a_skipped_tile_is_told_apart_from_the_one_that_is_still_on_the_chip() {
    for algorithm in [Algorithm::Fa1, Algorithm::Fa2] {
        for (is_reversed, n_splits) in [(false, 1), (true, 1), (false, 2)] {
            let player = player(Options {
                is_reversed,
                n_splits: if algorithm == Algorithm::Fa2 {
                    n_splits
                } else {
                    1
                },
                ..options(algorithm)
            });
            for moment in moments(&player, EventKind::Skip) {
                let said = said(&player, &moment);
                let is_left = algorithm == Algorithm::Fa2 && !moment.chip.k.is_empty();
                assert_eq!(said.contains("still on the chip"), is_left, "{said}");
                if is_left {
                    // The keys that are there are those of the data at the named rows.
                    let [_, keys, _] = player.data().rows();
                    let there = keys.skip(moment.keys.start).take(moment.keys.len());
                    assert!(moment.chip.k.rows().eq(there));
                    let (first, last) = (moment.keys.start, moment.keys.end - 1);
                    let end = format!(" Keys {first}–{last} are still on the chip.");
                    assert!(said.ends_with(&end), "{said}");
                }
            }
        }
    }
}

/// Every algorithm, with few rescales and with split keys too.
fn every_method() -> [Options; 5] {
    let fa2 = options(Algorithm::Fa2);
    [
        options(Algorithm::Standard),
        options(Algorithm::Fa1),
        fa2,
        Options {
            is_lazy: true,
            ..fa2
        },
        Options { n_splits: 2, ..fa2 },
    ]
}

/// What is said of the last row of the tile.
fn spelled_last(player: &Player, moment: &Moment) -> Option<String> {
    let queries = player.schedule().queries(moment.event?.i?);
    row_arithmetic(player, moment, queries.end - 1)
}

#[test]
fn a_sum_of_weights_is_what_the_algorithm_divides_by() {
    let notes = ["l = ", "l̃ = ", "l = ", "l = ", "l = "];
    for (options, note) in every_method().into_iter().zip(notes) {
        let player = player(options);
        for moment in moments(&player, EventKind::RowSum) {
            let said = said(&player, &moment);
            let end = match (options.algorithm, options.n_splits) {
                (Algorithm::Standard, _) => {
                    "The row’s weights are summed: what they will be divided by."
                }
                (Algorithm::Fa1, _) => {
                    "Each row’s weights are summed: the sum of this tile alone. The next step \
                     adds it to the row’s sum of the tiles before."
                }
                (Algorithm::Fa2, 1) => "divided by, once all keys have been met.",
                (Algorithm::Fa2, _) => {
                    "this part’s output will be divided by, once the keys of this part have been \
                     met."
                }
            };
            assert!(said.ends_with(end), "{said}");
            let of_row = spelled_last(&player, &moment).unwrap();
            assert!(of_row.contains(&format!(": {note}")), "{of_row}");
            let sums = match options.algorithm {
                Algorithm::Fa1 => &moment.chip.tile_l,
                _ => &moment.chip.l,
            };
            let last = shown(*sums.last().unwrap());
            assert!(of_row.ends_with(&format!("= {last}")), "{of_row}");
        }
    }
}

#[test]
fn a_maximum_is_of_the_keys_that_it_is_of() {
    let maxima = [
        "its row’s maximum, so",
        "its row’s maximum in this tile, so",
        "its row’s maximum so far, so",
    ];
    for (algorithm, maximum) in Algorithm::ALL.into_iter().zip(maxima) {
        let player = player(options(algorithm));
        for moment in moments(&player, EventKind::Exp) {
            let said = said(&player, &moment);
            assert!(said.contains(maximum), "{said}");
        }
        for moment in moments(&player, EventKind::RowMax) {
            let said = said(&player, &moment);
            let (row, tile) = match algorithm {
                Algorithm::Standard => ("of the row is", false),
                _ => ("of each row in this tile is", true),
            };
            if said.starts_with("The largest score") {
                assert!(said.contains(row), "{said}");
            }
            assert_eq!(said.contains("in this tile"), tile, "{said}");
        }
    }
    // Tiles of one query.
    let alone = player(Options {
        tiles: Tiles::Blocks(1, 4),
        ..options(Algorithm::Fa2)
    });
    for kind in [EventKind::RowMax, EventKind::RowSum] {
        for moment in moments(&alone, kind) {
            let said = said(&alone, &moment).to_lowercase();
            assert!(!said.contains("each row"), "{said}");
        }
    }
    // A part of the keys has not seen the tiles of another.
    let split = player(Options {
        n_splits: 2,
        is_causal: false,
        ..options(Algorithm::Fa2)
    });
    for moment in moments(&split, EventKind::RowMax) {
        let said = said(&split, &moment);
        assert!(!said.contains("all tiles"), "{said}");
    }
    for moment in moments(&split, EventKind::Rescale) {
        let said = said(&split, &moment);
        assert!(!said.contains("meet the first keys"), "{said}");
    }
}

#[test]
fn only_what_is_written_is_spelled_out() {
    for options in every_method() {
        let player = player(options);
        let writes_lse = moments(&player, EventKind::Store).iter().any(|moment| {
            let mut moves = moment.event.as_ref().unwrap().moves();
            moves.any(|moved| matches!(moved.array, Array::Lse | Array::SplitLse))
        });
        for moment in moments(&player, EventKind::Normalise) {
            if moment.chip.l.last() == Some(&0.0) {
                // A part of the keys that the row does not see.
                continue;
            }
            let of_row = spelled_last(&player, &moment).unwrap();
            assert!(of_row.contains("divided by l = "), "{of_row}");
            assert_eq!(of_row.contains("L = "), writes_lse, "{of_row}");
        }
    }
}

#[test]
fn nothing_is_said_to_be_divided_by_0() {
    let player = player(every_method()[4]);
    let unseen = moments(&player, EventKind::Normalise);
    let unseen = unseen
        .iter()
        .filter(|moment| moment.chip.l.iter().all(|l| *l == 0.0));
    for moment in unseen.clone() {
        let said = said(&player, moment);
        assert!(said.ends_with("nothing is divided."), "{said}");
    }
    assert!(unseen.count() > 0);
}

#[test]
fn a_mask_that_hides_nothing_of_a_row_is_said_to_hide_nothing() {
    for options in every_method() {
        let player = player(options);
        for moment in moments(&player, EventKind::Mask) {
            let said = said(&player, &moment);
            let of_row = spelled_last(&player, &moment).unwrap();
            assert!(!said.contains(" 0 of "), "{said}");
            assert!(!said.contains(" 1 of 16 are"), "{said}");
            assert!(!of_row.contains(" 0 of "), "{of_row}");
            let hides = moment.chip.s.rows().last().unwrap();
            let hides = hides.iter().any(|score| score.is_infinite());
            assert_eq!(of_row.contains("−∞"), hides, "{of_row}");
        }
    }
}

#[test]
fn a_maximum_that_is_kept_is_not_spelled_out_as_the_larger() {
    // The second key beats the first by 3, which is less than 8 bits; the third by 8.
    let room = FlashRoom {
        options: Options {
            is_lazy: true,
            is_causal: false,
            tiles: Tiles::Blocks(1, 1),
            ..Options::default()
        },
        source: DataSource::Typed("1\n\n0\n3\n8\n\n1\n1\n1".to_owned()),
        ..FlashRoom::default()
    };
    let player = Player::new(&room).unwrap();
    let maxima = moments(&player, EventKind::RowMax);
    let notes: Vec<String> = maxima
        .iter()
        .map(|moment| spelled_last(&player, moment).unwrap())
        .collect();
    assert_eq!(
        notes,
        [
            "row 0: m = max(−∞, 0) = 0",
            "row 0: m = 0 is kept: 3.00 is not more than 8 bits (8 ln 2 = 5.55) above it",
            "row 0: m = max(0, 8.00) = 8.00",
        ]
    );
}

#[test]
fn a_row_that_sees_nothing_of_a_tile_has_no_exponential() {
    // Last first, so that a row's first tile of keys may lie in its future.
    for algorithm in [Algorithm::Fa1, Algorithm::Fa2] {
        let player = player(Options {
            is_reversed: true,
            tiles: Tiles::Blocks(4, 2),
            ..options(algorithm)
        });
        for kind in [EventKind::Rescale, EventKind::Exp, EventKind::Normalise] {
            for moment in moments(&player, kind) {
                for row in player.schedule().queries(moment.event.unwrap().i.unwrap()) {
                    let of_row = row_arithmetic(&player, &moment, row).unwrap();
                    assert!(!of_row.contains("− −∞"), "{of_row}");
                    assert!(!of_row.contains("l = 0;"), "{of_row}");
                }
            }
        }
    }
}

#[test]
fn what_was_never_in_slow_memory_does_not_go_back_there() {
    for options in every_method() {
        let player = player(options);
        for moment in moments(&player, EventKind::Store) {
            let said = said(&player, &moment);
            assert!(said.contains("numbers go to slow memory"), "{said}");
        }
    }
}

#[test]
fn the_output_has_the_colours_of_an_average_at_every_step() {
    for options in every_method() {
        let player = player(options);
        let data = player.data();
        for step in 1..=player.schedule().n_events() {
            let moment = player.moment(step).unwrap();
            let scene = scene(&player, &moment, None, 980.0);
            let Some(drawn) = scene.mosaics.iter().find(|mosaic| mosaic.name == "O") else {
                continue;
            };
            // Of the keys that the rows had met: what an undivided output is, and an output
            // that is divided twice is not.
            let chip = &moment.chip;
            let says = |text: &str| scene.words.iter().any(|words| words.text == text);
            let is_undone = match options.algorithm {
                Algorithm::Standard => false,
                Algorithm::Fa1 => {
                    matches!(moment.kind(), Some(EventKind::Rescale | EventKind::Pv))
                }
                Algorithm::Fa2 => says("so far"),
            };
            for (row, (drawn, o)) in drawn.values.chunks(data.d()).zip(chip.o.rows()).enumerate() {
                let l = chip.l.get(row).copied().unwrap_or(1.0);
                for (drawn, o) in drawn.iter().zip(o) {
                    let of = if is_undone && l > 0.0 { o / l } else { *o };
                    assert!((drawn - of).abs() < 1e-5, "{options:?} {step}");
                }
            }
            if options.algorithm == Algorithm::Standard {
                assert!(says("= P V") && !says("divided by l") && !says("so far"));
            }
        }
    }
}

/// What a step of the lesson puts on the stage.
fn on_stage(topic: FlashTopic) -> (Player, Moment) {
    let mut state = State::default();
    let values = HeadData::random(25, 8, 1).unwrap();
    let [q, k, v] = values.rows().map(|rows| rows.flatten().copied().collect());
    state.flash.head = Some(Shared::new(HeadInputs {
        layer: 3,
        head: 2,
        seq_len: 25,
        d_head: 8,
        scale: 8_f64.sqrt().recip(),
        q,
        k,
        v,
    }));
    let index = FlashTopic::ALL.iter().position(|of| *of == topic).unwrap();
    reduce_flash(&mut state, FlashAction::LessonStep(index));
    let player = Player::new(&state.flash).unwrap();
    let moment = player.moment(player.step(&state.flash)).unwrap();
    (player, moment)
}

#[test]
fn the_tiles_of_the_lesson_fit_the_chip_of_any_browser() {
    for topic in FlashTopic::ALL {
        let (player, moment) = on_stage(topic);
        let ledger = ledger::ledger(&player, &moment, None);
        let needed = ledger.on_chip.map_or(0, |chip| chip.set_aside);
        assert!(needed <= words::BROWSER_BYTES, "{topic:?}: {needed}");
    }
}

#[test]
fn the_lessons_answers_are_those_of_the_figure() {
    let (player, moment) = on_stage(FlashTopic::KeysOutside);
    let i = moment.event.unwrap().i.unwrap();
    let writes: Vec<u64> = (1..=player.schedule().n_events())
        .filter(|step| {
            let event = player.schedule().event(step - 1).unwrap();
            event.kind == EventKind::Store && event.i == Some(i)
        })
        .collect();
    let (n, rows) = (writes.len(), player.schedule().queries(i));
    let done = writes.iter().filter(|step| **step <= moment.step).count();
    assert_eq!(
        FlashTopic::KeysOutside.answer(&player, &moment),
        format!(
            "Query rows {}–{}: {n} times, once after each tile of keys they see; {done} of {n} \
             done so far. Before all of these it was written once, as 0.",
            rows.start,
            rows.end - 1
        )
    );
    let (player, moment) = on_stage(FlashTopic::Ledger);
    let answer = FlashTopic::Ledger.answer(&player, &moment);
    assert!(answer.starts_with("42\u{a0}% less is moved, "), "{answer}");
}

#[test]
fn the_answer_of_the_lesson_stays_when_its_experiment_is_made() {
    let (player, moment) = on_stage(FlashTopic::Ledger);
    let before = FlashTopic::Ledger.answer(&player, &moment);
    let room = FlashRoom {
        options: Options {
            tiles: Tiles::Blocks(32, 16),
            ..Options::default()
        },
        source: DataSource::Random {
            n: 256,
            d: 16,
            seed: 1,
        },
        ..FlashRoom::default()
    };
    let doubled = Player::new(&room).unwrap();
    let now = doubled.schedule().totals().elements_moved();
    let after = FlashTopic::Ledger.answer(&doubled, &doubled.moment(9).unwrap());
    assert_eq!(before, after);
    // What it foretold has come.
    let moved = player.schedule().totals().elements_moved();
    let said = format!(
        "{} instead of {}",
        words::thousands(now),
        words::thousands(moved)
    );
    assert!(after.contains(&said), "{after}");
}

#[test]
fn what_is_beyond_floats_or_no_number_is_counted_as_the_page_counts() {
    // The second query and the third key make a score of 1e40.
    let room = FlashRoom {
        options: Options {
            is_causal: false,
            tiles: Tiles::Blocks(2, 2),
            ..Options::default()
        },
        source: DataSource::Typed("1\n1e20\n\n1\n1\n1e20\n\n1\n1\n1".to_owned()),
        ..FlashRoom::default()
    };
    let player = Player::new(&room).unwrap();
    let error = player.moment(player.schedule().n_events()).unwrap_err();
    assert_eq!(
        headlight_figure::phrase::sentence(&error.to_string()),
        "The score of query 1 and key 2, row 1 and column 2 of S (counted from 0), is beyond \
         32-bit floats, expected smaller q or k."
    );
    let error = HeadData::typed("1 1\n1 1\n\n1 1\n1 nan\n\n1 1\n1 1").unwrap_err();
    assert_eq!(
        headlight_figure::phrase::sentence(&error.to_string()),
        "Row 1, column 1 of K (counted from 0) is NaN, expected a finite number."
    );
}

#[test]
fn the_legend_of_the_matrix_says_what_becomes_of_it() {
    let legend = |algorithm| -> Vec<String> {
        let player = player(options(algorithm));
        let moment = player.moment(3).unwrap();
        let scene = scene(&player, &moment, None, 980.0);
        scene.words.into_iter().map(|words| words.text).collect()
    };
    let of_fa2 = legend(Algorithm::Fa2);
    for said in ["done, forgotten", "never visited: the future"] {
        assert!(of_fa2.iter().any(|text| text == said), "{of_fa2:?}");
    }
    let of_standard = legend(Algorithm::Standard);
    for said in ["done, written out", "computed, then masked"] {
        assert!(
            of_standard.iter().any(|text| text == said),
            "{of_standard:?}"
        );
    }
}

#[test]
fn the_tiles_that_are_skipped_can_be_counted() {
    let player = player(options(Algorithm::Fa2));
    let schedule = player.schedule();
    let tiles = (0..schedule.n_query_tiles())
        .flat_map(|i| (0..schedule.n_key_tiles()).map(move |j| schedule.tile_kind(i, j)));
    let n_skipped = tiles.filter(|kind| *kind == TileKind::Skipped).count();
    assert!(n_skipped > 0);
    let scene = scene(&player, &player.moment(3).unwrap(), None, 980.0);
    let is_hidden = |block: &&Block| block.paint == Paint::Hidden;
    // One more is in the legend.
    assert_eq!(scene.blocks.iter().filter(is_hidden).count(), n_skipped + 1);
}

#[test]
fn a_factor_is_written_as_everywhere() {
    assert_eq!(words::factor(0.5), "× α 0.50");
    assert_eq!(words::factor(1.15e-4), "× α 1.2e\u{2212}4");
}
