//! `headlight attribute`.

use headlight_activations::{Attribution, Contribution};
use headlight_engine::Loaded;
use headlight_figure::Shared;
use headlight_model::Unhurried;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::files;
use serde_json::{Value, json};

use crate::args::{AttributeArgs, LookArgs};
use crate::failure::Failure;
use crate::figure_file::{FigureFile, page_with};
use crate::model_dir::open;

/// Characters of the longest bar.
const LONGEST_BAR: f64 = 30.0;

pub(crate) fn attribute(args: &AttributeArgs) -> Result<String, Failure> {
    let (look, pair) = (&args.look, [args.token, args.against]);
    let file = FigureFile::of_model(&args.figure, &look.engine.model)?;
    let loaded = open(&look.engine)?;
    let tokens = loaded.encode(&look.prompt)?;
    let attribution = loaded.attribute(&tokens, pair[0], pair[1], &look.edits, &Unhurried);
    let attribution = pollster::block_on(attribution)?;
    if let Some(file) = file {
        write_figure(file, look, &loaded, &attribution)?;
    }
    let [token, against] = pair.map(|id| loaded.token(id));
    if !look.json {
        return Ok(table(&attribution, &token.text, &against.text));
    }
    let components: Vec<Value> = attribution
        .components
        .iter()
        .map(|part| json!({"name": part.component.to_string(), "value": part.value}))
        .collect();
    let object = json!({
        "backend": loaded.backend,
        "token": token,
        "against": against,
        "logit_difference": attribution.logit_difference,
        "components": components,
        "sum": attribution.sum,
    });
    Ok(object.to_string())
}

/// The attribution as the page shows it once these two tokens are chosen.
fn write_figure(
    file: FigureFile,
    look: &LookArgs,
    loaded: &Loaded,
    attribution: &Attribution,
) -> Result<(), Failure> {
    // Every token is listed, for any two can be compared.
    let d_vocab = loaded.model.architecture.shape.d_vocab;
    let run = loaded.run(&look.prompt, d_vocab, &look.edits, None, &Unhurried);
    let (answer, _) = pollster::block_on(run)?;
    let mut page = page_with(&look.engine.model, &look.prompt, answer, None);
    page.attention.details.attribution = Some(Shared::new(attribution.clone()));
    let figure = |width| {
        files::figure(
            &page.attention,
            &page.frame,
            AttentionFigure::Attribution,
            width,
        )
    };
    file.write(figure, || {
        "the model has no component that speaks".to_owned()
    })
}

/// The components, largest first, each with a bar of its size and sign.
fn table(attribution: &Attribution, token: &str, against: &str) -> String {
    let mut parts: Vec<&Contribution> = attribution.components.iter().collect();
    parts.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()));
    let largest = parts.first().map_or(0.0, |part| part.value.abs());
    let mut out = format!("what speaks for {token:?} (+) against {against:?} (-), in logits\n");
    let mut line = |name: &str, value: f64, bar: &str| {
        out += format!("{name:<24} {value:>10.4}  {bar}").trim_end();
        out.push('\n');
    };
    for part in parts {
        let value = part.value;
        line(&part.component.to_string(), value, &bar(value, largest));
    }
    line("sum", attribution.sum, "");
    line("logit difference", attribution.logit_difference, "");
    out.trim_end().to_owned()
}

/// As long as `value` is large beside `largest`, in the sign's own character.
fn bar(value: f64, largest: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "+" };
    let share = if largest > 0.0 {
        value.abs() / largest
    } else {
        0.0
    };
    sign.repeat((share * LONGEST_BAR).round() as usize)
}

#[cfg(test)]
mod tests {
    use headlight_activations::Component;

    use super::*;

    #[test]
    fn bars_are_sorted_by_size_and_show_the_sign() {
        let part = |component, value| Contribution { component, value };
        let components = vec![
            part(Component::Embed, 0.5),
            part(Component::Mlp { layer: 0 }, -2.0),
            part(Component::FinalBias, 0.0),
        ];
        let attribution = Attribution {
            token: 1,
            against: 2,
            logit_difference: -1.5,
            components,
            sum: -1.5,
        };
        let text = table(&attribution, " a", " b");
        let lines: Vec<Vec<&str>> = text
            .lines()
            .map(|l| l.split_whitespace().collect())
            .collect();
        let (minus, plus) = ("-".repeat(30), "+".repeat(8));
        assert_eq!(lines[1], ["blocks.0.hook_mlp_out", "-2.0000", &minus]);
        assert_eq!(lines[2], ["hook_embed", "0.5000", &plus]);
        assert_eq!(lines[3], ["ln_final.b", "0.0000"]);
        assert_eq!(lines[4], ["sum", "-1.5000"]);
        assert_eq!(lines[5], ["logit", "difference", "-1.5000"]);
    }
}
