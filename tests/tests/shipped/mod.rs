//! The models of this repository.

use std::path::Path;

use headlight_engine::{Loaded, ModelFiles};

/// Opens one of them on the CPU.
pub(crate) fn load(name: &str) -> Loaded {
    let folder = Path::new("../models").join(name);
    let read = |file: &str| match std::fs::read(folder.join(file)) {
        Ok(bytes) => bytes,
        Err(error) => panic!("models/{name}/{file}: {error}"),
    };
    let files = ModelFiles {
        config: read("config.json"),
        weights: read("model.safetensors"),
        tokenizer: read("tokenizer.json"),
    };
    match Loaded::on_cpu(&files) {
        Ok(loaded) => loaded,
        Err(error) => panic!("models/{name}: {error}"),
    }
}
