//! Reading weights in safetensors files, which are somebody else's bytes.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use half::{bf16, f16};
use headlight_activations::Quoted;
use safetensors::tensor::{Dtype, Metadata};
use serde::de::IgnoredAny;

use crate::json::{JsonComplaint, UniqueMap};
use crate::lfs::MAX_POINTER_BYTES;
use crate::{Architecture, LfsPointer, WeightSource};

/// The length of the header stands before it in so many bytes.
pub(crate) const LENGTH_BYTES: u64 = 8;

/// The longest header of the format.
pub(crate) const MAX_HEADER_BYTES: u64 = 100_000_000;

/// The largest weight that is computed with. A network squares what is larger, in
/// its norms and its scores, to more than f32 holds; trained weights stay below 1e4,
/// and a flipped bit makes one of 0.001 into 3e35.
const MAX_WEIGHT: f32 = 1e18;

/// Weights that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// The file is not there, only what stands for it in a repository.
    #[error("{} {pointer}", Quoted(file))]
    LfsPointer {
        /// Name of the file.
        file: String,
        /// What was found.
        pointer: LfsPointer,
    },
    /// The bytes could not be had.
    #[error("{} could not be read: {source}", Quoted(file))]
    Read {
        /// Name of the file.
        file: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The file does not begin with a header that fits into it.
    #[error(
        "{} has {n_bytes} bytes and begins with {found}, expected the length of a safetensors \
         header that it holds",
        Quoted(file)
    )]
    HeaderLength {
        /// Name of the file.
        file: String,
        /// The length that the file begins with; 0 if it has not even that.
        found: u64,
        /// Length of the file.
        n_bytes: u64,
    },
    /// The header is not what the format asks for.
    #[error(
        "{} has no sound safetensors header: {}",
        Quoted(file),
        JsonComplaint(source)
    )]
    Header {
        /// Name of the file.
        file: String,
        /// What the reader says.
        source: serde_json::Error,
    },
    /// The file is longer or shorter than its header says.
    #[error(
        "{} has {n_bytes} bytes, but its header describes {expected}",
        Quoted(file)
    )]
    FileLength {
        /// Name of the file.
        file: String,
        /// Length of the file.
        n_bytes: u64,
        /// Length with the header and all tensors.
        expected: u64,
    },
    /// Two files hold a tensor of one name.
    #[error(
        "{} and {} both have a tensor `{}`, expected it once",
        Quoted(first),
        Quoted(second),
        Quoted(name)
    )]
    InTwoFiles {
        /// The tensor's name.
        name: String,
        /// Name of the file that came first.
        first: String,
        /// Name of the other file.
        second: String,
    },
    /// There is nothing in the file.
    #[error(
        "{} has no tensors, expected those that config.json asks for",
        Quoted(file)
    )]
    NoTensors {
        /// Name of the file, or of the first of several.
        file: String,
    },
    /// A tensor that the model needs is not there.
    #[error(
        "{} has no tensor `{name}`, which config.json asks for; the nearest it has is `{}`",
        Quoted(file),
        Quoted(nearest)
    )]
    Missing {
        /// Name of the file, or of the first of several.
        file: String,
        /// The tensor's name, without anything before it.
        name: String,
        /// The name in the file that ends most like it.
        nearest: String,
    },
    /// A tensor has another shape.
    #[error(
        "{} has `{}` of shape {found:?}, config.json asks for {expected:?}",
        Quoted(file),
        Quoted(name)
    )]
    Shape {
        /// Name of the file.
        file: String,
        /// The tensor's name in the file.
        name: String,
        /// Shape found.
        found: Vec<usize>,
        /// Shape expected.
        expected: Vec<usize>,
    },
    /// A tensor has a type that is no floating-point number we read.
    #[error(
        "{} has `{}` as {found:?}, expected F16, BF16, F32 or F64",
        Quoted(file),
        Quoted(name)
    )]
    Type {
        /// Name of the file.
        file: String,
        /// The tensor's name in the file.
        name: String,
        /// Type found.
        found: Dtype,
    },
    /// A tensor holds NaN or an infinity.
    #[error(
        "{} has {value} in `{}` at index {index}, expected a finite number",
        Quoted(file),
        Quoted(name)
    )]
    NotFinite {
        /// Name of the file.
        file: String,
        /// The tensor's name in the file.
        name: String,
        /// Where, counted row-major.
        index: usize,
        /// What stands there.
        value: f32,
    },
    /// A tensor holds a number that no computation survives.
    #[error(
        "{} has {value:e} in `{}` at index {index}, expected a weight between -{MAX_WEIGHT:e} and \
         {MAX_WEIGHT:e}: the file may be damaged",
        Quoted(file),
        Quoted(name)
    )]
    Absurd {
        /// Name of the file.
        file: String,
        /// The tensor's name in the file.
        name: String,
        /// Where, counted row-major.
        index: usize,
        /// What stands there.
        value: f32,
    },
    /// A tensor that no part of the model uses.
    #[error(
        "{} has a tensor `{}` that is no part of the model in config.json",
        Quoted(file),
        Quoted(name)
    )]
    Unknown {
        /// Name of the file.
        file: String,
        /// The tensor's name in the file.
        name: String,
    },
}

