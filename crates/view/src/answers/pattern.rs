//! One head's attention over one prompt, as the page keeps it.

use std::collections::BTreeMap;
use std::ops::Range;

use headlight_activations::{Tile, TilePart};
use headlight_protocol as engine;

use crate::answers::head::Head;
use headlight_figure::Shared;
use headlight_figure::order;

/// A pattern whose arrays do not fit its length.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("pattern of {seq_len} positions has {weights} weights and {lse} row sums, expected {} and {seq_len}", seq_len.saturating_mul(*seq_len))]
pub struct PatternError {
    /// Number of positions.
    pub seq_len: usize,
    /// Number of weights found.
    pub weights: usize,
    /// Number of log-sum-exps found.
    pub lse: usize,
}

/// The longest prompt of which whole patterns are kept; of longer ones, parts.
pub const MAX_WHOLE: usize = 256;

/// One head's attention over one prompt.
///
/// Of a long prompt only parts are known: the whole made small, the part in view
/// and single rows and columns. What is not known has no row.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    head: Head,
    seq_len: usize,
    weights: Weights,
    lse: Vec<f32>,
    /// Pattern of the head in the whole model, where parts were taken out.
    clean: Option<Shared<Self>>,
    /// What has changed, computed once.
    change: Option<Shared<Self>>,
}

#[derive(Clone, Debug, PartialEq)]
enum Weights {
    /// `[query, key]`
    Whole(Vec<f32>),
    Parts(Parts),
}

#[derive(Clone, Debug, PartialEq)]
struct Parts {
    overview: Shared<Tile>,
    window: Option<Shared<Tile>>,
    rows: BTreeMap<usize, Vec<f32>>,
    columns: BTreeMap<usize, Vec<f32>>,
}

/// Rows and columns that are kept of a long prompt's pattern.
pub(crate) const MAX_KEPT_LINES: usize = 16;

impl TryFrom<engine::HeadPattern> for Pattern {
    type Error = PatternError;

    /// The engine's answer, beside the whole model's where that is another.
    fn try_from(answer: engine::HeadPattern) -> Result<Self, PatternError> {
        let engine::HeadRef { layer, head } = answer.head;
        let found = Self::new(
            Head { layer, head },
            answer.seq_len,
            answer.pattern,
            answer.lse,
        )?;
        if answer.is_edited {
            found.beside_clean(answer.clean)
        } else {
            Ok(found)
        }
    }
}

impl Pattern {
    /// Wraps `[query, key]` weights and the log-sum-exp of each query's scores.
    ///
    /// # Errors
    ///
    /// Returns an error if either array has the wrong length.
    pub fn new(
        head: Head,
        seq_len: usize,
        weights: Vec<f32>,
        lse: Vec<f32>,
    ) -> Result<Self, PatternError> {
        if weights.len() == seq_len.saturating_mul(seq_len) && lse.len() == seq_len {
            return Ok(Self {
                head,
                seq_len,
                weights: Weights::Whole(weights),
                lse,
                clean: None,
                change: None,
            });
        }
        Err(PatternError {
            seq_len,
            weights: weights.len(),
            lse: lse.len(),
        })
    }

    /// A long prompt's pattern, of which only the whole made small is known.
    #[must_use]
    pub fn from_overview(head: Head, overview: Tile) -> Self {
        Self {
            head,
            seq_len: overview.queries.len(),
            lse: overview.lse.clone(),
            weights: Weights::Parts(Parts {
                overview: Shared::new(overview),
                window: None,
                rows: BTreeMap::new(),
                columns: BTreeMap::new(),
            }),
            clean: None,
            change: None,
        }
    }

    /// This pattern beside what the whole model has: `[query, key]` weights.
    ///
    /// # Errors
    ///
    /// Returns an error if there are not as many of them.
    pub fn beside_clean(mut self, weights: Vec<f32>) -> Result<Self, PatternError> {
        let no_lse = vec![0.0; self.seq_len];
        let mut clean = Self::new(self.head, self.seq_len, weights, no_lse)?;
        clean.lse.clear();
        self.compare_with(Shared::new(clean));
        Ok(self)
    }

