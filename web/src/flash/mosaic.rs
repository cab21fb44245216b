//! Matrices as colours: one pixel per number, scaled up by the browser.

use headlight_view::flash::stage::{Colours, Mosaic, Rect};
use leptos::html::Canvas;
use leptos::prelude::*;

use super::now::Now;
use crate::canvas::{self, Palette};
use crate::store::store;

/// The most mosaics that a step has.
const MOST: usize = 6;

/// All mosaics of the scene, below its texts.
#[component]
pub fn Mosaics(scene: Memo<Option<headlight_view::flash::stage::Scene>>) -> impl IntoView {
    let _: Now = expect_context();
    (0..MOST)
        .map(|index| {
            let of =
                Memo::new(move |_| scene.with(|scene| scene.as_ref()?.mosaics.get(index).cloned()));
            view! { <One of/> }
        })
        .collect_view()
}

#[component]
fn One(of: Memo<Option<Mosaic>>) -> impl IntoView {
    let element = NodeRef::<Canvas>::new();
    let store = store();
    Effect::new(move |_| {
        let (Some(element), Some(palette)) = (element.get(), store.palette()) else {
            return;
        };
        of.with(|mosaic| {
            if let Some(mosaic) = mosaic {
                let pixels = pixels(mosaic, &palette);
                canvas::paint(&element, &pixels, mosaic.n_columns, mosaic.n_rows);
            }
        });
    });
    let px = move |side: fn(&Rect) -> f64| {
        of.with(|mosaic| {
            mosaic.as_ref().map_or_else(
                || "0px".to_owned(),
                |mosaic| format!("{:.1}px", side(&mosaic.at)),
            )
        })
    };
    view! {
        <canvas
            class="painted mosaic"
            node_ref=element
            aria-hidden="true"
            style:left=move || px(|at| at.x)
            style:top=move || px(|at| at.y)
            style:width=move || px(|at| at.width)
            style:height=move || px(|at| at.height)
        ></canvas>
    }
}

/// Colours that a mosaic has at most.
const N_COLOURS: usize = 128;

/// `[row, column, 4]` bytes; hidden numbers are transparent, so that the hatching below shows.
fn pixels(mosaic: &Mosaic, palette: &Palette) -> Vec<u8> {
    let last = (N_COLOURS - 1) as f32;
    let colours: Vec<[u8; 3]> = (0..N_COLOURS)
        .map(|index| {
            let along = f64::from(index as f32 / last);
            match mosaic.colours {
                Colours::Weights => palette.ramp.rgb(along),
                Colours::Signed(_) => palette.diverging.rgb(2.0 * along - 1.0),
            }
        })
        .collect();
    let colour = |&value: &f32| -> [u8; 4] {
        if value == f32::NEG_INFINITY {
            return [0; 4];
        }
        let along = match mosaic.colours {
            Colours::Weights => value,
            Colours::Signed(largest) => value / largest.max(f32::MIN_POSITIVE) / 2.0 + 0.5,
        };
        let [red, green, blue] = colours[(along.clamp(0.0, 1.0) * last).round() as usize];
        [red, green, blue, 255]
    };
    mosaic.values.iter().flat_map(colour).collect()
}
