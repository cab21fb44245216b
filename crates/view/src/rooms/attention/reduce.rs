//! What the visitor does with the room's instruments: heads, rows, zoom, views, parts
//! taken out, sampling, the tokens compared.

use crate::action::{Action, Effect};
use crate::answers::run::{Head, MAX_WHOLE};
use crate::frame::ablation::{Ablation, Part};
use crate::reduce::{ask, step};
use crate::rooms::attention::ask as questions;
use crate::rooms::attention::words;
use crate::session::Input;
use crate::state::State;

/// Applies an action that is about an instrument; hands any other back.
pub(crate) fn apply(
    state: &mut State,
    action: Action,
    effects: &mut Vec<Effect>,
) -> Option<Action> {
    match action {
        Action::SelectHead(head) => select_head(state, head, effects),
        Action::ToggleHead(_) if state.room.seq_len() > MAX_WHOLE => {
            state.tell(words::NO_MEAN_OF_LONG.to_owned());
        }
        Action::ToggleHead(head) => {
            state.room.toggle_companion(head);
            questions::ask_companions(state, effects);
            state.announce_row();
        }
        Action::OneHead => {
            state.room.companions.clear();
            state.room.renew_mean();
        }
        Action::ToggleRow(row) => {
            state.room.toggle_row(row);
            questions::follow_selection(state, effects);
            state.announce_row();
        }
        Action::MoveHead { layers, heads } => {
            let Head { layer, head } = state.room.head;
            let moved = Head {
                layer: layer.saturating_add_signed(layers),
                head: head.saturating_add_signed(heads),
            };
            select_head(state, moved, effects);
        }
        Action::StepHead(by) => {
            let (n_layers, n_heads) = state.grid_of_heads();
            let Head { layer, head } = state.room.head;
            let last = (n_layers * n_heads).saturating_sub(1);
            let flat = (layer * n_heads + head).saturating_add_signed(by).min(last);
            if let (Some(layer), Some(head)) =
                (flat.checked_div(n_heads), flat.checked_rem(n_heads))
            {
                select_head(state, Head { layer, head }, effects);
            }
        }
        Action::SelectRow(row) => {
            state.room.select_row(row);
            questions::follow_selection(state, effects);
            state.announce_row();
        }
        Action::SelectCell(query, key) => {
            state.room.select_cell(query, key);
            questions::follow_selection(state, effects);
        }
        Action::MoveCell { rows, columns } => {
            state.room.move_cell(rows, columns);
            state.room.show_cell();
            questions::follow_selection(state, effects);
            state.announce_cell();
        }
        Action::Zoom(factor, at) => {
            let (n, cell) = (state.room.seq_len(), at.unwrap_or(state.room.cell()));
            let zoom = state.room.zoom().scaled(n, factor, cell);
            // All of it stays all of it when the prompt grows.
            state.room.zoom = Some(zoom).filter(|zoom| !zoom.is_whole(n));
            questions::follow_selection(state, effects);
        }
        Action::Pan(queries, keys) => {
            let n = state.room.seq_len();
            state.room.zoom = Some(state.room.zoom().moved(n, queries, keys));
            questions::follow_selection(state, effects);
        }
        Action::ShowWhole => state.room.zoom = None,
        Action::Hover(cell) => state.room.hover = cell,
        Action::SetView(view) => state.room.view = view,
        Action::SetStep(step) => state.room.step = step,
        Action::SetScope(scope) => state.room.scope = scope,
        Action::OrderComponents(order) => state.room.order = order,
        Action::SortHeads(sort) => state.room.sort = sort,
        Action::ToggleAblation(part) => {
            toggle_ablation(state, part);
            ask(state, effects);
        }
        Action::SwapFiller(part) => {
            let swapped = state.room.ablations.iter_mut().find(|it| it.part == part);
            if let Some(ablation) = swapped {
                ablation.filler = ablation.filler.other();
                state.room.filler = ablation.filler;
                ask(state, effects);
            }
        }
        Action::RestoreAll => {
            state.room.ablations.clear();
            ask(state, effects);
        }
        Action::SetSampling(sampling) => {
            state.room.sampling = sampling;
            questions::ask_cuts(state, effects);
        }
        Action::Compare { token, against } => {
            state.room.compared = Some((token, against));
            questions::ask_attribution(state, effects);
        }
        Action::Choose(token) => {
            if let Some(against) = state.room.rival(token) {
                state.room.compared = Some((token, against));
                questions::ask_attribution(state, effects);
            }
        }
        Action::Append(id) => append(state, id, effects),
        other => return Some(other),
    }
    None
}

fn toggle_ablation(state: &mut State, part: Part) {
    let room = &mut state.room;
    if room.is_ablated(part) {
        room.ablations.retain(|ablation| ablation.part != part);
    } else {
        let filler = room.filler;
        room.ablations.push(Ablation { part, filler });
    }
}

/// Puts a next token at the end of the prompt, if it is text of its own.
fn append(state: &mut State, id: u32, effects: &mut Vec<Effect>) {
    let run = state.room.run.as_ref();
    let token = run.and_then(|run| run.next.iter().find(|token| token.id == id));
    if let Some(token) = token.filter(|token| token.is_text()) {
        state.prompt = format!("{}{}", state.asked, token.text);
        ask(state, effects);
    }
}

pub(crate) fn select_head(state: &mut State, wanted: Head, effects: &mut Vec<Effect>) {
    let shape = state.session.loaded().map(|model| model.shape);
    let head = shape.map_or(wanted, |shape| Head {
        layer: wanted.layer.min(shape.n_layers.saturating_sub(1)),
        head: wanted.head.min(shape.n_heads.saturating_sub(1)),
    });
    state.room.head = head;
    state.room.companions.clear();
    state.room.renew_mean();
    state.room.hover = None;
    let is_long = state.room.seq_len() > MAX_WHOLE;
    let is_known = is_long || state.room.pattern().is_some();
    step(state, Input::Look { head, is_known }, effects);
    questions::ask_overview(state, effects);
    questions::follow_selection(state, effects);
    state.announce_row();
}
