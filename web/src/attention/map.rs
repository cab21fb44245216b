//! The map of one head: who looks at whom, and how much.

use headlight_view::matrix::MatrixLayout;
use headlight_view::row::CellFacts;
use headlight_view::{Action, Figure, State, text};
use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::Shown;
use super::matrix::Matrix;
use super::numbers::{NumbersButton, PatternNumbers};
use super::row::Row;
use crate::host;
use crate::store::{Store, store};

/// The figure: matrix, selected row, numbers.
#[component]
pub fn Map(shown: Shown) -> impl IntoView {
    let store = store();
    view! {
        <figure class="pattern" data-figure=Figure::Pattern.name() aria-labelledby="map-title" aria-describedby="map-says">
            <Drawing shown store/>
            <Row shown/>
        </figure>
        <NumbersButton figure=Figure::Pattern/>
        <PatternNumbers shown/>
    }
}

/// The matrix itself, under the pointer and the arrow keys.
#[component]
fn Drawing(shown: Shown, store: Store) -> impl IntoView {
    let element = NodeRef::<Div>::new();
    let width = host::width_of(element);
    let tokens = store.select(State::axis_tokens);
    let layout = Memo::new(move |_| {
        let width = width.get();
        (width > 0.0).then(|| tokens.with(|tokens| MatrixLayout::new(tokens, width)))
    });
    let spoken = move || {
        let (run, pattern) = shown.both()?;
        let (query, key) = (shown.query.get(), shown.key.get());
        Some(CellFacts::new(&run.tokens, &pattern, query, key).spoken())
    };
    let name = move || format!("{}. {}", spoken().unwrap_or_default(), text::MAP_KEYS);
    let cell = move |event: &MouseEvent| cell_under(event, layout.get_untracked().as_ref());
    let on_click = move |event: MouseEvent| {
        if let Some((query, key)) = cell(&event) {
            store.dispatch(Action::SelectCell(query, key));
        }
    };
    let on_move = move |event: MouseEvent| hover(store, cell(&event));
    view! {
        <div
            class="map"
            id="map"
            node_ref=element
            tabindex="0"
            role="application"
            aria-roledescription=text::MAP_ROLE
            aria-label=name
            on:keydown=move |event| on_key(store, &event)
            on:click=on_click
            on:mousemove=on_move
            on:mouseleave=move |_| hover(store, None)
        >
            <Show when=move || layout.with(Option::is_some)>
                <Matrix shown layout tokens/>
            </Show>
        </div>
    }
}

fn cell_under(event: &MouseEvent, layout: Option<&MatrixLayout>) -> Option<(usize, usize)> {
    let map: web_sys::Element = event.current_target()?.dyn_into().ok()?;
    let bounds = map.get_bounding_client_rect();
    let x = f64::from(event.client_x()) - bounds.left();
    let y = f64::from(event.client_y()) - bounds.top();
    layout?.cell_at(x, y)
}

fn hover(store: Store, cell: Option<(usize, usize)>) {
    if store.peek(|state| state.room.hover != cell) {
        store.dispatch(Action::Hover(cell));
    }
}

fn on_key(store: Store, event: &KeyboardEvent) {
    let far = isize::MAX / 2;
    let (rows, columns) = match event.key().as_str() {
        "ArrowUp" => (-1, 0),
        "ArrowDown" => (1, 0),
        "ArrowLeft" => (0, -1),
        "ArrowRight" => (0, 1),
        "PageUp" => (-8, 0),
        "PageDown" => (8, 0),
        "Home" => (0, -far),
        "End" => (0, far),
        _ => return,
    };
    event.prevent_default();
    store.dispatch(Action::MoveCell { rows, columns });
}
