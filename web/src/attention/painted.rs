//! A long prompt's map, painted on a canvas: one pixel per cell, scaled up by
//! the browser without smoothing.

use headlight_view::matrix::MatrixLayout;
use leptos::html::Canvas;
use leptos::prelude::*;

use super::Shown;
use crate::canvas;
use crate::store::store;

/// The canvas, below the labels and marks.
#[component]
pub fn Painted(shown: Shown, layout: Memo<Option<MatrixLayout>>) -> impl IntoView {
    let element = NodeRef::<Canvas>::new();
    let ramp = canvas::ramp(store());
    Effect::new(move |_| {
        if let (Some(element), Some((_, pattern)), Some(ramp), Some(layout)) =
            (element.get(), shown.both(), ramp.get(), layout.get())
        {
            let side = layout.pixels_per_side();
            canvas::paint(&element, &layout.pixels(&pattern, &ramp), side, side);
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
            node_ref=element
            aria-hidden="true"
            style:left=move || px(|layout| layout.left)
            style:top=move || px(|layout| layout.top)
            style:width=move || px(MatrixLayout::side)
            style:height=move || px(MatrixLayout::side)
        ></canvas>
    }
}
