//! What the page's first module calls of its second, once that is there.
//!
//! The two are one program, cut after linking: see [`second`](crate::second). They
//! share one memory and one table of functions, so a pointer to a function of the
//! second is called like any other.

use headlight_view::answers::truth::TruthCommand;
use headlight_view::frame::figure_id::FigureId;
use headlight_view::frame::save::SaveRequest;
use headlight_view::rooms::attention::catalogue::Figure;
use headlight_view::session::Command;
use headlight_view::session::words as session_words;
use leptos::html;
use leptos::prelude::*;

use crate::rooms::attention::shown::Shown;
use crate::store::{Store, store};

/// The functions of the second module that the first one calls.
#[derive(Clone, Copy)]
pub struct Further {
    /// Draws a head as lines.
    pub lines: fn(Shown) -> AnyView,
    /// Draws one row, step by step.
    pub steps: fn(Shown) -> AnyView,
    /// Draws everything about the selected token.
    pub inspector: fn(Shown) -> AnyView,
    /// Draws what goes on between the layers.
    pub inside: fn(Shown) -> AnyView,
    /// Draws where in a long prompt the map is, and the way out.
    pub zooming: fn(()) -> AnyView,
    /// Draws the parts that were taken out.
    pub changes: fn(()) -> AnyView,
    /// Draws the open menu of a figure.
    pub menu: fn(FigureId) -> AnyView,
    /// Draws the method and the numbers of a figure of the Attention room.
    pub behind: fn(Figure) -> AnyView,
    /// Draws the lesson's strip, open.
    pub lesson: fn(NodeRef<html::Section>) -> AnyView,
    /// Draws how the engine is getting on.
    pub engine: fn(()) -> AnyView,
    /// Draws what the model wrote after the prompt.
    pub continuation: fn(()) -> AnyView,
    /// Draws what the panel of models holds.
    pub models: fn(()) -> AnyView,
    /// Draws what the panel about the engine holds.
    pub backend: fn(()) -> AnyView,
    /// Draws what the panel of help holds.
    pub help: fn(()) -> AnyView,
    /// Carries out a command of the session.
    pub run_command: fn(Store, Command),
    /// Carries out a command to the worker that holds the language.
    pub run_truth_command: fn(Store, TruthCommand),
    /// Looks which builds of the engine there are.
    pub fetch_builds: fn(Store),
    /// Reads the rest of a recorded run.
    pub read_rest: fn(Store, &str),
    /// Hands a figure to the visitor as a file.
    pub save: fn(Store, SaveRequest),
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

    /// Takes it in, and does what waits for it.
    pub fn arrive(self, further: Further) {
        self.there.set(Some(further));
        let mut waiting = Vec::new();
        self.waiting
            .update_value(|acts| waiting = std::mem::take(acts));
        for act in waiting {
            act(&further);
        }
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
            <p class="awaited late" id=id tabindex="-1">{session_words::PART_AWAITED}</p>
        </Show>
    }
}
