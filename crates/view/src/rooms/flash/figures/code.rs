//! The algorithm as it is printed, with the line that runs.

use headlight_flash::pseudo_code;

use crate::rooms::flash::player::{Moment, Player};

/// A line of pseudo-code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeLine {
    /// How deep it stands in loops.
    pub depth: usize,
    /// The line.
    pub text: &'static str,
    /// True for the line that the step carried out.
    pub is_now: bool,
}

/// The algorithm's lines.
#[must_use]
pub fn lines_of(player: &Player, moment: &Moment) -> Vec<CodeLine> {
    let now = moment.event.map(|event| event.line);
    let lines = pseudo_code(player.schedule().method());
    let is_causal = player.schedule().problem().is_causal;
    let line = |(index, line): (usize, headlight_flash::PseudoLine)| CodeLine {
        depth: line.depth,
        text: line.text,
        is_now: now == Some(index),
    };
    let hides = |line: &CodeLine| line.text == headlight_flash::MASK_LINE;
    let lines = lines.into_iter().enumerate().map(line);
    lines.filter(|line| is_causal || !hides(line)).collect()
}
