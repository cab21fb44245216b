//! The steps of an algorithm, in order, any of them at once.
//!
//! The task: one stream of events from which kernel order, animation, ledger
//! and pseudo-code line all follow, for half a million events and more, of
//! which any must be there at once.
//!
//! The principle: nothing is stored per event. A schedule is a sequence of
//! parts (for FA2 one per query tile), a part a handful of runs, a run many
//! items alike (key tiles that are all full, say), and an item a short list of
//! kinds. Items of a run have the same number of events and the same traffic,
//! so counting is multiplying and looking up is dividing. Per part the sum of
//! what came before is kept: memory is linear in the number of tiles along one
//! side, time is logarithmic.
//!
//! What an event *does* is in `machine.rs`; whether it exists at all depends on
//! sizes and mask, never on numbers.

mod steps;

use std::ops::Range;

use crate::event::Event;
use crate::method::{Algorithm, Method, MethodError};
use crate::problem::{Problem, TileKind};
use crate::tiling::Tiling;
use crate::totals::Totals;

/// The steps of one algorithm on one problem.
///
/// ```
/// use headlight_flash::{Algorithm, EventKind, Method, Problem, Schedule, Tiling};
///
/// let problem = Problem { n_q: 192, n_k: 192, d: 64, is_causal: true };
/// let tiling = Tiling::new(64, 96)?;
/// let schedule = Schedule::new(problem, Method::new(Algorithm::Fa2), Some(tiling))?;
/// assert_eq!((schedule.n_query_tiles(), schedule.n_key_tiles()), (3, 2));
/// assert_eq!(schedule.totals().elements_moved(), 86_208);
/// // The mask hides all of the second tile of keys from the first tile of queries.
/// let skipped = schedule.events().find(|event| event.kind == EventKind::Skip);
/// assert_eq!(skipped.map(|event| (event.i, event.j)), Some((Some(0), Some(1))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Schedule {
    problem: Problem,
    method: Method,
    tiling: Option<Tiling>,
    /// What came before each part, and last what all of them come to.
    before: Vec<Totals>,
}

/// Why there is no such schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// Nothing to attend with or to.
    #[error("{n_q} queries and {n_k} keys of width {d}, expected at least one of each, of width 1")]
    Empty {
        /// Number of queries.
        n_q: usize,
        /// Number of keys.
        n_k: usize,
        /// Width of a row.
        d: usize,
    },
    /// An option that the algorithm does not have.
    #[error(transparent)]
    Method(#[from] MethodError),
    /// FA1 and FA2 walk tiles.
    #[error("{found} without tiles, expected block sizes or an on-chip memory")]
    NoTiling {
        /// The algorithm's name.
        found: &'static str,
    },
}

/// A stretch of the outer loop.
#[derive(Clone, Copy, Debug)]
enum Part {
    /// Standard: the rows of S are computed and written.
    ScoreRows,
    /// Standard: the rows of S become rows of P.
    WeightRows,
    /// Standard: the rows of P meet V.
    OutputRows,
    /// FA1: the first values are written.
    Initialise,
    /// FA1: one key tile meets all query tiles.
    KeyTile(usize),
    /// FA2: one query tile meets the key tiles, of all keys or of one split.
    QueryTile { i: usize, split: Option<usize> },
    /// FA2: the splits of one query tile are merged.
    Merge(usize),
}

/// Where in a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stretch {
    /// Before the inner loop.
    Head,
    /// A pass of the inner loop: over key tiles, query tiles or queries.
    Item(TileKind),
    /// After the inner loop.
    Foot,
}

/// Items of the inner loop that are alike.
#[derive(Clone, Debug)]
struct Run {
    stretch: Stretch,
    items: Range<usize>,
    is_reversed: bool,
}

impl Run {
    const fn once(stretch: Stretch) -> Self {
        Self {
            stretch,
            items: 0..1,
            is_reversed: false,
        }
    }

    /// The item that comes after `n` others.
    const fn nth_item(&self, n: usize) -> usize {
        if self.is_reversed {
            self.items.end - 1 - n
        } else {
            self.items.start + n
        }
    }
}

