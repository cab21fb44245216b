//! What can happen in the Attention room.

use headlight_activations::Sampling;

use super::choices::{Scope, View};
use super::figures::atlas::Sort;
use super::figures::attribution::Order;
use super::figures::steps::RowStep;
use crate::answers::head::Head;
use crate::frame::ablation::Part;

/// Something that happened in the room.
#[derive(Clone, Debug, PartialEq)]
pub enum AttentionAction {
    /// The visitor chose a head.
    SelectHead(Head),
    /// The visitor adds a head to those that are averaged, or takes it away.
    ToggleHead(Head),
    /// The visitor wants one head alone again.
    OneHead,
    /// The visitor adds a query to those that are averaged, or takes it away.
    ToggleRow(usize),
    /// The visitor moved to another layer and head, by so many.
    MoveHead {
        /// Layers further down.
        layers: isize,
        /// Heads to the right.
        heads: isize,
    },
    /// The visitor moved to the next or previous head, across layers.
    StepHead(isize),
    /// The visitor chose a query.
    SelectRow(usize),
    /// The visitor chose a cell.
    SelectCell(usize, usize),
    /// The visitor moved the cursor.
    MoveCell {
        /// Rows down.
        rows: isize,
        /// Columns to the right.
        columns: isize,
    },
    /// The visitor wants so many times the tokens in view, around a cell; the
    /// selected one, if none is named.
    Zoom(f64, Option<(usize, usize)>),
    /// The visitor moves what is in view by so many queries and keys.
    Pan(isize, isize),
    /// The visitor wants the whole map in view.
    ShowWhole,
    /// The pointer is over a cell, or over none.
    Hover(Option<(usize, usize)>),
    /// The visitor wants to see the head another way.
    SetView(View),
    /// The visitor looks at another step of the row.
    SetStep(RowStep),
    /// The visitor wants the heads in another order.
    SortHeads(Sort),
    /// The visitor wants the lines of other queries.
    SetScope(Scope),
    /// The visitor wants the attribution's bars in another order.
    OrderComponents(Order),
    /// The visitor takes a part out, or puts it back.
    ToggleAblation(Part),
    /// The visitor wants a part's mean in its place, or nothing.
    SwapFiller(Part),
    /// The visitor puts everything back.
    RestoreAll,
    /// The visitor changes how the next token is drawn.
    SetSampling(Sampling),
    /// The visitor chose the two tokens that the attribution compares.
    Compare {
        /// The token spoken for.
        token: u32,
        /// The token spoken against.
        against: u32,
    },
    /// The visitor chose one of the next tokens, to append or to explain.
    Choose(u32),
    /// The visitor wants this next token at the end of the prompt.
    Append(u32),
    /// The visitor opens the lesson, where it was left.
    OpenLearn,
    /// The visitor goes to this step of the lesson, from 0.
    LearnStep(usize),
    /// The visitor wants the step's figure back.
    RepeatStep,
    /// The visitor wants the answer to the step's question.
    RevealAnswer,
    /// The visitor leaves the lesson.
    LeaveLearn,
}
