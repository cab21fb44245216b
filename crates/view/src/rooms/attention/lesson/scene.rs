//! The scenes of the lesson: what a step puts on the page, what it chooses by the numbers
//! of the run, and what the strip says.

use crate::frame::lesson_words;
use std::collections::BTreeSet;

use super::heads::{head_of, most_like, whole_atlas};
use super::progress::{Learning, Picked, SavedScene};
use super::topics::{Pick, Topic};
use super::words;
use crate::answers::pattern::Pattern;
use crate::frame::Frame;
use crate::frame::ablation::{Ablation, Filler, Part};
use crate::frame::example::Example;
use crate::rooms::attention::ask;
use crate::rooms::attention::choices::View;
use crate::rooms::attention::figures::atlas::Sort;
use crate::rooms::attention::select::select_head;
use crate::rooms::attention::state::AttentionRoom;
use crate::session::Input;
use headlight_figure::order;

impl SavedScene {
    pub(crate) fn of(room: &AttentionRoom, frame: &Frame) -> Self {
        Self {
            model: frame.session.model().to_owned(),
            prompt: frame.prompt.clone(),
            head: frame.subject.head,
            row: room.row,
            col: room.col,
            view: room.view,
            step: room.step,
            sort: room.sort,
            ablations: frame.subject.ablations.clone(),
            compared: room.compared.clone(),
            also_rows: room.also_rows.clone(),
            companions: room.companions.clone(),
        }
    }

