//! What the visitor's GPU computed, against the trace and against softmax in 64 bits.
//!
//! All rows are compared, a few at a time like [`Check`] does it.

use headlight_figure::number::scientific;
use std::borrow::Cow;

use headlight_activations::FlashRun;
use headlight_flash::{DenseRows, Overflow};

use super::error::{Check, Checked};
use super::text_table::{TextRow, facts, text_table};
use crate::rooms::flash::device::DeviceAnswer;
use crate::rooms::flash::player::Player;
use crate::rooms::flash::words::device as words;
use headlight_figure::number::full;
use headlight_figure::table::Column;
use headlight_figure::table::Table;
use headlight_figure::{Element, Size, el};

/// Narrowest and widest drawing.
const WIDTHS: (f64, f64) = (250.0, 860.0);
/// From here on differences and facts stand side by side, in pixels.
const SIDE_BY_SIDE: f64 = 632.0;
/// Between them, beside each other and one below the other.
const GAP: f64 = 32.0;
const GAP_BELOW: f64 = 10.0;

/// Progress of the comparison, and what it found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Agreement {
    check: Check,
    /// The largest magnitude of a value, at least 1: an error of weights is multiplied by it.
    value_scale: f64,
    /// Against the trace: the room's own arithmetic, in 32 bits.
    pub trace: Gaps,
    /// Against softmax attention by its definition, in 64 bits.
    pub dense: Gaps,
}

/// The largest absolute differences; infinite where one has a number and the other has none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gaps {
    /// Of an output.
    pub output: f64,
    /// Of a log-sum-exp.
    pub lse: f64,
}

impl Gaps {
    fn see_output(&mut self, found: f64, expected: f64) {
        self.output = self.output.max(gap(found, expected));
    }

    fn see_lse(&mut self, found: f64, expected: f64) {
        self.lse = self.lse.max(gap(found, expected));
    }

    /// The larger of both.
    #[must_use]
    pub const fn largest(self) -> f64 {
        self.output.max(self.lse)
    }
}

/// Between equal infinities there is no difference.
fn gap(found: f64, expected: f64) -> f64 {
    let gap = (found - expected).abs();
    if found == expected {
        0.0
    } else if gap.is_nan() {
        f64::INFINITY
    } else {
        gap
    }
}

impl Agreement {
    /// Nothing compared yet.
    #[must_use]
    pub fn new(player: &Player) -> Self {
        Self {
            check: Check::new(player),
            value_scale: f64::from(player.data().largest[2].max(1.0)),
            ..Self::default()
        }
    }

    /// Compares a few more tiles of queries.
    ///
    /// # Errors
    ///
    /// Returns an error if a number of the trace is beyond 32-bit floats.
    pub fn go_on(&mut self, player: &Player, run: &FlashRun) -> Result<Checked, Overflow> {
        let (trace, dense) = (&mut self.trace, &mut self.dense);
        let compare = |query: usize, o: &[f32], lse: f32, by_definition: &DenseRows| {
            let row = run.o.get(query * o.len()..(query + 1) * o.len());
            for (index, (&traced, &exact)) in o.iter().zip(&by_definition.o).enumerate() {
                // A number that did not come is none.
                let found = f64::from(row.map_or(f32::NAN, |row| row[index]));
                trace.see_output(found, f64::from(traced));
                dense.see_output(found, exact);
            }
            let found = f64::from(run.lse.get(query).copied().unwrap_or(f32::NAN));
            trace.see_lse(found, f64::from(lse));
            dense.see_lse(found, by_definition.lse[0]);
        };
        self.check.go_on_with(player, compare)
    }

    /// Queries compared, and queries there are.
    #[must_use]
    pub const fn progress(&self) -> (usize, usize) {
        (self.check.n_checked, self.check.n_queries)
    }

