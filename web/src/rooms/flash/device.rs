//! Our kernel on the visitor's own GPU: what can be asked of it, and what it answered.

use headlight_view::State;
use headlight_view::frame::action::FrameAction;
use headlight_view::rooms::flash::FlashAction;
use headlight_view::rooms::flash::device::{Computes, Growth, RunShown, Stage};
use headlight_view::rooms::flash::device_ask;
use headlight_view::rooms::flash::words::device as words;
use headlight_view::session::{Choice, Input};

use super::device_growth::lengths;
use super::device_run::{one_run, status};
use super::flash_view::FlashView;
use crate::derived::Derived;
use crate::draw::{Element, Node, el, reactive};

/// The section below the stage.
pub fn section(room: FlashView) -> Node {
    const TITLE: &str = "device-title";
    let computing = room
        .store
        .select(|state: &State| device_ask::computes(&state.frame));
    let run = room
        .store
        .select(|state: &State| device_ask::run_shown(&state.flash, &state.frame));
    let growth = room
        .store
        .select(|state: &State| device_ask::growth_shown(&state.flash, &state.frame));
    let says = reactive(move || {
        let said = match computing.get() {
            Computes::Gpu => None,
            Computes::Awaited => Some(words::AWAITED.to_owned()),
            Computes::Preparing => Some(words::PREPARING.to_owned()),
            Computes::NotGpu { why, .. } => Some(why),
        };
        status(said).into()
    });
    // Nothing is offered that would not work.
    let buttons = reactive(move || {
        let all = el("div").class("device-buttons");
        match computing.get() {
            Computes::Gpu => all.all(buttons(room, run, growth)),
            Computes::NotGpu { can_ask: true, .. } => {
                let ask = FrameAction::Engine(Input::Choose(Choice::Gpu));
                all.add(button(words::USE_GPU, move || {
                    room.store.dispatch(ask.clone());
                }))
            }
            Computes::Awaited | Computes::Preparing | Computes::NotGpu { .. } => all,
        }
        .into()
    });
    el("section")
        .class("device")
        .set("aria-labelledby", TITLE)
        .add(el("h2").set("id", TITLE).add(words::HEADING))
        .add(el("p").class("device-about").add(words::ABOUT))
        .add(says)
        .add(buttons)
        .all(one_run(room, run))
        .all(lengths(room, growth))
        .into()
}

fn button(name: &'static str, act: impl Fn() + 'static) -> Element {
    el("button")
        .set("type", "button")
        .class("button")
        .click(act)
        .add(name)
}

/// What can be done with a GPU.
fn buttons(
    room: FlashView,
    run: Derived<RunShown>,
    growth: Derived<Option<Growth>>,
) -> [Element; 2] {
    let run_label = run.with(|run| match run {
        RunShown::Nothing | RunShown::Awaited => words::RUN,
        _ => words::RUN_AGAIN,
    });
    // One button for both, so that whoever pressed it keeps the focus.
    let (label, action) = growth.with(|growth| match growth.as_ref().map(|growth| &growth.stage) {
        Some(Stage::Measuring(_)) => (words::STOP, FlashAction::StopMeasuring),
        Some(_) => (words::MEASURE_AGAIN, FlashAction::MeasureGrowth),
        None => (words::MEASURE, FlashAction::MeasureGrowth),
    });
    [
        button(run_label, move || room.act(FlashAction::RunOnDevice)),
        button(label, move || room.act(action.clone())),
    ]
}
