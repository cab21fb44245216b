//! `headlight attention`.

use headlight_activations::HeadScores;
use headlight_engine::{HeadRef, RunAnswer};
use headlight_model::Unhurried;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::files;
use serde_json::json;

use crate::args::AttentionArgs;
use crate::failure::Failure;
use crate::figure_file::{FigureFile, page_with};
use crate::model_dir::open;

pub(crate) fn attention(args: &AttentionArgs) -> Result<String, Failure> {
    let file = FigureFile::of_model(&args.figure, &args.engine.model)?;
    let loaded = open(&args.engine)?;
    let at = HeadRef {
        layer: args.layer,
        head: args.head,
    };
    let (answer, _) = pollster::block_on(loaded.run(&args.prompt, 0, &[], Some(at), &Unhurried))?;
    if let Some(file) = file {
        write_figure(file, args, &answer)?;
    }
    let pattern = answer.pattern.map(|head| head.pattern).unwrap_or_default();
    let ids: Vec<u32> = answer.tokens.iter().map(|token| token.id).collect();
    let scores = HeadScores::of(&pattern, &ids);
    let rows: Vec<&[f32]> = pattern.chunks_exact(ids.len()).collect();
    if args.json {
        let object = json!({"tokens": answer.tokens, "pattern": rows, "scores": scores});
        return Ok(object.to_string());
    }
    let mut out = String::new();
    for (query, row) in rows.iter().enumerate() {
        let key = (0..=query)
            .max_by(|&a, &b| row[a].total_cmp(&row[b]))
            .unwrap_or(0);
        let text = |pos: usize| format!("{:?}", answer.tokens[pos].text);
        out += &format!(
            "{:<20} looks most at {:<20} {:.3}\n",
            text(query),
            text(key),
            row[key]
        );
    }
    out += &format!(
        "previous {:.3}  duplicate {:.3}  induction {:.3}  entropy {:.3} bits",
        scores.previous, scores.duplicate, scores.induction, scores.entropy
    );
    Ok(out)
}

/// The pattern as the page shows it of this run, with the last token selected.
fn write_figure(file: FigureFile, args: &AttentionArgs, answer: &RunAnswer) -> Result<(), Failure> {
    let page = page_with(&args.engine.model, &args.prompt, answer.clone(), None);
    let figure = |width| {
        files::figure(
            &page.attention,
            &page.frame,
            AttentionFigure::Pattern,
            width,
        )
    };
    file.write(figure, || {
        format!(
            "the engine answered without the pattern of layer {}, head {}",
            args.layer, args.head
        )
    })
}
