//! Slow memory is drawn to scale along the rows, and what is not to scale says so.

use headlight_flash::{Algorithm, Array};

use super::figures::stage::{Paint, Rect, StageScene, scene};
use super::{DataSource, FlashRoom, HeadData, Options, Player, Tiles, words};
use headlight_figure::Shared;

/// A player of so many queries and keys of width 4, in tiles of 8 queries and 4 keys.
fn player(n_q: usize, n_k: usize, options: Options) -> Player {
    let rows = |n: usize| (0..4 * n).map(|at| (at % 7) as f32 - 3.0).collect();
    let data = HeadData::new(rows(n_q), rows(n_k), rows(n_k), 4).unwrap();
    Player::with(Shared::new(data), options).unwrap()
}

fn options(algorithm: Algorithm) -> Options {
    Options {
        algorithm,
        is_causal: false,
        tiles: Tiles::Blocks(8, 4),
        ..Options::default()
    }
}

fn drawn(player: &Player, width: f64) -> StageScene {
    scene(player, &player.moment(0).unwrap(), None, width)
}

/// The pieces of an array: where each begins along the rows, and its length.
fn pieces(scene: &StageScene, array: Array, is_standing: bool) -> Vec<(f64, f64)> {
    let along = |at: Rect| {
        if is_standing {
            (at.y, at.height)
        } else {
            (at.x, at.width)
        }
    };
    let is_it = |paint| {
        [
            Paint::Idle(array),
            Paint::Moved(array),
            Paint::Written(array),
            Paint::Unwritten(array),
        ]
        .contains(&paint)
    };
    let blocks = scene.blocks.iter().filter(|block| is_it(block.paint));
    blocks.map(|block| along(block.at)).collect()
}

#[test]
fn tiles_of_as_many_rows_are_as_long_and_a_short_last_one_is_as_much_shorter() {
    for (width, is_standing) in [(980.0, true), (360.0, false)] {
        for algorithm in [Algorithm::Fa1, Algorithm::Fa2] {
            for (n, block_q, block_k) in [(24, 8, 3), (24, 3, 8), (25, 8, 4), (23, 5, 1)] {
                let options = Options {
                    tiles: Tiles::Blocks(block_q, block_k),
                    ..options(algorithm)
                };
                let scene = drawn(&player(n, n, options), width);
                for (array, block) in [
                    (Array::Q, block_q),
                    (Array::O, block_q),
                    (Array::K, block_k),
                ] {
                    let pieces = pieces(&scene, array, is_standing);
                    assert_eq!(pieces.len(), n.div_ceil(block), "{array:?}");
                    let per_row = pieces[0].1 / block as f64;
                    let gap = pieces[1].0 - pieces[0].0 - pieces[0].1;
                    assert!(gap > 0.5 && gap < pieces[0].1, "{gap} {per_row}");
                    for (tile, &(start, length)) in pieces.iter().enumerate() {
                        let n_rows = block.min(n - tile * block);
                        let what = format!("{array:?} {n} {block}: tile {tile} {length}");
                        assert!((length - n_rows as f64 * per_row).abs() < 1e-9, "{what}");
                        let before = tile as f64 * (block as f64 * per_row + gap);
                        assert!((start - pieces[0].0 - before).abs() < 1e-9, "{what}");
                    }
                }
            }
        }
    }
}

/// From the beginning of an array's first piece to the end of its last.
fn extent(scene: &StageScene, array: Array, is_standing: bool) -> f64 {
    let pieces = pieces(scene, array, is_standing);
    let (last, length) = pieces[pieces.len() - 1];
    last + length - pieces[0].0
}

