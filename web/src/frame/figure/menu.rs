//! The menu of a figure.

use headlight_figure::FigureId;
use headlight_view::State;
use headlight_view::embed::can_be_embedded;
use headlight_view::frame::Panel;
use headlight_view::frame::action::FrameAction;
use headlight_view::frame::figure_words;
use headlight_view::frame::menu;
use headlight_view::room;
use leptos::ev::KeyboardEvent;
use leptos::html::Div;
use leptos::prelude::*;

use crate::derived::react;
use crate::host;
use crate::second_module::{SecondModule, view_when_loaded};
use crate::store::{Store, store};

/// A button that opens the menu below itself.
#[component]
pub fn More(#[prop(into)] figure: FigureId) -> impl IntoView {
    let store = store();
    let is_open = store.select(move |state: &State| state.frame.panel == Some(Panel::Menu(figure)));
    let name = figure_words::more_about(room::figure_title(figure));
    let toggle = move || store.dispatch(FrameAction::Toggle(Panel::Menu(figure)));
    let on_key = move |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "ArrowDown" | "ArrowUp") && !is_open.get_untracked() {
            event.prevent_default();
            toggle();
        }
    };
    view! {
        <div class="popover more">
            <button
                type="button"
                id=opener(figure)
                class="button quiet small icon"
                data-opener=""
                title=figure_words::MORE
                aria-label=name
                aria-haspopup="menu"
                aria-expanded=move || is_open.get().to_string()
                aria-controls=move || is_open.get().then(|| id(figure))
                on:click=move |_| toggle()
                on:keydown=on_key
            >
                <svg class="dots" viewBox="0 0 14 4" width="14" height="4" aria-hidden="true">
                    <circle cx="2" cy="2" r="1.4"/><circle cx="7" cy="2" r="1.4"/><circle cx="12" cy="2" r="1.4"/>
                </svg>
            </button>
            <Show when=move || is_open.get()>
                {view_when_loaded(|second: &SecondModule| second.menu, figure)}
            </Show>
        </div>
    }
}

/// Name of the menu in the document.
fn id(figure: FigureId) -> String {
    format!("menu-{}", figure.name().replace('.', "-"))
}

/// Name of the button that opens it.
pub fn opener(figure: FigureId) -> String {
    format!("more-{}", figure.name().replace('.', "-"))
}

/// The entries, the first of which gets the focus.
#[component]
pub fn Menu(figure: FigureId) -> impl IntoView {
    let store = store();
    let element = NodeRef::<Div>::new();
    react(move || {
        if let Some(element) = element.get() {
            focus_entry(&element, 0);
        }
    });
    let entries = store.peek(|state| menu::entries(&state.frame, figure, can_be_embedded(figure)));
    let n = entries.len();
    let entry = |(label, action): (&'static str, FrameAction)| {
        let choose = move |_| {
            close(store, figure);
            store.dispatch(action.clone());
        };
        view! { <button type="button" role="menuitem" tabindex="-1" on:click=choose>{label}</button> }
    };
    let entries = entries.into_iter().map(entry).collect_view();
    let on_key = move |event: KeyboardEvent| {
        let Some(element) = element.get_untracked() else {
            return;
        };
        let at = focused_entry(&element).unwrap_or(0);
        let to = match event.key().as_str() {
            "ArrowDown" => (at + 1) % n,
            "ArrowUp" => (at + n - 1) % n,
            "Home" => 0,
            "End" => n - 1,
            // The focus goes on from the button.
            "Tab" => return close(store, figure),
            _ => return,
        };
        event.prevent_default();
        focus_entry(&element, to);
    };
    view! {
        <div class="menu" role="menu" id=id(figure) aria-label=figure_words::MORE node_ref=element on:keydown=on_key>
            {entries}
        </div>
    }
}

/// Closes the menu and gives the focus back to its button.
fn close(store: Store, figure: FigureId) {
    host::focus(&opener(figure));
    store.dispatch(FrameAction::ClosePanel);
}

fn focus_entry(menu: &web_sys::HtmlDivElement, index: usize) {
    let entry = menu.children().item(index as u32);
    if let Some(entry) = entry {
        host::focus_element(entry);
    }
}

fn focused_entry(menu: &web_sys::HtmlDivElement) -> Option<usize> {
    let focused = document().active_element()?;
    let children = menu.children();
    (0..children.length())
        .find(|index| children.item(*index).as_ref() == Some(&focused))
        .map(|index| index as usize)
}
