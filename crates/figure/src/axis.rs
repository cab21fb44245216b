//! Axes: ticks with labels that do not collide, a title, a grid.

use crate::element::{Element, Node, el, line_between, number};
use crate::scale::{Bands, Scale};
use crate::text_style::{Anchor, LABEL, NOTE, NUMBER};
use crate::ticks::Tick;

/// Side of the plot on which an axis stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Above the plot.
    Top,
    /// Below the plot.
    Bottom,
    /// To the left of the plot.
    Left,
    /// To the right of the plot.
    Right,
}

/// Length of a tick.
const TICK: f64 = 4.0;
/// Between a tick, or a plot with a grid, and its label.
const LABEL_GAP: f64 = 4.0;
/// Between labels and the title beside them.
const TITLE_GAP: f64 = 8.0;
/// Free room between two labels side by side.
const APART: f64 = 10.0;
/// Distance of the baselines of two labels one above the other.
const LINES_APART: f64 = 20.0;
/// Most ticks with a label.
const MOST_LABELS: usize = 10;
/// Narrowest band whose label can be read when labels stand upright.
const LINE_OF_NAMES: f64 = 14.0;
/// Narrowest band whose label can be read when labels slope.
const SLOPING_LINE: f64 = 19.0;
/// Slope of labels that are wider than their band, in degrees.
const SLOPE: f64 = -45.0;

/// An axis under construction; it becomes an element where one is asked for.
///
/// ```
/// use headlight_figure::{Scale, Side, axis};
///
/// let x = Scale::linear((0.0, 1.0), (40.0, 440.0));
/// let drawn = axis(&x, Side::Bottom, 300.0).grid(20.0).title("what it says").element();
/// assert_eq!(drawn.class, "axis");
/// ```
pub struct Axis<'a> {
    scale: &'a Scale,
    side: Side,
    at: f64,
    grid: Option<f64>,
    title: Option<&'a str>,
    label: Option<&'a dyn Fn(f64) -> String>,
    n_most: usize,
}

/// An axis of a scale on a side of the plot whose edge there is at `at`.
#[must_use]
pub fn axis(scale: &Scale, side: Side, at: f64) -> Axis<'_> {
    Axis {
        scale,
        side,
        at,
        grid: None,
        title: None,
        label: None,
        n_most: MOST_LABELS,
    }
}

impl<'a> Axis<'a> {
    /// Draws lines through the plot, to its opposite edge, in place of ticks.
    #[must_use]
    pub const fn grid(mut self, opposite: f64) -> Self {
        self.grid = Some(opposite);
        self
    }

    /// Says what the values are.
    #[must_use]
    pub const fn title(mut self, title: &'a str) -> Self {
        self.title = Some(title);
        self
    }

    /// Writes labels in another way than as plain numbers.
    #[must_use]
    pub fn label(mut self, label: &'a dyn Fn(f64) -> String) -> Self {
        self.label = Some(label);
        self
    }

    /// Draws no more than `n` labels.
    #[must_use]
    pub const fn at_most(mut self, n: usize) -> Self {
        self.n_most = n;
        self
    }

    /// Room that labels and title take beyond the plot's edge.
    #[must_use]
    pub fn room(&self) -> f64 {
        let ticks = self.ticks();
        let title = self.title.map_or(0.0, |_| NOTE.line() + TITLE_GAP);
        self.distance() + self.depth(&ticks) + title
    }

    /// The axis as it is drawn: grid or ticks, labels, title.
    #[must_use]
    pub fn element(&self) -> Element {
        let ticks = self.ticks();
        let (from, to) = self.scale.range();
        let mut drawn = el("g").class("axis");
        if self.grid.is_none() {
            let ends = (self.point(from, 0.0), self.point(to, 0.0));
            drawn = drawn.add(line_between(ends.0, ends.1).class("axis-line"));
        }
        drawn = drawn.all(ticks.iter().filter_map(|tick| self.tick(tick)));
        drawn = drawn.all(
            ticks
                .iter()
                .filter(|tick| tick.is_major)
                .map(|tick| self.label_of(tick)),
        );
        drawn.add(self.title.map(|title| self.title_of(title, &ticks)))
    }

