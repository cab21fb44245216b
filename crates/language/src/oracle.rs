//! The truth about the language: exact probabilities by filtering.
//!
//! A prefix does not tell the state, only a set of states with weights. One token
//! moves each state along all its choices that emit this token, and equal states
//! are merged. The set stays small because a sentence's choices are drawn when
//! their first token is emitted.

use std::collections::{BTreeMap, HashMap};

use thiserror::Error;

use crate::grammar::Grammar;
use crate::labels::{Construct, LabelPosterior, Number};
use crate::state::State;
use crate::step::Choice;
use crate::vocabulary::Vocabulary;

/// The language cannot have produced a text.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum OracleError {
    /// The token at this index cannot follow those before it.
    #[error("token {token} ({text:?}) at index {index} cannot follow in this language")]
    ImpossibleToken {
        /// Index in the prefix, from 0 (the start token's place).
        index: usize,
        /// The token's id.
        token: u32,
        /// The token's text.
        text: String,
    },
}

/// Exact probabilities of a grammar.
///
/// ```
/// use headlight_language::{Oracle, Purpose, Stories};
///
/// let document = Stories::new(1, Purpose::Test).next().expect("stories never end");
/// let oracle = Oracle::stories();
/// // After the start token any story may begin.
/// let next = oracle.next(&document.tokens[..1])?;
/// assert!((next.iter().sum::<f64>() - 1.0).abs() < 1e-12);
/// assert!(next[document.tokens[1] as usize] > 0.0);
/// assert!(oracle.log_prob(&document.tokens)? < 0.0);
/// # Ok::<(), headlight_language::OracleError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Oracle<'g> {
    grammar: &'g Grammar,
}

impl Oracle<'static> {
    /// The oracle of the Stories language.
    pub fn stories() -> Self {
        Oracle::new(Grammar::stories())
    }
}

impl<'g> Oracle<'g> {
    /// The oracle of a grammar.
    pub fn new(grammar: &'g Grammar) -> Self {
        Self { grammar }
    }

    /// The words of the grammar.
    pub(crate) fn vocabulary(&self) -> &'g Vocabulary {
        self.grammar.vocabulary()
    }

    /// A filter before the first token, to be moved token by token.
    pub fn filter(&self) -> Filter<'g> {
        let grammar = self.grammar;
        Filter {
            grammar,
            states: vec![(grammar.initial(), 1.0)],
            n_tokens: 0,
        }
    }

    /// The filter after a prefix, which starts with the start token.
    ///
    /// # Errors
    ///
    /// Names the first token that cannot follow.
    pub fn filter_after(&self, prefix: &[u32]) -> Result<Filter<'g>, OracleError> {
        let mut filter = self.filter();
        for &token in prefix {
            filter.push(token)?;
        }
        Ok(filter)
    }

    /// Probability of each next token after a prefix: `[d_vocab]`, sums to 1,
    /// all 0 after the end token.
    ///
    /// # Errors
    ///
    /// Names the first token that cannot follow.
    pub fn next(&self, prefix: &[u32]) -> Result<Vec<f64>, OracleError> {
        Ok(self.filter_after(prefix)?.next())
    }

    /// Natural logarithm of the probability of each token given those before it.
    ///
    /// # Errors
    ///
    /// Names the first token that cannot follow.
    pub fn log_probs(&self, tokens: &[u32]) -> Result<Vec<f64>, OracleError> {
        let mut filter = self.filter();
        tokens
            .iter()
            .map(|&token| filter.push(token).map(f64::ln))
            .collect()
    }

    /// Natural logarithm of the probability of a prefix or whole document.
    ///
    /// # Errors
    ///
    /// Names the first token that cannot follow.
    pub fn log_prob(&self, tokens: &[u32]) -> Result<f64, OracleError> {
        Ok(self.log_probs(tokens)?.iter().sum())
    }

    /// Probability of each label value after a prefix.
    ///
    /// # Errors
    ///
    /// Names the first token that cannot follow.
    pub fn posterior(&self, prefix: &[u32]) -> Result<LabelPosterior, OracleError> {
        Ok(self.filter_after(prefix)?.posterior())
    }
}

/// The states that a prefix can be in, with their probabilities.
#[derive(Clone, Debug)]
pub struct Filter<'g> {
    grammar: &'g Grammar,
    /// Distinct states; the weights sum to 1.
    states: Vec<(State, f64)>,
    n_tokens: usize,
}

