//! The numbers of the room's figures for a file, and what they are about.

use headlight_flash::Tiling;
use serde::Serialize;

use super::options::DataSource;
use super::state::FlashRoom;
use super::tables::{self, Shown};
use crate::frame::Frame;
use crate::frame::save::Numbers;
use crate::rooms::flash::catalogue::FlashFigure;

/// What the numbers of a file are about; options have the command line's names.
#[derive(Debug, Serialize)]
struct AboutSchedule<'a> {
    figure: &'static str,
    /// Whose numbers they are: `head`, `random` or `typed`.
    data: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    of_head: Option<OfHead<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    n_q: usize,
    n_k: usize,
    d: usize,
    algorithm: &'static str,
    causal: bool,
    reverse_keys: bool,
    lazy_rescale: bool,
    n_splits: usize,
    /// As played, none for standard attention.
    block_q: Option<usize>,
    block_k: Option<usize>,
    /// Number of steps that are done.
    step: u64,
    n_steps: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<usize>,
    caption: &'a str,
    /// `[row, d]` each: what is attended with.
    #[serde(skip_serializing_if = "Option::is_none")]
    q: Option<Vec<&'a [f32]>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    k: Option<Vec<&'a [f32]>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    v: Option<Vec<&'a [f32]>>,
}

/// What the numbers of a file are about, of a figure that has numbers of its own.
#[derive(Debug, Serialize)]
struct AboutGrowth<'a> {
    figure: &'static str,
    caption: &'a str,
}

/// Where a head's numbers come from.
#[derive(Debug, Serialize)]
struct OfHead<'a> {
    model: &'a str,
    prompt: &'a str,
    layer: usize,
    head: usize,
    is_recorded: bool,
}

/// A figure's numbers, for a file; `None` if it has none now.
///
/// The stage's have queries, keys and values with them, from which all others follow.
#[must_use]
pub fn numbers(
    room: &FlashRoom,
    frame: &Frame,
    figure: FlashFigure,
    seen: Shown<'_>,
) -> Option<Numbers> {
    let table = tables::table_of(figure, seen)?;
    if figure == FlashFigure::Growth {
        // Of numbers of its own: what the room plays is not in it.
        let (figure, caption) = (figure.name(), &*table.caption);
        let about = serde_json::to_string(&AboutGrowth { figure, caption }).ok()?;
        return Some(Numbers { about, table });
    }
    let Shown { player, moment, .. } = seen;
    let schedule = player.schedule();
    let (problem, method, data) = (schedule.problem(), schedule.method(), player.data());
    let is_head = room.source == DataSource::Head;
    let inputs = room.head.as_ref().filter(|_| is_head);
    let of_head = inputs.map(|inputs| OfHead {
        model: frame.shown_model(),
        prompt: &frame.shown_prompt,
        layer: inputs.layer,
        head: inputs.head,
        is_recorded: room.is_recorded,
    });
    let [q, k, v] = data.rows().map(|rows| {
        let is_with = figure == FlashFigure::Stage;
        is_with.then(|| rows.collect())
    });
    let about = AboutSchedule {
        figure: figure.name(),
        data: data_name(&room.source),
        of_head,
        seed: match room.source {
            DataSource::Random { seed, .. } => Some(seed),
            DataSource::Head | DataSource::Typed(_) => None,
        },
        n_q: problem.n_q,
        n_k: problem.n_k,
        d: problem.d,
        algorithm: method.algorithm.name(),
        causal: problem.is_causal,
        reverse_keys: method.is_reversed,
        lazy_rescale: method.is_lazy,
        n_splits: method.n_splits,
        block_q: schedule.tiling().map(Tiling::block_q),
        block_k: schedule.tiling().map(Tiling::block_k),
        step: moment.step,
        n_steps: moment.n_steps,
        row: seen.row.filter(|_| figure == FlashFigure::Row),
        caption: &table.caption,
        q,
        k,
        v,
    };
    // On one line: queries, keys and values would take one line per number.
    let about = serde_json::to_string(&about).ok()?;
    Some(Numbers { about, table })
}

/// Name of the data in files and in what they say: `head`, `random` or `typed`.
pub(super) const fn data_name(source: &DataSource) -> &'static str {
    match source {
        DataSource::Head => "head",
        DataSource::Random { .. } => "random",
        DataSource::Typed(_) => "typed",
    }
}

#[cfg(test)]
mod tests {
    use headlight_figure::files::Format;
    use headlight_figure::table::Table;
    use headlight_flash::Algorithm;
    use serde_json::Value;

    use super::super::Player;
    use super::super::options::{Options, Tiles};
    use super::super::test_room::{numbers_of, of_twelve_rows};
    use super::*;

    fn read(numbers: &Numbers) -> Value {
        serde_json::from_str(&numbers.file(Format::Json).unwrap()).unwrap()
    }

