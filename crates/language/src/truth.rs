//! What the language itself says of one text, for the page to show beside a model.
//!
//! The page's worker that holds the language speaks in [`TruthAsk`] and [`TruthAnswer`].

use serde::{Deserialize, Serialize};

use crate::oracle::{Filter, Oracle, OracleError};
use crate::vocabulary::Vocabulary;

/// Number of tokens that are named in place of an impossible one.
pub const MAX_EXPECTED: usize = 3;

/// A token as somebody else's tokenizer numbers and shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedToken {
    /// Index in the vocabulary.
    pub id: u32,
    /// Its text.
    pub text: String,
}

/// A token that may come next, with its exact probability.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrueToken {
    /// Index in the vocabulary.
    pub id: u32,
    /// Its text.
    pub text: String,
    /// Its probability, in `(0, 1]`.
    pub prob: f64,
}

/// The first token of a text that the language cannot have produced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Impossible {
    /// Its position, from 0, the start token's place.
    pub pos: usize,
    /// Its text.
    pub text: String,
    /// The tokens that could have stood there, most probable first; at most
    /// [`MAX_EXPECTED`] of them.
    pub expected: Vec<TrueToken>,
}

/// The exact surprise of each token of a text, and what may come next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// Negative log-likelihood of each token given those before it, in nats: `[pos]`.
    /// The first token has none, and no token from the impossible one on.
    pub nll: Vec<Option<f64>>,
    /// Every token that may follow the text, most probable first; the probabilities
    /// sum to 1. Empty after the end token and after an impossible one.
    pub next: Vec<TrueToken>,
    /// The first token that cannot follow, if there is one.
    pub impossible: Option<Impossible>,
}

impl Truth {
    /// What `oracle` says of `tokens`, which should start with the start token.
    pub fn of(oracle: Oracle<'_>, tokens: &[u32]) -> Self {
        let mut filter = oracle.filter();
        let mut nll = vec![None; tokens.len()];
        for (pos, &token) in tokens.iter().enumerate() {
            match filter.push(token) {
                // The start token is given, not predicted.
                Ok(_) if pos == 0 => {}
                // Without the minus zero that a certain token would have.
                Ok(prob) => nll[pos] = Some((-prob.ln()).max(0.0)),
                Err(OracleError::ImpossibleToken { index, text, .. }) => {
                    let mut expected = following(oracle, &filter);
                    expected.truncate(MAX_EXPECTED);
                    return Self {
                        nll,
                        next: Vec::new(),
                        impossible: Some(Impossible {
                            pos: index,
                            text,
                            expected,
                        }),
                    };
                }
            }
        }
        Self {
            nll,
            next: following(oracle, &filter),
            impossible: None,
        }
    }
}

/// Every token that may come next, most probable first.
fn following(oracle: Oracle<'_>, filter: &Filter<'_>) -> Vec<TrueToken> {
    let probs = filter.next().into_iter().zip(0..);
    let mut next: Vec<TrueToken> = probs
        .filter(|(prob, _)| *prob > 0.0)
        .map(|(prob, id)| TrueToken {
            id,
            text: oracle.vocabulary().show(id),
            prob,
        })
        .collect();
    next.sort_by(|a, b| b.prob.total_cmp(&a.prob));
    next
}

/// A question about a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TruthAsk {
    /// Names the question; a larger number is a newer one.
    pub ask: u64,
    /// Number of ids of the asking model's vocabulary.
    pub d_vocab: usize,
    /// The text's tokens, the start token included.
    pub tokens: Vec<NamedToken>,
}

/// The answer to a [`TruthAsk`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TruthAnswer {
    /// The question.
    pub ask: u64,
    /// The truth, or in one sentence without a full stop why the language says
    /// nothing of these tokens.
    pub truth: Result<Truth, String>,
}

impl TruthAsk {
    /// Asks about the ids and texts of a text's tokens, the start token included.
    pub fn new<'a>(
        ask: u64,
        d_vocab: usize,
        tokens: impl IntoIterator<Item = (u32, &'a str)>,
    ) -> Self {
        let named = |(id, text): (u32, &str)| NamedToken {
            id,
            text: text.to_owned(),
        };
        Self {
            ask,
            d_vocab,
            tokens: tokens.into_iter().map(named).collect(),
        }
    }

    /// Answers for the Stories language.
    ///
    /// A model may call its language `stories` and yet number other words: such
    /// tokens are refused by name.
    pub fn answer(&self) -> TruthAnswer {
        let oracle = Oracle::stories();
        let truth = self.check(oracle.vocabulary()).map(|()| {
            let ids: Vec<u32> = self.tokens.iter().map(|token| token.id).collect();
            Truth::of(oracle, &ids)
        });
        TruthAnswer {
            ask: self.ask,
            truth,
        }
    }

