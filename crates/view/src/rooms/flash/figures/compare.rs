//! Two algorithms on one clock: where one is, the other has got as far.
//!
//! The task: one algorithm's steps mean nothing to another. What both have is what
//! they cost, so a clock counts that, and both are shown after as much of it.
//!
//! The principle: the algorithm that is played walks its own steps, and the one beside
//! it stands at its last step whose sum on the clock is not larger. Where the played
//! one's clock stands still, the other stands still; before the first step nothing is
//! done. Sums only grow, so that step is found by halving.
//!
//! A played algorithm that is done leaves the other on its way. The transport then
//! goes on by the steps of the other, so that a visitor sees both arrive. The clock is
//! that of whoever still walks.
//!
//! The accepted downside: a step takes the played algorithm one event further and the
//! other none or many, and after the end of the played one it is the other's event.
//! Playing does therefore not run at an even pace of the clock.

use headlight_flash::{Algorithm, Event, Schedule};

use crate::rooms::flash::clock::Clock;
use crate::rooms::flash::player::{Player, opening_step};
use headlight_figure::Shared;

/// The steps that the transport walks: those of the algorithm that is played, then
/// what is left of the one beside it when that one is done.
#[derive(Clone, Debug, PartialEq)]
pub struct SideBySide {
    pub(crate) played: Shared<Schedule>,
    pub(crate) beside: Option<Beside>,
}

/// The algorithm beside the one that is played.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Beside {
    pub(crate) schedule: Shared<Schedule>,
    pub(crate) clock: Clock,
    /// Its step when the played one is done.
    pub(crate) handover_step: u64,
}

/// Progress of one of the two algorithms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlgorithmProgress {
    /// Algorithm that the numbers are of.
    pub algorithm: Algorithm,
    /// Number of its own steps that are done.
    pub step: u64,
    /// Number of its steps in all.
    pub n_steps: u64,
    /// What the clock says of it so far: elements or operations.
    pub so_far: u64,
    /// What the clock says of it when it is done.
    pub in_all: u64,
}

impl AlgorithmProgress {
    pub(crate) fn new(schedule: &Schedule, clock: Clock, step: u64) -> Self {
        Self {
            algorithm: schedule.method().algorithm,
            step,
            n_steps: schedule.n_events(),
            so_far: clock.of(&schedule.totals_after(step)),
            in_all: clock.of(&schedule.totals()),
        }
    }

    /// True after its last step.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.step >= self.n_steps
    }
}

impl SideBySide {
    /// The steps of what is played, with or without another beside it on this clock.
    #[must_use]
    pub fn new(player: &Player, beside: Option<&Player>, clock: Clock) -> Self {
        let beside = beside.map(Player::shared_schedule);
        Self::of(player.shared_schedule(), beside, clock)
    }

    /// The step to begin with.
    pub(crate) fn opening(&self) -> u64 {
        opening_step(&self.played)
    }

    /// Two algorithms beside each other, where only the steps are known.
    pub(crate) fn of(
        played: Shared<Schedule>,
        beside: Option<Shared<Schedule>>,
        clock: Clock,
    ) -> Self {
        let reading = clock.of(&played.totals());
        let beside = beside.map(|schedule| Beside {
            handover_step: clock.step_at(&schedule, reading),
            schedule,
            clock,
        });
        Self { played, beside }
    }

    /// Number of steps until all are done.
    #[must_use]
    pub fn n_steps(&self) -> u64 {
        let left = |beside: &Beside| beside.schedule.n_events() - beside.handover_step;
        self.played.n_events() + self.beside.as_ref().map_or(0, left)
    }

    /// The step after `index` others, or `None` beyond the last.
    #[must_use]
    pub fn event(&self, index: u64) -> Option<Event> {
        match index.checked_sub(self.played.n_events()) {
            None => self.played.event(index),
            Some(beyond) => {
                let beside = self.beside.as_ref()?;
                beside.schedule.event(beside.handover_step + beyond)
            }
        }
    }

