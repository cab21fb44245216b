//! The logit lens of a prompt, with the tokens' texts.

use std::ops::Range;

use headlight_activations::{Edit, LensRow, TokenProb};
use headlight_model::{Pace, RunError, most_probable, prob_of};

use crate::{AnswerError, Loaded};

/// Positions unembedded at once: at GPT-2's size 13 MB of logits, and less work
/// than a layer of a whole context, so that a cancel is heard as soon as in a run.
const BLOCK: usize = 64;

/// Whether each row says how probable the last place's answer is.
#[derive(Clone, Copy)]
enum Answers {
    Said,
    Unsaid,
}

/// The most probable token, ties to the lowest id.
fn first_of(logits: &[f32]) -> u32 {
    most_probable(logits, 1).first().map_or(0, |(id, _)| *id)
}

impl Loaded {
    /// The logit lens: the next tokens that each place along the residual stream
    /// stands for, after the final norm computed anew on it.
    ///
    /// Rows: `resid_pre` of the first layer, then `resid_post` of every layer; in
    /// each the wanted positions in order. `top` is clamped to the vocabulary. The
    /// rows of the last layer hold the very probabilities of [`Loaded::run`] under
    /// the same edits. Pauses after every layer of the run and after every block
    /// of positions.
    ///
    /// # Errors
    ///
    /// Returns an error if the tokens, positions or edits do not fit the model or
    /// the prompt, if `pace` stops it, or if the device fails.
    pub async fn lens<P: Pace>(
        &self,
        tokens: &[u32],
        positions: Range<usize>,
        top: usize,
        edits: &[Edit],
        pace: &P,
    ) -> Result<Vec<LensRow>, AnswerError> {
        self.lens_rows(tokens, positions, top, edits, Answers::Unsaid, pace)
            .await
    }

    /// The logit lens with the probability that each place gives the answer of the last
    /// one, for following how an answer forms.
    ///
    /// # Errors
    ///
    /// As [`Loaded::lens`].
    pub async fn lens_with_answers<P: Pace>(
        &self,
        tokens: &[u32],
        positions: Range<usize>,
        top: usize,
        edits: &[Edit],
        pace: &P,
    ) -> Result<Vec<LensRow>, AnswerError> {
        self.lens_rows(tokens, positions, top, edits, Answers::Said, pace)
            .await
    }

    async fn lens_rows<P: Pace>(
        &self,
        tokens: &[u32],
        positions: Range<usize>,
        top: usize,
        edits: &[Edit],
        answers: Answers,
        pace: &P,
    ) -> Result<Vec<LensRow>, AnswerError> {
        let rows = self.rows_found(tokens, positions, top, edits, answers, pace);
        let explained = self.model.explained(rows.await, tokens, edits, pace).await;
        Ok(explained?)
    }

    async fn rows_found<P: Pace>(
        &self,
        tokens: &[u32],
        positions: Range<usize>,
        top: usize,
        edits: &[Edit],
        answers: Answers,
        pace: &P,
    ) -> Result<Vec<LensRow>, RunError> {
        let seq_len = tokens.len();
        if let Some(pos) = positions.clone().next_back().filter(|&pos| pos >= seq_len) {
            return Err(RunError::NoSuchPosition { pos, seq_len });
        }
        let lens = self.model.lens(tokens, edits, pace).await?;
        let d_vocab = self.model.architecture.shape.d_vocab;
        let blocks = positions.clone().step_by(BLOCK);
        let blocks = blocks.map(|first| first..positions.end.min(first + BLOCK));
        let answers = match answers {
            Answers::Unsaid => Vec::new(),
            Answers::Said => {
                let last = lens.hooks().count() - 1;
                let mut ids = Vec::new();
                for block in blocks.clone() {
                    let logits = lens.logits(last, block).await?;
                    ids.extend(logits.chunks_exact(d_vocab).map(first_of));
                }
                ids
            }
        };
        let mut rows = Vec::new();
        for (place, hook) in lens.hooks().enumerate() {
            for block in blocks.clone() {
                let logits = lens.logits(place, block.clone()).await?;
                let by_pos = logits.chunks_exact(d_vocab);
                rows.extend(block.zip(by_pos).map(|(pos, logits)| {
                    let answer = answers.get(pos - positions.start);
                    LensRow {
                        hook,
                        pos,
                        top: self.top_tokens(logits, top),
                        answer_prob: answer.map(|&id| prob_of(logits, id)),
                    }
                }));
                pace.pause().await?;
            }
        }
        Ok(rows)
    }

    fn top_tokens(&self, logits: &[f32], top: usize) -> Vec<TokenProb> {
        let with_text = |(id, prob)| TokenProb {
            id,
            text: self.tokenizer.token_text(id),
            prob,
        };
        most_probable(logits, top)
            .into_iter()
            .map(with_text)
            .collect()
    }
}
