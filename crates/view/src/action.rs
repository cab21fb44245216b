//! What can happen to the page, and what the page is asked to do about it.

use headlight_activations::Sampling;

use crate::answers::recording::Rest;
use crate::answers::run::Head;
use crate::answers::truth::{TruthCommand, TruthInput};
use crate::frame::ablation::Part;
use crate::frame::figure_id::AnyFigure;
use crate::frame::save::Wish;
use crate::rooms::attention::figures::atlas::Sort;
use crate::rooms::attention::figures::attribution::Order;
use crate::rooms::attention::figures::lines::Scope;
use crate::rooms::attention::figures::steps;
use crate::rooms::attention::state::View;
use crate::session::{Command, Input};
use crate::state::{ModelInfo, Panel, Place, Theme};
use headlight_figure::files::Format;

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The engine's side of things moved.
    Engine(Input),
    /// The worker that holds the language says something.
    Truth(TruthInput),
    /// The page's document says that it was built for tests. Comes first, if at all.
    ForTests,
    /// The page was opened, or its address changed.
    Opened(String),
    /// The visitor goes to another room.
    Enter(Place),
    /// The list of models arrived.
    Models(Vec<ModelInfo>),
    /// A recorded run arrived, as JSON.
    Recorded(String),
    /// The rest of the recorded run was read, or why it could not be.
    RecordedRest(Result<Box<Rest>, String>),
    /// The visitor chose a model.
    ChooseModel(String),
    /// The visitor wants the model's own example in place of the prompt.
    UseExample,
    /// The visitor typed.
    EditPrompt(String),
    /// The visitor paused after the edit of this number, or pressed Enter.
    RunPrompt(u64),
    /// The visitor chose a head.
    SelectHead(Head),
    /// The visitor adds a head to those that are averaged, or takes it away.
    ToggleHead(Head),
    /// The visitor wants one head alone again.
    OneHead,
    /// The visitor adds a query to those that are averaged, or takes it away.
    ToggleRow(usize),
    /// The visitor moved to another layer and head, by so many.
    MoveHead {
        /// Layers further down.
        layers: isize,
        /// Heads to the right.
        heads: isize,
    },
    /// The visitor moved to the next or previous head, across layers.
    StepHead(isize),
    /// The visitor chose a query.
    SelectRow(usize),
    /// The visitor chose a cell.
    SelectCell(usize, usize),
    /// The visitor moved the cursor.
    MoveCell {
        /// Rows down.
        rows: isize,
        /// Columns to the right.
        columns: isize,
    },
    /// The visitor wants so many times the tokens in view, around a cell; the
    /// selected one, if none is named.
    Zoom(f64, Option<(usize, usize)>),
    /// The visitor moves what is in view by so many queries and keys.
    Pan(isize, isize),
    /// The visitor wants the whole map in view.
    ShowWhole,
    /// The pointer is over a cell, or over none.
    Hover(Option<(usize, usize)>),
    /// The visitor wants to see the head another way.
    SetView(View),
    /// The visitor looks at another step of the row.
    SetStep(steps::Step),
    /// The visitor wants the heads in another order.
    SortHeads(Sort),
    /// The visitor wants the lines of other queries.
    SetScope(Scope),
    /// The visitor wants the attribution's bars in another order.
    OrderComponents(Order),
    /// The visitor takes a part out, or puts it back.
    ToggleAblation(Part),
    /// The visitor wants a part's mean in its place, or nothing.
    SwapFiller(Part),
    /// The visitor puts everything back.
    RestoreAll,
    /// The visitor changes how the next token is drawn.
    SetSampling(Sampling),
    /// The visitor chose the two tokens that the attribution compares.
    Compare {
        /// The token spoken for.
        token: u32,
        /// The token spoken against.
        against: u32,
    },
    /// The visitor chose one of the next tokens, to append or to explain.
    Choose(u32),
    /// The visitor wants this next token at the end of the prompt.
    Append(u32),
    /// The visitor wants the prompt continued.
    Generate,
    /// The visitor chose another seed.
    SetSeed(u64),
    /// The visitor wants the continuation to become part of the prompt.
    KeepContinuation,
    /// The visitor does not want the continuation.
    DropContinuation,
    /// The visitor opens the lesson, where it was left.
    OpenLearn,
    /// The visitor goes to this step of the lesson, from 0.
    LearnStep(usize),
    /// The visitor wants the step's figure back.
    RepeatStep,
    /// The visitor wants the answer to the step's question.
    RevealAnswer,
    /// A reader who hears the page is to be told this.
    Announce(String),
    /// The visitor leaves the lesson.
    LeaveLearn,
    /// The visitor opens or closes a panel.
    Toggle(Panel),
    /// The visitor closes what is open.
    ClosePanel,
    /// The visitor wants to see, or no longer, the numbers behind a figure.
    ToggleNumbers(AnyFigure),
    /// The visitor wants to read, or no longer, how a figure is computed.
    ToggleMethod(AnyFigure),
    /// The visitor wants a figure, or its numbers, as a file.
    Save(AnyFigure, Format),
    /// The file of this name was handed to the browser.
    Saved(String),
    /// The file of this name could not be made.
    NotSaved(String),
    /// The colours to begin with.
    UseTheme(Theme),
    /// The visitor wants the other colours.
    ToggleTheme,
    /// The visitor wants the link.
    Share,
    /// The link was copied, or not.
    Shared(bool),
    /// It is no longer worth saying that the link was copied.
    ForgetShared,
    /// The page's second module arrived, or did not and is asked for again.
    PartArrived(bool),
    /// The visitor has read a notice.
    Dismiss(usize),
}

/// Something for the page to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Do something with a worker.
    Worker(Command),
    /// Do something with the worker that holds the language.
    Truth(TruthCommand),
    /// Come back with [`Action::RunPrompt`] after a pause.
    RunLater(u64),
    /// Fetch the recorded run of a model.
    FetchRecording(String),
    /// Read the rest of a recorded run, and come back with [`Action::RecordedRest`].
    ReadRest(String),
    /// Make this the page's fragment, without a new entry in the history.
    WriteLink(String),
    /// Make this the page's fragment, as a new entry in the history.
    EnterLink(String),
    /// Copy the page's address.
    CopyLink,
    /// Let the visitor save a figure, or its numbers.
    Save(Wish),
    /// Use these colours, and remember them if the visitor chose them.
    UseTheme {
        /// Which.
        theme: Theme,
        /// The visitor chose them.
        is_chosen: bool,
    },
}
