//! The state of the whole page, as one value.

use crate::frame::words as frame_words;
use crate::rooms::attention::words as attention_words;
use headlight_activations::{ModelShape, Sampling};
use serde::Deserialize;

use crate::address::Permalink;
use crate::answers::details::DetailKind;
use crate::answers::run::Head;
use crate::answers::truth::TruthSource;
use crate::frame::ablation::Part;
use crate::frame::figure_id::AnyFigure;
use crate::rooms::attention::figures::attribution::Order;
use crate::rooms::attention::figures::lines::Scope;
use crate::rooms::attention::figures::matrix::MAX_CELLS;
use crate::rooms::attention::figures::row::{BAR_PITCH, MAX_BARS};
use crate::rooms::attention::figures::sentence;
use crate::rooms::attention::figures::steps::Step;
use crate::rooms::attention::figures::zoom::Zoom;
use crate::rooms::attention::lesson as learn;
use crate::rooms::attention::lesson::Learning;
use crate::rooms::attention::state::{AttentionRoom, View};
use crate::rooms::flash::FlashRoom;
use crate::session::{Choice, Phase, Session};
use headlight_figure::token;
use headlight_figure::token::VisibleToken;

/// The model that is shown when nothing else is asked for.
pub const DEFAULT_MODEL: &str = "stories";
/// The prompt that is shown when nothing else is asked for.
///
/// In it the model must look something up: where the bell was found.
pub const DEFAULT_PROMPT: &str = "This is the story of a stubborn witch called Ella. \
    She finds a bell in the tower. Ella goes back to the";
/// The head that is shown when nothing else is asked for.
pub const DEFAULT_HEAD: Head = Head { layer: 3, head: 2 };

/// A model of the list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ModelInfo {
    /// Folder name.
    pub name: String,
    /// One line about it.
    #[serde(default)]
    pub description: String,
    /// Bytes of all its files.
    #[serde(default)]
    pub bytes: u64,
    /// A prompt that it can read.
    #[serde(default)]
    pub prompt: Option<String>,
    /// The head to look at in that prompt.
    #[serde(default)]
    pub head: Option<Head>,
    /// A recorded run of it came with the page.
    #[serde(default)]
    pub recorded: bool,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark on paper.
    #[default]
    Light,
    /// Light on slate.
    Dark,
}

impl Theme {
    /// `light` or `dark`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads `light` or `dark`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }

    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Light => Self::Dark,
            Self::Dark => Self::Light,
        }
    }
}

/// The rooms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// Heads, their maps, and what goes on between the layers.
    #[default]
    Attention,
    /// Flash attention, step by step.
    Flash,
}

impl Place {
    /// All of them, in the order of the bar.
    pub const ALL: [Self; 2] = [Self::Attention, Self::Flash];

    /// Its name in links.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Attention => "attention",
            Self::Flash => "flash",
        }
    }
}

/// What can be open over the page, one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// The list of models.
    Models,
    /// What computes, and why.
    Backend,
    /// Keys and what the page is.
    Help,
    /// The menu of a figure.
    Menu(AnyFigure),
}

/// The state of the page.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The text in the prompt field, as typed.
    pub prompt: String,
    /// Counts the changes of the prompt.
    pub edit: u64,
    /// The prompt that was last asked.
    pub asked: String,
    /// The engine.
    pub session: Session,
    /// The room that is open.
    pub place: Place,
    /// The Attention room.
    pub room: AttentionRoom,
    /// The Flash room.
    pub flash: FlashRoom,
    /// The lesson.
    pub learning: Learning,
    /// The models that can be chosen.
    pub models: Vec<ModelInfo>,
    /// What is open.
    pub panel: Option<Panel>,
    /// The figure whose table is visible; the others are there for programs
    /// and for readers who hear the page.
    pub numbers: Option<AnyFigure>,
    /// The figure below which is said how it is computed.
    pub method: Option<AnyFigure>,
    /// The colours.
    pub theme: Theme,
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
    pub(crate) written: String,
    pub(crate) truth: TruthSource,
    pub(crate) recorded_shape: Option<ModelShape>,
    pub(crate) restarted: Option<String>,
    /// A row or column of a link that no run has been shown for yet.
    pub(crate) is_cell_linked: bool,
    /// A head of the link that is not the example's to replace.
    pub(crate) is_head_linked: bool,
    /// The model whose run is shown, once there is one.
    pub(crate) shown_model: Option<String>,
    /// The prompt whose run is shown.
    pub(crate) shown_prompt: String,
}

