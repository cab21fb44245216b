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
use super::numbers::Numbers;
use super::step_sentence::says;
use super::{beside, controls, device, error_badge, ledger, lesson, pseudo_code};
use super::{row, stage, timeline, transport};
use crate::derived::react;
use crate::draw::{Node, drawn, el, leptos as leptos_view, reactive};
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
        numbers: Numbers::new(store, now),
    };
    transport::listen_to_keys(store);
    transport::keep_time(store);
    let board = el("section")
        .class("board")
        .set("id", FIGURE)
        .set("tabindex", "-1")
        .set("aria-label", words::STAGE)
        .add(intent(store))
        .add(controls::all(room))
        .add(
            el("div")
                .class("said")
                .add(says(now))
                .add(more(FlashFigure::Stage)),
        )
        .add(beside::pace(room, false))
        .add(stage::stage(room, false))
        .add(beside::beside(room))
        .add(transport::transport(room))
        .add(timeline::timeline(room))
        .add(room.behind(FlashFigure::Stage))
        .add(leptos_view(move || room.numbers.grid()))
        .add(room.behind(FlashFigure::Timeline))
        .add(device::section(room));
    let side = el("section")
        .class("side")
        .add(ledger::ledger(room))
        .add(error_badge::error_badge(room))
        .add(pseudo_code::pseudo_code(now))
        .add(row::row(room));
    let (board, side) = (Node::from(board), Node::from(side));
    let main = reactive(move || {
        let main = el("main").class("flash");
        // Which step the tables tell of; they follow the figures.
        let main = match room.numbers.step() {
            Some(step) => main.set("data-step", step.to_string()),
            None => main,
        };
        // Both follow by themselves.
        main.add(board.clone()).add(side.clone()).into()
    });
    view! {
        {drawn(main)}
        <lesson::Lesson now/>
    }
    .into_any()
}

/// What the room is about.
fn intent(store: Store) -> Node {
    let intent = store.select(|state: &State| {
        let head = state.flash.head.as_ref();
        let head = head.map(|inputs| Head {
            layer: inputs.layer,
            head: inputs.head,
        });
        words::intent(&state.flash.source, head)
    });
    reactive(move || {
        el("div")
            .class("intent")
            .add(el("h2").add(words::TITLE))
            .add(el("p").add(intent.get()))
            .into()
    })
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
