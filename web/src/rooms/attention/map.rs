//! The map of one head: who looks at whom, and how much.

use headlight_figure::{Gesture, GestureKind};
use headlight_view::State;
use headlight_view::rooms::attention::action::AttentionAction;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::figures::matrix::MAX_CELLS;
use headlight_view::rooms::attention::figures::pattern;
use headlight_view::rooms::attention::figures::pattern::{Cells, Selection};
use headlight_view::rooms::attention::figures::pattern_gesture::on_gesture;
use headlight_view::rooms::attention::figures::zoom::ZOOM_STEP;
use headlight_view::rooms::attention::words as attention_words;
use leptos::ev::KeyboardEvent;
use leptos::html::Div;
use leptos::prelude::*;

use super::method_and_numbers::Behind;
use super::module::AttentionModule;
use crate::derived::Derived;
use crate::element_width;
use crate::frame::element_ids::FIGURE;
use crate::frame::figure::figure_view;
use crate::second_module::view_when_loaded;
use crate::store::store;

/// The figure: matrix, key, selected row, numbers.
#[component]
pub fn Map() -> impl IntoView {
    view! {
        <figure data-figure=AttentionFigure::Pattern.name() aria-labelledby="map-title" aria-describedby="map-says">
            <Drawing/>
        </figure>
        {view_when_loaded(|module: &AttentionModule| module.zooming, ())}
        <Behind figure=AttentionFigure::Pattern/>
    }
}

/// The drawing, under the pointer and the arrow keys. What the pointer marks is drawn over
/// it by itself, so that the pointer moves that alone.
#[component]
fn Drawing() -> impl IntoView {
    let element = NodeRef::<Div>::new();
    let store = store();
    let width = element_width::width_at_once(element);
    let cells = store.select(|state: &State| Cells::new(&state.attention, &state.frame));
    let ground = Derived::new(move || {
        let width = Some(width.get()).filter(|width| *width > 0.0)?;
        Some(cells.get().ground(width))
    });
    let selection =
        store.select(|state: &State| Selection::new(&state.attention, &state.frame.subject));
    let hover = store.select(|state: &State| state.attention.hover);
    let act = move |gesture: Gesture| {
        let action = ground.with_untracked(|ground| {
            let ground = ground.as_ref()?;
            store.peek(|state| on_gesture(&gesture, ground, &state.attention, &state.frame.subject))
        });
        store.dispatch_if(action)
    };
    let drawing = move |_| {
        let (ground, selection) = (ground.shared(), selection.shared());
        Some(pattern::drawing(ground.as_ref().as_ref()?, &selection))
    };
    let marks = move |_| {
        let (ground, selection) = (ground.shared(), selection.shared());
        pattern::hovered(ground.as_ref().as_ref()?, &selection, hover.get()?)
    };
    let spoken = move || selection.with(|selection| selection.spoken(selection.cell()));
    let name = move || {
        format!(
            "{}. {}",
            spoken().unwrap_or_default(),
            attention_words::MAP_KEYS
        )
    };
    let on_key = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let mut gesture = Gesture::new(GestureKind::Key);
        gesture.value = event.key();
        if act(gesture) {
            event.prevent_default();
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
            on:keydown=on_key
        >
            {figure_view(width, drawing, act)}
            {figure_view(width, marks, |_| false)}
        </div>
    }
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