impl Default for State {
    fn default() -> Self {
        Self {
            prompt: DEFAULT_PROMPT.to_owned(),
            edit: 0,
            asked: DEFAULT_PROMPT.to_owned(),
            session: Session::new(DEFAULT_MODEL, Choice::Auto),
            place: Place::default(),
            room: AttentionRoom::new(DEFAULT_HEAD),
            flash: FlashRoom::default(),
            learning: Learning::default(),
            models: Vec::new(),
            panel: None,
            numbers: None,
            method: None,
            theme: Theme::Light,
            notices: Vec::new(),
            announcement: String::new(),
            is_copied: false,
            seed: 0,
            is_for_tests: false,
            written: String::new(),
            truth: TruthSource::default(),
            recorded_shape: None,
            restarted: None,
            is_cell_linked: false,
            is_head_linked: false,
            shown_model: None,
            shown_prompt: DEFAULT_PROMPT.to_owned(),
        }
    }
}

impl State {
    /// The link to what is shown.
    #[must_use]
    pub fn permalink(&self) -> Permalink {
        let choice = self.session.choice();
        let room = &self.room;
        if self.place == Place::Flash {
            return Permalink {
                place: Place::Flash,
                model: Some(self.session.model().to_owned()),
                prompt: Some(self.asked.clone()),
                layer: Some(room.head.layer),
                head: Some(room.head.head),
                ablations: Some(room.ablations.clone()),
                backend: choice.name().is_some().then_some(choice),
                flash: Some(self.flash.pairs.clone()),
                ..Permalink::default()
            };
        }
        let learn = self.learning.is_open.then_some(self.learning.step);
        let usual_sort = learn::usual_sort(learn);
        let (sampling, usual) = (room.sampling, Sampling::default());
        Permalink {
            place: Place::Attention,
            flash: None,
            model: Some(self.session.model().to_owned()),
            prompt: Some(self.asked.clone()),
            layer: Some(self.room.head.layer),
            head: Some(self.room.head.head),
            row: self.room.row,
            also_rows: Some(room.also_rows.clone()),
            col: self.room.col,
            backend: choice.name().is_some().then_some(choice),
            view: (room.view != View::default()).then_some(room.view),
            step: (room.view == View::Steps && room.step != Step::default()).then_some(room.step),
            scope: (room.scope != Scope::default()).then_some(room.scope),
            sort: (room.sort != usual_sort).then_some(room.sort),
            order: (room.order != Order::default()).then_some(room.order),
            companions: Some(room.companions.clone()),
            ablations: Some(room.ablations.clone()),
            temperature: (sampling.temperature != usual.temperature)
                .then_some(sampling.temperature),
            top_k: (sampling.top_k != usual.top_k).then_some(sampling.top_k),
            top_p: (sampling.top_p != usual.top_p).then_some(sampling.top_p),
            seed: (self.seed != 0).then_some(self.seed),
            token: room.compared.map(|(token, _)| token),
            against: room.compared.map(|(_, against)| against),
            learn,
            fault: None,
        }
    }

    /// The model whose run is shown; before there is one, the model that is asked.
    #[must_use]
    pub fn shown_model(&self) -> &str {
        let asked = || self.session.model();
        self.shown_model.as_deref().unwrap_or_else(asked)
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

    /// Why the selected head's map is not there, if it is not.
    #[must_use]
    pub fn why_no_pattern(&self) -> &'static str {
        let Some(run) = &self.room.run else {
            return match self.session.phase() {
                _ if self.prompt.is_empty() || self.room.error.is_some() => {
                    attention_words::NOTHING_YET
                }
                Phase::Starting | Phase::FetchingEngine(_) => attention_words::ENGINE_ARRIVES,
                Phase::LoadingModel(_) => attention_words::MODEL_ARRIVES,
                Phase::Live => attention_words::FIRST_RUN,
                Phase::Stopped(_) => frame_words::ENGINE_STOPPED,
            };
        };
        match self.session.phase() {
            Phase::Stopped(_) => frame_words::ENGINE_STOPPED,
            Phase::Live if self.is_shown_lost() => attention_words::RUN_IS_LOST,
            _ if run.is_recorded() => attention_words::PATTERN_AWAITED,
            _ => attention_words::PATTERN_UNDER_WAY,
        }
    }

