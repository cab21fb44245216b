//! One worker as the session sees it.

use super::messages::{Death, Message, Transfer, WorkerId};
use crate::answers::run::Backend;
use headlight_activations::DetailKind;
use headlight_protocol::{Build, LoadedModel, RunId};

/// Silence that means death: a worker that computes shows life between two layers, and one
/// that waits for bytes or for a GPU's driver does so by a timer, every second.
const SILENCE_MS: f64 = 5_000.0;
/// Silence that means death before the first word: until then the browser fetches the
/// worker's script, a few kilobytes, and nothing but the network can be slow.
const SCRIPT_SILENCE_MS: f64 = 20_000.0;
/// Silence that means death while the gpu build makes a model ready or measures: a driver
/// that compiles shaders or is busy with long sequences may hold the worker's thread, and
/// its timers with it.
const DRIVER_SILENCE_MS: f64 = 20_000.0;
/// Signs of life with nothing done meanwhile, no byte and no step, that mean that the
/// module or the model will never be there: networks pause, and drivers compile.
const STANDSTILL_MS: f64 = 60_000.0;
/// The most a single tick counts, so that a laptop that slept, or a tab whose
/// timers were throttled, does not look like a worker that died.
const MAX_TICK_MS: f64 = 1_000.0;

/// Stage of a worker's life.
#[derive(Clone, Debug, PartialEq)]
pub enum WorkerStage {
    /// Its module is arriving.
    Fetching(Transfer),
    /// The worker listens and has no model.
    Idle,
    /// Its model is arriving.
    Loading {
        /// The load.
        run: RunId,
        /// The bytes.
        transfer: Transfer,
    },
    /// The worker answers.
    Ready,
}

