//! The lesson's strip: steps that set the stage above it.

use headlight_view::flash::{FlashAction, FlashTopic, words};
use headlight_view::{State, text};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::act;
use super::now::Now;
use crate::host;
use crate::store::{Store, store};

/// What reads the step; it gets the focus when the step changes.
const TEXT: &str = "flash-lesson-text";
/// The button that opens the strip.
const START: &str = "flash-lesson-start";

/// The strip, open or closed.
#[component]
pub fn Lesson() -> impl IntoView {
    let store = store();
    let now: Now = expect_context();
    let step = store.select(|state: &State| state.flash.lesson);
    let is_open = Memo::new(move |_| step.get().is_some());
    let played = now.played();
    Effect::new(move |_| {
        let is_there = played.with(Result::is_ok);
        if is_there && store.peek(|state| state.flash.lesson.is_some()) {
            act(store, FlashAction::SettleLesson);
        }
    });
    view! {
        <section class="learn" class:open=move || is_open.get() aria-label=text::LEARN_STRIP>
            <Show when=move || is_open.get() fallback=|| view! { <Closed/> }>
                <Open/>
            </Show>
        </section>
    }
}

/// Does something of the lesson; then the step's text has the focus.
fn turn(store: Store, action: FlashAction) {
    act(store, action);
    host::once_drawn(|| host::focus_in_place(TEXT));
}

fn leave(store: Store) {
    act(store, FlashAction::LeaveLesson);
    host::once_drawn(|| host::focus_in_place(START));
}

#[component]
fn Closed() -> impl IntoView {
    let store = store();
    let n = FlashTopic::ALL.len();
    let left = store.select(|state: &State| state.flash.lesson_left);
    let has_begun = move || left.get() > 0 && left.get() + 1 < n;
    let length = move || {
        if has_begun() {
            text::step_of(left.get() + 1, n)
        } else {
            text::n_steps(n)
        }
    };
    let label = move || {
        if has_begun() {
            text::CONTINUE
        } else {
            text::START
        }
    };
    view! {
        <h2 class="small">{text::LEARN}</h2>
        <p class="lesson">{words::LESSON}</p>
        <span class="label">{length}</span>
        <button type="button" class="button small" id=START on:click=move |_| turn(store, FlashAction::OpenLesson)>
            {label}
        </button>
    }
}

#[component]
fn Open() -> impl IntoView {
    let store = store();
    let now: Now = expect_context();
    let step = store.select(|state: &State| state.flash.lesson.unwrap_or(0));
    let topic = move || FlashTopic::ALL[step.get().min(FlashTopic::ALL.len() - 1)];
    let is_last = move || step.get() + 1 >= FlashTopic::ALL.len();
    let is_revealed = store.select(|state: &State| state.flash.is_revealed);
    let answer = move || {
        let topic = topic();
        is_revealed
            .get()
            .then(|| now.player_and_moment(|player, moment| topic.answer(player, moment)))
            .flatten()
    };
    let next = move |_| {
        if is_last() {
            leave(store);
        } else {
            turn(store, FlashAction::LessonStep(step.get_untracked() + 1));
        }
    };
    let go_back = move |_| {
        if let Some(before) = step.get_untracked().checked_sub(1) {
            turn(store, FlashAction::LessonStep(before));
        }
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            leave(store);
        }
    };
    let name = move || text::step_name(step.get() + 1, topic().title());
    view! {
        <Dashes step/>
        <div class="text" id=TEXT tabindex="0" role="group" aria-label=name on:keydown=on_key>
            <h2 class="small">{move || topic().title()}</h2>
            <p>{move || topic().idea()}" "<span class="question">{move || topic().question()}</span></p>
            {move || answer().map(|answer| view! { <p class="answer">{answer}</p> })}
        </div>
        <div class="moves">
            <Show when=move || !is_revealed.get()>
                <button type="button" class="button" on:click=move |_| act(store, FlashAction::RevealAnswer)>
                    {text::SHOW_ANSWER}
                </button>
            </Show>
            <button type="button" class="button quiet" disabled=move || step.get() == 0 on:click=go_back>
                {text::BACK}
            </button>
            <button type="button" class="button" on:click=next>
                {move || if is_last() { text::FINISH } else { text::NEXT }}
            </button>
            <button type="button" class="button quiet" on:click=move |_| leave(store)>{text::LEAVE}</button>
        </div>
    }
}

/// A dash for each step, to go there.
#[component]
fn Dashes(step: Memo<usize>) -> impl IntoView {
    let store = store();
    let dash = move |(index, topic): (usize, &FlashTopic)| {
        let name = text::step_name(index + 1, topic.title());
        view! {
            <li>
                <button
                    type="button"
                    class:done=move || index < step.get()
                    aria-label=name.clone()
                    title=name
                    aria-current=move || (step.get() == index).then_some("step")
                    on:click=move |_| turn(store, FlashAction::LessonStep(index))
                ></button>
            </li>
        }
    };
    let dashes = FlashTopic::ALL.iter().enumerate().map(dash).collect_view();
    view! { <ol class="dashes" aria-label=text::LESSON_STEPS>{dashes}</ol> }
}
