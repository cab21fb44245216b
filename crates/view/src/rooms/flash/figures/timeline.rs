//! The steps as a row of coloured cells, those around the one that is shown.

use crate::rooms::flash::words::{clock, thousands};
use headlight_flash::EventKind;

use super::compare::SideBySide;

/// Least width of a cell in pixels.
const LEAST_CELL: f64 = 7.0;

/// Cells of one kind of step, side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Its step: that many are done when it is.
    pub step: u64,
    /// What it does.
    pub kind: EventKind,
    /// Pixels from the left.
    pub x: f64,
    /// Pixels wide.
    pub width: f64,
    /// True if it is done.
    pub is_done: bool,
    /// True if another tile begins here.
    pub begins_tile: bool,
}

/// A stretch of steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// The cells, left to right.
    pub cells: Vec<Cell>,
    /// Middle of the cell that was done last, in pixels.
    pub now: Option<f64>,
    /// The first step that is shown, and the last.
    pub span: (u64, u64),
    /// How many steps there are.
    pub n_steps: u64,
}

/// The steps around the one that is shown, as many as fit into `width` pixels. While
/// someone drags along the line it stays where it was held: from the step `held` on.
#[must_use]
pub fn timeline(course: &SideBySide, step: u64, width: f64, held: Option<u64>) -> Timeline {
    let n = course.n_steps();
    let fitting = ((width / LEAST_CELL) as u64).max(1).min(n);
    let first = match held {
        Some(held) => held.saturating_sub(1),
        None => step.saturating_sub(fitting / 2),
    };
    let first = first.min(n - fitting);
    let pitch = width / fitting as f64;
    let mut cells = Vec::with_capacity(fitting as usize);
    let place = |index: u64| {
        let event = course.event(index)?;
        Some((course.is_beside(index), event.i, event.j))
    };
    let mut last = first.checked_sub(1).and_then(place);
    for place in 0..fitting {
        let Some(event) = course.event(first + place) else {
            break;
        };
        let here = Some((course.is_beside(first + place), event.i, event.j));
        cells.push(Cell {
            step: first + place + 1,
            kind: event.kind,
            x: place as f64 * pitch,
            width: pitch - 1.0,
            is_done: first + place < step,
            begins_tile: here != last,
        });
        last = here;
    }
    let now = step.checked_sub(first + 1).filter(|place| *place < fitting);
    Timeline {
        cells,
        now: now.map(|place| (place as f64 + 0.5) * pitch - 0.5),
        span: (first + 1, first + fitting),
        n_steps: n,
    }
}

impl Timeline {
    /// The kinds of step that occur, in the order in which a tile has them: the same
    /// wherever the stretch begins.
    #[must_use]
    pub fn kinds(&self) -> Vec<EventKind> {
        let occurs = |kind: &EventKind| self.cells.iter().any(|cell| cell.kind == *kind);
        EventKind::ALL.into_iter().filter(occurs).collect()
    }
}

/// The step at `x` pixels.
#[must_use]
pub fn step_at(timeline: &Timeline, x: f64) -> Option<u64> {
    let mut cells = timeline.cells.iter().rev();
    let found = cells
        .find(|cell| cell.x <= x)
        .or_else(|| timeline.cells.first());
    found.map(|cell| cell.step)
}

/// Which steps the timeline shows: `steps 61–139 of 420`.
#[must_use]
pub fn timeline_window(timeline: &Timeline) -> String {
    let (first, last) = timeline.span;
    let n_steps = thousands(timeline.n_steps);
    if first > last {
        // There is none to show.
        return clock(0, timeline.n_steps);
    }
    match last - first + 1 {
        1 => clock(first, timeline.n_steps),
        n if n == timeline.n_steps => format!("all {n_steps} steps"),
        _ => format!(
            "steps {}\u{2013}{} of {n_steps}",
            thousands(first),
            thousands(last)
        ),
    }
}
