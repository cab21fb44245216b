//! What page and engine say to each other.
//!
//! Every request carries a run id chosen by whoever asks. The engine answers
//! each with any number of events and then exactly one [`Event::Done`],
//! [`Event::Failed`] or [`Event::Cancelled`]. Latest wins: a newer
//! [`Request::Run`] or [`Request::Generate`] cancels the one before.

use headlight_activations::{Detail, Edit, Finding, ModelShape, Sampling};
use serde::{Deserialize, Serialize};

/// Names one request; larger means newer.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct RunId(pub u64);

/// What computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// Burn's pure-Rust backend.
    Cpu,
    /// wgpu: WebGPU in a browser, Vulkan or Metal natively.
    Gpu,
}

impl Backend {
    /// `cpu` or `gpu`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Gpu => "gpu",
        }
    }
}

/// What the visitor asks to compute on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BackendChoice {
    /// Whatever passes its self-test and is faster for this model.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The GPU, if it passes its self-test.
    Gpu,
}

impl BackendChoice {
    /// Reads `cpu` or `gpu`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "cpu" => Some(Self::Cpu),
            "gpu" => Some(Self::Gpu),
            _ => None,
        }
    }

    /// `cpu` or `gpu`; nothing where the visitor did not choose.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Auto => None,
            Self::Cpu => Some("cpu"),
            Self::Gpu => Some("gpu"),
        }
    }
}

/// Which of the two builds of the engine speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Build {
    /// The small one: CPU only.
    Cpu,
    /// The large one: GPU, with the CPU beside it.
    Gpu,
}

/// One head of one layer, both counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HeadRef {
    /// Index of the block.
    pub layer: usize,
    /// Index of the query head.
    pub head: usize,
}

/// What the engine can be asked to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Fetch `models/{name}/` and make it the model; run the self-test and
    /// choose a backend. Must come first. Answer: [`Response::Loaded`].
    Load {
        /// Names the request.
        run: RunId,
        /// Folder name of the model.
        model: String,
        /// What to compute on.
        backend: BackendChoice,
        /// Makes the self-test of the GPU fail, for tests of what then happens.
        #[serde(default)]
        inject: Option<Fault>,
    },
    /// Run the prompt through the model. Answer: [`Response::Run`].
    Run {
        /// Names the request.
        run: RunId,
        /// The text, as typed.
        prompt: String,
        /// Number of next tokens to list; clamped to the vocabulary.
        top: usize,
        /// Changes to make on the way.
        edits: Vec<Edit>,
        /// A head whose pattern comes with the answer.
        pattern: Option<HeadRef>,
    },
    /// The pattern of one more head of the last run, recomputed from what was
    /// kept of it. Answer: [`Response::Pattern`].
    Pattern {
        /// Names the request.
        run: RunId,
        /// Head whose pattern is asked for.
        head: HeadRef,
    },
    /// More about the last run. Answer: [`Response::Found`].
    Detail {
        /// Names the request.
        run: RunId,
        /// What to find out.
        detail: Detail,
    },
    /// Continue the prompt. Sends an [`Event::Token`] for each new token.
    /// Answer: [`Response::Generated`].
    Generate {
        /// Names the request.
        run: RunId,
        /// The text, as typed.
        prompt: String,
        /// Largest number of new tokens.
        max_tokens: usize,
        /// How tokens are drawn.
        sampling: Sampling,
        /// Changes to make on the way.
        edits: Vec<Edit>,
    },
    /// Stop working on `run`, whatever it is. Has no answer of its own.
    Cancel {
        /// The request to stop.
        run: RunId,
    },
    /// Fail on purpose, in the middle of the next run. Only for tests of what
    /// the page does then; never sent unless a test asks for it.
    Inject {
        /// How to fail.
        fault: Fault,
    },
}

/// A failure that a test can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The GPU's self-test reports a wrong number.
    SelfTest,
    /// The worker panics between two layers of the next run.
    Panic,
    /// The worker closes itself silently between two layers of the next run.
    Close,
}

impl Fault {
    /// Reads `self-test`, `panic` or `close`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "self-test" => Some(Self::SelfTest),
            "panic" => Some(Self::Panic),
            "close" => Some(Self::Close),
            _ => None,
        }
    }
}

impl Request {
    /// The request's own id; for [`Request::Cancel`] the id it stops.
    #[must_use]
    pub const fn run(&self) -> RunId {
        match self {
            Self::Load { run, .. }
            | Self::Run { run, .. }
            | Self::Pattern { run, .. }
            | Self::Detail { run, .. }
            | Self::Generate { run, .. }
            | Self::Cancel { run } => *run,
            Self::Inject { .. } => RunId(0),
        }
    }

