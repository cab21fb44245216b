//! Workers start, take over from each other, and die.

use super::input::{Command, Open, SessionStep};
use super::messages::{Ask, Death, WorkerId};
use super::worker::{Worker, WorkerStage};
use super::{News, Session, Transfer};
use crate::answers::run::Backend;
use crate::session::words;
use headlight_protocol::{BackendChoice, Build, Fault};

/// After this many deaths without an answer between them, the page gives up.
const MAX_CPU_DEATHS: u32 = 3;
/// After this many failures the GPU is left alone.
const MAX_GPU_FAILURES: u32 = 2;

impl Session {
    /// Starts what can be started with the builds that are known.
    pub(super) fn begin(&mut self, step: &mut SessionStep) {
        if !self.has_builds || self.stopped.is_some() {
            return;
        }
        if self.active.is_none() {
            let build = match (self.has_cpu, self.has_gpu && self.has_webgpu) {
                (true, _) => Build::Cpu,
                (false, true) if self.choice != BackendChoice::Cpu => Build::Gpu,
                _ => return,
            };
            self.active = Some(self.start(build, step));
        }
        self.prepare_gpu(step);
    }

    /// Starts the GPU's trial in the background, if there is a point in it now.
    pub(super) fn prepare_gpu(&mut self, step: &mut SessionStep) {
        let is_cpu_live = self
            .active
            .as_ref()
            .is_some_and(|worker| worker.is_ready() && worker.build == Build::Cpu);
        if self.choice == BackendChoice::Cpu || !is_cpu_live || self.candidate.is_some() {
            return;
        }
        if let Some(reason) = self.gpu_obstacle() {
            self.refuse_gpu(reason.to_owned(), step);
        } else if self.gpu_failures < MAX_GPU_FAILURES && self.gpu_verdict.is_none() {
            self.gpu_refusal = None;
            self.candidate = Some(self.start(Build::Gpu, step));
        }
    }

    /// Remembers why the GPU does not compute, and says so if it was asked for.
    pub(super) fn refuse_gpu(&mut self, reason: String, step: &mut SessionStep) {
        let is_new = self.gpu_refusal.as_ref() != Some(&reason);
        if self.choice == BackendChoice::Gpu && is_new {
            step.notice(words::gpu_refused(&reason));
        }
        self.gpu_refusal = Some(reason);
    }

    pub(super) fn start(&mut self, build: Build, step: &mut SessionStep) -> Worker {
        let id = WorkerId(self.next_worker);
        self.next_worker += 1;
        step.commands.push(Command::Start { worker: id, build });
        Worker::new(id, build, self.now_ms)
    }

    /// Sends the model's name to a worker that listens.
    pub(super) fn load(&mut self, mut worker: Worker, step: &mut SessionStep) -> Worker {
        let run = self.new_run();
        let choice = match worker.build {
            Build::Cpu => BackendChoice::Cpu,
            Build::Gpu => self.choice,
        };
        let ask = Ask::Load {
            run,
            model: self.model.clone(),
            choice,
            fails_self_test: self.fault == Some(Fault::SelfTest),
        };
        step.post(worker.id, ask);
        let transfer = Transfer::starting(self.now_ms);
        worker.stage = WorkerStage::Loading { run, transfer };
        worker.owe();
        worker
    }

    /// Lets the candidate answer from now on, unless a text is being generated.
    pub(super) fn promote(&mut self, step: &mut SessionStep) {
        let is_ready = self.candidate.as_ref().is_some_and(Worker::is_ready);
        if !is_ready || self.generation.is_some() {
            return;
        }
        self.retire(step);
        self.retiring = self.active.take();
        self.active = self.candidate.take();
        if self.backend() == Some(Backend::Gpu) {
            self.gpu_refusal = None;
        }
        self.stopped = None;
        self.open = Open::default();
        self.has_answered = false;
        step.news.push(News::ModelReady);
        self.post_question(step);
        if self.question.is_none() {
            self.retire(step);
        }
    }

    /// Ends the worker whose successor has answered.
    pub(super) fn retire(&mut self, step: &mut SessionStep) {
        if let Some(worker) = self.retiring.take() {
            step.commands.push(Command::Terminate(worker.id));
        }
    }

