//! The matrix of queries by keys, as tiles that hold nothing.

use std::ops::Range;

use headlight_figure::Anchor;
use headlight_flash::TileKind;

use super::scene::{LabelKind, Paint, Rect, StageScene};
use super::text::{HEADING, REMARK};
use crate::rooms::flash::player::{Moment, Player};
use crate::rooms::flash::words;

/// More tiles along a side than this are drawn in runs, without room between them.
const MOST_TILES: usize = 24;
/// Most rows of the grid.
const MOST_ROWS: usize = 96;
/// Room for the legend below.
pub(crate) const LEGEND: f64 = 100.0;
/// Room for it beside.
pub(crate) const LEGEND_BESIDE: f64 = 186.0;
/// Height of the stripes that the mask leaves of what is done.
const STRIPE: f64 = 4.0;
/// Room for a colour of the legend.
const KEY: f64 = 20.0;
/// Room for the axis' names.
const AXIS: f64 = 22.0;

/// Draws the grid in a square, and its legend below or beside it.
pub(crate) fn draw_grid(
    scene: &mut StageScene,
    player: &Player,
    moment: &Moment,
    at: Rect,
    has_legend_beside: bool,
) {
    let schedule = player.schedule();
    let problem = schedule.problem();
    let is_standard = schedule.tiling().is_none();
    let (title, note) = heading(player);
    scene.heading_at((at.x, at.y - 30.0), title, &note);
    let (n_q, n_k) = (problem.n_q as f64, problem.n_k as f64);
    let scale = (at.width - AXIS) / n_q.max(n_k);
    let (left, top) = (at.x + AXIS, at.y + AXIS);
    scene.say(
        (left, top - 6.0),
        LabelKind::Small,
        Anchor::Start,
        "key (column) →",
    );
    scene.say(
        (at.x + 4.0, top + 10.0),
        LabelKind::Small,
        Anchor::Start,
        "↓",
    );
    let place = |queries: &Range<usize>, keys: &Range<usize>| {
        Rect::new(
            left + keys.start as f64 * scale,
            top + queries.start as f64 * scale,
            keys.len() as f64 * scale,
            queries.len() as f64 * scale,
        )
    };
    if is_standard {
        rows_of_standard(scene, player, moment, &place);
    } else {
        tiles(scene, player, moment, &place);
    }
    if problem.is_causal {
        let hatching = |query| hatching_of(player, moment, query);
        scene.hidden = hidden_corners(problem, &place, hatching);
    }
    legend(scene, player, at, has_legend_beside);
}

fn heading(player: &Player) -> (&'static str, String) {
    let (schedule, problem) = (player.schedule(), player.schedule().problem());
    let is_standard = schedule.tiling().is_none();
    let note = words::grid_note(problem.n_q, problem.n_k, is_standard);
    (words::grid_title(is_standard), note)
}

/// Room that the words above and below the grid take.
pub(crate) fn words_width(player: &Player) -> f64 {
    let (title, note) = heading(player);
    let of_legend = entries(player).into_iter();
    let of_legend = of_legend.map(|(_, text)| AXIS + KEY + REMARK.width(text));
    let widest = HEADING.width(title).max(REMARK.width(&note));
    of_legend.fold(widest, f64::max).ceil()
}

/// Every tile for itself, or runs of tiles where there are many.
fn tiles(
    scene: &mut StageScene,
    player: &Player,
    moment: &Moment,
    place: &impl Fn(&Range<usize>, &Range<usize>) -> Rect,
) {
    let schedule = player.schedule();
    let (n_rows, n_columns) = (schedule.n_query_tiles(), schedule.n_key_tiles());
    let are_few = n_rows.max(n_columns) <= MOST_TILES;
    let space = if are_few { 2.0 } else { 0.0 };
    let now = moment.event.and_then(|event| Some((event.i?, event.j?)));
    let stride = n_rows.div_ceil(MOST_ROWS);
    for i in (0..n_rows).step_by(stride) {
        let last = (i + stride).min(n_rows) - 1;
        let queries = schedule.queries(i).start..schedule.queries(last).end;
        let mut j = 0;
        while j < n_columns {
            let state = state_of(player, moment, i, j);
            let mut end = j + 1;
            while !are_few && end < n_columns && state_of(player, moment, i, end) == state {
                end += 1;
            }
            let keys = schedule.keys(j).start..schedule.keys(end - 1).end;
            // Where tiles can be counted, the skipped ones are as well.
            let skipped = are_few.then_some(Paint::Hidden);
            if let Some(paint) = state.or(skipped) {
                let mut rect = place(&queries, &keys);
                rect.width = (rect.width - space).max(0.5);
                rect.height = (rect.height - space).max(0.5);
                scene.block(rect, paint);
            }
            j = end;
        }
    }
    if let Some((i, j)) = now {
        let mut rect = place(&schedule.queries(i), &schedule.keys(j));
        // However small the tile is, it can be seen.
        rect.width = (rect.width - space).max(3.0);
        rect.height = (rect.height - space).max(3.0);
        scene.block(rect, Paint::Now);
    }
}

