//! Compiles sentences to instructions.
//!
//! The slots are listed in the module `slots`.

mod slots;

use crate::conditions::fact_bit;
use crate::labels::Tense;
use crate::lexicon::{Facts, conjugate, spaced};
use crate::program::{BOUNDARY, Effect, FINISH, Op, Role, Sentence, Slot, Stage, Test};
use crate::source::{GrammarError, SentenceLine, Source};
use crate::vocabulary::Vocabulary;

/// Weight of a sentence in a mood that it does not fit.
const AGAINST_MOOD: f64 = 0.12;

/// Turns the lines of a [`Source`] into a program.
#[derive(Debug)]
pub(crate) struct Compiler<'s> {
    source: &'s Source,
    facts: Facts,
    vocabulary: Vocabulary,
    ops: Vec<Op>,
    sentences: Vec<Sentence>,
    families: Vec<String>,
    /// All forms of the verb at an instruction.
    verbs: Vec<(usize, [String; 4])>,
    /// Line that is being compiled.
    line: usize,
    /// A space waits for the next word.
    is_spaced: bool,
}

impl<'s> Compiler<'s> {
    /// A compiler with the fixed instructions only.
    pub(crate) fn new(source: &'s Source) -> Self {
        Self {
            source,
            facts: Facts::new(&source.lists),
            vocabulary: Vocabulary::default(),
            ops: vec![Op::Boundary, Op::Finish, Op::Done, Op::Begin],
            sentences: Vec::new(),
            families: Vec::new(),
            verbs: Vec::new(),
            line: 0,
            is_spaced: false,
        }
    }

    /// The compiled parts.
    pub(crate) fn finish(mut self) -> (Facts, Vec<Op>, Vec<Sentence>, Vocabulary) {
        for (index, words) in self.verbs {
            if let Op::Fill(Slot::Verb { all_forms, .. }) = &mut self.ops[index] {
                *all_forms = words.map(|word| self.vocabulary.id(&word));
            }
        }
        (self.facts, self.ops, self.sentences, self.vocabulary)
    }

    /// Compiles one sentence.
    pub(crate) fn sentence(&mut self, line: &SentenceLine) -> Result<(), GrammarError> {
        self.line = line.line;
        self.is_spaced = line.stage != Stage::Opening;
        let start = self.here()?;
        let text = self.expand(&line.text)?;
        let mut rest = text.as_str();
        self.sequence(&mut rest)?;
        if !rest.is_empty() {
            return Err(self.unexpected(rest, "the end of the sentence"));
        }
        let next = match line.stage {
            Stage::Ending => FINISH,
            Stage::Opening | Stage::Join | Stage::Middle => BOUNDARY,
        };
        self.ops.push(Op::Jump(next));
        let n_tokens = self.n_tokens(start);
        let mut sentence = Sentence {
            stage: line.stage,
            start,
            weight: 1.0,
            leaning: [1.0; 2],
            needs: 0,
            forbids: 0,
            family: 0,
            can_join: line.stage == Stage::Middle
                && matches!(self.ops[usize::from(start)], Op::Fill(Slot::Subject { .. })),
            n_tokens,
        };
        let mut family = format!("line {}", line.line);
        for condition in line.conditions.split_whitespace() {
            self.condition(&mut sentence, &mut family, condition)?;
        }
        sentence.family = self.family(family)?;
        self.sentences.push(sentence);
        Ok(())
    }

    /// Takes one condition of a sentence.
    fn condition(
        &self,
        sentence: &mut Sentence,
        family: &mut String,
        condition: &str,
    ) -> Result<(), GrammarError> {
        match condition {
            "happy" => sentence.leaning[1] = AGAINST_MOOD,
            "alone" => sentence.can_join = false,
            "sad" => sentence.leaning[0] = AGAINST_MOOD,
            _ => {
                if let Some(weight) = condition.strip_prefix('x') {
                    sentence.weight = weight
                        .parse()
                        .ok()
                        .ok_or_else(|| self.unexpected(condition, "a weight"))?;
                } else if let Some(name) = condition.strip_prefix('~') {
                    name.clone_into(family);
                } else {
                    let (facts, name) = match condition.strip_prefix('!') {
                        Some(name) => (&mut sentence.forbids, name),
                        None => (&mut sentence.needs, condition),
                    };
                    *facts |=
                        fact_bit(name).ok_or_else(|| self.unexpected(condition, "a condition"))?;
                }
            }
        }
        Ok(())
    }

    /// The number of a family of sentences.
    fn family(&mut self, name: String) -> Result<u8, GrammarError> {
        let index = self
            .families
            .iter()
            .position(|known| *known == name)
            .unwrap_or(self.families.len());
        if index == self.families.len() {
            self.families.push(name);
        }
        u8::try_from(index)
            .ok()
            .ok_or_else(|| self.unexpected("a sentence", "at most 256 families of sentences"))
    }

