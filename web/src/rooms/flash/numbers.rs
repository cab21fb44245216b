//! The numbers behind the room's figures: as tables, for programs and for readers who
//! hear the page, and as files.

use std::time::Duration;

use headlight_figure::table::Table;
use headlight_view::State;
use headlight_view::frame::command_line::CommandLine;
use headlight_view::rooms::flash::catalogue::FlashFigure;
use headlight_view::rooms::flash::{
    self as flash, Check, FlashAction, Shown, command_line, method, numbers, tables,
};
use leptos::prelude::*;

use super::current_step::CurrentStep;
use super::dispatch::act;
use crate::derived::{Derived, Local, react};
use crate::draw::{Node, el, reactive};
use crate::frame::figure::{MethodAndTable, table, width_of_drawing};
use crate::store::Store;

/// A pause in stepping after which the tables are made: they are rarely seen, and
/// thousands of cells would hold up what is.
const PAUSE: Duration = Duration::from_millis(60);

/// All tables of one step, and how far the check is.
#[derive(Clone, Copy)]
pub struct Numbers {
    made: Local<Option<Made>>,
    check: Local<Option<Check>>,
    on_device: [Local<Option<Table>>; 2],
}

#[derive(Clone, PartialEq)]
struct Made {
    step: u64,
    tables: Vec<(FlashFigure, Table)>,
    grid: Table,
    /// Of the algorithm beside, where there is one.
    beside: Option<Table>,
    compared: Option<Table>,
}

impl Made {
    fn new(seen: Shown<'_>, now: CurrentStep) -> Self {
        let table = |figure| Some((figure, tables::of(figure, seen)?));
        let course = now.course();
        Self {
            // The room's step, which goes on when the played algorithm is done.
            step: course.as_ref().map_or(seen.moment.step, |(_, step)| *step),
            tables: FlashFigure::ALL.into_iter().filter_map(table).collect(),
            grid: tables::grid(seen.player, seen.moment),
            beside: seen
                .beside
                .map(|(player, moment)| tables::chip(player, moment)),
            compared: course.and_then(|(course, step)| tables::compared(&course, step)),
        }
    }

    fn of(&self, figure: FlashFigure) -> Option<Table> {
        let found = self.tables.iter().find(|(of, _)| *of == figure);
        found.map(|(_, table)| table.clone())
    }
}

impl Numbers {
    /// Follows what is shown, and saves what is wished for.
    pub fn new(store: Store, now: CurrentStep) -> Self {
        let numbers = Self {
            made: Local::new(None),
            check: Local::new(None),
            on_device: [Local::new(None), Local::new(None)],
        };
        numbers.make_tables(now);
        numbers.save_wishes(store, now);
        numbers
    }

    fn make_tables(self, now: CurrentStep) {
        let newest = StoredValue::new(0_u32);
        react(move || {
            now.track_all();
            newest.update_value(|newest| *newest = newest.wrapping_add(1));
            let mine = newest.get_value();
            let make = move || {
                if newest.try_get_value() == Some(mine) {
                    // The check has a table of its own: it goes on while nothing is stepped.
                    let made = || seen(now, None, |seen| Made::new(seen, now));
                    self.made.set(untrack(made));
                }
            };
            set_timeout(make, PAUSE);
        });
    }

    fn save_wishes(self, store: Store, now: CurrentStep) {
        let wished = store.select(|state: &State| state.flash.pending_save);
        react(move || {
            let Some((figure, _)) = wished.get() else {
                return;
            };
            let (numbers, drawn) = untrack(|| {
                let check = self.check.get();
                let [run, growth] = self.on_device.map(|table| table.get());
                let of = |seen: Shown<'_>| {
                    let on_device = [run.as_ref(), growth.as_ref()];
                    let seen = Shown { on_device, ..seen };
                    store.peek(|state| {
                        let (room, frame) = (&state.flash, &state.frame);
                        let drawn = width_in_page(figure)
                            .and_then(|width| flash::figure(room, frame, figure, seen, width));
                        (numbers(room, frame, figure, seen), drawn)
                    })
                };
                seen(now, check.as_ref(), of).unwrap_or_default()
            });
            act(store, FlashAction::Save(numbers, drawn.map(Box::new)));
        });
    }

    /// The step that the tables tell of.
    pub fn step(self) -> Option<u64> {
        self.made.with(|made| made.as_ref().map(|made| made.step))
    }

    /// How the result compares with its definition, as far as that is known.
    pub const fn check(self) -> Local<Option<Check>> {
        self.check
    }

    /// The tables of the run on the device, and of longer sequences there.
    pub const fn on_device(self) -> [Local<Option<Table>>; 2] {
        self.on_device
    }

    /// A figure's table, once the step has been shown for a moment, and the command that
    /// prints the same.
    pub fn behind(
        self,
        store: Store,
        figure: FlashFigure,
    ) -> (Derived<Option<Table>>, Derived<CommandLine>) {
        let table = Derived::new(move || match figure {
            FlashFigure::Error => {
                let of = |check: &Option<Check>| check.as_ref().and_then(tables::error);
                self.check.with(of)
            }
            FlashFigure::Device => self.on_device[0].get(),
            FlashFigure::Growth => self.on_device[1].get(),
            FlashFigure::Stage | FlashFigure::Timeline | FlashFigure::Ledger | FlashFigure::Row => {
                self.made.with(|made| made.as_ref()?.of(figure))
            }
        });
        let command = store.select(move |state: &State| command_line(&state.flash.options, figure));
        (table, command)
    }

    /// How many tiles there are of which kind, which the stage shows one by one; where two
    /// are compared, the numbers of that.
    pub fn grid(self) -> Node {
        reactive(move || {
            let tables = self.made.with(|made| {
                let made = made.as_ref();
                let beside = made.and_then(|made| made.beside.as_ref());
                let compared = made.and_then(|made| made.compared.as_ref());
                let beside = beside.filter(|_| compared.is_some());
                [
                    ("flash.grid", made.map(|made| &made.grid)),
                    ("flash.beside", beside),
                    ("flash.compare", compared),
                ]
                .map(|(name, table)| table.map(|table| table::numbers(name, Some(table))))
            });
            el("div").class("unseen").all(tables).into()
        })
    }
}

/// Something of what the room shows.
fn seen<T>(now: CurrentStep, check: Option<&Check>, of: impl FnOnce(Shown<'_>) -> T) -> Option<T> {
    let beside = now.beside();
    let (player, moment) = now.shown()?;
    let beside = beside.as_ref();
    Some(of(Shown {
        player: &player,
        moment: &moment,
        beside: beside.map(|(player, moment)| (&**player, &**moment)),
        row: now.row(),
        check,
        on_device: [None; 2],
    }))
}

/// Width of a figure's drawing as it stands in the page.
fn width_in_page(figure: FlashFigure) -> Option<f64> {
    let selector = format!("[data-figure='{}']", figure.name());
    let found = document().query_selector(&selector).ok().flatten();
    width_of_drawing(&found?)
}

/// How a figure is computed and its numbers, below it.
pub fn behind(
    figure: FlashFigure,
    table: Derived<Option<Table>>,
    command: Derived<CommandLine>,
) -> AnyView {
    view! { <MethodAndTable figure method=method(figure) command table/> }.into_any()
}
