//! The room's figures as files, and the command that prints the same.

use crate::frame::figure_words;
use crate::frame::words::PRODUCT;
use headlight_flash::{Algorithm, Tiling};
use serde::Serialize;

use super::catalogue::title;
use super::device::RunShown;
use super::device_ask::{growth_shown, run_shown};
use super::figures::compare::SideBySide;
use super::figures::ledger::ledger;
use super::figures::row::{self, row_after_each_tile};
use super::figures::stage::{Stage, stage};
use super::figures::{agreement, error, growth, ledger_drawing, timeline};
use super::options::DataSource;
use super::options::{Options, Tiles};
use super::sentence;
use super::state::FlashRoom;
use super::tables::{self, Shown};
use super::words::{self, capitalised};
use crate::frame::Frame;
use crate::frame::command_line::CommandLine;
use crate::frame::save::{Content, Numbers, SaveRequest, named};
use crate::rooms::flash::catalogue::FlashFigure;
use headlight_figure::files::Format;
use headlight_figure::{Figure, plain};

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

const fn data_name(source: &DataSource) -> &'static str {
    match source {
        DataSource::Head => "head",
        DataSource::Random { .. } => "random",
        DataSource::Typed(_) => "typed",
    }
}

/// A figure of the room as a value in a width; `None` if it has nothing to show now, and for
/// those that are not drawn as values.
#[must_use]
pub fn figure(
    room: &FlashRoom,
    frame: &Frame,
    figure: FlashFigure,
    seen: Shown<'_>,
    width_px: f64,
) -> Option<Figure> {
    let (title, sentence, (drawing, size)) = match figure {
        FlashFigure::Growth => {
            let growth = growth_shown(room, frame)?;
            let drawing = growth::drawing(&growth, width_px);
            (title(figure).into(), growth::sentence(&growth), drawing)
        }
        FlashFigure::Timeline => {
            let beside = seen.beside.map(|(player, _)| player);
            let course = SideBySide::new(seen.player, beside, room.clock);
            let step = seen.player.step_of(&course, room);
            let drawing = timeline::drawing(&course, step, room.timeline_from, width_px);
            let sentence = timeline::summary(&course, step, width_px);
            (title(figure).into(), sentence, drawing)
        }
        FlashFigure::Ledger => {
            let ledger = ledger(seen.player, seen.moment, seen.beside);
            let sentence = ledger_drawing::summary(seen.player, &ledger);
            let drawing = ledger_drawing::drawing(&ledger, width_px);
            (title(figure).into(), sentence, drawing)
        }
        FlashFigure::Error => {
            let check = seen.check?;
            let drawing = error::drawing(seen.check, width_px);
            (
                capitalised(title(figure)).into(),
                error::summary(check)?,
                drawing,
            )
        }
        FlashFigure::Row => {
            let (player, moment, row) = (seen.player, seen.moment, seen.row?);
            let passed = row_after_each_tile(player, moment, row);
            let heading = words::row_heading(player, row);
            let sentence = row::summary(player, moment, row);
            (heading.into(), sentence, row::drawing(&passed, width_px))
        }
        FlashFigure::Device => {
            let RunShown::Answered(answer) = run_shown(room, frame) else {
                return None;
            };
            let found = seen.agreement?;
            let drawing = agreement::drawing(&answer, found, width_px);
            (title(figure).into(), agreement::verdict(found)?, drawing)
        }
        FlashFigure::Stage => {
            let Stage { drawing, size, .. } = stage(seen.player, seen.moment, seen.row, width_px);
            let sentence = plain(&sentence(seen.player, seen.moment));
            (title(figure).into(), sentence, (drawing, size))
        }
    };
    Some(Figure {
        id: figure.into(),
        title,
        sentence,
        drawing,
        size,
        table: tables::table_of(figure, seen)?,
        credit: credit(room, frame, figure),
    })
}

/// What a file about a figure holds, in the place where it stands `width_px` pixels wide;
/// `None` if it has nothing to show now.
#[must_use]
pub fn content(
    room: &FlashRoom,
    frame: &Frame,
    (wanted, format): (FlashFigure, Format),
    seen: Shown<'_>,
    width_px: Option<f64>,
) -> Option<Content> {
    let numbers = numbers(room, frame, wanted, seen)?;
    Some(match format {
        Format::Svg | Format::Png => {
            let value = figure(room, frame, wanted, seen, width_px?)?;
            Content::Figure(Box::new(value))
        }
        Format::Csv | Format::Json => Content::Numbers(numbers),
    })
}

