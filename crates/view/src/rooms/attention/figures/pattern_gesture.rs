//! What a visitor does to the attention map.

use headlight_figure::{Gesture, GestureKind};

use crate::frame::subject::Subject;
use crate::rooms::attention::action::AttentionAction;
use crate::rooms::attention::figures::pattern::{Ground, MAP};
use crate::rooms::attention::figures::pattern_row::BAR;
use crate::rooms::attention::figures::zoom::ZOOM_STEP;
use crate::rooms::attention::state::AttentionRoom;

/// What a visitor does to the map: hovers, clicks and zooms at a cell, moves what is in
/// view with the cell that was grabbed, and moves the selection by keys.
#[must_use]
pub fn on_gesture(
    gesture: &Gesture,
    ground: &Ground,
    room: &AttentionRoom,
    subject: &Subject,
) -> Option<AttentionAction> {
    let layout = &ground.layout;
    let is_on_map = gesture.at(MAP).is_some();
    let cell = layout
        .cell_at(gesture.x, gesture.y)
        .filter(|_| is_on_map && ground.is_run);
    let hover = AttentionAction::Hover(cell);
    let is_new = room.hover != cell;
    match gesture.kind {
        GestureKind::Over | GestureKind::Leave | GestureKind::Up => is_new.then_some(hover),
        GestureKind::Drag if !is_on_map => None,
        GestureKind::Drag if layout.n >= ground.tokens.len() => Some(hover),
        // While the pointer is pressed, the cell under it is the one that was grabbed.
        GestureKind::Drag => Some(match room.hover {
            None => AttentionAction::Hover(layout.cell_at(gesture.from.0, gesture.from.1)),
            Some((query, key)) => {
                let (queries, keys) = layout.cells_from(query, key, gesture.x, gesture.y);
                AttentionAction::Pan(queries, keys)
            }
        }),
        GestureKind::Click => match gesture.at(BAR) {
            Some(key) => Some(AttentionAction::SelectCell(room.query(subject), key)),
            None => cell.map(|(query, key)| AttentionAction::SelectCell(query, key)),
        },
        GestureKind::Wheel if is_on_map => {
            let factor = if gesture.wheel > 0.0 {
                ZOOM_STEP
            } else {
                1.0 / ZOOM_STEP
            };
            Some(AttentionAction::Zoom(factor, cell))
        }
        GestureKind::Key => on_key(&gesture.value),
        _ => None,
    }
}

fn on_key(key: &str) -> Option<AttentionAction> {
    let far = isize::MAX / 2;
    let (rows, columns) = match key {
        "+" | "=" => return Some(AttentionAction::Zoom(1.0 / ZOOM_STEP, None)),
        "-" => return Some(AttentionAction::Zoom(ZOOM_STEP, None)),
        "ArrowUp" => (-1, 0),
        "ArrowDown" => (1, 0),
        "ArrowLeft" => (0, -1),
        "ArrowRight" => (0, 1),
        "PageUp" => (-8, 0),
        "PageDown" => (8, 0),
        "Home" => (0, -far),
        "End" => (0, far),
        _ => return None,
    };
    Some(AttentionAction::MoveCell { rows, columns })
}

#[cfg(test)]
mod tests {
    use headlight_figure::Target;

    use super::*;
    use crate::State;
    use crate::answers::run::tests::{pattern, run};
    use crate::rooms::attention::figures::pattern::Cells;
    use crate::rooms::attention::figures::zoom::Zoom;

    /// The page with a prompt of `n` tokens, and its map.
    fn page(n: usize, zoom: Option<Zoom>) -> (State, Ground) {
        let mut state = State::default();
        let subject = &mut state.frame.subject;
        let run = run(&vec![" x"; n]);
        state.attention.show(subject, run, Some(pattern(n)));
        state.attention.zoom = zoom;
        let ground = Cells::new(&state.attention, &state.frame).ground(600.0);
        (state, ground)
    }

    fn act(gesture: &Gesture, (state, ground): &(State, Ground)) -> Option<AttentionAction> {
        on_gesture(gesture, ground, &state.attention, &state.frame.subject)
    }

    /// A gesture in the middle of a cell.
    fn at(kind: GestureKind, ground: &Ground, (query, key): (usize, usize)) -> Gesture {
        let cell = ground.layout.cell_rect(query, key);
        let mut gesture = on(kind, MAP, 0);
        (gesture.x, gesture.y) = (cell.x + cell.width / 2.0, cell.y + cell.height / 2.0);
        gesture.from = (gesture.x, gesture.y);
        gesture
    }

    fn on(kind: GestureKind, what: &'static str, at: usize) -> Gesture {
        let mut gesture = Gesture::new(kind);
        gesture.target = Some(Target { what, at });
        gesture
    }

