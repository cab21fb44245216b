//! Carries out the steps of a schedule, in 32-bit floats.
//!
//! Each step does on small matrices what its line of pseudo-code says, and
//! nothing else reads or writes them, so what is on the chip after a step is
//! what a kernel would have there. Sums over the width are taken in runs
//! (`packed_keys.rs`), sums over keys in runs too, which are added with what
//! rounding lost of the ones before (Kahan): equal values, of which each
//! addition would round the same way, would drift apart from the definition as
//! the sequence grows.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::chip::{Chip, Matrix};
use crate::event::{Array, Direction, Event, EventKind};
use crate::exp::{exp_less_max, exp_of_difference};
use crate::inputs::Inputs;
use crate::method::Algorithm;
use crate::packed_keys::PackedKeys;
use crate::problem::Problem;
use crate::schedule::Schedule;

/// The old maximum is kept until the new one would make weights more than
/// `2^8` times as large.
const LAZY_BITS: f32 = 8.0;

/// Output and log-sum-exp of all queries.
#[derive(Clone, Debug, PartialEq)]
pub struct Attended {
    /// `[query, d]`; 0 where a query sees nothing.
    pub o: Vec<f32>,
    /// `[query]`, natural logarithm, of scaled scores; +inf where a query sees nothing.
    pub lse: Vec<f32>,
}

/// A number beyond the range of 32-bit floats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Overflow {
    /// A query and a key.
    #[error(
        "the score of query {query} and key {key}, row {query} and column {key} of S (counted from 0), is beyond 32-bit floats, expected smaller q or k"
    )]
    Score {
        /// Counted from 0.
        query: usize,
        /// Counted from 0.
        key: usize,
    },
    /// A sum of values.
    #[error(
        "the output of query {query}, row {query} and column {column} of O (counted from 0), is beyond 32-bit floats, expected smaller v"
    )]
    Output {
        /// Counted from 0.
        query: usize,
        /// Which of the row's numbers, counted from 0.
        column: usize,
    },
}

/// Keys whose weights are added up before they join the sum.
const RUN: usize = 16;

/// Keys whose values are: few, since a value may be much larger than what the
/// others add to it.
const VALUE_RUN: usize = 4;

/// What slow memory holds beside the inputs.
#[derive(Clone, Debug)]
struct Slow {
    o: Vec<f32>,
    lse: Vec<f32>,
    /// FA1's `m` and `l`.
    m: Vec<f32>,
    l: Vec<f32>,
    /// Standard's S and P, by query; a row is dropped when it is read.
    scores: BTreeMap<usize, Vec<f32>>,
    weights: BTreeMap<usize, Vec<f32>>,
    /// `[split, query, d]` and `[split, query]`.
    split_o: Vec<f32>,
    split_lse: Vec<f32>,
}

/// A chip beside slow memory, in the midst of a schedule.
#[derive(Clone, Debug)]
pub struct Machine<'a> {
    inputs: Inputs<'a>,
    schedule: &'a Schedule,
    slow: Slow,
    chip: Chip,
    /// The keys on the chip, as dot products want them.
    keys: Option<PackedKeys>,
    /// FA2's maxima before this tile, till the rescale.
    row_max_before: Vec<f32>,
    /// What rounding lost of FA2's output `[row, d]` and sums `[row]` so far.
    lost_o: Vec<f32>,
    lost_l: Vec<f32>,
}

/// Carries out all steps.
///
/// Tiles of queries do not touch each other, so they are done one after the
/// other whatever the order of the outer loop: the numbers are the same to the
/// last bit, and standard attention needs one row of S and P at a time.
///
/// # Errors
///
/// Returns an error if a score or an output is beyond the range of f32.
pub fn execute(inputs: Inputs<'_>, schedule: &Schedule) -> Result<Attended, Overflow> {
    let mut machine = Machine::new(inputs, schedule);
    for i in 0..schedule.n_query_tiles() {
        for (_, event) in schedule.events_of_query_tile(i) {
            machine.apply(&event)?;
        }
    }
    Ok(machine.into_attended())
}

