//! The state of the Attention room: what is shown and what is selected.

use crate::answers::head;
use crate::rooms::attention::words;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use headlight_activations::{Sampling, Tile, TilePart};

use crate::answers::details::{Details, LENS_SPAN, QueryKey};
use crate::answers::pattern::MAX_WHOLE;
use crate::answers::run::{Head, Pattern, Run};
use crate::answers::truth::ShownTruth;
use crate::frame::ablation::{Ablation, Filler, Part};
use crate::frame::continuation::Continuation;
use crate::frame::figure_id::Figure;
use crate::rooms::attention::figures::atlas::Sort;
use crate::rooms::attention::figures::attribution::Order;
use crate::rooms::attention::figures::head_kind;
use crate::rooms::attention::figures::lines::Scope;
use crate::rooms::attention::figures::sentence;
use crate::rooms::attention::figures::sentence::Span;
use crate::rooms::attention::figures::steps::Step;
use crate::rooms::attention::figures::zoom::Zoom;
use headlight_figure::Shared;
use headlight_figure::ramp::Scale;

/// How many numbers of patterns of one run are kept, so that going back to a
/// head is instant on short prompts and memory stays small on long ones.
const MAX_KEPT_WEIGHTS: usize = 4 << 20;

/// How the selected head is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// The matrix.
    #[default]
    Map,
    /// What taking parts out has changed in the matrix.
    Change,
    /// Tokens joined by lines.
    Lines,
    /// One row, step by step.
    Steps,
}

impl View {
    /// All of them, in the order of the switch.
    pub const ALL: [Self; 4] = [Self::Map, Self::Change, Self::Lines, Self::Steps];

    /// As links write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Map => "map",
            Self::Change => "change",
            Self::Lines => "lines",
            Self::Steps => "row",
        }
    }

    /// The figure that draws it.
    #[must_use]
    pub const fn figure(self) -> Figure {
        match self {
            Self::Map | Self::Change => Figure::Pattern,
            Self::Lines => Figure::Lines,
            Self::Steps => Figure::Steps,
        }
    }

    /// Reads what links write.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.name() == name)
    }
}

/// The room.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AttentionRoom {
    /// The run that is shown.
    pub run: Option<Shared<Run>>,
    /// The selected head.
    pub head: Head,
    /// The query that was chosen; `None` follows the last token.
    pub row: Option<usize>,
    /// The key that was chosen; `None` follows the row's strongest key.
    pub col: Option<usize>,
    /// The cell under the pointer.
    pub hover: Option<(usize, usize)>,
    /// What the model wrote after the prompt.
    pub continuation: Option<Continuation>,
    /// Why the newest prompt has no answer, in one sentence.
    pub error: Option<String>,
    /// What the model's language itself says of the run.
    pub truth: ShownTruth,
    /// How the selected head is drawn.
    pub view: View,
    /// The step of the row that is spelled out.
    pub step: Step,
    /// The order of the atlas.
    pub sort: Sort,
    /// Whose lines are drawn.
    pub scope: Scope,
    /// The order of the attribution's bars.
    pub order: Order,
    /// What is in view of the map; `None` for all of it.
    pub zoom: Option<Zoom>,
    /// What was taken out of the model, oldest first.
    pub ablations: Vec<Ablation>,
    /// What takes the place of the next part that is taken out.
    pub filler: Filler,
    /// How the next token is drawn.
    pub sampling: Sampling,
    /// The two tokens that the attribution compares; `None` follows the two most
    /// probable ones.
    pub compared: Option<(u32, u32)>,
    /// What was found out about the run beside it.
    pub details: Details,
    /// Heads that are averaged with the selected one.
    pub companions: BTreeSet<Head>,
    /// Queries that are averaged with the selected one.
    pub also_rows: BTreeSet<usize>,
    patterns: BTreeMap<Head, Shared<Pattern>>,
    /// The mean over the selected head and its companions, once all are there.
    mean: Option<Shared<Pattern>>,
}

impl AttentionRoom {
    /// An empty room that looks at `head`.
    #[must_use]
    pub fn new(head: Head) -> Self {
        Self {
            head,
            ..Self::default()
        }
    }

