//! The most probable next tokens, and what sampling leaves of them.

use headlight_figure::Shared;
use headlight_view::State;
use headlight_view::answers::details::Cuts;
use headlight_view::rooms::attention::action::AttentionAction;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::figures::cuts;
use headlight_view::rooms::attention::figures::cuts::{CutBar, CutBars, PITCH};
use headlight_view::rooms::attention::figures::next;
use headlight_view::rooms::attention::figures::next::NextBar;
use headlight_view::rooms::attention::words as attention_words;
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html::Ol;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::legend::Legend;
use super::method_and_numbers::Behind;
use super::sampling::{Changed, Sampling};
use super::shown::Shown;
use crate::derived::Derived;
use crate::draw::{Element, drawn, el, reactive};
use crate::frame::figure::More;
use crate::frame::keys::moved;
use crate::frame::visible;
use crate::host;
use crate::store::{Store, store};

/// The figure.
#[component]
pub fn Next(shown: Shown) -> impl IntoView {
    let store = store();
    let found = store.select(|state: &State| state.attention.details.cuts.clone());
    let bars = Derived::new(move || {
        let truth = shown.known_truth();
        let run = shown.run.get();
        let cuts = found.get();
        run.map(|run| next::bars(&run, truth.as_deref(), cuts.as_deref()))
            .unwrap_or_default()
    });
    let cut = Derived::new(move || found.get().map(|found: Shared<Cuts>| CutBars::new(&found)));
    let chosen = store.select(|state: &State| {
        state
            .attention
            .contrast(&state.frame.subject)
            .map(|(token, _)| token)
    });
    let has_marks = shown.has_truth(|truth| !truth.next.is_empty());
    let is_changed =
        store.select(|state: &State| state.frame.subject.sampling != Changed::default());
    let second_column = move || {
        if is_changed.get() {
            Some(attention_words::DRAWN_COLUMN)
        } else {
            has_marks.get().then_some(attention_words::TRUTH_COLUMN)
        }
    };
    let on_key = move |event: &KeyboardEvent| {
        let ids: Vec<u32> = bars.with_untracked(|bars| bars.iter().map(|bar| bar.id).collect());
        let chosen = chosen.get_untracked();
        let from = ids.iter().position(|id| Some(*id) == chosen).unwrap_or(0);
        if event.key() == "Enter" {
            event.prevent_default();
            store.dispatch(AttentionAction::Append(ids[from]));
        } else if let Some(to) = moved(event, from, ids.len(), 1) {
            event.prevent_default();
            store.dispatch(AttentionAction::Choose(ids[to]));
            host::focus(&id(ids[to]));
        }
    };
    let element = NodeRef::<Ol>::new();
    let list = reactive(move || {
        let is_changed = is_changed.get();
        let cut = cut.get();
        let chosen = chosen.get();
        let of_cut = |id: u32| {
            let bars = &cut.as_ref()?.bars;
            bars.iter().find(|bar| bar.id == id).cloned()
        };
        let draw = |bar: NextBar| {
            let of_cut = of_cut(bar.id);
            // What is drawn is the question once the sampling was changed.
            let second = if is_changed {
                of_cut.as_ref().map(CutBar::drawn_text)
            } else {
                bar.true_percent.clone()
            };
            draw(store, chosen == Some(bar.id), bar, of_cut, second)
        };
        el("ol")
            .class("bars next")
            .set("role", "listbox")
            .set("aria-label", attention_words::NEXT_LIST)
            .hold(element)
            .on("keydown", move |event| on_key(event.unchecked_ref()))
            .all(bars.get().into_iter().map(draw))
            .into()
    });
    let summary = move || shown.run.get().map(|run| next::summary(&run));
    let cut_sentence = store.select(|state: &State| {
        let s = state.frame.subject.sampling;
        let cuts = state.attention.details.cuts.as_ref()?;
        Some(cuts::sentence(cuts, s.temperature, s.top_k, s.top_p))
    });
    view! {
        <section class="block" aria-labelledby="next-title">
            <div class="heading">
                <h3 id="next-title">{attention_words::NEXT_TOKEN}</h3>
                <More figure=AttentionFigure::Next/>
            </div>
            <figure data-figure=AttentionFigure::Next.name() aria-labelledby="next-title">
                <figcaption class="unseen">{summary}</figcaption>
                <Legend shown has_truth=has_marks/>
                <p class="columns" class:single=move || second_column().is_none() aria-hidden="true">
                    <span></span>
                    <span>{move || second_column().map(|_| attention_words::MODEL_COLUMN)}</span>
                    <span>{move || second_column().unwrap_or(attention_words::MODEL_COLUMN)}</span>
                </p>
                <div class="next-list">
                    {drawn(list)}
                    <CutLine cut found element/>
                </div>
                <p class="note cuts">{move || cut_sentence.get()}</p>
            </figure>
            <Sampling/>
            <Writing chosen shown/>
            <Behind figure=AttentionFigure::Next/>
        </section>
    }
}

