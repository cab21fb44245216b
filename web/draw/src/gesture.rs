//! What a visitor does to a figure, read off the document's events: listeners at the
//! figure's root, so that a part of it needs no more than a target.

use std::cell::Cell;
use std::rc::Rc;

use headlight_figure::{Gesture, GestureKind, Target, cell_at};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{
    Element, Event, HtmlCanvasElement, HtmlElement, HtmlInputElement, KeyboardEvent, MouseEvent,
    PointerEvent, WheelEvent,
};

use crate::target_names::target;

/// Pixels that a pointer may move and still click.
const CLICK_PX: f64 = 4.0;
/// Parts at which Tab stops.
const STOP: &str = "[data-target][tabindex='0']";

/// Listens to a figure until it is dropped.
#[derive(Debug)]
pub struct Listening {
    root: Element,
    closures: Vec<(&'static str, OnEvent)>,
}

type OnEvent = Closure<dyn Fn(Event)>;

/// Makes gestures of the events at a figure's root and hands them to a function.
///
/// It says whether it did something: then the document does not do its own thing, and the
/// keyboard's focus goes to the part that is now to have it.
#[must_use]
pub fn listen(root: &Element, act: impl Fn(Gesture) -> bool + 'static) -> Listening {
    let listener = Listener {
        act: Rc::new(act),
        press: Rc::default(),
    };
    type Hear = fn(&Listener, &Event);
    let heard: [(&'static str, Hear); 10] = [
        ("pointerdown", Listener::on_down),
        ("pointermove", Listener::on_move),
        ("pointerup", Listener::on_up),
        ("pointercancel", Listener::on_cancel),
        ("pointerleave", Listener::on_leave),
        ("click", Listener::on_click),
        ("dblclick", Listener::on_double_click),
        ("wheel", Listener::on_wheel),
        ("keydown", Listener::on_key),
        ("input", Listener::on_input),
    ];
    let closures = heard.map(|(name, hear)| {
        let listener = listener.clone();
        let closure = Closure::new(move |event: Event| hear(&listener, &event));
        // Fails for no name of an event.
        drop(root.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref()));
        (name, closure)
    });
    Listening {
        root: root.clone(),
        closures: closures.into(),
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        for (name, closure) in &self.closures {
            let listener = closure.as_ref().unchecked_ref();
            drop(
                self.root
                    .remove_event_listener_with_callback(name, listener),
            );
        }
    }
}

#[derive(Clone)]
struct Listener {
    act: Rc<dyn Fn(Gesture) -> bool>,
    press: Rc<Cell<Option<Press>>>,
}

/// A pointer that is pressed.
#[derive(Clone, Copy)]
struct Press {
    from: (f64, f64),
    target: Option<Target>,
    is_drag: bool,
}

impl Listener {
    fn on_down(&self, event: &Event) {
        let event: &PointerEvent = event.unchecked_ref();
        if event.button() != 0 {
            return;
        }
        let gesture = pointed(event, GestureKind::Down);
        self.press.set(Some(Press {
            from: (gesture.x, gesture.y),
            target: gesture.target,
            is_drag: false,
        }));
        if (self.act)(gesture) {
            event.prevent_default();
            capture(event);
        }
    }

    fn on_move(&self, event: &Event) {
        let event: &PointerEvent = event.unchecked_ref();
        if event.buttons() == 0 {
            // It may have been let go where the figure could not hear it.
            self.press.set(None);
        }
        let Some(mut press) = self.press.get() else {
            (self.act)(pointed(event, GestureKind::Over));
            return;
        };
        let mut gesture = pointed(event, GestureKind::Drag);
        let (x, y) = (gesture.x - press.from.0, gesture.y - press.from.1);
        if !press.is_drag && x.abs().max(y.abs()) <= CLICK_PX {
            return;
        }
        let is_first = !press.is_drag;
        press.is_drag = true;
        self.press.set(Some(press));
        (gesture.target, gesture.from) = (press.target, press.from);
        if (self.act)(gesture) && is_first {
            capture(event);
        }
    }

    fn on_up(&self, event: &Event) {
        let Some(press) = self.press.take() else {
            return;
        };
        let mut gesture = pointed(
            event.unchecked_ref(),
            if press.is_drag {
                GestureKind::Up
            } else {
                GestureKind::Click
            },
        );
        (gesture.target, gesture.from) = (press.target, press.from);
        (self.act)(gesture);
    }

    fn on_cancel(&self, event: &Event) {
        if self.press.take().is_some() {
            (self.act)(pointed(event.unchecked_ref(), GestureKind::Up));
        }
    }

