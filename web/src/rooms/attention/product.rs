//! A query times a key, dimension by dimension.

use headlight_figure::ramp::change_css;
use headlight_view::State;
use headlight_view::answers::details::DetailKind;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::figures::product::{Product as Computed, ProductView, Strip};
use headlight_view::rooms::attention::words as attention_words;
use leptos::prelude::*;

use super::method_and_numbers::Behind;
use super::placeholder::Placeholder;
use super::shown::Shown;
use crate::derived::Derived;
use crate::frame::figure::More;
use crate::store::store;

/// The figure.
#[component]
pub fn Product(shown: Shown) -> impl IntoView {
    let found = store().select(|state: &State| state.attention.query_key(&state.frame.subject));
    let drawn = Derived::new(move || {
        let (found, run) = (found.get()?, shown.run.get()?);
        Some(Computed::new(&found).view(&run.tokens))
    });
    let is_there = Signal::derive(move || drawn.with(Option::is_some));
    view! {
        <section class="product" aria-labelledby="product-title">
            <div class="heading">
                <h3 id="product-title">{attention_words::PRODUCT_OF_BOTH}</h3>
                <div class="legend">
                    <span>{attention_words::NEGATIVE}</span>
                    <span class="scale diverging" aria-hidden="true"></span>
                    <span>{attention_words::POSITIVE}</span>
                </div>
                <More figure=AttentionFigure::Product/>
            </div>
            <figure data-figure=AttentionFigure::Product.name() aria-labelledby="product-title">
                <Placeholder kind=DetailKind::QueryKey is_there/>
                {move || drawn.get().map(draw)}
            </figure>
            <Behind figure=AttentionFigure::Product/>
        </section>
    }
}

fn draw(drawn: ProductView) -> impl IntoView {
    let ProductView {
        strips,
        titles,
        most,
        sentence,
    } = drawn;
    let strip = |strip: Strip| {
        let cells = strip.levels.iter().zip(&titles).enumerate();
        let cells = cells.map(|(dim, (level, title))| {
            view! { <i class:most=most == Some(dim) title=title.clone() style:background=change_css(*level)></i> }
        });
        let cells = cells.collect_view();
        view! {
            <li>
                <span class="name number">{strip.name}</span>
                <span class="cells" aria-hidden="true">{cells}</span>
                <span class="number">{attention_words::up_to(&strip.most)}</span>
            </li>
        }
    };
    let strips = strips.map(strip).collect_view();
    view! {
        <ol class="strips">{strips}</ol>
        <p class="note">{sentence}</p>
    }
}
