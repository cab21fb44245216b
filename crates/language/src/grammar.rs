//! A grammar: word lists and sentences as text, compiled to a program.
//!
//! # The text
//!
//! Lines are blank, comments (`# ...`), or one of
//!
//! - `name = word word ...`: a list of words (see the lists' own module);
//! - `@name = text`: a phrase that sentences use as `{@name}`;
//! - `verb = base third past`: an irregular verb;
//! - `length = min max ramp_start ramp_end`: lengths in tokens, see [`Lengths`];
//! - `opening conditions ; text`, `middle ...`, `ending ...`: a sentence;
//! - `join conditions ; text`: words that may come before a sentence with `{H}` or `{F}` first.
//!
//! Conditions are letters for facts that must hold, or with `!` must not:
//! `S` one hero, `P` a pair, `K` the hero's kind is known, `F` there is a friend,
//! `G` the friend is a group, `A` `B` the objects exist, `L` `M` their places are
//! known, `W` the hero's place is known, `C` the first object's colour is known,
//! `T` the past tense, `D` the hero is not where the first object is. `HAPPY` and
//! `SAD` restrict to a mood, `happy` and `sad` prefer it, `alone` keeps joining words
//! away, `x3` is a weight, `~name`
//! a family of which only one sentence is used.
//!
//! In a sentence `(a|2:b|)` draws an alternative, `[walk]`, `[walk.f]`,
//! `[be.a.now]` is a verb with its subject, `<a=h>` moves an object and `{..}` is
//! a slot, listed in the compiler's source.

use std::collections::HashMap;
use std::sync::OnceLock;

use thiserror::Error;

use crate::compile::Compiler;
use crate::labels::PlaceId;
use crate::lexicon::{Facts, Lists};
use crate::program::{BEGIN, Op, Sentence, Stage};
use crate::state::State;
use crate::vocabulary::Vocabulary;

/// The text of the Stories language.
const STORIES: &str = concat!(
    include_str!("data/words.txt"),
    "\n",
    include_str!("data/stories.txt")
);

/// A fault in the text of a grammar.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum GrammarError {
    /// A line is of no known form.
    #[error("line {line}: found {found:?}, expected {expected}")]
    Unexpected {
        /// Line number from 1; 0 for the whole text.
        line: usize,
        /// The text that was found.
        found: String,
        /// What should stand there.
        expected: &'static str,
    },
    /// A bracket, brace or parenthesis is not closed.
    #[error("line {line}: {open:?} is not closed")]
    Unclosed {
        /// Line number from 1.
        line: usize,
        /// The opening mark.
        open: char,
    },
}

/// How long stories are, in tokens, start and end token included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lengths {
    /// Fewest tokens.
    pub(crate) min: u8,
    /// Most tokens.
    pub(crate) max: u8,
    /// Below this length no ending is drawn.
    pub(crate) ramp_start: u8,
    /// From this length on an ending is certain.
    pub(crate) ramp_end: u8,
}

/// A language of stories: what may follow what, with which probability.
#[derive(Clone, Debug)]
pub struct Grammar {
    pub(crate) facts: Facts,
    pub(crate) ops: Vec<Op>,
    pub(crate) sentences: Vec<Sentence>,
    pub(crate) lengths: Lengths,
    /// Tokens of the longest ending, which must stay free.
    pub(crate) ending_reserve: u8,
    /// Tokens of the longest sentence that may follow words that join.
    pub(crate) join_reserve: u8,
    vocabulary: Vocabulary,
    /// By id: whether the token opens or closes a quotation.
    is_quote: Vec<bool>,
}