/// The bytes of a weights file, which need not be in memory.
pub trait TensorBytes {
    /// Length of the file in bytes.
    fn n_bytes(&self) -> u64;

    /// Bytes of a range within the file.
    ///
    /// # Errors
    ///
    /// Returns an error if they cannot be had.
    fn bytes(&self, range: Range<u64>) -> std::io::Result<Cow<'_, [u8]>>;
}

impl TensorBytes for &[u8] {
    fn n_bytes(&self) -> u64 {
        self.len() as u64
    }

    fn bytes(&self, range: Range<u64>) -> std::io::Result<Cow<'_, [u8]>> {
        // What is in memory has an address, so the ends fit.
        let found = self.get(range.start as usize..range.end as usize);
        let found = found.ok_or(std::io::ErrorKind::UnexpectedEof)?;
        Ok(Cow::Borrowed(found))
    }
}

/// One or more safetensors files whose headers have been read and found sound.
#[derive(Debug)]
pub struct WeightFiles<B> {
    files: Vec<(String, B)>,
    /// Every tensor of all files by its name.
    places: BTreeMap<String, TensorPlace>,
}

/// Where a tensor is, and as what.
#[derive(Debug)]
struct TensorPlace {
    /// Index of the file.
    file: usize,
    dtype: Dtype,
    shape: Vec<usize>,
    /// Its bytes in that file.
    range: Range<u64>,
}

impl<B: TensorBytes> WeightFiles<B> {
    /// Reads the headers of files, each with its name. No tensor is read.
    ///
    /// # Errors
    ///
    /// Returns an error if one of them is no sound safetensors file, or two hold
    /// a tensor of one name.
    pub fn open(files: Vec<(String, B)>) -> Result<Self, WeightsError> {
        let mut places = BTreeMap::<String, TensorPlace>::new();
        for (at, (file, bytes)) in files.iter().enumerate() {
            for (name, place) in tensors_of(at, file, bytes)? {
                if let Some(first) = places.get(&name) {
                    return Err(WeightsError::InTwoFiles {
                        name,
                        first: files[first.file].0.clone(),
                        second: file.clone(),
                    });
                }
                places.insert(name, place);
            }
        }
        Ok(Self { files, places })
    }

    /// Length of all files.
    #[must_use]
    pub fn n_bytes(&self) -> u64 {
        self.files.iter().map(|(_, bytes)| bytes.n_bytes()).sum()
    }

    /// The name of the file that holds the tensor of this name.
    #[must_use]
    pub fn file_of(&self, name: &str) -> Option<&str> {
        Some(self.name_of(self.places.get(name)?))
    }

    /// Every tensor's name and the name of its file.
    pub fn tensors(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.places.iter();
        all.map(|(name, place)| (name.as_str(), self.name_of(place)))
    }

