//! What `config.json` says about a model.
//!
//! Only what the forward pass needs is kept, and differences between models
//! are kept as data ([`Architecture`]), so that one block serves them all.

use headlight_activations::{ModelShape, NotUtf8, Quoted, utf8_text};
use serde::Deserialize;

use crate::safetensors::{LENGTH_BYTES, MAX_HEADER_BYTES};
use crate::{JsonComplaint, LfsPointer};

/// The largest value accepted for any size in `config.json`: beyond it no
/// model of the families we read exists, and products of sizes stay in range.
const MAX_SIZE: usize = 1 << 20;

/// Everything about a model but its weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Architecture {
    /// The sizes.
    pub shape: ModelShape,
    /// Added to the variance in every norm.
    pub norm_epsilon: f64,
    /// The MLP's activation function; `None` for an attention-only model.
    pub mlp: Option<ActivationFunction>,
    /// Multiplies `q . k`, one factor per layer.
    pub attention_scale: Vec<f64>,
    /// True if the unembedding is the token embedding, transposed.
    pub has_tied_head: bool,
    /// Ids that end a text; ids beyond the vocabulary have been left out.
    pub end_tokens: Vec<u32>,
    /// The language whose exact probabilities are known, such as `stories`.
    pub language: Option<String>,
}

/// The function between the two matrices of an MLP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActivationFunction {
    /// `max(0, x)`.
    Relu,
    /// `x / (1 + exp(-x))`.
    Silu,
    /// `x * Phi(x)` with the exact normal distribution function.
    Gelu,
    /// `0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))`.
    GeluTanh,
    /// `x / (1 + exp(-1.702 x))`.
    QuickGelu,
}

impl ActivationFunction {
    /// The function that Hugging Face calls `name`.
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "relu" => Some(Self::Relu),
            "silu" | "swish" => Some(Self::Silu),
            "gelu" | "gelu_python" => Some(Self::Gelu),
            "gelu_new" | "gelu_fast" | "gelu_pytorch_tanh" => Some(Self::GeluTanh),
            "quick_gelu" => Some(Self::QuickGelu),
            _ => None,
        }
    }
}

/// A `config.json` that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file is not there, only what stands for it in a repository.
    #[error("config.json {0}")]
    LfsPointer(LfsPointer),
    /// The bytes are not UTF-8.
    #[error("config.json {0}")]
    NotUtf8(#[from] NotUtf8),
    /// The text is not the JSON expected.
    #[error("config.json cannot be read: {}", JsonComplaint(.0))]
    Json(#[from] serde_json::Error),
    /// A family of models we do not read.
    #[error("config.json has model_type \"{}\", expected \"gpt2\"", Quoted(found))]
    UnknownModelType {
        /// What was found.
        found: String,
    },
    /// No family is named, and none can be told from `architectures`.
    #[error(
        "config.json has no model_type and architectures {found}, expected \"model_type\": \"gpt2\", \
         which may be added to that of a GPT-2"
    )]
    NoModelType {
        /// The first of `architectures`, quoted, or `none`.
        found: String,
    },
    /// An activation function we do not know.
    #[error(
        "config.json has activation_function \"{}\", expected one of relu, silu, gelu, \
         gelu_new, gelu_pytorch_tanh, quick_gelu",
        Quoted(found)
    )]
    UnknownActivation {
        /// What was found.
        found: String,
    },
    /// A size out of range.
    #[error("config.json has {field} = {found}, expected a number from 1 to {MAX_SIZE}")]
    Size {
        /// The field.
        field: &'static str,
        /// What was found.
        found: usize,
    },
    /// The width does not divide into heads.
    #[error("config.json has n_embd = {d_model} and n_head = {n_heads}, expected a multiple")]
    Heads {
        /// Width of the residual stream.
        d_model: usize,
        /// Number of heads.
        n_heads: usize,
    },
    /// The epsilon is not a positive number.
    #[error("config.json has layer_norm_epsilon = {found}, expected a number above 0 and below 1")]
    Epsilon {
        /// What was found.
        found: f64,
    },
    /// A variant of the architecture that we do not compute.
    #[error("config.json has {field} = true, which this engine does not compute")]
    Unsupported {
        /// The field.
        field: &'static str,
    },
}

