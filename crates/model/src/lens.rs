//! The logit lens: what the model would say next if its residual stream ended
//! earlier.
//!
//! The final norm is computed anew on the stream as it stands after some block,
//! and what comes out is unembedded. A caller asks for one place and a few
//! positions at a time, so that no `[place, pos, d_vocab]` tensor exists: at
//! GPT-2's size that would be 2.6 GB.

use std::ops::Range;

use burn::tensor::Tensor;
use headlight_activations::{Capture, Edit, HookPoint, Site};

use crate::readback::Readback;
use crate::run::check_finite;
use crate::tap::Tap;
use crate::{LogitsWanted, Model, Pace, RunError, RunOutput, RunRequest};

/// A finished run whose residual stream can be unembedded place by place.
#[derive(Debug)]
pub struct Lens<'a> {
    model: &'a Model,
    places: Vec<(HookPoint, StreamPlace)>,
}

/// What is known of one place along the stream.
#[derive(Debug)]
enum StreamPlace {
    /// The stream, `[1, pos, d_model]`, not yet normalised.
    Residual(Tensor<3>),
    /// What the run's own final norm put out, `[1, pos, d_model]`, edited if it was.
    Normalized(Tensor<3>),
}

impl Model {
    /// Runs a sequence and keeps its residual stream for the logit lens.
    ///
    /// Pauses after every layer. Nothing is read from the device here.
    ///
    /// # Errors
    ///
    /// Returns an error if the tokens or edits do not fit the model, if `pace`
    /// stops the run, or if the device fails.
    pub async fn lens<P: Pace>(
        &self,
        tokens: &[u32],
        edits: &[Edit],
        pace: &P,
    ) -> Result<Lens<'_>, RunError> {
        let last = self.architecture.shape.n_layers - 1;
        let before_last = (0..last).map(|layer| HookPoint::block(layer, Site::ResidPost));
        let hooks = std::iter::once(HookPoint::block(0, Site::ResidPre)).chain(before_last);
        let request = RunRequest {
            tokens,
            capture: &Capture::all_positions(hooks),
            edits,
            logits: LogitsWanted::Last,
        };
        let RunOutput { kept, taken, .. } = self.run(request, pace).await?;
        let dims = [1, tokens.len(), self.architecture.shape.d_model];
        let residual = |values: Tensor<1>| StreamPlace::Residual(values.reshape(dims));
        // The last place is the run itself, so that it has the run's own numbers,
        // also where an edit changed the final norm's output.
        let end = (
            HookPoint::block(last, Site::ResidPost),
            StreamPlace::Normalized(kept.normalized),
        );
        let places = taken
            .into_iter()
            .map(|taken| (taken.hook, residual(taken.values)))
            .chain([end])
            .collect();
        Ok(Lens {
            model: self,
            places,
        })
    }
}

impl Lens<'_> {
    /// The places in the order of the stream: `resid_pre` of the first layer,
    /// then `resid_post` of every layer.
    pub fn hooks(&self) -> impl Iterator<Item = HookPoint> {
        self.places.iter().map(|&(hook, _)| hook)
    }

    /// Logits of some positions at one place, counted as in [`Lens::hooks`], in
    /// one read: `[position, d_vocab]`, row-major.
    ///
    /// An edit of the final norm's output changes the last place only: the lens
    /// looks at the others through the norm as it is.
    ///
    /// # Errors
    ///
    /// Returns an error if the device fails or answers with something that is
    /// no number.
    ///
    /// # Panics
    ///
    /// Panics if there is no such place, or a position is beyond the sequence.
    pub async fn logits(
        &self,
        place: usize,
        positions: Range<usize>,
    ) -> Result<Vec<f32>, RunError> {
        let mut readback = Readback::default();
        let slots: Vec<_> = match &self.places[place].1 {
            StreamPlace::Residual(stream) => {
                let stream = stream.clone().narrow(1, positions.start, positions.len());
                let normalized = self.model.final_norm(stream, &mut Tap::default());
                vec![readback.add(self.model.unembed(normalized))]
            }
            StreamPlace::Normalized(normalized) => {
                // The last position alone, as a run unembeds it: a product with one row
                // more may round otherwise, and the two are to be the same numbers.
                let last = normalized.dims()[1] - 1;
                let before = positions.start..positions.end.min(last);
                let parts = [before, positions.start.max(last)..positions.end];
                let parts = parts.into_iter().filter(|part| !part.is_empty());
                let unembedded = parts.map(|part| {
                    let part = normalized.clone().narrow(1, part.start, part.len());
                    readback.add(self.model.unembed(part))
                });
                unembedded.collect()
            }
        };
        let mut values = readback.read().await?;
        let parts = slots.into_iter().map(|slot| values.take(slot));
        let logits = parts.collect::<Vec<_>>().concat();
        check_finite("logits", &logits)?;
        Ok(logits)
    }
}
