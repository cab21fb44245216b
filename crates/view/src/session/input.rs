//! What goes into a session and what comes out of it.

use headlight_activations::{Detail, DetailKind, Edit, Finding};

use super::messages::{Ask, Death, GenerationEnd, GenerationRequest, Message, WorkerId};
use crate::answers::head::Head;
use crate::answers::run::{Pattern, Run, WeightedToken};
use headlight_protocol::{BackendChoice, Build, Fault, RunId};

/// Something that happened or that the visitor wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The list of builds arrived; it may come again when a build is added.
    Builds {
        /// The small build is there.
        has_cpu: bool,
        /// The large build is there.
        has_gpu: bool,
        /// The browser has WebGPU.
        has_webgpu: bool,
    },
    /// The list of builds could not be fetched.
    NoBuilds(String),
    /// A worker spoke.
    Said {
        /// Worker that speaks.
        worker: WorkerId,
        /// Message of the worker.
        message: Box<Message>,
        /// When, on the page's clock.
        now_ms: f64,
    },
    /// A worker died.
    Died {
        /// Worker that died.
        worker: WorkerId,
        /// Cause of the death.
        death: Death,
    },
    /// Time passed.
    Tick {
        /// Since the last tick.
        elapsed_ms: f64,
        /// On the page's clock.
        now_ms: f64,
    },
    /// The visitor wants this prompt run.
    Run {
        /// The prompt.
        prompt: String,
        /// The head to look at.
        head: Head,
        /// What to change on the way.
        edits: Vec<Edit>,
    },
    /// The page wants to know more about the run that is shown.
    Inquire(Detail),
    /// The visitor looks at another head.
    Look {
        /// Head to look at.
        head: Head,
        /// The page has its pattern already.
        is_known: bool,
    },
    /// The page wants another head's pattern beside the one that is looked at.
    AlsoLook(Head),
    /// There is no prompt to run: whatever was asked is pointless now.
    Forget,
    /// The visitor wants the prompt continued.
    Generate(GenerationRequest),
    /// The visitor wants the generation stopped.
    StopGenerating,
    /// The visitor wants another model.
    UseModel(String),
    /// The visitor does not want to wait for what is loading.
    CancelLoad,
    /// The visitor chose what to compute on.
    Choose(BackendChoice),
    /// The visitor wants another attempt.
    TryAgain,
    /// A test asks for a failure.
    Fault(Fault),
}

/// Something for the page to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Look once more which builds of the engine there are.
    FindBuilds,
    /// Start a worker.
    Start {
        /// Its name from now on.
        worker: WorkerId,
        /// Build that the worker runs.
        build: Build,
    },
    /// End a worker.
    Terminate(WorkerId),
    /// Ask a worker something.
    Post {
        /// Worker that is asked.
        worker: WorkerId,
        /// Question for the worker.
        ask: Ask,
    },
}

/// An answer that is not stale.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// A model is ready, in the worker that answers.
    ModelReady,
    /// The model that was wanted cannot be read; the one before answers again, and waits
    /// to be asked.
    ModelKept,
    /// The newest prompt has run.
    Ran {
        /// The run, with its id.
        run: Run,
        /// The pattern that came along.
        pattern: Option<Pattern>,
    },
    /// The newest prompt cannot be run.
    RunFailed {
        /// Why, in one sentence.
        why: String,
        /// The start of a prompt that was too long, which the model can read.
        fitting: Option<String>,
    },
    /// A pattern of the run that is shown.
    Pattern(Pattern),
    /// More about the run that is shown.
    Found(DetailKind, Finding),
    /// A question about the run that is shown has no answer, and why.
    NotFound(DetailKind, String),
    /// The generation starts, or starts over after a worker died.
    GenerationStarted,
    /// The next token of the generation.
    Token(WeightedToken),
    /// The generation is over.
    GenerationEnded(GenerationEnd),
    /// The generation failed, and why.
    GenerationFailed(String),
    /// A worker died and another took over its work.
    Restarted(String),
    /// Something else the visitor should know.
    Notice(String),
}

/// What one input leads to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionStep {
    /// For the page to do, in order.
    pub commands: Vec<Command>,
    /// For the rooms to show, in order.
    pub news: Vec<News>,
}

impl SessionStep {
    pub(super) fn post(&mut self, worker: WorkerId, ask: Ask) {
        self.commands.push(Command::Post { worker, ask });
    }

    pub(super) fn notice(&mut self, sentence: String) {
        self.news.push(News::Notice(sentence));
    }
}

/// The requests that are answered, at most one of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Open {
    pub(super) run: Option<RunId>,
    pub(super) pattern: Option<RunId>,
    pub(super) generation: Option<RunId>,
    pub(super) details: Vec<(DetailKind, RunId)>,
}

impl Open {
    /// Takes the question that this was the answer to, if it is still open.
    pub(super) fn take_detail(&mut self, run: RunId) -> Option<DetailKind> {
        let place = self.details.iter().position(|(_, open)| *open == run)?;
        Some(self.details.swap_remove(place).0)
    }
}
