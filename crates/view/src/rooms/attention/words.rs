//! The words of the Attention room's instruments: atlas, views, ablation, sampling,
//! lens, norms, attribution.

use std::ops::Range;

use crate::answers::head::Head;
use crate::answers::head::{dotted, head_name};
use crate::frame::ablation::{Ablation, Filler};

/// Name of the switch between the figures of a head.
pub const VIEWS: &str = "Ways to look at this head";
/// Label of the order of the heads.
pub const SORT: &str = "sort";
/// Name of the list of changes.
pub const CHANGES: &str = "Taken out of the model";
/// Takes a head out.
pub const ABLATE: &str = "Take this head out";
/// Takes the selected head out where several heads are shown together.
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

/// Takes a part out.
#[must_use]
pub fn take_out(part: &str) -> String {
    format!("Take {part} out")
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

/// Heading of a figure without data.
pub const NOTHING_YET: &str = "Nothing to show yet";

/// The engine's module is still arriving.
pub const ENGINE_ARRIVES: &str = "The engine is on its way.";

/// The model is still arriving.
pub const MODEL_ARRIVES: &str = "The model is on its way.";

/// The first run is under way.
pub const FIRST_RUN: &str = "The model reads the prompt for the first time.";

// ---- Heads

/// Heading of the head chooser.
pub const HEADS: &str = "Heads";

/// Name of the head chooser.
pub const CHOOSE_HEAD: &str = "Choose a layer and a head";

/// Goes to the head before.
pub const PREVIOUS_HEAD: &str = "Previous head";

/// Goes to the head after.
pub const NEXT_HEAD: &str = "Next head";

/// The keys that move between heads.
pub const HEAD_KEYS: &str = "layer [ ]   head , .";

// ---- Attention map

/// Title of the horizontal axis.
pub const KEY_AXIS: &str = "key (column): the token looked at";

/// Title of the vertical axis.
pub const QUERY_AXIS: &str = "query (row): the token that looks";

/// Title of the horizontal axis where there is little room.
pub const KEY_AXIS_SHORT: &str = "key (column)";

/// Title of the vertical axis where there is little room.
pub const QUERY_AXIS_SHORT: &str = "query (row)";

/// What hatching means.
pub const MASKED: &str = "hatched: no looking ahead";

/// What the map is, for readers who hear it.
pub const MAP_ROLE: &str = "attention map";

/// How to move in the map.
pub const MAP_KEYS: &str = "Arrow keys move the selected cell.";

/// Name of the colour scale.
pub const SCALE: &str = "weight";

/// Heading of the row that is spelled out.
pub const THIS_ROW: &str = "This row";

/// Name of the sum of a row.
pub const SUM: &str = "sum";

/// Head of the table's first column.
pub const QUERY: &str = "query";

/// Head of a table's column.
pub const KEY: &str = "key";

/// Head of a table's column.
pub const WEIGHT: &str = "weight";

/// Head of a table's column.
pub const PART: &str = "part";

/// A link in the selected row.
pub const PART_ROW: &str = "selected row";

/// A link in the selected column.
pub const PART_COLUMN: &str = "selected column";

/// One of the strongest links.
pub const PART_STRONGEST: &str = "strongest";

/// The pattern of the selected head has not arrived.
pub const PATTERN_AWAITED: &str =
    "This head was not recorded; it appears as soon as the engine is live.";

/// The pattern of the selected head was asked for.
pub const PATTERN_UNDER_WAY: &str = "Asking the engine for this head.";

/// The engine cannot be asked about the run that is shown.
pub const RUN_IS_LOST: &str = "The engine does not have the run that is shown; \
    this comes with the next prompt that can be run.";

// ---- Inspector

/// Heading of the selected cell.
pub const SELECTED: &str = "Selected";

/// Name of the score.
pub const SCORE: &str = "score q\u{b7}k/\u{221a}d";

/// Name of the log-sum-exp.
pub const LOG_SUM_EXP: &str = "row log-sum-exp";

/// Name of the rank.
pub const RANK: &str = "rank in row";

/// The mask forbids to look.
pub const IS_MASKED: &str = "masked";

/// Heading of the next tokens.
pub const NEXT_TOKEN: &str = "Next token after the prompt";

/// Head of a table's column.
pub const TOKEN: &str = "token";

/// Head of a table's column.
pub const TOKEN_ID: &str = "id";

/// Head of a table's column.
pub const PROBABILITY: &str = "probability";

/// Head of a table's column.
pub const TRUE_PROBABILITY: &str = "in the language itself";

/// Heading of the surprise.
pub const SURPRISE: &str = "Surprise in bits";

/// Title of the surprise's axis.
pub const SURPRISE_AXIS: &str = "bits";

/// Head of a table's column.
pub const NATS: &str = "surprise, nats";

/// Head of a table's column.
pub const BITS: &str = "surprise, bits";

/// A single token.
pub const NO_SURPRISE: &str =
    "A single token has nothing before it, so nothing to be surprised by.";

/// Heading of the perplexity.
pub const PERPLEXITY: &str = "Perplexity so far";

/// Title of the perplexity's axis.
pub const PERPLEXITY_AXIS: &str = "perplexity";

/// Beside the columns from the first token on that the language cannot have.
pub const NOT_OF_THE_LANGUAGE: &str = "not of the language";

/// The model's mark in a legend.
pub const THE_MODEL: &str = "the model";

/// The language's mark in a legend.
pub const THE_TRUTH: &str = "the language itself";

/// Head of a table's column.
pub const TRUE_BITS: &str = "in the language itself, bits";

/// Head of a table's column.
pub const MODEL_PERPLEXITY: &str = "perplexity so far";

/// Head of a table's column.
pub const TRUE_PERPLEXITY: &str = "true perplexity so far";

/// Head of a table's column.
pub const EXCESS: &str = "excess so far, bits per token";

/// Below the model's perplexity in the equation.
pub const OF_MODEL: &str = "model";

/// Below the language's perplexity in the equation.
pub const OF_TRUTH: &str = "language itself";

/// Below the excess in the equation.
pub const OF_EXCESS: &str = "excess in bits";

/// What the excess means.
pub const ABOUT_EXCESS: &str = "The excess is what the model does not know, in bits per token. \
    On one text it can be below zero; its mean over the language is the KL divergence from the truth.";

/// Title of the figure.
#[must_use]
pub fn head_title(head: Head) -> String {
    format!("Layer {}, head {}", head.layer, head.head)
}

/// Name of a row of heads.
#[must_use]
pub fn layer(layer: usize) -> String {
    format!("layer {layer}")
}

/// Begins the sentence about a row.
pub const FROM: &str = "From ";

/// A token that looks at itself.
pub const ITSELF: &str = "itself";

/// The first token cannot look back.
#[must_use]
pub fn first_looks_at_itself(head: &str) -> String {
    format!(" comes first, so {head} can only look at the token itself.")
}

/// The token just before.
#[must_use]
pub fn the_token_before(name: &str) -> String {
    format!("the token before it, {name}")
}

/// Most of the weight goes to one key.
#[must_use]
pub fn puts(percent: &str) -> String {
    format!("puts {percent} of its weight on ")
}

/// The weight goes to many keys.
#[must_use]
pub fn spreads(n_keys: usize) -> String {
    format!("spreads its weight over {n_keys} tokens: ")
}

/// The key that gets the most of a spread.
#[must_use]
pub fn gets_most(percent: &str) -> String {
    format!(" gets the most, {percent}.")
}

/// A token that occurs more than once.
#[must_use]
pub fn token_at(quoted: &str, pos: usize) -> String {
    format!("{quoted} (token {pos})")
}

/// Which query looks at which key.
#[must_use]
pub fn cell(query: &str, key: &str) -> String {
    format!("query {query} \u{2192} key {key}")
}

/// A cell and its weight.
#[must_use]
pub fn cell_spoken(title: &str, weight: &str) -> String {
    format!("{title}: weight {weight}")
}

/// A cell that the mask hides.
#[must_use]
pub fn cell_masked(title: &str) -> String {
    format!("{title}: masked, a token cannot look ahead")
}

/// A place in a row.
#[must_use]
pub fn rank(rank: usize, n: usize) -> String {
    format!("{rank} of {n}")
}

/// The keys of a row that are not spelled out.
#[must_use]
pub fn row_rest(n: usize, weight: &str) -> String {
    format!("{n} more: {weight}")
}

/// What the table of a long prompt lists.
#[must_use]
pub fn links_caption(listed: usize, total: usize) -> String {
    format!("The selected row and column, and the {listed} strongest of {total} links")
}

/// The most probable next token.
#[must_use]
pub fn most_probable_next(word: &str, percent: &str) -> String {
    format!("{word} comes next with {percent}.")
}

/// A number of bits.
#[must_use]
pub fn bits(number: &str) -> String {
    format!("{number}\u{a0}bits")
}

/// The most surprising token.
#[must_use]
pub fn most_surprising(name: &str, bits: &str) -> String {
    format!("{name} surprised the model most: {bits} bits.")
}

/// Perplexity and mean surprise.
#[must_use]
pub fn perplexity(perplexity: &str, bits: &str) -> String {
    format!("Perplexity {perplexity} \u{b7} {bits} bits per token")
}

/// A head whose map of changes is empty.
pub const NOTHING_CHANGED: &str = " Nothing changes here: what was taken out comes later in the model, \
    or beside this head in its layer.";
/// Names a token whose text is not known.
#[must_use]
pub fn token_by_id(id: u32) -> String {
    format!("token {id}")
}

/// A link averages over a token that the prompt does not have.
#[must_use]
pub fn no_such_row_beside(place: usize, n_tokens: usize) -> String {
    format!(
        "The link also selects token {place}; the prompt's tokens are 0 to {}, so it is left out.",
        n_tokens.saturating_sub(1)
    )
}

/// Names the tokens whose truth is known, where not all are.
#[must_use]
pub fn over_the_first(n_tokens: usize) -> String {
    match n_tokens {
        1 => "Over the first token: ".to_owned(),
        _ => format!("Over the first {n_tokens} tokens: "),
    }
}

/// Perplexities and excess, for readers who hear the page.
#[must_use]
pub fn identity(over: &str, model: &str, truth: &str, excess: &str) -> String {
    format!(
        "{over}model perplexity {model} is true perplexity {truth} times 2 to the power of {excess}."
    )
}

/// The text has left the language; `expected` says what could have stood there.
#[must_use]
pub fn not_stories_from(name: &str, expected: &str) -> String {
    let instead = if expected.is_empty() {
        "the story is over".to_owned()
    } else {
        format!("they go on with {expected}")
    };
    format!(
        "This model only knows the stories of its training: {name} cannot follow; {instead}. \
         From there on it guesses, and no truth is shown."
    )
}

/// A word and its probability.
#[must_use]
pub fn with_probability(word: &str, percent: &str) -> String {
    format!("{word} ({percent})")
}

/// One token's surprise under the model.
#[must_use]
pub fn token_bits(name: &str, model: &str) -> String {
    format!("{name}: {model}\u{a0}bits for the model")
}

/// One token's surprise under the model and in the language.
#[must_use]
pub fn token_both_bits(name: &str, model: &str, truth: &str) -> String {
    format!("{name}: {model}\u{a0}bits for the model, {truth}\u{a0}in the language itself")
}

/// Name of a head's map in someone else's page, where nothing else says what it is.
#[must_use]
pub fn embed_title(head: Head) -> String {
    format!("Attention of layer {}, head {}", head.layer, head.head)
}

/// How weights that a link carries were rounded.
pub const EMBED_ROUNDED: &str = "weights kept as 16 bits of their square root, at most 0.00002 off";
/// A mean that no embedded figure shows.
pub const EMBED_ONE_HEAD: &str =
    "An embedded figure shows one head: choose one alone, or save the picture instead.";

/// A prompt that an embedded figure does not hold.
#[must_use]
pub fn embedded_tokens(found: usize) -> String {
    use crate::answers::run::MAX_WHOLE;
    format!(
        "An embedded figure carries 1 to {MAX_WHOLE} tokens, and this one has {found}: save the \
         picture instead."
    )
}
