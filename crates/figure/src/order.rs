//! The one sort of the page.
//!
//! The standard library's sort is compiled anew for each type and comparison, 4 KB of
//! the page's module each time. This is one of them, for places, whatever is placed.

use std::cmp::Ordering;

/// Sorts as [`slice::sort_by`] does: equal items keep their order.
pub fn sort_by<T>(items: &mut Vec<T>, compare: impl Fn(&T, &T) -> Ordering) {
    let places = places(items.len(), &|a, b| compare(&items[a], &items[b]));
    let mut placed: Vec<Option<T>> = std::mem::take(items).into_iter().map(Some).collect();
    let in_order = places.into_iter().filter_map(|place| placed[place].take());
    items.extend(in_order);
}

/// Sorts as [`slice::sort_by_key`] does.
pub fn sort_by_key<T, K: Ord>(items: &mut Vec<T>, key: impl Fn(&T) -> K) {
    sort_by(items, |a, b| key(a).cmp(&key(b)));
}

/// The places of `n` items, sorted.
fn places(n: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..n).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_sorts_as_the_standard_library_does() {
        // Many equal keys, in an order that is not sorted.
        let mut items: Vec<(usize, usize)> = (0..200).map(|i| (i * 37 % 11, i)).collect();
        let mut expected = items.clone();
        expected.sort_by_key(|(key, _)| *key);
        sort_by_key(&mut items, |(key, _)| *key);
        assert_eq!(items, expected);
        expected.reverse();
        expected.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        sort_by(&mut items, |a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        assert_eq!(items, expected);
        let mut nothing = Vec::<usize>::new();
        sort_by_key(&mut nothing, |item| *item);
        assert!(nothing.is_empty());
    }
}