    fn name_of(&self, place: &TensorPlace) -> &str {
        &self.files[place.file].0
    }

    /// The numbers of a tensor.
    fn values(&self, name: &str, place: &TensorPlace) -> Result<Vec<f32>, WeightsError> {
        let (file, name) = (|| self.name_of(place).to_owned(), name.to_owned());
        let bytes = self.files[place.file].1.bytes(place.range.clone());
        let bytes = bytes.map_err(|source| WeightsError::Read {
            file: file(),
            source,
        })?;
        let Some(values) = to_f32(place.dtype, &bytes) else {
            let (file, found) = (file(), place.dtype);
            return Err(WeightsError::Type { file, name, found });
        };
        // NaN is not within any bounds.
        let is_sane = |x: &f32| x.abs() <= MAX_WEIGHT;
        let Some(index) = values.iter().position(|x| !is_sane(x)) else {
            return Ok(values);
        };
        let (file, value) = (file(), values[index]);
        Err(if value.is_finite() {
            WeightsError::Absurd {
                file,
                name,
                index,
                value,
            }
        } else {
            WeightsError::NotFinite {
                file,
                name,
                index,
                value,
            }
        })
    }
}

/// The tensors of one file by their names, from its header.
fn tensors_of<B: TensorBytes>(
    at: usize,
    file: &str,
    bytes: &B,
) -> Result<Vec<(String, TensorPlace)>, WeightsError> {
    let header = header_bytes(file, bytes)?;
    let unsound = |source| WeightsError::Header {
        file: file.to_owned(),
        source,
    };
    // The library's own reading keeps one of two tensors under one name.
    serde_json::from_slice::<UniqueMap<IgnoredAny>>(&header).map_err(unsound)?;
    let start = LENGTH_BYTES + header.len() as u64;
    let header: Metadata = serde_json::from_slice(&header).map_err(unsound)?;
    let (n_bytes, expected) = (bytes.n_bytes(), start + header.data_len() as u64);
    if n_bytes != expected {
        return Err(WeightsError::FileLength {
            file: file.to_owned(),
            n_bytes,
            expected,
        });
    }
    let place = |name: String| {
        let info = header.info(&name)?;
        let (first, last) = info.data_offsets;
        let place = TensorPlace {
            file: at,
            dtype: info.dtype,
            shape: info.shape.clone(),
            range: start + first as u64..start + last as u64,
        };
        Some((name, place))
    };
    Ok(header.offset_keys().into_iter().filter_map(place).collect())
}

/// The header of a file, which it holds whole.
fn header_bytes<'a, B: TensorBytes>(
    file: &str,
    bytes: &'a B,
) -> Result<Cow<'a, [u8]>, WeightsError> {
    let file = || file.to_owned();
    let read = |range| {
        let found = bytes.bytes(range);
        found.map_err(|source| WeightsError::Read {
            file: file(),
            source,
        })
    };
    let n_bytes = bytes.n_bytes();
    let head = read(0..n_bytes.min(MAX_POINTER_BYTES as u64))?;
    if let Some(pointer) = LfsPointer::find(&head) {
        let file = file();
        return Err(WeightsError::LfsPointer { file, pointer });
    }
    // A file without the eight bytes has no header either.
    let length = head.first_chunk();
    let found = length.map_or(0, |&length| u64::from_le_bytes(length));
    if found == 0 || found > MAX_HEADER_BYTES || found > n_bytes - LENGTH_BYTES {
        return Err(WeightsError::HeaderLength {
            file: file(),
            found,
            n_bytes,
        });
    }
    read(LENGTH_BYTES..LENGTH_BYTES + found)
}

/// Weights in files as the source of a model's.
///
/// Names may stand behind a common prefix, as the wrappers of training libraries
/// leave it; the head, which is outside the `transformer` of a checkpoint, behind
/// the prefix without that. Of a tied embedding either name will do.
#[derive(Debug)]
pub(crate) struct WeightReader<'a, B> {
    files: &'a WeightFiles<B>,
    has_tied_head: bool,
    /// What stands before every name, the last point included.
    prefix: &'a str,
    taken: BTreeSet<&'a str>,
}

