//! The room's part of a link.
//!
//! `row=6&rows=3,8&col=1&view=row&step=2&sort=previous&heads=0.3&temperature=0.7&seed=3`

use std::collections::BTreeSet;

use headlight_activations::Sampling;

use super::choices::{Scope, View};
use super::compared::ComparedTokens;
use super::figures::atlas::Sort;
use super::figures::attribution::Order;
use super::figures::steps::RowStep;
use super::lesson::{self, Topic};
use super::state::AttentionRoom;
use crate::answers::head::{self, Head};
use crate::frame::Frame;
use crate::frame::link::{BadValue, Pairs, decode, set};

/// The largest temperature that can be chosen.
pub const MAX_TEMPERATURE: f64 = 5.0;
/// Names the lesson, before the step.
const LESSON: &str = "attention.";
/// As links call the orders of the atlas: not as the page does, whose words may change.
const SORTS: [(Sort, &str); Sort::ALL.len()] = [
    (Sort::Layer, "layer"),
    (Sort::Previous, "previous"),
    (Sort::Duplicate, "duplicate"),
    (Sort::Induction, "induction"),
    (Sort::Entropy, "entropy"),
    (Sort::Sink, "sink"),
];
/// As links call the orders of the attribution's bars.
const ORDERS: [(Order, &str); Order::ALL.len()] =
    [(Order::Size, "size"), (Order::Stream, "stream")];
/// As links say whose lines are drawn.
const SCOPES: [(Scope, &str); 2] = [(Scope::Selected, "selected"), (Scope::All, "all")];

/// What a link says of the room; what it leaves out is as usual.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct AttentionLink {
    /// The selected query.
    pub(crate) row: Option<usize>,
    /// Queries that are averaged with the selected one.
    pub(crate) also_rows: Option<BTreeSet<usize>>,
    /// The selected key.
    pub(crate) col: Option<usize>,
    pub(crate) view: Option<View>,
    /// The step of the row; links count from 1.
    pub(crate) step: Option<RowStep>,
    /// Queries whose lines are drawn.
    pub(crate) scope: Option<Scope>,
    /// The order of the atlas.
    pub(crate) sort: Option<Sort>,
    /// The order of the attribution's bars.
    pub(crate) order: Option<Order>,
    /// Heads that are averaged with the selected one.
    pub(crate) companions: Option<BTreeSet<Head>>,
    pub(crate) temperature: Option<f64>,
    pub(crate) top_k: Option<usize>,
    pub(crate) top_p: Option<f64>,
    pub(crate) seed: Option<u64>,
    /// The token that the attribution speaks for.
    pub(crate) token: Option<u32>,
    /// The token that it speaks against.
    pub(crate) against: Option<u32>,
    /// The step of the lesson, from 0; links count from 1.
    pub(crate) learn: Option<usize>,
}

impl AttentionLink {
    /// Reads the room's pairs, and which of them cannot be read.
    pub(crate) fn read(pairs: &Pairs) -> (Self, Vec<BadValue>) {
        let mut link = Self::default();
        let bad = pairs.read(|key, value| link.take(key, value));
        (link, bad)
    }

    /// Takes one pair; false if the key is known and the value is not.
    fn take(&mut self, key: &str, value: &str) -> bool {
        let list = || decode(value);
        match key {
            "row" => set(&mut self.row, value.parse().ok()),
            "rows" => set(&mut self.also_rows, list().as_deref().and_then(rows)),
            "col" => set(&mut self.col, value.parse().ok()),
            "view" => set(&mut self.view, View::from_name(value)),
            "step" => {
                let number = value.parse::<usize>().ok();
                let index = number.and_then(|step| step.checked_sub(1));
                let step = index.and_then(|index| RowStep::ALL.get(index).copied());
                set(&mut self.step, step)
            }
            "lines" => set(&mut self.scope, named(&SCOPES, value)),
            "sort" => set(&mut self.sort, named(&SORTS, value)),
            "order" => set(&mut self.order, named(&ORDERS, value)),
            "heads" => set(&mut self.companions, list().as_deref().and_then(heads)),
            "temperature" => {
                let is_allowed = |t| (0.0..=MAX_TEMPERATURE).contains(&t);
                set(&mut self.temperature, in_range(value, is_allowed))
            }
            "top_k" => set(&mut self.top_k, value.parse().ok()),
            "top_p" => set(&mut self.top_p, in_range(value, |p| p > 0.0 && p <= 1.0)),
            "seed" => set(&mut self.seed, value.parse().ok()),
            "token" => set(&mut self.token, value.parse().ok()),
            "against" => set(&mut self.against, value.parse().ok()),
            "learn" => set(&mut self.learn, learn_step(value)),
            _ => true,
        }
    }

