//! The numbers behind the room's figures: as tables, for programs and for readers who
//! hear the page, and as files.

use std::time::Duration;

use headlight_figure::table::Table;
use headlight_view::State;
use headlight_view::frame::command_line::CommandLine;
use headlight_view::rooms::flash::catalogue::FlashFigure;
use headlight_view::rooms::flash::{
    Agreement, Check, FlashAction, Shown, command_line, content, tables,
};
use leptos::html::Div;
use leptos::prelude::*;

use super::current_step::CurrentStep;
use super::dispatch::act;
use crate::derived::{Derived, Local, react};
use crate::frame::figure::{operated_view, table};
use crate::host;
use crate::store::Store;

/// A pause in stepping after which the tables are made: they are rarely seen, and
/// thousands of cells would hold up what is.
const PAUSE: Duration = Duration::from_millis(60);

/// All tables of one step, and how far the check is.
#[derive(Clone, Copy)]
pub struct StepTables {
    made: Local<Option<Made>>,
    check: Local<Option<Check>>,
    agreement: Local<Option<Agreement>>,
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
        let table = |figure| Some((figure, tables::table_of(figure, seen)?));
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

impl StepTables {
    /// Follows what is shown, and saves what is asked for.
    pub fn new(store: Store, now: CurrentStep) -> Self {
        let numbers = Self {
            made: Local::new(None),
            check: Local::new(None),
            agreement: Local::new(None),
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
        let pending_save = store.select(|state: &State| state.flash.pending_save);
        react(move || {
            let Some(pending) = pending_save.get() else {
                return;
            };
            let width_px = host::figure_element(pending.0.name())
                .and_then(|element| host::width_of_drawing(&element));
            let found = untrack(|| {
                let check = self.check.get();
                let agreement = self.agreement.get();
                let [run, growth] = self.on_device.map(|table| table.get());
                let of = |seen: Shown<'_>| {
                    let on_device = [run.as_ref(), growth.as_ref()];
                    let seen = Shown {
                        agreement: agreement.as_ref(),
                        on_device,
                        ..seen
                    };
                    store.peek(|state| content(&state.flash, &state.frame, pending, seen, width_px))
                };
                seen(now, check.as_ref(), of).flatten()
            });
            act(store, FlashAction::Save(found));
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

    /// How what the device computed compares with the trace, as far as that is known.
    pub const fn agreement(self) -> Local<Option<Agreement>> {
        self.agreement
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

    /// Table of how many tiles there are of which kind, which the stage shows one by one;
    /// where two are compared, the numbers of that.
    pub fn grid(self) -> AnyView {
        let of = move |name, table: fn(&Made) -> Option<&Table>| {
            let place = NodeRef::<Div>::new();
            let drawn = move || {
                let numbers =
                    |made: &Option<Made>| table::numbers(name, made.as_ref().and_then(table));
                self.made.with(numbers)
            };
            view! {
                <div class="unseen" node_ref=place></div>
                {operated_view(place, Box::new(drawn), None)}
            }
        };
        view! {
            {of("flash.grid", |made| Some(&made.grid))}
            {of("flash.beside", |made| made.beside.as_ref().filter(|_| made.compared.is_some()))}
            {of("flash.compare", |made| made.compared.as_ref())}
        }
        .into_any()
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
        agreement: None,
        on_device: [None; 2],
    }))
}
