//! `headlight capture`: activations of one or many texts, as safetensors.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use headlight_activations::{Activation, Capture, CapturePos, HookPoint, Site};
use headlight_engine::Loaded;
use headlight_model::{LogitsWanted, RunError, RunRequest, Unhurried};
use safetensors::tensor::{Dtype, TensorView};
use serde::Deserialize;

use crate::args::CaptureArgs;
use crate::failure::Failure;
use crate::input::read_text;
use crate::model_dir::{self, open};
use crate::output::{Named, Output, check_apart};

/// Far more text than activations fit in memory for: a larger file is a slip.
const MAX_TEXTS_BYTES: u64 = 1 << 30;

/// The activations of one text, by hook.
type Row = BTreeMap<HookPoint, Activation>;

pub(crate) fn capture(args: &CaptureArgs) -> Result<String, Failure> {
    check_out(args)?;
    let texts = texts(args)?;
    let loaded = open(&args.engine)?;
    let mut out = Output::create(&args.out)?;
    let capture = Capture {
        hooks: args.hooks.iter().copied().collect(),
        pos: args.pos,
    };
    let (mut rows, mut lengths) = (Vec::new(), Vec::new());
    for (index, text) in texts.iter().enumerate() {
        let (row, length) = one_row(&loaded, text, &capture).map_err(|failure| match failure {
            Failure::Input(message) => match &args.text.texts {
                Some(path) => Failure::Input(format!("{} row {index}: {message}", path.display())),
                None => Failure::Input(format!("row {index}: {message}")),
            },
            other @ Failure::Other(_) => other,
        })?;
        rows.push(row);
        lengths.push(length as i64);
    }
    out.put(&file(args, &capture, &rows, &lengths)?)?;
    out.finish()?;
    Ok(format!(
        "{}: {} hooks of {} texts",
        args.out.display(),
        capture.hooks.len(),
        rows.len()
    ))
}

/// The file must be none of those that are read.
fn check_out(args: &CaptureArgs) -> Result<(), Failure> {
    let of_model = model_dir::files(&args.engine.model);
    let texts = args.text.texts.iter().map(|path| ("--texts", &**path));
    let inputs: Vec<Named<'_>> = of_model
        .iter()
        .map(|path| ("--model", &**path))
        .chain(texts)
        .collect();
    check_apart(&[("--out", &args.out)], &inputs)
}

fn texts(args: &CaptureArgs) -> Result<Vec<String>, Failure> {
    #[derive(Deserialize)]
    struct CaptureLine {
        text: String,
    }
    let Some(path) = &args.text.texts else {
        return Ok(args.text.prompt.iter().cloned().collect());
    };
    let about = path.display();
    let content = read_text(path, MAX_TEXTS_BYTES)?;
    let texts = content
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(index, line)| {
            serde_json::from_str::<CaptureLine>(line)
                .map(|line| line.text)
                .map_err(|error| {
                    let expected = "expected one object with \"text\" per line";
                    Failure::Input(format!("{about} line {}: {error}, {expected}", index + 1))
                })
        })
        .collect::<Result<Vec<_>, _>>()?;
    if texts.is_empty() {
        return Err(Failure::Input(format!(
            "{about} has no texts, expected at least one"
        )));
    }
    Ok(texts)
}

/// One text's activations, without the batch axis, and its number of tokens.
fn one_row(loaded: &Loaded, text: &str, capture: &Capture) -> Result<(Row, usize), Failure> {
    let tokens = loaded.encode(text)?;
    let request = RunRequest {
        tokens: &tokens,
        capture,
        edits: &[],
        logits: LogitsWanted::Last,
    };
    let run = pollster::block_on(async {
        let model = &loaded.model;
        let found = model.run(request, &Unhurried).await?.read().await;
        let explained = model.explained(found, &tokens, &[], &Unhurried).await;
        Ok::<_, RunError>(explained?.1)
    });
    let activations = run.map_err(headlight_engine::AnswerError::from)?;
    let row = activations
        .into_iter()
        .map(|(hook, activation)| {
            let shape = activation.shape[1..].to_vec();
            (hook, Activation::new(shape, activation.data))
        })
        .collect();
    Ok((row, tokens.len()))
}