/// The fields of a GPT-2 configuration. Sizes must be there; the rest has
/// Hugging Face's defaults.
#[derive(Debug, Deserialize)]
struct Gpt2Config {
    vocab_size: usize,
    n_positions: usize,
    n_embd: usize,
    n_layer: usize,
    n_head: usize,
    n_inner: Option<usize>,
    #[serde(default = "defaults::activation_function")]
    activation_function: String,
    #[serde(default = "defaults::layer_norm_epsilon")]
    layer_norm_epsilon: f64,
    #[serde(default = "defaults::yes")]
    tie_word_embeddings: bool,
    #[serde(default = "defaults::yes")]
    scale_attn_weights: bool,
    #[serde(default)]
    scale_attn_by_inverse_layer_idx: bool,
    #[serde(default)]
    add_cross_attention: bool,
    #[serde(default)]
    attn_only: bool,
    eos_token_id: Option<OneOrMore>,
    headlight_language: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(i64),
    More(Vec<i64>),
}

mod defaults {
    pub(super) fn activation_function() -> String {
        "gelu_new".to_owned()
    }
    pub(super) fn layer_norm_epsilon() -> f64 {
        1e-5
    }
    pub(super) fn yes() -> bool {
        true
    }
}

impl Architecture {
    /// Reads the bytes of a `config.json`.
    ///
    /// # Errors
    ///
    /// Returns an error if the bytes are not JSON, or describe a model that
    /// this engine does not compute, naming the field and what is accepted.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ConfigError> {
        if let Some(pointer) = LfsPointer::find(bytes) {
            return Err(ConfigError::LfsPointer(pointer));
        }
        let text = utf8_text(bytes)?;
        let Family {
            model_type,
            architectures,
        } = serde_json::from_str(text)?;
        match model_type.as_deref() {
            Some("gpt2") => {}
            Some(found) => {
                let found = found.to_owned();
                return Err(ConfigError::UnknownModelType { found });
            }
            // Files of 2019 name only the class that is to read them.
            None if architectures
                .iter()
                .flatten()
                .any(|name| name.starts_with("GPT2")) => {}
            None => {
                let first = architectures.unwrap_or_default().into_iter().next();
                let found = first.map(|name| format!("\"{}\"", Quoted(&name)));
                let found = found.unwrap_or_else(|| "none".to_owned());
                return Err(ConfigError::NoModelType { found });
            }
        }
        serde_json::from_str::<Gpt2Config>(text)?.into_architecture()
    }

    /// The most bytes that a file of this model's weights can have: every number in
    /// 64 bits, a head beside the embedding that it is tied to, the masks of old
    /// checkpoints, and the longest header of the format.
    #[must_use]
    pub fn most_weight_bytes(&self) -> u64 {
        let shape = &self.shape;
        let [n_layers, d_model, d_mlp, d_vocab, n_ctx] = [
            shape.n_layers,
            shape.d_model,
            shape.d_mlp,
            shape.d_vocab,
            shape.n_ctx,
        ]
        .map(|size| size as u128);
        let norm = 2 * d_model;
        let attention = norm + (d_model + 1) * 4 * d_model;
        let mlp = norm + 2 * d_model * d_mlp + d_mlp + d_model;
        let mask = n_ctx * n_ctx + 1;
        let n_numbers =
            2 * d_vocab * d_model + n_ctx * d_model + n_layers * (attention + mlp + mask) + norm;
        let n_bytes = n_numbers * 8 + u128::from(LENGTH_BYTES + MAX_HEADER_BYTES);
        u64::try_from(n_bytes).unwrap_or(u64::MAX)
    }
}

/// What says which family a configuration is of.
#[derive(Deserialize)]
struct Family {
    model_type: Option<String>,
    architectures: Option<Vec<String>>,
}

