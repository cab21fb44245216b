//! The algorithms as they are printed, and which line a step carries out.
//!
//! One table per algorithm, so that a line and its number cannot disagree.

use crate::method::{Algorithm, Method};

/// A line of pseudo-code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PseudoLine {
    /// How deep it stands in loops, 0 outside of all.
    pub depth: usize,
    /// The line.
    pub text: &'static str,
}

/// The line that only a mask needs.
pub const MASK_LINE: &str = "hide the keys after the query";

const fn line(depth: usize, text: &'static str) -> PseudoLine {
    PseudoLine { depth, text }
}

/// Line numbers of standard attention.
pub(crate) mod standard {
    pub(crate) const LOAD_KEYS: usize = 0;
    pub(crate) const LOAD_QUERY: usize = 2;
    pub(crate) const SCORES: usize = 3;
    pub(crate) const MASK: usize = 4;
    pub(crate) const STORE_SCORES: usize = 5;
    pub(crate) const LOAD_SCORES: usize = 7;
    pub(crate) const ROW_MAX: usize = 8;
    pub(crate) const EXP: usize = 9;
    pub(crate) const ROW_SUM: usize = 10;
    pub(crate) const NORMALISE: usize = 11;
    pub(crate) const STORE_WEIGHTS: usize = 12;
    pub(crate) const LOAD_VALUES: usize = 13;
    pub(crate) const LOAD_WEIGHTS: usize = 15;
    pub(crate) const PV: usize = 16;
    pub(crate) const STORE: usize = 17;
}

const STANDARD: [PseudoLine; 18] = [
    line(0, "load K"),
    line(0, "for each query i:"),
    line(1, "load qᵢ"),
    line(1, "s = τ qᵢ Kᵀ"),
    line(1, MASK_LINE),
    line(1, "write row i of S"),
    line(0, "for each query i:"),
    line(1, "load row i of S"),
    line(1, "m = max s"),
    line(1, "p = exp(s − m)"),
    line(1, "l = sum p"),
    line(1, "p = p / l"),
    line(1, "write row i of P"),
    line(0, "load V"),
    line(0, "for each query i:"),
    line(1, "load row i of P"),
    line(1, "o = p V"),
    line(1, "write oᵢ"),
];

/// Line numbers of FA1.
pub(crate) mod fa1 {
    pub(crate) const INITIALISE: usize = 0;
    pub(crate) const LOAD_KEYS: usize = 2;
    pub(crate) const SKIP: usize = 3;
    pub(crate) const LOAD_QUERIES: usize = 4;
    pub(crate) const SCORES: usize = 5;
    pub(crate) const MASK: usize = 6;
    pub(crate) const ROW_MAX: usize = 7;
    pub(crate) const EXP: usize = 8;
    pub(crate) const ROW_SUM: usize = 9;
    pub(crate) const RESCALE: usize = 10;
    pub(crate) const PV: usize = 11;
    pub(crate) const NORMALISE: usize = 12;
    pub(crate) const STORE: usize = 13;
}

const FA1: [PseudoLine; 14] = [
    line(0, "write O = 0, l = 0, m = −∞"),
    line(0, "for each key tile j:"),
    line(1, "load Kⱼ, Vⱼ"),
    line(1, "for each query tile i that sees it:"),
    line(2, "load Qᵢ, Oᵢ, lᵢ, mᵢ"),
    line(2, "S = τ Qᵢ Kⱼᵀ"),
    line(2, MASK_LINE),
    line(2, "m̃ = rowmax S"),
    line(2, "P = exp(S − m̃)"),
    line(2, "l̃ = rowsum P"),
    line(2, "m′ = max(m, m̃);  l′ = α l + β l̃, O = α l O"),
    line(2, "O = O + β P Vⱼ"),
    line(2, "O = O / l′"),
    line(2, "write Oᵢ, lᵢ, mᵢ"),
];

/// Line numbers of FA2, in one piece and split.
pub(crate) mod fa2 {
    pub(crate) const LOAD_QUERIES: usize = 1;
    pub(crate) const SKIP: usize = 2;
    pub(crate) const LOAD_KEYS: usize = 3;
    pub(crate) const SCORES: usize = 4;
    pub(crate) const MASK: usize = 5;
    pub(crate) const ROW_MAX: usize = 6;
    pub(crate) const RESCALE: usize = 7;
    pub(crate) const EXP: usize = 8;
    pub(crate) const ROW_SUM: usize = 9;
    pub(crate) const PV: usize = 10;
    pub(crate) const NORMALISE: usize = 11;
    pub(crate) const STORE: usize = 12;
    pub(crate) const LOAD_SPLITS: usize = 14;
    pub(crate) const MERGE: usize = 15;
    pub(crate) const STORE_MERGED: usize = 16;
}

const FA2: [PseudoLine; 13] = [
    line(0, "for each query tile i:"),
    line(1, "load Qᵢ;  O = 0, l = 0, m = −∞"),
    line(1, "for each key tile j that it sees:"),
    line(2, "load Kⱼ, Vⱼ"),
    line(2, "S = τ Qᵢ Kⱼᵀ"),
    line(2, MASK_LINE),
    line(2, "m′ = max(m, rowmax S)"),
    line(2, "α = exp(m − m′);  l = α l, O = α O"),
    line(2, "P = exp(S − m′)"),
    line(2, "l = l + rowsum P"),
    line(2, "O = O + P Vⱼ"),
    line(1, "O = O / l,  L = m + log l"),
    line(1, "write Oᵢ, Lᵢ"),
];

const FA2_SPLIT: [PseudoLine; 17] = {
    let mut lines = [FA2[0]; 17];
    let mut index = 0;
    while index < FA2.len() {
        lines[index] = FA2[index];
        index += 1;
    }
    lines[0] = line(0, "for each split s, for each query tile i:");
    lines[2] = line(1, "for each key tile j of s that it sees:");
    lines[12] = line(1, "write Oₛᵢ, Lₛᵢ");
    lines[13] = line(0, "for each query tile i:");
    lines[14] = line(1, "load Oₛᵢ, Lₛᵢ of every split");
    lines[15] = line(1, "L = logsumexp Lₛ,  O = Σ exp(Lₛ − L) Oₛ");
    lines[16] = line(1, "write Oᵢ, Lᵢ");
    lines
};

const FA2_LAZY_MAX: PseudoLine = line(2, "m′ = rowmax S where it beats m by 8 bits, else m");

/// An algorithm's lines, in order. An [event](crate::Event)'s `line` counts
/// into these.
#[must_use]
pub fn pseudo_code(method: &Method) -> Vec<PseudoLine> {
    let mut lines = match method.algorithm {
        Algorithm::Standard => STANDARD.to_vec(),
        Algorithm::Fa1 => FA1.to_vec(),
        Algorithm::Fa2 if method.n_splits > 1 => FA2_SPLIT.to_vec(),
        Algorithm::Fa2 => FA2.to_vec(),
    };
    if method.is_lazy {
        lines[fa2::ROW_MAX] = FA2_LAZY_MAX;
    }
    if method.is_reversed {
        let (line, text) = match method.algorithm {
            Algorithm::Fa1 => (1, "for each key tile j, last first:"),
            Algorithm::Fa2 if method.n_splits > 1 => {
                (fa2::SKIP, "for each key tile j of s, last first:")
            }
            _ => (fa2::SKIP, "for each key tile j that it sees, last first:"),
        };
        lines[line].text = text;
    }
    lines
}