/// A worker.
#[derive(Clone, Debug, PartialEq)]
pub struct Worker {
    /// Its name.
    pub id: WorkerId,
    /// Build that the worker runs.
    pub build: Build,
    /// Stage of its life.
    pub stage: WorkerStage,
    /// The model it has, from the moment it first has one.
    pub model: Option<LoadedModel>,
    pub(super) n_owed: usize,
    /// Among what it owes is or was a measurement, whose work on the GPU what was asked
    /// after it has to wait for.
    is_driver_busy: bool,
    has_spoken: bool,
    /// Time since its last word.
    silence_ms: f64,
    /// Time since it last did something, other than to live.
    standstill_ms: f64,
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
            stage: WorkerStage::Fetching(Transfer::starting(now_ms)),
            model: None,
            n_owed: 0,
            is_driver_busy: false,
            has_spoken: false,
            silence_ms: 0.0,
            standstill_ms: 0.0,
            open_runs: Vec::new(),
            completed: None,
        }
    }

    /// True if it can run prompts.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.stage == WorkerStage::Ready
    }

    /// Backend that it computes on, once it has a model.
    #[must_use]
    pub fn backend(&self) -> Option<Backend> {
        self.model.as_ref().map(|model| model.backend.backend)
    }

    /// True while it owes an answer, or its module is arriving.
    #[must_use]
    pub const fn is_awaited(&self) -> bool {
        self.n_owed > 0 || matches!(self.stage, WorkerStage::Fetching(_))
    }

    /// Notes that the worker spoke.
    pub(super) fn note_message(&mut self, message: &Message) {
        self.has_spoken = true;
        self.silence_ms = 0.0;
        if *message != Message::Alive {
            self.standstill_ms = 0.0;
        }
    }

    /// Notes that the worker got a question that will have an answer.
    pub(super) fn owe(&mut self) {
        if self.n_owed == 0 {
            (self.silence_ms, self.standstill_ms) = (0.0, 0.0);
        }
        self.n_owed += 1;
    }

    /// Notes that the worker got a question about the run that it completed last.
    pub(super) fn owe_detail(&mut self, kind: DetailKind) {
        self.owe();
        self.is_driver_busy |= matches!(kind, DetailKind::FlashRun | DetailKind::FlashGrowth);
    }

    /// Notes that the worker gave an answer, of whatever kind.
    pub(super) fn settle(&mut self) {
        self.n_owed = self.n_owed.saturating_sub(1);
        self.is_driver_busy &= self.n_owed > 0;
    }

    /// Notes that the worker was asked to run a prompt.
    pub(super) fn owe_run(&mut self, run: RunId) {
        self.owe();
        self.open_runs.push(run);
    }

    /// Notes that the worker gave its last word on a run, if this is one.
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

    /// Notes that the worker has another model, and of a run of the one before it knows nothing.
    pub(super) fn forget_runs(&mut self) {
        self.completed = None;
    }

    /// True if it can be asked about this run: no other has taken its place or is about to.
    pub(super) fn holds(&self, run: RunId) -> bool {
        self.is_ready() && self.open_runs.is_empty() && self.completed == Some(run)
    }

    /// Time passes; says how it has died, if it was silent or stood still for too long.
    pub(super) fn wait(&mut self, elapsed_ms: f64) -> Option<Death> {
        if !self.is_awaited() {
            return None;
        }
        let elapsed_ms = elapsed_ms.clamp(0.0, MAX_TICK_MS);
        self.silence_ms += elapsed_ms;
        self.standstill_ms += elapsed_ms;
        let silence_ms = match (&self.stage, self.build) {
            _ if !self.has_spoken => SCRIPT_SILENCE_MS,
            (WorkerStage::Loading { .. }, Build::Gpu) => DRIVER_SILENCE_MS,
            (WorkerStage::Ready, Build::Gpu) if self.is_driver_busy => DRIVER_SILENCE_MS,
            _ => SILENCE_MS,
        };
        if self.silence_ms >= silence_ms {
            Some(Death::Silent)
        } else if self.standstill_ms >= STANDSTILL_MS {
            Some(Death::Stalled)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A worker at this stage, which has said something if `has_spoken`.
    fn awaited(build: Build, stage: WorkerStage, has_spoken: bool) -> Worker {
        let mut worker = Worker::new(WorkerId(1), build, 0.0);
        worker.stage = stage;
        if has_spoken {
            worker.note_message(&Message::Alive);
        }
        worker.owe();
        worker
    }

    fn stages() -> [WorkerStage; 3] {
        let transfer = Transfer::starting(0.0);
        let run = RunId(1);
        [
            WorkerStage::Fetching(transfer),
            WorkerStage::Loading { run, transfer },
            WorkerStage::Ready,
        ]
    }

    /// Seconds until a worker that says this each second is taken for dead, and how.
    fn patience(mut worker: Worker, says: Option<&Message>) -> Option<(usize, Death)> {
        (1..=100).find_map(|second| {
            let death = worker.wait(1_000.0);
            says.into_iter()
                .for_each(|message| worker.note_message(message));
            death.map(|death| (second, death))
        })
    }

    #[test]
    fn five_seconds_of_silence_mean_death_of_the_cpu_build_in_every_phase() {
        for stage in stages() {
            let worker = awaited(Build::Cpu, stage.clone(), true);
            let death = patience(worker, None);
            assert_eq!(death, Some((5, Death::Silent)), "{stage:?}");
        }
    }

    #[test]
    fn the_script_that_speaks_may_take_a_while_to_arrive() {
        let [fetching, ..] = stages();
        let death = patience(awaited(Build::Cpu, fetching, false), None);
        assert_eq!(death, Some((20, Death::Silent)));
    }

    #[test]
    fn a_driver_that_compiles_shaders_has_longer_than_a_prompt_and_a_module() {
        let [fetching, loading, ready] = stages();
        let patience = |stage| patience(awaited(Build::Gpu, stage, true), None);
        assert_eq!(patience(loading), Some((20, Death::Silent)));
        assert_eq!(patience(fetching), Some((5, Death::Silent)));
        assert_eq!(patience(ready), Some((5, Death::Silent)));
    }

    #[test]
    fn a_prompt_behind_a_measurement_on_the_gpu_has_as_long_as_a_driver() {
        let measuring = |build| {
            let mut worker = awaited(build, WorkerStage::Ready, true);
            worker.settle();
            worker.owe_detail(DetailKind::FlashGrowth);
            worker.owe_run(RunId(2));
            // The measurement was stopped; the prompt waits for what the GPU still does of it.
            worker.settle();
            worker
        };
        let patience_of = |build| patience(measuring(build), None);
        assert_eq!(patience_of(Build::Gpu), Some((20, Death::Silent)));
        assert_eq!(patience_of(Build::Cpu), Some((5, Death::Silent)));
        let mut worker = measuring(Build::Gpu);
        worker.settle();
        worker.owe_run(RunId(3));
        assert_eq!(patience(worker, None), Some((5, Death::Silent)));
    }

    #[test]
    fn a_worker_that_lives_and_gets_nowhere_is_given_up_later() {
        for stage in stages() {
            let alive = Some(&Message::Alive);
            let death = patience(awaited(Build::Cpu, stage.clone(), true), alive);
            assert_eq!(death, Some((60, Death::Stalled)), "{stage:?}");
        }
    }

    #[test]
    fn a_slow_network_is_no_death() {
        let [fetching, loading, _] = stages();
        let (loaded_bytes, total_bytes) = (1, None);
        let bytes = Message::Fetching {
            loaded_bytes,
            total_bytes,
        };
        assert_eq!(
            patience(awaited(Build::Cpu, fetching, true), Some(&bytes)),
            None
        );
        let bytes = Message::LoadProgress {
            run: RunId(1),
            loaded_bytes,
            total_bytes,
        };
        assert_eq!(
            patience(awaited(Build::Cpu, loading, true), Some(&bytes)),
            None
        );
    }

    #[test]
    fn a_worker_that_owes_nothing_may_be_silent() {
        let mut worker = Worker::new(WorkerId(1), Build::Cpu, 0.0);
        worker.stage = WorkerStage::Ready;
        assert_eq!(patience(worker, None), None);
    }
}
