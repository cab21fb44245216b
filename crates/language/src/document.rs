//! Sampled stories: text, tokens and labels.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

use crate::grammar::Grammar;
use crate::labels::{Construct, DocumentLabels, PlaceId, TokenLabels};
use crate::program::Role;
use crate::state::State;

/// A story with its tokens and what is true of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The text, without the special tokens.
    pub text: String,
    /// Token ids, from the start token to the end token.
    pub tokens: Vec<u32>,
    /// What is true of the whole story.
    pub labels: DocumentLabels,
    /// What is true after each token; as many as `tokens`.
    pub token_labels: Vec<TokenLabels>,
    /// What each token is an instance of; as many as `tokens`.
    pub constructs: Vec<Option<Construct>>,
}

/// What documents are for; each purpose has its own stream for the same seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Fitting a model.
    Training,
    /// Following a model's progress and choosing among models.
    Evaluation,
    /// The scores that are reported.
    Test,
    /// Showing the language to people.
    Sample,
}

/// An endless stream of documents for a seed and a purpose.
#[derive(Clone, Debug)]
pub struct Stories<'g> {
    grammar: &'g Grammar,
    seed: u64,
    purpose: Purpose,
    index: u64,
}

impl Stories<'static> {
    /// The stream of the Stories language.
    pub fn new(seed: u64, purpose: Purpose) -> Self {
        Stories::of(Grammar::stories(), seed, purpose)
    }
}

impl<'g> Stories<'g> {
    /// The stream of any grammar.
    pub fn of(grammar: &'g Grammar, seed: u64, purpose: Purpose) -> Self {
        Self {
            grammar,
            seed,
            purpose,
            index: 0,
        }
    }

    /// The document at an index, without those before it.
    pub fn document(&self, index: u64) -> Document {
        self.grammar
            .sample(&mut rng(self.seed, self.purpose, index))
    }

    /// Goes on at an index, as a resumed training run does.
    #[must_use]
    pub fn starting_at(self, index: u64) -> Self {
        Self { index, ..self }
    }
}

impl Iterator for Stories<'_> {
    type Item = Document;

    fn next(&mut self) -> Option<Document> {
        let document = self.document(self.index);
        self.index += 1;
        Some(document)
    }
}

/// The story of a seed, from the stream for [`Purpose::Sample`].
pub fn generate(seed: u64) -> Document {
    Stories::new(seed, Purpose::Sample).document(0)
}

/// The generator of one document: seed, purpose and index together are the key.
fn rng(seed: u64, purpose: Purpose, index: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&index.to_le_bytes());
    key[16] = purpose as u8;
    key[24..].copy_from_slice(b"stories1");
    ChaCha8Rng::from_seed(key)
}

impl Grammar {
    /// Draws one document.
    fn sample(&self, rng: &mut impl Rng) -> Document {
        let mut state = self.initial();
        let (mut tokens, mut token_labels) = (Vec::new(), Vec::new());
        let mut constructs = Vec::new();
        loop {
            let choices = self.choices(&state);
            // 53 random bits: a uniform number in [0, 1) that is the same on every machine.
            let mut rest = (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
            let chosen = choices.iter().find(|choice| {
                rest -= choice.prob;
                rest < 0.0
            });
            // Rounding can leave a sliver above the last choice.
            let Some(choice) = chosen.or(choices.last()) else {
                break;
            };
            state = choice.state;
            tokens.push(choice.token);
            token_labels.push(state.labels());
            constructs.push(choice.construct);
        }
        let text = self.vocabulary().decode(&tokens);
        Document {
            text,
            tokens,
            labels: self.document_labels(&state),
            token_labels,
            constructs,
        }
    }

    /// What the last state of a story says of the whole.
    fn document_labels(&self, state: &State) -> DocumentLabels {
        let place = |place: Option<u8>| place.and_then(|place| self.place(PlaceId(place)));
        let word = |words: &[String], index: Option<u8>| {
            index.and_then(|i| words.get(usize::from(i)).cloned())
        };
        DocumentLabels {
            mood: state.mood,
            tense: state.tense,
            number: state.number(Role::Hero),
            gender: state.gender(Role::Hero),
            hero: word(&self.facts.names.words, state.hero.name).unwrap_or_default(),
            place: place(state.here),
            objects: state
                .things
                .map(|thing| word(&self.facts.nouns.words, thing.noun)),
            object_places: state.things.map(|thing| place(thing.place)),
        }
    }
}
