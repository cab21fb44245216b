//! How models/stories is trained.

use headlight_language::{
    Construct, Document, END, Purpose, START, Stories, tokenizer_json, vocabulary,
};
use serde_json::json;

use super::{Recipe, Row, Training, train};
use crate::failure::Failure;

/// Documents per step.
const BATCH: usize = 8;

/// Steps whose documents are drawn together and sorted by length, so that a
/// batch has little padding.
const POOL: usize = 8;

/// Steps unless said otherwise.
pub(crate) const DEFAULT_STEPS: usize = 20_000;

/// How much a place counts that the story has told before, at first.
///
/// They are one token in sixty, too few for heads that look them up to form in
/// two hours. Where such a place comes is decided by the text before it, so its
/// weight changes which probabilities are learnt first, not what they are.
const FIRST_WEIGHT: f64 = 10.0;

/// The shares of the training up to which the first weight holds, and from which
/// on every token counts the same.
const WEIGHT_FALLS: [f64; 2] = [0.5, 0.8];

/// Trains models/stories.
pub(crate) fn stories(training: &Training) -> Result<(), Failure> {
    let stories = Stories::new(training.seed, Purpose::Training);
    let mut pool = Pool::default();
    let mut batch = |step: usize| {
        let number = step / POOL;
        if pool.number != Some(number) {
            pool = Pool::draw(number, &stories);
        }
        let weight = location_weight(step as f64 / training.steps as f64);
        pool.batch(step % POOL, weight)
    };
    let mut recipe = Recipe {
        name: "stories",
        config: config(),
        tokenizer: tokenizer_json(),
        batch: &mut batch,
        peak_learning_rate: 1.5e-3,
        warm_up_steps: 400,
    };
    train(training, &mut recipe)
}

/// The documents of [`POOL`] steps, shortest first.
#[derive(Default)]
struct Pool {
    /// Which pool of the stream this is; none before the first is drawn.
    number: Option<usize>,
    documents: Vec<Document>,
}

impl Pool {
    fn draw(number: usize, stories: &Stories<'_>) -> Self {
        let first = number * POOL * BATCH;
        let mut documents: Vec<Document> = (first..first + POOL * BATCH)
            .map(|index| stories.document(index as u64))
            .collect();
        documents.sort_by_key(|document| document.tokens.len());
        Self {
            number: Some(number),
            documents,
        }
    }

    /// The rows of one of the pool's steps, counted from 0.
    fn batch(&self, step: usize, location_weight: f32) -> Vec<Row> {
        // Short and long batches in turn, not short ones first.
        let place = step * 5 % POOL;
        let documents = &self.documents[place * BATCH..(place + 1) * BATCH];
        let row = |document: &Document| {
            let weight = |construct: &Option<Construct>| match construct {
                Some(Construct::Location) => location_weight,
                _ => 1.0,
            };
            Row {
                tokens: document.tokens.clone(),
                weights: document.constructs.iter().map(weight).collect(),
            }
        };
        documents.iter().map(row).collect()
    }
}

/// The weight of a place told before, after a share of all steps.
fn location_weight(share: f64) -> f32 {
    let [from, to] = WEIGHT_FALLS;
    let left = ((to - share) / (to - from)).clamp(0.0, 1.0);
    (1.0 + (FIRST_WEIGHT - 1.0) * left) as f32
}

fn config() -> serde_json::Value {
    json!({
        "architectures": ["GPT2LMHeadModel"],
        "model_type": "gpt2",
        "vocab_size": vocabulary().len(),
        "n_positions": 160,
        "n_embd": 192,
        "n_layer": 4,
        "n_head": 6,
        "n_inner": 768,
        "activation_function": "gelu_new",
        "layer_norm_epsilon": 1e-5,
        "tie_word_embeddings": true,
        "bos_token_id": START,
        "eos_token_id": END,
        "attn_pdrop": 0.0,
        "embd_pdrop": 0.0,
        "resid_pdrop": 0.0,
        "torch_dtype": "float32",
        "headlight_language": "stories",
    })
}
