//! Parts of the document as they are: elements, texts, what effects draw, and the
//! listeners and effects that end with them.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::reactive::effect::RenderEffect;
use leptos::tachys::view::Mountable;
use leptos::tachys::view::any_view::AnyViewState;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::element::{Attribute, Handler, Kind, Text};

/// A part of the document as it is; its effects and listeners end with it.
pub(super) struct Mounted {
    /// The part itself; of a view the place behind it.
    pub(super) dom: web_sys::Node,
    pub(super) kind: MountedKind,
}

/// The kinds of parts, and what is kept of each to change it.
pub(super) enum MountedKind {
    Text(Text),
    Element {
        tag: &'static str,
        key: u64,
        attributes: Vec<Attribute>,
        listeners: Vec<Listener>,
        children: Vec<Mounted>,
    },
    Reactive(Reactive),
    View(RefCell<AnyViewState>),
}

/// What an effect draws.
pub(super) struct Reactive {
    pub(super) inner: Rc<RefCell<Option<Mounted>>>,
    /// Local for as long as it should run.
    pub(super) _effect: RenderEffect<()>,
}

impl Drop for Reactive {
    /// An effect that is dropped keeps its function for a moment longer, and with it what
    /// is drawn inside: effects that would still run, and read what is gone.
    fn drop(&mut self) {
        if let Ok(mut inner) = self.inner.try_borrow_mut() {
            inner.take();
        }
    }
}

/// A listener whose handler is the one that was drawn last.
pub(super) struct Listener {
    pub(super) name: &'static str,
    pub(super) handler: Rc<RefCell<Handler>>,
    /// The document calls it for as long as it is held.
    _closure: Closure<dyn Fn(web_sys::Event)>,
}

impl Mounted {
    /// Comes to stand in `parent`, in front of `next` or last.
    pub(super) fn mount(&self, parent: &web_sys::Node, next: Option<&web_sys::Node>) {
        // Refused only where `next` is no child of `parent`, which it is.
        drop(parent.insert_before(&self.dom, next));
        match &self.kind {
            MountedKind::Text(_) | MountedKind::Element { .. } => {}
            MountedKind::Reactive(Reactive { inner, .. }) => {
                if let Some(inner) = inner.borrow().as_ref() {
                    inner.mount(parent, Some(&self.dom));
                }
            }
            MountedKind::View(state) => {
                let parent: &web_sys::Element = parent.unchecked_ref();
                state.borrow_mut().mount(parent, Some(&self.dom));
            }
        }
    }

    /// Goes out of the document.
    pub(super) fn unmount(&self) {
        match &self.kind {
            MountedKind::Text(_) | MountedKind::Element { .. } => {}
            MountedKind::Reactive(Reactive { inner, .. }) => {
                if let Some(inner) = inner.borrow().as_ref() {
                    inner.unmount();
                }
            }
            MountedKind::View(state) => state.borrow_mut().unmount(),
        }
        if let Some(parent) = self.dom.parent_node() {
            drop(parent.remove_child(&self.dom));
        }
    }

    /// Puts something in front of it; false if it stands nowhere.
    pub(super) fn insert_before(&self, other: &mut dyn Mountable) -> bool {
        match &self.kind {
            MountedKind::Text(_) | MountedKind::Element { .. } => {}
            MountedKind::Reactive(Reactive { inner, .. }) => {
                let inner = inner.borrow();
                return inner
                    .as_ref()
                    .is_some_and(|inner| inner.insert_before(other));
            }
            MountedKind::View(state) => {
                if state.borrow().insert_before_this(other) {
                    return true;
                }
            }
        }
        let parent = self.dom.parent_element();
        if let Some(parent) = &parent {
            other.mount(parent, Some(&self.dom));
        }
        parent.is_some()
    }
}

impl Listener {
    /// Calls the handler that was drawn last, whenever the element is told of the event.
    pub(super) fn new(element: &web_sys::Element, name: &'static str, handler: Handler) -> Self {
        let handler = Rc::new(RefCell::new(handler));
        let newest = Rc::clone(&handler);
        let closure = Closure::new(move |event: web_sys::Event| {
            // Given back before it acts: what it does may draw another.
            let act = Rc::clone(&newest.borrow());
            act(&event);
        });
        let listener = AsRef::<JsValue>::as_ref(&closure).unchecked_ref();
        // Fails for no name of an event.
        drop(element.add_event_listener_with_callback(name, listener));
        Self {
            name,
            handler,
            _closure: closure,
        }
    }
}

impl Attribute {
    /// Writes it into the element.
    pub(super) fn put(&self, element: &web_sys::Element) {
        match self.kind {
            // Fails only for names that are no attribute names.
            Kind::Attribute => drop(element.set_attribute(self.name, &self.value)),
            Kind::Style => drop(style_of(element).set_property(self.name, &self.value)),
            Kind::Property => put_property(element, self.name, &JsValue::from_str(&self.value)),
            Kind::Flag => {
                let is_on = JsValue::from_bool(!self.value.is_empty());
                put_property(element, self.name, &is_on);
            }
        }
    }

    /// Takes it off the element. A property stays what it was: there is no such thing as none.
    pub(super) fn take(&self, element: &web_sys::Element) {
        match self.kind {
            Kind::Attribute => drop(element.remove_attribute(self.name)),
            Kind::Style => drop(style_of(element).remove_property(self.name)),
            Kind::Property | Kind::Flag => {}
        }
    }
}

/// A visitor may have changed it since it was drawn, so it is compared with what is there.
fn put_property(element: &web_sys::Element, name: &str, value: &JsValue) {
    let name = JsValue::from_str(name);
    if js_sys::Reflect::get(element, &name).as_ref() != Ok(value) {
        drop(js_sys::Reflect::set(element, &name, value));
    }
}

/// Elements of SVG have one as well.
fn style_of(element: &web_sys::Element) -> web_sys::CssStyleDeclaration {
    element.unchecked_ref::<web_sys::HtmlElement>().style()
}
