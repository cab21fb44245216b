//! The model against `transformers` in f64: log-probabilities, every hook, and
//! greedy generation, on every engine of this build.

use crate::fixtures::{MODELS, Prompt, engines, expected, fixture, ids, load, prompts};
use headlight_activations::{Activations, Capture, Edit, HookPoint};
use headlight_model::{
    ActivationFunction, LogitsWanted, Model, RunRequest, Sampler, Unhurried, log_probs,
    most_probable,
};

fn run(
    model: &Model,
    tokens: &[u32],
    edits: &[Edit],
    capture: &Capture,
) -> (Vec<f64>, Activations) {
    let request = RunRequest {
        tokens,
        capture,
        edits,
        logits: LogitsWanted::All,
    };
    let output = pollster::block_on(model.run(request, &Unhurried)).unwrap();
    let (logits, activations) = pollster::block_on(output.read()).unwrap();
    let d_vocab = model.architecture.shape.d_vocab;
    let log_probs = logits.chunks_exact(d_vocab).flat_map(log_probs);
    (log_probs.collect(), activations)
}

fn max_abs_difference(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f64::max)
}

/// Relative L2 difference; infinities must stand in the same places.
fn relative_l2(got: &[f32], want: &[f64]) -> f64 {
    assert_eq!(got.len(), want.len());
    let (mut gap, mut size) = (0.0, 0.0);
    for (&got, &want) in got.iter().zip(want) {
        assert_eq!(
            got.is_finite(),
            want.is_finite(),
            "masked in one of the two only"
        );
        if want.is_finite() {
            gap += (f64::from(got) - want).powi(2);
            size += want.powi(2);
        }
    }
    (gap / size).sqrt()
}

/// The largest log-probability gap and the worst hook's relative L2.
fn gaps(model: &Model, name: &str, prompt: &Prompt) -> (f64, f64, HookPoint) {
    let file = fixture(&format!("{name}/expected.safetensors"));
    let hooks = HookPoint::all(&model.architecture.shape);
    let capture = Capture::all_positions(hooks.iter().copied());
    let (log_probs, activations) = run(model, &prompt.tokens(), &[], &capture);
    let want = expected(&file, &format!("{}/log_probs", prompt.key));
    let mut worst = (0.0, HookPoint::Embed);
    for hook in hooks {
        let want = expected(&file, &format!("{}/{hook}", prompt.key));
        let gap = relative_l2(&activations[&hook].data, &want);
        if gap > worst.0 {
            worst = (gap, hook);
        }
    }
    (max_abs_difference(&log_probs, &want), worst.0, worst.1)
}

#[test]
fn every_engine_equals_transformers() {
    for engine in engines() {
        for name in MODELS {
            let model = load(name, &engine.device);
            for prompt in prompts(name) {
                let (log_prob, activation, hook) = gaps(&model, name, &prompt);
                println!(
                    "{} {name} {}: {log_prob:.1e}, {activation:.1e} at {hook}",
                    engine.name, prompt.key
                );
                assert!(
                    log_prob <= engine.log_prob_tolerance,
                    "{name} {}",
                    prompt.key
                );
                assert!(
                    activation <= engine.activation_tolerance,
                    "{name} {} {hook}",
                    prompt.key
                );
            }
        }
    }
}

#[test]
fn blocks_of_queries_do_not_change_the_result() {
    let engine = &engines()[0];
    for block in [1, 3, 8, 1000] {
        let model = load("tiny-b", &engine.device).with_query_block(block);
        let prompt = &prompts("tiny-b")[1];
        let file = fixture("tiny-b/expected.safetensors");
        let (log_probs, _) = run(&model, &prompt.tokens(), &[], &Capture::none());
        let gap = max_abs_difference(&log_probs, &expected(&file, "p1/log_probs"));
        assert!(gap <= engine.log_prob_tolerance, "block {block}: {gap:.1e}");
    }
}

#[test]
fn a_wrong_activation_function_or_epsilon_is_noticed() {
    let engine = &engines()[0];
    type Spoil = fn(&mut Model);
    let wrong: [(&str, Spoil); 4] = [
        ("tiny-a", |model| {
            model.architecture.mlp = Some(ActivationFunction::Gelu);
        }),
        ("tiny-b", |model| {
            model.architecture.mlp = Some(ActivationFunction::GeluTanh);
        }),
        ("tiny-b", |model| model.architecture.norm_epsilon = 1e-5),
        ("tiny-c", |model| model.architecture.norm_epsilon = 1e-5),
    ];
    for (name, spoil) in wrong {
        let mut model = load(name, &engine.device);
        spoil(&mut model);
        for prompt in prompts(name) {
            let (log_prob, activation, _) = gaps(&model, name, &prompt);
            assert!(
                log_prob > engine.log_prob_tolerance,
                "{name}: {log_prob:.1e}"
            );
            assert!(
                activation > 10.0 * engine.activation_tolerance,
                "{name}: {activation:.1e}"
            );
        }
    }
}

#[test]
fn greedy_generation_gives_the_tokens_of_transformers() {
    for engine in engines() {
        for name in MODELS {
            let model = load(name, &engine.device);
            for prompt in prompts(name) {
                let want = ids(&prompt.json["greedy"]);
                let got = greedy(&model, &prompt.tokens(), want.len());
                assert_eq!(got, want, "{} {name} {}", engine.name, prompt.key);
            }
        }
    }
}

