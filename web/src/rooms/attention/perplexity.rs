//! Perplexity so far, and how it falls into truth and excess.

use headlight_figure::Gesture;
use headlight_view::answers::truth::ShownTruth;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::figures::per_token::select_token;
use headlight_view::rooms::attention::figures::perplexity;
use headlight_view::rooms::attention::figures::perplexity::Identity;
use headlight_view::rooms::attention::words as attention_words;
use leptos::html::Div;
use leptos::prelude::*;

use super::method_and_numbers::Behind;
use super::shown_signals::ShownSignals;
use crate::frame::figure::{More, figure_of};
use crate::store::store;

/// The figure.
#[component]
pub fn PerplexitySoFar(shown: ShownSignals) -> impl IntoView {
    let element = NodeRef::<Div>::new();
    let drawing = move |width| {
        let (run, truth) = (shown.run.get()?, shown.known_truth());
        perplexity::drawing(&run, truth.as_deref(), shown.query.get(), width)
    };
    let store = store();
    let act = move |_, gesture: Gesture| store.dispatch_if(select_token(&gesture));
    let picture = figure_of(element, drawing, act);
    let summary = move || {
        let (run, truth) = (shown.run.get()?, shown.known_truth());
        perplexity::summary(&run, truth.as_deref())
    };
    view! {
        <section class="block" aria-labelledby="perplexity-title">
            <div class="heading">
                <h3 id="perplexity-title">{attention_words::PERPLEXITY}</h3>
                <More figure=AttentionFigure::Perplexity/>
            </div>
            <figure data-figure=AttentionFigure::Perplexity.name() aria-labelledby="perplexity-title">
                <figcaption class="unseen">{summary}</figcaption>
                <div class="drawn" node_ref=element>{picture}</div>
            </figure>
            <InWords shown/>
            <Behind figure=AttentionFigure::Perplexity/>
        </section>
    }
}

/// The identity where the truth is known, else the model's numbers, and why.
#[component]
fn InWords(shown: ShownSignals) -> impl IntoView {
    let words = move || {
        let run = shown.run.get()?;
        let truth = shown.known_truth();
        let identity = truth.and_then(|truth| Identity::new(&run, &truth));
        Some(match identity {
            Some(identity) => equation(identity).into_any(),
            None => view! { <p class="perplexity">{perplexity::of_the_model(&run)}</p> }.into_any(),
        })
    };
    let why_not = move || match shown.truth.get() {
        ShownTruth::Unavailable(sentence) => Some(view! { <p class="excess-note">{sentence}</p> }),
        _ => None,
    };
    view! { {words} {why_not} }
}

fn equation(identity: Identity) -> impl IntoView {
    let Identity {
        over,
        model,
        truth,
        excess,
    } = identity;
    // Said by the figure's caption, so that it is not read as digits in a row.
    view! {
        <div aria-hidden="true">
            {over.map(|over| view! { <p class="over">{over}</p> })}
            <p class="equation">
                <span class="term"><b>{model}</b><small><span class="key of-model"></span>{attention_words::OF_MODEL}</small></span>
                <span class="sign">"="</span>
                <span class="term"><b>{truth}</b><small><span class="key of-truth"></span>{attention_words::OF_TRUTH}</small></span>
                <span class="sign">"\u{d7}"</span>
                <span class="term"><b>"2"<sup>{excess}</sup></b><small>{attention_words::OF_EXCESS}</small></span>
            </p>
        </div>
        <p class="excess-note">{attention_words::ABOUT_EXCESS}</p>
    }
}
