//! A figure that is a value, in its place in the page.

use headlight_figure::{Element, Gesture, Size};
use headlight_view::State;
use leptos::html::Div;
use leptos::prelude::*;

use crate::derived::Derived;
use crate::draw::figure::picture;
use crate::draw::gesture::GestureListener;
use crate::draw::{Drawn, Node, drawn, reactive};
use crate::host;
use crate::store::store;

/// What `drawing` gives for the width of `place`, under the page's theme, anew whenever
/// either changes or what it reads. `act` gets what a visitor does to it, with the width
/// that it was drawn for, and says whether that did something.
pub fn figure_of(
    place: NodeRef<Div>,
    drawing: impl Fn(f64) -> Option<(Element, Size)> + Send + Sync + 'static,
    act: impl Fn(f64, Gesture) -> bool + 'static,
) -> Drawn {
    let width = host::width_of(place);
    let act = GestureListener::new(move |gesture| act(width.get_untracked(), gesture));
    drawn(figure_node(width, drawing, act))
}

/// A figure as a part of a drawing, in a width that is followed.
pub fn figure_node(
    width: Signal<f64>,
    drawing: impl Fn(f64) -> Option<(Element, Size)> + Send + Sync + 'static,
    listener: GestureListener,
) -> Node {
    let theme = store().select(|state: &State| state.frame.theme);
    // Nothing before the place has been laid out.
    let known = move || Some(width.get()).filter(|width| *width > 0.0);
    let drawing = Derived::new(move || drawing(known()?));
    reactive(move || {
        let of = |drawing: &Option<(Element, Size)>| {
            let (drawing, size) = drawing.as_ref()?;
            let picture = picture(drawing, *size, theme.get().colours());
            Some(listener.on(picture))
        };
        drawing.with(of).into()
    })
}

/// Width in pixels of the drawing in a figure that is a value and stands in the page.
pub fn width_of_drawing(figure: &web_sys::Element) -> Option<f64> {
    let picture = figure.query_selector("svg").ok().flatten()?;
    picture.get_attribute("width")?.parse().ok()
}