    pub(super) fn drop_candidate(&mut self, step: &mut SessionStep) {
        if let Some(worker) = self.candidate.take() {
            step.commands.push(Command::Terminate(worker.id));
        }
    }

    /// Time passes: whoever is silent for too long is dead.
    pub(super) fn wait(&mut self, elapsed_ms: f64, step: &mut SessionStep) {
        let places = [&mut self.active, &mut self.candidate, &mut self.retiring];
        let dead: Vec<(WorkerId, Death)> = places
            .into_iter()
            .flatten()
            .filter_map(|worker| Some((worker.id, worker.wait(elapsed_ms)?)))
            .collect();
        for (worker, death) in dead {
            self.worker_died(worker, &death, step);
        }
    }

    /// A worker is dead: it is ended for certain, and its work goes to another.
    pub(super) fn worker_died(&mut self, id: WorkerId, death: &Death, step: &mut SessionStep) {
        let is = |worker: &Option<Worker>| worker.as_ref().is_some_and(|w| w.id == id);
        if is(&self.retiring) {
            self.retire(step);
        } else if is(&self.candidate) {
            let build = self.candidate.as_ref().map(|worker| worker.build);
            self.drop_candidate(step);
            if build == Some(Build::Gpu) {
                self.blame_gpu(words::death(death), step);
                self.prepare_gpu(step);
            } else {
                step.notice(words::death(death));
            }
        } else if is(&self.active) {
            self.replace_active(death, step);
        }
    }

    /// The GPU is left alone until the visitor asks for it again.
    pub(super) fn give_up_gpu(&mut self, reason: String, step: &mut SessionStep) {
        self.gpu_failures = MAX_GPU_FAILURES;
        self.refuse_gpu(reason, step);
    }

    fn blame_gpu(&mut self, reason: String, step: &mut SessionStep) {
        self.gpu_failures += 1;
        if self.gpu_failures >= MAX_GPU_FAILURES {
            self.refuse_gpu(words::gpu_failed_twice(&reason), step);
        }
    }

    /// The worker that answered is dead: another one takes its place and gets
    /// the model, the prompt and the generation that were last asked for.
    fn replace_active(&mut self, death: &Death, step: &mut SessionStep) {
        let Some(worker) = self.active.take() else {
            return;
        };
        step.commands.push(Command::Terminate(worker.id));
        self.open = Open::default();
        self.has_answered = false;
        let cause = words::death(death);
        if worker.build == Build::Gpu {
            self.blame_gpu(cause.clone(), step);
        } else {
            self.cpu_deaths += 1;
        }
        if let Some(heir) = self.heir() {
            step.news.push(News::Restarted(taken_over(
                worker.build,
                heir.build,
                &cause,
            )));
            if heir.is_ready() {
                step.news.push(News::ModelReady);
            }
            self.active = Some(heir);
            self.post_question(step);
            self.prepare_gpu(step);
            return;
        }
        let is_out = match worker.build {
            Build::Cpu => self.cpu_deaths >= MAX_CPU_DEATHS,
            Build::Gpu => self.gpu_failures >= MAX_GPU_FAILURES && !self.has_cpu,
        };
        if is_out {
            self.generation = None;
            self.stopped = Some(words::gave_up(&cause));
            return;
        }
        // The CPU is there in a second; the GPU's next trial follows its first answer.
        let build = if self.has_cpu {
            Build::Cpu
        } else {
            worker.build
        };
        step.news
            .push(News::Restarted(taken_over(worker.build, build, &cause)));
        self.active = Some(self.start(build, step));
    }

    /// The worker that can take a dead one's place sooner than a fresh one: the one before
    /// it, or the one that was to follow, if that has its model or will have it soon.
    fn heir(&mut self) -> Option<Worker> {
        let will_be_soon = |worker: &mut Worker| worker.is_ready() || worker.build == Build::Cpu;
        let retiring = self.retiring.take();
        retiring.or_else(|| self.candidate.take_if(will_be_soon))
    }
}

/// The sentence for a worker that took the place of one that died of `cause`.
fn taken_over(dead: Build, heir: Build, cause: &str) -> String {
    match (dead, heir) {
        (Build::Gpu, Build::Cpu) => words::fell_back(cause),
        _ => words::restarted(cause),
    }
}