#[test]
fn arrays_of_as_many_rows_are_as_long_however_many_their_tiles() {
    let tilings = [(8, 4), (4, 8), (1, 16), (16, 1), (64, 64), (1, 1), (3, 2)];
    for (width, is_standing) in [(980.0, true), (360.0, false)] {
        for n in [4, 25, 64, 1_000] {
            for algorithm in Algorithm::ALL {
                for (block_q, block_k) in tilings {
                    let options = Options {
                        tiles: Tiles::Blocks(block_q, block_k),
                        ..options(algorithm)
                    };
                    let scene = drawn(&player(n, n, options), width);
                    let of_q = extent(&scene, Array::Q, is_standing);
                    for array in [Array::K, Array::V, Array::O] {
                        let of = extent(&scene, array, is_standing);
                        assert!(
                            (of - of_q).abs() < 0.6,
                            "{algorithm:?} {array:?} {of} {of_q}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn arrays_of_other_numbers_of_rows_have_other_lengths() {
    for (width, is_standing) in [(980.0, true), (360.0, false)] {
        for algorithm in Algorithm::ALL {
            let scene = drawn(&player(8, 32, options(algorithm)), width);
            let whole = |array| extent(&scene, array, is_standing);
            let share = whole(Array::Q) / whole(Array::K);
            assert!((share - 0.25).abs() < 0.02, "{algorithm:?} {share}");
            assert!((whole(Array::V) - whole(Array::K)).abs() < 1e-9);
        }
    }
}

#[test]
fn a_row_among_thousands_can_still_be_seen() {
    let options = Options {
        tiles: Tiles::Blocks(256, 16),
        ..options(Algorithm::Fa2)
    };
    for (width, is_standing) in [(980.0, true), (360.0, false)] {
        let scene = drawn(&player(1, 4_096, options), width);
        let q = pieces(&scene, Array::Q, is_standing);
        assert!(q.len() == 1 && q[0].1 >= 1.0, "{q:?}");
    }
}

#[test]
fn what_is_one_number_a_row_is_narrower_and_that_no_more_than_lengths_are_to_scale_is_said() {
    let of = |options, width| {
        let scene = drawn(&player(25, 25, options), width);
        let thick = |array| {
            let mut blocks = scene.blocks.iter();
            let block = blocks.find(|block| block.paint == Paint::Unwritten(array));
            let at = block.unwrap().at;
            if width > 700.0 { at.width } else { at.height }
        };
        let thinner = thick(Array::Lse) < 0.6 * thick(Array::O);
        let texts: Vec<String> = scene.words.into_iter().map(|words| words.text).collect();
        (thinner, texts)
    };
    for width in [980.0, 360.0] {
        let (is_thinner, texts) = of(options(Algorithm::Fa2), width);
        assert!(is_thinner);
        let has = |text: &str| texts.iter().any(|said| said.contains(text));
        assert!(
            has("Q: 25 rows, tiles of 8") && has("K: 25 rows, tiles of 4"),
            "{texts:?}"
        );
        assert!(has(words::TO_SCALE), "{texts:?}");
        assert!(has(words::CHIP_NOTE) && words::CHIP_NOTE.contains("magnified"));
        let splits = Options {
            n_splits: 2,
            ..options(Algorithm::Fa2)
        };
        let (_, texts) = of(splits, width);
        assert!(
            texts
                .iter()
                .any(|said| said.contains("Oₛ, Lₛ: once a part")),
            "{texts:?}"
        );
    }
}

#[test]
fn tiles_larger_than_the_sequence_are_as_large_as_it() {
    let room = FlashRoom {
        options: Options {
            tiles: Tiles::Blocks(64, 64),
            ..options(Algorithm::Fa2)
        },
        source: DataSource::Random {
            n: 3,
            d: 2,
            seed: 1,
        },
        ..FlashRoom::default()
    };
    let player = Player::new(&room).unwrap();
    let texts = drawn(&player, 980.0).words;
    assert!(
        texts
            .iter()
            .any(|words| words.text == "Q: 3 rows, tiles of 3")
    );
}

#[test]
fn what_the_chip_uses_stands_beside_its_heading_and_not_over_its_note() {
    for width in [360.0, 700.0, 980.0] {
        let player = player(25, 25, options(Algorithm::Fa1));
        let words = drawn(&player, width).words;
        let find = |text: &str| {
            words
                .iter()
                .find(|words| words.text.contains(text))
                .unwrap()
        };
        let (heading, note, meter) = (find(words::CHIP), find(words::CHIP_NOTE), find("bytes"));
        assert!((meter.y - heading.y).abs() < 4.0 && note.y - meter.y > 12.0);
        let longest = "16 896 bytes, over 16 384".len() as f64;
        assert!(meter.x - 6.0 * longest > heading.x + 8.0 * words::CHIP.len() as f64);
    }
}

#[test]
fn a_last_tile_of_few_rows_and_keys_has_rows_and_keys_of_the_usual_size() {
    // The last tiles of 25 rows have one query and one key.
    for width in [980.0, 360.0] {
        for algorithm in [Algorithm::Fa1, Algorithm::Fa2] {
            for n_splits in [1, 2] {
                if algorithm == Algorithm::Fa1 && n_splits == 2 {
                    continue;
                }
                let player = player(
                    25,
                    25,
                    Options {
                        n_splits,
                        ..options(algorithm)
                    },
                );
                let mut sizes = std::collections::BTreeMap::new();
                let mut n_last = 0;
                for step in 1..=player.schedule().n_events() {
                    let moment = player.moment(step).unwrap();
                    let scene = scene(&player, &moment, None, width);
                    let n_rows = scene.rows.len();
                    for mosaic in &scene.mosaics {
                        let at = mosaic.at;
                        let one = (
                            at.width / mosaic.n_columns as f64,
                            at.height / mosaic.n_rows as f64,
                        );
                        let (wide, high): (f64, f64) = *sizes.entry(mosaic.name).or_insert(one);
                        let what = format!("{algorithm:?} step {step} {}", mosaic.name);
                        assert!((one.0 - wide).abs() < 1e-9, "{what}");
                        assert!((one.1 - high).abs() < 1e-9, "{what}");
                        // Where rows are chosen is where they are drawn.
                        if ["Q", "S", "P", "O"].contains(&mosaic.name) && n_rows > 0 {
                            assert_eq!(mosaic.n_rows, n_rows, "{what}");
                            for (place, (_, row)) in scene.rows.iter().enumerate() {
                                let y = at.y + place as f64 * one.1;
                                assert!((row.y - y).abs() < 1e-9, "{what}");
                                assert!((row.height - one.1).abs() < 1e-9, "{what}");
                            }
                        }
                        n_last += usize::from(mosaic.name == "S" && mosaic.values.len() == 1);
                    }
                }
                assert!(n_last > 0);
            }
        }
    }
}

/// True where the mask's hatching lies over a point.
fn is_hatched(scene: &StageScene, (x, y): (f64, f64)) -> bool {
    let corners = &scene.hidden;
    let next = corners.iter().cycle().skip(1);
    let crossed = corners.iter().zip(next).filter(|((x0, y0), (x1, y1))| {
        (*y0 > y) != (*y1 > y) && x < x0 + (y - y0) / (y1 - y0) * (x1 - x0)
    });
    crossed.count() % 2 == 1
}

#[test]
fn standard_attention_lights_and_finishes_whole_rows_of_a_masked_matrix() {
    let causal = |algorithm| Options {
        is_causal: true,
        ..options(algorithm)
    };
    let n = 16;
    let player = player(n, n, causal(Algorithm::Standard));
    for step in 0..=player.schedule().n_events() {
        let moment = player.moment(step).unwrap();
        let scene = scene(&player, &moment, None, 980.0);
        let (x, top) = scene.hidden[scene.hidden.len() - 1];
        // The legend has small ones.
        let parts = scene.blocks.iter();
        let parts = parts.filter(|block| [Paint::Done, Paint::Waiting].contains(&block.paint));
        let widths = parts.map(|block| block.at.width / n as f64);
        let size = widths.fold(0.0, f64::max);
        let lit = moment.event.and_then(|event| event.i);
        for query in 0..n {
            let is_done = player.schedule().visit(query, 0).unwrap().end <= step;
            for key in 0..n {
                let at = |share: f64| {
                    let y = top + (query as f64 + share) * size;
                    (x - (n as f64 - key as f64 - 0.5) * size, y)
                };
                let samples =
                    (0..20).filter(|i| is_hatched(&scene, at((f64::from(*i) + 0.5) / 20.0)));
                let n_hatched = samples.count();
                let what = format!("step {step} {query} {key}: {n_hatched}");
                match (key > query, is_done) {
                    (false, _) => assert_eq!(n_hatched, 0, "{what}"),
                    _ if lit == Some(query) => assert_eq!(n_hatched, 0, "{what}"),
                    (true, true) => assert!((4..=16).contains(&n_hatched), "{what}"),
                    (true, false) => assert_eq!(n_hatched, 20, "{what}"),
                }
            }
        }
        // Nothing of it depends on the steps before.
        let anew = self::player(n, n, causal(Algorithm::Standard));
        assert_eq!(
            scene,
            super::figures::stage::scene(&anew, &anew.moment(step).unwrap(), None, 980.0)
        );
    }
}
