//! Where a visitor is in the lesson, and what stood on the page before it.

use std::collections::BTreeSet;

use super::topics::Topic;
use crate::answers::head::Head;
use crate::frame::ablation::Ablation;
use crate::rooms::attention::choices::View;
use crate::rooms::attention::compared::ComparedTokens;
use crate::rooms::attention::figures::atlas::Sort;
use crate::rooms::attention::figures::steps::RowStep;

/// Where the visitor is in the lesson.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Learning {
    /// The strip is open.
    pub is_open: bool,
    /// The step, from 0; kept while the strip is closed.
    pub step: usize,
    /// The answer is shown.
    pub is_revealed: bool,
    /// What stood on the page before, or what the visitor wrote since.
    pub(crate) before: Option<SavedScene>,
    /// What the scene chose by the numbers of the run, once they were there.
    pub(crate) picked: Option<Picked>,
}

impl Learning {
    /// The topic of the step.
    #[must_use]
    pub fn topic(&self) -> Topic {
        Topic::ALL[self.step.min(Topic::ALL.len() - 1)]
    }

    /// True on the last step.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.step + 1 >= Topic::ALL.len()
    }
}

/// What a scene chooses by the numbers of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Picked {
    pub(crate) head: Option<Head>,
    pub(crate) row: Option<usize>,
    pub(crate) ablations: Vec<Ablation>,
}

/// What stands on the page, as far as a scene changes it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SavedScene {
    pub(crate) model: String,
    pub(crate) prompt: String,
    pub(crate) head: Head,
    pub(crate) row: Option<usize>,
    pub(crate) col: Option<usize>,
    pub(crate) view: View,
    pub(crate) step: RowStep,
    pub(crate) sort: Sort,
    pub(crate) ablations: Vec<Ablation>,
    pub(crate) compared: Option<ComparedTokens>,
    pub(crate) also_rows: BTreeSet<usize>,
    pub(crate) companions: BTreeSet<Head>,
}
