//! Slow memory: a strip per array, a piece per tile.
//!
//! Along their rows all strips have one scale, so that an array of half the rows is half
//! as long. Within a strip all pieces have one scale, a little smaller for the room between
//! them: tiles of as many rows are as long, and a last tile of few rows is as much shorter.
//! Across them strips have no scale: an array with one number a row would be a hair.

use std::ops::Range;

use headlight_figure::Anchor;
use headlight_flash::{Algorithm, Array, Direction};

use super::scene::{LabelKind, Paint, Rect, StageScene};
use crate::rooms::flash::player::{Moment, Player};
use crate::rooms::flash::words;

/// Room for a strip and what follows it.
const PITCH: f64 = 36.0;
/// Width of a standing strip, height of a lying one.
const THICK: f64 = 24.0;
/// Thickness of the strip of an array with one number a row.
const THIN: f64 = 10.0;
/// Room for a line of notes.
const NOTE: f64 = 15.0;
/// Least length of a piece, however few rows it has.
const LEAST: f64 = 1.0;
/// Distance of lying strips.
const LYING_PITCH: f64 = 26.0;
/// Room for the letters above or beside strips.
const LETTER: f64 = 22.0;
/// Room between pieces.
const SPACE: f64 = 6.0;
/// More pieces than this are drawn without room between them.
const MOST_PIECES: usize = 24;
/// Most bins in which pieces are counted.
const MOST_BINS: usize = 64;

/// An array as a strip: what its pieces are.
struct ArrayStrip {
    array: Array,
    /// Rows of each tile along it.
    tiles: Vec<Range<usize>>,
    /// The tile that the step moves, and which way.
    moved: Option<(Range<usize>, Direction)>,
}

/// The arrays that the algorithm keeps in slow memory.
fn strips(player: &Player, moment: &Moment) -> Vec<ArrayStrip> {
    let schedule = player.schedule();
    let method = schedule.method();
    let mut arrays = vec![Array::Q, Array::K, Array::V, Array::O];
    match method.algorithm {
        Algorithm::Standard => {}
        Algorithm::Fa1 => arrays.extend([Array::Max, Array::Sum]),
        Algorithm::Fa2 if method.n_splits > 1 => {
            arrays.extend([Array::SplitO, Array::SplitLse, Array::Lse]);
        }
        Algorithm::Fa2 => arrays.push(Array::Lse),
    }
    let strip = |array: Array| {
        let is_of_keys = matches!(array, Array::K | Array::V);
        let tiles: Vec<Range<usize>> = if is_of_keys {
            (0..schedule.n_key_tiles())
                .map(|j| schedule.keys(j))
                .collect()
        } else {
            let tiles = 0..schedule.n_query_tiles();
            tiles.map(|i| schedule.queries(i)).collect()
        };
        let moved = moment.event.and_then(|event| {
            let mut moves = event.moves();
            let found = moves.find(|moved| moved.array == array)?;
            let tile = if is_of_keys { event.j } else { event.i };
            let moved = tile.map_or(0..tiles.len(), |tile| tile..tile + 1);
            Some((moved, found.direction))
        });
        ArrayStrip {
            array,
            tiles,
            moved,
        }
    };
    arrays.into_iter().map(strip).collect()
}

/// Room that standing strips take.
pub(crate) fn width_of(player: &Player) -> f64 {
    let n = match player.schedule().method() {
        method if method.n_splits > 1 => 7,
        method => match method.algorithm {
            Algorithm::Standard => 4,
            Algorithm::Fa1 => 6,
            Algorithm::Fa2 => 5,
        },
    };
    n as f64 * PITCH - (PITCH - THICK)
}

/// Room that lying strips take.
pub(crate) fn lying_height(player: &Player) -> f64 {
    strips_height(player) + 3.0 + notes(player, false).len() as f64 * NOTE
}

/// Height of the strips without the notes below them.
fn strips_height(player: &Player) -> f64 {
    (width_of(player) / PITCH).ceil() * LYING_PITCH
}

