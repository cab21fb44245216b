//! The room's words, in one place.
#![expect(missing_docs, reason = "a constant of words says itself what it is")]

pub mod controls;
pub mod device;

use std::ops::Range;

use headlight_flash::{Algorithm, Array, EventKind, InputError};

use super::data::HeadData;
use super::figures::compare::{Clock, Progress};
use super::figures::timeline::Timeline;
use super::options::Source;
use super::options::{Options, Tiles};
use super::player::{Moment, Player};
use super::sentence::{capitalised, sentence, shown};
use crate::answers::run::Head;
use crate::frame::words::PRODUCT;
use crate::rooms::attention::figures::sentence::{Span, plain};
use headlight_figure::number::{fixed, percent};

pub use crate::rooms::flash::figures::ledger_words::{facts, too_large, verdict};

/// On-chip memory that every browser's GPU gives a kernel (`maxComputeWorkgroupStorageSize`).
pub const BROWSER_BYTES: u64 = 16_384;
pub const HEAD_AWAITED: &str = "The head’s numbers are on their way.";
pub const TITLE: &str = "Flash attention, tile by tile";
pub const STAGE: &str = "Flash attention, step by step";
pub const SLOW: &str = "Slow memory";
pub const SLOW_NOTE: &str = "large, far away";
pub const CHIP: &str = "On chip";
pub const CHIP_NOTE: &str = "tiny, fast; magnified";
/// Below the columns of m, α and l where not every row has room for its numbers.
pub const SOME_ROWS: &str = "numbers of some rows";
/// Below the strips of slow memory.
pub const TO_SCALE: &str = "Only lengths are to scale.";
/// The same where each part of the keys has results of its own, and one is drawn.
pub const ONCE_A_PART: &str = "Oₛ, Lₛ: once a part of the keys.";
pub const DONE: &str = "done, forgotten";
pub const NOW: &str = "now";
pub const TO_COME: &str = "to come";
pub const NEVER: &str = "never visited: the future";
/// The same for standard attention, which computes every score and writes it.
pub const WRITTEN: &str = "done, written out";
pub const MASKED: &str = "computed, then masked";
pub const CONTROLS: &str = "Algorithm and tiles";
pub const ALGORITHM: &str = "Algorithm";
pub const CODE: &str = "Algorithm, the line that runs";
pub const CHOSEN_TILES: &str = "chosen tiles";
/// By how much a maximum must rise, where few rescales are wanted: in the units of scores.
pub const LAZY_BOUND: &str = "8 bits (8 ln 2 = 5.55)";
pub const NO_SPLIT: &str = "no split";
pub const THIS_HEAD: &str = "this head";
pub const RANDOM: &str = "chance";
pub const TYPED: &str = "my own";
pub const TYPED_LABEL: &str = "q, k and v: rows of numbers, with a blank line between the three";
pub const TYPED_EXAMPLE: &str = "1 0\n0 1\n1 1\n2 0\n\n1 0\n0 1\n1 1\n3 0\n\n1 0\n0 1\n-1 1\n5 5";
pub const ROW: &str = "row";
pub const ROWS_OF_TILE: &str = "Rows of the tile";
pub const ROWS: &str = "rows";
pub const WIDTH: &str = "width";
pub const SEED: &str = "seed";
pub const PLAY: &str = "Play";
pub const PAUSE: &str = "Pause";
pub const TO_START: &str = "Back to start";
pub const STEP_BACK: &str = "One step back";
pub const STEP_ON: &str = "One step";
pub const TILE_BACK: &str = "Tile before";
pub const TILE_ON: &str = "Next tile";
pub const TO_END: &str = "To the end";
pub const TRANSPORT: &str = "Steps";
pub const SCRUB: &str = "Step";
pub const SPEED: &str = "Speed";
pub const TIMELINE: &str = "Timeline, the steps around this one by what they do";
pub const LEDGER: &str = "Moved between slow and on-chip memory, numbers of 4 bytes";
pub const SO_FAR: &str = "so far";
pub const IN_ALL: &str = "in all";
pub const OF_STANDARD: &str = "of standard";
pub const ERROR_LABEL: &str = "largest error against plain softmax in 64 bits";
pub const FILES: &str = "q.npy, k.npy and v.npy hold the arrays q, k and v of the stage’s data, which “Save data as JSON” in its menu gives, as 32-bit floats [n, d].";
pub const FILES_WITHOUT_SPLITS: &str = "It does not split the keys: that is on the page only. q.npy, k.npy and v.npy hold the arrays q, k and v of the stage’s data, which “Save data as JSON” in its menu gives, as 32-bit floats [n, d].";
pub const BENCH: &str = "In a checkout of the repository; it measures width 64 on this machine’s own GPU, with --software on one in software.";
pub const ROW_STORY: &str = "One row, as it happens";
pub const ROW_HEADING_NOTE: &str = "The sum is always relative to the largest score so far.";
/// Of FA1's rescale: what becomes of the tile's sum and of the output that was loaded.
pub(crate) const FA1_SUMS: &str = " This tile’s sum joins that, times β. The output, divided by the old sum, is multiplied by it again, times α.";
pub const NOTHING_DONE: &str = "Nothing is done yet: queries, keys and values wait in slow memory.";
pub const COMPARED: &str = "Two algorithms on one clock";
pub const NOT_BEGUN: &str = "has not begun";
pub const LESSON: &str = "Why tiles?";
pub const NOTHING: &str = "nothing";

