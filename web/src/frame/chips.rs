//! The prompt's tokens, to point at, and those that the model wrote after them.

use headlight_figure::Shared;
use headlight_figure::number;
use headlight_figure::token::VisibleToken;
use headlight_view::State;
use headlight_view::answers::run::{Run, Token};
use headlight_view::frame::action::FrameAction;
use headlight_view::frame::continuation::Continuation;
use headlight_view::frame::words as frame_words;
use headlight_view::rooms::attention::action::AttentionAction;
use headlight_view::rooms::attention::chips::ChipLook;
use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::WRITE;
use crate::draw::{Node, el};
use crate::host;
use crate::rooms::attention::moved;
use crate::second_module::drawn;
use crate::store::{Store, store};

/// The tokens; choosing one chooses the row to look at.
#[component]
pub fn Chips() -> impl IntoView {
    let store = store();
    // A long prompt's tokens take as long to build as all the figures together.
    let run = host::followed_later(store.select(|state: &State| state.frame.subject.run.clone()));
    let query = store.select(|state: &State| state.attention.query(&state.frame.subject));
    let looks = Looks::new(store);
    let on_key = move |event: KeyboardEvent| {
        let n = store.peek(|state| state.frame.subject.seq_len());
        // With Shift the selection grows from where the focus is.
        let from = focused_chip().filter(|_| event.shift_key());
        let from = from.unwrap_or_else(|| query.get_untracked());
        if let Some(row) = moved(&event, from, n, 1) {
            event.prevent_default();
            store.dispatch(if event.shift_key() {
                AttentionAction::ToggleRow(row)
            } else {
                AttentionAction::SelectRow(row)
            });
            host::focus(&format!("chip-{row}"));
        }
    };
    // Heard here and not by each of what may be a thousand chips.
    let select = move |event: MouseEvent| {
        let Some(pos) = chip_of(&event) else {
            return;
        };
        let is_added = event.shift_key() || event.ctrl_key() || event.meta_key();
        store.dispatch(if is_added {
            AttentionAction::ToggleRow(pos)
        } else {
            AttentionAction::SelectRow(pos)
        });
    };
    let point = move |pos: Option<usize>| {
        let cell = pos.map(|pos| (pos, pos));
        if store.peek(|state| state.attention.hover) != cell {
            store.dispatch(AttentionAction::Hover(cell));
        }
    };
    let element = NodeRef::<Div>::new();
    Effect::new(move |_| {
        run.track();
        if let Some(element) = element.get() {
            let chip = format!("chip-{}", query.get());
            // Measured when the browser has laid the page out anyway.
            host::once_drawn(move || host::reveal_within(&element, &chip));
        }
    });
    let chips = move || {
        let run: Option<Shared<Run>> = run.get();
        run.map(|run| {
            let tokens = run.tokens.iter().zip(looks.anew(run.seq_len())).enumerate();
            tokens
                .map(|(pos, (token, look))| chip(pos, token, look))
                .collect_view()
        })
    };
    let guess = store.select(|state: &State| {
        state
            .frame
            .subject
            .run
            .is_none()
            .then(|| state.attention.axis_tokens(&state.frame))
    });
    // The guess stays until the tokens are there.
    let guessed = Memo::new(move |old: Option<&Vec<VisibleToken>>| {
        let guess = guess.get().or_else(|| old.cloned());
        guess.unwrap_or_default()
    });
    let is_guessed = Memo::new(move |_| run.with(Option::is_none));
    let ghosts = move || {
        let tokens = guessed.get().into_iter();
        let ghost =
            |token: VisibleToken| view! { <span class="chip ghost"><Visible token/></span> };
        tokens.map(ghost).collect_view()
    };
    view! {
        <div class="tokens">
            <Show when=move || is_guessed.get()>
                <div class="chips" aria-hidden="true">{ghosts}</div>
            </Show>
            <div
                class="chips"
                role="listbox"
                aria-label=frame_words::TOKENS
                aria-orientation="horizontal"
                node_ref=element
                on:keydown=on_key
                on:click=select
                on:mouseover=move |event| point(chip_of(&event))
                on:mouseleave=move |_| point(None)
            >
                {chips}
            </div>
            {drawn(|further| further.continuation, ())}
        </div>
    }
}

/// The token that has the focus.
fn focused_chip() -> Option<usize> {
    position(&document().active_element()?.id())
}

/// How each chip looks. A long prompt has a thousand of them: one place follows what
/// is selected, and tells only those that it changes.
#[derive(Clone, Copy)]
struct Looks {
    store: Store,
    all: StoredValue<Vec<RwSignal<ChipLook>>>,
}

