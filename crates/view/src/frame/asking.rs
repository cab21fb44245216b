//! What is asked of the engine, and what the frame does with its news.

use headlight_activations::{Detail, Sampling};

use super::ablation::{Ablation, no_such_part, part_name};
use super::continuation::Continuation;
use super::effect::Effect;
use super::news::FrameNews;
use super::state::Frame;
use super::words;
use crate::answers::run::{Pattern, Run};
use crate::answers::truth::{self, ShownTruth, TruthInput};
use crate::session::{GenerationRequest, Input, News, Phase, SessionStep};

/// Number of tokens that the model writes at a time.
const N_GENERATED: usize = 40;

impl Frame {
    /// Runs the prompt as it stands, or says that there is none.
    pub(crate) fn ask(&mut self) {
        // A typing pause that is still to come has nothing left to ask.
        self.edit += 1;
        self.asked.clone_from(&self.prompt);
        self.subject.continuation = None;
        if self.prompt.is_empty() {
            self.subject.error = Some(words::EMPTY_PROMPT.to_owned());
            self.subject.fitting = None;
            self.step(Input::Forget);
            self.news.push_back(FrameNews::PromptRefused);
            return;
        }
        self.subject.error = None;
        self.subject.fitting = None;
        self.step(Input::Run {
            prompt: self.prompt.clone(),
            head: self.subject.head,
            edits: self.subject.edits(),
        });
    }

    /// Asks one question about the run that is shown. Its answer, or that there is none,
    /// comes as [`FrameNews`].
    pub(crate) fn inquire(&mut self, detail: Detail) {
        self.step(Input::Inquire(detail));
    }

    /// How the next text is drawn, the seed included.
    #[must_use]
    pub fn sampling(&self) -> Sampling {
        Sampling {
            seed: self.seed,
            ..self.subject.sampling
        }
    }

    /// How the text that is shown was drawn, if that is not how the next one will be.
    #[must_use]
    pub fn drawn_otherwise(&self) -> Option<String> {
        let written = self.subject.continuation.as_ref()?;
        let (was, now) = (written.sampling, self.sampling());
        (was != now).then(|| words::drawn_otherwise(was, now))
    }

    /// Has the prompt continued.
    pub(crate) fn generate(&mut self) {
        if self.prompt != self.asked {
            self.ask();
        }
        // Asked again for the same prompt, drawn in the same way, it is another text that
        // is wanted; a seed that the visitor has typed since is the one that is used.
        let written = self.subject.continuation.as_ref();
        let is_same_again = written
            .is_some_and(|written| written.end.is_some() && written.sampling == self.sampling());
        if is_same_again && self.subject.sampling.temperature > 0.0 {
            self.seed = self.seed.wrapping_add(1);
        }
        let sampling = self.sampling();
        let generation = GenerationRequest {
            prompt: self.asked.clone(),
            max_tokens: N_GENERATED,
            sampling,
            edits: self.subject.edits(),
        };
        self.subject.continuation = Some(Continuation::drawn_with(sampling));
        self.step(Input::Generate(generation));
    }

    /// Lets the session take one step, and takes note of what is new.
    pub(crate) fn step(&mut self, input: Input) {
        let SessionStep { commands, news } = self.session.step(input);
        let commands = commands.into_iter().map(Effect::Worker);
        self.effects.extend(commands);
        for item in news {
            self.apply_news(item);
        }
        if matches!(self.session.phase(), Phase::Stopped(_)) {
            self.forget_restart();
        }
    }

