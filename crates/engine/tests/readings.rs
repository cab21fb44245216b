//! Logit lens, attribution and surprise against what `reference/` computed with
//! `transformers` in f64, and against the run they look into.

#![cfg(feature = "cpu")]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its fixture should stop there"
)]

use std::cell::Cell;
use std::path::PathBuf;

use headlight_activations::{Attribution, Capture, Edit, HookPoint, LensRow, Site};
use headlight_engine::{AnswerError, Loaded, ModelFiles};
use headlight_model::{LogitsWanted, Pace, RunRequest, Stopped, Unhurried, log_probs};
use serde_json::Value;

const MODELS: [&str; 4] = ["tiny-a", "tiny-b", "tiny-c", "tiny-attn"];

/// Largest difference of a probability. f32 `transformers` differs from f64 by
/// 2e-6 in log-probabilities on these files, so by less in probabilities, which
/// are at most 1: room for other orders of summation.
const PROB_TOLERANCE: f64 = 1e-5;

/// Largest difference of what a component adds, and of a logit difference, in
/// logits. Components are at most 1.3 here and carry a few roundings of f32 each,
/// 1e-6 in all: room for other orders of summation, and a hundredth of what a
/// wrong epsilon does to the logits. Sums of the shipped models, of logits up to
/// 10 apart, come within 1.3e-6.
const LOGIT_TOLERANCE: f64 = 1e-5;

fn root() -> PathBuf {
    PathBuf::from("../..")
}

fn load(folder: &str) -> Loaded {
    let read = |name| std::fs::read(root().join(folder).join(name)).unwrap();
    Loaded::on_cpu(&ModelFiles {
        config: read("config.json"),
        weights: read("model.safetensors"),
        tokenizer: read("tokenizer.json"),
    })
    .unwrap()
}

fn fixture(model: &str) -> (Loaded, Vec<Value>) {
    let folder = format!("tests/fixtures/{model}");
    let expected = std::fs::read(root().join(&folder).join("expected.json")).unwrap();
    let expected: Value = serde_json::from_slice(&expected).unwrap();
    (
        load(&folder),
        expected["prompts"].as_array().unwrap().clone(),
    )
}

fn list(json: &Value) -> &[Value] {
    json.as_array().unwrap()
}

fn number(json: &Value) -> f64 {
    json.as_f64().unwrap()
}

fn id(json: &Value) -> u32 {
    u32::try_from(json.as_u64().unwrap()).unwrap()
}

fn tokens(prompt: &Value) -> Vec<u32> {
    list(&prompt["tokens"]).iter().map(id).collect()
}

/// Everything at every position: the whole vocabulary in each row.
fn whole_lens(loaded: &Loaded, tokens: &[u32], edits: &[Edit]) -> Vec<LensRow> {
    let top = loaded.model.architecture.shape.d_vocab;
    let lens = loaded.lens(tokens, 0..tokens.len(), top, edits, &Unhurried);
    pollster::block_on(lens).unwrap()
}

fn attribute(loaded: &Loaded, tokens: &[u32], pair: [u32; 2], edits: &[Edit]) -> Attribution {
    let attribution = loaded.attribute(tokens, pair[0], pair[1], edits, &Unhurried);
    pollster::block_on(attribution).unwrap()
}

/// The run's own logits: `[pos, d_vocab]`, or those of the last position.
fn logits(loaded: &Loaded, tokens: &[u32], edits: &[Edit], wanted: LogitsWanted) -> Vec<f32> {
    let request = RunRequest {
        tokens,
        capture: &Capture::none(),
        edits,
        logits: wanted,
    };
    let run = pollster::block_on(loaded.model.run(request, &Unhurried)).unwrap();
    pollster::block_on(run.read()).unwrap().0
}

fn prob(row: &LensRow, id: u32) -> f64 {
    row.top.iter().find(|token| token.id == id).unwrap().prob
}

fn edit(json: Value) -> Edit {
    serde_json::from_value(json).unwrap()
}

