//! The logit lens of a prompt, with the tokens' texts.

use std::ops::Range;

use headlight_activations::{Edit, LensRow, TokenProb};
use headlight_model::{Pace, RunError, most_probable};

use crate::{AnswerError, Loaded};

/// Positions unembedded at once: at GPT-2's size 13 MB of logits, and less work
/// than a layer of a whole context, so that a cancel is heard as soon as in a run.
const BLOCK: usize = 64;

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
        let seq_len = tokens.len();
        if let Some(pos) = positions.clone().next_back().filter(|&pos| pos >= seq_len) {
            return Err(RunError::NoSuchPosition { pos, seq_len }.into());
        }
        let lens = self.model.lens(tokens, edits, pace).await?;
        let mut rows = Vec::new();
        for (place, hook) in lens.hooks().enumerate() {
            for first in positions.clone().step_by(BLOCK) {
                let block = first..positions.end.min(first + BLOCK);
                let logits = lens.logits(place, block.clone()).await?;
                let by_pos = logits.chunks_exact(self.model.architecture.shape.d_vocab);
                rows.extend(block.zip(by_pos).map(|(pos, logits)| {
                    let top = self.top_tokens(logits, top);
                    LensRow { hook, pos, top }
                }));
                pace.pause().await.map_err(RunError::from)?;
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
