//! Which part of a long prompt's map is in view.

use std::ops::Range;

/// The fewest tokens per side that one can zoom in to.
pub const MIN_SPAN: usize = 12;
/// Factor by which one press or one notch of the wheel changes the number of tokens in view.
pub const ZOOM_STEP: f64 = 1.5;

/// A square of the map: so many tokens from a query and a key on.
///
/// It always lies within the map; a span of the whole prompt is the whole map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zoom {
    /// First query.
    pub query: usize,
    /// First key.
    pub key: usize,
    /// Tokens per side.
    pub span: usize,
}

impl Zoom {
    /// The whole map of `n` tokens.
    #[must_use]
    pub const fn whole(n: usize) -> Self {
        Self {
            query: 0,
            key: 0,
            span: n,
        }
    }

    /// This square, moved and shrunk to lie within `n` tokens.
    #[must_use]
    pub fn within(self, n: usize) -> Self {
        let span = self.span.clamp(MIN_SPAN.min(n), n);
        Self {
            query: self.query.min(n - span),
            key: self.key.min(n - span),
            span,
        }
    }

    /// True if it shows all of `n` tokens.
    #[must_use]
    pub const fn is_whole(self, n: usize) -> bool {
        self.span >= n
    }

    /// The queries in view.
    #[must_use]
    pub const fn queries(self) -> Range<usize> {
        self.query..self.query + self.span
    }

    /// The keys in view.
    #[must_use]
    pub const fn keys(self) -> Range<usize> {
        self.key..self.key + self.span
    }

    /// Shows `factor` times as many tokens per side, with the cell `(query, key)`
    /// staying where it is.
    #[must_use]
    pub fn scaled(self, n: usize, factor: f64, (query, key): (usize, usize)) -> Self {
        let old = self.span.max(1) as f64;
        let wanted = (old * factor).round().max(1.0);
        // At least one token more or fewer, so that every press does something.
        let wanted = match factor {
            factor if factor < 1.0 => wanted.min(old - 1.0),
            factor if factor > 1.0 => wanted.max(old + 1.0),
            _ => wanted,
        };
        let span = (wanted.max(0.0) as usize).clamp(MIN_SPAN.min(n), n);
        let first = |first: usize, at: usize| {
            let along = (at as f64 + 0.5 - first as f64) / old;
            (at as f64 + 0.5 - along * span as f64).round().max(0.0) as usize
        };
        let (query, key) = (first(self.query, query), first(self.key, key));
        Self { query, key, span }.within(n)
    }

    /// Moved by so many queries and keys.
    #[must_use]
    pub fn moved(self, n: usize, queries: isize, keys: isize) -> Self {
        Self {
            query: self.query.saturating_add_signed(queries),
            key: self.key.saturating_add_signed(keys),
            span: self.span,
        }
        .within(n)
    }

    /// Moved no further than needed to show the cell `(query, key)`.
    #[must_use]
    pub fn showing(self, n: usize, (query, key): (usize, usize)) -> Self {
        let first = |first: usize, at: usize| {
            let earliest = (at + 1).saturating_sub(self.span);
            first.clamp(earliest, at.max(earliest))
        };
        Self {
            query: first(self.query, query),
            key: first(self.key, key),
            span: self.span,
        }
        .within(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zoom(query: usize, key: usize, span: usize) -> Zoom {
        Zoom { query, key, span }
    }

    #[test]
    fn it_never_leaves_the_map() {
        for n in [1, 5, 64, 1024] {
            for (query, key, span) in [(0, 0, 0), (9, 9, 9), (2000, 3, 100), (3, 2000, 5000)] {
                let inside = zoom(query, key, span).within(n);
                assert!(inside.queries().end <= n && inside.keys().end <= n, "{n}");
                assert!(inside.span >= MIN_SPAN.min(n));
            }
        }
    }

    #[test]
    fn zooming_keeps_the_cell_under_the_pointer() {
        let zoomed = Zoom::whole(1024).scaled(1024, 0.5, (800, 200));
        assert_eq!(zoomed.span, 512);
        let along = |first: usize, at: usize, span: usize| (at - first) as f64 / span as f64;
        assert!((along(zoomed.query, 800, 512) - 800.0 / 1024.0).abs() < 0.01);
        assert!((along(zoomed.key, 200, 512) - 200.0 / 1024.0).abs() < 0.01);
    }

    #[test]
    fn zooming_in_and_out_ends_at_the_ends() {
        let mut at = Zoom::whole(300);
        for _ in 0..50 {
            at = at.scaled(300, 0.7, (150, 150));
        }
        assert_eq!(at.span, MIN_SPAN);
        for _ in 0..50 {
            at = at.scaled(300, 1.4, (150, 150));
        }
        assert_eq!(at, Zoom::whole(300));
    }

    #[test]
    fn a_cell_out_of_view_is_brought_in_and_one_in_view_moves_nothing() {
        let at = zoom(100, 0, 50);
        assert_eq!(at.showing(1024, (120, 49)), at);
        assert_eq!(at.showing(1024, (150, 60)), zoom(101, 11, 50));
        assert_eq!(at.showing(1024, (99, 0)), zoom(99, 0, 50));
    }
}
