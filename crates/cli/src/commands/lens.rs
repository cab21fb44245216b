//! `headlight lens`.

use headlight_activations::LensRow;
use headlight_engine::{Loaded, TokenText};
use headlight_figure::Shared;
use headlight_model::Unhurried;
use headlight_view::answers::details::LENS_TOP;
use headlight_view::rooms::attention::catalogue::AttentionFigure;
use headlight_view::rooms::attention::files;
use serde_json::json;

use crate::args::{LensArgs, LookArgs};
use crate::failure::Failure;
use crate::figure_file::{FigureFile, page_with};
use crate::model_dir::open;

pub(crate) fn lens(args: &LensArgs) -> Result<String, Failure> {
    let look = &args.look;
    let file = FigureFile::of_model(&args.figure, &look.engine.model)?;
    let loaded = open(&look.engine)?;
    let tokens = loaded.encode(&look.prompt)?;
    let lens = loaded.lens(&tokens, 0..tokens.len(), args.top, &look.edits, &Unhurried);
    let rows = pollster::block_on(lens)?;
    if let Some(file) = file {
        write_figure(file, look, &loaded, &tokens)?;
    }
    if look.json {
        let tokens = texts(&loaded, &tokens);
        let object = json!({"backend": loaded.backend, "tokens": tokens, "rows": rows});
        return Ok(object.to_string());
    }
    Ok(table(&texts(&loaded, &tokens), &rows))
}

/// The lens as the page asks for it and shows it, whatever `--top` lists.
fn write_figure(
    file: FigureFile,
    look: &LookArgs,
    loaded: &Loaded,
    tokens: &[u32],
) -> Result<(), Failure> {
    let run = loaded.run(&look.prompt, 1, &look.edits, None, &Unhurried);
    let (answer, _) = pollster::block_on(run)?;
    let mut page = page_with(&look.engine.model, &look.prompt, answer, None);
    let positions = page.attention.lens_range(&page.frame.subject);
    let lens = loaded.lens_with_answers(tokens, positions, LENS_TOP, &look.edits, &Unhurried);
    page.attention.details.lens = Some(Shared::new(pollster::block_on(lens)?));
    let figure = |width| files::figure(&page.attention, &page.frame, AttentionFigure::Lens, width);
    file.write(figure, || "the model has no layer to look at".to_owned())
}

fn texts(loaded: &Loaded, tokens: &[u32]) -> Vec<TokenText> {
    tokens.iter().map(|&id| loaded.token(id)).collect()
}

/// Position by position, so that one reads down the layers.
fn table(tokens: &[TokenText], rows: &[LensRow]) -> String {
    let hooks = rows.iter().map(|row| row.hook.to_string().len());
    let width = hooks.max().unwrap_or(0);
    let mut out = String::new();
    for (pos, token) in tokens.iter().enumerate() {
        out += &format!("after token {pos}, {:?}\n", token.text);
        for row in rows.iter().filter(|row| row.pos == pos) {
            let next = row.top.iter();
            let next = next.map(|token| format!("{:?} {:.4}", token.text, token.prob));
            let hook = row.hook.to_string();
            let line = format!("  {hook:<width$}  {}", next.collect::<Vec<_>>().join("  "));
            out += line.trim_end();
            out.push('\n');
        }
    }
    out.trim_end().to_owned()
}
