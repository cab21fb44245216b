//! What the visitor does with the room's instruments: heads, rows, zoom, views, parts
//! taken out, sampling, the tokens compared.

use super::action::AttentionAction;
use super::ask;
use super::compared::ComparedTokens;
use super::lesson;
use super::select::select_head;
use super::state::AttentionRoom;
use crate::answers::head::Head;
use crate::answers::run::MAX_WHOLE;
use crate::frame::Frame;
use crate::frame::subject::Subject;
use crate::rooms::attention::words;

/// Applies one action of the room.
pub(crate) fn reduce(room: &mut AttentionRoom, frame: &mut Frame, action: AttentionAction) {
    match action {
        AttentionAction::SelectHead(head) => select_head(room, frame, head),
        AttentionAction::ToggleHead(_) if frame.subject.seq_len() > MAX_WHOLE => {
            frame.tell(words::NO_MEAN_OF_LONG.to_owned());
        }
        AttentionAction::ToggleHead(head) => {
            room.toggle_companion(&mut frame.subject, head);
            ask::ask_companions(room, frame);
            room.announce_row(frame);
        }
        AttentionAction::OneHead => {
            room.companions.clear();
            room.toggled = None;
            room.renew_mean(&frame.subject);
        }
        AttentionAction::ToggleRow(row) => {
            room.toggle_row(&frame.subject, row);
            ask::ask_for_selection(room, frame);
            room.announce_row(frame);
        }
        AttentionAction::MoveHead { layers, heads } => {
            let Head { layer, head } = frame.subject.head;
            let moved = Head {
                layer: layer.saturating_add_signed(layers),
                head: head.saturating_add_signed(heads),
            };
            select_head(room, frame, moved);
        }
        AttentionAction::StepHead(by) => {
            let (n_layers, n_heads) = frame.grid_of_heads();
            let Head { layer, head } = frame.subject.head;
            let last = (n_layers * n_heads).saturating_sub(1);
            let flat = (layer * n_heads + head).saturating_add_signed(by).min(last);
            if let (Some(layer), Some(head)) =
                (flat.checked_div(n_heads), flat.checked_rem(n_heads))
            {
                select_head(room, frame, Head { layer, head });
            }
        }
        AttentionAction::SelectRow(row) => {
            room.select_row(&frame.subject, row);
            ask::ask_for_selection(room, frame);
            room.announce_row(frame);
        }
        AttentionAction::SelectCell(..)
        | AttentionAction::Zoom(..)
        | AttentionAction::Pan(..)
        | AttentionAction::ShowWhole
        | AttentionAction::Hover(_) => {
            let asks = look(room, &frame.subject, &action);
            if asks {
                ask::ask_for_selection(room, frame);
            }
        }
        AttentionAction::MoveCell { .. } => {
            look(room, &frame.subject, &action);
            ask::ask_for_selection(room, frame);
            room.announce_cell(frame);
        }
        AttentionAction::SetView(view) => room.view = view,
        AttentionAction::SetStep(step) => room.step = step,
        AttentionAction::SetScope(scope) => room.scope = scope,
        AttentionAction::OrderComponents(order) => room.order = order,
        AttentionAction::SortHeads(sort) => room.sort = sort,
        AttentionAction::ToggleAblation(part) => {
            frame.subject.toggle_ablation(part);
            frame.ask();
        }
        AttentionAction::SwapFiller(part) => {
            let swapped = frame
                .subject
                .ablations
                .iter_mut()
                .find(|it| it.part == part);
            if let Some(ablation) = swapped {
                ablation.filler = ablation.filler.other();
                frame.subject.filler = ablation.filler;
                frame.ask();
            }
        }
        AttentionAction::RestoreAll => {
            frame.subject.ablations.clear();
            frame.ask();
        }
        AttentionAction::SetSampling(sampling) => {
            frame.subject.sampling = sampling;
            ask::ask_cuts(room, frame);
        }
        AttentionAction::Compare { token, against } => {
            // A token is not held against itself: the two change places.
            let before = room.contrast(&frame.subject).filter(|_| token == against);
            let (token, against) =
                before.map_or((token, against), |(first, second)| (second, first));
            room.compared = Some(ComparedTokens::chosen((token, against), &frame.subject));
            ask::ask_attribution(room, frame);
        }
        AttentionAction::Choose(token) => {
            if let Some(against) = frame.subject.rival(token) {
                room.compared = Some(ComparedTokens::chosen((token, against), &frame.subject));
                ask::ask_attribution(room, frame);
            }
        }
        AttentionAction::Append(id) => append(frame, id),
        AttentionAction::OpenLearn => lesson::open(room, frame),
        AttentionAction::LearnStep(step) => lesson::go(room, frame, step),
        AttentionAction::RepeatStep => lesson::repeat(room, frame),
        AttentionAction::RevealAnswer => lesson::reveal(room),
        AttentionAction::LeaveLearn => lesson::leave(room, frame),
    }
}

/// Looks at another part of the map, or selects one: all that asks nothing by itself. True
/// where more of a long prompt's pattern may now be wanted.
pub(crate) fn look(room: &mut AttentionRoom, subject: &Subject, action: &AttentionAction) -> bool {
    match *action {
        AttentionAction::SelectCell(query, key) => room.select_cell(subject, query, key),
        AttentionAction::MoveCell { rows, columns } => {
            room.move_cell(subject, rows, columns);
            room.show_cell(subject);
        }
        AttentionAction::Zoom(factor, at) => {
            // By a key or a button the cells move away from under the pointer.
            room.hover = room.hover.filter(|_| at.is_some());
            let (n, cell) = (subject.seq_len(), at.unwrap_or(room.cell(subject)));
            let zoom = room.zoom(subject).scaled(n, factor, cell);
            // All of it stays all of it when the prompt grows.
            room.zoom = Some(zoom).filter(|zoom| !zoom.is_whole(n));
        }
        AttentionAction::Pan(queries, keys) => {
            let n = subject.seq_len();
            room.zoom = Some(room.zoom(subject).moved(n, queries, keys));
        }
        AttentionAction::ShowWhole => room.zoom = None,
        AttentionAction::Hover(cell) => room.hover = cell,
        _ => {}
    }
    !matches!(
        action,
        AttentionAction::ShowWhole | AttentionAction::Hover(_)
    )
}

/// Puts a next token at the end of the prompt, if it is text of its own.
fn append(frame: &mut Frame, id: u32) {
    let run = frame.subject.run.as_ref();
    let token = run.and_then(|run| run.next.iter().find(|token| token.id == id));
    if let Some(token) = token.filter(|token| token.is_text()) {
        frame.prompt = format!("{}{}", frame.asked, token.text);
        frame.ask();
    }
}
