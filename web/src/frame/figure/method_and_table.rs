//! What is behind a figure of any room: how it is computed, seen on request, and its
//! numbers, always in the document.

use headlight_figure::FigureId;
use headlight_figure::table::Table;
use headlight_view::State;
use headlight_view::frame::action::FrameAction;
use headlight_view::frame::command_line::CommandLine;
use headlight_view::frame::figure_words;
use headlight_view::frame::figure_words::MethodText;
use headlight_view::room;
use leptos::html::Div;
use leptos::prelude::*;

use super::embed_code::EmbedCode;
use super::opened_section::OpenedSection;
use super::table::numbers;
use super::value::operated_view;
use crate::derived::{Derived, react};
use crate::store::store;

/// Both, below the figure.
#[component]
pub fn MethodAndTable(
    /// The figure above.
    #[prop(into)]
    figure: FigureId,
    /// How it is computed.
    method: MethodText,
    /// The command that prints the same.
    command: Derived<CommandLine>,
    /// The numbers, once they are there.
    table: Derived<Option<Table>>,
) -> impl IntoView {
    view! {
        <EmbedCode figure/>
        <HowComputed figure method command/>
        <Numbers figure table/>
    }
}

/// The table: nothing to be seen, or a box that scrolls.
#[component]
fn Numbers(figure: FigureId, table: Derived<Option<Table>>) -> impl IntoView {
    let is_open = store().select(move |state: &State| state.frame.numbers == Some(figure));
    let element = NodeRef::<Div>::new();
    react(move || {
        if let (true, Some(element)) = (is_open.get(), element.get()) {
            element.scroll_into_view_with_bool(false);
        }
    });
    let label = figure_words::numbers_of(room::figure_title(figure));
    let numbers = move || table.with(|table| numbers(figure.name(), table.as_ref()));
    view! {
        <div
            node_ref=element
            class=move || if is_open.get() { "scroll" } else { "unseen" }
            role=move || is_open.get().then_some("region")
            aria-label=move || is_open.get().then(|| label.clone())
            tabindex=move || is_open.get().then_some("0")
        ></div>
        {operated_view(element, Box::new(numbers), None)}
    }
}

/// Formula, unit, source, command and code.
#[component]
fn HowComputed(
    figure: FigureId,
    method: MethodText,
    command: Derived<CommandLine>,
) -> impl IntoView {
    let is_open = store().select(move |state: &State| state.frame.method == Some(figure));
    view! {
        <Show when=move || is_open.get()>
            <OpenMethod figure method command/>
        </Show>
    }
}

#[component]
fn OpenMethod(
    figure: FigureId,
    method: MethodText,
    command: Derived<CommandLine>,
) -> impl IntoView {
    let line = move || {
        let CommandLine { line, note } = command.get();
        let note = note.map(|note| view! { <span class="note">{note}</span> });
        view! { <code>{line}</code>{note} }
    };
    let inside = view! {
        <p>{method.meaning}</p>
        <dl>
            <dt>{figure_words::FORMULA}</dt><dd class="number">{method.formula}</dd>
            <dt>{figure_words::UNIT}</dt><dd>{method.unit}</dd>
            <dt>{figure_words::SOURCE}</dt><dd>{method.source}</dd>
            <dt>{figure_words::COMMAND}</dt><dd>{line}</dd>
            <dt>{figure_words::CODE}</dt><dd><code>{method.code}</code></dd>
        </dl>
    };
    view! {
        <OpenedSection
            figure
            class=""
            heading=figure_words::SHOW_METHOD
            hide=figure_words::HIDE_METHOD
            toggle=FrameAction::ToggleMethod
            inside=inside.into_any()
        />
    }
}
