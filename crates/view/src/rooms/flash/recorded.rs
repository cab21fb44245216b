//! A head's numbers that came with the page, shown until the engine answers.
//!
//! ```json
//! {"format": "headlight-head", "version": 1, "model": "stories", "prompt": "...",
//!  "head": {"layer": 3, "head": 2, "seq_len": 26, "d_head": 48, "scale": 0.144},
//!  "q": [..], "k": [..], "v": [..]}
//! ```

use serde::Deserialize;

use crate::answers::details::HeadInputs;

const FORMAT: &str = "headlight-head";
/// The newest version that this page reads.
const VERSION: u32 = 1;

/// A head of a recorded run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RecordedHead {
    pub(crate) model: String,
    pub(crate) prompt: String,
    pub(crate) inputs: HeadInputs,
}

/// A recorded head that cannot be shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum RecordedError {
    /// The text is not a recorded head.
    #[error("recorded head is not understood: {0}")]
    Json(#[from] serde_json::Error),
    /// The file is of another kind, or of a newer version.
    #[error("recorded head is `{format}` version {version}, expected `{FORMAT}` up to {VERSION}")]
    Format {
        /// What the file calls itself.
        format: String,
        /// Its version.
        version: u32,
    },
    /// Its arrays do not fit.
    #[error("recorded head has {found} numbers in {name}, expected {expected}")]
    Length {
        /// Name of the array.
        name: &'static str,
        /// Numbers found.
        found: usize,
        /// Numbers expected.
        expected: usize,
    },
}

#[derive(Deserialize)]
struct RecordedHeadHeader {
    format: String,
    version: u32,
}

#[derive(Deserialize)]
struct RecordedHeadFile {
    model: String,
    prompt: String,
    head: HeadInputs,
    q: Vec<f32>,
    k: Vec<f32>,
    v: Vec<f32>,
}

impl RecordedHead {
    /// Reads a file.
    pub(crate) fn parse(json: &str) -> Result<Self, RecordedError> {
        let RecordedHeadHeader { format, version } = serde_json::from_str(json)?;
        if format != FORMAT || version > VERSION {
            return Err(RecordedError::Format { format, version });
        }
        let file: RecordedHeadFile = serde_json::from_str(json)?;
        let mut inputs = file.head;
        (inputs.q, inputs.k, inputs.v) = (file.q, file.k, file.v);
        let expected = inputs.seq_len.saturating_mul(inputs.d_head);
        for (name, values) in [("q", &inputs.q), ("k", &inputs.k), ("v", &inputs.v)] {
            let found = values.len();
            if found != expected {
                return Err(RecordedError::Length {
                    name,
                    found,
                    expected,
                });
            }
        }
        Ok(Self {
            model: file.model,
            prompt: file.prompt,
            inputs,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(version: u32, q: &str) -> String {
        let head = r#"{"layer":1,"head":2,"seq_len":2,"d_head":1,"scale":1.0}"#;
        format!(
            r#"{{"format":"headlight-head","version":{version},"model":"m","prompt":"p","head":{head},"q":{q},"k":[1,2],"v":[3,4]}}"#
        )
    }

    #[test]
    fn a_recorded_head_is_read() {
        let recorded = RecordedHead::parse(&file(1, "[5,6]")).unwrap();
        assert_eq!(recorded.inputs.q, [5.0, 6.0]);
        assert_eq!(recorded.inputs.head, 2);
    }

    #[test]
    fn a_newer_or_broken_one_is_refused_by_name() {
        let said = |json: &str| RecordedHead::parse(json).unwrap_err().to_string();
        assert!(said(&file(2, "[5,6]")).contains("version 2"));
        assert!(said(&file(1, "[5]")).contains("1 numbers in q, expected 2"));
        assert!(said("{}").contains("not understood"));
    }
}
