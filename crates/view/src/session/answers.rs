//! What a worker says, and what follows from it.

use super::Session;
use super::input::{News, SessionStep};
use super::messages::{Blame, Death, GenerationEnd, Message, WorkerId};
use super::worker::{Worker, WorkerStage};
use crate::answers::run::Backend;
use crate::session::words;
use headlight_figure::phrase;
use headlight_protocol::{Build, LoadedModel, RunId};

impl Session {
    /// A worker spoke. Whoever is not known any more is not heard.
    pub(super) fn on_message(&mut self, id: WorkerId, message: Message, step: &mut SessionStep) {
        let Some(worker) = self.worker_mut(id) else {
            return;
        };
        worker.note_message(&message);
        match message {
            Message::Alive | Message::Heartbeat => {}
            Message::Fetching {
                loaded_bytes,
                total_bytes,
            } => self.fetched(id, loaded_bytes, total_bytes),
            Message::Booted => self.booted(id, step),
            Message::LoadProgress {
                loaded_bytes,
                total_bytes,
                ..
            } => self.load_progressed(id, loaded_bytes, total_bytes),
            Message::Loaded { run, model } => {
                worker.settle();
                self.loaded_model(id, run, *model, step);
            }
            Message::Token { run, token } => {
                if self.is_active(id) && self.open.generation == Some(run) {
                    step.news.push(News::Token(token));
                }
            }
            answer => {
                worker.settle();
                worker.note_run(&answer);
                self.answered(id, answer, step);
            }
        }
    }

    /// The last word on a request.
    fn answered(&mut self, id: WorkerId, answer: Message, step: &mut SessionStep) {
        match answer {
            Message::Failed {
                run,
                blame,
                message,
                ..
            } if self.is_load(id, run) => self.load_failed(id, blame, &message, step),
            Message::Cancelled { run } if self.is_load(id, run) => {
                self.load_failed(id, Blame::Input, words::LOAD_CANCELLED, step);
            }
            _ if !self.is_active(id) => {}
            Message::Failed {
                blame: Blame::Device,
                message,
                ..
            } => self.worker_died(id, &Death::Crashed(message), step),
            Message::Ran {
                run,
                mut answer,
                pattern,
            } if self.open.run == Some(run) => {
                answer.id = run.0;
                self.settle_run(run);
                self.cpu_deaths = 0;
                let seen = pattern.as_ref().map(crate::answers::run::Pattern::head);
                step.news.push(News::Ran {
                    run: answer,
                    pattern,
                });
                self.after_run(seen, step);
            }
            Message::Pattern { run, pattern } if self.open.pattern == Some(run) => {
                self.open.pattern = None;
                step.news.push(News::Pattern(pattern));
            }
            Message::Found { run, finding } => {
                if let Some(kind) = self.open.take_detail(run) {
                    step.news.push(News::Found(kind, finding));
                }
            }
            Message::Generated { run, end } if self.open.generation == Some(run) => {
                self.generation_over(step);
                step.news.push(News::GenerationEnded(end));
            }
            Message::Failed {
                run,
                message,
                fitting,
                ..
            } => self.question_failed(run, phrase::sentence(&message), fitting, step),
            Message::Cancelled { run } if self.open.generation == Some(run) => {
                self.generation_over(step);
                let end = News::GenerationEnded(GenerationEnd::Stopped);
                step.news.push(end);
            }
            // Everything that is left is an answer to an older question.
            _ => {}
        }
    }

    fn question_failed(
        &mut self,
        run: RunId,
        why: String,
        fitting: Option<String>,
        step: &mut SessionStep,
    ) {
        if self.open.run == Some(run) {
            self.open.run = None;
            self.generation = None;
            self.retire(step);
            step.news.push(News::RunFailed { why, fitting });
            self.prepare_gpu(step);
        } else if self.open.generation == Some(run) {
            self.generation_over(step);
            step.news.push(News::GenerationFailed(why));
        } else if self.open.pattern == Some(run) {
            self.open.pattern = None;
            step.notice(why);
        } else if let Some(kind) = self.open.take_detail(run) {
            step.news.push(News::NotFound(kind, why));
        }
    }

    fn settle_run(&mut self, run: RunId) {
        self.open.run = None;
        self.shown = Some(run);
        self.has_answered = true;
    }

