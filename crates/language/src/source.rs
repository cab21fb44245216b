//! The text of a grammar, sorted by what its lines are.
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

use thiserror::Error;

use crate::lexicon::Lists;
use crate::program::Stage;

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

/// Length of stories in tokens, start and end token included.
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

/// The lines of a grammar's text, sorted by what they are.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) lists: Lists,
    pub(crate) verbs: HashMap<String, Vec<String>>,
    pub(crate) phrases: HashMap<String, String>,
    pub(crate) sentences: Vec<SentenceLine>,
    pub(crate) lengths: Lengths,
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
    pub(crate) fn read(text: &str) -> Result<Self, GrammarError> {
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
