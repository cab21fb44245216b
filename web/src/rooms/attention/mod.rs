//! The Attention room: heads, the map of one head, and what is selected in it.
//!
//! Heads and map belong to the first module of the page, everything else to the second.

mod atlas;
mod attribution;
mod awaited;
mod behind;
mod changes;
mod legend;
mod lens;
mod lines;
mod map;
mod matrix;
mod next;
mod norms;
mod painted;
mod perplexity;
mod product;
mod row;
mod sampling;
pub mod shown;
mod stage;
mod steps;
mod surprise;

use headlight_view::State;
use headlight_view::frame::subject::Subject;
use headlight_view::rooms::attention::words as attention_words;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

pub use behind::MethodAndNumbers;
pub use changes::Changes;
pub use lines::Lines;
pub use map::Zooming;
pub use steps::Steps;

use behind::Sources;
use shown::Shown;

use crate::host;
use crate::second_module::{drawn, drawn_or_awaited};
use crate::store::store;

/// What the stage draws, in whichever view.
pub const FIGURE: &str = "figure";

/// Everything about the selected token.
pub fn inspector(shown: Shown) -> AnyView {
    let later = shown.later();
    view! {
        <row::Selected shown/>
        <next::Next shown/>
        <surprise::Surprise shown=later/>
        <perplexity::PerplexitySoFar shown=later/>
    }
    .into_any()
}

/// What goes on between the layers.
pub fn inside(shown: Shown) -> AnyView {
    view! {
        <lens::Lens shown/>
        <div class="pair">
            <attribution::Attribution shown/>
            <norms::Norms shown=shown.later()/>
        </div>
    }
    .into_any()
}

/// The room.
#[component]
pub fn AttentionRoom() -> impl IntoView {
    let shown = Shown::new();
    provide_context(Sources::new(store()));
    // The page is built in several tasks, so that a visitor who is quick is not kept
    // waiting for what is further down.
    let (has_begun, is_complete) = (RwSignal::new(false), RwSignal::new(false));
    host::in_another_task(move || has_begun.set(true));
    store()
        .further()
        .with(move |_| host::in_another_task(move || is_complete.set(true)));
    let is_stale = store().select(|state: &State| {
        let Subject { error, run, .. } = &state.frame.subject;
        error.is_some() && run.is_some()
    });
    view! {
        {drawn(|further| further.changes, ())}
        <main class="room" class:stale=move || is_stale.get()>
            <Show when=move || has_begun.get()>
                <atlas::Atlas shown/>
            </Show>
            <stage::Stage shown/>
            <section class="inspector">
                {drawn_or_awaited(|further| further.inspector, shown, None)}
            </section>
            <section class="inside" aria-label=attention_words::INSIDE>
                <Show when=move || is_complete.get()>
                    {drawn(|further| further.inside, shown)}
                </Show>
            </section>
        </main>
    }
}

/// Where a key moves in a grid of `n` things, `columns` to a row; `None` if it does not.
pub fn moved(event: &KeyboardEvent, from: usize, n: usize, columns: usize) -> Option<usize> {
    let last = n.checked_sub(1)?;
    let to = match event.key().as_str() {
        "ArrowLeft" => from.saturating_sub(1),
        "ArrowRight" => from + 1,
        "ArrowUp" => from.checked_sub(columns).unwrap_or(from),
        "ArrowDown" if from + columns <= last => from + columns,
        "ArrowDown" => from,
        "Home" => 0,
        "End" => last,
        _ => return None,
    };
    Some(to.min(last))
}
