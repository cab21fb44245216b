//! Sentences with words that stand out.

/// A piece of a sentence; the strong ones carry the finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The words.
    pub text: String,
    /// True for what the sentence is about.
    pub is_strong: bool,
}

impl Span {
    /// A piece that does not stand out.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            is_strong: false,
        }
    }

    /// A piece that stands out.
    #[must_use]
    pub fn strong(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            is_strong: true,
        }
    }
}

/// The spans as one string.
#[must_use]
pub fn plain(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}
