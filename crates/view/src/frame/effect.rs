//! What the page is asked to do: reducers ask, they never do.

use super::save::SaveRequest;
use super::theme::ThemeName;
use crate::answers::truth::TruthCommand;
use crate::session::Command;

/// Something for the page to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Do something with a worker.
    Worker(Command),
    /// Do something with the worker that holds the language.
    Truth(TruthCommand),
    /// Come back with [`FrameAction::RunPrompt`](super::action::FrameAction::RunPrompt)
    /// after a pause.
    RunLater(u64),
    /// Fetch the recorded run of a model.
    FetchRecording(String),
    /// Read the rest of a recorded run, and come back with it.
    ReadRest(String),
    /// Make this the page's fragment, without a new entry in the history.
    WriteLink(String),
    /// Make this the page's fragment, as a new entry in the history.
    EnterLink(String),
    /// Copy the page's address.
    CopyLink,
    /// Let the visitor save a figure, or its numbers.
    Save(SaveRequest),
    /// Use these colours, and remember them if the visitor chose them.
    UseTheme {
        /// Light or dark.
        theme: ThemeName,
        /// The visitor chose them.
        is_chosen: bool,
    },
}
