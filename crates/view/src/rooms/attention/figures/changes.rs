//! What taking parts out has changed in the answer, in words.

use headlight_figure::number::{percent, perplexity};
use headlight_figure::token::VisibleToken;

use crate::answers::run::Run;
use crate::rooms::attention::words;

/// What taking parts out did to the answer, in one sentence; none for a whole model.
#[must_use]
pub fn difference(run: &Run) -> Option<String> {
    let mut said = answer_difference(run)?;
    let clean = run.clean.as_ref()?;
    if let (Some(clean), Some(now)) = (clean.perplexity, run.perplexity) {
        said += &words::perplexity_moved(&perplexity(clean), &perplexity(now));
    }
    said.push('.');
    Some(said)
}

/// What became of the whole model's first answer, without a full stop.
pub(crate) fn answer_difference(run: &Run) -> Option<String> {
    let clean = run.clean.as_ref()?;
    let first = clean.next.first()?;
    let word = VisibleToken::new(&first.text).quoted();
    let before = percent(first.prob);
    let after = percent(*clean.edited_prob_of_next.first()?);
    Some(if before == after {
        words::answer_stays(&word, &after)
    } else {
        words::answer_moved(&word, &before, &after)
    })
}
