//! The forward pass: embeddings, blocks, unembedding.

use burn::module::Module;
use burn::tensor::module::embedding;
use burn::tensor::{Device, Int, Tensor};
use headlight_activations::{HookPoint, Site};
use headlight_kernels::matmul;

use crate::attention::{AttentionPlan, DEFAULT_QUERY_BLOCK, Heads};
use crate::cache::Cache;
use crate::kept::KeptLayer;
use crate::tap::Tap;
use crate::{Architecture, DenseWeights, MlpWeights, NormWeights, Weights};

/// A transformer: what it is and what it has learnt.
#[derive(Clone, Debug)]
pub struct Model {
    /// Sizes and kinds of the parts.
    pub architecture: Architecture,
    /// Weights that were trained.
    pub weights: Weights,
    query_block: usize,
}

/// What travels with one pass through the blocks.
pub(crate) struct Pass<'a> {
    pub(crate) tap: Tap<'a>,
    /// Keys and values of the tokens before this pass, if any.
    pub(crate) cache: Option<&'a mut Cache>,
    /// Takes what is kept of each layer, if wanted.
    pub(crate) kept: Option<Vec<KeptLayer>>,
}

impl Pass<'_> {
    fn first_pos(&self) -> usize {
        self.cache.as_ref().map_or(0, |cache| cache.len())
    }
}

impl Model {
    /// Puts architecture and weights together.
    #[must_use]
    pub const fn new(architecture: Architecture, weights: Weights) -> Self {
        Self {
            architecture,
            weights,
            query_block: DEFAULT_QUERY_BLOCK,
        }
    }

    /// This model, attending with other blocks of queries. The result does not depend on
    /// it beyond rounding.
    #[must_use]
    pub const fn with_query_block(mut self, query_block: usize) -> Self {
        self.query_block = query_block;
        self
    }

    /// Number of parameters, each counted once.
    #[must_use]
    pub fn n_parameters(&self) -> u64 {
        self.weights.num_params() as u64
    }

    /// Where the weights are.
    #[must_use]
    pub fn device(&self) -> Device {
        self.weights.wte.val().device()
    }

    /// Logits of every position: `[batch, pos]` to `[batch, pos, d_vocab]`.
    ///
    /// The plain synchronous pass that training differentiates.
    #[must_use]
    pub fn logits(&self, tokens: Tensor<2, Int>) -> Tensor<3> {
        let mut pass = Pass {
            tap: Tap::default(),
            cache: None,
            kept: None,
        };
        let mut residual = self.embed(tokens, &mut pass);
        for layer in 0..self.weights.blocks.len() {
            residual = self.block(layer, residual, &mut pass);
        }
        let normalized = self.final_norm(residual, &mut pass.tap);
        self.unembed(normalized)
    }

    /// Tokens to the residual stream: `[batch, pos]` to `[batch, pos, d_model]`.
    pub(crate) fn embed(&self, tokens: Tensor<2, Int>, pass: &mut Pass<'_>) -> Tensor<3> {
        let [_, n] = tokens.dims();
        let token = embedding(self.weights.wte.val(), tokens);
        let token = pass.tap.at(HookPoint::Embed, token);
        let position = self
            .weights
            .wpe
            .val()
            .narrow(0, pass.first_pos(), n)
            .unsqueeze::<3>();
        let position = pass
            .tap
            .at(HookPoint::PosEmbed, position.expand(token.dims()));
        token + position
    }

    /// One block: `[batch, pos, d_model]` to the same.
    pub(crate) fn block(&self, layer: usize, x: Tensor<3>, pass: &mut Pass<'_>) -> Tensor<3> {
        let at = |site| HookPoint::block(layer, site);
        let weights = &self.weights.blocks[layer];
        let resid_pre = pass.tap.at(at(Site::ResidPre), x);
        let sites = [at(Site::Ln1Scale), at(Site::Ln1Normalized)];
        let normalized = self.norm(&weights.ln_1, resid_pre.clone(), sites, &mut pass.tap);
        let z = self.attention(layer, normalized, pass);
        let attn_out = pass.tap.at(at(Site::AttnOut), dense(&weights.c_proj, z));
        let mut residual = resid_pre + attn_out;
        if let Some(mlp) = &weights.mlp {
            residual = pass.tap.at(at(Site::ResidMid), residual);
            let mlp_out = self.mlp(layer, mlp, residual.clone(), &mut pass.tap);
            residual = residual + mlp_out;
        }
        pass.tap.at(at(Site::ResidPost), residual)
    }

