//! Our kernel on the visitor's own GPU: what can be asked of it, and what it answered.

use headlight_view::State;
use headlight_view::frame::action::FrameAction;
use headlight_view::rooms::flash::FlashAction;
use headlight_view::rooms::flash::device::{Computes, MeasurementShown, RunShown};
use headlight_view::rooms::flash::device_ask;
use headlight_view::rooms::flash::words::device as words;
use headlight_view::session::{BackendChoice, Input};
use leptos::prelude::*;

use super::device_growth::lengths;
use super::device_run::{one_run, status};
use super::flash_view::FlashView;
use crate::controls::{button, shown_if};
use crate::derived::{Derived, react};

/// The section below the stage.
pub fn section(room: FlashView) -> AnyView {
    const TITLE: &str = "device-title";
    let computing = room
        .store
        .select(|state: &State| device_ask::computes(&state.frame));
    let run = room
        .store
        .select(|state: &State| device_ask::run_shown(&state.flash, &state.frame));
    let measurement = room
        .store
        .select(|state: &State| device_ask::measurement_shown(&state.flash, &state.frame));
    let is_due = room
        .store
        .select(|state: &State| device_ask::is_due(&state.flash, &state.frame));
    react(move || {
        if is_due.get() {
            room.act(FlashAction::AskForWaiting);
        }
    });
    let says = move || match computing.get() {
        Computes::Gpu => None,
        Computes::Awaited => Some(words::AWAITED.to_owned()),
        Computes::Preparing => Some(words::PREPARING.to_owned()),
        Computes::NotGpu { why, .. } => Some(why),
    };
    // Nothing is offered that would not work.
    let is_gpu = Derived::new(move || matches!(computing.get(), Computes::Gpu));
    let can_ask =
        Derived::new(move || matches!(computing.get(), Computes::NotGpu { can_ask: true, .. }));
    let ask = move || {
        let ask = FrameAction::Engine(Input::Choose(BackendChoice::Gpu));
        let press = Callback::new(move |()| room.store.dispatch(ask.clone()));
        button(Derived::new(|| words::USE_GPU), press)
    };
    view! {
        <section class="device" aria-labelledby=TITLE>
            <h2 id=TITLE>{words::HEADING}</h2>
            <p class="device-about">{words::ABOUT}</p>
            {status(says)}
            <div class="device-buttons">
                {shown_if(is_gpu, move || buttons(room, run, measurement))}
                {shown_if(can_ask, ask)}
            </div>
            {one_run(room, run)}
            {lengths(room, measurement)}
        </section>
    }
    .into_any()
}

/// What can be done with a GPU.
fn buttons(
    room: FlashView,
    run: Derived<RunShown>,
    measurement: Derived<MeasurementShown>,
) -> AnyView {
    let run_label = Derived::new(move || {
        run.with(|run| match run {
            RunShown::Nothing | RunShown::Waiting(_) | RunShown::Awaited => words::RUN,
            _ => words::RUN_AGAIN,
        })
    });
    let run_it = Callback::new(move |()| room.act(FlashAction::RunOnDevice));
    // One button for both, so that whoever pressed it keeps the focus.
    let label = Derived::new(move || {
        measurement.with(|shown| match shown {
            shown if shown.is_open() => words::STOP,
            MeasurementShown::Begun(_) => words::MEASURE_AGAIN,
            _ => words::MEASURE,
        })
    });
    let measure = Callback::new(move |()| {
        room.act(match measurement.get_untracked().is_open() {
            true => FlashAction::StopMeasuring,
            false => FlashAction::MeasureGrowth,
        });
    });
    view! { {button(run_label, run_it)}{button(label, measure)} }.into_any()
}
