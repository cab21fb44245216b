//! The Attention room: heads, the map of one head, and what is selected in it.
//!
//! Heads and map belong to the first module of the page, everything else to the second.

mod atlas;
mod attribution;
mod awaited;
mod behind;
mod changes;
mod legend;
mod lens;
mod lines;
mod map;
mod matrix;
mod more;
mod next;
mod norms;
mod painted;
mod perplexity;
mod product;
mod row;
mod sampling;
mod stage;
mod steps;
mod surprise;

use headlight_view::attention::AttentionRoom as Room;
use headlight_view::ramp::Scale;
use headlight_view::run::{Head, Pattern, Run};
use headlight_view::truth::{ShownTruth, Truth};
use headlight_view::{Figure, Shared, State, text};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use behind::Sources;

use crate::further::{drawn, drawn_or_awaited};
use crate::host;
use crate::store::store;

/// What the stage draws, in whichever view.
pub const FIGURE: &str = "figure";

/// What a figure further down the page draws, all of one moment.
#[derive(Clone, PartialEq)]
struct Moment {
    run: Option<Shared<Run>>,
    truth: ShownTruth,
    query: usize,
}

/// What the figures draw, each part followed by itself.
#[derive(Clone, Copy)]
pub struct Shown {
    run: Memo<Option<Shared<Run>>>,
    pattern: Memo<Option<Shared<Pattern>>>,
    /// What the map draws: the pattern, or what has changed in it.
    drawn: Memo<Option<Shared<Pattern>>>,
    scale: Memo<Scale>,
    truth: Memo<ShownTruth>,
    head: Memo<Head>,
    query: Memo<usize>,
    queries: Memo<Vec<usize>>,
    key: Memo<usize>,
    hover: Memo<Option<(usize, usize)>>,
}

impl Shown {
    fn new() -> Self {
        let store = store();
        Self {
            run: store.select(|state: &State| state.room.run.clone()),
            pattern: store.select(|state: &State| state.room.pattern()),
            drawn: store.select(|state: &State| state.room.drawn_pattern()),
            scale: store.select(|state: &State| state.room.scale()),
            truth: store.select(|state: &State| state.room.truth.clone()),
            head: store.select(|state: &State| state.room.head),
            query: store.select(|state: &State| state.room.query()),
            queries: store.select(|state: &State| state.room.queries()),
            key: store.select(|state: &State| state.room.key()),
            hover: store.select(|state: &State| state.room.hover),
        }
    }

    /// The same for figures that are about the run alone and further down: in a task
    /// of their own, so that what is further up is not kept waiting.
    fn later(self) -> Self {
        let now = Memo::new(move |_| Moment {
            run: self.run.get(),
            truth: self.truth.get(),
            query: self.query.get(),
        });
        let later = host::followed_later(now);
        Self {
            run: Memo::new(move |_| later.with(|moment| moment.run.clone())),
            truth: Memo::new(move |_| later.with(|moment| moment.truth.clone())),
            query: Memo::new(move |_| later.with(|moment| moment.query)),
            ..self
        }
    }

    /// What the model's language says of the run, if that is known.
    fn known_truth(self) -> Option<Shared<Truth>> {
        self.truth.with(ShownTruth::known)
    }

    /// True where the language's marks stand in a figure, or soon will: `has_marks`
    /// looks for them in the truth that has arrived.
    fn has_truth(self, has_marks: fn(&Truth) -> bool) -> Signal<bool> {
        let is_expected = store().select(State::expects_truth);
        Signal::derive(move || match self.known_truth() {
            Some(truth) => has_marks(&truth),
            None => self.truth.get() == ShownTruth::Awaited || is_expected.get(),
        })
    }

    /// What the map draws, once it is of the run that is shown.
    fn drawn_of_run(self) -> Option<Shared<Pattern>> {
        let n = self.run.with(|run| run.as_ref().map(|run| run.seq_len()))?;
        self.drawn.get().filter(|drawn| drawn.seq_len() == n)
    }

    /// True where parts were taken out, so that the figures show the whole model too.
    fn has_clean(self) -> bool {
        self.run
            .with(|run| run.as_ref().is_some_and(|run| run.clean.is_some()))
    }