    /// True if this newer request makes `older` pointless.
    ///
    /// A run replaces runs, generations and questions about the run before; a
    /// generation replaces runs and generations; a question about the last run
    /// replaces one of its own sort.
    #[must_use]
    pub fn replaces(&self, older: &Self) -> bool {
        match (self, older) {
            (Self::Cancel { run }, older) => older.run() == *run,
            (
                Self::Run { .. } | Self::Generate { .. },
                Self::Run { .. } | Self::Generate { .. },
            ) => true,
            (Self::Run { .. }, Self::Pattern { .. } | Self::Detail { .. }) => true,
            (Self::Pattern { .. }, Self::Pattern { .. }) => true,
            (Self::Detail { detail, .. }, Self::Detail { detail: other, .. }) => {
                detail.kind() == other.kind()
            }
            _ => false,
        }
    }
}

/// What the engine says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The module runs and listens. Sent once, before anything else.
    Booted {
        /// Build that speaks.
        build: Build,
    },
    /// The engine lives, whatever it waits for. Sent by a timer while a model is fetched
    /// and made ready, when a network or a driver may keep it from doing anything.
    Alive,
    /// The engine lives and has done a bit more. Sent while it computes, at least every
    /// second or so.
    Heartbeat,
    /// Bytes of a model so far.
    LoadProgress {
        /// The load it belongs to.
        run: RunId,
        /// Bytes that have arrived.
        loaded_bytes: u64,
        /// Bytes in all, where the server says so.
        total_bytes: Option<u64>,
    },
    /// What a long job is doing.
    Progress {
        /// The job.
        run: RunId,
        /// Steps done.
        done: usize,
        /// Steps in all.
        total: usize,
    },
    /// One generated token.
    Token {
        /// The generation it belongs to.
        run: RunId,
        /// The token.
        token: GeneratedToken,
    },
    /// The answer.
    Done {
        /// The request.
        run: RunId,
        /// The answer.
        response: Response,
    },
    /// There is no answer, and why.
    Failed {
        /// The request.
        run: RunId,
        /// Reason of the failure.
        error: EngineError,
    },
    /// There is no answer because a newer request or a cancel came.
    Cancelled {
        /// The request.
        run: RunId,
    },
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Response {
    /// To [`Request::Load`].
    Loaded(Box<LoadedModel>),
    /// To [`Request::Run`].
    Run(RunAnswer),
    /// To [`Request::Pattern`].
    Pattern(HeadPattern),
    /// To [`Request::Detail`].
    Found(Finding),
    /// To [`Request::Generate`].
    Generated {
        /// The new text, without the prompt.
        text: String,
        /// The new tokens.
        tokens: Vec<GeneratedToken>,
        /// Reason for the end.
        stopped: StopReason,
    },
}

/// A model that is ready.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadedModel {
    /// Folder name.
    pub name: String,
    /// Its sizes.
    pub shape: ModelShape,
    /// The language whose exact probabilities are known, such as `stories`.
    pub language: Option<String>,
    /// Number of parameters.
    pub n_parameters: u64,
    /// Bytes of the weights file.
    pub weight_bytes: u64,
    /// What computes it, and why.
    pub backend: BackendReport,
}

/// What computes, and how that was decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BackendReport {
    /// What computes now.
    pub backend: Backend,
    /// The device's own name, such as the GPU's.
    pub device: String,
    /// One sentence: why this backend.
    pub reason: String,
    /// What the GPU allows; absent if none was opened.
    pub limits: Option<DeviceLimits>,
    /// Comparison of the GPU with the CPU; absent if no GPU was tried.
    pub self_test: Option<SelfTest>,
    /// Median time of the calibration run on the CPU.
    pub cpu_ms: Option<f64>,
    /// Median time of the calibration run on the GPU.
    pub gpu_ms: Option<f64>,
}

impl BackendReport {
    /// Cases of the self-test; none if no GPU was tried.
    #[must_use]
    pub fn self_test_cases(&self) -> &[SelfTestCase] {
        self.self_test.as_ref().map_or(&[], |test| &test.cases)
    }
}

/// The limits of a GPU that bound what can be computed on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceLimits {
    /// Largest buffer, in bytes.
    pub buffer_bytes: u64,
    /// Largest part of a buffer that a shader can be given, in bytes.
    pub binding_bytes: u64,
    /// Memory that the invocations of a workgroup share on the chip, in bytes.
    pub workgroup_bytes: u32,
    /// Most invocations in a workgroup.
    pub workgroup_invocations: u32,
}

/// Every operation the model uses, on the GPU against the CPU.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SelfTest {
    /// One entry per operation.
    pub cases: Vec<SelfTestCase>,
}

impl SelfTest {
    /// True if every case is within its tolerance.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.cases.iter().all(SelfTestCase::passed)
    }
}