    /// The newest prompt has run: the old worker may go, and what waited goes on.
    fn after_run(&mut self, seen: Option<crate::answers::head::Head>, step: &mut SessionStep) {
        self.retire(step);
        let wanted = self.question.as_ref().map(|question| question.head);
        if let Some(head) = wanted
            && seen.is_some()
            && seen != wanted
        {
            self.post_pattern(head, step);
        }
        self.post_generation(step);
        self.prepare_gpu(step);
    }

    fn generation_over(&mut self, step: &mut SessionStep) {
        self.open.generation = None;
        self.generation = None;
        self.promote(step);
    }

    fn fetched(&mut self, id: WorkerId, loaded_bytes: u64, total_bytes: Option<u64>) {
        let now_ms = self.now_ms;
        if let Some(worker) = self.worker_mut(id)
            && let WorkerStage::Fetching(transfer) = &mut worker.stage
        {
            *transfer = transfer.advanced(loaded_bytes, total_bytes, now_ms);
        }
    }

    fn load_progressed(&mut self, id: WorkerId, loaded_bytes: u64, total_bytes: Option<u64>) {
        let now_ms = self.now_ms;
        if let Some(worker) = self.worker_mut(id)
            && let WorkerStage::Loading { transfer, .. } = &mut worker.stage
        {
            *transfer = transfer.advanced(loaded_bytes, total_bytes, now_ms);
        }
    }

    fn booted(&mut self, id: WorkerId, step: &mut SessionStep) {
        if self.is_active(id)
            && let Some(worker) = self.active.take()
        {
            self.active = Some(self.load(worker, step));
        } else if let Some(worker) = self.candidate.take() {
            self.candidate = Some(self.load(worker, step));
        }
    }

    fn loaded_model(
        &mut self,
        id: WorkerId,
        run: RunId,
        model: LoadedModel,
        step: &mut SessionStep,
    ) {
        if !self.is_load(id, run) {
            return;
        }
        let backend = model.backend.backend;
        let report = model.backend.clone();
        if let Some(worker) = self.worker_mut(id) {
            worker.stage = WorkerStage::Ready;
            worker.model = Some(model);
            worker.forget_runs();
        }
        if self.is_active(id) {
            self.stopped = None;
            step.news.push(News::ModelReady);
            self.post_question(step);
            if self.question.is_none() {
                self.prepare_gpu(step);
            }
            return;
        }
        let is_gpu_build = self
            .candidate
            .as_ref()
            .is_some_and(|worker| worker.build == Build::Gpu);
        if is_gpu_build && backend == Backend::Cpu {
            self.drop_candidate(step);
            self.refuse_gpu(report.reason.clone(), step);
            self.gpu_verdict = Some(report);
        } else {
            self.promote(step);
        }
    }

    fn load_failed(&mut self, id: WorkerId, blame: Blame, message: &str, step: &mut SessionStep) {
        if blame == Blame::Device {
            self.worker_died(id, &Death::Crashed(message.to_owned()), step);
            return;
        }
        if !self.is_active(id) {
            let build = self.candidate.as_ref().map(|worker| worker.build);
            self.drop_candidate(step);
            if build == Some(Build::Gpu) {
                self.give_up_gpu(phrase::sentence(message), step);
            } else {
                step.notice(phrase::sentence(message));
            }
            return;
        }
        let Some(worker) = self.active.as_mut() else {
            return;
        };
        // The engine keeps the model it had until a new one is complete.
        if let Some(model) = &worker.model {
            worker.stage = WorkerStage::Ready;
            self.model.clone_from(&model.name);
            step.notice(phrase::sentence(message));
            step.news.push(News::ModelKept);
        } else {
            worker.stage = WorkerStage::Idle;
            self.stopped = Some(phrase::sentence(message));
        }
    }

    pub(super) fn is_active(&self, id: WorkerId) -> bool {
        self.active.as_ref().is_some_and(|worker| worker.id == id)
    }

    fn is_load(&self, id: WorkerId, wanted: RunId) -> bool {
        let workers = [&self.active, &self.candidate];
        workers.into_iter().flatten().any(|worker| {
            let is_loading =
                matches!(worker.stage, WorkerStage::Loading { run, .. } if run == wanted);
            worker.id == id && is_loading
        })
    }

    fn worker_mut(&mut self, id: WorkerId) -> Option<&mut Worker> {
        let workers = [&mut self.active, &mut self.candidate, &mut self.retiring];
        workers.into_iter().flatten().find(|worker| worker.id == id)
    }
}
