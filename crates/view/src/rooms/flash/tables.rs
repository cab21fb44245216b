//! The room's numbers in full.

use std::borrow::Cow;

use headlight_flash::{Chip, Direction, Matrix, Totals};

use super::clock::Clock;
use super::figures::agreement::Agreement;
use super::figures::compare::{AlgorithmProgress, SideBySide};
use super::figures::error::Check;
use super::figures::ledger;
use super::figures::ledger::Ledger;
use super::figures::row::{TileOfRow, row_after_each_tile};
use super::player::{Moment, Player};
use super::words;
use crate::rooms::flash::catalogue::FlashFigure;
use headlight_figure::number::{full, full_f32};
use headlight_figure::table::Column;
use headlight_figure::table::Table;
use headlight_figure::token::header;

/// Rows and keys up to which the chip's table is whole.
const MOST: usize = 64;

/// Steps in the timeline's table, at most.
const MOST_STEPS: u64 = 64;

/// What the room shows.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// What is played.
    pub player: &'a Player,
    /// The step.
    pub moment: &'a Moment,
    /// The algorithm on the same clock, and its step.
    pub beside: Option<(&'a Player, &'a Moment)>,
    /// The query that is spelled out.
    pub row: Option<usize>,
    /// How the result compares with its definition, as far as that is known.
    pub check: Option<&'a Check>,
    /// How what the visitor's GPU computed compares with both, as far as that is known.
    pub agreement: Option<&'a Agreement>,
    /// What our kernel made of the same on the visitor's GPU, and of longer sequences,
    /// as tables, where it was asked.
    pub on_device: [Option<&'a Table>; 2],
}

/// The numbers behind a figure; `None` if there are none now.
#[must_use]
pub fn table_of(figure: FlashFigure, seen: Shown<'_>) -> Option<Table> {
    let Shown { player, moment, .. } = seen;
    match figure {
        FlashFigure::Stage => Some(chip(player, moment)),
        FlashFigure::Timeline => Some(steps(player, moment)),
        FlashFigure::Ledger => Some(ledger(&ledger::ledger(player, moment, seen.beside))),
        FlashFigure::Error => seen.check.and_then(error),
        FlashFigure::Row => seen.row.map(|row| row_sums(player, moment, row)),
        FlashFigure::Device => seen.on_device[0].cloned(),
        FlashFigure::Growth => seen.on_device[1].cloned(),
    }
}

/// A number as programs read it; infinities as `inf` and `-inf`.
fn number(value: f32) -> String {
    full_f32(value)
}

/// What is on the chip: a row per query of the tile.
#[must_use]
pub fn chip(player: &Player, moment: &Moment) -> Table {
    let schedule = player.schedule();
    let chip = &moment.chip;
    let event = moment.event;
    let queries = event
        .and_then(|event| event.i)
        .map_or(0..0, |i| schedule.queries(i));
    let keys = moment.keys.clone();
    let of_keys = |letter: &'static str| {
        let names = keys.clone().take(MOST);
        names.map(move |key| Column::named(format!("{letter} {key}")))
    };
    let of_width = |letter: &'static str| {
        let names = 0..player.data().d();
        names.map(move |index| Column::named(format!("{letter} {index}")))
    };
    let mut columns = vec![Column::value("query")];
    let tokens = player.data().tokens();
    columns.extend(tokens.map(|_| Column::text("token")));
    let mut parts: Vec<Vec<Vec<String>>> = Vec::new();
    for (name, values) in per_row(chip) {
        if !values.is_empty() {
            columns.push(Column::value(name));
            parts.push(values.iter().map(|&value| vec![number(value)]).collect());
        }
    }
    for (letter, matrix, is_of_keys) in [
        ("S", &chip.s, true),
        ("P", &chip.p, true),
        ("O", &chip.o, false),
        ("Q", &chip.q, false),
    ] {
        if matrix.is_empty() {
            continue;
        }
        if is_of_keys {
            columns.extend(of_keys(letter));
        } else {
            columns.extend(of_width(letter));
        }
        parts.push(cells(matrix, if is_of_keys { MOST } else { usize::MAX }));
    }
    let rows = queries.enumerate().take(MOST).map(|(at, query)| {
        let mut row = vec![query.to_string()];
        row.extend(tokens.map(|tokens| {
            tokens
                .get(query)
                .map_or_else(String::new, |token| header(&token.text))
        }));
        for part in &parts {
            row.extend(part.get(at).cloned().unwrap_or_default());
        }
        row
    });
    Table {
        caption: Cow::Borrowed("What is on the chip after this step"),
        rows: rows.collect(),
        columns,
    }
}

