//! The lesson of the room: a strip of steps that drive the real figure.
//!
//! A step is data ([`Topic`]): an idea, a question, and a scene, which is what
//! it puts on the page. A scene goes the visitor's own ways: the prompt is asked,
//! the head is selected. What stood there before is kept and given back at the
//! end; what the visitor writes meanwhile is kept in its place.
//!
//! Some scenes choose by the numbers of the run, such as the head that spreads
//! its weight most. They settle once these numbers are there, unless the visitor
//! has changed the figure by then.

#[cfg(test)]
mod tests;
mod topics;
mod words;

pub use topics::{Place, Topic};

use crate::frame::lesson_words;
use std::collections::BTreeSet;

use headlight_activations::Thumbnail;

use crate::action::Effect;
use crate::answers::run::{Head, Pattern};
use crate::frame::ablation::{Ablation, Filler, Part};
use crate::frame::example;
use crate::frame::example::Example;
use crate::reduce::{ask, step};
use crate::rooms::attention::ask as questions;
use crate::rooms::attention::figures::atlas::Sort;
use crate::rooms::attention::figures::steps::Step;
use crate::rooms::attention::reduce::select_head;
use crate::rooms::attention::state::View;
use crate::session::Input;
use crate::state::State;
use headlight_figure::order;
use topics::Pick;

/// A head looks mostly at a key that gets at least this share of its weight.
pub const MOSTLY_FROM: f32 = 0.5;

/// Where the visitor is in the lesson.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Learning {
    /// The strip is open.
    pub is_open: bool,
    /// The step, from 0; kept while the strip is closed.
    pub step: usize,
    /// The answer is shown.
    pub is_revealed: bool,
    /// What stood on the page before, or what the visitor wrote since.
    before: Option<Stand>,
    /// What the scene chose by the numbers of the run, once they were there.
    picked: Option<Picked>,
}

impl Learning {
    /// The topic of the step.
    #[must_use]
    pub fn topic(&self) -> Topic {
        Topic::ALL[self.step.min(Topic::ALL.len() - 1)]
    }

    /// True on the last step.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.step + 1 >= Topic::ALL.len()
    }
}

/// What a scene chooses by the numbers of a run.
#[derive(Clone, Debug, Default, PartialEq)]
struct Picked {
    head: Option<Head>,
    row: Option<usize>,
    ablations: Vec<Ablation>,
}

/// What stands on the page, as far as a scene changes it.
#[derive(Clone, Debug, PartialEq)]
struct Stand {
    model: String,
    prompt: String,
    head: Head,
    row: Option<usize>,
    col: Option<usize>,
    view: View,
    step: Step,
    sort: Sort,
    ablations: Vec<Ablation>,
    compared: Option<(u32, u32)>,
    also_rows: BTreeSet<usize>,
    companions: BTreeSet<Head>,
}

impl Stand {
    fn of(state: &State) -> Self {
        let room = &state.room;
        Self {
            model: state.session.model().to_owned(),
            prompt: state.prompt.clone(),
            head: room.head,
            row: room.row,
            col: room.col,
            view: room.view,
            step: room.step,
            sort: room.sort,
            ablations: room.ablations.clone(),
            compared: room.compared,
            also_rows: room.also_rows.clone(),
            companions: room.companions.clone(),
        }
    }

    /// A topic's scene, without what it chooses by the numbers of the run. The
    /// prompt of a model that is not listed yet follows when it is.
    fn of_topic(state: &State, topic: Topic) -> Self {
        let scene = topic.scene();
        let example = Example::of(&state.models, scene.model);
        let head = example.as_ref().and_then(|example| example.head);
        Self {
            model: scene.model.to_owned(),
            prompt: example.map_or_else(|| state.prompt.clone(), |example| example.prompt),
            head: head.unwrap_or(state.room.head),
            row: None,
            col: None,
            view: scene.view,
            step: scene.step,
            sort: scene.sort,
            ablations: Vec::new(),
            compared: None,
            also_rows: BTreeSet::new(),
            companions: BTreeSet::new(),
        }
    }

    /// Puts this on the page; true if the prompt had to be asked again.
    fn put(self, state: &mut State, effects: &mut Vec<Effect>) -> bool {
        let is_other_model = self.model != state.session.model();
        let is_asked_again = is_other_model
            || self.prompt != state.asked
            || self.ablations != state.room.ablations
            || state.room.run.is_none();
        if is_other_model {
            step(state, Input::UseModel(self.model), effects);
        }
        state.prompt = self.prompt;
        let room = &mut state.room;
        (room.row, room.col) = (self.row, self.col);
        (room.view, room.step, room.sort) = (self.view, self.step, self.sort);
        let is_compared_anew = room.compared != self.compared;
        room.compared = self.compared;
        room.ablations = self.ablations;
        room.also_rows = self.also_rows;
        if is_asked_again {
            room.head = self.head;
            room.hover = None;
            ask(state, effects);
        } else {
            select_head(state, self.head, effects);
            questions::follow_selection(state, effects);
            if is_compared_anew {
                questions::ask_attribution(state, effects);
            }
        }
        state.room.companions = self.companions;
        state.room.renew_mean();
        questions::ask_companions(state, effects);
        is_asked_again
    }
}

