//! Bits under a model and under the truth, summed over stories.

use std::collections::BTreeMap;
use std::f64::consts::LN_2;

use headlight_language::{Construct, Document, Oracle, OracleError};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Resamples of a bootstrap interval.
const RESAMPLES: usize = 1000;

/// What the true token at a position is an instance of; `None` for all others,
/// among them a mark that opens a quotation and the end token.
pub(super) type Kind = Option<Construct>;

/// Every kind, in the order in which they are listed.
pub(super) const KINDS: [Kind; 7] = [
    Some(Construct::Location),
    Some(Construct::Name),
    Some(Construct::Pronoun),
    Some(Construct::Quote),
    Some(Construct::Mood),
    Some(Construct::Verb),
    None,
];

pub(super) const fn name(kind: Kind) -> &'static str {
    match kind {
        Some(Construct::Location) => "location",
        Some(Construct::Name) => "name",
        Some(Construct::Pronoun) => "pronoun",
        Some(Construct::Quote) => "quote",
        Some(Construct::Mood) => "mood",
        Some(Construct::Verb) => "verb",
        None => "other",
    }
}

/// Sums over some positions; each predicts one token.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    tokens: u64,
    model_bits: f64,
    true_bits: f64,
    /// Exact divergence of the model from the truth.
    kl_bits: f64,
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.tokens += other.tokens;
        self.model_bits += other.model_bits;
        self.true_bits += other.true_bits;
        self.kl_bits += other.kl_bits;
    }
}

/// What one document scores, or several: by kind of token.
#[derive(Clone, Debug, Default)]
pub(super) struct DocumentScore {
    by_kind: BTreeMap<Kind, Sums>,
}

impl DocumentScore {
    /// Scores a document; `log_probs` are the model's, `[pos, d_vocab]`, for
    /// every token of the document but the last.
    pub(super) fn of(
        document: &Document,
        log_probs: &[f64],
        d_vocab: usize,
        oracle: Oracle<'_>,
    ) -> Result<Self, OracleError> {
        let mut score = Self::default();
        let mut filter = oracle.filter();
        let rows = log_probs.chunks_exact(d_vocab);
        for (pos, (row, pair)) in rows.zip(document.tokens.windows(2)).enumerate() {
            let &[token, target] = pair else { continue };
            if pos == 0 {
                filter.push(token)?;
            }
            let kl_bits = divergence_bits(&filter.next(), row);
            let prob = filter.push(target)?;
            let sums = Sums {
                tokens: 1,
                model_bits: -row[target as usize] / LN_2,
                true_bits: -prob.log2(),
                kl_bits,
            };
            let kind = document.constructs[pos + 1];
            score.by_kind.entry(kind).or_default().add(&sums);
        }
        Ok(score)
    }

    fn add(&mut self, other: &Self) {
        for (kind, sums) in &other.by_kind {
            self.by_kind.entry(*kind).or_default().add(sums);
        }
    }

    fn all(&self) -> Sums {
        let mut all = Sums::default();
        self.by_kind.values().for_each(|sums| all.add(sums));
        all
    }

    pub(super) fn tokens(&self) -> u64 {
        self.all().tokens
    }

    pub(super) fn model_bits_per_token(&self) -> f64 {
        self.all().model_bits / self.tokens() as f64
    }

    pub(super) fn true_bits_per_token(&self) -> f64 {
        self.all().true_bits / self.tokens() as f64
    }

    /// The divergence as these tokens show it, an estimate.
    pub(super) fn kl_bits_per_token(&self) -> f64 {
        self.model_bits_per_token() - self.true_bits_per_token()
    }

    /// The divergence over every token that could have come.
    pub(super) fn kl_exact_bits_per_token(&self) -> f64 {
        self.all().kl_bits / self.tokens() as f64
    }

    pub(super) fn perplexity(&self) -> f64 {
        self.model_bits_per_token().exp2()
    }

    pub(super) fn true_perplexity(&self) -> f64 {
        self.true_bits_per_token().exp2()
    }

    pub(super) fn ratio(&self) -> f64 {
        self.perplexity() / self.true_perplexity()
    }

    /// Mean exact divergence where the true token is of a kind; `None` if there
    /// is no such token.
    pub(super) fn kl_at(&self, kind: Kind) -> Option<f64> {
        let sums = self.by_kind.get(&kind)?;
        Some(sums.kl_bits / sums.tokens as f64)
    }

    pub(super) fn tokens_at(&self, kind: Kind) -> u64 {
        self.by_kind.get(&kind).map_or(0, |sums| sums.tokens)
    }
}