    /// As many ticks as have labels that do not collide.
    fn ticks(&self) -> Vec<Tick> {
        let apart = if self.is_horizontal() {
            4.0 * APART
        } else {
            LINES_APART
        };
        let most = ((self.scale.length() / apart) as usize).clamp(1, self.n_most.max(1));
        let candidates = (1..=most).rev().map(|n| self.labelled(n));
        let mut fewest = Vec::new();
        for ticks in candidates {
            if self.is_readable(&ticks) {
                return ticks;
            }
            fewest = ticks;
        }
        self.thinned(fewest)
    }

    fn labelled(&self, n: usize) -> Vec<Tick> {
        let mut ticks = self.scale.ticks(n);
        if let Some(label) = self.label {
            for tick in ticks.iter_mut().filter(|tick| tick.is_major) {
                tick.label = label(tick.value);
            }
        }
        ticks
    }

    fn is_readable(&self, ticks: &[Tick]) -> bool {
        let major: Vec<&Tick> = ticks.iter().filter(|tick| tick.is_major).collect();
        major.len() <= self.n_most.max(2)
            && major
                .windows(2)
                .all(|pair| self.are_apart(pair[0], pair[1]))
    }

    fn are_apart(&self, first: &Tick, second: &Tick) -> bool {
        let distance = (first.place - second.place).abs();
        if self.is_horizontal() {
            let widths = NUMBER.width(&first.label) + NUMBER.width(&second.label);
            distance >= widths / 2.0 + APART
        } else {
            distance >= NUMBER.line()
        }
    }

    /// Labels that collide with one before them are left out.
    fn thinned(&self, mut ticks: Vec<Tick>) -> Vec<Tick> {
        let mut last: Option<Tick> = None;
        for tick in ticks.iter_mut().filter(|tick| tick.is_major) {
            match &last {
                Some(last) if !self.are_apart(last, tick) => {
                    tick.is_major = false;
                    tick.label.clear();
                }
                _ => last = Some(tick.clone()),
            }
        }
        ticks
    }

    const fn is_horizontal(&self) -> bool {
        matches!(self.side, Side::Top | Side::Bottom)
    }

    /// A place along the axis, `away` from the plot.
    const fn point(&self, along: f64, away: f64) -> (f64, f64) {
        match self.side {
            Side::Top => (along, self.at - away),
            Side::Bottom => (along, self.at + away),
            Side::Left => (self.at - away, along),
            Side::Right => (self.at + away, along),
        }
    }

    fn tick(&self, tick: &Tick) -> Option<Element> {
        if let Some(opposite) = self.grid {
            let across = if self.is_horizontal() {
                (tick.place, opposite)
            } else {
                (opposite, tick.place)
            };
            let line = line_between(self.point(tick.place, 0.0), across);
            return tick.is_major.then(|| line.class("grid-line"));
        }
        let length = if tick.is_major { TICK } else { TICK / 2.0 };
        let ends = (self.point(tick.place, 0.0), self.point(tick.place, length));
        let line = line_between(ends.0, ends.1).class("axis-tick");
        Some(line.class_if("is-minor", !tick.is_major))
    }

    /// From the plot's edge to the labels.
    const fn distance(&self) -> f64 {
        match self.grid {
            Some(_) => LABEL_GAP + 2.0,
            None => TICK + LABEL_GAP,
        }
    }

    /// Pixels from the axis line to the far end of its labels.
    fn depth(&self, ticks: &[Tick]) -> f64 {
        if self.is_horizontal() {
            return NUMBER.size;
        }
        let widths = ticks.iter().map(|tick| NUMBER.width(&tick.label));
        widths.fold(0.0, f64::max)
    }

    fn label_of(&self, tick: &Tick) -> Element {
        let (x, y) = self.point(tick.place, self.distance());
        let (y, anchor) = match self.side {
            Side::Top => (y, Anchor::Middle),
            Side::Bottom => (y + NUMBER.size * 0.8 + 2.0, Anchor::Middle),
            Side::Left => (y + NUMBER.below_middle(), Anchor::End),
            Side::Right => (y + NUMBER.below_middle(), Anchor::Start),
        };
        NUMBER.at(x, y, anchor, tick.label.clone())
    }