/// What is on the chip after `step` steps.
///
/// Only the steps on which this depends are carried out: those of one tile of
/// queries. At 4,096 queries and keys of width 64 that is 1/256 of the work
/// with tiles of 16.
///
/// # Errors
///
/// Returns an error if a score or an output is beyond the range of f32.
pub fn chip_after(inputs: Inputs<'_>, schedule: &Schedule, step: u64) -> Result<Chip, Overflow> {
    let mut machine = Machine::new(inputs, schedule);
    let Some(last) = step.checked_sub(1).and_then(|index| schedule.event(index)) else {
        return Ok(machine.chip);
    };
    match last.i {
        None => machine.apply(&last)?,
        Some(i) => {
            for (index, event) in schedule.events_of_query_tile(i) {
                if index < step {
                    machine.apply(&event)?;
                }
            }
        }
    }
    Ok(machine.chip)
}

impl<'a> Machine<'a> {
    /// Before the first step.
    ///
    /// # Panics
    ///
    /// Panics if the schedule is for other sizes than the inputs have.
    #[must_use]
    pub fn new(inputs: Inputs<'a>, schedule: &'a Schedule) -> Self {
        let problem = *schedule.problem();
        assert_eq!(
            problem,
            inputs.problem(problem.is_causal),
            "the schedule of another problem"
        );
        let Problem { n_q, d, .. } = problem;
        let algorithm = schedule.method().algorithm;
        let n_kept = if algorithm == Algorithm::Fa1 { n_q } else { 0 };
        let n_split = match schedule.method().n_splits {
            1 => 0,
            n_splits => n_splits * n_q,
        };
        let slow = Slow {
            o: vec![0.0; n_q * d],
            lse: vec![f32::INFINITY; n_q],
            m: vec![f32::NEG_INFINITY; n_kept],
            l: vec![0.0; n_kept],
            scores: BTreeMap::new(),
            weights: BTreeMap::new(),
            split_o: vec![0.0; n_split * d],
            split_lse: vec![f32::NEG_INFINITY; n_split],
        };
        Self {
            inputs,
            schedule,
            slow,
            chip: Chip::default(),
            keys: None,
            row_max_before: Vec::new(),
            lost_o: Vec::new(),
            lost_l: Vec::new(),
        }
    }

    /// What is on the chip now.
    #[must_use]
    pub const fn chip(&self) -> &Chip {
        &self.chip
    }

    /// What slow memory holds of the result.
    #[must_use]
    pub fn into_attended(self) -> Attended {
        Attended {
            o: self.slow.o,
            lse: self.slow.lse,
        }
    }

    /// Carries out one step. The steps come in the order of the schedule, or
    /// in that of [`Schedule::events_of_query_tile`].
    ///
    /// # Errors
    ///
    /// Returns an error if a score or an output is beyond the range of f32.
    pub fn apply(&mut self, event: &Event) -> Result<(), Overflow> {
        match event.kind {
            EventKind::Load => self.load(event),
            EventKind::Scores => self.scores(event)?,
            EventKind::Mask => self.mask(event),
            EventKind::RowMax => self.row_max(),
            EventKind::Rescale => self.rescale(),
            EventKind::Exp => self.exp(),
            EventKind::RowSum => self.row_sum(),
            EventKind::Pv => self.pv(),
            EventKind::Normalise => self.normalise(event)?,
            EventKind::Store => self.store(event),
            EventKind::Merge => self.merge(),
            EventKind::Skip if self.algorithm() == Algorithm::Fa1 => self.leave_rows(),
            EventKind::Skip => {}
        }
        Ok(())
    }

    fn algorithm(&self) -> Algorithm {
        self.schedule.method().algorithm
    }

    /// The queries of a step's tile.
    fn queries(&self, event: &Event) -> Range<usize> {
        let all = 0..self.schedule.problem().n_q;
        event.i.map_or(all, |i| self.schedule.queries(i))
    }

    /// The keys of a step's tile.
    fn keys(&self, event: &Event) -> Range<usize> {
        let all = 0..self.schedule.problem().n_k;
        event.j.map_or(all, |j| self.schedule.keys(j))
    }

