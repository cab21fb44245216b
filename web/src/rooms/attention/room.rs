//! The room, put together of what is in the page's first module and what comes later.

use headlight_view::State;
use headlight_view::frame::subject::Subject;
use headlight_view::rooms::attention::words as attention_words;
use leptos::prelude::*;

use super::atlas::Atlas;
use super::lesson::Lesson;
use super::method_and_numbers::TableSources;
use super::module::AttentionModule;
use super::shown_signals::ShownSignals;
use super::stage::Stage;
use crate::host;
use crate::second_module::{Lazy, view_or_placeholder, view_when_loaded};
use crate::store::store;

/// The room.
#[component]
pub fn AttentionRoom() -> impl IntoView {
    let shown = ShownSignals::new();
    provide_context(TableSources::new(store()));
    // The page is built in several tasks, so that a visitor who is quick is not kept
    // waiting for what is further down.
    let (has_begun, is_complete) = (RwSignal::new(false), RwSignal::new(false));
    host::in_another_task(move || has_begun.set(true));
    let module: Lazy<AttentionModule> = expect_context();
    module.when_loaded(move |_| host::in_another_task(move || is_complete.set(true)));
    let is_stale = store().select(|state: &State| {
        let Subject { error, run, .. } = &state.frame.subject;
        error.is_some() && run.is_some()
    });
    view! {
        {view_when_loaded(|module: &AttentionModule| module.changes, ())}
        <main class="room" class:stale=move || is_stale.get()>
            <Show when=move || has_begun.get()>
                <Atlas shown/>
            </Show>
            <Stage shown/>
            <section class="inspector">
                {view_or_placeholder(|module: &AttentionModule| module.inspector, shown, None)}
            </section>
            <section class="inside" aria-label=attention_words::INSIDE>
                <Show when=move || is_complete.get()>
                    {view_when_loaded(|module: &AttentionModule| module.inside, shown)}
                </Show>
            </section>
        </main>
        <Lesson/>
    }
}
