//! Keys that move through rows and grids, in every room alike.

/// Where a key moves in a grid of `n` things, `columns` to a row; `None` if it does not.
#[must_use]
pub fn moved(key: &str, from: usize, n: usize, columns: usize) -> Option<usize> {
    let last = n.checked_sub(1)?;
    let to = match key {
        "ArrowLeft" => from.saturating_sub(1),
        "ArrowRight" => from + 1,
        "ArrowUp" => from.checked_sub(columns).unwrap_or(from),
        "ArrowDown" if from + columns <= last => from + columns,
        "ArrowDown" => from,
        "Home" => 0,
        "End" => last,
        _ => return None,
    };
    Some(to.min(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_never_leave_the_grid() {
        let moved = |key, from| moved(key, from, 5, 3);
        assert_eq!(
            [moved("ArrowUp", 1), moved("ArrowDown", 3)],
            [Some(1), Some(3)]
        );
        assert_eq!(
            [moved("ArrowDown", 1), moved("ArrowRight", 4)],
            [Some(4); 2]
        );
        assert_eq!([moved("Home", 4), moved("End", 0)], [Some(0), Some(4)]);
        assert_eq!(moved("a", 0), None);
        assert_eq!(super::moved("End", 0, 0, 1), None);
    }
}