    /// A topic's scene, without what it chooses by the numbers of the run. The
    /// prompt of a model that is not listed yet follows when it is.
    fn of_topic(frame: &Frame, topic: Topic) -> Self {
        let scene = topic.scene();
        let example = Example::of(&frame.models, scene.model);
        let head = example.as_ref().and_then(|example| example.head);
        Self {
            model: scene.model.to_owned(),
            prompt: example.map_or_else(|| frame.prompt.clone(), |example| example.prompt),
            head: head.unwrap_or(frame.subject.head),
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
    fn put(self, room: &mut AttentionRoom, frame: &mut Frame) -> bool {
        let is_other_model = self.model != frame.session.model();
        let is_asked_again = is_other_model
            || self.prompt != frame.asked
            || self.ablations != frame.subject.ablations
            || frame.subject.run.is_none();
        if is_other_model {
            frame.step(Input::UseModel(self.model));
        }
        frame.prompt = self.prompt;
        (room.row, room.col) = (self.row, self.col);
        (room.view, room.step, room.sort) = (self.view, self.step, self.sort);
        let is_compared_anew = room.compared != self.compared;
        room.compared = self.compared;
        frame.subject.ablations = self.ablations;
        room.also_rows = self.also_rows;
        if is_asked_again {
            frame.subject.head = self.head;
            room.hover = None;
            frame.ask();
        } else {
            select_head(room, frame, self.head);
            ask::ask_for_selection(room, frame);
            if is_compared_anew {
                ask::ask_attribution(room, frame);
            }
        }
        room.companions = self.companions;
        room.renew_mean(&frame.subject);
        ask::ask_companions(room, frame);
        is_asked_again
    }
}

/// What the open strip shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonStrip {
    /// The step, from 0.
    pub step: usize,
    /// Topic of the step.
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

impl AttentionRoom {
    /// What the strip shows; `None` while it is closed.
    #[must_use]
    pub fn strip(&self, frame: &Frame) -> Option<LessonStrip> {
        let learning = &self.learning;
        learning.is_open.then(|| LessonStrip {
            step: learning.step,
            topic: learning.topic(),
            idea: words::idea(learning.topic(), self, &frame.subject),
            question: words::question(learning.topic(), self, &frame.subject),
            answer: learning.is_revealed.then(|| self.answer_of_step(frame)),
            is_astray: self.is_astray(frame),
        })
    }

    /// What a reader who hears the page is told of the step, or of its answer once that
    /// is shown. Not a reducer's work: the words come with the page's second module.
    #[must_use]
    pub fn strip_spoken(&self, frame: &Frame) -> Option<String> {
        let strip = self.strip(frame)?;
        Some(strip.answer.unwrap_or_else(|| {
            lesson_words::step_spoken(
                strip.step + 1,
                Topic::ALL.len(),
                &format!("{} {} {}", strip.topic.title(), strip.idea, strip.question),
            )
        }))
    }

    /// The answer, computed from what is shown, or why there is none.
    fn answer_of_step(&self, frame: &Frame) -> String {
        let answer = words::answer(self.learning.topic(), self, frame);
        answer.unwrap_or_else(|| {
            let why = if self.is_astray(frame) {
                lesson_words::ANSWER_ASTRAY
            } else {
                lesson_words::ANSWER_AWAITED
            };
            why.to_owned()
        })
    }

    /// True if the page shows something else than the step has put there.
    fn is_astray(&self, frame: &Frame) -> bool {
        let topic = self.learning.topic();
        let (there, meant) = (
            SavedScene::of(self, frame),
            SavedScene::of_topic(frame, topic),
        );
        let picked = self.learning.picked.clone().unwrap_or_default();
        let last = frame.subject.seq_len().saturating_sub(1);
        there.model != meant.model
            || there.prompt != meant.prompt
            || there.view != meant.view
            || (there.view == View::Steps && there.step != meant.step)
            || there.sort != meant.sort
            || there.head != picked.head.unwrap_or(meant.head)
            || self.query(&frame.subject) != picked.row.unwrap_or(last)
            || there.ablations != picked.ablations
    }
}

/// Opens the strip where it was left; after the last step, at the first.
pub(crate) fn open(room: &mut AttentionRoom, frame: &mut Frame) {
    let learning = &room.learning;
    let step = if learning.is_at_end() {
        0
    } else {
        learning.step
    };
    go(room, frame, step);
}

/// Goes to a step and puts its scene on the page.
pub(crate) fn go(room: &mut AttentionRoom, frame: &mut Frame, step: usize) {
    if room.learning.before.is_none() || has_own_prompt(frame) {
        room.learning.before = Some(own_stand(room, frame));
    }
    let learning = &mut room.learning;
    learning.is_open = true;
    learning.step = step.min(Topic::ALL.len() - 1);
    learning.is_revealed = false;
    learning.picked = None;
    let scene = SavedScene::of_topic(frame, room.learning.topic());
    // What was found in another run says nothing of this one.
    if !scene.put(room, frame) {
        settle(room, frame);
    }
}

/// Puts the scene of the step on the page once more.
pub(crate) fn repeat(room: &mut AttentionRoom, frame: &mut Frame) {
    go(room, frame, room.learning.step);
}

/// Shows the answer.
pub(crate) fn reveal(room: &mut AttentionRoom) {
    room.learning.is_revealed = true;
}

/// Closes the strip and gives back what stood on the page before. What the
/// visitor has written stays; only what the lesson took out of the model returns.
pub(crate) fn leave(room: &mut AttentionRoom, frame: &mut Frame) {
    let own = own_stand(room, frame);
    let before = room.learning.before.take();
    let step = room.learning.step;
    room.learning = Learning {
        step,
        ..Learning::default()
    };
    match before {
        Some(before) if !has_own_prompt(frame) => before.put(room, frame),
        _ => own.put(room, frame),
    };
}

/// True if the visitor has written the prompt.
fn has_own_prompt(frame: &Frame) -> bool {
    !frame.prompt.is_empty() && !frame.is_example(&frame.prompt)
}

/// What stands on the page, without what the lesson has taken out of the model.
fn own_stand(room: &AttentionRoom, frame: &Frame) -> SavedScene {
    let mut stand = SavedScene::of(room, frame);
    let picked = room.learning.picked.as_ref();
    if picked.is_some_and(|picked| picked.ablations == stand.ablations) {
        stand.ablations.clear();
    }
    stand
}

/// Opens the strip by a link that says nothing else of the figure.
pub(crate) fn open_at(room: &mut AttentionRoom, frame: &mut Frame, step: usize) {
    room.learning = Learning::default();
    go(room, frame, step);
}

/// The order of the heads that a link to this step of the lesson, or to none, leaves out.
pub(crate) fn usual_sort(step: Option<usize>) -> Sort {
    let topic = step.and_then(|step| Topic::ALL.get(step));
    topic.map_or_else(Sort::default, |topic| topic.scene().sort)
}

/// Opens or closes the strip beside a figure that a link has put on the page.
pub(crate) fn open_by_link(room: &mut AttentionRoom, frame: &mut Frame, step: Option<usize>) {
    let Some(step) = step else {
        let step = room.learning.step;
        room.learning = Learning {
            step,
            ..Learning::default()
        };
        return;
    };
    room.learning = Learning {
        is_open: true,
        step,
        ..Learning::default()
    };
    let scene = room.learning.topic().scene();
    // A link does not carry it.
    room.step = scene.step;
    room.learning.picked = Some(match scene.pick {
        Pick::Nothing => Picked::default(),
        Pick::RowLookedUp | Pick::RowShared => Picked {
            row: room.row,
            ..Picked::default()
        },
        Pick::BroadestHead => Picked {
            head: Some(frame.subject.head),
            ..Picked::default()
        },
        Pick::OutMostLike => Picked {
            ablations: frame.subject.ablations.clone(),
            ..Picked::default()
        },
    });
    // Who comes by a link to the lesson's own prompt had nothing here before.
    let stand = if has_own_prompt(frame) {
        own_stand(room, frame)
    } else {
        SavedScene::of(&AttentionRoom::default(), &Frame::default())
    };
    room.learning.before = Some(stand);
}

/// Lets the scene choose, once the numbers that it needs are there.
pub(crate) fn settle(room: &mut AttentionRoom, frame: &mut Frame) {
    let learning = &room.learning;
    if !learning.is_open || learning.picked.is_some() || room.is_astray(frame) {
        return;
    }
    let Some(picked) = pick(room, frame, learning.topic().scene().pick) else {
        return;
    };
    room.learning.picked = Some(picked.clone());
    if let Some(head) = picked.head {
        select_head(room, frame, head);
    }
    if let Some(row) = picked.row {
        room.select_row(&frame.subject, row);
        ask::ask_for_selection(room, frame);
    }
    if !picked.ablations.is_empty() {
        frame.subject.ablations = picked.ablations;
        frame.ask();
    }
}

/// The first row that can be chosen for looking at several tokens.
const MIN_SHARED: usize = 4;

/// The row whose second weight is the largest.
pub(crate) fn shared_row(pattern: &Pattern) -> usize {
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
fn pick(room: &AttentionRoom, frame: &Frame, pick: Pick) -> Option<Picked> {
    let last = frame.subject.seq_len().checked_sub(1)?;
    let mut picked = Picked::default();
    match pick {
        Pick::Nothing => {}
        Pick::RowLookedUp => picked.row = Some(room.pattern(&frame.subject)?.strongest_key(last)),
        Pick::RowShared => picked.row = Some(shared_row(&*room.pattern(&frame.subject)?)),
        Pick::BroadestHead => {
            let all = whole_atlas(room, frame)?;
            let broadest = all
                .iter()
                .max_by(|a, b| a.scores.entropy.total_cmp(&b.scores.entropy));
            picked.head = broadest.map(|small| head_of(small));
        }
        Pick::OutMostLike => {
            let (all, pattern) = (whole_atlas(room, frame)?, room.pattern(&frame.subject)?);
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