/// One operation of the self-test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SelfTestCase {
    /// What was computed, such as `matmul 7x5 by 5x9`.
    pub name: String,
    /// Largest absolute difference; absent where it could not be read or was not a number.
    pub max_abs_error: Option<f64>,
    /// Largest difference that passes.
    pub tolerance: f64,
}

impl SelfTestCase {
    /// True if the difference is known and within the tolerance.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.max_abs_error
            .is_some_and(|error| error <= self.tolerance)
    }
}

/// A token and its text decoded alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenText {
    /// Index in the vocabulary.
    pub id: u32,
    /// Its text; bytes that are no whole character stand as `<0xE2>`.
    pub text: String,
}

/// A possible next token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NextToken {
    /// Index in the vocabulary.
    pub id: u32,
    /// Its text, as in [`TokenText`].
    pub text: String,
    /// Its probability, in `[0, 1]`.
    pub prob: f64,
}

/// A token that was generated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GeneratedToken {
    /// Index in the vocabulary.
    pub id: u32,
    /// Its text, as in [`TokenText`].
    pub text: String,
    /// The model's own probability for it, before temperature and cuts.
    pub prob: f64,
}

/// Why generation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// The end token came.
    End,
    /// As many tokens as asked for.
    MaxTokens,
    /// The context is full.
    Context,
}

/// The L2 norm of one residual-stream vector.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResidualNorm {
    /// The hook's name.
    pub hook: headlight_activations::HookPoint,
    /// The position.
    pub pos: usize,
    /// The norm.
    pub norm: f64,
}

/// The answer to a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunAnswer {
    /// What computed it.
    pub backend: Backend,
    /// The prompt's tokens, special ones included.
    pub tokens: Vec<TokenText>,
    /// The most probable next tokens, most probable first, ties to the lowest id.
    pub next: Vec<NextToken>,
    /// Negative log-likelihood of each token given those before it, in nats;
    /// the first has none. None at all where it is too much work to come with the
    /// answer: see [`headlight_activations::Detail::Surprise`].
    pub nll: Vec<Option<f64>>,
    /// `exp` of the mean of `nll`; absent for a single token.
    pub perplexity: Option<f64>,
    /// Norms along the residual stream.
    pub residual: Vec<ResidualNorm>,
    /// What the same prompt gives without the edits; absent where nothing was edited.
    pub clean: Option<Box<CleanRun>>,
    /// The head that was asked for.
    pub pattern: Option<HeadPattern>,
    /// Time from taking up the request to the answer.
    pub elapsed_ms: f64,
}

/// A run without edits, to compare an edited one with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CleanRun {
    /// Its most probable next tokens.
    pub next: Vec<NextToken>,
    /// Its probability of each next token of the edited run, in that order.
    pub prob_of_next: Vec<f64>,
    /// What the edited run gives each of `next`, in that order.
    pub edited_prob_of_next: Vec<f64>,
    /// Its surprise, as in [`RunAnswer::nll`].
    pub nll: Vec<Option<f64>>,
    /// Its perplexity.
    pub perplexity: Option<f64>,
    /// Its norms.
    pub residual: Vec<ResidualNorm>,
}

/// One head's attention.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeadPattern {
    /// Head that the pattern is of.
    pub head: HeadRef,
    /// Number of positions.
    pub seq_len: usize,
    /// `[query, key]`, row-major; 0 above the diagonal. Travels as a buffer.
    #[serde(skip)]
    pub pattern: Vec<f32>,
    /// Log-sum-exp of each query's scaled scores, natural logarithm:
    /// `score = ln(pattern) + lse`. Travels as a buffer.
    #[serde(skip)]
    pub lse: Vec<f32>,
    /// True if the run had edits, so that `clean` is there.
    pub is_edited: bool,
    /// Pattern of the head without the edits, like `pattern`; empty where nothing was
    /// edited. Travels as a buffer.
    #[serde(skip)]
    pub clean: Vec<f32>,
}

/// Kind of an error: whose fault it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// Something from outside does not fit: a prompt, a file, a number.
    Input,
    /// The device failed; another backend may work.
    Device,
    /// Anything else that is not the visitor's doing.
    Internal,
}

/// Why there is no answer, in one sentence for the reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct EngineError {
    /// Kind of the error: whose fault it was.
    pub kind: ErrorKind,
    /// What was found and what was expected, without a full stop.
    pub message: String,
    /// The start of a prompt that was too long, which the model can read.
    pub fitting: Option<String>,
}

impl EngineError {
    /// An error that says no more than its message.
    #[must_use]
    pub const fn new(kind: ErrorKind, message: String) -> Self {
        Self {
            kind,
            message,
            fitting: None,
        }
    }
}