    fn load(&mut self, event: &Event) {
        let (queries, keys) = (self.queries(event), self.keys(event));
        // What was computed with what is replaced goes with it.
        (self.chip.s, self.chip.p) = (Matrix::default(), Matrix::default());
        self.chip.alpha.clear();
        for moved in event.moves() {
            self.load_tile(moved.array, &queries, &keys);
        }
        let brings_queries = event.moves().any(|moved| moved.array == Array::Q);
        match self.algorithm() {
            Algorithm::Fa2 if brings_queries => self.start_rows(queries.len()),
            Algorithm::Fa1 if !brings_queries => self.leave_rows(),
            Algorithm::Standard if brings_queries => self.start_row(),
            _ => {}
        }
    }

    /// FA2's first values, and no keys yet.
    fn start_rows(&mut self, n_rows: usize) {
        let d = self.schedule.problem().d;
        (self.lost_o, self.lost_l) = (vec![0.0; n_rows * d], vec![0.0; n_rows]);
        self.chip = Chip {
            q: std::mem::take(&mut self.chip.q),
            o: Matrix::zeros(n_rows, d),
            m: vec![f32::NEG_INFINITY; n_rows],
            l: vec![0.0; n_rows],
            ..Chip::default()
        };
    }

    /// Standard's chip when a query meets the keys.
    fn start_row(&mut self) {
        self.chip = Chip {
            q: std::mem::take(&mut self.chip.q),
            k: std::mem::take(&mut self.chip.k),
            ..Chip::default()
        };
    }

    /// FA1's chip between two tiles of queries.
    fn leave_rows(&mut self) {
        self.chip = Chip {
            k: std::mem::take(&mut self.chip.k),
            v: std::mem::take(&mut self.chip.v),
            ..Chip::default()
        };
    }

    /// One array's rows, from slow memory to the chip.
    fn load_tile(&mut self, array: Array, queries: &Range<usize>, keys: &Range<usize>) {
        let Problem { n_q, n_k, d, .. } = *self.schedule.problem();
        let (slow, chip) = (&mut self.slow, &mut self.chip);
        match array {
            Array::Q => chip.q = rows_of(self.inputs.q(), d, queries),
            Array::K => {
                if self.schedule.tiling().is_none() {
                    *chip = Chip::default();
                }
                chip.k = rows_of(self.inputs.k(), d, keys);
                self.keys = Some(PackedKeys::new(&chip.k.values, d));
            }
            Array::V => {
                if self.schedule.tiling().is_none() {
                    *chip = Chip::default();
                }
                chip.v = rows_of(self.inputs.v(), d, keys);
            }
            Array::O => chip.o = rows_of(&slow.o, d, queries),
            Array::Max => chip.m = slow.m[queries.clone()].to_vec(),
            Array::Sum => {
                chip.l = slow.l[queries.clone()].to_vec();
                chip.tile_m.clear();
                chip.tile_l.clear();
                chip.beta.clear();
                chip.lse.clear();
            }
            Array::Scores => {
                *chip = Chip::default();
                let row = slow.scores.remove(&queries.start).unwrap_or_default();
                chip.s = Matrix::new(n_k, &row);
            }
            Array::Weights => {
                let row = slow.weights.remove(&queries.start).unwrap_or_default();
                let v = std::mem::take(&mut chip.v);
                *chip = Chip {
                    v,
                    p: Matrix::new(n_k, &row),
                    ..Chip::default()
                };
            }
            Array::SplitO => {
                *chip = Chip::default();
                let splits = slow.split_o.chunks_exact(n_q * d);
                let rows = splits.flat_map(|split| &split[queries.start * d..queries.end * d]);
                chip.split_o = Matrix {
                    n_columns: d,
                    values: rows.copied().collect(),
                };
            }
            Array::SplitLse => {
                let splits = slow.split_lse.chunks_exact(n_q);
                let rows = splits.flat_map(|split| &split[queries.clone()]);
                chip.split_lse = rows.copied().collect();
            }
            Array::Lse => {}
        }
    }

