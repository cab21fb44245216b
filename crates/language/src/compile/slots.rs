//! Compiles slots: the words of a sentence that depend on facts or are drawn.
//!
//! Slots, with the roles `h` hero (default), `g` second hero, `f` friend, `a` `b` objects,
//! `p` hero and friend together:
//!
//! | slot | gives |
//! |---|---|
//! | `{H}` `{F}` | subject at the start of a sentence: pronoun or name |
//! | `{subject.r}` | subject inside a sentence: pronoun where it is clear, or name |
//! | `{h}` `{f}` | the name or names, or "the ducks" |
//! | `{a}` `{A}` | "the ball", sometimes "the red ball"; with a capital "The" |
//! | `{noun.a}` | "ball" alone |
//! | `{new.a}` | "a red ball", a new object; `{some.a}` without adjectives |
//! | `{they.r}` `{They.r}` `{them.r}` `{their.r}` `{Their.r}` `{self.r}` | pronouns |
//! | `{name.r!}` `{common.r!}` `{odd.r!}` | a new name: any, ordinary, invented |
//! | `{kind.r!}` `{kind.h}` | what a character is, new or known |
//! | `{kin!}` | what the friend is to the hero |
//! | `{group!}` | a new group as friend |
//! | `{at.r!}` `{at.r}` `{At.r!}` `{At.r}` | "in the kitchen", new or known |
//! | `{to.r!}` | "to the kitchen", new |
//! | `{there.r}` | "kitchen" alone, known |
//! | `{one/two.r}` | the first or the second word, by number |
//! | `{list}` `{list!}` | a word of a list; `!` makes the mood certain |

use super::Compiler;
use crate::lexicon::spaced;
use crate::program::{BOUNDARY, Effect, Op, Pool, Role, Slot, Test};
use crate::source::GrammarError;

/// Pronouns by [`crate::Gender`]: her, him, it, them.
const PRONOUNS: [(&str, [&str; 4]); 6] = [
    ("they", ["she", "he", "it", "they"]),
    ("They", ["She", "He", "It", "They"]),
    ("them", ["her", "him", "it", "them"]),
    ("their", ["her", "his", "its", "their"]),
    ("Their", ["Her", "His", "Its", "Their"]),
    ("self", ["herself", "himself", "itself", "themselves"]),
];

/// Probability that a known colour is repeated.
const COLOUR_AGAIN: f64 = 0.25;
/// Probability that a new object gets another adjective before its colour.
const NEW_LOOK: f64 = 0.5;
/// Probability that a new object gets a colour.
const NEW_COLOUR: f64 = 0.65;
/// Probability that a new place gets an adjective.
const NEW_SPOT: f64 = 0.5;

