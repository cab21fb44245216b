//! The state of the Attention room: what is shown and what is selected.

use crate::answers::head;
use crate::rooms::attention::lesson::progress::Learning;
use crate::rooms::attention::words;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use headlight_activations::{Tile, TilePart};

use crate::answers::details::{Details, LENS_SPAN, QueryKey};
use crate::answers::head::Head;
use crate::answers::pattern::MAX_WHOLE;
use crate::answers::run::{Pattern, Run};
use crate::frame::ablation::{Ablation, Filler, Part};
use crate::frame::subject::Subject;
use crate::rooms::attention::choices::Scope;
use crate::rooms::attention::choices::View;
use crate::rooms::attention::compared::ComparedTokens;
use crate::rooms::attention::figures::atlas::Sort;
use crate::rooms::attention::figures::attribution::Order;
use crate::rooms::attention::figures::head_kind;
use crate::rooms::attention::figures::sentence;
use crate::rooms::attention::figures::steps::RowStep;
use crate::rooms::attention::figures::zoom::Zoom;
use headlight_figure::Palette;
use headlight_figure::Shared;
use headlight_figure::Span;

/// Number of elements of patterns of one run are kept, so that going back to a head is
/// instant on short prompts and memory stays small on long ones.
const MAX_KEPT_WEIGHTS: usize = 4 << 20;

/// The room.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AttentionRoom {
    /// The query that was chosen; `None` follows the last token.
    pub row: Option<usize>,
    /// The key that was chosen; `None` follows the row's strongest key.
    pub col: Option<usize>,
    /// The cell under the pointer.
    pub hover: Option<(usize, usize)>,
    /// How the selected head is drawn.
    pub view: View,
    /// The step of the row that is spelled out.
    pub step: RowStep,
    /// The order of the atlas.
    pub sort: Sort,
    /// Queries whose lines are drawn.
    pub scope: Scope,
    /// The order of the attribution's bars.
    pub order: Order,
    /// What is in view of the map; `None` for all of it.
    pub zoom: Option<Zoom>,
    /// The two tokens that the attribution compares, chosen for one prompt; `None` follows
    /// the two most probable ones.
    pub compared: Option<ComparedTokens>,
    /// What was found out about the run beside it.
    pub details: Details,
    /// Heads that are averaged with the selected one.
    pub companions: BTreeSet<Head>,
    /// The head that was added to these or taken away last, at which Tab stops; `None`
    /// once a head is selected alone.
    pub toggled: Option<Head>,
    /// Queries that are averaged with the selected one.
    pub also_rows: BTreeSet<usize>,
    /// The lesson.
    pub learning: Learning,
    /// A row or column of a link that no run has been shown for yet.
    pub(crate) is_cell_linked: bool,
    /// What was selected in the model before, while another one loads.
    pub(crate) left: Option<Box<Selection>>,
    patterns: BTreeMap<Head, Shared<Pattern>>,
    /// The mean over the selected head and its companions, once all are there.
    mean: Option<Shared<Pattern>>,
}

/// What is selected beside the head.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Selection {
    row: Option<usize>,
    col: Option<usize>,
    also_rows: BTreeSet<usize>,
    zoom: Option<Zoom>,
    compared: Option<ComparedTokens>,
    companions: BTreeSet<Head>,
    toggled: Option<Head>,
}

impl AttentionRoom {
    /// Shows a run, and one pattern of it if there is one.
    pub fn show(&mut self, subject: &mut Subject, run: Run, pattern: Option<Pattern>) {
        let keeps_answers = subject.show(run);
        self.begin_run(subject, pattern, keeps_answers);
    }

    /// Shows this pattern in a room that shows nothing yet.
    pub(crate) fn show_only(&mut self, pattern: Pattern) {
        self.patterns = BTreeMap::from([(pattern.head(), Shared::new(pattern))]);
    }

    /// Another run is shown: what was known of the one before is forgotten, but what was
    /// recorded of a run stays until the engine has said it anew.
    pub(crate) fn begin_run(
        &mut self,
        subject: &Subject,
        pattern: Option<Pattern>,
        keeps_answers: bool,
    ) {
        let n = subject.seq_len();
        if !keeps_answers {
            self.details = Details::default();
        }
        self.hover = None;
        self.patterns.clear();
        self.mean = None;
        self.zoom = self.zoom.filter(|zoom| zoom.span < n);
        self.row = self.row.filter(|row| *row < n);
        self.col = self.col.filter(|col| *col < n);
        self.also_rows.retain(|row| *row < n);
        self.compared = self.compared.take().and_then(|pair| pair.kept_for(subject));
        if let Some(pattern) = pattern {
            self.keep(subject, pattern);
        }
    }

