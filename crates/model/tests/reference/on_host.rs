//! A layer read to the host shows what the device would show, edits included.

use crate::fixtures::{MODELS, engines, load, prompts};
use headlight_activations::{Capture, Edit};
use headlight_model::{KeptRun, LogitsWanted, Model, RunRequest, Unhurried};

fn kept(model: &Model, tokens: &[u32], edits: &[Edit]) -> KeptRun {
    let request = RunRequest {
        tokens,
        capture: &Capture::none(),
        edits,
        logits: LogitsWanted::Last,
    };
    pollster::block_on(model.run(request, &Unhurried))
        .unwrap()
        .kept
}

/// `[query, key]`, recomputed on the host; masked weights are 0.
fn on_host(kept: &KeptRun, layer: usize, head: usize) -> Vec<f32> {
    let n = kept.seq_len();
    let host = pollster::block_on(kept.layer(layer)).unwrap();
    let mut weights = vec![0.0; n * n];
    host.head(head).for_each_row(0..n, 0..n, |query, row| {
        weights[query * n..][..row.len()].copy_from_slice(row);
    });
    weights
}

fn largest_gap(kept: &KeptRun, layer: usize, head: usize) -> f32 {
    let device = pollster::block_on(kept.pattern(layer, head)).unwrap();
    let gaps = on_host(kept, layer, head).into_iter().zip(device.pattern);
    gaps.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

fn edits(json: &str) -> Vec<Edit> {
    serde_json::from_str(json).unwrap()
}

#[test]
fn every_head_shows_what_the_device_shows() {
    // Each edit alone, both at once, and one that is not about the matrices.
    let edited = [
        "[]",
        r#"[{"hook": "blocks.1.attn.hook_attn_scores", "head": 1, "pos": [2, 5], "op": "zero"}]"#,
        r#"[{"hook": "blocks.0.attn.hook_attn_scores", "pos": "all", "op": "zero"}]"#,
        r#"[{"hook": "blocks.1.attn.hook_pattern", "pos": [0, 3], "op": "zero"}]"#,
        r#"[{"hook": "blocks.0.attn.hook_pattern", "head": 0, "pos": "all", "op": "zero"},
            {"hook": "blocks.0.attn.hook_attn_scores", "pos": [1, 4], "op": "zero"}]"#,
        r#"[{"hook": "blocks.0.attn.hook_q", "head": 0, "pos": [3], "op": "zero"}]"#,
    ];
    for engine in engines() {
        // Both sides round in f32; a GPU's exp may err by a few ulp more.
        let tolerance = if engine.name == "flex" { 1e-6 } else { 1e-5 };
        for name in MODELS {
            let model = load(name, &engine.device);
            let tokens = prompts(name)[1].tokens();
            assert!(tokens.len() > 5, "the edits name position 5");
            let shape = model.architecture.shape;
            for json in edited {
                let kept = kept(&model, &tokens, &edits(json));
                for layer in 0..shape.n_layers {
                    for head in 0..shape.n_heads {
                        let gap = largest_gap(&kept, layer, head);
                        let name = format!("{} {name} {layer}.{head} {json}", engine.name);
                        assert!(gap <= tolerance, "{name}: {gap:e}");
                    }
                }
            }
        }
    }
}

#[test]
fn zeroed_scores_are_even_and_a_zeroed_pattern_is_empty() {
    let model = load("tiny-a", &engines()[0].device);
    let tokens = prompts("tiny-a")[1].tokens();
    let json = r#"[{"hook": "blocks.0.attn.hook_attn_scores", "head": 1, "pos": [4], "op": "zero"},
        {"hook": "blocks.0.attn.hook_pattern", "head": 1, "pos": [5], "op": "zero"}]"#;
    let kept = kept(&model, &tokens, &edits(json));
    let n = tokens.len();
    let weights = on_host(&kept, 0, 1);
    let row = |query: usize| &weights[query * n..][..n];
    assert!(row(4)[..5].iter().all(|weight| (weight - 0.2).abs() < 1e-6));
    assert!(row(4)[5..].iter().all(|&weight| weight == 0.0));
    assert!(row(5).iter().all(|&weight| weight == 0.0));
    // The other rows and heads are as they were.
    assert!(row(3).iter().any(|weight| (weight - 0.25).abs() > 1e-3));
    assert!(on_host(&kept, 0, 0)[5 * n] > 0.0);
}

#[test]
fn a_layer_knows_its_run() {
    let model = load("tiny-a", &engines()[0].device);
    let tokens = prompts("tiny-a")[1].tokens();
    let [first, second] = [(), ()].map(|()| kept(&model, &tokens, &[]));
    let host = pollster::block_on(first.layer(1)).unwrap();
    assert!(host.is_of(&first.clone(), 1));
    assert!(!host.is_of(&first, 0));
    assert!(!host.is_of(&second, 1));
}