/// What a tile is at a step; `None` where it is hidden and nothing is drawn but the mask.
fn state_of(player: &Player, moment: &Moment, i: usize, j: usize) -> Option<Paint> {
    let schedule = player.schedule();
    if schedule.tile_kind(i, j) == TileKind::Skipped {
        return None;
    }
    let visit = schedule.visit(i, j)?;
    Some(if visit.end <= moment.step {
        Paint::Done
    } else {
        Paint::Waiting
    })
}

/// Standard attention writes row by row.
fn rows_of_standard(
    scene: &mut StageScene,
    player: &Player,
    moment: &Moment,
    place: &impl Fn(&Range<usize>, &Range<usize>) -> Rect,
) {
    let schedule = player.schedule();
    let n_q = player.data().n_q();
    let keys = 0..player.data().n_k();
    let ends = |row: usize| schedule.visit(row, 0).map_or(0, |visit| visit.end);
    let mut n_written = 0;
    while n_written < n_q && ends(n_written) <= moment.step {
        n_written += 1;
    }
    if n_written > 0 {
        scene.block(place(&(0..n_written), &keys), Paint::Done);
    }
    if n_written < n_q {
        scene.block(place(&(n_written..n_q), &keys), Paint::Waiting);
    }
    if let Some(row) = moment.event.and_then(|event| event.i) {
        let mut rect = place(&(row..row + 1), &keys);
        rect.height = rect.height.max(3.0);
        scene.block(rect, Paint::Now);
    }
}

/// How the part of a row that the mask hides is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hatching {
    /// Nothing below it can be seen.
    Whole,
    /// What is below it can be seen between.
    Striped,
    /// What is below it can be seen.
    Bare,
}

/// Standard attention computes and writes what it hides: the row that is lit or done is
/// lit or done from end to end.
fn hatching_of(player: &Player, moment: &Moment, query: usize) -> Hatching {
    let schedule = player.schedule();
    if schedule.tiling().is_some() {
        return Hatching::Whole;
    }
    let is_lit = moment.event.is_some_and(|event| event.i == Some(query));
    let visit = schedule.visit(query, 0);
    match visit {
        _ if is_lit => Hatching::Bare,
        Some(visit) if visit.end <= moment.step => Hatching::Striped,
        _ => Hatching::Whole,
    }
}

/// The corners of what the mask hides: a staircase of one step per query.
fn hidden_corners(
    problem: &headlight_flash::Problem,
    place: &impl Fn(&Range<usize>, &Range<usize>) -> Rect,
    hatching: impl Fn(usize) -> Hatching,
) -> Vec<(f64, f64)> {
    let mut corners = Vec::new();
    let end = place(&(0..1), &(0..problem.n_k));
    let (right, top) = (end.x + end.width, end.y);
    for query in 0..problem.n_q {
        let n_seen = problem.visible_keys(query);
        let seen = place(&(query..query + 1), &(0..n_seen));
        let (left, rows) = (seen.x + seen.width, (seen.y, seen.y + seen.height));
        match hatching(query) {
            Hatching::Whole => corners.extend([(left, rows.0), (left, rows.1)]),
            Hatching::Bare => corners.extend([(right, rows.0), (right, rows.1)]),
            Hatching::Striped => {
                for (is_bare, from, to) in stripes(top, rows) {
                    let x = if is_bare { right } else { left };
                    corners.extend([(x, from), (x, to)]);
                }
            }
        }
        if n_seen == problem.n_k {
            break;
        }
    }
    corners.push((right, corners.last().map_or(top, |(_, y)| *y)));
    corners.push((right, top));
    corners
}

/// The stripes between two heights, every other of them bare; they are counted from the
/// top of the grid, so that low rows have them too.
fn stripes(top: f64, (from, to): (f64, f64)) -> Vec<(bool, f64, f64)> {
    let first = ((from - top) / STRIPE).floor() as usize;
    let last = ((to - top) / STRIPE).ceil() as usize;
    let stripe = |index: usize| {
        let begin = (top + index as f64 * STRIPE).max(from);
        let end = (top + (index + 1) as f64 * STRIPE).min(to);
        (index.is_multiple_of(2), begin, end)
    };
    let stripes = (first..last).map(stripe);
    stripes.filter(|(_, begin, end)| begin < end).collect()
}

fn legend(scene: &mut StageScene, player: &Player, at: Rect, is_beside: bool) {
    let (x, top) = if is_beside {
        (at.x + at.width + 16.0, at.y + AXIS)
    } else {
        (at.x + AXIS, at.y + at.width + 16.0)
    };
    for (index, (paint, text)) in entries(player).into_iter().enumerate() {
        let y = top + index as f64 * 21.0;
        scene.block(Rect::new(x, y, 13.0, 13.0), paint);
        scene.say((x + KEY, y + 11.0), LabelKind::Small, Anchor::Start, text);
    }
}

/// What the legend names.
fn entries(player: &Player) -> Vec<(Paint, &'static str)> {
    let is_causal = player.schedule().problem().is_causal;
    let (done, hidden) = if player.schedule().tiling().is_none() {
        (words::WRITTEN, words::MASKED)
    } else {
        (words::DONE, words::NEVER)
    };
    let entries = [
        (Paint::Done, done),
        (Paint::Now, words::NOW),
        (Paint::Waiting, words::TO_COME),
        (Paint::Hidden, hidden),
    ];
    let shown = entries
        .into_iter()
        .filter(|(paint, _)| is_causal || *paint != Paint::Hidden);
    shown.collect()
}
