//! The judge finds no fault with the language's own stories, and in corrupted ones
//! exactly the faults that were put in.

use headlight_language::{
    Construct, Document, Grammar, Judgement, Mood, Oracle, PlaceId, Purpose, Score, Stories, judge,
    vocabulary,
};

/// Scored as failures where a sentence is unreadable.
const SCORED: [Construct; 4] = [
    Construct::Quote,
    Construct::Pronoun,
    Construct::Verb,
    Construct::Mood,
];

fn stories() -> impl Iterator<Item = Document> {
    Stories::new(77, Purpose::Test).take(150)
}

/// The word of a token that is another one of the pair.
fn swapped(token: u32, pairs: &[(&str, &str)]) -> Option<u32> {
    let word = vocabulary().word(token)?;
    let other = pairs.iter().find_map(|&(one, other)| match word {
        _ if word == one => Some(other),
        _ if word == other => Some(one),
        _ => None,
    })?;
    vocabulary().id(other)
}

/// Whether the language can produce a text.
fn is_possible(tokens: &[u32]) -> bool {
    Oracle::stories().log_prob(tokens).is_ok()
}

/// The judgement of a sound story with so many failures of a construct more.
fn with_failures(sound: &Judgement, construct: Construct, n: usize) -> Judgement {
    let mut expected = sound.clone();
    let score = expected.scores.entry(construct).or_default();
    score.n_correct -= n;
    expected
}

/// Checks that two judgements have the same scores, whatever it took to read them.
fn assert_same_scores(got: &Judgement, expected: &Judgement, tokens: &[u32]) {
    assert_eq!(
        (got.n_unreadable, got.n_sentences, &got.scores),
        (
            expected.n_unreadable,
            expected.n_sentences,
            &expected.scores
        ),
        "{}",
        vocabulary().decode(tokens)
    );
}

/// Each story with one token of a construct replaced, before and after; stories that
/// have none are left out, and those whose text is still one of the language.
fn corrupted(
    construct: Construct,
    replace: impl Fn(u32) -> Option<u32>,
) -> impl Iterator<Item = (Vec<u32>, Vec<u32>)> {
    stories().enumerate().filter_map(move |(index, document)| {
        let fits = |pos: &usize| {
            document.constructs[*pos] == Some(construct) && replace(document.tokens[*pos]).is_some()
        };
        let positions: Vec<usize> = (0..document.tokens.len()).filter(fits).collect();
        let pos = *positions.get(index.checked_rem(positions.len())?)?;
        let mut tokens = document.tokens.clone();
        tokens[pos] = replace(tokens[pos])?;
        (!is_possible(&tokens)).then_some((document.tokens, tokens))
    })
}

/// Checks that a construct fails once more in corrupted stories and that nothing else
/// does. Returns how many stories there are.
fn corrupt(construct: Construct, replace: impl Fn(u32) -> Option<u32>) -> usize {
    let mut n = 0;
    for (sound, tokens) in corrupted(construct, replace) {
        let got = judge(&tokens);
        let expected = with_failures(&judge(&sound), construct, 1);
        assert_same_scores(&got, &expected, &tokens);
        assert_eq!(got.n_deviations, 1);
        assert!(got.n_impossible >= 1);
        n += 1;
    }
    n
}

/// Checks that corrupted stories deviate once, and that their forms all agree. Returns
/// the share of them in which the construct is what fails: a wrong name or place can
/// also be read as another sentence of the language, with another deviation.
fn share_found(construct: Construct, replace: impl Fn(u32) -> Option<u32>) -> f64 {
    let found = corrupted(construct, replace).map(|(_, tokens)| {
        let got = judge(&tokens);
        assert_eq!((got.n_deviations, got.n_unreadable), (1, 0));
        for agreeing in [Construct::Quote, Construct::Pronoun, Construct::Verb] {
            let score = got.score(agreeing);
            assert_eq!(score.n, score.n_correct);
        }
        let score = got.score(construct);
        f64::from(u8::from(score.n == score.n_correct + 1))
    });
    let found: Vec<f64> = found.collect();
    assert!(found.len() > 50, "only {} stories", found.len());
    found.iter().sum::<f64>() / found.len() as f64
}

