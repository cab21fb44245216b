//! What a figure's menu opens below the figure: a heading, a way to close it, and what is
//! inside.

use headlight_figure::FigureId;
use headlight_view::frame::action::FrameAction;
use leptos::html::Section;
use leptos::prelude::*;

use super::menu;
use crate::derived::react;
use crate::host;
use crate::store::store;

/// The section, scrolled into view when it is opened; closing gives the focus back to the
/// figure's menu.
#[component]
pub fn OpenedSection(
    /// The figure above.
    figure: FigureId,
    /// Classes besides that of every such section.
    class: &'static str,
    /// What the section is called.
    heading: &'static str,
    /// What the button that closes it is called.
    hide: &'static str,
    /// What closes it.
    toggle: fn(FigureId) -> FrameAction,
    /// Content of the section.
    inside: AnyView,
) -> impl IntoView {
    let store = store();
    let element = NodeRef::<Section>::new();
    react(move || {
        if let Some(element) = element.get() {
            element.scroll_into_view_with_bool(false);
        }
    });
    let close = move |_| {
        host::focus(&menu::opener(figure));
        store.dispatch(toggle(figure));
    };
    view! {
        <section class=format!("method {class}") aria-label=heading node_ref=element>
            <div class="heading">
                <b>{heading}</b>
                <button type="button" class="button quiet small icon" aria-label=hide title=hide on:click=close>
                    <svg class="stroke" viewBox="0 0 8 8" width="8" height="8" aria-hidden="true"><path d="M1 1 L7 7 M7 1 L1 7"/></svg>
                </button>
            </div>
            {inside}
        </section>
    }
}
