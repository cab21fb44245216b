//! Weights that a folder has in several files.

use std::borrow::Cow;
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use headlight_model::{ShardIndex, ShardIndexError, TensorBytes, WeightFiles};

use crate::failure::Failure;
use crate::input::{check_kind, read_bounded, read_failure};

/// Indexes of the largest models have a few MB.
const MAX_INDEX_BYTES: u64 = 32 << 20;

/// A weights file on disk, of which a tensor at a time is in memory.
#[derive(Debug)]
pub(crate) struct ShardFile {
    file: File,
    n_bytes: u64,
}

impl TensorBytes for ShardFile {
    fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    fn bytes(&self, range: Range<u64>) -> std::io::Result<Cow<'_, [u8]>> {
        let n_bytes = usize::try_from(range.end - range.start);
        let n_bytes = n_bytes.map_err(|_too_many| ErrorKind::OutOfMemory)?;
        let mut bytes = Vec::new();
        bytes
            .try_reserve_exact(n_bytes)
            .map_err(|_none| ErrorKind::OutOfMemory)?;
        let mut file = &self.file;
        file.seek(SeekFrom::Start(range.start))?;
        file.take(n_bytes as u64).read_to_end(&mut bytes)?;
        if bytes.len() < n_bytes {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(Cow::Owned(bytes))
    }
}

/// The weights of a folder that has an index of several files in place of one.
pub(crate) fn open_shards(folder: &Path) -> Result<Option<WeightFiles<ShardFile>>, Failure> {
    let index = folder.join(ShardIndex::FILE);
    if folder.join("model.safetensors").exists() || !index.exists() {
        return Ok(None);
    }
    let unsound = |error: ShardIndexError| Failure::input(folder.display(), error);
    let index = ShardIndex::from_json(&read_bounded(&index, MAX_INDEX_BYTES)?);
    let index = index.map_err(unsound)?;
    let open = |shard: &str| Ok((shard.to_owned(), open_shard(&folder.join(shard))?));
    let shards = index.shards().into_iter().map(open);
    let files = WeightFiles::open(shards.collect::<Result<_, Failure>>()?);
    let files = files.map_err(|error| Failure::about_model(folder, error.into()))?;
    index.check(&files).map_err(unsound)?;
    Ok(Some(files))
}

fn open_shard(path: &Path) -> Result<ShardFile, Failure> {
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => {
            let message = format!("is not there, but {} names it", ShardIndex::FILE);
            Failure::Input(format!("{} {message}", path.display()))
        }
        _ => read_failure(path, &error),
    };
    let metadata = std::fs::metadata(path).map_err(failed)?;
    check_kind(path, &metadata)?;
    let file = File::open(path).map_err(failed)?;
    let n_bytes = metadata.len();
    Ok(ShardFile { file, n_bytes })
}
