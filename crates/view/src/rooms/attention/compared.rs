//! The two tokens that the attribution compares, and the prompt that they were chosen for.

use super::state::AttentionRoom;
use super::words;
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

impl AttentionRoom {
    /// The two tokens that the attribution compares: those chosen for this prompt, else
    /// the two most probable next tokens of the whole model.
    #[must_use]
    pub fn contrast(&self, subject: &Subject) -> Option<(u32, u32)> {
        let run = subject.run.as_ref()?;
        // Not of the model with parts taken out: the bars with and without them say
        // something of each other only if they are about the same two tokens.
        let next = run.clean.as_ref().map_or(&run.next, |clean| &clean.next);
        let probable = || match next.as_slice() {
            [first, second, ..] => Some((first.id, second.id)),
            _ => None,
        };
        let chosen = self.compared.as_ref().and_then(|pair| pair.of(subject));
        chosen.or_else(probable)
    }

    /// The tokens that can be chosen to be compared, with their texts: the most probable
    /// ones, and the two that are compared, wherever they come from.
    #[must_use]
    pub fn comparable(&self, subject: &Subject) -> Vec<(u32, String)> {
        let mut listed = subject.comparable();
        let compared = self.contrast(subject);
        for id in compared.into_iter().flat_map(|(token, against)| [token, against]) {
            if listed.iter().all(|(other, _)| *other != id) {
                let prompt = subject.run.iter().flat_map(|run| &run.tokens);
                let known = prompt.into_iter().find(|token| token.id == id);
                let text = known.map_or_else(|| words::token_by_id(id), |token| token.text.clone());
                listed.push((id, text));
            }
        }
        listed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::run::tests::{edited, run};

    #[test]
    fn what_is_compared_is_always_in_the_list() {
        let (mut room, mut subject) = (AttentionRoom::default(), Subject::default());
        subject.show(run(&["Lily", " ran"]));
        let in_prompt = subject.run.as_ref().unwrap().tokens[1].clone();
        room.compared = Some(ComparedTokens::chosen((in_prompt.id, 444), &subject));
        let listed = room.comparable(&subject);
        assert!(listed.contains(&(in_prompt.id, in_prompt.text)), "{listed:?}");
        assert!(listed.contains(&(444, "token 444".to_owned())), "{listed:?}");
        let mut ids: Vec<u32> = listed.iter().map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), listed.len());
    }

    #[test]
    fn with_parts_out_the_two_tokens_are_those_of_the_whole_model() {
        let (room, mut subject) = (AttentionRoom::default(), Subject::default());
        let run = edited();
        let clean = &run.clean.as_ref().unwrap().next;
        let expected = (clean[0].id, clean[1].id);
        assert_ne!(expected, (run.next[0].id, run.next[1].id));
        subject.show(run);
        assert_eq!(room.contrast(&subject), Some(expected));
    }

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
