//! Records one head's queries, keys and values for the Flash room to play before the
//! engine is there.
//!
//! `record_head MODEL_DIR PROMPT LAYER HEAD` prints them; `flash/recorded.rs` of
//! `crates/view` describes the format.

use std::path::Path;

use headlight_activations::HeadInputs;
use headlight_engine::{HeadRef, Loaded, ModelFiles};
use headlight_model::Unhurried;
use serde::Serialize;

/// The file; numbers are written with no more digits than they have.
#[derive(Serialize)]
struct Recorded<'a> {
    format: &'static str,
    version: u32,
    model: Option<&'a str>,
    prompt: &'a str,
    head: &'a HeadInputs,
    q: &'a [f32],
    k: &'a [f32],
    v: &'a [f32],
}

type Failure = Box<dyn std::error::Error>;

#[expect(clippy::print_stdout, reason = "its output is the file")]
fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [folder, prompt, layer, head] = args.as_slice() else {
        return Err("usage: record_head MODEL_DIR PROMPT LAYER HEAD".into());
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
    let tokens = loaded.encode(prompt)?;
    let inputs = loaded.head_inputs(&tokens, at, &[], &Unhurried);
    let inputs = pollster::block_on(inputs)?;
    let recorded = Recorded {
        format: "headlight-head",
        version: 1,
        model: folder.file_name().and_then(|name| name.to_str()),
        prompt,
        q: &inputs.q,
        k: &inputs.k,
        v: &inputs.v,
        head: &inputs,
    };
    println!("{}", serde_json::to_string(&recorded)?);
    Ok(())
}
