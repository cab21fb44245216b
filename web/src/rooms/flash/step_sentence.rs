//! What happens at the step that is shown, in words above the stage.

use headlight_figure::Span;
use headlight_view::rooms::flash::sentence;
use leptos::prelude::*;

use super::current_step::CurrentStep;
use crate::controls::view_of;

/// Name in the document of the sentence.
pub(super) const SAYS: &str = "flash-says";

/// What happens at the step, or why nothing does.
pub(super) fn says(now: CurrentStep) -> AnyView {
    let said = move || {
        let said = now.shown();
        let said = said.map(|(player, moment)| sentence(&player, &moment));
        Some(spans(said.unwrap_or_default()))
    };
    let trouble = move || {
        let trouble = now.trouble()?;
        Some(view! { <span class="trouble">{trouble}</span> }.into_any())
    };
    view! { <p class="say" id=SAYS>{view_of(said)}{view_of(trouble)}</p> }.into_any()
}

/// A sentence whose finding stands out.
pub(super) fn spans(spans: Vec<Span>) -> AnyView {
    let span = |Span { text, is_strong }: Span| match is_strong {
        true => view! { <strong>{text}</strong> }.into_any(),
        false => text.into_any(),
    };
    spans.into_iter().map(span).collect_view().into_any()
}
