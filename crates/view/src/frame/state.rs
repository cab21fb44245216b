//! The state of the frame.

use std::collections::VecDeque;

use headlight_activations::ModelShape;

use super::ablation::{Ablation, Part};
use super::defaults::{DEFAULT_HEAD, DEFAULT_MODEL, DEFAULT_PROMPT};
use super::effect::Effect;
use super::figure_words;
use super::models::ModelInfo;
use super::news::FrameNews;
use super::panel::Panel;
use super::subject::Subject;
use super::theme::ThemeName;
use crate::answers::head::Head;
use crate::answers::truth::TruthSource;
use crate::session::{BackendChoice, Session};
use headlight_figure::FigureId;

/// The state of the frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// What every room looks at.
    pub subject: Subject,
    /// The text in the prompt field, as typed.
    pub prompt: String,
    /// Counts the changes of the prompt.
    pub edit: u64,
    /// The prompt that was last asked.
    pub asked: String,
    /// The engine.
    pub session: Session,
    /// The models that can be chosen.
    pub models: Vec<ModelInfo>,
    /// What is open.
    pub panel: Option<Panel>,
    /// The figure whose table is visible; the others are there for programs
    /// and for readers who hear the page.
    pub numbers: Option<FigureId>,
    /// The figure below which is said how it is computed.
    pub method: Option<FigureId>,
    /// The figure whose code for an article is shown.
    pub embed: Option<FigureId>,
    /// The colours.
    pub theme: ThemeName,
    /// The colours to return to after printing.
    pub(crate) theme_on_screen: Option<ThemeName>,
    /// What the visitor should know, newest last.
    pub notices: Vec<String>,
    /// What a reader who hears the page is told.
    pub announcement: String,
    /// Whether the link was just copied.
    pub is_copied: bool,
    /// Seeds the draws of the next text.
    pub seed: u64,
    /// Whether this page was built for tests, which may ask it to fail.
    pub(crate) is_for_tests: bool,
    pub(crate) truth_source: TruthSource,
    pub(crate) recorded_shape: Option<ModelShape>,
    /// The notice about the newest restart of the engine.
    pub(crate) restarted: Option<String>,
    /// A head of the link that is not the example's to replace.
    pub(crate) is_head_linked: bool,
    /// What was looked at in the model before, while another one loads.
    pub(crate) left: Option<LeftModel>,
    /// The model whose run is shown, once there is one.
    pub(crate) shown_model: Option<String>,
    /// The prompt whose run is shown.
    pub shown_prompt: String,
    /// What the rooms have not heard yet, oldest first.
    pub(crate) news: VecDeque<FrameNews>,
    /// What the page has not been asked to do yet, in order.
    pub(crate) effects: Vec<Effect>,
}

/// What was looked at in a model that was left.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LeftModel {
    prompt: String,
    head: Head,
    ablations: Vec<Ablation>,
    /// The change of the prompt at which the model that was chosen was asked.
    edit: Option<u64>,
}

impl Default for Frame {
    fn default() -> Self {
        Self {
            subject: Subject::new(DEFAULT_HEAD),
            prompt: DEFAULT_PROMPT.to_owned(),
            edit: 0,
            asked: DEFAULT_PROMPT.to_owned(),
            session: Session::new(DEFAULT_MODEL, BackendChoice::Auto),
            models: Vec::new(),
            panel: None,
            numbers: None,
            method: None,
            embed: None,
            theme: ThemeName::Light,
            theme_on_screen: None,
            notices: Vec::new(),
            announcement: String::new(),
            is_copied: false,
            seed: 0,
            is_for_tests: false,
            truth_source: TruthSource::default(),
            recorded_shape: None,
            restarted: None,
            is_head_linked: false,
            left: None,
            shown_model: None,
            shown_prompt: DEFAULT_PROMPT.to_owned(),
            news: VecDeque::new(),
            effects: Vec::new(),
        }
    }
}

impl Frame {
    /// The model whose run is shown; before there is one, the model that is asked.
    #[must_use]
    pub fn shown_model(&self) -> &str {
        let asked = || self.session.model();
        self.shown_model.as_deref().unwrap_or_else(asked)
    }

    /// Below a drawing of the run that is shown, in a file.
    #[must_use]
    pub fn credit(&self) -> String {
        let ablations = &self.subject.ablations;
        figure_words::credit(self.shown_model(), ablations, &self.shown_prompt)
    }

    /// Number of layers, and of heads in each: of the model, or of the recording
    /// that is shown until the model is there. Both 0 before either.
    #[must_use]
    pub fn grid_of_heads(&self) -> (usize, usize) {
        let shape = self.session.loaded().map(|model| model.shape);
        let shape = shape.or(self.recorded_shape);
        shape.map_or((0, 0), |shape| (shape.n_layers, shape.n_heads))
    }

    /// True if the model that answers has this part.
    #[must_use]
    pub fn has_part(&self, part: Part) -> bool {
        let loaded = self.session.loaded();
        loaded.is_some_and(|model| part.exists(&model.shape))
    }

    /// True if nothing more can be found out about the run that is shown: the engine
    /// does not have it, and no prompt runs that would take its place.
    #[must_use]
    pub fn is_shown_lost(&self) -> bool {
        let is_there = self.subject.run.is_some();
        is_there && !self.session.is_running() && !self.session.holds_shown()
    }

    /// Remembers what is looked at, before another model is used: it may not be readable.
    pub(crate) fn remember_model(&mut self) {
        let subject = &self.subject;
        self.left.get_or_insert_with(|| LeftModel {
            prompt: self.prompt.clone(),
            head: subject.head,
            ablations: subject.ablations.clone(),
            edit: None,
        });
    }

    /// Another model was asked its first prompt: what is typed from now on is the visitor's.
    pub(crate) const fn note_first_prompt(&mut self) {
        if let Some(left) = &mut self.left {
            left.edit = Some(self.edit);
        }
    }

    /// The model that was chosen cannot be read: what was looked at in the one before is
    /// looked at again, but for a prompt that was typed meanwhile.
    pub(crate) fn return_to_model(&mut self) {
        if let Some(left) = self.left.take() {
            if left.edit == Some(self.edit) {
                self.prompt = left.prompt;
            }
            (self.subject.head, self.subject.ablations) = (left.head, left.ablations);
            self.news.push_back(FrameNews::ModelKept);
        }
        self.ask();
    }

    pub(crate) fn tell(&mut self, notice: String) {
        if !self.notices.contains(&notice) {
            self.announcement.clone_from(&notice);
            self.notices.push(notice);
        }
    }

    /// Only the newest restart is worth reading, and none once the engine has stopped.
    pub(crate) fn forget_restart(&mut self) {
        if let Some(old) = self.restarted.take() {
            self.notices.retain(|notice| *notice != old);
        }
    }
}
