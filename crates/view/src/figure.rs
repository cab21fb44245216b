//! The figures of the page.

/// A figure with a table of numbers behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// All heads, small.
    Atlas,
    /// The attention map.
    Pattern,
    /// The selected head as lines.
    Lines,
    /// One row, step by step.
    Steps,
    /// A query times a key.
    Product,
    /// The logit lens.
    Lens,
    /// Norms along the residual stream.
    Norms,
    /// Where a logit difference comes from.
    Attribution,
    /// The next tokens.
    Next,
    /// Surprise per token.
    Surprise,
    /// Perplexity so far.
    Perplexity,
}

impl Figure {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 11] = [
        Self::Atlas,
        Self::Pattern,
        Self::Lines,
        Self::Steps,
        Self::Product,
        Self::Lens,
        Self::Attribution,
        Self::Norms,
        Self::Next,
        Self::Surprise,
        Self::Perplexity,
    ];

    /// Its name in `data-figure` and `data-for`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Atlas => "attention.atlas",
            Self::Pattern => "attention.pattern",
            Self::Lines => "attention.lines",
            Self::Steps => "attention.steps",
            Self::Product => "attention.product",
            Self::Lens => "attention.lens",
            Self::Norms => "attention.norms",
            Self::Attribution => "attention.attribution",
            Self::Next => "attention.next",
            Self::Surprise => "attention.surprise",
            Self::Perplexity => "attention.perplexity",
        }
    }
}
