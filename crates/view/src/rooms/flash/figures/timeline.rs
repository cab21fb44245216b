//! The steps as a row of coloured cells, those around the one that is shown.

use headlight_figure::{
    Anchor, Element, Gesture, GestureKind, NOTE, Path, Size, el, hit_area, phrase, rect,
};
use headlight_flash::EventKind;

use super::compare::SideBySide;
use crate::rooms::flash::FlashAction;
use crate::rooms::flash::words::{self, clock, thousands};

/// Narrowest drawing.
const NARROWEST: f64 = 120.0;
/// Least width of a cell in pixels.
const LEAST_CELL: f64 = 7.0;
/// Top of a cell that begins a tile, and of the others; bottom of all.
const TOPS: [f64; 2] = [2.0, 5.0];
const BOTTOM: f64 = 18.0;
/// Top of the mark below the step that is shown, its height, and half its width.
const MARK: (f64, f64, f64) = (21.0, 7.0, 5.0);
/// Height of cells and mark.
const CELLS_HEIGHT: f64 = 30.0;
/// Side of a sample in the legend, and the room between it and its name.
const SAMPLE: (f64, f64) = (10.0, 5.0);
/// Between two names of the legend.
const APART: f64 = 12.0;
/// Targets: the row of cells.
const STEPS: &str = "steps";

