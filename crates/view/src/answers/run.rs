//! What a run of the model yields, as the page keeps it.

use headlight_activations::Surprise;
use headlight_protocol as engine;
use serde::Deserialize;

pub use headlight_protocol::{Backend, ResidualNorm};

pub use crate::answers::pattern::{MAX_WHOLE, Pattern, PatternError};

/// A token and its text decoded alone.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Token {
    /// Index in the vocabulary.
    pub id: u32,
    /// Its text; bytes that are no whole character stand as `<0xE2>`.
    pub text: String,
}

/// A token with the model's probability for it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct WeightedToken {
    /// Index in the vocabulary.
    pub id: u32,
    /// Its text, as in [`Token`].
    pub text: String,
    /// Its probability, in `[0, 1]`.
    pub prob: f64,
}

impl WeightedToken {
    /// False for markers such as `<|end|>` and for bytes that are no character of
    /// their own, which a prompt cannot hold as text.
    #[must_use]
    pub fn is_text(&self) -> bool {
        let is_marker = self.text.starts_with("<|") && self.text.ends_with("|>");
        let is_byte = self.text.starts_with("<0x") && self.text.ends_with('>');
        !self.text.is_empty() && !is_marker && !is_byte
    }
}

/// The answer to one prompt, without any attention pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Names the run; 0 for a recorded one.
    pub id: u64,
    /// What computed it.
    pub backend: Backend,
    /// The prompt's tokens, special ones included.
    pub tokens: Vec<Token>,
    /// The most probable next tokens, most probable first.
    pub next: Vec<WeightedToken>,
    /// Negative log-likelihood of each token, in nats; the first has none.
    pub nll: Vec<Option<f64>>,
    /// `exp` of the mean of `nll`; absent for a single token.
    pub perplexity: Option<f64>,
    /// L2 norms along the residual stream.
    pub residual: Vec<ResidualNorm>,
    /// Run of the prompt through the whole model, where parts were taken out.
    pub clean: Option<Box<UneditedRun>>,
    /// Time the engine took.
    pub elapsed_ms: f64,
}

/// A run of the whole model, to compare one with parts taken out with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UneditedRun {
    /// Its most probable next tokens.
    pub next: Vec<WeightedToken>,
    /// Its probability of each of [`Run::next`], in that order.
    pub prob_of_next: Vec<f64>,
    /// What [`Run`] gives each of its own `next`, in that order.
    pub edited_prob_of_next: Vec<f64>,
    /// Its surprise, as [`Run::nll`].
    pub nll: Vec<Option<f64>>,
    /// Its perplexity.
    pub perplexity: Option<f64>,
}

impl From<engine::RunAnswer> for Run {
    /// The engine's answer without its pattern; it has no id yet.
    fn from(answer: engine::RunAnswer) -> Self {
        let clean = |clean: Box<engine::CleanRun>| {
            Box::new(UneditedRun {
                next: clean.next.into_iter().map(Into::into).collect(),
                prob_of_next: clean.prob_of_next,
                edited_prob_of_next: clean.edited_prob_of_next,
                nll: clean.nll,
                perplexity: clean.perplexity,
            })
        };
        Self {
            id: 0,
            backend: answer.backend,
            tokens: answer.tokens.into_iter().map(Into::into).collect(),
            next: answer.next.into_iter().map(Into::into).collect(),
            nll: answer.nll,
            perplexity: answer.perplexity,
            residual: answer.residual,
            clean: answer.clean.map(clean),
            elapsed_ms: answer.elapsed_ms,
        }
    }
}

impl From<engine::TokenText> for Token {
    fn from(token: engine::TokenText) -> Self {
        Self {
            id: token.id,
            text: token.text,
        }
    }
}

impl From<engine::NextToken> for WeightedToken {
    fn from(token: engine::NextToken) -> Self {
        Self {
            id: token.id,
            text: token.text,
            prob: token.prob,
        }
    }
}

impl Run {
    /// Number of tokens.
    #[must_use]
    pub fn seq_len(&self) -> usize {
        self.tokens.len()
    }

    /// The next tokens whose texts are known, most probable first, and after them
    /// those of the whole model where parts of it were taken out; some stand twice.
    pub fn listed_next(&self) -> impl Iterator<Item = &WeightedToken> {
        let clean = self.clean.iter().flat_map(|clean| &clean.next);
        self.next.iter().chain(clean)
    }

