//! What stands in a figure whose numbers have not arrived.

use headlight_view::State;
use headlight_view::answers::details::DetailKind;
use leptos::prelude::*;

use crate::store::store;

/// Why there is nothing yet; nothing once there is.
#[component]
pub fn Placeholder(kind: DetailKind, is_there: Signal<bool>) -> impl IntoView {
    let why =
        store().select(move |state: &State| state.attention.why_no_detail(&state.frame, kind));
    move || (!is_there.get()).then(|| view! { <p class="awaited">{why.get()}</p> })
}
