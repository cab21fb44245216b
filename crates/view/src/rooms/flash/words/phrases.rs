//! Phrases of the room that stand beside no one figure.
#![expect(missing_docs, reason = "a constant of words says itself what it is")]

use std::ops::Range;

use headlight_flash::{Algorithm, Array, EventKind};

use crate::rooms::flash::options::Options;

use headlight_figure::number::fixed;

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
/// What is written at the end where each part of the keys has results of its own, and one is drawn.
pub const ONCE_A_PART: &str = "Oₛ, Lₛ: once a part of the keys.";
pub const DONE: &str = "done, forgotten";
pub const NOW: &str = "now";
pub const TO_COME: &str = "to come";
pub const NEVER: &str = "never visited: the future";
/// What a visited tile is called for standard attention, which computes every score and writes it.
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

/// An algorithm's name within a sentence.
pub(crate) const fn algorithm_in_prose(of: Algorithm) -> &'static str {
    match of {
        Algorithm::Standard => "standard attention",
        Algorithm::Fa1 | Algorithm::Fa2 => algorithm(of),
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

/// The step on the clock where the algorithm beside walks alone.
#[must_use]
pub fn clock_of(step: u64, n_steps: u64, walking: Option<Algorithm>) -> String {
    let clock = clock(step, n_steps);
    match walking {
        Some(of) => format!("{clock}, now {}", algorithm_in_prose(of)),
        None => clock,
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

/// Number of rows that were checked, in words.
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

/// What a row's sum was multiplied by.
#[must_use]
pub fn factor(alpha: f32) -> String {
    format!("× α {}", shown(alpha))
}

/// A tile of keys, counted from 1.
#[must_use]
pub fn key_tile(tile: usize) -> String {
    format!("key tile {tile}")
}

pub(crate) fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(characters).collect()
}

/// A number with two decimals, infinities by their sign. What is below 0.01, where two
/// decimals would leave one digit or none, keeps two that count: `0.0063`, `1.1e−4`.
pub(crate) fn shown(value: f32) -> String {
    with_small(value, 0.009_95, |small| match small.abs() {
        0.000_95.. => fixed(f64::from(small), 4),
        _ => with_minus(&format!("{small:.1e}")),
    })
}

/// A number where there is room for five characters: one digit counts, `6e−3`.
pub(crate) fn shown_short(value: f32) -> String {
    with_small(value, 0.009_5, one_digit)
}

/// One digit and a power of ten: `6e−3`.
pub(crate) fn one_digit(value: f32) -> String {
    with_minus(&format!("{value:.0e}"))
}

/// `least` is what is rounded to 0.01, and not less, with the digits that small numbers have.
fn with_small(value: f32, least: f32, of_small: impl Fn(f32) -> String) -> String {
    match value {
        f32::INFINITY => "∞".to_owned(),
        f32::NEG_INFINITY => "\u{2212}∞".to_owned(),
        0.0 => "0".to_owned(),
        value if value.abs() >= 1e4 => with_minus(&format!("{value:.1e}")),
        value if value.abs() >= 100.0 => fixed(f64::from(value), 0),
        value if value.abs() < least => of_small(value),
        value => fixed(f64::from(value), 2),
    }
}

fn with_minus(text: &str) -> String {
    text.replace('-', "\u{2212}")
}

/// An embedded figure shows one algorithm.
pub const EMBED_ONE_STAGE: &str = "One algorithm is embedded, without the one beside it.";
/// How numbers that a link carries were rounded.
pub const EMBED_ROUNDED: &str = "q, k and v kept as 16-bit floats";
/// Numbers of no model.
pub const EMBED_OWN: &str = "numbers of no model";
/// Numbers that 16 bits do not hold.
pub const EMBED_BEYOND_HALF: &str = "This head has numbers beyond 65 504, which an embedded \
     figure does not hold: save the picture instead.";
/// Keys of the stage in someone else's page.
pub const EMBED_KEYS: &str = "Space plays and pauses, the arrow keys step, Home and End go to \
     the ends.";

/// Tokens that a link carries, which do not fit its numbers.
#[must_use]
pub fn embedded_rows(tokens: usize, rows: usize) -> String {
    format!("`data` has {tokens} tokens for {rows} rows")
}

/// Name of the stage in someone else's page: what is played, and how.
#[must_use]
pub fn embed_title(options: &Options) -> String {
    let method = options.method();
    let name = match method.algorithm {
        Algorithm::Standard => "Standard attention",
        Algorithm::Fa1 => "FlashAttention (FA1)",
        Algorithm::Fa2 => "FlashAttention-2 (FA2)",
    };
    let mut how = vec!["step by step".to_owned()];
    if !options.is_causal {
        how.push("without a mask".to_owned());
    }
    if method.is_reversed {
        how.push("last keys first".to_owned());
    }
    if method.is_lazy {
        how.push("rescaled only where the maximum rises a lot".to_owned());
    }
    if method.n_splits > 1 {
        how.push(format!("keys in {} parts", method.n_splits));
    }
    format!("{name}, {}", how.join(", "))
}
