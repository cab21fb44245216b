//! What the page, the session and the workers tell each other, as plain values.

use headlight_activations::{Detail, Edit, Finding, Sampling};
use headlight_protocol::{BackendChoice, Fault, LoadedModel, RunId};

use crate::answers::head::Head;
use crate::answers::run::{Pattern, Run, WeightedToken};

/// Names a worker; each start makes a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkerId(pub u32);

/// Bytes that are under way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transfer {
    /// When it began, on the page's clock.
    pub since_ms: f64,
    /// When the last bytes came.
    pub now_ms: f64,
    /// Bytes that have arrived.
    pub loaded_bytes: u64,
    /// Bytes in all, where known.
    pub total_bytes: Option<u64>,
}

impl Transfer {
    /// Nothing has arrived yet.
    #[must_use]
    pub const fn starting(now_ms: f64) -> Self {
        Self {
            since_ms: now_ms,
            now_ms,
            loaded_bytes: 0,
            total_bytes: None,
        }
    }

    /// This transfer with more bytes.
    #[must_use]
    pub const fn advanced(self, loaded_bytes: u64, total_bytes: Option<u64>, now_ms: f64) -> Self {
        Self {
            since_ms: self.since_ms,
            now_ms,
            loaded_bytes,
            total_bytes,
        }
    }

    /// Bytes per second so far; `None` before there is anything to divide.
    #[must_use]
    pub fn bytes_per_second(&self) -> Option<f64> {
        let seconds = (self.now_ms - self.since_ms) / 1e3;
        (seconds > 0.05 && self.loaded_bytes > 0).then(|| self.loaded_bytes as f64 / seconds)
    }

    /// Part that has arrived, in `[0, 1]`; `None` where the total is not known.
    #[must_use]
    pub fn fraction(&self) -> Option<f64> {
        let total = self.total_bytes.filter(|total| *total > 0)?;
        Some((self.loaded_bytes as f64 / total as f64).clamp(0.0, 1.0))
    }
}

/// Why an answer failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// Something from outside does not fit.
    Input,
    /// The device failed; a fresh worker or another backend may work.
    Device,
    /// Anything else.
    Internal,
}

/// What a worker says.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// Its module is arriving.
    Fetching {
        /// Bytes so far.
        loaded_bytes: u64,
        /// Bytes in all, where known.
        total_bytes: Option<u64>,
    },
    /// The worker listens.
    Booted,
    /// The worker lives, whatever it waits for.
    Alive,
    /// The worker lives, and has done a bit more of what it was asked.
    Heartbeat,
    /// The model is arriving.
    LoadProgress {
        /// The load.
        run: RunId,
        /// Bytes so far.
        loaded_bytes: u64,
        /// Bytes in all, where known.
        total_bytes: Option<u64>,
    },
    /// The model is ready.
    Loaded {
        /// The load.
        run: RunId,
        /// The model.
        model: Box<LoadedModel>,
    },
    /// The answer to a prompt.
    Ran {
        /// The run.
        run: RunId,
        /// The answer.
        answer: Run,
        /// The pattern that was asked for with it.
        pattern: Option<Pattern>,
    },
    /// One more pattern.
    Pattern {
        /// The request.
        run: RunId,
        /// The pattern.
        pattern: Pattern,
    },
    /// More about the last run.
    Found {
        /// The request.
        run: RunId,
        /// The answer.
        finding: Finding,
    },
    /// One generated token.
    Token {
        /// The generation.
        run: RunId,
        /// The token.
        token: WeightedToken,
    },
    /// The generation is complete.
    Generated {
        /// The generation.
        run: RunId,
        /// Reason for the end.
        end: GenerationEnd,
    },
    /// There is no answer.
    Failed {
        /// The request.
        run: RunId,
        /// Kind of the failure: whose fault it was.
        blame: Blame,
        /// Why, in one sentence without a full stop.
        message: String,
        /// The start of a prompt that was too long, which the model can read.
        fitting: Option<String>,
    },
    /// There is no answer because a newer request or a cancel came.
    Cancelled {
        /// The request.
        run: RunId,
    },
}

/// Why a generation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GenerationEnd {
    /// The end token came.
    EndToken,
    /// As many tokens as asked for.
    MaxTokens,
    /// The context is full.
    Context,
    /// The visitor stopped it.
    Stopped,
}

/// How a worker died.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Death {
    /// The worker reported an error of its own.
    Crashed(String),
    /// The worker said nothing for too long while it owed an answer.
    Silent,
    /// The worker lived and got nowhere for too long.
    Stalled,
    /// The worker sent something that is no message.
    Unreadable(String),
    /// Its module could not be fetched or started.
    NotStarted(String),
}

/// A question to a worker.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// Load a model.
    Load {
        /// Names the request.
        run: RunId,
        /// Folder name.
        model: String,
        /// What to compute on.
        choice: BackendChoice,
        /// Makes the GPU's self-test fail.
        fails_self_test: bool,
    },
    /// Run a prompt.
    Run {
        /// Names the request.
        run: RunId,
        /// The prompt.
        prompt: String,
        /// The head whose pattern comes along.
        head: Head,
        /// What to change on the way.
        edits: Vec<Edit>,
    },
    /// One more pattern of the last run.
    Pattern {
        /// Names the request.
        run: RunId,
        /// Head whose pattern is asked for.
        head: Head,
    },
    /// More about the last run.
    Detail {
        /// Names the request.
        run: RunId,
        /// Detail that is asked for.
        detail: Detail,
    },
    /// Continue a prompt.
    Generate {
        /// Names the request.
        run: RunId,
        /// What to write.
        request: GenerationRequest,
    },
    /// Stop working on a request.
    Cancel {
        /// Request to stop.
        run: RunId,
    },
    /// Fail in the middle of the next run.
    Inject(Fault),
}

/// A text to be continued.
#[derive(Clone, Debug, PartialEq)]
pub struct GenerationRequest {
    /// The prompt.
    pub prompt: String,
    /// Largest number of new tokens.
    pub max_tokens: usize,
    /// How tokens are drawn.
    pub sampling: Sampling,
    /// What to change on the way.
    pub edits: Vec<Edit>,
}
