//! What the page's first module calls of this room in the second, once that is there.

use headlight_view::rooms::attention::catalogue::AttentionFigure;
use leptos::html;
use leptos::prelude::*;

use super::shown_signals::ShownSignals;

/// The functions of the second module that draw parts of this room.
#[derive(Clone, Copy, Debug)]
pub struct AttentionModule {
    /// Draws a head as lines.
    pub lines: fn(ShownSignals) -> AnyView,
    /// Draws one row, step by step.
    pub steps: fn(ShownSignals) -> AnyView,
    /// Draws everything about the selected token.
    pub inspector: fn(ShownSignals) -> AnyView,
    /// Draws what goes on between the layers.
    pub inside: fn(ShownSignals) -> AnyView,
    /// Draws where in a long prompt the map is, and the way out.
    pub zooming: fn(()) -> AnyView,
    /// Draws the parts that were taken out.
    pub changes: fn(()) -> AnyView,
    /// Draws the method and the numbers of a figure.
    pub behind: fn(AttentionFigure) -> AnyView,
    /// Draws the lesson's strip, open.
    pub lesson: fn(NodeRef<html::Section>) -> AnyView,
}
