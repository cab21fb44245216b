//! The words of the lesson's strip; those of its steps stand with the steps.

/// What the strip is.
pub const LEARN: &str = "Learn";
/// The lesson.
pub const LESSON: &str = "What is attention?";
/// Name of the strip.
pub const LEARN_STRIP: &str = "Learn: What is attention?";
/// Opens the lesson at its first step.
pub const START: &str = "Start";
/// What to do after the lesson.
pub const AFTER_LESSON: &str =
    "Now write a story of your own, or take a head out and see what changes.";
/// Opens the lesson where it was left.
pub const CONTINUE: &str = "Continue";
/// Name of the list of steps.
pub const LESSON_STEPS: &str = "Steps of the lesson";
/// The step before.
pub const BACK: &str = "Back";
/// The step after.
pub const NEXT: &str = "Next";
/// Ends the lesson after its last step.
pub const FINISH: &str = "Finish";
/// Ends the lesson before.
pub const LEAVE: &str = "Leave";
/// Shows the answer.
pub const SHOW_ANSWER: &str = "Show the answer";
/// Brings the step's figure back.
pub const REPEAT_STEP: &str = "Show this step again";
/// The numbers of the answer have not arrived.
pub const ANSWER_AWAITED: &str = "The numbers for this are on their way.";
/// The figure is another one by now.
pub const ANSWER_ASTRAY: &str = "The figure has changed: show this step again to see it.";

/// Length of the lesson, in words.
#[must_use]
pub fn n_steps(n: usize) -> String {
    format!("{n} steps")
}

/// Where in the lesson, from 1.
#[must_use]
pub fn step_of(step: usize, n: usize) -> String {
    format!("Step {step} of {n}")
}

/// A step of the list, from 1.
#[must_use]
pub fn step_name(step: usize, title: &str) -> String {
    format!("Step {step}: {title}")
}

/// A step, for readers who hear the page.
#[must_use]
pub fn step_spoken(step: usize, n: usize, what: &str) -> String {
    format!("{}. {what}", step_of(step, n))
}
