//! The tables behind the room's figures, for programs and for readers who hear the page.

use std::time::Duration;

use headlight_view::data::Table;
use headlight_view::flash::{Moment, Player, ledger, tables};
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
}

impl Tables {
    fn new(player: &Player, moment: &Moment) -> Self {
        Self {
            step: moment.step,
            chip: tables::chip(player, moment),
            grid: tables::grid(player, moment),
            ledger: tables::ledger(&ledger::ledger(player, moment)),
        }
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
        newest.update_value(|newest| *newest = newest.wrapping_add(1));
        let mine = newest.get_value();
        let make = move || {
            if newest.try_get_value() == Some(mine) {
                tables.set(untrack(|| now.player_and_moment(Tables::new)));
            }
        };
        set_timeout(make, PAUSE);
    });
    let step = move || tables.with(|tables| tables.as_ref().map(|tables| tables.step.to_string()));
    let of = move |part: fn(&Tables) -> &Table| {
        Memo::new(move |_| tables.with(|tables| tables.as_ref().map(|tables| part(tables).clone())))
    };
    view! {
        <div class="unseen" data-step=step>
            <One name="flash.stage" of=of(|tables| &tables.chip)/>
            <One name="flash.grid" of=of(|tables| &tables.grid)/>
            <One name="flash.ledger" of=of(|tables| &tables.ledger)/>
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
