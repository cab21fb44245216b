//! What can happen in the Flash room.

use headlight_flash::Algorithm;

use super::clock::Clock;
use super::options::{DataSource, Tiles};
use crate::frame::save::Content;

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
    SetSource(DataSource),
    /// The visitor goes to a step.
    GoTo(u64),
    /// The visitor presses or drags the timeline, which stays where it is: from the step
    /// `first` on.
    DragTimeline {
        /// Step under the pointer.
        step: u64,
        /// First step that the timeline shows.
        first: u64,
    },
    /// The visitor lets go of the timeline.
    LetGoOfTimeline,
    /// The visitor goes on or back by so many steps.
    StepBy(i64),
    /// The visitor goes to the next or previous tile.
    TileBy(i64),
    /// The visitor plays or stops.
    TogglePlay,
    /// Milliseconds have passed.
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
    /// What a run or a measurement waited for may have come.
    AskForWaiting,
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
    /// What the file holds that is asked for, if its figure has anything now.
    Save(Option<Content>),
}
