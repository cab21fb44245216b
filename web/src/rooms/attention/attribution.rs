//! Which parts of the model speak for a token, and against another.

use headlight_figure::Shared;
use headlight_view::State;
use headlight_view::answers::details::{Attribution as Found, DetailKind};
use headlight_view::rooms::attention::action::AttentionAction;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::figures::attribution;
use headlight_view::rooms::attention::figures::attribution::{
    AttributionBar, AttributionBars, Order,
};
use headlight_view::rooms::attention::words as attention_words;
use leptos::prelude::*;

use super::method_and_numbers::Behind;
use super::placeholder::Placeholder;
use super::shown::Shown;
use crate::derived::Derived;
use crate::frame::figure::More;
use crate::store::{Store, store};

/// The figure.
#[component]
pub fn Attribution(shown: Shown) -> impl IntoView {
    let store = store();
    let found = store.select(|state: &State| state.attention.details.attribution.clone());
    let order = store.select(|state: &State| state.attention.order);
    let bars = Derived::new(move || {
        found.with(|found| Some(AttributionBars::new(found.as_ref()?, order.get())))
    });
    let sentence = move || {
        let (found, run): (Shared<Found>, _) = (found.get()?, shown.run.get()?);
        let text = |id| run.token_text(id).unwrap_or_default();
        let (token, against) = (text(found.token), text(found.against));
        Some(attribution::sentence(&found, token, against))
    };
    let is_there = Signal::derive(move || found.with(Option::is_some));
    let is_stream = move || order.get() == Order::Stream;
    let toggle = move |_| {
        let other = if is_stream() {
            Order::Size
        } else {
            Order::Stream
        };
        store.dispatch(AttentionAction::OrderComponents(other));
    };
    view! {
        <section class="block" aria-labelledby="attribution-title">
            <div class="heading">
                <h3 id="attribution-title">{attention_words::ATTRIBUTION}</h3>
                <More figure=AttentionFigure::Attribution/>
            </div>
            <figure data-figure=AttentionFigure::Attribution.name() aria-labelledby="attribution-title" aria-describedby="attribution-says">
                <div class="contrast">
                    <TokenPicker store is_against=false label=attention_words::SPEAKS_FOR/>
                    <TokenPicker store is_against=true label=attention_words::SPEAKS_AGAINST/>
                    <button type="button" class="button small" aria-pressed=move || is_stream().to_string() on:click=toggle>
                        {attention_words::STREAM_ORDER}
                    </button>
                </div>
                <p class="note" id="attribution-says">{sentence}</p>
                <Placeholder kind=DetailKind::Attribution is_there/>
                {move || bars.get().map(draw)}
            </figure>
            <Behind figure=AttentionFigure::Attribution/>
        </section>
    }
}

/// Chooses one of the two tokens.
#[component]
fn TokenPicker(store: Store, is_against: bool, label: &'static str) -> impl IntoView {
    let contrast = store.select(|state: &State| state.attention.contrast(&state.frame.subject));
    let own = move || {
        let (token, against) = contrast.get()?;
        Some(if is_against { against } else { token })
    };
    let choose = move |event| {
        let (Ok(id), Some((token, against))) =
            (event_target_value(&event).parse(), contrast.get_untracked())
        else {
            return;
        };
        let (token, against) = if is_against {
            (token, id)
        } else {
            (id, against)
        };
        store.dispatch(AttentionAction::Compare { token, against });
    };
    let comparable = store.select(|state: &State| state.frame.subject.comparable());
    let options = move || {
        let option = |(id, text): (u32, String)| {
            let name = headlight_figure::token::VisibleToken::new(&text).full();
            view! { <option value=id.to_string() selected=move || own() == Some(id)>{name}</option> }
        };
        comparable.get().into_iter().map(option).collect_view()
    };
    view! {
        <label class="picker">
            <span class="label">{label}</span>
            <select on:change=choose>{options}</select>
        </label>
    }
}

fn draw(drawn: AttributionBars) -> impl IntoView {
    let zero = drawn.zero;
    let bar = move |bar: AttributionBar| {
        view! {
            <li class:others=bar.component.is_none()>
                <span class="name">{bar.label}</span>
                <span class="track">
                    <span
                        class="bar"
                        class:negative=bar.value < 0.0
                        style:left=percent(bar.bar.start)
                        style:width=percent(bar.bar.length)
                    ></span>
                </span>
                <span class="number">{bar.text}</span>
            </li>
        }
    };
    let bars = drawn.bars.into_iter().map(bar).collect_view();
    view! {
        <ol class="bars signed diverging" style=("--zero", percent(zero))>{bars}</ol>
        <p class="sums number">{attention_words::adds_up(&drawn.sum, &drawn.logit_difference, &drawn.gap)}</p>
    }
}

fn percent(fraction: f64) -> String {
    format!("{:.2}%", fraction * 100.0)
}
