//! What the figures of the room draw.

use headlight_figure::Shared;
use headlight_view::State;
use headlight_view::answers::head::Head;
use headlight_view::answers::run::{Pattern, Run};
use headlight_view::answers::truth::{ShownTruth, Truth};
use leptos::prelude::*;

use crate::derived::Derived;
use crate::store::store;

/// What a figure further down the page draws, all of one moment.
#[derive(Clone, PartialEq)]
struct RunMoment {
    run: Option<Shared<Run>>,
    truth: ShownTruth,
    query: usize,
}

/// What the figures draw, each part followed by itself.
#[derive(Clone, Copy)]
pub struct ShownSignals {
    pub(crate) run: Derived<Option<Shared<Run>>>,
    pub(crate) pattern: Derived<Option<Shared<Pattern>>>,
    pub(crate) truth: Derived<ShownTruth>,
    pub(crate) head: Derived<Head>,
    pub(crate) query: Derived<usize>,
    pub(crate) queries: Derived<Vec<usize>>,
    pub(crate) key: Derived<usize>,
}

impl ShownSignals {
    pub(crate) fn new() -> Self {
        let store = store();
        Self {
            run: store.select(|state: &State| state.frame.subject.run.clone()),
            pattern: store.select(|state: &State| state.attention.pattern(&state.frame.subject)),
            truth: store.select(|state: &State| state.frame.subject.truth.clone()),
            head: store.select(|state: &State| state.frame.subject.head),
            query: store.select(|state: &State| state.attention.query(&state.frame.subject)),
            queries: store.select(|state: &State| state.attention.queries(&state.frame.subject)),
            key: store.select(|state: &State| state.attention.key(&state.frame.subject)),
        }
    }

    /// What figures draw that are about the run alone and further down: it changes in a
    /// task of its own, so that what is further up is not kept waiting.
    pub(crate) fn later(self) -> Self {
        let now = Derived::new(move || RunMoment {
            run: self.run.get(),
            truth: self.truth.get(),
            query: self.query.get(),
        });
        let later = now.delayed();
        Self {
            run: Derived::new(move || later.with(|moment| moment.run.clone())),
            truth: Derived::new(move || later.with(|moment| moment.truth.clone())),
            query: Derived::new(move || later.with(|moment| moment.query)),
            ..self
        }
    }

    /// What the model's language says of the run, if that is known.
    pub(crate) fn known_truth(self) -> Option<Shared<Truth>> {
        self.truth.with(ShownTruth::known)
    }

    /// True where the language's marks stand in a figure, or soon will: `has_marks`
    /// looks for them in the truth that has arrived.
    pub(crate) fn has_truth(self, has_marks: fn(&Truth) -> bool) -> Signal<bool> {
        let is_expected =
            store().select(|state: &State| state.attention.expects_truth(&state.frame));
        Signal::derive(move || match self.known_truth() {
            Some(truth) => has_marks(&truth),
            None => self.truth.get() == ShownTruth::Awaited || is_expected.get(),
        })
    }

    /// True where parts were taken out, so that the figures show the whole model too.
    pub(crate) fn has_clean(self) -> bool {
        self.run
            .with(|run| run.as_ref().is_some_and(|run| run.clean.is_some()))
    }

    /// Run and pattern, if both are there and belong together.
    pub(crate) fn both(self) -> Option<(Shared<Run>, Shared<Pattern>)> {
        let (run, pattern) = (self.run.get()?, self.pattern.get()?);
        (run.seq_len() == pattern.seq_len()).then_some((run, pattern))
    }
}
