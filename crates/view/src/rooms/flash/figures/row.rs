//! What happens to one row, spelled out with its numbers.

use crate::rooms::flash::words::capitalised;
use headlight_flash::{Algorithm, EventKind};

use crate::rooms::flash::data::named_row;
use crate::rooms::flash::player::row_label;
use crate::rooms::flash::player::{Moment, Pass, Player};
use crate::rooms::flash::words::{LAZY_BOUND, shown};

/// What one row had after it met a tile of keys.
#[derive(Clone, Debug, PartialEq)]
pub struct TileOfRow {
    /// The tile of keys.
    pub j: usize,
    /// Largest score so far.
    pub m: f32,
    /// Sum of weights so far.
    pub l: f32,
    /// What the sum before was multiplied with, once it was.
    pub alpha: Option<f32>,
    /// True for the tile that is being met.
    pub is_now: bool,
}

/// The row of the current tile that is spelled out: the one that was chosen if it is
/// there, else the one that was rescaled the most, else the last.
#[must_use]
pub fn row_shown(player: &Player, moment: &Moment, chosen: Option<usize>) -> Option<usize> {
    let queries = player.schedule().queries(moment.event?.i?);
    if let Some(row) = chosen.filter(|row| queries.contains(row)) {
        return Some(row);
    }
    let alpha = &moment.chip.alpha;
    let factors = alpha
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, alpha)| *alpha > 0.0);
    let most = factors.reduce(|a, b| if b.1 < a.1 { b } else { a });
    let place = most
        .filter(|(_, alpha)| *alpha < 1.0)
        .map(|(place, _)| place);
    Some(queries.start + place.unwrap_or(queries.len() - 1))
}

/// The step for one row, as arithmetic.
#[must_use]
pub fn row_arithmetic(player: &Player, moment: &Moment, row: usize) -> Option<String> {
    let event = moment.event?;
    let queries = player.schedule().queries(event.i?);
    let at = row
        .checked_sub(queries.start)
        .filter(|at| *at < queries.len())?;
    let of = |values: &[f32]| values.get(at).copied().map(shown);
    let (now, before) = (&moment.chip, &moment.before);
    let keys = moment.keys.clone();
    let key_name = |at: usize| named_row(player.data(), "key", keys.start + at);
    let scores = now.s.rows().nth(at);
    let weights = now.p.rows().nth(at);
    let strongest = |row: Option<&[f32]>| -> Option<(usize, f32)> {
        let values = row?.iter().copied().enumerate();
        values
            .filter(|(_, value)| value.is_finite())
            .reduce(|a, b| if b.1 > a.1 { b } else { a })
    };
    let sees_nothing = |scores: &[f32]| scores.iter().all(|score| score.is_infinite());
    let has_met_nothing = now.m.get(at) == Some(&f32::NEG_INFINITY);
    let text = match event.kind {
        EventKind::Scores => {
            let (key, score) = strongest(scores)?;
            format!(
                "q·k/√{} with {} = {}",
                player.data().d(),
                key_name(key),
                shown(score)
            )
        }
        EventKind::Mask => {
            let n_hidden = scores?.iter().filter(|score| score.is_infinite()).count();
            match n_hidden {
                0 => "it may see all of these keys, so its scores stay".to_owned(),
                1 => format!("1 of {} scores is −∞ from here on", keys.len()),
                n => format!("{n} of {} scores are −∞ from here on", keys.len()),
            }
        }
        EventKind::RowMax if now.tile_m.is_empty() => {
            let (_, largest) = strongest(scores).unwrap_or((0, f32::NEG_INFINITY));
            let is_kept = |old: f32| now.m.get(at) == Some(&old) && old < largest;
            match of(&before.m) {
                // Where few rescales are wanted.
                Some(old) if before.m.get(at).is_some_and(|&old| is_kept(old)) => format!(
                    "m = {old} is kept: {} is not more than {} above it",
                    shown(largest),
                    LAZY_BOUND
                ),
                Some(old) => format!("m = max({old}, {}) = {}", shown(largest), of(&now.m)?),
                None => format!("m = {}", of(&now.m)?),
            }
        }
        EventKind::RowMax => format!("m̃ = {}", of(&now.tile_m)?),
        EventKind::Rescale if has_met_nothing => "no key that it may see has come yet".to_owned(),
        EventKind::Rescale if now.beta.is_empty() => format!(
            "α = exp({} − {}) = {};  l = {} × {} = {}",
            shown(row_max_before(moment, at)),
            of(&now.m)?,
            of(&now.alpha)?,
            of(&now.alpha)?,
            of(&before.l)?,
            of(&now.l)?
        ),
        EventKind::Rescale => format!(
            "l = {} × {} + {} × {} = {}",
            of(&now.alpha)?,
            of(&before.l)?,
            of(&now.beta)?,
            of(&now.tile_l)?,
            of(&now.l)?
        ),
        EventKind::Exp if sees_nothing(scores?) => {
            "it sees no key of this tile, so its weights are 0".to_owned()
        }
        EventKind::Exp => {
            let (key, weight) = strongest(weights)?;
            let score = scores?.get(key).copied().map(shown)?;
            let max = if now.tile_m.is_empty() {
                &now.m
            } else {
                &now.tile_m
            };
            format!(
                "exp({score} − {}) = {} for {}",
                of(max)?,
                shown(weight),
                key_name(key)
            )
        }
        EventKind::RowSum => {
            let sum: f32 = weights?.iter().sum();
            match of(&before.l).filter(|_| now.tile_l.is_empty() && !before.l.is_empty()) {
                Some(old) => format!("l = {old} + {} = {}", shown(sum), of(&now.l)?),
                None if now.tile_l.is_empty() => format!("l = {}", of(&now.l)?),
                None => format!("l̃ = {}", of(&now.tile_l)?),
            }
        }
        EventKind::Pv => {
            let (old, new) = (before.o.rows().nth(at), now.o.rows().nth(at)?);
            let old = old.and_then(|row| row.first()).copied().map(shown);
            let new = new.first().copied().map(shown)?;
            match old {
                Some(old) => format!("first number of O: {old} → {new}"),
                None => format!("first number of O: {new}"),
            }
        }
        EventKind::Normalise => {
            let (m, l) = (of(&now.m)?, of(&now.l)?);
            match player.schedule().method().algorithm {
                _ if has_met_nothing => {
                    "no key that it may see has come, so nothing is divided".to_owned()
                }
                // Only FA2 writes an L.
                Algorithm::Standard | Algorithm::Fa1 => format!("divided by l = {l}"),
                Algorithm::Fa2 => {
                    format!("divided by l = {l};  L = {m} + ln {l} = {}", of(&now.lse)?)
                }
            }
        }
        EventKind::Merge => format!("L = {}", of(&now.lse)?),
        EventKind::Load | EventKind::Store | EventKind::Skip => return None,
    };
    Some(format!("{}: {text}", row_label(player, row)))
}

