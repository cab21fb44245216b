//! What may follow a state: the one function that generator and oracle share.

mod fill;

pub(crate) use fill::{FITS_MOOD, pronoun_share};

use crate::conditions::facts;
use crate::grammar::Grammar;
use crate::labels::{Construct, Mood};
use crate::program::{BOUNDARY, DONE, Op, Sentence, Stage};
use crate::state::State;
use crate::vocabulary::{END, START};

/// One way to go on from a state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// Probability of this choice; the choices of a state sum to 1.
    pub prob: f64,
    /// The token that is emitted. Several choices may emit the same one.
    pub token: u32,
    /// What this token is an instance of, if of anything that is scored.
    pub construct: Option<Construct>,
    /// The state after the token.
    pub state: State,
}

/// Probability that a story is happy.
const HAPPY: f64 = 0.5;
/// Probability that a sentence starts with words such as "One day,", where it can.
const JOIN: f64 = 0.35;

impl Grammar {
    /// All ways to go on from a state; none after the end token.
    ///
    /// Their probabilities sum to 1. The same token can appear in several choices
    /// whose states differ; which one was meant shows later, or never.
    pub fn choices(&self, state: &State) -> Vec<Choice> {
        let mut out = Vec::new();
        self.walk(*state, 1.0, &mut out);
        for choice in &mut out {
            choice.state = self.settle(choice.state);
        }
        out
    }

    /// Adds the choices from a state, each times `prob`.
    fn walk(&self, state: State, prob: f64, out: &mut Vec<Choice>) {
        let state = self.settle(state);
        match &self.ops[usize::from(state.pc)] {
            Op::Begin => {
                for (mood, share) in [(Mood::Happy, HAPPY), (Mood::Sad, 1.0 - HAPPY)] {
                    self.emit(State { mood, ..state }, prob * share, START, BOUNDARY, out);
                }
            }
            Op::Boundary => self.boundary(state, prob, out),
            Op::Finish => self.emit(state, prob, END, DONE, out),
            Op::Emit(token) => self.emit(state, prob, *token, state.pc + 1, out),
            Op::Fork(branches) => {
                for &(share, pc) in branches {
                    let state = self.settle(State { pc, ..state });
                    self.walk(state, prob * share, out);
                }
            }
            Op::Fill(slot) => self.fill(slot, state, prob, out),
            Op::Done | Op::Jump(_) | Op::Unless(..) | Op::Do(_) => {}
        }
    }

    /// Runs the instructions that neither draw nor emit.
    fn settle(&self, mut state: State) -> State {
        loop {
            match &self.ops[usize::from(state.pc)] {
                Op::Jump(pc) => state.pc = *pc,
                Op::Unless(test, pc) => {
                    state.pc = if state.holds(*test) {
                        state.pc + 1
                    } else {
                        *pc
                    };
                }
                Op::Do(effect) => {
                    state.apply(*effect);
                    state.pc += 1;
                }
                _ => return state,
            }
        }
    }

    /// Adds the choice of one token after which the program goes on at `pc`.
    fn emit(&self, state: State, prob: f64, token: u32, pc: u16, out: &mut Vec<Choice>) {
        self.emit_as(None, state, prob, token, pc, out);
    }

    /// Emits a token that is an instance of a construct.
    fn emit_as(
        &self,
        construct: Option<Construct>,
        mut state: State,
        prob: f64,
        token: u32,
        pc: u16,
        out: &mut Vec<Choice>,
    ) {
        let is_quote = self.is_quote(token);
        let construct = if is_quote && state.in_quote {
            Some(Construct::Quote)
        } else {
            construct
        };
        state.len = state.len.saturating_add(1);
        state.pc = pc;
        if construct != Some(Construct::Pronoun) {
            state.pronoun = None;
        }
        state.in_quote ^= is_quote;
        out.push(Choice {
            prob,
            token,
            construct,
            state,
        });
    }

    /// Draws the next sentence.
    fn boundary(&self, state: State, prob: f64, out: &mut Vec<Choice>) {
        for (sentence, share) in self.sentence_probs(&state) {
            self.walk(state.begin(sentence), prob * share, out);
        }
    }

    /// The sentences that can come next, with their probabilities, which sum to 1.
    pub(crate) fn sentence_probs(&self, state: &State) -> Vec<(&Sentence, f64)> {
        let facts = facts(state);
        let total = |stage: Stage| -> f64 {
            self.sentences
                .iter()
                .map(|sentence| self.weight(sentence, stage, facts, state))
                .sum()
        };
        let stages = if state.len <= 1 {
            [
                (Stage::Opening, 1.0),
                (Stage::Join, 0.0),
                (Stage::Ending, 0.0),
            ]
        } else if state.is_joined {
            [
                (Stage::Middle, 1.0),
                (Stage::Join, 0.0),
                (Stage::Ending, 0.0),
            ]
        } else {
            let end = match (total(Stage::Middle) > 0.0, total(Stage::Ending) > 0.0) {
                (true, true) => self.end_prob(state.len),
                (true, false) => 0.0,
                (false, _) => 1.0,
            };
            let joined = State {
                is_joined: true,
                ..*state
            };
            let can_join = total(Stage::Join) > 0.0
                && self
                    .sentences
                    .iter()
                    .any(|sentence| self.weight(sentence, Stage::Middle, facts, &joined) > 0.0);
            let join = if can_join { JOIN * (1.0 - end) } else { 0.0 };
            [
                (Stage::Middle, 1.0 - end - join),
                (Stage::Join, join),
                (Stage::Ending, end),
            ]
        };
        let mut probs = Vec::new();
        for (stage, share) in stages.into_iter().filter(|(_, share)| *share > 0.0) {
            let total = total(stage);
            for sentence in &self.sentences {
                let weight = self.weight(sentence, stage, facts, state);
                if weight > 0.0 {
                    probs.push((sentence, share * weight / total));
                }
            }
        }
        probs
    }

    /// The weight of a sentence at this point; 0 if it cannot come.
    fn weight(&self, sentence: &Sentence, stage: Stage, facts: u32, state: &State) -> f64 {
        let fits = sentence.stage == stage
            && facts & sentence.needs == sentence.needs
            && facts & sentence.forbids == 0
            && !state.has_used(sentence.family)
            && (sentence.can_join || !state.is_joined);
        let len = |n_tokens: u8| u16::from(state.len) + u16::from(n_tokens);
        let (min, max) = (u16::from(self.lengths.min), u16::from(self.lengths.max));
        let has_room = match stage {
            Stage::Opening => true,
            Stage::Join => {
                len(sentence.n_tokens.1) + u16::from(self.join_reserve + self.ending_reserve) < max
            }
            Stage::Middle => len(sentence.n_tokens.1) + u16::from(self.ending_reserve) < max,
            Stage::Ending => len(sentence.n_tokens.0) + 1 >= min && len(sentence.n_tokens.1) < max,
        };
        if fits && has_room {
            sentence.weight * sentence.leaning[state.mood as usize]
        } else {
            0.0
        }
    }

    /// Probability of an ending at a length at which both are possible.
    fn end_prob(&self, len: u8) -> f64 {
        let (start, end) = (
            f64::from(self.lengths.ramp_start),
            f64::from(self.lengths.ramp_end),
        );
        ((f64::from(len) - start) / (end - start)).clamp(0.0, 1.0)
    }
}
