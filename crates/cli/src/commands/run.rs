//! `headlight run`.

use std::f64::consts::LN_2;

use headlight_engine::{Loaded, RunAnswer, Sampling, TokenText};
use headlight_figure::Shared;
use headlight_language::{Truth, TruthAsk};
use headlight_model::Unhurried;
use headlight_view::answers::details::Cuts;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::figures::next::N_NEXT;
use headlight_view::rooms::attention::files;
use serde_json::json;

use super::{language, number};
use crate::args::RunArgs;
use crate::failure::Failure;
use crate::figure_file::{FigureFile, page_with};
use crate::model_dir::open;

pub(crate) fn run(args: &RunArgs) -> Result<String, Failure> {
    let file = FigureFile::of_model(&args.figure, &args.engine.model)?;
    let loaded = open(&args.engine)?;
    let about = args.engine.model.display();
    if args.truth {
        language::check_name(&loaded).map_err(|error| Failure::input(&about, error))?;
    }
    // The figure lists as many as the page does, however many are printed.
    let top = args.top.max(N_NEXT);
    let run = loaded.run(&args.prompt, top, &args.edits, None, &Unhurried);
    let (mut answer, last) = pollster::block_on(run)?;
    let truth = args.truth.then(|| truth(&loaded, &answer.tokens));
    let truth = truth
        .transpose()
        .map_err(|error| Failure::input(&about, error))?;
    if let Some(file) = file {
        let cuts = loaded.cuts(&last, &Sampling::default(), N_NEXT)?;
        write_figure(file, args, &loaded, &answer, cuts, truth.as_ref())?;
    }
    answer.next.truncate(args.top);
    if !args.json {
        return Ok(table(&answer, truth.as_ref()));
    }
    let mut object = json!({
        "backend": answer.backend,
        "tokens": answer.tokens,
        "next": answer.next,
        "nll": answer.nll,
        "perplexity": answer.perplexity.map(number),
        "residual": answer.residual,
    });
    if let Some(truth) = truth {
        object["truth"] = json!(truth);
    }
    Ok(object.to_string())
}

/// The next tokens as the page shows them after this run: beside the language wherever its
/// probabilities are known, and with what the usual sampling leaves of them.
fn write_figure(
    file: FigureFile,
    args: &RunArgs,
    loaded: &Loaded,
    answer: &RunAnswer,
    cuts: Cuts,
    asked: Option<&Truth>,
) -> Result<(), Failure> {
    let of_language = || {
        language::check_name(loaded).ok()?;
        truth(loaded, &answer.tokens).ok()
    };
    let truth = asked.cloned().or_else(of_language);
    let mut page = page_with(&args.engine.model, &args.prompt, answer.clone(), truth);
    page.attention.details.cuts = Some(Shared::new(cuts));
    let figure = |width| files::figure(&page.attention, &page.frame, AttentionFigure::Next, width);
    file.write(figure, || {
        "the model has no token that could come next, expected 1 or more".to_owned()
    })
}

/// What the language itself says, or why it says nothing of this model's tokens.
fn truth(loaded: &Loaded, tokens: &[TokenText]) -> Result<Truth, String> {
    let d_vocab = loaded.model.architecture.shape.d_vocab;
    let tokens = tokens.iter().map(|token| (token.id, &*token.text));
    TruthAsk::new(0, d_vocab, tokens).answer().truth
}

fn table(answer: &RunAnswer, truth: Option<&Truth>) -> String {
    let mut out = String::from("token                 surprise in bits");
    out += if truth.is_some() {
        "  in the language itself\n"
    } else {
        "\n"
    };
    for (pos, token) in answer.tokens.iter().enumerate() {
        let model = bits(answer.nll[pos]);
        let truth = truth.map_or_else(String::new, |truth| {
            format!("  {:>22}", bits(truth.nll[pos]))
        });
        let line = format!("{:<20}  {model:>16}{truth}", format!("{:?}", token.text));
        out += line.trim_end();
        out.push('\n');
    }
    if let Some(perplexity) = answer.perplexity {
        out += &format!("perplexity {perplexity:.3}\n");
    }
    if let Some(impossible) = truth.and_then(|truth| truth.impossible.as_ref()) {
        let (text, pos) = (&impossible.text, impossible.pos);
        out += &format!("not of the language from token {pos} on: {text:?} cannot follow there\n");
        for token in &impossible.expected {
            out += &format!(
                "  {:?} could, with probability {:.4}\n",
                token.text, token.prob
            );
        }
    }
    out += "\nnext                  probability";
    out += if truth.is_some() {
        "  in the language itself\n"
    } else {
        "\n"
    };
    for next in &answer.next {
        let true_prob = truth.filter(|truth| !truth.next.is_empty()).map(|truth| {
            let found = truth.next.iter().find(|token| token.id == next.id);
            format!("  {:>22.4}", found.map_or(0.0, |token| token.prob))
        });
        out += &format!(
            "{:<20}  {:>11.4}{}\n",
            format!("{:?}", next.text),
            next.prob,
            true_prob.unwrap_or_default()
        );
    }
    out.trim_end().to_owned()
}

fn bits(nll: Option<f64>) -> String {
    nll.map_or_else(|| "-".to_owned(), |nll| format!("{:.3}", nll / LN_2))
}
