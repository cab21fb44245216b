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
//!  "truth": {"nll": [..], "next": [..], "impossible": null},
//!  "details": {"atlas": [..], "cells": [[..], ..], "lens": [..], "attribution": {..}, "cuts": {..}}}
//! ```
//!
//! `answer` is the engine's answer to a run as it crosses to the page, and the
//! two arrays beside it are the ones that travel as buffers there. `truth` is what
//! the model's language says of the prompt, null where that is not known. `details`
//! are the answers to what the page asks about every run, and may be missing; the cells
//! of the heads made small are in thousandths, since they are only drawn.
//!
//! It is read twice: what the first figures need ([`Recording`]), and the rest
//! ([`RecordingDetails`]) by the page's second module, so that the first need not know how.

use headlight_activations::ModelShape;
use headlight_language::Truth;
use serde::Deserialize;

use crate::answers::details::{Attribution, Cuts, Details, LensRow, Thumbnail};
use crate::answers::head::Head;
use crate::answers::run::{
    Backend, Pattern, PatternError, ResidualNorm, Run, Token, WeightedToken,
};
use crate::answers::shaded::ShadedThumbnail;
use headlight_figure::Shared;

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
    /// The heads, made small; none where they were not recorded.
    pub atlas: Shared<Vec<ShadedThumbnail>>,
}

/// What a recording says beyond the first figures.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordingDetails {
    /// Folder name of the model.
    pub(crate) model: String,
    /// The prompt.
    pub(crate) prompt: String,
    /// What the model's language says of the prompt, where that is known.
    pub(crate) truth: Option<Truth>,
    answers: Option<RecordedAnswers>,
}

#[derive(Deserialize)]
struct DetailsFile {
    model: String,
    prompt: String,
    answer: TokensOf,
    #[serde(default)]
    truth: Option<Truth>,
    #[serde(default)]
    details: Option<RecordedAnswers>,
}

#[derive(Deserialize)]
struct TokensOf {
    tokens: Vec<Token>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
struct RecordedAnswers {
    lens: Vec<LensRow>,
    attribution: Attribution,
    cuts: Cuts,
}

impl RecordingDetails {
    /// Reads the rest of a recording that [`Recording::parse`] has read.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not understood, or if what the language says is not of
    /// as many tokens as the run has.
    pub fn parse(json: &str) -> Result<Self, RecordingError> {
        let file: DetailsFile = serde_json::from_str(json)?;
        let n = file.answer.tokens.len();
        let truth_len = file.truth.as_ref().map_or(n, |truth| truth.nll.len());
        if truth_len != n {
            return Err(RecordingError::Truth {
                tokens: n,
                truth: truth_len,
            });
        }
        Ok(Self {
            model: file.model,
            prompt: file.prompt,
            truth: file.truth,
            answers: file.details,
        })
    }