/// A row's maximum before the tile that is being met.
pub(crate) fn row_max_before(moment: &Moment, at: usize) -> f32 {
    let earlier = moment.passes.len().checked_sub(2);
    let pass = earlier.and_then(|earlier| moment.passes.get(earlier));
    pass.and_then(|pass| pass.m.get(at).copied())
        .unwrap_or(f32::NEG_INFINITY)
}

/// What a row had after each tile of keys so far. Standard attention has no such tiles.
#[must_use]
pub fn row_after_each_tile(player: &Player, moment: &Moment, row: usize) -> Vec<TileOfRow> {
    let Some(event) = moment.event else {
        return Vec::new();
    };
    let Some(i) = event.i else {
        return Vec::new();
    };
    let at = row.saturating_sub(player.schedule().queries(i).start);
    let passed = |pass: &Pass| TileOfRow {
        j: pass.j,
        m: pass.m.get(at).copied().unwrap_or(f32::NEG_INFINITY),
        l: pass.l.get(at).copied().unwrap_or(0.0),
        alpha: pass.alpha.get(at).copied(),
        is_now: event.j == Some(pass.j),
    };
    moment.passes.iter().map(passed).collect()
}

/// The heading of the row that is spelled out, which is counted from 0 as everywhere.
#[must_use]
pub fn row_heading(player: &Player, row: usize) -> String {
    format!("{}, as it happens", capitalised(&row_label(player, row)))
}

/// What the table of that row holds.
#[must_use]
pub fn row_sums(player: &Player, row: usize) -> String {
    let named = capitalised(&row_label(player, row));
    format!(
        "{named} after each tile of keys: largest score, sum, what the sum before was multiplied with"
    )
}

/// Sum and maximum of a row.
#[must_use]
pub fn sum_and_max(l: f32, m: f32) -> String {
    format!("l\u{a0}{}  m\u{a0}{}", shown(l), shown(m))
}
