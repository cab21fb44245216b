//! Bars: one per band, or one per bin of a histogram.

use crate::element::{Element, el, rect};
use crate::mark::Mark;
use crate::scale::{Bands, Scale};

/// Direction in which bars grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Bands lie one below the other, bars grow sideways.
    Across,
    /// Bands stand side by side, bars grow upwards.
    Up,
}

/// Narrowest gap between two bins, in figure units.
const BIN_GAP: f64 = 1.0;

/// A bar per band, from zero to its value; none for what is not finite.
///
/// On a logarithmic scale bars begin at the domain's first end.
///
/// ```
/// use headlight_figure::{Bands, Direction, Mark, Scale, Tone, bars};
///
/// let bands = Bands::new(2, (0.0, 40.0), 4.0);
/// let x = Scale::linear((0.0, 1.0), (100.0, 300.0));
/// let mark = Mark::new(Tone::Main).target("token");
/// let drawn = bars(&[0.5, f64::NAN], &bands, &x, Direction::Across, mark);
/// assert_eq!(drawn.children.len(), 1);
/// ```
#[must_use]
pub fn bars(
    values: &[f64],
    bands: &Bands,
    scale: &Scale,
    direction: Direction,
    mark: Mark,
) -> Element {
    let origin = scale.clamped(0.0).unwrap_or(scale.range().0);
    let mut drawn = el("g").class(mark.tone.class());
    for (index, &value) in values.iter().enumerate().take(bands.n) {
        let Some(end) = scale.clamped(value).filter(|_| value.is_finite()) else {
            continue;
        };
        let (start, thickness) = bands.band(index);
        let (low, length) = (origin.min(end), (end - origin).abs());
        let bar = match direction {
            Direction::Across => rect(low, start, length, thickness),
            Direction::Up => rect(start, low, thickness, length),
        };
        drawn = drawn.add(mark.on(bar.key(index as u64 + 1), "mark-bar", index));
    }
    drawn
}

/// Edges of `n` bins of equal width, as `numpy.linspace` gives them.
///
/// ```
/// use headlight_figure::bin_edges;
///
/// assert_eq!(bin_edges((0.0, 1.0), 5), [0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0]);
/// ```
#[must_use]
pub fn bin_edges((low, high): (f64, f64), n: usize) -> Vec<f64> {
    let step = (high - low) / n.max(1) as f64;
    let inner = (0..n).map(|index| index as f64 * step + low);
    inner.chain([high]).collect()
}

/// Number of values in each bin: `[lower, upper)`, the last bin with its upper edge.
///
/// What is no number or beyond the edges is in none.
#[must_use]
pub fn bin_counts(values: impl IntoIterator<Item = f64>, edges: &[f64]) -> Vec<usize> {
    let mut counts = vec![0; edges.len().saturating_sub(1)];
    let (Some(&first), Some(&last)) = (edges.first(), edges.last()) else {
        return counts;
    };
    for value in values {
        if !(first..=last).contains(&value) {
            continue;
        }
        // Edges up to the value are below its bin's end; the last edge opens no bin.
        let n_below = edges.partition_point(|edge| *edge <= value);
        let bin = n_below.min(counts.len()).saturating_sub(1);
        if let Some(count) = counts.get_mut(bin) {
            *count += 1;
        }
    }
    counts
}

/// A bar per bin, from its lower to its upper edge; empty bins are not drawn.
#[must_use]
pub fn histogram(counts: &[f64], edges: &[f64], x: &Scale, y: &Scale, mark: Mark) -> Element {
    let origin = y.clamped(0.0).unwrap_or(y.range().0);
    let mut drawn = el("g").class(mark.tone.class());
    for (index, (&count, edges)) in counts.iter().zip(edges.windows(2)).enumerate() {
        let ends = (x.clamped(edges[0]), x.clamped(edges[1]), y.clamped(count));
        let (Some(left), Some(right), Some(top)) = ends else {
            continue;
        };
        if count == 0.0 || !count.is_finite() {
            continue;
        }
        let width = (right - left).abs();
        let gap = BIN_GAP.min(width / 4.0);
        let bar = rect(
            left.min(right) + gap / 2.0,
            top.min(origin),
            width - gap,
            (origin - top).abs(),
        );
        drawn = drawn.add(mark.on(bar.key(index as u64 + 1), "mark-bar", index));
    }
    drawn
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_value_on_an_edge_is_in_the_upper_bin_and_the_last_edge_in_the_last() {
        let p = [0.1, 0.2, 0.2, 0.5, 0.9, 1.0, 1.0, 0.0];
        assert_eq!(bin_counts(p, &bin_edges((0.0, 1.0), 5)), [2, 2, 1, 0, 3]);
        // Edges as numbers have them: 3 times a fifth is a little more than 0.6.
        assert_eq!(
            bin_counts([0.6], &bin_edges((0.0, 1.0), 5)),
            [0, 0, 1, 0, 0]
        );
    }

    #[test]
    fn what_is_in_no_bin_is_not_counted() {
        let edges = bin_edges((0.0, 1.0), 2);
        assert_eq!(bin_counts([f64::NAN, -0.1, 1.1, 0.4], &edges), [1, 0]);
        assert_eq!(bin_counts([0.5], &[]), Vec::<usize>::new());
        assert_eq!(bin_counts([0.5], &[0.5]), Vec::<usize>::new());
    }

    #[test]
    fn bars_of_negative_values_end_at_zero() {
        let bands = Bands::new(2, (0.0, 20.0), 0.0);
        let y = Scale::linear((-1.0, 1.0), (100.0, 0.0));
        let drawn = bars(
            &[0.5, -0.5],
            &bands,
            &y,
            Direction::Up,
            Mark::new(crate::Tone::Main),
        );
        let expected = [rect(0.0, 25.0, 10.0, 25.0), rect(10.0, 50.0, 10.0, 25.0)];
        let expected = expected.map(|bar| bar.class("mark-bar"));
        let expected = expected
            .into_iter()
            .zip(1..)
            .map(|(bar, key)| bar.key(key).into());
        assert_eq!(drawn.children, expected.collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn every_value_within_the_edges_is_in_one_bin(
            values in prop::collection::vec(-0.2..1.2_f64, 0..60), n in 1..20_usize,
        ) {
            let within = values.iter().filter(|value| (0.0..=1.0).contains(*value)).count();
            let counts = bin_counts(values, &bin_edges((0.0, 1.0), n));
            prop_assert_eq!(counts.len(), n);
            prop_assert_eq!(counts.iter().sum::<usize>(), within);
        }
    }
}
