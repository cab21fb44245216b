//! The step that the room shows now, and what attends in it: computed once, drawn in
//! many places.

use headlight_figure::Shared;
use headlight_figure::phrase;
use headlight_view::State;
use headlight_view::rooms::flash::figures::ledger::{Ledger, ledger};
use headlight_view::rooms::flash::{Moment, Player, SideBySide, data_of, row_shown};

use crate::derived::Derived;
use crate::store::Store;

/// What attends, and one step of it.
pub type PlayerAndMoment = (Shared<Player>, Shared<Moment>);

/// The player, its step, and the row that is spelled out; of the algorithm beside
/// it, where there is one, player and step as well.
///
/// What is asked for comes as a shared value and not through a function of it: that
/// would be compiled anew for each.
#[derive(Clone, Copy)]
pub struct CurrentStep {
    player: Derived<Result<Shared<Player>, String>>,
    moment: Derived<Option<Shared<Moment>>>,
    row: Derived<Option<usize>>,
    beside: Derived<Option<Shared<Player>>>,
    beside_moment: Derived<Option<Shared<Moment>>>,
    course: Derived<Option<Shared<SideBySide>>>,
    step: Derived<u64>,
}

impl CurrentStep {
    /// Follows the state.
    pub fn new(store: Store) -> Self {
        let source = store.select(|state: &State| {
            let room = &state.flash;
            (room.source.clone(), room.head.clone(), room.missing.clone())
        });
        // Numbers are made once, however many steps are shown of them.
        let data = Derived::new(move || {
            source.with(|_| ());
            store.peek(|state| data_of(&state.flash))
        });
        let options = store.select(|state: &State| state.flash.options);
        let player =
            Derived::new(move || Player::with(data.get()?, options.get()).map(Shared::new));
        let compared = store.select(|state: &State| state.flash.compared);
        let beside = Derived::new(move || {
            let other = compared.get()?;
            let beside = player.get().ok()?.beside(other);
            beside.ok().map(Shared::new)
        });
        let clock = store.select(|state: &State| state.flash.clock);
        let course = Derived::new(move || {
            let (clock, beside) = (clock.get(), beside.get());
            let player = player.get().ok()?;
            let course = SideBySide::new(&player, beside.as_deref(), clock);
            Some(Shared::new(course))
        });
        let chosen_step = store.select(|state: &State| state.flash.step);
        // The room's step, and each algorithm's own: one that stands still is not drawn
        // anew.
        let step = Derived::new(move || {
            chosen_step.get();
            let (Ok(player), Some(course)) = (player.get(), course.get()) else {
                return 0;
            };
            store.peek(|state| player.step_of(&course, &state.flash))
        });
        let own_step = Derived::new(move || {
            let step = step.get();
            Some(course.get()?.played_step(step))
        });
        let beside_step = Derived::new(move || {
            let step = step.get();
            course.get()?.beside_step(step)
        });
        let moment = Derived::new(move || {
            let step = own_step.get()?;
            let player = player.get().ok()?;
            moment_of(&player, step)
        });
        let beside_moment = Derived::new(move || {
            let step = beside_step.get()?;
            let beside = beside.get()?;
            moment_of(&beside, step)
        });
        let chosen = store.select(|state: &State| state.flash.row);
        let row = Derived::new(move || {
            let chosen = chosen.get();
            let player = player.get().ok()?;
            let moment = moment.get()?;
            row_shown(&player, &moment, chosen)
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

    /// What is played.
    pub fn player(self) -> Option<Shared<Player>> {
        self.player.get().ok()
    }

    /// What is played and the step that is shown.
    pub fn shown(self) -> Option<PlayerAndMoment> {
        Some((self.player()?, self.moment.get()?))
    }

    /// The algorithm beside and its step.
    pub fn beside(self) -> Option<PlayerAndMoment> {
        Some((self.beside.get()?, self.beside_moment.get()?))
    }

    /// Whether another algorithm stands beside.
    pub fn is_compared(self) -> bool {
        self.beside.get().is_some()
    }

    /// All steps that the transport walks, and the one that is shown.
    pub fn course(self) -> Option<(Shared<SideBySide>, u64)> {
        let step = self.step.get();
        Some((self.course.get()?, step))
    }

    /// The ledger.
    pub fn ledger(self) -> Option<Ledger> {
        // The one beside first: see [`CurrentStep::track_all`].
        let beside = self.beside();
        let (player, moment) = self.shown()?;
        let beside = beside.as_ref();
        let beside = beside.map(|(player, moment)| (&**player, &**moment));
        Some(ledger(&player, &moment, beside))
    }

    /// The query that is spelled out.
    pub fn row(self) -> Option<usize> {
        self.row.get()
    }

    /// Asks for everything, so that an effect runs when anything changes.
    pub fn track_all(self) {
        // The one beside first: asked for through what depends on it, it would have
        // changed before the effect asks whether it has.
        self.beside();
        self.course();
        self.shown();
        self.row();
    }

    /// Why there is nothing to show.
    pub fn trouble(self) -> Option<String> {
        let player = match self.player.get() {
            Ok(player) => player,
            Err(trouble) => return Some(trouble),
        };
        if self.moment.get().is_some() {
            return None;
        }
        let error = player.moment(player.schedule().n_events()).err()?;
        Some(phrase::sentence(&error.to_string()))
    }
}

fn moment_of(player: &Player, step: u64) -> Option<Shared<Moment>> {
    player.moment(step).ok().map(Shared::new)
}