/// What the open strip shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strip {
    /// The step, from 0.
    pub step: usize,
    /// What it is about.
    pub topic: Topic,
    /// Its idea.
    pub idea: String,
    /// A question whose answer the figure shows.
    pub question: String,
    /// The answer, once it was asked for.
    pub answer: Option<String>,
    /// The figure is not the one of the step any more.
    pub is_astray: bool,
}

impl State {
    /// What the strip shows; `None` while it is closed.
    #[must_use]
    pub fn strip(&self) -> Option<Strip> {
        let learning = &self.learning;
        learning.is_open.then(|| Strip {
            step: learning.step,
            topic: learning.topic(),
            idea: words::idea(learning.topic(), &self.room),
            question: words::question(learning.topic(), &self.room),
            answer: learning.is_revealed.then(|| self.answer_of_step()),
            is_astray: self.is_astray(),
        })
    }

    /// What a reader who hears the page is told of the step, or of its answer once that
    /// is shown. Not a reducer's work: the words come with the page's second module.
    #[must_use]
    pub fn strip_spoken(&self) -> Option<String> {
        let strip = self.strip()?;
        Some(strip.answer.unwrap_or_else(|| {
            lesson_words::step_spoken(
                strip.step + 1,
                Topic::ALL.len(),
                &format!("{} {} {}", strip.topic.title(), strip.idea, strip.question),
            )
        }))
    }

    /// The answer, computed from what is shown, or why there is none.
    fn answer_of_step(&self) -> String {
        let answer = words::answer(self.learning.topic(), self);
        answer.unwrap_or_else(|| {
            let why = if self.is_astray() {
                lesson_words::ANSWER_ASTRAY
            } else {
                lesson_words::ANSWER_AWAITED
            };
            why.to_owned()
        })
    }

    /// True if the page shows something else than the step has put there.
    fn is_astray(&self) -> bool {
        let topic = self.learning.topic();
        let (there, meant) = (Stand::of(self), Stand::of_topic(self, topic));
        let picked = self.learning.picked.clone().unwrap_or_default();
        let last = self.room.seq_len().saturating_sub(1);
        there.model != meant.model
            || there.prompt != meant.prompt
            || there.view != meant.view
            || (there.view == View::Steps && there.step != meant.step)
            || there.sort != meant.sort
            || there.head != picked.head.unwrap_or(meant.head)
            || self.room.query() != picked.row.unwrap_or(last)
            || there.ablations != picked.ablations
    }
}

/// Opens the strip where it was left; after the last step, at the first.
pub(crate) fn open(state: &mut State, effects: &mut Vec<Effect>) {
    let learning = &state.learning;
    let step = if learning.is_at_end() {
        0
    } else {
        learning.step
    };
    go(state, step, effects);
}

/// Goes to a step and puts its scene on the page.
pub(crate) fn go(state: &mut State, step: usize, effects: &mut Vec<Effect>) {
    if state.learning.before.is_none() || has_own_prompt(state) {
        state.learning.before = Some(own_stand(state));
    }
    let learning = &mut state.learning;
    learning.is_open = true;
    learning.step = step.min(Topic::ALL.len() - 1);
    learning.is_revealed = false;
    learning.picked = None;
    let scene = Stand::of_topic(state, state.learning.topic());
    // What was found in another run says nothing of this one.
    if !scene.put(state, effects) {
        settle(state, effects);
    }
}

/// Puts the scene of the step on the page once more.
pub(crate) fn repeat(state: &mut State, effects: &mut Vec<Effect>) {
    go(state, state.learning.step, effects);
}

/// Shows the answer.
pub(crate) fn reveal(state: &mut State) {
    state.learning.is_revealed = true;
}

/// Closes the strip and gives back what stood on the page before. What the
/// visitor has written stays; only what the lesson took out of the model returns.
pub(crate) fn leave(state: &mut State, effects: &mut Vec<Effect>) {
    let own = own_stand(state);
    let before = state.learning.before.take();
    let step = state.learning.step;
    state.learning = Learning {
        step,
        ..Learning::default()
    };
    match before {
        Some(before) if !has_own_prompt(state) => before.put(state, effects),
        _ => own.put(state, effects),
    };
}

/// True if the visitor has written the prompt.
fn has_own_prompt(state: &State) -> bool {
    !state.prompt.is_empty() && !example::is_example(state, &state.prompt)
}

/// What stands on the page, without what the lesson has taken out of the model.
fn own_stand(state: &State) -> Stand {
    let mut stand = Stand::of(state);
    let picked = state.learning.picked.as_ref();
    if picked.is_some_and(|picked| picked.ablations == stand.ablations) {
        stand.ablations.clear();
    }
    stand
}

/// Opens the strip by a link that says nothing else of the figure.
pub(crate) fn open_at(state: &mut State, step: usize, effects: &mut Vec<Effect>) {
    state.learning = Learning::default();
    go(state, step, effects);
}

