//! The Stories language: short English children's stories whose true next-token
//! probabilities are known exactly.
//!
//! - [`Grammar`]: the language as data, read from two text files and compiled to a small program.
//! - [`State`]: everything the story so far has fixed; [`Grammar::choices`] lists what may follow.
//! - [`Document`], [`Stories`], [`generate`]: sampling, with labels that are right by construction.
//! - [`Oracle`], [`Filter`]: the exact next-token distribution, by filtering over states.
//! - [`Truth`]: what the language says of one text, for the page.
//! - [`judge`](fn@judge), [`Judgement`]: scores of generated text by the rules of the language.
//! - [`Vocabulary`], [`tokenizer_json`]: the tokens, and the Hugging Face file that yields them.
//!
//! Generator and oracle share one function, [`Grammar::choices`], so they cannot disagree.

mod compile;
/// What `config.json` of a model calls this language.
pub const NAME: &str = "stories";

mod conditions;
mod document;
mod grammar;
mod judge;
mod labels;
mod lexicon;
mod oracle;
mod posterior;
mod program;
mod source;
mod state;
mod step;
mod tokenizer;
mod truth;
mod vocabulary;

pub use document::{Document, Purpose, Stories, generate};
pub use grammar::{Grammar, vocabulary};
pub use judge::{Judge, Judgement, Score, judge};
pub use labels::{
    Construct, DocumentLabels, Gender, LabelPosterior, Mood, Number, PlaceId, Tense, TokenLabels,
};
pub use oracle::{Filter, Oracle, OracleError};
pub use source::GrammarError;
pub use state::State;
pub use step::Choice;
pub use tokenizer::tokenizer_json;
pub use truth::{Impossible, MAX_EXPECTED, NamedToken, TrueToken, Truth, TruthAnswer, TruthAsk};
pub use vocabulary::{END, START, Vocabulary};
