//! The atlas: every head of the model as a small map, and the order they stand in.

use headlight_figure::Gesture;
use headlight_view::State;
use headlight_view::answers::details::DetailKind;
use headlight_view::rooms::attention::action::AttentionAction;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::figures::atlas::{Atlas as Ordered, Sort};
use headlight_view::rooms::attention::figures::atlas_drawing::HeadChoice;
use headlight_view::rooms::attention::words as attention_words;
use leptos::html::Div;
use leptos::prelude::*;

use super::method_and_numbers::Behind;
use super::shown_signals::ShownSignals;
use crate::controls::{Entry, select};
use crate::derived::Derived;
use crate::element_width;
use crate::frame::figure::{More, figure_view};
use crate::store::store;

/// The chooser of heads.
#[component]
pub fn Atlas(shown: ShownSignals) -> impl IntoView {
    let store = store();
    let size = store.select(|state: &State| state.frame.grid_of_heads());
    let sort = store.select(|state: &State| state.attention.sort);
    let thumbnails = store.select(|state: &State| state.attention.details.atlas.clone());
    let ordered = Derived::new(move || {
        let (n_layers, n_heads) = size.get();
        let n = shown
            .run
            .with(|run| run.as_ref().map_or(0, |run| run.seq_len()));
        thumbnails.with(|all| Ordered::new(all, n_layers, n_heads, n, sort.get()))
    });
    let choice = store.select(|state: &State| HeadChoice::new(&state.attention, &state.frame));
    let element = NodeRef::<Div>::new();
    // It belongs to the first thing that a visitor sees, and nothing below it may move.
    let width = element_width::width_at_once(element);
    let drawing = move |width| {
        let drawn = |ordered: &Ordered| choice.with(|choice| ordered.drawing(choice, width));
        Some(ordered.with(drawn))
    };
    let act = move |gesture: Gesture| {
        let width = width.get_untracked();
        let action = ordered.with_untracked(|ordered| {
            choice.with_untracked(|choice| ordered.on_gesture(&gesture, choice, width))
        });
        store.dispatch_if(action)
    };
    let picture = figure_view(width, drawing, act);
    let missing = store.select(|state: &State| {
        let why = state.attention.details.why_missing(DetailKind::Thumbnails);
        why.map(str::to_owned)
    });
    let sentence = move || {
        missing
            .get()
            .unwrap_or_else(|| ordered.with(Ordered::sentence))
    };
    let of_head = store.select(|state: &State| state.attention.head_scores(&state.frame.subject));
    view! {
        <section class="heads" id="heads" aria-label=attention_words::HEADS>
            <div class="heading">
                <h2 class="small">{attention_words::HEADS}</h2>
                <span class="ends">
                    {sort_picker(sort)}
                    <More figure=AttentionFigure::Atlas/>
                </span>
            </div>
            <figure data-figure=AttentionFigure::Atlas.name() aria-label=attention_words::HEADS>
                <div node_ref=element>{picture}</div>
                <figcaption class="aside">{sentence}</figcaption>
            </figure>
            <p class="note">{move || of_head.get()}</p>
            <div class="with-keys" aria-hidden="true">
                <p class="keys-hint">{attention_words::HEAD_KEYS}</p>
                <p class="label">{attention_words::MEAN_HINT}</p>
            </div>
            <Behind figure=AttentionFigure::Atlas/>
        </section>
    }
}

/// Choice of the order in which the heads stand.
fn sort_picker(sort: Derived<Sort>) -> AnyView {
    let store = store();
    let choose = Callback::new(move |wanted: String| {
        let found = Sort::ALL.into_iter().find(|sort| sort.name() == wanted);
        if let Some(sort) = found {
            store.dispatch(AttentionAction::SortHeads(sort));
        }
    });
    let entry = |sort: Sort| Entry::new(sort.name(), sort.name());
    let entries = Derived::new(move || Sort::ALL.map(entry).to_vec());
    let chosen = Derived::new(move || sort.get().name().to_owned());
    let class = Some("picker");
    select(
        attention_words::SORT,
        None,
        class,
        entries,
        chosen,
        choose,
        None,
    )
}
