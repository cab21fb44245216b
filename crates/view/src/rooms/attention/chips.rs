//! The tokens of the prompt as chips.

use crate::frame::subject::Subject;
use crate::frame::words as frame_words;
use crate::rooms::attention::figures::surprise;
use crate::rooms::attention::state::AttentionRoom;
use headlight_figure::token;

/// How a token among the prompt's chips looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChipLook {
    /// True for the selected query.
    pub is_query: bool,
    /// True for a query that is averaged with the selected one.
    pub is_also_query: bool,
    /// True for the selected key.
    pub is_key: bool,
    /// True for the token under the pointer, here or in the map.
    pub is_pointed: bool,
    /// True for the first token that the model's language cannot have.
    pub is_stray: bool,
}

impl ChipLook {
    /// The classes of the style sheet.
    #[must_use]
    pub fn class(self) -> String {
        let marks = [
            (self.is_query || self.is_also_query, " query"),
            (self.is_key, " key"),
            (self.is_pointed, " pointed"),
            (self.is_stray, " stray"),
        ];
        let marks = marks.into_iter().filter(|(is_so, _)| *is_so);
        std::iter::once("chip")
            .chain(marks.map(|(_, class)| class))
            .collect()
    }
}

impl AttentionRoom {
    /// How each token of the run looks.
    #[must_use]
    pub fn chip_looks(&self, subject: &Subject) -> Vec<ChipLook> {
        let n = subject.run.as_ref().map_or(0, |run| run.seq_len());
        let mut looks = vec![ChipLook::default(); n];
        let mut mark = |pos: usize, mark: fn(&mut ChipLook)| {
            if let Some(look) = looks.get_mut(pos) {
                mark(look);
            }
        };
        let query = self.query(subject);
        mark(query, |look| look.is_query = true);
        for also in self
            .queries(subject)
            .into_iter()
            .filter(|also| *also != query)
        {
            mark(also, |look| look.is_also_query = true);
        }
        mark(self.key(subject), |look| look.is_key = true);
        for pos in self.hover.into_iter().flat_map(|(query, key)| [query, key]) {
            mark(pos, |look| look.is_pointed = true);
        }
        if let Some(stray) = subject.stray() {
            mark(stray, |look| look.is_stray = true);
        }
        looks
    }

    /// What has to be said of the prompt's tokens: words that are spelt, or a space at
    /// the end, after which a model knows little; and where the text leaves the language.
    #[must_use]
    pub fn token_note(&self, subject: &Subject) -> Option<String> {
        // The prompt in the field is another one, which the notes do not speak of.
        if subject.error.is_some() {
            return None;
        }
        let run = subject.run.as_ref()?;
        let tokens = &run.tokens;
        let texts = tokens.iter().map(|token| token.text.as_str());
        let spelt = frame_words::spelt_words(&token::spelt_words(texts));
        let ends_with_space = tokens.last().is_some_and(|last| last.text == " ");
        let spelt = spelt.or_else(|| {
            let has_bytes = tokens.iter().any(|token| token::is_byte(&token.text));
            has_bytes.then(|| frame_words::READ_AS_BYTES.to_owned())
        });
        let of_tokens =
            spelt.or_else(|| ends_with_space.then(|| frame_words::SPACE_AT_END.to_owned()));
        let truth = subject.truth.known();
        let leaves = truth.and_then(|truth| surprise::leaves(run, &truth));
        let said: Vec<String> = of_tokens.into_iter().chain(leaves).collect();
        (!said.is_empty()).then(|| said.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::run::tests::run;
    use crate::answers::truth::{ShownTruth, Truth};
    use crate::rooms::attention::state::tests::room;
    use headlight_figure::Shared;

    #[test]
    fn tokens_that_stand_out_are_marked() {
        let (mut room, subject) = room();
        room.toggle_row(&subject, 1);
        room.hover = Some((2, 0));
        let looks = room.chip_looks(&subject);
        let classes: Vec<String> = looks.iter().map(|look| look.class()).collect();
        let expected = [
            "chip key pointed",
            "chip query",
            "chip pointed",
            "chip query",
        ];
        assert_eq!(classes, expected);
        assert!(looks[3].is_query && looks[1].is_also_query);
        assert_eq!(ChipLook::default().class(), "chip");
        assert!(
            AttentionRoom::default()
                .chip_looks(&Subject::default())
                .is_empty()
        );
    }

    #[test]
    fn where_the_text_leaves_the_language_is_said_below_the_prompt() {
        let (room, mut subject) = room();
        assert_eq!(room.token_note(&subject), None);
        let truth: Truth = serde_json::from_str(
            r#"{"nll":[null,1.0,null,null],"next":[],"impossible":{"pos":2,"text":".","expected":[]}}"#,
        )
        .unwrap();
        subject.truth = ShownTruth::Known(Shared::new(truth));
        let note = room.token_note(&subject).unwrap();
        assert!(
            note.contains("only knows the stories of its training: “.” cannot follow"),
            "{note}"
        );
        subject.error = Some("Too long.".to_owned());
        assert_eq!(room.token_note(&subject), None, "of the prompt before");
    }

    #[test]
    fn a_space_at_the_end_is_explained() {
        let (mut room, mut subject) = room();
        assert_eq!(room.token_note(&subject), None);
        room.show(&mut subject, run(&["Lily", " ran", " "]), None);
        assert_eq!(
            room.token_note(&subject).as_deref(),
            Some(frame_words::SPACE_AT_END)
        );
    }
}
