//! `headlight generate`.

use headlight_engine::Sampling;
use headlight_model::Unhurried;
use serde_json::json;

use crate::args::GenerateArgs;
use crate::failure::Failure;
use crate::model_dir::open;

pub(crate) fn generate(args: &GenerateArgs) -> Result<String, Failure> {
    let loaded = open(&args.engine)?;
    let sampling = Sampling {
        temperature: args.temperature,
        top_k: args.top_k,
        top_p: args.top_p,
        seed: args.seed,
    };
    let generation = loaded.generate(
        &args.prompt,
        args.max_tokens,
        &sampling,
        &args.edits,
        &Unhurried,
        |_| {},
    );
    let (text, tokens, stopped) = pollster::block_on(generation)?;
    if args.json {
        return Ok(json!({"text": text, "tokens": tokens, "stopped": stopped}).to_string());
    }
    Ok(format!("{}{text}", args.prompt))
}
