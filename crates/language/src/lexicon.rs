//! The word lists of a grammar, read from its text.
//!
//! A list is a line `name = word word ...`. Some names have a meaning for the
//! program (names, kinds, objects, places, verbs); any other list can be drawn
//! from in a sentence by its name. A pair of lists `feel+` and `feel-` is one
//! list `feel` that follows the mood.

use std::collections::HashMap;

use crate::labels::Gender;
use crate::vocabulary::Vocabulary;

/// Words that are facts of a story, with their tokens.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// All names: girls', boys', then invented ones.
    pub(crate) names: Forms,
    pub(crate) n_girls: usize,
    pub(crate) n_common: usize,
    /// What a character can be, with the pronoun if the word tells it.
    pub(crate) kinds: Forms,
    pub(crate) kind_genders: Vec<Option<Gender>>,
    /// What a friend can be to the hero.
    pub(crate) kin: Forms,
    pub(crate) kin_genders: Vec<Option<Gender>>,
    pub(crate) groups: Forms,
    /// Objects: singular, then plural.
    pub(crate) nouns: Forms,
    pub(crate) n_singular: usize,
    pub(crate) colours: Forms,
    pub(crate) places: Forms,
    /// Preposition of each place, as index into `preps`.
    pub(crate) place_preps: Vec<u8>,
    pub(crate) preps: Vec<String>,
}

/// Words with the tokens they have after a space and without one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Forms {
    pub(crate) words: Vec<String>,
    spaced: Vec<u32>,
    bare: Vec<u32>,
}

impl Forms {
    /// Makes sure that all words in `range` have a token in this form.
    pub(crate) fn intern(
        &mut self,
        vocabulary: &mut Vocabulary,
        is_spaced: bool,
        range: std::ops::Range<usize>,
    ) {
        let tokens = if is_spaced {
            &mut self.spaced
        } else {
            &mut self.bare
        };
        tokens.resize(self.words.len(), 0);
        for index in range {
            tokens[index] = vocabulary.intern(&spaced(is_spaced, &self.words[index]));
        }
    }

    /// The token of a word in a form that was interned.
    pub(crate) fn token(&self, index: usize, is_spaced: bool) -> u32 {
        if is_spaced {
            self.spaced[index]
        } else {
            self.bare[index]
        }
    }

    /// The word of a token, if it has one in this form.
    pub(crate) fn index_of(&self, token: u32, is_spaced: bool) -> Option<usize> {
        let tokens = if is_spaced { &self.spaced } else { &self.bare };
        // 0 stands for words that no sentence uses in this form.
        tokens
            .iter()
            .position(|&known| known == token && known != 0)
    }

    /// All tokens in this form.
    pub(crate) fn tokens(&self, is_spaced: bool) -> impl Iterator<Item = u32> + '_ {
        let tokens = if is_spaced { &self.spaced } else { &self.bare };
        tokens.iter().copied().filter(|&token| token != 0)
    }

    /// Number of words.
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }
}

/// The word with or without a space before it.
pub(crate) fn spaced(is_spaced: bool, word: &str) -> String {
    if is_spaced {
        format!(" {word}")
    } else {
        word.to_owned()
    }
}

/// All lists of a grammar by name.
pub(crate) type Lists = HashMap<String, Vec<String>>;

impl Facts {
    /// Reads the lists that have a meaning.
    pub(crate) fn new(lists: &Lists) -> Self {
        let list = |name: &str| lists.get(name).cloned().unwrap_or_default();
        let forms = |words: Vec<String>| Forms {
            words,
            ..Forms::default()
        };
        let (girls, boys) = (list("girls"), list("boys"));
        let (singular, plural) = (list("object"), list("objects"));
        let (kinds, kind_genders) = gendered(["kind-she", "kind-he", "kind"].map(list));
        let (kin, kin_genders) = gendered(["kin-she", "kin-he", "kin"].map(list));
        let mut facts = Self {
            n_girls: girls.len(),
            n_common: girls.len() + boys.len(),
            names: forms([girls, boys, list("invented")].concat()),
            kinds: forms(kinds),
            kind_genders,
            kin: forms(kin),
            kin_genders,
            groups: forms(list("group")),
            n_singular: singular.len(),
            nouns: forms([singular, plural].concat()),
            colours: forms(list("colour")),
            ..Self::default()
        };
        for place in list("place") {
            facts.add_place(&place);
        }
        facts
    }

    /// Adds a place written as `preposition/noun`; without a preposition it is "in".
    fn add_place(&mut self, place: &str) {
        let (prep, noun) = place.split_once('/').unwrap_or(("in", place));
        let index = self
            .preps
            .iter()
            .position(|known| known == prep)
            .unwrap_or_else(|| {
                self.preps.push(prep.to_owned());
                self.preps.len() - 1
            });
        self.place_preps.push(index as u8);
        self.places.words.push(noun.to_owned());
    }

    /// The words of a place, as in "in the kitchen".
    pub(crate) fn place(&self, index: u8) -> Option<String> {
        let noun = self.places.words.get(usize::from(index))?;
        let prep = &self.preps[usize::from(self.place_preps[usize::from(index)])];
        Some(format!("{prep} the {noun}"))
    }

    /// The pronoun that a name tells; invented names tell none.
    pub(crate) fn name_gender(&self, index: usize) -> Option<Gender> {
        match index {
            i if i < self.n_girls => Some(Gender::Feminine),
            i if i < self.n_common => Some(Gender::Masculine),
            _ => None,
        }
    }
}

/// Joins words for her, for him and for either, with what they tell.
fn gendered([she, he, either]: [Vec<String>; 3]) -> (Vec<String>, Vec<Option<Gender>>) {
    let genders = std::iter::repeat_n(Some(Gender::Feminine), she.len())
        .chain(std::iter::repeat_n(Some(Gender::Masculine), he.len()))
        .chain(std::iter::repeat_n(None, either.len()))
        .collect();
    ([she, he, either].concat(), genders)
}

/// The forms of a verb: present plural, present singular, past plural, past singular.
///
/// `known` holds irregular verbs as three words (base, third person, past); the
/// rest follow the rules of spelling.
pub(crate) fn conjugate(base: &str, known: &HashMap<String, Vec<String>>) -> [String; 4] {
    if base == "be" {
        return ["are", "is", "were", "was"].map(str::to_owned);
    }
    if let Some([base, third, past]) = known.get(base).map(Vec::as_slice) {
        return [base.clone(), third.clone(), past.clone(), past.clone()];
    }
    let ends = |endings: &[&str]| endings.iter().any(|ending| base.ends_with(ending));
    let stem = &base[..base.len().saturating_sub(1)];
    let is_consonant_y = base.ends_with('y') && !ends(&["ay", "ey", "oy"]);
    let third = match () {
        () if is_consonant_y => format!("{stem}ies"),
        () if ends(&["s", "sh", "ch", "x", "o"]) => format!("{base}es"),
        () => format!("{base}s"),
    };
    let past = match () {
        () if is_consonant_y => format!("{stem}ied"),
        () if base.ends_with('e') => format!("{base}d"),
        () => format!("{base}ed"),
    };
    [base.to_owned(), third, past.clone(), past]
}
