//! What can happen to the frame.

use headlight_figure::files::Format;

use super::models::ModelInfo;
use super::panel::Panel;
use super::theme::ThemeName;
use crate::answers::truth::TruthInput;
use crate::session::Input;
use headlight_figure::FigureId;

/// Something that happened to the frame.
#[derive(Clone, Debug, PartialEq)]
pub enum FrameAction {
    /// The engine's side of things moved.
    Engine(Input),
    /// The worker that holds the language says something.
    Truth(TruthInput),
    /// The page's document says that it was built for tests. Comes first, if at all.
    ForTests,
    /// The list of models arrived.
    Models(Vec<ModelInfo>),
    /// The visitor chose a model.
    ChooseModel(String),
    /// The visitor wants the model's own example in place of the prompt.
    UseExample,
    /// The visitor wants one of the listed examples, by its place in the list.
    RunExample(usize),
    /// The visitor wants the start of a prompt that was too long.
    CutPrompt,
    /// The visitor typed.
    EditPrompt(String),
    /// The visitor paused after the edit of this number, or pressed Enter.
    RunPrompt(u64),
    /// The visitor wants the prompt continued.
    Generate,
    /// The visitor chose another seed.
    SetSeed(u64),
    /// The visitor wants the continuation to become part of the prompt.
    KeepContinuation,
    /// The visitor does not want the continuation.
    DropContinuation,
    /// A reader who hears the page is to be told this.
    Announce(String),
    /// The visitor opens or closes a panel.
    Toggle(Panel),
    /// The visitor closes what is open.
    ClosePanel,
    /// The visitor wants to see, or no longer, the numbers behind a figure.
    ToggleNumbers(FigureId),
    /// The visitor wants to read, or no longer, how a figure is computed.
    ToggleMethod(FigureId),
    /// The visitor wants, or no longer, the code that shows a figure in an article.
    ToggleEmbed(FigureId),
    /// The visitor wants a figure, or its numbers, as a file. The room whose figure it is
    /// makes it.
    Save(FigureId, Format),
    /// The file of this name was handed to the browser.
    Saved(String),
    /// The file of this name could not be made.
    NotSaved(String),
    /// The colours to begin with.
    UseTheme(ThemeName),
    /// The page is about to be printed, or was printed.
    Print(bool),
    /// The visitor wants the other colours.
    ToggleTheme,
    /// The visitor wants the link.
    Share,
    /// The link was copied, or not.
    Shared(bool),
    /// The sentence that says that the link was copied has been seen for long enough.
    ForgetShared,
    /// The page's second module arrived, or did not and is asked for again.
    PartArrived(bool),
    /// The visitor has read a notice.
    Dismiss(usize),
}
