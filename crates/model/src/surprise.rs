//! How surprised a model was by each token of a run.
//!
//! At GPT-2's size the unembedding of all positions is as much work as six layers, and
//! nobody waits for it to see what comes next. So a run keeps what its final norm put
//! out, and the surprise is had from it afterwards, a block of positions at a time.

use crate::loss::negative_log_likelihood;
use crate::readback::Readback;
use crate::run::check_finite;
use crate::{KeptRun, Model, Pace, RunError};

/// Positions unembedded at once: at GPT-2's size 13 MB of logits, and less work than a
/// layer of a whole context, so that a cancel is heard as soon as in a run.
const BLOCK: usize = 64;

impl KeptRun {
    /// Negative log-likelihood of each of the run's tokens from the second on, in nats.
    ///
    /// `model` and `tokens` are those of the run. Pauses after every block of positions;
    /// reads once.
    ///
    /// # Errors
    ///
    /// Returns an error if `pace` stops it, or if the device fails or answers with
    /// something that is no number.
    ///
    /// # Panics
    ///
    /// Panics if there are more tokens than the run had.
    pub async fn surprise<P: Pace>(
        &self,
        model: &Model,
        tokens: &[u32],
        pace: &P,
    ) -> Result<Vec<f32>, RunError> {
        let mut readback = Readback::default();
        let mut slots = Vec::new();
        let targets = tokens.get(1..).unwrap_or_default();
        for (block, targets) in targets.chunks(BLOCK).enumerate() {
            let stream = self.normalized.clone();
            let stream = stream.narrow(1, block * BLOCK, targets.len());
            let logits = model.unembed(stream).squeeze_dim::<2>(0);
            slots.push(readback.add(negative_log_likelihood(logits, targets)));
            pace.pause().await?;
        }
        if slots.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = readback.read().await?;
        let nll: Vec<f32> = slots
            .into_iter()
            .flat_map(|slot| values.take(slot))
            .collect();
        check_finite("surprise of a token", &nll)?;
        Ok(nll)
    }
}
