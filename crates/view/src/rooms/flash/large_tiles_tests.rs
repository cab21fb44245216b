//! Tiles of many rows keep the numbers that flash attention is about.

use headlight_flash::{Algorithm, EventKind};

use super::figures::stage::{Label, LabelKind, StageScene, scene, shown_within};
use super::{DataSource, FlashRoom, Options, Player, Tiles, words};

/// 128 rows in tiles of so many.
fn player(algorithm: Algorithm, rows_of_tile: usize) -> Player {
    let room = FlashRoom {
        options: Options {
            algorithm,
            tiles: Tiles::Blocks(rows_of_tile, rows_of_tile),
            is_causal: false,
            ..Options::default()
        },
        source: DataSource::Random {
            n: 128,
            d: 8,
            seed: 1,
        },
        ..FlashRoom::default()
    };
    Player::new(&room).unwrap()
}

/// The first time that a tile of rows adds up what it had before.
fn summed(player: &Player) -> super::Moment {
    let steps = 0..=player.schedule().n_events();
    let mut all = steps.map(|step| player.moment(step).unwrap());
    let is_it = |moment: &super::Moment| {
        moment.kind() == Some(EventKind::RowSum) && moment.event.unwrap().j != Some(0)
    };
    all.find(is_it).unwrap()
}

/// The names of the columns of numbers, and where they stand.
fn columns(scene: &StageScene) -> Vec<&Label> {
    let is_name = |words: &&Label| ["m", "m̃", "α", "l"].contains(&words.text.as_str());
    let named = scene.words.iter().filter(is_name);
    named
        .filter(|words| words.kind == LabelKind::Name)
        .collect()
}

/// The numbers below a name.
fn numbers<'a>(scene: &'a StageScene, column: &Label) -> Vec<&'a Label> {
    let is_number = |words: &&Label| matches!(words.kind, LabelKind::Number | LabelKind::HotNumber);
    let numbers = scene.words.iter().filter(is_number);
    let is_below = |words: &&Label| (words.x - column.x).abs() < 1e-9;
    numbers.filter(is_below).collect()
}

#[test]
fn however_many_rows_a_tile_has_those_of_the_chosen_one_are_there() {
    for algorithm in [Algorithm::Fa1, Algorithm::Fa2] {
        for rows_of_tile in [16, 19, 32, 64, 128] {
            let player = player(algorithm, rows_of_tile);
            let moment = if rows_of_tile == 128 {
                player.moment(player.schedule().n_events() - 2).unwrap()
            } else {
                summed(&player)
            };
            let queries = player.schedule().queries(moment.event.unwrap().i.unwrap());
            let chip = &moment.chip;
            for (width, row) in [980.0, 360.0, 320.0]
                .into_iter()
                .flat_map(|width| queries.clone().map(move |row| (width, row)))
            {
                let scene = scene(&player, &moment, Some(row), width);
                let (_, at) = scene.rows.iter().find(|(of, _)| *of == row).unwrap();
                let middle = at.y + at.height / 2.0;
                for column in columns(&scene) {
                    let all = match column.text.as_str() {
                        "m" => &chip.m,
                        "m̃" => &chip.tile_m,
                        "α" => &chip.alpha,
                        _ => &chip.l,
                    };
                    let shown = numbers(&scene, column);
                    let own = shown
                        .iter()
                        .find(|words| (words.y - 4.0 - middle).abs() < 1e-6);
                    let pitch = if width < 400.0 { 38.0 } else { 44.0 };
                    let value = all[row - queries.start];
                    assert_eq!(own.unwrap().text, shown_within(value, pitch).unwrap());
                    let apart = shown.windows(2).map(|two| two[1].y - two[0].y);
                    assert!(apart.into_iter().all(|by| by > 13.9), "{rows_of_tile}");
                    assert!(shown.len() >= queries.len().min(16) / 2);
                }
                assert!(columns(&scene).len() >= 3);
                // Their rows are named.
                let name = row.to_string();
                let is_named = scene
                    .words
                    .iter()
                    .any(|words| words.text == name && (words.y - 4.0 - middle).abs() < 1e-6);
                assert!(is_named, "{row} {width}");
                let is_said = scene.words.iter().any(|it| it.text == words::SOME_ROWS);
                assert_eq!(is_said, rows_of_tile > 18, "{rows_of_tile}");
            }
        }
    }
}

#[test]
fn no_ground_is_less_than_nothing_however_low_the_rows() {
    let room = FlashRoom {
        options: Options {
            tiles: Tiles::Blocks(2_048, 2_048),
            ..Options::default()
        },
        source: DataSource::Random {
            n: 2_048,
            d: 1,
            seed: 1,
        },
        ..FlashRoom::default()
    };
    let player = Player::new(&room).unwrap();
    let steps = 0..=player.schedule().n_events();
    for moment in steps.map(|step| player.moment(step).unwrap()) {
        let scene = scene(&player, &moment, Some(7), 980.0);
        let mut blocks = scene.blocks.iter();
        assert!(blocks.all(|block| block.at.height > 0.0 && block.at.width > 0.0));
    }
}
