//! The stage: what the scene says, as SVG over painted matrices.

use std::cell::Cell;

use headlight_figure::Shared;
use headlight_view::rooms::flash::figures::stage::{
    Anchor, Block, Label, MovingTile, Paint, Rect, Scene, TextStyle, scene,
};
use headlight_view::rooms::flash::{Array, FlashAction, words};
use leptos::ev::KeyboardEvent;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::flash_view::FlashView;
use super::heatmap::Heatmaps;
use super::step_sentence;
use crate::derived::Derived;
use crate::draw::{Element, Node, el, reactive, rect};
use crate::host;

/// The stage of what is played, or of the algorithm beside it.
pub fn stage(room: FlashView, is_beside: bool) -> Node {
    let now = room.now;
    let element = NodeRef::<Div>::new();
    let width = host::width_at_once(element);
    let drawn = Derived::new(move || {
        let width = width.get();
        if width < 1.0 {
            return None;
        }
        let found = if is_beside {
            let (player, moment) = now.beside()?;
            scene(&player, &moment, None, width)
        } else {
            let (player, moment) = now.shown()?;
            scene(&player, &moment, now.row(), width)
        };
        Some(Shared::new(found))
    });
    let heatmaps = Heatmaps::new(room.store, drawn);
    let n_drawn = Cell::new(0);
    reactive(move || {
        let beside = is_beside.then(|| now.beside()).flatten();
        let of_beside = beside.map(|(player, moment)| words::beside_label(&player, &moment));
        let label = of_beside.unwrap_or_else(|| words::STAGE.to_owned());
        let scene = drawn.get();
        let empty = Scene::default();
        let scene = scene.as_deref().unwrap_or(&empty);
        n_drawn.set(n_drawn.get() + 1);
        let below = el("svg").class("below").set("aria-hidden", "true");
        let above = el("svg")
            .class("above")
            .set("role", "img")
            .set("aria-label", label);
        let sized = |svg: Element| svg.at("width", scene.width).at("height", scene.height);
        let stage = el("div")
            .class("scene")
            .set(
                "data-figure",
                if is_beside {
                    "flash.beside"
                } else {
                    "flash.stage"
                },
            )
            .px("height", scene.height)
            .hold(element);
        let stage = if is_beside {
            stage
        } else {
            stage.set("aria-describedby", step_sentence::SAYS)
        };
        stage
            .add(sized(below).all(blocks(scene, is_below)))
            .all(heatmaps.draw(scene))
            .add(
                sized(above)
                    .add(el("g").all(blocks(scene, |paint| !is_below(paint))))
                    .add(hidden(scene))
                    .add(el("g").all(outlines(scene)))
                    .add(el("g").all(scene.words.iter().map(text))),
            )
            .add((!is_beside).then(|| rows(room, scene)))
            // Tiles on their way, anew at each step so that they set off.
            .all(
                scene
                    .flights
                    .iter()
                    .map(|tile| flight(tile).key(n_drawn.get())),
            )
            .into()
    })
}

/// What lies below the matrices.
const fn is_below(paint: Paint) -> bool {
    matches!(paint, Paint::Chip | Paint::Hot | Paint::Masked)
}

fn blocks(scene: &Scene, which: fn(Paint) -> bool) -> impl Iterator<Item = Element> {
    let shown = scene.blocks.iter().filter(move |block| which(block.paint));
    shown.map(|Block { at, paint }| rect(at.x, at.y, at.width, at.height).class(class_of(*paint)))
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
fn hidden(scene: &Scene) -> Element {
    let corners = scene.hidden.iter().map(|(x, y)| format!("{x:.1},{y:.1}"));
    let points = corners.collect::<Vec<_>>().join(" ");
    el("polygon").class("hidden-part").set("points", points)
}

/// Where the tiles are that the mask hides, to be counted, and the one that is met, which
/// may be one of these.
fn outlines(scene: &Scene) -> impl Iterator<Item = Element> {
    scene.blocks.iter().filter_map(|Block { at, paint }| {
        let class = match paint {
            Paint::Hidden => "tile-outline",
            Paint::Now => "tile-outline now",
            _ => return None,
        };
        Some(rect(at.x, at.y, at.width, at.height).class(class))
    })
}

fn text(words: &Label) -> Element {
    let anchor = match words.anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    };
    el("text")
        .at("x", words.x)
        .at("y", words.y)
        .class(class_of_voice(words.voice))
        .set("text-anchor", anchor)
        .add(words.text.clone())
}

const fn class_of_voice(voice: TextStyle) -> &'static str {
    match voice {
        TextStyle::Heading => "heading",
        TextStyle::Small => "small",
        TextStyle::Letter(Array::Q) => "letter q",
        TextStyle::Letter(Array::K) => "letter k",
        TextStyle::Letter(Array::V) => "letter v",
        TextStyle::Letter(_) => "letter o",
        TextStyle::Name => "letter",
        TextStyle::Label => "label-text",
        TextStyle::Number => "number",
        TextStyle::HotNumber => "number hot-number",
        TextStyle::OnDark => "number on-dark",
    }
}

fn flight(MovingTile { array, from, to }: &MovingTile) -> Element {
    let class = match array {
        Array::Q => "flight q",
        Array::K => "flight k",
        Array::V => "flight v",
        _ => "flight o",
    };
    let scale = |from: f64, to: f64| format!("{:.3}", from / to.max(1.0));
    el("div")
        .class(class)
        .set("aria-hidden", "true")
        .px("left", to.x)
        .px("top", to.y)
        .px("width", to.width)
        .px("height", to.height)
        .px("--from-x", from.x - to.x)
        .px("--from-y", from.y - to.y)
        .style("--from-width", scale(from.width, to.width))
        .style("--from-height", scale(from.height, to.height))
}

/// Where the rows of the tile on the chip can be chosen. Buttons keep their places, so
/// that the focus stays where a step brings other rows.
fn rows(room: FlashView, scene: &Scene) -> Element {
    let (player, chosen) = (room.now.player(), room.now.row());
    let button = |&(query, at): &(usize, Rect)| {
        let is_chosen = chosen == Some(query);
        let label = player
            .as_deref()
            .map(|player| words::row_label(player, query));
        el("button")
            .set("type", "button")
            .class("row-button")
            .set("tabindex", if is_chosen { "0" } else { "-1" })
            .set("aria-label", label.unwrap_or_default())
            .set("aria-pressed", is_chosen.to_string())
            .px("left", at.x)
            .px("top", at.y)
            .px("width", at.width)
            .px("height", at.height)
            .click(move || room.act(FlashAction::SelectRow(query)))
            .on("keydown", |event| choose_neighbour(event.unchecked_ref()))
    };
    el("div")
        .set("role", "group")
        .set("aria-label", words::ROWS_OF_TILE)
        .all(scene.rows.iter().map(button))
}

/// Up and down go to the row above and below, Home and End to the first and the last, and
/// choose it; one row is a stop of Tab.
fn choose_neighbour(event: &KeyboardEvent) {
    let Some(here) = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
    else {
        return;
    };
    let neighbour = match event.key().as_str() {
        "ArrowUp" => here.previous_element_sibling(),
        "ArrowDown" => here.next_element_sibling(),
        "Home" => first_and_last(&here)[0].clone(),
        "End" => first_and_last(&here)[1].clone(),
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

fn first_and_last(row: &web_sys::Element) -> [Option<web_sys::Element>; 2] {
    let rows = row.parent_element();
    let rows = rows.as_ref();
    [
        rows.and_then(web_sys::Element::first_element_child),
        rows.and_then(web_sys::Element::last_element_child),
    ]
}
