//! The map of one head: who looks at whom, and how much.

use headlight_view::State;
use headlight_view::rooms::attention::action::AttentionAction;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::figures::matrix::{MAX_CELLS, MatrixLayout};
use headlight_view::rooms::attention::figures::row::CellFacts;
use headlight_view::rooms::attention::words as attention_words;
use leptos::ev::{KeyboardEvent, MouseEvent, PointerEvent, WheelEvent};
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::matrix::Matrix;
use super::method_and_numbers::Behind;
use super::module::AttentionModule;
use super::row::{Key, Row};
use super::shown::Shown;
use crate::derived::Derived;
use crate::frame::element_ids::FIGURE;
use crate::host;
use crate::second_module::view_when_loaded;
use crate::store::{Store, store};

/// The figure: matrix, selected row, numbers.
#[component]
pub fn Map(shown: Shown) -> impl IntoView {
    let store = store();
    view! {
        <figure class="pattern" data-figure=AttentionFigure::Pattern.name() aria-labelledby="map-title" aria-describedby="map-says">
            <div class="plane">
                <Drawing shown store/>
                <Key shown/>
            </div>
            <Row shown/>
        </figure>
        <Behind figure=AttentionFigure::Pattern/>
    }
}

/// The matrix itself, under the pointer and the arrow keys.
#[component]
fn Drawing(shown: Shown, store: Store) -> impl IntoView {
    let element = NodeRef::<Div>::new();
    let width = host::width_at_once(element);
    let tokens = store.select(|state: &State| state.attention.axis_tokens(&state.frame));
    let zoom = store.select(|state: &State| state.attention.map_zoom(&state.frame));
    let layout = Derived::new(move || {
        let width = width.get();
        let zoom = zoom.get();
        (width > 0.0).then(|| tokens.with(|tokens| MatrixLayout::new(tokens, zoom, width)))
    });
    let spoken = move || {
        let (run, pattern) = shown.both()?;
        let (query, key) = (shown.query.get(), shown.key.get());
        Some(CellFacts::new(&run.tokens, &pattern, query, key).spoken())
    };
    let name = move || {
        format!(
            "{}. {}",
            spoken().unwrap_or_default(),
            attention_words::MAP_KEYS
        )
    };
    let cell = move |event: &MouseEvent| cell_under(event, layout.get_untracked().as_ref());
    let drag = Drag::new();
    let on_down = move |event: PointerEvent| {
        if event.button() == 0 {
            drag.start(&event);
        }
    };
    let on_move = move |event: PointerEvent| {
        hover(store, cell(&event));
        let side =
            layout.with_untracked(|layout| layout.as_ref().map_or(1.0, |layout| layout.cell));
        let can_pan = store.peek(|state| {
            !state
                .attention
                .zoom(&state.frame.subject)
                .is_whole(state.frame.subject.seq_len())
        });
        if let Some((queries, keys)) = drag.moved(&event, side).filter(|_| can_pan) {
            store.dispatch(AttentionAction::Pan(queries, keys));
        }
    };
    let on_up = move |event: PointerEvent| {
        let is_click = drag.end();
        if let (true, Some((query, key))) = (is_click, cell(&event)) {
            store.dispatch(AttentionAction::SelectCell(query, key));
        }
    };
    let on_wheel = move |event: WheelEvent| {
        // Without a modifier the wheel scrolls the page, as everywhere.
        if event.ctrl_key() || event.meta_key() {
            event.prevent_default();
            let factor = if event.delta_y() > 0.0 {
                ZOOM_STEP
            } else {
                1.0 / ZOOM_STEP
            };
            store.dispatch(AttentionAction::Zoom(factor, cell(&event)));
        }
    };
    view! {
        <div
            class="map"
            id=FIGURE
            node_ref=element
            tabindex="0"
            role="application"
            aria-roledescription=attention_words::MAP_ROLE
            aria-label=name
            on:keydown=move |event| on_key(store, &event)
            on:pointerdown=on_down
            on:pointermove=on_move
            on:pointerup=on_up
            on:pointercancel=move |_| {
                drag.end();
            }
            on:pointerleave=move |_| hover(store, None)
            on:wheel=on_wheel
        >
            <Show when=move || layout.with(Option::is_some)>
                <Matrix shown layout tokens/>
            </Show>
        </div>
        {view_when_loaded(|module: &AttentionModule| module.zooming, ())}
    }
}

