//! The figures of the Attention room: titles, and how each is computed.

use super::words;
use crate::frame::figure_words::MethodText;
use headlight_figure::FigureId;

/// A figure of the Attention room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AttentionFigure {
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

impl AttentionFigure {
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

    /// The figure of this name, if it is one of the room.
    #[must_use]
    pub fn of(id: FigureId) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|figure| figure.name() == id.name())
    }

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

impl From<AttentionFigure> for FigureId {
    fn from(figure: AttentionFigure) -> Self {
        Self(figure.name())
    }
}

/// What this figure is called; `None` if it is no figure of the room.
#[must_use]
pub fn figure_title(figure: FigureId) -> Option<&'static str> {
    AttentionFigure::of(figure).map(title)
}

/// What a figure of the Attention room is called.
#[must_use]
pub const fn title(figure: AttentionFigure) -> &'static str {
    match figure {
        AttentionFigure::Atlas => words::HEADS,
        AttentionFigure::Pattern => words::MAP_ROLE,
        AttentionFigure::Lines => words::LINES_TABLE,
        AttentionFigure::Steps => words::STEPS_TABLE,
        AttentionFigure::Product => words::PRODUCT_OF_BOTH,
        AttentionFigure::Lens => words::LENS,
        AttentionFigure::Norms => words::NORMS,
        AttentionFigure::Attribution => words::ATTRIBUTION,
        AttentionFigure::Next => words::NEXT_TOKEN,
        AttentionFigure::Surprise => words::SURPRISE,
        AttentionFigure::Perplexity => words::PERPLEXITY,
    }
}

const VASWANI: &str = "Vaswani et al. (2017), Attention is all you need, section 3.2.1, \
    arXiv:1706.03762. TransformerLens calls it blocks.{layer}.attn.hook_pattern.";

