//! The tables behind the room's figures, for programs and for readers who hear the page.

use std::time::Duration;

use headlight_view::data::Table;
use headlight_view::flash::tables;
use leptos::prelude::*;

use super::now::Now;

/// A pause in stepping after which the tables are made: they are rarely seen, and
/// thousands of cells would hold up what is.
const PAUSE: Duration = Duration::from_millis(60);

/// All tables, of one step.
#[derive(Clone, PartialEq)]
struct Tables {
    step: u64,
    chip: Table,
    grid: Table,
    ledger: Table,
    /// Of the algorithm beside, where there is one.
    beside: Option<Table>,
    compared: Option<Table>,
}

impl Tables {
    fn new(now: Now) -> Option<Self> {
        let beside = now.beside(tables::chip);
        let compared = now.course(tables::compared).flatten();
        let ledger = tables::ledger(&now.ledger()?);
        // The room's step, which goes on when the played algorithm is done.
        let step = now.course(|_, step| step)?;
        now.player_and_moment(|player, moment| Self {
            step,
            chip: tables::chip(player, moment),
            grid: tables::grid(player, moment),
            ledger,
            beside,
            compared,
        })
    }
}

/// The tables of the step that is shown, once it has been for a moment. Which step they
/// tell of is said by `data-step`.
#[component]
pub fn Numbers() -> impl IntoView {
    let now: Now = expect_context();
    let tables = RwSignal::new(None::<Tables>);
    let newest = StoredValue::new(0_u32);
    Effect::new(move |_| {
        now.player_and_moment(|_, _| ());
        now.beside(|_, _| ());
        now.course(|_, _| ());
        newest.update_value(|newest| *newest = newest.wrapping_add(1));
        let mine = newest.get_value();
        let make = move || {
            if newest.try_get_value() == Some(mine) {
                tables.set(untrack(|| Tables::new(now)));
            }
        };
        set_timeout(make, PAUSE);
    });
    let step = move || tables.with(|tables| tables.as_ref().map(|tables| tables.step.to_string()));
    let of = move |part: fn(&Tables) -> Option<&Table>| {
        Memo::new(move |_| tables.with(|tables| part(tables.as_ref()?).cloned()))
    };
    let is_compared = move || {
        tables.with(|tables| {
            tables
                .as_ref()
                .is_some_and(|tables| tables.compared.is_some())
        })
    };
    view! {
        <div class="unseen" data-step=step>
            <One name="flash.stage" of=of(|tables| Some(&tables.chip))/>
            <One name="flash.grid" of=of(|tables| Some(&tables.grid))/>
            <One name="flash.ledger" of=of(|tables| Some(&tables.ledger))/>
            <Show when=is_compared>
                <One name="flash.beside" of=of(|tables| tables.beside.as_ref())/>
                <One name="flash.compare" of=of(|tables| tables.compared.as_ref())/>
            </Show>
        </div>
    }
}

#[component]
fn One(name: &'static str, of: Memo<Option<Table>>) -> impl IntoView {
    let drawn = move || {
        of.get().map(|table| {
            let heads = table.columns.into_iter();
            let heads = heads.map(|column| view! { <th scope="col">{column.name}</th> });
            let row = |cells: Vec<String>| {
                let mut cells = cells.into_iter();
                let first = cells.next();
                let rest = cells.map(|cell| view! { <td>{cell}</td> }).collect_view();
                view! { <tr><th scope="row">{first}</th>{rest}</tr> }
            };
            view! {
                <caption>{table.caption}</caption>
                <thead><tr>{heads.collect_view()}</tr></thead>
                <tbody>{table.rows.into_iter().map(row).collect_view()}</tbody>
            }
        })
    };
    view! { <table class="numbers" data-for=name>{drawn}</table> }
}