    #[test]
    fn the_cell_under_the_pointer_is_hovered_once_and_left() {
        let mut page = page(8, None);
        let over = at(GestureKind::Over, &page.1, (5, 2));
        let hover = AttentionAction::Hover(Some((5, 2)));
        assert_eq!(act(&over, &page), Some(hover));
        page.0.attention.hover = Some((5, 2));
        assert_eq!(act(&over, &page), None);
        let left = Some(AttentionAction::Hover(None));
        assert_eq!(act(&Gesture::new(GestureKind::Leave), &page), left);
        assert_eq!(act(&on(GestureKind::Over, BAR, 3), &page), left);
    }

    #[test]
    fn a_click_selects_a_cell_of_the_map_or_a_key_of_the_row() {
        let page = page(8, None);
        let click = at(GestureKind::Click, &page.1, (5, 2));
        let selected = |query, key| Some(AttentionAction::SelectCell(query, key));
        assert_eq!(act(&click, &page), selected(5, 2));
        let bar = on(GestureKind::Click, BAR, 3);
        assert_eq!(act(&bar, &page), selected(7, 3));
        assert_eq!(act(&Gesture::new(GestureKind::Click), &page), None);
    }

    #[test]
    fn the_wheel_zooms_at_the_pointer() {
        let page = page(80, None);
        let mut wheel = at(GestureKind::Wheel, &page.1, (40, 20));
        wheel.wheel = 3.0;
        let zoom = |factor| Some(AttentionAction::Zoom(factor, Some((40, 20))));
        assert_eq!(act(&wheel, &page), zoom(ZOOM_STEP));
        wheel.wheel = -3.0;
        assert_eq!(act(&wheel, &page), zoom(1.0 / ZOOM_STEP));
        wheel.target = None;
        assert_eq!(act(&wheel, &page), None, "beside the map the page zooms");
    }

    #[test]
    fn the_cell_that_was_grabbed_stays_under_the_pointer() {
        let zoom = Zoom {
            query: 40,
            key: 30,
            span: 20,
        };
        let mut page = page(80, Some(zoom));
        let mut drag = at(GestureKind::Drag, &page.1, (47, 35));
        drag.from = at(GestureKind::Down, &page.1, (50, 40)).from;
        let grabbed = Some(AttentionAction::Hover(Some((50, 40))));
        assert_eq!(act(&drag, &page), grabbed);
        page.0.attention.hover = Some((50, 40));
        assert_eq!(act(&drag, &page), Some(AttentionAction::Pan(3, 5)));
        // Once the map has followed, there is nothing left to do, and beyond its edge it is
        // still the same cell.
        page.0.attention.zoom = Some(zoom.moved(80, 3, 5));
        page.1 = Cells::new(&page.0.attention, &page.0.frame).ground(600.0);
        assert_eq!(act(&drag, &page), Some(AttentionAction::Pan(0, 0)));
        drag.x = page.1.layout.left - 2.5 * page.1.layout.cell;
        assert_eq!(act(&drag, &page), Some(AttentionAction::Pan(0, 8)));
    }

    #[test]
    fn a_whole_map_is_not_dragged() {
        let page = page(8, None);
        let drag = at(GestureKind::Drag, &page.1, (5, 2));
        let hover = AttentionAction::Hover(Some((5, 2)));
        assert_eq!(act(&drag, &page), Some(hover));
        assert_eq!(act(&on(GestureKind::Drag, BAR, 3), &page), None);
    }

    #[test]
    fn keys_move_the_selection_and_zoom() {
        let page = page(8, None);
        let key = |name: &str| {
            let mut gesture = Gesture::new(GestureKind::Key);
            name.clone_into(&mut gesture.value);
            act(&gesture, &page)
        };
        let moved = |rows, columns| Some(AttentionAction::MoveCell { rows, columns });
        assert_eq!(key("ArrowUp"), moved(-1, 0));
        assert_eq!(key("ArrowRight"), moved(0, 1));
        assert_eq!(key("PageDown"), moved(8, 0));
        assert_eq!(key("Home"), moved(0, -(isize::MAX / 2)));
        assert_eq!(key("-"), Some(AttentionAction::Zoom(ZOOM_STEP, None)));
        assert_eq!(key("a"), None);
    }

    #[test]
    fn a_map_without_a_run_has_no_cells_to_point_at() {
        let state = State::default();
        let ground = Cells::new(&state.attention, &state.frame).ground(600.0);
        let over = at(GestureKind::Over, &ground, (1, 1));
        assert_eq!(act(&over, &(state, ground)), None);
    }
}