impl Schedule {
    /// The steps of a method on a problem. Standard attention has no tiles and
    /// passes over those it is given.
    ///
    /// # Errors
    ///
    /// Returns an error if the problem is empty, an option does not apply, or
    /// tiles are missing.
    pub fn new(
        problem: Problem,
        method: Method,
        tiling: Option<Tiling>,
    ) -> Result<Self, ScheduleError> {
        let Problem { n_q, n_k, d, .. } = problem;
        if n_q == 0 || n_k == 0 || d == 0 {
            return Err(ScheduleError::Empty { n_q, n_k, d });
        }
        method.check()?;
        let tiling = match (method.algorithm, tiling) {
            (Algorithm::Standard, _) => None,
            (algorithm, None) => {
                let found = algorithm.name();
                return Err(ScheduleError::NoTiling { found });
            }
            (_, some) => some,
        };
        let mut schedule = Self {
            problem,
            method,
            tiling,
            before: Vec::new(),
        };
        let (found, n_tiles) = (method.n_splits, schedule.n_key_tiles());
        if found == 0 || found > n_tiles {
            return Err(MethodError::Splits { found, n_tiles }.into());
        }
        schedule.count();
        Ok(schedule)
    }

    /// Sums up the parts.
    fn count(&mut self) {
        let mut sum = Totals::default();
        let n_parts = self.n_parts();
        self.before.reserve_exact(n_parts + 1);
        for index in 0..n_parts {
            self.before.push(sum);
            let part = self.part(index);
            for run in self.runs(part) {
                sum.add_times(&self.item_totals(part, &run), run.items.len() as u64);
            }
        }
        self.before.push(sum);
    }

    /// Sizes and mask.
    #[must_use]
    pub const fn problem(&self) -> &Problem {
        &self.problem
    }

    /// The algorithm and its options.
    #[must_use]
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// The tiles; `None` for standard attention.
    #[must_use]
    pub const fn tiling(&self) -> Option<Tiling> {
        self.tiling
    }

    /// Tiles along the queries (`T_r`); standard attention goes query by query.
    #[must_use]
    pub fn n_query_tiles(&self) -> usize {
        let block = self.tiling.map_or(1, Tiling::block_q);
        self.problem.n_q.div_ceil(block)
    }

    /// Tiles along the keys (`T_c`); for standard attention all keys are one.
    #[must_use]
    pub fn n_key_tiles(&self) -> usize {
        let block = self.tiling.map_or(usize::MAX, Tiling::block_k);
        self.problem.n_k.div_ceil(block)
    }

    /// The queries of a tile.
    #[must_use]
    pub fn queries(&self, i: usize) -> Range<usize> {
        let block = self.tiling.map_or(1, Tiling::block_q);
        rows_of_tile(i, block, self.problem.n_q)
    }

    /// The keys of a tile.
    #[must_use]
    pub fn keys(&self, j: usize) -> Range<usize> {
        let block = self.tiling.map_or(self.problem.n_k, Tiling::block_k);
        rows_of_tile(j, block, self.problem.n_k)
    }

    /// What the mask leaves of a tile.
    #[must_use]
    pub fn tile_kind(&self, i: usize, j: usize) -> TileKind {
        self.problem.judge(&self.queries(i), &self.keys(j))
    }

    /// The key tiles of a split; of all keys where nothing is split.
    #[must_use]
    pub fn key_tiles(&self, split: Option<usize>) -> Range<usize> {
        let (n_tiles, n_splits) = (self.n_key_tiles(), self.method.n_splits);
        match split {
            Some(split) => split * n_tiles / n_splits..(split + 1) * n_tiles / n_splits,
            None => 0..n_tiles,
        }
    }

    /// The places among all steps of those that visit a tile; `None` if the mask
    /// hides all of it. Of standard attention those that make a row of scores.
    #[must_use]
    pub fn visit(&self, i: usize, j: usize) -> Option<Range<u64>> {
        let n_rows = self.n_query_tiles();
        let index = match self.method.algorithm {
            Algorithm::Standard => 0,
            Algorithm::Fa1 if self.method.is_reversed => self.n_key_tiles() - j,
            Algorithm::Fa1 => j + 1,
            Algorithm::Fa2 => {
                let splits = 0..self.method.n_splits;
                let split = splits
                    .into_iter()
                    .find(|&split| self.key_tiles(Some(split)).contains(&j))?;
                split * n_rows + i
            }
        };
        let item = match self.method.algorithm {
            Algorithm::Fa2 => j,
            Algorithm::Standard | Algorithm::Fa1 => i,
        };
        self.item_events(index, item)
            .filter(|_| self.tile_kind(i, j) != TileKind::Skipped)
    }

