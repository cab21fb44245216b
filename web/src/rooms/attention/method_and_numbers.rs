//! What is behind a figure of the Attention room: its numbers, and how it is computed.

use headlight_view::State;
use headlight_view::rooms::attention::catalogue;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::command::command_line;
use headlight_view::rooms::attention::tables::TableSource;
use leptos::prelude::*;

use super::module::AttentionModule;
use crate::derived::{Derived, Local};
use crate::frame::figure::MethodAndTable;
use crate::second_module::view_when_loaded;
use crate::store::{Store, store};

/// Method and numbers below the figure, once the module that draws them is there.
#[component]
pub fn Behind(figure: AttentionFigure) -> impl IntoView {
    view_when_loaded(|module: &AttentionModule| module.behind, figure)
}

/// The method and the numbers of a figure.
#[component]
pub fn MethodAndNumbers(figure: AttentionFigure) -> impl IntoView {
    let command =
        store().select(move |state: &State| command_line(&state.attention, &state.frame, figure));
    let sources: TableSources = expect_context();
    let source = Derived::new(move || sources.of(figure));
    let table = Derived::new(move || source.with(|source| Some(source.as_ref()?.table())));
    view! { <MethodAndTable figure method=catalogue::method(figure) command table/> }
}

/// What the tables are made from: all of one moment, a moment after the figures.
///
/// Tables are rarely seen. Made in a task of their own they do not keep a figure
/// waiting; made all at once they never tell of two prompts.
#[derive(Clone, Copy)]
pub struct TableSources(Local<Vec<(AttentionFigure, TableSource)>>);

impl TableSources {
    /// Follows the state.
    pub fn new(store: Store) -> Self {
        let now = store.select(|state: &State| -> Vec<(AttentionFigure, TableSource)> {
            let source = |figure: AttentionFigure| {
                Some((
                    figure,
                    TableSource::new(&state.attention, &state.frame, figure)?,
                ))
            };
            AttentionFigure::ALL
                .into_iter()
                .filter_map(source)
                .collect()
        });
        Self(now.delayed())
    }

    fn of(self, figure: AttentionFigure) -> Option<TableSource> {
        self.0.with(|all| {
            let found = all.iter().find(|(of, _)| *of == figure);
            found.map(|(_, source)| source.clone())
        })
    }
}
