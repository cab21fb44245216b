//! The result against attention by its definition in 64-bit floats.
//!
//! All of it is checked, a few rows at a time, so that a long sequence keeps nobody
//! waiting; until it is done the check says how far it is.

use headlight_flash::{DenseRows, Gap, Machine, Overflow};

use crate::rooms::flash::player::Player;

/// Multiplications that one part of the check may take: some milliseconds.
const WORK: usize = 4_000_000;

/// How far the check is, and what it found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Check {
    /// Queries checked, from the first.
    pub n_checked: usize,
    /// Queries there are.
    pub n_queries: usize,
    /// What it found so far.
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
