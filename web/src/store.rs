//! The page's state: one signal, written here and nowhere else.

use std::rc::Rc;
use std::time::Duration;

use headlight_view::frame::effect::Effect;
use headlight_view::room::Room;
use headlight_view::{Action, State, reduce};
use leptos::prelude::*;

use crate::derived::Derived;
use crate::host;

/// Time that the address may lag behind while a visitor goes from step to step.
const STEPPING_PAUSE: Duration = Duration::from_millis(150);

/// What carries out an effect.
type RunEffect = Rc<dyn Fn(Store, Effect)>;

/// The state, and the way to change it.
#[derive(Clone, Copy, Debug)]
pub struct Store {
    state: ReadSignal<State>,
    write: WriteSignal<State>,
    run_effect: StoredValue<RunEffect, LocalStorage>,
    /// What the address is about to become.
    fragment: StoredValue<Option<String>>,
}

impl Store {
    /// A page that nothing has happened to; `run_effect` carries out what the reducers
    /// ask for.
    pub fn new(run_effect: impl Fn(Self, Effect) + 'static) -> Self {
        let (state, write) = signal(State::default());
        Self {
            state,
            write,
            run_effect: StoredValue::new_local(Rc::new(run_effect)),
            fragment: StoredValue::new(None),
        }
    }

    /// Applies an action and carries out what follows from it.
    pub fn dispatch(self, action: impl Into<Action>) {
        let action = action.into();
        self.change(move |state| reduce(state, action));
    }

    /// Applies an action, if there is one; true if there is.
    pub fn dispatch_if<A: Into<Action>>(self, action: Option<A>) -> bool {
        let is_some = action.is_some();
        if let Some(action) = action {
            self.dispatch(action);
        }
        is_some
    }

    /// Lets a room's own reducer change the state, and carries out what follows from it.
    pub fn change(self, by: impl FnOnce(&mut State) -> Vec<Effect>) {
        let mut effects = Vec::new();
        self.write.update(|state| effects = by(state));
        for effect in effects {
            // Taken out first: an effect may dispatch an action itself.
            let run_effect = self.run_effect.get_value();
            run_effect(self, effect);
        }
    }

    /// A part of the state, or something computed from it, that changes when it changes.
    pub fn select<T>(self, part: impl Fn(&State) -> T + Send + Sync + 'static) -> Derived<T>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        Derived::new(move || {
            let mut found = None;
            self.look(&mut |state| found = Some(part(state)));
            found.expect("whoever looks sees the state")
        })
    }

    /// Shows the state, by one function for all parts of it.
    fn look(self, see: &mut dyn FnMut(&State)) {
        self.state.with(see);
    }

    /// Looks at the state as it is now, without following it.
    pub fn peek<T>(self, part: impl FnOnce(&State) -> T) -> T {
        self.state.with_untracked(part)
    }

    /// Looks at the state as it is now, where the page may be gone.
    pub fn try_peek<T>(self, part: impl FnOnce(&State) -> T) -> Option<T> {
        self.state.try_with_untracked(part)
    }

    /// Puts the state into the address, in a task of its own: that takes the browser
    /// longer than most figures do.
    pub fn write_link_soon(self, fragment: String) {
        let mut is_due = false;
        self.fragment
            .update_value(|waiting| is_due = waiting.replace(fragment).is_some());
        if !is_due {
            // A step of the Flash room takes less time than its address does.
            let is_stepping = self.peek(|state| state.room == Room::Flash);
            let pause = if is_stepping {
                STEPPING_PAUSE
            } else {
                Duration::ZERO
            };
            set_timeout(move || self.write_link(), pause);
        }
    }

    /// Drops what waits to be put into the address.
    pub fn forget_link(self) {
        self.fragment.update_value(|waiting| *waiting = None);
    }

    /// Puts what waits for it into the address.
    pub fn write_link(self) {
        if let Some(fragment) = self.fragment.try_update_value(Option::take).flatten() {
            host::replace_fragment(&fragment);
        }
    }
}

/// The store, from any component below [`App`](crate::app::App).
pub fn store() -> Store {
    expect_context()
}
