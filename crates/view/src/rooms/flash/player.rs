//! The head, the steps, and what one step shows.

use super::data::named_row;
use super::words::ROW;
use headlight_figure::phrase;
use std::ops::Range;

use headlight_flash::{
    Algorithm, Array, Chip, Direction, Event, EventKind, Machine, Method, Overflow, Problem,
    Schedule, Tiling, Totals, chip_after,
};

use super::data::HeadData;
use super::options::{Options, Tiles};
use headlight_figure::Shared;

/// What is attended with, and in which steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Player {
    data: Shared<HeadData>,
    pub(crate) schedule: Shared<Schedule>,
    options: Options,
    /// The step to begin with.
    pub(crate) opening: u64,
    /// Elements that each algorithm moves in all, in their order, under the same mask
    /// and tiles; `None` for one that cannot be.
    moved_in_all: [Option<u64>; Algorithm::ALL.len()],
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// Number of steps that are done.
    pub step: u64,
    /// Number of steps in all.
    pub n_steps: u64,
    /// The step that was done last; `None` before the first.
    pub event: Option<Event>,
    /// The keys whose tile is on the chip.
    pub keys: Range<usize>,
    /// What is on the chip.
    pub chip: Chip,
    /// What was on the chip one step earlier; nothing where the step loads.
    pub before: Chip,
    /// What the rows of the tile had after each tile of keys so far.
    pub(crate) passes: Vec<Pass>,
    /// What was moved and computed so far.
    pub totals: Totals,
}

/// Rows of a tile after they met a tile of keys.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pass {
    pub(crate) j: usize,
    /// `[row]` each, as on the chip.
    pub(crate) m: Vec<f32>,
    pub(crate) l: Vec<f32>,
    pub(crate) alpha: Vec<f32>,
}

impl Player {
    /// A player of these numbers, in the steps of these options.
    ///
    /// # Errors
    ///
    /// Returns a sentence if the tiles cannot be.
    pub fn with(data: Shared<HeadData>, options: Options) -> Result<Self, String> {
        let problem = Problem {
            n_q: data.n_q(),
            n_k: data.n_k(),
            d: data.d(),
            is_causal: options.is_causal,
        };
        let tiling = options
            .tiling(problem.d)
            .map_err(|error| phrase::sentence(&error.to_string()))?;
        let schedule = Schedule::new(problem, options.method(), Some(tiling))
            .map_err(|error| phrase::sentence(&error.to_string()))?;
        let opening = opening_step(&schedule);
        let moved_in_all = Algorithm::ALL.map(|algorithm| {
            if algorithm == options.algorithm {
                Some(schedule.totals().elements_moved())
            } else {
                moved_by(problem, algorithm, Some(tiling))
            }
        });
        Ok(Self {
            data,
            schedule: Shared::new(schedule),
            options,
            opening,
            moved_in_all,
        })
    }

    /// The steps.
    #[must_use]
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// Elements that each algorithm moves in all, in the order of [`Algorithm::ALL`].
    pub(crate) const fn moved_in_all(&self) -> [Option<u64>; Algorithm::ALL.len()] {
        self.moved_in_all
    }

    /// The steps, to be shared.
    pub(crate) fn shared_schedule(&self) -> Shared<Schedule> {
        self.schedule.clone()
    }

    /// Another algorithm on the same numbers, under the same mask and tiles.
    ///
    /// # Errors
    ///
    /// Returns a sentence if the tiles cannot be.
    pub fn beside(&self, other: Algorithm) -> Result<Self, String> {
        self.with_options(self.options.beside(other))
    }

    /// Player of these numbers in the steps of other options.
    ///
    /// # Errors
    ///
    /// Returns a sentence if the tiles cannot be.
    pub(crate) fn with_options(&self, options: Options) -> Result<Self, String> {
        Self::with(self.data.clone(), options)
    }

    /// How it attends.
    pub(crate) const fn options(&self) -> &Options {
        &self.options
    }

    /// The numbers.
    #[must_use]
    pub fn data(&self) -> &HeadData {
        &self.data
    }

    /// Bytes on the chip that the tiles were chosen for, if they were.
    #[must_use]
    pub(crate) const fn memory_chosen(&self) -> Option<u64> {
        match self.options.tiles {
            Tiles::OnChip(bytes) => Some(bytes as u64),
            Tiles::Blocks(..) => None,
        }
    }

    /// The step of a rescale that changes the most rows of its tile: of a tile in the midst
    /// of the work, or of the nearest one that has any; `None` where no row is rescaled.
    pub(crate) fn largest_rescale(&self) -> Option<u64> {
        let n_tiles = self.schedule().n_query_tiles();
        let midst = n_tiles * 2 / 3;
        let around = (0..n_tiles).flat_map(|far| [midst.checked_sub(far), Some(midst + far)]);
        let mut tiles = around.flatten().filter(|&tile| tile < n_tiles);
        tiles.find_map(|tile| self.largest_rescale_of(tile))
    }

