//! The words of the Attention room's instruments: atlas, views, ablation, sampling,
//! lens, norms, attribution.

use std::ops::Range;

use super::{head_name, head_title};
use crate::ablation::{Ablation, Filler, Part};
use crate::attention::View;
use crate::run::Head;

/// Name of the switch between the figures of a head.
pub const VIEWS: &str = "Ways to look at this head";
/// A way to draw the selected head.
#[must_use]
pub const fn view_name(view: View) -> &'static str {
    match view {
        View::Map => "Map",
        View::Change => "Change",
        View::Lines => "Lines",
        View::Steps => "One row",
    }
}
/// Label of the order of the heads.
pub const SORT: &str = "sort";
/// Name of the list of changes.
pub const CHANGES: &str = "Taken out of the model";
/// Takes a head out.
pub const ABLATE: &str = "Take this head out";
/// The same where several heads are shown together.
#[must_use]
pub fn ablate_one(head: Head) -> String {
    format!("Take {} out", head_name(head))
}
/// Puts it back.
pub const RESTORE: &str = "Put this head back";
/// Puts everything back.
pub const RESTORE_ALL: &str = "Put all back";
/// What ablation is for.
pub const ABOUT_ABLATION: &str =
    "Take a part out and see what changes: what gets worse is what the part did.";
/// The prompt's clean run.
pub const CLEAN: &str = "whole model";
/// Name of the part of the page below the map.
pub const INSIDE: &str = "Inside the model";
/// Heading of the logit lens.
pub const LENS: &str = "What each layer would say next";
/// Which tokens the table of the lens has room for, from 0.
#[must_use]
pub fn lens_shows(columns: &Range<usize>, n: usize) -> Option<String> {
    let last = columns.end.saturating_sub(1);
    let is_part = columns.len() < n;
    is_part.then(|| {
        format!(
            "tokens {} to {last} of {n}; choose a token to move",
            columns.start
        )
    })
}
/// Heading of the norms.
pub const NORMS: &str = "How much each part writes";
/// Heading of the attribution.
pub const ATTRIBUTION: &str = "Which parts speak for the answer";
/// Label of the temperature.
pub const TEMPERATURE: &str = "temperature";
/// Label of the cut by number.
pub const TOP_K: &str = "top-k";
/// Label of the cut by share.
pub const TOP_P: &str = "top-p";
/// No cut by number.
pub const TOP_K_OFF: &str = "off";
/// Appends the chosen next token.
pub const APPEND: &str = "Append";
/// Comes with the live engine.
pub const WITH_ENGINE: &str = "Comes with the live engine.";
/// Is being computed.
pub const UNDER_WAY: &str = "Being computed.";

/// Name of the steps of a row.
pub const STEPS: &str = "Steps from scores to weights";
/// Caption of the table behind the steps.
pub const STEPS_TABLE: &str = "One row of attention, every step";
/// Heading of a query times a key.
pub const PRODUCT_OF_BOTH: &str = "Query times key";
/// One end of the colours of numbers with a sign.
pub const NEGATIVE: &str = "negative";
/// The other.
pub const POSITIVE: &str = "positive";
/// The number at the ends of a strip's colours.
#[must_use]
pub fn up_to(most: &str) -> String {
    format!("\u{b1}{most}")
}

/// A row whose steps cannot be had.
pub const NO_STEPS: &str = "This row has no scores to show.";
/// The steps where several heads are shown together.
pub const NO_STEPS_OF_SEVERAL: &str =
    "Scores belong to one head: choose one, or press \u{201c}Only one head\u{201d}.";
/// The steps of a long prompt's row that has not arrived.
pub const STEPS_UNDER_WAY: &str = "Asking the engine for this row.";

/// What a click on a chip does.
#[must_use]
pub fn swap_filler(ablation: Ablation) -> String {
    match ablation.filler {
        Filler::Zero => "Use its mean over this prompt instead".to_owned(),
        Filler::Mean => "Set it to zero instead".to_owned(),
    }
}

