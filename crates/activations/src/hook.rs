//! Hook points: the places in the forward pass that have a name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{ModelShape, Quoted};

/// A named axis of an activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Axis {
    /// Rows of a batch.
    Batch,
    /// Positions in the sequence.
    Pos,
    /// Query heads.
    Head,
    /// Key and value heads.
    KvHead,
    /// Positions that look.
    Query,
    /// Positions that are looked at.
    Key,
    /// The residual stream.
    DModel,
    /// The width of one head.
    DHead,
    /// The hidden layer of the MLP.
    DMlp,
    /// A single number kept as an axis of length 1.
    One,
}

/// A place in the forward pass whose value can be read or edited.
///
/// `Display` writes the TransformerLens name, so an activation here can be
/// compared with a Python dump by key. Order is the order of computation
/// within a block only as far as the variants below are listed so; use it for
/// sorting, not for scheduling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HookPoint {
    /// Token embedding: `[batch, pos, d_model]`.
    Embed,
    /// Position embedding: `[batch, pos, d_model]`.
    PosEmbed,
    /// Inside block `layer`.
    Block {
        /// Index of the block, from 0.
        layer: usize,
        /// The place in the block.
        site: Site,
    },
    /// `sqrt(var + eps)` of the final norm: `[batch, pos, 1]`.
    LnFinalScale,
    /// Output of the final norm, after gain and bias: `[batch, pos, d_model]`.
    LnFinalNormalized,
}

/// A place inside a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Site {
    /// Residual stream entering the block: `[batch, pos, d_model]`.
    ResidPre,
    /// `sqrt(var + eps)` of the norm before attention: `[batch, pos, 1]`.
    Ln1Scale,
    /// Output of the norm before attention, after gain and bias: `[batch, pos, d_model]`.
    Ln1Normalized,
    /// Queries: `[batch, pos, head, d_head]`.
    Q,
    /// Keys: `[batch, pos, kv_head, d_head]`.
    K,
    /// Values: `[batch, pos, kv_head, d_head]`.
    V,
    /// Attention logits after scaling and masking, before softmax:
    /// `[batch, head, query, key]`. Masked entries are `f32::NEG_INFINITY`.
    AttnScores,
    /// Attention weights; each `[key]` row sums to 1: `[batch, head, query, key]`.
    AttnPattern,
    /// Weighted values of each head, before the output projection: `[batch, pos, head, d_head]`.
    Z,
    /// What attention adds to the residual stream: `[batch, pos, d_model]`.
    AttnOut,
    /// Residual stream between attention and MLP: `[batch, pos, d_model]`.
    ResidMid,
    /// `sqrt(var + eps)` of the norm before the MLP: `[batch, pos, 1]`.
    Ln2Scale,
    /// Output of the norm before the MLP, after gain and bias: `[batch, pos, d_model]`.
    Ln2Normalized,
    /// MLP before its activation function: `[batch, pos, d_mlp]`.
    MlpPre,
    /// MLP after its activation function: `[batch, pos, d_mlp]`.
    MlpPost,
    /// What the MLP adds to the residual stream: `[batch, pos, d_model]`.
    MlpOut,
    /// Residual stream leaving the block: `[batch, pos, d_model]`.
    ResidPost,
}

impl Site {
    /// Every site, in the order a sequential block computes them.
    pub const ALL: [Self; 17] = [
        Self::ResidPre,
        Self::Ln1Scale,
        Self::Ln1Normalized,
        Self::Q,
        Self::K,
        Self::V,
        Self::AttnScores,
        Self::AttnPattern,
        Self::Z,
        Self::AttnOut,
        Self::ResidMid,
        Self::Ln2Scale,
        Self::Ln2Normalized,
        Self::MlpPre,
        Self::MlpPost,
        Self::MlpOut,
        Self::ResidPost,
    ];

    /// The part of the name behind `blocks.{layer}.`.
    const fn suffix(self) -> &'static str {
        match self {
            Self::ResidPre => "hook_resid_pre",
            Self::Ln1Scale => "ln1.hook_scale",
            Self::Ln1Normalized => "ln1.hook_normalized",
            Self::Q => "attn.hook_q",
            Self::K => "attn.hook_k",
            Self::V => "attn.hook_v",
            Self::AttnScores => "attn.hook_attn_scores",
            Self::AttnPattern => "attn.hook_pattern",
            Self::Z => "attn.hook_z",
            Self::AttnOut => "hook_attn_out",
            Self::ResidMid => "hook_resid_mid",
            Self::Ln2Scale => "ln2.hook_scale",
            Self::Ln2Normalized => "ln2.hook_normalized",
            Self::MlpPre => "mlp.hook_pre",
            Self::MlpPost => "mlp.hook_post",
            Self::MlpOut => "hook_mlp_out",
            Self::ResidPost => "hook_resid_post",
        }
    }

    /// True for the places that exist only where a block has an MLP.
    const fn needs_mlp(self) -> bool {
        matches!(
            self,
            Self::ResidMid
                | Self::Ln2Scale
                | Self::Ln2Normalized
                | Self::MlpPre
                | Self::MlpPost
                | Self::MlpOut
        )
    }
}