    /// The step of the rescale that changes the most rows of a tile of queries.
    fn largest_rescale_of(&self, tile: usize) -> Option<u64> {
        let schedule = self.schedule();
        let mut machine = Machine::new(self.data.inputs()?, schedule);
        let mut found: Option<(usize, u64)> = None;
        for (index, event) in schedule.events_of_query_tile(tile) {
            if machine.apply(&event).is_err() {
                break;
            }
            if event.kind != EventKind::Rescale {
                continue;
            }
            let n_rescaled = machine.chip().alpha.iter().filter(is_rescaled).count();
            let most = found.map_or(0, |(most, _)| most);
            if n_rescaled > most {
                found = Some((n_rescaled, index + 1));
            }
        }
        found.map(|(_, step)| step)
    }

    /// What a step shows.
    ///
    /// # Errors
    ///
    /// Returns an error if a number on the way is beyond 32-bit floats.
    pub fn moment(&self, step: u64) -> Result<Moment, Overflow> {
        let step = step.min(self.schedule.n_events());
        let event = step
            .checked_sub(1)
            .and_then(|index| self.schedule.event(index));
        let mut moment = Moment {
            step,
            n_steps: self.schedule.n_events(),
            event,
            keys: 0..self.data.n_k(),
            chip: Chip::default(),
            before: Chip::default(),
            passes: Vec::new(),
            totals: self.schedule.totals_after(step),
        };
        let (Some(inputs), Some(event)) = (self.data.inputs(), event) else {
            return Ok(moment);
        };
        match event.i {
            Some(i) => self.replay(Machine::new(inputs, &self.schedule), i, &mut moment)?,
            None => moment.chip = chip_after(inputs, &self.schedule, step)?,
        }
        moment.keys = self.keys_on_chip(&moment);
        Ok(moment)
    }

    /// Carries out the steps of one query tile up to the moment's, and keeps what the
    /// moment shows of them.
    fn replay(
        &self,
        mut machine: Machine<'_>,
        i: usize,
        moment: &mut Moment,
    ) -> Result<(), Overflow> {
        let split = moment.event.and_then(|event| event.split);
        for (index, event) in self.schedule.events_of_query_tile(i) {
            if index >= moment.step {
                break;
            }
            // A load brings what was not there before.
            if index + 1 == moment.step && event.kind != EventKind::Load {
                moment.before = machine.chip().clone();
            }
            machine.apply(&event)?;
            let is_summed = matches!(event.kind, EventKind::Rescale | EventKind::RowSum);
            if let Some(j) = event.j.filter(|_| is_summed && event.split == split) {
                let chip = machine.chip();
                let (m, l, alpha) = (chip.m.clone(), chip.l.clone(), chip.alpha.clone());
                let pass = Pass { j, m, l, alpha };
                match moment.passes.last_mut().filter(|last| last.j == j) {
                    Some(last) => *last = pass,
                    None => moment.passes.push(pass),
                }
            }
        }
        moment.chip = machine.chip().clone();
        Ok(())
    }

    /// The keys whose tile is on the chip.
    fn keys_on_chip(&self, moment: &Moment) -> Range<usize> {
        let all = 0..self.data.n_k();
        let Some(event) = moment.event.filter(|_| !moment.chip.k.is_empty()) else {
            return all;
        };
        // FA2 passes over a tile with the one before still there, and divides with
        // the last one.
        let is_fa2 = self.schedule.method().algorithm == Algorithm::Fa2;
        let is_here = !(is_fa2 && event.kind == EventKind::Skip);
        let met = moment.passes.last().map(|pass| pass.j);
        let tile = event.j.filter(|_| is_here).or(met);
        tile.map_or(all, |j| self.schedule.keys(j))
    }
}

/// True for the factor of a row that had a sum, and whose maximum rose.
const fn is_rescaled(alpha: &&f32) -> bool {
    **alpha > 0.0 && **alpha < 1.0
}

impl Moment {
    /// True at a rescale that changes a row.
    pub(crate) fn is_rescale(&self) -> bool {
        let is_rescale = self.kind() == Some(EventKind::Rescale);
        is_rescale && self.chip.alpha.iter().any(|alpha| is_rescaled(&alpha))
    }

    /// True if the step moved numbers of this array this way.
    #[must_use]
    pub fn moves(&self, array: Array, direction: Direction) -> bool {
        self.event.as_ref().is_some_and(|event| {
            let mut moves = event.moves();
            moves.any(|moved| moved.array == array && moved.direction == direction)
        })
    }

    /// What the step did.
    #[must_use]
    pub fn kind(&self) -> Option<EventKind> {
        self.event.map(|event| event.kind)
    }
}

/// The step to begin with: the first scores, where queries and keys have just met and the
/// rest of the story is still to come.
pub(crate) fn opening_step(schedule: &Schedule) -> u64 {
    let is_scores = |index: &u64| {
        let event = schedule.event(*index);
        event.is_some_and(|event| event.kind == EventKind::Scores)
    };
    let first = (0..schedule.n_events()).find(is_scores);
    first.map_or(0, |index| index + 1)
}

/// A row of the tile on the chip, to be chosen: `row 3 “the”`.
#[must_use]
pub fn row_label(player: &Player, row: usize) -> String {
    named_row(player.data(), ROW, row)
}

/// What another algorithm would move in all.
pub(crate) fn moved_by(
    problem: Problem,
    algorithm: Algorithm,
    tiling: Option<Tiling>,
) -> Option<u64> {
    let schedule = Schedule::new(problem, Method::new(algorithm), tiling).ok()?;
    Some(schedule.totals().elements_moved())
}
