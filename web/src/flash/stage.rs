//! The stage: what the scene says, as SVG over painted matrices.

use headlight_view::flash::stage::{
    Anchor, Block, Flight, Paint, Rect, Scene, Voice, Words, scene,
};
use headlight_view::flash::{Array, FlashAction, words};
use leptos::ev::KeyboardEvent;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::act;
use super::mosaic::Mosaics;
use super::now::Now;
use crate::host;
use crate::store::store;

/// The stage of what is played, or of the algorithm beside it.
#[component]
pub fn Stage(#[prop(optional)] is_beside: bool) -> impl IntoView {
    let now: Now = expect_context();
    let element = NodeRef::<Div>::new();
    let width = host::width_at_once(element);
    let drawn = Memo::new(move |_| {
        let width = width.get();
        if width < 1.0 {
            return None;
        }
        if is_beside {
            return now.beside(|player, moment| scene(player, moment, None, width));
        }
        let row = now.row();
        now.player_and_moment(|player, moment| scene(player, moment, row, width))
    });
    let (figure, rows) = if is_beside {
        ("flash.beside", None)
    } else {
        ("flash.stage", Some(view! { <Rows drawn/> }))
    };
    let label = move || {
        let of_beside = is_beside.then(|| now.beside(words::beside_label)).flatten();
        of_beside.unwrap_or_else(|| words::STAGE.to_owned())
    };
    let size = Memo::new(move |_| {
        drawn.with(|scene| {
            scene
                .as_ref()
                .map_or((0.0, 0.0), |scene| (scene.width, scene.height))
        })
    });
    let of =
        move |draw: fn(&Scene) -> AnyView| move || drawn.with(|scene| scene.as_ref().map(draw));
    let height = move || format!("{:.0}px", size.get().1);
    view! {
        <div class="scene" node_ref=element data-figure=figure aria-describedby=(!is_beside).then_some(super::SAYS) style:height=height>
            <svg
                class="below"
                aria-hidden="true"
                width=move || size.get().0
                height=move || size.get().1
            >
                {of(|scene| blocks(scene, is_below))}
            </svg>
            <Mosaics scene=drawn/>
            <svg
                class="above"
                role="img"
                aria-label=label
                width=move || size.get().0
                height=move || size.get().1
            >
                {of(|scene| blocks(scene, |paint| !is_below(paint)))}
                {of(hidden)}
                {of(texts)}
            </svg>
            {of(flights)}
            {rows}
        </div>
    }
}

/// What lies below the matrices.
const fn is_below(paint: Paint) -> bool {
    matches!(paint, Paint::Chip | Paint::Hot | Paint::Masked)
}

fn blocks(scene: &Scene, which: fn(Paint) -> bool) -> AnyView {
    let shown = scene.blocks.iter().filter(|block| which(block.paint));
    shown.copied().map(block).collect_view().into_any()
}

fn block(Block { at, paint }: Block) -> impl IntoView {
    view! {
        <rect
            class=class_of(paint)
            x=round(at.x)
            y=round(at.y)
            width=round(at.width)
            height=round(at.height)
        ></rect>
    }
}

/// Tenths of a pixel are enough.
fn round(px: f64) -> f64 {
    (px * 10.0).round() / 10.0
}

const fn class_of(paint: Paint) -> &'static str {
    match paint {
        Paint::Idle(array) => match array {
            Array::Q => "piece q idle",
            Array::K => "piece k idle",
            Array::V => "piece v idle",
            _ => "piece o idle",
        },
        Paint::Moved(array) => match array {
            Array::Q => "piece q moved",
            Array::K => "piece k moved",
            Array::V => "piece v moved",
            _ => "piece o moved",
        },
        Paint::Written(_) => "piece o written",
        Paint::Unwritten(_) => "piece o unwritten",
        Paint::Beam => "beam",
        Paint::Chip => "chip-ground",
        Paint::Memory => "memory",
        Paint::Used => "memory used",
        Paint::Over => "memory over",
        Paint::Done => "tile done",
        Paint::Now => "tile now",
        Paint::Waiting => "tile waiting",
        Paint::Hidden => "tile hidden-tile",
        Paint::Masked => "masked-scores",
        Paint::Hot => "hot",
        Paint::Row => "chosen-row",
    }
}