#[test]
fn every_row_of_the_lens_has_the_probabilities_of_transformers() {
    let mut worst: f64 = 0.0;
    for model in MODELS {
        let (loaded, prompts) = fixture(model);
        for prompt in prompts {
            let rows = whole_lens(&loaded, &tokens(&prompt), &[]);
            let wanted = list(&prompt["lens"]);
            assert_eq!(rows.len(), wanted.len());
            for (row, wanted) in rows.iter().zip(wanted) {
                assert_eq!(row.hook.to_string(), wanted["hook"].as_str().unwrap());
                assert_eq!(row.pos as u64, wanted["pos"].as_u64().unwrap());
                for token in list(&wanted["top"]) {
                    let gap = (prob(row, id(&token[0])) - number(&token[1])).abs();
                    worst = worst.max(gap);
                    let place = (model, row.hook, row.pos);
                    assert!(gap <= PROB_TOLERANCE, "{place:?} {token}: {gap:.1e}");
                }
            }
        }
    }
    println!("largest difference of a probability: {worst:.1e}");
}

#[test]
fn rows_are_sorted_sum_to_one_and_are_cut_to_what_was_asked_for() {
    let (loaded, prompts) = fixture("tiny-b");
    let tokens = tokens(&prompts[1]);
    let whole = whole_lens(&loaded, &tokens, &[]);
    for row in &whole {
        let sum: f64 = row.top.iter().map(|token| token.prob).sum();
        assert!((sum - 1.0).abs() < 1e-12, "{sum}");
        let ordered = |a: &(f64, u32), b: &(f64, u32)| a.0 > b.0 || (a.0 == b.0 && a.1 < b.1);
        let keys: Vec<(f64, u32)> = row.top.iter().map(|token| (token.prob, token.id)).collect();
        assert!(keys.is_sorted_by(ordered));
    }
    let ask = |positions, top| {
        let lens = loaded.lens(&tokens, positions, top, &[], &Unhurried);
        pollster::block_on(lens).unwrap()
    };
    let part = ask(3..5, 2);
    let places: Vec<(HookPoint, usize)> = part.iter().map(|row| (row.hook, row.pos)).collect();
    let mut hooks = vec![HookPoint::block(0, Site::ResidPre)];
    hooks.extend((0..3).map(|layer| HookPoint::block(layer, Site::ResidPost)));
    let wanted = hooks.iter().flat_map(|&hook| [(hook, 3), (hook, 4)]);
    assert_eq!(places, wanted.collect::<Vec<_>>());
    for row in &part {
        let same = |other: &&LensRow| (other.hook, other.pos) == (row.hook, row.pos);
        let whole = whole.iter().find(same).unwrap();
        assert_eq!(row.top.len(), 2);
        for token in &row.top {
            // Fewer rows in one matmul may be summed in another order.
            assert!((token.prob - prob(whole, token.id)).abs() < 1e-6);
        }
    }
    assert!(ask(0..1, 0).iter().all(|row| row.top.is_empty()));
    assert!(ask(2..2, 5).is_empty());
}

/// The rows of the last place are the run's own, bit for bit, whatever is edited,
/// on the large weights of the fixtures and beyond one block of positions.
#[test]
fn the_last_rows_are_the_probabilities_of_the_run() {
    let stories = load("models/stories");
    let long: Vec<u32> = (0..160).map(|i| i * 37 % 1338).collect();
    assert_last_rows(&stories, &long, &[]);
    for model in MODELS {
        let (loaded, prompts) = fixture(model);
        for prompt in prompts {
            assert_last_rows(&loaded, &tokens(&prompt), &[]);
            for case in list(&prompt["edits"]) {
                assert_last_rows(&loaded, &tokens(&prompt), &[edit(case["edit"].clone())]);
            }
        }
    }
}

#[test]
fn the_probability_of_the_answer_is_that_of_the_whole_vocabulary() {
    let (loaded, prompts) = fixture("tiny-a");
    let tokens = tokens(&prompts[0]);
    let lens = loaded.lens_with_answers(&tokens, 1..tokens.len(), 2, &[], &Unhurried);
    let rows = pollster::block_on(lens).unwrap();
    let whole = whole_lens(&loaded, &tokens, &[]);
    let last = whole.last().unwrap().hook;
    for row in rows {
        let at = |hook| whole.iter().find(|of| (of.hook, of.pos) == (hook, row.pos));
        let answer = at(last).unwrap().top[0].id;
        let gap = row.answer_prob.unwrap() - prob(at(row.hook).unwrap(), answer);
        // Fewer rows in one matmul may be summed in another order.
        assert!(gap.abs() < 1e-6, "{gap}");
        assert_eq!(row.top.len(), 2);
    }
    assert!(whole.iter().all(|row| row.answer_prob.is_none()));
}

