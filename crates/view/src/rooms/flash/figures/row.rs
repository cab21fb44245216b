//! What happens to one row, spelled out with its numbers.

use headlight_figure::{Anchor, Element, NOTE, NUMBER, Scale, Size, Tone, el, rect};
use headlight_flash::{Algorithm, EventKind};

use crate::rooms::flash::words::{self, capitalised};

use crate::rooms::flash::data::named_row;
use crate::rooms::flash::player::row_label;
use crate::rooms::flash::player::{Moment, Pass, Player};
use crate::rooms::flash::words::{LAZY_BOUND, shown};

/// Narrowest drawing.
const NARROWEST: f64 = 220.0;
/// Height of a line, and of a bar in it.
const LINE: f64 = 18.0;
const BAR: f64 = 12.0;
/// Between names, bars and numbers.
const GAP: f64 = 8.0;
/// Shortest room of bars.
const SHORTEST: f64 = 40.0;

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

/// A bar per tile of keys for the row's sum after it, with the sum and the largest score as
/// numbers; where the sum before was rescaled, a bar for what became of it comes first.
#[must_use]
pub fn drawing(passed: &[TileOfRow], width_px: f64) -> (Element, Size) {
    let width = width_px.max(NARROWEST).floor();
    let name = |tile: &TileOfRow| words::key_tile(tile.j + 1);
    let numbers = |tile: &TileOfRow| sum_and_max(tile.l, tile.m);
    let factor = |tile: &TileOfRow| {
        let alpha = tile.alpha.filter(|&alpha| alpha != 1.0 && alpha != 0.0);
        alpha.map(|alpha| (alpha, words::factor(alpha)))
    };
    let names = passed.iter().flat_map(|tile| {
        let factor = factor(tile).map(|(_, factor)| NUMBER.width(&factor));
        [Some(NOTE.width(&name(tile))), factor]
    });
    let left = names.flatten().fold(0.0, f64::max) + GAP;
    let beside = passed.iter().map(|tile| NUMBER.width(&numbers(tile)));
    let right = (width - beside.fold(0.0, f64::max) - GAP).max(left + SHORTEST);
    let sums = passed.iter().map(|tile| f64::from(tile.l));
    let most = sums.filter(|sum| sum.is_finite()).fold(1e-6, f64::max);
    let x = Scale::linear((0.0, most), (left, right));
    let bar = |top: f64, sum: f64, tone: Tone| {
        let end = x.clamped(sum).unwrap_or(left);
        let bar = rect(left, top + (LINE - BAR) / 2.0, end - left, BAR);
        el("g").class(tone.class()).add(bar.class("mark-bar"))
    };
    let mut drawn = el("g");
    let mut top = 0.0;
    let mut before = 0.0;
    for tile in passed {
        let baseline = |top: f64| top + LINE / 2.0 + NUMBER.below_middle();
        if let Some((alpha, factor)) = factor(tile) {
            let factor = NUMBER.at(0.0, baseline(top), Anchor::Start, factor);
            let rescaled = bar(top, f64::from(alpha) * before, Tone::Quiet);
            drawn = drawn.add(rescaled).add(factor.class("is-now"));
            top += LINE;
        }
        let tone = if tile.is_now { Tone::Beam } else { Tone::Soft };
        before = f64::from(tile.l);
        drawn = drawn
            .add(NOTE.at(0.0, baseline(top), Anchor::Start, name(tile)))
            .add(bar(top, before, tone))
            .add(NUMBER.at(width, baseline(top), Anchor::End, numbers(tile)));
        top += LINE;
    }
    (drawn, Size { width, height: top })
}

/// The figure in a few words: the step for this row as arithmetic, and what its sum is
/// relative to.
#[must_use]
pub fn summary(player: &Player, moment: &Moment, row: usize) -> String {
    let arithmetic = row_arithmetic(player, moment, row).map(|said| format!("{said}."));
    let has_sums = !row_after_each_tile(player, moment, row).is_empty();
    let note = has_sums.then(|| words::ROW_HEADING_NOTE.to_owned());
    let said: Vec<String> = arithmetic.into_iter().chain(note).collect();
    said.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rooms::flash::catalogue::FlashFigure;
    use crate::rooms::flash::test_drawing::{assert_inside, of_class, place, snapshot};
    use crate::rooms::flash::test_room::{player, square};

    fn tile(j: usize, l: f32, alpha: Option<f32>) -> TileOfRow {
        TileOfRow {
            j,
            m: 1.5,
            l,
            alpha,
            is_now: false,
        }
    }

    #[test]
    fn a_rescaled_sum_is_as_much_shorter_as_it_was_multiplied() {
        let passed = [tile(0, 4.0, None), tile(1, 3.0, Some(0.5))];
        let (drawing, size) = drawing(&passed, 300.0);
        assert_inside(&drawing, size);
        let bars = of_class(&drawing, "mark-bar").into_iter();
        let lengths: Vec<f64> = bars.map(|bar| place(bar, "width")).collect();
        assert_eq!(lengths.len(), 3);
        assert!((lengths[1] - lengths[0] / 2.0).abs() < 0.11, "{lengths:?}");
        assert!((lengths[2] - lengths[0] * 0.75).abs() < 0.11, "{lengths:?}");
        // What changes nothing has no bar of its own.
        let unchanged = [tile(0, 4.0, Some(0.0)), tile(1, 4.5, Some(1.0))];
        let (drawing, _) = super::drawing(&unchanged, 300.0);
        assert_eq!(of_class(&drawing, "mark-bar").len(), 2);
    }

    #[test]
    fn sums_that_are_no_numbers_and_rows_without_sums_are_drawings_too() {
        let odd = [tile(0, f32::NAN, None), tile(1, f32::INFINITY, Some(0.3))];
        let (drawing, size) = drawing(&odd, 100.0);
        assert_inside(&drawing, size);
        assert_eq!(super::drawing(&[], 300.0).1.height, 0.0);
    }

    #[test]
    fn the_figure_is_what_it_was() {
        let player = player(square());
        let moment = player.moment(player.largest_rescale().unwrap()).unwrap();
        let row = row_shown(&player, &moment, None).unwrap();
        let passed = row_after_each_tile(&player, &moment, row);
        let (drawing, size) = drawing(&passed, 299.0);
        let sentence = summary(&player, &moment, row);
        snapshot("row.svg", FlashFigure::Row, sentence, drawing, size);
    }
}
