//! Slow memory: a strip per array, a piece per tile.

use std::ops::Range;

use headlight_flash::{Algorithm, Array, Direction};

use super::{Anchor, Moment, Paint, Player, Rect, Scene, Voice};
use crate::flash::words;

/// Room for a strip and what follows it.
const PITCH: f64 = 36.0;
/// Width of a standing strip, height of a lying one.
const THICK: f64 = 24.0;
/// Distance of lying strips.
const LYING_PITCH: f64 = 26.0;
/// Room for the letters above or beside strips.
const LETTER: f64 = 22.0;
/// Room between pieces.
const SPACE: f64 = 6.0;
/// More pieces than this are drawn without room between them.
const MOST_PIECES: usize = 24;
/// And not more than these.
const MOST_BINS: usize = 64;

/// An array as a strip: what its pieces are.
struct Strip {
    array: Array,
    /// Tiles along it.
    n_tiles: usize,
    /// The tile that the step moves, and which way.
    moved: Option<(Range<usize>, Direction)>,
}

/// The arrays that the algorithm keeps in slow memory.
fn strips(player: &Player, moment: &Moment) -> Vec<Strip> {
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
        let n_tiles = if is_of_keys {
            schedule.n_key_tiles()
        } else {
            schedule.n_query_tiles()
        };
        let moved = moment.event.and_then(|event| {
            let mut moves = event.moves();
            let found = moves.find(|moved| moved.array == array)?;
            let tile = if is_of_keys { event.j } else { event.i };
            let tiles = tile.map_or(0..n_tiles, |tile| tile..tile + 1);
            Some((tiles, found.direction))
        });
        Strip {
            array,
            n_tiles,
            moved,
        }
    };
    arrays.into_iter().map(strip).collect()
}

/// Room that standing strips take.
pub(super) fn width_of(player: &Player) -> f64 {
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
pub(super) fn lying_height(player: &Player) -> f64 {
    (width_of(player) / PITCH).ceil() * LYING_PITCH + 18.0
}

/// Draws the strips side by side; returns where each moves something, or where it is.
pub(super) fn standing(
    scene: &mut Scene,
    player: &Player,
    moment: &Moment,
    at: Rect,
) -> Vec<(Array, Rect)> {
    scene.heading(at.x, words::SLOW, words::SLOW_NOTE);
    let length = at.height - LETTER - 22.0;
    let mut places = Vec::new();
    for (index, strip) in strips(player, moment).into_iter().enumerate() {
        let x = at.x + index as f64 * PITCH;
        let middle = x + THICK / 2.0;
        let letter = strip.array.letter();
        scene.say(
            (middle, at.y + 12.0),
            Voice::Letter(strip.array),
            Anchor::Middle,
            letter,
        );
        let whole = Rect::new(x, at.y + LETTER, THICK, length);
        places.push((
            strip.array,
            pieces(scene, player, moment, &strip, whole, true),
        ));
    }
    note(scene, player, (at.x, at.y + at.height - 6.0));
    places
}

/// Draws the strips below each other.
pub(super) fn lying(
    scene: &mut Scene,
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
            Voice::Letter(strip.array),
            Anchor::Start,
            letter,
        );
        let whole = Rect::new(at.x + LETTER, y, at.width - LETTER - 3.0, LYING_PITCH - 8.0);
        places.push((
            strip.array,
            pieces(scene, player, moment, &strip, whole, false),
        ));
    }
    note(scene, player, (at.x, at.y + at.height));
    places
}

fn note(scene: &mut Scene, player: &Player, at: (f64, f64)) {
    let schedule = player.schedule();
    if schedule.tiling().is_some() {
        let text = words::tiles_note(schedule.n_query_tiles(), schedule.queries(0).len());
        scene.say(at, Voice::Small, Anchor::Start, text);
    }
}

/// Draws the pieces of a strip; returns where it moves something, or all of it.
fn pieces(
    scene: &mut Scene,
    player: &Player,
    moment: &Moment,
    strip: &Strip,
    whole: Rect,
    is_standing: bool,
) -> Rect {
    let n_pieces = strip.n_tiles.min(MOST_BINS);
    let space = if strip.n_tiles > MOST_PIECES {
        0.0
    } else {
        SPACE.min(60.0 / n_pieces as f64)
    };
    let length = if is_standing {
        whole.height
    } else {
        whole.width
    };
    let pitch = (length + space) / n_pieces as f64;
    let mut moved_at: Option<Rect> = None;
    for piece in 0..n_pieces {
        let tiles = piece * strip.n_tiles / n_pieces..(piece + 1) * strip.n_tiles / n_pieces;
        let start = piece as f64 * pitch;
        let at = if is_standing {
            Rect::new(whole.x, whole.y + start, whole.width, pitch - space)
        } else {
            Rect::new(whole.x + start, whole.y, pitch - space, whole.height)
        };
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
    moved_at.unwrap_or(whole)
}

fn paint(
    player: &Player,
    moment: &Moment,
    strip: &Strip,
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
