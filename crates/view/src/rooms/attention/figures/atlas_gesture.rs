//! What a visitor does to the atlas of heads.

use headlight_figure::{Gesture, GestureKind};

use crate::answers::head::Head;
use crate::frame::ablation::Part;
use crate::frame::keys;
use crate::rooms::attention::action::AttentionAction;
use crate::rooms::attention::figures::atlas::Atlas;
use crate::rooms::attention::figures::atlas_drawing::{HEAD, HeadChoice, MLP};

impl Atlas {
    /// What a gesture does to the atlas that is drawn in this width: clicks and arrows
    /// select a head, and with a modifier add it to those that are averaged, or take it
    /// away; what takes an MLP out is pressed.
    #[must_use]
    pub fn on_gesture(
        &self,
        gesture: &Gesture,
        choice: &HeadChoice,
        width_px: f64,
    ) -> Option<AttentionAction> {
        match (gesture.kind, &*gesture.value) {
            (GestureKind::Click, _) | (GestureKind::Key, "Enter" | " ") => self.press(gesture),
            (GestureKind::Key, key) => {
                let focused = gesture.at(HEAD)?;
                let heads: Vec<Head> = self.cells().map(|cell| cell.head).collect();
                let place_of = |wanted: Head| heads.iter().position(|head| *head == wanted);
                // With Shift the selection grows from where the focus is.
                let from = if gesture.is_extending {
                    heads
                        .iter()
                        .position(|head| self.target_of(*head) == focused)
                } else {
                    place_of(choice.selected)
                };
                let columns = self.grid(width_px.floor()).columns;
                let to = keys::moved(key, from.unwrap_or(0), heads.len(), columns)?;
                Some(chosen(heads[to], gesture))
            }
            _ => None,
        }
    }

    fn press(&self, gesture: &Gesture) -> Option<AttentionAction> {
        if let Some(layer) = gesture.at(MLP) {
            return Some(AttentionAction::ToggleAblation(Part::Mlp(layer)));
        }
        let at = gesture.at(HEAD)?;
        let cell = self.cells().find(|cell| self.target_of(cell.head) == at);
        Some(chosen(cell?.head, gesture))
    }
}

const fn chosen(head: Head, gesture: &Gesture) -> AttentionAction {
    if gesture.is_extending {
        AttentionAction::ToggleHead(head)
    } else {
        AttentionAction::SelectHead(head)
    }
}
