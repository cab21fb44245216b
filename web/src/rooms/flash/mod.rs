//! The Flash room: a module of its own, fetched by those who open it.
//!
//! It is drawn as plain elements (see [`drawing`](crate::draw)), not as views of
//! Leptos: that is what keeps the module small. Signals, memos and effects are Leptos's,
//! and so are the parts that it shares with the other room.

mod beside;
mod controls;
mod device;
mod growth;
mod lesson;
mod mosaic;
mod now;
mod numbers;
mod proof;
mod row;
mod side;
mod stage;
mod timeline;
mod transport;

use headlight_view::State;
use headlight_view::answers::run::Head;
use headlight_view::frame::action::FrameAction;
use headlight_view::reduce_flash;
use headlight_view::room::Room;
use headlight_view::rooms::attention::figures::sentence::Span;
use headlight_view::rooms::flash::catalogue::FlashFigure;
use headlight_view::rooms::flash::{FlashAction, sentence, words};
use headlight_view::session::words as session_words;
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use wasm_bindgen_futures::spawn_local;

use crate::derived::react;
use crate::draw::{Node, drawn, el, hatching, leptos as view_of, reactive};
use crate::frame::figure::More;
use crate::host;
use crate::store::{Store, store};
use now::Now;
use numbers::Numbers;

/// Says what the stage shows.
const SAYS: &str = "flash-says";

/// What draws the room.
type Draw = fn() -> AnyView;

/// The room, once its module is there; fetched when it is first opened.
#[component]
pub fn Flash() -> impl IntoView {
    let store = store();
    let is_open = store.select(|state: &State| state.room == Room::Flash);
    let draw = RwSignal::new(None::<Draw>);
    let is_asked = StoredValue::new(false);
    Effect::new(move |_| {
        if is_open.get() && !is_asked.get_value() {
            is_asked.set_value(true);
            host::enable_style("flash-style");
            fetch(store, draw);
        }
    });
    view! {
        <Show when=move || is_open.get()>
            {move || match draw.get() {
                Some(draw) => draw(),
                None => view! { <main class="flash"><p class="awaited late">{session_words::PART_AWAITED}</p></main> }.into_any(),
            }}
        </Show>
    }
}

fn fetch(store: Store, draw: RwSignal<Option<Draw>>) {
    spawn_local(async move {
        let found = open().await;
        store.dispatch(FrameAction::PartArrived(found.is_ok()));
        match found {
            Ok(found) => draw.set(Some(found)),
            Err(_) => set_timeout(move || fetch(store, draw), crate::second::PAUSE),
        }
    });
}

/// The room's module; an error if it could not be fetched.
#[wasm_split(flash, fallible, wasm_split_path = leptos::wasm_split)]
fn open() -> Result<Draw, SplitLoaderError> {
    Ok(draw_room)
}

/// What every part of the room knows.
#[derive(Clone, Copy)]
struct FlashView {
    store: Store,
    now: Now,
    numbers: Numbers,
}

impl FlashView {
    /// Applies an action of the room.
    fn act(self, action: FlashAction) {
        act(self.store, action);
    }

    /// What is behind a figure: how it is computed, and its numbers.
    fn behind(self, figure: FlashFigure) -> Node {
        let (table, command) = self.numbers.behind(self.store, figure);
        view_of(move || numbers::behind(figure, table, command))
    }
}

/// The menu of a figure.
fn more(figure: FlashFigure) -> Node {
    view_of(move || view! { <More figure/> }.into_any())
}

/// Applies an action of the room.
fn act(store: Store, action: FlashAction) {
    store.change(|state| reduce_flash(state, action));
}

/// The room.
fn draw_room() -> AnyView {
    let store = store();
    read_links(store);
    fetch_recorded(store);
    let now = Now::new(store);
    let room = FlashView {
        store,
        now,
        numbers: Numbers::new(store, now),
    };
    transport::listen_to_keys(store);
    transport::keep_time(store);
    let board = el("section")
        .class("board")
        .set("id", crate::rooms::attention::FIGURE)
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
        .add(hatch())
        .add(beside::pace(room, false))
        .add(stage::stage(room, false))
        .add(beside::beside(room))
        .add(transport::transport(room))
        .add(timeline::timeline(room))
        .add(room.behind(FlashFigure::Stage))
        .add(numbers::grid(room))
        .add(room.behind(FlashFigure::Timeline))
        .add(device::section(room));
    let side = el("section")
        .class("side")
        .add(side::ledger(room))
        .add(proof::proof(room))
        .add(side::code(now))
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
    let intent = store.keep(|state: &State| {
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

/// What happens at the step, or why nothing does.
fn says(now: Now) -> Node {
    reactive(move || {
        let said = now
            .shown()
            .map(|(player, moment)| sentence(&player, &moment));
        let said = said.unwrap_or_default();
        let trouble = now.trouble();
        let trouble = trouble.map(|trouble| el("span").class("trouble").add(trouble));
        el("p")
            .class("say")
            .set("id", SAYS)
            .all(spans(said))
            .add(trouble)
            .into()
    })
}

/// A sentence whose finding stands out.
fn spans(spans: Vec<Span>) -> impl Iterator<Item = Node> {
    spans.into_iter().map(|span| {
        if span.is_strong {
            el("strong").add(span.text).into()
        } else {
            span.text.into()
        }
    })
}

/// What all stages hatch with what the mask hides: the style sheet names it, so there is
/// one for the room.
fn hatch() -> Node {
    el("svg")
        .class("hatch-source")
        .set("width", "0")
        .set("height", "0")
        .set("aria-hidden", "true")
        .add(hatching("flash-hatch"))
        .into()
}

/// Reads what a link says of the room, now and whenever the address changes.
fn read_links(store: Store) {
    let is_linked = store.keep(|state: &State| state.flash.unread_link.is_some());
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
