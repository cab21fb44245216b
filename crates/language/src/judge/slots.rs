//! The lenient reading of slots: a word as the strict grammar has it, or any other of
//! its kind as a deviation.

use super::Path;
use super::index::Reader;
use super::lenient::Deviation;
use crate::labels::{Construct, Gender, Mood, Number, Tense};
use crate::program::{Pool, Role, Slot};
use crate::step::{FITS_MOOD, pronoun_share};

impl Reader<'_> {
    /// A slot: as the strict grammar fills it, or as it might have been filled.
    pub(super) fn slot(&self, slot: &Slot, path: Path, token: u32, out: &mut Vec<Path>) {
        match slot {
            Slot::MoodWord {
                bright,
                dark,
                is_sure,
            } => self.mood_word([bright, dark], *is_sure, path, token, out),
            Slot::Subject {
                tokens,
                role,
                after,
            } => self.subject(tokens, *role, *after, path, token, out),
            Slot::Pronoun { tokens, role } => {
                let said = [0, 1, 2, 3].map(|gender| tokens[gender] == token);
                self.pronoun(said, *role, path, path.state.pc + 1, out);
            }
            _ => {
                let n = out.len();
                let mut choices = Vec::new();
                self.grammar.fill(slot, path.state, 1.0, &mut choices);
                for choice in choices.iter().filter(|choice| choice.token == token) {
                    let mut path = path.likely(choice.prob);
                    path.state = choice.state;
                    path.event.scored = choice.construct.map(|construct| (construct, true));
                    out.push(self.advance(path));
                }
                if let Slot::Verb { .. } = slot {
                    self.wrong_verb(slot, path, token, out);
                } else if out.len() == n {
                    self.wrong_word(slot, path, token, out);
                }
            }
        }
    }

    /// A word of either mood.
    fn mood_word(
        &self,
        lists: [&[u32]; 2],
        is_sure: bool,
        path: Path,
        token: u32,
        out: &mut Vec<Path>,
    ) {
        let shares = lists.map(|words| {
            let n = words.iter().filter(|&&word| word == token).count();
            n as f64 / words.len() as f64
        });
        let next = path.state.pc + 1;
        if is_sure {
            for (mood, share) in [Mood::Happy, Mood::Sad].into_iter().zip(shares) {
                if share > 0.0 {
                    let is_told = path.told.is_none_or(|told| told == mood);
                    let mut path = if is_told {
                        path.evidence(shares)
                    } else {
                        path.deviate(Deviation::Agreement)
                    };
                    path.told = path.told.or(Some(mood));
                    path.event.mood = Some(mood);
                    self.take(path, next, out);
                }
            }
        } else if shares.iter().any(|&share| share > 0.0) {
            let fits = FITS_MOOD;
            let [bright, dark] = shares;
            let happy = fits * bright + (1.0 - fits) * dark;
            let sad = fits * dark + (1.0 - fits) * bright;
            self.take(path.evidence([happy, sad]), next, out);
        }
    }

    /// A pronoun with or without a capital, or the full reference.
    fn subject(
        &self,
        tokens: &[[u32; 4]; 2],
        role: Role,
        after: u16,
        path: Path,
        token: u32,
        out: &mut Vec<Path>,
    ) {
        let share = pronoun_share(&path.state, role);
        let mut path = path;
        path.state.subject = Some(path.state.number(role));
        for (is_joined, tokens) in [false, true].into_iter().zip(tokens) {
            let said = [0, 1, 2, 3].map(|gender| tokens[gender] == token);
            let mut spoken = match share {
                0.0 => path.deviate(Deviation::Fact),
                _ => path.likely(share),
            };
            if path.state.is_joined != is_joined {
                spoken = spoken.deviate(Deviation::Fact);
            }
            spoken.state.salient = Some(role);
            spoken.state.is_joined = false;
            self.pronoun(said, role, spoken, after, out);
        }
        let full = path.at(path.state.pc + 1).likely(1.0 - share);
        self.read(full, token, out);
    }

    /// A pronoun of any gender. Where the gender is open, it may turn out to be either,
    /// so that one wrong pronoun is one deviation wherever it stands.
    fn pronoun(&self, said: [bool; 4], role: Role, path: Path, next: u16, out: &mut Vec<Path>) {
        let all = [
            Gender::Feminine,
            Gender::Masculine,
            Gender::Neuter,
            Gender::Plural,
        ];
        let Some(said) = all.into_iter().find(|gender| said[*gender as usize]) else {
            return;
        };
        let known = path.state.gender(role);
        let options = match known {
            Some(gender) => vec![gender],
            None => vec![Gender::Feminine, Gender::Masculine],
        };
        for &gender in &options {
            let is_right = gender == said;
            let mut path = if is_right {
                path.likely(1.0 / options.len() as f64)
            } else {
                path.deviate(Deviation::Agreement)
            };
            if known.is_none() {
                path.state.person_mut(role).gender = Some(gender);
            }
            let path = path.scored(Construct::Pronoun, is_right);
            self.take(path, next, out);
        }
    }

    /// Any form of the verb that does not agree. Where the tense is open, it may turn
    /// out to be either.
    fn wrong_verb(&self, slot: &Slot, path: Path, token: u32, out: &mut Vec<Path>) {
        let Slot::Verb {
            forms,
            all_forms,
            role,
            is_now,
        } = slot
        else {
            return;
        };
        if !all_forms.contains(&Some(token)) {
            return;
        }
        let number = path.state.number(*role);
        let tenses = match path.state.tense {
            _ if *is_now => vec![Tense::Present],
            Some(tense) => vec![tense],
            None => vec![Tense::Past, Tense::Present],
        };
        for tense in tenses {
            let is_singular = number == Number::Singular;
            let right = 2 * usize::from(tense == Tense::Past) + usize::from(is_singular);
            if forms[right] != token {
                let mut path = path.deviate(Deviation::Agreement);
                path.state.subject = Some(number);
                if !is_now {
                    path.state.tense = Some(tense);
                }
                let path = path.scored(Construct::Verb, false);
                self.take(path, path.state.pc + 1, out);
            }
        }
    }

    /// A word that the facts do not allow here. Known facts stay as they are; what was
    /// open is now as said.
    fn wrong_word(&self, slot: &Slot, path: Path, token: u32, out: &mut Vec<Path>) {
        let facts = &self.grammar.facts;
        let mut path = path.deviate(Deviation::Fact);
        let next = path.state.pc + 1;
        let state = &mut path.state;
        match *slot {
            Slot::Cased { tokens } if tokens.contains(&token) => state.is_joined = false,
            Slot::ByNumber { tokens, .. } if tokens.contains(&token) => {}
            Slot::Name {
                role,
                pool,
                is_spaced,
            } => {
                let Some(index) = facts.names.index_of(token, is_spaced) else {
                    return;
                };
                match state.name(role) {
                    Some(known) if pool == Pool::Known => {
                        state.is_joined = false;
                        if usize::from(known) >= facts.n_common {
                            path.event.scored = Some((Construct::Name, false));
                        }
                    }
                    _ if role == Role::Partner => state.partner = Some(index as u8),
                    _ => {
                        let person = state.person_mut(role);
                        person.name = Some(index as u8);
                        person.gender = person.gender.or(facts.name_gender(index));
                    }
                }
            }
            Slot::Kind {
                role,
                is_new,
                is_spaced,
            } => {
                let Some(index) = facts.kinds.index_of(token, is_spaced) else {
                    return;
                };
                let person = state.person_mut(role);
                if is_new || person.kind.is_none() {
                    person.kind = Some(index as u8);
                }
            }
            Slot::Group { is_spaced, .. } => {
                if facts.groups.index_of(token, is_spaced).is_none() {
                    return;
                }
            }
            Slot::Noun {
                role,
                is_new,
                is_spaced,
            } => {
                let Some(index) = facts.nouns.index_of(token, is_spaced) else {
                    return;
                };
                let thing = &mut state.things[role.thing()];
                if is_new || thing.noun.is_none() {
                    thing.noun = Some(index as u8);
                }
            }
            Slot::Colour { is_spaced, .. } => {
                if facts.colours.index_of(token, is_spaced).is_none() {
                    return;
                }
            }
            Slot::Prep {
                ref tokens,
                role,
                is_new,
            } => {
                let Some(prep) = tokens.iter().position(|&known| known == token) else {
                    return;
                };
                if !is_new && state.place(role).is_some() {
                    path.event.scored = Some((Construct::Location, false));
                }
                state.prep = Some(prep as u8);
            }
            Slot::PlaceNoun {
                role,
                is_new,
                is_spaced,
            } => {
                let Some(place) = facts.places.index_of(token, is_spaced) else {
                    return;
                };
                if !is_new && state.place(role).is_some() {
                    path.event.scored = Some((Construct::Location, false));
                } else {
                    state.move_to(role, Some(place as u8));
                }
                state.prep = None;
            }
            _ => return,
        }
        self.take(path, next, out);
    }
}
