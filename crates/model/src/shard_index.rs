//! Weights in several files: `model.safetensors.index.json`.

use std::collections::{BTreeMap, BTreeSet};

use headlight_activations::{NotUtf8, Quoted, utf8_text};
use serde::Deserialize;

use crate::json::{JsonComplaint, UniqueMap};
use crate::{LfsPointer, TensorBytes, WeightFiles};

/// More files than any model of the families we read comes in, and no more than a
/// program may hold open.
const MAX_SHARDS: usize = 512;

/// What the file is called everywhere.
const INDEX: &str = "model.safetensors.index.json";

/// An index that cannot be used, or files that are not as it says.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShardIndexError {
    /// The index is not there, only what stands for it in a repository.
    #[error("{INDEX} {0}")]
    LfsPointer(LfsPointer),
    /// The bytes are not UTF-8.
    #[error("{INDEX} {0}")]
    NotUtf8(#[from] NotUtf8),
    /// The text is not the JSON expected.
    #[error("{INDEX} cannot be read: {}", JsonComplaint(.0))]
    Json(#[from] serde_json::Error),
    /// The index names no file at all, or too many.
    #[error("{INDEX} names {found} files, expected 1 to {MAX_SHARDS}")]
    Count {
        /// Number of files that it names.
        found: usize,
    },
    /// A file that is not one beside the index.
    #[error(
        "{INDEX} names the file `{}`, expected a file in the same folder",
        Quoted(found)
    )]
    Elsewhere {
        /// What was found.
        found: String,
    },
    /// A tensor is not where the index says.
    #[error(
        "{INDEX} puts the tensor `{}` into {}, which does not have it",
        Quoted(tensor),
        Quoted(shard)
    )]
    NotInShard {
        /// The tensor's name.
        tensor: String,
        /// Name of the file where it should be.
        shard: String,
    },
    /// A file holds a tensor that the index does not know.
    #[error(
        "{} has the tensor `{}`, which {INDEX} does not name",
        Quoted(shard),
        Quoted(tensor)
    )]
    NotInIndex {
        /// The tensor's name.
        tensor: String,
        /// Name of the file that has it.
        shard: String,
    },
}

/// Which of several files holds which tensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardIndex {
    shard_of: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Raw {
    weight_map: UniqueMap<String>,
}

impl ShardIndex {
    /// The name of the file that holds an index.
    pub const FILE: &'static str = INDEX;

    /// Reads the bytes of a `model.safetensors.index.json`.
    ///
    /// # Errors
    ///
    /// Returns an error if the bytes are not such an index, if a tensor stands in
    /// it twice, or if it names what is not a file beside it.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ShardIndexError> {
        if let Some(pointer) = LfsPointer::find(bytes) {
            return Err(ShardIndexError::LfsPointer(pointer));
        }
        let Raw { weight_map } = serde_json::from_str(utf8_text(bytes)?)?;
        let index = Self {
            shard_of: weight_map.0,
        };
        let shards = index.shards();
        if let Some(found) = shards.iter().find(|shard| !is_file_name(shard)) {
            let found = (*found).to_owned();
            return Err(ShardIndexError::Elsewhere { found });
        }
        let found = shards.len();
        if found == 0 || found > MAX_SHARDS {
            return Err(ShardIndexError::Count { found });
        }
        Ok(index)
    }

    /// The names of the files, each once.
    #[must_use]
    pub fn shards(&self) -> BTreeSet<&str> {
        self.shard_of.values().map(String::as_str).collect()
    }

    /// Checks that every tensor is where the index says, and nowhere else.
    ///
    /// # Errors
    ///
    /// Returns an error naming a tensor that is not in its file, or is in a file
    /// without being in the index.
    pub fn check<B: TensorBytes>(&self, files: &WeightFiles<B>) -> Result<(), ShardIndexError> {
        for (tensor, shard) in &self.shard_of {
            if files.file_of(tensor) != Some(shard) {
                let (tensor, shard) = (tensor.clone(), shard.clone());
                return Err(ShardIndexError::NotInShard { tensor, shard });
            }
        }
        let mut all = files.tensors();
        match all.find(|(tensor, _)| !self.shard_of.contains_key(*tensor)) {
            None => Ok(()),
            Some((tensor, shard)) => Err(ShardIndexError::NotInIndex {
                tensor: tensor.to_owned(),
                shard: shard.to_owned(),
            }),
        }
    }
}

/// True for a name without a way to another folder.
fn is_file_name(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '\\', '\0'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<ShardIndex, String> {
        ShardIndex::from_json(json.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn files_are_named_once_each() {
        let json = r#"{"metadata": {}, "weight_map": {"a": "2.st", "b": "1.st", "c": "2.st"}}"#;
        let index = read(json).unwrap();
        assert_eq!(index.shards(), BTreeSet::from(["1.st", "2.st"]));
        assert_eq!(read(&format!("\u{feff}{json}")).unwrap(), index);
    }

    #[test]
    fn what_is_no_index_is_refused_by_name() {
        for (json, part) in [
            ("{}", "cannot be read: missing field `weight_map`"),
            (r#"{"weight_map": {}}"#, "names 0 files, expected 1 to 512"),
            (
                r#"{"weight_map": {"a": "1.st", "a": "2.st"}}"#,
                "cannot be read: `a` stands there twice",
            ),
            (
                r#"{"weight_map": {"a": "../1.st"}}"#,
                "names the file `../1.st`, expected a file in the same folder",
            ),
            (r#"{"weight_map": {"a": "/etc/passwd"}}"#, "`/etc/passwd`"),
            (r#"{"weight_map": {"a": "b\\c"}}"#, "same folder"),
            (r#"{"weight_map": {"a": ".."}}"#, "`..`"),
            (r#"{"weight_map": {"a": ""}}"#, "``"),
            (r#"{"weight_map": {"a": 1}}"#, "expected a string"),
        ] {
            let error = read(json).unwrap_err();
            assert!(
                error.starts_with("model.safetensors.index.json "),
                "{error}"
            );
            assert!(error.contains(part), "{json}: {error}");
        }
        let many: Vec<String> = (0..513).map(|n| format!(r#""{n}": "{n}""#)).collect();
        let error = read(&format!(r#"{{"weight_map": {{{}}}}}"#, many.join(","))).unwrap_err();
        assert!(error.contains("names 513 files"), "{error}");
    }
}