fn id(token: u32) -> String {
    format!("next-{token}")
}

fn draw(
    store: Store,
    is_chosen: bool,
    bar: NextBar,
    cut: Option<CutBar>,
    second: Option<String>,
) -> Element {
    let token = bar.id;
    let percent = |fraction: f64| format!("{:.2}%", fraction * 100.0);
    let mark = |class: &'static str, side: &'static str, fraction: Option<f64>| {
        fraction.map(|fraction| el("span").class(class).style(side, percent(fraction)))
    };
    let is_cut = cut.as_ref().is_some_and(|cut| cut.drawn_percent.is_none());
    let title = attention_words::next_title(
        &bar.label.quoted(),
        &bar.percent,
        bar.clean_percent.as_deref(),
        cut.and_then(|cut| cut.drawn_percent).as_deref(),
    );
    let class = match (is_chosen, is_cut) {
        (false, false) => "",
        (true, false) => "selected",
        (false, true) => "cut",
        (true, true) => "selected cut",
    };
    let track = el("span")
        .class("track")
        .add(mark("bar", "width", Some(bar.fraction)))
        .add(mark("heated", "width", bar.heated_fraction))
        .add(mark("clean-mark", "left", bar.clean_fraction))
        .add(mark("true-mark", "left", bar.true_fraction));
    let number = |class: &'static str, says: String| el("span").class(class).add(says);
    el("li")
        .set("role", "option")
        .set("id", id(token))
        .class(class)
        .set("aria-selected", is_chosen.to_string())
        .set("tabindex", if is_chosen { "0" } else { "-1" })
        .set("title", title)
        .click(move || store.dispatch(AttentionAction::Choose(token)))
        .on("dblclick", move |_| {
            store.dispatch(AttentionAction::Append(token));
        })
        .add(el("span").class("name").all(visible(bar.label)))
        .add(track)
        .add(number("number", bar.percent))
        .add(second.map(|percent| number("number second", percent)))
}

/// The line below which nothing is drawn; dragging it moves top-p, or top-k where
/// that is what cuts.
#[component]
fn CutLine(
    cut: Derived<Option<CutBars>>,
    found: Derived<Option<Shared<Cuts>>>,
    element: NodeRef<Ol>,
) -> impl IntoView {
    let store = store();
    let is_dragged = RwSignal::new(false);
    let y = move || {
        let rows = cut.with(|cut| cut.as_ref().map(|cut| (cut.cut_y, cut.bars.len())));
        let (cut_y, n) = rows?;
        Some(cut_y.unwrap_or(n as f64 * PITCH))
    };
    let drag = move |event: PointerEvent| {
        if !is_dragged.get_untracked() {
            return;
        }
        let (Some(element), Some(found)) = (element.get_untracked(), found.get_untracked()) else {
            return;
        };
        let y = f64::from(event.client_y()) - element.get_bounding_client_rect().top();
        let old = store.peek(|state| state.frame.subject.sampling);
        let changed = if old.top_k > 0 {
            Changed {
                top_k: cuts::top_k_at(&found, y),
                ..old
            }
        } else {
            Changed {
                top_p: cuts::top_p_at(&found, old.top_k, y),
                ..old
            }
        };
        if changed != old {
            store.dispatch(AttentionAction::SetSampling(changed));
        }
    };
    let start = move |event: PointerEvent| {
        event.prevent_default();
        host::capture_pointer(&event);
        is_dragged.set(true);
    };
    let line = move || {
        let y = y()?;
        Some(view! {
            <span
                class="cut-line"
                title=attention_words::DRAG_CUT
                style:top=format!("{y:.1}px")
                on:pointerdown=start
                on:pointermove=drag
                on:pointerup=move |_| is_dragged.set(false)
                on:pointercancel=move |_| is_dragged.set(false)
                aria-hidden="true"
            ></span>
        })
    };
    view! { {line} }
}

/// Append the chosen token.
#[component]
fn Writing(chosen: Derived<Option<u32>>, shown: Shown) -> impl IntoView {
    let store = store();
    let is_live = store.select(|state: &State| state.frame.session.backend().is_some());
    let token = Derived::new(move || {
        let (run, id) = (shown.run.get()?, chosen.get()?);
        run.next.iter().find(|token| token.id == id).cloned()
    });
    let label = move || {
        let token = token.get()?;
        let word = headlight_figure::token::VisibleToken::new(&token.text).quoted();
        Some(attention_words::append(&word))
    };
    let can_append =
        move || is_live.get() && token.with(|t| t.as_ref().is_some_and(|t| t.is_text()));
    let append = move |_| {
        if let Some(id) = chosen.get_untracked() {
            store.dispatch(AttentionAction::Append(id));
        }
    };
    view! {
        <button type="button" class="button append" disabled=move || !can_append() on:click=append>
            {move || label().unwrap_or_else(|| attention_words::APPEND.to_owned())}
        </button>
    }
}
