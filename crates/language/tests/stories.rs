//! What the generator promises: lengths, entropy, variety, agreement and labels.

use std::collections::{BTreeMap, HashSet};

use headlight_language::{
    Construct, END, Gender, Grammar, Mood, Number, Oracle, Purpose, START, Stories, Tense,
    generate, vocabulary,
};

#[test]
fn stories_have_60_to_150_tokens_between_start_and_end_token() {
    for document in Stories::new(1, Purpose::Test).take(5000) {
        let n = document.tokens.len();
        assert!((60..=150).contains(&n), "{n} tokens: {}", document.text);
        assert_eq!(document.tokens[0], START);
        assert_eq!(document.tokens[n - 1], END);
        assert_eq!(document.token_labels.len(), n);
    }
}

#[test]
fn a_token_carries_between_1_5_and_4_bits_and_the_filter_stays_small() {
    let oracle = Oracle::stories();
    let (mut bits, mut n_tokens, mut max_states, mut sum_states) = (0.0, 0, 0, 0);
    for document in Stories::new(2, Purpose::Test).take(200) {
        let mut filter = oracle.filter();
        for &token in &document.tokens {
            bits -= filter.push(token).unwrap().log2();
            n_tokens += 1;
            sum_states += filter.n_states();
            max_states = max_states.max(filter.n_states());
        }
    }
    let mean = bits / f64::from(n_tokens);
    println!(
        "{mean:.3} bits per token; at most {max_states} states, {} on average",
        sum_states as f64 / f64::from(n_tokens)
    );
    assert!((1.5..4.0).contains(&mean), "{mean} bits per token");
    assert!(max_states <= 300, "{max_states} states");
}

#[test]
fn the_same_seed_gives_the_same_story_and_purposes_give_different_ones() {
    assert_eq!(generate(7), generate(7));
    assert_ne!(generate(7), generate(8));
    let first = |purpose| Stories::new(7, purpose).document(0).text;
    let purposes = [
        Purpose::Training,
        Purpose::Evaluation,
        Purpose::Test,
        Purpose::Sample,
    ];
    assert_eq!(
        purposes
            .map(first)
            .into_iter()
            .collect::<HashSet<_>>()
            .len(),
        4
    );
    let third = Stories::new(7, Purpose::Test).nth(2).unwrap();
    assert_eq!(
        Stories::new(7, Purpose::Test).starting_at(2).next(),
        Some(third)
    );
}

#[test]
fn no_two_of_10_000_stories_are_the_same() {
    let texts: HashSet<String> = Stories::new(5, Purpose::Training)
        .take(10_000)
        .map(|document| document.text)
        .collect();
    assert_eq!(texts.len(), 10_000);
}

#[test]
fn every_quotation_is_closed_and_labelled() {
    for document in Stories::new(6, Purpose::Test).take(1000) {
        let mut is_open = false;
        for (&token, labels) in document.tokens.iter().zip(&document.token_labels) {
            is_open ^= vocabulary()
                .word(token)
                .is_some_and(|word| word.contains('"'));
            assert_eq!(labels.in_quote, is_open);
        }
        assert!(!is_open, "{}", document.text);
    }
}

#[test]
fn pronouns_are_labelled_with_what_they_agree_with() {
    for document in Stories::new(8, Purpose::Test).take(1000) {
        for (&token, labels) in document.tokens.iter().zip(&document.token_labels) {
            let expected = match vocabulary()
                .word(token)
                .map(|word| word.trim_start().to_lowercase())
                .as_deref()
            {
                Some("she") => Gender::Feminine,
                Some("he" | "his" | "him") => Gender::Masculine,
                _ => continue,
            };
            assert_eq!(labels.pronoun, Some(expected), "{}", document.text);
        }
    }
}

#[test]
fn verbs_follow_tense_and_number() {
    for document in Stories::new(9, Purpose::Test).take(1000) {
        for (&token, labels) in document.tokens.iter().zip(&document.token_labels) {
            if labels.in_quote {
                continue;
            }
            let expected = match vocabulary().word(token) {
                Some(" was") => (Some(Tense::Past), Some(Number::Singular)),
                Some(" feels" | " has") => (Some(Tense::Present), Some(Number::Singular)),
                _ => continue,
            };
            // "there was" comes before its subject.
            assert_eq!(labels.tense.or(expected.0), expected.0, "{}", document.text);
            assert_eq!(
                labels.number.or(expected.1),
                expected.1,
                "{}",
                document.text
            );
        }
    }
}

#[test]
fn the_ending_keeps_the_mood() {
    let count = |mood: Mood, words: &[&str]| {
        let stories = Stories::new(10, Purpose::Test)
            .take(500)
            .filter(|document| document.labels.mood == mood);
        let lasts = stories.map(|document| document.text.trim_end_matches(" The end.").to_owned());
        let hits = lasts.filter(|text| {
            let last = text
                .trim_end_matches('.')
                .rsplit(". ")
                .next()
                .unwrap_or_default()
                .to_owned();
            let is_hit = words.iter().any(|word| last.contains(word));
            if is_hit {
                println!("{mood:?}: {last}");
            }
            is_hit
        });
        hits.count()
    };
    assert_eq!(
        count(
            Mood::Happy,
            &["sadly", "cried", "cries", "lonely", "miserable", "wept"]
        ),
        0
    );
    assert_eq!(
        count(
            Mood::Sad,
            &[
                "happily", "joyful", "cheerful", "merry", "laughed", "danced"
            ]
        ),
        0
    );
}

