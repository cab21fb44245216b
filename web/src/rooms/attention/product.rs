//! A query times a key, dimension by dimension.

use headlight_view::State;
use headlight_view::answers::details::DetailKind;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::figures::product::Product as Computed;
use headlight_view::rooms::attention::figures::product_drawing;
use headlight_view::rooms::attention::words as attention_words;
use leptos::html::Div;
use leptos::prelude::*;

use super::method_and_numbers::Behind;
use super::placeholder::Placeholder;
use super::shown_signals::ShownSignals;
use crate::derived::Derived;
use crate::frame::figure::{More, figure_of};
use crate::store::store;

/// The figure.
#[component]
pub fn Product(shown: ShownSignals) -> impl IntoView {
    let found = store().select(|state: &State| state.attention.query_key(&state.frame.subject));
    let both = Derived::new(move || found.get().zip(shown.run.get()));
    let element = NodeRef::<Div>::new();
    let drawing = move |width| {
        let (found, run) = both.get()?;
        Some(Computed::new(&found).drawing(&run.tokens, width))
    };
    let picture = figure_of(element, drawing, |_, _| false);
    let sentence = move || {
        let (found, run) = both.get()?;
        Some(Computed::new(&found).sentence(&run.tokens))
    };
    let is_there = Signal::derive(move || both.with(Option::is_some));
    let room = format!("{}px", product_drawing::height());
    view! {
        <section class="product" aria-labelledby="product-title">
            <div class="heading">
                <h3 id="product-title">{attention_words::PRODUCT_OF_BOTH}</h3>
                <More figure=AttentionFigure::Product/>
            </div>
            <figure data-figure=AttentionFigure::Product.name() aria-labelledby="product-title">
                <Placeholder kind=DetailKind::QueryKey is_there/>
                <div class="drawn" style:min-height=room node_ref=element>{picture}</div>
                <p class="note">{sentence}</p>
            </figure>
            <Behind figure=AttentionFigure::Product/>
        </section>
    }
}
