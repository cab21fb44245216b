//! What the visitor wants, and the questions that follow from it.

use crate::session::words;
use headlight_activations::Detail;
use headlight_figure::phrase;

use super::input::{Command, Input, News, Open, SessionStep};
use super::messages::{Ask, GenerationEnd, WorkerId};
use super::worker::WorkerStage;
use super::{Question, Session};
use crate::answers::head::Head;
use crate::answers::run::Backend;
use headlight_protocol::{BackendChoice, Build, Fault};

impl Session {
    pub(super) fn handle_request(&mut self, request: Input, step: &mut SessionStep) {
        match request {
            Input::Run {
                prompt,
                head,
                edits,
            } => {
                self.end_generation(step);
                self.question = Some(Question {
                    prompt,
                    head,
                    edits,
                });
                self.post_question(step);
            }
            Input::Inquire(detail) => self.inquire(detail, step),
            Input::AlsoLook(head) if self.holds_shown() => self.post_pattern(head, step),
            Input::Look { head, is_known } => self.look(head, is_known, step),
            Input::Forget => self.forget(step),
            Input::Generate(generation) if self.question.is_some() => {
                self.end_generation(step);
                self.generation = Some(generation);
                self.post_generation(step);
            }
            Input::StopGenerating => self.stop_generating(step),
            Input::UseModel(model) => self.use_model(model, step),
            Input::CancelLoad => self.cancel_load(step),
            Input::Choose(choice) => self.choose(choice, step),
            Input::TryAgain => self.try_again(step),
            Input::Fault(fault) => self.fault = Some(fault),
            // The rest is no request, was taken by `step`, or cannot be fulfilled.
            _ => {}
        }
    }

    /// Asks the newest prompt, if a worker is there to answer; else it is asked
    /// when one is.
    pub(super) fn post_question(&mut self, step: &mut SessionStep) {
        let run = self.new_run();
        let Some(worker) = self.active.as_mut().filter(|worker| worker.is_ready()) else {
            return;
        };
        let Some(Question {
            prompt,
            mut head,
            edits,
        }) = self.question.clone()
        else {
            return;
        };
        if let Some(model) = &worker.model {
            head.layer = head.layer.min(model.shape.n_layers.saturating_sub(1));
            head.head = head.head.min(model.shape.n_heads.saturating_sub(1));
        }
        // Only the very first worker fails, so that its successor can show that it does not.
        if let Some(fault @ (Fault::Panic | Fault::Close)) = self.fault
            && worker.id == WorkerId(1)
        {
            self.fault = None;
            step.post(worker.id, Ask::Inject(fault));
        }
        worker.owe_run(run);
        let ask = Ask::Run {
            run,
            prompt,
            head,
            edits,
        };
        step.post(worker.id, ask);
        self.open = Open {
            run: Some(run),
            ..Open::default()
        };
        self.has_answered = false;
    }

    pub(super) fn post_pattern(&mut self, head: Head, step: &mut SessionStep) {
        let run = self.new_run();
        if let Some(worker) = self.active.as_mut().filter(|worker| worker.is_ready()) {
            worker.owe();
            step.post(worker.id, Ask::Pattern { run, head });
            self.open.pattern = Some(run);
        }
    }

    /// Asks more about the run that is shown, if the worker still has it.
    fn inquire(&mut self, detail: Detail, step: &mut SessionStep) {
        let run = self.new_run();
        let has_run = self.holds_shown();
        if let Some(worker) = self.active.as_mut().filter(|_| has_run) {
            let kind = detail.kind();
            worker.owe_detail(kind);
            self.open.details.retain(|(open, _)| *open != kind);
            self.open.details.push((kind, run));
            step.post(worker.id, Ask::Detail { run, detail });
        }
    }

    /// Asks for the text that is wanted, once its prompt has run.
    pub(super) fn post_generation(&mut self, step: &mut SessionStep) {
        let Some(request) = self.generation.clone() else {
            return;
        };
        let is_waiting = !self.has_answered || self.open.generation.is_some();
        let run = self.new_run();
        let Some(worker) = self.active.as_mut().filter(|w| w.is_ready() && !is_waiting) else {
            return;
        };
        worker.owe();
        step.post(worker.id, Ask::Generate { run, request });
        self.open.generation = Some(run);
        step.news.push(News::GenerationStarted);
    }