impl Filter<'_> {
    /// Moves past one token and returns its probability given those before it.
    ///
    /// # Errors
    ///
    /// If the token cannot follow; the filter then stays where it is.
    pub fn push(&mut self, token: u32) -> Result<f64, OracleError> {
        let mut states: Vec<(State, f64)> = Vec::new();
        let mut index_of: HashMap<State, usize> = HashMap::new();
        for (state, weight) in &self.states {
            for choice in self
                .grammar
                .choices(state)
                .iter()
                .filter(|choice| choice.token == token)
            {
                let index = *index_of.entry(choice.state).or_insert(states.len());
                if index == states.len() {
                    states.push((choice.state, 0.0));
                }
                states[index].1 += weight * choice.prob;
            }
        }
        let total: f64 = states.iter().map(|(_, weight)| weight).sum();
        if total <= 0.0 {
            let text = self.grammar.vocabulary().show(token);
            return Err(OracleError::ImpossibleToken {
                index: self.n_tokens,
                token,
                text,
            });
        }
        for (_, weight) in &mut states {
            *weight /= total;
        }
        self.states = states;
        self.n_tokens += 1;
        Ok(total)
    }

    /// All ways to go on, from every state that the prefix can be in.
    ///
    /// The probabilities are given the prefix: they sum to 1, or there are no choices
    /// after the end token. The same token can appear more than once.
    pub fn choices(&self) -> impl Iterator<Item = Choice> + '_ {
        self.states.iter().flat_map(|(state, weight)| {
            let choices = self.grammar.choices(state).into_iter();
            choices.map(move |choice| Choice {
                prob: weight * choice.prob,
                ..choice
            })
        })
    }

    /// Probability of each next token: `[d_vocab]`, sums to 1, all 0 after the end token.
    pub fn next(&self) -> Vec<f64> {
        let mut probs = vec![0.0; self.grammar.vocabulary().len()];
        for choice in self.choices() {
            probs[choice.token as usize] += choice.prob;
        }
        probs
    }

    /// Probability that the next token is an instance of each construct, or of none.
    ///
    /// The values sum to 1; the map is empty after the end token.
    pub fn constructs(&self) -> BTreeMap<Option<Construct>, f64> {
        let mut probs = BTreeMap::new();
        for choice in self.choices() {
            *probs.entry(choice.construct).or_default() += choice.prob;
        }
        probs
    }

    /// Probability that `token`, given that it comes next, is an instance of each
    /// construct, or of none. The values sum to 1; the map is empty if it cannot come.
    pub fn constructs_of(&self, token: u32) -> BTreeMap<Option<Construct>, f64> {
        let choices = self.choices().filter(|choice| choice.token == token);
        shares(choices.map(|choice| (choice.construct, choice.prob)))
    }

    /// Probability of each number that the next token agrees with, given that it is a
    /// verb. The values sum to 1; the map is empty if no verb can come.
    pub fn agreement(&self) -> BTreeMap<Number, f64> {
        let verbs = self.choices();
        let verbs = verbs.filter(|choice| choice.construct == Some(Construct::Verb));
        // A verb's own number is that of the latest subject just after it.
        shares(verbs.filter_map(|choice| Some((choice.state.labels().number?, choice.prob))))
    }

    /// Probability of each label value.
    pub fn posterior(&self) -> LabelPosterior {
        let mut posterior = LabelPosterior::default();
        for (state, weight) in &self.states {
            self.grammar.add_labels(state, *weight, &mut posterior);
        }
        posterior
    }

    /// Goes on from other states, with weights that need not sum to 1.
    pub(crate) fn restart(&mut self, mut states: Vec<(State, f64)>) {
        let total: f64 = states.iter().map(|(_, weight)| weight).sum();
        for (_, weight) in &mut states {
            *weight /= total;
        }
        self.states = states;
        self.n_tokens += 1;
    }

    /// Number of states that the prefix can be in.
    pub fn n_states(&self) -> usize {
        self.states.len()
    }
}

/// The sum of each key's weights over the sum of all.
fn shares<K: Ord>(weighted: impl Iterator<Item = (K, f64)>) -> BTreeMap<K, f64> {
    let mut shares = BTreeMap::new();
    for (key, weight) in weighted {
        *shares.entry(key).or_default() += weight;
    }
    let total: f64 = shares.values().sum();
    shares.values_mut().for_each(|share| *share /= total);
    shares
}
