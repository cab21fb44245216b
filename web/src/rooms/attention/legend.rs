//! Which mark is the model's, which the whole model's, and which the language's.

use headlight_view::rooms::attention::words as attention_words;
use leptos::prelude::*;

use super::shown::Shown;

/// The legend of a figure that has marks beside the model's own.
#[component]
pub fn Legend(shown: Shown, #[prop(into)] has_truth: Signal<bool>) -> impl IntoView {
    let is_needed = move || has_truth.get() || shown.has_clean();
    view! {
        <Show when=is_needed>
            <p class="marks" aria-hidden="true">
                <span><i class="key of-model"></i>{move || if shown.has_clean() { attention_words::THE_REST } else { attention_words::THE_MODEL }}</span>
                <Show when=move || shown.has_clean()>
                    <span><i class="key of-whole"></i>{attention_words::THE_WHOLE}</span>
                </Show>
                <Show when=move || has_truth.get()>
                    <span><i class="key of-truth"></i>{attention_words::THE_TRUTH}</span>
                </Show>
            </p>
        </Show>
    }
}
