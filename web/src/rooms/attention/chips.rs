//! The prompt's tokens, to point at: each chooses a row.

use headlight_figure::Shared;
use headlight_figure::token::VisibleToken;
use headlight_view::State;
use headlight_view::answers::run::{Run, Token};
use headlight_view::frame::words as frame_words;
use headlight_view::rooms::attention::action::AttentionAction;
use headlight_view::rooms::attention::chips::ChipLook;
use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::derived::{Derived, react};
use crate::frame::Visible;
use crate::frame::keys::moved;
use crate::host;
use crate::second_module::{SecondModule, view_when_loaded};
use crate::store::{Store, store};

/// The tokens; choosing one chooses the row to look at.
#[component]
pub fn Chips() -> impl IntoView {
    let store = store();
    // A long prompt's tokens take as long to build as all the figures together.
    let run = store
        .select(|state: &State| state.frame.subject.run.clone())
        .delayed();
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
    react(move || {
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
    let is_guessed = Derived::new(move || run.with(Option::is_none));
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
            {view_when_loaded(|second: &SecondModule| second.continuation, ())}
        </div>
    }
}

/// What there is to know of the selected token beside its row; nothing of most.
#[component]
pub fn TokenNote() -> impl IntoView {
    let note = store().select(|state: &State| state.attention.token_note(&state.frame.subject));
    move || note.get().map(|note| view! { <p class="spelt">{note}</p> })
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
    all: StoredValue<OfChips>,
}

/// The look of each chip. Counted, since it is told of chips that have just been taken
/// away: a signal that belongs to them would be gone with them.
type OfChips = Vec<ArcRwSignal<ChipLook>>;

impl Looks {
    fn new(store: Store) -> Self {
        let all = StoredValue::new(OfChips::new());
        let now = store.select(|state: &State| state.attention.chip_looks(&state.frame.subject));
        react(move || {
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
    fn anew(self, n: usize) -> OfChips {
        let mut looks = self
            .store
            .peek(|state| state.attention.chip_looks(&state.frame.subject));
        looks.resize(n, ChipLook::default());
        let looks: Vec<_> = looks.into_iter().map(ArcRwSignal::new).collect();
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

fn chip(pos: usize, token: &Token, look: ArcRwSignal<ChipLook>) -> impl IntoView + use<> {
    let shown = VisibleToken::new(&token.text);
    let title = format!("{pos}: {} (id {})", shown.full(), token.id);
    let (class, selected) = (look.clone(), look.clone());
    view! {
        <span
            role="option"
            id=format!("chip-{pos}")
            class=move || class.get().class()
            aria-selected=move || selected.get().is_query.to_string()
            tabindex=move || if look.get().is_query { "0" } else { "-1" }
            title=title
        >
            <Visible token=shown/>
        </span>
    }
}