    /// Shows nothing; how it is shown stays.
    pub(crate) fn forget(&mut self) {
        *self = Self {
            view: self.view,
            step: self.step,
            sort: self.sort,
            scope: self.scope,
            order: self.order,
            learning: std::mem::take(&mut self.learning),
            is_cell_linked: self.is_cell_linked,
            ..Self::default()
        };
    }

    /// Remembers what is selected, before another model is used: it may not be readable.
    pub(crate) fn remember_selection(&mut self) {
        if self.left.is_none() {
            self.left = Some(Box::new(Selection {
                row: self.row,
                col: self.col,
                also_rows: self.also_rows.clone(),
                zoom: self.zoom,
                compared: self.compared.clone(),
                companions: self.companions.clone(),
                toggled: self.toggled,
            }));
        }
    }

    /// The model that was chosen cannot be read: what was selected in the one before is
    /// selected again.
    pub(crate) fn return_to_model(&mut self) {
        if let Some(left) = self.left.take() {
            (self.row, self.col, self.zoom) = (left.row, left.col, left.zoom);
            (self.also_rows, self.compared) = (left.also_rows, left.compared);
            (self.companions, self.toggled) = (left.companions, left.toggled);
        }
    }

    /// Another model has parts and tokens of its own, and often a prompt.
    pub(crate) fn leave_model(&mut self) {
        self.remember_selection();
        self.select_nothing();
    }

    /// Follows the prompt's last token and one head.
    pub(crate) fn select_nothing(&mut self) {
        self.compared = None;
        self.companions.clear();
        self.toggled = None;
        (self.row, self.col, self.zoom) = (None, None, None);
        self.also_rows.clear();
    }

    /// The views that there is something to show in: what has changed, only where
    /// parts are out and whole patterns are kept.
    #[must_use]
    pub fn views(&self, subject: &Subject) -> Vec<View> {
        let has_clean = subject.run.as_ref().is_some_and(|run| run.clean.is_some());
        let has_change = has_clean && subject.seq_len() <= MAX_WHOLE;
        let is_there = |view: &View| *view != View::Change || has_change;
        View::ALL.into_iter().filter(is_there).collect()
    }

    /// The view that is shown: the chosen one, if there is something in it.
    #[must_use]
    pub fn shown_view(&self, subject: &Subject) -> View {
        match self.view {
            View::Change if !self.views(subject).contains(&View::Change) => View::Map,
            view => view,
        }
    }

    /// What the map's colours stand for.
    #[must_use]
    pub fn palette(&self, subject: &Subject) -> Palette {
        match self.shown_view(subject) {
            View::Change => Palette::Diverging,
            _ => Palette::Sequential,
        }
    }

    /// What the map draws: the pattern, or what has changed in it.
    #[must_use]
    pub fn drawn_pattern(&self, subject: &Subject) -> Option<Shared<Pattern>> {
        let pattern = self.pattern(subject)?;
        match self.palette(subject) {
            Palette::Diverging => pattern.change(),
            _ => Some(pattern),
        }
    }

    /// The scores of the selected head in a sentence, once they have arrived.
    #[must_use]
    pub fn head_scores(&self, subject: &Subject) -> Option<String> {
        let small = self.details.thumbnail(subject.head)?;
        self.companions
            .is_empty()
            .then(|| head_kind::sentence(&small.scores))
    }

    /// The head, query and key whose product is looked at, if one is.
    #[must_use]
    pub fn multiplied_cell(&self, subject: &Subject) -> Option<(Head, usize, usize)> {
        let is_looked_at = self.view == View::Steps && self.step == RowStep::Scores;
        let is_one_head = self.companions.is_empty();
        // Which key is selected depends on the row.
        let query = self.query(subject);
        let has_row = |pattern: Shared<Pattern>| !pattern.row(query).is_empty();
        let is_known = is_looked_at && is_one_head && self.pattern(subject).is_some_and(has_row);
        is_known.then(|| (subject.head, query, self.key(subject)))
    }

    /// Query and key of the cell that is looked at, once they have arrived.
    #[must_use]
    pub fn query_key(&self, subject: &Subject) -> Option<Shared<QueryKey>> {
        let (Head { layer, head }, query, key) = self.multiplied_cell(subject)?;
        let found = self.details.query_key.as_ref()?;
        let of = (found.layer, found.head, found.query, found.key);
        (of == (layer, head, query, key)).then(|| found.clone())
    }

