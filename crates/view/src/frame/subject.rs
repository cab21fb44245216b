//! What every room looks at: the run that is shown, the selected head, what was taken
//! out of the model, and how the next token is drawn.

use headlight_activations::{Edit, Sampling};
use headlight_figure::Shared;

use super::ablation::{Ablation, Filler, Part};
use super::continuation::Continuation;
use crate::answers::head::Head;
use crate::answers::run::Run;
use crate::answers::truth::ShownTruth;

/// What every room looks at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subject {
    /// The run that is shown.
    pub run: Option<Shared<Run>>,
    /// The selected head.
    pub head: Head,
    /// What the model wrote after the prompt.
    pub continuation: Option<Continuation>,
    /// Why the newest prompt has no answer, in one sentence.
    pub error: Option<String>,
    /// The start of the newest prompt that the model can read, where it was too long.
    pub fitting: Option<String>,
    /// What the model's language itself says of the run.
    pub truth: ShownTruth,
    /// What was taken out of the model, oldest first.
    pub ablations: Vec<Ablation>,
    /// What takes the place of the next part that is taken out.
    pub filler: Filler,
    /// How the next token is drawn.
    pub sampling: Sampling,
}

impl Subject {
    /// Nothing yet but the head to look at.
    #[must_use]
    pub fn new(head: Head) -> Self {
        Self {
            head,
            ..Self::default()
        }
    }

    /// Shows a run. True if what was found out about the run before holds for it: the
    /// prompt is the same, and that run was a recorded one of the whole model.
    pub(crate) fn show(&mut self, run: Run) -> bool {
        let old = self.run.as_ref().filter(|old| old.tokens == run.tokens);
        // The same tokens have the same truth.
        if old.is_none() {
            self.truth = ShownTruth::None;
        }
        let is_recorded = old.is_some_and(|old| old.is_recorded());
        let holds = is_recorded && run.clean.is_none();
        self.run = Some(Shared::new(run));
        self.error = None;
        self.fitting = None;
        holds
    }

    /// Shows nothing; the head, and how tokens are drawn, stay.
    pub(crate) fn forget(&mut self) {
        *self = Self {
            head: self.head,
            sampling: self.sampling,
            filler: self.filler,
            ..Self::default()
        };
    }

    /// Number of tokens of the run that is shown.
    #[must_use]
    pub fn seq_len(&self) -> usize {
        self.run.as_ref().map_or(0, |run| run.seq_len())
    }

    /// What was taken out, as the engine takes it.
    #[must_use]
    pub fn edits(&self) -> Vec<Edit> {
        self.ablations.iter().map(|it| it.edit()).collect()
    }

    /// True if this part was taken out.
    #[must_use]
    pub fn is_ablated(&self, part: Part) -> bool {
        self.ablations.iter().any(|ablation| ablation.part == part)
    }

    /// The part that was taken out after this one, else the one before it.
    #[must_use]
    pub fn out_beside(&self, part: Part) -> Option<Part> {
        let place = self
            .ablations
            .iter()
            .position(|ablation| ablation.part == part)?;
        let after = self.ablations.get(place + 1);
        let beside = after.or_else(|| self.ablations.get(place.checked_sub(1)?));
        beside.map(|ablation| ablation.part)
    }

    /// Takes a part out, or puts it back.
    pub(crate) fn toggle_ablation(&mut self, part: Part) {
        if self.is_ablated(part) {
            self.ablations.retain(|ablation| ablation.part != part);
        } else {
            let filler = self.filler;
            self.ablations.push(Ablation { part, filler });
        }
    }

    /// The tokens that can be compared, with their texts: the most probable next ones,
    /// and those of the whole model where parts of it were taken out.
    #[must_use]
    pub fn comparable(&self) -> Vec<(u32, String)> {
        let mut found: Vec<(u32, String)> = Vec::new();
        for token in self.run.iter().flat_map(|run| run.listed_next()) {
            if found.iter().all(|(id, _)| *id != token.id) {
                found.push((token.id, token.text.clone()));
            }
        }
        found
    }

    /// The most probable next token but this one.
    #[must_use]
    pub fn rival(&self, token: u32) -> Option<u32> {
        let next = &self.run.as_ref()?.next;
        let mut others = next.iter().map(|other| other.id);
        others.find(|other| *other != token)
    }

    /// The first token that the model's language cannot have, if there is one.
    #[must_use]
    pub fn stray(&self) -> Option<usize> {
        let truth = self.truth.known()?;
        truth.impossible.as_ref().map(|token| token.pos)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::run::tests::edited;

    #[test]
    fn beside_a_part_that_is_put_back_is_the_next_one_that_is_out() {
        let mut subject = Subject::default();
        let parts = [Part::Mlp(0), Part::Mlp(1), Part::Mlp(2)];
        let out = |part| Ablation {
            part,
            filler: Filler::Zero,
        };
        subject.ablations = parts.map(out).to_vec();
        assert_eq!(subject.out_beside(parts[0]), Some(parts[1]));
        assert_eq!(subject.out_beside(parts[2]), Some(parts[1]));
        assert_eq!(subject.out_beside(Part::Mlp(3)), None);
        subject.ablations = vec![out(parts[0])];
        assert_eq!(subject.out_beside(parts[0]), None);
    }

    #[test]
    fn tokens_of_the_run_and_of_the_whole_model_can_be_compared() {
        let mut subject = Subject::default();
        subject.show(edited());
        let ids: Vec<u32> = subject.comparable().iter().map(|(id, _)| *id).collect();
        assert_eq!(ids, [1, 2, 7]);
        assert_eq!(subject.rival(1), Some(2));
    }
}
