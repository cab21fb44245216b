//! The stage in its place in the page: the drawing, and tiles on their way over it.

use std::cell::Cell;

use headlight_draw::Picture;
use headlight_figure::{Gesture, Shared};
use headlight_view::rooms::flash::Array;
use headlight_view::rooms::flash::figures::stage::{self, MovingTile};
use leptos::html::Div;
use leptos::prelude::*;

use super::flash_view::FlashView;
use super::step_sentence;
use crate::derived::Derived;
use crate::draw::{Element, Node, el, leptos as view_of, reactive};
use crate::frame::figure::picture_view;
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
            stage::stage_beside(&player, &moment, width)
        } else {
            let (player, moment) = now.shown()?;
            stage::stage(&player, &moment, now.row(), width)
        };
        Some(Shared::new(found))
    });
    let act = move |gesture: Gesture| {
        let of_shown = || {
            let (player, moment) = now.shown()?;
            stage::on_gesture(&gesture, &player, &moment)
        };
        let action = (!is_beside).then(|| untrack(of_shown)).flatten();
        let is_action = action.is_some();
        action.into_iter().for_each(|action| room.act(action));
        is_action
    };
    let picture = view_of(move || {
        let show = move |picture: &mut Picture, theme| match drawn.get() {
            Some(stage) => picture.show(&stage.drawing, stage.size, theme),
            None => picture.clear(),
        };
        picture_view(Box::new(show), Box::new(act))
    });
    // Tiles on their way, anew at each step so that they set off.
    let n_drawn = Cell::new(0);
    let moving = reactive(move || {
        n_drawn.set(n_drawn.get() + 1);
        let stage = drawn.get();
        let moving = stage.iter().flat_map(|stage| stage.moving_tiles.iter());
        let tiles = moving.map(|tile| moving_tile(tile).key(n_drawn.get()));
        el("div").all(tiles).into()
    });
    let place = el("div").class("scene").hold(element);
    let place = if is_beside {
        place.set("data-figure", "flash.beside")
    } else {
        place
            .set("data-figure", "flash.stage")
            .set("aria-describedby", step_sentence::SAYS)
    };
    place.add(picture).add(moving).into()
}

fn moving_tile(MovingTile { array, from, to }: &MovingTile) -> Element {
    let class = match array {
        Array::Q => "moving-tile tone-q",
        Array::K => "moving-tile tone-k",
        Array::V => "moving-tile tone-v",
        _ => "moving-tile tone-o",
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
