//! The result against attention by its definition in 64-bit floats.
//!
//! All of it is checked, a few rows at a time, so that a long sequence keeps nobody
//! waiting; until it is done the check says how far it is.

use headlight_figure::number::scientific;
use headlight_figure::{Anchor, Element, LABEL, NOTE, NUMBER, Size, el};
use headlight_flash::{DenseRows, Gap, Machine, Overflow};

use crate::rooms::flash::player::Player;
use crate::rooms::flash::words;

/// Multiplications that one part of the check may take: some milliseconds.
const WORK: usize = 4_000_000;

/// Narrowest drawing.
const NARROWEST: f64 = 160.0;
/// Between the name and the error.
const GAP: f64 = 12.0;
/// Below the last line.
const BELOW: f64 = 4.0;

/// Progress of the check, and what it found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Check {
    /// Queries checked, from the first.
    pub n_checked: usize,
    /// Queries there are.
    pub n_queries: usize,
    /// Largest gap that was found so far.
    pub gap: Gap,
    /// What a difference may be of an output: a few roundings of the largest score.
    pub bound: f64,
}

/// Whether there is more to check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// All is.
    Done,
    /// There is more.
    More,
}

impl Check {
    /// Nothing checked yet.
    #[must_use]
    pub fn new(player: &Player) -> Self {
        Self {
            n_queries: player.data().n_q(),
            ..Self::default()
        }
    }

    /// The largest error of an output so far, as it is written; `None` before any row.
    #[must_use]
    pub fn error(&self) -> Option<String> {
        (self.n_checked > 0).then(|| scientific(self.gap.output))
    }

    /// Progress of the check; `None` once it is done.
    #[must_use]
    pub fn progress(&self) -> Option<String> {
        let is_under_way = self.n_checked < self.n_queries;
        is_under_way.then(|| words::checked(self.n_checked, self.n_queries))
    }

    /// Checks a few more tiles of queries.
    ///
    /// # Errors
    ///
    /// Returns an error if a number on the way is beyond 32-bit floats.
    pub fn go_on(&mut self, player: &Player) -> Result<Checked, Overflow> {
        self.go_on_with(player, |_, _, _, _| {})
    }

    /// Goes on with the check, and shows what it compares: the query, its output and log-sum-exp,
    /// and both by their definition.
    pub(crate) fn go_on_with(
        &mut self,
        player: &Player,
        mut show: impl FnMut(usize, &[f32], f32, &DenseRows),
    ) -> Result<Checked, Overflow> {
        let schedule = player.schedule();
        let Some(inputs) = player.data().inputs() else {
            return Ok(Checked::Done);
        };
        let (d, n_k) = (player.data().d(), player.data().n_k());
        let largest_value = player.data().largest[2].max(1.0);
        let mut work = 0;
        let mut machine = Machine::new(inputs, schedule);
        let block = schedule.queries(0).len();
        let first = self.n_checked / block;
        let mut done = first..first;
        for i in first..schedule.n_query_tiles() {
            if work > WORK {
                break;
            }
            for (_, event) in schedule.events_of_query_tile(i) {
                machine.apply(&event)?;
            }
            work += 4 * schedule.queries(i).len() * n_k * d;
            done.end = i + 1;
        }
        let attended = machine.into_attended();
        for query in done.flat_map(|i| schedule.queries(i)) {
            let is_causal = schedule.problem().is_causal;
            let dense = self.gap.look_at(&inputs, is_causal, &attended, query);
            show(
                query,
                &attended.o[query * d..][..d],
                attended.lse[query],
                &dense,
            );
            self.n_checked += 1;
        }
        let scale = self.gap.largest_score.max(4.0) * f64::from(largest_value);
        self.bound = 2.5e-6 * scale;
        Ok(if self.n_checked < self.n_queries {
            Checked::More
        } else {
            Checked::Done
        })
    }
}

/// The largest error beside its name, and how far the check is while it goes on, in
/// `width_px` pixels.
#[must_use]
pub fn drawing(check: Option<&Check>, width_px: f64) -> (Element, Size) {
    let width = width_px.max(NARROWEST).floor();
    let error = check.and_then(Check::error).unwrap_or_default();
    // As wide as any error, so that the name's lines stay as they are.
    let beside = NUMBER.width("1.1e-10").max(NUMBER.width(&error));
    let lines = LABEL.wrapped(words::ERROR_LABEL, width - beside - GAP);
    let mut drawn = el("g");
    let mut bottom = 0.0;
    for text in lines {
        bottom += LABEL.line();
        drawn = drawn.add(LABEL.at(0.0, bottom - BELOW, Anchor::Start, text));
    }
    let middle = bottom / 2.0 + NUMBER.below_middle();
    let error = NUMBER.at(width, middle, Anchor::End, error);
    drawn = drawn.add(error.class("is-strong"));
    if let Some(progress) = check.and_then(Check::progress) {
        bottom += NOTE.line();
        let progress = NOTE.fitted(&progress, width);
        drawn = drawn.add(NOTE.at(0.0, bottom - BELOW, Anchor::Start, progress));
    }
    let height = bottom + BELOW / 2.0;
    (drawn, Size { width, height })
}

/// The largest error in one sentence; nothing before any row was checked.
#[must_use]
pub fn summary(check: &Check) -> Option<String> {
    let error = check.error()?;
    let label = words::ERROR_LABEL;
    let progress = check.progress();
    let rows = words::thousands(check.n_queries as u64);
    Some(match progress {
        Some(progress) => format!("{error} is the {label}; {progress}."),
        None => format!("{error} is the {label}, over all {rows} rows."),
    })
}

#[cfg(test)]
mod drawing_tests {
    use super::*;
    use crate::rooms::flash::catalogue::FlashFigure;
    use crate::rooms::flash::test_drawing::{assert_inside, of_class, snapshot, text};
    use crate::rooms::flash::test_room::{player, square};

    fn checked() -> Check {
        let player = player(square());
        let mut check = Check::new(&player);
        while check.go_on(&player).unwrap() == Checked::More {}
        check
    }

    #[test]
    fn how_far_the_check_is_stands_there_until_it_is_done() {
        let done = checked();
        let under_way = Check {
            n_checked: 5,
            ..done
        };
        let error = scientific(done.gap.output);
        for (check, n_notes) in [(None, 0), (Some(&under_way), 1), (Some(&done), 0)] {
            let (drawing, size) = drawing(check, 250.0);
            assert_inside(&drawing, size);
            assert_eq!(of_class(&drawing, "text-note").len(), n_notes);
            let shown = text(of_class(&drawing, "text-number")[0]);
            assert_eq!(shown, check.map_or("", |_| &error));
        }
        assert!(summary(&under_way).unwrap().contains("5 of 16"));
        assert_eq!(summary(&Check::default()), None);
    }

    #[test]
    fn the_figure_is_what_it_was() {
        let (drawing, size) = drawing(Some(&checked()), 240.0);
        // The error itself is of 32-bit sums, which are the same on all machines.
        let sentence = summary(&checked()).unwrap();
        snapshot("error.svg", FlashFigure::Error, sentence, drawing, size);
    }
}
