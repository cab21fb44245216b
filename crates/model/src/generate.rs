//! Generation: token by token, with keys and values kept.

use headlight_activations::Edit;

use crate::cache::Cache;
use crate::forward::Pass;
use crate::readback::Readback;
use crate::run::check_finite;
use crate::sampling::softmax;
use crate::tap::{ResolvedEdit, Tap};
use crate::{Model, Pace, RunError, Sampler};

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
    /// All tokens that have been read.
    tokens: Vec<u32>,
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
            tokens: Vec::new(),
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
            // A single token is so little work that one pause, after the first layer, is enough.
            if tokens.len() > 1 || layer == 0 {
                pace.pause().await?;
            }
        }
        let last = model
            .final_norm(residual, &mut pass.tap)
            .narrow(1, tokens.len() - 1, 1);
        let mut readback = Readback::default();
        let slot = readback.add(model.unembed(last));
        self.logits = readback.read().await?.take(slot);
        self.cache.advance(tokens.len());
        self.tokens.extend(tokens);
        match check_finite("logits", &self.logits) {
            Err(error) => Err(model
                .explanation(error, &self.tokens, &self.edits, pace)
                .await),
            Ok(()) => Ok(()),
        }
    }
}
