//! Where the numbers of a run first leave the range of 32-bit floats.
//!
//! An answer that is not finite says nothing of what went wrong. On a CPU it can
//! only come from the numbers: weights or an edit, each finite, that were too large
//! when multiplied. The run is then made once more, layer by layer, with all its
//! hook points read, up to the first that is not finite. A run whose answer is
//! finite pays nothing for this.

use burn::tensor::{Device, Tensor};
use headlight_activations::{Capture, CapturePos, Edit, HookPoint, Site};

use crate::forward::Pass;
use crate::readback::Readback;
use crate::tap::{ResolvedEdit, Taken, Tap};
use crate::{Model, Pace, RunError};

/// A number that is none.
#[derive(Clone, Copy, Debug)]
struct NotFinite {
    hook: HookPoint,
    pos: usize,
    value: f32,
}

impl Model {
    /// Says of an answer that is not finite where in the run it comes from; hands
    /// on everything else. `tokens` and `edits` are those of the run.
    ///
    /// On a GPU the device may be to blame, and the answer stays as it is.
    ///
    /// # Errors
    ///
    /// Returns the error that was found, or [`RunError::Overflow`] or
    /// [`RunError::OverflowIn`] in place of [`RunError::NotFinite`]; or an error if
    /// `pace` stops the search, or if the device fails.
    pub async fn explained<T, P: Pace>(
        &self,
        found: Result<T, RunError>,
        tokens: &[u32],
        edits: &[Edit],
        pace: &P,
    ) -> Result<T, RunError> {
        match found {
            Err(error @ RunError::NotFinite { .. }) => {
                let n_ctx = self.architecture.shape.n_ctx;
                let edits = self.resolve(edits, tokens, n_ctx, pace).await?;
                Err(self.explanation(error, tokens, &edits, pace).await)
            }
            other => other,
        }
    }

    /// An error in other words where it is an answer that is not finite; `edits` are
    /// resolved.
    pub(crate) async fn explanation<P: Pace>(
        &self,
        error: RunError,
        tokens: &[u32],
        edits: &[ResolvedEdit],
        pace: &P,
    ) -> RunError {
        let (what, value) = match error {
            RunError::NotFinite { what, value } if self.device() == Device::flex() => (what, value),
            other => return other,
        };
        match self.first_not_finite(tokens, edits, pace).await {
            Ok(Some(NotFinite { hook, pos, value })) => RunError::Overflow { hook, pos, value },
            Ok(None) => RunError::OverflowIn { what, value },
            Err(error) => error,
        }
    }

    async fn first_not_finite<P: Pace>(
        &self,
        tokens: &[u32],
        edits: &[ResolvedEdit],
        pace: &P,
    ) -> Result<Option<NotFinite>, RunError> {
        let embeddings = Capture::all_positions([HookPoint::Embed, HookPoint::PosEmbed]);
        let mut pass = pass(edits, &embeddings);
        let mut residual = self.embed(self.token_tensor(tokens), &mut pass);
        let mut first = first_of(pass.tap).await?;
        for layer in 0..self.weights.blocks.len() {
            if first.is_some() {
                return Ok(first);
            }
            pace.pause().await?;
            let before = residual.clone();
            (residual, first) = self.block_and_first(layer, residual, edits).await?;
            first = match first {
                Some(z) if z.hook == HookPoint::block(layer, Site::Z) => {
                    Some(self.score_behind(z, layer, before, edits).await?)
                }
                other => other,
            };
        }
        if first.is_some() {
            return Ok(first);
        }
        let hooks = [HookPoint::LnFinalScale, HookPoint::LnFinalNormalized];
        let capture = Capture::all_positions(hooks);
        let mut tap = Tap::new(edits, Some(&capture), 0);
        self.final_norm(residual, &mut tap);
        first_of(tap).await
    }

    /// One block, and the first of its values that is not finite. The two matrices
    /// are left out: as many as a prompt's tokens squared are never read.
    async fn block_and_first(
        &self,
        layer: usize,
        residual: Tensor<3>,
        edits: &[ResolvedEdit],
    ) -> Result<(Tensor<3>, Option<NotFinite>), RunError> {
        let shape = &self.architecture.shape;
        let hooks = Site::ALL.map(|site| HookPoint::block(layer, site));
        let hooks = hooks
            .into_iter()
            .filter(|hook| !hook.is_matrix() && hook.check(shape).is_ok());
        let capture = Capture::all_positions(hooks);
        let mut pass = pass(edits, &capture);
        let residual = self.block(layer, residual, &mut pass);
        Ok((residual, first_of(pass.tap).await?))
    }

    /// Weights are between 0 and 1, so a head's output of finite values is finite
    /// unless a score is not: that one's row of the matrix is read after all.
    async fn score_behind(
        &self,
        z: NotFinite,
        layer: usize,
        residual: Tensor<3>,
        edits: &[ResolvedEdit],
    ) -> Result<NotFinite, RunError> {
        let hook = HookPoint::block(layer, Site::AttnScores);
        let capture = Capture {
            hooks: [hook].into(),
            pos: CapturePos::At(z.pos),
        };
        let mut pass = pass(edits, &capture);
        self.block(layer, residual, &mut pass);
        let score = first_of(pass.tap).await?;
        Ok(score.map_or(z, |score| NotFinite {
            pos: z.pos,
            ..score
        }))
    }
}

fn pass<'a>(edits: &'a [ResolvedEdit], capture: &'a Capture) -> Pass<'a> {
    Pass {
        tap: Tap::new(edits, Some(capture), 0),
        cache: None,
        kept: None,
    }
}

/// The first value that is not finite, in the order of computation.
async fn first_of(tap: Tap<'_>) -> Result<Option<NotFinite>, RunError> {
    let mut readback = Readback::default();
    let taken: Vec<_> = tap
        .into_taken()
        .into_iter()
        .map(
            |Taken {
                 hook,
                 shape,
                 values,
             }| (hook, shape, readback.add(values)),
        )
        .collect();
    let mut values = readback.read().await?;
    let found = taken.into_iter().find_map(|(hook, shape, slot)| {
        let values = values.take(slot);
        let at = values.iter().position(|value| !value.is_finite())?;
        let (n_pos, value) = (shape.get(1).copied().unwrap_or(1), values[at]);
        let pos = at / (values.len() / n_pos).max(1);
        Some(NotFinite { hook, pos, value })
    });
    Ok(found)
}