    fn title_of(&self, title: &str, ticks: &[Tick]) -> Element {
        let (from, to) = self.scale.range();
        let away = self.distance() + self.depth(ticks) + TITLE_GAP;
        let length = self.scale.length();
        axis_title(title, self.side, (from + to) / 2.0, self.at, away, length)
    }
}

impl From<Axis<'_>> for Node {
    fn from(axis: Axis<'_>) -> Self {
        axis.element().into()
    }
}

impl std::fmt::Debug for Axis<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Axis")
            .field("scale", self.scale)
            .field("side", &self.side)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// Title of an axis: what its values are, along the axis and `away` from the plot.
#[must_use]
pub fn axis_title(
    title: &str,
    side: Side,
    middle: f64,
    at: f64,
    away: f64,
    length: f64,
) -> Element {
    let text = NOTE.fitted(title, length.max(80.0));
    let turned = |x: f64| {
        let turn = format!("rotate(-90 {} {})", number(x), number(middle));
        NOTE.at(x, middle, Anchor::Middle, text.clone())
            .set("transform", turn)
    };
    match side {
        Side::Top => NOTE.at(middle, at - away, Anchor::Middle, text),
        Side::Bottom => NOTE.at(middle, at + away + NOTE.size, Anchor::Middle, text),
        Side::Left => turned(at - away),
        Side::Right => turned(at + away + NOTE.size),
    }
}

/// Names beside bands: one per band where there is room, else every second, third, ..
///
/// Beside the plot they end at its edge and are cut to `room`; above and below it they
/// slope upwards where they are wider than their band.
#[must_use]
pub fn band_names(
    bands: &Bands,
    names: &[String],
    side: Side,
    at: f64,
    room: f64,
    selected: Option<usize>,
) -> Element {
    let step = bands.step().abs();
    let is_sideways = matches!(side, Side::Top | Side::Bottom);
    let widest = names
        .iter()
        .map(|name| LABEL.width(name))
        .fold(0.0, f64::max);
    let is_sloping = is_sideways && widest + APART / 2.0 > step;
    let line = if is_sloping {
        SLOPING_LINE
    } else {
        LINE_OF_NAMES
    };
    let stride = match step {
        _ if is_sideways && !is_sloping => 1,
        0.0 => 1,
        step => (line / step).ceil().max(1.0) as usize,
    };
    let mut drawn = el("g").class("band-names");
    for (index, name) in names.iter().enumerate().take(bands.n) {
        let is_selected = selected == Some(index);
        // The selected name has the room of those beside it.
        let is_beside = selected.is_some_and(|selected| index.abs_diff(selected) < stride);
        if !is_selected && (index % stride != 0 || is_beside) {
            continue;
        }
        let text = LABEL.fitted(name, room);
        let middle = bands.middle(index);
        let below = LABEL.below_middle();
        let element = match side {
            Side::Left => LABEL.at(at - 2.0 * LABEL_GAP, middle + below, Anchor::End, text),
            Side::Right => LABEL.at(at + 2.0 * LABEL_GAP, middle + below, Anchor::Start, text),
            Side::Top if is_sloping => sloping(middle, at - LABEL_GAP, Anchor::Start, text),
            Side::Bottom if is_sloping => sloping(
                middle + below,
                at + 2.0 * LABEL_GAP + below,
                Anchor::End,
                text,
            ),
            Side::Top => LABEL.at(middle, at - 2.0 * LABEL_GAP, Anchor::Middle, text),
            Side::Bottom => LABEL.at(middle, at + LABEL_GAP + LABEL.size, Anchor::Middle, text),
        };
        drawn = drawn.add(
            element
                .class_if("is-selected", is_selected)
                .key(index as u64 + 1),
        );
    }
    drawn
}

fn sloping(x: f64, y: f64, anchor: Anchor, text: String) -> Element {
    let turn = format!("rotate({SLOPE} {} {})", number(x), number(y));
    LABEL.at(x, y, anchor, text).set("transform", turn)
}
