//! Generation: token by token, with keys and values kept.

use burn::tensor::Tensor;
use headlight_activations::Edit;

use crate::forward::Pass;
use crate::run::Readback;
use crate::sampling::softmax;
use crate::tap::{ResolvedEdit, Tap};
use crate::{Model, Pace, RunError, Sampler};

/// Keys and values of the tokens so far, in tensors whose size never changes,
/// so that no token allocates.
#[derive(Debug)]
pub(crate) struct Cache {
    /// One pair per layer: `[1, head, capacity, d_head]` each.
    layers: Vec<(Tensor<4>, Tensor<4>)>,
    len: usize,
}

impl Cache {
    pub(crate) fn new(model: &Model, capacity: usize) -> Self {
        let shape = &model.architecture.shape;
        let empty = || Tensor::zeros([1, shape.n_heads, capacity, shape.d_head], &model.device());
        Self {
            layers: (0..shape.n_layers).map(|_| (empty(), empty())).collect(),
            len: 0,
        }
    }

    /// How many tokens came before the current pass.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Adds the keys and values of the current pass to a layer's, and returns
    /// all of them up to the capacity; those beyond are not to be looked at.
    pub(crate) fn extend(
        &mut self,
        layer: usize,
        k: Tensor<4>,
        v: Tensor<4>,
    ) -> (Tensor<4>, Tensor<4>) {
        let [batch, n_heads, n, d_head] = k.dims();
        let region = [0..batch, 0..n_heads, self.len..self.len + n, 0..d_head];
        let (keys, values) = &mut self.layers[layer];
        keys.inplace(|keys| keys.slice_assign(region.clone(), k));
        values.inplace(|values| values.slice_assign(region, v));
        (keys.clone(), values.clone())
    }

    fn advance(&mut self, n: usize) {
        self.len += n;
    }
}

/// A token that was generated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Generated {
    /// Its id.
    pub id: u32,
    /// The model's own probability for it, before temperature and cuts.
    pub prob: f64,
}

/// A generation under way.
#[derive(Debug)]
pub struct Generation<'m> {
    model: &'m Model,
    cache: Cache,
    edits: Vec<ResolvedEdit>,
    /// Logits for the next token: `[d_vocab]`.
    logits: Vec<f32>,
}

impl Model {
    /// Reads the prompt and gets ready to continue it.
    ///
    /// # Errors
    ///
    /// Returns an error if prompt or edits do not fit the model, if `pace`
    /// stops the run, or if the device fails.
    pub async fn generate<P: Pace>(
        &self,
        prompt: &[u32],
        max_tokens: usize,
        edits: &[Edit],
        pace: &P,
    ) -> Result<Generation<'_>, RunError> {
        self.check_tokens(prompt)?;
        let n_ctx = self.architecture.shape.n_ctx;
        let capacity = prompt.len().saturating_add(max_tokens).min(n_ctx);
        let edits = self.resolve(edits, prompt, n_ctx, pace).await?;
        let cache = Cache::new(self, capacity);
        let mut generation = Generation {
            model: self,
            cache,
            edits,
            logits: Vec::new(),
        };
        generation.read(prompt, pace).await?;
        Ok(generation)
    }
}

impl Generation<'_> {
    /// Logits for the next token: `[d_vocab]`.
    #[must_use]
    pub fn logits(&self) -> &[f32] {
        &self.logits
    }

    /// Draws the next token.
    ///
    /// # Panics
    ///
    /// Never: a prompt has been read, so there are logits.
    pub fn draw(&self, sampler: &mut Sampler) -> Generated {
        let id = sampler.draw(&self.logits);
        Generated {
            id,
            prob: softmax(&self.logits, 1.0)[id as usize],
        }
    }

    /// Takes tokens in, so that the logits are those behind the last of them.
    ///
    /// # Errors
    ///
    /// Returns an error if `pace` stops the run or the device fails.
    pub async fn read<P: Pace>(&mut self, tokens: &[u32], pace: &P) -> Result<(), RunError> {
        let model = self.model;
        let tap = Tap::new(&self.edits, None, self.cache.len());
        let mut pass = Pass {
            tap,
            cache: Some(&mut self.cache),
            kept: None,
        };
        let mut residual = model.embed(model.token_tensor(tokens), &mut pass);
        for layer in 0..model.weights.blocks.len() {
            residual = model.block(layer, residual, &mut pass);
            pace.pause().await?;
        }
        let last = model
            .final_norm(residual, &mut pass)
            .narrow(1, tokens.len() - 1, 1);
        let mut readback = Readback::default();
        let slot = readback.add(model.unembed(last));
        self.logits = readback.read().await?.take(slot);
        self.cache.advance(tokens.len());
        crate::run::check_finite(&self.logits)
    }
}
