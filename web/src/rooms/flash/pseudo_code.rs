//! The algorithm as pseudo-code beside the stage, with the line that runs.

use headlight_view::rooms::flash::{CodeLine, lines_of, words};
use leptos::prelude::*;

use super::current_step::CurrentStep;
use crate::controls::{value_of, view_of};
use crate::derived::Derived;

/// The lines of the algorithm that is played. From step to step the lines stay, and the
/// mark goes from one to another.
pub fn pseudo_code(now: CurrentStep) -> AnyView {
    let lines = Derived::new(move || {
        let shown = now.shown();
        let lines = shown.map(|(player, moment)| lines_of(&player, &moment));
        lines.unwrap_or_default()
    });
    let unmarked = Derived::new(move || {
        let unmarked = |line: &CodeLine| (line.depth, line.text);
        lines.with(|lines| lines.iter().map(unmarked).collect::<Vec<_>>())
    });
    let line = move |(at, (depth, text)): (usize, (usize, &'static str))| {
        let is_now =
            Derived::new(move || lines.with(|lines| lines.get(at).is_some_and(|line| line.is_now)));
        view! {
            <li
                class=format!("depth-{depth}")
                class:now=move || is_now.get()
                aria-current=value_of(move || is_now.get().then(|| "step".to_owned()))
            >
                {text}
            </li>
        }
    };
    let all = move || {
        let all = unmarked.get().into_iter().enumerate();
        Some(all.map(line).collect_view().into_any())
    };
    view! {
        <section class="code" data-figure="flash.code">
            <h2>{words::CODE}</h2>
            <ol>{view_of(all)}</ol>
        </section>
    }
    .into_any()
}
