//! The steps around the one that is shown, as coloured cells.

use headlight_view::rooms::flash::catalogue::FlashFigure;
use headlight_view::rooms::flash::figures::timeline::{
    Cell, Timeline, step_at, timeline as lay_out,
};
use headlight_view::rooms::flash::{EventKind, FlashAction, words};
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::flash_view::{FlashView, more};
use crate::derived::{Derived, Local};
use crate::draw::{Element, Node, el, reactive, rect};
use crate::host;

/// The cells, and what their colours mean.
pub fn timeline(room: FlashView) -> Node {
    let element = NodeRef::<Div>::new();
    let width = host::width_of(element);
    let held = Local::new(None::<u64>);
    let drawn = Derived::new(move || {
        let width = width.get();
        if width < 1.0 {
            return None;
        }
        let (course, step) = room.now.course()?;
        Some(lay_out(&course, step, width, held.get()))
    });
    let go = move |event: &web_sys::Event| {
        let event: &web_sys::PointerEvent = event.unchecked_ref();
        let is_pressed = event.type_() == "pointerdown";
        if is_pressed {
            host::capture_pointer(event);
            // What is under the pointer stays there while it is dragged.
            held.set(drawn.with_untracked(|line| line.as_ref().map(|line| line.span.0)));
        } else if event.buttons() != 1 {
            return;
        }
        let Some(element) = element.get_untracked() else {
            return;
        };
        let left = element
            .unchecked_into::<web_sys::Element>()
            .get_bounding_client_rect()
            .left();
        let x = f64::from(event.client_x()) - left;
        if let Some(step) = drawn.with_untracked(|line| step_at(line.as_ref()?, x)) {
            room.act(FlashAction::GoTo(step));
        }
    };
    let cells = reactive(move || {
        let svg = el("svg")
            .at("width", width.get())
            .set("height", "30")
            .set("role", "img")
            .set("aria-label", words::TIMELINE);
        drawn
            .with(|line| match line {
                Some(line) => svg
                    .add(el("g").all(line.cells.iter().map(cell)))
                    .add(line.now.map(mark)),
                None => svg,
            })
            .into()
    });
    let kinds = reactive(move || {
        let kinds = drawn.with(|line| line.as_ref().map(Timeline::kinds).unwrap_or_default());
        let entry = |kind| {
            el("li")
                .add(el("i").class(class_of(kind)))
                .add(words::kind(kind))
        };
        el("ul")
            .class("kinds")
            .set("aria-hidden", "true")
            .all(kinds.into_iter().map(entry))
            .into()
    });
    let window = reactive(move || {
        let window = drawn.with(|line| line.as_ref().map(words::timeline_window));
        el("p").class("number").add(window).into()
    });
    let line = el("div")
        .class("timeline")
        .set("title", words::TIMELINE)
        .hold(element)
        .on("pointerdown", go)
        .on("pointermove", go)
        .on("pointerup", move |_| held.set(None))
        .on("pointercancel", move |_| held.set(None))
        .add(cells);
    let figure = el("figure")
        .set("data-figure", FlashFigure::Timeline.name())
        .set("aria-label", words::TIMELINE)
        .add(line)
        .add(el("div").class("line-foot").add(kinds).add(window));
    el("div")
        .class("strip")
        .add(figure)
        .add(more(FlashFigure::Timeline))
        .into()
}

fn cell(cell: &Cell) -> Element {
    let done = if cell.is_done { " done" } else { "" };
    let top = if cell.begins_tile { 2.0 } else { 5.0 };
    rect(cell.x, top, cell.width.max(0.8), 18.0 - top)
        .class(format!("{}{done}", class_of(cell.kind)))
}

/// Where the step is.
fn mark(x: f64) -> Element {
    el("path")
        .class("mark")
        .set("d", format!("M{x:.1} 21 l-5 7 h10 Z"))
}

const fn class_of(kind: EventKind) -> &'static str {
    use EventKind as Kind;
    match kind {
        Kind::Load => "event load",
        Kind::Scores => "event scores",
        Kind::Mask => "event mask",
        Kind::RowMax => "event row-max",
        Kind::Rescale => "event rescale",
        Kind::Exp => "event exp",
        Kind::RowSum => "event row-sum",
        Kind::Pv => "event pv",
        Kind::Normalise => "event normalise",
        Kind::Store => "event store",
        Kind::Skip => "event skipped",
        Kind::Merge => "event merge",
    }
}
