//! How time, memory and error of our kernel grow with the sequence.

use headlight_view::rooms::flash::catalogue::FlashFigure;
use headlight_view::rooms::flash::device::Growth;
use headlight_view::rooms::flash::figures::growth;
use headlight_view::rooms::flash::words::device as words;
use leptos::html::Div;
use leptos::prelude::*;

use super::device_run::status;
use super::flash_view::{FlashView, more, still};
use crate::derived::{Derived, react};
use crate::draw::{Node, el, reactive};

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
    let drawing = move |width| {
        let drawing = |growth: &Growth| growth::drawing(growth, width);
        growth.with(|growth| growth.as_ref().map(drawing))
    };
    let chart = still(element, drawing);
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
