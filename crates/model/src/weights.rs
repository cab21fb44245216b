//! The weights, with the names and raw values Hugging Face gives them.

use burn::module::{Module, Param, ParamId};
use burn::tensor::{Device, Tensor, TensorData};
use headlight_kernels::laid_out_for_products;

use crate::Architecture;
use crate::safetensors::{TensorBytes, WeightFiles, WeightReader, WeightsError};

/// All weights of a model.
#[derive(Module, Debug)]
pub struct Weights {
    /// Token embedding: `[d_vocab, d_model]`.
    pub wte: Param<Tensor<2>>,
    /// Position embedding: `[n_ctx, d_model]`.
    pub wpe: Param<Tensor<2>>,
    /// The blocks.
    pub blocks: Vec<BlockWeights>,
    /// The final norm.
    pub ln_f: NormWeights,
    /// Unembedding, `[d_vocab, d_model]`, where it is not the token embedding.
    pub lm_head: Option<Param<Tensor<2>>>,
}

/// The weights of one block.
#[derive(Module, Debug)]
pub struct BlockWeights {
    /// The norm before attention.
    pub ln_1: NormWeights,
    /// Queries, keys and values side by side: `[d_model, 3 * d_model]`.
    pub c_attn: DenseWeights,
    /// Output projection of attention: `[d_model, d_model]`.
    pub c_proj: DenseWeights,
    /// The MLP, where there is one.
    pub mlp: Option<MlpWeights>,
}

/// The weights of one MLP.
#[derive(Module, Debug)]
pub struct MlpWeights {
    /// The norm before it.
    pub ln_2: NormWeights,
    /// Into the hidden layer: `[d_model, d_mlp]`.
    pub c_fc: DenseWeights,
    /// Out of the hidden layer: `[d_mlp, d_model]`.
    pub c_proj: DenseWeights,
}

/// Gain and bias of a norm: `[d_model]` each.
#[derive(Module, Debug)]
pub struct NormWeights {
    /// Factor of each element.
    pub gain: Param<Tensor<1>>,
    /// Is added.
    pub bias: Param<Tensor<1>>,
}

/// A matrix `[d_in, d_out]` and a bias `[d_out]`: `y = x W + b`.
#[derive(Module, Debug)]
pub struct DenseWeights {
    /// The matrix.
    pub weight: Param<Tensor<2>>,
    /// The bias.
    pub bias: Param<Tensor<1>>,
}

/// Where the values of the weights come from: a file, or a random draw.
pub trait WeightSource {
    /// What can go wrong.
    type Error;

    /// The values of the tensor called `name`, row-major, `shape` as expected.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such tensor or its shape differs.
    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Self::Error>;
}

impl Weights {
    /// Reads a `model.safetensors` in memory onto a device: see [`Self::from_files`].
    ///
    /// # Errors
    ///
    /// Returns an error if the bytes are not a sound file, or not this model's.
    pub fn from_safetensors(
        bytes: &[u8],
        architecture: &Architecture,
        device: &Device,
    ) -> Result<Self, WeightsError> {
        let files = WeightFiles::open(vec![("model.safetensors".to_owned(), bytes)])?;
        Self::from_files(&files, architecture, device)
    }

    /// Reads safetensors files onto a device, one tensor at a time.
    ///
    /// Names may or may not stand behind a common prefix, such as `transformer.`
    /// or `_orig_mod.transformer.`; of a tied embedding `wte.weight` or
    /// `lm_head.weight` will do; the causal-mask buffers of old checkpoints are
    /// passed over; f16, bf16 and f64 become f32.
    ///
    /// # Errors
    ///
    /// Returns an error if a tensor is missing, is not part of the model, has
    /// another shape than `config.json` asks for, holds a number that is not
    /// finite or too large to compute with, or cannot be read.
    pub fn from_files<B: TensorBytes>(
        files: &WeightFiles<B>,
        architecture: &Architecture,
        device: &Device,
    ) -> Result<Self, WeightsError> {
        let mut reader = WeightReader::new(files, architecture);
        let weights = Self::from_source(&mut reader, architecture, device)?;
        reader.finish()?;
        Ok(weights)
    }

