//! Perplexity so far, and how it falls into truth and excess.

use headlight_view::answers::truth::ShownTruth;
use headlight_view::rooms::attention::catalogue::Figure;
use headlight_view::rooms::attention::figures::perplexity;
use headlight_view::rooms::attention::figures::perplexity::{
    GridLine, Identity, PerplexityChart, Selected,
};
use headlight_view::rooms::attention::figures::surprise::Beyond;
use headlight_view::rooms::attention::words as attention_words;
use leptos::html::Div;
use leptos::prelude::*;

use super::method_and_numbers::Behind;
use super::shown::Shown;
use crate::derived::Derived;
use crate::frame::figure::More;
use crate::host;

/// The figure.
#[component]
pub fn PerplexitySoFar(shown: Shown) -> impl IntoView {
    let element = NodeRef::<Div>::new();
    let width = host::width_of(element);
    let chart = Derived::new(move || {
        let (run, width) = (shown.run.get()?, width.get());
        let truth = shown.known_truth();
        PerplexityChart::new(&run, truth.as_deref(), shown.query.get(), width)
    });
    let summary = move || {
        let (run, truth) = (shown.run.get()?, shown.known_truth());
        perplexity::summary(&run, truth.as_deref())
    };
    view! {
        <section class="block" aria-labelledby="perplexity-title">
            <div class="heading">
                <h3 id="perplexity-title">{attention_words::PERPLEXITY}</h3>
                <More figure=Figure::Perplexity/>
            </div>
            <figure data-figure=Figure::Perplexity.name() aria-labelledby="perplexity-title">
                <figcaption class="unseen">{summary}</figcaption>
                <div class="chart lines" node_ref=element>
                    {move || chart.get().map(draw)}
                </div>
            </figure>
            <InWords shown/>
            <Behind figure=Figure::Perplexity/>
        </section>
    }
}

/// The identity where the truth is known, else the model's numbers, and why.
#[component]
fn InWords(shown: Shown) -> impl IntoView {
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

fn draw(chart: PerplexityChart) -> impl IntoView {
    let width = chart.width;
    let line = |line: &GridLine| view! { <line class="hair" x1="0" x2=width y1=line.y y2=line.y/> };
    // Over the lines, which may run where the labels stand.
    let label = |GridLine { y, label }| {
        view! { <text class="axis above" x="0" y=y - 3.0>{label}</text> }
    };
    let height = chart.height;
    let beyond = |Beyond { x, width }| {
        view! { <rect class="beyond" x=x y="0" width=width height=height/> }
    };
    let at = |Selected { x, model, truth }| {
        let dot = |class, y| view! { <circle class=class cx=x cy=y r="3"/> };
        view! {
            {truth.map(|truth| view! { <line class="gap" x1=x x2=x y1=model y2=truth/> })}
            {truth.map(|truth| dot("dot of-truth", truth))}
            {dot("dot of-model", model)}
        }
    };
    view! {
        <svg aria-hidden="true" width=width height=chart.height>
            {chart.grid.iter().map(line).collect_view()}
            {chart.beyond.map(beyond)}
            <polyline class="line of-model" points=chart.model/>
            <polyline class="line of-truth" points=chart.truth/>
            {chart.selected.map(at)}
            {chart.grid.into_iter().map(label).collect_view()}
        </svg>
    }
}