    /// Shows a run, and one pattern of it if there is one.
    pub fn show(&mut self, run: Run, pattern: Option<Pattern>) {
        let n = run.seq_len();
        let old = self.run.as_ref().filter(|old| old.tokens == run.tokens);
        // The same tokens have the same truth.
        if old.is_none() {
            self.truth = ShownTruth::None;
        }
        // What was recorded of a run stays until the engine has said it anew.
        let is_recorded = old.is_some_and(|old| old.is_recorded());
        if !is_recorded || run.clean.is_some() {
            self.details = Details::default();
        }
        self.run = Some(Shared::new(run));
        self.error = None;
        self.hover = None;
        self.patterns.clear();
        self.mean = None;
        self.zoom = self.zoom.filter(|zoom| zoom.span < n);
        self.row = self.row.filter(|row| *row < n);
        self.col = self.col.filter(|col| *col < n);
        self.also_rows.retain(|row| *row < n);
        if let Some(pattern) = pattern {
            self.keep(pattern);
        }
    }

    /// Shows nothing.
    pub(crate) fn forget(&mut self) {
        *self = Self {
            head: self.head,
            view: self.view,
            step: self.step,
            sort: self.sort,
            scope: self.scope,
            order: self.order,
            sampling: self.sampling,
            filler: self.filler,
            ..Self::default()
        };
    }

    /// Another model has parts and tokens of its own, and often a prompt.
    pub(crate) fn leave_model(&mut self) {
        self.ablations.clear();
        self.compared = None;
        self.companions.clear();
        (self.row, self.col, self.zoom) = (None, None, None);
        self.also_rows.clear();
    }

    /// True if this part was taken out.
    #[must_use]
    pub fn is_ablated(&self, part: Part) -> bool {
        self.ablations.iter().any(|ablation| ablation.part == part)
    }

    /// The part that was taken out after this one, else the one before it.
    #[must_use]
    pub fn out_beside(&self, part: Part) -> Option<Part> {
        let place = self
            .ablations
            .iter()
            .position(|ablation| ablation.part == part)?;
        let after = self.ablations.get(place + 1);
        let beside = after.or_else(|| self.ablations.get(place.checked_sub(1)?));
        beside.map(|ablation| ablation.part)
    }

    /// The views that there is something to show in: what has changed, only where
    /// parts are out and whole patterns are kept.
    #[must_use]
    pub fn views(&self) -> Vec<View> {
        let has_clean = self.run.as_ref().is_some_and(|run| run.clean.is_some());
        let has_change = has_clean && self.seq_len() <= MAX_WHOLE;
        let is_there = |view: &View| *view != View::Change || has_change;
        View::ALL.into_iter().filter(is_there).collect()
    }

    /// The view that is shown: the chosen one, if there is something in it.
    #[must_use]
    pub fn shown_view(&self) -> View {
        match self.view {
            View::Change if !self.views().contains(&View::Change) => View::Map,
            view => view,
        }
    }

    /// What the map's colours stand for.
    #[must_use]
    pub fn scale(&self) -> Scale {
        match self.shown_view() {
            View::Change => Scale::Change,
            _ => Scale::Weights,
        }
    }

    /// What the map draws: the pattern, or what has changed in it.
    #[must_use]
    pub fn drawn_pattern(&self) -> Option<Shared<Pattern>> {
        let pattern = self.pattern()?;
        match self.scale() {
            Scale::Change => pattern.change(),
            Scale::Weights => Some(pattern),
        }
    }

    /// The scores of the selected head in a sentence, once they have arrived.
    #[must_use]
    pub fn head_scores(&self) -> Option<String> {
        let small = self.details.thumbnail(self.head)?;
        self.companions
            .is_empty()
            .then(|| head_kind::sentence(&small.scores))
    }

    /// The head, query and key whose product is looked at, if one is.
    #[must_use]
    pub fn multiplied_cell(&self) -> Option<(Head, usize, usize)> {
        let is_looked_at = self.view == View::Steps && self.step == Step::Scores;
        let is_one_head = self.companions.is_empty();
        // Which key is selected depends on the row.
        let query = self.query();
        let has_row = |pattern: Shared<Pattern>| !pattern.row(query).is_empty();
        let is_known = is_looked_at && is_one_head && self.pattern().is_some_and(has_row);
        is_known.then(|| (self.head, query, self.key()))
    }

    /// Query and key of the cell that is looked at, once they have arrived.
    #[must_use]
    pub fn query_key(&self) -> Option<Shared<QueryKey>> {
        let (Head { layer, head }, query, key) = self.multiplied_cell()?;
        let found = self.details.query_key.as_ref()?;
        let of = (found.layer, found.head, found.query, found.key);
        (of == (layer, head, query, key)).then(|| found.clone())
    }

