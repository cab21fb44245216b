//! Changes the document until it is what was drawn, and no more than that: an element
//! that stays keeps the focus, its scrolling and what was chosen in it.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::reactive::effect::RenderEffect;
use leptos::reactive::owner::Owner;
use leptos::tachys::view::Mountable;
use leptos::tachys::view::any_view::AnyViewState;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::{Attribute, Element, Handler, Kind, Node, Text};

/// The namespace of what is drawn inside `svg`.
const SVG: &str = "http://www.w3.org/2000/svg";

/// Makes and changes parts of the document.
#[derive(Clone)]
pub(crate) struct Pen {
    /// Whose contexts views and effects find. Not that of the effect that happens to draw
    /// them: its next run would end them.
    owner: Owner,
    is_svg: bool,
}

/// A part of the document as it is; its effects and listeners end with it.
pub(crate) struct Live {
    /// The part itself; of a view the place behind it.
    dom: web_sys::Node,
    what: What,
}

enum What {
    Text(Text),
    Element {
        tag: &'static str,
        key: u64,
        attributes: Vec<Attribute>,
        ears: Vec<Ear>,
        children: Vec<Live>,
    },
    Followed(Follower),
    View(RefCell<AnyViewState>),
}

/// What an effect draws.
struct Follower {
    inner: Rc<RefCell<Option<Live>>>,
    /// Held for as long as it should run.
    _effect: RenderEffect<()>,
}

impl Drop for Follower {
    /// An effect that is dropped keeps its function for a moment longer, and with it what
    /// is drawn inside: effects that would still run, and read what is gone.
    fn drop(&mut self) {
        if let Ok(mut inner) = self.inner.try_borrow_mut() {
            inner.take();
        }
    }
}

/// A listener whose handler is the one that was drawn last.
struct Ear {
    name: &'static str,
    handler: Rc<RefCell<Handler>>,
    /// The document calls it for as long as it is held.
    _closure: Closure<dyn Fn(web_sys::Event)>,
}

impl Pen {
    /// For what the current owner draws, outside of `svg`.
    pub(crate) fn new() -> Self {
        Self {
            owner: Owner::current().unwrap_or_default(),
            is_svg: false,
        }
    }

    /// Makes what was drawn; it stands nowhere yet.
    pub(crate) fn make(&self, node: Node) -> Live {
        match node {
            Node::Text(text) => Live {
                dom: document().create_text_node(&text).into(),
                what: What::Text(text),
            },
            Node::Element(element) => self.make_element(*element),
            Node::Followed(of) => self.make_followed(of),
            Node::View(of) => {
                let view = self.owner.with(|| untrack(|| of()));
                Live {
                    dom: document().create_text_node("").into(),
                    what: What::View(RefCell::new(view.build())),
                }
            }
        }
    }

    fn make_element(&self, drawn: Element) -> Live {
        let pen = self.inside(drawn.tag);
        let namespace = if pen.is_svg { Some(SVG) } else { None };
        let element = match namespace {
            Some(_) => document().create_element_ns(namespace, drawn.tag),
            None => document().create_element(drawn.tag),
        }
        .expect("tags are names of elements");
        let ears = drawn.handlers.into_iter();
        let ears = ears.map(|(name, handler)| Ear::new(&element, name, handler));
        let ears = ears.collect();
        let children = drawn.children.into_iter().map(|child| {
            let child = pen.make(child);
            child.enter(&element, None);
            child
        });
        let children = children.collect();
        for attribute in &drawn.attributes {
            attribute.put(&element);
        }
        if let Some(when_made) = drawn.when_made {
            when_made(&element);
        }
        Live {
            dom: element.into(),
            what: What::Element {
                tag: drawn.tag,
                key: drawn.key,
                attributes: drawn.attributes,
                ears,
                children,
            },
        }
    }

    fn make_followed(&self, of: Rc<dyn Fn() -> Node>) -> Live {
        let inner = Rc::new(RefCell::new(None));
        let (pen, drawn) = (self.clone(), Rc::clone(&inner));
        let run = move |_| {
            let node = of();
            untrack(|| {
                let mut drawn = drawn.borrow_mut();
                match drawn.as_mut() {
                    Some(live) => pen.bring(live, node),
                    None => *drawn = Some(pen.make(node)),
                }
            });
        };
        let effect = self.owner.with(|| RenderEffect::new(run));
        Live {
            dom: document().create_text_node("").into(),
            what: What::Followed(Follower {
                inner,
                _effect: effect,
            }),
        }
    }

