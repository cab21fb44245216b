//! What stands where something has not arrived yet, and what a reader who hears the page
//! is told of the selection.

use super::figures::matrix::MAX_CELLS;
use super::figures::row::{BAR_PITCH, CellFacts, MAX_BARS};
use super::figures::zoom::Zoom;
use super::state::AttentionRoom;
use super::words;
use crate::answers::details::DetailKind;
use crate::frame::Frame;
use crate::frame::defaults::DEFAULT_MODEL;
use crate::frame::words as frame_words;
use crate::session::Phase;
use headlight_figure::token::{self, VisibleToken};

impl AttentionRoom {
    /// Why the selected head's map is not there, if it is not.
    #[must_use]
    pub fn why_no_pattern(&self, frame: &Frame) -> &'static str {
        let Some(run) = &frame.subject.run else {
            return match frame.session.phase() {
                _ if frame.prompt.is_empty() || frame.subject.error.is_some() => words::NOTHING_YET,
                Phase::Starting | Phase::FetchingEngine(_) => words::ENGINE_ARRIVES,
                Phase::LoadingModel(_) => words::MODEL_ARRIVES,
                Phase::Live => words::FIRST_RUN,
                Phase::Stopped(_) => frame_words::ENGINE_STOPPED,
            };
        };
        match frame.session.phase() {
            Phase::Stopped(_) => frame_words::ENGINE_STOPPED,
            Phase::Live if frame.is_shown_lost() => words::RUN_IS_LOST,
            _ if run.is_recorded() => words::PATTERN_AWAITED,
            _ => words::PATTERN_UNDER_WAY,
        }
    }

    /// Why the steps of the selected row are not there, if they are not.
    #[must_use]
    pub fn why_no_steps(&self, frame: &Frame) -> &'static str {
        let query = self.query(&frame.subject);
        match self.pattern(&frame.subject) {
            _ if self.heads(&frame.subject).len() > 1 => words::NO_STEPS_OF_SEVERAL,
            None => self.why_no_pattern(frame),
            Some(pattern) if pattern.row(query).is_empty() => match self.why_no_pattern(frame) {
                words::PATTERN_UNDER_WAY => words::STEPS_UNDER_WAY,
                why => why,
            },
            Some(_) => words::NO_STEPS,
        }
    }

    /// Why a detail of the run is not there.
    #[must_use]
    pub fn why_no_detail(&self, frame: &Frame, kind: DetailKind) -> String {
        let why = self.details.why_missing(kind);
        let is_live = frame.session.backend().is_some();
        let usual = if frame.subject.run.is_none() && frame.subject.error.is_some() {
            words::NOTHING_YET
        } else if is_live && frame.is_shown_lost() {
            words::RUN_IS_LOST
        } else if is_live {
            frame_words::UNDER_WAY
        } else {
            frame_words::WITH_ENGINE
        };
        why.unwrap_or(usual).to_owned()
    }

    /// Pixels that the bars of the selected row will take, before there are any.
    #[must_use]
    pub fn expected_row_px(&self, frame: &Frame) -> Option<f64> {
        let n = self.axis_tokens(frame).len().min(MAX_BARS);
        let px = n as f64 * BAR_PITCH - 1.0;
        frame.subject.run.is_none().then_some(px)
    }

    /// The tokens on the axes: those of the run that is shown, else a guess from
    /// the prompt, so that the empty map has the size of the one that will come.
    #[must_use]
    pub fn axis_tokens(&self, frame: &Frame) -> Vec<VisibleToken> {
        if let Some(run) = &frame.subject.run {
            let texts = run.tokens.iter().map(|token| token.text.as_str());
            return texts.map(VisibleToken::new).collect();
        }
        let mut tokens = token::guess(&frame.asked);
        tokens.truncate(MAX_CELLS);
        let n = tokens.len().max(8);
        tokens.resize(n, VisibleToken::new(""));
        tokens
    }

    /// True where the first run will probably come with what its language says: figures
    /// leave room for it.
    #[must_use]
    pub fn expects_truth(&self, frame: &Frame) -> bool {
        frame.subject.run.is_none() && frame.session.model() == DEFAULT_MODEL
    }

    /// What is in view of the map: all of the empty one that stands in for it.
    #[must_use]
    pub fn map_zoom(&self, frame: &Frame) -> Zoom {
        match frame.subject.run {
            Some(_) => self.zoom(&frame.subject),
            None => Zoom::whole(self.axis_tokens(frame).len()),
        }
    }

    pub(crate) fn announce_row(&self, frame: &mut Frame) {
        if let Some(spans) = self.sentence(&frame.subject) {
            frame.announcement = headlight_figure::plain(&spans);
        }
    }

    pub(crate) fn announce_cell(&self, frame: &mut Frame) {
        if let (Some(run), Some(pattern)) = (&frame.subject.run, self.pattern(&frame.subject)) {
            let (query, key) = (self.query(&frame.subject), self.key(&frame.subject));
            let facts = CellFacts::new(&run.tokens, &pattern, query, key);
            frame.announcement = facts.spoken();
        }
    }
}
