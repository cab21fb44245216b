//! Beside the stage: the ledger, the proof, the pseudo-code.

use headlight_view::flash::{Check, Checked, CodeLine, lines_of, words};
use headlight_view::number;
use leptos::prelude::*;

use super::now::Now;
use crate::host;

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
    let verdict = move || {
        drawn.with(|ledger| {
            let ledger = ledger.as_ref()?;
            now.player(|player| words::verdict(player, ledger))
        })
    };
    view! {
        <section class="ledger" data-figure="flash.ledger">
            <h2>{words::LEDGER}</h2>
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
            <p class="verdict">{verdict}</p>
            <dl class="amounts">{facts}</dl>
        </section>
    }
}

/// The result against softmax in 64 bits, a few rows at a time.
#[component]
pub fn Proof() -> impl IntoView {
    let now: Now = expect_context();
    let check = RwSignal::new(None::<Check>);
    let played = now.played();
    let generation = StoredValue::new(0_u32);
    Effect::new(move |_| {
        played.with(|_| ());
        generation.update_value(|generation| *generation = generation.wrapping_add(1));
        check.set(now.player(Check::new));
        go_on(now, check, generation, generation.get_value());
    });
    let error = move || {
        check
            .get()
            .filter(|check| check.n_checked > 0)
            .map(|check| number::scientific(check.gap.output))
    };
    let progress = move || {
        let check = check.get()?;
        let is_under_way = check.n_checked < check.n_queries;
        is_under_way.then(|| words::checked(check.n_checked, check.n_queries))
    };
    view! {
        <p class="proof" data-figure="flash.error">
            <span>{words::ERROR_LABEL}<small>{progress}</small></span>
            <b class="number">{error}</b>
        </p>
    }
}

fn go_on(now: Now, check: RwSignal<Option<Check>>, generation: StoredValue<u32>, mine: u32) {
    host::in_another_task(move || {
        // The room may be gone, or play something else.
        if generation.try_get_value() != Some(mine) {
            return;
        }
        let Some(mut found) = check.try_get_untracked().flatten() else {
            return;
        };
        let state = untrack(|| now.player(|player| found.go_on(player)));
        check.set(Some(found));
        if let Some(Ok(Checked::More)) = state {
            go_on(now, check, generation, mine);
        }
    });
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
