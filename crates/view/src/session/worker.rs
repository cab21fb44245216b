//! One worker as the session sees it.

use super::types::{Build, LoadedModel, Message, RunId, Transfer, WorkerId};
use crate::run::Backend;

/// Silence that means death, while an answer is owed.
const SILENCE_MS: f64 = 5_000.0;
/// The same while it makes a model ready: a GPU's driver compiles shaders between two
/// heartbeats, which takes longer the busier the machine is.
const LOADING_SILENCE_MS: f64 = 20_000.0;
/// Silence that means death while the module is still arriving: networks pause.
const BOOT_SILENCE_MS: f64 = 60_000.0;
/// The most a single tick counts, so that a laptop that slept, or a tab whose
/// timers were throttled, does not look like a worker that died.
const MAX_TICK_MS: f64 = 1_000.0;

/// How far a worker has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// Its module is arriving.
    Fetching(Transfer),
    /// It listens and has no model.
    Idle,
    /// Its model is arriving.
    Loading {
        /// The load.
        run: RunId,
        /// The bytes.
        transfer: Transfer,
    },
    /// It answers.
    Ready,
}

/// A worker.
#[derive(Clone, Debug, PartialEq)]
pub struct Worker {
    /// Its name.
    pub id: WorkerId,
    /// Which build it runs.
    pub build: Build,
    /// How far it has come.
    pub stage: Stage,
    /// The model it has, from the moment it first has one.
    pub model: Option<LoadedModel>,
    pub(super) n_owed: usize,
    silence_ms: f64,
    /// The runs that it was asked for and has not had its last word on.
    open_runs: Vec<RunId>,
    /// The run that it completed last: the one it can be asked more about.
    completed: Option<RunId>,
}

impl Worker {
    pub(super) fn new(id: WorkerId, build: Build, now_ms: f64) -> Self {
        Self {
            id,
            build,
            stage: Stage::Fetching(Transfer::starting(now_ms)),
            model: None,
            n_owed: 0,
            silence_ms: 0.0,
            open_runs: Vec::new(),
            completed: None,
        }
    }

    /// True if it can run prompts.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.stage == Stage::Ready
    }

    /// What it computes on, once it has a model.
    #[must_use]
    pub fn backend(&self) -> Option<Backend> {
        self.model.as_ref().map(|model| model.backend.backend)
    }

    /// True while it owes an answer, or its module is arriving.
    #[must_use]
    pub const fn is_awaited(&self) -> bool {
        self.n_owed > 0 || matches!(self.stage, Stage::Fetching(_))
    }

    /// It spoke.
    pub(super) fn hear(&mut self) {
        self.silence_ms = 0.0;
    }

    /// It got a question that will have an answer.
    pub(super) fn owe(&mut self) {
        if self.n_owed == 0 {
            self.silence_ms = 0.0;
        }
        self.n_owed += 1;
    }

    /// It gave an answer, of whatever kind.
    pub(super) fn settle(&mut self) {
        self.n_owed = self.n_owed.saturating_sub(1);
    }

    /// It was asked to run a prompt.
    pub(super) fn owe_run(&mut self, run: RunId) {
        self.owe();
        self.open_runs.push(run);
    }

    /// It gave its last word on a run, if this is one.
    ///
    /// It takes runs in the order of their ids, so whatever order the words arrive in,
    /// no older run takes the place of a newer one.
    pub(super) fn note_run(&mut self, message: &Message) {
        match message {
            // Also one that nobody waits for any more.
            Message::Ran { run, .. } => {
                self.completed = self.completed.max(Some(*run));
                self.open_runs.retain(|open| open > run);
            }
            Message::Failed { run, .. } | Message::Cancelled { run } => {
                self.open_runs.retain(|open| open != run);
            }
            _ => {}
        }
    }

    /// It has another model, and of a run of the one before it knows nothing.
    pub(super) fn forget_runs(&mut self) {
        self.completed = None;
    }

    /// True if it can be asked about this run: no other has taken its place or is about to.
    pub(super) fn holds(&self, run: RunId) -> bool {
        self.is_ready() && self.open_runs.is_empty() && self.completed == Some(run)
    }

    /// Time passes; true if it has been silent for too long.
    pub(super) fn wait(&mut self, elapsed_ms: f64) -> bool {
        let limit_ms = match self.stage {
            Stage::Fetching(_) => BOOT_SILENCE_MS,
            Stage::Loading { .. } => LOADING_SILENCE_MS,
            _ if self.n_owed > 0 => SILENCE_MS,
            _ => return false,
        };
        self.silence_ms += elapsed_ms.clamp(0.0, MAX_TICK_MS);
        self.silence_ms >= limit_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds of silence after which a worker at this stage is taken for dead.
    fn patience(stage: Stage) -> usize {
        let mut worker = Worker::new(WorkerId(1), Build::Gpu, 0.0);
        worker.stage = stage;
        worker.owe();
        1 + (0..100).take_while(|_| !worker.wait(1_000.0)).count()
    }

    #[test]
    fn a_driver_that_compiles_shaders_has_longer_than_a_prompt() {
        let loading = Stage::Loading {
            run: RunId(1),
            transfer: Transfer::starting(0.0),
        };
        assert_eq!((patience(Stage::Ready), patience(loading)), (5, 20));
    }

    #[test]
    fn a_worker_that_owes_nothing_may_be_silent() {
        let mut worker = Worker::new(WorkerId(1), Build::Cpu, 0.0);
        worker.stage = Stage::Ready;
        assert!((0..100).all(|_| !worker.wait(1_000.0)));
    }
}
