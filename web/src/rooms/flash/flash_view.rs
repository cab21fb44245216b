//! What every part of the room knows, and can do.

use std::rc::Rc;

use headlight_figure::{Element, Gesture, Size};
use headlight_view::rooms::flash::FlashAction;
use headlight_view::rooms::flash::catalogue::FlashFigure;
use leptos::html::Div;
use leptos::prelude::*;

use super::current_step::CurrentStep;
use super::dispatch::act;
use super::numbers;
use super::numbers::Numbers;
use crate::draw::{Node, leptos as view_of};
use crate::frame::figure::{More, figure_view};
use crate::host;
use crate::store::Store;

/// What every part of the room knows.
#[derive(Clone, Copy)]
pub(super) struct FlashView {
    pub(super) store: Store,
    pub(super) now: CurrentStep,
    pub(super) numbers: Numbers,
}

impl FlashView {
    /// Applies an action of the room.
    pub(super) fn act(self, action: FlashAction) {
        act(self.store, action);
    }

    /// What is behind a figure: how it is computed, and its numbers.
    pub(super) fn behind(self, figure: FlashFigure) -> Node {
        let (table, command) = self.numbers.behind(self.store, figure);
        view_of(move || numbers::behind(figure, table, command))
    }
}

/// A figure at which there is nothing to operate, in the width of its place.
pub(super) fn still(
    place: NodeRef<Div>,
    drawing: impl Fn(f64) -> Option<(Element, Size)> + 'static,
) -> Node {
    figure(host::width_of(place), drawing, |_| false)
}

/// A figure in a width that is followed; `act` says whether a gesture did something.
pub(super) fn figure(
    width: Signal<f64>,
    drawing: impl Fn(f64) -> Option<(Element, Size)> + 'static,
    act: impl Fn(Gesture) -> bool + 'static,
) -> Node {
    let (drawing, act) = (Rc::new(drawing), Rc::new(act));
    view_of(move || {
        let (drawing, act) = (Rc::clone(&drawing), Rc::clone(&act));
        figure_view(width, move |width| drawing(width), move |it| act(it))
    })
}

/// The menu of a figure.
pub(super) fn more(figure: FlashFigure) -> Node {
    view_of(move || view! { <More figure/> }.into_any())
}