/// The numbers that a row has one of.
fn per_row(chip: &Chip) -> [(&'static str, &Vec<f32>); 7] {
    [
        ("m", &chip.m),
        ("l", &chip.l),
        ("alpha", &chip.alpha),
        ("tile_m", &chip.tile_m),
        ("tile_l", &chip.tile_l),
        ("beta", &chip.beta),
        ("L", &chip.lse),
    ]
}

fn cells(matrix: &Matrix, most: usize) -> Vec<Vec<String>> {
    let row = |row: &[f32]| row.iter().take(most).copied().map(number).collect();
    matrix.rows().map(row).collect()
}

/// The ledger.
#[must_use]
pub fn ledger(ledger: &Ledger) -> Table {
    let columns = vec![
        Column::text("algorithm"),
        Column::value("elements moved so far"),
        Column::value("elements moved in all"),
        Column::value("of standard"),
        Column::value("elements read so far"),
        Column::value("elements written so far"),
        Column::value("flops so far"),
        Column::value("exps so far"),
    ];
    let rows = ledger.rows.iter().map(|row| {
        let so_far = |of: fn(&Totals) -> u64| {
            let totals = row.so_far.as_ref();
            totals.map_or_else(String::new, |totals| of(totals).to_string())
        };
        vec![
            row.algorithm.name().to_owned(),
            so_far(Totals::elements_moved),
            row.moved.to_string(),
            full(row.of_standard),
            so_far(Totals::elements_read),
            so_far(Totals::elements_written),
            so_far(|totals| totals.flops),
            so_far(|totals| totals.exps),
        ]
    });
    Table {
        caption: Cow::Borrowed(words::LEDGER),
        rows: rows.collect(),
        columns,
    }
}

/// Two algorithms on one clock, the played one first; `None` where there is none beside.
#[must_use]
pub fn compared(course: &SideBySide, step: u64) -> Option<Table> {
    let [so_far, in_all] = match course.clock()? {
        Clock::Traffic => ["elements moved so far", "elements moved in all"],
        Clock::Work => ["flops so far", "flops in all"],
    };
    let row = |progress: AlgorithmProgress| {
        vec![
            progress.algorithm.name().to_owned(),
            progress.step.to_string(),
            progress.n_steps.to_string(),
            progress.so_far.to_string(),
            progress.in_all.to_string(),
        ]
    };
    Some(Table {
        caption: Cow::Borrowed(words::COMPARED),
        columns: vec![
            Column::text("algorithm"),
            Column::value("steps so far"),
            Column::value("steps in all"),
            Column::value(so_far),
            Column::value(in_all),
        ],
        rows: course.progress(step)?.into_iter().map(row).collect(),
    })
}

/// Where the step stands.
#[must_use]
pub fn grid(player: &Player, moment: &Moment) -> Table {
    let totals = (moment.totals.tiles, player.schedule().totals().tiles);
    let (so_far, in_all) = totals;
    let row =
        |name: &str, done: u64, all: u64| vec![name.to_owned(), done.to_string(), all.to_string()];
    Table {
        caption: Cow::Borrowed("Tiles of queries by keys"),
        columns: vec![
            Column::text("tiles"),
            Column::value(words::SO_FAR),
            Column::value(words::IN_ALL),
        ],
        rows: vec![
            row("full", so_far.full, in_all.full),
            row("partial", so_far.partial, in_all.partial),
            row("skipped", so_far.skipped, in_all.skipped),
        ],
    }
}

/// The steps around the one that is shown.
fn steps(player: &Player, moment: &Moment) -> Table {
    let n = moment.n_steps;
    let fitting = n.min(MOST_STEPS);
    let first = moment.step.saturating_sub(fitting / 2).min(n - fitting);
    let last = first + fitting;
    let place = |index: Option<usize>| index.map_or_else(String::new, |at| (at + 1).to_string());
    let row = |index: u64| {
        let event = player.schedule().event(index)?;
        Some(vec![
            (index + 1).to_string(),
            event.kind.name().to_owned(),
            place(event.i),
            place(event.j),
            (index < moment.step).to_string(),
            event.elements(Direction::Read).to_string(),
            event.elements(Direction::Written).to_string(),
            event.flops.to_string(),
            event.exps.to_string(),
        ])
    };
    Table {
        caption: Cow::Owned(format!("Steps {} to {last} of {n}", (first + 1).min(last))),
        columns: vec![
            Column::value("step"),
            Column::text("does"),
            Column::value("query tile"),
            Column::value("key tile"),
            Column::value("is done"),
            Column::value("elements read"),
            Column::value("elements written"),
            Column::value("flops"),
            Column::value("exps"),
        ],
        rows: (first..last).filter_map(row).collect(),
    }
}

/// The result against its definition; `None` before any row has been looked at.
#[must_use]
pub fn error(check: &Check) -> Option<Table> {
    if check.n_checked == 0 {
        return None;
    }
    let row = |name: &str, largest: f64| {
        vec![
            name.to_owned(),
            full(largest),
            check.n_checked.to_string(),
            check.n_queries.to_string(),
            full(check.gap.largest_score),
        ]
    };
    Some(Table {
        caption: Cow::Borrowed(words::ERROR_LABEL),
        columns: vec![
            Column::text("of"),
            Column::value("largest error"),
            Column::value("rows checked"),
            Column::value(words::ROWS),
            Column::value("largest score"),
        ],
        rows: vec![row("O", check.gap.output), row("L", check.gap.lse)],
    })
}

/// What one row had after each tile of keys.
fn row_sums(player: &Player, moment: &Moment, row: usize) -> Table {
    let sums = |passed: TileOfRow| {
        vec![
            (passed.j + 1).to_string(),
            number(passed.m),
            number(passed.l),
            passed.alpha.map(number).unwrap_or_default(),
            passed.is_now.to_string(),
        ]
    };
    Table {
        caption: Cow::Owned(words::row_sums(player, row)),
        columns: vec![
            Column::value("key tile"),
            Column::value("m"),
            Column::value("l"),
            Column::value("alpha"),
            Column::value("is now"),
        ],
        rows: row_after_each_tile(player, moment, row)
            .into_iter()
            .map(sums)
            .collect(),
    }
}