    /// True if nothing more can be found out about the run that is shown: the engine
    /// does not have it, and no prompt runs that would take its place.
    fn is_shown_lost(&self) -> bool {
        let is_there = self.room.run.is_some();
        is_there && !self.session.is_running() && !self.session.holds_shown()
    }

    /// Why the steps of the selected row are not there, if they are not.
    #[must_use]
    pub fn why_no_steps(&self) -> &'static str {
        let query = self.room.query();
        match self.room.pattern() {
            _ if self.room.heads().len() > 1 => attention_words::NO_STEPS_OF_SEVERAL,
            None => self.why_no_pattern(),
            Some(pattern) if pattern.row(query).is_empty() => match self.why_no_pattern() {
                attention_words::PATTERN_UNDER_WAY => attention_words::STEPS_UNDER_WAY,
                why => why,
            },
            Some(_) => attention_words::NO_STEPS,
        }
    }

    /// Why a detail of the run is not there.
    #[must_use]
    pub fn why_no_detail(&self, kind: DetailKind) -> String {
        let why = self.room.details.why_missing(kind);
        let is_live = self.session.backend().is_some();
        let usual = if self.room.run.is_none() && self.room.error.is_some() {
            attention_words::NOTHING_YET
        } else if is_live && self.is_shown_lost() {
            attention_words::RUN_IS_LOST
        } else if is_live {
            frame_words::UNDER_WAY
        } else {
            frame_words::WITH_ENGINE
        };
        why.unwrap_or(usual).to_owned()
    }

    /// Pixels that the bars of the selected row will take, before there are any.
    #[must_use]
    pub fn expected_row_px(&self) -> Option<f64> {
        let n = self.axis_tokens().len().min(MAX_BARS);
        let px = n as f64 * BAR_PITCH - 1.0;
        self.room.run.is_none().then_some(px)
    }

    /// The tokens on the axes: those of the run that is shown, else a guess from
    /// the prompt, so that the empty map has the size of the one that will come.
    #[must_use]
    pub fn axis_tokens(&self) -> Vec<VisibleToken> {
        if let Some(run) = &self.room.run {
            let texts = run.tokens.iter().map(|token| token.text.as_str());
            return texts.map(VisibleToken::new).collect();
        }
        let mut tokens = token::guess(&self.asked);
        tokens.truncate(MAX_CELLS);
        let n = tokens.len().max(8);
        tokens.resize(n, VisibleToken::new(""));
        tokens
    }

    /// True where the first run will probably come with what its language says: figures
    /// leave room for it.
    #[must_use]
    pub fn expects_truth(&self) -> bool {
        self.room.run.is_none() && self.session.model() == DEFAULT_MODEL
    }

    /// What is in view of the map: all of the empty one that stands in for it.
    #[must_use]
    pub fn map_zoom(&self) -> Zoom {
        match self.room.run {
            Some(_) => self.room.zoom(),
            None => Zoom::whole(self.axis_tokens().len()),
        }
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

    pub(crate) fn announce_row(&mut self) {
        if let Some(spans) = self.room.sentence() {
            self.announcement = sentence::plain(&spans);
        }
    }

    pub(crate) fn announce_cell(&mut self) {
        if let (Some(run), Some(pattern)) = (&self.room.run, self.room.pattern()) {
            let (query, key) = (self.room.query(), self.room.key());
            let facts = crate::rooms::attention::figures::row::CellFacts::new(
                &run.tokens,
                &pattern,
                query,
                key,
            );
            self.announcement = facts.spoken();
        }
    }
}