    pub(crate) fn apply_news(&mut self, news: News) {
        match news {
            News::ModelReady => {
                self.left = None;
                self.news.push_back(FrameNews::ModelReady);
                if self.leave_out_missing_parts() {
                    self.ask();
                }
            }
            News::ModelKept => self.return_to_model(),
            News::Ran { run, pattern } => {
                self.show(run, pattern);
                self.ask_truth();
            }
            News::RunFailed { why, fitting } => self.refuse(why, fitting),
            News::Pattern(pattern) => self.news.push_back(FrameNews::PatternArrived(pattern)),
            News::Found(kind, finding) => {
                self.news.push_back(FrameNews::Answered(kind, finding));
            }
            News::NotFound(kind, why) => self.news.push_back(FrameNews::NotAnswered(kind, why)),
            News::GenerationStarted => {
                // It may be another engine that begins anew.
                let asked = self.subject.continuation.take();
                let sampling = asked.map_or_else(|| self.sampling(), |asked| asked.sampling);
                self.subject.continuation = Some(Continuation::drawn_with(sampling));
            }
            News::Token(token) => {
                if let Some(continuation) = &mut self.subject.continuation {
                    continuation.tokens.push(token);
                }
            }
            News::GenerationEnded(end) => {
                if let Some(continuation) = &mut self.subject.continuation {
                    continuation.end = Some(end);
                    self.announcement = words::wrote(&continuation.text());
                }
            }
            News::GenerationFailed(sentence) => {
                if let Some(continuation) = &mut self.subject.continuation {
                    continuation.error = Some(sentence);
                }
            }
            News::Restarted(sentence) => {
                self.forget_restart();
                self.restarted = Some(sentence.clone());
                self.tell(sentence);
            }
            News::Notice(sentence) => self.tell(sentence),
        }
    }

    /// Shows a run.
    pub(crate) fn show(&mut self, run: Run, pattern: Option<Pattern>) {
        self.shown_model = Some(self.session.model().to_owned());
        self.shown_prompt.clone_from(&self.asked);
        let keeps_answers = self.subject.show(run);
        self.news.push_back(FrameNews::RunShown {
            pattern,
            keeps_answers,
        });
    }

    /// The newest prompt has no answer.
    fn refuse(&mut self, sentence: String, fitting: Option<String>) {
        self.subject.continuation = None;
        let is_other = |shown: &String| shown != self.session.model();
        if self.shown_model.take_if(|shown| is_other(shown)).is_some() {
            // What another model said is no answer of this one.
            self.subject.forget();
            self.news.push_back(FrameNews::RunForgotten);
        }
        self.announcement.clone_from(&sentence);
        self.subject.error = Some(sentence);
        self.subject.fitting = fitting;
        self.news.push_back(FrameNews::PromptRefused);
    }

    /// A part that the model does not have is left out, with a notice, once it is known
    /// which it has. True if there was one: what was asked with it has no answer.
    pub(crate) fn leave_out_missing_parts(&mut self) -> bool {
        let Some(shape) = self.session.loaded().map(|model| model.shape) else {
            return false;
        };
        let taken_out = std::mem::take(&mut self.subject.ablations);
        let (there, missing): (Vec<Ablation>, Vec<Ablation>) =
            taken_out.into_iter().partition(|it| it.part.exists(&shape));
        self.subject.ablations = there;
        for ablation in &missing {
            self.tell(no_such_part(&part_name(ablation.part)));
        }
        !missing.is_empty()
    }

    /// Asks what the model's language says of the run that is shown, unless that is known.
    fn ask_truth(&mut self) {
        let model = self.session.loaded();
        let model = model.filter(|model| truth::is_known(model.language.as_deref()));
        let (Some(model), Some(run)) = (model, &self.subject.run) else {
            self.subject.truth = ShownTruth::None;
            self.truth_source.forget();
            return;
        };
        match self.subject.truth {
            ShownTruth::Known(_) => self.truth_source.forget(),
            ShownTruth::Awaited => {}
            ShownTruth::None | ShownTruth::Unavailable(_) => {
                self.subject.truth = ShownTruth::Awaited;
                let command = self.truth_source.ask(run, model.shape.d_vocab);
                self.effects.extend(command.map(Effect::Truth));
            }
        }
    }

    pub(crate) fn apply_truth(&mut self, input: TruthInput) {
        let (shown, command) = self.truth_source.on_message(input);
        self.effects.extend(command.map(Effect::Truth));
        // A worker can fail after its model has been left.
        if let (Some(shown), ShownTruth::Awaited) = (shown, &self.subject.truth) {
            self.subject.truth = shown;
        }
    }
}