    /// Writes phrases out where they are used.
    fn expand(&self, text: &str) -> Result<String, GrammarError> {
        let mut text = text.to_owned();
        while let Some(start) = text.find("{@") {
            let length = text[start..].find('}').ok_or(GrammarError::Unclosed {
                line: self.line,
                open: '{',
            })?;
            let name = &text[start + 2..start + length];
            let phrase = self
                .source
                .phrases
                .get(name)
                .ok_or_else(|| self.unexpected(name, "a phrase"))?;
            let phrase = format!("({phrase})");
            text.replace_range(start..=start + length, &phrase);
            if text.len() > 10_000 {
                return Err(self.unexpected(
                    &text[..40],
                    "phrases that do not use each other in a circle",
                ));
            }
        }
        Ok(text)
    }

    /// Compiles up to the end, `|` or `)`.
    fn sequence(&mut self, rest: &mut &str) -> Result<(), GrammarError> {
        while let Some(first) = rest.chars().next() {
            match first {
                '|' | ')' => return Ok(()),
                '(' => self.fork(rest)?,
                '{' => {
                    let slot = self.enclosed(rest, '}')?;
                    self.slot(slot)?;
                }
                '[' => {
                    let verb = self.enclosed(rest, ']')?;
                    self.verb(verb)?;
                }
                '<' => {
                    let effect = self.enclosed(rest, '>')?;
                    self.effect(effect)?;
                }
                ' ' => {
                    self.is_spaced = true;
                    *rest = &rest[1..];
                }
                _ => {
                    let n = piece_len(rest);
                    let word = rest[..n].to_owned();
                    *rest = &rest[n..];
                    let is_spaced = std::mem::take(&mut self.is_spaced);
                    self.emit(is_spaced, &word);
                }
            }
        }
        Ok(())
    }

    /// Compiles `(a|2:b|)`.
    fn fork(&mut self, rest: &mut &str) -> Result<(), GrammarError> {
        let fork = self.ops.len();
        self.ops.push(Op::Fork(Box::default()));
        let (mut branches, mut jumps) = (Vec::new(), Vec::new());
        let is_spaced = self.is_spaced;
        let mut is_spaced_after = None;
        while !rest.starts_with(')') {
            *rest = rest.get(1..).unwrap_or_default();
            if rest.is_empty() {
                return Err(GrammarError::Unclosed {
                    line: self.line,
                    open: '(',
                });
            }
            self.is_spaced = is_spaced;
            let n_digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let mut weight = 1.0;
            if n_digits > 0 && rest[n_digits..].starts_with(':') {
                weight = rest[..n_digits].parse().unwrap_or(1.0);
                *rest = &rest[n_digits + 1..];
            }
            branches.push((weight, self.here()?));
            self.sequence(rest)?;
            if *is_spaced_after.get_or_insert(self.is_spaced) != self.is_spaced {
                return Err(self.unexpected(
                    rest,
                    "alternatives that all end with or all without a space",
                ));
            }
            jumps.push(self.ops.len());
            self.ops.push(Op::Jump(BOUNDARY));
        }
        *rest = &rest[1..];
        let after = self.here()?;
        for jump in jumps {
            self.ops[jump] = Op::Jump(after);
        }
        let total: f64 = branches.iter().map(|(weight, _)| weight).sum();
        self.ops[fork] = Op::Fork(
            branches
                .into_iter()
                .map(|(weight, pc)| (weight / total, pc))
                .collect(),
        );
        Ok(())
    }

    /// Compiles `[verb.role.now]`.
    fn verb(&mut self, text: &str) -> Result<(), GrammarError> {
        let mut parts = text.split('.');
        let base = parts.next().unwrap_or_default();
        let role = self.role(parts.next().unwrap_or("h"))?;
        let is_now = parts.next() == Some("now");
        let is_spaced = std::mem::take(&mut self.is_spaced);
        let forms = conjugate(base, &self.source.verbs);
        let words = forms.each_ref().map(|form| spaced(is_spaced, form));
        // Before the verb: after "his aunt" the subject is one, whatever was before.
        self.ops.push(Op::Do(Effect::Subject(role)));
        self.verbs.push((self.ops.len(), words));
        // A role of one number never needs the forms of the other.
        let [many, one, were, was] = forms;
        let forms = match role {
            Role::Partner => [one.clone(), one, was.clone(), was],
            Role::Both => [many.clone(), many, were.clone(), were],
            Role::Hero | Role::Friend | Role::First | Role::Second => [many, one, were, was],
        };
        let forms = forms.map(|form| self.vocabulary.intern(&spaced(is_spaced, &form)));
        self.ops.push(Op::Fill(Slot::Verb {
            forms,
            all_forms: [None; 4],
            role,
            is_now,
        }));
        Ok(())
    }

    /// Compiles `<a=h>`, `<a=>`, `<past>`, `<see f>`.
    fn effect(&mut self, text: &str) -> Result<(), GrammarError> {
        let effect = match text.split_once('=') {
            None if text == "past" => Effect::Tell(Tense::Past),
            None if text == "present" => Effect::Tell(Tense::Present),
            None => match text.strip_prefix("see ") {
                Some(role) => Effect::Notice(self.role(role)?),
                None => return Err(self.unexpected(text, "an effect")),
            },
            Some((role, "")) => Effect::Hold(self.role(role)?),
            Some((role, leader)) => Effect::Follow(self.role(role)?, self.role(leader)?),
        };
        self.ops.push(Op::Do(effect));
        Ok(())
    }