#[test]
fn the_languages_own_stories_keep_every_rule() {
    let documents: Vec<Document> = Stories::new(76, Purpose::Test).take(500).collect();
    let judgements = documents.iter().map(|document| judge(&document.tokens));
    let sum: Judgement = judgements.sum();
    println!("{sum:?}");
    let faults = [
        sum.n_impossible,
        sum.n_skipped,
        sum.n_unreadable,
        sum.n_deviations,
    ];
    assert_eq!(faults, [0; 4]);
    let constructs: Vec<Option<Construct>> = documents
        .iter()
        .flat_map(|document| document.constructs.clone())
        .collect();
    let count = |wanted: Construct| {
        let is_wanted = |construct: &&Option<Construct>| **construct == Some(wanted);
        constructs.iter().filter(is_wanted).count()
    };
    for construct in [
        Construct::Location,
        Construct::Name,
        Construct::Pronoun,
        Construct::Quote,
        Construct::Verb,
    ] {
        let score = sum.score(construct);
        assert_eq!(score.rate(), Some(1.0), "{construct:?}");
        assert_eq!(score.n, count(construct), "{construct:?}");
    }
    // Stories before their ending only hint at the mood: the language's own rate is the
    // expected one, to 4 standard deviations (a bound, by concavity of p (1 - p)).
    let mood = sum.score(Construct::Mood);
    let prob = sum.expected_mood / mood.n as f64;
    let deviation = (mood.n as f64 * prob * (1.0 - prob)).sqrt();
    let gap = mood.n_correct as f64 - sum.expected_mood;
    assert!(mood.n > 300 && gap.abs() < 4.0 * deviation, "{gap}");
}

#[test]
fn a_wrong_pronoun_is_one_failure_of_pronouns() {
    let pairs = [(" she", " he"), (" She", " He")];
    let n = corrupt(Construct::Pronoun, |token| swapped(token, &pairs));
    println!("{n} stories");
    assert!(n > 50, "only {n} stories");
}

#[test]
fn a_wrong_number_or_tense_is_one_failure_of_verbs() {
    let numbers = [(" was", " were"), (" is", " are"), (" has", " have")];
    let n = corrupt(Construct::Verb, |token| swapped(token, &numbers));
    println!("{n} stories");
    assert!(n > 50, "only {n} stories");
    let tenses = [(" was", " is"), (" were", " are"), (" said", " says")];
    let n = corrupt(Construct::Verb, |token| swapped(token, &tenses));
    println!("{n} stories");
    assert!(n > 50, "only {n} stories");
}

#[test]
fn a_quotation_that_never_closes_is_one_failure_of_quotes() {
    let n = corrupt(Construct::Quote, |token| {
        let text = vocabulary().word(token)?;
        vocabulary().id(&text.replace('"', ""))
    });
    println!("{n} stories");
    assert!(n > 50, "only {n} stories");
    let mut n = 0;
    for document in stories() {
        let is_quote = |construct: &Option<Construct>| *construct == Some(Construct::Quote);
        let Some(pos) = document.constructs.iter().position(is_quote) else {
            continue;
        };
        let mut tokens = document.tokens.clone();
        tokens.remove(pos);
        let expected = with_failures(&judge(&document.tokens), Construct::Quote, 1);
        assert_same_scores(&judge(&tokens), &expected, &tokens);
        // The story ends inside the quotation.
        let cut = judge(&document.tokens[..pos]);
        let score = cut.score(Construct::Quote);
        assert_eq!(score, Score { n: 1, n_correct: 0 });
        n += 1;
    }
    assert!(n > 50, "only {n} stories");
}

#[test]
fn a_mood_word_of_the_other_mood_fails_the_ending() {
    let is_mood = |construct: &Option<Construct>| *construct == Some(Construct::Mood);
    let words = |mood: Mood| {
        let mut words: Vec<u32> = stories()
            .filter(|document| document.labels.mood == mood)
            .flat_map(|document| document.tokens.into_iter().zip(document.constructs))
            .filter(|(_, construct)| is_mood(construct))
            .map(|(token, _)| token)
            .collect();
        words.sort_unstable();
        words.dedup();
        words
    };
    let other_words = [words(Mood::Sad), words(Mood::Happy)];
    let mut n = 0;
    for document in stories() {
        let sound = judge(&document.tokens);
        let mood = sound.score(Construct::Mood);
        let Some(pos) = document.constructs.iter().rposition(&is_mood) else {
            continue;
        };
        if mood.n_correct == 0 {
            continue;
        }
        // Words of the same list as the one they replace are those that can be read.
        let corrupted = other_words[document.labels.mood as usize]
            .iter()
            .map(|&word| {
                let mut tokens = document.tokens.clone();
                tokens[pos] = word;
                tokens
            });
        let mut readable = corrupted.filter(|tokens| judge(tokens).n_unreadable == 0);
        if let Some(tokens) = readable.next() {
            let expected = with_failures(&sound, Construct::Mood, 1);
            assert_same_scores(&judge(&tokens), &expected, &tokens);
            n += 1;
        }
    }
    println!("{n} stories");
    assert!(n > 50, "only {n} stories");
}

