//! `headlight eval`: a model against the exact probabilities of its language.
//!
//! Every token after the start token counts, the end token included. Stories
//! come from the stream that is kept for tests, which no training has seen. With
//! `--generate` the model also writes stories of its own, which are judged.

mod generated;
mod tally;

use headlight_activations::Capture;
use headlight_engine::{AnswerError, Loaded};
use headlight_language::{Document, Oracle, Purpose, Stories};
use headlight_model::{LogitsWanted, RunError, RunRequest, Unhurried};
use serde_json::{Map, Value, json};

use super::{language, number};
use crate::args::EvalArgs;
use crate::failure::Failure;
use crate::model_dir::open;
use crate::progress::progress_bar;
use generated::Generated;
use tally::{DocumentScore, KINDS, Kind, Scores, name};

pub(crate) fn eval(args: &EvalArgs) -> Result<String, Failure> {
    if args.documents == 0 && args.generate == 0 {
        let message = "--documents is 0, expected at least 1, or --generate above 0";
        return Err(Failure::Input(message.to_owned()));
    }
    let loaded = open(&args.engine)?;
    let about = args.engine.model.display();
    language::check(&loaded).map_err(|error| Failure::input(about, error))?;
    let scores = match args.documents {
        0 => None,
        _ => Some(read(args, &loaded)?),
    };
    let generated = match args.generate {
        0 => None,
        n => Some(generated::write(&loaded, args.seed, n)?),
    };
    Ok(if args.json {
        answer(args, scores.as_ref(), generated.as_ref()).to_string()
    } else {
        let tables = scores.map(|scores| table(args, &scores));
        let generated = generated.map(|generated| generated.table());
        let tables: Vec<String> = tables.into_iter().chain(generated).collect();
        tables.join("\n\n")
    })
}

/// Has the model read stories of the language.
fn read(args: &EvalArgs, loaded: &Loaded) -> Result<Scores, Failure> {
    let about = args.engine.model.display();
    let stories = Stories::new(args.seed, Purpose::Test);
    let bar = progress_bar(args.documents, "stories");
    let mut scores = Scores::default();
    for index in 0..args.documents {
        let document = stories.document(index);
        language::check_document(loaded, &document)
            .map_err(|error| Failure::input(&about, error))?;
        scores.add(score(loaded, &document)?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(scores)
}

/// One story under the model and under the truth.
fn score(loaded: &Loaded, document: &Document) -> Result<DocumentScore, Failure> {
    let capture = Capture::none();
    let request = RunRequest {
        // Nothing follows the end token.
        tokens: &document.tokens[..document.tokens.len() - 1],
        capture: &capture,
        edits: &[],
        logits: LogitsWanted::All,
    };
    let log_probs = pollster::block_on(async {
        let model = &loaded.model;
        let output = model.run(request, &Unhurried).await?;
        let (tokens, found) = (request.tokens, output.log_probs().await);
        model.explained(found, tokens, &[], &Unhurried).await
    });
    let log_probs = log_probs.map_err(|error: RunError| AnswerError::from(error))?;
    let d_vocab = loaded.model.architecture.shape.d_vocab;
    DocumentScore::of(document, &log_probs, d_vocab, Oracle::stories())
        .map_err(|error| Failure::Other(error.to_string()))
}

/// What was not asked for has no keys.
fn answer(args: &EvalArgs, scores: Option<&Scores>, generated: Option<&Generated>) -> Value {
    let mut answer = scores.map_or_else(|| json!({}), |scores| figures(args, scores));
    answer["documents"] = json!(args.documents);
    answer["seed"] = json!(args.seed);
    if let Some(generated) = generated {
        answer["generated"] = generated.answer();
    }
    answer
}

/// What the model makes of the stories that it has read.
fn figures(args: &EvalArgs, scores: &Scores) -> Value {
    let total = scores.total();
    let by_kind = |value: &dyn Fn(Kind) -> Value| -> Map<String, Value> {
        KINDS
            .map(|kind| (name(kind).to_owned(), value(kind)))
            .into_iter()
            .collect()
    };
    let interval = scores.ratio_interval(args.seed);
    json!({
        "tokens": total.tokens(),
        "model_bits_per_token": number(total.model_bits_per_token()),
        "true_bits_per_token": number(total.true_bits_per_token()),
        "kl_bits_per_token": number(total.kl_bits_per_token()),
        "kl_exact_bits_per_token": number(total.kl_exact_bits_per_token()),
        "perplexity": number(total.perplexity()),
        "true_perplexity": number(total.true_perplexity()),
        "ratio": number(total.ratio()),
        "ratio_interval": interval.map(|bounds| bounds.map(number)),
        "by_kind": by_kind(&|kind| total.kl_at(kind).map_or(Value::Null, number)),
        "by_kind_positions": by_kind(&|kind| json!(total.tokens_at(kind))),
    })
}

fn table(args: &EvalArgs, scores: &Scores) -> String {
    let total = scores.total();
    let mut out = format!("{} stories, {} tokens\n\n", args.documents, total.tokens());
    out += "                bits per token  perplexity\n";
    let rows = [
        (
            "the model",
            total.model_bits_per_token(),
            total.perplexity(),
        ),
        (
            "the truth",
            total.true_bits_per_token(),
            total.true_perplexity(),
        ),
    ];
    for (who, bits, perplexity) in rows {
        out += &format!("{who:<14}  {bits:>14.4}  {perplexity:>10.4}\n");
    }
    out += &format!("ratio                           {:>10.4}", total.ratio());
    if let Some([low, high]) = scores.ratio_interval(args.seed) {
        out += &format!("  (95 % interval over stories: {low:.4} to {high:.4})");
    }
    out += "\n\nexact divergence from the truth, by what the true token is\n";
    out += "                bits per token      tokens\n";
    let all = ("all", Some(total.kl_exact_bits_per_token()), total.tokens());
    let kinds = KINDS.map(|kind| (name(kind), total.kl_at(kind), total.tokens_at(kind)));
    for (kind, bits, tokens) in kinds.into_iter().chain([all]) {
        let bits = bits.map_or_else(|| "-".to_owned(), |bits| format!("{bits:.4}"));
        out += &format!("{kind:<14}  {bits:>14}  {tokens:>10}\n");
    }
    out.trim_end().to_owned()
}
