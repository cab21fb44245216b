//! Tokens as they are written everywhere in views.

use headlight_figure::token::VisibleToken;
use leptos::prelude::*;

/// A token with its spaces as faint marks.
#[component]
pub fn Visible(token: VisibleToken) -> impl IntoView {
    let lead = token.lead;
    let lead = (!lead.is_empty()).then(|| view! { <span class="lead">{lead}</span> });
    view! { {lead}<bdi>{token.body}</bdi> }
}
