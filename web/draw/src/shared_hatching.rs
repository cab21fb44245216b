//! The hatching of all figures in a document.
//!
//! A file of a figure has the pattern in it. In a document it stands once, before all
//! else: were it in every figure, several elements would have its id, and the figures
//! would lose their hatching with the one that is found first.

use headlight_figure::hatching;

use crate::layers::Part;
use crate::patch::Patcher;

/// Id of the pattern, as the style sheet of figures names it.
const ID: &str = "hatch";
/// Class of the element that holds it, which takes no room.
const CLASS: &str = "figure-definitions";

/// Puts the hatching into the document, if it is not there.
pub(crate) fn ensure(patcher: &Patcher<'_>) {
    let document = patcher.document;
    let Some(body) = document.body() else {
        return;
    };
    if document.get_element_by_id(ID).is_some() {
        return;
    }
    let holder = patcher.make_svg();
    for (name, value) in [("class", CLASS), ("aria-hidden", "true")] {
        // Fails only for names that are no attribute names.
        drop(holder.set_attribute(name, value));
    }
    let made = patcher.make(&Part::whole(&hatching()));
    drop(holder.append_child(&made.dom));
    // First, wherever the page puts what it draws later.
    drop(body.insert_before(&holder, body.first_child().as_ref()));
}
