//! How models/induction is trained: on random words in which a segment comes
//! again and again.
//!
//! What follows the earlier copy of a word is the only thing there is to
//! predict. Gaps of random length between the copies keep the distance from
//! being learnt by position, so that a head has to look for the word itself.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use super::{Goals, Recipe, Row, Training, train};
use crate::failure::Failure;

/// Sequences per step.
const BATCH: usize = 32;

/// Tokens per sequence, which fill the context.
const LENGTH: usize = 64;

/// The shortest and the longest segment.
const SEGMENT: [usize; 2] = [6, 27];

/// Longest gap between two copies: usually, and once in [`LONG_GAP_EVERY`] times.
const GAPS: [usize; 2] = [3, 15];

const LONG_GAP_EVERY: u32 = 4;

/// Steps unless said otherwise.
pub(crate) const DEFAULT_STEPS: usize = 6000;

const CONSONANTS: &str = "bdfghklmnprstvwz";
const VOWELS: &str = "aeio";

/// Trains models/induction.
pub(crate) fn induction(training: &Training) -> Result<(), Failure> {
    let mut batch = |step: usize| {
        let mut rng = ChaCha8Rng::seed_from_u64(training.seed);
        // Stream 0 is that of the weights.
        rng.set_stream(step as u64 + 1);
        let mut row = || Row {
            tokens: sequence(&mut rng),
            goals: Goals::Tokens,
        };
        (0..BATCH).map(|_| row()).collect()
    };
    let mut recipe = Recipe {
        name: "induction",
        config: config(),
        tokenizer: tokenizer(),
        batch: &mut batch,
        peak_learning_rate: 1.5e-3,
        warm_up_steps: 300,
    };
    train(training, &mut recipe)
}

/// Random words, in which one random segment comes again and again with
/// random words between.
fn sequence(rng: &mut ChaCha8Rng) -> Vec<u32> {
    let n = rng.random_range(SEGMENT[0]..=SEGMENT[1]);
    let segment = words(n, rng);
    let mut ids = Vec::with_capacity(2 * LENGTH);
    while ids.len() < LENGTH {
        let is_long = rng.random_ratio(1, LONG_GAP_EVERY);
        let gap = rng.random_range(0..=GAPS[usize::from(is_long)]);
        ids.extend(words(gap, rng));
        ids.extend_from_slice(&segment);
    }
    ids.truncate(LENGTH);
    ids
}

fn words(n: usize, rng: &mut ChaCha8Rng) -> Vec<u32> {
    let d_vocab = vocabulary().count() as u32;
    (0..n).map(|_| rng.random_range(0..d_vocab)).collect()
}

/// Every consonant with every vowel.
fn vocabulary() -> impl Iterator<Item = String> {
    let with_vowels = |consonant| {
        VOWELS
            .chars()
            .map(move |vowel| format!("{consonant}{vowel}"))
    };
    CONSONANTS.chars().flat_map(with_vowels)
}

/// Whole words between white space. The unknown token is a name that the
/// library insists on and that no text can have.
fn tokenizer() -> serde_json::Value {
    let vocab: serde_json::Map<_, _> = vocabulary().zip((0..).map(|id: u32| json!(id))).collect();
    json!({
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": [],
        "normalizer": null,
        "pre_tokenizer": { "type": "WhitespaceSplit" },
        "post_processor": null,
        "decoder": null,
        "model": { "type": "WordLevel", "vocab": vocab, "unk_token": "<unk>" },
    })
}

fn config() -> serde_json::Value {
    json!({
        "architectures": ["GPT2LMHeadModel"],
        "model_type": "gpt2",
        "attn_only": true,
        "vocab_size": vocabulary().count(),
        "n_positions": LENGTH,
        "n_embd": 96,
        "n_layer": 2,
        "n_head": 4,
        "layer_norm_epsilon": 1e-5,
        "tie_word_embeddings": false,
        "bos_token_id": null,
        "eos_token_id": null,
        "attn_pdrop": 0.0,
        "embd_pdrop": 0.0,
        "resid_pdrop": 0.0,
        "torch_dtype": "float32",
    })
}

#[cfg(test)]
mod tests {
    use headlight_model::tokenizer::{SmallTokenizer, Tokenizer};

    use super::*;
    use crate::library_tokenizer::LibraryTokenizer;

    #[test]
    fn a_segment_comes_again_at_changing_distances() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let mut distances = std::collections::BTreeSet::new();
        for _ in 0..300 {
            let ids = sequence(&mut rng);
            assert_eq!(ids.len(), LENGTH);
            // Six words in a row are the same by chance once in 7e10 pairs.
            let pairs = (0..LENGTH - 6).flat_map(|i| (i + 6..LENGTH - 5).map(move |j| (i, j)));
            let found: Vec<usize> = pairs
                .filter(|&(i, j)| ids[i..i + 6] == ids[j..j + 6])
                .map(|(i, j)| j - i)
                .collect();
            assert!(!found.is_empty(), "{ids:?}");
            distances.extend(found);
        }
        assert!(distances.len() > 40, "{distances:?}");
    }

    #[test]
    fn both_readers_agree_on_the_tokenizer() {
        let json = tokenizer().to_string();
        let small = SmallTokenizer::from_json(json.as_bytes()).unwrap();
        let library = LibraryTokenizer::from_json(json.as_bytes()).unwrap();
        let all: Vec<String> = vocabulary().collect();
        for text in [&all.join(" "), " ba\tzo \n\u{a0}ki", "", "mo mo"] {
            let ids = small.encode(text).unwrap();
            assert_eq!(ids, library.encode(text).unwrap(), "{text:?}");
            assert_eq!(small.decode(&ids).unwrap(), library.decode(&ids).unwrap());
        }
        assert_eq!(small.n_ids(), library.n_ids());
        assert_eq!(
            small.encode(&all.join(" ")).unwrap(),
            (0..64).collect::<Vec<_>>()
        );
        for text in ["ba cat zo", "ba,", "Ba", "<unk>"] {
            let word = text
                .split(' ')
                .find(|word| !all.contains(&(*word).to_owned()));
            let error = small.encode(text).unwrap_err().to_string();
            assert!(error.contains(&format!("{:?}", word.unwrap())), "{error}");
            assert!(library.encode(text).is_err(), "{text:?}");
        }
    }
}
