//! What charts with a column for each token of the prompt have in common.

use headlight_figure::token::VisibleToken;
use headlight_figure::{
    Anchor, Bands, Element, Gesture, GestureKind, NOTE, Side, band_names, el, hatching, rect,
};

use crate::answers::run::{Run, Token};
use crate::rooms::attention::action::AttentionAction;
use crate::rooms::attention::words;

/// Least width of a drawing, in pixels.
pub(super) const NARROWEST: f64 = 160.0;
/// Room beside the plot.
pub(super) const BESIDE: f64 = 4.0;
/// Room below the plot for the tokens.
pub(super) const BELOW: f64 = 58.0;
/// Room of a token's name, and its most characters.
const NAME: (f64, usize) = (64.0, 10);
/// Targets: a token's column or row.
pub(super) const TOKEN: &str = "token";

/// The tokens below the columns of a plot whose lower edge is at `bottom`.
pub(super) fn names_below(run: &Run, columns: &Bands, bottom: f64, query: usize) -> Element {
    let name = |token: &Token| VisibleToken::new(&token.text).short(NAME.1);
    let names: Vec<String> = run.tokens.iter().map(name).collect();
    band_names(columns, &names, Side::Bottom, bottom, NAME.0, Some(query))
}

/// The columns from the first token on that the language cannot have; the remark stands
/// above the plot.
pub(super) fn not_of_the_language(
    pos: usize,
    columns: &Bands,
    (top, bottom): (f64, f64),
) -> Element {
    let ((left, _), right) = (columns.band(pos), columns.range.1);
    let area = rect(left, top, right - left, bottom - top).class("masked-cells");
    // At the end, as often there is no more than the last token.
    let says = words::NOT_OF_THE_LANGUAGE;
    let label = NOTE.at(right, top - BESIDE, Anchor::End, says);
    el("g").add(hatching()).add(area).add(label)
}

/// A click on a token selects it.
#[must_use]
pub fn select_token(gesture: &Gesture) -> Option<AttentionAction> {
    match gesture.kind {
        GestureKind::Click => gesture.at(TOKEN).map(AttentionAction::SelectRow),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use headlight_figure::Target;

    use super::*;

    #[test]
    fn a_click_selects_the_token() {
        let mut click = Gesture::new(GestureKind::Click);
        assert_eq!(select_token(&click), None);
        click.target = Some(Target { what: TOKEN, at: 2 });
        assert_eq!(select_token(&click), Some(AttentionAction::SelectRow(2)));
        click.kind = GestureKind::Over;
        assert_eq!(select_token(&click), None);
    }
}
