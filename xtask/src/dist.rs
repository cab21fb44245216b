//! The folder that becomes the site: content-hashed names and compressed copies.
//!
//! A file whose name holds the hash of its content never changes, so browsers
//! may keep it for ever; `index.html`, `engines.json` and the models keep their
//! names and are asked for anew. Equal inputs give equal names and bytes.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::compress::{self, Copies};
use crate::wasm::Quality;

/// Hexadecimal digits of the hash in a name: 64 bits.
const HASH_DIGITS: usize = 16;

/// The list of the page's workers, never cached; a folder that has it is a built page.
pub(crate) const LIST_OF_WORKERS: &str = "engines.json";

/// A folder that is being filled.
#[derive(Debug)]
pub(crate) struct Dist {
    folder: PathBuf,
    quality: Quality,
}

impl Dist {
    /// Starts with an empty `folder`, removing a page that was built there before.
    pub(crate) fn create(folder: &Path, quality: Quality) -> Result<Self> {
        if folder.exists() {
            let is_empty = fs::read_dir(folder)?.next().is_none();
            if !is_empty && !folder.join(LIST_OF_WORKERS).is_file() {
                bail!(
                    "{} holds something else than a built page; please choose another folder",
                    folder.display()
                );
            }
            fs::remove_dir_all(folder)
                .with_context(|| format!("{} cannot be emptied", folder.display()))?;
        }
        fs::create_dir_all(folder)
            .with_context(|| format!("{} cannot be created", folder.display()))?;
        Ok(Self {
            folder: folder.to_path_buf(),
            quality,
        })
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Effort with which its modules and copies were optimised.
    pub(crate) fn quality(&self) -> Quality {
        self.quality
    }

    /// Writes a file under a fixed name, with compressed copies where they help.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        self.write_plain(name, bytes)?;
        if compress::is_compressible(name) {
            let copies = Copies::of(bytes, self.quality)?;
            if let Some(brotli) = copies.brotli {
                self.write_plain(&format!("{name}.br"), &brotli)?;
            }
            if let Some(gzip) = copies.gzip {
                self.write_plain(&format!("{name}.gz"), &gzip)?;
            }
        }
        Ok(())
    }

    /// Writes a file as `stem-HASH.extension` and returns that name.
    pub(crate) fn write_hashed(&self, stem: &str, extension: &str, bytes: &[u8]) -> Result<String> {
        let name = format!("{stem}-{}.{extension}", content_hash(&[bytes]));
        self.write(&name, bytes)?;
        Ok(name)
    }

    /// Writes a file without copies; readers see the old or the new content, never a part.
    pub(crate) fn write_plain(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let file = self.folder.join(name);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        let partial = self.folder.join(format!("{name}.partial"));
        fs::write(&partial, bytes)
            .and_then(|()| fs::rename(&partial, &file))
            .with_context(|| format!("{} cannot be written", file.display()))
    }
}

/// The hash of all `parts` in a row, as in file names.
pub(crate) fn content_hash(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    let digest = hasher.finalize();
    let mut text: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    text.truncate(HASH_DIGITS);
    text
}

/// Whether the last part of `path` is a name that holds its content's hash.
pub(crate) fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some((stem, _extension)) = name.split_once('.') else {
        return false;
    };
    let stem = stem.strip_suffix("_bg").unwrap_or(stem);
    stem.rsplit_once('-').is_some_and(|(_, hash)| {
        hash.len() == HASH_DIGITS
            && hash
                .bytes()
                .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_follows_the_content() {
        // The first 64 bits of SHA-256 of nothing.
        assert_eq!(content_hash(&[]), "e3b0c44298fc1c14");
        assert_eq!(content_hash(&[b"a", b"b"]), content_hash(&[b"ab"]));
        assert_ne!(content_hash(&[b"a"]), content_hash(&[b"b"]));
    }

    #[test]
    fn only_hashed_names_may_be_kept_for_ever() {
        assert!(is_hashed("/shell-e3b0c44298fc1c14.js"));
        assert!(is_hashed("/engine-cpu-e3b0c44298fc1c14_bg.wasm"));
        assert!(is_hashed("engine-cpu-e3b0c44298fc1c14_bg.wasm.br"));
        assert!(!is_hashed("/index.html"));
        assert!(!is_hashed("/engines.json"));
        assert!(!is_hashed("/models/stories/model.safetensors"));
        assert!(!is_hashed("/worker-cpu-E3B0C44298FC1C14.js"));
        assert!(!is_hashed("/models/e3b0c44298fc1c14/config.json"));
    }
}