impl Looks {
    fn new(store: Store) -> Self {
        let all = StoredValue::new(Vec::<RwSignal<ChipLook>>::new());
        let now = store.select(|state: &State| state.attention.chip_looks(&state.frame.subject));
        Effect::new(move |_| {
            all.with_value(|all| {
                for (signal, look) in all.iter().zip(now.get()) {
                    if signal.get_untracked() != look {
                        signal.set(look);
                    }
                }
            });
        });
        Self { store, all }
    }

    /// The looks of a new row of chips.
    fn anew(self, n: usize) -> Vec<RwSignal<ChipLook>> {
        let mut looks = self
            .store
            .peek(|state| state.attention.chip_looks(&state.frame.subject));
        looks.resize(n, ChipLook::default());
        let looks: Vec<_> = looks.into_iter().map(RwSignal::new).collect();
        self.all.set_value(looks.clone());
        looks
    }
}

/// The position of the chip that an event is about.
fn chip_of(event: &web_sys::Event) -> Option<usize> {
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let chip = target.closest("[role=option]").ok().flatten()?;
    position(&chip.id())
}

fn position(id: &str) -> Option<usize> {
    id.strip_prefix("chip-")?.parse().ok()
}

fn chip(pos: usize, token: &Token, look: RwSignal<ChipLook>) -> impl IntoView + use<> {
    let shown = VisibleToken::new(&token.text);
    let title = format!("{pos}: {} (id {})", shown.full(), token.id);
    view! {
        <span
            role="option"
            id=format!("chip-{pos}")
            class=move || look.get().class()
            aria-selected=move || look.get().is_query.to_string()
            tabindex=move || if look.get().is_query { "0" } else { "-1" }
            title=title
        >
            <Visible token=shown/>
        </span>
    }
}

/// A token with its spaces as faint marks.
#[component]
pub fn Visible(token: VisibleToken) -> impl IntoView {
    let lead = token.lead;
    let lead = (!lead.is_empty()).then(|| view! { <span class="lead">{lead}</span> });
    view! { {lead}<bdi>{token.body}</bdi> }
}

/// The same as parts of a drawing.
pub fn visible(token: VisibleToken) -> [Node; 2] {
    let lead = Some(token.lead).filter(|lead| !lead.is_empty());
    let lead = lead.map(|lead| el("span").class("lead").add(lead));
    [lead.into(), el("bdi").add(token.body).into()]
}

/// What the model wrote after the prompt, if it wrote.
#[component]
pub fn MaybeWritten() -> impl IntoView {
    let continuation = store().select(|state: &State| state.frame.subject.continuation.clone());
    move || {
        continuation
            .get()
            .map(|written| view! { <Written written/> })
    }
}

#[component]
fn Written(written: Continuation) -> impl IntoView {
    let store = store();
    let is_writing = store.select(|state: &State| state.frame.session.is_generating());
    // Both buttons go with what they decide on; the focus goes to where it came from.
    let decide = move |action| {
        store.dispatch(action);
        host::focus(WRITE);
    };
    let has_tokens = !written.tokens.is_empty();
    let nothing = written
        .is_over_at_once()
        .then_some(frame_words::OVER_AT_ONCE);
    let tokens = written.tokens.iter().map(|token| {
        let shown = VisibleToken::new(&token.text);
        let title = format!("{} ({})", shown.full(), number::percent(token.prob));
        view! { <span class="chip new" title=title><Visible token=shown/></span> }
    });
    let tokens = tokens.collect_view();
    let error = written
        .error
        .map(|error| view! { <p class="error" role="alert">{error}</p> });
    view! {
        <div class="continuation" role="group" aria-label=frame_words::CONTINUATION>
            {tokens}
            {nothing.map(|nothing| view! { <p class="say">{nothing}</p> })}
            <Show when=move || is_writing.get()>
                <span class="caret" aria-hidden="true"></span>
            </Show>
            <Show when=move || !is_writing.get()>
                <span class="actions">
                    <Show when=move || has_tokens>
                        <button
                            type="button"
                            class="button small"
                            on:click=move |_| decide(FrameAction::KeepContinuation)
                        >
                            {frame_words::KEEP}
                        </button>
                    </Show>
                    <button
                        type="button"
                        class="button quiet small"
                        on:click=move |_| decide(FrameAction::DropContinuation)
                    >
                        {frame_words::DISCARD}
                    </button>
                </span>
            </Show>
            {error}
        </div>
    }
}
