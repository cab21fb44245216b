//! The instructions that sentences compile to.
//!
//! A sentence is a short straight-line program with forward branches. Instructions
//! either emit one token (perhaps a choice of one), or branch, or silently change facts.

use crate::labels::Tense;

/// Program position of the choice of the next sentence.
pub(crate) const BOUNDARY: u16 = 0;
/// Program position that emits the end token.
pub(crate) const FINISH: u16 = 1;
/// Program position after the end token.
pub(crate) const DONE: u16 = 2;
/// Program position before the start token.
pub(crate) const BEGIN: u16 = 3;

/// Who or what a word refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    /// The hero, or the pair of heroes.
    Hero,
    /// The second of a pair of heroes.
    Partner,
    /// The second character, or a group.
    Friend,
    /// The first object.
    First,
    /// The second object.
    Second,
    /// Hero and friend together.
    Both,
}

impl Role {
    /// Index of an object in [`crate::state::State::things`].
    pub(crate) fn thing(self) -> usize {
        usize::from(self == Self::Second)
    }
}

/// A silent change of facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// The role is carried, or its place is no longer known.
    Hold(Role),
    /// The first role comes to where the second is.
    Follow(Role, Role),
    /// The tense is fixed.
    Tell(Tense),
    /// The role becomes the one that a pronoun would mean.
    Notice(Role),
    /// The role becomes the subject.
    Subject(Role),
}

/// A test of facts that jumps without a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    /// The role is plural.
    Plural(Role),
    /// The object's colour is known.
    Coloured(Role),
}

/// One instruction.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// Draws the mood and emits the start token.
    Begin,
    /// Draws the next sentence.
    Boundary,
    /// Emits the end token.
    Finish,
    /// Nothing follows.
    Done,
    /// Emits this token.
    Emit(u32),
    /// Draws one of several continuations.
    Fork(Box<[(f64, u16)]>),
    /// Goes on elsewhere.
    Jump(u16),
    /// Goes on elsewhere unless the test holds.
    Unless(Test, u16),
    /// Changes facts.
    Do(Effect),
    /// Emits one token that depends on facts or on a draw.
    Fill(Slot),
}

/// Which names a new character may get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pool {
    /// The name that the character has.
    Known,
    /// Ordinary names only.
    Common,
    /// Invented names only.
    Invented,
    /// Half ordinary, half invented.
    Any,
}

/// A word that depends on the facts, or that is drawn and may become a fact.
#[derive(Clone, Debug)]
pub(crate) enum Slot {
    /// Any of these words, alike.
    Word(Box<[u32]>),
    /// A word that fits the mood: always if `is_sure`, else mostly.
    MoodWord {
        bright: Box<[u32]>,
        dark: Box<[u32]>,
        is_sure: bool,
    },
    /// Forms: present plural, present singular, past plural, past singular.
    Verb {
        forms: [u32; 4],
        /// These forms even where the role has one number only; `None` if no sentence
        /// uses the form.
        all_forms: [Option<u32>; 4],
        role: Role,
        is_now: bool,
    },
    /// Tokens by [`crate::Gender`].
    Pronoun { tokens: [u32; 4], role: Role },
    /// A pronoun (then on to `after`) or, with the next instruction, a full reference.
    /// The pronouns are with a capital, then without.
    Subject {
        tokens: [[u32; 4]; 2],
        role: Role,
        after: u16,
    },
    /// A word with a capital, or without one after words that join.
    Cased { tokens: [u32; 2] },
    /// Singular and plural token.
    ByNumber { tokens: [u32; 2], role: Role },
    /// A character's name.
    Name {
        role: Role,
        pool: Pool,
        is_spaced: bool,
    },
    /// What a character is, as in "dragon".
    Kind {
        role: Role,
        is_new: bool,
        is_spaced: bool,
    },
    /// What the friend is to the hero, as in "sister".
    Kin { is_spaced: bool },
    /// A group, as in "ducks".
    Group { is_new: bool, is_spaced: bool },
    /// "a" or "some", which fixes an object's number.
    Article { tokens: [u32; 2], role: Role },
    /// An object's noun.
    Noun {
        role: Role,
        is_new: bool,
        is_spaced: bool,
    },
    /// An object's colour.
    Colour {
        role: Role,
        is_new: bool,
        is_spaced: bool,
    },
    /// The preposition of a place: tokens by preposition.
    Prep {
        tokens: Box<[u32]>,
        role: Role,
        is_new: bool,
    },
    /// The noun of a place.
    PlaceNoun {
        role: Role,
        is_new: bool,
        is_spaced: bool,
    },
}

/// The part of a story in which a sentence can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// First sentence.
    Opening,
    /// Words before a sentence that starts with its subject, as in "One day,".
    Join,
    /// Any later sentence but the last.
    Middle,
    /// Last sentence.
    Ending,
}

/// A compiled sentence and the conditions of its use.
#[derive(Clone, Debug)]
pub(crate) struct Sentence {
    pub(crate) stage: Stage,
    /// First instruction of the sentence's program.
    pub(crate) start: u16,
    pub(crate) weight: f64,
    /// Factor on the weight in a happy and in a sad story.
    pub(crate) leaning: [f64; 2],
    /// Facts that must hold, as bits of [`crate::conditions::facts`].
    pub(crate) needs: u32,
    /// Facts that must not hold.
    pub(crate) forbids: u32,
    /// Family of sentences of which at most one comes.
    pub(crate) family: u8,
    /// True if the sentence may follow words that join.
    pub(crate) can_join: bool,
    /// Fewest and most tokens it may emit.
    pub(crate) n_tokens: (u8, u8),
}