fn assert_last_rows(loaded: &Loaded, tokens: &[u32], edits: &[Edit]) {
    let shape = &loaded.model.architecture.shape;
    let lens = loaded.lens(tokens, 0..tokens.len(), 3, edits, &Unhurried);
    let rows = pollster::block_on(lens).unwrap();
    assert_eq!(rows.len(), (shape.n_layers + 1) * tokens.len());
    let last = &rows[shape.n_layers * tokens.len()..];
    let hook = HookPoint::block(shape.n_layers - 1, Site::ResidPost);
    assert!(last.iter().map(|row| row.pos).eq(0..tokens.len()));
    assert!(last.iter().all(|row| row.hook == hook));
    let tops = |wanted| {
        let logits = logits(loaded, tokens, edits, wanted);
        let tops = logits.chunks_exact(shape.d_vocab).map(|logits| {
            let next = loaded.next_tokens(logits, 3).into_iter();
            next.map(|next| (next.id, next.prob)).collect::<Vec<_>>()
        });
        tops.collect::<Vec<_>>()
    };
    let lens: Vec<Vec<(u32, f64)>> = last
        .iter()
        .map(|row| row.top.iter().map(|next| (next.id, next.prob)).collect())
        .collect();
    // What a run says next is what its lens says, to the bit.
    assert_eq!(lens.last(), tops(LogitsWanted::Last).last(), "{edits:?}");
    for (pos, (lens, run)) in lens.iter().zip(tops(LogitsWanted::All)).enumerate() {
        for ((id, prob), (run_id, run_prob)) in lens.iter().zip(run) {
            // Fewer rows in one matmul may be summed in another order.
            let is_near = *id == run_id && (prob - run_prob).abs() < 1e-6;
            assert!(is_near, "position {pos}, {edits:?}");
        }
    }
}

#[test]
fn an_edit_changes_the_rows_after_its_layer_only() {
    let (loaded, prompts) = fixture("tiny-b");
    let tokens = tokens(&prompts[1]);
    let clean = whole_lens(&loaded, &tokens, &[]);
    let per_place = tokens.len();
    // Which of the four places may change: at the layer of the edit and after it.
    let cases = [
        ("hook_embed", 0),
        ("blocks.0.attn.hook_z", 1),
        ("blocks.1.attn.hook_z", 2),
        ("blocks.2.hook_mlp_out", 3),
        ("ln_final.hook_normalized", 3),
    ];
    for (hook, first_changed) in cases {
        let zero = edit(serde_json::json!({"hook": hook, "pos": "all", "op": "zero"}));
        let edited = whole_lens(&loaded, &tokens, &[zero]);
        let places = clean
            .chunks_exact(per_place)
            .zip(edited.chunks_exact(per_place));
        for (place, (clean, edited)) in places.enumerate() {
            assert_eq!(
                clean != edited,
                place >= first_changed,
                "{hook}, place {place}"
            );
        }
    }
}

#[test]
fn editing_nothing_changes_no_reading_bit_for_bit() {
    let nothing =
        edit(serde_json::json!({"hook": "blocks.0.attn.hook_z", "pos": [], "op": "zero"}));
    for model in MODELS {
        let (loaded, prompts) = fixture(model);
        let tokens = tokens(&prompts[1]);
        let edits = [nothing.clone()];
        assert_eq!(
            whole_lens(&loaded, &tokens, &edits),
            whole_lens(&loaded, &tokens, &[])
        );
        let [clean, edited] =
            [&[][..], &edits].map(|edits| attribute(&loaded, &tokens, [3, 7], edits));
        assert_eq!(clean, edited);
    }
}

