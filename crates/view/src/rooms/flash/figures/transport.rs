//! Play, step and scrub, as a value: buttons and a range with targets.

use headlight_figure::{Element, Gesture, GestureKind, el};

use crate::rooms::flash::{FlashAction, words};

/// Target: the range of all steps.
const SCRUB: &str = "scrub";
/// Target: a button, by its place among [`BUTTONS`].
const BUTTON: &str = "transport";

/// A button: its name and the path of its icon, 16 by 12.
struct Button {
    name: &'static str,
    path: &'static str,
    action: fn() -> FlashAction,
}

/// Place of the button that plays.
const PLAY: usize = 3;
/// Path of the icon that pauses.
const PAUSE_PATH: &str = "M4 1 H7 V11 H4 Z M9 1 H12 V11 H9 Z";

/// The buttons, from left to right.
const BUTTONS: [Button; 7] = [
    Button {
        name: words::TO_START,
        path: "M2 1 H3.6 V11 H2 Z M14 1 V11 L5 6 Z",
        action: || FlashAction::GoTo(0),
    },
    Button {
        name: words::TILE_BACK,
        path: "M8 1 V11 L1 6 Z M15 1 V11 L8 6 Z",
        action: || FlashAction::TileBy(-1),
    },
    Button {
        name: words::STEP_BACK,
        path: "M11 1 V11 L4 6 Z",
        action: || FlashAction::StepBy(-1),
    },
    Button {
        name: words::PLAY,
        path: "M4 0.5 L13 6 L4 11.5 Z",
        action: || FlashAction::TogglePlay,
    },
    Button {
        name: words::STEP_ON,
        path: "M5 1 L12 6 L5 11 Z",
        action: || FlashAction::StepBy(1),
    },
    Button {
        name: words::TILE_ON,
        path: "M1 1 L8 6 L1 11 Z M8 1 L15 6 L8 11 Z",
        action: || FlashAction::TileBy(1),
    },
    Button {
        name: words::TO_END,
        path: "M12.4 1 H14 V11 H12.4 Z M2 1 L11 6 L2 11 Z",
        action: || FlashAction::GoTo(u64::MAX),
    },
];

/// The buttons, the clock and the range, of so many steps; `clock` says where it stands.
#[must_use]
pub fn transport(step: u64, n_steps: u64, is_playing: bool, clock: String) -> Element {
    // With no step there is nothing to play.
    let is_idle = n_steps == 0;
    let button = |(at, button): (usize, &Button)| {
        let is_play = at == PLAY;
        let (name, path) = match is_play && is_playing {
            true => (words::PAUSE, PAUSE_PATH),
            false => (button.name, button.path),
        };
        let icon = el("svg").set("viewBox", "0 0 16 12");
        let icon = icon.set("width", "16").set("height", "12");
        let icon = icon.set("aria-hidden", "true");
        el("button")
            .set("type", "button")
            .class("button")
            .class_if("play", is_play)
            .set("aria-label", name)
            .set("title", name)
            .set_if("disabled", is_idle)
            .target(BUTTON, at)
            .add(icon.add(el("path").set("d", path)))
    };
    let scrub = el("input")
        .set("type", "range")
        .set("min", "0")
        .set("max", n_steps.to_string())
        .set("value", step.to_string())
        .set("aria-label", words::SCRUB)
        .set("aria-valuetext", clock.clone())
        .set_if("disabled", is_idle)
        .target(SCRUB, 0);
    el("div")
        .class("transport")
        .set("role", "group")
        .set("aria-label", words::TRANSPORT)
        .all(BUTTONS.iter().enumerate().map(button))
        .add(el("span").class("number clock").add(clock))
        .add(scrub)
}

/// What a gesture at the transport does. The range moves itself by its own keys, and a
/// button is clicked by them.
#[must_use]
pub fn on_gesture(gesture: &Gesture) -> Option<FlashAction> {
    match gesture.kind {
        GestureKind::Click => {
            let button = BUTTONS.get(gesture.at(BUTTON)?)?;
            Some((button.action)())
        }
        GestureKind::Input => {
            gesture.at(SCRUB)?;
            gesture.value.parse().ok().map(FlashAction::GoTo)
        }
        _ => None,
    }
}

/// What a key does that nothing else wants: space, arrows, Home and End.
#[must_use]
pub fn on_key(key: &str, is_shifted: bool) -> Option<FlashAction> {
    Some(match key {
        " " => FlashAction::TogglePlay,
        "ArrowRight" if is_shifted => FlashAction::TileBy(1),
        "ArrowLeft" if is_shifted => FlashAction::TileBy(-1),
        "ArrowRight" => FlashAction::StepBy(1),
        "ArrowLeft" => FlashAction::StepBy(-1),
        "Home" => FlashAction::GoTo(0),
        "End" => FlashAction::GoTo(u64::MAX),
        _ => return None,
    })
}

/// Whether a key means something to the part of the transport that has the focus: all to
/// the range, those that press it to a button.
#[must_use]
pub fn has_own(gesture: &Gesture) -> bool {
    let presses = matches!(gesture.value.as_str(), " " | "Enter");
    gesture.at(SCRUB).is_some() || (gesture.at(BUTTON).is_some() && presses)
}

#[cfg(test)]
mod tests {
    use headlight_figure::Target;

    use super::*;

    fn at(kind: GestureKind, what: &'static str, at: usize, value: &str) -> Gesture {
        let mut gesture = Gesture::new(kind);
        gesture.target = Some(Target { what, at });
        value.clone_into(&mut gesture.value);
        gesture
    }

    #[test]
    fn a_button_does_what_it_is_called_and_the_range_goes_where_it_was_moved() {
        let click = |index| on_gesture(&at(GestureKind::Click, BUTTON, index, ""));
        assert_eq!(click(PLAY), Some(FlashAction::TogglePlay));
        assert_eq!(click(0), Some(FlashAction::GoTo(0)));
        assert_eq!(click(BUTTONS.len()), None);
        let moved = |value| on_gesture(&at(GestureKind::Input, SCRUB, 0, value));
        assert_eq!(moved("17"), Some(FlashAction::GoTo(17)));
        assert_eq!(moved("far"), None);
        assert_eq!(on_gesture(&at(GestureKind::Key, BUTTON, 0, "Enter")), None);
    }

    #[test]
    fn the_button_that_plays_pauses_while_it_plays() {
        let name = |is_playing| {
            let drawn = transport(3, 9, is_playing, String::new());
            let headlight_figure::Node::Element(button) = drawn.children[PLAY].clone() else {
                panic!("no button");
            };
            button.get("aria-label").cloned()
        };
        let text = |name: &'static str| Some(headlight_figure::Value::Text(name.into()));
        assert_eq!(name(false), text(words::PLAY));
        assert_eq!(name(true), text(words::PAUSE));
    }

    #[test]
    fn without_steps_nothing_can_be_pressed() {
        let drawn = transport(0, 0, false, String::new());
        let disabled = drawn.children.iter().filter(|child| {
            matches!(child, headlight_figure::Node::Element(it) if it.get("disabled").is_some())
        });
        assert_eq!(disabled.count(), BUTTONS.len() + 1);
    }
}
