//! The oracle's probabilities are the frequencies of generated stories.
//!
//! At each position the next token falls into one cell of a partition that depends
//! on the prediction alone. Count less probability, summed over positions, is then a
//! martingale with known covariance, whatever the stories do: no bins need filling.

use std::collections::BTreeMap;
use std::thread;

use headlight_language::{Construct, Filter, Oracle, Purpose, Stories};

/// Seed that no other test uses.
const SEED: u64 = 20_261;
/// Tokens that each of the two threads sees at least.
const N_TOKENS: usize = 140_000;
/// Upper 1e-4 quantile of the normal distribution.
const QUANTILE: f64 = 3.719;
/// The largest of 1000 normal deviations is above this once in 1700 draws.
const MAX_Z: f64 = 5.0;

/// A cell: construct of the token, and whether it tells for (1) or against (-1) the
/// mood that is more probable.
type Cell = (Option<Construct>, i8);

/// A fault that is put into a prediction: the probability of a token times a factor,
/// which may depend on its cell; the other tokens share the rest.
type Fault = fn(u32, Cell) -> f64;

/// Probability and cell of each token that can come next.
fn predict(filter: &Filter<'_>) -> BTreeMap<u32, (f64, Cell)> {
    /// By mood, and by construct.
    type Shares = ([f64; 2], BTreeMap<Option<Construct>, f64>);
    let mut shares: BTreeMap<u32, Shares> = BTreeMap::new();
    let mut moods = [0.0; 2];
    for choice in filter.choices() {
        let mood = choice.state.labels().mood as usize;
        let (by_mood, by_construct) = shares.entry(choice.token).or_default();
        by_mood[mood] += choice.prob;
        *by_construct.entry(choice.construct).or_default() += choice.prob;
        moods[mood] += choice.prob;
    }
    let likely = usize::from(moods[1] > moods[0]);
    let cell = |(by_mood, by_construct): &Shares| {
        let construct = by_construct.iter().max_by(|a, b| a.1.total_cmp(b.1));
        let [fits, against] = [likely, 1 - likely].map(|mood| by_mood[mood] / moods[mood]);
        let tells = match () {
            () if moods[likely] < 0.8 => 0,
            () if fits > 3.0 * against => 1,
            () if against > 3.0 * fits => -1,
            () => 0,
        };
        (construct.and_then(|(construct, _)| *construct), tells)
    };
    let cells = shares.iter().map(|(&token, shares)| {
        let prob = shares.0.iter().sum();
        (token, (prob, cell(shares)))
    });
    cells.collect()
}

/// Puts a fault into a prediction, unless it concerns all of it.
fn distort(prediction: &mut BTreeMap<u32, (f64, Cell)>, fault: Fault) {
    let is_hit = |token: u32, cell: Cell| fault(token, cell) != 1.0;
    let sum = |is_wanted: &dyn Fn(u32, Cell) -> bool| -> f64 {
        let entries = prediction
            .iter()
            .filter(|(t, (_, cell))| is_wanted(**t, *cell));
        entries.map(|(_, (prob, _))| prob).sum()
    };
    let hit = sum(&is_hit);
    if hit <= 0.0 || hit > 1.0 - 1e-9 {
        return;
    }
    let after: f64 = prediction
        .iter()
        .filter(|(token, (_, cell))| is_hit(**token, *cell))
        .map(|(&token, (prob, cell))| prob * fault(token, *cell))
        .sum();
    for (&token, (prob, cell)) in prediction.iter_mut() {
        *prob *= if is_hit(token, *cell) {
            fault(token, *cell)
        } else {
            (1.0 - after) / (1.0 - hit)
        };
    }
}

/// Count less expectation of each cell and of each token, with (co)variances.
#[derive(Default)]
struct Deviations {
    n_tokens: usize,
    cells: BTreeMap<Cell, f64>,
    covariance: BTreeMap<(Cell, Cell), f64>,
    /// Deviation and variance.
    tokens: BTreeMap<u32, (f64, f64)>,
}

impl Deviations {
    /// Takes a prediction and the token that came.
    fn add(&mut self, prediction: &BTreeMap<u32, (f64, Cell)>, token: u32) {
        let mut cells: BTreeMap<Cell, f64> = BTreeMap::new();
        for (&other, &(prob, cell)) in prediction {
            *cells.entry(cell).or_default() += prob;
            let (deviation, variance) = self.tokens.entry(other).or_default();
            *deviation += f64::from(u8::from(other == token)) - prob;
            *variance += prob * (1.0 - prob);
        }
        let hit = prediction.get(&token).map(|(_, cell)| *cell);
        for (&cell, &prob) in &cells {
            let is_hit = f64::from(u8::from(Some(cell) == hit));
            *self.cells.entry(cell).or_default() += is_hit - prob;
            for (&other, &other_prob) in &cells {
                let both = if cell == other { prob } else { 0.0 };
                *self.covariance.entry((cell, other)).or_default() += both - prob * other_prob;
            }
        }
        self.n_tokens += 1;
    }

    /// Adds the deviations of other stories.
    fn merge(&mut self, other: Self) {
        self.n_tokens += other.n_tokens;
        for (cell, deviation) in other.cells {
            *self.cells.entry(cell).or_default() += deviation;
        }
        for (cells, covariance) in other.covariance {
            *self.covariance.entry(cells).or_default() += covariance;
        }
        for (token, (deviation, variance)) in other.tokens {
            let entry = self.tokens.entry(token).or_default();
            *entry = (entry.0 + deviation, entry.1 + variance);
        }
    }