    /// Number of steps up to the one that writes a query tile's output for the last time;
    /// until then it is missing, or of some keys only (FA1).
    #[must_use]
    pub fn written_after(&self, i: usize) -> u64 {
        let last = match self.method.algorithm {
            Algorithm::Standard => self.item_events(2, i).map(|events| events.end),
            Algorithm::Fa1 => {
                let tiles = 0..self.n_key_tiles();
                let ends = tiles
                    .filter_map(|j| self.visit(i, j))
                    .map(|visit| visit.end);
                ends.max()
            }
            Algorithm::Fa2 => {
                let index = self.n_parts() - self.n_query_tiles() + i;
                Some(self.before[index + 1].n_events)
            }
        };
        // FA1 leaves a tile that sees nothing as it was at the start.
        last.unwrap_or(1)
    }

    /// The places of an item's steps in a part.
    fn item_events(&self, index: usize, item: usize) -> Option<Range<u64>> {
        let part = self.part(index);
        let mut before = self.before[index].n_events;
        for run in self.runs(part) {
            let n_kinds = self.kinds(part, run.stretch).len() as u64;
            if matches!(run.stretch, Stretch::Item(_)) && run.items.contains(&item) {
                let n = if run.is_reversed {
                    run.items.end - 1 - item
                } else {
                    item - run.items.start
                };
                let start = before + n as u64 * n_kinds;
                return Some(start..start + n_kinds);
            }
            before += n_kinds * run.items.len() as u64;
        }
        None
    }

    /// Number of steps.
    #[must_use]
    pub fn n_events(&self) -> u64 {
        self.totals().n_events
    }

