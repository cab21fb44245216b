//! What the steps say. Ideas hold for every model and prompt; what is particular
//! to a run is computed from the run that is shown.

use crate::answers::head;
use crate::rooms::attention::words;
use headlight_activations::Thumbnail;

use super::heads::{head_of, whole_atlas};
use super::topics::Topic;
use crate::answers::head::Head;
use crate::answers::run::{Pattern, Run, Token};
use crate::answers::shaded::ShadedThumbnail;
use crate::frame::Frame;
use crate::frame::ablation::Part;
use crate::frame::subject::Subject;
use crate::rooms::attention::figures::changes;
use crate::rooms::attention::figures::head_kind::largest_entropy;
use crate::rooms::attention::figures::sentence::name;
use crate::rooms::attention::state::AttentionRoom;
use headlight_figure::Shared;
use headlight_figure::number::{fixed, percent, perplexity_in};
use headlight_figure::phrase::capitalised;
use headlight_figure::token::VisibleToken;

/// The idea of a step, in one or two sentences.
pub(crate) fn idea(topic: Topic, room: &AttentionRoom, subject: &Subject) -> String {
    let said = match topic {
        Topic::Tokens => {
            "Not letters but tokens: mostly whole words with the space before them. \
             Each token is one row and one column of the map."
        }
        Topic::Query => {
            "Each row is a token that looks back: the query. The columns are what it may look \
             at: the keys. The stronger a cell's colour, the more of its weight goes there."
        }
        Topic::Score => {
            "The query is compared with each key: their numbers are multiplied pair by pair and \
             added up. The better the two match, the higher the score."
        }
        Topic::Mask => {
            "A token must not see what comes after it, or predicting the next one would be no \
             work. So later tokens get a score of minus infinity."
        }
        Topic::Softmax => {
            "Each score goes through the exponential and is divided by the sum of all, so that a \
             row adds up to 1. One more point of score is always 2.7 times the weight."
        }
        Topic::Value => return value_idea(room, subject),
        Topic::Heads => {
            "Each head looks in its own way, so several things can be looked up at once. \
             The list goes from the sharpest head to the one that spreads its weight most."
        }
        Topic::Induction => return induction_idea(room, subject),
    };
    said.to_owned()
}

fn induction_idea(room: &AttentionRoom, subject: &Subject) -> String {
    let early = previous_head(room, subject).map_or_else(
        || "A head of an early layer".to_owned(),
        |head| capitalised(&head::head_name(head)),
    );
    format!(
        "Another model, of two layers: random words come twice. {early} looks at the token before; a later head, this \
         one, uses that to find what followed the earlier copy."
    )
}

/// The head before the selected one's layer that looks most at the token before.
fn previous_head(room: &AttentionRoom, subject: &Subject) -> Option<Head> {
    let on_previous = |of: &&Thumbnail| of.scores.over_targets.previous.unwrap_or(0.0);
    let earlier = room.details.atlas.iter().map(|small| &**small);
    let earlier = earlier.filter(|of| of.layer < subject.head.layer && on_previous(of) >= 0.5);
    let best = earlier.max_by(|a, b| on_previous(a).total_cmp(&on_previous(b)))?;
    Some(Head {
        layer: best.layer,
        head: best.head,
    })
}

fn value_idea(room: &AttentionRoom, subject: &Subject) -> String {
    let place = looked_up(room, subject).map(|(run, _, at)| name(&run.tokens, at));
    let place = place.unwrap_or_else(|| "the same token".to_owned());
    let is_head = |part| matches!(part, Part::Head(_));
    let n_out = subject
        .ablations
        .iter()
        .filter(|it| is_head(it.part))
        .count();
    let out = match n_out {
        0 => format!("What if no head could look at {place}?"),
        1 => format!("Here the head that looks mostly at {place} is taken out of the model."),
        n => format!("Here the {n} heads that look mostly at {place} are taken out of the model."),
    };
    format!("The weights say how much of each key\u{2019}s value the query takes along. {out}")
}