impl Grammar {
    /// The Stories language.
    ///
    /// # Panics
    ///
    /// If the text that is part of this crate is faulty, which a test rules out.
    pub fn stories() -> &'static Self {
        static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
        GRAMMAR.get_or_init(|| match Self::parse(STORIES) {
            Ok(grammar) => grammar,
            Err(error) => panic!("the grammar of this crate: {error}"),
        })
    }

    /// Reads a grammar; the module's page describes the text.
    ///
    /// # Errors
    ///
    /// Names the line that is of no known form.
    pub fn parse(text: &str) -> Result<Self, GrammarError> {
        let source = Source::read(text)?;
        let mut compiler = Compiler::new(&source);
        for line in &source.sentences {
            compiler.sentence(line)?;
        }
        let (facts, ops, sentences, vocabulary) = compiler.finish();
        let endings = sentences
            .iter()
            .filter(|sentence| sentence.stage == Stage::Ending);
        let ending_reserve = endings
            .map(|sentence| sentence.n_tokens.1)
            .max()
            .unwrap_or(0);
        let joinable = sentences.iter().filter(|sentence| sentence.can_join);
        let join_reserve = joinable
            .map(|sentence| sentence.n_tokens.1)
            .max()
            .unwrap_or(0);
        if ending_reserve == 0 {
            return Err(GrammarError::Unexpected {
                line: 0,
                found: String::new(),
                expected: "an ending",
            });
        }
        let mut is_quote = vec![false; vocabulary.len()];
        let mark = vocabulary.id("\"").map(|id| (id, "\""));
        for (id, word) in vocabulary.words().chain(mark) {
            is_quote[id as usize] = word.contains('"');
        }
        Ok(Self {
            facts,
            ops,
            sentences,
            lengths: source.lengths,
            ending_reserve,
            join_reserve,
            vocabulary,
            is_quote,
        })
    }

    /// The tokens of this language.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The words of a place, as in "in the kitchen"; `None` for an unknown id.
    pub fn place(&self, id: PlaceId) -> Option<String> {
        self.facts.place(id.0)
    }

    /// Tokens of the longest story that can come, start and end token included.
    pub fn max_tokens(&self) -> usize {
        usize::from(self.lengths.max)
    }

    /// The state before the start token.
    pub fn initial(&self) -> State {
        State::initial(BEGIN)
    }

    /// Whether a token opens or closes a quotation.
    pub(crate) fn is_quote(&self, token: u32) -> bool {
        self.is_quote.get(token as usize).copied().unwrap_or(false)
    }
}

/// The lines of a grammar's text, sorted by what they are.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) lists: Lists,
    pub(crate) verbs: HashMap<String, Vec<String>>,
    pub(crate) phrases: HashMap<String, String>,
    pub(crate) sentences: Vec<SentenceLine>,
    lengths: Lengths,
}

/// A sentence before it is compiled.
#[derive(Debug)]
pub(crate) struct SentenceLine {
    pub(crate) line: usize,
    pub(crate) stage: Stage,
    pub(crate) conditions: String,
    pub(crate) text: String,
}

impl Source {
    /// Sorts the lines of a text.
    fn read(text: &str) -> Result<Self, GrammarError> {
        let mut source = Self {
            lists: HashMap::new(),
            verbs: HashMap::new(),
            phrases: HashMap::new(),
            sentences: Vec::new(),
            lengths: Lengths {
                min: 60,
                max: 150,
                ramp_start: 60,
                ramp_end: 120,
            },
        };
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                source.line(index + 1, line)?;
            }
        }
        Ok(source)
    }

    /// Takes one line that is neither blank nor a comment.
    fn line(&mut self, number: usize, line: &str) -> Result<(), GrammarError> {
        let unexpected = |expected| GrammarError::Unexpected {
            line: number,
            found: line.to_owned(),
            expected,
        };
        let (word, rest) = line
            .split_once(' ')
            .ok_or_else(|| unexpected("a name and a text"))?;
        let stage = match word {
            "opening" => Some(Stage::Opening),
            "join" => Some(Stage::Join),
            "middle" => Some(Stage::Middle),
            "ending" => Some(Stage::Ending),
            _ => None,
        };
        if let Some(stage) = stage {
            let (conditions, text) = rest
                .split_once(';')
                .ok_or_else(|| unexpected("`;` before the sentence"))?;
            let (conditions, text) = (conditions.to_owned(), text.trim().to_owned());
            self.sentences.push(SentenceLine {
                line: number,
                stage,
                conditions,
                text,
            });
            return Ok(());
        }
        let values = rest
            .trim_start()
            .strip_prefix('=')
            .ok_or_else(|| unexpected("`=` after the name"))?
            .trim();
        if let Some(phrase) = word.strip_prefix('@') {
            self.phrases.insert(phrase.to_owned(), values.to_owned());
            return Ok(());
        }
        let words: Vec<String> = values.split_whitespace().map(str::to_owned).collect();
        match word {
            "length" => {
                self.lengths =
                    lengths(&words).ok_or_else(|| unexpected("four lengths below 256"))?;
            }
            "verb" if words.len() == 3 => {
                self.verbs.insert(words[0].clone(), words);
            }
            "verb" => return Err(unexpected("three forms of a verb")),
            _ => self.lists.entry(word.to_owned()).or_default().extend(words),
        }
        Ok(())
    }
}

