//! How time, memory and error of our kernel grow with the sequence.

use headlight_view::rooms::flash::catalogue::FlashFigure;
use headlight_view::rooms::flash::device::Growth;
use headlight_view::rooms::flash::device::Way;
use headlight_view::rooms::flash::figures::growth;
use headlight_view::rooms::flash::figures::growth::{Cross, GrowthChart, Label, Line, Panel, Tick};
use headlight_view::rooms::flash::words::device as words;
use leptos::html::Div;
use leptos::prelude::*;

use super::device_run::status;
use super::flash_view::{FlashView, more};
use crate::derived::{Derived, react};
use crate::draw::{Element, Node, el, reactive};
use crate::host;

/// Longer and longer sequences.
pub fn lengths(room: FlashView, growth: Derived<Option<Growth>>) -> [Node; 3] {
    let [_, table] = room.numbers.on_device();
    react(move || table.set(growth.with(|growth| growth.as_ref().map(growth::table))));
    let state = reactive(move || {
        let state = growth.with(|growth| growth.as_ref().map(words::growth_state));
        status(state).into()
    });
    let chart = chart(growth);
    let chart = reactive(move || match growth.with(Option::is_some) {
        true => chart.clone(),
        false => Node::NOTHING,
    });
    [state, chart, room.behind(FlashFigure::Growth)]
}

/// The two panels.
fn chart(growth: Derived<Option<Growth>>) -> Node {
    const TITLE: &str = "device-growth-title";
    const SAYS: &str = "device-growth-says";
    let element = NodeRef::<Div>::new();
    let width = host::width_of(element);
    let chart = reactive(move || {
        let width = width.get();
        let chart = growth.with(|growth| Some(draw(&GrowthChart::new(growth.as_ref()?, width))));
        chart.into()
    });
    let sentence = reactive(move || {
        let said = growth.with(|growth| growth.as_ref().map(growth::sentence));
        el("figcaption").set("id", SAYS).add(said).into()
    });
    let heading = el("div")
        .class("device-run")
        .add(el("h3").set("id", TITLE).add(words::GROWTH))
        .add(more(FlashFigure::Growth));
    el("figure")
        .class("device-growth")
        .set("data-figure", FlashFigure::Growth.name())
        .set("aria-labelledby", TITLE)
        .set("aria-describedby", SAYS)
        .add(heading)
        .add(el("div").class("device-chart").hold(element).add(chart))
        .add(sentence)
        .into()
}

fn draw(chart: &GrowthChart) -> Element {
    el("svg")
        .set("aria-hidden", "true")
        .at("width", chart.width)
        .at("height", chart.height)
        .all(chart.panels.iter().map(panel))
}

fn panel(panel: &Panel) -> Element {
    let (left, right) = panel.x;
    let (_, bottom) = panel.y;
    let grid = |from: (f64, f64), to: (f64, f64)| {
        el("line")
            .class("device-grid")
            .at("x1", from.0)
            .at("y1", from.1)
            .at("x2", to.0)
            .at("y2", to.1)
    };
    let across = |tick: &Tick| grid((left, tick.at), (right, tick.at));
    let below = |tick: &Tick| grid((tick.at, bottom), (tick.at, bottom + 4.0));
    let amount = |tick: &Tick| {
        text(
            "device-tick",
            left - 7.0,
            tick.at + 4.0,
            "end",
            tick.label.clone(),
        )
    };
    let length = |tick: &Tick| {
        text(
            "device-tick",
            tick.at,
            bottom + 16.0,
            "middle",
            tick.label.clone(),
        )
    };
    let (title_x, title_y) = panel.at;
    let title = words::panel(panel.amount);
    el("g")
        .add(text(
            "device-panel",
            title_x,
            title_y + 12.0,
            "start",
            title,
        ))
        .all(panel.grid.iter().map(across))
        .all(panel.grid.iter().map(amount))
        .all(panel.lengths.iter().map(below))
        .all(panel.lengths.iter().map(length))
        .add(text(
            "device-tick",
            right,
            bottom + 31.0,
            "end",
            words::TOKENS,
        ))
        .all(panel.lines.iter().map(line))
        .all(panel.crosses.iter().map(cross))
}

fn text(
    class: &'static str,
    x: f64,
    y: f64,
    anchor: &'static str,
    says: impl Into<Node>,
) -> Element {
    el("text")
        .class(class)
        .at("x", x)
        .at("y", y)
        .set("text-anchor", anchor)
        .add(says)
}

/// A line with its points: round ones for our kernel, square ones and dashes for
/// standard attention.
fn line(line: &Line) -> Element {
    let (class, is_flash) = match line.way {
        Way::Flash => ("device-line device-flash", true),
        Way::Standard => ("device-line device-standard", false),
    };
    let mark = |&(x, y): &(f64, f64)| {
        if is_flash {
            el("circle").at("cx", x).at("cy", y).set("r", "3.5")
        } else {
            let side = |square: Element| square.set("width", "6").set("height", "6");
            side(el("rect").at("x", x - 3.0).at("y", y - 3.0))
        }
    };
    el("g")
        .class(class)
        .add(el("polyline").set("points", line.path.clone()))
        .all(line.points.iter().map(mark))
        .add(label(line.label, words::way(line.way)))
}

fn cross(cross: &Cross) -> Element {
    let Cross { x, y, label: word } = *cross;
    let path = format!("M{} {} l8 8 m0 -8 l-8 8", x - 4.0, y - 4.0);
    let word = word.map(|word| label(word, words::DOES_NOT_FIT));
    el("g")
        .class("device-cross")
        .add(el("path").set("d", path))
        .add(word)
}

fn label(label: Label, word: &'static str) -> Element {
    let anchor = if label.is_end { "end" } else { "start" };
    text("device-label", label.x, label.y, anchor, word)
}
