//! What was taken out of the model, and what that changes.

use headlight_view::ablation::Ablation;
use headlight_view::{Action, State, ablation, text};
use leptos::prelude::*;

use crate::store::{Store, store};

/// A band with a chip for each part that is out; nothing where the model is whole.
#[component]
pub fn Changes() -> impl IntoView {
    let store = store();
    let ablations = store.select(|state: &State| state.room.ablations.clone());
    let is_changed = Memo::new(move |_| !ablations.with(Vec::is_empty));
    let difference = store.select(|state: &State| {
        let run = state.room.run.as_ref()?;
        ablation::difference(run)
    });
    let chips = move || {
        let all = ablations.get().into_iter();
        all.map(|ablation| chip(store, ablation)).collect_view()
    };
    view! {
        <Show when=move || is_changed.get()>
            <section class="changes" aria-label=text::CHANGES>
                <h2 class="small">{text::CHANGES}</h2>
                <ul class="out">{chips}</ul>
                <button
                    type="button"
                    class="button quiet small"
                    on:click=move |_| store.dispatch(Action::RestoreAll)
                >
                    {text::RESTORE_ALL}
                </button>
                <p class="say" role="status">{move || difference.get()}</p>
            </section>
        </Show>
    }
}

fn chip(store: Store, ablation: Ablation) -> impl IntoView {
    let part = ablation.part;
    let swap = text::swap_filler(ablation);
    let put_back = text::put_back(&text::part(part));
    view! {
        <li>
            <button
                type="button"
                class="button small"
                title=swap.clone()
                aria-label=format!("{}. {swap}", ablation.label())
                on:click=move |_| store.dispatch(Action::SwapFiller(part))
            >
                {ablation.label()}
            </button>
            <button
                type="button"
                class="button small icon"
                aria-label=put_back.clone()
                title=put_back
                on:click=move |_| store.dispatch(Action::ToggleAblation(part))
            >
                <svg class="stroke" viewBox="0 0 8 8" width="8" height="8" aria-hidden="true"><path d="M1 1 L7 7 M7 1 L1 7"/></svg>
            </button>
        </li>
    }
}
