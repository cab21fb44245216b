//! Direct logit attribution: which parts of the model put a logit difference
//! together.
//!
//! The residual stream at a position is a sum, and past the final norm's scale
//! everything is linear. With the scale of the run held fixed, a summand `c` adds
//!
//! ```text
//! ((c - mean c) * gain / scale) . w   =   c . (gain * w - mean(gain * w)) / scale
//! ```
//!
//! to the difference, `w` being the two tokens' rows of the unembedding, one less
//! the other. The right side asks for one direction instead of a norm for each
//! summand, and a head's share is `z_h . (W_O[h] direction)`: the device multiplies
//! each `W_O` by one vector, and neither `W_O` nor any head's output is read.
//!
//! Everything else is summed on the host in f64, from what the run computed in f32.

use std::collections::BTreeMap;

use burn::tensor::Tensor;
use headlight_activations::{
    Attribution, Capture, CapturePos, Component, Contribution, Edit, HookPoint, Site,
};
use headlight_kernels::matmul;

use crate::readback::{ReadValues, Readback, Slot};
use crate::run::check_finite;
use crate::{LogitsWanted, Model, Pace, RunError, RunOutput, RunRequest};

impl Model {
    /// Where the difference of two tokens' logits after a sequence comes from.
    ///
    /// Pauses after every layer; reads once.
    ///
    /// The components are what each part computed, its own edits included. They
    /// sum to the logit difference up to rounding, unless an edit writes into the
    /// stream itself (`hook_attn_out`, `hook_resid_*`) or the final norm's output
    /// at the last position: what such an edit put there or took away is no
    /// component's doing, and is what the sum lacks.
    ///
    /// # Errors
    ///
    /// Returns an error if the tokens or edits do not fit the model, if `pace`
    /// stops the run, or if the device fails or answers with something that is no
    /// number.
    ///
    /// # Panics
    ///
    /// Panics if `token` or `against` is not in the vocabulary: check against the
    /// shape first.
    pub async fn attribute<P: Pace>(
        &self,
        tokens: &[u32],
        token: u32,
        against: u32,
        edits: &[Edit],
        pace: &P,
    ) -> Result<Attribution, RunError> {
        let request = RunRequest {
            tokens,
            capture: &self.summands(),
            edits,
            logits: LogitsWanted::Last,
        };
        let output = self.run(request, pace).await?;
        let pair = [token as usize, against as usize];
        let mut readback = Readback::default();
        let slots = self.register(output, pair, &mut readback);
        let mut values = readback.read().await?;
        let logits = slots.logits.map(|slot| values.take(slot));
        let finite = check_finite("logits", &logits.concat());
        self.explained(finite, tokens, edits, pace).await?;
        let [plus, minus] = logits.map(|logit| f64::from(logit[0]));
        let components = slots.contributions(self.architecture.shape.d_head, &mut values);
        let in_f32: Vec<f32> = components.iter().map(|part| part.value as f32).collect();
        let finite = check_finite("components", &in_f32);
        self.explained(finite, tokens, edits, pace).await?;
        Ok(Attribution {
            token,
            against,
            logit_difference: plus - minus,
            sum: components.iter().map(|component| component.value).sum(),
            components,
        })
    }

    /// What is read of the run: the summands at the last position, heads before
    /// their output projection, and the final norm's scale.
    fn summands(&self) -> Capture {
        let shape = &self.architecture.shape;
        let in_blocks = (0..shape.n_layers)
            .flat_map(|layer| [Site::Z, Site::MlpOut].map(|site| HookPoint::block(layer, site)))
            .filter(|hook| hook.check(shape).is_ok());
        let around = [
            HookPoint::Embed,
            HookPoint::PosEmbed,
            HookPoint::LnFinalScale,
        ];
        Capture {
            hooks: around.into_iter().chain(in_blocks).collect(),
            pos: CapturePos::Last,
        }
    }

