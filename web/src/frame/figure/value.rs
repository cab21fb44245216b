//! A figure that is a value, in its place in the page.

use std::cell::RefCell;

use headlight_draw::{Listening, Operated, Picture, listen};
use headlight_figure::{Element, Gesture, Size, Theme};
use headlight_view::State;
use leptos::html::Div;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;

use crate::element_width;
use crate::store::store;

/// What `drawing` gives for the width of `place`, under the page's theme, anew whenever
/// either changes or what it reads. `act` gets what a visitor does to it, with the width
/// that it was drawn for, and says whether that did something.
pub fn figure_of(
    place: NodeRef<Div>,
    drawing: impl Fn(f64) -> Option<(Element, Size)> + 'static,
    act: impl Fn(f64, Gesture) -> bool + 'static,
) -> AnyView {
    let width = element_width::width_of(place);
    figure_view(width, drawing, move |gesture| {
        act(width.get_untracked(), gesture)
    })
}

/// A figure in a width that is followed.
pub fn figure_view(
    width: Signal<f64>,
    drawing: impl Fn(f64) -> Option<(Element, Size)> + 'static,
    act: impl Fn(Gesture) -> bool + 'static,
) -> AnyView {
    let show = move |picture: &mut Picture, theme| {
        // Nothing before the place has been laid out.
        let known = Some(width.get()).filter(|width| *width > 0.0);
        match known.and_then(&drawing) {
            Some((drawing, size)) => picture.show(&drawing, size, theme),
            None => picture.clear(),
        }
    };
    picture_view(Box::new(show), Box::new(act))
}

/// Brings a picture up to date under a theme, whenever what it reads changes.
pub type Show = Box<dyn Fn(&mut Picture, &'static Theme)>;

/// A picture that `show` follows with, and that `act` listens to.
pub fn picture_view(show: Show, act: Box<dyn Fn(Gesture) -> bool>) -> AnyView {
    let theme = store().select(|state: &State| state.frame.theme);
    let place = NodeRef::<Div>::new();
    let (mounted, act) = (
        RefCell::new(None::<MountedPicture>),
        RefCell::new(Some(act)),
    );
    let update = SendWrapper::new(move || {
        let Some(root) = place.get() else { return };
        let mut mounted = mounted.borrow_mut();
        let MountedPicture { picture, .. } = mounted.get_or_insert_with(|| MountedPicture {
            picture: Picture::within(root.clone().unchecked_into()),
            _listening: act.take().map(|act| listen(&root, act)),
        });
        show(picture, theme.get().colours());
    });
    // As a view it ends with the picture.
    view! {
        <div class="figure-drawing" node_ref=place></div>
        {move || update()}
    }
    .into_any()
}

struct MountedPicture {
    picture: Picture,
    _listening: Option<Listening>,
}

/// Elements of HTML that `drawn` gives, kept up to date as the only child of `place`; `act`
/// listens to them. The view itself shows nothing: it stands after its place, and the
/// elements end with it.
pub fn operated_view(
    place: NodeRef<Div>,
    drawn: Box<dyn Fn() -> Element>,
    act: Option<Box<dyn Fn(Gesture) -> bool>>,
) -> AnyView {
    let (mounted, act) = (RefCell::new(None), RefCell::new(act));
    let update = SendWrapper::new(move || {
        let Some(root) = place.get() else { return };
        let mut mounted = mounted.borrow_mut();
        let (operated, _listening) = mounted.get_or_insert_with(|| {
            let listening = act.take().map(|act| listen(&root, act));
            (Operated::within(root.clone().into()), listening)
        });
        operated.show(&drawn());
    });
    (move || update()).into_any()
}