    /// The positions that the logit lens shows: all, or those around the selected query.
    #[must_use]
    pub fn lens_range(&self, subject: &Subject) -> Range<usize> {
        let n = subject.seq_len();
        let end = (self.query(subject) + LENS_SPAN / 2).clamp(LENS_SPAN.min(n), n);
        end.saturating_sub(LENS_SPAN)..end
    }

    /// Keeps one more pattern of the run that is shown.
    pub fn keep(&mut self, subject: &Subject, pattern: Pattern) {
        let n = pattern.seq_len();
        if subject.run.as_ref().is_none_or(|run| run.seq_len() != n) {
            return;
        }
        if (self.patterns.len() + 1) * pattern.n_numbers() > MAX_KEPT_WEIGHTS {
            self.patterns.clear();
        }
        self.patterns.insert(pattern.head(), Shared::new(pattern));
        self.renew_mean(subject);
    }

    /// Keeps one more part of a long prompt's pattern.
    pub(crate) fn keep_tile(&mut self, subject: &Subject, part: TilePart, tile: Tile) {
        let head = Head {
            layer: tile.layer,
            head: tile.head,
        };
        let known = self.patterns.remove(&head);
        match (part, known) {
            (TilePart::Overview, _) => self.keep(subject, Pattern::from_overview(head, tile)),
            (_, Some(pattern)) => self.keep(subject, (*pattern).clone().with(part, tile)),
            // Without the whole there is nothing that it could be a part of.
            (_, None) => {}
        }
    }

    /// What is in view of the map.
    #[must_use]
    pub fn zoom(&self, subject: &Subject) -> Zoom {
        let n = subject.seq_len();
        self.zoom.unwrap_or(Zoom::whole(n)).within(n)
    }

    /// Brings the selected cell into view.
    pub(crate) fn show_cell(&mut self, subject: &Subject) {
        if let Some(zoom) = self.zoom {
            self.zoom = Some(zoom.showing(subject.seq_len(), self.cell(subject)));
        }
    }

    /// The selected query and key.
    #[must_use]
    pub fn cell(&self, subject: &Subject) -> (usize, usize) {
        (self.query(subject), self.key(subject))
    }

    /// The selected head's pattern, or the mean over it and its companions, if it
    /// has arrived.
    #[must_use]
    pub fn pattern(&self, subject: &Subject) -> Option<Shared<Pattern>> {
        if self.companions.is_empty() {
            self.patterns.get(&subject.head).cloned()
        } else {
            self.mean.clone()
        }
    }

    /// Adds a head to those that are averaged, or takes it away.
    pub(crate) fn toggle_companion(&mut self, subject: &mut Subject, head: Head) {
        self.toggled = Some(head);
        if head == subject.head {
            // The selected one gives way to another of them, if there is one.
            if let Some(other) = self.companions.pop_first() {
                subject.head = other;
            }
        } else if !self.companions.remove(&head) {
            self.companions.insert(head);
        }
        self.renew_mean(subject);
    }

    /// A head that is averaged and has not arrived.
    pub(crate) fn missing_companion(&self) -> Option<Head> {
        let is_missing = |head: &&Head| !self.patterns.contains_key(head);
        self.companions.iter().find(is_missing).copied()
    }

    /// True if the selected head's whole pattern has not arrived.
    pub(crate) fn is_head_missing(&self, subject: &Subject) -> bool {
        subject.seq_len() <= MAX_WHOLE && !self.patterns.contains_key(&subject.head)
    }

    /// The heads that are shown together, in the model's order.
    #[must_use]
    pub fn heads(&self, subject: &Subject) -> Vec<Head> {
        let mut heads = self.companions.clone();
        heads.insert(subject.head);
        heads.into_iter().collect()
    }

    /// The selected head's name, or that of the mean that is shown.
    #[must_use]
    pub fn head_name(&self, subject: &Subject) -> String {
        match self.companions.len() {
            0 => head::head_name(subject.head),
            n => words::mean_of_heads(n + 1),
        }
    }

    pub(crate) fn renew_mean(&mut self, subject: &Subject) {
        let heads = self.heads(subject);
        let known = heads.iter().map(|head| self.patterns.get(head).cloned());
        let known: Option<Vec<Shared<Pattern>>> = known.collect();
        let mean = known.and_then(|known| Pattern::mean(&known));
        self.mean = mean.filter(|_| heads.len() > 1).map(Shared::new);
    }

