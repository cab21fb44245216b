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
    places: Vec<(HookPoint, Place)>,
}

/// What is known of one place along the stream.
#[derive(Debug)]
enum Place {
    /// The stream, `[1, pos, d_model]`, not yet normalised.
    Residual(Tensor<3>),
    /// The run's own logits, `[pos, d_vocab]`: nothing is left to compute.
    Logits(Tensor<2>),
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
            logits: LogitsWanted::All,
        };
        let RunOutput { logits, taken, .. } = self.run(request, pace).await?;
        let dims = [1, tokens.len(), self.architecture.shape.d_model];
        let residual = |values: Tensor<1>| Place::Residual(values.reshape(dims));
        // The last place is the run itself, so that it has the run's own numbers,
        // also where an edit changed the final norm's output.
        let end = (
            HookPoint::block(last, Site::ResidPost),
            Place::Logits(logits),
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
        let (first, count) = (positions.start, positions.len());
        let logits = match &self.places[place].1 {
            Place::Residual(stream) => {
                let stream = stream.clone().narrow(1, first, count);
                let normalized = self.model.final_norm(stream, &mut Tap::default());
                self.model.unembed(normalized).squeeze_dim::<2>(0)
            }
            Place::Logits(logits) => logits.clone().narrow(0, first, count),
        };
        let mut readback = Readback::default();
        let slot = readback.add(logits);
        let logits = readback.read().await?.take(slot);
        check_finite(&logits)?;
        Ok(logits)
    }
}
