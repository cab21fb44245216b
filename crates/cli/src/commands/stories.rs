//! `headlight stories`: stories with what is true of them and how sure one can
//! be of it, one JSON object per line.
//!
//! `tokens` go from the start token to the end token, and labels and
//! certainties stand one to a token. What a model is given of the story is the
//! tokens of `text`, which are all but the end token: row `i` of a capture of
//! this file has `tokens.len() - 1` positions, and the label of position `pos`
//! is the `pos`-th. The last label of a line has no activation.

use std::collections::BTreeMap;

use headlight_language::{
    Construct, Document, Filter, Gender, Grammar, LabelPosterior, Mood, Number, Oracle, PlaceId,
    Purpose, Stories, Tense, TokenLabels,
};
use serde::Serialize;

use crate::args::StoriesArgs;
use crate::failure::Failure;
use crate::output::Output;
use crate::progress::progress_bar;

/// One line of the file.
#[derive(Serialize)]
struct StoryLine<'a> {
    text: &'a str,
    tokens: &'a [u32],
    labels: Labels,
    certainty: Certainty,
}

/// What is true: of the whole story where it is one value, after each token
/// where it is a list.
#[derive(Serialize)]
struct Labels {
    mood: Mood,
    /// One hero or a pair.
    heroes: Number,
    gender: Option<Gender>,
    hero: Option<String>,
    first_object: Option<String>,
    second_object: Option<String>,
    tense: Vec<Option<Tense>>,
    /// Number of the latest subject.
    number: Vec<Option<Number>>,
    pronoun: Vec<Option<Gender>>,
    place: Vec<Option<String>>,
    first_object_place: Vec<Option<String>>,
    second_object_place: Vec<Option<String>>,
    in_quote: Vec<bool>,
    /// What the next token agrees with, if that is a verb.
    verb_number: Vec<Option<Number>>,
    /// What the token is an instance of.
    construct: Vec<Option<Construct>>,
}

/// The oracle's probability, after each token, of the label that is true.
///
/// The gender, name and objects of a story are told by a token: until then their
/// certainty is 0, though one may guess. A verb's number is given that a verb comes
/// next; where none does, its certainty is that none does.
#[derive(Default, Serialize)]
struct Certainty {
    mood: Vec<f64>,
    heroes: Vec<f64>,
    gender: Vec<f64>,
    hero: Vec<f64>,
    first_object: Vec<f64>,
    second_object: Vec<f64>,
    tense: Vec<f64>,
    number: Vec<f64>,
    pronoun: Vec<f64>,
    place: Vec<f64>,
    first_object_place: Vec<f64>,
    second_object_place: Vec<f64>,
    in_quote: Vec<f64>,
    verb_number: Vec<f64>,
    construct: Vec<f64>,
}

pub(crate) fn stories(args: &StoriesArgs) -> Result<String, Failure> {
    let mut file = Output::create(&args.out)?;
    let oracle = Oracle::stories();
    let bar = progress_bar(args.documents, "stories");
    let stories = Stories::new(args.seed, Purpose::Sample);
    for index in 0..args.documents {
        let document = stories.document(index);
        let line = line(&document, oracle.filter())?;
        file.put_with(|mut to| {
            serde_json::to_writer(&mut to, &line)?;
            to.write_all(b"\n")
        })?;
        bar.inc(1);
    }
    file.finish()?;
    bar.finish_and_clear();
    Ok(format!(
        "{}: {} stories",
        args.out.display(),
        args.documents
    ))
}