/// What a checkpoint with a head puts before the names of the model without it.
const MODEL: &str = "transformer.";

/// The names of the embedding and of the head that may be the same tensor.
const EMBEDDING: &str = "wte.weight";
const HEAD: &str = "lm_head.weight";

impl<'a, B: TensorBytes> WeightReader<'a, B> {
    pub(crate) fn new(files: &'a WeightFiles<B>, architecture: &Architecture) -> Self {
        // Every model of ours ends in this norm.
        let prefixes = files.places.keys().filter_map(|name| {
            let prefix = name.strip_suffix("ln_f.weight")?;
            (prefix.is_empty() || prefix.ends_with('.')).then_some(prefix)
        });
        // Where several models are in a file: the one that has least before it.
        let prefix = prefixes.min_by_key(|prefix| prefix.len()).unwrap_or("");
        Self {
            files,
            has_tied_head: architecture.has_tied_head,
            prefix,
            taken: BTreeSet::new(),
        }
    }

    /// Refuses tensors that were not taken, except those known to be no weights.
    pub(crate) fn finish(self) -> Result<(), WeightsError> {
        for (name, place) in &self.files.places {
            // Old checkpoints keep the causal mask as a buffer.
            let is_mask = name.ends_with(".attn.bias") || name.ends_with(".attn.masked_bias");
            let is_tied = self.has_tied_head && self.heads().contains(name);
            if !self.taken.contains(name.as_str()) && !is_mask && !is_tied {
                return Err(WeightsError::Unknown {
                    file: self.files.name_of(place).to_owned(),
                    name: name.clone(),
                });
            }
        }
        Ok(())
    }

    /// The names under which the head may stand.
    fn heads(&self) -> [String; 3] {
        let wrapper = self.prefix.strip_suffix(MODEL).unwrap_or(self.prefix);
        [
            HEAD.to_owned(),
            format!("{wrapper}{HEAD}"),
            format!("{}{HEAD}", self.prefix),
        ]
    }

    /// The tensor with its name in the file.
    fn find(&self, name: &str) -> Result<(&'a str, &'a TensorPlace), WeightsError> {
        let mut candidates = vec![
            format!("{}{name}", self.prefix),
            name.to_owned(),
            format!("{MODEL}{name}"),
        ];
        if name == HEAD || (name == EMBEDDING && self.has_tied_head) {
            candidates.extend(self.heads());
        }
        let found = candidates
            .iter()
            .find_map(|key| self.files.places.get_key_value(key));
        let (name, place) = found.ok_or_else(|| self.missing(name))?;
        Ok((name, place))
    }

    fn missing(&self, name: &str) -> WeightsError {
        let n_equal = |other: &str| {
            let pairs = name.bytes().rev().zip(other.bytes().rev());
            pairs.take_while(|(a, b)| a == b).count()
        };
        let file = self.files.files.first();
        let file = file.map_or_else(String::new, |(file, _)| file.clone());
        // Of equals the last in order would be found; the first reads better.
        let names = self.files.places.keys().rev();
        match names.max_by_key(|other| n_equal(other)) {
            None => WeightsError::NoTensors { file },
            Some(nearest) => WeightsError::Missing {
                file,
                name: name.to_owned(),
                nearest: nearest.clone(),
            },
        }
    }
}

impl<B: TensorBytes> WeightSource for WeightReader<'_, B> {
    type Error = WeightsError;

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, WeightsError> {
        let (name, place) = self.find(name)?;
        if place.shape != shape {
            return Err(WeightsError::Shape {
                file: self.files.name_of(place).to_owned(),
                name: name.to_owned(),
                found: place.shape.clone(),
                expected: shape.to_vec(),
            });
        }
        let values = self.files.values(name, place)?;
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
