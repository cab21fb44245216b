//! What can be open over the page.

use headlight_figure::FigureId;

/// What can be open over the page, one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// The list of models.
    Models,
    /// Prompts to try, and the words that the model knows.
    Examples,
    /// What computes, and why.
    Backend,
    /// Keys and what the page is.
    Help,
    /// The menu of a figure.
    Menu(FigureId),
}
