//! The selected head as lines from the tokens that look to those looked at.

use headlight_view::State;
use headlight_view::rooms::attention::action::AttentionAction;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::figures::lines::{Line, LineLabel, Scope, TokenLines};
use headlight_view::rooms::attention::words as attention_words;
use leptos::ev::MouseEvent;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::method_and_numbers::Behind;
use super::shown::Shown;
use crate::derived::Derived;
use crate::frame::element_ids::FIGURE;
use crate::host;
use crate::store::store;

/// The figure.
#[component]
pub fn Lines(shown: Shown) -> impl IntoView {
    let store = store();
    let scope = store.select(|state: &State| state.attention.scope);
    let element = NodeRef::<Div>::new();
    let width = host::width_of(element);
    let lines = Derived::new(move || {
        let (run, pattern) = shown.both()?;
        let (query, selected, width) = (shown.query.get(), shown.queries.get(), width.get());
        let (tokens, scope) = (&run.tokens, scope.get());
        let lines = TokenLines::new(tokens, &pattern, query, &selected, scope, width);
        (width > 0.0).then_some(lines)
    });
    let head = store.select(|state: &State| state.attention.head_name(&state.frame.subject));
    let sentence = move || {
        let (run, head) = (shown.run.get()?, head.get());
        lines.with(|lines| Some(lines.as_ref()?.sentence(&run.tokens, &head)))
    };
    let select = move |event: MouseEvent| {
        let pos = lines.with_untracked(|lines| lines.as_ref()?.pos_at(y_within(&event)?));
        if let Some(pos) = pos {
            store.dispatch(AttentionAction::SelectRow(pos));
        }
    };
    let is_all = move || scope.get() == Scope::All;
    let toggle = move |_| {
        let other = match scope.get_untracked() {
            Scope::All => Scope::Selected,
            Scope::Selected => Scope::All,
        };
        store.dispatch(AttentionAction::SetScope(other));
    };
    view! {
        <figure class="lines" id=FIGURE tabindex="-1" data-figure=AttentionFigure::Lines.name() aria-labelledby="map-title" aria-describedby="lines-say">
            <div class="heading">
                <p class="label">{attention_words::LINES_HEADS}</p>
                <button type="button" class="button small" aria-pressed=move || is_all().to_string() on:click=toggle>
                    {attention_words::ALL_QUERIES}
                </button>
            </div>
            <div class="drawing" node_ref=element on:click=select>
                {move || lines.get().map(|lines| draw(shown, lines))}
            </div>
            <figcaption class="note" id="lines-say">{sentence}</figcaption>
        </figure>
        <Behind figure=AttentionFigure::Lines/>
    }
}

fn y_within(event: &MouseEvent) -> Option<f64> {
    let drawing: web_sys::Element = event.current_target()?.dyn_into().ok()?;
    Some(f64::from(event.client_y()) - drawing.get_bounding_client_rect().top())
}

fn draw(shown: Shown, lines: TokenLines) -> impl IntoView {
    let selected = shown.queries.get_untracked();
    let is_selected = |query: &usize| selected.contains(query);
    let label = |anchor: &'static str, is_query: bool, label: LineLabel| {
        let class = if is_query && is_selected(&label.pos) {
            "tick query"
        } else {
            "tick"
        };
        view! {
            <text class=class text-anchor=anchor dominant-baseline="central" x=label.x y=label.y>
                <tspan class="lead">{label.lead}</tspan><tspan>{label.text}</tspan>
            </text>
        }
    };
    let line = |line: Line| {
        let class = if is_selected(&line.query) {
            "link of-query"
        } else {
            "link"
        };
        view! {
            <path class=class d=line.path stroke-width=line.stroke_px stroke-opacity=line.opacity/>
        }
    };
    let queries = lines.queries.into_iter().map(|one| label("end", true, one));
    let keys = lines.keys.into_iter().map(|one| label("start", false, one));
    view! {
        <svg aria-hidden="true" width=lines.width height=lines.height>
            {lines.lines.into_iter().map(line).collect_view()}
            {queries.collect_view()}
            {keys.collect_view()}
        </svg>
    }
}