/// An algorithm's name as people say it.
#[must_use]
pub const fn algorithm(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Standard => "Standard",
        Algorithm::Fa1 => "FA1",
        Algorithm::Fa2 => "FA2",
    }
}

/// The same within a sentence.
const fn algorithm_in_prose(of: Algorithm) -> &'static str {
    match of {
        Algorithm::Standard => "standard attention",
        Algorithm::Fa1 | Algorithm::Fa2 => algorithm(of),
    }
}

/// What two algorithms are locked to, as a choice.
#[must_use]
pub const fn clock_name(clock: Clock) -> &'static str {
    match clock {
        Clock::Traffic => "traffic (elements moved)",
        Clock::Work => "work (operations)",
    }
}

/// What a clock counts, after a number.
const fn counted(clock: Clock) -> &'static str {
    match clock {
        Clock::Traffic => "elements moved",
        Clock::Work => "operations done",
    }
}

/// How far one of two algorithms is: `3 072 of 12 288 elements moved`.
#[must_use]
pub fn progress(clock: Clock, progress: Progress) -> String {
    format!(
        "{} of {} {}",
        thousands(progress.so_far),
        thousands(progress.in_all),
        counted(clock)
    )
}

/// What the stage of the algorithm beside shows, for those who do not see it.
#[must_use]
pub fn beside_label(player: &Player, moment: &Moment) -> String {
    format!(
        "{}, on the same clock, {}. {}",
        capitalised(algorithm_in_prose(player.schedule().method().algorithm)),
        clock(moment.step, moment.n_steps),
        plain(&sentence(player, moment))
    )
}

/// Two algorithms that are both on their way; `deeds` say what each has done.
pub(crate) fn both_at_work(
    clock: Clock,
    played: Progress,
    other: Progress,
    deeds: &[String; 2],
) -> Vec<Span> {
    let names = [played, other].map(|progress| algorithm_in_prose(progress.algorithm));
    if played.step == 0 {
        let [played, other] = names;
        let said = format!("Neither {played} nor {other} has begun.");
        return vec![Span::plain(said)];
    }
    let reading = match (played.so_far, clock) {
        (0, Clock::Traffic) => "Before anything is moved, ".to_owned(),
        (0, Clock::Work) => "Before the first operation, ".to_owned(),
        (so_far, _) => format!("For {} {}, ", thousands(so_far), counted(clock)),
    };
    let [played_deed, other_deed] = deeds;
    vec![
        Span::plain(reading),
        Span::strong(format!("{} {played_deed}", names[0])),
        Span::plain(" and "),
        Span::strong(format!("{} {other_deed}", names[1])),
        Span::plain("."),
    ]
}

