//! Every word the page says, in one place: sentence case, plain, no exclamation marks.
//!
//! Constants are whole phrases; functions put numbers and tokens into phrases.
//! A translation replaces this file.

mod engine;
mod help;
mod learn;
mod method;
mod room;

pub use engine::*;
pub use help::*;
pub use learn::*;
pub use method::*;
pub use room::*;

use crate::run::Head;
use crate::state::Place;

/// The product.
pub const PRODUCT: &str = "Headlight";
/// Heading of the page for readers who hear it.
pub const PAGE_HEADING: &str = "Headlight: what a small transformer pays attention to";
/// Link past the frame.
pub const SKIP: &str = "Skip to the figure";
/// Name of the list of rooms.
pub const ROOMS: &str = "Rooms";
/// The Attention room.
pub const ATTENTION: &str = "Attention";
/// A room in the bar.
#[must_use]
pub const fn room_name(place: Place) -> &'static str {
    match place {
        Place::Attention => ATTENTION,
        Place::Flash => "Flash",
    }
}
/// The promise at the end of the page.
pub const NOTHING_LEAVES: &str = "Nothing leaves this machine";

// ---- Header

/// Name of the model picker.
pub const MODEL: &str = "Model";
/// Heading of the list of models.
pub const MODELS: &str = "Models that come with this page";
/// Offers the model that always comes with the page.
pub const USE_DEFAULT_MODEL: &str = "Use stories";
/// Offers a prompt that the model can read.
pub const USE_EXAMPLE: &str = "Use this model's example";
/// There is no list of models.
pub const NO_MODELS: &str = "The list of models did not arrive, or is empty.";
/// Copies the link.
pub const SHARE: &str = "Share";
/// What the button says once the link is copied.
pub const COPIED: &str = "Link copied";
/// The link is in the clipboard.
pub const LINK_COPIED: &str = "The link to exactly this view is copied.";
/// The clipboard refused.
pub const LINK_NOT_COPIED: &str =
    "This browser did not allow copying; the address bar holds the same link.";
/// The theme toggle.
pub const DARK_THEME: &str = "Dark theme";
/// The help button.
pub const HELP: &str = "Help";
/// Name of the place for notices.
pub const MESSAGES: &str = "Messages";
/// Dismisses a notice.
pub const DISMISS: &str = "Dismiss";

// ---- Prompt

/// Label of the prompt field.
pub const PROMPT: &str = "Prompt";
/// What an empty prompt field invites to.
pub const PROMPT_HINT: &str = "Type a sentence";
/// Name of the list of tokens.
pub const TOKENS: &str = "Tokens of the prompt: choose the row to look at";
/// Prompt without text.
pub const EMPTY_PROMPT: &str = "The prompt is empty: type a word or two and the model reads along.";
/// Heading of a figure without data.
pub const NOTHING_YET: &str = "Nothing to show yet";
/// The engine's module is still arriving.
pub const ENGINE_ARRIVES: &str = "The engine is on its way.";
/// The model is still arriving.
pub const MODEL_ARRIVES: &str = "The model is on its way.";
/// The first run is under way.
pub const FIRST_RUN: &str = "The model reads the prompt for the first time.";
/// The engine does not answer.
pub const ENGINE_STOPPED: &str = "The engine is not running; what you typed is kept.";
/// The figure is older than the prompt.
pub const SHOWS_LAST_GOOD: &str = "The figures still show the last prompt that could be run.";

// ---- Heads

/// Heading of the head chooser.
pub const HEADS: &str = "Heads";
/// Name of the head chooser.
pub const CHOOSE_HEAD: &str = "Choose a layer and a head";
/// What a head is.
pub const WHAT_IS_A_HEAD: &str = "Each head decides on its own which earlier tokens matter. \
    A row is one token asking; its weights add up to 1.";
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
/// The same where there is little room.
pub const KEY_AXIS_SHORT: &str = "key (column)";
/// The same where there is little room.
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
/// In place of a number that does not exist.
pub const NOTHING: &str = "\u{2013}";
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
/// Head of a table's column.
pub const NATS: &str = "surprise, nats";
/// Head of a table's column.
pub const BITS: &str = "surprise, bits";
/// A single token.
pub const NO_SURPRISE: &str =
    "A single token has nothing before it, so nothing to be surprised by.";

