//! Which mark is the model's and which the language's.

use headlight_view::text;
use leptos::prelude::*;

/// The legend of a figure, where it has marks of the language.
#[component]
pub fn TruthLegend(#[prop(into)] is_there: Signal<bool>) -> impl IntoView {
    let legend = move || {
        is_there.get().then(|| {
            view! {
                <p class="marks" aria-hidden="true">
                    <span class="key of-model"></span>{text::THE_MODEL}
                    <span class="key of-truth"></span>{text::THE_TRUTH}
                </p>
            }
        })
    };
    view! { {legend} }
}
