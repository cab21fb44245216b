//! One step of an algorithm: what is done, where, and what it moves.

use std::fmt;

/// An array in slow memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Array {
    /// Queries `[query, d]`.
    Q,
    /// Keys `[key, d]`.
    K,
    /// Values `[key, d]`.
    V,
    /// Output `[query, d]`.
    O,
    /// Running maxima of the scores `[query]` (FA1).
    Max,
    /// Running sums of the weights `[query]` (FA1).
    Sum,
    /// Log-sum-exp `[query]` (FA2).
    Lse,
    /// The whole matrix of scores `[query, key]` (standard).
    Scores,
    /// The whole matrix of weights `[query, key]` (standard).
    Weights,
    /// Outputs of the splits `[split, query, d]`.
    SplitO,
    /// Log-sum-exp of the splits `[split, query]`.
    SplitLse,
}

impl Array {
    /// All of them; an array's place here is its number.
    pub const ALL: [Self; 11] = [
        Self::Q,
        Self::K,
        Self::V,
        Self::O,
        Self::Max,
        Self::Sum,
        Self::Lse,
        Self::Scores,
        Self::Weights,
        Self::SplitO,
        Self::SplitLse,
    ];

    /// Its letter, as figures and pseudo-code write it.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Q => "Q",
            Self::K => "K",
            Self::V => "V",
            Self::O => "O",
            Self::Max => "m",
            Self::Sum => "l",
            Self::Lse => "L",
            Self::Scores => "S",
            Self::Weights => "P",
            Self::SplitO => "Oₛ",
            Self::SplitLse => "Lₛ",
        }
    }
}

/// From or to slow memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Slow memory to chip.
    Read,
    /// Chip to slow memory.
    Written,
}

/// Numbers that cross between slow memory and the chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Move {
    /// The array in slow memory.
    pub array: Array,
    /// Direction of the move, to the chip or from it.
    pub direction: Direction,
    /// Number of elements, of 4 bytes each.
    pub elements: u64,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventKind {
    /// Something comes from slow memory.
    Load,
    /// `S = tau Q K^T`.
    Scores,
    /// The keys a query may not see are hidden.
    Mask,
    /// The largest score of each row.
    RowMax,
    /// What was summed so far is put in terms of the new maximum.
    Rescale,
    /// `P = exp(S - m)`.
    Exp,
    /// The weights of each row are summed.
    RowSum,
    /// `O + P V`.
    Pv,
    /// The output is divided by the sum of the weights.
    Normalise,
    /// Something goes to slow memory.
    Store,
    /// A tile of which the mask leaves nothing is passed over.
    Skip,
    /// The splits' outputs are added, each by its share.
    Merge,
}

impl EventKind {
    /// All of them, in the order in which a tile has them.
    pub const ALL: [Self; 12] = [
        Self::Load,
        Self::Scores,
        Self::Mask,
        Self::RowMax,
        Self::Rescale,
        Self::Exp,
        Self::RowSum,
        Self::Pv,
        Self::Normalise,
        Self::Store,
        Self::Skip,
        Self::Merge,
    ];

    /// The word for it in trace files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Scores => "scores",
            Self::Mask => "mask",
            Self::RowMax => "row_max",
            Self::Rescale => "rescale",
            Self::Exp => "exp",
            Self::RowSum => "row_sum",
            Self::Pv => "pv",
            Self::Normalise => "normalise",
            Self::Store => "store",
            Self::Skip => "skip",
            Self::Merge => "merge",
        }
    }
}

/// One step of an algorithm.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Event {
    /// Kind of the step.
    pub kind: EventKind,
    /// The tile of queries (standard: the query) it concerns, counted from 0.
    pub i: Option<usize>,
    /// The tile of keys it concerns, counted from 0.
    pub j: Option<usize>,
    /// The split it belongs to, where keys are split.
    pub split: Option<usize>,
    /// The line of the [pseudo-code](crate::pseudo_code()) that it carries out.
    pub line: usize,
    /// Multiplications and additions of its matrix product.
    pub flops: u64,
    /// Exponentials it computes.
    pub exps: u64,
    moves: [Option<Move>; Self::MOST_MOVES],
}

impl Event {
    const MOST_MOVES: usize = 4;

    pub(crate) const fn new(kind: EventKind, line: usize) -> Self {
        Self {
            kind,
            i: None,
            j: None,
            split: None,
            line,
            flops: 0,
            exps: 0,
            moves: [None; Self::MOST_MOVES],
        }
    }

    pub(crate) const fn computing(self, flops: u64, exps: u64) -> Self {
        Self {
            flops,
            exps,
            ..self
        }
    }

    pub(crate) const fn at(self, i: Option<usize>, j: Option<usize>) -> Self {
        Self { i, j, ..self }
    }

    pub(crate) const fn of_split(self, split: Option<usize>) -> Self {
        Self { split, ..self }
    }

    /// With these arrays' elements moved; at most four arrays.
    pub(crate) fn moving(mut self, direction: Direction, arrays: &[(Array, usize)]) -> Self {
        let moves = self.moves.iter_mut().filter(|place| place.is_none());
        for (place, &(array, elements)) in moves.zip(arrays) {
            *place = Some(Move {
                array,
                direction,
                elements: elements as u64,
            });
        }
        self
    }

    /// What crosses between slow memory and the chip.
    pub fn moves(&self) -> impl Iterator<Item = Move> + '_ {
        self.moves.iter().flatten().copied()
    }

    /// Numbers that cross one way.
    #[must_use]
    pub fn elements(&self, direction: Direction) -> u64 {
        self.moves()
            .filter(|moved| moved.direction == direction)
            .map(|moved| moved.elements)
            .sum()
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moves: Vec<Move> = self.moves().collect();
        write!(
            f,
            "{} i={:?} j={:?} line {} {moves:?}",
            self.kind.name(),
            self.i,
            self.j,
            self.line
        )
    }
}