/// Heading of the perplexity.
pub const PERPLEXITY: &str = "Perplexity so far";
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

// ---- Generation

/// Starts a generation.
pub const GENERATE: &str = "Generate";
/// Stops a generation.
pub const STOP: &str = "Stop";
/// Label of the seed.
pub const SEED: &str = "seed";
/// Takes the continuation over.
pub const KEEP: &str = "Add to prompt";
/// Drops the continuation.
pub const DISCARD: &str = "Discard";
/// Name of the generated tokens.
pub const CONTINUATION: &str = "What the model wrote";
/// What Generate will do.
pub const GENERATE_HINT: &str = "Up to 40 tokens, drawn as set below the next tokens";

// ---- Help

/// Heading of the glossary.
pub const WORDS: &str = "Words";
/// Heading of the keys.
pub const KEYS_HEADING: &str = "Keys";

/// The keys and what they do, for the help panel.
pub const KEYS: &[(&str, &str)] = &[
    ("[ and ]", "previous and next layer"),
    (", and .", "previous and next head"),
    (
        "Arrow keys",
        "move in the map, the heads or the tokens, whichever has the focus",
    ),
    (
        "Left, Right",
        "previous and next step of the lesson, where its text has the focus",
    ),
    (
        "Home, End",
        "first and last key of the row, or first and last token",
    ),
    (
        "Shift arrows",
        "average several heads, or several tokens; Ctrl-click does the same",
    ),
    ("+ and \u{2212}", "zoom the map, where it has the focus"),
    (
        "Enter",
        "run the prompt at once; in the next tokens, append the chosen one",
    ),
    ("Shift Enter", "new line in the prompt"),
    ("?", "open this help"),
    ("Esc", "close what is open"),
];
/// What the page is, for the help panel.
pub const ABOUT: &str = "Headlight runs a small transformer in this browser tab. Type a prompt, \
    choose a head, and see how much each token looks at each earlier one. Everything is computed \
    here, by the same engine as on the command line.";

/// A head as people write it: layer, dot, head.
#[must_use]
pub fn head_name(head: Head) -> String {
    format!("head {}.{}", head.layer, head.head)
}

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

/// A text after which the model ends.
pub const OVER_AT_ONCE: &str = "The text is over: the model ends it here.";

/// A prompt whose last token is a space.
pub const SPACE_AT_END: &str =
    "The space at the end is a token of its own here: words bring the space before them along.";

/// Characters that the model has no token for.
pub const READ_AS_BYTES: &str = "This model has no token for some of these characters: it reads \
     their bytes, such as <0xE3>, one to four for each.";

/// Words that the model reads letter by letter; `None` where there are none.
///
/// The same word can be known without the space before it, so tokens are spoken of.
#[must_use]
pub fn spelt_words(words: &[String]) -> Option<String> {
    const NAMED: usize = 3;
    let quoted = |word: &String| format!("\u{201c}{word}\u{201d}");
    let named: Vec<String> = words.iter().take(NAMED).map(quoted).collect();
    let list = match (named.as_slice(), words.len()) {
        ([], _) => return None,
        ([word], 1) => {
            return Some(format!(
                "This model has no token {word}: it reads it letter by letter."
            ));
        }
        (all, n) if n > NAMED => format!("{} and {} more", all.join(", "), n - NAMED),
        ([most @ .., last], _) => format!("{} and {last}", most.join(", ")),
    };
    Some(format!(
        "This model has no tokens {list}: it reads them letter by letter."
    ))
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

/// A link names a token that the prompt does not have.
#[must_use]
pub fn no_such_token(place: usize, n_tokens: usize) -> String {
    format!(
        "The link names token {place}; the prompt's tokens are 0 to {}. The last one is selected.",
        n_tokens.saturating_sub(1)
    )
}

/// A link averages over a token that the prompt does not have.
#[must_use]
pub fn no_such_row_beside(place: usize, n_tokens: usize) -> String {
    format!(
        "The link also selects token {place}; the prompt's tokens are 0 to {}, so it is left out.",
        n_tokens.saturating_sub(1)
    )
}

/// The language's worker refused the tokens.
#[must_use]
pub fn no_truth(reason: &str) -> String {
    format!("No exact probabilities: {reason}.")
}

/// The language's worker is not there.
#[must_use]
pub fn truth_failed(reason: &str) -> String {
    format!("The exact probabilities of the language did not arrive: {reason}.")
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
        format!("the language goes on with {expected}")
    };
    format!(
        "Not Stories from here: {name} cannot follow; {instead}. No truth is shown from there on."
    )
}

