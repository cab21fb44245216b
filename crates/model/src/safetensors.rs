//! Reading `model.safetensors`, which is somebody else's bytes, and writing it.

use std::collections::BTreeSet;

use half::{bf16, f16};
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensorError, SafeTensors};

use crate::{Architecture, WeightSource};

/// A weights file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// The bytes are not a sound safetensors file.
    #[error("model.safetensors is not a sound safetensors file of {n_bytes} bytes: {source}")]
    File {
        /// What the reader says.
        source: SafeTensorError,
        /// Length of the file.
        n_bytes: usize,
    },
    /// A tensor that the model needs is not there.
    #[error("model.safetensors has no tensor `{name}`, which config.json asks for")]
    Missing {
        /// Its name, without `transformer.`.
        name: String,
    },
    /// A tensor has another shape.
    #[error("model.safetensors has `{name}` of shape {found:?}, config.json asks for {expected:?}")]
    Shape {
        /// Its name in the file.
        name: String,
        /// Shape found.
        found: Vec<usize>,
        /// Shape expected.
        expected: Vec<usize>,
    },
    /// A tensor has a type that is no floating-point number we read.
    #[error("model.safetensors has `{name}` as {found:?}, expected F16, BF16, F32 or F64")]
    Type {
        /// Its name in the file.
        name: String,
        /// Type found.
        found: Dtype,
    },
    /// A tensor holds NaN or an infinity.
    #[error("model.safetensors has {value} in `{name}` at index {index}, expected a finite number")]
    NotFinite {
        /// Its name in the file.
        name: String,
        /// Where, counted row-major.
        index: usize,
        /// What stands there.
        value: f32,
    },
    /// A tensor that no part of the model uses.
    #[error("model.safetensors has a tensor `{name}` that is no part of the model in config.json")]
    Unknown {
        /// Its name in the file.
        name: String,
    },
}

/// A safetensors file being read tensor by tensor.
#[derive(Debug)]
pub(crate) struct TensorFile<'a> {
    tensors: SafeTensors<'a>,
    taken: BTreeSet<String>,
}

impl<'a> TensorFile<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, WeightsError> {
        let tensors = SafeTensors::deserialize(bytes).map_err(|source| WeightsError::File {
            source,
            n_bytes: bytes.len(),
        })?;
        Ok(Self {
            tensors,
            taken: BTreeSet::new(),
        })
    }

    /// Refuses tensors that were not taken, except those known to be no weights.
    pub(crate) fn finish(self, architecture: &Architecture) -> Result<(), WeightsError> {
        let mut left: Vec<&str> = self.tensors.names();
        left.sort_unstable();
        for name in left {
            let bare = name.strip_prefix("transformer.").unwrap_or(name);
            // Old checkpoints keep the causal mask as a buffer.
            let is_mask = bare.ends_with(".attn.bias") || bare.ends_with(".attn.masked_bias");
            let is_tied_head = bare == "lm_head.weight" && architecture.has_tied_head;
            if !self.taken.contains(name) && !is_mask && !is_tied_head {
                return Err(WeightsError::Unknown {
                    name: name.to_owned(),
                });
            }
        }
        Ok(())
    }

    /// The tensor, under its bare name or behind `transformer.`.
    fn find(&self, name: &str) -> Result<(String, TensorView<'a>), WeightsError> {
        [name.to_owned(), format!("transformer.{name}")]
            .into_iter()
            .find_map(|key| self.tensors.tensor(&key).ok().map(|view| (key, view)))
            .ok_or_else(|| WeightsError::Missing {
                name: name.to_owned(),
            })
    }
}

impl WeightSource for TensorFile<'_> {
    type Error = WeightsError;

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, WeightsError> {
        let (name, view) = self.find(name)?;
        if view.shape() != shape {
            let (found, expected) = (view.shape().to_vec(), shape.to_vec());
            return Err(WeightsError::Shape {
                name,
                found,
                expected,
            });
        }
        let Some(values) = to_f32(view.dtype(), view.data()) else {
            return Err(WeightsError::Type {
                name,
                found: view.dtype(),
            });
        };
        if let Some(index) = values.iter().position(|x| !x.is_finite()) {
            return Err(WeightsError::NotFinite {
                name,
                index,
                value: values[index],
            });
        }
        self.taken.insert(name);
        Ok(values)
    }
}

fn to_f32(dtype: Dtype, bytes: &[u8]) -> Option<Vec<f32>> {
    fn each<const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> f32) -> Vec<f32> {
        bytes
            .as_chunks::<N>()
            .0
            .iter()
            .map(|&chunk| read(chunk))
            .collect()
    }
    match dtype {
        Dtype::F16 => Some(each(bytes, |b| f16::from_le_bytes(b).to_f32())),
        Dtype::BF16 => Some(each(bytes, |b| bf16::from_le_bytes(b).to_f32())),
        Dtype::F32 => Some(each(bytes, f32::from_le_bytes)),
        Dtype::F64 => Some(each(bytes, |b| f64::from_le_bytes(b) as f32)),
        _ => None,
    }
}