    /// The two tokens that the attribution compares: the chosen ones, else the two
    /// most probable next tokens.
    #[must_use]
    pub fn contrast(&self) -> Option<(u32, u32)> {
        let run = self.run.as_ref()?;
        let probable = || match run.next.as_slice() {
            [first, second, ..] => Some((first.id, second.id)),
            _ => None,
        };
        self.compared.or_else(probable)
    }

    /// The tokens that can be compared, with their texts: the most probable next ones,
    /// and those of the whole model where parts of it were taken out.
    #[must_use]
    pub fn comparable(&self) -> Vec<(u32, String)> {
        let mut found: Vec<(u32, String)> = Vec::new();
        for token in self.run.iter().flat_map(|run| run.listed_next()) {
            if found.iter().all(|(id, _)| *id != token.id) {
                found.push((token.id, token.text.clone()));
            }
        }
        found
    }

    /// The most probable next token but this one.
    #[must_use]
    pub fn rival(&self, token: u32) -> Option<u32> {
        let next = &self.run.as_ref()?.next;
        let mut others = next.iter().map(|other| other.id);
        others.find(|other| *other != token)
    }

    /// The positions that the logit lens shows: all, or those around the selected query.
    #[must_use]
    pub fn lens_range(&self) -> Range<usize> {
        let n = self.seq_len();
        let end = (self.query() + LENS_SPAN / 2).clamp(LENS_SPAN.min(n), n);
        end.saturating_sub(LENS_SPAN)..end
    }

    /// Keeps one more pattern of the run that is shown.
    pub fn keep(&mut self, pattern: Pattern) {
        let n = pattern.seq_len();
        if self.run.as_ref().is_none_or(|run| run.seq_len() != n) {
            return;
        }
        if (self.patterns.len() + 1) * pattern.n_numbers() > MAX_KEPT_WEIGHTS {
            self.patterns.clear();
        }
        self.patterns.insert(pattern.head(), Shared::new(pattern));
        self.renew_mean();
    }

    /// Keeps one more part of a long prompt's pattern.
    pub(crate) fn keep_tile(&mut self, part: TilePart, tile: Tile) {
        let head = Head {
            layer: tile.layer,
            head: tile.head,
        };
        let known = self.patterns.remove(&head);
        match (part, known) {
            (TilePart::Overview, _) => self.keep(Pattern::from_overview(head, tile)),
            (_, Some(pattern)) => self.keep((*pattern).clone().with(part, tile)),
            // Without the whole there is nothing that it could be a part of.
            (_, None) => {}
        }
    }

    /// What is in view of the map.
    #[must_use]
    pub fn zoom(&self) -> Zoom {
        let n = self.seq_len();
        self.zoom.unwrap_or(Zoom::whole(n)).within(n)
    }

    /// Brings the selected cell into view.
    pub(crate) fn show_cell(&mut self) {
        if let Some(zoom) = self.zoom {
            self.zoom = Some(zoom.showing(self.seq_len(), self.cell()));
        }
    }

    /// The selected query and key.
    #[must_use]
    pub fn cell(&self) -> (usize, usize) {
        (self.query(), self.key())
    }

    /// The selected head's pattern, or the mean over it and its companions, if it
    /// has arrived.
    #[must_use]
    pub fn pattern(&self) -> Option<Shared<Pattern>> {
        if self.companions.is_empty() {
            self.patterns.get(&self.head).cloned()
        } else {
            self.mean.clone()
        }
    }

    /// Adds a head to those that are averaged, or takes it away.
    pub(crate) fn toggle_companion(&mut self, head: Head) {
        if head == self.head {
            // The selected one gives way to another of them, if there is one.
            if let Some(other) = self.companions.pop_first() {
                self.head = other;
            }
        } else if !self.companions.remove(&head) {
            self.companions.insert(head);
        }
        self.renew_mean();
    }

    /// A head that is averaged and has not arrived.
    pub(crate) fn missing_companion(&self) -> Option<Head> {
        let is_missing = |head: &&Head| !self.patterns.contains_key(head);
        self.companions.iter().find(is_missing).copied()
    }

    /// True if the selected head's whole pattern has not arrived.
    pub(crate) fn is_head_missing(&self) -> bool {
        self.seq_len() <= MAX_WHOLE && !self.patterns.contains_key(&self.head)
    }

    /// The heads that are shown together, in the model's order.
    #[must_use]
    pub fn heads(&self) -> Vec<Head> {
        let mut heads = self.companions.clone();
        heads.insert(self.head);
        heads.into_iter().collect()
    }

