//! Surprise per token.

use headlight_view::rooms::attention::action::AttentionAction;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::figures::surprise;
use headlight_view::rooms::attention::figures::surprise::{
    Beyond, LevelMark, SurpriseBar, SurpriseChart, SurpriseLabel,
};
use headlight_view::rooms::attention::words as attention_words;
use leptos::ev::MouseEvent;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::legend::Legend;
use super::method_and_numbers::Behind;
use super::shown::Shown;
use crate::derived::Derived;
use crate::frame::figure::More;
use crate::host;
use crate::store::store;

/// The figure.
#[component]
pub fn Surprise(shown: Shown) -> impl IntoView {
    let store = store();
    let element = NodeRef::<Div>::new();
    let width = host::width_of(element);
    let chart = Derived::new(move || {
        let (run, width) = (shown.run.get()?, width.get());
        let truth = shown.known_truth();
        (width > 0.0).then(|| SurpriseChart::new(&run, truth.as_deref(), width))
    });
    let summary = move || shown.run.get().map(|run| surprise::summary(&run));
    let of_token = move || {
        let (run, truth) = (shown.run.get()?, shown.known_truth());
        surprise::of_token(&run, truth.as_deref(), shown.query.get())
    };
    let leaves = move || {
        let (run, truth) = (shown.run.get()?, shown.known_truth()?);
        let sentence = surprise::leaves(&run, &truth)?;
        Some(view! { <p class="leaves">{sentence}</p> })
    };
    let has_marks = shown.has_truth(|truth| truth.nll.iter().any(Option::is_some));
    let select = move |event: MouseEvent| {
        let n = shown.run.get_untracked().map_or(0, |run| run.seq_len());
        let x = x_within(&event).unwrap_or(-1.0);
        let pos = chart.with_untracked(|chart| chart.as_ref()?.pos_at(x, n));
        if let Some(pos) = pos {
            store.dispatch(AttentionAction::SelectRow(pos));
        }
    };
    view! {
        <section class="block" aria-labelledby="surprise-title">
            <div class="heading">
                <h3 id="surprise-title">{attention_words::SURPRISE}</h3>
                <More figure=AttentionFigure::Surprise/>
            </div>
            <figure data-figure=AttentionFigure::Surprise.name() aria-labelledby="surprise-title">
                <figcaption class="unseen">{summary}</figcaption>
                <Legend shown has_truth=has_marks/>
                <div class="chart" node_ref=element on:click=select>
                    {move || chart.get().map(|chart| draw(shown, chart))}
                </div>
            </figure>
            <p class="of-token">{of_token}</p>
            {leaves}
            <Behind figure=AttentionFigure::Surprise/>
        </section>
    }
}

fn x_within(event: &MouseEvent) -> Option<f64> {
    let chart: web_sys::Element = event.current_target()?.dyn_into().ok()?;
    Some(f64::from(event.client_x()) - chart.get_bounding_client_rect().left())
}

fn draw(shown: Shown, chart: SurpriseChart) -> impl IntoView {
    let bar = move |bar: SurpriseBar| {
        let SurpriseBar {
            pos,
            x,
            y,
            width,
            height,
        } = bar;
        let class = move || {
            if shown.query.get() == pos {
                "bit selected"
            } else {
                "bit"
            }
        };
        view! { <rect class=class x=x y=y width=width height=height/> }
    };
    let label = |SurpriseLabel { x, text }| {
        view! { <text class="axis" text-anchor="middle" x=x y=chart.base + 14.0>{text}</text> }
    };
    let mark = |LevelMark { x, y, width }| {
        view! { <line class="true-level" x1=x x2=x + width y1=y y2=y/> }
    };
    let clean_mark = |LevelMark { x, y, width }| {
        view! { <line class="clean-level" x1=x x2=x + width y1=y y2=y/> }
    };
    let (top, height) = (chart.top, chart.base - chart.top);
    let beyond = |Beyond { x, width }| {
        view! { <rect class="beyond" x=x y=top width=width height=height/> }
    };
    view! {
        <svg aria-hidden="true" width=chart.width height=chart.height>
            <line class="hair" x1="0" x2=chart.width y1=chart.top + 0.5 y2=chart.top + 0.5/>
            <text class="axis" x="0" y=chart.top - 3.0>{chart.max_label}</text>
            {chart.beyond.map(beyond)}
            {chart.bars.into_iter().map(bar).collect_view()}
            {chart.clean_marks.into_iter().map(clean_mark).collect_view()}
            {chart.marks.into_iter().map(mark).collect_view()}
            <line class="hair base" x1="0" x2=chart.width y1=chart.base + 0.5 y2=chart.base + 0.5/>
            {chart.labels.into_iter().map(label).collect_view()}
        </svg>
    }
}