    /// True if the link says anything of the figure itself.
    pub(crate) fn has_figure(&self) -> bool {
        let is_cell = self.row.is_some() || self.col.is_some();
        is_cell || self.view.is_some() || self.also_rows.is_some()
    }

    /// How the next token is drawn, the seed apart.
    pub(crate) fn sampling(&self) -> Sampling {
        let usual = Sampling::default();
        Sampling {
            temperature: self.temperature.unwrap_or(usual.temperature),
            top_k: self.top_k.unwrap_or(usual.top_k),
            top_p: self.top_p.unwrap_or(usual.top_p),
            ..usual
        }
    }

    /// Puts the room as the link says, but for what only a run can decide.
    pub(crate) fn apply(&self, room: &mut AttentionRoom, frame: &mut Frame) {
        frame.subject.sampling = self.sampling();
        frame.seed = self.seed.unwrap_or(frame.seed);
        room.view = self.view.unwrap_or_default();
        room.also_rows = self.also_rows.clone().unwrap_or_default();
        room.step = self.step.unwrap_or_default();
        room.scope = self.scope.unwrap_or_default();
        let usual_sort = || lesson::usual_sort(self.learn);
        room.sort = self.sort.unwrap_or_else(usual_sort);
        room.order = self.order.unwrap_or_default();
        room.companions = self.companions.clone().unwrap_or_default();
        room.compared = self.token.zip(self.against).map(ComparedTokens::linked);
    }
}

/// What of the room is not as usual, as pairs.
pub(crate) fn write(room: &AttentionRoom, frame: &Frame) -> Pairs {
    let learn = room.learning.is_open.then_some(room.learning.step);
    let (sampling, usual) = (frame.subject.sampling, Sampling::default());
    let mut pairs = Pairs::default();
    pairs.put("row", room.row);
    pairs.put("rows", listed(room.also_rows.iter().map(usize::to_string)));
    pairs.put("col", room.col);
    let view = (room.view != View::default()).then(|| room.view.name());
    pairs.put("view", view);
    let has_step = room.view == View::Steps && room.step != RowStep::default();
    pairs.put("step", has_step.then(|| room.step.index() + 1));
    pairs.put("lines", name_unless(&SCOPES, room.scope, Scope::default()));
    let usual_sort = lesson::usual_sort(learn);
    pairs.put("sort", name_unless(&SORTS, room.sort, usual_sort));
    pairs.put("order", name_unless(&ORDERS, room.order, Order::default()));
    let companions = room.companions.iter().copied();
    pairs.put("heads", listed(companions.map(head::dotted)));
    let temperature = sampling.temperature;
    let is_usual = temperature == usual.temperature;
    pairs.put("temperature", (!is_usual).then_some(temperature));
    let is_usual = sampling.top_k == usual.top_k;
    pairs.put("top_k", (!is_usual).then_some(sampling.top_k));
    let is_usual = sampling.top_p == usual.top_p;
    pairs.put("top_p", (!is_usual).then_some(sampling.top_p));
    pairs.put("seed", (frame.seed != 0).then_some(frame.seed));
    let compared = room.compared.as_ref().map(|compared| compared.pair);
    pairs.put("token", compared.map(|(token, _)| token));
    pairs.put("against", compared.map(|(_, against)| against));
    pairs.put("learn", learn.map(|step| format!("{LESSON}{}", step + 1)));
    pairs
}

/// Names with commas between them; `None` if there are none.
fn listed(names: impl Iterator<Item = String>) -> Option<String> {
    let names: Vec<String> = names.collect();
    (!names.is_empty()).then(|| names.join(","))
}

/// Heads as `1.2`, separated by commas.
fn heads(list: &str) -> Option<BTreeSet<Head>> {
    let head = |name: &str| {
        let (layer, head) = name.split_once('.')?;
        Some(Head {
            layer: layer.parse().ok()?,
            head: head.parse().ok()?,
        })
    };
    list.split(',').map(head).collect()
}

/// Positions, separated by commas.
fn rows(list: &str) -> Option<BTreeSet<usize>> {
    list.split(',').map(|row| row.parse().ok()).collect()
}

/// What a link calls by this name.
fn named<T: Copy>(names: &[(T, &str)], wanted: &str) -> Option<T> {
    let found = names.iter().find(|(_, name)| *name == wanted);
    found.map(|(value, _)| *value)
}

