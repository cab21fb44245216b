//! Which worker answers, and what to do when one speaks, dies or falls silent.
//!
//! A session is a value. [`Session::step`] takes one [`Input`] and returns what
//! the page should do ([`Command`]) and what is worth showing ([`News`]); the
//! page only carries out. All decisions are here, and so are the run ids: an
//! answer that does not belong to the newest question of the worker that
//! answers is stale, and never becomes news.
//!
//! ```text
//!   active     answers; the cpu build at first, so that the page is live at once
//!   candidate  is being prepared beside it (the gpu build), and takes over once
//!              it has the model and is worth it
//!   retiring   was active, and stays until its successor has answered once
//! ```
//!
//! The price of two workers is memory for a second copy of the model while they
//! overlap; in exchange the visitor never waits for a shader compiler.

mod answers;
mod input;
mod life;
mod messages;
mod requests;
pub mod words;
mod worker;

#[cfg(test)]
mod tests;

pub use headlight_protocol::{
    BackendChoice, BackendReport, Build, DeviceLimits, Fault, LoadedModel, RunId, SelfTestCase,
};
pub use input::{Command, Input, News, SessionStep};
pub use messages::{
    Ask, Blame, Death, GenerationEnd, GenerationRequest, Message, Transfer, WorkerId,
};
pub use worker::{Worker, WorkerStage};

use headlight_activations::{DetailKind, Edit};

use crate::answers::head::Head;
use crate::answers::run::Backend;
use input::Open;

/// A prompt to run, and the head to look at.
#[derive(Clone, Debug, PartialEq)]
struct Question {
    prompt: String,
    head: Head,
    edits: Vec<Edit>,
}

/// Phase of the engine, as the visitor sees it.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Nothing is known yet.
    Starting,
    /// The engine's module is arriving.
    FetchingEngine(Transfer),
    /// The model is arriving.
    LoadingModel(Transfer),
    /// The engine answers.
    Live,
    /// The engine does not answer, and why; the visitor can try again.
    Stopped(String),
}

/// The page's side of the conversation with its workers.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    has_builds: bool,
    has_cpu: bool,
    has_gpu: bool,
    has_webgpu: bool,
    choice: BackendChoice,
    model: String,
    question: Option<Question>,
    generation: Option<GenerationRequest>,
    open: Open,
    /// The newest prompt has run.
    has_answered: bool,
    /// The run that was last shown, which need not be the newest prompt's.
    shown: Option<RunId>,
    active: Option<Worker>,
    candidate: Option<Worker>,
    retiring: Option<Worker>,
    next_run: u64,
    next_worker: u32,
    now_ms: f64,
    cpu_deaths: u32,
    gpu_failures: u32,
    /// What the GPU's own trial said when it lost, for the badge.
    gpu_verdict: Option<BackendReport>,
    /// Why the GPU does not compute although it could be asked for.
    gpu_refusal: Option<String>,
    stopped: Option<String>,
    fault: Option<Fault>,
}

impl Session {
    /// A session that will load `model` and compute on what `choice` says.
    #[must_use]
    pub fn new(model: &str, choice: BackendChoice) -> Self {
        Self {
            has_builds: false,
            has_cpu: false,
            has_gpu: false,
            has_webgpu: false,
            choice,
            model: model.to_owned(),
            question: None,
            generation: None,
            open: Open::default(),
            has_answered: false,
            shown: None,
            active: None,
            candidate: None,
            retiring: None,
            next_run: 1,
            next_worker: 1,
            now_ms: 0.0,
            cpu_deaths: 0,
            gpu_failures: 0,
            gpu_verdict: None,
            gpu_refusal: None,
            stopped: None,
            fault: None,
        }
    }

    /// Takes one input and says what follows from it.
    pub fn step(&mut self, input: Input) -> SessionStep {
        let mut step = SessionStep::default();
        match input {
            Input::Builds {
                has_cpu,
                has_gpu,
                has_webgpu,
            } => {
                self.has_builds = true;
                (self.has_cpu, self.has_gpu) = (has_cpu, has_gpu);
                self.has_webgpu = has_webgpu;
                self.begin(&mut step);
            }
            Input::NoBuilds(sentence) => {
                if self.active.is_none() {
                    self.stopped = Some(sentence);
                }
            }
            Input::Said {
                worker,
                message,
                now_ms,
            } => {
                self.now_ms = now_ms;
                self.on_message(worker, *message, &mut step);
            }
            Input::Died { worker, death } => self.worker_died(worker, &death, &mut step),
            Input::Tick { elapsed_ms, now_ms } => {
                self.now_ms = now_ms;
                self.wait(elapsed_ms, &mut step);
            }
            request => self.handle_request(request, &mut step),
        }
        step
    }