/// What becomes of a head that was taken out, after the sentence about its weights.
#[must_use]
pub const fn head_is_out(filler: Filler) -> &'static str {
    match filler {
        Filler::Zero => " It is taken out: what it reads goes nowhere.",
        Filler::Mean => " It is taken out: its mean stands in for what it reads.",
    }
}

/// How the answer changed: the token that was first, its probability before and now.
#[must_use]
pub fn answer_moved(token: &str, clean: &str, now: &str) -> String {
    format!("{token} goes from {clean} to {now}")
}

/// How the perplexity changed.
#[must_use]
pub fn perplexity_moved(clean: &str, now: &str) -> String {
    format!(", perplexity of the prompt from {clean} to {now}")
}

/// Nothing that is said changed.
#[must_use]
pub fn answer_stays(token: &str, now: &str) -> String {
    format!("{token} stays at {now}")
}

/// Neighbouring positions.
#[must_use]
pub fn places(first: usize, last: usize) -> String {
    format!("{first}\u{2013}{last}")
}

/// Name of the zoom's buttons.
pub const ZOOM: &str = "Part of the map in view";
/// Shows fewer tokens.
pub const ZOOM_IN: &str = "Zoom in";
/// Shows more tokens.
pub const ZOOM_OUT: &str = "Zoom out";
/// Shows all tokens.
pub const ZOOM_WHOLE: &str = "Whole map";
/// How else to zoom.
pub const ZOOM_HINT: &str = "+ and \u{2212} zoom, dragging moves";

/// The part of the map in view.
#[must_use]
pub fn in_view(queries: &Range<usize>, keys: &Range<usize>) -> String {
    let last = |range: &Range<usize>| range.end.saturating_sub(1);
    let (queries, keys) = (
        places(queries.start, last(queries)),
        places(keys.start, last(keys)),
    );
    format!("queries {queries}, keys {keys}")
}

/// Begins the sentence about several rows.
#[must_use]
pub fn over_queries(n: usize, head: &str) -> String {
    format!("On average over {n} queries, {head} ")
}

/// Several heads together.
#[must_use]
pub fn mean_of_heads(n: usize) -> String {
    format!("the mean of {n} heads")
}

/// Title of the figure of several heads.
#[must_use]
pub fn mean_title(heads: &[Head]) -> String {
    let names: Vec<String> = heads.iter().map(|head| dotted(*head)).collect();
    format!("Mean of heads {}", names.join(", "))
}

/// Heading of several rows that are spelled out.
#[must_use]
pub fn mean_of_rows(n: usize) -> String {
    format!("Mean of {n} rows")
}

/// How to average heads.
pub const MEAN_HINT: &str = "Ctrl-click or Shift-arrow: average several";
/// Shows the selected head alone again.
pub const ONLY_THIS_HEAD: &str = "Only one head";
/// A prompt of which no whole patterns are kept.
pub const NO_MEAN_OF_LONG: &str = "Heads can be averaged for prompts of up to 256 tokens.";

/// A part in words.
#[must_use]
pub fn part(part: Part) -> String {
    match part {
        Part::Head(head) => head_name(head),
        Part::Mlp(layer) => format!("MLP {layer}"),
    }
}

/// A part that gives nothing.
#[must_use]
pub fn set_to_zero(part: &str) -> String {
    format!("{part} = 0")
}

/// A part that gives its mean.
#[must_use]
pub fn set_to_mean(part: &str) -> String {
    format!("{part} = its mean")
}

/// Above the two columns of tokens.
pub const LINES_HEADS: &str =
    "query: the token that looks (left) \u{2192} key: the token looked at (right)";
