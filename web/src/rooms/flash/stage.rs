//! The stage in its place in the page: the drawing, and tiles on their way over it.

use headlight_draw::Picture;
use headlight_figure::{Gesture, Shared, decimal, tenths};
use headlight_view::rooms::flash::Array;
use headlight_view::rooms::flash::figures::stage::{self, MovingTile};
use leptos::either::Either;
use leptos::html::Div;
use leptos::prelude::*;

use super::flash_view::FlashView;
use super::step_sentence;
use crate::controls::view_of;
use crate::derived::Derived;
use crate::element_width;
use crate::frame::figure::picture_view;

/// The stage of what is played, or of the algorithm beside it.
pub fn stage(room: FlashView, is_beside: bool) -> AnyView {
    let now = room.now;
    let element = NodeRef::<Div>::new();
    let width = element_width::width_at_once(element);
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
        room.act_if((!is_beside).then(|| untrack(of_shown)).flatten())
    };
    let show = move |picture: &mut Picture, theme| match drawn.get() {
        Some(stage) => picture.show(&stage.drawing, stage.size, theme),
        None => picture.clear(),
    };
    let picture = picture_view(Box::new(show), Box::new(act));
    let n_drawn = StoredValue::new(0_u32);
    let moving = move || {
        let stage = drawn.get();
        let moving = stage.iter().flat_map(|stage| stage.moving_tiles.iter());
        let tiles = moving.map(moving_tile).collect_view();
        // A view on the other side is another one, so at each step the tiles set off anew.
        n_drawn.update_value(|n_drawn| *n_drawn = n_drawn.wrapping_add(1));
        let tiles: Either<_, _> = match n_drawn.get_value() % 2 {
            0 => Either::Left(tiles),
            _ => Either::Right(tiles),
        };
        Some(tiles.into_any())
    };
    let (name, describedby) = match is_beside {
        true => ("flash.beside", None),
        false => ("flash.stage", Some(step_sentence::SAYS)),
    };
    view! {
        <div class="scene" data-figure=name aria-describedby=describedby node_ref=element>
            {picture}
            <div>{view_of(moving)}</div>
        </div>
    }
    .into_any()
}

/// A tile on its way over the stage.
fn moving_tile(MovingTile { array, from, to }: &MovingTile) -> impl IntoView + use<> {
    let class = match array {
        Array::Q => "moving-tile tone-q",
        Array::K => "moving-tile tone-k",
        Array::V => "moving-tile tone-v",
        _ => "moving-tile tone-o",
    };
    // Tenths are enough for pixels.
    let px = |px: f64| format!("{}px", decimal(tenths(px)));
    let scale = |from: f64, to: f64| format!("{:.3}", from / to.max(1.0));
    view! {
        <div
            class=class
            aria-hidden="true"
            style:left=px(to.x)
            style:top=px(to.y)
            style:width=px(to.width)
            style:height=px(to.height)
            style=("--from-x", px(from.x - to.x))
            style=("--from-y", px(from.y - to.y))
            style=("--from-width", scale(from.width, to.width))
            style=("--from-height", scale(from.height, to.height))
        ></div>
    }
}
