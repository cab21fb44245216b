//! The facts that sentences can demand of a state.

use crate::labels::{Mood, Tense};
use crate::state::State;

/// The facts that sentences may need, in the order of their bits.
const FACTS: [&str; 17] = [
    "S", "P", "K", "F", "G", "A", "B", "L", "M", "W", "C", "T", "D", "HAPPY", "SAD", "AP", "BP",
];

/// The bits of the facts that fix the mood, by [`Mood`].
pub(crate) const MOOD_BITS: [u32; 2] = [1 << 13, 1 << 14];

/// The bit of a fact by its name in conditions.
pub(crate) fn fact_bit(name: &str) -> Option<u32> {
    FACTS
        .iter()
        .position(|fact| *fact == name)
        .map(|bit| 1 << bit)
}

/// The facts that hold, as bits.
pub(crate) fn facts(state: &State) -> u32 {
    let [a, b] = &state.things;
    let holds = [
        state.partner.is_none(),
        state.partner.is_some(),
        state.hero.kind.is_some(),
        state.friend.name.is_some() || state.group.is_some(),
        state.group.is_some(),
        a.noun.is_some(),
        b.noun.is_some(),
        a.place.is_some(),
        b.place.is_some(),
        state.here.is_some(),
        a.colour.is_some(),
        state.tense == Some(Tense::Past),
        a.place.is_some() && a.place != state.here,
        state.mood == Mood::Happy,
        state.mood == Mood::Sad,
        a.plural,
        b.plural,
    ];
    holds
        .iter()
        .enumerate()
        .fold(0, |bits, (bit, &is_true)| bits | u32::from(is_true) << bit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bits_of_the_moods_are_theirs() {
        assert_eq!(MOOD_BITS.map(Some), ["HAPPY", "SAD"].map(fact_bit));
    }
}