/// Lines of every query, not of the selected one alone.
pub const ALL_QUERIES: &str = "All queries";
/// Caption of the table behind the lines.
pub const LINES_TABLE: &str = "The lines that are drawn";
/// The corner of the lens's table.
pub const LENS_CORNER: &str = "after";
/// The token that the attribution speaks for.
pub const SPEAKS_FOR: &str = "for";
/// The token that it speaks against.
pub const SPEAKS_AGAINST: &str = "rather than";
/// In the order of the residual stream.
pub const STREAM_ORDER: &str = "In the order of the model";

/// Heading of one answer through the layers.
#[must_use]
pub fn trace_of(answer: &str) -> String {
    format!("Probability of {answer} after each layer")
}

/// The sum of the components beside the difference that was computed.
#[must_use]
pub fn adds_up(sum: &str, difference: &str, gap: &str) -> String {
    format!("sum {sum} = logit difference {difference} (rounding: {gap})")
}

/// Head of a table's column.
pub const CLEAN_PROBABILITY: &str = "in the whole model";
/// Short head of the model's numbers.
pub const MODEL_COLUMN: &str = "model";
/// Short head of the probabilities of being drawn.
pub const DRAWN_COLUMN: &str = "drawn";
/// Short head of the language's own numbers.
pub const TRUTH_COLUMN: &str = "language";
/// Head of the column of the surprise in the whole model.
pub const CLEAN_BITS: &str = "in the whole model, bits";
/// The mark of the whole model in a legend.
pub const THE_WHOLE: &str = "the whole model";
/// The model without the parts that were taken out.
pub const THE_REST: &str = "with parts out";
/// A weight in the whole model.
pub const CLEAN_WEIGHT: &str = "in the whole model";
/// The map of what has changed.
pub const CHANGE_ROLE: &str = "change of the attention map";
/// Name of its colour scale, and head of its column.
pub const CHANGE: &str = "change of weight";

/// What a head does in the whole model, before the token's name.
#[must_use]
pub fn whole_model_puts(percent: &str) -> String {
    format!(" In the whole model it puts {percent} on ")
}

/// A bar of the row, where parts were taken out.
#[must_use]
pub fn was_weight(weight: &str, clean: &str) -> String {
    format!("{weight}, in the whole model {clean}")
}
/// Name of the list of next tokens.
pub const NEXT_LIST: &str = "Next tokens: choose one to append or to explain, Enter appends";
/// What the cut's line is for.
pub const DRAG_CUT: &str = "Drag to cut improbable tokens off";
/// Name of the sampling controls.
pub const SAMPLING: &str = "How the next token is drawn";

/// Appends a token.
#[must_use]
pub fn append(token: &str) -> String {
    format!("Append {token}")
}

/// All that is known of a next token.
#[must_use]
pub fn next_title(token: &str, percent: &str, clean: Option<&str>, drawn: Option<&str>) -> String {
    let mut said = format!("{token}: {percent}");
    if let Some(clean) = clean {
        said += &format!(", in the whole model {clean}");
    }
    match drawn {
        Some(drawn) => said += &format!(", drawn with {drawn}"),
        None => said += ", never drawn",
    }
    said
}

/// A layer's MLP, where little room is.
pub const MLP: &str = "MLP";

/// Takes a part out.
#[must_use]
pub fn take_out(part: &str) -> String {
    format!("Take {part} out")
}

/// A head as numbers: layer, dot, head.
#[must_use]
pub fn dotted(head: Head) -> String {
    format!("{}.{}", head.layer, head.head)
}

/// A head of the atlas, with what it does or its score.
#[must_use]
pub fn head_in_atlas(head: Head, about: Option<&str>) -> String {
    let title = head_title(head);
    about.map_or_else(|| title.clone(), |about| format!("{title}: {about}"))
}

/// Removes a chip.
#[must_use]
pub fn put_back(part: &str) -> String {
    format!("Put {part} back")
}

/// A link takes out a part that the model does not have.
#[must_use]
pub fn no_such_part(part: &str) -> String {
    format!("This model has no {part}, so nothing was taken out there.")
}