    /// Adds the answers to those known of a run of `seq_len` tokens.
    pub(crate) fn add_to(self, details: &mut Details, seq_len: usize) {
        let Some(mut answers) = self.answers else {
            return;
        };
        answers.lens.retain(|row| row.pos < seq_len);
        let positions = answers.lens.iter().map(|row| row.pos);
        let end = positions.clone().max().map_or(0, |pos| pos + 1);
        details.lens_range = positions.min().unwrap_or(0)..end;
        details.lens = Some(Shared::new(answers.lens));
        details.attribution = Some(Shared::new(answers.attribution));
        details.cuts = Some(Shared::new(answers.cuts));
    }
}

/// A recording that cannot be shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// The text is not a recording.
    #[error("recorded run is not understood: {0}")]
    Json(#[from] serde_json::Error),
    /// The file is of another kind.
    #[error("recorded run has format `{found}`, expected `{FORMAT}`")]
    Format {
        /// What the file calls itself.
        found: String,
    },
    /// The file was written by a newer Headlight.
    #[error("recorded run has version {found}, this page reads up to {VERSION}")]
    Version {
        /// The file's version.
        found: u32,
    },
    /// Its arrays do not fit.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// The cells of a head do not fit its side.
    #[error("recorded run has {found} cells for head {layer}.{head}, expected {expected}")]
    Cells {
        /// The head's layer.
        layer: usize,
        /// Its index in the layer.
        head: usize,
        /// Number of cells.
        found: usize,
        /// Number of cells by its side.
        expected: usize,
    },
    /// Its tokens and its numbers are not equally many.
    #[error("recorded run has {tokens} tokens, {nll} losses and a pattern of {seq_len}")]
    Lengths {
        /// Number of tokens.
        tokens: usize,
        /// Number of losses.
        nll: usize,
        /// Number of positions.
        seq_len: usize,
    },
    /// What the language says is of another number of tokens.
    #[error("recorded run has {tokens} tokens and {truth} true losses")]
    Truth {
        /// Number of tokens.
        tokens: usize,
        /// Number of true losses.
        truth: usize,
    },
}

/// What every version has.
#[derive(Deserialize)]
struct RecordingHeader {
    format: String,
    version: u32,
}

#[derive(Deserialize)]
struct RecordingFile {
    model: String,
    prompt: String,
    shape: ModelShape,
    answer: RecordedAnswer,
    pattern: Vec<f32>,
    lse: Vec<f32>,
    #[serde(default)]
    details: Option<RecordedAtlas>,
}

/// Of the answers to what the page asks about every run, the first.
#[derive(Deserialize)]
struct RecordedAtlas {
    atlas: Vec<Thumbnail>,
    /// Of each head, row by row, in thousandths.
    cells: Vec<Vec<u16>>,
}

impl RecordedAtlas {
    fn into_atlas(mut self) -> Result<Vec<ShadedThumbnail>, RecordingError> {
        self.cells.resize(self.atlas.len(), Vec::new());
        for (small, cells) in self.atlas.iter_mut().zip(&self.cells) {
            let expected = small.side.saturating_mul(small.side);
            if cells.len() != expected {
                return Err(RecordingError::Cells {
                    layer: small.layer,
                    head: small.head,
                    found: cells.len(),
                    expected,
                });
            }
            small.cells = cells.iter().map(|cell| f32::from(*cell) / 1e3).collect();
        }
        Ok(self.atlas.into_iter().map(ShadedThumbnail::from).collect())
    }
}

#[derive(Deserialize)]
struct RecordedAnswer {
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
        let RecordingHeader { format, version } = serde_json::from_str(json)?;
        if format != FORMAT {
            return Err(RecordingError::Format { found: format });
        }
        if version > VERSION {
            return Err(RecordingError::Version { found: version });
        }
        let file: RecordingFile = serde_json::from_str(json)?;
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
        if [run.tokens.len(), run.nll.len()] != [seq_len; 2] {
            return Err(RecordingError::Lengths {
                tokens: run.tokens.len(),
                nll: run.nll.len(),
                seq_len,
            });
        }
        let atlas = file.details.map(RecordedAtlas::into_atlas).transpose()?;
        Ok(Self {
            atlas: Shared::new(atlas.unwrap_or_default()),
            model: file.model,
            prompt: file.prompt,
            shape: file.shape,
            run,
            pattern,
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

    /// A recording with answers to what is asked about a run.
    fn with_details(cells: &str) -> String {
        let scores = r#"{"previous":0.4,"duplicate":0,"induction":0,"entropy":0.5,"sink":null,"nearby":null,
            "over_targets":{"previous":0.8,"duplicate":null,"induction":null}}"#;
        let lens =
            r#"{"hook":"blocks.0.hook_resid_pre","pos":1,"top":[{"id":3,"text":".","prob":0.5}]}"#;
        let details = format!(
            r#"{{"atlas":[{{"layer":1,"head":2,"side":2,"scores":{scores}}}],"cells":{cells},"lens":[{lens}],
            "attribution":{{"token":3,"against":4,"logit_difference":1,"sum":1,"components":[]}},
            "cuts":{{"tokens":[],"n_kept":99,"d_vocab":99,"mass_kept":1}}}}"#
        );
        let whole = json(1, 4);
        let open = whole.trim_end().strip_suffix('}').unwrap();
        format!(r#"{open},"details":{details}}}"#)
    }

    #[test]
    fn what_is_asked_about_a_run_may_come_along() {
        assert!(Recording::parse(&json(1, 4)).unwrap().atlas.is_empty());
        assert_eq!(RecordingDetails::parse(&json(1, 4)).unwrap().answers, None);
        let whole = with_details("[[1000,0,250,750]]");
        let mut details = Details {
            atlas: Recording::parse(&whole).unwrap().atlas,
            ..Details::default()
        };
        let head = Head { layer: 1, head: 2 };
        assert_eq!(
            details.thumbnail(head).unwrap().cells,
            [1.0, 0.0, 0.25, 0.75]
        );
        let rest = RecordingDetails::parse(&whole).unwrap();
        rest.clone().add_to(&mut details, 1);
        assert!(
            details.lens.as_ref().unwrap().is_empty(),
            "it is beyond the run"
        );
        rest.add_to(&mut details, 2);
        assert_eq!(details.lens_range, 1..2);
        assert!(details.attribution.is_some() && details.cuts.is_some());
        for cells in ["[]", "[[1000,0,250]]"] {
            let error = Recording::parse(&with_details(cells)).unwrap_err();
            assert!(
                error
                    .to_string()
                    .ends_with("cells for head 1.2, expected 4"),
                "{error}"
            );
        }
    }

    #[test]
    fn what_the_language_says_is_of_as_many_tokens() {
        let whole = json(1, 4);
        let open = whole.trim_end().strip_suffix('}').unwrap();
        let with = |nll: &str| {
            let truth = format!(r#"{{"nll":{nll},"next":[],"impossible":null}}"#);
            RecordingDetails::parse(&format!(r#"{open},"truth":{truth}}}"#))
        };
        assert!(with("[null,1.5]").unwrap().truth.is_some());
        let error = with("[null]").unwrap_err().to_string();
        assert_eq!(error, "recorded run has 2 tokens and 1 true losses");
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
