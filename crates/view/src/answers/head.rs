//! Heads, and how they are named.

use serde::Deserialize;

/// One head of one layer, both counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub struct Head {
    /// Index of the block.
    pub layer: usize,
    /// Index of the head in its block.
    pub head: usize,
}

/// A head as people write it: layer, dot, head.
#[must_use]
pub fn head_name(head: Head) -> String {
    format!("head {}.{}", head.layer, head.head)
}

/// A head as numbers: layer, dot, head.
#[must_use]
pub fn dotted(head: Head) -> String {
    format!("{}.{}", head.layer, head.head)
}
