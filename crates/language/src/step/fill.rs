//! The choices of a slot: words that depend on facts or become facts.

use super::Choice;
use crate::grammar::Grammar;
use crate::labels::{Construct, Gender, Mood, Number, Tense};
use crate::program::{Pool, Role, Slot};
use crate::state::State;

/// Probability that a story is told in the past.
const PAST: f64 = 0.6;
/// Probability that a word fits the mood, where it may.
pub(crate) const FITS_MOOD: f64 = 0.9;
/// Probability that a new name is an ordinary one where both sorts are allowed.
const COMMON_NAME: f64 = 0.5;
/// Probability that a new object is plural.
const PLURAL_OBJECT: f64 = 0.3;

impl Grammar {
    /// Adds the choices of a slot.
    pub(crate) fn fill(&self, slot: &Slot, state: State, prob: f64, out: &mut Vec<Choice>) {
        let next = state.pc + 1;
        match slot {
            Slot::Word(words) => self.any_of(words, None, state, prob, out),
            Slot::MoodWord {
                bright,
                dark,
                is_sure,
            } => {
                let fits = if *is_sure { 1.0 } else { FITS_MOOD };
                let bright_share = if state.mood == Mood::Happy {
                    fits
                } else {
                    1.0 - fits
                };
                let construct = is_sure.then_some(Construct::Mood);
                for (words, share) in [(bright, bright_share), (dark, 1.0 - bright_share)] {
                    if share > 0.0 {
                        self.any_of(words, construct, state, prob * share, out);
                    }
                }
            }
            Slot::Verb {
                forms,
                role,
                is_now,
                ..
            } => self.verb(forms, *role, *is_now, state, prob, out),
            Slot::Pronoun { tokens, role } => self.pronoun(tokens, *role, state, prob, next, out),
            Slot::Subject {
                tokens,
                role,
                after,
            } => {
                let share = pronoun_share(&state, *role);
                let tokens = &tokens[usize::from(state.is_joined)];
                let mut state = state;
                state.subject = Some(state.number(*role));
                if share > 0.0 {
                    let spoken = State {
                        salient: Some(*role),
                        is_joined: false,
                        ..state
                    };
                    self.pronoun(tokens, *role, spoken, prob * share, *after, out);
                }
                self.walk(State { pc: next, ..state }, prob * (1.0 - share), out);
            }
            Slot::Cased { tokens } => {
                let token = tokens[usize::from(state.is_joined)];
                self.emit(
                    State {
                        is_joined: false,
                        ..state
                    },
                    prob,
                    token,
                    next,
                    out,
                );
            }
            Slot::ByNumber { tokens, role } => {
                self.emit(state, prob, tokens[state.number(*role) as usize], next, out);
            }
            Slot::Name {
                role,
                pool,
                is_spaced,
            } => self.name(*role, *pool, *is_spaced, state, prob, out),
            Slot::Kind {
                role,
                is_new,
                is_spaced,
            } => self.kind(*role, *is_new, *is_spaced, state, prob, out),
            Slot::Kin { is_spaced } => {
                let kin = &self.facts.kin;
                for index in 0..kin.len() {
                    let mut state = state;
                    state.friend.gender = self.facts.kin_genders[index];
                    self.emit(
                        state,
                        prob / kin.len() as f64,
                        kin.token(index, *is_spaced),
                        next,
                        out,
                    );
                }
            }
            Slot::Group { is_new, is_spaced } => {
                let groups = &self.facts.groups;
                let known = if *is_new { None } else { state.group };
                let fit = |index: usize| known.is_none_or(|known| usize::from(known) == index);
                self.alike(groups.len(), fit, prob, |index, prob| {
                    let state = State {
                        group: Some(index as u8),
                        salient: Some(Role::Friend),
                        ..state
                    };
                    self.emit(state, prob, groups.token(index, *is_spaced), next, out);
                });
            }
            Slot::Article { .. } | Slot::Noun { .. } | Slot::Colour { .. } => {
                self.thing(slot, state, prob, out);
            }
            Slot::Prep { .. } | Slot::PlaceNoun { .. } => self.place_word(slot, state, prob, out),
        }
    }

    /// Any of these tokens, alike.
    fn any_of(
        &self,
        tokens: &[u32],
        construct: Option<Construct>,
        state: State,
        prob: f64,
        out: &mut Vec<Choice>,
    ) {
        let prob = prob / tokens.len() as f64;
        for &token in tokens {
            self.emit_as(construct, state, prob, token, state.pc + 1, out);
        }
    }

    /// Calls `choose` for each index that fits, all alike.
    fn alike(
        &self,
        n: usize,
        fits: impl Fn(usize) -> bool,
        prob: f64,
        mut choose: impl FnMut(usize, f64),
    ) {
        let n_fit = (0..n).filter(|&index| fits(index)).count();
        for index in (0..n).filter(|&index| fits(index)) {
            choose(index, prob / n_fit as f64);
        }
    }

