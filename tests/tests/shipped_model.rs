//! models/stories against the language it was trained on.

use std::path::{Path, PathBuf};

use headlight_engine::{Loaded, ModelFiles};
use headlight_language::{Oracle, Purpose, Stories};
use headlight_model::Unhurried;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/stories")
}

fn load() -> Loaded {
    let read = |name: &str| match std::fs::read(folder().join(name)) {
        Ok(bytes) => bytes,
        Err(error) => panic!("models/stories/{name}: {error}"),
    };
    let files = ModelFiles {
        config: read("config.json"),
        weights: read("model.safetensors"),
        tokenizer: read("tokenizer.json"),
    };
    match Loaded::on_cpu(&files) {
        Ok(loaded) => loaded,
        Err(error) => panic!("models/stories: {error}"),
    }
}

#[test]
fn the_model_speaks_the_tokens_of_the_language() {
    let loaded = load();
    for document in Stories::new(7, Purpose::Test).take(200) {
        let ids = document.tokens.iter().copied();
        // The end token has no text: it is what the model says, never the visitor.
        let body: Vec<u32> = ids.take(document.tokens.len() - 1).collect();
        let encoded = loaded.encode(&document.text);
        assert_eq!(encoded.ok(), Some(body), "{}", document.text);
    }
}

#[test]
fn the_model_is_near_the_truth_and_far_from_chance() {
    let loaded = load();
    let oracle = Oracle::stories();
    let (mut model_nats, mut true_nats, mut count) = (0.0, 0.0, 0_usize);
    for document in Stories::new(7, Purpose::Test).take(60) {
        let run = loaded.run(&document.text, 0, &[], None, &Unhurried);
        let Ok((answer, _)) = pollster::block_on(run) else {
            panic!("no answer for {:?}", document.text);
        };
        let nll: Vec<f64> = answer.nll.iter().flatten().copied().collect();
        let Ok(truth) = oracle.log_probs(&document.tokens) else {
            panic!("impossible: {:?}", document.text);
        };
        model_nats += nll.iter().sum::<f64>();
        true_nats -= truth[1..=nll.len()].iter().sum::<f64>();
        count += nll.len();
    }
    let bits = |nats: f64| nats / count as f64 / std::f64::consts::LN_2;
    let (model, truth) = (bits(model_nats), bits(true_nats));
    println!("{model:.3} bits per token, the truth {truth:.3}, over {count} tokens");
    // An even guess over 1,199 ids is 10.2 bits, and the training loss
    // was 2.6 after a tenth of the steps. The shipped model is 0.23 above the truth;
    // the room is for retraining, not for a model that lost what it learnt.
    assert!(model < truth + 0.7, "{model:.3} bits against {truth:.3}");
    assert!(
        model > truth - 0.1,
        "better than the truth is too good to be true"
    );
}