    /// The text of one of the listed next tokens.
    #[must_use]
    pub fn token_text(&self, id: u32) -> Option<&str> {
        let token = self.listed_next().find(|token| token.id == id);
        token.map(|token| token.text.as_str())
    }

    /// True if the run came without the surprise of its tokens, which can be asked for.
    #[must_use]
    pub fn lacks_surprise(&self) -> bool {
        self.seq_len() > 1 && !self.is_recorded() && self.nll.iter().all(Option::is_none)
    }

    /// This run with the surprise that has come: under its edits, and without them.
    #[must_use]
    pub fn with_surprise(&self, shown: Surprise, clean: Option<Surprise>) -> Self {
        let mut run = self.clone();
        (run.nll, run.perplexity) = (shown.nll, shown.perplexity);
        if let Some((of, clean)) = run.clean.as_mut().zip(clean) {
            (of.nll, of.perplexity) = (clean.nll, clean.perplexity);
        }
        run
    }

    /// True for a run that came with the page instead of from the engine.
    #[must_use]
    pub const fn is_recorded(&self) -> bool {
        self.id == 0
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::answers::head::Head;

    /// A causal pattern of `n` tokens with easy numbers: each query gives half of
    /// its weight to the first token and shares the rest.
    pub(crate) fn pattern(n: usize) -> Pattern {
        let mut weights = vec![0.0; n * n];
        for query in 0..n {
            for key in 0..=query {
                let share = 0.5 / (query as f32 + 1.0);
                weights[query * n + key] = share + if key == 0 { 0.5 } else { 0.0 };
            }
        }
        Pattern::new(Head { layer: 1, head: 2 }, n, weights, vec![1.5; n]).unwrap()
    }

    /// A run over these words.
    pub(crate) fn run(words: &[&str]) -> Run {
        let token = |(id, text): (usize, &&str)| Token {
            id: id as u32,
            text: (*text).to_owned(),
        };
        Run {
            id: 3,
            backend: Backend::Cpu,
            tokens: words.iter().enumerate().map(token).collect(),
            next: vec![WeightedToken {
                id: 9,
                text: " They".to_owned(),
                prob: 0.31,
            }],
            nll: (0..words.len()).map(|i| (i > 0).then_some(1.0)).collect(),
            perplexity: Some(std::f64::consts::E),
            residual: Vec::new(),
            clean: None,
            elapsed_ms: 6.0,
        }
    }

    #[test]
    fn a_pattern_of_the_wrong_size_is_refused() {
        let error = Pattern::new(Head::default(), 2, vec![1.0; 3], vec![0.0; 2]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "pattern of 2 positions has 3 weights and 2 row sums, expected 4 and 2"
        );
    }

    #[test]
    fn the_score_is_the_logarithm_of_the_weight_plus_the_log_sum_exp() {
        let pattern = pattern(4);
        let weight = f64::from(pattern.weight(2, 0));
        assert!((pattern.score(2, 0).unwrap() - (weight.ln() + 1.5)).abs() < 1e-6);
    }

    #[test]
    fn a_masked_cell_has_no_score() {
        assert_eq!(pattern(4).score(1, 3), None);
    }

    #[test]
    fn the_strongest_key_has_rank_one() {
        let pattern = pattern(6);
        assert_eq!(pattern.strongest_key(4), 0);
        assert_eq!(pattern.rank(4, 0), Some(1));
        assert_eq!(pattern.rank(4, 3), Some(2));
    }

    #[test]
    fn a_cell_outside_the_matrix_is_zero_and_not_a_panic() {
        let pattern = pattern(2);
        assert!(pattern.weight(9, 9) == 0.0 && pattern.row(usize::MAX).is_empty());
        assert_eq!(pattern.strongest_key(7), 0);
    }

    /// A run with parts taken out: the tokens 1 and 2 come next, of the whole model 2 and 7.
    pub(crate) fn edited() -> Run {
        let token = |id: u32| WeightedToken {
            id,
            text: format!("t{id}"),
            prob: 0.5,
        };
        let mut run = run(&["a"]);
        run.next = vec![token(1), token(2)];
        run.clean = Some(Box::new(UneditedRun {
            next: vec![token(2), token(7)],
            ..UneditedRun::default()
        }));
        run
    }

    #[test]
    fn tokens_of_the_whole_model_have_texts_as_well() {
        assert_eq!(edited().token_text(7), Some("t7"));
        assert_eq!(edited().token_text(8), None);
    }
}