/// A hook point that a model does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HookError {
    /// The layer index is out of range.
    #[error(
        "hook `{hook}` names layer {layer}, expected a layer from 0 to {}",
        n_layers - 1
    )]
    NoSuchLayer {
        /// The hook asked for.
        hook: HookPoint,
        /// The layer in it.
        layer: usize,
        /// Number of layers of the model.
        n_layers: usize,
    },
    /// The model has no MLP.
    #[error("hook `{hook}` does not exist in an attention-only model")]
    NoMlp {
        /// The hook asked for.
        hook: HookPoint,
    },
}

/// A string that is not the name of a hook point.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{}` is not a hook name, expected one such as `hook_embed` or `blocks.0.attn.hook_z`",
    Quoted(name)
)]
pub struct ParseHookError {
    /// What was found.
    pub name: String,
}

impl HookPoint {
    /// The place `site` of block `layer`.
    #[must_use]
    pub const fn block(layer: usize, site: Site) -> Self {
        Self::Block { layer, site }
    }

    /// Every hook point of a model, embeddings first, then block by block.
    #[must_use]
    pub fn all(shape: &ModelShape) -> Vec<Self> {
        let blocks =
            (0..shape.n_layers).flat_map(|layer| Site::ALL.map(|site| Self::Block { layer, site }));
        [Self::Embed, Self::PosEmbed]
            .into_iter()
            .chain(blocks)
            .chain([Self::LnFinalScale, Self::LnFinalNormalized])
            .filter(|hook| hook.check(shape).is_ok())
            .collect()
    }

    /// Checks that a model of this shape has this hook point.
    ///
    /// # Errors
    ///
    /// Returns an error if the layer is out of range, naming the range, or if
    /// the hook belongs to an MLP and the model has none.
    pub const fn check(self, shape: &ModelShape) -> Result<(), HookError> {
        if let Self::Block { layer, site } = self {
            if layer >= shape.n_layers {
                let n_layers = shape.n_layers;
                return Err(HookError::NoSuchLayer {
                    hook: self,
                    layer,
                    n_layers,
                });
            }
            if site.needs_mlp() && !shape.has_mlp() {
                return Err(HookError::NoMlp { hook: self });
            }
        }
        Ok(())
    }

    /// The axes of the activation here, outermost first.
    #[must_use]
    pub const fn axes(self) -> &'static [Axis] {
        match self {
            Self::LnFinalScale => &[Axis::Batch, Axis::Pos, Axis::One],
            Self::Embed | Self::PosEmbed | Self::LnFinalNormalized => {
                &[Axis::Batch, Axis::Pos, Axis::DModel]
            }
            Self::Block { site, .. } => match site {
                Site::Ln1Scale | Site::Ln2Scale => &[Axis::Batch, Axis::Pos, Axis::One],
                Site::Q | Site::Z => &[Axis::Batch, Axis::Pos, Axis::Head, Axis::DHead],
                Site::K | Site::V => &[Axis::Batch, Axis::Pos, Axis::KvHead, Axis::DHead],
                Site::AttnScores | Site::AttnPattern => {
                    &[Axis::Batch, Axis::Head, Axis::Query, Axis::Key]
                }
                Site::MlpPre | Site::MlpPost => &[Axis::Batch, Axis::Pos, Axis::DMlp],
                Site::ResidPre
                | Site::Ln1Normalized
                | Site::AttnOut
                | Site::ResidMid
                | Site::Ln2Normalized
                | Site::MlpOut
                | Site::ResidPost => &[Axis::Batch, Axis::Pos, Axis::DModel],
            },
        }
    }

    /// True for the denominators of norms, which can be read but not edited.
    #[must_use]
    pub const fn is_scale(self) -> bool {
        matches!(
            self,
            Self::LnFinalScale
                | Self::Block {
                    site: Site::Ln1Scale | Site::Ln2Scale,
                    ..
                }
        )
    }

    /// True for the two `[query, key]` matrices.
    #[must_use]
    pub const fn is_matrix(self) -> bool {
        matches!(
            self,
            Self::Block {
                site: Site::AttnScores | Site::AttnPattern,
                ..
            }
        )
    }

    /// Number of heads of the activation here; `None` where it has no head axis.
    #[must_use]
    pub fn n_heads(self, shape: &ModelShape) -> Option<usize> {
        self.axes()
            .iter()
            .find(|axis| matches!(axis, Axis::Head | Axis::KvHead))
            .and_then(|&axis| shape.len_of(axis))
    }
}

