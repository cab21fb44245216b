//! A button and what it opens, one at a time over the page.

use headlight_view::State;
use headlight_view::frame::Panel;
use headlight_view::frame::action::FrameAction;
use leptos::prelude::*;

use crate::store::store;

/// Name of a panel in the document.
pub const fn panel_id(panel: Panel) -> &'static str {
    match panel {
        Panel::Models => "panel-models",
        Panel::Examples => "panel-examples",
        Panel::Backend => "panel-backend",
        Panel::Help => "panel-help",
        Panel::Menu(_) => "panel-menu",
    }
}

/// A button that opens `children` below itself.
#[component]
pub fn Popover(
    /// Panel that the popover is.
    panel: Panel,
    /// What the panel is called.
    heading: &'static str,
    /// Classes of the button.
    class: &'static str,
    /// A name for the button, where its content is none or says only a value.
    #[prop(into)]
    name: Signal<String>,
    /// What the button shows.
    button: impl IntoView + 'static,
    /// Content of the popover.
    children: ChildrenFn,
) -> impl IntoView {
    let store = store();
    let is_open = store.select(move |state: &State| state.frame.panel == Some(panel));
    view! {
        <div class="popover">
            <button
                type="button"
                class=class
                data-opener=""
                aria-label=move || name.get()
                aria-expanded=move || is_open.get().to_string()
                aria-controls=move || is_open.get().then(|| panel_id(panel))
                on:click=move |_| store.dispatch(FrameAction::Toggle(panel))
            >
                {button}
            </button>
            <Show when=move || is_open.get()>
                // Long panels scroll, by keys too.
                <section class="panel" id=panel_id(panel) aria-label=heading tabindex="0">
                    <h2>{heading}</h2>
                    {children()}
                </section>
            </Show>
        </div>
    }
}
