//! The algorithm as pseudo-code beside the stage, with the line that runs.

use headlight_view::rooms::flash::{CodeLine, lines_of, words};

use super::current_step::CurrentStep;
use crate::draw::{Node, el, reactive};

/// The lines of the algorithm that is played.
pub fn pseudo_code(now: CurrentStep) -> Node {
    let line = |line: CodeLine| {
        let now = if line.is_now { " now" } else { "" };
        let item = el("li")
            .class(format!("depth-{}{now}", line.depth))
            .add(line.text);
        if line.is_now {
            item.set("aria-current", "step")
        } else {
            item
        }
    };
    let lines = reactive(move || {
        let lines = now
            .shown()
            .map(|(player, moment)| lines_of(&player, &moment));
        let lines = lines.unwrap_or_default();
        el("ol").all(lines.into_iter().map(line)).into()
    });
    el("section")
        .class("code")
        .set("data-figure", "flash.code")
        .add(el("h2").add(words::CODE))
        .add(lines)
        .into()
}
