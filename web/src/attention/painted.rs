//! A long prompt's map, painted on a canvas: one pixel per cell, scaled up by
//! the browser without smoothing.

use headlight_view::matrix::MatrixLayout;
use headlight_view::ramp::Ramp;
use headlight_view::run::Pattern;
use leptos::html::Canvas;
use leptos::prelude::*;

use super::Shown;
use crate::canvas;
use crate::store::store;

/// The canvas, below the labels and marks.
#[component]
pub fn Painted(shown: Shown, layout: Memo<Option<MatrixLayout>>) -> impl IntoView {
    let canvas = NodeRef::<Canvas>::new();
    let ramp = canvas::ramp(store());
    Effect::new(move |_| {
        if let (Some(element), Some((_, pattern)), Some(ramp)) =
            (canvas.get(), shown.both(), ramp.get())
        {
            let n = pattern.seq_len();
            canvas::paint(&element, &pixels(&pattern, &ramp), n, n);
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

/// The visible cells; the masked ones stay transparent, over the hatching.
fn pixels(pattern: &Pattern, ramp: &Ramp) -> Vec<u8> {
    let n = pattern.seq_len();
    let mut pixels = vec![0_u8; n * n * 4];
    for query in 0..n {
        for (key, weight) in pattern.row(query).iter().enumerate().take(query + 1) {
            let [red, green, blue] = ramp.rgb(f64::from(*weight));
            let at = (query * n + key) * 4;
            pixels[at..at + 4].copy_from_slice(&[red, green, blue, 255]);
        }
    }
    pixels
}
