//! Which parts of the model speak for a token, and against another.

use headlight_figure::token::VisibleToken;
use headlight_view::State;
use headlight_view::answers::details::DetailKind;
use headlight_view::rooms::attention::action::AttentionAction;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::figures::attribution;
use headlight_view::rooms::attention::figures::attribution::Order;
use headlight_view::rooms::attention::words as attention_words;
use leptos::html::Div;
use leptos::prelude::*;

use super::method_and_numbers::Behind;
use super::placeholder::Placeholder;
use super::shown_signals::ShownSignals;
use crate::controls::{Entry, select};
use crate::derived::Derived;
use crate::frame::figure::{More, figure_of};
use crate::store::{Store, store};

/// The figure.
#[component]
pub fn Attribution(shown: ShownSignals) -> impl IntoView {
    let store = store();
    let found = store.select(|state: &State| state.attention.details.attribution.clone());
    let order = store.select(|state: &State| state.attention.order);
    let element = NodeRef::<Div>::new();
    let drawing =
        move |width| found.with(|found| attribution::drawing(found.as_ref()?, order.get(), width));
    let picture = figure_of(element, drawing, |_, _| false);
    let sentence = move || {
        let (found, run) = (found.get()?, shown.run.get()?);
        Some(attribution::sentence_of(&run, &found))
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
                    {token_picker(store, false, attention_words::SPEAKS_FOR)}
                    {token_picker(store, true, attention_words::SPEAKS_AGAINST)}
                    <button type="button" class="button small" aria-pressed=move || is_stream().to_string() on:click=toggle>
                        {attention_words::STREAM_ORDER}
                    </button>
                </div>
                <p class="note" id="attribution-says">{sentence}</p>
                <Placeholder kind=DetailKind::Attribution is_there/>
                <div class="drawn-late" node_ref=element>{picture}</div>
            </figure>
            <Behind figure=AttentionFigure::Attribution/>
        </section>
    }
}

/// Choice of one of the two tokens.
fn token_picker(store: Store, is_against: bool, label: &'static str) -> AnyView {
    let contrast = store.select(|state: &State| state.attention.contrast(&state.frame.subject));
    let chosen = Derived::new(move || {
        let own = contrast
            .get()
            .map(|(token, against)| if is_against { against } else { token });
        own.map(|id| id.to_string()).unwrap_or_default()
    });
    let choose = Callback::new(move |value: String| {
        let (Ok(id), Some((token, against))) = (value.parse(), contrast.get_untracked()) else {
            return;
        };
        let (token, against) = if is_against {
            (token, id)
        } else {
            (id, against)
        };
        store.dispatch(AttentionAction::Compare { token, against });
    });
    let comparable = store.select(|state: &State| state.attention.comparable(&state.frame.subject));
    let entry =
        |(id, text): (u32, String)| Entry::new(id.to_string(), VisibleToken::new(&text).full());
    let entries = Derived::new(move || comparable.get().into_iter().map(entry).collect());
    select(label, None, Some("picker"), entries, chosen, choose, None)
}