/// How much one press or one notch of the wheel zooms.
const ZOOM_STEP: f64 = 1.5;
/// Pixels that a pointer may move and still click.
const CLICK_PX: f64 = 4.0;

/// A pointer that is pressed on the map.
#[derive(Clone, Copy)]
struct Drag {
    /// Where it was when the map last followed it; none while it is not pressed.
    from: StoredValue<Option<(f64, f64)>>,
    is_click: StoredValue<bool>,
}

impl Drag {
    fn new() -> Self {
        Self {
            from: StoredValue::new(None),
            is_click: StoredValue::new(false),
        }
    }

    fn start(self, event: &PointerEvent) {
        self.from.set_value(Some(place(event)));
        self.is_click.set_value(true);
    }

    /// How many queries and keys of `cell_px` pixels it has moved the map by.
    fn moved(self, event: &PointerEvent, cell_px: f64) -> Option<(isize, isize)> {
        let (from_x, from_y) = self.from.get_value()?;
        let (x, y) = place(event);
        if (x - from_x).abs().max((y - from_y).abs()) > CLICK_PX && self.is_click.get_value() {
            self.is_click.set_value(false);
            host::capture_pointer(event);
        }
        let cells = |px: f64| (px / cell_px).trunc() as isize;
        let (queries, keys) = (cells(from_y - y), cells(from_x - x));
        if self.is_click.get_value() || (queries == 0 && keys == 0) {
            return None;
        }
        let follow = |from: f64, cells: isize| from - cells as f64 * cell_px;
        self.from
            .set_value(Some((follow(from_x, keys), follow(from_y, queries))));
        Some((queries, keys))
    }

    /// True if it was a click.
    fn end(self) -> bool {
        self.from.try_update_value(Option::take).flatten().is_some() && self.is_click.get_value()
    }
}

fn place(event: &PointerEvent) -> (f64, f64) {
    (f64::from(event.client_x()), f64::from(event.client_y()))
}

/// Buttons for a map of which a part can be seen better alone.
#[component]
pub fn Zooming() -> impl IntoView {
    let store = store();
    let is_useful = store.select(|state: &State| {
        let n = state.frame.subject.seq_len();
        n > MAX_CELLS / 2 || !state.attention.zoom(&state.frame.subject).is_whole(n)
    });
    let is_whole = store.select(|state: &State| {
        state
            .attention
            .zoom(&state.frame.subject)
            .is_whole(state.frame.subject.seq_len())
    });
    let says = store.select(|state: &State| {
        let zoom = state.attention.zoom(&state.frame.subject);
        let is_part = !zoom.is_whole(state.frame.subject.seq_len());
        is_part.then(|| attention_words::in_view(&zoom.queries(), &zoom.keys()))
    });
    let button = move |label: &'static str, sign: &'static str, factor: f64| {
        let is_out = factor > 1.0;
        view! {
            <button
                type="button"
                class="button icon small"
                aria-label=label
                title=label
                disabled=move || is_out && is_whole.get()
                on:click=move |_| store.dispatch(AttentionAction::Zoom(factor, None))
            >
                {sign}
            </button>
        }
    };
    view! {
        <Show when=move || is_useful.get()>
            <div class="zooming" role="group" aria-label=attention_words::ZOOM>
                {button(attention_words::ZOOM_IN, "+", 1.0 / ZOOM_STEP)}
                {button(attention_words::ZOOM_OUT, "\u{2212}", ZOOM_STEP)}
                <button
                    type="button"
                    class="button small"
                    disabled=move || is_whole.get()
                    on:click=move |_| store.dispatch(AttentionAction::ShowWhole)
                >
                    {attention_words::ZOOM_WHOLE}
                </button>
                <span class="label">{move || says.get().unwrap_or_else(|| attention_words::ZOOM_HINT.to_owned())}</span>
            </div>
        </Show>
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
    if store.peek(|state| state.attention.hover != cell) {
        store.dispatch(AttentionAction::Hover(cell));
    }
}

fn on_key(store: Store, event: &KeyboardEvent) {
    let far = isize::MAX / 2;
    let factor = match event.key().as_str() {
        "+" | "=" => Some(1.0 / ZOOM_STEP),
        "-" => Some(ZOOM_STEP),
        _ => None,
    };
    if let Some(factor) = factor.filter(|_| !event.ctrl_key() && !event.meta_key()) {
        event.prevent_default();
        store.dispatch(AttentionAction::Zoom(factor, None));
        return;
    }
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
    store.dispatch(AttentionAction::MoveCell { rows, columns });
}