/// The order of the heads that a link to this step of the lesson, or to none, leaves out.
pub(crate) fn usual_sort(step: Option<usize>) -> Sort {
    let topic = step.and_then(|step| Topic::ALL.get(step));
    topic.map_or_else(Sort::default, |topic| topic.scene().sort)
}

/// Opens or closes the strip beside a figure that a link has put on the page.
pub(crate) fn follow_link(state: &mut State, step: Option<usize>) {
    let Some(step) = step else {
        let step = state.learning.step;
        state.learning = Learning {
            step,
            ..Learning::default()
        };
        return;
    };
    state.learning = Learning {
        is_open: true,
        step,
        ..Learning::default()
    };
    let scene = state.learning.topic().scene();
    // A link does not carry it.
    state.room.step = scene.step;
    let room = &state.room;
    state.learning.picked = Some(match scene.pick {
        Pick::Nothing => Picked::default(),
        Pick::RowLookedUp | Pick::RowShared => Picked {
            row: room.row,
            ..Picked::default()
        },
        Pick::BroadestHead => Picked {
            head: Some(room.head),
            ..Picked::default()
        },
        Pick::OutMostLike => Picked {
            ablations: room.ablations.clone(),
            ..Picked::default()
        },
    });
    // Who comes by a link to the lesson's own prompt had nothing here before.
    let stand = if has_own_prompt(state) {
        own_stand(state)
    } else {
        Stand::of(&State::default())
    };
    state.learning.before = Some(stand);
}

/// Lets the scene choose, once the numbers that it needs are there.
pub(crate) fn settle(state: &mut State, effects: &mut Vec<Effect>) {
    let learning = &state.learning;
    if !learning.is_open || learning.picked.is_some() || state.is_astray() {
        return;
    }
    let Some(picked) = pick(state, learning.topic().scene().pick) else {
        return;
    };
    state.learning.picked = Some(picked.clone());
    if let Some(head) = picked.head {
        select_head(state, head, effects);
    }
    if let Some(row) = picked.row {
        state.room.select_row(row);
        questions::follow_selection(state, effects);
    }
    if !picked.ablations.is_empty() {
        state.room.ablations = picked.ablations;
        ask(state, effects);
    }
}

/// The first row that can be chosen for looking at several tokens.
const MIN_SHARED: usize = 4;

/// The row whose second weight is the largest.
fn shared_row(pattern: &Pattern) -> usize {
    let last = pattern.seq_len().saturating_sub(1);
    let second = |query: &usize| {
        let mut weights = pattern.row(*query).to_vec();
        order::sort_by(&mut weights, |a, b| b.total_cmp(a));
        weights.get(1).copied().unwrap_or(0.0)
    };
    let rows = MIN_SHARED.min(last)..=last;
    rows.max_by(|a, b| second(a).total_cmp(&second(b)))
        .unwrap_or(last)
}

/// Chooses by the numbers of the run; `None` while they are not there.
fn pick(state: &State, pick: Pick) -> Option<Picked> {
    let room = &state.room;
    let last = room.seq_len().checked_sub(1)?;
    let mut picked = Picked::default();
    match pick {
        Pick::Nothing => {}
        Pick::RowLookedUp => picked.row = Some(room.pattern()?.strongest_key(last)),
        Pick::RowShared => picked.row = Some(shared_row(&*room.pattern()?)),
        Pick::BroadestHead => {
            let all = whole_atlas(state)?;
            let broadest = all
                .iter()
                .max_by(|a, b| a.scores.entropy.total_cmp(&b.scores.entropy));
            picked.head = broadest.map(head_of);
        }
        Pick::OutMostLike => {
            let (all, pattern) = (whole_atlas(state)?, room.pattern()?);
            let taken = |head| Ablation {
                part: Part::Head(head),
                filler: Filler::Zero,
            };
            let heads = most_like(&all, &pattern, last);
            picked.ablations = heads.into_iter().map(taken).collect();
        }
    }
    Some(picked)
}

/// All thumbnails, once none is missing.
fn whole_atlas(state: &State) -> Option<Vec<Thumbnail>> {
    let (n_layers, n_heads) = state.grid_of_heads();
    let atlas = &state.room.details.atlas;
    (!atlas.is_empty() && atlas.len() == n_layers * n_heads).then(|| atlas.to_vec())
}

/// The heads that look from `query` mostly at the same key as `pattern`, which is
/// that of one of them. Of a text too long for one cell per pair only that one.
fn most_like(all: &[Thumbnail], pattern: &Pattern, query: usize) -> Vec<Head> {
    let (own, n) = (pattern.head(), pattern.seq_len());
    let key = pattern.strongest_key(query);
    let looks_there = |small: &&Thumbnail| {
        let weight = small.cells.get(query * n + key);
        head_of(small) == own
            || (small.side == n && weight.is_some_and(|weight| *weight >= MOSTLY_FROM))
    };
    all.iter().filter(looks_there).map(head_of).collect()
}

fn head_of(small: &Thumbnail) -> Head {
    Head {
        layer: small.layer,
        head: small.head,
    }
}
