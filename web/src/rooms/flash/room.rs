//! The room, put together of its figures and controls.

use headlight_view::State;
use headlight_view::answers::head::Head;
use headlight_view::rooms::flash::catalogue::FlashFigure;
use headlight_view::rooms::flash::{FlashAction, words};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::current_step::CurrentStep;
use super::dispatch::act;
use super::flash_view::{FlashView, more};
use super::step_sentence::says;
use super::step_tables::StepTables;
use super::{compared_stage, controls, device, error_badge, ledger, lesson, pseudo_code};
use super::{row, stage, timeline, transport};
use crate::controls::{text, value_of};
use crate::derived::react;
use crate::frame::element_ids::FIGURE;
use crate::host;
use crate::store::{Store, store};

/// The room.
pub(super) fn draw_room() -> AnyView {
    let store = store();
    read_links(store);
    fetch_recorded(store);
    let now = CurrentStep::new(store);
    let room = FlashView {
        store,
        now,
        numbers: StepTables::new(store, now),
    };
    transport::listen_to_keys(store);
    transport::keep_time(store);
    // Which step the tables tell of; they follow the figures.
    let step = value_of(move || Some(room.numbers.step()?.to_string()));
    view! {
        <main class="flash" data-step=step>
            <section class="board" id=FIGURE tabindex="-1" aria-label=words::STAGE>
                {intent(store)}
                {controls::all(room)}
                <div class="said">{says(now)}{more(FlashFigure::Stage)}</div>
                {compared_stage::pace(room, false)}
                {stage::stage(room, false)}
                {compared_stage::beside(room)}
                {transport::transport(room)}
                {timeline::timeline(room)}
                {room.behind(FlashFigure::Stage)}
                {room.numbers.grid()}
                {room.behind(FlashFigure::Timeline)}
                {device::section(room)}
            </section>
            <section class="side">
                {ledger::ledger(room)}
                {error_badge::error_badge(room)}
                {pseudo_code::pseudo_code(now)}
                {row::row(room)}
            </section>
        </main>
        <lesson::Lesson now/>
    }
    .into_any()
}

/// What the room is about.
fn intent(store: Store) -> AnyView {
    let intent = store.select(|state: &State| {
        let head = state.flash.head.as_ref();
        let head = head.map(|inputs| Head {
            layer: inputs.layer,
            head: inputs.head,
        });
        words::intent(&state.flash.source, head)
    });
    view! {
        <div class="intent"><h2>{words::TITLE}</h2><p>{text(move || Some(intent.get()))}</p></div>
    }
    .into_any()
}

/// Reads what a link says of the room, now and whenever the address changes.
fn read_links(store: Store) {
    let is_linked = store.select(|state: &State| state.flash.unread_link.is_some());
    react(move || {
        if is_linked.get() {
            act(store, FlashAction::ReadLink);
        }
    });
}

/// Fetches the head that came with the page, which fills the time until the engine answers.
fn fetch_recorded(store: Store) {
    let wanted = store.peek(|state| {
        let is_missing = state.flash.head.is_none();
        is_missing.then(|| state.frame.session.model().to_owned())
    });
    if let Some(model) = wanted {
        spawn_local(async move {
            if let Ok(json) = host::fetch_text(&format!("recorded-heads/{model}.json")).await {
                act(store, FlashAction::Recorded(json));
            }
        });
    }
}