    /// Phase of the engine now.
    #[must_use]
    pub fn phase(&self) -> Phase {
        if let Some(sentence) = &self.stopped {
            return Phase::Stopped(sentence.clone());
        }
        match self.active.as_ref().map(|worker| &worker.stage) {
            None => Phase::Starting,
            Some(WorkerStage::Fetching(transfer)) => Phase::FetchingEngine(*transfer),
            Some(WorkerStage::Idle) => Phase::LoadingModel(Transfer::starting(self.now_ms)),
            Some(WorkerStage::Loading { transfer, .. }) => Phase::LoadingModel(*transfer),
            Some(WorkerStage::Ready) => Phase::Live,
        }
    }

    /// What the worker that answers computes on.
    #[must_use]
    pub fn backend(&self) -> Option<Backend> {
        self.active.as_ref().filter(|w| w.is_ready())?.backend()
    }

    /// The model of the worker that answers.
    #[must_use]
    pub fn loaded(&self) -> Option<&LoadedModel> {
        self.active.as_ref()?.model.as_ref()
    }

    /// The model that was asked for.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// What the visitor chose to compute on.
    #[must_use]
    pub const fn choice(&self) -> BackendChoice {
        self.choice
    }

    /// The report of the trial that decided on the backend: the GPU's own where
    /// it lost, else that of the worker that answers.
    #[must_use]
    pub fn report(&self) -> Option<&BackendReport> {
        let active = self.loaded().map(|model| &model.backend);
        match active {
            Some(report) if report.backend == Backend::Gpu => Some(report),
            _ => self.gpu_verdict.as_ref().or(active),
        }
    }

    /// Why the GPU does not compute, where that needs saying.
    #[must_use]
    pub fn gpu_refusal(&self) -> Option<&str> {
        self.gpu_refusal.as_deref()
    }

    /// The worker that is being prepared in the background.
    #[must_use]
    pub const fn candidate(&self) -> Option<&Worker> {
        self.candidate.as_ref()
    }

    /// True while the answer to the newest prompt is awaited.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        self.open.run.is_some()
    }

    /// True if the worker that answers can be asked about the run that is shown.
    ///
    /// Not while a prompt runs, and not after a worker has completed a run that
    /// came too late to be shown: what it says would be about that one.
    #[must_use]
    pub fn holds_shown(&self) -> bool {
        let (active, shown) = (self.active.as_ref(), self.shown);
        active.is_some_and(|worker| shown.is_some_and(|run| worker.holds(run)))
    }

    /// True while a question of this sort is open: neither answered, nor made
    /// pointless by a newer prompt or another worker.
    #[must_use]
    pub fn awaits(&self, kind: DetailKind) -> bool {
        self.open.details.iter().any(|(open, _)| *open == kind)
    }

    /// Why there is no GPU to ask for, whatever the visitor chooses.
    #[must_use]
    pub const fn gpu_obstacle(&self) -> Option<&'static str> {
        if !self.has_webgpu {
            Some(words::NO_WEBGPU)
        } else if !self.has_gpu {
            Some(words::GPU_NOT_BUILT)
        } else {
            None
        }
    }

    /// True while text is being generated, or about to be.
    #[must_use]
    pub const fn is_generating(&self) -> bool {
        self.generation.is_some()
    }

    /// True while a worker owes something, so that its silence must be timed.
    #[must_use]
    pub fn needs_ticks(&self) -> bool {
        let workers = [&self.active, &self.candidate, &self.retiring];
        workers.into_iter().flatten().any(Worker::is_awaited)
    }

    /// True while a build may still be added to the list of builds.
    #[must_use]
    pub const fn awaits_builds(&self) -> bool {
        let awaits_gpu =
            self.has_webgpu && !self.has_gpu && !matches!(self.choice, BackendChoice::Cpu);
        self.has_builds && (!self.has_cpu || awaits_gpu)
    }

    fn new_run(&mut self) -> RunId {
        let run = RunId(self.next_run);
        self.next_run += 1;
        run
    }
}