    /// True if the step after `index` others is one of the algorithm beside.
    #[must_use]
    pub fn is_beside(&self, index: u64) -> bool {
        index >= self.played.n_events()
    }

    /// The algorithm beside where it alone is left to walk: after `step`, the played one
    /// is done and has been for at least a step.
    #[must_use]
    pub fn still_walking(&self, step: u64) -> Option<Algorithm> {
        let beside = self.beside.as_ref()?;
        (step > self.played.n_events()).then(|| beside.schedule.method().algorithm)
    }

    /// Number of the played algorithm's own steps that are done after `step`.
    #[must_use]
    pub fn played_step(&self, step: u64) -> u64 {
        step.min(self.played.n_events())
    }

    /// Number of steps of the algorithm beside that are done after `step`; `None` where
    /// there is none beside.
    #[must_use]
    pub fn beside_step(&self, step: u64) -> Option<u64> {
        let Beside {
            schedule,
            clock,
            handover_step,
        } = self.beside.as_ref()?;
        let n_played = self.played.n_events();
        Some(match step {
            0 => 0,
            step if step >= n_played => {
                (handover_step + (step - n_played)).min(schedule.n_events())
            }
            step => clock.step_at(schedule, clock.of(&self.played.totals_after(step))),
        })
    }

    /// Progress of both after `step`, the played one first; `None` where there is none
    /// beside.
    #[must_use]
    pub fn progress(&self, step: u64) -> Option<[AlgorithmProgress; 2]> {
        let beside = self.beside.as_ref()?;
        let beside_step = self.beside_step(step)?;
        Some([
            AlgorithmProgress::new(&self.played, beside.clock, self.played_step(step)),
            AlgorithmProgress::new(&beside.schedule, beside.clock, beside_step),
        ])
    }

    /// What both are locked to.
    #[must_use]
    pub fn clock(&self) -> Option<Clock> {
        self.beside.as_ref().map(|beside| beside.clock)
    }
}

#[cfg(test)]
mod tests {
    use headlight_flash::{Method, Problem, Tiling};

    use super::super::compare_words::deed;
    use super::*;
    use headlight_figure::plain;
    use headlight_flash::Array;

    fn schedule(algorithm: Algorithm, (n, d): (usize, usize), is_causal: bool) -> Shared<Schedule> {
        let problem = Problem {
            n_q: n,
            n_k: n,
            d,
            is_causal,
        };
        let tiling = Tiling::new(8, 4).unwrap();
        Shared::new(Schedule::new(problem, Method::new(algorithm), Some(tiling)).unwrap())
    }

    /// Every two algorithms on every clock, with and without a mask; 19 rows leave
    /// ragged tiles both ways.
    fn courses() -> Vec<SideBySide> {
        let mut all = Vec::new();
        for is_causal in [true, false] {
            for played in Algorithm::ALL {
                for other in Algorithm::ALL.into_iter().filter(|other| *other != played) {
                    for clock in Clock::ALL {
                        let of = |algorithm| schedule(algorithm, (19, 8), is_causal);
                        all.push(SideBySide::of(of(played), Some(of(other)), clock));
                    }
                }
            }
        }
        all
    }

    fn said(course: &SideBySide, step: u64) -> String {
        plain(&course.sentence(step).unwrap())
    }

    #[test]
    fn a_clock_never_goes_back_and_halving_finds_what_walking_finds() {
        for algorithm in Algorithm::ALL {
            let schedule = schedule(algorithm, (19, 8), true);
            for clock in Clock::ALL {
                let readings: Vec<u64> = (0..=schedule.n_events())
                    .map(|step| clock.of(&schedule.totals_after(step)))
                    .collect();
                assert!(readings.is_sorted());
                for reading in 0..=readings[readings.len() - 1] + 2 {
                    let walked = readings.iter().rposition(|&of| of <= reading).unwrap();
                    assert_eq!(clock.step_at(&schedule, reading), walked as u64);
                }
            }
        }
    }

