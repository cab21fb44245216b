//! The lesson's strip at the bottom: steps that drive the figures above it.

use headlight_view::State;
use headlight_view::frame::action::FrameAction;
use headlight_view::frame::lesson_words;
use headlight_view::rooms::attention::action::AttentionAction;
use headlight_view::rooms::attention::lesson::{LessonStrip, Target, Topic};
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;

use super::module::AttentionModule;
use crate::derived::{Derived, react};
use crate::frame::{ClosedStrip, Moves, OpenStrip, Said};
use crate::host;
use crate::second_module::view_or_placeholder;
use crate::store::{Store, store};

/// What reads the step; it gets the focus when the step changes.
const TEXT: &str = "learn-text";
/// The button that opens the strip.
const START: &str = "learn-start";

/// The strip, open or closed.
#[component]
pub fn Lesson() -> impl IntoView {
    let store = store();
    let is_open = store.select(|state: &State| state.attention.learning.is_open);
    let element = NodeRef::<html::Section>::new();
    let act = Act { store, element };
    view! {
        <section class="learn" class:open=move || is_open.get() aria-label=lesson_words::LEARN_STRIP node_ref=element>
            <Show when=move || is_open.get() fallback=move || view! { <Closed act/> }>
                {view_or_placeholder(|module: &AttentionModule| module.lesson, element, None)}
            </Show>
        </section>
    }
}

/// Moves through the lesson, and takes focus and view along.
#[derive(Clone, Copy)]
struct Act {
    store: Store,
    element: NodeRef<html::Section>,
}

impl Act {
    /// Does `action`; then the step's text has the focus and its figure is seen.
    fn turn(self, action: AttentionAction) {
        self.store.dispatch(action);
        host::once_drawn(|| host::focus_in_place(TEXT));
        host::once_figures_are_drawn(move || self.bring_up());
    }

    /// Scrolls to what the step is about, unless it is seen.
    fn bring_up(self) {
        let (id, figure) = place(
            self.store
                .peek(|state| state.attention.learning.topic().place()),
        );
        if let Some(strip) = self.element.get_untracked() {
            host::bring_up(id, figure, &strip);
        }
    }

    fn leave(self) {
        self.store.dispatch(AttentionAction::LeaveLearn);
        host::once_drawn(|| host::focus_in_place(START));
    }

    /// The step before or after, if there is one.
    fn turn_by(self, by: isize) {
        let step = self.store.peek(|state| state.attention.learning.step);
        let to = step.checked_add_signed(by);
        if let Some(to) = to.filter(|to| *to < Topic::ALL.len()) {
            self.turn(AttentionAction::LearnStep(to));
        }
    }
}

/// Name in the document of what a step is about, and what of it must be seen.
const fn place(place: Target) -> (&'static str, &'static str) {
    match place {
        Target::Prompt => ("prompt", ".tokens"),
        Target::Stage => ("map-title", ".stage :is(.map, .steps > .drawn)"),
        Target::Heads => ("heads", "#heads [role=radiogroup]"),
        Target::Next => ("next-title", "[data-figure='attention.next'] .drawn"),
    }
}

#[component]
fn Closed(act: Act) -> impl IntoView {
    let begun = act.store.select(|state: &State| {
        let learning = &state.attention.learning;
        (learning.step > 0 && !learning.is_at_end()).then_some(learning.step + 1)
    });
    let is_over = act
        .store
        .select(|state: &State| state.attention.learning.is_at_end());
    let n = Topic::ALL.len();
    let length = move || match begun.get() {
        Some(step) => lesson_words::step_of(step, n),
        None if is_over.get() => lesson_words::AFTER_LESSON.to_owned(),
        None => lesson_words::n_steps(n),
    };
    view! {
        <ClosedStrip
            lesson=lesson_words::LESSON
            id=START
            length=Signal::derive(length)
            has_begun=Signal::derive(move || begun.get().is_some())
            open=Callback::new(move |()| act.turn(AttentionAction::OpenLearn))
        />
    }
}

/// The strip, open; `element` is the strip itself.
#[component]
pub fn OpenLesson(element: NodeRef<html::Section>) -> impl IntoView {
    let store = store();
    let act = Act { store, element };
    let strip = act
        .store
        .select(|state: &State| state.attention.strip(&state.frame));
    let turn = act.store.select(|state: &State| {
        (
            state.attention.learning.step,
            state.attention.learning.is_revealed,
        )
    });
    react(move || {
        turn.with(|_| ());
        if let Some(said) = act
            .store
            .peek(|state: &State| state.attention.strip_spoken(&state.frame))
        {
            act.store.dispatch(FrameAction::Announce(said));
        }
    });
    // Whoever comes by a link to a step sees what it is about.
    let has_run = act
        .store
        .select(|state: &State| state.frame.subject.run.is_some());
    react(move || {
        if has_run.get() {
            host::once_figures_are_drawn(move || act.bring_up());
        }
    });
    let of = move |part: fn(&LessonStrip) -> &String| {
        Signal::derive(move || {
            strip.with(|strip| strip.as_ref().map(part).cloned().unwrap_or_default())
        })
    };
    let answer = move || strip.with(|strip| strip.as_ref().and_then(|strip| strip.answer.clone()));
    let is_revealed = Derived::new(move || answer().is_some());
    let is_astray = Derived::new(move || strip.with(|s| s.as_ref().is_some_and(|s| s.is_astray)));
    let step = Derived::new(move || strip.with(|strip| strip.as_ref().map_or(0, |s| s.step)));
    let said = Said {
        name: Signal::derive(move || lesson_words::step_of(step.get() + 1, Topic::ALL.len())),
        idea: of(|strip| &strip.idea),
        question: of(|strip| &strip.question),
        answer: Signal::derive(answer),
        is_revealed,
    };
    let reveal = move |()| {
        act.store.dispatch(AttentionAction::RevealAnswer);
        host::once_drawn(|| host::focus_in_place(TEXT));
        // The answer takes room from the figure.
        host::once_figures_are_drawn(move || act.bring_up());
    };
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowLeft" => act.turn_by(-1),
        "ArrowRight" => act.turn_by(1),
        _ => {}
    };
    let moves = Moves {
        go: Callback::new(move |step| act.turn(AttentionAction::LearnStep(step))),
        reveal: Callback::new(reveal),
        leave: Callback::new(move |()| act.leave()),
        on_key: Callback::new(on_key),
    };
    let titles = Topic::ALL.map(Topic::title).to_vec();
    view! {
        <OpenStrip id=TEXT titles step said moves>
            <Show when=move || is_astray.get()>
                <button type="button" class="button" on:click=move |_| act.turn(AttentionAction::RepeatStep)>
                    {lesson_words::REPEAT_STEP}
                </button>
            </Show>
        </OpenStrip>
    }
}