/// Stacks the rows, each padded to the longest, as the bytes of a file.
fn file(
    args: &CaptureArgs,
    capture: &Capture,
    rows: &[Row],
    lengths: &[i64],
) -> Result<Vec<u8>, Failure> {
    let mut tensors: Vec<(String, Dtype, Vec<usize>, Vec<u8>)> = Vec::new();
    for &hook in &capture.hooks {
        let activations: Vec<&Activation> = rows.iter().map(|row| &row[&hook]).collect();
        let stacked = stack(&activations, padding(hook));
        let bytes = stacked.data.iter().flat_map(|x| x.to_le_bytes()).collect();
        tensors.push((hook.to_string(), Dtype::F32, stacked.shape, bytes));
    }
    if capture.pos == CapturePos::All {
        let bytes = lengths.iter().flat_map(|x| x.to_le_bytes()).collect();
        tensors.push(("lengths".to_owned(), Dtype::I64, vec![lengths.len()], bytes));
    }
    let views = tensors
        .iter()
        .map(|(name, dtype, shape, bytes)| {
            TensorView::new(*dtype, shape.clone(), bytes).map(|view| (name.as_str(), view))
        })
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Failure::Other(error.to_string()))?;
    safetensors::serialize(views, Some(metadata(args, rows.len())))
        .map_err(|error| Failure::Other(error.to_string()))
}

/// What stands where a row is shorter than the longest.
fn padding(hook: HookPoint) -> f32 {
    match hook {
        HookPoint::Block {
            site: Site::AttnScores,
            ..
        } => f32::NEG_INFINITY,
        _ => 0.0,
    }
}

/// Puts activations that differ only in lengths under one new first axis.
fn stack(activations: &[&Activation], padding: f32) -> Activation {
    let rank = activations[0].shape.len();
    let inner: Vec<usize> = (0..rank)
        .map(|axis| activations.iter().map(|a| a.shape[axis]).max().unwrap_or(0))
        .collect();
    let size: usize = inner.iter().product();
    let mut data = vec![padding; size * activations.len()];
    for (activation, out) in activations.iter().zip(data.chunks_exact_mut(size.max(1))) {
        let width = activation.shape[rank - 1];
        for (index, row) in activation.rows().enumerate() {
            let start = place(index, &activation.shape, &inner);
            out[start..start + width].copy_from_slice(row);
        }
    }
    let shape = std::iter::once(activations.len()).chain(inner).collect();
    Activation::new(shape, data)
}

/// Where the `index`-th row of an array of one shape starts in one of another.
fn place(mut index: usize, from: &[usize], to: &[usize]) -> usize {
    let mut stride = to[to.len() - 1];
    let mut start = 0;
    for axis in (0..from.len() - 1).rev() {
        start += index % from[axis] * stride;
        index /= from[axis];
        stride *= to[axis];
    }
    start
}

fn metadata(args: &CaptureArgs, n_rows: usize) -> HashMap<String, String> {
    let model = args
        .engine
        .model
        .file_name()
        .unwrap_or_else(|| Path::new(".").as_os_str());
    let pos = match args.pos {
        CapturePos::All => "all".to_owned(),
        CapturePos::Last => "last".to_owned(),
        CapturePos::Mean => "mean".to_owned(),
        CapturePos::At(pos) => pos.to_string(),
    };
    let hooks: Vec<String> = args.hooks.iter().map(ToString::to_string).collect();
    HashMap::from([
        ("model".to_owned(), model.to_string_lossy().into_owned()),
        ("hook".to_owned(), hooks.join(",")),
        ("pos".to_owned(), pos),
        (
            "weight_processing".to_owned(),
            "none: raw weights".to_owned(),
        ),
        (
            "created_by".to_owned(),
            format!("headlight {}", env!("CARGO_PKG_VERSION")),
        ),
        ("rows".to_owned(), n_rows.to_string()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shorter_rows_are_padded_on_every_axis() {
        // `[head, query, key]` with one head: 2 x 2 beside 1 x 1.
        let long = Activation::new(vec![1, 2, 2], vec![1.0, 2.0, 3.0, 4.0]);
        let short = Activation::new(vec![1, 1, 1], vec![5.0]);
        let stacked = stack(&[&long, &short], -1.0);
        assert_eq!(stacked.shape, [2, 1, 2, 2]);
        assert_eq!(stacked.data, [1.0, 2.0, 3.0, 4.0, 5.0, -1.0, -1.0, -1.0]);
    }
}