#[test]
fn an_asked_location_is_the_labelled_one() {
    let grammar = Grammar::stories();
    let mut n_asked = 0;
    for document in Stories::new(11, Purpose::Test).take(1000) {
        for first in 0..document.tokens.len() - 4 {
            let words: Vec<_> = document.tokens[first..first + 5]
                .iter()
                .filter_map(|&id| vocabulary().word(id))
                .collect();
            let is_answer = matches!(words[..], ["It" | "They", " is" | " are", ..])
                && document.token_labels[first].in_quote;
            if !is_answer || words.get(3) != Some(&" the") {
                continue;
            }
            let said = words[2..].concat();
            let places = document.token_labels[first].object_places.iter().flatten();
            let known: Vec<String> = places.filter_map(|&place| grammar.place(place)).collect();
            assert!(
                known.contains(&said.trim().to_owned()),
                "{said} is not in {known:?}: {}",
                document.text
            );
            n_asked += 1;
        }
    }
    assert!(n_asked > 100, "only {n_asked} answers in 1000 stories");
}

#[test]
fn the_language_has_at_least_400_content_words() {
    let function_words = "the a an and or but of to in on by at with for from is are was were be it its he she they \
        him her his them their i me my we us our you your that this who what where when why how not no so if as there";
    let function_words: HashSet<&str> = function_words.split_whitespace().collect();
    let words: HashSet<String> = vocabulary()
        .words()
        .map(|(_, word)| word.trim().to_lowercase())
        .filter(|word| {
            word.chars().all(char::is_alphabetic) && !function_words.contains(word.as_str())
        })
        .collect();
    println!("{} content words, names included", words.len());
    assert!(words.len() >= 400 + 84);
}

#[test]
fn constructs_are_told_by_the_instruction_and_agree_with_the_labels() {
    let grammar = Grammar::stories();
    let mut counts: BTreeMap<Construct, usize> = BTreeMap::new();
    for document in Stories::new(12, Purpose::Test).take(500) {
        let n = document.tokens.len();
        assert_eq!(document.constructs.len(), n);
        for pos in 1..n {
            let (token, construct) = (document.tokens[pos], document.constructs[pos]);
            let (before, labels) = (document.token_labels[pos - 1], document.token_labels[pos]);
            let has_closed = before.in_quote && !labels.in_quote;
            assert_eq!(construct == Some(Construct::Quote), has_closed);
            let is_pronoun = construct == Some(Construct::Pronoun);
            assert_eq!(is_pronoun, labels.pronoun.is_some());
            let word = vocabulary().show(token);
            let earlier = &document.tokens[..pos];
            match construct {
                Some(Construct::Name) => {
                    let is_known = |&id: &u32| vocabulary().show(id).trim() == word.trim();
                    assert!(earlier.iter().any(is_known), "{word}: {}", document.text);
                }
                Some(Construct::Location) => {
                    // Known places: the hero's and the objects' before this token.
                    let known = [
                        before.place,
                        before.object_places[0],
                        before.object_places[1],
                    ];
                    let known = known.into_iter().flatten();
                    let mut places = known.filter_map(|place| grammar.place(place));
                    let part = word.trim().to_lowercase();
                    assert!(places.any(|place| place.split(' ').any(|word| word == part)));
                }
                _ => {}
            }
            if let Some(construct) = construct {
                *counts.entry(construct).or_default() += 1;
            }
        }
    }
    println!("{counts:?}");
    assert_eq!(counts.len(), 6, "{counts:?}");
}

#[test]
fn the_probabilities_of_constructs_are_those_with_which_they_come() {
    let oracle = Oracle::stories();
    let mut counts: BTreeMap<Option<Construct>, [f64; 3]> = BTreeMap::new();
    for document in Stories::new(13, Purpose::Test).take(200) {
        let mut filter = oracle.filter();
        for (&token, construct) in document.tokens.iter().zip(&document.constructs) {
            let probs = filter.constructs();
            assert!((probs.values().sum::<f64>() - 1.0).abs() < 1e-9);
            assert!(probs[construct] > 0.0);
            for (known, prob) in probs {
                let [count, expected, variance] = counts.entry(known).or_default();
                *count += f64::from(u8::from(known == *construct));
                *expected += prob;
                *variance += prob * (1.0 - prob);
            }
            filter.push(token).unwrap();
        }
        assert!(filter.constructs().is_empty(), "nothing follows the end");
    }
    for (construct, [count, expected, variance]) in counts {
        // Deviations are a martingale, so 5 standard deviations come once in 10^6.
        let z = (count - expected) / variance.sqrt();
        assert!(z.abs() < 5.0, "{construct:?}: {count} for {expected}");
    }
}
