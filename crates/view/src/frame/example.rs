//! Each model's own example: a prompt that it can read, and the head to look at.
//!
//! A prompt that the visitor wrote is never replaced; an example is, by that of
//! another model.

use super::defaults::{DEFAULT_HEAD, DEFAULT_MODEL, DEFAULT_PROMPT};
use super::models::{ModelExample, ModelInfo};
use super::news::FrameNews;
use super::state::Frame;
use crate::answers::head::Head;

/// A prompt and a head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Example {
    pub(crate) prompt: String,
    pub(crate) head: Option<Head>,
}

impl Example {
    /// The example of a model; none if it has none or is not known. The default
    /// model's is known before the list of models has arrived.
    pub(crate) fn of(models: &[ModelInfo], name: &str) -> Option<Self> {
        if name == DEFAULT_MODEL {
            return Some(Self {
                prompt: DEFAULT_PROMPT.to_owned(),
                head: Some(DEFAULT_HEAD),
            });
        }
        let model = models.iter().find(|model| model.name == name)?;
        Some(Self {
            prompt: model.prompt.clone()?,
            head: model.head,
        })
    }
}

impl Frame {
    /// The example of the model that is used.
    fn example(&self) -> Option<Example> {
        Example::of(&self.models, self.session.model())
    }

    /// Looks at the head of the model's example: another model's head means nothing in it.
    pub(crate) fn look_at_own_head(&mut self) {
        if let Some(head) = self.example().and_then(|example| example.head) {
            self.subject.head = head;
        }
    }

    /// Takes the example of the model that is used into the prompt, if what stands
    /// there is another model's; true if that changed it.
    pub(crate) fn replace_example(&mut self) -> bool {
        self.is_example(&self.prompt) && self.take_example()
    }

    /// True for the example of any model.
    pub(crate) fn is_example(&self, prompt: &str) -> bool {
        let models = self.models.iter();
        let mut known = models.flat_map(|model| {
            let listed = model.examples.iter().map(|example| &*example.prompt);
            listed.chain(model.prompt.as_deref())
        });
        prompt == DEFAULT_PROMPT || known.any(|known| known == prompt)
    }

    /// Takes the example of the model that is used into the prompt, whatever stands
    /// there; true if that changed it.
    pub(crate) fn take_example(&mut self) -> bool {
        match self.example() {
            Some(example) if example.prompt != self.prompt => {
                self.prompt = example.prompt;
                true
            }
            _ => false,
        }
    }

    /// The prompts to try with the model that is used.
    #[must_use]
    pub fn examples(&self) -> &[ModelExample] {
        let used = self.session.model();
        let model = self.models.iter().find(|model| model.name == used);
        model.map_or(&[], |model| &model.examples)
    }

    /// Runs the example of this place in the list, and looks at its head.
    pub(crate) fn run_example(&mut self, index: usize) {
        let Some(example) = self.examples().get(index).cloned() else {
            return;
        };
        self.panel = None;
        self.prompt = example.prompt;
        if let Some(head) = example.head {
            self.subject.head = head;
        }
        self.news.push_back(FrameNews::ExampleChosen);
        self.ask();
    }

    /// True if the prompt has no answer and the model has an example to offer.
    #[must_use]
    pub fn can_offer_example(&self) -> bool {
        let is_other = |example: Example| example.prompt != self.prompt;
        self.subject.error.is_some() && self.example().is_some_and(is_other)
    }
}
