//! How a command fails: one line on stderr and an exit code.

use std::path::Path;

use clap::error::{ContextKind, ContextValue};
use headlight_activations::Quoted;
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

    /// What is wrong with a model, with its folder in front where that is to blame.
    pub(crate) fn about_model(folder: &Path, error: AnswerError) -> Self {
        match Self::from(error) {
            Self::Input(message) => Self::input(folder.display(), message),
            other @ Self::Other(_) => other,
        }
    }

    /// A file of the run to resume.
    pub(crate) fn of_resume(self) -> Self {
        match self {
            Self::Input(message) => Self::input("--resume", message),
            other @ Self::Other(_) => other,
        }
    }

    /// A file that could not be written.
    pub(crate) fn write(path: &Path, error: &std::io::Error) -> Self {
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

/// Longest message, in characters. Longer ones lose their middle: what was found
/// stands at the start, what was expected at the end.
const MAX_CHARS: usize = 600;

/// Characters of a long message that are its end.
const END_CHARS: usize = 200;

/// Everything on one line that a terminal only shows: line breaks and runs of
/// spaces become single spaces, names in quotation marks are cut, and so is the whole.
fn one_line(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = cut_names(&cut_names(&words, '`'), '"');
    // One character at a time, since the line may be longer than a name.
    let shown = line.chars().fold(String::new(), |shown, c| {
        shown + &Quoted(c.encode_utf8(&mut [0; 4])).to_string()
    });
    let n_chars = shown.chars().count();
    if n_chars <= MAX_CHARS {
        return shown;
    }
    let start = shown.chars().take(MAX_CHARS - END_CHARS - 1);
    let end = shown.chars().skip(n_chars - END_CHARS);
    start.chain(['…']).chain(end).collect()
}

/// Cuts what stands between two of these marks.
fn cut_names(text: &str, mark: char) -> String {
    let parts = text.split(mark).enumerate();
    let parts = parts.map(|(index, part)| match index % 2 {
        0 => part.to_owned(),
        _ => Quoted(part).to_string(),
    });
    parts.collect::<Vec<_>>().join(&mark.to_string())
}

/// What clap says of wrong usage, as one line: its first paragraph.
pub(crate) fn usage_line(mut error: clap::Error) -> String {
    if error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "no command was given, expected run, capture, attention, lens, attribute, generate, flash, eval, \
                stories or train"
            .to_owned();
    }
    // What the caller typed may have paragraphs of its own.
    for kind in [
        ContextKind::InvalidSubcommand,
        ContextKind::InvalidArg,
        ContextKind::InvalidValue,
    ] {
        if let Some(ContextValue::String(typed)) = error.get(kind) {
            let shown = Quoted(typed).to_string();
            error.insert(kind, ContextValue::String(shown));
        }
    }
    let text = error.to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    one_line(first.strip_prefix("error: ").unwrap_or(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_stays_as_it_is() {
        for text in [
            "models/x/config.json: unknown variant `relu`, expected gelu_new",
            "--top: \"a\\nb\" is not a number, says 日本",
        ] {
            assert_eq!(Failure::Input(text.to_owned()).line(), text);
        }
    }

    #[test]
    fn any_text_becomes_one_line_that_only_shows() {
        let line = Failure::Input("a \u{1b}[2J\r\n\n b\u{202e}c\u{2028}d\0".to_owned()).line();
        assert_eq!(line, r"a \u{1b}[2J b\u{202e}c d\u{0}");
    }

    #[test]
    fn a_long_name_is_cut_and_so_is_a_long_message() {
        let name = "n".repeat(3_000_000);
        let line = Failure::Input(format!("`{name}` and \"{name}\", expected less")).line();
        let cut = "n".repeat(80) + "…";
        assert_eq!(line, format!("`{cut}` and \"{cut}\", expected less"));
        let line = Failure::Other(format!("{name} is wrong, expected less")).line();
        assert_eq!(line.chars().count(), MAX_CHARS);
        assert!(line.ends_with("n is wrong, expected less"), "{line}");
        let line = Failure::Other("\u{1b}".repeat(3_000_000)).line();
        assert_eq!(line.chars().count(), MAX_CHARS);
    }
}