    /// The pen for what is inside of such an element, and for itself.
    fn inside(&self, tag: &str) -> Self {
        Self {
            owner: self.owner.clone(),
            is_svg: self.is_svg || tag == "svg",
        }
    }

    /// Changes what is there until it is `node`.
    pub(crate) fn bring(&self, live: &mut Live, node: Node) {
        let node = match (&mut live.what, node) {
            (What::Text(old), Node::Text(new)) => {
                if *old != new {
                    live.dom.set_node_value(Some(&new));
                    *old = new;
                }
                return;
            }
            (What::Followed(_), Node::Followed(_)) | (What::View(_), Node::View(_)) => return,
            (What::Element { tag, key, ears, .. }, Node::Element(new))
                if *tag == new.tag && *key == new.key && hears_the_same(ears, &new) =>
            {
                return self.bring_element(live, *new);
            }
            (_, node) => node,
        };
        let new = self.make(node);
        if let Some(parent) = live.dom.parent_node() {
            new.enter(&parent, Some(&live.dom));
        }
        live.leave();
        *live = new;
    }

    fn bring_element(&self, live: &mut Live, new: Element) {
        let What::Element {
            attributes,
            ears,
            children,
            ..
        } = &mut live.what
        else {
            return;
        };
        let element: &web_sys::Element = live.dom.unchecked_ref();
        for (ear, (_, handler)) in ears.iter().zip(new.handlers) {
            ear.handler.replace(handler);
        }
        let pen = self.inside(new.tag);
        for gone in children.drain(new.children.len().min(children.len())..) {
            gone.leave();
        }
        let mut rest = new.children.into_iter();
        for (child, node) in children.iter_mut().zip(rest.by_ref()) {
            pen.bring(child, node);
        }
        for node in rest {
            let child = pen.make(node);
            child.enter(element, None);
            children.push(child);
        }
        // After what is inside: a list can only choose an option that is there.
        for attribute in &new.attributes {
            let is_kept = matches!(attribute.kind, Kind::Attribute | Kind::Style);
            if !(is_kept && attributes.contains(attribute)) {
                attribute.put(element);
            }
        }
        for old in attributes.iter() {
            let is_named = |new: &Attribute| new.kind == old.kind && new.name == old.name;
            if !new.attributes.iter().any(is_named) {
                old.take(element);
            }
        }
        *attributes = new.attributes;
    }
}

fn hears_the_same(ears: &[Ear], new: &Element) -> bool {
    let names = new.handlers.iter().map(|(name, _)| *name);
    ears.iter().map(|ear| ear.name).eq(names)
}

impl Live {
    /// Comes to stand in `parent`, in front of `next` or last.
    pub(crate) fn enter(&self, parent: &web_sys::Node, next: Option<&web_sys::Node>) {
        // Refused only where `next` is no child of `parent`, which it is.
        drop(parent.insert_before(&self.dom, next));
        match &self.what {
            What::Text(_) | What::Element { .. } => {}
            What::Followed(Follower { inner, .. }) => {
                if let Some(inner) = inner.borrow().as_ref() {
                    inner.enter(parent, Some(&self.dom));
                }
            }
            What::View(state) => {
                let parent: &web_sys::Element = parent.unchecked_ref();
                state.borrow_mut().mount(parent, Some(&self.dom));
            }
        }
    }

    /// Goes out of the document.
    pub(crate) fn leave(&self) {
        match &self.what {
            What::Text(_) | What::Element { .. } => {}
            What::Followed(Follower { inner, .. }) => {
                if let Some(inner) = inner.borrow().as_ref() {
                    inner.leave();
                }
            }
            What::View(state) => state.borrow_mut().unmount(),
        }
        if let Some(parent) = self.dom.parent_node() {
            drop(parent.remove_child(&self.dom));
        }
    }
}

impl Live {
    /// Puts something in front of it; false if it stands nowhere.
    pub(crate) fn put_in_front(&self, other: &mut dyn Mountable) -> bool {
        match &self.what {
            What::Text(_) | What::Element { .. } => {}
            What::Followed(Follower { inner, .. }) => {
                let inner = inner.borrow();
                return inner
                    .as_ref()
                    .is_some_and(|inner| inner.put_in_front(other));
            }
            What::View(state) => {
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

impl Ear {
    fn new(element: &web_sys::Element, name: &'static str, handler: Handler) -> Self {
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
    fn put(&self, element: &web_sys::Element) {
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

    /// A property stays what it was: there is no such thing as none.
    fn take(&self, element: &web_sys::Element) {
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