    fn on_leave(&self, event: &Event) {
        if self.press.get().is_none() {
            (self.act)(pointed(event.unchecked_ref(), GestureKind::Leave));
        }
    }

    /// A pointer's click was heard when it was let go; keys and readers click without one.
    fn on_click(&self, event: &Event) {
        let event: &MouseEvent = event.unchecked_ref();
        if event.detail() == 0 {
            (self.act)(pointed(event, GestureKind::Click));
        }
    }

    fn on_double_click(&self, event: &Event) {
        (self.act)(pointed(event.unchecked_ref(), GestureKind::DoubleClick));
    }

    fn on_wheel(&self, event: &Event) {
        let event: &WheelEvent = event.unchecked_ref();
        // Without a modifier the wheel scrolls the page, as everywhere.
        if !event.ctrl_key() && !event.meta_key() {
            return;
        }
        let mut gesture = pointed(event, GestureKind::Wheel);
        gesture.wheel = event.delta_y();
        if (self.act)(gesture) {
            event.prevent_default();
        }
    }

    fn on_key(&self, event: &Event) {
        let key: &KeyboardEvent = event.unchecked_ref();
        if key.ctrl_key() || key.meta_key() || key.alt_key() {
            return;
        }
        let mut gesture = Gesture::new(GestureKind::Key);
        gesture.target = target_of(event).map(|(_, target)| target);
        gesture.value = key.key();
        gesture.is_extending = key.shift_key();
        if (self.act)(gesture) {
            event.prevent_default();
            focus_moves_with(event);
        }
    }

    fn on_input(&self, event: &Event) {
        let field = event.target().and_then(|it| it.dyn_into().ok());
        let Some(field): Option<HtmlInputElement> = field else {
            return;
        };
        let mut gesture = Gesture::new(GestureKind::Input);
        gesture.target = target_of(event).map(|(_, target)| target);
        gesture.value = field.value();
        (self.act)(gesture);
    }
}

/// A gesture of the pointer.
fn pointed(event: &MouseEvent, kind: GestureKind) -> Gesture {
    let mut gesture = Gesture::new(kind);
    let client = (f64::from(event.client_x()), f64::from(event.client_y()));
    let root = event.current_target();
    if let Some(root) = root.and_then(|root| root.dyn_into::<Element>().ok()) {
        let bounds = root.get_bounding_client_rect();
        (gesture.x, gesture.y) = (client.0 - bounds.left(), client.1 - bounds.top());
    }
    gesture.from = (gesture.x, gesture.y);
    gesture.is_extending = event.shift_key() || event.ctrl_key() || event.meta_key();
    if let Some((element, target)) = target_of(event) {
        gesture.target = Some(target);
        if let Ok(canvas) = element.dyn_into::<HtmlCanvasElement>() {
            let bounds = canvas.get_bounding_client_rect();
            let (width, height) = (canvas.width() as usize, canvas.height() as usize);
            gesture.row = cell_at(client.1, bounds.top(), bounds.height(), height);
            gesture.column = cell_at(client.0, bounds.left(), bounds.width(), width);
        }
    }
    gesture
}

/// The innermost part of the figure that an event is about.
fn target_of(event: &Event) -> Option<(Element, Target)> {
    let element = event.target()?.dyn_into::<Element>().ok()?;
    let found = element.closest("[data-target]").ok().flatten()?;
    let target = target(&found.get_attribute("data-target")?)?;
    Some((found, target))
}

/// Sends the pointer's further moves to the element that was pressed.
fn capture(event: &PointerEvent) {
    let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    if let Some(element) = target {
        // Refused for a pointer that is gone already; then there is nothing to follow.
        drop(element.set_pointer_capture(event.pointer_id()));
    }
}

/// Once the figure is drawn anew, the part that Tab now stops at has the focus.
fn focus_moves_with(event: &Event) {
    let Some(root) = event.current_target() else {
        return;
    };
    let root: Element = root.unchecked_into();
    let Some(window) = web_sys::window() else {
        return;
    };
    let then = Closure::once_into_js(move || {
        let focused = root.owner_document().and_then(|it| it.active_element());
        // A part at which Tab stops keeps it: a button that was pressed.
        let is_elsewhere = focused.is_some_and(|focused| {
            let is_inside = focused != root && root.contains(Some(&focused));
            is_inside && !focused.matches(STOP).unwrap_or(false)
        });
        let stop = root.query_selector(STOP);
        if let (true, Some(stop)) = (is_elsewhere, stop.ok().flatten()) {
            // What cannot have the focus leaves it where it was.
            drop(stop.unchecked_into::<HtmlElement>().focus());
        }
    });
    // Every window has timers.
    drop(window.set_timeout_with_callback(then.unchecked_ref()));
}
