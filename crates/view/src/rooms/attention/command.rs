//! The command that prints a figure's numbers without a browser.

use crate::answers::run::Head;
use crate::frame::figure_id::Figure;
use crate::frame::figure_words;
use crate::state::State;

/// A command line, and what has to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine {
    /// The line, for a POSIX shell.
    pub line: String,
    /// Where it does not print exactly what is shown: why.
    pub note: Option<&'static str>,
}

/// The command for what `figure` shows now.
#[must_use]
pub fn command_line(state: &State, figure: Figure) -> CommandLine {
    let room = &state.room;
    let Head { layer, head } = room.head;
    let mut line = Line::new(state);
    let is_changed = !room.ablations.is_empty();
    let whole_model_only = is_changed.then_some(figure_words::WHOLE_MODEL_ONLY);
    let one_of_several = (room.heads().len() > 1).then_some(figure_words::ONE_OF_SEVERAL);
    let note = match figure {
        Figure::Atlas | Figure::Pattern | Figure::Lines => {
            line.command("attention")
                .option("--layer", &layer.to_string())
                .option("--head", &head.to_string())
                .prompt();
            let one_head = match figure {
                Figure::Atlas => Some(figure_words::ONE_HEAD),
                _ => one_of_several,
            };
            whole_model_only.or(one_head)
        }
        Figure::Steps | Figure::Product => {
            let hook = |name| format!("blocks.{layer}.attn.{name}");
            let ([first, second], positions, file) = match figure {
                Figure::Steps => {
                    let row = room.query().to_string();
                    (["hook_attn_scores", "hook_pattern"], row, "row")
                }
                _ => (["hook_q", "hook_k"], "all".to_owned(), "query-key"),
            };
            let hooks = [hook(first), hook(second)].join(",");
            line.command("capture")
                .option("--hooks", &hooks)
                .option("--pos", &positions)
                .option("--out", &format!("{file}.safetensors"))
                .prompt();
            return CommandLine {
                line: line.text,
                note: whole_model_only.or(one_of_several),
            };
        }
        Figure::Lens => {
            line.command("lens").prompt().edits();
            None
        }
        Figure::Attribution => {
            line.command("attribute");
            let found = room.details.attribution.as_ref();
            let pair = found.map(|found| (found.token, found.against));
            if let Some((token, against)) = pair.or_else(|| room.contrast()) {
                line.option("--token", &token.to_string())
                    .option("--against", &against.to_string());
            }
            line.prompt().edits();
            None
        }
        Figure::Norms => {
            line.command("run").prompt().edits();
            None
        }
        Figure::Next | Figure::Surprise | Figure::Perplexity => {
            line.command("run").prompt().edits();
            if room.truth.known().is_some() {
                line.text.push_str(" --truth");
            }
            None
        }
    };
    line.text.push_str(" --json");
    CommandLine {
        line: line.text,
        note,
    }
}

/// A line under construction.
struct Line<'a> {
    state: &'a State,
    text: String,
}

impl<'a> Line<'a> {
    fn new(state: &'a State) -> Self {
        Self {
            state,
            text: String::new(),
        }
    }

    fn command(&mut self, name: &str) -> &mut Self {
        self.text = format!("headlight {name}");
        let folder = format!("models/{}", self.state.shown_model());
        self.option("--model", &folder)
    }

    fn option(&mut self, name: &str, value: &str) -> &mut Self {
        self.text.push(' ');
        self.text.push_str(name);
        self.text.push(' ');
        self.text.push_str(&shell_word(value));
        self
    }

    fn prompt(&mut self) -> &mut Self {
        let state = self.state;
        self.option("--prompt", &state.shown_prompt)
    }

    fn edits(&mut self) {
        for ablation in &self.state.room.ablations {
            let edit = serde_json::to_string(&ablation.edit()).unwrap_or_default();
            self.option("--edit", &edit);
        }
    }
}

/// One word of a POSIX shell, whatever it holds: plain where that is safe, else in
/// single quotes, between which a shell reads nothing but a single quote.
fn shell_word(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./,=:".contains(c);
    if !value.is_empty() && value.chars().all(is_plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::run::tests::{pattern, run};

    fn state(prompt: &str) -> State {
        let mut state = State::default();
        state.room.show(run(&["a", " b"]), Some(pattern(2)));
        prompt.clone_into(&mut state.shown_prompt);
        state
    }

    #[test]
    fn the_command_names_model_head_and_prompt() {
        let command = command_line(&state("Lily ran."), Figure::Pattern);
        assert_eq!(
            command.line,
            "headlight attention --model models/stories --layer 3 --head 2 --prompt 'Lily ran.' --json"
        );
        assert_eq!(command.note, None);
    }

    #[test]
    fn nothing_in_a_prompt_leaves_its_quotes() {
        let command = command_line(&state("it's $(rm -rf ~) `id` \"x\"\n\\"), Figure::Norms);
        assert_eq!(
            command.line,
            "headlight run --model models/stories --prompt 'it'\\''s $(rm -rf ~) `id` \"x\"\n\\' --json"
        );
        assert_eq!(shell_word(""), "''");
        assert_eq!(shell_word("a b"), "'a b'");
        assert_eq!(shell_word("models/stories"), "models/stories");
    }

    #[test]
    fn parts_taken_out_are_edits_or_are_said_to_be_missing() {
        let mut state = state("a b");
        state.room.ablations = vec!["1.2:zero".parse().unwrap()];
        let lens = command_line(&state, Figure::Lens);
        let edit = r#"--edit '{"hook":"blocks.1.attn.hook_z","head":2,"pos":"all","op":"zero"}'"#;
        assert!(lens.line.contains(edit), "{}", lens.line);
        assert_eq!(lens.note, None);
        let map = command_line(&state, Figure::Pattern);
        assert_eq!(map.note, Some(figure_words::WHOLE_MODEL_ONLY));
    }

    #[test]
    fn every_figure_has_a_command() {
        for figure in Figure::ALL {
            let line = command_line(&state("a b"), figure).line;
            assert!(line.starts_with("headlight "), "{line}");
            assert!(line.contains(" --prompt 'a b'"), "{line}");
        }
    }

    #[test]
    fn one_row_is_captured_with_its_scores() {
        let line = command_line(&state("a b"), Figure::Steps).line;
        let hooks = "--hooks blocks.3.attn.hook_attn_scores,blocks.3.attn.hook_pattern --pos 1";
        assert!(line.contains(hooks), "{line}");
    }

    #[test]
    fn attribution_compares_the_tokens_that_are_shown() {
        let mut state = state("a b");
        state.room.compared = Some((7, 3));
        let line = command_line(&state, Figure::Attribution).line;
        assert!(line.contains(" --token 7 --against 3 --prompt "), "{line}");
    }
}
