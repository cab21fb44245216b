//! Tokens as they are written everywhere, in views and in drawings.

use headlight_figure::token::VisibleToken;
use leptos::prelude::*;

use crate::draw::{Node, el};

/// A token with its spaces as faint marks.
#[component]
pub fn Visible(token: VisibleToken) -> impl IntoView {
    let lead = token.lead;
    let lead = (!lead.is_empty()).then(|| view! { <span class="lead">{lead}</span> });
    view! { {lead}<bdi>{token.body}</bdi> }
}

/// A token with its spaces as faint marks, as parts of a drawing.
pub fn visible(token: VisibleToken) -> [Node; 2] {
    let lead = Some(token.lead).filter(|lead| !lead.is_empty());
    let lead = lead.map(|lead| el("span").class("lead").add(lead));
    [lead.into(), el("bdi").add(token.body).into()]
}
