//! The posterior of the labels: a sum over the states that a prefix can be in.

use crate::grammar::Grammar;
use crate::labels::{LabelPosterior, Number};
use crate::program::{BEGIN, BOUNDARY, Op, Pool, Role, Slot};
use crate::state::State;

impl Grammar {
    /// Adds the labels of one state with its posterior weight.
    pub(crate) fn add_labels(&self, state: &State, weight: f64, posterior: &mut LabelPosterior) {
        let labels = state.labels();
        *posterior.mood.entry(labels.mood).or_default() += weight;
        *posterior.tense.entry(labels.tense).or_default() += weight;
        *posterior.number.entry(labels.number).or_default() += weight;
        *posterior.pronoun.entry(labels.pronoun).or_default() += weight;
        *posterior.place.entry(labels.place).or_default() += weight;
        let maps = posterior.object_places.iter_mut();
        for (map, place) in maps.zip(labels.object_places) {
            *map.entry(place).or_default() += weight;
        }
        *posterior.in_quote.entry(labels.in_quote).or_default() += weight;

        let pair = self.pair_prob(state);
        for (number, share) in [(Number::Plural, pair), (Number::Singular, 1.0 - pair)] {
            if share > 0.0 {
                *posterior.heroes.entry(number).or_default() += weight * share;
            }
        }
        let gender = state.gender(Role::Hero);
        *posterior.gender.entry(gender).or_default() += weight;
        let word = |words: &[String], index: Option<u8>| {
            index.and_then(|index| words.get(usize::from(index)).cloned())
        };
        let hero = word(&self.facts.names.words, state.hero.name);
        *posterior.hero.entry(hero).or_default() += weight;
        for (map, thing) in posterior.objects.iter_mut().zip(&state.things) {
            let noun = word(&self.facts.nouns.words, thing.noun);
            *map.entry(noun).or_default() += weight;
        }
    }

    /// Probability that the story of this state has a pair of heroes.
    ///
    /// The first sentence alone introduces heroes, so the rest of it decides.
    fn pair_prob(&self, state: &State) -> f64 {
        if state.partner.is_some() {
            return 1.0;
        }
        if state.pc == BEGIN {
            let choices = self.choices(state).into_iter();
            return choices
                .map(|choice| choice.prob * self.pair_prob(&choice.state))
                .sum();
        }
        if state.pc != BOUNDARY || state.len > 1 {
            return self.pair_prob_from(state.pc);
        }
        let openings = self.sentence_probs(state).into_iter();
        openings
            .map(|(sentence, prob)| prob * self.pair_prob_from(sentence.start))
            .sum()
    }

