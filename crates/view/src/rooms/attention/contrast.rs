//! Which two tokens the attribution compares, and which could be.

use super::state::AttentionRoom;
use super::words;
use crate::frame::subject::Subject;

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
        self.chosen_pair(subject).or_else(probable)
    }

    /// The two tokens that were chosen for the prompt that is shown.
    fn chosen_pair(&self, subject: &Subject) -> Option<(u32, u32)> {
        self.compared.as_ref().and_then(|pair| pair.of(subject))
    }

    /// The next token that is marked in the list: the one chosen to be spoken for, else the
    /// most probable one.
    #[must_use]
    pub fn marked_next(&self, subject: &Subject) -> Option<u32> {
        let probable = || Some(subject.run.as_ref()?.next.first()?.id);
        let chosen = self.chosen_pair(subject);
        chosen.map(|(token, _)| token).or_else(probable)
    }

    /// The tokens that can be chosen to be compared, with their texts: the most probable
    /// ones, and the two that are compared, wherever they come from.
    #[must_use]
    pub fn comparable(&self, subject: &Subject) -> Vec<(u32, String)> {
        let mut listed = subject.comparable();
        let compared = self.contrast(subject);
        for id in compared
            .into_iter()
            .flat_map(|(token, against)| [token, against])
        {
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
    use crate::rooms::attention::compared::ComparedTokens;

    #[test]
    fn what_is_compared_is_always_in_the_list() {
        let (mut room, mut subject) = (AttentionRoom::default(), Subject::default());
        subject.show(run(&["Lily", " ran"]));
        let in_prompt = subject.run.as_ref().unwrap().tokens[1].clone();
        room.compared = Some(ComparedTokens::chosen((in_prompt.id, 444), &subject));
        let listed = room.comparable(&subject);
        assert!(
            listed.contains(&(in_prompt.id, in_prompt.text)),
            "{listed:?}"
        );
        assert!(
            listed.contains(&(444, "token 444".to_owned())),
            "{listed:?}"
        );
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
        let first = subject.run.as_ref().map(|run| run.next[0].id);
        assert_eq!(
            room.marked_next(&subject),
            first,
            "what the list says itself"
        );
    }
}
