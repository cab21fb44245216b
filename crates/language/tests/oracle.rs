//! The oracle's probabilities are those of the generator.

use std::collections::BTreeMap;

use headlight_language::{
    END, Grammar, Mood, Oracle, OracleError, Purpose, START, State, Stories, vocabulary,
};

/// A small grammar with every construct of the large one.
const REDUCED: &str = include_str!("reduced.txt");

/// Adds the probability of every prefix of at most `depth` more tokens, path by
/// path: nothing is merged, nothing is conditioned.
fn enumerate(
    grammar: &Grammar,
    state: &State,
    prob: f64,
    depth: usize,
    prefix: &mut Vec<u32>,
    probs: &mut BTreeMap<Vec<u32>, f64>,
    n_paths: &mut usize,
) {
    *n_paths += 1;
    *probs.entry(prefix.clone()).or_default() += prob;
    if depth == 0 {
        return;
    }
    for choice in grammar.choices(state) {
        prefix.push(choice.token);
        enumerate(
            grammar,
            &choice.state,
            prob * choice.prob,
            depth - 1,
            prefix,
            probs,
            n_paths,
        );
        prefix.pop();
    }
}

#[test]
fn on_a_reduced_grammar_the_oracle_equals_enumeration() {
    let grammar = Grammar::parse(REDUCED).unwrap();
    let oracle = Oracle::new(&grammar);
    let mut probs = BTreeMap::new();
    let mut n_paths = 0;
    enumerate(
        &grammar,
        &grammar.initial(),
        1.0,
        60,
        &mut Vec::new(),
        &mut probs,
        &mut n_paths,
    );
    let mut next: BTreeMap<&[u32], Vec<(u32, f64)>> = BTreeMap::new();
    for (prefix, prob) in &probs {
        if let Some((&last, before)) = prefix.split_last() {
            next.entry(before).or_default().push((last, *prob));
        }
    }
    println!("{n_paths} paths to {} prefixes", probs.len());
    let whole = probs
        .iter()
        .filter(|(prefix, _)| prefix.last() == Some(&END));
    let total: f64 = whole.map(|(_, prob)| prob).sum();
    assert!((total - 1.0).abs() < 1e-9, "stories have {total} in all");
    // Every 7th prefix: as good, and quick. 1e-12 leaves room for sums in another order only.
    for (prefix, followers) in next
        .iter()
        .filter(|(prefix, _)| prefix.iter().sum::<u32>() % 7 == 0)
    {
        let distribution = oracle.next(prefix).unwrap();
        let mut total = 0.0;
        for &(token, prob) in followers {
            let expected = prob / probs[*prefix];
            let got = distribution[token as usize];
            assert!((got - expected).abs() < 1e-12, "{got} is not {expected}");
            total += got;
        }
        assert!((total - 1.0).abs() < 1e-12, "{total}");
    }
}

#[test]
fn distributions_sum_to_1_and_the_chain_rule_gives_the_documents_probability() {
    let oracle = Oracle::stories();
    for document in Stories::new(1, Purpose::Test).take(30) {
        let mut filter = oracle.filter();
        let mut log_prob = 0.0;
        for &token in &document.tokens {
            let distribution = filter.next();
            let total: f64 = distribution.iter().sum();
            assert!((total - 1.0).abs() < 1e-9, "{total}");
            let prob = filter.push(token).unwrap();
            assert!((prob - distribution[token as usize]).abs() < 1e-12);
            log_prob += prob.ln();
        }
        assert!(
            filter.next().iter().all(|&prob| prob == 0.0),
            "nothing follows the end token"
        );
        let whole = oracle.log_prob(&document.tokens).unwrap();
        assert!((whole - log_prob).abs() < 1e-9, "{whole} is not {log_prob}");
    }
}

#[test]
fn the_true_labels_have_probability_above_zero_and_maps_sum_to_1() {
    let oracle = Oracle::stories();
    for document in Stories::new(2, Purpose::Test).take(30) {
        let mut filter = oracle.filter();
        for (&token, labels) in document.tokens.iter().zip(&document.token_labels) {
            filter.push(token).unwrap();
            let posterior = filter.posterior();
            assert!(posterior.mood[&labels.mood] > 0.0);
            assert!(posterior.tense[&labels.tense] > 0.0);
            assert!(posterior.number[&labels.number] > 0.0);
            assert!(posterior.place[&labels.place] > 0.0);
            assert!(posterior.in_quote[&labels.in_quote] > 0.999_999);
            assert!(posterior.heroes[&document.labels.number] > 0.0);
            for total in [
                posterior.place.values().sum::<f64>(),
                posterior.heroes.values().sum(),
                posterior.gender.values().sum(),
                posterior.hero.values().sum(),
                posterior.objects[0].values().sum(),
                posterior.objects[1].values().sum(),
            ] {
                assert!((total - 1.0).abs() < 1e-9);
            }
        }
        let posterior = filter.posterior();
        let labels = &document.labels;
        assert!(posterior.hero[&Some(labels.hero.clone())] > 0.999_999);
        assert!(posterior.heroes[&labels.number] > 0.999_999);
        for (objects, object) in posterior.objects.iter().zip(&labels.objects) {
            assert!(objects[object] > 0.999_999);
        }
        assert!(
            posterior.mood[&document.labels.mood] > 0.999_999,
            "the ending shows the mood"
        );
    }
}

#[test]
fn the_mood_is_even_before_the_first_word() {
    let posterior = Oracle::stories().posterior(&[START]).unwrap();
    assert!((posterior.mood[&Mood::Happy] - 0.5).abs() < 1e-12);
}

#[test]
fn the_first_impossible_token_is_named() {
    let once = vocabulary().id("Once").unwrap();
    let ball = vocabulary().id(" ball").unwrap();
    let error = Oracle::stories()
        .next(&[START, once, ball, once])
        .unwrap_err();
    assert_eq!(
        error,
        OracleError::ImpossibleToken {
            index: 2,
            token: ball,
            text: " ball".to_owned()
        }
    );
    let unknown = Oracle::stories().log_prob(&[START, 999_999]).unwrap_err();
    assert!(unknown.to_string().contains("index 1"), "{unknown}");
}

#[test]
fn a_faulty_grammar_is_refused_by_line() {
    for text in [
        "opening ; {H",
        "opening ; (a|b",
        "opening ; {nothing}",
        "middle Q ; Hello.",
        "verb = go goes",
        "length = 1 2",
        "x",
    ] {
        let error = Grammar::parse(text).unwrap_err();
        assert!(error.to_string().starts_with("line 1: "), "{text}: {error}");
    }
    assert!(
        Grammar::parse("opening ; Hello.").is_err(),
        "a story needs an ending"
    );
}