    /// `S = tau Q K^T`, also of pairs that the mask hides.
    fn scores(&mut self, event: &Event) -> Result<(), Overflow> {
        let problem = self.schedule.problem();
        let (queries, keys) = (self.queries(event), self.keys(event));
        let mut s = Matrix::zeros(queries.len(), keys.len());
        if let Some(packed) = &self.keys {
            packed.dots(&self.chip.q.values, 0..keys.len(), &mut s.values);
        }
        let scale = problem.scale() as f32;
        for (row, query) in s.rows_mut().zip(queries) {
            for (score, key) in row.iter_mut().zip(keys.clone()) {
                *score *= scale;
                if !score.is_finite() {
                    // Only q . k may be too large, not what the scale leaves of it.
                    *score = self.inputs.exact_score(problem, query, key) as f32;
                }
            }
            let n_seen = problem.visible_keys(query).saturating_sub(keys.start);
            let seen = &row[..n_seen.min(row.len())];
            if let Some(at) = seen.iter().position(|score| !score.is_finite()) {
                let key = keys.start + at;
                return Err(Overflow::Score { query, key });
            }
        }
        self.chip.s = s;
        Ok(())
    }

    fn mask(&mut self, event: &Event) {
        let problem = self.schedule.problem();
        let (queries, keys) = (self.queries(event), self.keys(event));
        for (row, query) in self.chip.s.rows_mut().zip(queries) {
            let n_seen = problem.visible_keys(query).saturating_sub(keys.start);
            let n_seen = n_seen.min(row.len());
            row[n_seen..].fill(f32::NEG_INFINITY);
        }
    }

    fn row_max(&mut self) {
        let largest = self.chip.s.rows().map(largest_of).collect::<Vec<f32>>();
        match self.algorithm() {
            Algorithm::Standard => self.chip.m = largest,
            Algorithm::Fa1 => self.chip.tile_m = largest,
            Algorithm::Fa2 => {
                self.row_max_before.clone_from(&self.chip.m);
                let is_lazy = self.schedule.method().is_lazy;
                for (m, largest) in self.chip.m.iter_mut().zip(largest) {
                    *m = raised(*m, largest, is_lazy);
                }
            }
        }
    }

    fn rescale(&mut self) {
        match self.algorithm() {
            Algorithm::Standard => {}
            Algorithm::Fa1 => self.rescale_sums(),
            Algorithm::Fa2 => self.rescale_rows(),
        }
    }

    /// FA2: sum and output so far in terms of the new maximum.
    fn rescale_rows(&mut self) {
        let chip = &mut self.chip;
        let maxima = self.row_max_before.iter().zip(&chip.m);
        chip.alpha = maxima.map(|(&old, &m)| exp_of_difference(old, m)).collect();
        let d = chip.o.n_columns;
        let sums = chip.l.iter_mut().zip(&mut self.lost_l);
        let outputs = chip.o.rows_mut().zip(self.lost_o.chunks_exact_mut(d));
        for (((l, lost_l), (o, lost_o)), &alpha) in sums.zip(outputs).zip(&chip.alpha) {
            *l *= alpha;
            *lost_l *= alpha;
            for value in o.iter_mut().chain(lost_o) {
                *value *= alpha;
            }
        }
    }

    /// FA1: the new maximum, and both sums in terms of it. The old sum stays
    /// until the output, which was divided by it, has been multiplied again.
    fn rescale_sums(&mut self) {
        let chip = &mut self.chip;
        (chip.alpha, chip.beta) = (Vec::new(), Vec::new());
        for (m, &tile_m) in chip.m.iter_mut().zip(&chip.tile_m) {
            let old = std::mem::replace(m, raised(*m, tile_m, false));
            chip.alpha.push(exp_of_difference(old, *m));
            chip.beta.push(match tile_m {
                f32::NEG_INFINITY => 0.0,
                _ => exp_of_difference(tile_m, *m),
            });
        }
        let factors = chip.alpha.iter().zip(&chip.beta);
        let sums = chip.l.iter_mut().zip(&chip.tile_l);
        let outputs = chip.o.rows_mut();
        for (((l, tile_l), (alpha, beta)), o) in sums.zip(factors).zip(outputs) {
            let old = alpha * *l;
            *l = old + beta * tile_l;
            for o in o {
                *o *= old;
            }
        }
    }