/// How this figure of the Attention room is computed.
#[must_use]
pub const fn method(figure: AttentionFigure) -> MethodText {
    match figure {
        AttentionFigure::Atlas => MethodText {
            formula: "score = \u{3a3} pattern \u{b7} detector / \u{3a3} pattern",
            meaning: "A detector is 1 where a head of that kind would look and 0 elsewhere: on \
                the token before, on the same token earlier, on what followed it. The entropy is \
                the mean over the rows. A small map shows the largest weight of each block of cells.",
            unit: "Share of the weight, 0 to 1; the entropy in bits.",
            source: "TransformerLens, head detector with error measure \u{201c}mul\u{201d}. It \
                also averages over queries that have no target, so the columns \u{201c}over \
                targets\u{201d} give the mean weight over those that have one.",
            code: "crates/activations/src/head_scores.rs",
        },
        AttentionFigure::Pattern => MethodText {
            formula: "pattern[query, key] = softmax over keys \u{2264} query of q\u{b7}k / \u{221a}d_head",
            meaning: "How much of each key's value a query takes. A token cannot look ahead, so \
                later keys have weight 0.",
            unit: "Weight, 0 to 1; each row adds up to 1.",
            source: VASWANI,
            code: "crates/model/src/attention.rs",
        },
        AttentionFigure::Lines => MethodText {
            formula: "pattern[query, key] = softmax over keys \u{2264} query of q\u{b7}k / \u{221a}d_head",
            meaning: "The weights of the map as lines: from a query the 8 largest, none below \
                0.02. What is left out is said in the sentence.",
            unit: "Weight, 0 to 1, as width and opacity.",
            source: VASWANI,
            code: "crates/view/src/rooms/attention/figures/lines.rs",
        },
        AttentionFigure::Steps => MethodText {
            formula: "s = q\u{b7}k / \u{221a}d_head;  weight = exp(s \u{2212} max s) / \u{3a3} exp(s \u{2212} max s)",
            meaning: "One row of the map. The scores are found again from the weights and the \
                row's log-sum-exp L: s = ln(weight) + L. Masked scores are \u{2212}\u{221e}.",
            unit: "Scores in nats (natural logarithm); weights 0 to 1.",
            source: "Vaswani et al. (2017), section 3.2.1, arXiv:1706.03762. TransformerLens \
                calls scores and weights blocks.{layer}.attn.hook_attn_scores and hook_pattern.",
            code: "crates/view/src/rooms/attention/figures/steps.rs",
        },
        AttentionFigure::Product => MethodText {
            formula: "s = \u{3a3} q_i \u{b7} k_i / \u{221a}d_head",
            meaning: "The query of one token and the key of another, number by number, and what \
                each pair of numbers adds to the score. Query and key share one scale of colours, \
                from minus to plus the largest of them; the products have their own.",
            unit: "Units of the activations; the score is in nats (natural logarithm).",
            source: "Vaswani et al. (2017), section 3.2.1, arXiv:1706.03762. TransformerLens \
                calls query and key blocks.{layer}.attn.hook_q and hook_k. Raw weights.",
            code: "crates/view/src/rooms/attention/figures/product.rs",
        },
        AttentionFigure::Lens => MethodText {
            formula: "softmax(W_U \u{b7} ln_final(residual stream after a layer))",
            meaning: "What the model would say next if the layers ended there. The final norm is \
                computed anew on each stream; after the last layer it is the model's own answer.",
            unit: "Probability, 0 to 1.",
            source: "nostalgebraist (2020), interpreting GPT: the logit lens. The streams are \
                blocks.0.hook_resid_pre and blocks.{layer}.hook_resid_post in TransformerLens; \
                resid_post i is hidden_states[i + 1] in Hugging Face.",
            code: "crates/model/src/lens.rs",
        },
        AttentionFigure::Attribution => MethodText {
            formula: "((c \u{2212} mean c) \u{b7} gain / scale) \u{b7} (W_U[token] \u{2212} W_U[against])",
            meaning: "Each summand c of the residual stream at the last position: the embeddings, \
                every head, every MLP, the biases. The norm's scale is that of this run, so the \
                bars add up to the difference of the two logits.",
            unit: "Logits (natural logarithm of odds).",
            source: "Elhage et al. (2021), A mathematical framework for transformer circuits; \
                Wang et al. (2022), arXiv:2211.00593. Raw weights: TransformerLens folds the norm \
                and centres weights by default, so its bars differ while the sum does not.",
            code: "crates/model/src/attribution.rs",
        },
        AttentionFigure::Norms => MethodText {
            formula: "\u{2016}x\u{2016} = \u{221a}(\u{3a3} x\u{b2}) over d_model",
            meaning: "The length of the residual stream at the selected position, and of what \
                each attention and each MLP adds to it.",
            unit: "Units of the activations; there is no common scale between models.",
            source: "TransformerLens names: hook_embed, blocks.{layer}.hook_resid_pre, \
                hook_attn_out, hook_resid_mid, hook_mlp_out, hook_resid_post. Raw weights.",
            code: "crates/model/src/run.rs",
        },
        AttentionFigure::Next => MethodText {
            formula: "p = softmax(logits at the last position)",
            meaning: "The model's own probabilities, before temperature and cuts; those come in \
                the order temperature, top-k, top-p. The language's probabilities are computed \
                exactly from its rules.",
            unit: "Probability, 0 to 1.",
            source: "Holtzman et al. (2020), The curious case of neural text degeneration, \
                arXiv:1904.09751, for top-p.",
            code: "crates/model/src/sampling.rs",
        },
        AttentionFigure::Surprise => MethodText {
            formula: "surprise = \u{2212}log2 p(token | the tokens before it)",
            meaning: "Each bit halves the probability. The first token has nothing before it and \
                so no surprise.",
            unit: "Bits; the table has nats too (1 bit = 0.693 nats).",
            source: "Shannon (1948), A mathematical theory of communication.",
            code: "crates/view/src/rooms/attention/figures/surprise.rs",
        },
        AttentionFigure::Perplexity => MethodText {
            formula: "perplexity = 2^(mean surprise);  excess = mean surprise \u{2212} mean true surprise",
            meaning: "Over the tokens up to each position, the first one left out. Model \
                perplexity is true perplexity times 2 to the power of the excess.",
            unit: "Perplexity: equally probable tokens; excess: bits per token.",
            source: "Jelinek et al. (1977), Perplexity: a measure of the difficulty of speech \
                recognition tasks.",
            code: "crates/view/src/rooms/attention/figures/perplexity.rs",
        },
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_figure_says_how_it_is_computed() {
        for figure in AttentionFigure::ALL {
            let MethodText {
                formula,
                meaning,
                unit,
                source,
                code: _,
            } = method(figure);
            for text in [formula, title(figure)] {
                assert!(!text.is_empty(), "{figure:?}");
            }
            for text in [meaning, unit, source] {
                assert!(text.ends_with('.'), "{figure:?}: {text}");
                assert!(!text.contains("  "), "{figure:?}: {text}");
            }
        }
    }

    #[test]
    fn the_code_is_where_it_is_said_to_be() {
        let root = Path::new("../..");
        for figure in AttentionFigure::ALL {
            let code = method(figure).code;
            assert!(root.join(code).is_file(), "{code}");
        }
    }
}
