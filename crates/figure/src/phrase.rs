//! Phrases put together from smaller ones.

/// A phrase as it begins a sentence: with a capital.
pub fn capitalised(phrase: &str) -> String {
    let mut characters = phrase.chars();
    let first = characters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(characters).collect()
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

/// An error message as a sentence: full stop, and a capital unless it
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_letter_becomes_a_capital() {
        assert_eq!(capitalised("top-p 0.9 keeps"), "Top-p 0.9 keeps");
        assert_eq!(capitalised("MLP of layer 1"), "MLP of layer 1");
        assert_eq!(capitalised(""), "");
    }

    #[test]
    fn a_message_becomes_a_sentence() {
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
}
