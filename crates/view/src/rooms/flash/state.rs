//! The room's state.

use headlight_flash::Algorithm;

use super::catalogue::FlashFigure;
use super::clock::Clock;
use super::device::OnDevice;
use super::head_of::HeadOf;
use super::options::{DataSource, Options};
use crate::answers::details::HeadInputs;
use crate::answers::run::Token;
use crate::frame::Frame;
use crate::frame::link::Pairs;
use headlight_figure::Shared;
use headlight_figure::files::Format;

/// The state of the room.
#[derive(Clone, Debug, PartialEq)]
pub struct FlashRoom {
    /// How it attends.
    pub options: Options,
    /// With what.
    pub source: DataSource,
    /// Number of steps that are done, of all that the transport walks (see
    /// [`SideBySide`](super::SideBySide)); `None` before the visitor has chosen, where
    /// the room shows the first scores.
    pub step: Option<u64>,
    /// Fraction of the next step that has passed; `None` while it stands still.
    pub playing: Option<f64>,
    /// First step of the timeline, which stays there while a visitor drags along it.
    pub timeline_from: Option<u64>,
    /// Index of the speed in [`SPEEDS`](super::SPEEDS).
    pub speed: usize,
    /// The algorithm beside it, another one.
    pub compared: Option<Algorithm>,
    /// What the two are locked to.
    pub clock: Clock,
    /// The query that is spelled out, where one was chosen.
    pub row: Option<usize>,
    /// The head's numbers.
    pub head: Option<Shared<HeadInputs>>,
    /// True if these came with the page.
    pub is_recorded: bool,
    /// Why the head's numbers are not there.
    pub missing: Option<String>,
    /// Head and run that the numbers are of.
    pub(crate) head_of: Option<HeadOf>,
    /// The tokens that the head read, a row of its numbers each, once they are known.
    pub(crate) tokens: Option<Shared<Vec<Token>>>,
    /// The run and head that were asked about last, and whose numbers these will be.
    pub(crate) asked: Option<(u64, HeadOf)>,
    /// The step of the lesson, from 0, while its strip is open.
    pub lesson: Option<usize>,
    /// The step that was left, to go on from.
    pub lesson_left: usize,
    /// The answer is shown.
    pub is_revealed: bool,
    /// What was asked of the visitor's own GPU, and what came of it.
    pub device: OnDevice,
    /// What stood on the stage before the lesson.
    pub(crate) before: Option<Box<SavedScene>>,
    /// A lesson's scene that waits for its numbers.
    pub(crate) is_scene_pending: bool,
    /// The lesson's scene has numbers of its own, as the head's do not show it.
    pub(crate) has_stand_in: bool,
    /// What the visitor wants as a file, until the room has made it.
    pub pending_save: Option<(FlashFigure, Format)>,
    /// What the link said, until the room has read it.
    pub unread_link: Option<Pairs>,
    /// What the link should say.
    pub(crate) link_pairs: Pairs,
}

/// What stands on the stage, as far as a lesson changes it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SavedScene {
    pub(crate) options: Options,
    pub(crate) source: DataSource,
    pub(crate) step: Option<u64>,
    pub(crate) row: Option<usize>,
    pub(crate) compared: Option<Algorithm>,
}

impl Default for FlashRoom {
    fn default() -> Self {
        Self {
            options: Options::default(),
            source: DataSource::Head,
            step: None,
            playing: None,
            timeline_from: None,
            speed: Self::USUAL_SPEED,
            compared: None,
            clock: Clock::default(),
            row: None,
            head: None,
            is_recorded: false,
            missing: None,
            head_of: None,
            tokens: None,
            asked: None,
            lesson: None,
            lesson_left: 0,
            is_revealed: false,
            device: OnDevice::default(),
            before: None,
            is_scene_pending: false,
            has_stand_in: false,
            pending_save: None,
            unread_link: None,
            link_pairs: Pairs::default(),
        }
    }
}

impl FlashRoom {
    /// Whether this algorithm is on a stage: the one that is played, or the one beside.
    #[must_use]
    pub fn shows(&self, algorithm: Algorithm) -> bool {
        self.options.algorithm == algorithm || self.compared == Some(algorithm)
    }

    /// The speed to begin with: two steps a second.
    pub const USUAL_SPEED: usize = 2;

    /// Shows a head's numbers, whose tokens [`name_rows`] finds.
    pub(crate) fn show_head(&mut self, inputs: HeadInputs, of: Option<HeadOf>, is_recorded: bool) {
        self.head = Some(Shared::new(inputs));
        (self.head_of, self.is_recorded) = (of, is_recorded);
        self.tokens = None;
    }
}

/// Names the rows of the head's numbers with the tokens of the run that is shown, if
/// that is the run they are of. They keep them when another run is shown.
pub(crate) fn name_rows(room: &mut FlashRoom, frame: &Frame) {
    let (Some(head), Some(of), None) = (&room.head, &room.head_of, &room.tokens) else {
        return;
    };
    let run = frame.subject.run.as_ref().filter(|run| {
        let is_of_shown = of.model == frame.shown_model() && of.prompt == frame.shown_prompt;
        is_of_shown && run.seq_len() == head.seq_len
    });
    if let Some(tokens) = run.map(|run| Shared::new(run.tokens.clone())) {
        // Whoever follows the head's numbers hears that they have names now.
        let head = Shared::new(HeadInputs::clone(head));
        (room.head, room.tokens) = (Some(head), Some(tokens));
    }
}