/// The question of a step.
pub(crate) fn question(topic: Topic, room: &AttentionRoom, subject: &Subject) -> String {
    let query = query_name(room, subject);
    match topic {
        Topic::Tokens => {
            "How many tokens does it read here, and which of them did nobody type?".to_owned()
        }
        Topic::Query => {
            format!("Which token does {query} look at most, and with how much of its weight?")
        }
        Topic::Score => format!("Which key matches {query} best, and which second best?"),
        Topic::Mask => format!("How many tokens are hidden from {query}?"),
        Topic::Softmax => {
            format!("How many times as much weight as the second does the best key of {query} get?")
        }
        Topic::Value => "What does the model say next without them?".to_owned(),
        Topic::Heads => "Which head is the sharpest, and which spreads its weight most?".to_owned(),
        Topic::Induction => {
            let token = subject
                .run
                .as_ref()
                .and_then(|run| run.tokens.get(room.query(subject)));
            let token = token.map_or(query, |token| VisibleToken::new(&token.text).quoted());
            format!("What followed the earlier {token}, and how much does this head look at it?")
        }
    }
}

/// The selected query as the questions name it.
fn query_name(room: &AttentionRoom, subject: &Subject) -> String {
    let named = subject
        .run
        .as_ref()
        .map(|run| name(&run.tokens, room.query(subject)));
    named.unwrap_or_else(|| "the last token".to_owned())
}

/// The answer, read off what is shown; `None` while the numbers are not there.
pub(crate) fn answer(topic: Topic, room: &AttentionRoom, frame: &Frame) -> Option<String> {
    let subject = &frame.subject;
    let room = &room;
    match topic {
        Topic::Tokens => Some(tokens_answer(&subject.run.as_ref()?.tokens)),
        Topic::Query => query_answer(room, subject),
        Topic::Score => score_answer(room, subject),
        Topic::Mask => Some(mask_answer(
            subject.seq_len().checked_sub(room.query(subject) + 1)?,
        )),
        Topic::Softmax => softmax_answer(room, subject),
        Topic::Value => value_answer(subject.run.as_ref()?),
        Topic::Heads => heads_answer(room, frame),
        Topic::Induction => induction_answer(room, subject),
    }
}

fn tokens_answer(tokens: &[Token]) -> String {
    let n = tokens.len();
    let is_marker = |token: &&Token| token.text.starts_with("<|") && token.text.ends_with("|>");
    match tokens.first().filter(is_marker) {
        Some(first) => {
            let first = VisibleToken::new(&first.text).quoted();
            format!("{n} tokens. Nobody typed {first}: it tells the model where the text begins.")
        }
        None => format!("{n} tokens, and all of them were typed."),
    }
}

fn query_answer(room: &AttentionRoom, subject: &Subject) -> Option<String> {
    let (run, pattern, key) = looked_up(room, subject)?;
    let weight = percent(f64::from(pattern.weight(room.query(subject), key)));
    let key = name(&run.tokens, key);
    Some(format!(
        "At {key}, with {weight} of its weight. A row always adds up to 100\u{a0}%."
    ))
}

fn score_answer(room: &AttentionRoom, subject: &Subject) -> Option<String> {
    let (run, pattern, best) = looked_up(room, subject)?;
    let query = room.query(subject);
    let scored = |key| {
        let score = fixed(pattern.score(query, key)?, 2);
        Some(format!(
            "{} with a score of {score}",
            name(&run.tokens, key)
        ))
    };
    let first = capitalised(&scored(best)?);
    let second = runner_up(&pattern, query, best).and_then(scored);
    Some(match second {
        Some(second) => format!("{first}, then {second}."),
        None => format!("{first}; no other comes near."),
    })
}

fn mask_answer(n_hidden: usize) -> String {
    match n_hidden {
        0 => "None: it is the last one.".to_owned(),
        1 => "One, the last. Whatever it is, it changes nothing in this row.".to_owned(),
        n => format!("{n}: all after it. Whatever they are, they change nothing in this row."),
    }
}

