//! Beside the stage: the ledger, the pseudo-code.

use headlight_view::flash::{CodeLine, lines_of, words};
use headlight_view::{FlashFigure, number};
use leptos::prelude::*;

use super::now::Now;
use super::numbers::Behind;
use crate::figure::More;

/// Heads the ledger.
const TITLE: &str = "ledger-title";
/// Says what the ledger shows.
const VERDICT: &str = "ledger-says";

/// What is moved.
#[component]
pub fn Ledger() -> impl IntoView {
    let now: Now = expect_context();
    let drawn = Memo::new(move |_| now.ledger());
    let rows = move || {
        let rows = drawn.with(|ledger| ledger.as_ref().map(|ledger| ledger.rows.clone()));
        let row = |row: headlight_view::flash::ledger::LedgerRow| {
            let so_far = row
                .so_far
                .map(|totals| words::thousands(totals.elements_moved()));
            view! {
                <tr class:on=row.is_played>
                    <th scope="row">{words::algorithm(row.algorithm)}</th>
                    <td>{so_far.unwrap_or_else(|| "–".to_owned())}</td>
                    <td>{words::thousands(row.moved)}</td>
                    <td>{format!("{}×", number::fixed(row.of_standard, 2))}</td>
                </tr>
            }
        };
        rows.unwrap_or_default().into_iter().map(row).collect_view()
    };
    let facts = move || {
        let facts = drawn.with(|ledger| ledger.as_ref().map(words::facts));
        let fact = |(name, value): (&'static str, String)| {
            view! { <div><dt>{name}</dt><dd class="number">{value}</dd></div> }
        };
        facts
            .unwrap_or_default()
            .into_iter()
            .map(fact)
            .collect_view()
    };
    let too_large = move || {
        let said = drawn.with(|ledger| ledger.as_ref().and_then(words::too_large));
        said.map(|said| view! { <p class="verdict too-large">{said}</p> })
    };
    let verdict = move || {
        drawn.with(|ledger| {
            let ledger = ledger.as_ref()?;
            now.player(|player| words::verdict(player, ledger))
        })
    };
    view! {
        <section aria-labelledby=TITLE>
            <div class="heading">
                <h2 id=TITLE>{words::LEDGER}</h2>
                <More figure=FlashFigure::Ledger/>
            </div>
            <figure
                class="ledger"
                data-figure=FlashFigure::Ledger.name()
                aria-labelledby=TITLE
                aria-describedby=VERDICT
            >
                <table>
                    <thead>
                        <tr>
                            <td></td>
                            <th scope="col">{words::SO_FAR}</th>
                            <th scope="col">{words::IN_ALL}</th>
                            <th scope="col">{words::OF_STANDARD}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
                <p class="verdict" id=VERDICT>{verdict}</p>
                {too_large}
                <dl class="amounts">{facts}</dl>
            </figure>
            <Behind figure=FlashFigure::Ledger/>
        </section>
    }
}

/// The algorithm, with the line that runs.
#[component]
pub fn Code() -> impl IntoView {
    let now: Now = expect_context();
    let lines = Memo::new(move |_| now.player_and_moment(lines_of).unwrap_or_default());
    let line = |line: CodeLine| {
        view! {
            <li
                class:now=line.is_now
                class=format!("depth-{}", line.depth)
                aria-current=line.is_now.then_some("step")
            >
                {line.text}
            </li>
        }
    };
    view! {
        <section class="code" data-figure="flash.code">
            <h2>{words::CODE}</h2>
            <ol>{move || lines.get().into_iter().map(line).collect_view()}</ol>
        </section>
    }
}
