//! A long prompt's map, painted on a canvas: one pixel per cell, scaled up by
//! the browser without smoothing.

use headlight_view::State;
use headlight_view::matrix::MatrixLayout;
use headlight_view::ramp::{N_STOPS, Ramp};
use headlight_view::run::Pattern;
use leptos::html::Canvas;
use leptos::prelude::*;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use super::Shown;
use crate::host;
use crate::store::store;

/// The canvas, below the labels and marks.
#[component]
pub fn Painted(shown: Shown, layout: Memo<Option<MatrixLayout>>) -> impl IntoView {
    let canvas = NodeRef::<Canvas>::new();
    let theme = store().select(|state: &State| state.theme);
    Effect::new(move |_| {
        theme.track();
        let stops: [String; N_STOPS] =
            std::array::from_fn(|stop| host::css_colour(&format!("--seq-{stop}")));
        if let (Some(canvas), Some((_, pattern)), Some(ramp)) =
            (canvas.get(), shown.both(), Ramp::from_css(&stops))
        {
            // A canvas that cannot be had leaves the table, which says the same.
            let _ = paint(&canvas, &pattern, &ramp);
        }
    });
    let px = move |of: fn(&MatrixLayout) -> f64| {
        layout.with(|l| {
            l.as_ref()
                .map_or_else(String::new, |l| format!("{:.1}px", of(l)))
        })
    };
    view! {
        <canvas
            class="painted"
            node_ref=canvas
            aria-hidden="true"
            style:left=move || px(|layout| layout.left)
            style:top=move || px(|layout| layout.top)
            style:width=move || px(MatrixLayout::side)
            style:height=move || px(MatrixLayout::side)
        ></canvas>
    }
}

/// Paints the visible cells; the masked ones stay transparent, over the hatching.
fn paint(canvas: &HtmlCanvasElement, pattern: &Pattern, ramp: &Ramp) -> Option<()> {
    let n = pattern.seq_len();
    let size = u32::try_from(n).ok()?;
    let mut pixels = vec![0_u8; n * n * 4];
    for query in 0..n {
        for (key, weight) in pattern.row(query).iter().enumerate().take(query + 1) {
            let [red, green, blue] = ramp.rgb(f64::from(*weight));
            let at = (query * n + key) * 4;
            pixels[at..at + 4].copy_from_slice(&[red, green, blue, 255]);
        }
    }
    canvas.set_width(size);
    canvas.set_height(size);
    let context = canvas.get_context("2d").ok()??;
    let context: CanvasRenderingContext2d = context.dyn_into().ok()?;
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&pixels), size, size).ok()?;
    context.put_image_data(&image, 0.0, 0.0).ok()
}