/// Draws the strips side by side; returns where each moves something, or where it is.
pub(crate) fn standing(
    scene: &mut StageScene,
    player: &Player,
    moment: &Moment,
    at: Rect,
) -> Vec<(Array, Rect)> {
    scene.heading(at.x, words::SLOW, words::SLOW_NOTE);
    let notes = notes(player, true);
    let length = at.height - LETTER - notes.len() as f64 * NOTE - 7.0;
    let mut places = Vec::new();
    for (index, strip) in strips(player, moment).into_iter().enumerate() {
        let x = at.x + index as f64 * PITCH;
        let middle = x + THICK / 2.0;
        let letter = strip.array.letter();
        scene.say(
            (middle, at.y + 12.0),
            LabelKind::Letter(strip.array),
            Anchor::Middle,
            letter,
        );
        let thick = strip.thick(THICK);
        let left = middle - thick / 2.0;
        let whole = Rect::new(left, at.y + LETTER, thick, length);
        places.push((
            strip.array,
            pieces(scene, player, moment, &strip, whole, true),
        ));
    }
    say_notes(scene, notes, (at.x, at.y + LETTER + length + NOTE + 1.0));
    places
}

/// Draws the strips below each other.
pub(crate) fn lying(
    scene: &mut StageScene,
    player: &Player,
    moment: &Moment,
    at: Rect,
) -> Vec<(Array, Rect)> {
    scene.heading(at.x, words::SLOW, words::SLOW_NOTE);
    let mut places = Vec::new();
    for (index, strip) in strips(player, moment).into_iter().enumerate() {
        let y = at.y + index as f64 * LYING_PITCH;
        let letter = strip.array.letter();
        let base = y + LYING_PITCH / 2.0 + 2.0;
        scene.say(
            (at.x, base),
            LabelKind::Letter(strip.array),
            Anchor::Start,
            letter,
        );
        let thick = strip.thick(LYING_PITCH - 8.0);
        let top = y + (LYING_PITCH - 8.0 - thick) / 2.0;
        let whole = Rect::new(at.x + LETTER, top, at.width - LETTER - 3.0, thick);
        places.push((
            strip.array,
            pieces(scene, player, moment, &strip, whole, false),
        ));
    }
    let below = at.y + strips_height(player) + NOTE;
    say_notes(scene, notes(player, false), (at.x, below));
    places
}

/// What the strips hold, and what of them is to scale.
fn notes(player: &Player, is_standing: bool) -> Vec<String> {
    let schedule = player.schedule();
    let problem = schedule.problem();
    let mut notes = Vec::new();
    if schedule.tiling().is_some() {
        let of_queries = words::tiles_note(Array::Q, problem.n_q, schedule.queries(0).len());
        let of_keys = words::tiles_note(Array::K, problem.n_k, schedule.keys(0).len());
        if is_standing {
            notes.extend([of_queries, of_keys]);
        } else {
            notes.push(format!("{of_queries} · {of_keys}"));
        }
    }
    notes.push(words::TO_SCALE.to_owned());
    if schedule.method().n_splits > 1 {
        notes.push(words::ONCE_A_PART.to_owned());
    }
    notes
}

fn say_notes(scene: &mut StageScene, notes: Vec<String>, (x, y): (f64, f64)) {
    for (index, note) in notes.into_iter().enumerate() {
        let base = y + index as f64 * NOTE;
        scene.say((x, base), LabelKind::Small, Anchor::Start, note);
    }
}

impl ArrayStrip {
    /// Its thickness, where that of an array as wide as the head is `thick`.
    fn thick(&self, thick: f64) -> f64 {
        match self.array {
            Array::Max | Array::Sum | Array::Lse | Array::SplitLse => thick.min(THIN),
            _ => thick,
        }
    }

    /// Number of rows along it.
    fn n_rows(&self) -> usize {
        self.tiles.last().map_or(0, |tile| tile.end)
    }

    /// Room between its pieces: little enough for the shortest of them to be seen, and no
    /// more than half of the strip in all.
    fn space(&self, per_row: f64) -> f64 {
        let n_tiles = self.tiles.len();
        if !(2..=MOST_PIECES).contains(&n_tiles) {
            return 0.0;
        }
        let shortest = self.tiles.iter().map(|tile| tile.len()).min();
        let shortest = shortest.unwrap_or(0) as f64 * per_row;
        let fitting = (shortest / 2.0).max(2.0);
        let half = self.n_rows() as f64 * per_row / 2.0;
        let most = fitting.min(half / (n_tiles - 1) as f64);
        SPACE.min(60.0 / n_tiles as f64).min(most)
    }
}

