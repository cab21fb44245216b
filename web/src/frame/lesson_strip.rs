//! A lesson's strip, closed and open, as every room draws it.

use headlight_view::frame::lesson_words;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use crate::derived::Derived;

/// The strip, closed: what the lesson asks, how long it is, and the way in.
#[component]
pub fn ClosedStrip(
    /// What the lesson asks.
    lesson: &'static str,
    /// Name in the document of the button that opens it.
    id: &'static str,
    /// Length of the lesson, or where it was left.
    #[prop(into)]
    length: Signal<String>,
    /// True if it was left in its midst.
    #[prop(into)]
    has_begun: Signal<bool>,
    /// Opens it.
    open: Callback<()>,
) -> impl IntoView {
    let label = move || {
        if has_begun.get() {
            lesson_words::CONTINUE
        } else {
            lesson_words::START
        }
    };
    view! {
        <h2 class="small">{lesson_words::LEARN}</h2>
        <p class="lesson">{lesson}</p>
        <span class="label">{length}</span>
        <button type="button" class="button small" id=id on:click=move |_| open.run(())>{label}</button>
    }
}

/// What a step says.
#[derive(Clone, Copy)]
pub struct Said {
    /// What a screen reader calls the step.
    pub name: Signal<String>,
    /// Its idea.
    pub idea: Signal<String>,
    /// A question whose answer the figure shows.
    pub question: Signal<String>,
    /// The answer, once it was asked for.
    pub answer: Signal<Option<String>>,
    /// True once it was.
    pub is_revealed: Derived<bool>,
}

/// What a visitor can do with a step.
#[derive(Clone, Copy)]
pub struct Moves {
    /// Goes to a step, from 0.
    pub go: Callback<usize>,
    /// Shows the answer.
    pub reveal: Callback<()>,
    /// Leaves the lesson.
    pub leave: Callback<()>,
    /// Hears the keys that are pressed while the text has the focus.
    pub on_key: Callback<KeyboardEvent>,
}

impl Moves {
    /// Goes to the step after this one, or leaves the last.
    fn go_on(self, step: usize, n: usize) {
        if step + 1 < n {
            self.go.run(step + 1);
        } else {
            self.leave.run(());
        }
    }
}

/// The strip, open at a step.
#[component]
pub fn OpenStrip(
    /// Name in the document of what reads the step.
    id: &'static str,
    /// The steps.
    titles: Vec<&'static str>,
    /// Index of the step, from 0.
    step: Derived<usize>,
    /// Texts of the step.
    said: Said,
    /// What can be done.
    moves: Moves,
    /// More to be done, after the answer.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let n = titles.len();
    let titles = StoredValue::new(titles);
    let title = move || titles.with_value(|titles| titles.get(step.get()).copied());
    let is_last = move || step.get() + 1 >= n;
    let go_back = move |_| {
        if let Some(before) = step.get_untracked().checked_sub(1) {
            moves.go.run(before);
        }
    };
    let answer = move || said.answer.get();
    view! {
        <Dashes titles step go=moves.go/>
        <div
            class="text"
            id=id
            tabindex="0"
            role="group"
            aria-label=move || said.name.get()
            on:keydown=move |event| moves.on_key.run(event)
        >
            <h2 class="small">{title}</h2>
            <p>{move || said.idea.get()}" "<span class="question">{move || said.question.get()}</span></p>
            {move || answer().map(|answer| view! { <p class="answer">{answer}</p> })}
        </div>
        <div class="moves">
            <Show when=move || !said.is_revealed.get()>
                <button type="button" class="button" on:click=move |_| moves.reveal.run(())>{lesson_words::SHOW_ANSWER}</button>
            </Show>
            {children.map(|children| children())}
            <button type="button" class="button quiet" disabled=move || step.get() == 0 on:click=go_back>
                {lesson_words::BACK}
            </button>
            <button type="button" class="button" on:click=move |_| moves.go_on(step.get_untracked(), n)>
                {move || if is_last() { lesson_words::FINISH } else { lesson_words::NEXT }}
            </button>
            <button type="button" class="button quiet" on:click=move |_| moves.leave.run(())>{lesson_words::LEAVE}</button>
        </div>
    }
}

/// A dash for each step, to go there.
#[component]
fn Dashes(
    titles: StoredValue<Vec<&'static str>>,
    step: Derived<usize>,
    go: Callback<usize>,
) -> impl IntoView {
    let dash = move |(index, title): (usize, &'static str)| {
        let name = lesson_words::step_name(index + 1, title);
        view! {
            <li>
                <button
                    type="button"
                    class:done=move || index < step.get()
                    aria-label=name.clone()
                    title=name
                    aria-current=move || (step.get() == index).then_some("step")
                    on:click=move |_| go.run(index)
                ></button>
            </li>
        }
    };
    let dashes = titles.get_value().into_iter().enumerate().map(dash);
    view! { <ol class="dashes" aria-label=lesson_words::LESSON_STEPS>{dashes.collect_view()}</ol> }
}
