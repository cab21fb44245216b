//! The room's state, and what can happen in it.

use headlight_flash::Algorithm;

use super::device::OnDevice;
use super::figures::compare::Clock;
use super::options::{Options, Tiles};
use crate::answers::details::HeadInputs;
use crate::answers::run::{Head, Token};
use crate::frame::ablation::Ablation;
use crate::frame::figure_id::FlashFigure;
use crate::frame::save::Numbers;
use crate::state::State;
use headlight_figure::Shared;
use headlight_figure::files::Format;

/// What is attended with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// The selected head of the run.
    #[default]
    Head,
    /// Numbers from a seed.
    Random {
        /// Queries and keys.
        n: usize,
        /// Width.
        d: usize,
        /// The seed.
        seed: u64,
    },
    /// Numbers that the visitor typed.
    Typed(String),
}

/// The state of the room.
#[derive(Clone, Debug, PartialEq)]
pub struct FlashRoom {
    /// How it attends.
    pub options: Options,
    /// With what.
    pub source: Source,
    /// How many steps are done, of all that the transport walks (see
    /// [`Course`](super::Course)); `None` before the visitor has chosen, where the
    /// room shows the first scores.
    pub step: Option<u64>,
    /// Fraction of the next step that has passed; `None` while it stands still.
    pub playing: Option<f64>,
    /// Which of the speeds.
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
    /// Whose numbers these are.
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
    pub(crate) before: Option<Box<Stand>>,
    /// A lesson's scene that waits for its numbers.
    pub(crate) is_unset: bool,
    /// What the visitor wants as a file, until the room has made it.
    pub wished: Option<(FlashFigure, Format)>,
    /// What the link said, until the room has read it.
    pub linked: Option<String>,
    /// What the link should say.
    pub(crate) pairs: String,
}

/// Whose numbers a head's are. Two engines answer alike but for rounding, so this and
/// not the numbers says whether they are the same.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HeadOf {
    pub(crate) model: String,
    pub(crate) prompt: String,
    pub(crate) head: Head,
    /// What was taken out of the model.
    pub(crate) ablations: Vec<Ablation>,
}

impl HeadOf {
    /// The selected head of the run that is shown.
    pub(crate) fn shown(state: &State) -> Self {
        Self {
            model: state.shown_model().to_owned(),
            prompt: state.shown_prompt.clone(),
            head: state.room.head,
            ablations: state.room.ablations.clone(),
        }
    }
}

/// What stands on the stage, as far as a lesson changes it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stand {
    pub(crate) options: Options,
    pub(crate) source: Source,
    pub(crate) step: Option<u64>,
    pub(crate) row: Option<usize>,
    pub(crate) compared: Option<Algorithm>,
}

impl Default for FlashRoom {
    fn default() -> Self {
        Self {
            options: Options::default(),
            source: Source::Head,
            step: None,
            playing: None,
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
            is_unset: false,
            wished: None,
            linked: None,
            pairs: String::new(),
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
pub(crate) fn name_rows(state: &mut State) {
    let room = &state.flash;
    let (Some(head), Some(of), None) = (&room.head, &room.head_of, &room.tokens) else {
        return;
    };
    let run = state.room.run.as_ref().filter(|run| {
        let is_of_shown = of.model == state.shown_model() && of.prompt == state.shown_prompt;
        is_of_shown && run.seq_len() == head.seq_len
    });
    if let Some(tokens) = run.map(|run| Shared::new(run.tokens.clone())) {
        // Whoever follows the head's numbers hears that they have names now.
        let head = Shared::new(HeadInputs::clone(head));
        (state.flash.head, state.flash.tokens) = (Some(head), Some(tokens));
    }
}

/// Something that happened in the room.
#[derive(Clone, Debug, PartialEq)]
pub enum FlashAction {
    /// The link has not been read yet.
    ReadLink,
    /// A head's numbers that came with the page arrived, as JSON.
    Recorded(String),
    /// The visitor chose an algorithm.
    UseAlgorithm(Algorithm),
    /// The visitor hides the keys after a query, or shows them.
    SetCausal(bool),
    /// The visitor wants key tiles from the last to the first, or not.
    SetReversed(bool),
    /// The visitor wants few rescales, or all.
    SetLazy(bool),
    /// The visitor splits the keys.
    SetSplits(usize),
    /// The visitor chose tiles.
    SetTiles(Tiles),
    /// The visitor chose what is attended with.
    SetSource(Source),
    /// The visitor goes to a step.
    GoTo(u64),
    /// The visitor goes on or back by so many steps.
    StepBy(i64),
    /// The visitor goes to the next or previous tile.
    TileBy(i64),
    /// The visitor plays or stops.
    TogglePlay,
    /// So many milliseconds have passed.
    Tick(f64),
    /// The visitor chose a speed, counted from 0.
    SetSpeed(usize),
    /// The visitor wants another algorithm beside this one, or none.
    Compare(Option<Algorithm>),
    /// The visitor chose what the two are locked to.
    SetClock(Clock),
    /// The visitor chose the query that is spelled out.
    SelectRow(usize),
    /// The visitor wants the numbers that are shown attended with on the GPU.
    RunOnDevice,
    /// The numbers that a run waited for may be there.
    RunDue,
    /// The visitor wants time, memory and error for growing sequences.
    MeasureGrowth,
    /// The visitor has seen enough of these.
    StopMeasuring,
    /// The visitor opens the lesson, where it was left.
    OpenLesson,
    /// The visitor goes to this step of the lesson, from 0.
    LessonStep(usize),
    /// The visitor wants the answer to the step's question.
    RevealAnswer,
    /// The visitor leaves the lesson.
    LeaveLesson,
    /// The numbers that a scene waited for may be there.
    SettleLesson,
    /// The numbers of the figure that is wished for as a file, if it has any.
    Save(Option<Numbers>),
}