    /// The selected head's name, or that of the mean that is shown.
    #[must_use]
    pub fn head_name(&self) -> String {
        match self.companions.len() {
            0 => head::head_name(self.head),
            n => words::mean_of_heads(n + 1),
        }
    }

    pub(crate) fn renew_mean(&mut self) {
        let heads = self.heads();
        let known = heads.iter().map(|head| self.patterns.get(head).cloned());
        let known: Option<Vec<Shared<Pattern>>> = known.collect();
        let mean = known.and_then(|known| Pattern::mean(&known));
        self.mean = mean.filter(|_| heads.len() > 1).map(Shared::new);
    }

    /// The queries that are shown together, in order.
    #[must_use]
    pub fn queries(&self) -> Vec<usize> {
        let last = self.seq_len().saturating_sub(1);
        let mut queries = self.also_rows.clone();
        queries.insert(self.query());
        queries.into_iter().filter(|query| *query <= last).collect()
    }

    /// Adds a query to those that are averaged, or takes it away.
    pub(crate) fn toggle_row(&mut self, row: usize) {
        if row >= self.seq_len() || row == self.query() {
            return;
        }
        if !self.also_rows.remove(&row) {
            self.also_rows.insert(row);
        }
    }

    /// Number of tokens of the run that is shown.
    #[must_use]
    pub fn seq_len(&self) -> usize {
        self.run.as_ref().map_or(0, |run| run.seq_len())
    }

    /// The selected query.
    #[must_use]
    pub fn query(&self) -> usize {
        let last = self.seq_len().saturating_sub(1);
        self.row.map_or(last, |row| row.min(last))
    }

    /// The selected key.
    #[must_use]
    pub fn key(&self) -> usize {
        let strongest = || {
            self.pattern()
                .map_or(0, |pattern| pattern.strongest_key(self.query()))
        };
        let last = self.seq_len().saturating_sub(1);
        self.col.map_or_else(strongest, |col| col.min(last))
    }

    /// Selects a query; the key follows the new row's strongest again.
    pub fn select_row(&mut self, row: usize) {
        if row < self.seq_len() {
            self.row = Some(row);
            self.col = None;
            self.also_rows.clear();
        }
    }

    /// Selects a cell.
    pub fn select_cell(&mut self, query: usize, key: usize) {
        if query < self.seq_len() && key < self.seq_len() {
            (self.row, self.col) = (Some(query), Some(key));
            self.also_rows.clear();
        }
    }

    /// Moves the selected cell by rows and columns, staying in the matrix.
    pub fn move_cell(&mut self, rows: isize, columns: isize) {
        let last = self.seq_len().saturating_sub(1);
        let query = self.query().saturating_add_signed(rows).min(last);
        let key = self.key().saturating_add_signed(columns).min(last);
        self.select_cell(query, key);
    }

    /// What the selected row shows.
    #[must_use]
    pub fn sentence(&self) -> Option<Vec<Span>> {
        let run = self.run.as_ref()?;
        let pattern = self.pattern()?;
        let head = self.head_name();
        let queries = self.queries();
        let row = pattern.mean_row(&queries);
        if row.is_empty() {
            return None;
        }
        let mut spans = match queries.as_slice() {
            [query] => {
                let mut spans = sentence::of_row(&run.tokens, &pattern, *query, &head);
                spans.extend(sentence::of_clean_row(&run.tokens, &pattern, *query));
                spans
            }
            several => sentence::of_rows(&run.tokens, &row, several.len(), &head),
        };
        spans.extend(self.stand_in().map(sentence::of_head_out));
        Some(spans)
    }