    fn look(&mut self, head: Head, is_known: bool, step: &mut SessionStep) {
        if let Some(question) = &mut self.question {
            question.head = head;
        }
        // What was asked for another head is not wanted any more.
        self.open.pattern = None;
        if !is_known && self.holds_shown() {
            self.post_pattern(head, step);
        }
    }

    fn forget(&mut self, step: &mut SessionStep) {
        self.end_generation(step);
        self.question = None;
        self.has_answered = false;
        let open = std::mem::take(&mut self.open);
        if let (Some(worker), Some(run)) = (&self.active, open.run) {
            step.post(worker.id, Ask::Cancel { run });
        }
        self.retire(step);
    }

    fn stop_generating(&mut self, step: &mut SessionStep) {
        match (&self.active, self.open.generation) {
            (Some(worker), Some(run)) => step.post(worker.id, Ask::Cancel { run }),
            _ if self.generation.take().is_some() => {
                let end = News::GenerationEnded(GenerationEnd::Stopped);
                step.news.push(end);
            }
            _ => {}
        }
    }

    /// A newer request replaces the generation: the engine cancels it by itself.
    fn end_generation(&mut self, step: &mut SessionStep) {
        if self.generation.take().is_some() {
            self.open.generation = None;
            let end = News::GenerationEnded(GenerationEnd::Stopped);
            step.news.push(end);
        }
    }

    fn use_model(&mut self, model: String, step: &mut SessionStep) {
        if model == self.model && self.stopped.is_none() {
            return;
        }
        self.model = model;
        self.end_generation(step);
        self.forget_gpu();
        self.open = Open::default();
        self.has_answered = false;
        self.drop_candidate(step);
        self.retire(step);
        self.stopped = None;
        match self.active.take() {
            Some(worker) if matches!(worker.stage, WorkerStage::Fetching(_)) => {
                self.active = Some(worker);
            }
            Some(worker) => {
                if let WorkerStage::Loading { run, .. } = worker.stage {
                    step.post(worker.id, Ask::Cancel { run });
                }
                self.active = Some(self.load(worker, step));
            }
            None => self.begin(step),
        }
    }

    fn forget_gpu(&mut self) {
        self.gpu_failures = 0;
        self.gpu_verdict = None;
        self.gpu_refusal = None;
    }

    fn cancel_load(&mut self, step: &mut SessionStep) {
        let Some(worker) = &self.active else {
            return;
        };
        match worker.stage {
            WorkerStage::Fetching(_) => {
                step.commands.push(Command::Terminate(worker.id));
                self.active = None;
                self.stopped = Some(phrase::sentence(words::LOAD_CANCELLED));
            }
            WorkerStage::Loading { run, .. } => step.post(worker.id, Ask::Cancel { run }),
            WorkerStage::Idle | WorkerStage::Ready => {}
        }
    }

    fn choose(&mut self, choice: BackendChoice, step: &mut SessionStep) {
        self.choice = choice;
        self.forget_gpu();
        let computes_on = self.backend();
        self.drop_candidate(step);
        match (choice, computes_on) {
            (BackendChoice::Cpu, Some(Backend::Gpu)) if self.has_cpu => {
                self.candidate = Some(self.start(Build::Cpu, step));
            }
            (BackendChoice::Cpu, Some(Backend::Gpu)) => self.decide_again(step),
            (BackendChoice::Cpu, _) | (_, Some(Backend::Gpu)) => {}
            (BackendChoice::Gpu | BackendChoice::Auto, _) => self.decide_again(step),
        }
    }

    /// The GPU build, if it answers, loads again with the new choice; else it is prepared.
    fn decide_again(&mut self, step: &mut SessionStep) {
        let active = self.active.as_ref();
        let is_ready_gpu_build = active.is_some_and(|w| w.build == Build::Gpu && w.is_ready());
        if is_ready_gpu_build && let Some(worker) = self.active.take() {
            self.open = Open::default();
            self.active = Some(self.load(worker, step));
        } else {
            self.prepare_gpu(step);
        }
    }

    fn try_again(&mut self, step: &mut SessionStep) {
        self.stopped = None;
        self.cpu_deaths = 0;
        self.forget_gpu();
        if !self.has_builds {
            step.commands.push(Command::FindBuilds);
            return;
        }
        match self.active.take() {
            Some(worker) if worker.stage == WorkerStage::Idle => {
                self.active = Some(self.load(worker, step));
            }
            other => {
                self.active = other;
                self.begin(step);
            }
        }
    }
}
