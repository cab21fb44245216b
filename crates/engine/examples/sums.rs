//! Writes the checksums of a model's files, for a model that is shipped.
//!
//! `sums MODEL_DIR` prints what `sha256sum config.json model.safetensors tokenizer.json`
//! prints in that folder: the model's SHA256SUMS.

use std::path::Path;

use headlight_engine::{Checksums, ModelFiles};

#[expect(clippy::print_stdout, reason = "its output is the file")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: sums MODEL_DIR")?;
    let folder = Path::new(&folder);
    let files = ModelFiles {
        config: std::fs::read(folder.join("config.json"))?,
        weights: std::fs::read(folder.join("model.safetensors"))?,
        tokenizer: std::fs::read(folder.join("tokenizer.json"))?,
    };
    print!("{}", Checksums::of(&files));
    Ok(())
}