    /// What stands in for the head that is shown, if it is out of the run.
    fn stand_in(&self) -> Option<Filler> {
        let is_edited = self.run.as_ref().is_some_and(|run| run.clean.is_some());
        let is_it = |it: &&Ablation| it.part == Part::Head(self.head);
        let found = self.ablations.iter().find(is_it);
        let is_alone = self.companions.is_empty();
        found.filter(|_| is_edited && is_alone).map(|it| it.filler)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::run::tests::{pattern, run};
    use crate::frame::ablation::Filler;

    fn room() -> AttentionRoom {
        let mut room = AttentionRoom::new(Head { layer: 1, head: 2 });
        room.show(run(&["Lily", " ran", ".", " She"]), Some(pattern(4)));
        room
    }

    #[test]
    fn nothing_chosen_shows_the_last_query_and_its_strongest_key() {
        assert_eq!((room().query(), room().key()), (3, 0));
    }

    #[test]
    fn a_chosen_row_outlives_a_longer_prompt_but_not_a_shorter_one() {
        let mut room = room();
        room.select_row(2);
        room.show(run(&["a", "b", "c", "d", "e"]), Some(pattern(5)));
        assert_eq!(room.query(), 2);
        room.show(run(&["a", "b"]), Some(pattern(2)));
        assert_eq!((room.query(), room.row), (1, None));
    }

    #[test]
    fn what_has_changed_is_a_view_only_where_parts_are_out() {
        let mut room = room();
        room.view = View::Change;
        assert_eq!(room.shown_view(), View::Map);
        assert!(!room.views().contains(&View::Change));
        let mut edited = run(&["Lily", " ran", ".", " She"]);
        edited.clean = Some(Box::default());
        let even: Vec<f32> = (0..16)
            .map(|at| {
                if at % 4 <= at / 4 {
                    1.0 / (at / 4 + 1) as f32
                } else {
                    0.0
                }
            })
            .collect();
        let beside = pattern(4).beside_clean(even).unwrap();
        room.show(edited, Some(beside));
        assert_eq!(room.shown_view(), View::Change);
        let change = room.drawn_pattern().unwrap();
        assert_eq!(change.weight(3, 0), 0.625 - 0.25);
        assert_eq!(room.pattern().unwrap().weight(3, 0), 0.625);
    }

    #[test]
    fn a_head_that_is_out_is_not_said_to_matter() {
        let mut room = room();
        let part = Part::Head(room.head);
        room.ablations = vec![Ablation {
            part,
            filler: Filler::Zero,
        }];
        let said = |room: &AttentionRoom| sentence::plain(&room.sentence().unwrap());
        assert!(!said(&room).contains("taken out"), "the run is still whole");
        let mut edited = run(&["Lily", " ran", ".", " She"]);
        edited.clean = Some(Box::default());
        room.show(edited, Some(pattern(4)));
        assert!(said(&room).ends_with(words::head_is_out(Filler::Zero)));
        room.ablations[0].filler = Filler::Mean;
        assert!(said(&room).ends_with(words::head_is_out(Filler::Mean)));
        room.ablations[0].part = Part::Mlp(0);
        assert!(!said(&room).contains("taken out"));
    }

    #[test]
    fn beside_a_part_that_is_put_back_is_the_next_one_that_is_out() {
        let mut room = room();
        let parts = [Part::Mlp(0), Part::Mlp(1), Part::Mlp(2)];
        let out = |part| Ablation {
            part,
            filler: Filler::Zero,
        };
        room.ablations = parts.map(out).to_vec();
        assert_eq!(room.out_beside(parts[0]), Some(parts[1]));
        assert_eq!(room.out_beside(parts[2]), Some(parts[1]));
        assert_eq!(room.out_beside(Part::Mlp(3)), None);
        room.ablations = vec![out(parts[0])];
        assert_eq!(room.out_beside(parts[0]), None);
    }

    #[test]
    fn the_cursor_stays_in_the_matrix() {
        let mut room = room();
        room.move_cell(5, -5);
        assert_eq!((room.query(), room.key()), (3, 0));
        room.move_cell(-1, 1);
        assert_eq!((room.query(), room.key()), (2, 1));
        room.move_cell(-9, 9);
        assert_eq!((room.query(), room.key()), (0, 3));
    }

    #[test]
    fn a_pattern_of_another_length_is_not_kept() {
        let mut room = room();
        room.show(run(&["a", "b"]), Some(pattern(4)));
        assert_eq!(room.pattern(), None);
        assert_eq!(room.sentence(), None);
    }

    #[test]
    fn patterns_of_the_run_before_are_forgotten() {
        let mut room = room();
        room.show(run(&["Tom", " ran", ".", " He"]), None);
        assert_eq!(room.pattern(), None);
    }

    #[test]
    fn what_was_recorded_stays_until_the_engine_says_it_anew() {
        let words = ["Tom", " ran"];
        let [recorded, live] = [0, 7].map(|id| Run { id, ..run(&words) });
        let asked = || Details {
            lens: Some(Shared::new(Vec::new())),
            ..Details::default()
        };
        let mut room = AttentionRoom::new(Head::default());
        room.show(recorded, None);
        room.details = asked();
        let mut other = room.clone();
        room.show(live.clone(), None);
        assert!(room.details.lens.is_some(), "the same prompt");
        room.show(live, None);
        assert!(room.details.lens.is_none(), "nothing of it was recorded");
        other.show(run(&["Tom", " sat"]), None);
        assert!(other.details.lens.is_none(), "another prompt");
    }
}