/// What a link calls it; `None` for the usual one, which links leave out.
fn name_unless<T: Copy + PartialEq>(
    names: &[(T, &'static str)],
    value: T,
    usual: T,
) -> Option<&'static str> {
    let found = names
        .iter()
        .find(|(other, _)| *other == value && value != usual);
    found.map(|(_, name)| *name)
}

/// A step of the lesson, from 0.
fn learn_step(value: &str) -> Option<usize> {
    let step: usize = value.strip_prefix(LESSON)?.parse().ok()?;
    step.checked_sub(1).filter(|step| *step < Topic::ALL.len())
}

/// A number that is accepted.
fn in_range(value: &str, is_accepted: impl Fn(f64) -> bool) -> Option<f64> {
    value.parse().ok().filter(|number| is_accepted(*number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> (AttentionRoom, Frame) {
        let (mut room, mut frame) = (AttentionRoom::default(), Frame::default());
        (room.row, room.col) = (Some(6), Some(0));
        room.also_rows = BTreeSet::from([3, 8]);
        (room.view, room.step) = (View::Steps, RowStep::Exponentiate);
        (room.scope, room.sort) = (Scope::All, Sort::Previous);
        room.order = Order::Stream;
        room.companions = BTreeSet::from([Head { layer: 0, head: 3 }]);
        room.compared = Some(ComparedTokens::linked((17, 4)));
        frame.seed = 3;
        frame.subject.sampling = Sampling {
            temperature: 0.7,
            top_k: 5,
            top_p: 0.9,
            ..Sampling::default()
        };
        (room, frame)
    }

    #[test]
    fn a_link_holds_the_room() {
        let (room, frame) = state();
        let (link, bad) = AttentionLink::read(&write(&room, &frame));
        assert_eq!(bad, []);
        let (mut other, mut other_frame) = (AttentionRoom::default(), Frame::default());
        link.apply(&mut other, &mut other_frame);
        (other.row, other.col) = (link.row, link.col);
        assert_eq!(write(&other, &other_frame), write(&room, &frame));
        assert_eq!(other.companions, room.companions);
        assert_eq!(other.also_rows, room.also_rows);
        assert_eq!(other_frame.subject, frame.subject);
    }

    #[test]
    fn what_is_as_usual_is_left_out() {
        let pairs = write(&AttentionRoom::default(), &Frame::default());
        assert_eq!(pairs.to_query(), "");
    }

    #[test]
    fn rows_and_orders_are_written_as_people_would() {
        let (room, frame) = state();
        let query = write(&room, &frame).to_query();
        let pairs: Vec<&str> = query.split('&').collect();
        for pair in [
            "rows=3%2C8",
            "step=4",
            "lines=all",
            "sort=previous",
            "order=stream",
        ] {
            assert!(pairs.contains(&pair), "{pair} in {query}");
        }
        let (read, _) = AttentionLink::read(&Pairs::of("rows=8,3"));
        assert_eq!(read.also_rows, Some(room.also_rows));
    }

    #[test]
    fn every_order_of_the_heads_and_bars_has_a_name_in_links() {
        for (index, sort) in Sort::ALL.into_iter().enumerate() {
            let usual = Sort::ALL[(index + 1) % Sort::ALL.len()];
            let name = name_unless(&SORTS, sort, usual).unwrap();
            assert_eq!(named(&SORTS, name), Some(sort));
        }
        for order in Order::ALL {
            assert!(ORDERS.iter().any(|(other, _)| *other == order));
        }
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        for bad in [
            "step=0",
            "step=6",
            "rows=3,x",
            "rows=",
            "rows=-1",
            "sort=best",
            "order=x",
            "lines=some",
            "row=two",
        ] {
            let (read, told) = AttentionLink::read(&Pairs::of(bad));
            assert_eq!((read, told.len()), (AttentionLink::default(), 1), "{bad}");
        }
    }

    #[test]
    fn a_step_of_the_lesson_counts_from_one_and_must_exist() {
        let (read, _) = AttentionLink::read(&Pairs::of("learn=attention.3"));
        assert_eq!((read.learn, read.has_figure()), (Some(2), false));
        let beyond = format!("attention.{}", Topic::ALL.len() + 1);
        for bad in [
            "attention.0",
            &beyond,
            "attention",
            "3",
            "flash.1",
            "attention.x",
        ] {
            let (read, told) = AttentionLink::read(&Pairs::of(&format!("learn={bad}")));
            assert_eq!((read.learn, told.len()), (None, 1), "{bad}");
        }
    }
}