/// One is done. The one that is left was at `then` when that happened and is at `now`.
pub(crate) fn one_done(clock: Clock, done: Algorithm, then: Progress, now: Progress) -> Vec<Span> {
    let share =
        |progress: Progress| percent(progress.so_far as f64 / progress.in_all.max(1) as f64);
    let (done, left) = (algorithm_in_prose(done), algorithm_in_prose(now.algorithm));
    let (deed, whole) = match clock {
        Clock::Traffic => ("moved", "of what it moves in all"),
        Clock::Work => ("done", "of its operations"),
    };
    let at_that = then.so_far == now.so_far;
    let (is, has) = if at_that {
        ("is", "has")
    } else {
        ("was", "had")
    };
    let rest = if at_that {
        format!(" {whole}.")
    } else {
        format!(" {whole}. Now it has {deed} {}.", share(now))
    };
    vec![
        Span::plain(format!("When {done} {is} done, {left} {has} {deed} ")),
        Span::strong(share(then)),
        Span::plain(rest),
    ]
}

/// Both are done.
pub(crate) fn both_done(clock: Clock, played: Progress, other: Progress) -> Vec<Span> {
    let (less, more) = if played.in_all <= other.in_all {
        (played, other)
    } else {
        (other, played)
    };
    let (deed, noun) = match clock {
        Clock::Traffic => ("moved", "elements"),
        Clock::Work => ("done", "operations"),
    };
    if less.in_all == more.in_all {
        return vec![
            Span::plain(format!("Both are done, and have {deed} ")),
            Span::strong(format!("the same number of {noun}")),
            Span::plain(format!(", {}.", thousands(more.in_all))),
        ];
    }
    let times = more.in_all as f64 / less.in_all.max(1) as f64;
    let compared = if times < 1.005 {
        "hardly more than".to_owned()
    } else {
        format!("{} times as many as", fixed(times, 2))
    };
    vec![
        Span::plain(format!(
            "Both are done. {} has {deed} {} {noun}, ",
            capitalised(algorithm_in_prose(more.algorithm)),
            thousands(more.in_all)
        )),
        Span::strong(compared),
        Span::plain(format!(
            " {} with {}.",
            algorithm_in_prose(less.algorithm),
            thousands(less.in_all)
        )),
    ]
}

/// What standard attention has done: its last step that finished something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StandardDeed {
    LoadedKeys,
    Scores(usize),
    Weights(usize),
    LoadedValues,
    Output(usize),
}

/// The same in words, with rows done of `n`.
pub(crate) fn standard_deed(n: usize, deed: StandardDeed) -> String {
    let of = thousands(n as u64);
    let rows = |n_done: usize| match n_done {
        0 => format!("none of {of} rows"),
        n_done => format!("{} of {of} rows", thousands(n_done as u64)),
    };
    match deed {
        StandardDeed::LoadedKeys => "has loaded K".to_owned(),
        StandardDeed::Scores(done) if done == n => "has written S".to_owned(),
        StandardDeed::Scores(done) => format!("has written {} of S", rows(done)),
        StandardDeed::Weights(done) if done == n => "has written P".to_owned(),
        StandardDeed::Weights(done) => format!("has turned {} of S into P", rows(done)),
        StandardDeed::LoadedValues => "has loaded V".to_owned(),
        StandardDeed::Output(done) => format!("has written {} of its output", rows(done)),
    }
}

/// What FA1 has done: the tile of keys that it loaded last, counted from 1.
pub(crate) fn fa1_deed(tile: usize, n_tiles: usize) -> String {
    match tile {
        0 => "has set its output to 0".to_owned(),
        tile => format!("is at key tile {tile} of {n_tiles}"),
    }
}

/// What FA2 has done: tiles of queries whose output is written, and the split that it is
/// in, counted from 1, of how many.
pub(crate) fn fa2_deed(n_finished: usize, n_tiles: usize, split: Option<(usize, usize)>) -> String {
    match split {
        Some((split, n_splits)) => format!("is in part {split} of {n_splits} of the keys"),
        None => format!("has finished {n_finished} of {n_tiles} query tiles"),
    }
}

/// A kind of step, for the legend.
#[must_use]
pub const fn kind(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Load => "load",
        EventKind::Scores => "scores",
        EventKind::Mask => "mask",
        EventKind::RowMax => "row maximum",
        EventKind::Rescale => "rescale",
        EventKind::Exp => "exp",
        EventKind::RowSum => "row sum",
        EventKind::Pv => "times V",
        EventKind::Normalise => "normalise",
        EventKind::Store => "write",
        EventKind::Skip => "skip",
        EventKind::Merge => "merge",
    }
}

