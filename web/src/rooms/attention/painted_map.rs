//! A long prompt's map, painted on a canvas: one pixel per cell, scaled up by
//! the browser without smoothing.

use headlight_figure::ramp::Scale;
use headlight_view::rooms::attention::figures::matrix::MatrixLayout;
use leptos::html::Canvas;
use leptos::prelude::*;

use super::shown::Shown;
use crate::derived::Derived;
use crate::draw::canvas;
use crate::draw::canvas::Palette;
use crate::store::store;

/// The canvas, below the labels and marks.
#[component]
pub fn Painted(shown: Shown, layout: Derived<Option<MatrixLayout>>) -> impl IntoView {
    let element = NodeRef::<Canvas>::new();
    let store = store();
    Effect::new(move |_| {
        if let (Some(element), Some(drawn), Some(palette), Some(layout)) = (
            element.get(),
            shown.drawn_of_run(),
            store.palette(),
            layout.get(),
        ) {
            let Palette { ramp, diverging } = palette;
            let side = layout.pixels_per_side();
            let pixels = match shown.scale.get() {
                Scale::Weights => layout.pixels(&drawn, |weight| ramp.rgb(weight)),
                Scale::Change => layout.pixels(&drawn, |change| diverging.rgb(change)),
            };
            canvas::paint(&element, &pixels, side, side);
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
