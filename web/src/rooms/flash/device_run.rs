//! One run of our kernel on the visitor's own GPU, compared with the trace.

use headlight_figure::number::scientific;
use headlight_view::State;
use headlight_view::rooms::flash::catalogue::FlashFigure;
use headlight_view::rooms::flash::device::{Answer, RunShown};
use headlight_view::rooms::flash::device_ask;
use headlight_view::rooms::flash::figures::agreement::verdict;
use headlight_view::rooms::flash::words::device as words;
use headlight_view::rooms::flash::{Agreement, Checked, FlashAction, Player};
use leptos::prelude::*;

use super::flash_view::{FlashView, more};
use crate::derived::{Derived, Local, react};
use crate::draw::{Element, Node, el, reactive};
use crate::frame::figure::table::{column_head, row_head};
use crate::host;

/// What is read out when it changes.
pub fn status(said: Option<String>) -> Element {
    el("p").class("device-says").set("role", "status").add(said)
}

/// A run with the numbers of the room.
pub fn one_run(room: FlashView, run: Derived<RunShown>) -> [Node; 2] {
    let agreement = Local::new(None::<Agreement>);
    let generation = StoredValue::new(0_u32);
    let options = room.store.select(|state: &State| state.flash.options);
    let answer = Derived::new(move || match run.get() {
        RunShown::Answered(answer) => Some(answer),
        _ => None,
    });
    let is_due = room
        .store
        .select(|state: &State| device_ask::is_due(&state.flash));
    react(move || {
        if is_due.get() {
            room.act(FlashAction::RunDue);
        }
    });
    // Another algorithm or order is another trace, to be compared anew.
    let compared = Derived::new(move || {
        let options = options.get();
        answer.with(|answer| answer.as_ref()?.player(options).ok())
    });
    react(move || {
        compared.with(|_| ());
        generation.update_value(|generation| *generation = generation.wrapping_add(1));
        agreement.set(compared.with(|player| player.as_ref().map(Agreement::new)));
        let mine = generation.get_value();
        go_on(compared, answer, agreement, generation, mine);
    });
    let figure = reactive(move || {
        let found = agreement.get();
        let verdict = found.as_ref().and_then(verdict);
        let verdict = verdict.or_else(|| run.with(words::run_state));
        let under_way = found.filter(|found| !found.is_done());
        let progress = under_way.map(|found| {
            let (n_checked, n_queries) = found.progress();
            let said = headlight_view::rooms::flash::words::checked(n_checked, n_queries);
            el("p").class("device-progress").add(said)
        });
        // A time never stands without its errors.
        let known = found.filter(|found| found.progress().0 > 0);
        let facts = known.and_then(|found| {
            answer.with(|answer| answer.as_ref().map(|answer| facts(answer, found)))
        });
        el("div")
            .set("data-figure", FlashFigure::Device.name())
            .set("role", "group")
            .set("aria-label", words::HEADING)
            .add(status(verdict))
            .add(progress)
            .add(facts)
            .into()
    });
    let [table, _] = room.numbers.on_device();
    react(move || {
        let found = agreement.get().filter(Agreement::is_done);
        let made = |found: Agreement| {
            answer.with(|answer| answer.as_ref().map(|answer| found.table(&answer.run)))
        };
        table.set(found.and_then(made));
    });
    let menu = more(FlashFigure::Device);
    let menu = reactive(move || match table.with(Option::is_some) {
        true => menu.clone(),
        false => Node::NOTHING,
    });
    let run = el("div").class("device-run").add(figure).add(menu);
    [run.into(), room.behind(FlashFigure::Device)]
}

fn go_on(
    compared: Derived<Option<Player>>,
    answer: Derived<Option<Answer>>,
    agreement: Local<Option<Agreement>>,
    generation: StoredValue<u32>,
    mine: u32,
) {
    host::in_another_task(move || {
        // The room may be gone, or show something else.
        if generation.try_get_value() != Some(mine) {
            return;
        }
        let (Some(mut found), Some(shown)) = (
            agreement.try_get_untracked().flatten(),
            answer.try_get_untracked().flatten(),
        ) else {
            return;
        };
        let state = compared.with_untracked(|player| {
            let player = player.as_ref()?;
            Some(found.go_on(player, &shown.run))
        });
        agreement.set(Some(found));
        if let Some(Ok(Checked::More)) = state {
            go_on(compared, answer, agreement, generation, mine);
        }
    });
}

fn facts(answer: &Answer, found: Agreement) -> Element {
    let bounds = found.bounds();
    let row = |name: &'static str, output: f64, lse: f64| {
        el("tr")
            .add(row_head(name))
            .add(el("td").add(scientific(output)))
            .add(el("td").add(scientific(lse)))
    };
    let heads = [words::AGAINST, words::OF_OUTPUT, words::OF_LSE].map(column_head);
    let rows = [
        row(words::AGAINST_TRACE, found.trace.output, found.trace.lse),
        row(words::AGAINST_DENSE, found.dense.output, found.dense.lse),
        row(words::BOUND, bounds.output, bounds.lse),
    ];
    let table = el("table")
        .add(el("thead").add(el("tr").all(heads)))
        .add(el("tbody").all(rows));
    let name = |name: &'static str| el("dt").add(name);
    let device = el("dl")
        .add(name(words::DEVICE))
        .add(el("dd").add(answer.run.device.clone()))
        .add(name(words::TILES))
        .add(el("dd").add(words::tiles(answer)))
        .add(name(words::TIME))
        .add(
            el("dd")
                .class("number")
                .add(words::time(answer.run.elapsed_ms)),
        );
    el("div").class("device-facts").add(table).add(device)
}
