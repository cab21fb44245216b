//! The ledger beside the stage: what each algorithm moves.

use headlight_view::rooms::flash::catalogue::FlashFigure;
use headlight_view::rooms::flash::figures::ledger_drawing;
use headlight_view::rooms::flash::words;
use leptos::html::Div;
use leptos::prelude::*;

use super::flash_view::{FlashView, more, still};
use crate::draw::{Node, el, reactive};

/// Heads the ledger.
pub const TITLE: &str = "ledger-title";
/// Says what the ledger shows.
const VERDICT: &str = "ledger-says";

/// What is moved.
pub fn ledger(room: FlashView) -> Node {
    let now = room.now;
    let element = NodeRef::<Div>::new();
    let drawing = move |width| Some(ledger_drawing::drawing(&now.ledger()?, width));
    let drawing = still(element, drawing);
    let verdict = reactive(move || {
        let played = now.player().zip(now.ledger());
        let said = played.map(|(player, ledger)| {
            let verdict = words::verdict(&player, &ledger);
            (verdict, words::too_large(&ledger))
        });
        let (verdict, too_large) = said.unzip();
        let too_large = too_large.flatten();
        let too_large = too_large.map(|said| el("p").class("verdict too-large").add(said));
        el("div")
            .set("id", VERDICT)
            .add(el("p").class("verdict").add(verdict))
            .add(too_large)
            .into()
    });
    let figure = el("figure")
        .set("data-figure", FlashFigure::Ledger.name())
        .set("aria-labelledby", TITLE)
        .set("aria-describedby", VERDICT)
        .add(el("div").class("ledger").hold(element).add(drawing))
        .add(verdict);
    let heading = el("div")
        .class("heading")
        .add(el("h2").set("id", TITLE).add(words::LEDGER))
        .add(more(FlashFigure::Ledger));
    el("section")
        .set("aria-labelledby", TITLE)
        .add(heading)
        .add(figure)
        .add(room.behind(FlashFigure::Ledger))
        .into()
}
