//! What every part of the room knows, and can do.

use headlight_figure::{Element, Size};
use headlight_view::rooms::flash::FlashAction;
use headlight_view::rooms::flash::catalogue::FlashFigure;
use headlight_view::rooms::flash::method;
use leptos::html::Div;
use leptos::prelude::*;

use super::current_step::CurrentStep;
use super::dispatch::act;
use super::step_tables::StepTables;
use crate::frame::figure::{MethodAndTable, More, figure_of};
use crate::store::Store;

/// What every part of the room knows.
#[derive(Clone, Copy)]
pub(super) struct FlashView {
    pub(super) store: Store,
    pub(super) now: CurrentStep,
    pub(super) numbers: StepTables,
}

impl FlashView {
    /// Applies an action of the room.
    pub(super) fn act(self, action: FlashAction) {
        act(self.store, action);
    }

    /// Applies an action of the room, if there is one; true if there is.
    pub(super) fn act_if(self, action: Option<FlashAction>) -> bool {
        let is_some = action.is_some();
        if let Some(action) = action {
            self.act(action);
        }
        is_some
    }

    /// What is behind a figure: how it is computed, and its numbers.
    pub(super) fn behind(self, figure: FlashFigure) -> AnyView {
        let (table, command) = self.numbers.behind(self.store, figure);
        view! { <MethodAndTable figure method=method(figure) command table/> }.into_any()
    }
}

/// A figure at which there is nothing to operate, in the width of its place.
pub(super) fn still(
    place: NodeRef<Div>,
    drawing: impl Fn(f64) -> Option<(Element, Size)> + 'static,
) -> AnyView {
    figure_of(place, drawing, |_, _| false)
}

/// The menu of a figure.
pub(super) fn more(figure: FlashFigure) -> AnyView {
    view! { <More figure/> }.into_any()
}