    /// Probability that a second hero is named between an instruction and the end of
    /// its sentence, for a story of one hero so far.
    fn pair_prob_from(&self, pc: u16) -> f64 {
        match &self.ops[usize::from(pc)] {
            Op::Boundary | Op::Finish | Op::Done | Op::Begin => 0.0,
            Op::Jump(pc) | Op::Unless(_, pc) => self.pair_prob_from(*pc),
            Op::Fork(branches) => branches
                .iter()
                .map(|&(share, pc)| share * self.pair_prob_from(pc))
                .sum(),
            Op::Fill(Slot::Name {
                role: Role::Partner,
                pool: Pool::Common | Pool::Invented | Pool::Any,
                ..
            }) => 1.0,
            Op::Emit(_) | Op::Do(_) | Op::Fill(_) => self.pair_prob_from(pc + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::labels::{Gender, Mood, PlaceId, Tense};
    use crate::oracle::Oracle;

    /// Probability of each label value together with a prefix.
    #[derive(Debug, Default)]
    struct Joint {
        total: f64,
        pair: f64,
        mood: BTreeMap<Mood, f64>,
        tense: BTreeMap<Option<Tense>, f64>,
        number: BTreeMap<Option<Number>, f64>,
        gender: BTreeMap<Option<Gender>, f64>,
        pronoun: BTreeMap<Option<Gender>, f64>,
        places: [BTreeMap<Option<PlaceId>, f64>; 3],
        in_quote: BTreeMap<bool, f64>,
        words: [BTreeMap<Option<u8>, f64>; 3],
    }

    /// Adds the paths from a state; returns the probability of those with a pair.
    fn enumerate(
        grammar: &Grammar,
        state: &State,
        prob: f64,
        prefix: &mut Vec<u32>,
        joints: &mut BTreeMap<Vec<u32>, Joint>,
    ) -> f64 {
        let choices = grammar.choices(state);
        let is_whole = choices.is_empty();
        let mut pair = if is_whole && state.partner.is_some() {
            prob
        } else {
            0.0
        };
        for choice in choices {
            prefix.push(choice.token);
            pair += enumerate(grammar, &choice.state, prob * choice.prob, prefix, joints);
            prefix.pop();
        }
        // All short prefixes, and every 97th of the others: as good, and quick.
        if prefix.len() < 8 || prefix.iter().sum::<u32>() % 97 == 0 {
            let joint = joints.entry(prefix.clone()).or_default();
            joint.total += prob;
            joint.pair += pair;
            *joint.mood.entry(state.mood).or_default() += prob;
            *joint.tense.entry(state.tense).or_default() += prob;
            *joint.number.entry(state.subject).or_default() += prob;
            let gender = state.gender(Role::Hero);
            *joint.gender.entry(gender).or_default() += prob;
            *joint.pronoun.entry(state.pronoun).or_default() += prob;
            *joint.in_quote.entry(state.in_quote).or_default() += prob;
            let places = [state.here, state.things[0].place, state.things[1].place];
            for (map, place) in joint.places.iter_mut().zip(places) {
                *map.entry(place.map(PlaceId)).or_default() += prob;
            }
            let [a, b] = state.things.map(|thing| thing.noun);
            for (map, word) in joint.words.iter_mut().zip([state.hero.name, a, b]) {
                *map.entry(word).or_default() += prob;
            }
        }
        pair
    }

    /// Compares a map with joint probabilities; sums come in another order only.
    fn assert_same<K: Ord>(map: &BTreeMap<K, f64>, joint: BTreeMap<K, f64>, total: f64) {
        let sum: f64 = map.values().sum();
        assert!((sum - 1.0).abs() < 1e-9, "the sum is {sum}");
        assert_eq!(map.len(), joint.len());
        for (value, prob) in joint {
            let (got, expected) = (map[&value], prob / total);
            assert!((got - expected).abs() < 1e-10, "{got} is not {expected}");
        }
    }

    #[test]
    fn on_a_reduced_grammar_every_posterior_equals_enumeration() {
        let grammar = Grammar::parse(include_str!("../tests/reduced.txt")).unwrap();
        let mut joints = BTreeMap::new();
        enumerate(
            &grammar,
            &grammar.initial(),
            1.0,
            &mut Vec::new(),
            &mut joints,
        );
        assert!(joints.len() > 1000, "only {} prefixes", joints.len());
        for (prefix, joint) in joints {
            let posterior = Oracle::new(&grammar).posterior(&prefix).unwrap();
            let total = joint.total;
            let heroes = [
                (Number::Plural, joint.pair),
                (Number::Singular, total - joint.pair),
            ];
            let heroes = heroes.into_iter().filter(|(_, prob)| *prob > 1e-9 * total);
            assert_same(&posterior.heroes, heroes.collect(), total);
            assert_same(&posterior.mood, joint.mood, total);
            assert_same(&posterior.tense, joint.tense, total);
            assert_same(&posterior.number, joint.number, total);
            assert_same(&posterior.gender, joint.gender, total);
            assert_same(&posterior.pronoun, joint.pronoun, total);
            assert_same(&posterior.in_quote, joint.in_quote, total);
            let [here, a, b] = joint.places;
            assert_same(&posterior.place, here, total);
            assert_same(&posterior.object_places[0], a, total);
            assert_same(&posterior.object_places[1], b, total);
            let facts = &grammar.facts;
            let lists = [&facts.names, &facts.nouns, &facts.nouns];
            let [a, b] = &posterior.objects;
            for ((map, joint), list) in [&posterior.hero, a, b]
                .into_iter()
                .zip(joint.words)
                .zip(lists)
            {
                let word = |index: u8| list.words[usize::from(index)].clone();
                let joint = joint
                    .into_iter()
                    .map(|(index, prob)| (index.map(word), prob));
                assert_same(map, joint.collect(), total);
            }
        }
    }
}
