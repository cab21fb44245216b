//! What happens at the step that is shown, in words above the stage.

use headlight_figure::Span;
use headlight_view::rooms::flash::sentence;

use super::current_step::CurrentStep;
use crate::draw::{Node, el, reactive};

/// Name in the document of the sentence.
pub(super) const SAYS: &str = "flash-says";

/// What happens at the step, or why nothing does.
pub(super) fn says(now: CurrentStep) -> Node {
    reactive(move || {
        let said = now
            .shown()
            .map(|(player, moment)| sentence(&player, &moment));
        let said = said.unwrap_or_default();
        let trouble = now.trouble();
        let trouble = trouble.map(|trouble| el("span").class("trouble").add(trouble));
        el("p")
            .class("say")
            .set("id", SAYS)
            .all(spans(said))
            .add(trouble)
            .into()
    })
}

/// A sentence whose finding stands out.
pub(super) fn spans(spans: Vec<Span>) -> impl Iterator<Item = Node> {
    spans.into_iter().map(|span| {
        if span.is_strong {
            el("strong").add(span.text).into()
        } else {
            span.text.into()
        }
    })
}
