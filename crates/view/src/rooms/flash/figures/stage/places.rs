//! Where the matrices stand on the chip, and the room that the names of rows take.

use std::ops::Range;

use headlight_flash::Algorithm;

use super::scene::Rect;
use crate::rooms::flash::player::{Moment, Player};

/// Room inside the chip's frame.
pub(crate) const PAD: f64 = 16.0;

/// Room between matrices.
pub(crate) const GAP: f64 = 14.0;

/// Room for a matrix' name.
pub(crate) const NAME: f64 = 22.0;

/// Height of what stands above: keys and values.
pub(crate) const ABOVE: f64 = 104.0;

/// Least room in which a number can be read.
pub(crate) const NUMBER_WIDTH: f64 = 31.0;

/// Least room between two numbers beside each other.
pub(crate) const BETWEEN_NUMBERS: f64 = 3.0;

pub(crate) const NUMBER_HEIGHT: f64 = 14.0;

/// Height of a row where there is room.
pub(crate) const ROW: f64 = 30.0;

/// Most that all rows take.
pub(crate) const MOST_ROWS_HEIGHT: f64 = 256.0;

/// Room beside the names of rows.
pub(crate) const BESIDE: f64 = 4.0;

/// Less room than this inside the frame is little.
pub(crate) const NARROW: f64 = 420.0;

/// Room that a column of one number per row takes.
pub(crate) const COLUMN: f64 = 44.0;

/// Width of a column where there is little room, and long numbers have fewer digits.
pub(crate) const NARROW_COLUMN: f64 = 38.0;

/// Height of the chip: the same at every step, so that nothing jumps.
pub(crate) fn height(player: &Player) -> f64 {
    PAD + NAME + ABOVE + GAP + NAME + rows_height(player) + PAD
}

pub(crate) fn rows_height(player: &Player) -> f64 {
    let n_rows = player.schedule().queries(0).len();
    (n_rows as f64 * ROW).min(MOST_ROWS_HEIGHT)
}

/// Where the matrices stand.
pub(crate) struct Places {
    /// The names of the rows.
    pub(crate) names: Rect,
    pub(crate) q: Rect,
    pub(crate) k: Rect,
    pub(crate) s: Rect,
    pub(crate) columns: Rect,
    pub(crate) v: Rect,
    pub(crate) o: Rect,
}

pub(crate) fn places(player: &Player, at: Rect) -> Places {
    let is_narrow = at.width - 2.0 * PAD < NARROW;
    let names = names_width(player, is_narrow);
    let left = at.x + PAD.max(names + 2.0 * BESIDE);
    let inner = at.x + at.width - PAD - left;
    let n_keys = player.schedule().keys(0).len();
    let n_columns = columns_of(player).len() as f64;
    let column = if is_narrow { NARROW_COLUMN } else { COLUMN };
    let columns = n_columns * column;
    let gap = if is_narrow { 8.0 } else { GAP };
    let free = inner - columns - 3.0 * gap;
    // Scores get what they need for their numbers, as long as the others keep theirs.
    let wanted = n_keys as f64 * (NUMBER_WIDTH + 11.0);
    let s = wanted.clamp(free * 0.34, free * 0.56);
    let rest = free - s;
    let (q, o) = (rest * 0.46, rest * 0.54);
    let above = at.y + PAD + NAME;
    let below = above + ABOVE + GAP + NAME;
    let rows = rows_height(player);
    let s_left = left + q + gap;
    let columns_left = s_left + s + gap;
    let o_left = columns_left + columns + gap;
    // Values are as tall as keys of a tile need, up to what is there.
    let v_height = (n_keys as f64 * 14.0).clamp(20.0, ABOVE);
    Places {
        names: Rect::new(left - BESIDE - names, below, names, rows),
        q: Rect::new(left, below, q, rows),
        k: Rect::new(s_left, above, s, ABOVE),
        s: Rect::new(s_left, below, s, rows),
        columns: Rect::new(columns_left, below, columns, rows),
        v: Rect::new(o_left, above + ABOVE - v_height, o, v_height),
        o: Rect::new(o_left, below, o, rows),
    }
}

pub(crate) fn rows_in_tile(player: &Player) -> f64 {
    player.schedule().queries(0).len() as f64
}

/// Names of the columns of one number per row, in order.
pub(crate) fn columns_of(player: &Player) -> &'static [&'static str] {
    match player.schedule().method().algorithm {
        Algorithm::Standard => &["m", "l"],
        Algorithm::Fa1 => &["m̃", "m", "α", "l"],
        Algorithm::Fa2 => &["m", "α", "l"],
    }
}

/// The queries whose tile is on the chip.
pub(crate) fn queries_on_chip(player: &Player, moment: &Moment) -> Range<usize> {
    let tile = moment.event.and_then(|event| event.i);
    tile.map_or(0..0, |i| player.schedule().queries(i))
}

/// Width of a letter of a remark, of a wide font.
pub(crate) const SMALL_LETTER: f64 = 6.0;

/// Most letters of a token beside its row.
pub(crate) const MOST_OF_TOKEN: usize = 7;

/// Room that the names of rows take: their number, and their token where there is room.
pub(crate) fn names_width(player: &Player, is_narrow: bool) -> f64 {
    let data = player.data();
    let token = match data.tokens() {
        Some(_) if !is_narrow => 1 + MOST_OF_TOKEN,
        _ => 0,
    };
    (n_digits(data.n_q()) + token) as f64 * SMALL_LETTER
}

/// Digits of the greatest index of `n` rows.
pub(crate) const fn n_digits(n: usize) -> usize {
    match n.saturating_sub(1).checked_ilog10() {
        Some(log) => log as usize + 1,
        None => 1,
    }
}