    fn exp(&mut self) {
        let chip = &mut self.chip;
        let max = match self.schedule.method().algorithm {
            Algorithm::Fa1 => &chip.tile_m,
            Algorithm::Standard | Algorithm::Fa2 => &chip.m,
        };
        chip.p = chip.s.clone();
        for (row, &max) in chip.p.rows_mut().zip(max) {
            exp_less_max(row, max);
        }
    }

    fn row_sum(&mut self) {
        let chip = &mut self.chip;
        let sums = chip.p.rows().map(sum_in_runs);
        match self.schedule.method().algorithm {
            Algorithm::Standard => chip.l = sums.collect(),
            Algorithm::Fa1 => chip.tile_l = sums.collect(),
            Algorithm::Fa2 => {
                let so_far = chip.l.iter_mut().zip(&mut self.lost_l);
                for ((l, lost), sum) in so_far.zip(sums) {
                    add(l, lost, sum);
                }
            }
        }
    }

    /// `O + P V`.
    fn pv(&mut self) {
        let chip = &mut self.chip;
        let d = self.schedule.problem().d;
        if chip.o.is_empty() {
            chip.o = Matrix::zeros(chip.p.n_rows(), d);
        }
        // Only FA2 keeps its output on the chip from tile to tile.
        if self.schedule.method().algorithm != Algorithm::Fa2 {
            self.lost_o.clear();
            self.lost_o.resize(chip.o.values.len(), 0.0);
        }
        let mut product = vec![0.0; d];
        let outputs = chip.o.rows_mut().zip(self.lost_o.chunks_exact_mut(d));
        for (row, (weights, (o, lost))) in chip.p.rows().zip(outputs).enumerate() {
            let beta = chip.beta.get(row).copied().unwrap_or(1.0);
            let values = chip.v.values.chunks(VALUE_RUN * d);
            for (weights, values) in weights.chunks(VALUE_RUN).zip(values) {
                product_with(weights, values, &mut product);
                for ((o, lost), product) in o.iter_mut().zip(lost.iter_mut()).zip(&product) {
                    add(o, lost, beta * product);
                }
            }
        }
    }

    fn normalise(&mut self, event: &Event) -> Result<(), Overflow> {
        let queries = self.queries(event);
        let algorithm = self.algorithm();
        let is_split = event.split.is_some();
        let chip = &mut self.chip;
        let divided = match algorithm {
            Algorithm::Standard => &mut chip.p,
            Algorithm::Fa1 | Algorithm::Fa2 => &mut chip.o,
        };
        for ((row, &l), query) in divided.rows_mut().zip(&chip.l).zip(queries) {
            // A row that has seen nothing stays 0.
            if l > 0.0 {
                for value in row.iter_mut() {
                    *value /= l;
                }
            }
            if let Some(column) = row.iter().position(|value| !value.is_finite()) {
                return Err(Overflow::Output { query, column });
            }
        }
        let of_nothing = if is_split {
            f32::NEG_INFINITY
        } else {
            f32::INFINITY
        };
        let rows = chip.m.iter().zip(&chip.l);
        chip.lse = rows
            .map(|(m, &l)| if l > 0.0 { m + l.ln() } else { of_nothing })
            .collect();
        Ok(())
    }