/// The part of the grid that the mask hides.
fn hidden(scene: &Scene) -> AnyView {
    let corners = scene.hidden.iter().map(|(x, y)| format!("{x:.1},{y:.1}"));
    let points = corners.collect::<Vec<_>>().join(" ");
    view! { <polygon class="hidden-part" points=points></polygon> }.into_any()
}

fn texts(scene: &Scene) -> AnyView {
    let text = |words: Words| {
        let anchor = match words.anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        view! {
            <text x=round(words.x) y=round(words.y) class=class_of_voice(words.voice) text-anchor=anchor>
                {words.text}
            </text>
        }
    };
    scene
        .words
        .iter()
        .cloned()
        .map(text)
        .collect_view()
        .into_any()
}

const fn class_of_voice(voice: Voice) -> &'static str {
    match voice {
        Voice::Heading => "heading",
        Voice::Small => "small",
        Voice::Letter(Array::Q) => "letter q",
        Voice::Letter(Array::K) => "letter k",
        Voice::Letter(Array::V) => "letter v",
        Voice::Letter(_) => "letter o",
        Voice::Name => "letter",
        Voice::Label => "label-text",
        Voice::Number => "number",
        Voice::HotNumber => "number hot-number",
        Voice::OnDark => "number on-dark",
    }
}

/// Tiles on their way, drawn anew at each step so that they set off.
fn flights(scene: &Scene) -> AnyView {
    let flight = |Flight { array, from, to }: Flight| {
        let class = match array {
            Array::Q => "flight q",
            Array::K => "flight k",
            Array::V => "flight v",
            _ => "flight o",
        };
        let scale_x = from.width / to.width.max(1.0);
        let scale_y = from.height / to.height.max(1.0);
        view! {
            <div
                class=class
                aria-hidden="true"
                style:left=format!("{:.1}px", to.x)
                style:top=format!("{:.1}px", to.y)
                style:width=format!("{:.1}px", to.width)
                style:height=format!("{:.1}px", to.height)
                style:--from-x=format!("{:.1}px", from.x - to.x)
                style:--from-y=format!("{:.1}px", from.y - to.y)
                style:--from-width=format!("{scale_x:.3}")
                style:--from-height=format!("{scale_y:.3}")
            ></div>
        }
    };
    scene
        .flights
        .iter()
        .copied()
        .map(flight)
        .collect_view()
        .into_any()
}

/// Where the rows of the tile on the chip can be chosen.
#[component]
fn Rows(drawn: Memo<Option<Scene>>) -> impl IntoView {
    let store = store();
    let rows = Memo::new(move |_| {
        drawn.with(|scene| {
            scene
                .as_ref()
                .map_or_else(Vec::new, |scene| scene.rows.clone())
        })
    });
    let now: Now = expect_context();
    // Buttons keep their places, so that the focus stays where a step brings other rows.
    let button = move |index: usize| {
        let place = move || rows.with(|rows| rows.get(index).copied().unwrap_or_default());
        let query = move || place().0;
        let is_chosen = move || now.row() == Some(query());
        let px = move |of: fn(Rect) -> f64| move || format!("{:.1}px", of(place().1));
        view! {
            <button
                type="button"
                class="row-button"
                tabindex=move || if is_chosen() { "0" } else { "-1" }
                aria-label=move || format!("{} {}", words::ROW, query() + 1)
                aria-pressed=move || is_chosen().to_string()
                style:left=px(|at| at.x)
                style:top=px(|at| at.y)
                style:width=px(|at| at.width)
                style:height=px(|at| at.height)
                on:click=move |_| act(store, FlashAction::SelectRow(untrack(query)))
                on:keydown=choose_neighbour
            ></button>
        }
    };
    let n_rows = Memo::new(move |_| rows.with(Vec::len));
    view! {
        <div role="group" aria-label=words::ROWS_OF_TILE>
            <For each=move || 0..n_rows.get() key=|index| *index children=button/>
        </div>
    }
}

/// Up and down go to the row above and below, and choose it; one row is a stop of Tab.
fn choose_neighbour(event: KeyboardEvent) {
    let Some(here) = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
    else {
        return;
    };
    let neighbour = match event.key().as_str() {
        "ArrowUp" => here.previous_element_sibling(),
        "ArrowDown" => here.next_element_sibling(),
        _ => return,
    };
    // At the ends too, or the page would scroll.
    event.prevent_default();
    if let Some(row) = neighbour {
        let row = row.unchecked_into::<web_sys::HtmlElement>();
        row.click();
        host::focus_element(row.into());
    }
}