#[test]
fn every_component_is_that_of_transformers_and_they_sum_to_the_logit_difference() {
    let (mut worst, mut worst_sum): (f64, f64) = (0.0, 0.0);
    for model in MODELS {
        let (loaded, prompts) = fixture(model);
        for prompt in prompts {
            for case in list(&prompt["attribution"]) {
                let pair = [id(&case["token"]), id(&case["against"])];
                let got = attribute(&loaded, &tokens(&prompt), pair, &[]);
                let names: Vec<String> = got
                    .components
                    .iter()
                    .map(|part| part.component.to_string())
                    .collect();
                let wanted = list(&case["components"]);
                let wanted_names: Vec<&str> = wanted
                    .iter()
                    .map(|part| part[0].as_str().unwrap())
                    .collect();
                assert_eq!(names, wanted_names, "{model}");
                for (part, wanted) in got.components.iter().zip(wanted) {
                    let gap = (part.value - number(&wanted[1])).abs();
                    worst = worst.max(gap);
                    assert!(
                        gap <= LOGIT_TOLERANCE,
                        "{model} {}: {gap:.1e}",
                        part.component
                    );
                }
                let wanted = number(&case["logit_difference"]);
                let gap = (got.logit_difference - wanted).abs();
                assert!(gap <= LOGIT_TOLERANCE, "{model}: {gap:.1e}");
                let gap = (got.sum - got.logit_difference).abs();
                worst_sum = worst_sum.max(gap);
                assert!(gap <= LOGIT_TOLERANCE, "{model}: {gap:.1e}");
            }
        }
    }
    println!("largest difference of a component: {worst:.1e}, of a sum: {worst_sum:.1e}");
}

/// Edits of what the components are made of leave the sum whole; one that writes
/// into the stream is no component's doing.
#[test]
fn under_edits_the_components_still_sum_to_the_logit_difference() {
    for model in MODELS {
        let (loaded, prompts) = fixture(model);
        for prompt in prompts {
            for case in list(&prompt["edits"]) {
                let edits = [edit(case["edit"].clone())];
                let writes = matches!(
                    edits[0].hook,
                    HookPoint::LnFinalNormalized
                        | HookPoint::Block {
                            site: Site::ResidPre,
                            ..
                        }
                );
                let got = attribute(&loaded, &tokens(&prompt), [5, 9], &edits);
                let run = log_prob_difference(&loaded, &tokens(&prompt), [5, 9], &edits);
                assert!((got.logit_difference - run).abs() <= LOGIT_TOLERANCE);
                let gap = (got.sum - got.logit_difference).abs();
                assert_eq!(
                    gap > LOGIT_TOLERANCE,
                    writes,
                    "{model} {}: {gap:.1e}",
                    case["edit"]
                );
            }
        }
    }
}

/// `log p(a) - log p(b)` after the last token, which is the difference of the logits.
fn log_prob_difference(loaded: &Loaded, tokens: &[u32], pair: [u32; 2], edits: &[Edit]) -> f64 {
    let log_probs = log_probs(&logits(loaded, tokens, edits, LogitsWanted::Last));
    log_probs[pair[0] as usize] - log_probs[pair[1] as usize]
}

#[test]
fn the_shipped_models_sum_up_too() {
    for (folder, n) in [("models/stories", 160), ("models/induction", 16)] {
        let loaded = load(folder);
        let d_vocab = loaded.model.architecture.shape.d_vocab as u32;
        let tokens: Vec<u32> = (0..n).map(|i| i * 37 % d_vocab).collect();
        for pair in [[0, 1], [2, d_vocab - 1], [d_vocab / 2, 3]] {
            let got = attribute(&loaded, &tokens, pair, &[]);
            let gap = (got.sum - got.logit_difference).abs();
            println!("{folder} {pair:?}: {:.2}, {gap:.1e}", got.logit_difference);
            assert!(gap <= LOGIT_TOLERANCE, "{folder} {pair:?}: {gap:.1e}");
        }
    }
}