    /// The queries that are shown together, in order.
    #[must_use]
    pub fn queries(&self, subject: &Subject) -> Vec<usize> {
        let last = subject.seq_len().saturating_sub(1);
        let mut queries = self.also_rows.clone();
        queries.insert(self.query(subject));
        queries.into_iter().filter(|query| *query <= last).collect()
    }

    /// Adds a query to those that are averaged, or takes it away.
    pub(crate) fn toggle_row(&mut self, subject: &Subject, row: usize) {
        if row >= subject.seq_len() || row == self.query(subject) {
            return;
        }
        if !self.also_rows.remove(&row) {
            self.also_rows.insert(row);
        }
    }

    /// The selected query.
    #[must_use]
    pub fn query(&self, subject: &Subject) -> usize {
        let last = subject.seq_len().saturating_sub(1);
        self.row.map_or(last, |row| row.min(last))
    }

    /// The selected key.
    #[must_use]
    pub fn key(&self, subject: &Subject) -> usize {
        let strongest = || {
            self.pattern(subject)
                .map_or(0, |pattern| pattern.strongest_key(self.query(subject)))
        };
        let last = subject.seq_len().saturating_sub(1);
        self.col.map_or_else(strongest, |col| col.min(last))
    }

    /// Selects a query; the key follows the new row's strongest again.
    pub fn select_row(&mut self, subject: &Subject, row: usize) {
        if row < subject.seq_len() {
            self.row = Some(row);
            self.col = None;
            self.also_rows.clear();
        }
    }

    /// Selects a cell.
    pub fn select_cell(&mut self, subject: &Subject, query: usize, key: usize) {
        if query < subject.seq_len() && key < subject.seq_len() {
            (self.row, self.col) = (Some(query), Some(key));
            self.also_rows.clear();
        }
    }

    /// Moves the selected cell by rows and columns, staying in the matrix.
    pub fn move_cell(&mut self, subject: &Subject, rows: isize, columns: isize) {
        let last = subject.seq_len().saturating_sub(1);
        let query = self.query(subject).saturating_add_signed(rows).min(last);
        // Keys stop at what the row may see; only a pointer says why the rest is empty.
        let key = self.key(subject).saturating_add_signed(columns).min(query);
        self.select_cell(subject, query, key);
    }

    /// What the selected row shows.
    #[must_use]
    pub fn sentence(&self, subject: &Subject) -> Option<Vec<Span>> {
        let run = subject.run.as_ref()?;
        let pattern = self.pattern(subject)?;
        let head = self.head_name(subject);
        let queries = self.queries(subject);
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
        if self.shown_view(subject) == View::Change && pattern.is_unchanged() {
            spans.push(Span::plain(words::NOTHING_CHANGED.to_owned()));
        }
        spans.extend(self.stand_in(subject).map(sentence::of_head_out));
        Some(spans)
    }