    #[test]
    fn every_figure_has_numbers_with_a_cell_for_every_column() {
        for algorithm in Algorithm::ALL {
            let mut state = of_twelve_rows(Options {
                algorithm,
                ..Options::default()
            });
            // Where the room opens, no row has summed anything yet.
            state.flash.step = Player::new(&state.flash).unwrap().largest_rescale();
            for figure in FlashFigure::ALL {
                let Numbers { table, .. } = numbers_of(&state, figure);
                assert!(!table.caption.is_empty(), "{figure:?}");
                for row in &table.rows {
                    assert_eq!(row.len(), table.columns.len(), "{figure:?}");
                }
                // Standard attention sums a row at once.
                let is_empty = figure == FlashFigure::Row && algorithm == Algorithm::Standard;
                assert_eq!(table.rows.is_empty(), is_empty, "{figure:?} {algorithm:?}");
            }
        }
    }

    #[test]
    fn the_json_has_the_cells_of_the_table_and_says_what_they_are_about() {
        let state = of_twelve_rows(Options::default());
        for figure in FlashFigure::ALL {
            let numbers = numbers_of(&state, figure);
            let json = read(&numbers);
            assert_eq!(json["figure"], figure.name());
            if figure == FlashFigure::Growth {
                assert!(json.get("data").is_none());
                continue;
            }
            assert_eq!(
                (&json["data"], &json["seed"]),
                (&"random".into(), &3.into())
            );
            assert_eq!(
                (&json["algorithm"], &json["block_q"]),
                (&"fa2".into(), &8.into())
            );
            assert!(json.get("of_head").is_none());
            assert_eq!(json.get("q").is_some(), figure == FlashFigure::Stage);
            let Table { columns, rows, .. } = &numbers.table;
            assert_eq!(json["columns"].as_array().unwrap().len(), columns.len());
            for (row, cells) in json["rows"].as_array().unwrap().iter().zip(rows) {
                for (value, cell) in row.as_array().unwrap().iter().zip(cells) {
                    let text = match value {
                        Value::Null => String::new(),
                        Value::String(text) => text.clone(),
                        other => other.to_string(),
                    };
                    // The reader here rounds the last bit of a number in a way of its own.
                    let is_near = || {
                        let (found, wanted) = (text.parse::<f64>(), cell.parse::<f64>());
                        found.is_ok_and(|a| wanted.is_ok_and(|b| (a - b).abs() <= 1e-15 * b.abs()))
                    };
                    assert!(
                        text == *cell || is_near(),
                        "{figure:?}: {text} is not {cell}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_stage_brings_queries_keys_and_values_along() {
        let state = of_twelve_rows(Options::default());
        let json = read(&numbers_of(&state, FlashFigure::Stage));
        let player = Player::new(&state.flash).unwrap();
        let inputs = player.data().inputs().unwrap();
        for (name, values) in [("q", inputs.q()), ("k", inputs.k()), ("v", inputs.v())] {
            let rows = json[name].as_array().unwrap();
            assert_eq!(rows.len(), 12);
            let all = rows.iter().flat_map(|row| row.as_array().unwrap());
            let all: Vec<f32> = all.map(|value| value.as_f64().unwrap() as f32).collect();
            assert_eq!(all, values, "{name}");
        }
    }

    #[test]
    fn the_error_is_that_of_the_badge_and_csv_is_the_table() {
        let numbers = numbers_of(&of_twelve_rows(Options::default()), FlashFigure::Error);
        let csv = numbers.file(Format::Csv).unwrap();
        let mut lines = csv.lines();
        let heads = "of,largest error,rows checked,rows,largest score";
        assert_eq!(lines.next(), Some(heads));
        let first: Vec<&str> = lines.next().unwrap().split(',').collect();
        assert_eq!((first[0], first[2], first[3]), ("O", "12", "12"));
        let error: f64 = first[1].parse().unwrap();
        assert!(error > 0.0 && error < 1e-5, "{error}");
    }

    #[test]
    fn the_timeline_lists_steps_around_the_one_that_is_shown() {
        let mut state = of_twelve_rows(Options {
            tiles: Tiles::Blocks(2, 2),
            ..Options::default()
        });
        for (step, first) in [(0, 1), (60, 29), (u64::MAX, u64::MAX)] {
            state.flash.step = Some(step);
            let Numbers { table, .. } = numbers_of(&state, FlashFigure::Timeline);
            let n = Player::new(&state.flash).unwrap().schedule().n_events();
            assert!(n > 100, "{n}");
            assert_eq!(table.rows.len(), 64);
            assert_eq!(table.rows[0][0], first.min(n - 63).to_string());
            let n_done = table.rows.iter().filter(|row| row[4] == "true").count() as u64;
            assert_eq!(n_done, step.min(n).saturating_sub(first.min(n - 63) - 1));
        }
    }
}
