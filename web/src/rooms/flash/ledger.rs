//! The ledger beside the stage: what each algorithm moves.

use headlight_figure::number;
use headlight_view::rooms::flash::catalogue::FlashFigure;
use headlight_view::rooms::flash::figures::ledger::{Ledger, LedgerRow};
use headlight_view::rooms::flash::words;

use super::flash_view::{FlashView, more};
use crate::draw::{Element, Node, el, reactive};
use crate::frame::figure::table::{column_head, row_head};

/// Heads the ledger.
pub const TITLE: &str = "ledger-title";
/// Says what the ledger shows.
const VERDICT: &str = "ledger-says";

/// What is moved.
pub fn ledger(room: FlashView) -> Node {
    let now = room.now;
    let figure = reactive(move || {
        let ledger = now.ledger();
        let played = now.player().zip(ledger.as_ref());
        let verdict = played.map(|(player, ledger)| words::verdict(&player, ledger));
        figure(ledger.as_ref(), verdict).into()
    });
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

fn figure(ledger: Option<&Ledger>, verdict: Option<String>) -> Element {
    let heads = [words::SO_FAR, words::IN_ALL, words::OF_STANDARD].map(column_head);
    let rows = ledger.map_or(&[][..], |ledger| &ledger.rows);
    let fact = |(name, value): (&'static str, String)| {
        el("div")
            .add(el("dt").add(name))
            .add(el("dd").class("number").add(value))
    };
    let facts = ledger.map(words::facts).unwrap_or_default();
    let too_large = ledger.and_then(words::too_large);
    let too_large = too_large.map(|said| el("p").class("verdict too-large").add(said));
    let table = el("table")
        .add(el("thead").add(el("tr").add(el("td")).all(heads)))
        .add(el("tbody").all(rows.iter().map(row)));
    el("figure")
        .class("ledger")
        .set("data-figure", FlashFigure::Ledger.name())
        .set("aria-labelledby", TITLE)
        .set("aria-describedby", VERDICT)
        .add(table)
        .add(el("p").class("verdict").set("id", VERDICT).add(verdict))
        .add(too_large)
        .add(el("dl").class("amounts").all(facts.into_iter().map(fact)))
}

fn row(row: &LedgerRow) -> Element {
    let so_far = row.so_far;
    let so_far = so_far.map(|totals| words::thousands(totals.elements_moved()));
    let of_standard = format!("{}×", number::fixed(row.of_standard, 2));
    el("tr")
        .class(if row.is_played { "on" } else { "" })
        .add(row_head(words::algorithm(row.algorithm)))
        .add(el("td").add(so_far.unwrap_or_else(|| "–".to_owned())))
        .add(el("td").add(words::thousands(row.moved)))
        .add(el("td").add(of_standard))
}
