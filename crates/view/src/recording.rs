//! A run that came with the page, shown until the engine answers.
//!
//! A file `recorded/<model>.json`:
//!
//! ```json
//! {"format": "headlight-recording", "version": 1, "model": "stories", "prompt": "...",
//!  "shape": {"n_layers": 4, "n_heads": 4, ...},
//!  "answer": {"backend": "cpu", "tokens": [..], "next": [..], "nll": [..], "perplexity": 9.4,
//!             "pattern": {"head": {"layer": 1, "head": 2}, "seq_len": 17}, "elapsed_ms": 6.1},
//!  "pattern": [..], "lse": [..],
//!  "truth": {"nll": [..], "next": [..], "impossible": null}}
//! ```
//!
//! `answer` is the engine's answer to a run as it crosses to the page, and the
//! two arrays beside it are the ones that travel as buffers there. `truth` is what
//! the model's language says of the prompt, null where that is not known.

use headlight_activations::ModelShape;
use headlight_language::Truth;
use serde::Deserialize;

use crate::run::{Backend, Head, Pattern, PatternError, ResidualNorm, Run, Token, WeightedToken};
use crate::shared::Shared;

/// What `format` says.
const FORMAT: &str = "headlight-recording";
/// The newest version that this page reads.
const VERSION: u32 = 1;

/// A run with one pattern, and the prompt that made it.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// Folder name of the model.
    pub model: String,
    /// The prompt.
    pub prompt: String,
    /// The model's sizes.
    pub shape: ModelShape,
    /// The run, with id 0.
    pub run: Run,
    /// The pattern of one head.
    pub pattern: Pattern,
    /// What the model's language says of the prompt, where that is known.
    pub truth: Option<Shared<Truth>>,
}

/// A recording that cannot be shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// The text is not a recording.
    #[error("recorded run is not understood: {0}")]
    Json(#[from] serde_json::Error),
    /// It is another kind of file.
    #[error("recorded run has format `{found}`, expected `{FORMAT}`")]
    Format {
        /// What the file calls itself.
        found: String,
    },
    /// It was written by a newer Headlight.
    #[error("recorded run has version {found}, this page reads up to {VERSION}")]
    Version {
        /// The file's version.
        found: u32,
    },
    /// Its arrays do not fit.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// Its tokens and its numbers are not equally many.
    #[error(
        "recorded run has {tokens} tokens, {nll} losses, {truth} true losses and a pattern of \
         {seq_len}"
    )]
    Lengths {
        /// Number of tokens.
        tokens: usize,
        /// Number of losses.
        nll: usize,
        /// Number of true losses.
        truth: usize,
        /// Number of positions.
        seq_len: usize,
    },
}

/// What every version has.
#[derive(Deserialize)]
struct Header {
    format: String,
    version: u32,
}

#[derive(Deserialize)]
struct File {
    model: String,
    prompt: String,
    shape: ModelShape,
    answer: Answer,
    pattern: Vec<f32>,
    lse: Vec<f32>,
    #[serde(default)]
    truth: Option<Truth>,
}

#[derive(Deserialize)]
struct Answer {
    backend: Backend,
    tokens: Vec<Token>,
    next: Vec<WeightedToken>,
    nll: Vec<Option<f64>>,
    perplexity: Option<f64>,
    elapsed_ms: f64,
    #[serde(default)]
    residual: Vec<ResidualNorm>,
    pattern: PatternHeader,
}

#[derive(Deserialize)]
struct PatternHeader {
    head: Head,
    seq_len: usize,
}

impl Recording {
    /// Reads a recording.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is no recording, is one of a newer version,
    /// or has arrays that do not fit each other.
    pub fn parse(json: &str) -> Result<Self, RecordingError> {
        let Header { format, version } = serde_json::from_str(json)?;
        if format != FORMAT {
            return Err(RecordingError::Format { found: format });
        }
        if version > VERSION {
            return Err(RecordingError::Version { found: version });
        }
        let file: File = serde_json::from_str(json)?;
        let answer = file.answer;
        let PatternHeader { head, seq_len } = answer.pattern;
        let pattern = Pattern::new(head, seq_len, file.pattern, file.lse)?;
        let run = Run {
            id: 0,
            backend: answer.backend,
            tokens: answer.tokens,
            next: answer.next,
            nll: answer.nll,
            perplexity: answer.perplexity,
            residual: answer.residual,
            clean: None,
            elapsed_ms: answer.elapsed_ms,
        };
        let truth_len = file.truth.as_ref().map_or(seq_len, |truth| truth.nll.len());
        if [run.tokens.len(), run.nll.len(), truth_len] != [seq_len; 3] {
            return Err(RecordingError::Lengths {
                tokens: run.tokens.len(),
                nll: run.nll.len(),
                truth: truth_len,
                seq_len,
            });
        }
        Ok(Self {
            model: file.model,
            prompt: file.prompt,
            shape: file.shape,
            run,
            pattern,
            truth: file.truth.map(Shared::new),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(version: u32, n_weights: usize) -> String {
        let weights = ["1", "0", "0.25", "0.75"][..n_weights].join(",");
        format!(
            r#"{{"format":"headlight-recording","version":{version},"model":"stories","prompt":"Lily ran",
            "shape":{{"n_layers":4,"n_heads":4,"n_kv_heads":4,"d_model":8,"d_head":2,"d_mlp":16,"d_vocab":99,"n_ctx":64}},
            "answer":{{"backend":"cpu","tokens":[{{"id":1,"text":"Lily"}},{{"id":2,"text":" ran"}}],
              "next":[{{"id":3,"text":".","prob":0.5}}],"nll":[null,2.5],"perplexity":12.2,"residual":[],
              "pattern":{{"head":{{"layer":1,"head":2}},"seq_len":2}},"elapsed_ms":6.5}},
            "pattern":[{weights}],"lse":[0.5,1.5]}}"#
        )
    }

    #[test]
    fn a_recording_yields_a_run_and_a_pattern() {
        let recording = Recording::parse(&json(1, 4)).unwrap();
        assert!(recording.run.is_recorded());
        assert_eq!(recording.run.tokens[1].text, " ran");
        assert_eq!(recording.pattern.head(), Head { layer: 1, head: 2 });
        assert!((recording.pattern.weight(1, 1) - 0.75).abs() < 1e-9);
    }

    #[test]
    fn a_newer_version_is_refused_by_name() {
        let error = Recording::parse(&json(2, 4)).unwrap_err().to_string();
        assert_eq!(error, "recorded run has version 2, this page reads up to 1");
    }

    #[test]
    fn another_format_is_refused_by_name() {
        let error = Recording::parse(r#"{"format":"headlight-trace","version":1}"#).unwrap_err();
        assert!(error.to_string().contains("headlight-trace"));
    }

    #[test]
    fn arrays_that_do_not_fit_are_refused() {
        let error = Recording::parse(&json(1, 3)).unwrap_err().to_string();
        assert!(error.contains("3 weights"), "{error}");
        assert!(Recording::parse("{").is_err());
    }
}
