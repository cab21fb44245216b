//! Stories that the model writes, judged by the rules of its language.
//!
//! Reading the language's stories, a model is put right after every token. Writing,
//! it has to go on from its own mistakes, and a rule that it keeps only most of the
//! time shows. So each story is begun with the start token alone, drawn from the
//! model's own probabilities, without cuts, and scored by [`Judge`].

use headlight_engine::{Loaded, Sampling};
use headlight_language::{Construct, END, Grammar, Judge, Judgement, START};
use headlight_model::Unhurried;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::{Value, json};

use super::tally::{KINDS, name};
use crate::failure::Failure;
use crate::progress::progress_bar;

/// What the written stories are like, summed.
#[derive(Debug, Default)]
pub(super) struct Generated {
    n_stories: u64,
    /// Stories that reach the end token.
    n_ended: u64,
    judgement: Judgement,
}

/// Has the model write stories.
pub(super) fn write(loaded: &Loaded, seed: u64, n_stories: u64) -> Result<Generated, Failure> {
    let judge = Judge::new(Grammar::stories());
    let bar = progress_bar(n_stories, "written stories");
    let mut generated = Generated::default();
    for index in 0..n_stories {
        generated.add(&judge, &story(loaded, seed_of(seed, index))?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(generated)
}

/// The tokens of one story, from the start token on.
fn story(loaded: &Loaded, seed: u64) -> Result<Vec<u32>, Failure> {
    let sampling = Sampling {
        temperature: 1.0,
        top_k: 0,
        top_p: 1.0,
        seed,
    };
    let n_ctx = loaded.model.architecture.shape.n_ctx;
    let written = loaded.continue_tokens(&[START], n_ctx, &sampling, &[], &Unhurried, |_| {});
    let (tokens, _) = pollster::block_on(written)?;
    let written = tokens.iter().map(|token| token.id);
    Ok([START].into_iter().chain(written).collect())
}

/// The seed of one story: that of the command and the story's index together, so
/// that a story is the same however many are written.
fn seed_of(seed: u64, index: u64) -> u64 {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&index.to_le_bytes());
    // Apart from the streams that the language's own stories are drawn from.
    key[24..].copy_from_slice(b"written1");
    ChaCha8Rng::from_seed(key).next_u64()
}

impl Generated {
    fn add(&mut self, judge: &Judge<'_>, tokens: &[u32]) {
        self.n_stories += 1;
        // Anywhere: where config.json names no end token, a model writes on behind it.
        self.n_ended += u64::from(tokens.contains(&END));
        self.judgement += &judge.judge(tokens);
    }

    /// The value of the answer's key `generated`.
    pub(super) fn answer(&self) -> Value {
        let judged = &self.judgement;
        let mut answer = json!({
            "stories": self.n_stories,
            "tokens": self.n_tokens(),
            "ended": self.n_ended,
            "impossible_tokens": self.share(judged.n_impossible),
            "unread_tokens": self.share(judged.n_skipped),
            "sentences": judged.n_sentences,
            "unreadable_sentences": judged.n_unreadable,
        });
        for construct in KINDS.into_iter().flatten() {
            let score = judged.score(construct);
            answer[name(Some(construct))] = json!({
                "n": score.n,
                "correct": score.n_correct,
                "rate": score.rate(),
            });
        }
        answer["mood"]["expected_rate"] = json!(self.expected_mood_rate());
        answer
    }

    /// The verdict as a table for people.
    pub(super) fn table(&self) -> String {
        let judged = &self.judgement;
        let mut out = format!(
            "{} stories written, {} ended, {} tokens: {:.2} % impossible, {:.2} % unread\n",
            self.n_stories,
            self.n_ended,
            self.n_tokens(),
            100.0 * self.share(judged.n_impossible),
            100.0 * self.share(judged.n_skipped),
        );
        out += &format!(
            "{} sentences, {} unreadable\n\n",
            judged.n_sentences, judged.n_unreadable
        );
        out += "                         right          of        rate\n";
        for construct in KINDS.into_iter().flatten() {
            let (score, kind) = (judged.score(construct), name(Some(construct)));
            let (right, of, rate) = (score.n_correct, score.n, rate_text(score.rate()));
            out += &format!("{kind:<14}  {right:>14}  {of:>10}  {rate:>10}\n");
        }
        out += "an unreadable sentence counts as a failure of pronoun, quote, mood and verb\n";
        let expected = rate_text(self.expected_mood_rate());
        out + &format!(
            "the language itself would keep the mood of the endings at a rate of {expected}"
        )
    }

    /// Tokens that the model has written: the start token is given.
    fn n_tokens(&self) -> u64 {
        self.judgement.n_tokens as u64 - self.n_stories
    }

    fn share(&self, n: usize) -> f64 {
        n as f64 / self.n_tokens() as f64
    }

    /// The rate that the language itself would reach on the endings that could be read.
    ///
    /// An unreadable sentence counts as a failure of mood, but is no ending.
    fn expected_mood_rate(&self) -> Option<f64> {
        let judged = &self.judgement;
        let n_endings = judged.score(Construct::Mood).n - judged.n_unreadable;
        (n_endings > 0).then(|| judged.expected_mood / n_endings as f64)
    }
}

fn rate_text(rate: Option<f64>) -> String {
    rate.map_or_else(|| "-".to_owned(), |rate| format!("{rate:.4}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use headlight_language::{Purpose, Stories, vocabulary};

    /// The answer for stories whose tokens pass through a change.
    fn answer(n_stories: usize, change: impl Fn(&mut Vec<u32>)) -> Value {
        let judge = Judge::new(Grammar::stories());
        let mut generated = Generated::default();
        for mut document in Stories::new(8, Purpose::Test).take(n_stories) {
            change(&mut document.tokens);
            generated.add(&judge, &document.tokens);
        }
        generated.answer()
    }

    fn number(value: &Value) -> f64 {
        value.as_f64().unwrap()
    }

    #[test]
    fn the_language_itself_breaks_no_rule() {
        let answer = answer(20, |_| {});
        let documents = Stories::new(8, Purpose::Test).take(20);
        let tokens: usize = documents.map(|document| document.tokens.len() - 1).sum();
        assert_eq!(answer["stories"], 20);
        assert_eq!(answer["ended"], 20);
        assert_eq!(answer["tokens"], tokens);
        for none in ["impossible_tokens", "unread_tokens"] {
            assert_eq!(answer[none], 0.0, "{none}");
        }
        assert_eq!(answer["unreadable_sentences"], 0);
        // A story has five sentences at least.
        assert!(answer["sentences"].as_u64() >= Some(100), "{answer}");
        for kind in ["location", "name", "quote", "pronoun", "verb"] {
            let score = &answer[kind];
            assert!(score["n"].as_u64() > Some(10), "{kind}: {score}");
            assert_eq!(score["rate"], 1.0, "{kind}: {score}");
        }
        let mood = &answer["mood"];
        assert!(mood["n"].as_u64() > Some(10), "{mood}");
        let [rate, expected] = ["rate", "expected_rate"].map(|key| number(&mood[key]));
        assert!(expected > 0.6 && expected <= 1.0, "{mood}");
        // Four standard deviations of a rate of 0.9 among 15 endings.
        assert!((rate - expected).abs() < 0.31, "{mood}");
    }

    #[test]
    fn a_sentence_of_noise_shows_and_leaves_what_mood_can_reach() {
        let noise = [" The", " of", " of", " ball", " in", "."];
        let noise = noise.map(|word| vocabulary().id(word).unwrap());
        let stop = noise[noise.len() - 1];
        let (sound, noisy) = (
            answer(5, |_| {}),
            answer(5, |tokens| {
                let end = tokens.iter().rposition(|&token| token == stop).unwrap();
                tokens.splice(end + 1..end + 1, noise);
            }),
        );
        assert_eq!(noisy["unreadable_sentences"], 5);
        assert_eq!(noisy["ended"], 5);
        let tokens = number(&sound["tokens"]) + 5.0 * noise.len() as f64;
        assert_eq!(number(&noisy["tokens"]), tokens);
        // The words of the noise up to the full stop, however they are shared out.
        let lost = ["impossible_tokens", "unread_tokens"].map(|key| number(&noisy[key]));
        assert!(lost.iter().all(|share| *share > 0.0), "{lost:?}");
        for kind in ["quote", "pronoun", "verb", "mood"] {
            let n = |answer: &Value| answer[kind]["n"].as_u64().unwrap();
            assert_eq!(n(&noisy), n(&sound) + 5, "{kind}");
            assert_eq!(noisy[kind]["correct"], sound[kind]["correct"], "{kind}");
        }
        assert_eq!(
            noisy["mood"]["expected_rate"],
            sound["mood"]["expected_rate"]
        );
    }

    #[test]
    fn a_story_that_breaks_off_has_not_ended_and_one_that_goes_on_has() {
        let cut = answer(3, |tokens| tokens.truncate(tokens.len() - 1));
        assert_eq!(cut["ended"], 0);
        let sound = answer(3, |_| {});
        let longer = answer(3, |tokens| tokens.extend([END, 7, 7]));
        assert_eq!(longer, sound);
        // What never came has no rate.
        let nothing = answer(1, |tokens| tokens.truncate(2));
        assert_eq!(nothing["tokens"], 1);
        for kind in ["name", "mood"] {
            assert_eq!(nothing[kind]["n"], 0, "{kind}");
            assert_eq!(nothing[kind]["rate"], Value::Null, "{kind}");
        }
        assert_eq!(nothing["mood"]["expected_rate"], Value::Null);
    }

    #[test]
    fn seeds_differ_by_story_and_by_seed() {
        let pairs = [(1, 0), (1, 1), (0, 1), (2, 0), (0, 0), (1 << 32, 0)];
        let mut seeds: Vec<u64> = pairs.map(|(seed, index)| seed_of(seed, index)).into();
        seeds.sort_unstable();
        seeds.dedup();
        assert_eq!(seeds.len(), pairs.len());
    }
}
