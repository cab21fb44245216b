//! The tables behind the figures: always in the document, seen on request.

use headlight_view::table::{Link, PatternTable};
use headlight_view::{Action, Figure, State, text};
use leptos::html::Div;
use leptos::prelude::*;

use super::Shown;
use crate::store::store;

/// Head of a column.
pub type Column = &'static str;

/// Shows or hides the table behind a figure.
#[component]
pub fn NumbersButton(figure: Figure) -> impl IntoView {
    let store = store();
    let is_open = store.select(move |state: &State| state.numbers == Some(figure));
    view! {
        <button
            type="button"
            class="button quiet small"
            aria-pressed=move || is_open.get().to_string()
            on:click=move |_| store.dispatch(Action::ToggleNumbers(figure))
        >
            <svg class="stroke" viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
                <path d="M0.5 1.5 H9.5 V8.5 H0.5 Z M0.5 4 H9.5 M4 1.5 V8.5"/>
            </svg>
            {text::SHOW_NUMBERS}
        </button>
    }
}

/// What is around a table: nothing to be seen, or a box that scrolls.
#[component]
fn Frame(figure: Figure, label: &'static str, children: Children) -> impl IntoView {
    let is_open = store().select(move |state: &State| state.numbers == Some(figure));
    let element = NodeRef::<Div>::new();
    Effect::new(move |_| {
        if let (true, Some(element)) = (is_open.get(), element.get()) {
            element.scroll_into_view_with_bool(false);
        }
    });
    view! {
        <div
            node_ref=element
            class=move || if is_open.get() { "scroll" } else { "unseen" }
            role=move || is_open.get().then_some("region")
            aria-label=move || is_open.get().then_some(label)
            tabindex=move || is_open.get().then_some("0")
        >
            {children()}
        </div>
    }
}

/// A table whose first column heads its rows.
#[component]
pub fn NumbersTable(
    figure: Figure,
    caption: &'static str,
    #[prop(into)] columns: Signal<Vec<Column>>,
    #[prop(into)] rows: Signal<Vec<Vec<String>>>,
) -> impl IntoView {
    let heads = move || {
        let head = |column| view! { <th scope="col">{column}</th> };
        columns.get().into_iter().map(head).collect_view()
    };
    // A column without a head is one whose numbers are not known.
    let row = |n_columns: usize, cells: Vec<String>| {
        let mut cells = cells.into_iter().take(n_columns);
        let first = cells.next();
        let rest = cells.map(|cell| view! { <td>{cell}</td> }).collect_view();
        view! { <tr><th scope="row">{first}</th>{rest}</tr> }
    };
    let body = move || {
        let n_columns = columns.with(Vec::len);
        let rows = rows.get().into_iter().map(|cells| row(n_columns, cells));
        rows.collect_view()
    };
    view! {
        <Frame figure label=caption>
            <table class="numbers" data-for=figure.name()>
                <caption>{caption}</caption>
                <thead><tr>{heads}</tr></thead>
                <tbody>{body}</tbody>
            </table>
        </Frame>
    }
}

/// The table behind the map.
#[component]
pub fn PatternNumbers(shown: Shown) -> impl IntoView {
    let table = Memo::new(move |_| {
        let (run, pattern) = shown.both()?;
        let is_whole = run.seq_len() <= headlight_view::matrix::MAX_CELLS;
        // A whole matrix does not depend on what is selected.
        let (query, key) = if is_whole {
            (0, 0)
        } else {
            (shown.query.get(), shown.key.get())
        };
        Some(PatternTable::new(&run.tokens, &pattern, query, key))
    });
    let content = move || {
        Some(match table.get()? {
            PatternTable::Whole { tokens, rows } => whole(tokens, rows).into_any(),
            PatternTable::Links { caption, links } => strongest(caption, links).into_any(),
        })
    };
    view! {
        <Frame figure=Figure::Pattern label=text::MAP_ROLE>
            <table class="numbers" data-for=Figure::Pattern.name()>{content}</table>
        </Frame>
    }
}

fn whole(tokens: Vec<String>, rows: Vec<Vec<String>>) -> impl IntoView {
    let heads = tokens.clone().into_iter();
    let heads = heads.map(|token| view! { <th scope="col">{token}</th> });
    let body = tokens.into_iter().zip(rows).map(|(token, row)| {
        let cells = row.into_iter().map(|weight| view! { <td>{weight}</td> });
        let cells = cells.collect_view();
        view! { <tr><th scope="row">{token}</th>{cells}</tr> }
    });
    view! {
        <caption>{text::MAP_ROLE}</caption>
        <thead>
            <tr><th scope="col">{text::QUERY}</th>{heads.collect_view()}</tr>
        </thead>
        <tbody>{body.collect_view()}</tbody>
    }
}

fn strongest(caption: String, links: Vec<Link>) -> impl IntoView {
    let row = |link: Link| {
        let named = |(pos, token): (String, String)| format!("{pos}: {token}");
        view! {
            <tr>
                <th scope="row">{link.part}</th>
                <td>{named(link.query)}</td>
                <td>{named(link.key)}</td>
                <td>{link.weight}</td>
            </tr>
        }
    };
    view! {
        <caption>{caption}</caption>
        <thead>
            <tr>
                <th scope="col">{text::PART}</th>
                <th scope="col">{text::QUERY}</th>
                <th scope="col">{text::KEY}</th>
                <th scope="col">{text::WEIGHT}</th>
            </tr>
        </thead>
        <tbody>{links.into_iter().map(row).collect_view()}</tbody>
    }
}
