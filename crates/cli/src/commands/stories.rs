//! `headlight stories`: stories with what is true of them and how sure one can
//! be of it, one JSON object per line.
//!
//! `tokens` go from the start token to the end token, and labels and
//! certainties stand one to a token. What a model is given of the story is the
//! tokens of `text`, which are all but the end token: row `i` of a capture of
//! this file has `tokens.len() - 1` positions, and the label of position `pos`
//! is the `pos`-th. The last label of a line has no activation.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};

use headlight_language::{
    Document, Filter, Gender, Grammar, LabelPosterior, Mood, Number, Oracle, PlaceId, Purpose,
    Stories, Tense,
};
use serde::Serialize;

use crate::args::StoriesArgs;
use crate::failure::Failure;
use crate::progress::progress_bar;

/// One line of the file.
#[derive(Serialize)]
struct Line<'a> {
    text: &'a str,
    tokens: &'a [u32],
    labels: Labels,
    certainty: Certainty,
}

/// What is true: of the story where it is one value, after each token where it
/// is a list.
#[derive(Serialize)]
struct Labels {
    mood: Mood,
    tense: Vec<Option<Tense>>,
    number: Vec<Option<Number>>,
    pronoun: Vec<Option<Gender>>,
    place: Vec<Option<String>>,
    first_object_place: Vec<Option<String>>,
    second_object_place: Vec<Option<String>>,
    in_quote: Vec<bool>,
}

/// The oracle's probability, after each token, of the label that is true.
#[derive(Default, Serialize)]
struct Certainty {
    mood: Vec<f64>,
    tense: Vec<f64>,
    number: Vec<f64>,
    pronoun: Vec<f64>,
    place: Vec<f64>,
    first_object_place: Vec<f64>,
    second_object_place: Vec<f64>,
    in_quote: Vec<f64>,
}

pub(crate) fn stories(args: &StoriesArgs) -> Result<String, Failure> {
    let file = File::create(&args.out).map_err(|error| Failure::write(&args.out, &error))?;
    let mut file = BufWriter::new(file);
    let oracle = Oracle::stories();
    let bar = progress_bar(args.documents, "stories");
    let stories = Stories::new(args.seed, Purpose::Sample);
    for index in 0..args.documents {
        let document = stories.document(index);
        let line = line(&document, oracle.filter())?;
        serde_json::to_writer(&mut file, &line)
            .map_err(std::io::Error::from)
            .and_then(|()| file.write_all(b"\n"))
            .map_err(|error| Failure::write(&args.out, &error))?;
        bar.inc(1);
    }
    file.flush()
        .map_err(|error| Failure::write(&args.out, &error))?;
    bar.finish_and_clear();
    Ok(format!(
        "{}: {} stories",
        args.out.display(),
        args.documents
    ))
}

/// A document with the certainty of its labels.
fn line<'a>(document: &'a Document, mut filter: Filter<'_>) -> Result<Line<'a>, Failure> {
    let mut certainty = Certainty::default();
    for (&token, labels) in document.tokens.iter().zip(&document.token_labels) {
        filter
            .push(token)
            .map_err(|error| Failure::Other(error.to_string()))?;
        let LabelPosterior {
            mood,
            tense,
            number,
            pronoun,
            place,
            object_places: [first, second],
            in_quote,
            ..
        } = filter.posterior();
        let [first_place, second_place] = &labels.object_places;
        certainty.mood.push(of(&mood, &labels.mood));
        certainty.tense.push(of(&tense, &labels.tense));
        certainty.number.push(of(&number, &labels.number));
        certainty.pronoun.push(of(&pronoun, &labels.pronoun));
        certainty.place.push(of(&place, &labels.place));
        certainty.first_object_place.push(of(&first, first_place));
        certainty
            .second_object_place
            .push(of(&second, second_place));
        certainty.in_quote.push(of(&in_quote, &labels.in_quote));
    }
    Ok(Line {
        text: &document.text,
        tokens: &document.tokens,
        labels: labels(document),
        certainty,
    })
}

/// The probability of a value; one that cannot be has none.
fn of<K: Ord>(probs: &BTreeMap<K, f64>, value: &K) -> f64 {
    probs.get(value).copied().unwrap_or(0.0)
}

fn labels(document: &Document) -> Labels {
    let all = &document.token_labels;
    let words = |place: Option<PlaceId>| place.and_then(|id| Grammar::stories().place(id));
    Labels {
        mood: document.labels.mood,
        tense: all.iter().map(|labels| labels.tense).collect(),
        number: all.iter().map(|labels| labels.number).collect(),
        pronoun: all.iter().map(|labels| labels.pronoun).collect(),
        place: all.iter().map(|labels| words(labels.place)).collect(),
        first_object_place: all
            .iter()
            .map(|labels| words(labels.object_places[0]))
            .collect(),
        second_object_place: all
            .iter()
            .map(|labels| words(labels.object_places[1]))
            .collect(),
        in_quote: all.iter().map(|labels| labels.in_quote).collect(),
    }
}
