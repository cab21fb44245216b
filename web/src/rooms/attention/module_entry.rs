//! The room's part of the page's second module.

use headlight_figure::FigureId;
use headlight_view::State;
use headlight_view::frame::save::Numbers;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::files;
use leptos::prelude::*;

use super::changes::Changes;
use super::lesson::OpenLesson;
use super::lines::Lines;
use super::map::Zooming;
use super::method_and_numbers::MethodAndNumbers;
use super::module::AttentionModule;
use super::shown_signals::ShownSignals;
use super::steps::Steps;
use super::{attribution, lens, next, norms, perplexity, row, surprise};
use crate::export::MadeByRoom;

/// The functions that draw it; only the second module may call this, so that they are
/// not in the first.
pub fn module() -> AttentionModule {
    AttentionModule {
        lines: |shown| view! { <Lines shown/> }.into_any(),
        steps: |shown| view! { <Steps shown/> }.into_any(),
        inspector,
        inside,
        zooming: |()| view! { <Zooming/> }.into_any(),
        changes: |()| view! { <Changes/> }.into_any(),
        behind: |figure| view! { <MethodAndNumbers figure/> }.into_any(),
        lesson: |element| view! { <OpenLesson element/> }.into_any(),
    }
}

/// What files need of this room's figures.
pub const FOR_FILES: MadeByRoom = MadeByRoom { numbers, figure };

/// The numbers of a figure of this room, for a file.
fn numbers(state: &State, figure: FigureId) -> Option<Numbers> {
    let figure = AttentionFigure::of(figure)?;
    files::numbers(&state.attention, &state.frame, figure)
}

/// Everything about the selected token.
fn inspector(shown: ShownSignals) -> AnyView {
    let later = shown.later();
    view! {
        <row::Selected shown/>
        <next::Next shown/>
        <surprise::Surprise shown=later/>
        <perplexity::PerplexitySoFar shown=later/>
    }
    .into_any()
}

/// What goes on between the layers.
fn inside(shown: ShownSignals) -> AnyView {
    view! {
        <lens::Lens shown/>
        <div class="pair">
            <attribution::Attribution shown/>
            <norms::Norms shown=shown.later()/>
        </div>
    }
    .into_any()
}

/// A figure of this room that is a value, at a width.
fn figure(state: &State, figure: FigureId, width_px: f64) -> Option<headlight_figure::Figure> {
    let figure = AttentionFigure::of(figure)?;
    files::figure(&state.attention, &state.frame, figure, width_px)
}
