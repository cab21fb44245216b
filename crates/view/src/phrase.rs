//! Phrases put together from smaller ones.

/// A phrase as it begins a sentence: with a capital.
pub(crate) fn capitalised(phrase: &str) -> String {
    let mut characters = phrase.chars();
    let first = characters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(characters).collect()
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
}