/// The file that was asked for.
pub(crate) fn save_request(
    room: &FlashRoom,
    frame: &Frame,
    pending_save: (FlashFigure, Format),
    content: Content,
) -> SaveRequest {
    let (figure, format) = pending_save;
    if figure == FlashFigure::Growth {
        return SaveRequest {
            content,
            format,
            name: named(figure.into(), "random", "", format),
        };
    }
    let source = &room.source;
    let inputs = room.head.as_ref();
    let of_head = inputs.filter(|_| *source == DataSource::Head);
    let of_head = of_head.map(|inputs| format!("-{}.{}", inputs.layer, inputs.head));
    let whose = match source {
        DataSource::Head => frame.shown_model(),
        DataSource::Random { .. } | DataSource::Typed(_) => data_name(source),
    };
    SaveRequest {
        content,
        format,
        name: named(figure.into(), whose, &of_head.unwrap_or_default(), format),
    }
}

/// Small print of a figure: where its numbers come from.
fn credit(room: &FlashRoom, frame: &Frame, figure: FlashFigure) -> String {
    match room.source {
        _ if figure == FlashFigure::Growth => credit_of_growth(),
        DataSource::Head => figure_words::credit(frame.shown_model()),
        DataSource::Random { seed, .. } => credit_of_random(seed),
        DataSource::Typed(_) => credit_of_typed(),
    }
}

/// The command that computes what the room plays, or measures the same.
///
/// It reads files, and the page has none: what they have to hold is said.
#[must_use]
pub fn command_line(options: &Options, figure: FlashFigure) -> CommandLine {
    if figure == FlashFigure::Growth {
        return CommandLine {
            line: "cargo xtask bench".to_owned(),
            note: Some(words::BENCH),
        };
    }
    let options = &match figure {
        // Whatever the room plays, the kernel is this.
        FlashFigure::Device => Options {
            algorithm: Algorithm::Fa2,
            is_reversed: false,
            is_lazy: false,
            n_splits: 1,
            ..*options
        },
        _ => *options,
    };
    let method = options.method();
    let is_standard = method.algorithm == Algorithm::Standard;
    let algorithm = method.algorithm.name();
    let mut line = format!("headlight flash --q q.npy --k k.npy --v v.npy --algorithm {algorithm}");
    match options.tiles {
        _ if is_standard => {}
        Tiles::Blocks(block_q, block_k) => {
            line.push_str(&format!(" --block-q {block_q} --block-k {block_k}"));
        }
        Tiles::OnChip(bytes) => line.push_str(&format!(" --sram-bytes {bytes}")),
    }
    for (is_on, option) in [
        (options.is_causal, " --causal"),
        (method.is_reversed, " --reverse-keys"),
        (method.is_lazy, " --lazy-rescale"),
    ] {
        if is_on {
            line.push_str(option);
        }
    }
    // Totals and error are printed; what happens at a step is in the trace.
    match figure {
        FlashFigure::Stage | FlashFigure::Timeline | FlashFigure::Row => {
            line.push_str(" --trace trace.json");
        }
        FlashFigure::Device => line.push_str(" --backend gpu"),
        FlashFigure::Ledger | FlashFigure::Error | FlashFigure::Growth => {}
    }
    line.push_str(" --json");
    let note = if method.n_splits > 1 {
        words::FILES_WITHOUT_SPLITS
    } else {
        words::FILES
    };
    CommandLine {
        line,
        note: Some(note),
    }
}

/// Below a drawing of numbers from a seed.
#[must_use]
pub(super) fn credit_of_random(seed: u64) -> String {
    format!("{PRODUCT} · random numbers of seed {seed}")
}

/// Below a drawing of sequences that were only measured.
#[must_use]
pub(super) fn credit_of_growth() -> String {
    format!("{PRODUCT} · random numbers")
}

