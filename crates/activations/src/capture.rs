//! Which activations to read, and at which positions.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{HookPoint, Quoted};

/// What a run should bring back besides its logits.
///
/// ```
/// use headlight_activations::{Capture, CapturePos, HookPoint};
///
/// let hook: HookPoint = "blocks.1.hook_resid_post".parse()?;
/// let capture = Capture { pos: CapturePos::Last, ..Capture::all_positions([hook]) };
/// assert!(capture.wants(hook) && !Capture::none().wants(hook));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// The places to read.
    pub hooks: BTreeSet<HookPoint>,
    /// The positions to read there.
    pub pos: CapturePos,
}

impl Capture {
    /// Reads nothing.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads these places at all positions.
    pub fn all_positions(hooks: impl IntoIterator<Item = HookPoint>) -> Self {
        Self {
            hooks: hooks.into_iter().collect(),
            pos: CapturePos::All,
        }
    }

    /// True if `hook` is to be read.
    #[must_use]
    pub fn wants(&self, hook: HookPoint) -> bool {
        self.hooks.contains(&hook)
    }
}

/// Which positions (or queries, for the two matrices) are read.
///
/// All but [`All`](Self::All) take the position axis out of the result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CapturePos {
    /// Every position.
    #[default]
    All,
    /// The last position.
    Last,
    /// The mean over all positions.
    Mean,
    /// One position, counted from 0.
    At(usize),
}

/// A string that names no positions.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{}` names no position, expected all, last, mean or a number from 0",
    Quoted(found)
)]
pub struct ParseCapturePosError {
    /// What was found.
    pub found: String,
}

impl FromStr for CapturePos {
    type Err = ParseCapturePosError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "all" => Ok(Self::All),
            "last" => Ok(Self::Last),
            "mean" => Ok(Self::Mean),
            _ => text
                .parse()
                .map(Self::At)
                .ok()
                .ok_or_else(|| ParseCapturePosError {
                    found: text.to_owned(),
                }),
        }
    }
}
