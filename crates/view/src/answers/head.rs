//! How heads are named.

use crate::answers::run::Head;

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
