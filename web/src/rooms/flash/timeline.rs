//! The steps around the one that is shown, as coloured cells.

use headlight_figure::Gesture;
use headlight_view::State;
use headlight_view::rooms::flash::catalogue::FlashFigure;
use headlight_view::rooms::flash::figures::timeline;
use headlight_view::rooms::flash::words;
use leptos::html::Div;
use leptos::prelude::*;

use super::flash_view::{FlashView, figure, more};
use crate::draw::{Node, el};
use crate::host;

/// The cells, and what their colours mean.
pub fn timeline(room: FlashView) -> Node {
    let element = NodeRef::<Div>::new();
    let width = host::width_of(element);
    let held = room.store.select(|state: &State| state.flash.timeline_from);
    let drawing = move |width| {
        let (course, step) = room.now.course()?;
        Some(timeline::drawing(&course, step, held.get(), width))
    };
    let act = move |gesture: Gesture| {
        let action = untrack(|| {
            let (course, step) = room.now.course()?;
            timeline::on_gesture(&gesture, &course, step, held.get(), width.get())
        });
        let is_some = action.is_some();
        if let Some(action) = action {
            room.act(action);
        }
        is_some
    };
    let line = el("div")
        .class("timeline")
        .set("title", words::TIMELINE)
        .hold(element)
        .add(figure(width, drawing, act));
    let figure = el("figure")
        .set("data-figure", FlashFigure::Timeline.name())
        .set("aria-label", words::TIMELINE)
        .add(line);
    el("div")
        .class("strip")
        .add(figure)
        .add(more(FlashFigure::Timeline))
        .into()
}