    /// Compiles a part that is drawn with a probability.
    fn sometimes(
        &mut self,
        prob: f64,
        part: impl FnOnce(&mut Self) -> Result<(), GrammarError>,
    ) -> Result<(), GrammarError> {
        let fork = self.ops.len();
        self.ops.push(Op::Fork(Box::default()));
        let with = self.here()?;
        part(self)?;
        let without = self.here()?;
        self.ops[fork] = Op::Fork([(prob, with), (1.0 - prob, without)].into());
        Ok(())
    }

    /// Emits a word as it is.
    fn emit(&mut self, is_spaced: bool, word: &str) {
        let token = self.vocabulary.intern(&spaced(is_spaced, word));
        self.ops.push(Op::Emit(token));
    }

    /// Starts a part that is left out unless the test holds.
    fn open_test(&mut self, test: Test) -> (usize, Test) {
        self.ops.push(Op::Jump(BOUNDARY));
        (self.ops.len() - 1, test)
    }

    /// Ends that part.
    fn close_test(&mut self, (index, test): (usize, Test)) -> Result<(), GrammarError> {
        self.ops[index] = Op::Unless(test, self.here()?);
        Ok(())
    }

    /// The program position of the next instruction.
    fn here(&self) -> Result<u16, GrammarError> {
        u16::try_from(self.ops.len())
            .ok()
            .ok_or_else(|| self.unexpected("a sentence", "at most 65535 instructions"))
    }

    /// The text up to a closing mark, without both marks.
    fn enclosed<'t>(&self, rest: &mut &'t str, close: char) -> Result<&'t str, GrammarError> {
        let open = rest.chars().next().unwrap_or(close);
        let end = rest.find(close).ok_or(GrammarError::Unclosed {
            line: self.line,
            open,
        })?;
        let inner = &rest[1..end];
        *rest = &rest[end + 1..];
        Ok(inner)
    }

    /// The role of a letter.
    fn role(&self, letter: &str) -> Result<Role, GrammarError> {
        match letter {
            "h" => Ok(Role::Hero),
            "g" => Ok(Role::Partner),
            "f" => Ok(Role::Friend),
            "a" => Ok(Role::First),
            "b" => Ok(Role::Second),
            "p" => Ok(Role::Both),
            _ => Err(self.unexpected(letter, "a role: h, g, f, a, b or p")),
        }
    }

    /// An error at this line.
    fn unexpected(&self, found: &str, expected: &'static str) -> GrammarError {
        GrammarError::Unexpected {
            line: self.line,
            found: found.to_owned(),
            expected,
        }
    }

    /// Fewest and most tokens from an instruction to the end of its sentence.
    fn n_tokens(&self, start: u16) -> (u8, u8) {
        let start = usize::from(start);
        let n = self.ops.len();
        // Branches go forward only, so one pass from the back sees every target first.
        let mut counts = vec![(0u8, 0u8); n + 1];
        for index in (start..n).rev() {
            let count = |pc: u16| {
                if usize::from(pc) > index {
                    counts[usize::from(pc)]
                } else {
                    (0, 0)
                }
            };
            let next = counts[index + 1];
            let join = |x: (u8, u8), y: (u8, u8)| (x.0.min(y.0), x.1.max(y.1));
            let one_more = |x: (u8, u8)| (x.0.saturating_add(1), x.1.saturating_add(1));
            counts[index] = match &self.ops[index] {
                Op::Emit(_) => one_more(next),
                Op::Fill(Slot::Subject { after, .. }) => join(one_more(count(*after)), next),
                Op::Fill(_) => one_more(next),
                Op::Fork(branches) => branches
                    .iter()
                    .map(|branch| count(branch.1))
                    .fold((u8::MAX, 0), join),
                Op::Jump(pc) => count(*pc),
                Op::Unless(_, pc) => join(next, count(*pc)),
                Op::Do(_) => next,
                Op::Begin | Op::Boundary | Op::Finish | Op::Done => (0, 0),
            };
        }
        counts[start]
    }
}

/// Bytes of the piece at the start of a text, as GPT-2 splits ASCII text: a word,
/// `'s`, or a run of marks.
fn piece_len(text: &str) -> usize {
    let is_mark = |c: char| !c.is_alphanumeric() && !c.is_whitespace() && !"(){}[]<>|".contains(c);
    if text.starts_with("'s") {
        return 2;
    }
    let first = text.chars().next().unwrap_or(' ');
    let belongs = |c: &char| {
        if is_mark(first) {
            is_mark(*c)
        } else {
            c.is_alphanumeric()
        }
    };
    text.chars()
        .take_while(belongs)
        .map(char::len_utf8)
        .sum::<usize>()
        .max(first.len_utf8())
}
