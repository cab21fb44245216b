//! What the lenient walk looks up in a grammar.

use std::collections::{BTreeSet, HashMap};

use crate::grammar::Grammar;
use crate::program::{DONE, Op, Slot};

/// A grammar with what the lenient walk looks up.
#[derive(Debug)]
pub(super) struct Reader<'g> {
    pub(super) grammar: &'g Grammar,
    /// By token: the sentences that can start with it, by index.
    starts: HashMap<u32, Vec<usize>>,
    /// Positions inside sentences that follow a full stop or the like.
    pub(super) middles: Vec<u16>,
}

impl<'g> Reader<'g> {
    /// A reader of a grammar.
    pub(super) fn new(grammar: &'g Grammar) -> Self {
        let mut reader = Self {
            grammar,
            starts: HashMap::new(),
            middles: Vec::new(),
        };
        for (index, sentence) in grammar.sentences.iter().enumerate() {
            let mut tokens = BTreeSet::new();
            reader.first_tokens(sentence.start, &mut tokens);
            for token in tokens {
                reader.starts.entry(token).or_default().push(index);
            }
        }
        let mut in_quote = false;
        for (pc, op) in grammar.ops.iter().enumerate() {
            if let Op::Emit(token) = op {
                in_quote ^= grammar.is_quote(*token);
                let next = u16::try_from(pc + 1).ok().map(|pc| reader.follow_jumps(pc));
                if let Some(next) = next.filter(|next| *next > DONE)
                    && !in_quote
                    && reader.ends_sentence(*token)
                {
                    reader.middles.push(next);
                }
            }
        }
        reader
    }

    /// Whether a token holds a full stop, question mark or exclamation mark.
    pub(super) fn ends_sentence(&self, token: u32) -> bool {
        let text = self.grammar.vocabulary().show(token);
        text.contains(['.', '!', '?'])
    }

    /// The sentences that can start with a token, by index.
    pub(super) fn sentences_from(&self, token: u32) -> &[usize] {
        self.starts.get(&token).map_or(&[], Vec::as_slice)
    }

    /// Where jumps lead.
    fn follow_jumps(&self, mut pc: u16) -> u16 {
        while let Op::Jump(target) = &self.grammar.ops[usize::from(pc)] {
            pc = *target;
        }
        pc
    }

    /// All tokens that a sentence can start with.
    fn first_tokens(&self, pc: u16, tokens: &mut BTreeSet<u32>) {
        let facts = &self.grammar.facts;
        match &self.grammar.ops[usize::from(pc)] {
            Op::Begin | Op::Boundary | Op::Finish | Op::Done => {}
            Op::Emit(token) => tokens.extend([*token]),
            Op::Jump(target) => self.first_tokens(*target, tokens),
            Op::Do(_) => self.first_tokens(pc + 1, tokens),
            Op::Unless(_, target) => {
                self.first_tokens(pc + 1, tokens);
                self.first_tokens(*target, tokens);
            }
            Op::Fork(branches) => {
                for (_, target) in branches {
                    self.first_tokens(*target, tokens);
                }
            }
            Op::Fill(slot) => match slot {
                Slot::Word(words) => tokens.extend(words),
                Slot::MoodWord { bright, dark, .. } => {
                    tokens.extend(bright.iter().chain(dark));
                }
                Slot::Verb { all_forms, .. } => tokens.extend(all_forms.iter().flatten()),
                Slot::Pronoun { tokens: words, .. } => tokens.extend(words),
                Slot::Subject { tokens: words, .. } => {
                    tokens.extend(words.as_flattened());
                    self.first_tokens(pc + 1, tokens);
                }
                Slot::Cased { tokens: words }
                | Slot::ByNumber { tokens: words, .. }
                | Slot::Article { tokens: words, .. } => tokens.extend(words),
                Slot::Prep { tokens: words, .. } => tokens.extend(words),
                Slot::Name { is_spaced, .. } => tokens.extend(facts.names.tokens(*is_spaced)),
                Slot::Kind { is_spaced, .. } => tokens.extend(facts.kinds.tokens(*is_spaced)),
                Slot::Kin { is_spaced } => tokens.extend(facts.kin.tokens(*is_spaced)),
                Slot::Group { is_spaced, .. } => tokens.extend(facts.groups.tokens(*is_spaced)),
                Slot::Noun { is_spaced, .. } => tokens.extend(facts.nouns.tokens(*is_spaced)),
                Slot::Colour { is_spaced, .. } => tokens.extend(facts.colours.tokens(*is_spaced)),
                Slot::PlaceNoun { is_spaced, .. } => {
                    tokens.extend(facts.places.tokens(*is_spaced));
                }
            },
        }
    }
}
