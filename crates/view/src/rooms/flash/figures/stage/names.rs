//! The names of the rows and keys on the chip: numbers, and tokens where there is room.

use super::places::{
    MOST_OF_TOKEN, NUMBER_HEIGHT, Places, SMALL_LETTER, n_digits, queries_on_chip, rows_in_tile,
};
use super::scene::{LabelKind, StageScene};
use crate::rooms::flash::player::{Moment, Player};
use headlight_figure::Anchor;
use headlight_figure::token::shorten;
/// A token in fewer letters than these says nothing.
const LEAST_OF_TOKEN: usize = 5;

/// Names of rows or keys in `most` characters each: number and token, or the token
/// alone where both have no room, or the number alone. All in one way, so that they
/// read alike.
fn names_within(player: &Player, rows: &[usize], most: usize) -> Vec<(usize, String)> {
    if most == 0 {
        return Vec::new();
    }
    let data = player.data();
    let word = |row: usize, most: usize| {
        let token = data.token(row)?;
        let has_word = !token.body.is_empty();
        Some(shorten(
            if has_word { &token.body } else { &token.lead },
            most,
        ))
    };
    let words = rows.iter().map(|&row| word(row, MOST_OF_TOKEN));
    let words: Option<Vec<String>> = words.collect();
    let words = words.unwrap_or_default();
    let longest = words.iter().map(|word| word.chars().count()).max();
    let n_digits = n_digits(rows.last().map_or(1, |last| last + 1));
    let name = |at: usize, row: usize| match longest {
        Some(longest) if n_digits + 1 + longest <= most => Some(format!("{row} {}", words[at])),
        Some(_) if most >= LEAST_OF_TOKEN => word(row, most),
        _ => (n_digits <= most).then(|| row.to_string()),
    };
    let named = rows.iter().enumerate();
    let named = named.map(|(at, &row)| Some((row, name(at, row)?)));
    named.flatten().collect()
}

/// The rows of the tile that have their name and their numbers: all, or where they are
/// low the chosen one and as many others as have room.
pub(crate) fn numbered(
    player: &Player,
    moment: &Moment,
    chosen: Option<usize>,
    places: &Places,
) -> Vec<usize> {
    let queries = queries_on_chip(player, moment);
    let height = places.q.height / rows_in_tile(player);
    let apart = (NUMBER_HEIGHT / height).ceil().max(1.0) as usize;
    let chosen = chosen.filter(|row| queries.contains(row));
    let is_free = |row: &usize| chosen.is_none_or(|chosen| row.abs_diff(chosen) >= apart);
    let others = queries.clone().step_by(apart).filter(is_free);
    let mut rows: Vec<usize> = others.chain(chosen).collect();
    rows.sort_unstable();
    rows
}

/// Which rows and keys these are: a row's number and token to its left, a key's below
/// it, above the scores that it makes.
pub(crate) fn name_rows_and_keys(
    scene: &mut StageScene,
    player: &Player,
    moment: &Moment,
    numbered: &[usize],
    places: &Places,
) {
    let schedule = player.schedule();
    let queries = queries_on_chip(player, moment);
    let height = places.q.height / rows_in_tile(player);
    let most = (places.names.width / SMALL_LETTER) as usize;
    for (query, name) in names_within(player, numbered, most) {
        let y = places.names.y + ((query - queries.start) as f64 + 0.5) * height + 4.0;
        scene.say((places.names.x, y), LabelKind::Small, Anchor::Start, name);
    }
    if moment.chip.k.is_empty() {
        return;
    }
    let width = places.s.width / schedule.keys(0).len() as f64;
    let most = ((width - 2.0) / SMALL_LETTER).max(0.0) as usize;
    let keys: Vec<usize> = moment.keys.clone().collect();
    for (key, name) in names_within(player, &keys, most) {
        let x = places.s.x + ((key - moment.keys.start) as f64 + 0.5) * width;
        scene.say(
            (x, places.s.y - 23.0),
            LabelKind::Small,
            Anchor::Middle,
            name,
        );
    }
}
