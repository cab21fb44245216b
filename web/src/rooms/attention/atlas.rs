//! The atlas: every head of the model as a small map, one button each.

use std::collections::BTreeSet;

use headlight_figure::Shared;
use headlight_view::State;
use headlight_view::answers::details::{DetailKind, Thumbnail};
use headlight_view::answers::head;
use headlight_view::answers::head::Head;
use headlight_view::frame::ablation::{self, Ablation, Part};
use headlight_view::frame::words as frame_words;
use headlight_view::rooms::attention::action::AttentionAction;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::figures::atlas;
use headlight_view::rooms::attention::figures::atlas::{Atlas as Ordered, AtlasCell, Sort};
use headlight_view::rooms::attention::words as attention_words;
use leptos::ev::KeyboardEvent;
use leptos::html::{self, Canvas};
use leptos::prelude::*;

use super::method_and_numbers::Behind;
use super::shown::Shown;
use crate::derived::Derived;
use crate::draw::canvas;
use crate::frame::figure::More;
use crate::frame::keys::moved;
use crate::host;
use crate::store::{Store, store};

/// Columns before the model says how many heads a layer has.
const UNKNOWN_COLUMNS: usize = 6;
/// Layers before the model says how many it has.
const UNKNOWN_LAYERS: usize = 4;

/// What all thumbnails draw from.
#[derive(Clone, Copy)]
struct Source {
    store: Store,
    thumbnails: Derived<Shared<Vec<Thumbnail>>>,
    ordered: Derived<Ordered>,
    selected: Derived<Head>,
    ablations: Derived<Vec<Ablation>>,
    companions: Derived<BTreeSet<Head>>,
}

