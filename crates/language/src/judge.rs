//! Scores generated text by the rules of the language.
//!
//! **Task.** A model writes a story; which rules does it keep? A text that the language
//! cannot produce has no state to compare with, so the strict filter is of no use.
//!
//! **Principle.** The grammar's own program is walked leniently: every slot may be filled
//! by any word of its kind, every sentence may come anywhere, a closing quote may be
//! missing; each thing that the strict grammar would refuse costs 1. A Viterbi search
//! keeps the cheapest reading of the text so far for each state of the story, at most
//! [`BEAM`] of them. What the best reading deviates by is what the text does wrong.
//!
//! **Where nothing can be read**, the sentence is unreadable: reading resumes after the
//! next token that ends a sentence, with the facts from before the unreadable one.
//!
//! **Accepted downside.** The words that a sentence consists of are fixed: a new turn of
//! phrase is unreadable, however sensible. And a reading with fewest deviations can
//! blame another word than a person would.

mod index;
mod lenient;
mod reading;
mod slots;

use std::collections::BTreeMap;
use std::iter::Sum;
use std::ops::AddAssign;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::grammar::Grammar;
use crate::labels::{Construct, Mood};
use crate::program::Stage;
use crate::state::State;
use index::Reader;

/// Most readings that are kept at a token.
const BEAM: usize = 512;
/// The mood before an ending counts only if it is at least so probable.
const CLEAR_MOOD: f64 = 0.6;
/// What an unreadable sentence counts as a failure of.
const UNREADABLE: [Construct; 4] = [
    Construct::Quote,
    Construct::Pronoun,
    Construct::Verb,
    Construct::Mood,
];

/// Counts of a construct: how often it came, and how often it was right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// Number of occurrences.
    pub n: usize,
    /// Number of correct occurrences; at most `n`.
    pub n_correct: usize,
}

impl Score {
    /// Share of right ones, in `[0, 1]`; `None` without occurrences.
    pub fn rate(self) -> Option<f64> {
        (self.n > 0).then(|| self.n_correct as f64 / self.n as f64)
    }

    /// Takes one occurrence.
    fn count(&mut self, is_right: bool) {
        self.n += 1;
        self.n_correct += usize::from(is_right);
    }
}

/// What a text, or several, keeps of the language's rules.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Tokens, the start and end token included; tokens after the end token are not read.
    pub n_tokens: usize,
    /// Tokens that cannot follow those before them in the language. After each one the
    /// exact filter goes on from the best readings.
    pub n_impossible: usize,
    /// Tokens that no reading covers, after the impossible one at which an unreadable
    /// sentence breaks and before the next sentence. They have no probability, so they
    /// are not counted in `n_impossible`.
    pub n_skipped: usize,
    /// Sentences, the unreadable ones included.
    pub n_sentences: usize,
    /// Sentences without any reading. Each counts as one failure of quotes, pronouns,
    /// verbs and mood.
    pub n_unreadable: usize,
    /// Deviations from the strict grammar in the best readings, whatever they are of.
    pub n_deviations: usize,
    /// Occurrences of each construct in the best readings.
    ///
    /// A quotation that never closes is a failure of [`Construct::Quote`]. An occurrence
    /// of [`Construct::Mood`] is an ending: it is right if all its certain mood words
    /// fit the mood that is more probable from the sentences before it, and does not
    /// count if no mood has probability 0.6 or more there.
    pub scores: BTreeMap<Construct, Score>,
    /// Expected number of the endings that count would be right in the language itself:
    /// the sum of the probabilities of the more probable mood. Sentences before the
    /// ending only hint at the mood, so the language's own rate is below 1.
    pub expected_mood: f64,
}

impl Judgement {
    /// The score of a construct; 0 of 0 if it never came.
    pub fn score(&self, construct: Construct) -> Score {
        self.scores.get(&construct).copied().unwrap_or_default()
    }

    /// Takes one occurrence of a construct.
    fn count(&mut self, construct: Construct, is_right: bool) {
        self.scores.entry(construct).or_default().count(is_right);
    }
}

impl AddAssign<&Self> for Judgement {
    fn add_assign(&mut self, other: &Self) {
        self.n_tokens += other.n_tokens;
        self.n_impossible += other.n_impossible;
        self.n_skipped += other.n_skipped;
        self.n_sentences += other.n_sentences;
        self.n_unreadable += other.n_unreadable;
        self.n_deviations += other.n_deviations;
        self.expected_mood += other.expected_mood;
        for (&construct, score) in &other.scores {
            let sum = self.scores.entry(construct).or_default();
            sum.n += score.n;
            sum.n_correct += score.n_correct;
        }
    }
}

impl Sum for Judgement {
    fn sum<I: Iterator<Item = Self>>(judgements: I) -> Self {
        let mut sum = Self::default();
        for judgement in judgements {
            sum += &judgement;
        }
        sum
    }
}

/// Scores texts by one grammar.
#[derive(Debug)]
pub struct Judge<'g> {
    reader: Reader<'g>,
}

impl<'g> Judge<'g> {
    /// A judge of a grammar; made once, it scores any number of texts.
    pub fn new(grammar: &'g Grammar) -> Self {
        Self {
            reader: Reader::new(grammar),
        }
    }

    /// Scores the tokens of one story, which starts with the start token. A story
    /// without an end token is scored as far as it goes.
    pub fn judge(&self, tokens: &[u32]) -> Judgement {
        reading::read(&self.reader, tokens)
    }
}

/// Scores the tokens of one story of the Stories language; see [`Judge::judge`].
pub fn judge(tokens: &[u32]) -> Judgement {
    static JUDGE: OnceLock<Judge<'static>> = OnceLock::new();
    JUDGE
        .get_or_init(|| Judge::new(Grammar::stories()))
        .judge(tokens)
}

/// One reading of the text so far.
#[derive(Clone, Copy, Debug)]
struct Path {
    /// State of the story; its mood means nothing.
    state: State,
    /// The mood that the sentence tells for certain.
    told: Option<Mood>,
    /// Number of deviations.
    cost: usize,
    log_prob: f64,
    /// Natural logarithm of the odds of a happy story.
    odds: f64,
    /// What the latest token was.
    event: Event,
}

/// What one token of a reading was.
#[derive(Clone, Copy, Debug, Default)]
struct Event {
    /// The construct that it is an instance of, and whether it is right.
    scored: Option<(Construct, bool)>,
    /// Quotations that should have closed before it.
    n_lost_quotes: usize,
    /// Stage of the sentence that the token begins, if it begins one.
    begun: Option<Stage>,
    /// The log-odds of a happy story before that sentence.
    odds: f64,
    /// Mood of which the token is a certain word.
    mood: Option<Mood>,
    /// True if the token ends an unreadable sentence.
    is_unreadable: bool,
}
