//! The lenient walk: all ways to read one token, with what each deviates by.
//!
//! What the strict grammar allows costs nothing. Beside it stands every other filling
//! of the same slot (in the module `slots`), the other branch of every test and every
//! other sentence, each as one deviation.

use super::Path;
use super::index::Reader;
use crate::conditions::MOOD_BITS;
use crate::labels::{Construct, Mood};
use crate::program::{BOUNDARY, DONE, FINISH, Op, Role, Sentence, Stage, Test};
use crate::state::State;
use crate::vocabulary::END;

/// Evidence of a word or sentence that only one mood has, in nats; all but certain.
const CERTAIN: f64 = 20.0;

impl Reader<'_> {
    /// Adds all readings of a token from a path.
    pub(super) fn read(&self, path: Path, token: u32, out: &mut Vec<Path>) {
        if token == END {
            return out.push(self.end(path));
        }
        let pc = path.state.pc;
        match &self.grammar.ops[usize::from(pc)] {
            Op::Begin | Op::Done => {}
            Op::Boundary => self.boundary(path, token, out),
            // The story goes on after its ending.
            Op::Finish => self.read(path.at(BOUNDARY).deviate(Deviation::Fact), token, out),
            Op::Jump(target) => self.read(path.at(*target), token, out),
            Op::Do(effect) => {
                let mut path = path.at(pc + 1);
                path.state.apply(*effect);
                self.read(path, token, out);
            }
            Op::Unless(test, target) => self.test(*test, *target, path, token, out),
            Op::Fork(branches) => {
                for &(share, target) in branches {
                    self.read(path.at(target).likely(share), token, out);
                }
            }
            Op::Emit(expected) => self.fixed(*expected, path, token, out),
            Op::Fill(slot) => self.slot(slot, path, token, out),
        }
    }

    /// The path after the end token.
    fn end(&self, path: Path) -> Path {
        let mut path = self.stop(match path.state.pc {
            FINISH => path,
            _ => path.deviate(Deviation::Fact),
        });
        path.state.len = path.state.len.saturating_add(1);
        path.at(DONE)
    }

    /// The path where a text stops: a quotation that is open never closes.
    pub(super) fn stop(&self, mut path: Path) -> Path {
        if path.state.in_quote {
            path = path.deviate(Deviation::Agreement);
            path.event.n_lost_quotes += 1;
        }
        path.state.in_quote = false;
        path
    }

    /// The positions that a path can stand at without reading: jumps and effects done.
    pub(super) fn advance(&self, mut path: Path) -> Path {
        loop {
            match &self.grammar.ops[usize::from(path.state.pc)] {
                Op::Jump(target) => path.state.pc = *target,
                Op::Do(effect) => {
                    path.state.apply(*effect);
                    path.state.pc += 1;
                }
                _ => return path,
            }
        }
    }

    /// Takes the token and goes on at `pc`; a token that is no pronoun.
    pub(super) fn take(&self, mut path: Path, pc: u16, out: &mut Vec<Path>) {
        path.state.len = path.state.len.saturating_add(1);
        path.state.pc = pc;
        path.state.pronoun = None;
        out.push(self.advance(path));
    }

    /// The next sentence, whatever its conditions.
    fn boundary(&self, path: Path, token: u32, out: &mut Vec<Path>) {
        let starts = self.sentences_from(token);
        if starts.is_empty() {
            return;
        }
        let moods = [Mood::Happy, Mood::Sad];
        let probs = moods.map(|mood| {
            let state = State { mood, ..path.state };
            self.grammar.sentence_probs(&state)
        });
        for &index in starts {
            let sentence = &self.grammar.sentences[index];
            let probs = probs.each_ref().map(|probs| {
                let known = probs
                    .iter()
                    .find(|(other, _)| other.start == sentence.start);
                known.map_or(0.0, |(_, prob)| *prob)
            });
            self.read(begin(path, sentence, probs), token, out);
        }
    }

    /// Both branches of a test; the wrong one makes its fact true.
    fn test(&self, test: Test, target: u16, path: Path, token: u32, out: &mut Vec<Path>) {
        let inside = path.state.pc + 1;
        let holds = path.state.holds(test);
        let (right, wrong) = if holds {
            (inside, target)
        } else {
            (target, inside)
        };
        self.read(path.at(right), token, out);
        let mut other = path.at(wrong).deviate(Deviation::Fact);
        match test {
            // A colour can be left out without deviating.
            Test::Coloured(_) if holds => return,
            Test::Plural(Role::Hero) if holds => other.state.partner = None,
            Test::Plural(Role::Friend) if holds => other.state.group = None,
            Test::Coloured(_) | Test::Plural(_) => {}
        }
        self.read(other, token, out);
    }

    /// A word of the sentence itself: only a closing quotation mark may be missing.
    fn fixed(&self, expected: u32, path: Path, token: u32, out: &mut Vec<Path>) {
        let next = path.state.pc + 1;
        let is_quote = self.grammar.is_quote(expected);
        let closes = is_quote && path.state.in_quote;
        let mut after = path;
        after.state.in_quote ^= is_quote;
        if token == expected {
            if closes {
                after.event.scored = Some((Construct::Quote, true));
            }
            return self.take(after, next, out);
        }
        if !closes {
            return;
        }
        let vocabulary = self.grammar.vocabulary();
        let (text, wanted) = (vocabulary.show(token), vocabulary.show(expected));
        let after = after.deviate(Deviation::Agreement);
        if text == wanted.replace('"', "") {
            self.take(after.scored(Construct::Quote, false), next, out);
        } else if text.contains('"') && !text.starts_with(' ') {
            // Closed, if with other marks.
            self.take(after.scored(Construct::Quote, true), next, out);
        }
        // The mark is missing altogether.
        let mut missing = after.at(next);
        missing.event.n_lost_quotes += 1;
        self.read(missing, token, out);
    }
}

