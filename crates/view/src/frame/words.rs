//! The words of the frame: sentence case, plain, no exclamation marks.
//!
//! Constants are whole phrases; functions put numbers and tokens into phrases. What a room
//! or a figure says stands beside it.

use headlight_activations::{Quoted, Sampling};

use crate::answers::head::Head;
use crate::answers::head::head_name;

/// The product.
pub const PRODUCT: &str = "Headlight";
/// Heading of the page for readers who hear it.
pub const PAGE_HEADING: &str = "Headlight: what a small transformer pays attention to";
/// Title of the window while a room is open.
#[must_use]
pub fn window_title(room: &str) -> String {
    format!("{room} \u{b7} {PRODUCT}")
}
/// Link past the frame.
pub const SKIP: &str = "Skip to the figure";
/// Name of the list of rooms.
pub const ROOMS: &str = "Rooms";
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
/// Offers to keep as much of a long prompt as the model can read.
#[must_use]
pub fn cut_prompt(n_ctx: Option<usize>) -> String {
    let n_ctx = n_ctx.map_or_else(String::new, |n| format!(" {}", n));
    format!("Keep the first{n_ctx} tokens")
}
/// Opens the list of prompts to try.
pub const EXAMPLES: &str = "Examples";
/// The model's card has no examples, or the list of models did not arrive.
pub const NO_EXAMPLES: &str = "There are none for this model.";
/// Heading of the list of words that the model knows.
pub const KNOWN_WORDS: &str = "Words that it knows";
/// What the list of words means.
pub const ABOUT_KNOWN_WORDS: &str = "Each of these is one token. Other words are spelt out byte by byte, \
    or refused, and say little to the model.";
/// The list of words has not arrived.
pub const NO_KNOWN_WORDS: &str = "The list did not arrive.";
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
/// The engine does not answer.
pub const ENGINE_STOPPED: &str = "The engine is not running; what you typed is kept.";
/// The figure is older than the prompt.
pub const SHOWS_LAST_GOOD: &str = "The figures still show the last prompt that could be run.";

// ---- Generation

/// Starts a generation.
pub const GENERATE: &str = "Generate";
/// Stops a generation.
pub const STOP: &str = "Stop";
/// The text that is shown was not drawn as is set now: how it was.
#[must_use]
pub fn drawn_otherwise(was: Sampling, now: Sampling) -> String {
    let mut how = Vec::new();
    let mut note = |is_other: bool, name: &str, value: String| {
        if is_other {
            how.push(format!("{name} {value}"));
        }
    };
    note(was.seed != now.seed, SEED, was.seed.to_string());
    let temperature = was.temperature.to_string();
    note(
        was.temperature != now.temperature,
        "temperature",
        temperature,
    );
    let top_k = match was.top_k {
        0 => "off".to_owned(),
        k => k.to_string(),
    };
    note(was.top_k != now.top_k, "top-k", top_k);
    let top_p = if was.top_p < 1.0 {
        was.top_p.to_string()
    } else {
        "off".to_owned()
    };
    note(was.top_p != now.top_p, "top-p", top_p);
    format!(
        "This text was drawn with {}. {GENERATE} draws one as set now.",
        how.join(", ")
    )
}
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
/// A word can be known without the space before it, so tokens are spoken of.
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

/// A link names a token that the prompt does not have.
#[must_use]
pub fn no_such_token(place: usize, n_tokens: usize) -> String {
    format!(
        "The link names token {place}; the prompt's tokens are 0 to {}. The last one is selected.",
        n_tokens.saturating_sub(1)
    )
}

/// What the model wrote, for readers who hear the page.
#[must_use]
pub fn wrote(text: &str) -> String {
    format!("The model wrote: {text}")
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
    let room = Quoted(room);
    format!("There is no room called \u{201c}{room}\u{201d} here, so Attention is shown.")
}

/// A figure that is not embedded yet.
#[must_use]
pub fn no_such_embed(found: &str, expected: &str) -> String {
    let found = Quoted(found);
    format!("The link asks for the figure `{found}`; this address shows `{expected}`.")
}

/// An embedded figure's link without the numbers that it speaks of.
pub const EMBED_CUT_OFF: &str = "This link names a prompt or a head but carries no numbers: it \
     was cut off before `data=`. Please copy the code for the figure again.";
/// An embedded figure's link that was escaped twice.
pub const EMBED_ESCAPED: &str = "This link was escaped twice: it has `&amp;` where `&` is \
     expected.";

/// A figure that has no page of its own.
#[must_use]
pub fn not_embedded(figure: &str) -> String {
    format!("The figure `{figure}` cannot be embedded yet: save its picture instead.")
}

/// The address of an embedded figure that names no figure, or is of the future.
#[must_use]
pub fn no_such_embed_link(found: &str) -> String {
    let found = Quoted(found);
    format!(
        "There is no figure at `{found}`, expected an address that begins with #/attention?v=1 \
         or #/flash?v=1."
    )
}

/// A model of which the site has no recorded run.
#[must_use]
pub fn no_recording(model: &str) -> String {
    let model = Quoted(model);
    format!(
        "This site has no recorded run of the model {model}. A link with `data=` carries its own \
         numbers."
    )
}

/// A link of the future.
#[must_use]
pub fn link_too_new(version: &str) -> String {
    let version = Quoted(version);
    format!(
        "This link was made by a newer Headlight (version {version}), so the usual view is shown."
    )
}

/// A value in a link that cannot be read.
#[must_use]
pub fn bad_link_value(key: &str, value: &str) -> String {
    let value = Quoted(value);
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

/// In place of a number that does not exist.
pub const NOTHING: &str = "\u{2013}";

/// Comes with the live engine.
pub const WITH_ENGINE: &str = "Comes with the live engine.";

/// Is being computed.
pub const UNDER_WAY: &str = "Being computed.";

/// A layer's MLP, where little room is.
pub const MLP: &str = "MLP";

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_long_text_in_a_link_is_cut_wherever_it_is_repeated() {
        let long = "x".repeat(3_000);
        for said in [
            no_such_room(&long),
            no_such_embed(&long, "attention.pattern"),
            no_such_embed_link(&long),
            no_recording(&long),
            link_too_new(&long),
            bad_link_value("layer", &long),
        ] {
            let n_repeated = said.chars().filter(|c| *c == 'x').count();
            assert!(
                (80..85).contains(&n_repeated) && said.contains('…'),
                "{said}"
            );
        }
        let said = no_such_room("moon\u{202e}\n");
        assert!(said.contains(r"moon\u{202e}\u{a}"), "{said}");
    }
}