    /// A verb that agrees with its subject; the first one may draw the tense.
    fn verb(
        &self,
        forms: &[u32; 4],
        role: Role,
        is_now: bool,
        state: State,
        prob: f64,
        out: &mut Vec<Choice>,
    ) {
        let tenses = match state.tense {
            _ if is_now => vec![(Tense::Present, 1.0)],
            Some(tense) => vec![(tense, 1.0)],
            None => vec![(Tense::Past, PAST), (Tense::Present, 1.0 - PAST)],
        };
        let number = state.number(role);
        for (tense, share) in tenses {
            let is_singular = number == Number::Singular;
            let token = forms[2 * usize::from(tense == Tense::Past) + usize::from(is_singular)];
            let mut state = State {
                subject: Some(number),
                ..state
            };
            if !is_now {
                state.tense = Some(tense);
            }
            let construct = Some(Construct::Verb);
            self.emit_as(construct, state, prob * share, token, state.pc + 1, out);
        }
    }

    /// A pronoun; the first one for a character may draw the gender.
    fn pronoun(
        &self,
        tokens: &[u32; 4],
        role: Role,
        state: State,
        prob: f64,
        next: u16,
        out: &mut Vec<Choice>,
    ) {
        let genders = match state.gender(role) {
            Some(gender) => vec![(gender, 1.0)],
            None => vec![(Gender::Feminine, 0.5), (Gender::Masculine, 0.5)],
        };
        let is_open = state.gender(role).is_none();
        for (gender, share) in genders {
            let mut state = state;
            if is_open {
                state.person_mut(role).gender = Some(gender);
            }
            state.pronoun = Some(gender);
            let token = tokens[gender as usize];
            let construct = Some(Construct::Pronoun);
            self.emit_as(construct, state, prob * share, token, next, out);
        }
    }

    /// A known name, or a new one that differs from those in use.
    fn name(
        &self,
        role: Role,
        pool: Pool,
        is_spaced: bool,
        state: State,
        prob: f64,
        out: &mut Vec<Choice>,
    ) {
        let facts = &self.facts;
        let next = state.pc + 1;
        if let (Pool::Known, Some(name)) = (pool, state.name(role)) {
            let state = State {
                is_joined: false,
                ..state
            };
            let index = usize::from(name);
            let token = facts.names.token(index, is_spaced);
            let construct = (index >= facts.n_common).then_some(Construct::Name);
            return self.emit_as(construct, state, prob, token, next, out);
        }
        self.new_name(role, pool, is_spaced, state, prob, out);
    }

    /// A new name that differs from those in use and fits the gender.
    fn new_name(
        &self,
        role: Role,
        pool: Pool,
        is_spaced: bool,
        state: State,
        prob: f64,
        out: &mut Vec<Choice>,
    ) {
        let facts = &self.facts;
        let in_use = [state.hero.name, state.partner, state.friend.name];
        let gender = match role {
            Role::Partner => None,
            Role::Friend => state.friend.gender,
            Role::Hero | Role::First | Role::Second | Role::Both => state.hero.gender,
        };
        let fits = |index: usize, is_common: bool| {
            let told = facts.name_gender(index);
            (index < facts.n_common) == is_common
                && !in_use.contains(&Some(index as u8))
                && (gender.is_none() || told.is_none() || gender == told)
        };
        let has_any = |is_common| (0..facts.names.len()).any(|index| fits(index, is_common));
        let share_common = match pool {
            Pool::Common => 1.0,
            Pool::Invented => 0.0,
            Pool::Known | Pool::Any => match (has_any(true), has_any(false)) {
                (false, _) => 0.0,
                (true, false) => 1.0,
                (true, true) => COMMON_NAME,
            },
        };
        for (is_common, share) in [(true, share_common), (false, 1.0 - share_common)] {
            let fits = |index: usize| share > 0.0 && fits(index, is_common);
            self.alike(facts.names.len(), fits, prob * share, |index, prob| {
                let mut state = state;
                if role == Role::Partner {
                    state.salient = Some(Role::Hero);
                    state.partner = Some(index as u8);
                } else {
                    state.salient = Some(role);
                    let person = state.person_mut(role);
                    person.name = Some(index as u8);
                    person.gender = gender.or(facts.name_gender(index));
                }
                self.emit(
                    state,
                    prob,
                    facts.names.token(index, is_spaced),
                    state.pc + 1,
                    out,
                );
            });
        }
    }

    /// What a character is.
    fn kind(
        &self,
        role: Role,
        is_new: bool,
        is_spaced: bool,
        state: State,
        prob: f64,
        out: &mut Vec<Choice>,
    ) {
        let facts = &self.facts;
        let mut state = state;
        let person = *state.person_mut(role);
        let known = if is_new { None } else { person.kind };
        let fits = |index: usize| match known {
            Some(known) => usize::from(known) == index,
            None => {
                let told = facts.kind_genders[index];
                told.is_none() || person.gender.is_none() || told == person.gender
            }
        };
        self.alike(facts.kinds.len(), fits, prob, |index, prob| {
            let mut state = state;
            let person = state.person_mut(role);
            person.kind = Some(index as u8);
            person.gender = person.gender.or(facts.kind_genders[index]);
            self.emit(
                state,
                prob,
                facts.kinds.token(index, is_spaced),
                state.pc + 1,
                out,
            );
        });
    }

