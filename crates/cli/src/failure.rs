//! How a command fails: one line on stderr and an exit code.

use headlight_engine::{AnswerError, ErrorKind};

/// Why a command has no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Wrong usage or bad input: exit code 2.
    Input(String),
    /// Anything that is not the caller's doing, such as a full disk: exit code 1.
    Other(String),
}

impl Failure {
    pub(crate) const fn exit_code(&self) -> u8 {
        match self {
            Self::Input(_) => 2,
            Self::Other(_) => 1,
        }
    }

    /// The one line for stderr.
    pub(crate) fn line(&self) -> String {
        let (Self::Input(message) | Self::Other(message)) = self;
        one_line(message)
    }

    /// Bad input, with what it concerns in front: a file or an option.
    pub(crate) fn input(about: impl std::fmt::Display, error: impl std::fmt::Display) -> Self {
        Self::Input(format!("{about}: {error}"))
    }

    /// A file that could not be written.
    pub(crate) fn write(path: &std::path::Path, error: &std::io::Error) -> Self {
        let message = format!("{} could not be written: {error}", path.display());
        match error.kind() {
            // The path is the caller's; a full disk is not.
            std::io::ErrorKind::NotFound
            | std::io::ErrorKind::NotADirectory
            | std::io::ErrorKind::IsADirectory
            | std::io::ErrorKind::InvalidFilename
            | std::io::ErrorKind::PermissionDenied => Self::Input(message),
            _ => Self::Other(message),
        }
    }
}

impl From<AnswerError> for Failure {
    fn from(error: AnswerError) -> Self {
        match error.kind() {
            // The engine speaks of `temperature`; here it is an option.
            ErrorKind::Input if names_an_option(&error) => Self::Input(format!("--{error}")),
            ErrorKind::Input => Self::Input(error.to_string()),
            ErrorKind::Device | ErrorKind::Internal => Self::Other(error.to_string()),
        }
    }
}

/// True if the message starts with what is an option here.
const fn names_an_option(error: &AnswerError) -> bool {
    matches!(
        error,
        AnswerError::Sampling { .. }
            | AnswerError::NoSuchToken { .. }
            | AnswerError::SameToken { .. }
    )
}

/// Everything on one line: line breaks and runs of spaces become single spaces.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What clap says of wrong usage, as one line: its first paragraph.
pub(crate) fn usage_line(error: &clap::Error) -> String {
    if error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "no command was given, expected run, capture, attention, lens, attribute, generate, flash, eval, \
                stories or train"
            .to_owned();
    }
    let text = error.to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    one_line(first.strip_prefix("error: ").unwrap_or(first))
}