    #[test]
    fn the_two_are_within_one_event_of_each_other() {
        for course in courses() {
            let (beside, n_played) = (course.beside.clone().unwrap(), course.played.n_events());
            for step in 1..=n_played {
                let [played, other] = course.progress(step).unwrap();
                assert!(other.so_far <= played.so_far, "{course:?} {step}");
                let next = beside.schedule.totals_after(other.step + 1);
                assert!(
                    other.is_done() || beside.clock.of(&next) > played.so_far,
                    "{course:?} {step}"
                );
            }
        }
    }

    #[test]
    fn where_the_clock_stands_still_the_other_does() {
        for course in courses() {
            for step in 2..=course.played.n_events() {
                let before = course.progress(step - 1).unwrap();
                let now = course.progress(step).unwrap();
                if before[0].so_far == now[0].so_far {
                    assert_eq!(before[1], now[1]);
                }
                assert!(before[1].step <= now[1].step);
            }
        }
    }

    #[test]
    fn both_begin_together_and_both_arrive() {
        for course in courses() {
            let n_played = course.played.n_events();
            let steps = |step| course.progress(step).unwrap().map(|progress| progress.step);
            assert_eq!(steps(0), [0, 0]);
            assert_eq!(course.still_walking(n_played), None);
            let at_end = course.progress(course.n_steps()).unwrap();
            assert!(at_end.iter().all(AlgorithmProgress::is_done));
            // Beyond the end of the played one each step is one of the other's.
            for step in n_played..course.n_steps() {
                let [played, other] = steps(step);
                assert_eq!(steps(step + 1), [played, other + 1]);
                assert!(course.is_beside(step));
                assert!(course.still_walking(step + 1).is_some());
                let event = course.beside.as_ref().unwrap().schedule.event(other);
                assert_eq!(course.event(step), event);
            }
            assert_eq!(course.event(course.n_steps()), None);
            assert_eq!(steps(course.n_steps() + 9), steps(course.n_steps()));
        }
    }

    #[test]
    fn alone_the_course_is_the_schedule() {
        let schedule = schedule(Algorithm::Fa1, (19, 8), true);
        let course = SideBySide::of(schedule.clone(), None, Clock::Work);
        assert_eq!(course.n_steps(), schedule.n_events());
        assert!(
            (0..=schedule.n_events()).all(|index| course.event(index) == schedule.event(index))
        );
        assert_eq!(course.beside_step(3), None);
        assert_eq!(course.sentence(3), None);
    }

