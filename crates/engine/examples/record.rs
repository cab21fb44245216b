//! Records a run for the page to show before the engine is there.
//!
//! `record MODEL_DIR PROMPT LAYER HEAD` prints a recording; `crates/view`'s
//! `recording.rs` describes the format.

use std::path::Path;

use headlight_activations::Sampling;
use headlight_engine::{HeadRef, LastRun, LayerCache, Loaded, ModelFiles, RunAnswer};
use headlight_language::{NAME, TruthAsk};
use headlight_model::Unhurried;
use serde_json::{Value, json};

/// Number of next tokens that are listed.
const N_NEXT: usize = 10;
/// Cells per side of a head made small, at most.
const THUMBNAIL_SIDE: usize = 32;
/// Positions of the logit lens, at most.
const LENS_SPAN: usize = 32;
/// Tokens that it lists at each.
const LENS_TOP: usize = 5;

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
    let run = loaded.run(prompt, N_NEXT, &[], Some(at), &Unhurried);
    let (mut answer, last) = pollster::block_on(run)?;
    let details = pollster::block_on(details(&loaded, &answer, &last))?;
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
        "details": details,
    });
    println!("{recording}");
    Ok(())
}

/// What the page asks about every run.
async fn details(loaded: &Loaded, answer: &RunAnswer, last: &LastRun) -> Result<Value, Failure> {
    let (tokens, n) = (&last.tokens, last.tokens.len());
    let shape = &loaded.model.architecture.shape;
    let heads = 0..shape.n_layers * shape.n_heads;
    let mut cache = LayerCache::default();
    let side = n.min(THUMBNAIL_SIDE);
    let atlas = loaded.thumbnails(&last.kept, tokens, &mut cache, heads, side, &Unhurried);
    let atlas = atlas.await?;
    let cells = atlas.iter().map(|small| {
        let thousandths = small.cells.iter().map(|cell| (cell * 1e3).round() as u16);
        thousandths.collect::<Vec<u16>>()
    });
    let positions = n.saturating_sub(LENS_SPAN)..n;
    let lens = loaded.lens_with_answers(tokens, positions, LENS_TOP, &[], &Unhurried);
    let [first, second, ..] = answer.next.as_slice() else {
        return Err("the model has fewer than two tokens".into());
    };
    let attribution = loaded.attribute(tokens, first.id, second.id, &[], &Unhurried);
    Ok(json!({
        "cells": cells.collect::<Vec<_>>(),
        "atlas": atlas,
        "lens": lens.await?,
        "attribution": attribution.await?,
        "cuts": loaded.cuts(last, &Sampling::default(), N_NEXT)?,
    }))
}
