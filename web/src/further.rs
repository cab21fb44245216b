//! What comes a moment after the first figure: the page's second module.
//!
//! `xtask` cuts the linked page in two. What is reached from [`open`] alone becomes a
//! module of its own, which the first one fetches as soon as it runs; whatever both
//! need stays in the first. So a visitor waits for the frame, the heads and the map of
//! a recorded run, and for nothing else. The two share one memory and one table of
//! functions: a pointer to a function of the second is called like any other.

use std::time::Duration;

use headlight_view::{Action, text};
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use wasm_bindgen_futures::spawn_local;

use crate::store::{Store, store};
use crate::{attention, export, link, shell};

/// A pause before the second module is asked for again.
const PAUSE: Duration = Duration::from_secs(3);

/// The functions of the second module that the first one calls.
#[derive(Clone, Copy)]
pub struct Further {
    /// Figures of the room.
    pub attention: attention::Further,
    /// Panels of the frame, and the lesson.
    pub shell: shell::Further,
    /// The workers.
    pub link: link::Further,
    /// Figures as files.
    pub export: export::Further,
}

/// The second module's functions; an error if it could not be fetched.
#[wasm_split(further, fallible, wasm_split_path = leptos::wasm_split)]
fn open() -> Result<Box<Further>, SplitLoaderError> {
    Ok(Box::new(Further {
        attention: attention::further(),
        shell: shell::further(),
        link: link::further(),
        export: export::further(),
    }))
}

type Act = Box<dyn FnOnce(&Further)>;

/// The second module, there or on its way.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    there: RwSignal<Option<Further>>,
    /// What waits for it, in order.
    waiting: StoredValue<Vec<Act>, LocalStorage>,
}

impl Arrival {
    /// Not asked for yet.
    pub fn new() -> Self {
        Self {
            there: RwSignal::new(None),
            waiting: StoredValue::new_local(Vec::new()),
        }
    }

    /// Fetches it, and asks again until it is there.
    pub fn fetch(self, store: Store) {
        spawn_local(async move {
            let found: Result<Box<Further>, SplitLoaderError> = open().await;
            let Ok(further) = found else {
                store.dispatch(Action::PartArrived(false));
                set_timeout(move || self.fetch(store), PAUSE);
                return;
            };
            store.dispatch(Action::PartArrived(true));
            self.there.set(Some(*further));
            let mut waiting = Vec::new();
            self.waiting
                .update_value(|acts| waiting = std::mem::take(acts));
            for act in waiting {
                act(&further);
            }
        });
    }

    /// Does something with it: now if it is there, else once it is, in the order asked.
    pub fn with(self, act: impl FnOnce(&Further) + 'static) {
        match self.there.get_untracked() {
            Some(further) => act(&further),
            None => self
                .waiting
                .update_value(|waiting| waiting.push(Box::new(act))),
        }
    }
}

/// What the second module draws of `what`, as soon as it is there.
pub fn drawn<T>(by: fn(&Further) -> fn(T) -> AnyView, what: T) -> impl IntoView
where
    T: Copy + Send + Sync + 'static,
{
    let there = store().further().there;
    move || there.with(|further| further.as_ref().map(|further| by(further)(what)))
}

/// The same, with a word where it takes a while, under the name of what will come.
pub fn drawn_or_awaited<T>(
    by: fn(&Further) -> fn(T) -> AnyView,
    what: T,
    id: Option<&'static str>,
) -> impl IntoView
where
    T: Copy + Send + Sync + 'static,
{
    let there = store().further().there;
    let is_awaited = move || there.with(Option::is_none);
    view! {
        {drawn(by, what)}
        <Show when=is_awaited>
            <p class="awaited late" id=id tabindex="-1">{text::PART_AWAITED}</p>
        </Show>
    }
}
