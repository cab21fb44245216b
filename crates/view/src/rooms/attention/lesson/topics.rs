//! What is attention? The steps of the lesson, as data.

use crate::frame::defaults::DEFAULT_MODEL;
use crate::rooms::attention::choices::View;
use crate::rooms::attention::figures::atlas::Sort;
use crate::rooms::attention::figures::steps::RowStep;

/// The model that shows how heads work together.
const INDUCTION_MODEL: &str = "induction";

/// What a step is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Text becomes tokens.
    Tokens,
    /// Each token looks at those before it.
    Query,
    /// Query and key are compared.
    Score,
    /// Later tokens are hidden.
    Mask,
    /// Scores become weights.
    Softmax,
    /// What is looked at is carried along.
    Value,
    /// Every head looks in its own way.
    Heads,
    /// Heads of two layers work together.
    Induction,
}

/// What of the page a step is about, to be seen on small screens too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The prompt and its tokens.
    Prompt,
    /// The selected head.
    Stage,
    /// All heads.
    Heads,
    /// What comes next.
    Next,
}

/// What a step puts on the page: a model with its own example and head, the last
/// row, nothing taken out, and what it picks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene {
    pub(crate) model: &'static str,
    pub(crate) view: View,
    pub(crate) step: RowStep,
    pub(crate) sort: Sort,
    pub(crate) pick: Pick,
}

/// What a scene chooses by the numbers of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pick {
    /// No experiment.
    Nothing,
    /// The row of the token that the last one looks at most.
    RowLookedUp,
    /// The row whose second weight is the largest: one that looks at several tokens.
    RowShared,
    /// The head that spreads its weight most.
    BroadestHead,
    /// Takes out the head and all that look mostly at the same token.
    OutMostLike,
}

impl Topic {
    /// Every step, in order.
    pub const ALL: [Self; 8] = [
        Self::Tokens,
        Self::Query,
        Self::Score,
        Self::Mask,
        Self::Softmax,
        Self::Value,
        Self::Heads,
        Self::Induction,
    ];

    /// The question that a learner has.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Tokens => "What does the model read?",
            Self::Query => "Who looks at whom?",
            Self::Score => "How does a token choose?",
            Self::Mask => "Why is half of the map empty?",
            Self::Softmax => "How do scores become weights?",
            Self::Value => "What is looking good for?",
            Self::Heads => "Why are there so many heads?",
            Self::Induction => "Can heads work together?",
        }
    }

    /// What of the page it is about.
    #[must_use]
    pub const fn place(self) -> Target {
        match self {
            Self::Tokens => Target::Prompt,
            Self::Heads => Target::Heads,
            Self::Value => Target::Next,
            _ => Target::Stage,
        }
    }

    pub(crate) fn scene(self) -> Scene {
        let map = Scene {
            model: DEFAULT_MODEL,
            view: View::Map,
            step: RowStep::Scores,
            sort: Sort::Layer,
            pick: Pick::Nothing,
        };
        let row = |step, pick| Scene {
            view: View::Steps,
            step,
            pick,
            ..map
        };
        match self {
            Self::Tokens | Self::Query => map,
            Self::Score => row(RowStep::Scores, Pick::Nothing),
            Self::Mask => row(RowStep::Mask, Pick::RowLookedUp),
            Self::Softmax => row(RowStep::Normalise, Pick::RowShared),
            Self::Value => Scene {
                pick: Pick::OutMostLike,
                ..map
            },
            Self::Heads => Scene {
                sort: Sort::Entropy,
                pick: Pick::BroadestHead,
                ..map
            },
            Self::Induction => Scene {
                model: INDUCTION_MODEL,
                ..map
            },
        }
    }
}
