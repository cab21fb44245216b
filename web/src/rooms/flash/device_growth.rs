//! How time, memory and error of our kernel grow with the sequence.

use headlight_view::rooms::flash::catalogue::FlashFigure;
use headlight_view::rooms::flash::device::MeasurementShown;
use headlight_view::rooms::flash::figures::growth;
use headlight_view::rooms::flash::words::device as words;
use leptos::html::Div;
use leptos::prelude::*;

use super::device_run::status;
use super::flash_view::{FlashView, more, still};
use crate::controls::{shown_if, text};
use crate::derived::{Derived, react};

/// Longer and longer sequences.
pub fn lengths(room: FlashView, measurement: Derived<MeasurementShown>) -> AnyView {
    let [_, table] = room.numbers.on_device();
    react(move || table.set(measurement.with(|shown| shown.measured().map(growth::table))));
    let state = move || measurement.with(words::measurement_state);
    let is_there = Derived::new(move || measurement.with(|shown| shown.measured().is_some()));
    view! {
        {status(state)}
        {shown_if(is_there, move || chart(measurement))}
        {room.behind(FlashFigure::Growth)}
    }
    .into_any()
}

/// The two panels.
fn chart(measurement: Derived<MeasurementShown>) -> AnyView {
    const TITLE: &str = "device-growth-title";
    const SAYS: &str = "device-growth-says";
    let element = NodeRef::<Div>::new();
    let drawing =
        move |width| measurement.with(|shown| Some(growth::drawing(shown.measured()?, width)));
    let sentence = move || measurement.with(|shown| shown.measured().map(growth::sentence));
    view! {
        <figure
            class="device-growth"
            data-figure=FlashFigure::Growth.name()
            aria-labelledby=TITLE
            aria-describedby=SAYS
        >
            <div class="device-run"><h3 id=TITLE>{words::GROWTH}</h3>{more(FlashFigure::Growth)}</div>
            <div class="device-chart" node_ref=element>{still(element, drawing)}</div>
            <figcaption id=SAYS>{text(sentence)}</figcaption>
        </figure>
    }
    .into_any()
}