/// Cells of one kind of step, side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineCell {
    /// Its step: that many are done when it is.
    pub step: u64,
    /// Kind of the step.
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
    pub cells: Vec<TimelineCell>,
    /// Middle of the cell that was done last, in pixels.
    pub now: Option<f64>,
    /// The first step that is shown, and the last.
    pub span: (u64, u64),
    /// Number of steps in all.
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
        cells.push(TimelineCell {
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

/// The cells with a mark below the one that was done last, what their colours mean, and
/// which steps they are, in `width_px` pixels; `held` as for [`timeline`].
#[must_use]
pub fn drawing(
    course: &SideBySide,
    step: u64,
    held: Option<u64>,
    width_px: f64,
) -> (Element, Size) {
    let width = width_px.max(NARROWEST).floor();
    let line = timeline(course, step, width, held);
    let (names, height) = legend(&line, width);
    // What is pointed at comes first: it stays the same element whatever is drawn over it.
    let drawing = el("g")
        .add(hit_area((0.0, 0.0), (width, CELLS_HEIGHT), STEPS))
        .all(line.kinds().into_iter().flat_map(|kind| cells(&line, kind)))
        .add(line.now.map(|x| mark(x, width)))
        .add(names);
    let height = CELLS_HEIGHT + height;
    (drawing, Size { width, height })
}

/// Pressing the row of cells goes to the step there, and so does dragging, while what is
/// under the pointer stays there. `width_px` is that of the drawing.
#[must_use]
pub fn on_gesture(
    gesture: &Gesture,
    course: &SideBySide,
    step: u64,
    held: Option<u64>,
    width_px: f64,
) -> Option<FlashAction> {
    gesture.at(STEPS)?;
    match gesture.kind {
        GestureKind::Down | GestureKind::Drag => {
            let line = timeline(course, step, width_px.max(NARROWEST).floor(), held);
            let step = step_at(&line, gesture.x)?;
            let first = line.span.0;
            Some(FlashAction::DragTimeline { step, first })
        }
        GestureKind::Up | GestureKind::Click => Some(FlashAction::LetGoOfTimeline),
        _ => None,
    }
}

/// The cells of a kind, those that are done and those to come. As two paths: a step
/// changes two attributes of the document, where it would change every cell that moves.
fn cells(line: &Timeline, kind: EventKind) -> [Element; 2] {
    [true, false].map(|is_done| {
        let cells = line.cells.iter();
        let cells = cells.filter(|cell| cell.kind == kind && cell.is_done == is_done);
        let path = cells.fold(Path::default(), |path, cell| {
            let top = TOPS[usize::from(!cell.begins_tile)];
            path.rect(cell.x, top, cell.width.max(0.8), BOTTOM - top)
        });
        path.element()
            .class("step-cell")
            .class(class(kind))
            .class_if("is-to-come", !is_done)
    })
}

/// The mark below a step whose middle is at `x`; at an end of the line it is cut.
fn mark(x: f64, width: f64) -> Element {
    let (top, height, half) = MARK;
    let bottom = top + height;
    let path = Path::default()
        .move_to(x, top)
        .line_to((x - half).max(0.0), bottom);
    let path = path.line_to((x + half).min(width), bottom).close();
    path.element().class("step-mark")
}

/// What the colours mean, from the left, and which steps are shown, at the right; and the
/// height of both.
fn legend(line: &Timeline, width: f64) -> (Element, f64) {
    let mut drawn = el("g");
    let (mut x, mut n_lines) = (0.0, 1.0);
    let baseline = |n_lines: f64| CELLS_HEIGHT + n_lines * NOTE.line() - 4.0;
    for kind in line.kinds() {
        let name = words::kind(kind);
        let taken = SAMPLE.0 + SAMPLE.1 + NOTE.width(name);
        if x > 0.0 && x + taken > width {
            (x, n_lines) = (0.0, n_lines + 1.0);
        }
        let y = baseline(n_lines);
        let sample = rect(x, y - SAMPLE.0 + 1.0, SAMPLE.0, SAMPLE.0);
        drawn = drawn.add(sample.class("step-cell").class(class(kind)));
        let name = NOTE.at(x + SAMPLE.0 + SAMPLE.1, y, Anchor::Start, name);
        drawn = drawn.add(name);
        x += taken + APART;
    }
    let window = NOTE.fitted(&timeline_window(line), width);
    if x > 0.0 && x + NOTE.width(&window) > width {
        n_lines += 1.0;
        let window = NOTE.at(0.0, baseline(n_lines), Anchor::Start, window);
        return (drawn.add(window), n_lines * NOTE.line());
    }
    let window = NOTE.at(width, baseline(n_lines), Anchor::End, window);
    (drawn.add(window), n_lines * NOTE.line())
}

/// Class of a kind of step in the style sheet.
const fn class(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Load => "is-load",
        EventKind::Scores => "is-scores",
        EventKind::Mask => "is-mask",
        EventKind::RowMax => "is-row-max",
        EventKind::Rescale => "is-rescale",
        EventKind::Exp => "is-exp",
        EventKind::RowSum => "is-row-sum",
        EventKind::Pv => "is-pv",
        EventKind::Normalise => "is-normalise",
        EventKind::Store => "is-store",
        EventKind::Skip => "is-skip",
        EventKind::Merge => "is-merge",
    }
}

/// The timeline in one sentence: which steps it shows, and how many of all are done.
#[must_use]
pub fn summary(course: &SideBySide, step: u64, width_px: f64) -> String {
    let line = timeline(course, step, width_px.max(NARROWEST).floor(), None);
    let window = timeline_window(&line);
    phrase::sentence(&format!("{window}; {} done", thousands(step)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rooms::flash::Clock;
    use crate::rooms::flash::catalogue::FlashFigure;
    use crate::rooms::flash::test_drawing::{assert_inside, of_class, snapshot};
    use crate::rooms::flash::test_room::{player, square};
    use headlight_figure::{Target, Value};

    fn course() -> SideBySide {
        SideBySide::new(&player(square()), None, Clock::default())
    }

    fn gesture(kind: GestureKind, x: f64) -> Gesture {
        let mut gesture = Gesture::new(kind);
        (gesture.x, gesture.target) = (x, Some(Target { what: STEPS, at: 0 }));
        gesture
    }

    #[test]
    fn what_is_under_the_pointer_stays_there_while_it_is_dragged() {
        let course = course();
        let n = course.n_steps();
        let pressed = gesture(GestureKind::Down, 3.0);
        let Some(FlashAction::DragTimeline { step, first }) =
            on_gesture(&pressed, &course, n / 2, None, 140.0)
        else {
            panic!("a press goes to a step");
        };
        assert!(first > 1 && step == first, "{step} {first}");
        // The line would begin elsewhere around this step if it were not held.
        let dragged = gesture(GestureKind::Drag, 139.0);
        let found = on_gesture(&dragged, &course, step, Some(first), 140.0);
        let step = first + 19;
        assert_eq!(found, Some(FlashAction::DragTimeline { step, first }));
        for kind in [GestureKind::Up, GestureKind::Click] {
            let found = on_gesture(&gesture(kind, 139.0), &course, step, Some(first), 140.0);
            assert_eq!(found, Some(FlashAction::LetGoOfTimeline));
        }
        let over = gesture(GestureKind::Over, 3.0);
        assert_eq!(on_gesture(&over, &course, step, None, 140.0), None);
    }

    #[test]
    fn the_drawing_has_a_cell_per_step_and_a_mark_below_the_last_that_is_done() {
        let course = course();
        for width in [50.0, 300.0, 700.0, 20_000.0] {
            for step in [0, 1, course.n_steps()] {
                let (drawing, size) = drawing(&course, step, None, width);
                assert_inside(&drawing, size);
                let line = timeline(&course, step, size.width, None);
                let cells = of_class(&drawing, "step-cell");
                let n_cells = cells.iter().map(|cells| match cells.get("d") {
                    Some(Value::Text(outline)) => outline.matches('Z').count(),
                    _ => 0,
                });
                assert_eq!(n_cells.sum::<usize>(), line.cells.len());
                assert_eq!(of_class(&drawing, "step-mark").len(), usize::from(step > 0));
            }
        }
    }

    #[test]
    fn the_figure_is_what_it_was() {
        let course = course();
        for (width, file) in [(300.0, "timeline.narrow.svg"), (700.0, "timeline.svg")] {
            let (drawing, size) = drawing(&course, 9, None, width);
            let sentence = summary(&course, 9, width);
            snapshot(file, FlashFigure::Timeline, sentence, drawing, size);
        }
    }
}