/// Four numbers as lengths.
fn lengths(words: &[String]) -> Option<Lengths> {
    let numbers: Vec<u8> = words.iter().filter_map(|word| word.parse().ok()).collect();
    match numbers[..] {
        [min, max, ramp_start, ramp_end] => Some(Lengths {
            min,
            max,
            ramp_start,
            ramp_end,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::program::Slot;

    /// What an instruction is, with its roles and flags but without its words.
    fn kind(op: &Op) -> String {
        match op {
            Op::Fork(branches) => {
                let is_even = branches.iter().all(|(share, _)| *share == branches[0].0);
                format!("Fork {is_even}")
            }
            Op::Unless(test, _) => format!("Unless {test:?}"),
            Op::Do(effect) => format!("Do {effect:?}"),
            Op::Fill(slot) => match slot {
                Slot::Word(_) => "Word".to_owned(),
                Slot::MoodWord { is_sure, .. } => format!("MoodWord {is_sure}"),
                Slot::Verb { role, is_now, .. } => format!("Verb {role:?} {is_now}"),
                Slot::Pronoun { role, .. } => format!("Pronoun {role:?}"),
                Slot::Subject { role, .. } => format!("Subject {role:?}"),
                Slot::Cased { .. } => "Cased".to_owned(),
                Slot::ByNumber { role, .. } => format!("ByNumber {role:?}"),
                Slot::Name { role, pool, .. } => format!("Name {role:?} {pool:?}"),
                Slot::Kind { role, is_new, .. } => format!("Kind {role:?} {is_new}"),
                Slot::Kin { .. } => "Kin".to_owned(),
                Slot::Group { is_new, .. } => format!("Group {is_new}"),
                Slot::Article { role, .. } => format!("Article {role:?}"),
                Slot::Noun { role, is_new, .. } => format!("Noun {role:?} {is_new}"),
                Slot::Colour { role, is_new, .. } => format!("Colour {role:?} {is_new}"),
                Slot::Prep { role, is_new, .. } => format!("Prep {role:?} {is_new}"),
                Slot::PlaceNoun { role, is_new, .. } => format!("PlaceNoun {role:?} {is_new}"),
            },
            Op::Emit(_) => "Emit".to_owned(),
            Op::Begin | Op::Boundary | Op::Finish | Op::Done | Op::Jump(_) => format!("{op:?}")
                .chars()
                .take_while(|c| c.is_alphabetic())
                .collect(),
        }
    }

    /// All kinds of instructions and conditions of a grammar.
    fn constructs(grammar: &Grammar) -> BTreeSet<String> {
        let mut constructs: BTreeSet<String> = grammar.ops.iter().map(kind).collect();
        for (index, sentence) in grammar.sentences.iter().enumerate() {
            let stage = sentence.stage;
            constructs.insert(format!("{stage:?} joins {}", sentence.can_join));
            constructs.insert(format!("weighs 1: {}", sentence.weight == 1.0));
            constructs.insert(format!("leans {:?}", sentence.leaning));
            for bit in 0..32 {
                if sentence.needs >> bit & 1 == 1 {
                    constructs.insert(format!("needs {bit}"));
                }
                if sentence.forbids >> bit & 1 == 1 {
                    constructs.insert(format!("forbids {bit}"));
                }
            }
            let earlier = &grammar.sentences[..index];
            if earlier.iter().any(|other| other.family == sentence.family) {
                constructs.insert("shared family".to_owned());
            }
        }
        constructs
    }

    #[test]
    fn the_reduced_grammar_has_every_construct_of_the_stories() {
        let reduced = Grammar::parse(include_str!("../tests/reduced.txt")).unwrap();
        let (all, reduced) = (constructs(Grammar::stories()), constructs(&reduced));
        let missing: Vec<&String> = all.difference(&reduced).collect();
        println!("{} constructs", all.len());
        assert!(missing.is_empty(), "not in tests/reduced.txt: {missing:?}");
    }

    #[test]
    fn every_sentence_of_the_reduced_grammar_is_used() {
        let grammar = Grammar::parse(include_str!("../tests/reduced.txt")).unwrap();
        let mut unused: BTreeSet<usize> = (0..grammar.sentences.len()).collect();
        let mut random = 1u64;
        for _ in 0..5000 {
            let mut state = grammar.initial();
            loop {
                let choices = grammar.choices(&state);
                // Knuth's linear congruential generator: the upper bits are good enough.
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                let Some(index) = (random >> 33).checked_rem(choices.len() as u64) else {
                    break;
                };
                state = choices[index as usize].state;
                let begun = |&index: &usize| grammar.sentences[index].start <= state.pc;
                if let Some(index) = (0..grammar.sentences.len()).rev().find(begun) {
                    unused.remove(&index);
                }
            }
        }
        assert!(unused.is_empty(), "sentences that never come: {unused:?}");
    }
}
