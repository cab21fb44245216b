//! What is behind a figure: its numbers, always in the document and seen on request,
//! and how it is computed.

use headlight_view::command::{CommandLine, command_line};
use headlight_view::data::{Source, Table};
use headlight_view::{Action, Figure, State, text};
use leptos::html::{Div, Section};
use leptos::prelude::*;

use super::more;
use crate::further::drawn;
use crate::host;
use crate::store::{Store, store};

/// Both, below the figure.
#[component]
pub fn Behind(figure: Figure) -> impl IntoView {
    drawn(|further| further.behind, figure)
}

/// The same, once the module that draws it is there.
#[component]
pub fn MethodAndNumbers(figure: Figure) -> impl IntoView {
    view! {
        <Method figure/>
        <Numbers figure/>
    }
}

/// What the tables are made from: all of one moment, a moment after the figures.
///
/// Tables are rarely seen. Made in a task of their own they do not keep a figure
/// waiting; made all at once they never tell of two prompts.
#[derive(Clone, Copy)]
pub struct Sources(ReadSignal<Vec<(Figure, Source)>>);

impl Sources {
    /// Follows the state.
    pub fn follow(store: Store) -> Self {
        let now = store.select(|state: &State| -> Vec<(Figure, Source)> {
            let source = |figure: Figure| Some((figure, Source::new(state, figure)?));
            Figure::ALL.into_iter().filter_map(source).collect()
        });
        Self(host::followed_later(now))
    }

    fn of(self, figure: Figure) -> Option<Source> {
        self.0.with(|all| {
            let found = all.iter().find(|(of, _)| *of == figure);
            found.map(|(_, source)| source.clone())
        })
    }
}

/// The table: nothing to be seen, or a box that scrolls.
#[component]
fn Numbers(figure: Figure) -> impl IntoView {
    let store = store();
    let is_open = store.select(move |state: &State| state.numbers == Some(figure));
    let sources: Sources = expect_context();
    let source = Memo::new(move |_| sources.of(figure));
    let table = Memo::new(move |_| source.with(|source| Some(source.as_ref()?.table())));
    let element = NodeRef::<Div>::new();
    Effect::new(move |_| {
        if let (true, Some(element)) = (is_open.get(), element.get()) {
            element.scroll_into_view_with_bool(false);
        }
    });
    let label = text::numbers_of(text::figure_title(figure));
    view! {
        <div
            node_ref=element
            class=move || if is_open.get() { "scroll" } else { "unseen" }
            role=move || is_open.get().then_some("region")
            aria-label=move || is_open.get().then(|| label.clone())
            tabindex=move || is_open.get().then_some("0")
        >
            <table class="numbers" data-for=figure.name()>{move || table.get().map(draw)}</table>
        </div>
    }
}

fn draw(table: Table) -> impl IntoView {
    let head =
        |column: headlight_view::column::Column| view! { <th scope="col">{column.name}</th> };
    let heads = table.columns.into_iter().map(head).collect_view();
    let row = |cells: Vec<String>| {
        let mut cells = cells.into_iter();
        let first = cells.next();
        let rest = cells.map(|cell| view! { <td>{cell}</td> }).collect_view();
        view! { <tr><th scope="row">{first}</th>{rest}</tr> }
    };
    let body = table.rows.into_iter().map(row).collect_view();
    view! {
        <caption>{table.caption}</caption>
        <thead><tr>{heads}</tr></thead>
        <tbody>{body}</tbody>
    }
}

/// Formula, unit, source, command and code.
#[component]
fn Method(figure: Figure) -> impl IntoView {
    let is_open = store().select(move |state: &State| state.method == Some(figure));
    view! {
        <Show when=move || is_open.get()>
            <OpenMethod figure/>
        </Show>
    }
}

#[component]
fn OpenMethod(figure: Figure) -> impl IntoView {
    let store = store();
    let command = store.select(move |state: &State| command_line(state, figure));
    let element = NodeRef::<Section>::new();
    Effect::new(move |_| {
        if let Some(element) = element.get() {
            element.scroll_into_view_with_bool(false);
        }
    });
    let close = move |_| {
        host::focus(&more::opener(figure));
        store.dispatch(Action::ToggleMethod(figure));
    };
    let of = text::method(figure);
    let line = move || {
        let CommandLine { line, note } = command.get();
        let note = note.map(|note| view! { <span class="note">{note}</span> });
        view! { <code>{line}</code>{note} }
    };
    view! {
        <section class="method" aria-label=text::SHOW_METHOD node_ref=element>
            <div class="heading">
                <h4>{text::SHOW_METHOD}</h4>
                <button type="button" class="button quiet small icon" aria-label=text::HIDE_METHOD title=text::HIDE_METHOD on:click=close>
                    <svg class="stroke" viewBox="0 0 8 8" width="8" height="8" aria-hidden="true"><path d="M1 1 L7 7 M7 1 L1 7"/></svg>
                </button>
            </div>
            <p>{of.meaning}</p>
            <dl>
                <dt>{text::FORMULA}</dt><dd class="number">{of.formula}</dd>
                <dt>{text::UNIT}</dt><dd>{of.unit}</dd>
                <dt>{text::SOURCE}</dt><dd>{of.source}</dd>
                <dt>{text::COMMAND}</dt><dd>{line}</dd>
                <dt>{text::CODE}</dt><dd><code>{of.code}</code></dd>
            </dl>
        </section>
    }
}
