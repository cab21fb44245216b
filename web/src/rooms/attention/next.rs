//! The most probable next tokens, and what sampling leaves of them.

use headlight_figure::{Gesture, Shared};
use headlight_view::State;
use headlight_view::answers::details::Cuts;
use headlight_view::answers::run::Run;
use headlight_view::answers::truth::ShownTruth;
use headlight_view::rooms::attention::action::AttentionAction;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::figures::next;
use headlight_view::rooms::attention::figures::next_list::{self, NextList};
use headlight_view::rooms::attention::words as attention_words;
use leptos::html::Div;
use leptos::prelude::*;

use super::method_and_numbers::Behind;
use super::sampling::{Changed, Sampling};
use super::shown_signals::ShownSignals;
use crate::derived::Derived;
use crate::element_width;
use crate::frame::figure::{More, figure_of};
use crate::store::store;

/// What the list shows, each part followed by itself.
#[derive(Clone, Copy)]
struct Listed {
    shown: ShownSignals,
    cuts: Derived<Option<Shared<Cuts>>>,
    sampling: Derived<Changed>,
    chosen: Derived<Option<u32>>,
}

/// What the list shows now.
struct ListedNow {
    run: Shared<Run>,
    truth: ShownTruth,
    cuts: Option<Shared<Cuts>>,
    sampling: Changed,
    chosen: Option<u32>,
}

impl Listed {
    fn new(shown: ShownSignals) -> Self {
        let store = store();
        Self {
            shown,
            cuts: store.select(|state: &State| state.attention.details.cuts.clone()),
            sampling: store.select(|state: &State| state.frame.subject.sampling),
            chosen: store.select(|state: &State| state.attention.marked_next(&state.frame.subject)),
        }
    }

    fn now(self) -> Option<ListedNow> {
        Some(ListedNow {
            run: self.shown.run.get()?,
            truth: self.shown.truth.get(),
            cuts: self.cuts.get(),
            sampling: self.sampling.get(),
            chosen: self.chosen.get(),
        })
    }
}

impl ListedNow {
    fn list(&self) -> NextList<'_> {
        NextList {
            run: &self.run,
            truth: &self.truth,
            cuts: self.cuts.as_deref(),
            sampling: self.sampling,
            chosen: self.chosen,
        }
    }
}

/// The figure.
#[component]
pub fn Next(shown: ShownSignals) -> impl IntoView {
    let store = store();
    let listed = Listed::new(shown);
    let element = NodeRef::<Div>::new();
    let act = move |width, gesture: Gesture| {
        let action = untrack(|| listed.now()?.list().on_gesture(&gesture, width));
        store.dispatch_if(action) || next_list::takes_hold(&gesture)
    };
    let picture = figure_of(
        element,
        move |width| Some(listed.now()?.list().drawing(width)),
        act,
    );
    let width = element_width::width_of(element);
    let has_marks = shown.has_truth(|truth| !truth.next.is_empty());
    // Room for what the first run will say, so that nothing below moves when it comes.
    let room = move || {
        let height = next_list::expected_height(width.get(), shown.has_clean(), has_marks.get());
        format!("{height}px")
    };
    let summary = move || shown.run.get().map(|run| next::summary(&run));
    let chosen = listed.chosen;
    view! {
        <section class="block" aria-labelledby="next-title">
            <div class="heading">
                <h3 id="next-title">{attention_words::NEXT_TOKEN}</h3>
                <More figure=AttentionFigure::Next/>
            </div>
            <figure data-figure=AttentionFigure::Next.name() aria-labelledby="next-title">
                <figcaption class="unseen">{summary}</figcaption>
                <div class="drawn" node_ref=element style:min-height=room>{picture}</div>
            </figure>
            <Sampling/>
            <Writing chosen shown/>
            <Behind figure=AttentionFigure::Next/>
        </section>
    }
}

/// Append the chosen token.
#[component]
fn Writing(chosen: Derived<Option<u32>>, shown: ShownSignals) -> impl IntoView {
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