    /// Chi-square of the cells with its degrees of freedom.
    ///
    /// `d' S^-1 d` for the deviations `d` with covariance `S`; the cell without
    /// construct or mood is left out, since deviations sum to 0 at each position, and
    /// so are cells with variance below 25, too few for the normal law.
    fn chi_square(&self) -> (f64, usize) {
        let cells = self.cells.keys().copied();
        let is_used = |cell: &Cell| *cell != (None, 0) && self.covariance[&(*cell, *cell)] > 25.0;
        let cells: Vec<Cell> = cells.filter(is_used).collect();
        let n = cells.len();
        // Cholesky: S = L L', then |L^-1 d|^2.
        let mut lower = vec![vec![0.0; n]; n];
        let mut solved = vec![0.0; n];
        for i in 0..n {
            for j in 0..=i {
                let known: f64 = (0..j).map(|k| lower[i][k] * lower[j][k]).sum();
                // Cells that never stood beside each other have no entry.
                let covariance = self.covariance.get(&(cells[i], cells[j]));
                let rest = covariance.copied().unwrap_or(0.0) - known;
                lower[i][j] = if i == j {
                    rest.sqrt()
                } else {
                    rest / lower[j][j]
                };
            }
            let known: f64 = (0..i).map(|k| lower[i][k] * solved[k]).sum();
            solved[i] = (self.cells[&cells[i]] - known) / lower[i][i];
        }
        (solved.iter().map(|z| z * z).sum(), n)
    }

    /// The largest deviation of a token in standard deviations, among those with
    /// variance above 25, and the number of those.
    fn max_z(&self) -> (f64, usize) {
        let used = self
            .tokens
            .values()
            .filter(|(_, variance)| *variance > 25.0);
        let z: Vec<f64> = used
            .map(|(deviation, variance)| (deviation / variance.sqrt()).abs())
            .collect();
        (z.iter().copied().fold(0.0, f64::max), z.len())
    }
}

/// Upper 1e-4 quantile of chi-square by Wilson and Hilferty (1931): at most 2 percent
/// too high from 8 degrees of freedom on.
fn bound(df: usize) -> f64 {
    let df = df as f64;
    let part = 2.0 / (9.0 * df);
    df * (1.0 - part + QUANTILE * part.sqrt()).powi(3)
}

/// Deviations of generated stories from predictions, sound ones and faulty ones.
fn deviations<const N: usize>(first: u64, faults: [Fault; N]) -> [Deviations; N] {
    let oracle = Oracle::stories();
    let mut deviations = faults.map(|_| Deviations::default());
    let mut stories = Stories::new(SEED, Purpose::Test).starting_at(first);
    while deviations[0].n_tokens < N_TOKENS {
        let Some(document) = stories.next() else {
            break;
        };
        let mut filter = oracle.filter();
        for token in document.tokens {
            let prediction = predict(&filter);
            for (deviations, &fault) in deviations.iter_mut().zip(&faults) {
                let mut prediction = prediction.clone();
                distort(&mut prediction, fault);
                deviations.add(&prediction, token);
            }
            assert!(filter.push(token).is_ok(), "an impossible token");
        }
    }
    deviations
}

/// No fault.
fn sound(_: u32, _: Cell) -> f64 {
    1.0
}

/// Pronouns are 5 percent too improbable.
fn few_pronouns(_: u32, (construct, _): Cell) -> f64 {
    if construct == Some(Construct::Pronoun) {
        0.95
    } else {
        1.0
    }
}

/// Words that tell for the probable mood are 5 percent too improbable.
fn faint_mood(_: u32, (_, tells): Cell) -> f64 {
    if tells == 1 { 0.95 } else { 1.0 }
}

/// One token in 16 is a fifth too improbable.
fn odd_tokens(token: u32, _: Cell) -> f64 {
    if token % 16 == 5 { 0.8 } else { 1.0 }
}

#[test]
fn frequencies_are_the_oracles_probabilities_and_a_fault_of_5_percent_shows() {
    let faults: [Fault; 4] = [sound, few_pronouns, faint_mood, odd_tokens];
    let all = thread::scope(|scope| {
        let second = scope.spawn(move || deviations(1 << 32, faults));
        let mut first = deviations(0, faults);
        for (first, second) in first.iter_mut().zip(second.join().unwrap()) {
            first.merge(second);
        }
        first
    });
    let results = all.map(|deviations| {
        let (chi_square, df) = deviations.chi_square();
        let (max_z, n) = deviations.max_z();
        println!(
            "{} tokens: chi-square {chi_square:.1} with {df} degrees of freedom, bound {:.1}; \
             largest of {n} z {max_z:.2}",
            deviations.n_tokens,
            bound(df)
        );
        assert!(deviations.n_tokens >= 100_000 && df >= 8 && n >= 200);
        (chi_square / bound(df), max_z / MAX_Z)
    });
    let [sound, few_pronouns, faint_mood, odd_tokens] = results;
    assert!(sound.0 < 1.0 && sound.1 < 1.0, "the oracle is wrong");
    assert!(few_pronouns.0 > 1.0, "wrong pronouns pass");
    assert!(faint_mood.0 > 1.0, "wrong moods pass");
    assert!(odd_tokens.1 > 1.0, "wrong tokens pass");
}

#[test]
fn the_bound_is_the_quantile_of_chi_square() {
    // From tables: upper 1e-4 quantiles for 10 and 100 degrees of freedom.
    for (df, expected) in [(10, 35.564), (100, 161.319)] {
        assert!(
            (bound(df) / expected - 1.0).abs() < 0.02,
            "{df}: {}",
            bound(df)
        );
    }
}