    #[test]
    fn the_sentences_numbers_are_those_of_the_schedules() {
        // 32 rows of width 8 in tiles of 8 queries by 4 keys, without a mask: standard
        // moves 4 N d + 4 N^2 = 5,120 elements, FA2 2 N d + N + 2 T_r N d = 2,592.
        let of = |algorithm| schedule(algorithm, (32, 8), false);
        let (standard, fa2) = (of(Algorithm::Standard), of(Algorithm::Fa2));
        let course = SideBySide::of(fa2.clone(), Some(standard.clone()), Clock::Traffic);
        assert_eq!(
            said(&course, 0),
            "Neither FA2 nor standard attention has begun."
        );
        // A query tile takes 1 + 8 * 7 + 2 steps and moves 648 elements. Of those, standard
        // spends 256 on the keys, then 8 + 32 on each row of S.
        assert_eq!(
            said(&course, 2 * 59),
            "For 1\u{202f}296 elements moved, FA2 has finished 2 of 4 query tiles and standard \
             attention has written 26 of 32 rows of S."
        );
        // After all rows of S it has 1,056 left, 64 for each row that becomes P: 16 of them
        // and the load of one more, which make it 2,592 of 5,120.
        assert_eq!(
            said(&course, 4 * 59),
            "When FA2 is done, standard attention has moved 50.6\u{a0}% of what it moves in all."
        );
        // 96 steps on: P is written, V loaded, a row of O done and one more of P read:
        // 1,536 + 2,048 + 256 + 40 + 32.
        let later = said(&course, 4 * 59 + 6 * 16);
        assert!(
            later
                .starts_with("When FA2 was done, standard attention had moved 50.6\u{a0}% of what")
                && later.ends_with(" in all. Now it has moved 76.4\u{a0}%."),
            "{later}"
        );
        assert_eq!(
            said(&course, course.n_steps()),
            "Both are done. Standard attention has moved 5\u{202f}120 elements, 1.98 times as \
             many as FA2 with 2\u{202f}592."
        );
        // The other way around the same is said.
        let turned = SideBySide::of(standard, Some(fa2), Clock::Traffic);
        let done = (0..turned.n_steps()).find(|&step| {
            let [_, other] = turned.progress(step).unwrap();
            other.is_done()
        });
        let then = said(&turned, done.unwrap());
        assert!(
            then.starts_with("When FA2 is done, standard attention has moved 50.6"),
            "{then}"
        );
        assert_eq!(
            said(&turned, turned.n_steps()),
            said(&course, course.n_steps())
        );
        // Without a mask all three do the same work: 4 d N^2.
        let work = SideBySide::of(
            of(Algorithm::Fa1),
            Some(of(Algorithm::Standard)),
            Clock::Work,
        );
        assert_eq!(
            said(&work, work.n_steps()),
            "Both are done, and have done the same number of operations, 32\u{202f}768."
        );
        assert!(
            said(&work, 3).starts_with("Before the first operation, FA1 is at key tile 1 of 8")
        );
    }

    #[test]
    fn standard_attention_is_said_to_have_done_what_it_has_done() {
        let schedule = schedule(Algorithm::Standard, (3, 8), true);
        let mut deeds: Vec<String> = (0..=schedule.n_events())
            .map(|step| deed(&schedule, step))
            .collect();
        deeds.dedup();
        assert_eq!(
            deeds,
            [
                "has not begun",
                "has loaded K",
                "has written none of 3 rows of S",
                "has written 1 of 3 rows of S",
                "has written 2 of 3 rows of S",
                "has written S",
                "has turned none of 3 rows of S into P",
                "has turned 1 of 3 rows of S into P",
                "has turned 2 of 3 rows of S into P",
                "has written P",
                "has loaded V",
                "has written none of 3 rows of its output",
                "has written 1 of 3 rows of its output",
                "has written 2 of 3 rows of its output",
                "has written 3 of 3 rows of its output",
            ]
        );
        // P is said to be written after the step that writes its last row, and V to be
        // loaded after the next.
        let at = |deed: &str| {
            (0..)
                .find(|&step| super::super::compare_words::deed(&schedule, step) == deed)
                .unwrap()
        };
        let written = schedule.event(at("has written P") - 1).unwrap();
        assert!(written.moves().any(|moved| moved.array == Array::Weights));
        assert_eq!(at("has loaded V"), at("has written P") + 1);
    }

    #[test]
    fn every_step_has_a_sentence() {
        for course in courses() {
            for step in 0..=course.n_steps() {
                let said = said(&course, step);
                assert!(said.ends_with('.') && !said.contains("NaN"), "{said}");
            }
        }
    }

    #[test]
    fn half_a_million_events_are_not_walked() {
        let of = |algorithm| schedule(algorithm, (4_096, 128), true);
        let course = SideBySide::of(of(Algorithm::Fa1), Some(of(Algorithm::Fa2)), Clock::Traffic);
        assert!(course.n_steps() > 500_000);
        // A walk of them takes tens of milliseconds each time; this is twenty thousand.
        for step in (0..20_000).map(|at| at * course.n_steps() / 20_000) {
            let [played, other] = course.progress(step).unwrap();
            assert!(other.so_far <= played.so_far || played.is_done());
        }
    }
}
