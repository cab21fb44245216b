//! What is true of a story: of the whole document, and at each of its tokens.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The mood of a story: it colours the choice of words and decides the ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mood {
    /// Things turn out well.
    Happy,
    /// Things turn out badly.
    Sad,
}

/// The grammatical number of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Number {
    /// One: "is", "walks".
    Singular,
    /// Several: "are", "walk".
    Plural,
}

/// The tense in which a story is told; speech in quotes is always in the present.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tense {
    /// "was", "walked".
    Past,
    /// "is", "walks".
    Present,
}

/// What a pronoun agrees with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gender {
    /// "she", "her".
    Feminine,
    /// "he", "him", "his".
    Masculine,
    /// "it", "its".
    Neuter,
    /// "they", "them", "their".
    Plural,
}

/// What a token is an instance of: the rules of the language that a model can keep or break.
///
/// The instruction that emitted the token decides; the word alone does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Construct {
    /// The preposition or the noun of a place that the story has told before, as in
    /// "It is *in* the *kitchen*".
    Location,
    /// A second or later use of an invented name.
    Name,
    /// A third-person pronoun, as in "she", "him", "its".
    Pronoun,
    /// A token that closes a quotation, such as `,"`.
    Quote,
    /// A word that is certain to fit the mood of the story, as endings have them.
    Mood,
    /// A form of a verb that agrees with its subject in number and with the story in tense.
    Verb,
}

/// A place of the language; [`crate::Grammar::place`] gives its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlaceId(pub u8);

/// What is true just after one token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TokenLabels {
    /// Mood of the story. It is drawn with the start token, so it may not show yet.
    pub mood: Mood,
    /// Tense of the story, once a verb has fixed it.
    pub tense: Option<Tense>,
    /// Number of the latest subject, once there is one.
    pub number: Option<Number>,
    /// What this token agrees with, if it is a third-person pronoun.
    pub pronoun: Option<Gender>,
    /// Where the hero is, once told.
    pub place: Option<PlaceId>,
    /// Where the first and second object are; `None` while unknown or carried.
    pub object_places: [Option<PlaceId>; 2],
    /// Whether a quotation is open after this token.
    pub in_quote: bool,
}

/// What is true of a whole story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentLabels {
    /// Mood of the story.
    pub mood: Mood,
    /// Tense of the story.
    pub tense: Option<Tense>,
    /// One hero or a pair of heroes.
    pub number: Number,
    /// Pronoun of the hero or heroes; `None` if it was never used and the name does not tell.
    pub gender: Option<Gender>,
    /// Name of the hero, or of the first of the pair.
    pub hero: String,
    /// Where the hero ended, as in "in the kitchen".
    pub place: Option<String>,
    /// The first and second object, as in "ball".
    pub objects: [Option<String>; 2],
    /// Where each object ended, as in "in the kitchen".
    pub object_places: [Option<String>; 2],
}

/// The probability of each value of each label, given a prefix.
///
/// Each map sums to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LabelPosterior {
    /// Mood of the story.
    pub mood: BTreeMap<Mood, f64>,
    /// Tense of the story.
    pub tense: BTreeMap<Option<Tense>, f64>,
    /// Number of the latest subject.
    pub number: BTreeMap<Option<Number>, f64>,
    /// What the latest token agrees with, if it is a pronoun: the gender of the one it means.
    pub pronoun: BTreeMap<Option<Gender>, f64>,
    /// One hero or a pair, in the whole story: it may be decided before a name tells it.
    pub heroes: BTreeMap<Number, f64>,
    /// Pronoun of the hero or heroes as far as told; `None` while it is open.
    pub gender: BTreeMap<Option<Gender>, f64>,
    /// Name of the hero, or of the first of the pair; `None` before it is told.
    pub hero: BTreeMap<Option<String>, f64>,
    /// Where the hero is.
    pub place: BTreeMap<Option<PlaceId>, f64>,
    /// The first and second object, as in "ball"; `None` before they are told.
    pub objects: [BTreeMap<Option<String>, f64>; 2],
    /// Where the first and second object are.
    pub object_places: [BTreeMap<Option<PlaceId>, f64>; 2],
    /// Whether a quotation is open.
    pub in_quote: BTreeMap<bool, f64>,
}
