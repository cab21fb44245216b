//! The heads of the model: one button each, a row per layer.

use headlight_view::run::Head;
use headlight_view::{Action, State, text};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::moved;
use crate::host;
use crate::store::{Store, store};

/// The chooser.
#[component]
pub fn Heads() -> impl IntoView {
    let store = store();
    let size = store.select(State::grid_of_heads);
    let selected = store.select(|state: &State| state.room.head);
    let on_key = move |event: KeyboardEvent| {
        let (n_layers, n_heads) = size.get_untracked();
        let Head { layer, head } = selected.get_untracked();
        let from = layer * n_heads + head;
        if let Some(to) = moved(&event, from, n_layers * n_heads, n_heads) {
            event.prevent_default();
            let head = Head {
                layer: to / n_heads,
                head: to % n_heads,
            };
            store.dispatch(Action::SelectHead(head));
            host::focus(&id(head));
        }
    };
    let layers = move || {
        let (n_layers, n_heads) = size.get();
        (0..n_layers)
            .map(|layer| row(store, layer, n_heads, selected))
            .collect_view()
    };
    let is_unknown = Memo::new(move |_| size.get().0 == 0);
    view! {
        <section class="heads" aria-label=text::HEADS>
            <h2 class="small">{text::HEADS}</h2>
            <div role="radiogroup" aria-label=text::CHOOSE_HEAD on:keydown=on_key>
                {layers}
            </div>
            <Show when=move || is_unknown.get()>
                <Unknown/>
            </Show>
            <p class="keys-hint" aria-hidden="true">{text::HEAD_KEYS}</p>
            <p class="aside">{text::WHAT_IS_A_HEAD}</p>
        </section>
    }
}

/// Heads beside each other.
const MAX_COLUMNS: usize = 6;

/// Stands where the heads will be, before the model says how many it has.
#[component]
fn Unknown() -> impl IntoView {
    let layer = || {
        let heads = (0..MAX_COLUMNS).map(|_| view! { <span class="head"></span> });
        let heads = heads.collect_view();
        view! { <div class="layer"><span class="label">"\u{a0}"</span><div class="row" style=("--columns", columns(MAX_COLUMNS))>{heads}</div></div> }
    };
    view! { <div class="unknown" aria-hidden="true">{(0..4).map(|_| layer()).collect_view()}</div> }
}

fn row(store: Store, layer: usize, n_heads: usize, selected: Memo<Head>) -> impl IntoView {
    let buttons = (0..n_heads)
        .map(|head| button(store, Head { layer, head }, selected))
        .collect_view();
    view! {
        <div class="layer">
            <span class="label" aria-hidden="true">{text::layer(layer)}</span>
            <div class="row" style=("--columns", columns(n_heads))>{buttons}</div>
        </div>
    }
}

/// As many columns as there are heads, and further rows where they are many.
fn columns(n_heads: usize) -> String {
    n_heads.clamp(1, MAX_COLUMNS).to_string()
}

fn button(store: Store, head: Head, selected: Memo<Head>) -> impl IntoView {
    let is_selected = move || selected.get() == head;
    view! {
        <button
            type="button"
            role="radio"
            id=id(head)
            class="head"
            aria-label=text::head_title(head)
            aria-checked=move || is_selected().to_string()
            tabindex=move || if is_selected() { "0" } else { "-1" }
            on:click=move |_| store.dispatch(Action::SelectHead(head))
        >
            {head.head}
        </button>
    }
}

fn id(head: Head) -> String {
    format!("head-{}-{}", head.layer, head.head)
}