/// What a deviation is of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deviation {
    /// A pronoun, verb, mood word or closing quote: the form of a word.
    Agreement,
    /// A fact or condition: which sentence, name, object, place.
    Fact,
}

/// A path at the start of a sentence with its probabilities in a happy and a sad story.
fn begin(path: Path, sentence: &Sentence, probs: [f64; 2]) -> Path {
    let odds = path.odds;
    let mut path = if probs.iter().any(|&prob| prob > 0.0) {
        path.evidence(probs)
    } else {
        path.deviate(Deviation::Fact)
    };
    path.event.begun = Some(sentence.stage);
    path.event.odds = odds;
    let moods = [Mood::Happy, Mood::Sad].into_iter().zip(MOOD_BITS);
    path.told = moods
        .filter(|(_, bit)| sentence.needs & bit != 0)
        .map(|(mood, _)| mood)
        .next();
    path.state = path.state.begin(sentence);
    path.state.is_joined &= sentence.can_join || sentence.stage == Stage::Join;
    path
}

impl Path {
    /// This path at another position.
    pub(super) fn at(mut self, pc: u16) -> Self {
        self.state.pc = pc;
        self
    }

    /// Times a probability.
    pub(super) fn likely(mut self, prob: f64) -> Self {
        self.log_prob += prob.ln();
        self
    }

    /// Times a probability that depends on the mood, of which it is evidence.
    pub(super) fn evidence(mut self, [happy, sad]: [f64; 2]) -> Self {
        let share = 1.0 / (1.0 + (-self.odds).exp());
        self.odds += (happy / sad).ln().clamp(-CERTAIN, CERTAIN);
        self.likely(share * happy + (1.0 - share) * sad)
    }

    /// One deviation. Of equally cheap readings the one whose words do not agree wins
    /// over the one whose facts are others: agreement is what is scored, and a text
    /// should not escape by being read as another story.
    pub(super) fn deviate(mut self, deviation: Deviation) -> Self {
        self.cost += 1;
        self.likely(match deviation {
            Deviation::Agreement => 1e-1,
            Deviation::Fact => 1e-6,
        })
    }

    /// An instance of a construct, right or wrong.
    pub(super) fn scored(mut self, construct: Construct, is_right: bool) -> Self {
        self.event.scored = Some((construct, is_right));
        self
    }
}
