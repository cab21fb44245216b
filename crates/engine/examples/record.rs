//! Records a run for the page to show before the engine is there.
//!
//! `record MODEL_DIR PROMPT LAYER HEAD` prints a recording; `crates/view`'s
//! `recording.rs` describes the format.

use std::path::Path;

use headlight_engine::{HeadRef, Loaded, ModelFiles};
use headlight_language::{NAME, TruthAsk};
use headlight_model::Unhurried;
use serde_json::json;

type Failure = Box<dyn std::error::Error>;

#[expect(clippy::print_stdout, reason = "its output is the file")]
fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [folder, prompt, layer, head] = args.as_slice() else {
        return Err("usage: record MODEL_DIR PROMPT LAYER HEAD".into());
    };
    let folder = Path::new(folder);
    let files = ModelFiles {
        config: std::fs::read(folder.join("config.json"))?,
        weights: std::fs::read(folder.join("model.safetensors"))?,
        tokenizer: std::fs::read(folder.join("tokenizer.json"))?,
    };
    let loaded = Loaded::on_cpu(&files)?;
    let at = HeadRef {
        layer: layer.parse()?,
        head: head.parse()?,
    };
    let run = loaded.run(prompt, 10, &[], Some(at), &Unhurried);
    let (mut answer, _) = pollster::block_on(run)?;
    // Not shown of a recorded run; so the same model gives the same file.
    answer.elapsed_ms = 0.0;
    let pattern = answer.pattern.clone().ok_or("the answer has no pattern")?;
    let architecture = &loaded.model.architecture;
    let truth = (architecture.language.as_deref() == Some(NAME)).then(|| {
        let tokens = answer.tokens.iter().map(|token| (token.id, &*token.text));
        let ask = TruthAsk::new(0, architecture.shape.d_vocab, tokens);
        ask.answer().truth
    });
    let recording = json!({
        "format": "headlight-recording",
        "version": 1,
        "model": folder.file_name().map(|name| name.to_string_lossy()),
        "prompt": prompt,
        "shape": loaded.model.architecture.shape,
        "answer": answer,
        "pattern": pattern.pattern,
        "lse": pattern.lse,
        "truth": truth.transpose()?,
    });
    println!("{recording}");
    Ok(())
}