    /// True once all rows were compared.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.check.n_checked >= self.check.n_queries
    }

    /// What 32-bit floats can differ by, of an output and of a log-sum-exp:
    /// 2.5e-6 x max(4, max |S|), for an output x max(1, max |V|).
    #[must_use]
    pub fn bounds(&self) -> Gaps {
        Gaps {
            output: self.check.bound,
            lse: self.check.bound / self.value_scale,
        }
    }

    /// The comparison's numbers in full, with what was run and how long it took: a row
    /// for the trace, one for softmax in 64 bits.
    #[must_use]
    pub fn table(&self, run: &FlashRun) -> Table {
        let bounds = self.bounds();
        let row = |name: &str, gaps: Gaps| {
            vec![
                name.to_owned(),
                full(gaps.output),
                full(gaps.lse),
                full(bounds.output),
                full(bounds.lse),
                self.check.n_checked.to_string(),
                full(run.elapsed_ms),
                run.block_q.to_string(),
                run.block_k.to_string(),
                run.device.clone(),
            ]
        };
        Table {
            caption: Cow::Borrowed(words::RUN_CAPTION),
            columns: vec![
                Column::text("against"),
                Column::value("max O difference"),
                Column::value("max LSE difference"),
                Column::value("O bound"),
                Column::value("LSE bound"),
                Column::value("rows compared"),
                Column::value("ms"),
                Column::value("queries per tile"),
                Column::value("keys per tile"),
                Column::text("device"),
            ],
            rows: vec![row("trace", self.trace), row("softmax f64", self.dense)],
        }
    }

    /// True if nothing differs by more than 32-bit floats do.
    #[must_use]
    pub fn holds(&self) -> bool {
        let bounds = self.bounds();
        let within = |gaps: Gaps| gaps.output <= bounds.output && gaps.lse <= bounds.lse;
        within(self.trace) && within(self.dense)
    }
}

/// The differences beside what 32 bits allow, and what was run on which device, in
/// `width_px` pixels.
#[must_use]
pub fn drawing(answer: &DeviceAnswer, found: &Agreement, width_px: f64) -> (Element, Size) {
    let width = width_px.clamp(WIDTHS.0, WIDTHS.1).floor();
    let row = |name, gaps: Gaps, class| TextRow {
        name,
        cells: vec![scientific(gaps.output), scientific(gaps.lse)],
        class,
    };
    let heads = [words::AGAINST, words::OF_OUTPUT, words::OF_LSE];
    let rows = [
        row(words::AGAINST_TRACE, found.trace, ""),
        row(words::AGAINST_DENSE, found.dense, ""),
        row(words::BOUND, found.bounds(), "is-quiet"),
    ];
    let run = [
        (words::DEVICE, answer.run.device.clone()),
        (words::TILES, words::tiles(answer)),
        (words::TIME, words::time(answer.run.elapsed_ms)),
    ];
    let is_wide = width >= SIDE_BY_SIDE;
    let column = if is_wide { (width - GAP) / 2.0 } else { width };
    let (table, table_height) = text_table(&heads, &rows, (0.0, 0.0), column);
    let at = match is_wide {
        true => (column + GAP, 0.0),
        false => (0.0, table_height + GAP_BELOW),
    };
    let (facts, facts_height) = facts(&run, at, column);
    let height = table_height.max(at.1 + facts_height);
    (el("g").add(table).add(facts), Size { width, height })
}

/// What a comparison found, once it is done.
#[must_use]
pub fn verdict(agreement: &Agreement) -> Option<String> {
    if !agreement.is_done() {
        return None;
    }
    Some(if agreement.holds() {
        format!(
            "The GPU and the trace agree to {}.",
            scientific(agreement.trace.largest())
        )
    } else {
        let (what, found, bound) = worst(agreement);
        format!(
            "The GPU does not compute what it should: its {what} differs by {}, and 32 bits \
             explain {}.",
            scientific(found),
            scientific(bound)
        )
    })
}

/// The difference that is furthest beyond its bound.
fn worst(agreement: &Agreement) -> (&'static str, f64, f64) {
    let bounds = agreement.bounds();
    let output = agreement.trace.output.max(agreement.dense.output);
    let lse = agreement.trace.lse.max(agreement.dense.lse);
    if output > bounds.output {
        ("output", output, bounds.output)
    } else {
        ("log-sum-exp", lse, bounds.lse)
    }
}