    /// What all steps come to.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.before.last().copied().unwrap_or_default()
    }

    /// The step after `index` others, or `None` beyond the last.
    #[must_use]
    pub fn event(&self, index: u64) -> Option<Event> {
        let (part_index, within) = self.locate(index)?;
        let part = self.part(part_index);
        let mut rest = within;
        for run in self.runs(part) {
            let kinds = self.kinds(part, run.stretch);
            let n_events = (kinds.len() * run.items.len()) as u64;
            if rest < n_events {
                let item = run.nth_item((rest / kinds.len() as u64) as usize);
                let kind = kinds[(rest % kinds.len() as u64) as usize];
                return Some(self.event_of(part, run.stretch, item, kind));
            }
            rest -= n_events;
        }
        None
    }

    /// What the first `step` steps come to; all of them where there are fewer.
    #[must_use]
    pub fn totals_after(&self, step: u64) -> Totals {
        let Some((part_index, within)) = self.locate(step) else {
            return self.totals();
        };
        let part = self.part(part_index);
        let mut sum = self.before[part_index];
        let mut rest = within;
        for run in self.runs(part) {
            let kinds = self.kinds(part, run.stretch);
            let n_items = (rest / kinds.len() as u64).min(run.items.len() as u64);
            sum.add_times(&self.item_totals(part, &run), n_items);
            rest -= n_items * kinds.len() as u64;
            if n_items < run.items.len() as u64 {
                let item = run.nth_item(n_items as usize);
                for &kind in &kinds[..rest as usize] {
                    sum.add(&self.event_of(part, run.stretch, item, kind));
                }
                break;
            }
        }
        sum
    }

    /// The steps on which the numbers of a query tile depend, with their places
    /// among all steps, in order.
    ///
    /// Rows do not touch each other, so these are the steps of the tile itself
    /// and the loads of keys and values before them. For FA1, whose outer loop
    /// goes over keys, they are strewn over the whole schedule.
    pub fn events_of_query_tile(&self, i: usize) -> impl Iterator<Item = (u64, Event)> + '_ {
        let n_tiles = self.n_query_tiles();
        let (parts, step) = match self.method.algorithm {
            Algorithm::Fa2 => (i..self.n_parts(), n_tiles),
            Algorithm::Standard | Algorithm::Fa1 => (0..self.n_parts(), 1),
        };
        parts
            .step_by(step)
            .flat_map(move |index| self.events_of_part(index, i))
    }

    /// The steps of a part that concern a query tile.
    fn events_of_part(&self, index: usize, i: usize) -> impl Iterator<Item = (u64, Event)> + '_ {
        let part = self.part(index);
        // The inner loop of these goes over queries, of which one tile is meant.
        let is_over_queries = !matches!(part, Part::QueryTile { .. });
        let mut before = self.before[index].n_events;
        self.runs(part).into_iter().flat_map(move |run| {
            let kinds = self.kinds(part, run.stretch);
            let first = before;
            before += (kinds.len() * run.items.len()) as u64;
            let is_inner = matches!(run.stretch, Stretch::Item(_));
            let wanted = if !(is_over_queries && is_inner) {
                0..run.items.len()
            } else if run.items.contains(&i) {
                let n = i - run.items.start;
                n..n + 1
            } else {
                0..0
            };
            wanted.flat_map(move |n| {
                let (stretch, item) = (run.stretch, run.nth_item(n));
                kinds.iter().enumerate().map(move |(place, &kind)| {
                    let index = first + (n * kinds.len() + place) as u64;
                    (index, self.event_of(part, stretch, item, kind))
                })
            })
        })
    }

    /// All steps, in order.
    pub fn events(&self) -> impl Iterator<Item = Event> + '_ {
        (0..self.n_parts()).flat_map(move |index| {
            let part = self.part(index);
            self.runs(part).into_iter().flat_map(move |run| {
                let kinds = self.kinds(part, run.stretch);
                (0..run.items.len()).flat_map(move |n| {
                    let (stretch, item) = (run.stretch, run.nth_item(n));
                    kinds
                        .iter()
                        .map(move |&kind| self.event_of(part, stretch, item, kind))
                })
            })
        })
    }

    /// Numbers that slow memory and chip hold at once beside q, k, v and O.
    ///
    /// For standard attention that is S and P. Else it is what is kept per
    /// query (FA1: m and l; FA2: the log-sum-exp, and what the splits leave)
    /// and the tiles.
    #[must_use]
    pub fn peak_extra_elements(&self) -> u64 {
        let Problem { n_q, n_k, d, .. } = self.problem;
        let (n_q, n_k, d) = (n_q as u64, n_k as u64, d as u64);
        let tiles = self
            .tiling
            .map_or(0, |tiling| tiling.on_chip_elements(self.problem.d));
        match self.method.algorithm {
            Algorithm::Standard => 2 * n_q * n_k,
            Algorithm::Fa1 => 2 * n_q + tiles,
            Algorithm::Fa2 if self.method.n_splits > 1 => {
                n_q + self.method.n_splits as u64 * n_q * (d + 1) + tiles
            }
            Algorithm::Fa2 => n_q + tiles,
        }
    }

    /// The part that a step belongs to, and its place in it.
    fn locate(&self, index: u64) -> Option<(usize, u64)> {
        let part = self.before.partition_point(|sum| sum.n_events <= index) - 1;
        (part < self.n_parts()).then(|| (part, index - self.before[part].n_events))
    }

    fn n_parts(&self) -> usize {
        match self.method.algorithm {
            Algorithm::Standard => 3,
            Algorithm::Fa1 => 1 + self.n_key_tiles(),
            Algorithm::Fa2 if self.method.n_splits > 1 => {
                (self.method.n_splits + 1) * self.n_query_tiles()
            }
            Algorithm::Fa2 => self.n_query_tiles(),
        }
    }

    fn part(&self, index: usize) -> Part {
        let n_splits = self.method.n_splits;
        match (self.method.algorithm, index) {
            (Algorithm::Standard, 0) => Part::ScoreRows,
            (Algorithm::Standard, 1) => Part::WeightRows,
            (Algorithm::Standard, _) => Part::OutputRows,
            (Algorithm::Fa1, 0) => Part::Initialise,
            (Algorithm::Fa1, _) if self.method.is_reversed => {
                Part::KeyTile(self.n_key_tiles() - index)
            }
            (Algorithm::Fa1, _) => Part::KeyTile(index - 1),
            (Algorithm::Fa2, i) if n_splits == 1 => Part::QueryTile { i, split: None },
            (Algorithm::Fa2, _) => {
                let (split, i) = (index / self.n_query_tiles(), index % self.n_query_tiles());
                if split < n_splits {
                    let split = Some(split);
                    Part::QueryTile { i, split }
                } else {
                    Part::Merge(i)
                }
            }
        }
    }

    /// The runs of a part, in order.
    fn runs(&self, part: Part) -> Vec<Run> {
        let head = || std::iter::once(Run::once(Stretch::Head));
        let foot = || std::iter::once(Run::once(Stretch::Foot));
        let n_q = self.problem.n_q;
        match part {
            Part::Initialise | Part::Merge(_) => head().collect(),
            Part::ScoreRows => {
                let kind_of = |query| self.row_kind(query);
                head().chain(alike(0..n_q, None, kind_of)).collect()
            }
            Part::WeightRows => alike(0..n_q, None, |_| TileKind::Full),
            Part::OutputRows => {
                let rows = alike(0..n_q, None, |_| TileKind::Full);
                head().chain(rows).collect()
            }
            Part::KeyTile(j) => {
                let n_tiles = self.n_query_tiles();
                let ragged = self.queries(0).len() != self.queries(n_tiles - 1).len();
                let last = ragged.then(|| n_tiles - 1);
                let tiles = alike(0..n_tiles, last, |i| self.tile_kind(i, j));
                head().chain(tiles).collect()
            }
            Part::QueryTile { i, split } => {
                let n_tiles = self.n_key_tiles();
                let ragged = self.keys(0).len() != self.keys(n_tiles - 1).len();
                let last = ragged.then(|| n_tiles - 1);
                let mut tiles = alike(self.key_tiles(split), last, |j| self.tile_kind(i, j));
                if self.method.is_reversed {
                    tiles.reverse();
                    for run in &mut tiles {
                        run.is_reversed = true;
                    }
                }
                head().chain(tiles).chain(foot()).collect()
            }
        }
    }

    /// Whether the mask hides anything from a query.
    const fn row_kind(&self, query: usize) -> TileKind {
        if self.problem.visible_keys(query) == self.problem.n_k {
            TileKind::Full
        } else {
            TileKind::Partial
        }
    }

    /// What one item of a run comes to.
    fn item_totals(&self, part: Part, run: &Run) -> Totals {
        let mut totals = Totals::default();
        for &kind in self.kinds(part, run.stretch) {
            totals.add(&self.event_of(part, run.stretch, run.items.start, kind));
        }
        totals
    }
}