/// The chooser of heads.
#[component]
pub fn Atlas(shown: Shown) -> impl IntoView {
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
    let source = Source {
        store,
        thumbnails,
        ordered,
        selected: shown.head,
        ablations: store.select(|state: &State| state.frame.subject.ablations.clone()),
        companions: store.select(|state: &State| state.attention.companions.clone()),
    };
    let element = NodeRef::<html::Figure>::new();
    let width = host::width_of(element);
    let columns = Derived::new(move || {
        let grid = ordered.with(|ordered| ordered.grid(width.get()));
        grid.columns
    });
    // Drawn anew only where heads change places: a head that arrives fills its own.
    let order = Derived::new(move || ordered.with(Ordered::order));
    let sections = move || {
        let sections = order.get().into_iter().enumerate();
        let section = |(layer, (title, heads)): (usize, (Option<String>, Vec<Head>))| {
            let title = title.map(|title| view! { <LayerTitle layer title/> });
            let heads = heads.into_iter();
            let cells = heads.map(|head| thumbnail(source, head)).collect_view();
            view! {
                <div class="layer">
                    {title}
                    <div class="row" style=("--columns", move || columns.get().to_string())>{cells}</div>
                </div>
            }
        };
        sections.map(section).collect_view()
    };
    let on_key = move |event: KeyboardEvent| {
        let heads = order.with_untracked(|order| -> Vec<Head> {
            order.iter().flat_map(|(_, heads)| heads).copied().collect()
        });
        // With Shift the selection grows from where the focus is.
        let focused = heads
            .iter()
            .find(|head| event.shift_key() && has_focus(**head));
        let at = focused
            .copied()
            .unwrap_or_else(|| shown.head.get_untracked());
        let from = heads.iter().position(|head| *head == at).unwrap_or(0);
        if let Some(to) = moved(&event, from, heads.len(), columns.get_untracked()) {
            event.prevent_default();
            store.dispatch(if event.shift_key() {
                AttentionAction::ToggleHead(heads[to])
            } else {
                AttentionAction::SelectHead(heads[to])
            });
            host::focus(&id(heads[to]));
        }
    };
    let sentence = move || {
        let missing = store.select(|state: &State| {
            let why = state.attention.details.why_missing(DetailKind::Thumbnails);
            why.map(str::to_owned)
        });
        missing
            .get()
            .unwrap_or_else(|| ordered.with(Ordered::sentence))
    };
    let of_head = store.select(|state: &State| state.attention.head_scores(&state.frame.subject));
    let is_unknown = Derived::new(move || size.get().0 == 0);
    view! {
        <section class="heads" id="heads" aria-label=attention_words::HEADS>
            <div class="heading">
                <h2 class="small">{attention_words::HEADS}</h2>
                <span class="ends">
                    <SortPicker sort/>
                    <More figure=AttentionFigure::Atlas/>
                </span>
            </div>
            <figure data-figure=AttentionFigure::Atlas.name() aria-label=attention_words::HEADS node_ref=element>
                <div role="radiogroup" aria-label=attention_words::CHOOSE_HEAD on:keydown=on_key>
                    {sections}
                </div>
                <Show when=move || is_unknown.get()>
                    <Unknown/>
                </Show>
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

/// In what order the heads stand.
#[component]
fn SortPicker(sort: Derived<Sort>) -> impl IntoView {
    let store = store();
    let choose = move |event| {
        let wanted = event_target_value(&event);
        let found = Sort::ALL.into_iter().find(|sort| sort.name() == wanted);
        if let Some(sort) = found {
            store.dispatch(AttentionAction::SortHeads(sort));
        }
    };
    let option = move |order: Sort| {
        view! { <option value=order.name() selected=move || sort.get() == order>{order.name()}</option> }
    };
    view! {
        <label class="picker">
            <span class="label">{attention_words::SORT}</span>
            <select on:change=choose>{Sort::ALL.map(option)}</select>
        </label>
    }
}

/// The name of a layer, and its MLP to take out.
#[component]
fn LayerTitle(layer: usize, title: String) -> impl IntoView {
    let store = store();
    let part = Part::Mlp(layer);
    let exists = store.select(move |state: &State| state.frame.has_part(part));
    let is_out = store.select(move |state: &State| state.frame.subject.is_ablated(part));
    let name = attention_words::take_out(&ablation::part_name(part));
    let toggle = move |_| store.dispatch(AttentionAction::ToggleAblation(part));
    view! {
        <div class="layer-title">
            <span class="label" aria-hidden="true">{title}</span>
            <Show when=move || exists.get()>
                <button
                    type="button"
                    class="button quiet mlp"
                    aria-label=name.clone()
                    title=name.clone()
                    aria-pressed=move || is_out.get().to_string()
                    on:click=toggle
                >
                    {frame_words::MLP}
                </button>
            </Show>
        </div>
    }
}

/// Stands where the heads will be, before the model says how many it has.
#[component]
fn Unknown() -> impl IntoView {
    let layer = || {
        let heads = (0..UNKNOWN_COLUMNS)
            .map(|_| view! { <span class="head"><span class="thumb"></span></span> });
        let heads = heads.collect_view();
        view! {
            <div class="layer">
                <div class="layer-title"><span class="label">"\u{a0}"</span></div>
                <div class="row" style=("--columns", UNKNOWN_COLUMNS.to_string())>{heads}</div>
            </div>
        }
    };
    view! { <div class="unknown" aria-hidden="true">{(0..UNKNOWN_LAYERS).map(|_| layer()).collect_view()}</div> }
}

fn thumbnail(source: Source, head: Head) -> impl IntoView {
    let Source {
        store,
        selected,
        ordered,
        ablations,
        companions,
        ..
    } = source;
    let cell = Derived::new(move || ordered.with(|all| all.cell(head)));
    let is_selected = move || selected.get() == head;
    let is_out = move || {
        let is_it = |ablation: &Ablation| ablation.part == Part::Head(head);
        ablations.with(|all| all.iter().any(is_it))
    };
    let is_companion = move || companions.with(|all| all.contains(&head));
    let at = Derived::new(move || cell.with(|cell| cell.as_ref()?.thumbnail));
    let below = move || cell.with(|cell| cell.as_ref()?.below());
    let is_word = move || cell.with(|cell| cell.as_ref().is_none_or(|c| c.short_score.is_none()));
    let spoken = move || cell.with(|cell| cell.as_ref().map(AtlasCell::spoken));
    view! {
        <button
            type="button"
            role="radio"
            id=id(head)
            class="head"
            class:out=is_out
            class:companion=is_companion
            aria-label=spoken
            title=spoken
            aria-checked=move || is_selected().to_string()
            tabindex=move || if is_selected() { "0" } else { "-1" }
            on:click=move |event| {
                let is_added = event.shift_key() || event.ctrl_key() || event.meta_key();
                store.dispatch(if is_added { AttentionAction::ToggleHead(head) } else { AttentionAction::SelectHead(head) });
            }
        >
            <span class="thumb"><Painted source at/><span class="place number">{head::dotted(head)}</span></span>
            <span class="kind" class:word=is_word>{move || below().unwrap_or_else(|| "\u{a0}".to_owned())}</span>
        </button>
    }
}

/// The small map itself.
#[component]
fn Painted(source: Source, at: Derived<Option<usize>>) -> impl IntoView {
    let element = NodeRef::<Canvas>::new();
    // Followed one by one, so that a head that arrives is the only one painted.
    let small = Derived::new(move || {
        let at = at.get()?;
        source.thumbnails.with(|all| all.get(at).cloned())
    });
    Effect::new(move |_| {
        let (Some(element), Some(palette)) = (element.get(), source.store.palette()) else {
            return;
        };
        small.with(|small: &Option<Thumbnail>| {
            if let Some(small) = small {
                let pixels = atlas::pixels(small, &palette.ramp);
                canvas::paint(&element, &pixels, small.side, small.side);
            }
        });
    });
    view! { <canvas class:empty=move || small.with(Option::is_none) node_ref=element width="1" height="1" aria-hidden="true"></canvas> }
}

fn has_focus(head: Head) -> bool {
    document()
        .active_element()
        .is_some_and(|element| element.id() == id(head))
}

fn id(head: Head) -> String {
    format!("head-{}-{}", head.layer, head.head)
}