/// Why a tile is skipped, and what that spares: FA1 has loaded the keys all the same.
pub(crate) const fn skipped(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Fa1 => {
            ". Every key of this tile comes after every query, so nothing of these rows is loaded."
        }
        Algorithm::Standard | Algorithm::Fa2 => {
            ". Every key of this tile comes after every query, so nothing is loaded."
        }
    }
}

/// Rows as the whole page counts tokens: from 0, `8–11`.
#[must_use]
pub fn rows(range: &Range<usize>) -> String {
    match range.len() {
        1 => format!("{}", range.start),
        _ => format!("{}\u{2013}{}", range.start, range.end.saturating_sub(1)),
    }
}

/// `rows 8–11`, or `row 3 “the”` where there is one, with its token if it has one.
#[must_use]
pub fn named_rows(data: &HeadData, noun: &str, range: &Range<usize>) -> String {
    let plural = if range.len() == 1 { "" } else { "s" };
    let numbered = format!("{noun}{plural} {}", rows(range));
    match data.token(range.start).filter(|_| range.len() == 1) {
        Some(token) => format!("{numbered} {}", token.quoted()),
        None => numbered,
    }
}

/// One row, of queries or of keys: `row 3 “the”`.
pub(crate) fn named_row(data: &HeadData, noun: &str, row: usize) -> String {
    named_rows(data, noun, &(row..row + 1))
}

/// A row of the tile on the chip, to be chosen: `row 3 “the”`.
#[must_use]
pub fn row_label(player: &Player, row: usize) -> String {
    named_row(player.data(), ROW, row)
}

/// Above the grid.
#[must_use]
pub const fn grid_title(is_standard: bool) -> &'static str {
    if is_standard {
        "The matrix, written out"
    } else {
        "The matrix that never exists"
    }
}

/// Below that.
#[must_use]
pub fn grid_note(n_q: usize, n_k: usize, is_standard: bool) -> String {
    let size = format!("{} × {}", thousands(n_q as u64), thousands(n_k as u64));
    if is_standard {
        format!("{size}, in slow memory, twice")
    } else {
        format!("{size}; only the lit tile is there")
    }
}

/// `1 row`, `2 rows`.
pub(crate) fn counted_of(n: usize, noun: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {noun}{plural}")
}

/// Why numbers cannot be attended with; rows and columns are counted from 0, as the page
/// counts them.
pub(crate) fn input_error(error: &InputError) -> String {
    match error {
        InputError::Empty { name } => {
            format!("{} has no row, expected at least 1", name.to_uppercase())
        }
        InputError::Ragged { name, found, d } => format!(
            "{} has {}, expected rows of {d}",
            name.to_uppercase(),
            counted_of(*found, "number")
        ),
        InputError::KeysWithoutValues { keys, values } => format!(
            "K has {} and V has {values}, expected as many values as keys",
            counted_of(*keys, "row")
        ),
        InputError::NotFinite {
            name,
            row,
            column,
            value,
        } => format!(
            "row {row}, column {column} of {} (counted from 0) is {value}, expected a finite number",
            name.to_uppercase()
        ),
        error => error.to_string(),
    }
}

/// Below the strips, of an array: how many rows it has, and how many of them a tile.
#[must_use]
pub fn tiles_note(array: Array, n_rows: usize, rows_of_tile: usize) -> String {
    format!(
        "{}: {}, tiles of {rows_of_tile}",
        array.letter(),
        counted_of(n_rows, "row")
    )
}

/// How full the chip is.
#[must_use]
pub fn chip_use(now: u64, limit: u64) -> String {
    match now.checked_sub(limit) {
        None | Some(0) => format!("{} of {} bytes", thousands(now), thousands(limit)),
        Some(_) => format!("{} bytes, over {}", thousands(now), thousands(limit)),
    }
}

/// An integer in groups of three, with narrow spaces.
#[must_use]
pub fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 * 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// Bytes as kibibytes where they are whole ones.
#[must_use]
pub fn memory(bytes: usize) -> String {
    let kib = bytes / 1_024;
    if bytes == 16_384 {
        format!("{kib} KiB, any browser")
    } else {
        format!("{kib} KiB")
    }
}

/// Where the transport stands.
#[must_use]
pub fn clock(step: u64, n_steps: u64) -> String {
    format!("step {} of {}", thousands(step), thousands(n_steps))
}