/// The rows of a tile; the last one may be ragged.
fn rows_of_tile(tile: usize, block: usize, n: usize) -> Range<usize> {
    let start = tile.saturating_mul(block).min(n);
    start..start.saturating_add(block).min(n)
}

/// Cuts a range into runs of the same kind, and a ragged last tile off. Kinds
/// come in a row: along a line of tiles the mask changes its mind in one direction.
fn alike(
    range: Range<usize>,
    ragged: Option<usize>,
    kind_of: impl Fn(usize) -> TileKind,
) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut start = range.start;
    while start < range.end {
        let kind = kind_of(start);
        let mut end = first_without(start..range.end, |item| kind_of(item) == kind);
        if let Some(last) = ragged.filter(|&last| start < last && last < end) {
            end = last;
        }
        runs.push(Run {
            stretch: Stretch::Item(kind),
            items: start..end,
            is_reversed: false,
        });
        start = end;
    }
    runs
}

/// The first of a range for which `holds` no longer does; it holds for the first.
fn first_without(range: Range<usize>, holds: impl Fn(usize) -> bool) -> usize {
    let (mut yes, mut no) = (range.start, range.end);
    while no - yes > 1 {
        let middle = yes + (no - yes) / 2;
        if holds(middle) {
            yes = middle;
        } else {
            no = middle;
        }
    }
    no
}