#[test]
fn another_name_or_place_is_one_deviation_and_mostly_a_failure_of_its_construct() {
    let mut names: Vec<u32> = stories()
        .flat_map(|document| document.tokens.into_iter().zip(document.constructs))
        .filter(|(_, construct)| *construct == Some(Construct::Name))
        .map(|(token, _)| token)
        .collect();
    names.sort_unstable();
    names.dedup();
    let share = share_found(Construct::Name, |token| {
        let text = vocabulary().show(token);
        let is_like = |other: &&u32| {
            **other != token && vocabulary().show(**other).starts_with(' ') == text.starts_with(' ')
        };
        names
            .iter()
            .filter(is_like)
            .nth(token as usize % 7)
            .copied()
    });
    println!("{share}");
    assert!(share > 0.8, "{share}");
    let grammar = Grammar::stories();
    let places: Vec<String> = (0..=255)
        .map_while(|id| grammar.place(PlaceId(id)))
        .collect();
    let share = share_found(Construct::Location, |token| {
        let word = vocabulary().word(token)?.trim();
        let (prep, noun) = places
            .iter()
            .filter_map(|place| place.split_once(" the "))
            .find(|(_, noun)| *noun == word)?;
        let other = places.iter().find_map(|place| {
            let (other_prep, other) = place.split_once(" the ")?;
            (other_prep == prep && other != noun).then_some(other)
        })?;
        vocabulary().id(&format!(" {other}"))
    });
    println!("{share}");
    assert!(share > 0.8, "{share}");
}

#[test]
fn a_sentence_of_noise_is_unreadable_and_the_rest_is_read_as_without_it() {
    let begins = |token: u32| {
        let text = vocabulary().show(token);
        let first = text.strip_prefix(' ').and_then(|text| text.chars().next());
        first.is_some_and(|c| c.is_uppercase() || c == '"')
    };
    let noise = [" The", " of", " of", " ball", " in"].map(|word| vocabulary().id(word).unwrap());
    let stop = vocabulary().id(".").unwrap();
    let mut n = 0;
    for (index, document) in stories().enumerate() {
        let tokens = &document.tokens;
        let starts: Vec<usize> = (1..tokens.len() - 1)
            .filter(|&pos| tokens[pos - 1] == stop && begins(tokens[pos]))
            .collect();
        let first = index % (starts.len() - 1);
        let (start, end) = (starts[first], starts[first + 1]);
        let without = [&tokens[..start], &tokens[end..]].concat();
        let mut expected = judge(&without);
        // Part of a longer sentence: the rest cannot be read either.
        if expected.n_unreadable > 0 || expected.n_deviations > 0 {
            continue;
        }
        let noisy = [&tokens[..start], &noise, &[stop], &tokens[end..]].concat();
        expected.n_unreadable += 1;
        expected.n_sentences += 1;
        for construct in SCORED {
            expected.scores.entry(construct).or_default().n += 1;
        }
        assert_same_scores(&judge(&noisy), &expected, &noisy);
        n += 1;
    }
    println!("{n} stories");
    assert!(n > 50, "only {n} stories");
}

#[test]
fn any_tokens_can_be_judged() {
    let empty = judge(&[]);
    assert_eq!(empty, Judgement::default());
    let mut random = 1u64;
    for n in 0..100 {
        let mut tokens = vec![0];
        for _ in 0..n {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            tokens.push(((random >> 33) % (vocabulary().len() as u64 + 3)) as u32);
        }
        let judgement = judge(&tokens);
        assert!(judgement.n_tokens <= tokens.len());
        assert!(judgement.n_impossible + judgement.n_skipped <= tokens.len());
        for score in judgement.scores.values() {
            assert!(score.n_correct <= score.n);
        }
    }
}