/// Below a drawing of numbers that the visitor typed.
#[must_use]
pub(super) fn credit_of_typed() -> String {
    format!("{PRODUCT} · typed numbers")
}

#[cfg(test)]
mod tests {
    use crate::State;
    use crate::frame::action::FrameAction;
    use crate::reduce_flash;
    use serde_json::Value;

    use super::super::figures::growth::tests::{growth_of, point};
    use super::super::test_drawing::assert_inside;
    use super::super::{Check, Checked, FlashRoom, Player};
    use super::*;
    use crate::frame::effect::Effect;
    use crate::rooms::flash::FlashAction;
    use headlight_figure::FigureId;
    use headlight_figure::files::Format;
    use headlight_figure::table::Table;

    fn state(options: Options) -> State {
        let source = DataSource::Random {
            n: 12,
            d: 4,
            seed: 3,
        };
        State {
            flash: FlashRoom {
                options,
                source,
                ..FlashRoom::default()
            },
            ..State::default()
        }
    }

    /// The numbers of a figure, at the room's step.
    fn numbers_of(state: &State, figure: FlashFigure) -> Numbers {
        let of = |seen: Shown<'_>| numbers(&state.flash, &state.frame, figure, seen);
        with_shown(state, of).unwrap()
    }

    /// Something of what the room shows.
    fn with_shown<T>(state: &State, of: impl FnOnce(Shown<'_>) -> T) -> T {
        let player = Player::new(&state.flash).unwrap();
        let moment = player.moment(player.step(&state.flash)).unwrap();
        let mut check = Check::new(&player);
        while check.go_on(&player).unwrap() == Checked::More {}
        // Of the device there is nothing here; any table will do.
        let other = tables::grid(&player, &moment);
        let seen = Shown {
            player: &player,
            moment: &moment,
            beside: None,
            row: crate::rooms::flash::row_shown(&player, &moment, None),
            check: Some(&check),
            agreement: None,
            on_device: [Some(&other); 2],
        };
        of(seen)
    }

    fn read(numbers: &Numbers) -> Value {
        serde_json::from_str(&numbers.file(Format::Json).unwrap()).unwrap()
    }

    #[test]
    fn every_figure_has_numbers_with_a_cell_for_every_column() {
        for algorithm in Algorithm::ALL {
            let mut state = state(Options {
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
        let state = state(Options::default());
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
        let state = state(Options::default());
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
        let numbers = numbers_of(&state(Options::default()), FlashFigure::Error);
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
        let mut state = state(Options {
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

    #[test]
    fn saving_asks_the_room_and_the_room_asks_the_page() {
        let mut state = state(Options::default());
        for format in Format::ALL {
            let wanted = FigureId::from(FlashFigure::Ledger);
            let effects = crate::reduce(&mut state, FrameAction::Save(wanted, format));
            assert_eq!(effects, [], "the first module has no numbers");
            assert_eq!(
                state.flash.pending_save,
                Some((FlashFigure::Ledger, format))
            );
            let found = with_shown(&state, |seen| {
                let pending = (FlashFigure::Ledger, format);
                content(&state.flash, &state.frame, pending, seen, Some(300.0)).unwrap()
            });
            let effects = reduce_flash(&mut state, FlashAction::Save(Some(found)));
            assert_eq!(state.flash.pending_save, None);
            let [Effect::Save(request)] = effects.as_slice() else {
                panic!("expected a file, got {effects:?}");
            };
            let extension = format.extension();
            assert_eq!(
                request.name,
                format!("headlight-flash-ledger-random.{extension}")
            );
            let numbers = numbers_of(&state, FlashFigure::Ledger);
            match (format, &request.content) {
                (Format::Svg | Format::Png, Content::Figure(value)) => assert_eq!(value.id, wanted),
                (Format::Csv | Format::Json, Content::Numbers(found)) => {
                    assert_eq!(*found, numbers);
                }
                (_, other) => panic!("{format:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn every_figure_that_has_something_to_show_is_a_value() {
        let mut state = state(Options::default());
        state.flash.step = Player::new(&state.flash).unwrap().largest_rescale();
        state.flash.device.growth = Some(growth_of(vec![point(256, 8, 1.0)]));
        for kind in FlashFigure::ALL {
            let of = |seen: Shown<'_>| {
                let (room, frame) = (&state.flash, &state.frame);
                let value = figure(room, frame, kind, seen, 300.0);
                (value, tables::table_of(kind, seen).unwrap())
            };
            let (value, table) = with_shown(&state, of);
            // Nothing has run on a device.
            assert_eq!(value.is_some(), kind != FlashFigure::Device, "{kind:?}");
            let Some(value) = value else { continue };
            assert_eq!((value.id.0, value.table), (kind.name(), table));
            assert!(value.credit.contains("random"), "{}", value.credit);
            assert!(
                !value.title.is_empty() && !value.sentence.is_empty(),
                "{kind:?}"
            );
            // The stage has styles of text of its own, and tests of where they stand.
            if kind != FlashFigure::Stage {
                assert_inside(&value.drawing, value.size);
            }
        }
    }

    #[test]
    fn a_figure_without_numbers_says_so() {
        let mut state = state(Options::default());
        state.flash.pending_save = Some((FlashFigure::Row, Format::Csv));
        assert_eq!(reduce_flash(&mut state, FlashAction::Save(None)), []);
        assert_eq!(state.frame.notices, [figure_words::NOTHING_TO_SAVE]);
        assert_eq!(state.flash.pending_save, None);
    }

    /// The options of `headlight flash`, each with the number of words that follow it.
    const KNOWN: [(&str, usize); 12] = [
        ("--q", 1),
        ("--k", 1),
        ("--v", 1),
        ("--algorithm", 1),
        ("--block-q", 1),
        ("--block-k", 1),
        ("--sram-bytes", 1),
        ("--causal", 0),
        ("--reverse-keys", 0),
        ("--lazy-rescale", 0),
        ("--trace", 1),
        ("--backend", 1),
    ];

    #[test]
    fn the_command_has_only_options_that_apply() {
        for algorithm in Algorithm::ALL {
            for tiles in [Tiles::Blocks(4, 2), Tiles::OnChip(16_384)] {
                let options = Options {
                    algorithm,
                    is_causal: true,
                    is_reversed: true,
                    is_lazy: true,
                    n_splits: 2,
                    tiles,
                };
                for figure in FlashFigure::ALL {
                    let CommandLine { line, note } = command_line(&options, figure);
                    if figure == FlashFigure::Growth {
                        assert_eq!(line, "cargo xtask bench");
                        continue;
                    }
                    let rest = line.strip_prefix("headlight flash ").unwrap();
                    let rest = rest.strip_suffix(" --json").unwrap();
                    let mut words = rest.split(' ');
                    while let Some(word) = words.next() {
                        let known = KNOWN.iter().find(|(name, _)| *name == word);
                        for _ in 0..known.unwrap_or_else(|| panic!("{word} in {line}")).1 {
                            assert!(!words.next().unwrap().starts_with("--"), "{line}");
                        }
                    }
                    let is_kernel = figure == FlashFigure::Device;
                    let is_fa2 = algorithm == Algorithm::Fa2 && !is_kernel;
                    let is_standard = algorithm == Algorithm::Standard && !is_kernel;
                    assert_eq!(line.contains("--lazy-rescale"), is_fa2);
                    assert_eq!(line.contains("--reverse-keys"), !is_standard && !is_kernel);
                    assert_eq!(line.contains("--algorithm fa2 "), is_fa2 || is_kernel);
                    assert_eq!(line.contains("--backend gpu"), is_kernel);
                    let is_by_blocks = line.contains("--block-q 4 --block-k 2");
                    let is_by_memory = line.contains("--sram-bytes 16384");
                    assert_eq!(is_by_blocks || is_by_memory, !is_standard, "{line}");
                    let expected = if is_fa2 {
                        words::FILES_WITHOUT_SPLITS
                    } else {
                        words::FILES
                    };
                    assert_eq!(note, Some(expected));
                }
            }
        }
    }

    #[test]
    fn the_usual_room_has_this_command() {
        let CommandLine { line, .. } = command_line(&Options::default(), FlashFigure::Ledger);
        assert_eq!(
            line,
            "headlight flash --q q.npy --k k.npy --v v.npy --algorithm fa2 --block-q 8 \
             --block-k 4 --causal --json"
        );
    }
}