fn greedy(model: &Model, prompt: &[u32], n: usize) -> Vec<u32> {
    let mut sampler = Sampler::new(0.0, 0, 1.0, 0);
    let mut generation = pollster::block_on(model.generate(prompt, n, &[], &Unhurried)).unwrap();
    let mut tokens = Vec::new();
    while tokens.len() < n {
        let token = generation.draw(&mut sampler);
        tokens.push(token.id);
        if tokens.len() < n {
            pollster::block_on(generation.read(&[token.id], &Unhurried)).unwrap();
        }
    }
    tokens
}

#[test]
fn the_cache_does_not_change_the_probabilities() {
    for engine in engines() {
        for name in MODELS {
            let model = load(name, &engine.device);
            let d_vocab = model.architecture.shape.d_vocab;
            let tokens = prompts(name)[1].tokens();
            let (whole, _) = run(&model, &tokens, &[], &Capture::none());
            let mut generation =
                pollster::block_on(model.generate(&tokens[..1], tokens.len(), &[], &Unhurried))
                    .unwrap();
            for (pos, rest) in tokens.iter().zip(1..).map(|(_, next)| (next - 1, next)) {
                let got = log_probs(generation.logits());
                let want = &whole[pos * d_vocab..rest * d_vocab];
                let gap = max_abs_difference(&got, want);
                assert!(
                    gap <= 1e-4,
                    "{} {name} position {pos}: {gap:.1e}",
                    engine.name
                );
                if rest < tokens.len() {
                    pollster::block_on(generation.read(&[tokens[rest]], &Unhurried)).unwrap();
                }
            }
        }
    }
}

#[test]
fn edits_do_what_the_reference_does() {
    for engine in engines() {
        for name in MODELS {
            let model = load(name, &engine.device);
            for prompt in prompts(name) {
                for case in prompt.json["edits"].as_array().unwrap() {
                    let edit: Edit = serde_json::from_value(case["edit"].clone()).unwrap();
                    let tokens = prompt.tokens();
                    let (log_probs, _) = run(&model, &tokens, &[edit], &Capture::none());
                    let d_vocab = model.architecture.shape.d_vocab;
                    for (pos, want) in case["nll"].as_array().unwrap().iter().enumerate().skip(1) {
                        let got = -log_probs[(pos - 1) * d_vocab + tokens[pos] as usize];
                        let gap = (got - want.as_f64().unwrap()).abs();
                        let limit = engine.log_prob_tolerance;
                        assert!(
                            gap <= limit,
                            "{} {name} {} {pos}: {gap:.1e}",
                            engine.name,
                            case["edit"]
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn editing_nothing_changes_nothing_bit_for_bit() {
    let model = load("tiny-a", &engines()[0].device);
    let tokens = prompts("tiny-a")[1].tokens();
    let (clean, _) = run(&model, &tokens, &[], &Capture::none());
    let nothing: Edit =
        serde_json::from_str(r#"{"hook":"hook_embed","pos":[],"op":"zero"}"#).unwrap();
    assert_eq!(run(&model, &tokens, &[nothing], &Capture::none()).0, clean);
}

#[test]
fn a_pattern_on_demand_equals_the_captured_one() {
    for engine in engines() {
        let model = load("tiny-b", &engine.device);
        let prompt = &prompts("tiny-b")[1];
        let file = fixture("tiny-b/expected.safetensors");
        let tokens = prompt.tokens();
        let capture = Capture::none();
        let logits = LogitsWanted::Last;
        let request = RunRequest {
            tokens: &tokens,
            capture: &capture,
            edits: &[],
            logits,
        };
        let kept = pollster::block_on(model.run(request, &Unhurried))
            .unwrap()
            .kept;
        let n = tokens.len();
        for layer in 0..3 {
            let want = expected(&file, &format!("p1/blocks.{layer}.attn.hook_pattern"));
            for head in 0..5 {
                let got = pollster::block_on(kept.pattern(layer, head)).unwrap();
                let got: Vec<f64> = got.pattern.iter().map(|&p| f64::from(p)).collect();
                let gap = max_abs_difference(&got, &want[head * n * n..(head + 1) * n * n]);
                // Weights are at most 1, and lse carries the error of scores of size 10.
                assert!(gap <= 2e-5, "{} {layer}.{head}: {gap:.1e}", engine.name);
            }
        }
    }
}

#[test]
fn the_most_probable_next_tokens_are_those_of_transformers() {
    for name in MODELS {
        let model = load(name, &engines()[0].device);
        for prompt in prompts(name) {
            let tokens = prompt.tokens();
            let capture = Capture::none();
            let logits = LogitsWanted::Last;
            let request = RunRequest {
                tokens: &tokens,
                capture: &capture,
                edits: &[],
                logits,
            };
            let output = pollster::block_on(model.run(request, &Unhurried)).unwrap();
            let (logits, _) = pollster::block_on(output.read()).unwrap();
            let want = prompt.json["top"].as_array().unwrap();
            for ((id, prob), want) in most_probable(&logits, want.len()).into_iter().zip(want) {
                assert_eq!(u64::from(id), want[0].as_u64().unwrap());
                assert!((prob - want[1].as_f64().unwrap()).abs() < 1e-5);
            }
        }
    }
}
