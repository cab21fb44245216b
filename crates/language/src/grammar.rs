//! A grammar: word lists and sentences as text, compiled to a program.
//!
//! The text's form is described where it is read, in the source module.

use std::sync::OnceLock;

use crate::compile::Compiler;
use crate::labels::PlaceId;
use crate::lexicon::Facts;
use crate::program::{BEGIN, Op, Sentence, Stage};
use crate::source::{GrammarError, Lengths, Source};
use crate::state::State;
use crate::vocabulary::Vocabulary;

/// The text of the Stories language.
const STORIES: &str = concat!(
    include_str!("data/words.txt"),
    "\n",
    include_str!("data/stories.txt")
);

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

    /// Reads a grammar; the crate's `source` module describes the text.
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

/// The vocabulary of the Stories language.
pub fn vocabulary() -> &'static Vocabulary {
    Grammar::stories().vocabulary()
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