    /// What stands in for the head that is shown, if it is out of the run.
    fn stand_in(&self, subject: &Subject) -> Option<Filler> {
        let is_edited = subject.run.as_ref().is_some_and(|run| run.clean.is_some());
        let is_it = |it: &&Ablation| it.part == Part::Head(subject.head);
        let found = subject.ablations.iter().find(is_it);
        let is_alone = self.companions.is_empty();
        found.filter(|_| is_edited && is_alone).map(|it| it.filler)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::answers::run::tests::{pattern, run};
    use crate::frame::ablation::Filler;

    /// A room that shows head 1.2 of four tokens.
    pub(crate) fn room() -> (AttentionRoom, Subject) {
        let head = Head { layer: 1, head: 2 };
        let (mut room, mut subject) = (AttentionRoom::default(), Subject::new(head));
        let run = run(&["Lily", " ran", ".", " She"]);
        room.show(&mut subject, run, Some(pattern(4)));
        (room, subject)
    }

    #[test]
    fn nothing_chosen_shows_the_last_query_and_its_strongest_key() {
        let (room, subject) = room();
        assert_eq!((room.query(&subject), room.key(&subject)), (3, 0));
    }

    #[test]
    fn a_chosen_row_outlives_a_longer_prompt_but_not_a_shorter_one() {
        let (mut room, mut subject) = room();
        room.select_row(&subject, 2);
        room.show(
            &mut subject,
            run(&["a", "b", "c", "d", "e"]),
            Some(pattern(5)),
        );
        assert_eq!(room.query(&subject), 2);
        room.show(&mut subject, run(&["a", "b"]), Some(pattern(2)));
        assert_eq!((room.query(&subject), room.row), (1, None));
    }

    #[test]
    fn what_has_changed_is_a_view_only_where_parts_are_out() {
        let (mut room, mut subject) = room();
        room.view = View::Change;
        assert_eq!(room.shown_view(&subject), View::Map);
        assert!(!room.views(&subject).contains(&View::Change));
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
        room.show(&mut subject, edited, Some(beside));
        assert_eq!(room.shown_view(&subject), View::Change);
        let change = room.drawn_pattern(&subject).unwrap();
        assert_eq!(change.weight(3, 0), 0.625 - 0.25);
        assert_eq!(room.pattern(&subject).unwrap().weight(3, 0), 0.625);
        let said = |room: &AttentionRoom, subject: &Subject| {
            headlight_figure::plain(&room.sentence(subject).unwrap())
        };
        assert!(!said(&room, &subject).contains(words::NOTHING_CHANGED));
        let same = pattern(4);
        let cells = (0..16).map(|at| same.weight(at / 4, at % 4)).collect();
        room.keep(&subject, pattern(4).beside_clean(cells).unwrap());
        assert!(said(&room, &subject).contains(words::NOTHING_CHANGED));
    }

    #[test]
    fn a_head_that_is_out_is_not_said_to_matter() {
        let (mut room, mut subject) = room();
        let part = Part::Head(subject.head);
        subject.ablations = vec![Ablation {
            part,
            filler: Filler::Zero,
        }];
        let said = |room: &AttentionRoom, subject: &Subject| {
            headlight_figure::plain(&room.sentence(subject).unwrap())
        };
        assert!(
            !said(&room, &subject).contains("taken out"),
            "the run is still whole"
        );
        let mut edited = run(&["Lily", " ran", ".", " She"]);
        edited.clean = Some(Box::default());
        room.show(&mut subject, edited, Some(pattern(4)));
        assert!(said(&room, &subject).ends_with(words::head_is_out(Filler::Zero)));
        subject.ablations[0].filler = Filler::Mean;
        assert!(said(&room, &subject).ends_with(words::head_is_out(Filler::Mean)));
        subject.ablations[0].part = Part::Mlp(0);
        assert!(!said(&room, &subject).contains("taken out"));
    }

    #[test]
    fn the_cursor_stays_in_what_its_row_may_see() {
        let (mut room, subject) = room();
        room.move_cell(&subject, 5, -5);
        assert_eq!((room.query(&subject), room.key(&subject)), (3, 0));
        room.move_cell(&subject, -1, 1);
        assert_eq!((room.query(&subject), room.key(&subject)), (2, 1));
        room.move_cell(&subject, 0, 9);
        assert_eq!((room.query(&subject), room.key(&subject)), (2, 2));
        room.move_cell(&subject, -9, 9);
        assert_eq!((room.query(&subject), room.key(&subject)), (0, 0));
    }

    #[test]
    fn a_pattern_of_another_length_is_not_kept() {
        let (mut room, mut subject) = room();
        room.show(&mut subject, run(&["a", "b"]), Some(pattern(4)));
        assert_eq!(room.pattern(&subject), None);
        assert_eq!(room.sentence(&subject), None);
    }

    #[test]
    fn patterns_of_the_run_before_are_forgotten() {
        let (mut room, mut subject) = room();
        room.show(&mut subject, run(&["Tom", " ran", ".", " He"]), None);
        assert_eq!(room.pattern(&subject), None);
    }

    #[test]
    fn what_was_recorded_stays_until_the_engine_says_it_anew() {
        let words = ["Tom", " ran"];
        let [recorded, live] = [0, 7].map(|id| Run { id, ..run(&words) });
        let asked = || Details {
            lens: Some(Shared::new(Vec::new())),
            ..Details::default()
        };
        let (mut room, mut subject) = (AttentionRoom::default(), Subject::default());
        room.show(&mut subject, recorded, None);
        room.details = asked();
        let (mut other, mut other_subject) = (room.clone(), subject.clone());
        room.show(&mut subject, live.clone(), None);
        assert!(room.details.lens.is_some(), "the same prompt");
        room.show(&mut subject, live, None);
        assert!(room.details.lens.is_none(), "nothing of it was recorded");
        other.show(&mut other_subject, run(&["Tom", " sat"]), None);
        assert!(other.details.lens.is_none(), "another prompt");
    }
}
