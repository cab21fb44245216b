//! `headlight run`.

use headlight_model::Unhurried;
use serde_json::json;

use crate::args::RunArgs;
use crate::failure::Failure;
use crate::model_dir::open;

pub(crate) fn run(args: &RunArgs) -> Result<String, Failure> {
    let loaded = open(&args.engine)?;
    let run = loaded.run(&args.prompt, args.top, &args.edits, None, &Unhurried);
    let (answer, _) = pollster::block_on(run)?;
    if args.json {
        let object = json!({
            "backend": answer.backend,
            "tokens": answer.tokens,
            "next": answer.next,
            "nll": answer.nll,
            "perplexity": answer.perplexity,
            "residual": answer.residual,
        });
        return Ok(object.to_string());
    }
    let mut out = String::from("token                 surprise in bits\n");
    for (token, nll) in answer.tokens.iter().zip(&answer.nll) {
        let bits = nll.map_or_else(
            || "-".to_owned(),
            |x| format!("{:.3}", x / std::f64::consts::LN_2),
        );
        out += &format!("{:<20}  {bits}\n", format!("{:?}", token.text));
    }
    if let Some(perplexity) = answer.perplexity {
        out += &format!("perplexity {perplexity:.3}\n");
    }
    out += "\nnext                  probability\n";
    for next in &answer.next {
        out += &format!("{:<20}  {:.4}\n", format!("{:?}", next.text), next.prob);
    }
    Ok(out.trim_end().to_owned())
}
