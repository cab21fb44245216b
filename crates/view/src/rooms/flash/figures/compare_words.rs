//! What is said of two algorithms on one clock.

use headlight_figure::number::{fixed, percent};
use headlight_figure::{Span, plain};
use headlight_flash::{Algorithm, Array, Direction, Schedule};

use super::compare::{AlgorithmProgress, SideBySide};
use crate::rooms::flash::clock::Clock;
use crate::rooms::flash::player::{Moment, Player};
use crate::rooms::flash::sentence::sentence;
use crate::rooms::flash::words::{self, algorithm_in_prose, capitalised, clock, thousands};

/// What a clock counts, after a number.
const fn counted(clock: Clock) -> &'static str {
    match clock {
        Clock::Traffic => "elements moved",
        Clock::Work => "operations done",
    }
}

/// Progress of one of two algorithms: `3 072 of 12 288 elements moved`.
#[must_use]
pub fn progress(clock: Clock, progress: AlgorithmProgress) -> String {
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
    played: AlgorithmProgress,
    other: AlgorithmProgress,
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
pub(crate) fn one_done(
    clock: Clock,
    done: Algorithm,
    then: AlgorithmProgress,
    now: AlgorithmProgress,
) -> Vec<Span> {
    let share = |progress: AlgorithmProgress| {
        percent(progress.so_far as f64 / progress.in_all.max(1) as f64)
    };
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
pub(crate) fn both_done(
    clock: Clock,
    played: AlgorithmProgress,
    other: AlgorithmProgress,
) -> Vec<Span> {
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

/// What standard attention has done, in words, with rows done of `n`.
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

impl SideBySide {
    /// One sentence that says what the comparison shows after `step`; `None` where there
    /// is none beside.
    #[must_use]
    pub fn sentence(&self, step: u64) -> Option<Vec<Span>> {
        let beside = self.beside.as_ref()?;
        let clock = beside.clock;
        let [played, other] = self.progress(step)?;
        Some(match (played.is_done(), other.is_done()) {
            (true, true) => both_done(clock, played, other),
            (true, false) => {
                let then = AlgorithmProgress::new(&beside.schedule, clock, beside.handover_step);
                one_done(clock, played.algorithm, then, other)
            }
            (false, true) => {
                let met = clock.step_at(&self.played, other.in_all);
                // A step that the clock does not count leaves nothing to tell apart.
                let then = AlgorithmProgress::new(&self.played, clock, met.min(played.step));
                one_done(clock, other.algorithm, then, played)
            }
            (false, false) => {
                let deeds = [
                    deed(&self.played, played.step),
                    deed(&beside.schedule, other.step),
                ];
                both_at_work(clock, played, other, &deeds)
            }
        })
    }
}

/// What an algorithm has done of its work, as the end of a sentence about it.
pub(crate) fn deed(schedule: &Schedule, step: u64) -> String {
    let Some(event) = step.checked_sub(1).and_then(|index| schedule.event(index)) else {
        return words::NOT_BEGUN.to_owned();
    };
    let totals = schedule.totals_after(step);
    let problem = schedule.problem();
    // Rows that crossed, of an array of this width.
    let rows = |array, direction, width: usize| {
        let elements = totals.elements_of(array, direction);
        (elements / width.max(1) as u64) as usize
    };
    match schedule.method().algorithm {
        Algorithm::Standard => {
            let written = |array, width| rows(array, Direction::Written, width);
            let scores = written(Array::Scores, problem.n_k);
            let weights = written(Array::Weights, problem.n_k);
            let loads = |array| {
                let mut moves = event.moves();
                moves.any(|moved| (moved.array, moved.direction) == (array, Direction::Read))
            };
            let deed = if loads(Array::K) {
                StandardDeed::LoadedKeys
            } else if loads(Array::V) {
                StandardDeed::LoadedValues
            } else if totals.elements_of(Array::V, Direction::Read) > 0 {
                StandardDeed::Output(written(Array::O, problem.d))
            } else if totals.elements_of(Array::Scores, Direction::Read) > 0 {
                StandardDeed::Weights(weights)
            } else {
                StandardDeed::Scores(scores)
            };
            standard_deed(problem.n_q, deed)
        }
        Algorithm::Fa1 => {
            let met = rows(Array::K, Direction::Read, problem.d);
            let tile = met.div_ceil(schedule.keys(0).len());
            fa1_deed(tile, schedule.n_key_tiles())
        }
        Algorithm::Fa2 => {
            let finished = rows(Array::O, Direction::Written, problem.d);
            let tiles = finished.div_ceil(schedule.queries(0).len());
            let split = event
                .split
                .map(|split| (split + 1, schedule.method().n_splits));
            fa2_deed(tiles, schedule.n_query_tiles(), split)
        }
    }
}