impl fmt::Display for HookPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embed => f.write_str("hook_embed"),
            Self::PosEmbed => f.write_str("hook_pos_embed"),
            Self::Block { layer, site } => write!(f, "blocks.{layer}.{}", site.suffix()),
            Self::LnFinalScale => f.write_str("ln_final.hook_scale"),
            Self::LnFinalNormalized => f.write_str("ln_final.hook_normalized"),
        }
    }
}

impl FromStr for HookPoint {
    type Err = ParseHookError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let parsed = match name {
            "hook_embed" => Some(Self::Embed),
            "hook_pos_embed" => Some(Self::PosEmbed),
            "ln_final.hook_scale" => Some(Self::LnFinalScale),
            "ln_final.hook_normalized" => Some(Self::LnFinalNormalized),
            _ => parse_block(name),
        };
        parsed.ok_or_else(|| ParseHookError {
            name: name.to_owned(),
        })
    }
}

fn parse_block(name: &str) -> Option<HookPoint> {
    let (layer, suffix) = name.strip_prefix("blocks.")?.split_once('.')?;
    // `usize::from_str` would take "+1" and "01" too: one name per place.
    let is_plain = layer.bytes().all(|b| b.is_ascii_digit());
    let is_canonical = layer == "0" || !layer.starts_with('0');
    if !is_plain || !is_canonical {
        return None;
    }
    let layer = layer.parse().ok()?;
    let site = Site::ALL.into_iter().find(|site| site.suffix() == suffix)?;
    Some(HookPoint::Block { layer, site })
}

impl Serialize for HookPoint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for HookPoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: ModelShape = ModelShape {
        n_layers: 3,
        n_heads: 4,
        n_kv_heads: 2,
        d_model: 8,
        d_head: 2,
        d_mlp: 32,
        d_vocab: 50,
        n_ctx: 16,
    };

    #[test]
    fn names_are_those_of_transformer_lens() {
        let name = |layer, site| HookPoint::block(layer, site).to_string();
        assert_eq!(name(3, Site::AttnPattern), "blocks.3.attn.hook_pattern");
        assert_eq!(name(0, Site::Ln1Scale), "blocks.0.ln1.hook_scale");
        assert_eq!(name(11, Site::ResidPost), "blocks.11.hook_resid_post");
        assert_eq!(
            HookPoint::LnFinalNormalized.to_string(),
            "ln_final.hook_normalized"
        );
    }

    #[test]
    fn every_name_reads_back() {
        let all = HookPoint::all(&SHAPE);
        assert_eq!(all.len(), 4 + 3 * 17);
        for hook in all {
            assert_eq!(hook.to_string().parse(), Ok(hook));
        }
    }

    #[test]
    fn a_name_that_is_refused_is_cut_and_cannot_drive_a_terminal() {
        let long = format!("\u{1b}[2J{}", "x".repeat(1_000_000));
        let said = long.parse::<HookPoint>().unwrap_err().to_string();
        assert!(
            said.starts_with(r"`\u{1b}[2Jxxx") && said.len() < 200,
            "{said}"
        );
    }

    #[test]
    fn names_of_other_shapes_are_refused() {
        for name in [
            "",
            "blocks.",
            "blocks.0",
            "blocks.01.hook_resid_pre",
            "blocks.+1.attn.hook_q",
            "blocks.-1.attn.hook_q",
            "blocks.99999999999999999999.attn.hook_q",
            "blocks.0.attn.hook_w",
            "hook_embed ",
            "blocks.0.ln_final.hook_scale",
        ] {
            assert!(name.parse::<HookPoint>().is_err(), "{name}");
        }
    }

    #[test]
    fn a_layer_out_of_range_names_the_range() {
        let error = HookPoint::block(3, Site::Q).check(&SHAPE).unwrap_err();
        assert_eq!(
            error.to_string(),
            "hook `blocks.3.attn.hook_q` names layer 3, expected a layer from 0 to 2"
        );
    }

    #[test]
    fn an_attention_only_model_has_no_mlp_hooks() {
        let shape = ModelShape { d_mlp: 0, ..SHAPE };
        assert!(HookPoint::block(0, Site::MlpOut).check(&shape).is_err());
        assert!(HookPoint::block(0, Site::ResidPost).check(&shape).is_ok());
        assert_eq!(HookPoint::all(&shape).len(), 4 + 3 * 11);
    }

    #[test]
    fn keys_and_values_count_their_own_heads() {
        assert_eq!(HookPoint::block(0, Site::Q).n_heads(&SHAPE), Some(4));
        assert_eq!(HookPoint::block(0, Site::K).n_heads(&SHAPE), Some(2));
        assert_eq!(HookPoint::Embed.n_heads(&SHAPE), None);
    }
}
