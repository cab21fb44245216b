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
                    <span><i class="key of-model"></i>{text::THE_MODEL}</span>
                    <span><i class="key of-truth"></i>{text::THE_TRUTH}</span>
                </p>
            }
        })
    };
    view! { {legend} }
}
