//! What is moved between slow memory and the chip, by the three algorithms side by side.

use headlight_figure::number::fixed;
use headlight_figure::{Element, Size, el};
use headlight_flash::{Algorithm, BYTES_PER_ELEMENT, Tiling, Totals};

use super::text_table::{TextRow, facts, text_table};
use crate::rooms::flash::player::{Moment, Player};
use crate::rooms::flash::words::{self, BROWSER_BYTES};

/// Narrowest drawing.
const NARROWEST: f64 = 250.0;
/// Between the table and the facts below it.
const GAP: f64 = 8.0;

/// An algorithm's line of the ledger. Elements are numbers of 4 bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerRow {
    /// Which.
    pub algorithm: Algorithm,
    /// True for the one that is played.
    pub is_played: bool,
    /// What it did so far; only of the one that is played and the one beside it.
    pub so_far: Option<Totals>,
    /// Elements moved in all.
    pub moved: u64,
    /// That in terms of standard attention.
    pub of_standard: f64,
}

/// What tiles need on the chip, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnChip {
    /// What a kernel sets aside for such tiles.
    pub set_aside: u64,
    /// What these queries and keys fill of that at the most: less where a tile is
    /// larger than the sequence.
    pub filled: u64,
    /// What there is: what the tiles were chosen for, else what any browser has.
    pub limit: u64,
    /// True if the tiles were chosen for that, by the papers' formula.
    pub is_by_formula: bool,
}

impl OnChip {
    fn of(player: &Player) -> Option<Self> {
        let problem = player.schedule().problem();
        let tiling = player.schedule().tiling()?;
        let bytes = |tiling: Tiling| tiling.on_chip_elements(problem.d) * BYTES_PER_ELEMENT;
        let rows = tiling.block_q().min(problem.n_q);
        let keys = tiling.block_k().min(problem.n_k);
        let chosen = player.memory_chosen();
        Some(Self {
            set_aside: bytes(tiling),
            filled: Tiling::new(rows, keys).map_or_else(|_| bytes(tiling), bytes),
            limit: chosen.unwrap_or(BROWSER_BYTES),
            is_by_formula: chosen.is_some(),
        })
    }
}

/// The ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger {
    /// Standard, FA1, FA2.
    pub rows: Vec<LedgerRow>,
    /// What the played one did so far.
    pub so_far: Totals,
    /// What it does in all.
    pub in_all: Totals,
    /// Bytes on the chip now.
    pub chip_bytes_now: u64,
    /// What its tiles need on the chip; `None` for standard attention.
    pub on_chip: Option<OnChip>,
    /// Bytes beside q, k, v and O at the most.
    pub peak_extra_bytes: u64,
}

/// The ledger at a step, with the others under the same mask and tiles. `beside` is the
/// algorithm on the same clock, and its step.
#[must_use]
pub fn ledger(player: &Player, moment: &Moment, beside: Option<(&Player, &Moment)>) -> Ledger {
    let schedule = player.schedule();
    let played = schedule.method().algorithm;
    let in_all = schedule.totals();
    let others = Algorithm::ALL.into_iter().zip(player.moved_in_all());
    let others: Vec<(Algorithm, u64)> = others
        .map(|(algorithm, moved)| (algorithm, moved.unwrap_or(0)))
        .collect();
    let so_far = |algorithm: Algorithm| {
        if algorithm == played {
            return Some(moment.totals);
        }
        let beside = beside.filter(|(of, _)| of.schedule().method().algorithm == algorithm);
        beside.map(|(_, moment)| moment.totals)
    };
    let standard = others[0].1.max(1) as f64;
    let rows = others.into_iter().map(|(algorithm, moved)| LedgerRow {
        algorithm,
        is_played: algorithm == played,
        so_far: so_far(algorithm),
        moved,
        of_standard: moved as f64 / standard,
    });
    Ledger {
        rows: rows.filter(|row| row.moved > 0).collect(),
        so_far: moment.totals,
        in_all,
        chip_bytes_now: moment.chip.n_elements() * BYTES_PER_ELEMENT,
        on_chip: OnChip::of(player),
        peak_extra_bytes: schedule.peak_extra_elements() * BYTES_PER_ELEMENT,
    }
}

/// The ledger as a table, with what else is counted below it, in `width_px` pixels.
#[must_use]
pub fn drawing(ledger: &Ledger, width_px: f64) -> (Element, Size) {
    let width = width_px.max(NARROWEST).floor();
    let heads = ["", words::SO_FAR, words::IN_ALL, words::OF_STANDARD];
    let rows: Vec<TextRow> = ledger.rows.iter().map(text_row).collect();
    let (table, table_height) = text_table(&heads, &rows, (0.0, 0.0), width);
    let top = table_height + GAP;
    let (facts, height) = facts(&words::facts(ledger), (0.0, top), width);
    let drawing = el("g").add(table).add(facts);
    let height = top + height;
    (drawing, Size { width, height })
}

fn text_row(row: &LedgerRow) -> TextRow {
    let so_far = row.so_far.as_ref();
    let so_far = so_far.map(|totals| words::thousands(totals.elements_moved()));
    TextRow {
        name: words::algorithm(row.algorithm),
        cells: vec![
            so_far.unwrap_or_else(|| "\u{2013}".to_owned()),
            words::thousands(row.moved),
            format!("{}×", fixed(row.of_standard, 2)),
        ],
        class: if row.is_played { "is-selected" } else { "" },
    }
}

/// What the ledger shows in a few sentences.
#[must_use]
pub fn summary(player: &Player, ledger: &Ledger) -> String {
    let said = [
        Some(words::verdict(player, ledger)),
        words::too_large(ledger),
    ];
    let said: Vec<String> = said.into_iter().flatten().collect();
    said.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rooms::flash::catalogue::FlashFigure;
    use crate::rooms::flash::test_drawing::{assert_inside, of_class, snapshot, text};
    use crate::rooms::flash::test_room::{all_options, player, square};

    #[test]
    fn the_played_algorithm_stands_out_and_nothing_leaves_the_drawing() {
        for options in all_options() {
            let player = player(options);
            let moment = player.moment(3).unwrap();
            let ledger = ledger(&player, &moment, None);
            let (drawing, size) = drawing(&ledger, 250.0);
            assert_inside(&drawing, size);
            let selected = of_class(&drawing, "is-selected");
            assert_eq!(selected.len(), 4);
            assert_eq!(text(selected[0]), words::algorithm(options.algorithm));
            assert_eq!(
                text(selected[2]),
                words::thousands(ledger.in_all.elements_moved())
            );
        }
    }

    #[test]
    fn the_figure_is_what_it_was() {
        let player = player(square());
        let moment = player.moment(20).unwrap();
        let ledger = ledger(&player, &moment, None);
        let (drawing, size) = drawing(&ledger, 299.0);
        let sentence = summary(&player, &ledger);
        snapshot("ledger.svg", FlashFigure::Ledger, sentence, drawing, size);
    }
}