impl Compiler<'_> {
    /// Compiles `{slot}`.
    pub(super) fn slot(&mut self, text: &str) -> Result<(), GrammarError> {
        let is_spaced = std::mem::take(&mut self.is_spaced);
        let (text, is_new) = match text.strip_suffix('!') {
            Some(text) => (text, true),
            None => (text, false),
        };
        let (name, role) = match text.split_once('.') {
            Some((name, role)) => (name, self.role(role)?),
            None => (text, Role::Hero),
        };
        if let Some((one, many)) = name.split_once('/') {
            let tokens = [one, many].map(|word| self.vocabulary.intern(&spaced(is_spaced, word)));
            self.ops.push(Op::Fill(Slot::ByNumber { tokens, role }));
            return Ok(());
        }
        if let Some((_, words)) = PRONOUNS.iter().find(|(known, _)| *known == name) {
            let tokens = words.map(|word| self.vocabulary.intern(&spaced(is_spaced, word)));
            self.ops.push(Op::Fill(Slot::Pronoun { tokens, role }));
            return Ok(());
        }
        match name {
            "H" => self.subject(Role::Hero, is_spaced, true),
            "F" => self.subject(Role::Friend, is_spaced, true),
            "subject" => self.subject(role, is_spaced, false),
            "h" => self.reference(Role::Hero, is_spaced, false),
            "f" => self.reference(Role::Friend, is_spaced, false),
            "a" | "A" => self.object(Role::First, is_spaced, name == "A"),
            "b" | "B" => self.object(Role::Second, is_spaced, name == "B"),
            "new" | "some" => self.new_object(role, is_spaced, name == "new"),
            "at" | "At" => self.place(role, is_spaced, is_new, name == "At"),
            "to" => {
                self.emit(is_spaced, "to");
                self.emit(true, "the");
                self.spot(is_new)?;
                self.place_noun(role, is_new, true)
            }
            "there" => self.place_noun(role, is_new, is_spaced),
            "name" | "common" | "odd" => self.new_name(role, name, is_spaced),
            _ => self.word(name, role, is_spaced, is_new),
        }
    }

    /// Compiles slots that are one word from a list.
    fn word(
        &mut self,
        name: &str,
        role: Role,
        is_spaced: bool,
        is_new: bool,
    ) -> Result<(), GrammarError> {
        let (facts, vocabulary) = (&mut self.facts, &mut self.vocabulary);
        let forms = match name {
            "noun" => &mut facts.nouns,
            "kind" => &mut facts.kinds,
            "kin" => &mut facts.kin,
            "group" => &mut facts.groups,
            "colour" => &mut facts.colours,
            _ => return self.listed(name, is_spaced, is_new),
        };
        forms.intern(vocabulary, is_spaced, 0..forms.len());
        let slot = match name {
            "noun" => Slot::Noun {
                role,
                is_new,
                is_spaced,
            },
            "kind" => Slot::Kind {
                role,
                is_new,
                is_spaced,
            },
            "kin" => Slot::Kin { is_spaced },
            "group" => Slot::Group { is_new, is_spaced },
            _ => Slot::Colour {
                role,
                is_new,
                is_spaced,
            },
        };
        self.ops.push(Op::Fill(slot));
        Ok(())
    }

    /// A word of a list that is no fact, or of a pair of lists that follows the mood.
    fn listed(&mut self, name: &str, is_spaced: bool, is_sure: bool) -> Result<(), GrammarError> {
        let source = self.source;
        let vocabulary = &mut self.vocabulary;
        let mut tokens = |name: &str| -> Option<Box<[u32]>> {
            let words = source.lists.get(name)?;
            Some(
                words
                    .iter()
                    .map(|word| vocabulary.intern(&spaced(is_spaced, word)))
                    .collect(),
            )
        };
        let slot = match (
            tokens(name),
            tokens(&format!("{name}+")),
            tokens(&format!("{name}-")),
        ) {
            (Some(words), ..) => Slot::Word(words),
            (None, Some(bright), Some(dark)) => Slot::MoodWord {
                bright,
                dark,
                is_sure,
            },
            _ => return Err(self.unexpected(name, "a slot or a list")),
        };
        self.ops.push(Op::Fill(slot));
        Ok(())
    }

    /// A subject: pronoun, or else the full reference. The first of a sentence has a
    /// capital, unless words that join come before it.
    fn subject(&mut self, role: Role, is_spaced: bool, is_first: bool) -> Result<(), GrammarError> {
        let tokens = [PRONOUNS[usize::from(is_first)].1, PRONOUNS[0].1]
            .map(|words| words.map(|word| self.vocabulary.intern(&spaced(is_spaced, word))));
        let subject = self.ops.len();
        self.ops.push(Op::Jump(BOUNDARY));
        self.reference(role, is_spaced, is_first)?;
        let after = self.here()?;
        self.ops[subject] = Op::Fill(Slot::Subject {
            tokens,
            role,
            after,
        });
        Ok(())
    }

    /// The names of the heroes, the friend's name, or "the ducks".
    fn reference(
        &mut self,
        role: Role,
        is_spaced: bool,
        is_capital: bool,
    ) -> Result<(), GrammarError> {
        self.ops.push(Op::Do(Effect::Notice(role)));
        if role == Role::Hero {
            self.name(role, Pool::Known, is_spaced);
            let test = self.open_test(Test::Plural(role));
            self.emit(true, "and");
            self.name(Role::Partner, Pool::Known, true);
            return self.close_test(test);
        }
        let test = self.open_test(Test::Plural(role));
        if is_capital {
            let tokens =
                ["The", "the"].map(|word| self.vocabulary.intern(&spaced(is_spaced, word)));
            self.ops.push(Op::Fill(Slot::Cased { tokens }));
        } else {
            self.emit(is_spaced, "the");
        }
        self.word("group", role, true, false)?;
        let jump = self.ops.len();
        self.ops.push(Op::Jump(BOUNDARY));
        self.close_test(test)?;
        self.name(role, Pool::Known, is_spaced);
        self.ops[jump] = Op::Jump(self.here()?);
        Ok(())
    }

    /// "the ball", sometimes with its colour.
    fn object(
        &mut self,
        role: Role,
        is_spaced: bool,
        is_capital: bool,
    ) -> Result<(), GrammarError> {
        self.emit(is_spaced, if is_capital { "The" } else { "the" });
        let test = self.open_test(Test::Coloured(role));
        self.sometimes(COLOUR_AGAIN, |compiler| {
            compiler.word("colour", role, true, false)
        })?;
        self.close_test(test)?;
        self.word("noun", role, true, false)
    }

    /// "a red ball", "some old keys": a new object.
    fn new_object(
        &mut self,
        role: Role,
        is_spaced: bool,
        has_adjectives: bool,
    ) -> Result<(), GrammarError> {
        let tokens = ["a", "some"].map(|word| self.vocabulary.intern(&spaced(is_spaced, word)));
        self.ops.push(Op::Fill(Slot::Article { tokens, role }));
        if has_adjectives {
            self.sometimes(NEW_LOOK, |compiler| {
                compiler.word("look", role, true, false)
            })?;
            self.sometimes(NEW_COLOUR, |compiler| {
                compiler.word("colour", role, true, true)
            })?;
        }
        self.word("noun", role, true, true)
    }

    /// "in the kitchen".
    fn place(
        &mut self,
        role: Role,
        is_spaced: bool,
        is_new: bool,
        is_capital: bool,
    ) -> Result<(), GrammarError> {
        let preps = self.facts.preps.clone();
        let tokens = preps.iter().map(|prep| {
            let mut prep = prep.clone();
            if is_capital {
                prep[..1].make_ascii_uppercase();
            }
            self.vocabulary.intern(&spaced(is_spaced, &prep))
        });
        let tokens = tokens.collect();
        self.ops.push(Op::Fill(Slot::Prep {
            tokens,
            role,
            is_new,
        }));
        self.emit(true, "the");
        self.spot(is_new)?;
        self.place_noun(role, is_new, true)
    }

    /// Sometimes an adjective for a new place, if the grammar has any.
    fn spot(&mut self, is_new: bool) -> Result<(), GrammarError> {
        if !is_new || !self.source.lists.contains_key("spot+") {
            return Ok(());
        }
        self.sometimes(NEW_SPOT, |compiler| compiler.listed("spot", true, false))
    }

    /// The noun of a place, such as "kitchen".
    fn place_noun(
        &mut self,
        role: Role,
        is_new: bool,
        is_spaced: bool,
    ) -> Result<(), GrammarError> {
        let places = &mut self.facts.places;
        places.intern(&mut self.vocabulary, is_spaced, 0..places.len());
        self.ops.push(Op::Fill(Slot::PlaceNoun {
            role,
            is_new,
            is_spaced,
        }));
        Ok(())
    }

    /// A new character's name.
    fn new_name(&mut self, role: Role, name: &str, is_spaced: bool) -> Result<(), GrammarError> {
        let pool = match name {
            "common" => Pool::Common,
            "odd" => Pool::Invented,
            _ => Pool::Any,
        };
        self.name(role, pool, is_spaced);
        Ok(())
    }

    /// A character's name.
    fn name(&mut self, role: Role, pool: Pool, is_spaced: bool) {
        let facts = &mut self.facts;
        let range = match pool {
            Pool::Common => 0..facts.n_common,
            Pool::Invented => facts.n_common..facts.names.len(),
            Pool::Known | Pool::Any => 0..facts.names.len(),
        };
        facts.names.intern(&mut self.vocabulary, is_spaced, range);
        self.ops.push(Op::Fill(Slot::Name {
            role,
            pool,
            is_spaced,
        }));
    }
}
