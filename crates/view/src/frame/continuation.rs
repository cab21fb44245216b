//! What the model writes after the prompt.

use headlight_activations::Sampling;

use crate::answers::run::WeightedToken;
use crate::session::GenerationEnd;

/// A text that the model writes after the prompt.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Continuation {
    /// How its tokens are drawn, the seed included.
    pub sampling: Sampling,
    /// Its tokens so far.
    pub tokens: Vec<WeightedToken>,
    /// Reason for the end; `None` while the text is being written.
    pub end: Option<GenerationEnd>,
    /// Reason for the failure, in one sentence.
    pub error: Option<String>,
}

impl Continuation {
    /// Nothing written yet.
    pub(crate) fn drawn_with(sampling: Sampling) -> Self {
        Self {
            sampling,
            ..Self::default()
        }
    }

    /// True if the first token that was drawn ended the text.
    #[must_use]
    pub fn is_over_at_once(&self) -> bool {
        self.end == Some(GenerationEnd::EndToken) && !self.tokens.iter().any(WeightedToken::is_text)
    }

    /// The text without the prompt, for the prompt to take over: tokens that
    /// are not text of their own are left out.
    #[must_use]
    pub fn text(&self) -> String {
        self.tokens
            .iter()
            .filter(|token| token.is_text())
            .map(|token| token.text.as_str())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_continuation_is_its_text_without_markers() {
        let token = |text: &str| WeightedToken {
            id: 0,
            text: text.to_owned(),
            prob: 0.5,
        };
        let continuation = Continuation {
            tokens: vec![token(" was"), token(" happy"), token("<|end|>")],
            ..Continuation::default()
        };
        assert_eq!(continuation.text(), " was happy");
    }

    #[test]
    fn a_text_that_is_over_at_once_has_no_tokens_but_its_end() {
        let end = WeightedToken {
            id: 1,
            text: "<|end|>".to_owned(),
            prob: 1.0,
        };
        let over = Continuation {
            tokens: vec![end],
            end: Some(GenerationEnd::EndToken),
            ..Continuation::default()
        };
        assert!(over.is_over_at_once());
        let cut = Continuation {
            end: Some(GenerationEnd::MaxTokens),
            ..over
        };
        assert!(!cut.is_over_at_once());
    }
}