    /// Run and pattern, if both are there and belong together.
    fn both(self) -> Option<(Shared<Run>, Shared<Pattern>)> {
        let (run, pattern) = (self.run.get()?, self.pattern.get()?);
        (run.seq_len() == pattern.seq_len()).then_some((run, pattern))
    }
}

/// What the second module draws of the room.
#[derive(Clone, Copy)]
pub struct Further {
    /// Where in a long prompt the map is, and the way out.
    zooming: fn(()) -> AnyView,
    /// A head as lines.
    lines: fn(Shown) -> AnyView,
    /// One row, step by step.
    steps: fn(Shown) -> AnyView,
    /// Everything about the selected token.
    inspector: fn(Shown) -> AnyView,
    /// What goes on between the layers.
    inside: fn(Shown) -> AnyView,
    /// The parts that were taken out.
    changes: fn(()) -> AnyView,
    /// The open menu of a figure.
    menu: fn(Figure) -> AnyView,
    /// A figure's method and numbers.
    behind: fn(Figure) -> AnyView,
}

/// What the second module draws of the room.
pub fn further() -> Further {
    Further {
        zooming: |()| view! { <map::Zooming/> }.into_any(),
        lines: |shown| view! { <lines::Lines shown/> }.into_any(),
        steps: |shown| view! { <steps::Steps shown/> }.into_any(),
        inspector,
        inside,
        changes: |()| view! { <changes::Changes/> }.into_any(),
        menu: |figure| view! { <more::Menu figure/> }.into_any(),
        behind: |figure| view! { <behind::MethodAndNumbers figure/> }.into_any(),
    }
}

fn inspector(shown: Shown) -> AnyView {
    let later = shown.later();
    view! {
        <row::Selected shown/>
        <next::Next shown/>
        <surprise::Surprise shown=later/>
        <perplexity::PerplexitySoFar shown=later/>
    }
    .into_any()
}

fn inside(shown: Shown) -> AnyView {
    view! {
        <lens::Lens shown/>
        <div class="pair">
            <attribution::Attribution shown/>
            <norms::Norms shown=shown.later()/>
        </div>
    }
    .into_any()
}

/// The room.
#[component]
pub fn AttentionRoom() -> impl IntoView {
    let shown = Shown::new();
    provide_context(Sources::follow(store()));
    // The page is built in three tasks, so that a visitor who is quick is not kept
    // waiting for what is further down.
    let (has_begun, is_complete) = (RwSignal::new(false), RwSignal::new(false));
    host::in_another_task(move || has_begun.set(true));
    store()
        .further()
        .with(move |_| host::in_another_task(move || is_complete.set(true)));
    let is_stale = store().select(|state: &State| {
        let Room { error, run, .. } = &state.room;
        error.is_some() && run.is_some()
    });
    view! {
        {drawn(|further| further.attention.changes, ())}
        <main class="room" class:stale=move || is_stale.get()>
            <Show when=move || has_begun.get()>
                <atlas::Atlas shown/>
            </Show>
            <stage::Stage shown/>
            <section class="inspector">
                {drawn_or_awaited(|further| further.attention.inspector, shown, None)}
            </section>
            <section class="inside" aria-label=text::INSIDE>
                <Show when=move || is_complete.get()>
                    {drawn(|further| further.attention.inside, shown)}
                </Show>
            </section>
        </main>
    }
}

/// Where a key moves in a grid of `n` things, `columns` to a row; `None` if it does not.
pub fn moved(event: &KeyboardEvent, from: usize, n: usize, columns: usize) -> Option<usize> {
    let last = n.checked_sub(1)?;
    let to = match event.key().as_str() {
        "ArrowLeft" => from.saturating_sub(1),
        "ArrowRight" => from + 1,
        "ArrowUp" => from.checked_sub(columns).unwrap_or(from),
        "ArrowDown" if from + columns <= last => from + columns,
        "ArrowDown" => from,
        "Home" => 0,
        "End" => last,
        _ => return None,
    };
    Some(to.min(last))
}
