//! The state of a story: everything that earlier tokens have fixed and later tokens depend on.

use crate::labels::{Gender, Mood, Number, PlaceId, Tense, TokenLabels};
use crate::program::{Effect, Role, Sentence, Stage, Test};

/// The state of a story after some tokens.
///
/// It holds the position in the grammar's program and the facts of the world:
/// who is in the story, what there is and where, which sentences are used up,
/// how long the story is. Two prefixes that reach equal states have the same future.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// Position in the program.
    pub(crate) pc: u16,
    /// Tokens so far, the start token included.
    pub(crate) len: u8,
    /// One bit per family of sentences that may not come again.
    pub(crate) used: [u64; 4],
    pub(crate) mood: Mood,
    pub(crate) tense: Option<Tense>,
    pub(crate) hero: Person,
    /// Name of the second hero of a pair.
    pub(crate) partner: Option<u8>,
    pub(crate) friend: Person,
    /// The friend is a group of animals or children, and which.
    pub(crate) group: Option<u8>,
    /// Where the hero is.
    pub(crate) here: Option<u8>,
    pub(crate) things: [Thing; 2],
    /// The preposition that has been said while its place has not.
    pub(crate) prep: Option<u8>,
    /// Who was spoken of last, for the choice between name and pronoun.
    pub(crate) salient: Option<Role>,
    /// Number of the latest subject.
    pub(crate) subject: Option<Number>,
    /// What the latest token agrees with, if it is a pronoun.
    pub(crate) pronoun: Option<Gender>,
    pub(crate) in_quote: bool,
    /// The sentence starts after words that join, such as "One day,".
    pub(crate) is_joined: bool,
}

/// A named character.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Person {
    pub(crate) name: Option<u8>,
    pub(crate) gender: Option<Gender>,
    pub(crate) kind: Option<u8>,
}

/// An object that can be found, moved and asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Thing {
    pub(crate) noun: Option<u8>,
    /// Decided by the article, before the noun.
    pub(crate) plural: bool,
    pub(crate) colour: Option<u8>,
    pub(crate) place: Option<u8>,
}

impl State {
    /// The state before the first token.
    pub(crate) fn initial(pc: u16) -> Self {
        Self {
            pc,
            len: 0,
            used: [0; 4],
            mood: Mood::Happy,
            tense: None,
            hero: Person::default(),
            partner: None,
            friend: Person::default(),
            group: None,
            here: None,
            things: [Thing::default(); 2],
            prep: None,
            salient: None,
            subject: None,
            pronoun: None,
            in_quote: false,
            is_joined: false,
        }
    }

    /// Number of tokens so far, start and end token included.
    pub fn n_tokens(&self) -> usize {
        usize::from(self.len)
    }

    /// The labels that hold in this state.
    pub fn labels(&self) -> TokenLabels {
        TokenLabels {
            mood: self.mood,
            tense: self.tense,
            number: self.subject,
            pronoun: self.pronoun,
            place: self.here.map(PlaceId),
            object_places: self.things.map(|thing| thing.place.map(PlaceId)),
            in_quote: self.in_quote,
        }
    }

    /// The grammatical number of a role.
    pub(crate) fn number(&self, role: Role) -> Number {
        let is_plural = match role {
            Role::Hero => self.partner.is_some(),
            Role::Partner => false,
            Role::Friend => self.group.is_some(),
            Role::First => self.things[0].plural,
            Role::Second => self.things[1].plural,
            Role::Both => true,
        };
        if is_plural {
            Number::Plural
        } else {
            Number::Singular
        }
    }

    /// What pronouns for this role agree with; `None` if that is still open.
    pub(crate) fn gender(&self, role: Role) -> Option<Gender> {
        if self.number(role) == Number::Plural {
            return Some(Gender::Plural);
        }
        match role {
            Role::Hero | Role::Partner | Role::Both => self.hero.gender,
            Role::Friend => self.friend.gender,
            Role::First | Role::Second => Some(Gender::Neuter),
        }
    }

    /// The name of a role, once it has one; objects answer with the hero's.
    pub(crate) fn name(&self, role: Role) -> Option<u8> {
        match role {
            Role::Partner => self.partner,
            Role::Friend => self.friend.name,
            Role::Hero | Role::First | Role::Second | Role::Both => self.hero.name,
        }
    }

    /// Whether a test of the facts holds.
    pub(crate) fn holds(&self, test: Test) -> bool {
        match test {
            Test::Plural(role) => self.number(role) == Number::Plural,
            Test::Coloured(role) => self.things[role.thing()].colour.is_some(),
        }
    }

    /// Where a role is.
    pub(crate) fn place(&self, role: Role) -> Option<u8> {
        match role {
            Role::Hero | Role::Partner | Role::Friend | Role::Both => self.here,
            Role::First => self.things[0].place,
            Role::Second => self.things[1].place,
        }
    }

    /// Moves a role to a place.
    pub(crate) fn move_to(&mut self, role: Role, place: Option<u8>) {
        match role {
            Role::Hero | Role::Partner | Role::Friend | Role::Both => self.here = place,
            Role::First => self.things[0].place = place,
            Role::Second => self.things[1].place = place,
        }
    }

    /// The character in a role; objects have none and answer with the hero.
    pub(crate) fn person_mut(&mut self, role: Role) -> &mut Person {
        if role == Role::Friend {
            &mut self.friend
        } else {
            &mut self.hero
        }
    }

    /// Whether a family of sentences has been used.
    pub(crate) fn has_used(&self, family: u8) -> bool {
        self.used[usize::from(family >> 6)] >> (family & 63) & 1 == 1
    }

    /// Marks a family of sentences as used.
    pub(crate) fn mark_used(&mut self, family: u8) {
        self.used[usize::from(family >> 6)] |= 1 << (family & 63);
    }

    /// This state at the start of a sentence.
    pub(crate) fn begin(mut self, sentence: &Sentence) -> Self {
        self.pc = sentence.start;
        self.mark_used(sentence.family);
        self.is_joined |= sentence.stage == Stage::Join;
        self
    }

    /// Applies an effect that emits nothing.
    pub(crate) fn apply(&mut self, effect: Effect) {
        match effect {
            Effect::Hold(role) => self.move_to(role, None),
            Effect::Follow(role, leader) => self.move_to(role, self.place(leader)),
            Effect::Tell(tense) => self.tense = Some(tense),
            Effect::Notice(role) => self.salient = Some(role),
            Effect::Subject(role) => self.subject = Some(self.number(role)),
        }
    }
}
