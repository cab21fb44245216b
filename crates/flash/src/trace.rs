//! The steps of a schedule as a file, for small inputs with all their numbers.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::chip::{Chip, Matrix};
use crate::event::{Direction, Event};
use crate::inputs::Inputs;
use crate::machine::Machine;
use crate::schedule::Schedule;
use crate::tiling::Tiling;

/// A schedule's steps, written one after the other and never all held.
///
/// `{"format": "headlight-trace", "version": 1, "algorithm", "n_q", "n_k", "d",
/// "block_q", "block_k", "causal", "tau", "events": [{"kind", "i", "j", "line",
/// "elements_read", "elements_written", "values"}]}`: conventions.md, section 7.
///
/// `values` is what is on the chip after the step; an empty list is not there.
/// Beyond [`Trace::MOST_ROWS`] queries or keys there are none. Infinities are
/// the strings `inf` and `-inf`.
#[derive(Clone, Copy, Debug)]
pub struct Trace<'a> {
    inputs: Inputs<'a>,
    schedule: &'a Schedule,
}

impl<'a> Trace<'a> {
    /// Queries and keys up to which a trace holds numbers.
    pub const MOST_ROWS: usize = 64;

    /// The trace of a schedule that [`execute`](crate::execute) has carried
    /// out without an error on the same inputs.
    #[must_use]
    pub const fn new(inputs: Inputs<'a>, schedule: &'a Schedule) -> Self {
        Self { inputs, schedule }
    }

    fn has_values(&self) -> bool {
        let problem = self.schedule.problem();
        problem.n_q.max(problem.n_k) <= Self::MOST_ROWS
    }
}

impl Serialize for Trace<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let problem = self.schedule.problem();
        let tiling = self.schedule.tiling();
        let method = self.schedule.method();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("format", "headlight-trace")?;
        map.serialize_entry("version", &1)?;
        map.serialize_entry("algorithm", method.algorithm.name())?;
        map.serialize_entry("reverse_keys", &method.is_reversed)?;
        map.serialize_entry("lazy_rescale", &method.is_lazy)?;
        map.serialize_entry("splits", &method.n_splits)?;
        map.serialize_entry("n_q", &problem.n_q)?;
        map.serialize_entry("n_k", &problem.n_k)?;
        map.serialize_entry("d", &problem.d)?;
        map.serialize_entry("block_q", &tiling.map(Tiling::block_q))?;
        map.serialize_entry("block_k", &tiling.map(Tiling::block_k))?;
        map.serialize_entry("causal", &problem.is_causal)?;
        map.serialize_entry("tau", &problem.scale())?;
        map.serialize_entry("events", &Events(self))?;
        map.end()
    }
}

/// The steps, as a list.
struct Events<'a>(&'a Trace<'a>);

impl Serialize for Events<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Trace { inputs, schedule } = self.0;
        let mut machine = self.0.has_values().then(|| Machine::new(*inputs, schedule));
        let mut overflow = None;
        let events = schedule.events().map_while(|event| {
            if let Some(machine) = &mut machine
                && let Err(error) = machine.apply(&event)
            {
                overflow = Some(error);
                return None;
            }
            let values = machine.as_ref().map(|machine| Values::of(machine.chip()));
            Some(TraceLine::of(&event, values))
        });
        let written = serializer.collect_seq(events)?;
        match overflow {
            Some(error) => Err(serde::ser::Error::custom(error)),
            None => Ok(written),
        }
    }
}

/// A step of the file.
#[derive(Serialize)]
struct TraceLine {
    kind: &'static str,
    i: Option<usize>,
    j: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    split: Option<usize>,
    line: usize,
    elements_read: u64,
    elements_written: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Values>,
}

impl TraceLine {
    fn of(event: &Event, values: Option<Values>) -> Self {
        Self {
            kind: event.kind.name(),
            i: event.i,
            j: event.j,
            split: event.split,
            line: event.line,
            elements_read: event.elements(Direction::Read),
            elements_written: event.elements(Direction::Written),
            values,
        }
    }
}

/// What is on the chip.
#[derive(Serialize)]
struct Values {
    #[serde(rename = "S")]
    s: Vec<Vec<Number>>,
    #[serde(rename = "P")]
    p: Vec<Vec<Number>>,
    m: Vec<Number>,
    l: Vec<Number>,
    alpha: Vec<Number>,
    #[serde(rename = "O")]
    o: Vec<Vec<Number>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tile_m: Vec<Number>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tile_l: Vec<Number>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    beta: Vec<Number>,
    #[serde(rename = "L")]
    lse: Vec<Number>,
}

impl Values {
    fn of(chip: &Chip) -> Self {
        let list = |values: &[f32]| values.iter().copied().map(Number).collect();
        let rows = |matrix: &Matrix| matrix.rows().map(list).collect();
        Self {
            s: rows(&chip.s),
            p: rows(&chip.p),
            m: list(&chip.m),
            l: list(&chip.l),
            alpha: list(&chip.alpha),
            o: rows(&chip.o),
            tile_m: list(&chip.tile_m),
            tile_l: list(&chip.tile_l),
            beta: list(&chip.beta),
            lse: list(&chip.lse),
        }
    }
}

/// A number as JSON can hold it: infinities are strings.
#[derive(Clone, Copy)]
struct Number(f32);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            f32::INFINITY => serializer.serialize_str("inf"),
            f32::NEG_INFINITY => serializer.serialize_str("-inf"),
            value => serializer.serialize_f32(value),
        }
    }
}