    /// The words of an object: article, colour, noun.
    fn thing(&self, slot: &Slot, state: State, prob: f64, out: &mut Vec<Choice>) {
        let facts = &self.facts;
        let next = state.pc + 1;
        match *slot {
            Slot::Article { tokens, role } => {
                for (plural, share) in [(false, 1.0 - PLURAL_OBJECT), (true, PLURAL_OBJECT)] {
                    let mut state = state;
                    state.things[role.thing()].plural = plural;
                    self.emit(state, prob * share, tokens[usize::from(plural)], next, out);
                }
            }
            Slot::Noun {
                role,
                is_new,
                is_spaced,
            } => {
                let thing = state.things[role.thing()];
                let other = state.things[1 - role.thing()].noun;
                let known = if is_new { None } else { thing.noun };
                let fits = |index: usize| match known {
                    Some(known) => usize::from(known) == index,
                    None => {
                        (index >= facts.n_singular) == thing.plural && other != Some(index as u8)
                    }
                };
                self.alike(facts.nouns.len(), fits, prob, |index, prob| {
                    let mut state = state;
                    state.things[role.thing()].noun = Some(index as u8);
                    self.emit(state, prob, facts.nouns.token(index, is_spaced), next, out);
                });
            }
            Slot::Colour {
                role,
                is_new,
                is_spaced,
            } => {
                let known = if is_new {
                    None
                } else {
                    state.things[role.thing()].colour
                };
                let fits = |index: usize| known.is_none_or(|known| usize::from(known) == index);
                self.alike(facts.colours.len(), fits, prob, |index, prob| {
                    let mut state = state;
                    state.things[role.thing()].colour = Some(index as u8);
                    self.emit(
                        state,
                        prob,
                        facts.colours.token(index, is_spaced),
                        next,
                        out,
                    );
                });
            }
            _ => {}
        }
    }

    /// The words of a place: preposition, noun.
    fn place_word(&self, slot: &Slot, state: State, prob: f64, out: &mut Vec<Choice>) {
        let facts = &self.facts;
        let next = state.pc + 1;
        let taken = [state.here, state.things[0].place, state.things[1].place];
        let known = |role: Role, is_new: bool| if is_new { None } else { state.place(role) };
        match slot {
            Slot::Prep {
                tokens,
                role,
                is_new,
            } => {
                let known = known(*role, *is_new);
                let fits = |place: usize| match known {
                    Some(known) => usize::from(known) == place,
                    None => !taken.contains(&Some(place as u8)),
                };
                let mut counts = vec![0.0; tokens.len()];
                for place in (0..facts.places.len()).filter(|&place| fits(place)) {
                    counts[usize::from(facts.place_preps[place])] += 1.0;
                }
                let total: f64 = counts.iter().sum();
                let construct = known.map(|_| Construct::Location);
                for (prep, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
                    let state = State {
                        prep: Some(prep as u8),
                        ..state
                    };
                    let prob = prob * count / total;
                    self.emit_as(construct, state, prob, tokens[prep], next, out);
                }
            }
            Slot::PlaceNoun {
                role,
                is_new,
                is_spaced,
            } => {
                let known = known(*role, *is_new);
                let fits = |place: usize| match known {
                    Some(known) => usize::from(known) == place,
                    None => {
                        !taken.contains(&Some(place as u8))
                            && state
                                .prep
                                .is_none_or(|prep| prep == facts.place_preps[place])
                    }
                };
                self.alike(facts.places.len(), fits, prob, |place, prob| {
                    let mut state = State {
                        prep: None,
                        ..state
                    };
                    state.move_to(*role, Some(place as u8));
                    let token = facts.places.token(place, *is_spaced);
                    let construct = known.map(|_| Construct::Location);
                    self.emit_as(construct, state, prob, token, next, out);
                });
            }
            _ => {}
        }
    }
}

/// Probability that a subject is named by its pronoun.
pub(crate) fn pronoun_share(state: &State, role: Role) -> f64 {
    let other = if role == Role::Friend {
        Role::Hero
    } else {
        Role::Friend
    };
    let has_other = other == Role::Hero || state.friend.name.is_some() || state.group.is_some();
    let is_clear = !has_other
        || match (state.gender(role), state.gender(other)) {
            (Some(mine), Some(other)) => mine != other,
            _ => false,
        };
    if state.number(role) == Number::Plural && is_clear {
        return 0.85;
    }
    match (state.salient == Some(role), is_clear) {
        (true, true) => 0.75,
        (true, false) => 0.45,
        (false, true) => 0.45,
        (false, false) => 0.0,
    }
}
