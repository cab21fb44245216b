//! What the room shows now: computed once, drawn in many places.

use headlight_view::Shared;
use headlight_view::State;
use headlight_view::flash::{Moment, Player, data_of, spelled_row};
use leptos::prelude::*;

use crate::store::Store;

/// The player, its step, and the row that is spelled out.
#[derive(Clone, Copy)]
pub struct Now {
    player: Memo<Result<Player, String>>,
    moment: Memo<Option<Shared<Moment>>>,
    row: Memo<Option<usize>>,
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
        let step = store.select(|state: &State| state.flash.step);
        let moment = Memo::new(move |_| {
            step.with(|_| ());
            player.with(|player| {
                let player = player.as_ref().ok()?;
                let step = store.peek(|state| player.step(&state.flash));
                player.moment(step).ok().map(Shared::new)
            })
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
