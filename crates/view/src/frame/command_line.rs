//! Command lines that print a figure's numbers without a browser.

use super::state::Frame;

/// A command line, and what has to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine {
    /// The line, for a POSIX shell.
    pub line: String,
    /// Reason why the command does not print exactly what is shown, where it does not.
    pub note: Option<&'static str>,
}

/// A line under construction.
pub(crate) struct CommandLineBuilder<'a> {
    frame: &'a Frame,
    pub(crate) text: String,
}

impl<'a> CommandLineBuilder<'a> {
    pub(crate) fn new(frame: &'a Frame) -> Self {
        Self {
            frame,
            text: String::new(),
        }
    }

    pub(crate) fn command(&mut self, name: &str) -> &mut Self {
        self.text = format!("headlight {name}");
        let folder = format!("models/{}", self.frame.shown_model());
        self.option("--model", &folder)
    }

    pub(crate) fn option(&mut self, name: &str, value: &str) -> &mut Self {
        self.text.push(' ');
        self.text.push_str(name);
        self.text.push(' ');
        self.text.push_str(&shell_word(value));
        self
    }

    pub(crate) fn prompt(&mut self) -> &mut Self {
        let frame = self.frame;
        self.option("--prompt", &frame.shown_prompt)
    }

    pub(crate) fn edits(&mut self) {
        for ablation in &self.frame.subject.ablations {
            let edit = serde_json::to_string(&ablation.edit()).unwrap_or_default();
            self.option("--edit", &edit);
        }
    }
}

/// One word of a POSIX shell, whatever it holds: plain where that is safe, else in
/// single quotes, between which a shell reads nothing but a single quote.
pub(crate) fn shell_word(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./,=:".contains(c);
    if !value.is_empty() && value.chars().all(is_plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}
