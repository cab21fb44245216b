//! What is moved between slow memory and the chip, by the three algorithms side by side.

use headlight_flash::{Algorithm, BYTES_PER_ELEMENT, Tiling, Totals};

use crate::rooms::flash::player::{Moment, Player};
use crate::rooms::flash::words::BROWSER_BYTES;

/// An algorithm's line of the ledger. Elements are numbers of 4 bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerRow {
    /// Algorithm of the row.
    pub algorithm: Algorithm,
    /// True for the one that is played.
    pub is_played: bool,
    /// Totals so far; only of the algorithm that is played and the one beside it.
    pub so_far: Option<Totals>,
    /// Elements moved in all.
    pub moved: u64,
    /// Traffic in terms of standard attention's.
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
    /// Totals of the whole schedule.
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
