//! The ledger beside the stage: what each algorithm moves.

use headlight_view::rooms::flash::catalogue::FlashFigure;
use headlight_view::rooms::flash::figures::ledger_drawing;
use headlight_view::rooms::flash::words;
use leptos::html::Div;
use leptos::prelude::*;

use super::flash_view::{FlashView, more, still};
use crate::controls::view_of;

/// Heads the ledger.
pub const TITLE: &str = "ledger-title";
/// Says what the ledger shows.
const VERDICT: &str = "ledger-says";

/// What is moved.
pub fn ledger(room: FlashView) -> AnyView {
    let now = room.now;
    let element = NodeRef::<Div>::new();
    let drawing = move |width| Some(ledger_drawing::drawing(&now.ledger()?, width));
    let verdict = move || {
        let (player, ledger) = now.player().zip(now.ledger()).unzip();
        let too_large = ledger.as_ref().and_then(words::too_large);
        let verdict = player.zip(ledger);
        let verdict = verdict.map(|(player, ledger)| words::verdict(&player, &ledger));
        let too_large = too_large.map(|said| view! { <p class="verdict too-large">{said}</p> });
        let said = view! { <p class="verdict">{verdict}</p>{too_large} };
        Some(said.into_any())
    };
    view! {
        <section aria-labelledby=TITLE>
            <div class="heading"><h2 id=TITLE>{words::LEDGER}</h2>{more(FlashFigure::Ledger)}</div>
            <figure data-figure=FlashFigure::Ledger.name() aria-labelledby=TITLE aria-describedby=VERDICT>
                <div class="ledger" node_ref=element>{still(element, drawing)}</div>
                <div id=VERDICT>{view_of(verdict)}</div>
            </figure>
            {room.behind(FlashFigure::Ledger)}
        </section>
    }
    .into_any()
}
