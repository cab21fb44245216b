//! Keys that move through rows and grids, in every room alike.

use leptos::ev::KeyboardEvent;

/// Where a key moves in a grid of `n` things, `columns` to a row; `None` if it does not.
pub fn moved(event: &KeyboardEvent, from: usize, n: usize, columns: usize) -> Option<usize> {
    let last = n.checked_sub(1)?;
    let to = match event.key().as_str() {
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
