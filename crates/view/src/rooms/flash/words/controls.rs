//! What can be chosen, and what that does.
#![expect(missing_docs, reason = "a constant of words says itself what it is")]

use headlight_flash::Algorithm;

/// A control's name, and what it does: one sentence for those who point at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Control {
    pub name: &'static str,
    pub about: &'static str,
}

impl Control {
    const fn new(name: &'static str, about: &'static str) -> Self {
        Self { name, about }
    }
}

pub const QUERIES_PER_TILE: Control = Control::new(
    "queries per tile",
    "How many rows of Q are on the chip at a time: with FA2, keys and values are loaded once for each tile of queries.",
);
pub const KEYS_PER_TILE: Control = Control::new(
    "keys per tile",
    "How many rows of K and of V are on the chip at a time.",
);
pub const TILES_FOR: Control = Control::new(
    "or tiles for",
    "Tiles by the paper’s formula for an on-chip memory of this size.",
);
pub const CAUSAL: Control = Control::new(
    "causal",
    "A query does not see the keys that come after it.",
);
pub const REVERSED: Control = Control::new(
    "last keys first",
    "Walk the key tiles from the last to the first: the result is the same but for rounding.",
);
pub const LAZY: Control = Control::new(
    "lazy rescale",
    "Keep a row’s old maximum until a score is 8 bits above it: fewer rescales, and the same result but for rounding.",
);
pub const SPLITS: Control = Control::new(
    "split keys",
    "Attend to several parts of the keys side by side, each with a maximum and a sum of its own, and merge them at the end: what decoding does with one query and many keys.",
);
pub const DATA: Control = Control::new(
    "numbers of",
    "Attend with the selected head’s q, k and v, with random numbers, or with numbers of your own.",
);
pub const COMPARE: Control = Control::new(
    "Compare with",
    "Show another algorithm below, with the same numbers and on the same clock.",
);
pub const LOCKED: Control = Control::new(
    "Locked to",
    "What both algorithms have done equally much of at every step.",
);

/// What an algorithm does differently.
#[must_use]
pub const fn about(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Standard => {
            "Attention by its definition: all N × N scores and weights go to slow memory and back."
        }
        Algorithm::Fa1 => {
            "FlashAttention (2022): each tile of keys meets all queries, whose results are read and written anew each time."
        }
        Algorithm::Fa2 => {
            "FlashAttention-2 (2023): each tile of queries meets all its keys, and its result is written once."
        }
    }
}