    /// Asks for everything that the host needs, in one read.
    fn register(&self, output: RunOutput, pair: [usize; 2], readback: &mut Readback) -> Slots {
        let unembedding = self.unembedding();
        let rows = pair.map(|id| unembedding.clone().narrow(0, id, 1));
        let final_norm = &self.weights.ln_f;
        let gain = final_norm.gain.val();
        let [plus, minus] = rows.clone();
        let gained = (plus - minus) * gain.clone().unsqueeze::<2>();
        let direction = gained.clone() - gained.mean_dim(1);
        let column: Tensor<2> = direction.swap_dims(0, 1);
        let layers = self.weights.blocks.iter().map(|block| LayerSlots {
            readout: readback.add(matmul(block.c_proj.weight.val(), column.clone())),
            bias: readback.add(block.c_proj.bias.val()),
        });
        let layers = layers.collect();
        Slots {
            logits: pair.map(|id| readback.add(output.logits.clone().narrow(1, id, 1))),
            rows: rows.map(|row| readback.add(row)),
            gain: readback.add(gain),
            bias: readback.add(final_norm.bias.val()),
            layers,
            taken: output
                .taken
                .into_iter()
                .map(|taken| (taken.hook, readback.add(taken.values)))
                .collect(),
        }
    }
}

/// Where the values of one attribution are in its read.
struct Slots {
    /// Of the two tokens: one number each.
    logits: [Slot; 2],
    /// The two tokens' rows of the unembedding: `[d_model]` each.
    rows: [Slot; 2],
    /// The final norm's gain, `[d_model]`.
    gain: Slot,
    /// The final norm's bias, `[d_model]`.
    bias: Slot,
    layers: Vec<LayerSlots>,
    /// The run's activations at the last position.
    taken: BTreeMap<HookPoint, Slot>,
}

struct LayerSlots {
    /// `W_O` times the direction: `[head, d_head]`.
    readout: Slot,
    /// The attention's output bias: `[d_model]`.
    bias: Slot,
}

impl Slots {
    /// Every component in the order of the stream.
    fn contributions(&self, d_head: usize, values: &mut ReadValues) -> Vec<Contribution> {
        let [plus, minus] = self.rows.map(|slot| values.take(slot));
        let difference: Vec<f64> = plus
            .iter()
            .zip(&minus)
            .map(|(&plus, &minus)| f64::from(plus) - f64::from(minus))
            .collect();
        let direction = centred(&values.take(self.gain), &difference);
        let scale = f64::from(values.take(self.taken[&HookPoint::LnFinalScale])[0]);
        let mut components = Vec::new();
        let mut push = |component, value| components.push(Contribution { component, value });
        let embeddings = [
            (Component::Embed, HookPoint::Embed),
            (Component::PosEmbed, HookPoint::PosEmbed),
        ];
        for (component, hook) in embeddings {
            let summand = values.take(self.taken[&hook]);
            push(component, dot(&summand, &direction) / scale);
        }
        for (layer, slots) in self.layers.iter().enumerate() {
            let z = values.take(self.taken[&HookPoint::block(layer, Site::Z)]);
            let readout = in_f64(&values.take(slots.readout));
            let heads = z.chunks_exact(d_head).zip(readout.chunks_exact(d_head));
            for (head, (z, readout)) in heads.enumerate() {
                push(Component::Head { layer, head }, dot(z, readout) / scale);
            }
            let bias = values.take(slots.bias);
            push(
                Component::AttnBias { layer },
                dot(&bias, &direction) / scale,
            );
            if let Some(&slot) = self.taken.get(&HookPoint::block(layer, Site::MlpOut)) {
                let written = values.take(slot);
                push(Component::Mlp { layer }, dot(&written, &direction) / scale);
            }
        }
        // Added behind the scale, so neither divided by it nor centred.
        let bias = values.take(self.bias);
        push(Component::FinalBias, dot(&bias, &difference));
        components
    }
}

/// `gain * w`, less its mean: the direction that a norm's centring leaves of `w`.
fn centred(gain: &[f32], w: &[f64]) -> Vec<f64> {
    let gained: Vec<f64> = in_f64(gain)
        .iter()
        .zip(w)
        .map(|(gain, w)| gain * w)
        .collect();
    let mean = gained.iter().sum::<f64>() / gained.len() as f64;
    gained.into_iter().map(|x| x - mean).collect()
}

fn in_f64(values: &[f32]) -> Vec<f64> {
    values.iter().copied().map(f64::from).collect()
}

fn dot(a: &[f32], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(&a, &b)| f64::from(a) * b).sum()
}
