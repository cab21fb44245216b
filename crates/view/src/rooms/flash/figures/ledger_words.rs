//! What the ledger says.

use headlight_flash::{Algorithm, Array, Direction, Schedule};

use crate::rooms::flash::figures::ledger::{Ledger, OnChip};
use crate::rooms::flash::player::{Player, moved_by};
use crate::rooms::flash::words::{algorithm, counted_of, thousands};
use headlight_figure::number::fixed;

/// How much more or less a share of something is, before `than` or `as`: `10 % less`.
pub(crate) fn more_or_less(share: f64) -> String {
    let percent = ((share - 1.0).abs() * 100.0).round();
    match (percent == 0.0, share) {
        (true, 1.0) => "as much".to_owned(),
        (true, share) if share > 1.0 => "hardly more".to_owned(),
        (true, _) => "hardly less".to_owned(),
        (false, share) if share > 1.0 => format!("{percent:.0}\u{a0}% more"),
        (false, _) => format!("{percent:.0}\u{a0}% less"),
    }
}

/// What the ledger says of the played algorithm, and why.
#[must_use]
pub fn verdict(player: &Player, ledger: &Ledger) -> String {
    let schedule = player.schedule();
    let Some(played) = ledger.rows.iter().find(|row| row.is_played) else {
        return String::new();
    };
    let (share, name) = (played.of_standard, algorithm(played.algorithm));
    let compared = match more_or_less(share) {
        as_much if share == 1.0 => format!("{as_much} as standard"),
        more_or_less => format!("{more_or_less} than standard"),
    };
    let times = |n: usize| {
        if n == 1 {
            "once".to_owned()
        } else {
            format!("up to {n} times")
        }
    };
    match played.algorithm {
        Algorithm::Standard => "Scores and weights go to slow memory and come back: \
            four times the whole matrix, masked or not."
            .to_owned(),
        Algorithm::Fa1 if share >= 1.0 => format!(
            "{name} moves {compared} here: O, l and m are read and written again for each of {} \
             key tiles. Larger key tiles move less.",
            schedule.n_key_tiles()
        ),
        Algorithm::Fa2 if schedule.method().n_splits > 1 => {
            let price = price_of_splits(schedule, played.moved);
            format!("{name} moves {compared} here. It moves {price}")
        }
        Algorithm::Fa2 if share >= 1.0 => format!(
            "With {} of width {}, {}, {name} moves {compared}: keys and values are loaded {}, \
             which costs more than the matrix would. Larger query tiles move less.",
            counted_of(player.data().n_q(), "row"),
            player.data().d(),
            match schedule.queries(0).len() {
                1 => "one at a time".to_owned(),
                n => format!("{n} at a time"),
            },
            times(schedule.n_query_tiles())
        ),
        _ => format!("{name} moves {compared} here: the matrix never goes to slow memory."),
    }
}

/// What split keys move beside what one part would, and what for.
fn price_of_splits(schedule: &Schedule, moved: u64) -> String {
    let one = moved_by(*schedule.problem(), Algorithm::Fa2, schedule.tiling()).unwrap_or(moved);
    let totals = schedule.totals();
    let merged: u64 = [Array::SplitO, Array::SplitLse]
        .into_iter()
        .flat_map(|array| [Direction::Read, Direction::Written].map(|way| (array, way)))
        .map(|(array, way)| totals.elements_of(array, way))
        .sum();
    let [extra, rest] = [moved, moved.saturating_sub(merged)].map(|of| of.saturating_sub(one));
    format!(
        "{} elements more than one part would: {} to write each part’s O and log-sum-exp and \
         read them back for the merge, {} to load the queries for each part. One splits where \
         queries are few and keys many: parts can be computed at the same time.",
        thousands(extra),
        thousands(merged),
        thousands(rest)
    )
}

/// Why tiles need more than there is on the chip, where they do.
#[must_use]
pub fn too_large(ledger: &Ledger) -> Option<String> {
    let on_chip = ledger.on_chip?;
    let OnChip {
        set_aside, limit, ..
    } = on_chip;
    if set_aside <= limit {
        return None;
    }
    let (needed, limit) = (thousands(set_aside), thousands(limit));
    Some(if on_chip.is_by_formula {
        format!(
            "The papers’ formula leaves out S, P, m and l: these tiles need {needed} bytes, \
             more than the {limit} that they were chosen for."
        )
    } else {
        format!(
            "These tiles need {needed} bytes on the chip, more than the {limit} that any \
             browser gives a kernel."
        )
    })
}

/// What the ledger knows beside the elements.
#[must_use]
pub fn facts(ledger: &Ledger) -> Vec<(&'static str, String)> {
    let bytes = |bytes: u64| format!("{} bytes", thousands(bytes));
    let totals = &ledger.so_far;
    let mut facts = vec![
        ("operations so far", thousands(totals.flops)),
        ("exponentials so far", thousands(totals.exps)),
    ];
    if let Some(intensity) = ledger.in_all.intensity() {
        facts.push(("operations per byte, in all", fixed(intensity, 2)));
    }
    if let Some(on_chip) = ledger.on_chip {
        facts.push(("set aside on the chip", bytes(on_chip.set_aside)));
        if on_chip.filled < on_chip.set_aside {
            facts.push(("of that filled here at most", bytes(on_chip.filled)));
        }
    }
    facts.push(("beside q, k, v, O at most", bytes(ledger.peak_extra_bytes)));
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_called_0_percent_more_or_less() {
        let said = [1.0, 1.004, 0.996, 1.006, 0.994, 2.5, 0.25].map(more_or_less);
        let wanted = [
            "as much",
            "hardly more",
            "hardly less",
            "1\u{a0}% more",
            "1\u{a0}% less",
            "150\u{a0}% more",
            "75\u{a0}% less",
        ];
        assert_eq!(said, wanted);
    }
}
