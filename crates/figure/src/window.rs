//! Which part of a long row of tokens is shown.

use std::ops::Range;

/// At most `len` of `n` places around `pos`, as far from both ends as there is room.
pub fn around(pos: usize, len: usize, n: usize) -> Range<usize> {
    let len = len.min(n);
    let start = pos.saturating_sub(len / 2).min(n - len);
    start..start + len
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_full_and_holds_its_place() {
        assert_eq!(around(50, 10, 100), 45..55);
        assert_eq!(around(2, 10, 100), 0..10);
        assert_eq!(around(99, 10, 100), 90..100);
        assert_eq!(around(3, 10, 4), 0..4);
        assert_eq!(around(0, 10, 0), 0..0);
    }
}
