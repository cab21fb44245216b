//! The list of models.

use serde::Deserialize;

use crate::answers::head::Head;

/// A model of the list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ModelInfo {
    /// Folder name.
    pub name: String,
    /// One line about it.
    #[serde(default)]
    pub description: String,
    /// Bytes of all its files.
    #[serde(default)]
    pub bytes: u64,
    /// A prompt that it can read.
    #[serde(default)]
    pub prompt: Option<String>,
    /// The head to look at in that prompt.
    #[serde(default)]
    pub head: Option<Head>,
    /// A recorded run of it came with the page.
    #[serde(default)]
    pub recorded: bool,
    /// Prompts to try, the most telling first.
    #[serde(default)]
    pub examples: Vec<ModelExample>,
}

/// A prompt to try with a model.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ModelExample {
    /// The prompt.
    pub prompt: String,
    /// The head to look at.
    #[serde(default)]
    pub head: Option<Head>,
    /// What to look for, in a sentence.
    pub about: String,
}