/// A document with the certainty of its labels.
fn line<'a>(document: &'a Document, mut filter: Filter<'_>) -> Result<StoryLine<'a>, Failure> {
    let labels = labels(document);
    let mut certainty = Certainty::default();
    for (pos, (&token, at)) in document
        .tokens
        .iter()
        .zip(&document.token_labels)
        .enumerate()
    {
        let construct = document.constructs[pos];
        let constructs = filter.constructs_of(token);
        certainty.construct.push(prob_of(&constructs, &construct));
        filter
            .push(token)
            .map_err(|error| Failure::Other(error.to_string()))?;
        certainty.push(&filter.posterior(), &labels, at);
        certainty
            .verb_number
            .push(of_verb(&filter, labels.verb_number[pos]));
    }
    Ok(StoryLine {
        text: &document.text,
        tokens: &document.tokens,
        labels,
        certainty,
    })
}

impl Certainty {
    /// Adds how sure one can be after one token, of the story and of what is
    /// true `at` this token.
    fn push(&mut self, sure: &LabelPosterior, story: &Labels, at: &TokenLabels) {
        self.mood.push(prob_of(&sure.mood, &story.mood));
        self.heroes.push(prob_of(&sure.heroes, &story.heroes));
        self.gender.push(prob_of(&sure.gender, &story.gender));
        self.hero.push(prob_of(&sure.hero, &story.hero));
        let [first, second] = &sure.objects;
        self.first_object.push(prob_of(first, &story.first_object));
        self.second_object
            .push(prob_of(second, &story.second_object));
        self.tense.push(prob_of(&sure.tense, &at.tense));
        self.number.push(prob_of(&sure.number, &at.number));
        self.pronoun.push(prob_of(&sure.pronoun, &at.pronoun));
        self.place.push(prob_of(&sure.place, &at.place));
        let [first, second] = &sure.object_places;
        self.first_object_place
            .push(prob_of(first, &at.object_places[0]));
        self.second_object_place
            .push(prob_of(second, &at.object_places[1]));
        self.in_quote.push(prob_of(&sure.in_quote, &at.in_quote));
    }
}

/// Probability that a verb, if it comes next, has this number; without a number,
/// that none comes.
fn of_verb(before: &Filter<'_>, number: Option<Number>) -> f64 {
    let Some(number) = number else {
        let constructs = before.constructs();
        return 1.0 - prob_of(&constructs, &Some(Construct::Verb));
    };
    prob_of(&before.agreement(), &number)
}

/// The probability of a value; one that cannot be has none.
fn prob_of<K: Ord>(probs: &BTreeMap<K, f64>, value: &K) -> f64 {
    // A sum of weights can exceed 1 by a rounding.
    probs.get(value).copied().unwrap_or(0.0).min(1.0)
}

fn labels(document: &Document) -> Labels {
    let (story, tokens) = (&document.labels, &document.token_labels);
    let [first, second] = &story.objects;
    let places = |place: &dyn Fn(&TokenLabels) -> Option<PlaceId>| {
        let ids = tokens.iter().map(place);
        ids.map(|id| id.and_then(|id| Grammar::stories().place(id)))
            .collect()
    };
    Labels {
        mood: story.mood,
        heroes: story.number,
        gender: story.gender,
        hero: Some(story.hero.clone()),
        first_object: first.clone(),
        second_object: second.clone(),
        tense: tokens.iter().map(|at| at.tense).collect(),
        number: tokens.iter().map(|at| at.number).collect(),
        pronoun: tokens.iter().map(|at| at.pronoun).collect(),
        place: places(&|at| at.place),
        first_object_place: places(&|at| at.object_places[0]),
        second_object_place: places(&|at| at.object_places[1]),
        in_quote: tokens.iter().map(|at| at.in_quote).collect(),
        verb_number: verb_numbers(document),
        construct: document.constructs.clone(),
    }
}

/// After each token the number of the verb that follows at once, if one does.
fn verb_numbers(document: &Document) -> Vec<Option<Number>> {
    let verbs = document.constructs.iter().zip(&document.token_labels);
    let number = |(construct, at): (&Option<Construct>, &TokenLabels)| match construct {
        Some(Construct::Verb) => at.number,
        _ => None,
    };
    verbs.skip(1).map(number).chain([None]).collect()
}
