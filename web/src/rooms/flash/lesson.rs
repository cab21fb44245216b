//! The lesson's strip: steps that set the stage above it.

use headlight_view::State;
use headlight_view::frame::lesson_words;
use headlight_view::rooms::flash::{Evidence, FlashAction, FlashTopic, lesson_idea, words};
use leptos::ev::KeyboardEvent;
use leptos::html::Section;
use leptos::prelude::*;

use super::current_step::CurrentStep;
use super::dispatch::act;
use super::{ledger, step_sentence};
use crate::derived::{Derived, react};
use crate::frame::{ClosedStrip, Moves, OpenStrip, Said};
use crate::host;
use crate::store::{Store, store};

/// What reads the step; it gets the focus when the step changes.
const TEXT: &str = "flash-lesson-text";
/// What a step lights up.
const BEAM: &str = "[data-figure='flash.stage'] .beam";
/// The stage; where it stands in one column, the matrix is its lower end.
const STAGE: &str = "[data-figure='flash.stage']";
/// The rows of the ledger.
const LEDGER: &str = "[data-figure='flash.ledger'] .text-table";
/// The button that opens the strip.
const START: &str = "flash-lesson-start";

/// The strip, open or closed.
#[component]
pub fn Lesson(now: CurrentStep) -> impl IntoView {
    let store = store();
    let step = store.select(|state: &State| state.flash.lesson);
    let strip = NodeRef::<Section>::new();
    let is_open = Derived::new(move || step.get().is_some());
    react(move || {
        let is_there = now.player().is_some();
        if is_there && store.peek(|state| state.flash.lesson.is_some()) {
            act(store, FlashAction::SettleLesson);
        }
    });
    view! {
        <section class="learn" node_ref=strip class:open=move || is_open.get() aria-label=lesson_words::LEARN_STRIP>
            <Show when=move || is_open.get() fallback=move || view! { <Closed strip/> }>
                <Open strip now/>
            </Show>
        </section>
    }
}

/// Does something of the lesson; then the step's text has the focus, and what answers its
/// question is seen above `strip`.
fn turn(store: Store, strip: NodeRef<Section>, action: FlashAction) {
    act(store, action);
    host::once_drawn(move || {
        host::focus_in_place(TEXT);
        if let Some(strip) = strip.get_untracked() {
            let step = store.peek(|state| state.flash.lesson).unwrap_or_default();
            let (id, figure) = match FlashTopic::ALL[step.min(FlashTopic::ALL.len() - 1)].evidence()
            {
                Evidence::Chip => (step_sentence::SAYS, BEAM),
                Evidence::Matrix => (step_sentence::SAYS, STAGE),
                Evidence::Ledger => (ledger::TITLE, LEDGER),
            };
            host::bring_up(id, figure, &strip);
        }
    });
}

fn leave(store: Store) {
    act(store, FlashAction::LeaveLesson);
    host::once_drawn(|| host::focus_in_place(START));
}

#[component]
fn Closed(strip: NodeRef<Section>) -> impl IntoView {
    let store = store();
    let n = FlashTopic::ALL.len();
    let left = store.select(|state: &State| state.flash.lesson_left);
    let has_begun = Derived::new(move || left.get() > 0 && left.get() + 1 < n);
    let length = move || {
        if has_begun.get() {
            lesson_words::step_of(left.get() + 1, n)
        } else {
            lesson_words::n_steps(n)
        }
    };
    view! {
        <ClosedStrip
            lesson=words::LESSON
            id=START
            length=Signal::derive(length)
            has_begun=Signal::derive(move || has_begun.get())
            open=Callback::new(move |()| turn(store, strip, FlashAction::OpenLesson))
        />
    }
}

#[component]
fn Open(strip: NodeRef<Section>, now: CurrentStep) -> impl IntoView {
    let store = store();
    let step = store.select(|state: &State| state.flash.lesson.unwrap_or(0));
    let topic = move || FlashTopic::ALL[step.get().min(FlashTopic::ALL.len() - 1)];
    let is_revealed = store.select(|state: &State| state.flash.is_revealed);
    let idea = store.select(|state: &State| lesson_idea(&state.flash));
    let answer = move || {
        let topic = topic();
        is_revealed
            .get()
            .then(|| now.shown())
            .flatten()
            .map(|(player, moment)| topic.answer(&player, &moment))
    };
    let said = Said {
        name: Signal::derive(move || lesson_words::step_name(step.get() + 1, topic().title())),
        idea: Signal::derive(move || idea.get()),
        question: Signal::derive(move || topic().question().to_owned()),
        answer: Signal::derive(answer),
        is_revealed,
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            leave(store);
        }
    };
    let moves = Moves {
        go: Callback::new(move |step| turn(store, strip, FlashAction::LessonStep(step))),
        reveal: Callback::new(move |()| act(store, FlashAction::RevealAnswer)),
        leave: Callback::new(move |()| leave(store)),
        on_key: Callback::new(on_key),
    };
    let titles = FlashTopic::ALL.map(FlashTopic::title).to_vec();
    view! { <OpenStrip id=TEXT titles step said moves/> }
}
