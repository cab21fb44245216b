//! What the room shows now: computed once, drawn in many places.

use headlight_view::Shared;
use headlight_view::State;
use headlight_view::flash::ledger::{Ledger, ledger};
use headlight_view::flash::{Course, Moment, Player, data_of, spelled_row};
use leptos::prelude::*;

use crate::store::Store;

/// The player, its step, and the row that is spelled out; the same of the algorithm
/// beside it, where there is one.
#[derive(Clone, Copy)]
pub struct Now {
    player: Memo<Result<Player, String>>,
    moment: Memo<Option<Shared<Moment>>>,
    row: Memo<Option<usize>>,
    beside: Memo<Option<Player>>,
    beside_moment: Memo<Option<Shared<Moment>>>,
    course: Memo<Option<Course>>,
    step: Memo<u64>,
}

impl Now {
    /// Follows the state.
    pub fn follow(store: Store) -> Self {
        let source = store.select(|state: &State| {
            let room = &state.flash;
            (room.source.clone(), room.head.clone(), room.missing.clone())
        });
        // Numbers are made once, however many steps are shown of them.
        let data = Memo::new(move |_| {
            source.with(|_| ());
            store.peek(|state| data_of(&state.flash))
        });
        let options = store.select(|state: &State| state.flash.options);
        let player = Memo::new(move |_| Player::with(data.get()?, options.get()));
        let compared = store.select(|state: &State| state.flash.compared);
        let beside = Memo::new(move |_| {
            let other = compared.get()?;
            player.with(|player| player.as_ref().ok()?.beside(other).ok())
        });
        let clock = store.select(|state: &State| state.flash.clock);
        let course = Memo::new(move |_| {
            let clock = clock.get();
            player.with(|player| {
                let player = player.as_ref().ok()?;
                Some(beside.with(|beside| Course::new(player, beside.as_ref(), clock)))
            })
        });
        let chosen_step = store.select(|state: &State| state.flash.step);
        // The room's step, and each algorithm's own: one that stands still is not drawn
        // anew.
        let step = Memo::new(move |_| {
            chosen_step.with(|_| ());
            let found = player.with(|player| {
                let player = player.as_ref().ok()?;
                course.with(|course| {
                    let course = course.as_ref()?;
                    Some(store.peek(|state| player.step_of(course, &state.flash)))
                })
            });
            found.unwrap_or_default()
        });
        let own_step = Memo::new(move |_| {
            let step = step.get();
            course.with(|course| Some(course.as_ref()?.played_step(step)))
        });
        let beside_step = Memo::new(move |_| {
            let step = step.get();
            course.with(|course| course.as_ref()?.beside_step(step))
        });
        let moment = Memo::new(move |_| {
            let step = own_step.get()?;
            player.with(|player| moment_of(player.as_ref().ok()?, step))
        });
        let beside_moment = Memo::new(move |_| {
            let step = beside_step.get()?;
            beside.with(|beside| moment_of(beside.as_ref()?, step))
        });
        let chosen = store.select(|state: &State| state.flash.row);
        let row = Memo::new(move |_| {
            let chosen = chosen.get();
            player.with(|player| {
                let player = player.as_ref().ok()?;
                moment.with(|moment| spelled_row(player, moment.as_ref()?, chosen))
            })
        });
        Self {
            player,
            moment,
            row,
            beside,
            beside_moment,
            course,
            step,
        }
    }

    /// Something of what is played.
    pub fn player<T>(self, of: impl FnOnce(&Player) -> T) -> Option<T> {
        self.player.with(|player| player.as_ref().ok().map(of))
    }

    /// Something of the step that is shown.
    pub fn player_and_moment<T>(self, of: impl FnOnce(&Player, &Moment) -> T) -> Option<T> {
        self.player.with(|player| {
            let player = player.as_ref().ok()?;
            self.moment
                .with(|moment| Some(of(player, moment.as_ref()?)))
        })
    }

    /// Something of the algorithm beside and of its step.
    pub fn beside<T>(self, of: impl FnOnce(&Player, &Moment) -> T) -> Option<T> {
        self.beside.with(|beside| {
            let beside = beside.as_ref()?;
            self.beside_moment
                .with(|moment| Some(of(beside, moment.as_ref()?)))
        })
    }

    /// Whether another algorithm stands beside.
    pub fn is_compared(self) -> bool {
        self.beside.with(Option::is_some)
    }

    /// Something of all steps that the transport walks, and of the one that is shown.
    pub fn course<T>(self, of: impl FnOnce(&Course, u64) -> T) -> Option<T> {
        let step = self.step.get();
        self.course
            .with(|course| course.as_ref().map(|course| of(course, step)))
    }

    /// The ledger.
    pub fn ledger(self) -> Option<Ledger> {
        self.player_and_moment(|player, moment| {
            self.beside(|other, other_moment| ledger(player, moment, Some((other, other_moment))))
                .unwrap_or_else(|| ledger(player, moment, None))
        })
    }

    /// The player itself, to follow it.
    pub const fn played(self) -> Memo<Result<Player, String>> {
        self.player
    }

    /// The query that is spelled out.
    pub fn row(self) -> Option<usize> {
        self.row.get()
    }

    /// Why there is nothing to show.
    pub fn trouble(self) -> Option<String> {
        if let Some(trouble) = self.player.with(|player| player.as_ref().err().cloned()) {
            return Some(trouble);
        }
        let step = self.player(|player| player.schedule().n_events())?;
        if self.moment.with(Option::is_some) {
            return None;
        }
        let error = self.player(|player| player.moment(step).err())?;
        error.map(|error| headlight_view::text::sentence(&error.to_string()))
    }
}

fn moment_of(player: &Player, step: u64) -> Option<Shared<Moment>> {
    player.moment(step).ok().map(Shared::new)
}
