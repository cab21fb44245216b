//! The logit lens: what each layer would say next, at each position.

use headlight_view::State;
use headlight_view::answers::details::DetailKind;
use headlight_view::rooms::attention::action::AttentionAction;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::figures::lens;
use headlight_view::rooms::attention::figures::lens::{Lens as Answers, LensCell, LensLayer};
use headlight_view::rooms::attention::words as attention_words;
use leptos::html::Div;
use leptos::prelude::*;

use super::method_and_numbers::Behind;
use super::placeholder::Placeholder;
use super::row::Ramp;
use super::shown::Shown;
use crate::derived::Derived;
use crate::frame::Visible;
use crate::frame::figure::More;
use crate::host;
use crate::store::{Store, store};

/// The figure.
#[component]
pub fn Lens(shown: Shown) -> impl IntoView {
    let store = store();
    let answers = Derived::new(move || {
        let rows = store.select(|state: &State| state.attention.details.lens.clone());
        rows.get().map(|rows| Answers::new(rows.to_vec()))
    });
    let element = NodeRef::<Div>::new();
    let width = host::width_of(element);
    let table = Derived::new(move || {
        let (run, width) = (shown.run.get()?, width.get());
        let columns = lens::columns(width, shown.query.get(), run.seq_len());
        answers.with(|answers| Some(answers.as_ref()?.table(&run.tokens, columns)))
    });
    let sentence = move || {
        let run = shown.run.get()?;
        let query = shown.query.get();
        answers.with(|answers| answers.as_ref()?.sentence(&run.tokens, query))
    };
    let drawn = move || {
        let (run, table) = (shown.run.get()?, table.get()?);
        let head = |pos: usize| {
            let token = headlight_figure::token::VisibleToken::new(&run.tokens[pos].text);
            let is_query = move || shown.query.get() == pos;
            view! { <th scope="col" class:query=is_query><Visible token/></th> }
        };
        let heads = table.columns.clone().map(head).collect_view();
        let layers = table.layers.into_iter();
        let layers = layers.map(|layer| row(store, shown, layer)).collect_view();
        Some(view! {
            <table class="lens">
                <thead><tr><th scope="col">{attention_words::LENS_CORNER}</th>{heads}</tr></thead>
                <tbody>{layers}</tbody>
            </table>
        })
    };
    let trace = move || {
        let trace = answers.with(|answers| answers.as_ref()?.trace(shown.query.get()))?;
        let step = |step: lens::TraceStep| {
            let width = format!("{:.2}%", step.prob.unwrap_or(0.0) * 100.0);
            let others = step
                .top
                .iter()
                .map(|token| headlight_figure::token::VisibleToken::new(&token.text).quoted());
            let others: Vec<String> = others.collect();
            view! {
                <li title=others.join("  ")>
                    <span class="name">{step.label}</span>
                    <span class="track"><span class="bar" style:width=width></span></span>
                    <span class="number">{step.text}</span>
                </li>
            }
        };
        let answer = headlight_figure::token::VisibleToken::new(&trace.answer.text).quoted();
        let steps = trace.steps.into_iter().map(step).collect_view();
        Some(view! {
            <h4 class="label">{attention_words::trace_of(&answer)}</h4>
            <ol class="bars trace">{steps}</ol>
        })
    };
    let is_there = Signal::derive(move || answers.with(Option::is_some));
    let part = move || {
        let (run, table) = (shown.run.get()?, table.get()?);
        attention_words::lens_shows(&table.columns, run.seq_len())
    };
    view! {
        <section class="block" aria-labelledby="lens-title">
            <div class="heading">
                <h3 id="lens-title">{attention_words::LENS}</h3>
                <More figure=AttentionFigure::Lens/>
            </div>
            <figure data-figure=AttentionFigure::Lens.name() aria-labelledby="lens-title" aria-describedby="lens-says">
                <p class="note" id="lens-says">{sentence}</p>
                <Placeholder kind=DetailKind::Lens is_there/>
                <div class="scroll-x" node_ref=element>{drawn}</div>
                <Show when=move || is_there.get()>
                    <div class="map-key">
                        <Ramp from="0" class="scale" name=attention_words::PROBABILITY/>
                        <span class="label">{part}</span>
                    </div>
                </Show>
                {trace}
            </figure>
            <Behind figure=AttentionFigure::Lens/>
        </section>
    }
}

fn row(store: Store, shown: Shown, layer: LensLayer) -> impl IntoView {
    let cell = move |cell: Option<LensCell>| {
        let Some(cell) = cell else {
            return view! { <td></td> }.into_any();
        };
        let LensCell { pos, is_strong, .. } = cell;
        let title = format!("{} {}", cell.label.quoted(), cell.percent);
        view! {
            <td
                class:strong=is_strong
                class:final=cell.is_final
                class:query=move || shown.query.get() == pos
                style:background=cell.ground
                title=title
                on:click=move |_| store.dispatch(AttentionAction::SelectRow(pos))
            >
                <Visible token=cell.label/>
            </td>
        }
        .into_any()
    };
    let cells = layer.cells.into_iter().map(cell).collect_view();
    view! { <tr><th scope="row">{layer.label}</th>{cells}</tr> }
}