    /// Builds the weights from any source, asking for each tensor by name.
    ///
    /// # Errors
    ///
    /// Passes on the source's errors.
    pub fn from_source<S: WeightSource>(
        source: &mut S,
        architecture: &Architecture,
        device: &Device,
    ) -> Result<Self, S::Error> {
        let shape = &architecture.shape;
        let mut reader = Reader {
            source,
            device,
            next_id: 1,
        };
        let blocks = (0..shape.n_layers)
            .map(|layer| reader.block(layer, architecture))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            wte: reader.tensor("wte.weight", [shape.d_vocab, shape.d_model])?,
            wpe: reader.tensor("wpe.weight", [shape.n_ctx, shape.d_model])?,
            blocks,
            ln_f: reader.norm("ln_f", shape.d_model)?,
            lm_head: if architecture.has_tied_head {
                None
            } else {
                Some(reader.tensor("lm_head.weight", [shape.d_vocab, shape.d_model])?)
            },
        })
    }

    /// Every tensor with the name a checkpoint gives it, in a fixed order.
    #[must_use]
    pub fn named(&self) -> Vec<(String, NamedTensor)> {
        let mut out = vec![
            ("wte.weight".to_owned(), NamedTensor::Matrix(self.wte.val())),
            ("wpe.weight".to_owned(), NamedTensor::Matrix(self.wpe.val())),
        ];
        for (layer, block) in self.blocks.iter().enumerate() {
            push_norm(&mut out, &format!("h.{layer}.ln_1"), &block.ln_1);
            push_dense(&mut out, &format!("h.{layer}.attn.c_attn"), &block.c_attn);
            push_dense(&mut out, &format!("h.{layer}.attn.c_proj"), &block.c_proj);
            if let Some(mlp) = &block.mlp {
                push_norm(&mut out, &format!("h.{layer}.ln_2"), &mlp.ln_2);
                push_dense(&mut out, &format!("h.{layer}.mlp.c_fc"), &mlp.c_fc);
                push_dense(&mut out, &format!("h.{layer}.mlp.c_proj"), &mlp.c_proj);
            }
        }
        push_norm(&mut out, "ln_f", &self.ln_f);
        if let Some(lm_head) = &self.lm_head {
            out.push((
                "lm_head.weight".to_owned(),
                NamedTensor::Matrix(lm_head.val()),
            ));
        }
        out
    }
}

/// A weight of either rank.
#[derive(Clone, Debug)]
pub enum NamedTensor {
    /// A vector.
    Vector(Tensor<1>),
    /// A matrix.
    Matrix(Tensor<2>),
}

fn push_norm(out: &mut Vec<(String, NamedTensor)>, name: &str, norm: &NormWeights) {
    out.push((
        format!("{name}.weight"),
        NamedTensor::Vector(norm.gain.val()),
    ));
    out.push((format!("{name}.bias"), NamedTensor::Vector(norm.bias.val())));
}

fn push_dense(out: &mut Vec<(String, NamedTensor)>, name: &str, dense: &DenseWeights) {
    out.push((
        format!("{name}.weight"),
        NamedTensor::Matrix(dense.weight.val()),
    ));
    out.push((
        format!("{name}.bias"),
        NamedTensor::Vector(dense.bias.val()),
    ));
}

struct Reader<'a, S> {
    source: &'a mut S,
    device: &'a Device,
    /// Parameters are numbered in the order they are asked for, so that an
    /// optimiser's state finds its parameter in a later process.
    next_id: u64,
}

impl<S: WeightSource> Reader<'_, S> {
    fn block(
        &mut self,
        layer: usize,
        architecture: &Architecture,
    ) -> Result<BlockWeights, S::Error> {
        let shape = &architecture.shape;
        let (d_model, d_mlp) = (shape.d_model, shape.d_mlp);
        let name = |part: &str| format!("h.{layer}.{part}");
        let mlp = if architecture.mlp.is_some() {
            Some(MlpWeights {
                ln_2: self.norm(&name("ln_2"), d_model)?,
                c_fc: self.dense(&name("mlp.c_fc"), d_model, d_mlp)?,
                c_proj: self.dense(&name("mlp.c_proj"), d_mlp, d_model)?,
            })
        } else {
            None
        };
        Ok(BlockWeights {
            ln_1: self.norm(&name("ln_1"), d_model)?,
            c_attn: self.dense(&name("attn.c_attn"), d_model, 3 * d_model)?,
            c_proj: self.dense(&name("attn.c_proj"), d_model, d_model)?,
            mlp,
        })
    }

    fn norm(&mut self, name: &str, width: usize) -> Result<NormWeights, S::Error> {
        Ok(NormWeights {
            gain: self.tensor(&format!("{name}.weight"), [width])?,
            bias: self.tensor(&format!("{name}.bias"), [width])?,
        })
    }

    fn dense(&mut self, name: &str, d_in: usize, d_out: usize) -> Result<DenseWeights, S::Error> {
        Ok(DenseWeights {
            weight: self
                .tensor(&format!("{name}.weight"), [d_in, d_out])?
                .map(laid_out_for_products),
            bias: self.tensor(&format!("{name}.bias"), [d_out])?,
        })
    }

    fn tensor<const D: usize>(
        &mut self,
        name: &str,
        shape: [usize; D],
    ) -> Result<Param<Tensor<D>>, S::Error> {
        let values = self.source.take(name, &shape)?;
        let data = TensorData::new(values, shape);
        let id = ParamId::from(self.next_id);
        self.next_id += 1;
        let tensor = Tensor::from_data(data, self.device);
        let (_, tensor, mapper) = Param::from_tensor(tensor).consume();
        Ok(Param::from_mapped_value(id, tensor, mapper))
    }
}
