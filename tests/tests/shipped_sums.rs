//! Each shipped model lies beside its checksums, and these are right.

use std::path::{Path, PathBuf};

use headlight_engine::{Checksums, ModelFiles};

/// The folders of `models/`.
fn shipped() -> Vec<PathBuf> {
    let folders = std::fs::read_dir("../models")
        .into_iter()
        .flatten()
        .flatten();
    let folders = folders.map(|entry| entry.path());
    folders.filter(|folder| folder.is_dir()).collect()
}

fn read(folder: &Path, file: &str) -> Vec<u8> {
    let path = folder.join(file);
    match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => panic!("{}: {error}", path.display()),
    }
}

#[test]
fn every_shipped_model_is_what_its_checksums_say() {
    let folders = shipped();
    assert!(folders.len() >= 2, "{folders:?}");
    for folder in folders {
        let files = ModelFiles {
            config: read(&folder, "config.json"),
            weights: read(&folder, "model.safetensors"),
            tokenizer: read(&folder, "tokenizer.json"),
        };
        let committed = read(&folder, Checksums::FILE);
        assert_eq!(
            String::from_utf8_lossy(&committed),
            Checksums::of(&files).to_string(),
            "{}: `cargo xtask fixtures` writes it anew",
            folder.display()
        );
    }
}
