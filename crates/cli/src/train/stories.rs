//! How models/stories is trained.

use std::ops::Range;
use std::thread;

use headlight_language::{
    Construct, Document, END, NAME, Oracle, Purpose, START, Stories, tokenizer_json, vocabulary,
};
use serde_json::json;

use super::{Goal, Goals, Recipe, Row, Training, train};
use crate::failure::Failure;

/// Documents per step.
const BATCH: usize = 8;

/// Steps whose documents are drawn together and sorted by length, so that a
/// batch has little padding.
const POOL: usize = 8;

/// Steps unless said otherwise.
pub(crate) const DEFAULT_STEPS: usize = 24_000;

/// Weight, at first, of a place or an invented name that the story has told before, at
/// first.
///
/// Each is one token in sixty, too few for heads that look them up to form in two
/// hours. The weight depends on the text before it alone, so it changes which
/// probabilities are learnt first, not what they are.
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
        let weight = recall_weight(step as f64 / training.steps as f64);
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
    lessons: Vec<Lesson>,
}

/// A story and what could have come after each of its tokens but the last.
///
/// The language's probabilities are known, so a model need not guess them from
/// the tokens that happened to be drawn.
struct Lesson {
    tokens: Vec<u32>,
    next: Vec<Next>,
}

struct Next {
    /// Probability that a place or an invented name told before comes next.
    recall: f64,
    probs: Vec<(u32, f32)>,
}

impl Lesson {
    fn of(document: Document) -> Self {
        let tokens = document.tokens;
        let mut filter = Oracle::stories().filter();
        let mut next = Vec::with_capacity(tokens.len());
        for &token in &tokens[..tokens.len() - 1] {
            // The oracle knows every story of its own language.
            if filter.push(token).is_err() {
                break;
            }
            let constructs = filter.constructs();
            let recalled = [Construct::Location, Construct::Name];
            let recalled = recalled.map(|kind| constructs.get(&Some(kind)).copied());
            let probs = filter.next().into_iter().zip(0..);
            let probs = probs.filter(|(prob, _)| *prob > 0.0);
            next.push(Next {
                recall: recalled.into_iter().flatten().sum(),
                probs: probs.map(|(prob, id)| (id, prob as f32)).collect(),
            });
        }
        Self { tokens, next }
    }

    fn row(&self, recall_weight: f64) -> Row {
        let goal = |next: &Next| Goal {
            weight: (1.0 + (recall_weight - 1.0) * next.recall) as f32,
            probs: next.probs.clone(),
        };
        Row {
            tokens: self.tokens.clone(),
            goals: Goals::Distributions(self.next.iter().map(goal).collect()),
        }
    }
}

impl Pool {
    fn draw(number: usize, stories: &Stories<'_>) -> Self {
        let first = number * POOL * BATCH;
        let draw = |indices: Range<usize>| -> Vec<Lesson> {
            let documents = indices.map(|index| stories.document(index as u64));
            documents.map(Lesson::of).collect()
        };
        let (middle, end) = (first + POOL * BATCH / 2, first + POOL * BATCH);
        let mut lessons = thread::scope(|scope| {
            let later = scope.spawn(|| draw(middle..end));
            let mut lessons = draw(first..middle);
            match later.join() {
                Ok(later) => lessons.extend(later),
                Err(panic) => std::panic::resume_unwind(panic),
            }
            lessons
        });
        lessons.sort_by_key(|lesson| lesson.tokens.len());
        Self {
            number: Some(number),
            lessons,
        }
    }

    /// The rows of one of the pool's steps, counted from 0.
    fn batch(&self, step: usize, recall_weight: f64) -> Vec<Row> {
        // Short and long batches in turn, not short ones first.
        let place = step * 5 % POOL;
        let lessons = &self.lessons[place * BATCH..(place + 1) * BATCH];
        let rows = lessons.iter().map(|lesson| lesson.row(recall_weight));
        rows.collect()
    }
}

/// The weight of what was told before, after a share of all steps.
fn recall_weight(share: f64) -> f64 {
    let [from, to] = WEIGHT_FALLS;
    let left = ((to - share) / (to - from)).clamp(0.0, 1.0);
    1.0 + (FIRST_WEIGHT - 1.0) * left
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
        "headlight_language": NAME,
    })
}
