//! What a step of a schedule is: its kind, its line, what it moves and computes.

use super::{Part, Schedule, Stretch};
use crate::event::{Array, Direction, Event, EventKind};
use crate::problem::{Problem, TileKind};
use crate::pseudo_code::{fa1, fa2, standard};

impl Schedule {
    /// What an item's steps are, in order.
    pub(super) const fn kinds(&self, part: Part, stretch: Stretch) -> &'static [EventKind] {
        use EventKind as Kind;
        match (part, stretch) {
            (Part::Initialise, _) => &[Kind::Store],
            (Part::Merge(_), _) => &[Kind::Load, Kind::Merge, Kind::Store],
            (_, Stretch::Head) => &[Kind::Load],
            (_, Stretch::Foot) => &[Kind::Normalise, Kind::Store],
            (_, Stretch::Item(TileKind::Skipped)) => &[Kind::Skip],
            (Part::ScoreRows, Stretch::Item(TileKind::Full)) => {
                &[Kind::Load, Kind::Scores, Kind::Store]
            }
            (Part::ScoreRows, Stretch::Item(TileKind::Partial)) => {
                &[Kind::Load, Kind::Scores, Kind::Mask, Kind::Store]
            }
            (Part::WeightRows, _) => &[
                Kind::Load,
                Kind::RowMax,
                Kind::Exp,
                Kind::RowSum,
                Kind::Normalise,
                Kind::Store,
            ],
            (Part::OutputRows, _) => &[Kind::Load, Kind::Pv, Kind::Store],
            (Part::KeyTile(_), Stretch::Item(TileKind::Full)) => &[
                Kind::Load,
                Kind::Scores,
                Kind::RowMax,
                Kind::Exp,
                Kind::RowSum,
                Kind::Rescale,
                Kind::Pv,
                Kind::Normalise,
                Kind::Store,
            ],
            (Part::KeyTile(_), Stretch::Item(TileKind::Partial)) => &[
                Kind::Load,
                Kind::Scores,
                Kind::Mask,
                Kind::RowMax,
                Kind::Exp,
                Kind::RowSum,
                Kind::Rescale,
                Kind::Pv,
                Kind::Normalise,
                Kind::Store,
            ],
            (Part::QueryTile { .. }, Stretch::Item(TileKind::Full)) => &[
                Kind::Load,
                Kind::Scores,
                Kind::RowMax,
                Kind::Rescale,
                Kind::Exp,
                Kind::RowSum,
                Kind::Pv,
            ],
            (Part::QueryTile { .. }, Stretch::Item(TileKind::Partial)) => &[
                Kind::Load,
                Kind::Scores,
                Kind::Mask,
                Kind::RowMax,
                Kind::Rescale,
                Kind::Exp,
                Kind::RowSum,
                Kind::Pv,
            ],
        }
    }

    /// A step as it is seen from outside.
    pub(super) fn event_of(
        &self,
        part: Part,
        stretch: Stretch,
        item: usize,
        kind: EventKind,
    ) -> Event {
        let item = matches!(stretch, Stretch::Item(_)).then_some(item);
        match part {
            Part::ScoreRows | Part::WeightRows | Part::OutputRows => {
                self.standard_event(part, item, kind)
            }
            Part::Initialise => self.fa1_initialise(),
            Part::KeyTile(j) => self.fa1_event(j, item, kind),
            Part::QueryTile { i, split } => self.fa2_event(i, item, split, kind),
            Part::Merge(i) => self.merge_event(i, kind),
        }
    }

    fn standard_event(&self, part: Part, query: Option<usize>, kind: EventKind) -> Event {
        let Problem { n_k, d, .. } = self.problem;
        let (width, product) = (n_k as u64, flops([1, n_k, d]));
        let read = |line, array, n| Event::new(kind, line).moving(Direction::Read, &[(array, n)]);
        let write =
            |line, array, n| Event::new(kind, line).moving(Direction::Written, &[(array, n)]);
        let event = match (part, kind, query) {
            (Part::ScoreRows, EventKind::Load, None) => {
                read(standard::LOAD_KEYS, Array::K, n_k * d)
            }
            (Part::OutputRows, EventKind::Load, None) => {
                read(standard::LOAD_VALUES, Array::V, n_k * d)
            }
            (Part::ScoreRows, EventKind::Load, _) => read(standard::LOAD_QUERY, Array::Q, d),
            (Part::ScoreRows, EventKind::Store, _) => {
                write(standard::STORE_SCORES, Array::Scores, n_k)
            }
            (Part::WeightRows, EventKind::Load, _) => {
                read(standard::LOAD_SCORES, Array::Scores, n_k)
            }
            (Part::WeightRows, EventKind::Store, _) => {
                write(standard::STORE_WEIGHTS, Array::Weights, n_k)
            }
            (_, EventKind::Load, _) => read(standard::LOAD_WEIGHTS, Array::Weights, n_k),
            (_, EventKind::Store, _) => write(standard::STORE, Array::O, d),
            (_, EventKind::Scores, _) => Event::new(kind, standard::SCORES).computing(product, 0),
            (_, EventKind::Mask, _) => Event::new(kind, standard::MASK),
            (_, EventKind::RowMax, _) => Event::new(kind, standard::ROW_MAX),
            (_, EventKind::Exp, _) => Event::new(kind, standard::EXP).computing(0, width),
            (_, EventKind::RowSum, _) => Event::new(kind, standard::ROW_SUM),
            (_, EventKind::Normalise, _) => Event::new(kind, standard::NORMALISE),
            (_, EventKind::Pv, _) => Event::new(kind, standard::PV).computing(product, 0),
            (_, EventKind::Rescale | EventKind::Skip | EventKind::Merge, _) => {
                unreachable!("standard attention has no {}", kind.name())
            }
        };
        event.at(query, None)
    }

    fn fa1_initialise(&self) -> Event {
        let Problem { n_q, d, .. } = self.problem;
        Event::new(EventKind::Store, fa1::INITIALISE).moving(
            Direction::Written,
            &[(Array::O, n_q * d), (Array::Sum, n_q), (Array::Max, n_q)],
        )
    }

    fn fa1_event(&self, j: usize, i: Option<usize>, kind: EventKind) -> Event {
        let (d, keys) = (self.problem.d, self.keys(j).len());
        let rows = i.map_or(0, |i| self.queries(i).len());
        let product = flops([rows, keys, d]);
        let state = [(Array::O, rows * d), (Array::Sum, rows), (Array::Max, rows)];
        let event = match (kind, i) {
            (EventKind::Load, None) => Event::new(kind, fa1::LOAD_KEYS).moving(
                Direction::Read,
                &[(Array::K, keys * d), (Array::V, keys * d)],
            ),
            (EventKind::Load, Some(_)) => Event::new(kind, fa1::LOAD_QUERIES)
                .moving(Direction::Read, &[(Array::Q, rows * d)])
                .moving(Direction::Read, &state),
            (EventKind::Scores, _) => Event::new(kind, fa1::SCORES).computing(product, 0),
            (EventKind::Mask, _) => Event::new(kind, fa1::MASK),
            (EventKind::RowMax, _) => Event::new(kind, fa1::ROW_MAX),
            (EventKind::Exp, _) => Event::new(kind, fa1::EXP).computing(0, pairs(rows, keys)),
            (EventKind::RowSum, _) => Event::new(kind, fa1::ROW_SUM),
            (EventKind::Rescale, _) => Event::new(kind, fa1::RESCALE).computing(0, 2 * rows as u64),
            (EventKind::Pv, _) => Event::new(kind, fa1::PV).computing(product, 0),
            (EventKind::Normalise, _) => Event::new(kind, fa1::NORMALISE),
            (EventKind::Store, _) => {
                Event::new(kind, fa1::STORE).moving(Direction::Written, &state)
            }
            (EventKind::Skip, _) => Event::new(kind, fa1::SKIP),
            (EventKind::Merge, _) => unreachable!("FA1 has no splits"),
        };
        event.at(i, Some(j))
    }

    fn fa2_event(
        &self,
        i: usize,
        j: Option<usize>,
        split: Option<usize>,
        kind: EventKind,
    ) -> Event {
        let (d, rows) = (self.problem.d, self.queries(i).len());
        let keys = j.map_or(0, |j| self.keys(j).len());
        let product = flops([rows, keys, d]);
        let (out, lse) = match split {
            Some(_) => (Array::SplitO, Array::SplitLse),
            None => (Array::O, Array::Lse),
        };
        let event = match (kind, j) {
            (EventKind::Load, None) => {
                Event::new(kind, fa2::LOAD_QUERIES).moving(Direction::Read, &[(Array::Q, rows * d)])
            }
            (EventKind::Load, Some(_)) => Event::new(kind, fa2::LOAD_KEYS).moving(
                Direction::Read,
                &[(Array::K, keys * d), (Array::V, keys * d)],
            ),
            (EventKind::Scores, _) => Event::new(kind, fa2::SCORES).computing(product, 0),
            (EventKind::Mask, _) => Event::new(kind, fa2::MASK),
            (EventKind::RowMax, _) => Event::new(kind, fa2::ROW_MAX),
            (EventKind::Rescale, _) => Event::new(kind, fa2::RESCALE).computing(0, rows as u64),
            (EventKind::Exp, _) => Event::new(kind, fa2::EXP).computing(0, pairs(rows, keys)),
            (EventKind::RowSum, _) => Event::new(kind, fa2::ROW_SUM),
            (EventKind::Pv, _) => Event::new(kind, fa2::PV).computing(product, 0),
            (EventKind::Normalise, _) => Event::new(kind, fa2::NORMALISE),
            (EventKind::Store, _) => Event::new(kind, fa2::STORE)
                .moving(Direction::Written, &[(out, rows * d), (lse, rows)]),
            (EventKind::Skip, _) => Event::new(kind, fa2::SKIP),
            (EventKind::Merge, _) => unreachable!("splits are merged in a part of their own"),
        };
        event.at(Some(i), j).of_split(split)
    }

    fn merge_event(&self, i: usize, kind: EventKind) -> Event {
        let (d, rows) = (self.problem.d, self.queries(i).len());
        let n_splits = self.method.n_splits;
        let event = match kind {
            EventKind::Load => Event::new(kind, fa2::LOAD_SPLITS).moving(
                Direction::Read,
                &[
                    (Array::SplitO, n_splits * rows * d),
                    (Array::SplitLse, n_splits * rows),
                ],
            ),
            EventKind::Merge => Event::new(kind, fa2::MERGE).computing(0, (n_splits * rows) as u64),
            _ => Event::new(kind, fa2::STORE_MERGED).moving(
                Direction::Written,
                &[(Array::O, rows * d), (Array::Lse, rows)],
            ),
        };
        event.at(Some(i), None)
    }
}

/// Multiplications and additions of a matrix product of this size.
fn flops(size: [usize; 3]) -> u64 {
    2 * size.iter().map(|&length| length as u64).product::<u64>()
}

const fn pairs(rows: usize, keys: usize) -> u64 {
    rows as u64 * keys as u64
}