/// Draws the pieces of a strip; returns where it moves something, or all of it.
fn pieces(
    scene: &mut StageScene,
    player: &Player,
    moment: &Moment,
    strip: &ArrayStrip,
    whole: Rect,
    is_standing: bool,
) -> Rect {
    let (n_tiles, n_pieces) = (strip.tiles.len(), strip.tiles.len().min(MOST_BINS));
    let longest = player.data().n_q().max(player.data().n_k()) as f64;
    let per_row = if is_standing {
        whole.height / longest
    } else {
        whole.width / longest
    };
    let space = strip.space(per_row);
    let n_rows = strip.n_rows();
    let length = n_rows as f64 * per_row;
    // All pieces give up as much a row for the room between them, and the last one ends
    // where the array does.
    let n_spaces = n_pieces.saturating_sub(1) as f64;
    let piece_per_row = per_row - space * n_spaces / n_rows.max(1) as f64;
    let along = |start: f64, long: f64| {
        if is_standing {
            Rect::new(whole.x, whole.y + start, whole.width, long)
        } else {
            Rect::new(whole.x + start, whole.y, long, whole.height)
        }
    };
    let place = |rows: Range<usize>, n_before: usize| {
        let start = rows.start as f64 * piece_per_row + n_before as f64 * space;
        let long = (rows.len() as f64 * piece_per_row).max(LEAST);
        along(start.min(length - long).max(0.0), long)
    };
    let rows =
        |tiles: &Range<usize>| strip.tiles[tiles.start].start..strip.tiles[tiles.end - 1].end;
    let mut moved_at: Option<Rect> = None;
    for piece in 0..n_pieces {
        let tiles = piece * n_tiles / n_pieces..(piece + 1) * n_tiles / n_pieces;
        let at = place(rows(&tiles), piece);
        let is_moved = strip
            .moved
            .as_ref()
            .is_some_and(|(moved, _)| moved.start < tiles.end && tiles.start < moved.end);
        scene.block(at, paint(player, moment, strip, &tiles, is_moved));
        if is_moved {
            moved_at = Some(moved_at.map_or(at, |before| around(before, at)));
        }
    }
    if let Some(at) = moved_at {
        scene.block(at.grown(2.5), Paint::Beam);
    }
    moved_at.unwrap_or_else(|| along(0.0, length.max(LEAST)))
}

fn paint(
    player: &Player,
    moment: &Moment,
    strip: &ArrayStrip,
    tiles: &Range<usize>,
    is_moved: bool,
) -> Paint {
    let array = strip.array;
    if is_moved {
        return Paint::Moved(array);
    }
    if matches!(array, Array::Q | Array::K | Array::V) {
        return Paint::Idle(array);
    }
    let schedule = player.schedule();
    let is_written = match (schedule.method().algorithm, array) {
        // Zeros and minus infinities are there from the first step on, results later.
        (Algorithm::Fa1, _) => {
            let first = (0..schedule.n_key_tiles()).filter_map(|j| schedule.visit(tiles.start, j));
            first
                .map(|visit| visit.end)
                .min()
                .is_some_and(|end| end <= moment.step)
        }
        (_, Array::SplitO | Array::SplitLse) => {
            let splits = 0..schedule.method().n_splits;
            let mut first = splits.filter_map(|split| schedule.key_tiles(Some(split)).next());
            let visit = first.find_map(|j| schedule.visit(tiles.start, j));
            visit.is_some_and(|visit| visit.end <= moment.step)
        }
        _ => schedule.written_after(tiles.end - 1) <= moment.step,
    };
    if is_written {
        Paint::Written(array)
    } else {
        Paint::Unwritten(array)
    }
}

/// The least rectangle around two.
fn around(a: Rect, b: Rect) -> Rect {
    let (x, y) = (a.x.min(b.x), a.y.min(b.y));
    let right = (a.x + a.width).max(b.x + b.width);
    let bottom = (a.y + a.height).max(b.y + b.height);
    Rect::new(x, y, right - x, bottom - y)
}
