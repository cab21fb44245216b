//! How the frame changes.

use super::action::FrameAction;
use super::effect::Effect;
use super::figure_words;
use super::models::ModelInfo;
use super::news::FrameNews;
use super::state::Frame;
use super::theme::ThemeName;
use super::words;
use crate::session::{Input, words as session_words};

impl Frame {
    /// Applies one action.
    pub(crate) fn reduce(&mut self, action: FrameAction) {
        match action {
            FrameAction::Engine(input) => self.step(input),
            FrameAction::Truth(input) => self.apply_truth(input),
            FrameAction::ForTests => self.is_for_tests = true,
            FrameAction::Models(models) => self.take_models(models),
            FrameAction::ChooseModel(model) => self.choose_model(model),
            FrameAction::UseExample => {
                if self.take_example() {
                    self.look_at_own_head();
                    self.ask();
                }
            }
            FrameAction::RunExample(index) => self.run_example(index),
            FrameAction::CutPrompt => {
                if let Some(fitting) = self.subject.fitting.take() {
                    self.prompt = fitting;
                    self.ask();
                }
            }
            FrameAction::EditPrompt(prompt) => {
                self.prompt = prompt;
                self.edit += 1;
                self.subject.continuation = None;
                self.effects.push(Effect::RunLater(self.edit));
            }
            FrameAction::RunPrompt(edit) if edit != self.edit => {}
            FrameAction::RunPrompt(_) => self.ask(),
            FrameAction::Generate => self.generate(),
            FrameAction::SetSeed(seed) => self.seed = seed,
            FrameAction::KeepContinuation => {
                if let Some(continuation) = self.subject.continuation.take() {
                    self.prompt.push_str(&continuation.text());
                    self.ask();
                }
            }
            FrameAction::DropContinuation => {
                self.subject.continuation = None;
                self.step(Input::StopGenerating);
            }
            FrameAction::Announce(said) => self.announcement = said,
            FrameAction::Toggle(panel) => {
                self.panel = (self.panel != Some(panel)).then_some(panel);
            }
            FrameAction::ClosePanel => self.panel = None,
            FrameAction::ToggleNumbers(figure) => {
                self.numbers = (self.numbers != Some(figure)).then_some(figure);
            }
            FrameAction::ToggleMethod(figure) => {
                self.method = (self.method != Some(figure)).then_some(figure);
            }
            FrameAction::ToggleEmbed(figure) => {
                self.embed = (self.embed != Some(figure)).then_some(figure);
            }
            // Only the room whose figure it is can make the file.
            FrameAction::Save(..) => self.tell(figure_words::NOTHING_TO_SAVE.to_owned()),
            FrameAction::Saved(name) => self.announcement = figure_words::saved(&name),
            FrameAction::NotSaved(name) => self.tell(figure_words::not_saved(&name)),
            FrameAction::UseTheme(theme) => self.use_theme(theme, false),
            FrameAction::Print(true) => {
                // Paper is white, and the maps are pictures in the theme's colours.
                self.theme_on_screen.get_or_insert(self.theme);
                self.use_theme(ThemeName::Light, false);
            }
            FrameAction::Print(false) => {
                if let Some(theme) = self.theme_on_screen.take() {
                    self.use_theme(theme, false);
                }
            }
            FrameAction::ToggleTheme => self.use_theme(self.theme.other(), true),
            FrameAction::Share => self.effects.push(Effect::CopyLink),
            FrameAction::Shared(true) => {
                self.is_copied = true;
                words::LINK_COPIED.clone_into(&mut self.announcement);
            }
            FrameAction::Shared(false) => self.tell(words::LINK_NOT_COPIED.to_owned()),
            FrameAction::ForgetShared => self.is_copied = false,
            FrameAction::PartArrived(is_there) => self.note_part(is_there),
            FrameAction::Dismiss(index) => {
                if index < self.notices.len() {
                    self.notices.remove(index);
                }
            }
        }
    }

    fn use_theme(&mut self, theme: ThemeName, is_chosen: bool) {
        self.theme = theme;
        self.effects.push(Effect::UseTheme { theme, is_chosen });
    }

    fn take_models(&mut self, models: Vec<ModelInfo>) {
        // Asked for only where there is one, so that no request fails.
        let shown = self.session.model();
        let recorded = models
            .iter()
            .find(|model| model.recorded && model.name == shown);
        if self.subject.run.is_none()
            && let Some(model) = recorded
        {
            self.effects
                .push(Effect::FetchRecording(model.name.clone()));
        }
        self.models = models;
        if !self.is_head_linked && self.subject.run.is_none() {
            self.look_at_own_head();
        }
        if self.replace_example() {
            self.ask();
        }
    }

    fn choose_model(&mut self, model: String) {
        self.panel = None;
        let is_other = model != self.session.model();
        if is_other {
            self.remember_model();
        }
        self.step(Input::UseModel(model));
        if is_other {
            self.subject.ablations.clear();
            self.news.push_back(FrameNews::ModelChosen);
            self.replace_example();
            self.look_at_own_head();
            self.ask();
            self.note_first_prompt();
        }
    }

    /// The second module arrived, or could not be had.
    fn note_part(&mut self, is_there: bool) {
        let told = self
            .notices
            .iter()
            .position(|notice| notice == session_words::PART_MISSING);
        match told {
            Some(index) if is_there => drop(self.notices.remove(index)),
            None if !is_there => self.tell(session_words::PART_MISSING.to_owned()),
            _ => {}
        }
    }
}