    /// Pattern of the head in the whole model, without scores; `None` where nothing was
    /// taken out, and of long prompts.
    #[must_use]
    pub fn clean(&self) -> Option<&Self> {
        self.clean.as_deref()
    }

    /// Change of each weight, in `[-1, 1]`; rows sum to 0. `None` where there is nothing
    /// to compare with.
    #[must_use]
    pub fn change(&self) -> Option<Shared<Self>> {
        self.change.clone()
    }

    /// True if no weight differs from the whole model's.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        let change = self.change.as_ref().map(|change| &change.weights);
        matches!(change, Some(Weights::Whole(change)) if change.iter().all(|it| *it == 0.0))
    }

    fn compare_with(&mut self, clean: Shared<Self>) {
        if let (Weights::Whole(now), Weights::Whole(before)) = (&self.weights, &clean.weights) {
            let change = now.iter().zip(before).map(|(now, before)| now - before);
            self.change = Some(Shared::new(Self {
                weights: Weights::Whole(change.collect()),
                lse: Vec::new(),
                clean: None,
                change: None,
                ..*self
            }));
        }
        self.clean = Some(clean);
    }

    /// This pattern with one more part known; a whole pattern knows all already.
    #[must_use]
    pub fn with(mut self, part: TilePart, tile: Tile) -> Self {
        if let Weights::Parts(parts) = &mut self.weights {
            match part {
                TilePart::Overview => parts.overview = Shared::new(tile),
                TilePart::Window => parts.window = Some(Shared::new(tile)),
                TilePart::Row => keep(&mut parts.rows, tile.queries.start, tile.weights),
                TilePart::Column => keep(&mut parts.columns, tile.keys.start, tile.weights),
            }
        }
        self
    }

    /// The mean of several heads' whole patterns, named after the first; `None` if
    /// there is none, or one is not whole or of another length. It has no scores.
    #[must_use]
    pub fn mean(patterns: &[Shared<Self>]) -> Option<Self> {
        let first = patterns.first()?;
        let mut sum = vec![0.0; first.seq_len * first.seq_len];
        for pattern in patterns {
            let Weights::Whole(weights) = &pattern.weights else {
                return None;
            };
            if weights.len() != sum.len() {
                return None;
            }
            for (sum, weight) in sum.iter_mut().zip(weights) {
                *sum += weight / patterns.len() as f32;
            }
        }
        let clean = patterns.iter().map(|pattern| pattern.clean.clone());
        let clean: Option<Vec<_>> = clean.collect();
        let mut mean = Self {
            head: first.head,
            seq_len: first.seq_len,
            weights: Weights::Whole(sum),
            lse: Vec::new(),
            clean: None,
            change: None,
        };
        if let Some(clean) = clean.and_then(|clean| Self::mean(&clean)) {
            mean.compare_with(Shared::new(clean));
        }
        Some(mean)
    }

    /// The mean of several rows: `[key]`; empty if one is not known.
    #[must_use]
    pub fn mean_row(&self, queries: &[usize]) -> Vec<f32> {
        let rows: Vec<&[f32]> = queries.iter().map(|query| self.row(*query)).collect();
        let n = rows.iter().map(|row| row.len()).min().unwrap_or(0);
        let mean = |key: usize| {
            let sum: f32 = rows.iter().map(|row| row[key]).sum();
            sum / rows.len() as f32
        };
        (0..n).map(mean).collect()
    }

    /// Head that the pattern is of.
    #[must_use]
    pub const fn head(&self) -> Head {
        self.head
    }

    /// Number of positions.
    #[must_use]
    pub const fn seq_len(&self) -> usize {
        self.seq_len
    }

    /// True if every weight is known.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        matches!(self.weights, Weights::Whole(_))
    }

    /// Number of elements that it holds.
    #[must_use]
    pub fn n_numbers(&self) -> usize {
        let weights = match &self.weights {
            Weights::Whole(weights) => weights.len(),
            Weights::Parts(parts) => {
                let window = parts.window.as_ref().map_or(0, |tile| tile.weights.len());
                let lines = parts.rows.values().chain(parts.columns.values());
                parts.overview.weights.len() + window + lines.map(Vec::len).sum::<usize>()
            }
        };
        let beside = [&self.clean, &self.change].into_iter().flatten();
        let beside: usize = beside.map(|pattern| pattern.n_numbers()).sum();
        weights + self.lse.len() + beside
    }

    /// The weights of one query over all keys; empty if there is no such query or
    /// it is not known.
    #[must_use]
    pub fn row(&self, query: usize) -> &[f32] {
        match &self.weights {
            Weights::Whole(weights) => {
                let start = query.saturating_mul(self.seq_len);
                let end = start.saturating_add(self.seq_len);
                weights.get(start..end).unwrap_or_default()
            }
            Weights::Parts(parts) => parts
                .rows
                .get(&query)
                .map(Vec::as_slice)
                .unwrap_or_default(),
        }
    }

    /// True if this column is known.
    #[must_use]
    pub fn knows_column(&self, key: usize) -> bool {
        match &self.weights {
            Weights::Whole(_) => key < self.seq_len,
            Weights::Parts(parts) => parts.columns.contains_key(&key),
        }
    }

    /// True if these pairs are known one by one, or as finely as is drawn.
    #[must_use]
    pub fn has_window(&self, queries: &Range<usize>, keys: &Range<usize>) -> bool {
        match &self.weights {
            Weights::Whole(_) => true,
            Weights::Parts(parts) => parts
                .window
                .as_ref()
                .is_some_and(|tile| tile.queries == *queries && tile.keys == *keys),
        }
    }

    /// One weight, in `[0, 1]`; `None` outside the matrix and where it is not known.
    #[must_use]
    pub fn known(&self, query: usize, key: usize) -> Option<f32> {
        if let Some(weight) = self.row(query).get(key) {
            return Some(*weight);
        }
        let Weights::Parts(parts) = &self.weights else {
            return None;
        };
        let in_column = || parts.columns.get(&key)?.get(query).copied();
        let in_window = || {
            let window = parts.window.as_ref().filter(|tile| tile.pool == 1)?;
            window.cell(query, key)
        };
        in_column().or_else(in_window)
    }

    /// One weight, in `[0, 1]`; 0 outside the matrix and where it is not known.
    #[must_use]
    pub fn weight(&self, query: usize, key: usize) -> f32 {
        self.known(query, key).unwrap_or(0.0)
    }

    /// What is drawn at a pair: its weight, or the largest of the pairs around it
    /// where only that is known.
    #[must_use]
    pub fn shade(&self, query: usize, key: usize) -> Option<f32> {
        match &self.weights {
            Weights::Whole(_) => self.known(query, key),
            Weights::Parts(parts) => {
                let window = parts.window.as_ref().and_then(|tile| tile.cell(query, key));
                window.or_else(|| parts.overview.cell(query, key))
            }
        }
    }

    /// The strongest cells of what is known of the whole: queries, keys, and the
    /// largest weight of each, strongest first. Cells of one pair each for a whole
    /// pattern.
    #[must_use]
    pub fn strongest(&self, count: usize) -> Vec<(Range<usize>, Range<usize>, f32)> {
        let n = self.seq_len;
        let pool = match &self.weights {
            Weights::Whole(_) => 1,
            Weights::Parts(parts) => parts.overview.pool.max(1),
        };
        let mut cells: Vec<(f32, usize, usize)> = Vec::with_capacity(2 * count);
        // By size, for changes have a sign.
        let sort = |cells: &mut Vec<(f32, usize, usize)>| {
            let by_size = |a: f32, b: f32| b.abs().total_cmp(&a.abs());
            order::sort_by(cells, |a, b| {
                by_size(a.0, b.0).then((a.1, a.2).cmp(&(b.1, b.2)))
            });
            cells.truncate(count);
        };
        // Keeps twice as many as asked for and prunes, so that a long prompt costs
        // one pass and no list of all its cells.
        let mut least = f32::NEG_INFINITY;
        for query in (0..n).step_by(pool) {
            for key in (0..(query + pool).min(n)).step_by(pool) {
                let weight = match &self.weights {
                    Weights::Whole(weights) => weights[query * n + key],
                    Weights::Parts(parts) => parts.overview.cell(query, key).unwrap_or(0.0),
                };
                if weight.abs() > least {
                    cells.push((weight, query, key));
                }
                if cells.len() == 2 * count && count > 0 {
                    sort(&mut cells);
                    least = cells[count - 1].0.abs();
                }
            }
        }
        sort(&mut cells);
        let span = |first: usize| first..(first + pool).min(n);
        let cell = |(weight, query, key)| (span(query), span(key), weight);
        cells.into_iter().map(cell).collect()
    }

    /// The log-sum-exp of a query's scaled scores, natural logarithm.
    #[must_use]
    pub fn log_sum_exp(&self, query: usize) -> Option<f32> {
        self.lse.get(query).copied()
    }

    /// The scaled score `q.k / sqrt(d_head)`, recovered from weight and
    /// log-sum-exp; `None` for a masked cell and where the weight is too small
    /// for its logarithm to be known.
    #[must_use]
    pub fn score(&self, query: usize, key: usize) -> Option<f64> {
        let weight = f64::from(self.weight(query, key));
        let lse = f64::from(self.log_sum_exp(query)?);
        (key <= query && weight > 0.0).then(|| weight.ln() + lse)
    }

    /// The key with the largest weight in a row, the first of equals; 0 where the
    /// row is not known.
    #[must_use]
    pub fn strongest_key(&self, query: usize) -> usize {
        let row = self.row(query);
        let visible = &row[..row.len().min(query + 1)];
        let mut best = 0;
        for (key, weight) in visible.iter().enumerate() {
            if *weight > visible[best] {
                best = key;
            }
        }
        best
    }

    /// Place of a key among the visible keys of its row, from 1; `None` where the
    /// row is not known.
    #[must_use]
    pub fn rank(&self, query: usize, key: usize) -> Option<usize> {
        let row = self.row(query);
        let own = row.get(key)?;
        let visible = &row[..row.len().min(query + 1)];
        Some(1 + visible.iter().filter(|weight| *weight > own).count())
    }
}