/// The same where the algorithm beside walks alone.
#[must_use]
pub fn clock_of(step: u64, n_steps: u64, walking: Option<Algorithm>) -> String {
    let clock = clock(step, n_steps);
    match walking {
        Some(of) => format!("{clock}, now {}", algorithm_in_prose(of)),
        None => clock,
    }
}

/// Which steps the timeline shows: `steps 61–139 of 420`.
#[must_use]
pub fn timeline_window(timeline: &Timeline) -> String {
    let (first, last) = timeline.span;
    let n_steps = thousands(timeline.n_steps);
    if first > last {
        // There is none to show.
        return clock(0, timeline.n_steps);
    }
    match last - first + 1 {
        1 => clock(first, timeline.n_steps),
        n if n == timeline.n_steps => format!("all {n_steps} steps"),
        _ => format!(
            "steps {}\u{2013}{} of {n_steps}",
            thousands(first),
            thousands(last)
        ),
    }
}

/// A speed.
#[must_use]
pub fn speed(steps_per_second: f64) -> String {
    let number = if steps_per_second < 1.0 {
        format!("{steps_per_second}")
    } else {
        thousands(steps_per_second as u64)
    };
    format!("{number} a second")
}

/// How many rows were checked.
#[must_use]
pub fn checked(n_checked: usize, n_queries: usize) -> String {
    format!(
        "{} of {} rows checked",
        thousands(n_checked as u64),
        thousands(n_queries as u64)
    )
}

/// A number of splits.
#[must_use]
pub fn in_parts(n: usize) -> String {
    format!("in {n} parts")
}

/// The heading of the row that is spelled out, which is counted from 0 as everywhere.
#[must_use]
pub fn row_heading(player: &Player, row: usize) -> String {
    format!("{}, as it happens", capitalised(&row_label(player, row)))
}

/// What a row's sum was multiplied by.
#[must_use]
pub fn factor(alpha: f32) -> String {
    format!("× α {}", shown(alpha))
}

/// What the table of that row holds.
#[must_use]
pub fn row_sums(player: &Player, row: usize) -> String {
    let named = capitalised(&row_label(player, row));
    format!(
        "{named} after each tile of keys: largest score, sum, what the sum before was multiplied with"
    )
}

/// Below a drawing of numbers from a seed.
#[must_use]
pub fn credit_of_random(seed: u64) -> String {
    format!("{PRODUCT} · random numbers of seed {seed}")
}

/// Below a drawing of sequences that were only measured.
#[must_use]
pub fn credit_of_growth() -> String {
    format!("{PRODUCT} · random numbers")
}

/// Below a drawing of numbers that the visitor typed.
#[must_use]
pub fn credit_of_typed() -> String {
    format!("{PRODUCT} · typed numbers")
}

/// A tile of keys, counted from 1.
#[must_use]
pub fn key_tile(tile: usize) -> String {
    format!("key tile {tile}")
}

/// Sum and maximum of a row.
#[must_use]
pub fn sum_and_max(l: f32, m: f32) -> String {
    format!("l\u{a0}{}  m\u{a0}{}", shown(l), shown(m))
}

/// Tiles that were computed: queries by keys.
#[must_use]
pub fn tiles_given(options: &Options, d: usize) -> Option<String> {
    let tiling = options.tiling(d).ok()?;
    let is_computed = matches!(options.tiles, Tiles::OnChip(_));
    is_computed.then(|| format!("{} × {} tiles", tiling.block_q(), tiling.block_k()))
}

/// What the room is about, where the numbers are, and what to press: for those who see
/// it for the first time.
#[must_use]
pub fn intent(source: &Source, head: Option<Head>) -> String {
    let numbers = match (source, head) {
        (Source::Head, Some(Head { layer, head })) => format!("the numbers of head {layer}.{head}"),
        (Source::Head, None) => "the numbers of a head".to_owned(),
        (Source::Random { .. }, _) => "random numbers".to_owned(),
        (Source::Typed(_), _) => "your own numbers".to_owned(),
    };
    format!(
        "For each query, attention averages the values, weighted by how well their keys match; \
         flash attention gets the same result without ever writing the N × N matrix of weights. \
         Press {PLAY} to watch {numbers} go, tile by tile, from large, slow memory to the small, \
         fast chip."
    )
}