/// A word and its probability.
#[must_use]
pub fn with_probability(word: &str, percent: &str) -> String {
    format!("{word} ({percent})")
}

/// Things of which one is meant.
#[must_use]
pub fn any_of(things: &[String]) -> String {
    match things {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
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

/// What the model wrote, for readers who hear the page.
#[must_use]
pub fn wrote(text: &str) -> String {
    format!("The model wrote: {text}")
}

/// A message of the engine as a sentence: full stop, and a capital unless it
/// starts with a name such as that of a file, which has its own spelling.
#[must_use]
pub fn sentence(message: &str) -> String {
    let message = message.trim();
    let first_word = message.split(' ').next().unwrap_or_default();
    let is_word = first_word.chars().all(|c| c.is_alphabetic() || c == ',');
    let mut characters = message.chars();
    let Some(first) = characters.next() else {
        return String::new();
    };
    let first: String = if is_word {
        first.to_uppercase().collect()
    } else {
        first.to_string()
    };
    let stop = if message.ends_with(['.', '?', '\u{2026}']) {
        ""
    } else {
        "."
    };
    format!("{first}{}{stop}", characters.as_str())
}

/// A head that the model does not have.
#[must_use]
pub fn no_such_head(head: Head, n_layers: usize, n_heads: usize) -> String {
    format!(
        "There is no {}: this model has layers 0 to {} with heads 0 to {}, so the nearest is shown.",
        head_name(head),
        n_layers.saturating_sub(1),
        n_heads.saturating_sub(1)
    )
}

/// A room that does not exist.
#[must_use]
pub fn no_such_room(room: &str) -> String {
    format!("There is no room called \u{201c}{room}\u{201d} here, so Attention is shown.")
}

/// A link of the future.
#[must_use]
pub fn link_too_new(version: &str) -> String {
    format!(
        "This link was made by a newer Headlight (version {version}), so the usual view is shown."
    )
}

/// A value in a link that cannot be read.
#[must_use]
pub fn bad_link_value(key: &str, value: &str) -> String {
    let value: String = value.chars().take(40).collect();
    format!(
        "The link says {key}=\u{201c}{value}\u{201d}, which is not understood; the usual {key} is shown."
    )
}

/// The run that is shown.
#[must_use]
pub fn run(id: u64) -> String {
    format!("Run {id}")
}

/// Tokens of the context that are used.
#[must_use]
pub fn tokens_of_context(n: usize, n_ctx: Option<usize>) -> String {
    match n_ctx {
        Some(n_ctx) => format!("{n} of {n_ctx} tokens"),
        None => format!("{n} tokens"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_message_becomes_a_sentence() {
        assert_eq!(
            sentence("prompt has 300 tokens, expected at most 256"),
            "Prompt has 300 tokens, expected at most 256."
        );
        assert_eq!(sentence("Done."), "Done.");
        assert_eq!(
            sentence("model.safetensors is cut short"),
            "model.safetensors is cut short."
        );
        assert_eq!(sentence(""), "");
    }

    #[test]
    fn a_spelt_word_is_named_as_the_token_that_is_missing() {
        let said = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            spelt_words(&words).unwrap_or_default()
        };
        assert_eq!(
            said(&["\u{2423}Once"]),
            "This model has no token “\u{2423}Once”: it reads it letter by letter."
        );
        assert_eq!(
            said(&["ox", "\u{2423}cats"]),
            "This model has no tokens “ox” and “\u{2423}cats”: it reads them letter by letter."
        );
        assert_eq!(said(&[]), "");
    }

    #[test]
    fn a_long_value_in_a_bad_link_is_cut() {
        let notice = bad_link_value("layer", &"x".repeat(500));
        assert!(notice.len() < 160, "{notice}");
    }
}
