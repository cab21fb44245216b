//! How models/stories is trained.

use headlight_language::{END, Purpose, START, Stories, tokenizer_json, vocabulary};
use serde_json::json;

use super::{Recipe, Training, train};
use crate::failure::Failure;

/// Documents per step.
const BATCH: usize = 8;

/// Steps whose documents are drawn together and sorted by length, so that a
/// batch has little padding.
const POOL: usize = 8;

/// Steps unless said otherwise.
pub(crate) const DEFAULT_STEPS: usize = 20_000;

/// Trains models/stories.
pub(crate) fn stories(training: &Training) -> Result<(), Failure> {
    let stories = Stories::new(training.seed, Purpose::Training);
    let mut pool = Pool::default();
    let mut batch = |step: usize| {
        let number = step / POOL;
        if pool.number != Some(number) {
            pool = Pool::draw(number, &stories);
        }
        pool.batch(step % POOL)
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
    documents: Vec<Vec<u32>>,
}

impl Pool {
    fn draw(number: usize, stories: &Stories<'_>) -> Self {
        let first = number * POOL * BATCH;
        let mut documents: Vec<Vec<u32>> = (first..first + POOL * BATCH)
            .map(|index| stories.document(index as u64).tokens)
            .collect();
        documents.sort_by_key(Vec::len);
        Self {
            number: Some(number),
            documents,
        }
    }

    /// The rows of one of the pool's steps, counted from 0.
    fn batch(&self, step: usize) -> Vec<Vec<u32>> {
        // Short and long batches in turn, not short ones first.
        let place = step * 5 % POOL;
        self.documents[place * BATCH..(place + 1) * BATCH].to_vec()
    }
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