    /// The normalised stream to the heads' outputs, side by side: `[batch, pos, d_model]`.
    fn attention(&self, layer: usize, normalized: Tensor<3>, pass: &mut Pass<'_>) -> Tensor<3> {
        let at = |site| HookPoint::block(layer, site);
        let shape = &self.architecture.shape;
        let [batch, n, d_model] = normalized.dims();
        let qkv = dense(&self.weights.blocks[layer].c_attn, normalized);
        let mut part = |index: usize, site| {
            let part = qkv.clone().narrow(2, index * d_model, d_model);
            let part = part.reshape([batch, n, shape.n_heads, shape.d_head]);
            pass.tap.at(at(site), part).swap_dims(1, 2)
        };
        let (q, k, v) = (part(0, Site::Q), part(1, Site::K), part(2, Site::V));
        let first_query = pass.first_pos();
        let (k, v) = match &mut pass.cache {
            Some(cache) => cache.extend(layer, k, v),
            None => (k, v),
        };
        let heads = Heads { q, k, v };
        let plan = AttentionPlan {
            layer,
            scale: self.architecture.attention_scale[layer],
            first_query,
            block_q: self.query_block,
        };
        let attended = plan.attend(&heads, &mut pass.tap);
        if let Some(kept) = &mut pass.kept {
            kept.push(KeptLayer {
                q: heads.q,
                k: heads.k,
                lse: attended.lse,
            });
        }
        let z = pass.tap.at(at(Site::Z), attended.z.swap_dims(1, 2));
        z.reshape([batch, n, d_model])
    }

    fn mlp(
        &self,
        layer: usize,
        weights: &MlpWeights,
        x: Tensor<3>,
        tap: &mut Tap<'_>,
    ) -> Tensor<3> {
        let at = |site| HookPoint::block(layer, site);
        let sites = [at(Site::Ln2Scale), at(Site::Ln2Normalized)];
        let normalized = self.norm(&weights.ln_2, x, sites, tap);
        let pre = tap.at(at(Site::MlpPre), dense(&weights.c_fc, normalized));
        let post = match self.architecture.mlp {
            Some(function) => function.apply(pre),
            None => pre,
        };
        let post = tap.at(at(Site::MlpPost), post);
        tap.at(at(Site::MlpOut), dense(&weights.c_proj, post))
    }

    /// The final norm: `[batch, pos, d_model]` to the same.
    pub(crate) fn final_norm(&self, x: Tensor<3>, tap: &mut Tap<'_>) -> Tensor<3> {
        let sites = [HookPoint::LnFinalScale, HookPoint::LnFinalNormalized];
        self.norm(&self.weights.ln_f, x, sites, tap)
    }

    /// The normalised stream to logits: `[batch, pos, d_model]` to `[batch, pos, d_vocab]`.
    pub(crate) fn unembed(&self, normalized: Tensor<3>) -> Tensor<3> {
        // A new axis before the swap: after it, the CPU backend would copy the matrix.
        let matrix = self.unembedding().unsqueeze::<3>();
        matmul(normalized, matrix.swap_dims(1, 2))
    }

    /// The unembedding as it stands in the file: `[d_vocab, d_model]`.
    pub(crate) fn unembedding(&self) -> Tensor<2> {
        let own = self.weights.lm_head.as_ref();
        own.unwrap_or(&self.weights.wte).val()
    }

    /// Layer norm over the last axis, with its two hooks: scale and output.
    fn norm(
        &self,
        weights: &NormWeights,
        x: Tensor<3>,
        [scale_hook, output_hook]: [HookPoint; 2],
        tap: &mut Tap<'_>,
    ) -> Tensor<3> {
        let mean = x.clone().mean_dim(2);
        let centered = x - mean;
        let variance = (centered.clone() * centered.clone()).mean_dim(2);
        let scale = tap.at(
            scale_hook,
            (variance + self.architecture.norm_epsilon).sqrt(),
        );
        let gain = weights.gain.val().unsqueeze::<3>();
        let bias = weights.bias.val().unsqueeze::<3>();
        let divisor = infinite_as_nan(scale);
        tap.at(output_hook, centered / divisor * gain + bias)
    }
}

/// A norm's scale, NaN where it is infinite. Divided by an infinite scale, as a variance
/// beyond 32-bit floats has, any stream would be 0 and look like a number that was
/// computed.
///
/// On the CPU, where what is not finite is told apart from a device's fault.
fn infinite_as_nan(scale: Tensor<3>) -> Tensor<3> {
    if scale.device() != Device::flex() {
        return scale;
    }
    let zero = scale.clone() - scale.clone();
    scale + zero
}

/// `x W + b`, `[batch, pos, d_in]` to `[batch, pos, d_out]`.
fn dense(weights: &DenseWeights, x: Tensor<3>) -> Tensor<3> {
    let [batch, n, d_in] = x.dims();
    let y = matmul(x.reshape([batch * n, d_in]), weights.weight.val());
    let d_out = y.dims()[1];
    (y + weights.bias.val().unsqueeze::<2>()).reshape([batch, n, d_out])
}