    fn check(&self, vocabulary: &Vocabulary) -> Result<(), String> {
        if self.d_vocab != vocabulary.len() {
            return Err(format!(
                "the model has {} tokens, expected the {} of the language",
                self.d_vocab,
                vocabulary.len()
            ));
        }
        for NamedToken { id, text } in &self.tokens {
            // How a byte is shown is the tokenizer's own.
            match vocabulary.word(*id) {
                Some(word) if word != text => {
                    return Err(format!(
                        "the model has {text:?} for token {id}, expected the language's {word:?}"
                    ));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Purpose, Stories};
    use crate::grammar::vocabulary;
    use crate::vocabulary::{END, START};

    fn named(ids: &[u32]) -> Vec<NamedToken> {
        let named = |&id: &u32| NamedToken {
            id,
            text: vocabulary().show(id),
        };
        ids.iter().map(named).collect()
    }

    fn ask(ids: &[u32]) -> TruthAsk {
        TruthAsk {
            ask: 7,
            d_vocab: vocabulary().len(),
            tokens: named(ids),
        }
    }

    #[test]
    fn the_surprise_of_a_story_is_the_oracles() {
        let document = Stories::new(2, Purpose::Test).document(0);
        let truth = Truth::of(Oracle::stories(), &document.tokens);
        let log_probs = Oracle::stories().log_probs(&document.tokens).unwrap();
        assert_eq!(truth.nll[0], None);
        for (nll, log_prob) in truth.nll.iter().zip(log_probs).skip(1) {
            assert_eq!(nll.unwrap(), (-log_prob).max(0.0));
        }
        assert_eq!((truth.next, truth.impossible), (Vec::new(), None));
    }

    #[test]
    fn what_comes_next_is_the_oracles_most_probable_first() {
        let document = Stories::new(2, Purpose::Test).document(1);
        let prefix = &document.tokens[..20];
        let next = Truth::of(Oracle::stories(), prefix).next;
        let probs = Oracle::stories().next(prefix).unwrap();
        assert_eq!(next.len(), probs.iter().filter(|prob| **prob > 0.0).count());
        assert!(next.windows(2).all(|pair| pair[0].prob >= pair[1].prob));
        assert!(
            next.iter()
                .all(|token| probs[token.id as usize] == token.prob)
        );
        assert!(next.iter().any(|token| token.id == document.tokens[20]));
    }

    #[test]
    fn an_impossible_token_ends_the_truth_and_is_named() {
        let document = Stories::new(2, Purpose::Test).document(1);
        let mut ids = document.tokens[..9].to_vec();
        ids[6] = END;
        let truth = Truth::of(Oracle::stories(), &ids);
        let known: Vec<bool> = truth.nll.iter().map(Option::is_some).collect();
        assert_eq!(
            known,
            [false, true, true, true, true, true, false, false, false]
        );
        let impossible = truth.impossible.unwrap();
        assert_eq!((impossible.pos, &*impossible.text), (6, "<|end|>"));
        assert!(truth.next.is_empty());
        let could = Truth::of(Oracle::stories(), &ids[..6]).next;
        assert_eq!(impossible.expected, could[..MAX_EXPECTED.min(could.len())]);
    }

    #[test]
    fn a_text_without_the_start_token_is_impossible_from_its_first_token() {
        let truth = Truth::of(Oracle::stories(), &[300]);
        assert_eq!(truth.impossible.unwrap().pos, 0);
    }

    #[test]
    fn other_words_under_the_same_numbers_are_refused_by_name() {
        let mut ask = ask(&[START, 400]);
        assert!(ask.answer().truth.is_ok());
        ask.tokens[1].text = " nowhere".to_owned();
        let refusal = ask.answer().truth.unwrap_err();
        assert!(refusal.contains("\" nowhere\" for token 400"), "{refusal}");
        ask.d_vocab = 50_257;
        let refusal = ask.answer().truth.unwrap_err();
        assert!(refusal.contains("50257 tokens"), "{refusal}");
    }

    #[test]
    fn an_id_beyond_the_vocabulary_is_impossible_not_a_panic() {
        let beyond = NamedToken {
            id: u32::MAX,
            text: String::new(),
        };
        let mut ask = ask(&[START]);
        ask.tokens.push(beyond);
        assert_eq!(ask.answer().truth.unwrap().impossible.unwrap().pos, 1);
        assert_eq!(ask.answer().ask, 7);
    }
}
