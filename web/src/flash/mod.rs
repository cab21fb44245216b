//! The Flash room: a module of its own, fetched by those who open it.

mod beside;
mod controls;
mod device;
mod lesson;
mod mosaic;
mod now;
mod numbers;
mod proof;
mod row;
mod side;
mod stage;
mod transport;

use headlight_view::flash::{FlashAction, reduce, sentence, words};
use headlight_view::run::Head;
use headlight_view::sentence::Span;
use headlight_view::{FlashFigure, Place, State, text};
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use wasm_bindgen_futures::spawn_local;

use crate::figure::More;
use crate::host;
use crate::store::{Store, store};
use now::Now;
use numbers::{Behind, Numbers};

/// Says what the stage shows.
const SAYS: &str = "flash-says";

/// What draws the room.
pub type Room = fn(()) -> AnyView;

/// The room, once its module is there; fetched when it is first opened.
#[component]
pub fn Flash() -> impl IntoView {
    let store = store();
    let is_open = store.select(|state: &State| state.place == Place::Flash);
    let room = RwSignal::new(None::<Room>);
    let is_asked = StoredValue::new(false);
    Effect::new(move |_| {
        if is_open.get() && !is_asked.get_value() {
            is_asked.set_value(true);
            host::enable_style("flash-style");
            fetch(store, room);
        }
    });
    view! {
        <Show when=move || is_open.get()>
            {move || match room.get() {
                Some(room) => room(()),
                None => view! { <main class="flash"><p class="awaited late">{text::PART_AWAITED}</p></main> }.into_any(),
            }}
        </Show>
    }
}

fn fetch(store: Store, room: RwSignal<Option<Room>>) {
    spawn_local(async move {
        let found = open().await;
        store.dispatch(headlight_view::Action::PartArrived(found.is_ok()));
        match found {
            Ok(draw) => room.set(Some(draw)),
            Err(_) => set_timeout(move || fetch(store, room), crate::second::PAUSE),
        }
    });
}

/// The room's module; an error if it could not be fetched.
#[wasm_split(flash, fallible, wasm_split_path = leptos::wasm_split)]
fn open() -> Result<Room, SplitLoaderError> {
    Ok(|()| view! { <OpenRoom/> }.into_any())
}

/// Applies an action of the room.
pub fn act(store: Store, action: FlashAction) {
    store.change(|state| reduce(state, action));
}

/// The room.
#[component]
fn OpenRoom() -> impl IntoView {
    let store = store();
    read_links(store);
    fetch_recorded(store);
    let now = Now::follow(store);
    provide_context(now);
    let numbers = Numbers::follow(store, now);
    provide_context(numbers);
    transport::listen_to_keys(store);
    transport::keep_time(store);
    let intent = store.select(|state: &State| {
        let head = state.flash.head.as_ref();
        let head = head.map(|inputs| Head {
            layer: inputs.layer,
            head: inputs.head,
        });
        words::intent(&state.flash.source, head)
    });
    let say = move || spans(now.player_and_moment(sentence).unwrap_or_default());
    let trouble = move || {
        now.trouble()
            .map(|trouble| view! { <p class="trouble">{trouble}</p> })
    };
    view! {
        // Which step the tables tell of; they follow the figures.
        <main class="flash" data-step=move || numbers.step().map(|step| step.to_string())>
            <section class="board" id=crate::attention::FIGURE tabindex="-1" aria-label=words::STAGE>
                <div class="intent">
                    <h2>{words::TITLE}</h2>
                    <p>{intent}</p>
                </div>
                <controls::Controls/>
                <div class="said">
                    <p class="say" id=SAYS>{say}{trouble}</p>
                    <More figure=FlashFigure::Stage/>
                </div>
                <Hatch/>
                <beside::Pace/>
                <stage::Stage/>
                <beside::Beside/>
                <transport::Transport/>
                <Behind figure=FlashFigure::Stage/>
                <numbers::Grid/>
                <Behind figure=FlashFigure::Timeline/>
                <device::OnDevice/>
            </section>
            <section class="side">
                <side::Ledger/>
                <proof::Proof/>
                <side::Code/>
                <row::Row/>
            </section>
        </main>
        <lesson::Lesson/>
    }
}

/// A sentence whose finding stands out.
fn spans(spans: Vec<Span>) -> impl IntoView {
    let span = |span: Span| {
        if span.is_strong {
            view! { <strong>{span.text}</strong> }.into_any()
        } else {
            span.text.into_any()
        }
    };
    spans.into_iter().map(span).collect_view()
}

/// What all stages hatch with what the mask hides: the style sheet names it, so there is
/// one for the room.
#[component]
fn Hatch() -> impl IntoView {
    view! {
        <svg class="hatch-source" width="0" height="0" aria-hidden="true">
            <defs>
                <pattern id="flash-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <rect class="hatch-ground" width="5" height="5"/>
                    <line class="hatch-line" x1="0" y1="0" x2="0" y2="5"/>
                </pattern>
            </defs>
        </svg>
    }
}

/// Reads what a link says of the room, now and whenever the address changes.
fn read_links(store: Store) {
    let is_linked = store.select(|state: &State| state.flash.linked.is_some());
    Effect::new(move |_| {
        if is_linked.get() {
            act(store, FlashAction::ReadLink);
        }
    });
}

/// Fetches the head that came with the page, which fills the time until the engine answers.
fn fetch_recorded(store: Store) {
    let wanted = store.peek(|state| {
        let is_missing = state.flash.head.is_none();
        is_missing.then(|| state.session.model().to_owned())
    });
    if let Some(model) = wanted {
        spawn_local(async move {
            if let Ok(json) = host::fetch_text(&format!("recorded-heads/{model}.json")).await {
                act(store, FlashAction::Recorded(json));
            }
        });
    }
}
