//! How surprised a model was by the tokens of a run, and whether that comes with it.

use headlight_activations::{Edit, Surprise};
use headlight_model::{KeptRun, Pace};

use crate::{AnswerError, LastRun, Loaded};

impl Loaded {
    /// How surprised the model was by each token of an earlier run, and the same without
    /// the edits where there were any.
    ///
    /// # Errors
    ///
    /// Returns an error if `pace` stops it or the device fails.
    pub async fn surprise<P: Pace>(
        &self,
        last: &LastRun,
        pace: &P,
    ) -> Result<(Surprise, Option<Surprise>), AnswerError> {
        let of = async |kept: &KeptRun, edits: &[Edit]| {
            let nll = kept.surprise(&self.model, &last.tokens, pace).await;
            let nll = self.model.explained(nll, &last.tokens, edits, pace).await;
            Ok::<_, AnswerError>(Surprise::after_the_first(&nll?))
        };
        let clean = match &last.clean {
            Some(kept) => Some(of(kept, &[]).await?),
            None => None,
        };
        Ok((of(&last.kept, &last.edits).await?, clean))
    }

    /// Whether the surprise of `n` tokens is too much work to come with their run.
    #[must_use]
    pub const fn is_surprise_late(&self, n: usize) -> bool {
        let shape = &self.model.architecture.shape;
        // A product of that many terms takes about 30 ms in a browser.
        n.saturating_mul(shape.d_vocab)
            .saturating_mul(shape.d_model)
            > 500_000_000
    }
}
