//! Temperature, top-k and top-p.

use headlight_figure::number;
use headlight_view::State;
pub use headlight_view::answers::details::Sampling as Changed;
use headlight_view::rooms::attention::action::AttentionAction;
use headlight_view::rooms::attention::link::MAX_TEMPERATURE;
use headlight_view::rooms::attention::words as attention_words;
use leptos::prelude::*;

use crate::store::store;

/// The largest temperature of the slider; links may say more.
const SLIDER_TEMPERATURE: f64 = 2.0;

/// The three controls.
#[component]
pub fn Sampling() -> impl IntoView {
    let store = store();
    let sampling = store.select(|state: &State| state.frame.subject.sampling);
    let change = move |of: &dyn Fn(Changed) -> Changed| {
        let old = store.peek(|state| state.frame.subject.sampling);
        store.dispatch(AttentionAction::SetSampling(of(old)));
    };
    let set_temperature = move |event| {
        if let Ok(temperature) = event_target_value(&event).parse::<f64>() {
            let temperature = temperature.clamp(0.0, MAX_TEMPERATURE);
            change(&|old| Changed { temperature, ..old });
        }
    };
    let set_top_p = move |event| {
        if let Ok(top_p) = event_target_value(&event).parse::<f64>() {
            let top_p = top_p.clamp(0.01, 1.0);
            change(&|old| Changed { top_p, ..old });
        }
    };
    let set_top_k = move |event| {
        // An empty field is no cut.
        let top_k = event_target_value(&event).parse::<usize>().unwrap_or(0);
        change(&|old| Changed { top_k, ..old });
    };
    let top_k = move || match sampling.get().top_k {
        0 => String::new(),
        k => k.to_string(),
    };
    view! {
        <div class="sampling" role="group" aria-label=attention_words::SAMPLING>
            <label for="temperature">{attention_words::TEMPERATURE}</label>
            <input id="temperature" type="range" min="0" max=SLIDER_TEMPERATURE.to_string() step="0.05"
                prop:value=move || sampling.get().temperature.to_string() on:input=set_temperature/>
            <output for="temperature" class="number">{move || number::fixed(sampling.get().temperature, 2)}</output>
            <label for="top-p">{attention_words::TOP_P}</label>
            <input id="top-p" type="range" min="0.01" max="1" step="0.01"
                prop:value=move || sampling.get().top_p.to_string() on:input=set_top_p/>
            <output for="top-p" class="number">{move || number::fixed(sampling.get().top_p, 2)}</output>
            <label for="top-k">{attention_words::TOP_K}</label>
            <input id="top-k" class="number" type="number" min="0" step="1" inputmode="numeric"
                placeholder=attention_words::TOP_K_OFF prop:value=top_k on:input=set_top_k/>
        </div>
    }
}