/// Keeps one more row or column, and few enough.
fn keep(lines: &mut BTreeMap<usize, Vec<f32>>, at: usize, weights: Vec<f32>) {
    if lines.len() >= MAX_KEPT_LINES {
        lines.clear();
    }
    lines.insert(at, weights);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::run::tests::pattern;

    /// A tile of the easy pattern of `n` tokens.
    fn tile(n: usize, queries: Range<usize>, keys: Range<usize>, pool: usize) -> Tile {
        let whole = pattern(n);
        let lse = queries
            .clone()
            .filter_map(|query| whole.log_sum_exp(query))
            .collect();
        let mut tile = Tile {
            layer: 1,
            head: 2,
            queries,
            keys,
            pool,
            weights: Vec::new(),
            lse,
        };
        let [rows, columns] = tile.dims();
        for row in 0..rows {
            for column in 0..columns {
                let at = |first: usize, index: usize, end: usize| {
                    let from = first + index * pool;
                    from..(from + pool).min(end)
                };
                let queries = at(tile.queries.start, row, tile.queries.end);
                let pairs = queries.flat_map(|query| {
                    let keys = at(tile.keys.start, column, tile.keys.end);
                    keys.map(move |key| (query, key))
                });
                let most = pairs
                    .map(|(query, key)| whole.weight(query, key))
                    .fold(0.0, f32::max);
                tile.weights.push(most);
            }
        }
        tile
    }

    fn parts(n: usize) -> Pattern {
        let head = Head { layer: 1, head: 2 };
        Pattern::from_overview(head, tile(n, 0..n, 0..n, 4))
    }

    #[test]
    fn of_a_long_prompt_only_what_arrived_is_known() {
        let n = 30;
        let whole = pattern(n);
        let long = parts(n);
        assert_eq!((long.row(17), long.known(17, 0)), (&[][..], None));
        assert_eq!(long.shade(17, 3), Some(whole.weight(16, 0)));
        let long = long.with(TilePart::Row, tile(n, 17..18, 0..n, 1));
        assert_eq!(long.row(17), whole.row(17));
        assert_eq!(long.strongest_key(17), 0);
        let long = long.with(TilePart::Column, tile(n, 0..n, 5..6, 1));
        assert_eq!(long.known(29, 5), whole.known(29, 5));
        let long = long.with(TilePart::Window, tile(n, 8..20, 2..14, 1));
        assert_eq!(long.shade(9, 3), whole.known(9, 3));
        assert_eq!(long.score(9, 3), whole.score(9, 3));
        assert_eq!(long.known(25, 20), None);
    }

    #[test]
    fn a_change_is_what_there_is_less_what_the_whole_model_has() {
        let now = pattern(4);
        assert_eq!((now.clean(), now.change()), (None, None));
        let before: Vec<f32> = (0..16).map(|at| f32::from(at % 4 == 0)).collect();
        assert!(now.clone().beside_clean(vec![0.0; 15]).is_err());
        let beside = now.clone().beside_clean(before).unwrap();
        assert_eq!(beside.clean().unwrap().weight(3, 0), 1.0);
        let change = beside.change().unwrap();
        for query in 0..4 {
            assert!(change.row(query).iter().sum::<f32>().abs() < 1e-6);
        }
        assert_eq!(change.weight(3, 0), now.weight(3, 0) - 1.0);
        let mean = Pattern::mean(&[Shared::new(beside.clone()), Shared::new(beside)]).unwrap();
        assert_eq!(mean.change().unwrap().weight(3, 1), change.weight(3, 1));
    }

    #[test]
    fn the_mean_of_heads_and_of_rows_is_their_mean() {
        let one = pattern(5);
        let even = |n: usize| {
            let weight = |at: usize| {
                if at % n <= at / n {
                    1.0 / (at / n + 1) as f32
                } else {
                    0.0
                }
            };
            let weights = (0..n * n).map(weight).collect();
            Pattern::new(Head { layer: 0, head: 0 }, n, weights, vec![0.0; n]).unwrap()
        };
        let both = [Shared::new(one.clone()), Shared::new(even(5))];
        let mean = Pattern::mean(&both).unwrap();
        for (query, key) in [(0, 0), (3, 1), (4, 4)] {
            let wanted = f32::midpoint(one.weight(query, key), both[1].weight(query, key));
            assert!((mean.weight(query, key) - wanted).abs() < 1e-7);
        }
        assert_eq!((mean.score(3, 1), mean.log_sum_exp(3)), (None, None));
        let row = one.mean_row(&[1, 3]);
        let wanted = f32::midpoint(one.weight(1, 0), one.weight(3, 0));
        assert!((row[0] - wanted).abs() < 1e-7 && row.len() == 5);
        assert_eq!(
            Pattern::mean(&[Shared::new(one), Shared::new(even(4))]),
            None
        );
    }

    #[test]
    fn the_strongest_cells_of_an_overview_name_their_ranges() {
        let found = parts(30).strongest(3);
        assert_eq!(found[0], (0..4, 0..4, 1.0));
        assert!(
            found
                .iter()
                .all(|(queries, keys, _)| keys.start <= queries.start)
        );
    }

    #[test]
    fn memory_grows_with_the_length_not_with_its_square() {
        let of = |n: usize| {
            let pool = n.div_ceil(MAX_WHOLE);
            let head = Head { layer: 1, head: 2 };
            let long = Pattern::from_overview(head, tile(n, 0..n, 0..n, pool));
            let long = long.with(TilePart::Row, tile(n, 9..10, 0..n, 1));
            long.with(TilePart::Column, tile(n, 0..n, 9..10, 1))
                .n_numbers()
        };
        let (short, long) = (of(512), of(1024));
        assert!(long - short <= 3 * 512, "{short} {long}");
    }
}
