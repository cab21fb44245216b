//! The two tokens that the attribution compares, and the prompt that they were chosen for.

use crate::answers::run::Token;
use crate::frame::subject::Subject;

/// Two possible next tokens that a visitor or a link has chosen. They belong to one
/// prompt: another one has other tokens to go on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedTokens {
    /// The token spoken for, and the one spoken against.
    pub(crate) pair: (u32, u32),
    /// The tokens of the prompt; `None` from a link whose prompt has not been run yet.
    prompt: Option<Vec<Token>>,
}

impl ComparedTokens {
    /// Chosen for the run that is shown.
    pub(crate) fn chosen(pair: (u32, u32), subject: &Subject) -> Self {
        Self {
            pair,
            prompt: subject.run.as_ref().map(|run| run.tokens.clone()),
        }
    }

    /// Chosen by a link, for the next run that is shown.
    pub(crate) const fn linked(pair: (u32, u32)) -> Self {
        Self { pair, prompt: None }
    }

    /// The two, if they were chosen for the run that is shown.
    pub(crate) fn of(&self, subject: &Subject) -> Option<(u32, u32)> {
        let shown = subject.run.as_ref().map(|run| &run.tokens);
        (shown.is_some() && self.prompt.as_ref() == shown).then_some(self.pair)
    }

    /// The two for a run that has just been shown; `None` if it is of another prompt.
    pub(crate) fn kept_for(self, subject: &Subject) -> Option<Self> {
        match self.prompt {
            None => Some(Self::chosen(self.pair, subject)),
            Some(_) => self.of(subject).is_some().then_some(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::run::tests::run;

    #[test]
    fn tokens_chosen_for_one_prompt_say_nothing_of_another() {
        let mut subject = Subject::default();
        subject.show(run(&["Lily", " ran"]));
        let chosen = ComparedTokens::chosen((7, 3), &subject);
        assert_eq!(chosen.of(&subject), Some((7, 3)));
        subject.show(run(&["Lily", " ran", " home"]));
        assert_eq!(chosen.of(&subject), None);
        assert_eq!(chosen.kept_for(&subject), None);
    }

    #[test]
    fn tokens_of_a_link_are_those_of_the_run_that_it_asks_for() {
        let mut subject = Subject::default();
        let linked = ComparedTokens::linked((7, 3));
        assert_eq!(linked.of(&subject), None);
        subject.show(run(&["Lily", " ran"]));
        assert_eq!(linked.of(&subject), None);
        let kept = linked.kept_for(&subject).unwrap();
        assert_eq!(kept.of(&subject), Some((7, 3)));
    }
}