/// `sum p log2(p / q)` over the tokens that can come: `[d_vocab]` and
/// natural logarithms `[d_vocab]`.
///
/// The model's vocabulary may be padded: what it gives to ids that the language
/// does not have is lost to the others.
fn divergence_bits(probs: &[f64], log_q: &[f64]) -> f64 {
    let terms = probs.iter().zip(log_q).filter(|(p, _)| **p > 0.0);
    terms.map(|(p, log_q)| p * (p.ln() - log_q)).sum::<f64>() / LN_2
}

/// The scores of many documents.
#[derive(Debug, Default)]
pub(super) struct Scores {
    total: DocumentScore,
    /// Tokens and excess bits (the model's above the truth's), by document.
    documents: Vec<(u64, f64)>,
}

impl Scores {
    pub(super) fn add(&mut self, document: DocumentScore) {
        let all = document.all();
        self.documents
            .push((all.tokens, all.model_bits - all.true_bits));
        self.total.add(&document);
    }

    pub(super) fn total(&self) -> &DocumentScore {
        &self.total
    }

    /// Where 95 % of the ratios of perplexities lie when as many documents are
    /// drawn from these with replacement; `None` below two documents.
    ///
    /// # References
    ///
    /// Efron (1979), "Bootstrap methods: another look at the jackknife"; the
    /// percentile interval.
    pub(super) fn ratio_interval(&self, seed: u64) -> Option<[f64; 2]> {
        let n = self.documents.len();
        if n < 2 {
            return None;
        }
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut ratios: Vec<f64> = (0..RESAMPLES)
            .map(|_| {
                let (mut tokens, mut bits) = (0, 0.0);
                for _ in 0..n {
                    let (own_tokens, own_bits) = self.documents[rng.random_range(0..n)];
                    tokens += own_tokens;
                    bits += own_bits;
                }
                (bits / tokens as f64).exp2()
            })
            .collect();
        ratios.sort_by(f64::total_cmp);
        let at = |share: f64| ratios[(share * (RESAMPLES - 1) as f64).round() as usize];
        Some([at(0.025), at(0.975)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use headlight_language::{Purpose, Stories};

    #[test]
    fn divergence_is_zero_for_the_truth_itself_and_known_for_a_coin() {
        let ln = |probs: &[f64]| probs.iter().map(|p| p.ln()).collect::<Vec<f64>>();
        assert_eq!(
            divergence_bits(&[0.5, 0.5, 0.0], &ln(&[0.5, 0.5, 0.0])),
            0.0
        );
        // 1/2 log2(2) + 1/2 log2(2/3)
        let biased = divergence_bits(&[0.5, 0.5], &ln(&[0.25, 0.75]));
        assert!((biased - 0.207_518_749_639_421_9).abs() < 1e-15, "{biased}");
    }

    /// A model that knows the truth, and one that knows nothing.
    fn scores(model: impl Fn(&[f64]) -> Vec<f64>) -> Scores {
        let mut scores = Scores::default();
        for document in Stories::new(3, Purpose::Test).take(8) {
            let mut filter = Oracle::stories().filter();
            let mut log_probs = Vec::new();
            for &token in &document.tokens[..document.tokens.len() - 1] {
                filter.push(token).unwrap();
                log_probs.extend(model(&filter.next()));
            }
            let d_vocab = log_probs.len() / (document.tokens.len() - 1);
            let score = DocumentScore::of(&document, &log_probs, d_vocab, Oracle::stories());
            scores.add(score.unwrap());
        }
        scores
    }

    #[test]
    fn a_model_that_knows_the_truth_has_no_excess() {
        let scores = scores(|probs| probs.iter().map(|p| p.ln()).collect());
        let total = scores.total();
        assert!(total.true_bits_per_token() > 1.0);
        // Sums of about a thousand f64 below ten.
        assert!(total.kl_bits_per_token().abs() < 1e-12);
        assert!(total.kl_exact_bits_per_token().abs() < 1e-12);
        let [low, high] = scores.ratio_interval(1).unwrap();
        assert!((low - 1.0).abs() < 1e-12 && (high - 1.0).abs() < 1e-12);
    }

    #[test]
    fn an_even_guess_costs_the_logarithm_of_the_vocabulary() {
        let scores = scores(|probs| vec![-(probs.len() as f64).ln(); probs.len()]);
        let total = scores.total();
        let d_vocab = headlight_language::vocabulary().len() as f64;
        assert!((total.perplexity() / d_vocab - 1.0).abs() < 1e-12);
        assert!(total.kl_exact_bits_per_token() > 5.0);
        let [low, high] = scores.ratio_interval(1).unwrap();
        assert!(low < total.ratio() && total.ratio() < high, "{low} {high}");
        let tokens: u64 = KINDS.iter().map(|kind| total.tokens_at(*kind)).sum();
        assert_eq!(tokens, total.tokens());
        for kind in KINDS {
            assert!(total.tokens_at(kind) > 0, "{}", name(kind));
        }
    }
}
