//! Keys that move through rows and grids, in every room alike.

use headlight_view::frame::keys;
use leptos::ev::KeyboardEvent;

/// Where a key moves in a grid of `n` things, `columns` to a row; `None` if it does not.
pub fn moved(event: &KeyboardEvent, from: usize, n: usize, columns: usize) -> Option<usize> {
    keys::moved(&event.key(), from, n, columns)
}
