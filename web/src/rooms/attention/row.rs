//! The selected cell in numbers.

use headlight_view::frame::words as frame_words;
use headlight_view::rooms::attention::figures::row::CellFacts;
use headlight_view::rooms::attention::words as attention_words;
use leptos::prelude::*;

use super::shown_signals::ShownSignals;
use crate::derived::Derived;

/// The selected cell.
#[component]
pub fn Selected(shown: ShownSignals) -> impl IntoView {
    let facts = Derived::new(move || {
        let (run, pattern) = shown.both()?;
        let (query, key) = (shown.query.get(), shown.key.get());
        Some(CellFacts::new(&run.tokens, &pattern, query, key))
    });
    let title = move || facts.with(|f| f.as_ref().map(|f| f.title.clone()));
    let weight = move || {
        facts.with(|f| {
            let weight = f.as_ref().map(|f| f.weight.clone());
            weight.map(|weight| weight.unwrap_or_else(|| attention_words::IS_MASKED.to_owned()))
        })
    };
    let clean_weight = move || {
        let weight = facts.with(|f| f.as_ref()?.clean_weight.clone())?;
        Some(view! { <dt>{attention_words::CLEAN_WEIGHT}</dt><dd class="number">{weight}</dd> })
    };
    let nothing = || frame_words::NOTHING.to_owned();
    let number =
        move |of: fn(&CellFacts) -> &String| facts.with(|f| f.as_ref().map(|f| of(f).clone()));
    view! {
        <section class="block" aria-labelledby="selected-title">
            <h3 id="selected-title">{attention_words::SELECTED}</h3>
            <dl class="facts cell">
                <dt>{move || title().unwrap_or_else(|| attention_words::WEIGHT.to_owned())}</dt>
                <dd class="number">{move || weight().unwrap_or_else(nothing)}</dd>
                {clean_weight}
                <dt>{attention_words::SCORE}</dt>
                <dd class="number">{move || number(|f| &f.score).unwrap_or_else(nothing)}</dd>
                <dt>{attention_words::LOG_SUM_EXP}</dt>
                <dd class="number">{move || number(|f| &f.log_sum_exp).unwrap_or_else(nothing)}</dd>
                <dt>{attention_words::RANK}</dt>
                <dd class="number">{move || number(|f| &f.rank).unwrap_or_else(nothing)}</dd>
            </dl>
        </section>
    }
}