    fn store(&mut self, event: &Event) {
        let queries = self.queries(event);
        let Problem { n_q, d, .. } = *self.schedule.problem();
        let rows = queries.start * d..queries.end * d;
        let split = event.split.unwrap_or(0);
        let (slow, chip) = (&mut self.slow, &mut self.chip);
        let moves = event
            .moves()
            .filter(|moved| moved.direction == Direction::Written);
        for moved in moves {
            match moved.array {
                // FA1's first values are there from the start.
                Array::O | Array::Max | Array::Sum if event.i.is_none() => {}
                Array::O => slow.o[rows.clone()].copy_from_slice(&chip.o.values),
                Array::Max => slow.m[queries.clone()].copy_from_slice(&chip.m),
                Array::Sum => slow.l[queries.clone()].copy_from_slice(&chip.l),
                Array::Lse => slow.lse[queries.clone()].copy_from_slice(&chip.lse),
                Array::Scores => {
                    slow.scores.insert(queries.start, chip.s.values.clone());
                }
                Array::Weights => {
                    slow.weights.insert(queries.start, chip.p.values.clone());
                }
                Array::SplitO => {
                    let rows = split * n_q * d + rows.start..split * n_q * d + rows.end;
                    slow.split_o[rows].copy_from_slice(&chip.o.values);
                }
                Array::SplitLse => {
                    let rows = split * n_q + queries.start..split * n_q + queries.end;
                    slow.split_lse[rows].copy_from_slice(&chip.lse);
                }
                Array::Q | Array::K | Array::V => {}
            }
        }
        // Standard and FA1 do not meter the log-sum-exp; it is kept all the same.
        let is_of_rows = event.i.is_some() && !chip.lse.is_empty();
        if is_of_rows && self.schedule.method().n_splits == 1 {
            slow.lse[queries].copy_from_slice(&chip.lse);
        }
    }

    /// `L = logsumexp L_s`, `O = sum of exp(L_s - L) O_s`.
    fn merge(&mut self) {
        let d = self.schedule.problem().d;
        let n_splits = self.schedule.method().n_splits;
        let chip = &mut self.chip;
        let n_rows = chip.split_lse.len() / n_splits;
        (chip.o, chip.lse) = (Matrix::zeros(n_rows, d), Vec::new());
        for (row, o) in chip.o.rows_mut().enumerate() {
            let of_splits = || (0..n_splits).map(|split| chip.split_lse[split * n_rows + row]);
            let max = largest_of(&of_splits().collect::<Vec<f32>>());
            if max == f32::NEG_INFINITY {
                chip.lse.push(f32::INFINITY);
                continue;
            }
            let sum: f32 = of_splits().map(|lse| exp_of_difference(lse, max)).sum();
            let merged = max + sum.ln();
            for (split, lse) in of_splits().enumerate() {
                let share = exp_of_difference(lse, max) / sum;
                let part = &chip.split_o.values[(split * n_rows + row) * d..][..d];
                for (o, part) in o.iter_mut().zip(part) {
                    *o += share * part;
                }
            }
            chip.lse.push(merged);
        }
    }
}

fn rows_of(values: &[f32], d: usize, rows: &Range<usize>) -> Matrix {
    Matrix::new(d, &values[rows.start * d..rows.end * d])
}

fn largest_of(row: &[f32]) -> f32 {
    row.iter().copied().fold(f32::NEG_INFINITY, f32::max)
}

/// The larger of two maxima, or the old one where a lazy rescale keeps it.
fn raised(old: f32, largest: f32, is_lazy: bool) -> f32 {
    let rise_bits = (largest - old) * std::f32::consts::LOG2_E;
    // The first maximum comes from -inf: a rise beyond any bound.
    let is_kept = is_lazy && old != f32::NEG_INFINITY && rise_bits <= LAZY_BITS;
    if is_kept { old } else { old.max(largest) }
}

/// The sum, in runs.
fn sum_in_runs(row: &[f32]) -> f32 {
    let (mut sum, mut lost) = (0.0, 0.0);
    for run in row.chunks(RUN) {
        add(&mut sum, &mut lost, run.iter().sum());
    }
    sum
}

/// Adds to a sum, together with what rounding took off it before.
///
/// # References
///
/// Kahan (1965), "Further remarks on reducing truncation errors".
fn add(sum: &mut f32, lost: &mut f32, value: f32) {
    let wanted = value - *lost;
    let new = *sum + wanted;
    *lost = (new - *sum) - wanted;
    *sum = new;
}

/// A run of weights times the values `[key, d]`.
fn product_with(weights: &[f32], values: &[f32], product: &mut [f32]) {
    product.fill(0.0);
    for (&weight, value) in weights.iter().zip(values.chunks_exact(product.len())) {
        for (sum, &value) in product.iter_mut().zip(value) {
            *sum += weight * value;
        }
    }
}
