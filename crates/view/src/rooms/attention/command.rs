//! The command that prints a figure's numbers without a browser.

use super::state::AttentionRoom;
use crate::answers::head::Head;
use crate::frame::Frame;
use crate::frame::command_line::{CommandLine, CommandLineBuilder};
use crate::frame::figure_words;
use crate::rooms::attention::catalogue::AttentionFigure;

/// The command for what `figure` shows now.
#[must_use]
pub fn command_line(room: &AttentionRoom, frame: &Frame, figure: AttentionFigure) -> CommandLine {
    let subject = &frame.subject;
    let Head { layer, head } = subject.head;
    let mut line = CommandLineBuilder::new(frame);
    let is_changed = !subject.ablations.is_empty();
    let whole_model_only = is_changed.then_some(figure_words::WHOLE_MODEL_ONLY);
    let one_of_several = (room.heads(subject).len() > 1).then_some(figure_words::ONE_OF_SEVERAL);
    let note = match figure {
        AttentionFigure::Atlas | AttentionFigure::Pattern | AttentionFigure::Lines => {
            line.command("attention")
                .option("--layer", &layer.to_string())
                .option("--head", &head.to_string())
                .prompt();
            let one_head = match figure {
                AttentionFigure::Atlas => Some(figure_words::ONE_HEAD),
                _ => one_of_several,
            };
            whole_model_only.or(one_head)
        }
        AttentionFigure::Steps | AttentionFigure::Product => {
            let hook = |name| format!("blocks.{layer}.attn.{name}");
            let ([first, second], positions, file) = match figure {
                AttentionFigure::Steps => {
                    let row = room.query(subject).to_string();
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
        AttentionFigure::Lens => {
            line.command("lens").prompt().edits();
            None
        }
        AttentionFigure::Attribution => {
            line.command("attribute");
            let found = room.details.attribution.as_ref();
            let pair = found.map(|found| (found.token, found.against));
            if let Some((token, against)) = pair.or_else(|| room.contrast(subject)) {
                line.option("--token", &token.to_string())
                    .option("--against", &against.to_string());
            }
            line.prompt().edits();
            None
        }
        AttentionFigure::Norms => {
            line.command("run").prompt().edits();
            None
        }
        AttentionFigure::Next | AttentionFigure::Surprise | AttentionFigure::Perplexity => {
            line.command("run").prompt().edits();
            if subject.truth.known().is_some() {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::State;
    use crate::answers::run::tests::{pattern, run};
    use crate::frame::command_line::shell_word;
    use crate::rooms::attention::compared::ComparedTokens;

    fn of(state: &State, figure: AttentionFigure) -> CommandLine {
        command_line(&state.attention, &state.frame, figure)
    }

    fn state(prompt: &str) -> State {
        let mut state = State::default();
        state.attention.show(
            &mut state.frame.subject,
            run(&["a", " b"]),
            Some(pattern(2)),
        );
        prompt.clone_into(&mut state.frame.shown_prompt);
        state
    }

    #[test]
    fn the_command_names_model_head_and_prompt() {
        let command = of(&state("Lily ran."), AttentionFigure::Pattern);
        assert_eq!(
            command.line,
            "headlight attention --model models/stories --layer 3 --head 2 --prompt 'Lily ran.' --json"
        );
        assert_eq!(command.note, None);
    }

    #[test]
    fn parts_taken_out_are_edits_or_are_said_to_be_missing() {
        let mut state = state("a b");
        state.frame.subject.ablations = vec!["1.2:zero".parse().unwrap()];
        let lens = of(&state, AttentionFigure::Lens);
        let edit = r#"--edit '{"hook":"blocks.1.attn.hook_z","head":2,"pos":"all","op":"zero"}'"#;
        assert!(lens.line.contains(edit), "{}", lens.line);
        assert_eq!(lens.note, None);
        let map = of(&state, AttentionFigure::Pattern);
        assert_eq!(map.note, Some(figure_words::WHOLE_MODEL_ONLY));
    }

    #[test]
    fn every_figure_has_a_command() {
        for figure in AttentionFigure::ALL {
            let line = of(&state("a b"), figure).line;
            assert!(line.starts_with("headlight "), "{line}");
            assert!(line.contains(" --prompt 'a b'"), "{line}");
        }
    }

    #[test]
    fn one_row_is_captured_with_its_scores() {
        let line = of(&state("a b"), AttentionFigure::Steps).line;
        let hooks = "--hooks blocks.3.attn.hook_attn_scores,blocks.3.attn.hook_pattern --pos 1";
        assert!(line.contains(hooks), "{line}");
    }

    #[test]
    fn attribution_compares_the_tokens_that_are_shown() {
        let mut state = state("a b");
        let chosen = ComparedTokens::chosen((7, 3), &state.frame.subject);
        state.attention.compared = Some(chosen);
        let line = of(&state, AttentionFigure::Attribution).line;
        assert!(line.contains(" --token 7 --against 3 --prompt "), "{line}");
    }

    #[test]
    fn nothing_in_a_prompt_leaves_its_quotes() {
        let command = of(
            &state("it's $(rm -rf ~) `id` \"x\"\n\\"),
            AttentionFigure::Norms,
        );
        assert_eq!(
            command.line,
            "headlight run --model models/stories --prompt 'it'\\''s $(rm -rf ~) `id` \"x\"\n\\' --json"
        );
        assert_eq!(shell_word(""), "''");
        assert_eq!(shell_word("a b"), "'a b'");
        assert_eq!(shell_word("models/stories"), "models/stories");
    }
}
