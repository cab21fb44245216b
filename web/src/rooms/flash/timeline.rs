//! The steps around the one that is shown, as coloured cells.

use headlight_figure::Gesture;
use headlight_view::State;
use headlight_view::rooms::flash::catalogue::FlashFigure;
use headlight_view::rooms::flash::figures::timeline;
use headlight_view::rooms::flash::words;
use leptos::html::Div;
use leptos::prelude::*;

use super::flash_view::{FlashView, more};
use crate::frame::figure::figure_of;

/// The cells, and what their colours mean.
pub fn timeline(room: FlashView) -> AnyView {
    let element = NodeRef::<Div>::new();
    let held = room.store.select(|state: &State| state.flash.timeline_from);
    let drawing = move |width| {
        let (course, step) = room.now.course()?;
        Some(timeline::drawing(&course, step, held.get(), width))
    };
    let act = move |width, gesture: Gesture| {
        let action = untrack(|| {
            let (course, step) = room.now.course()?;
            timeline::on_gesture(&gesture, &course, step, held.get(), width)
        });
        room.act_if(action)
    };
    view! {
        <div class="strip">
            <figure data-figure=FlashFigure::Timeline.name() aria-label=words::TIMELINE>
                <div class="timeline" title=words::TIMELINE node_ref=element>
                    {figure_of(element, drawing, act)}
                </div>
            </figure>
            {more(FlashFigure::Timeline)}
        </div>
    }
    .into_any()
}