impl Gpt2Config {
    fn into_architecture(self) -> Result<Architecture, ConfigError> {
        let d_mlp = self.n_inner.unwrap_or(self.n_embd.saturating_mul(4));
        self.check(d_mlp)?;
        let mlp = if self.attn_only {
            None
        } else {
            let found = self.activation_function;
            match ActivationFunction::from_name(&found) {
                None => return Err(ConfigError::UnknownActivation { found }),
                known => known,
            }
        };
        let d_head = self.n_embd / self.n_head;
        let shape = ModelShape {
            n_layers: self.n_layer,
            n_heads: self.n_head,
            n_kv_heads: self.n_head,
            d_model: self.n_embd,
            d_head,
            d_mlp: if mlp.is_some() { d_mlp } else { 0 },
            d_vocab: self.vocab_size,
            n_ctx: self.n_positions,
        };
        let by_width = if self.scale_attn_weights {
            (d_head as f64).sqrt().recip()
        } else {
            1.0
        };
        let by_layer = self.scale_attn_by_inverse_layer_idx;
        let attention_scale = (0..self.n_layer)
            .map(|layer| {
                if by_layer {
                    by_width / (layer + 1) as f64
                } else {
                    by_width
                }
            })
            .collect();
        let end_tokens = match self.eos_token_id {
            None => vec![],
            Some(OneOrMore::One(id)) => vec![id],
            Some(OneOrMore::More(ids)) => ids,
        };
        Ok(Architecture {
            shape,
            norm_epsilon: self.layer_norm_epsilon,
            mlp,
            attention_scale,
            has_tied_head: self.tie_word_embeddings,
            end_tokens: end_tokens
                .into_iter()
                .filter_map(|id| u32::try_from(id).ok())
                .filter(|&id| (id as usize) < shape.d_vocab)
                .collect(),
            language: self.headlight_language,
        })
    }