#[test]
fn swapping_the_tokens_changes_every_sign() {
    let (loaded, prompts) = fixture("tiny-a");
    let tokens = tokens(&prompts[0]);
    let [there, back] = [[4, 8], [8, 4]].map(|pair| attribute(&loaded, &tokens, pair, &[]));
    for (there, back) in there.components.iter().zip(&back.components) {
        assert_eq!(
            (there.component, there.value),
            (back.component, -back.value)
        );
    }
    assert_eq!(there.logit_difference, -back.logit_difference);
}

/// Stops at the `n`-th pause.
struct StopsAt {
    n: usize,
    pauses: Cell<usize>,
}

impl Pace for StopsAt {
    async fn pause(&self) -> Result<(), Stopped> {
        self.pauses.set(self.pauses.get() + 1);
        if self.pauses.get() == self.n {
            Err(Stopped)
        } else {
            Ok(())
        }
    }
}

#[test]
fn a_lens_can_be_stopped_at_every_layer_and_every_block_of_positions() {
    let loaded = load("models/stories");
    let tokens: Vec<u32> = (0..130).collect();
    let ask = |n| {
        let pace = StopsAt {
            n,
            pauses: Cell::new(0),
        };
        let lens = pollster::block_on(loaded.lens(&tokens, 0..130, 1, &[], &pace));
        (lens, pace.pauses.get())
    };
    let (rows, pauses) = ask(0);
    assert_eq!(rows.unwrap().len(), 5 * 130);
    // Four layers; then five places, each in blocks of 64, 64 and 2 positions.
    assert_eq!(pauses, 4 + 5 * 3);
    for n in [1, 4, 5, 11, pauses] {
        let (lens, stopped_after) = ask(n);
        assert!(lens.unwrap_err().is_stopped());
        assert_eq!(stopped_after, n);
    }
}

#[test]
fn what_cannot_be_read_is_said_in_one_sentence() {
    let (loaded, _) = fixture("tiny-a");
    let lens = |tokens: &[u32], positions| {
        pollster::block_on(loaded.lens(tokens, positions, 5, &[], &Unhurried)).map(|_| ())
    };
    let attribute = |tokens: &[u32], token, against| {
        let attribution = loaded.attribute(tokens, token, against, &[], &Unhurried);
        pollster::block_on(attribution).map(|_| ())
    };
    let cases: [(Result<(), AnswerError>, &str); 8] = [
        (
            lens(&[], 0..0),
            "the prompt has no tokens, expected at least one",
        ),
        (
            lens(&[1; 32], 0..32),
            "the prompt has 32 tokens, expected at most 31, the model's context",
        ),
        (
            lens(&[1, 283], 0..2),
            "token 1 has id 283, expected an id from 0 to 282",
        ),
        (
            lens(&[1, 2], 1..3),
            "the prompt has 2 tokens, expected more than 2 to read position 2",
        ),
        (
            attribute(&[1], 283, 0),
            "token is 283, expected an id from 0 to 282",
        ),
        (
            attribute(&[1], 0, u32::MAX),
            "against is 4294967295, expected an id from 0 to 282",
        ),
        (
            attribute(&[1], 7, 7),
            "against is 7, expected a token other than the one it is held against",
        ),
        (
            attribute(&[], 1, 0),
            "the prompt has no tokens, expected at least one",
        ),
    ];
    for (got, wanted) in cases {
        let error = got.unwrap_err();
        assert_eq!(error.to_string(), wanted);
        assert_eq!(error.kind(), headlight_engine::ErrorKind::Input);
    }
}

#[test]
fn a_run_in_two_parts_is_the_run() {
    let loaded = fixture("tiny-b").0;
    let prompt = "Tom went to the garden.";
    let first = loaded.run_first(prompt, 4, &[], None, &Unhurried);
    let (first, last) = pollster::block_on(first).unwrap();
    let (whole, _) = pollster::block_on(loaded.run(prompt, 4, &[], None, &Unhurried)).unwrap();
    assert_eq!(first.nll, vec![None; whole.tokens.len()]);
    assert_eq!((first.perplexity, &first.next), (None, &whole.next));
    let (shown, clean) = pollster::block_on(loaded.surprise(&last, &Unhurried)).unwrap();
    assert_eq!((shown.nll, clean), (whole.nll, None));
}
