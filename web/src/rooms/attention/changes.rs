//! What was taken out of the model, and what that changes.

use headlight_view::State;
use headlight_view::frame::ablation;
use headlight_view::frame::ablation::{Ablation, Part};
use headlight_view::rooms::attention::action::AttentionAction;
use headlight_view::rooms::attention::figures::changes;
use headlight_view::rooms::attention::words as attention_words;
use leptos::prelude::*;

use super::stage::TAKE_OUT;
use crate::derived::Derived;
use crate::host;
use crate::store::{Store, store};

/// A band with a chip for each part that is out; nothing where the model is whole.
#[component]
pub fn Changes() -> impl IntoView {
    let store = store();
    let ablations = store.select(|state: &State| state.frame.subject.ablations.clone());
    let is_changed = Derived::new(move || !ablations.with(Vec::is_empty));
    let difference = store.select(|state: &State| {
        let run = state.frame.subject.run.as_ref()?;
        changes::difference(run)
    });
    let chips = move || {
        let all = ablations.get().into_iter();
        all.map(|ablation| chip(store, ablation)).collect_view()
    };
    view! {
        <Show when=move || is_changed.get()>
            <section class="changes" aria-label=attention_words::CHANGES>
                <h2 class="small">{attention_words::CHANGES}</h2>
                <ul class="out">{chips}</ul>
                <button
                    type="button"
                    class="button quiet small"
                    on:click=move |_| {
                        store.dispatch(AttentionAction::RestoreAll);
                        host::focus(TAKE_OUT);
                    }
                >
                    {attention_words::RESTORE_ALL}
                </button>
                <p class="say" role="status">{move || difference.get()}</p>
            </section>
        </Show>
    }
}

fn chip(store: Store, ablation: Ablation) -> impl IntoView {
    let part = ablation.part;
    let swap = attention_words::swap_filler(ablation);
    let label = attention_words::put_back(&ablation::part_name(part));
    let swap_id = format!("swap-{part}");
    let put_back = move |_| {
        let next = store.peek(|state| state.frame.subject.out_beside(part));
        store.dispatch(AttentionAction::ToggleAblation(part));
        // The button goes with its part; the focus goes to the next one of its kind.
        host::once_drawn(move || host::focus(&next.map_or(TAKE_OUT.to_owned(), put_back_id)));
    };
    view! {
        <li>
            <button
                type="button"
                class="button small"
                title=swap.clone()
                aria-label=format!("{}. {swap}", ablation.label())
                id=swap_id.clone()
                on:click=move |_| {
                    store.dispatch(AttentionAction::SwapFiller(part));
                    let button = swap_id.clone();
                    host::once_drawn(move || host::focus(&button));
                }
            >
                {ablation.label()}
            </button>
            <button
                type="button"
                class="button small icon"
                aria-label=label.clone()
                title=label
                id=put_back_id(part)
                on:click=put_back
            >
                <svg class="stroke" viewBox="0 0 8 8" width="8" height="8" aria-hidden="true"><path d="M1 1 L7 7 M7 1 L1 7"/></svg>
            </button>
        </li>
    }
}

fn put_back_id(part: Part) -> String {
    format!("put-back-{part}")
}
