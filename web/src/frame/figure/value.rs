//! A figure that is a value, in its place in the page.

use headlight_figure::{Element, Size};
use headlight_view::State;
use leptos::html::Div;
use leptos::prelude::*;

use crate::derived::Derived;
use crate::draw::figure::picture;
use crate::draw::{drawn, reactive};
use crate::host;
use crate::store::store;

/// What `drawing` gives for the width of `place`, under the page's theme, anew whenever
/// either changes or what it reads.
pub fn picture_of(
    place: NodeRef<Div>,
    drawing: impl Fn(f64) -> Option<(Element, Size)> + Send + Sync + 'static,
) -> impl IntoView {
    let width = host::width_of(place);
    let theme = store().select(|state: &State| state.frame.theme);
    // Nothing before the place has been laid out.
    let known = move || Some(width.get()).filter(|width| *width > 0.0);
    let drawing = Derived::new(move || drawing(known()?));
    let picture = reactive(move || {
        let of = |drawing: &Option<(Element, Size)>| {
            let (drawing, size) = drawing.as_ref()?;
            Some(picture(drawing, *size, theme.get().colours()))
        };
        drawing.with(of).into()
    });
    drawn(picture)
}