fn softmax_answer(room: &AttentionRoom, subject: &Subject) -> Option<String> {
    let (run, pattern, best) = looked_up(room, subject)?;
    let query = room.query(subject);
    let weighed = |key| {
        let weight = percent(f64::from(pattern.weight(query, key)));
        format!("{} gets {weight}", name(&run.tokens, key))
    };
    let lead = runner_up(&pattern, query, best).and_then(|second| {
        let lead = pattern.score(query, best)? - pattern.score(query, second)?;
        Some((second, lead))
    });
    Some(match lead {
        Some((second, lead)) => format!(
            "{}, {}: {} times as much, because its score is {} points higher, and e^{} is about {}.",
            weighed(best),
            weighed(second),
            times(lead.exp()),
            fixed(lead, 2),
            fixed(lead, 2),
            times(lead.exp()),
        ),
        None => format!("So far that {}.", weighed(best)),
    })
}

/// A factor, with a decimal where it is small.
fn times(factor: f64) -> String {
    perplexity_in(factor, if factor < 9.95 { 1 } else { 0 })
}

fn value_answer(run: &Run) -> Option<String> {
    let difference = changes::answer_difference(run)?;
    let clean = run.clean.as_ref()?.next.first()?;
    let first = run.next.first().filter(|first| first.id != clean.id);
    Some(match first {
        Some(first) => {
            let word = VisibleToken::new(&first.text).quoted();
            format!("{word}, with {}: {difference}.", percent(first.prob))
        }
        None => format!("The same as before: {difference}."),
    })
}

fn heads_answer(room: &AttentionRoom, frame: &Frame) -> Option<String> {
    let all = whole_atlas(room, frame)?;
    let by_entropy =
        |a: &&ShadedThumbnail, b: &&ShadedThumbnail| a.scores.entropy.total_cmp(&b.scores.entropy);
    let said = |small: &Thumbnail| {
        let bits = words::bits(&fixed(small.scores.entropy, 2));
        (head::head_name(head_of(small)), bits)
    };
    let (sharp, least) = said(all.iter().min_by(by_entropy)?);
    let (broad, most) = said(all.iter().max_by(by_entropy)?);
    let limit = fixed(largest_entropy(frame.subject.seq_len()), 2);
    Some(format!(
        "{} with {least} of entropy per row, and {broad} with {most}. \
         0 would be one token alone, {limit} all of them evenly.",
        capitalised(&sharp)
    ))
}

fn induction_answer(room: &AttentionRoom, subject: &Subject) -> Option<String> {
    let (run, query) = (subject.run.as_ref()?, room.query(subject));
    let pattern = room.pattern(subject)?;
    let tokens = &run.tokens;
    let Some(copy) = earlier_copy(tokens, query) else {
        let query = name(tokens, query);
        return Some(format!(
            "{query} has not been there before, so there is nothing to copy."
        ));
    };
    let weight = percent(f64::from(pattern.weight(query, copy + 1)));
    let mut said = format!(
        "{}: this head gives it {weight} of its weight.",
        name(tokens, copy + 1)
    );
    if let (Some(next), true) = (run.next.first(), query + 1 == tokens.len()) {
        let word = VisibleToken::new(&next.text).quoted();
        said += &format!(
            " And the model says {word} next, with {}.",
            percent(next.prob)
        );
    }
    Some(said)
}

/// The last place before `query` where the same token stands.
fn earlier_copy(tokens: &[Token], query: usize) -> Option<usize> {
    let id = tokens.get(query)?.id;
    tokens[..query].iter().rposition(|token| token.id == id)
}

/// What is shown, with the key that the selected query looks at most.
fn looked_up(
    room: &AttentionRoom,
    subject: &Subject,
) -> Option<(Shared<Run>, Shared<Pattern>, usize)> {
    let (run, pattern) = (subject.run.clone()?, room.pattern(subject)?);
    let key = pattern.strongest_key(room.query(subject));
    Some((run, pattern, key))
}

/// The key with the most weight but `best`.
fn runner_up(pattern: &Pattern, query: usize, best: usize) -> Option<usize> {
    let row = pattern.row(query).get(..=query)?;
    let others = (0..=query).filter(|key| *key != best);
    others.reduce(|most, key| if row[key] > row[most] { key } else { most })
}