    fn check(&self, d_mlp: usize) -> Result<(), ConfigError> {
        for (field, found) in [
            ("vocab_size", self.vocab_size),
            ("n_positions", self.n_positions),
            ("n_embd", self.n_embd),
            ("n_layer", self.n_layer),
            ("n_head", self.n_head),
            ("n_inner", d_mlp),
        ] {
            if found == 0 || found > MAX_SIZE {
                return Err(ConfigError::Size { field, found });
            }
        }
        let (d_model, n_heads) = (self.n_embd, self.n_head);
        if !d_model.is_multiple_of(n_heads) {
            return Err(ConfigError::Heads { d_model, n_heads });
        }
        let found = self.layer_norm_epsilon;
        if !(found > 0.0 && found < 1.0) {
            return Err(ConfigError::Epsilon { found });
        }
        if self.add_cross_attention {
            return Err(ConfigError::Unsupported {
                field: "add_cross_attention",
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Architecture, String> {
        Architecture::from_json(json.as_bytes()).map_err(|error| error.to_string())
    }

    /// GPT-2's sizes as its config.json has them, and more fields.
    fn with(fields: &str) -> String {
        let sizes = r#""vocab_size": 90, "n_ctx": 1024, "n_positions": 1024, "n_embd": 768,
            "n_layer": 2, "n_head": 12"#;
        format!(r#"{{"model_type": "gpt2", {sizes}{fields}}}"#)
    }

    #[test]
    fn absent_fields_have_the_defaults_of_hugging_face() {
        let architecture = read(&with("")).unwrap();
        assert_eq!(architecture.shape.d_mlp, 4 * 768);
        assert_eq!(architecture.mlp, Some(ActivationFunction::GeluTanh));
        assert_eq!(architecture.attention_scale, [0.125; 2]);
        assert!(architecture.has_tied_head);
    }

    #[test]
    fn a_configuration_of_2019_is_told_by_its_architectures() {
        let old = with("").replace(
            r#""model_type": "gpt2""#,
            r#""architectures": ["GPT2LMHeadModel"]"#,
        );
        assert_eq!(read(&old).unwrap(), read(&with("")).unwrap());
        let null = with("").replace(r#""model_type": "gpt2""#, r#""model_type": null"#);
        assert!(read(&null).is_err());
    }

    #[test]
    fn the_bound_on_a_weights_file_holds_for_every_size() {
        let gpt2 = with("")
            .replace("90", "50257")
            .replace("\"n_layer\": 2", "\"n_layer\": 12");
        let most = read(&gpt2).unwrap().most_weight_bytes();
        // 124,439,808 numbers and twelve masks of 1,024 x 1,024.
        let least = 8 * (124_439_808 + 12 * (1 << 20));
        assert!(most > least && most < 2 * least, "{most}");
        let huge = MAX_SIZE.to_string();
        let huge = gpt2
            .replace("50257", &huge)
            .replace("1024", &huge)
            .replace("768", &huge);
        let huge = huge.replace(
            "\"n_head\": 12",
            &format!("\"n_head\": 1, \"n_inner\": {MAX_SIZE}"),
        );
        let huge = huge.replace("\"n_layer\": 12", &format!("\"n_layer\": {MAX_SIZE}"));
        assert_eq!(read(&huge).unwrap().most_weight_bytes(), u64::MAX);
    }

    #[test]
    fn a_byte_order_mark_may_stand_before_it() {
        let marked = "\u{feff}".to_owned() + &with("");
        assert_eq!(read(&marked).unwrap(), read(&with("")).unwrap());
    }

    #[test]
    fn a_pointer_of_git_lfs_is_said() {
        let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:5c\nsize 665\n";
        let error = Architecture::from_json(pointer).unwrap_err().to_string();
        assert!(
            error.starts_with("config.json is a Git LFS pointer"),
            "{error}"
        );
        assert!(error.contains("665 bytes"), "{error}");
    }

    #[test]
    fn what_a_file_says_is_repeated_in_short() {
        let long = with(&format!(
            r#", "activation_function": "{}""#,
            "\\u001b".repeat(1 << 20)
        ));
        assert!(read(&long).unwrap_err().len() < 300);
        let wrong = with(&format!(r#", "n_inner": "{}""#, "x".repeat(1 << 20)));
        assert!(read(&wrong).unwrap_err().len() < 300);
    }

    #[test]
    fn an_end_token_beyond_the_vocabulary_does_not_exist() {
        let end_tokens = |ids: &str| {
            let json = with(&format!(r#", "eos_token_id": {ids}"#));
            read(&json).unwrap().end_tokens
        };
        assert!(end_tokens("50256").is_empty());
        assert!(end_tokens("null").is_empty());
        assert_eq!(end_tokens("[1, 89, 90, -1]"), [1, 89]);
    }

    #[test]
    fn scores_can_be_scaled_by_layer() {
        let json = with(r#", "scale_attn_by_inverse_layer_idx": true"#);
        assert_eq!(read(&json).unwrap().attention_scale, [0.125, 0.0625]);
    }

    #[test]
    fn what_is_not_computed_is_refused_by_name() {
        let size = |from: &str, to: &str| with("").replace(from, to);
        for (json, part) in [
            (
                r#"{"model_type": "llama"}"#.to_owned(),
                "model_type \"llama\", expected \"gpt2\"",
            ),
            (
                r#"{"n_embd": 8}"#.to_owned(),
                "no model_type and architectures none, expected \"model_type\": \"gpt2\"",
            ),
            (
                r#"{"architectures": ["Bert\u001bModel"]}"#.to_owned(),
                r#"no model_type and architectures "Bert\u{1b}Model", expected"#,
            ),
            (size(r#""n_embd": 768,"#, ""), "missing field `n_embd`"),
            (size("768", "770"), "expected a multiple"),
            (size(r#""n_layer": 2"#, r#""n_layer": 0"#), "n_layer = 0"),
            (size("90", "99999999999"), "vocab_size = 99999999999"),
            (
                size(r#""n_head": 12"#, r#""n_head": "twelve""#),
                "invalid type",
            ),
            (
                with(r#", "activation_function": "mish""#),
                "\"mish\", expected one of",
            ),
            (
                with(r#", "layer_norm_epsilon": -1"#),
                "layer_norm_epsilon = -1",
            ),
            (
                with(r#", "add_cross_attention": true"#),
                "add_cross_attention",
            ),
            ("{".to_owned(), "EOF"),
        ] {
            let error = read(&json).unwrap_err();
            assert!(error.contains(part), "{json}: {error}");
        }
        let error = Architecture::from_json(b"{\"model_type\": \"\xff\"}").unwrap_err();
        assert_eq!(
            error.to_string(),
            "config.json is not UTF-8: byte 16 starts no character"
        );
    }
}
