//! Changes the document until it is what was drawn, and no more than that: an element
//! that stays keeps the focus, its scrolling and what was chosen in it.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::reactive::effect::RenderEffect;
use leptos::reactive::owner::Owner;
use wasm_bindgen::JsCast;

use super::element::{Attribute, Element, Kind, Node};
use super::mounted::{Listener, Mounted, MountedKind, Reactive};

/// The namespace of what is drawn inside `svg`.
const SVG: &str = "http://www.w3.org/2000/svg";

/// Makes and changes parts of the document.
#[derive(Clone)]
pub(super) struct Patcher {
    /// Whose contexts views and effects find. Not that of the effect that happens to draw
    /// them: its next run would end them.
    owner: Owner,
    is_svg: bool,
}

impl Patcher {
    /// For what the current owner draws, outside of `svg`.
    pub(super) fn new() -> Self {
        Self {
            owner: Owner::current().unwrap_or_default(),
            is_svg: false,
        }
    }

    /// Makes what was drawn; it stands nowhere yet.
    pub(super) fn make(&self, node: Node) -> Mounted {
        match node {
            Node::Text(text) => Mounted {
                dom: document().create_text_node(&text).into(),
                kind: MountedKind::Text(text),
            },
            Node::Element(element) => self.make_element(*element),
            Node::Reactive(of) => self.make_reactive(of),
            Node::View(of) => {
                let view = self.owner.with(|| untrack(|| of()));
                Mounted {
                    dom: document().create_text_node("").into(),
                    kind: MountedKind::View(RefCell::new(view.build())),
                }
            }
        }
    }

    fn make_element(&self, drawn: Element) -> Mounted {
        let patcher = self.inside(drawn.tag);
        let namespace = if patcher.is_svg { Some(SVG) } else { None };
        let element = match namespace {
            Some(_) => document().create_element_ns(namespace, drawn.tag),
            None => document().create_element(drawn.tag),
        }
        .expect("tags are names of elements");
        let listeners = drawn.handlers.into_iter();
        let listeners = listeners.map(|(name, handler)| Listener::new(&element, name, handler));
        let listeners = listeners.collect();
        let children = drawn.children.into_iter().map(|child| {
            let child = patcher.make(child);
            child.mount(&element, None);
            child
        });
        let children = children.collect();
        for attribute in &drawn.attributes {
            attribute.put(&element);
        }
        if let Some(on_create) = drawn.on_create {
            on_create(&element);
        }
        Mounted {
            dom: element.into(),
            kind: MountedKind::Element {
                tag: drawn.tag,
                key: drawn.key,
                attributes: drawn.attributes,
                listeners,
                children,
            },
        }
    }

    fn make_reactive(&self, of: Rc<dyn Fn() -> Node>) -> Mounted {
        let inner = Rc::new(RefCell::new(None));
        let (patcher, drawn) = (self.clone(), Rc::clone(&inner));
        let run = move |_| {
            let node = of();
            untrack(|| {
                let mut drawn = drawn.borrow_mut();
                match drawn.as_mut() {
                    Some(mounted) => patcher.patch(mounted, node),
                    None => *drawn = Some(patcher.make(node)),
                }
            });
        };
        let effect = self.owner.with(|| RenderEffect::new(run));
        Mounted {
            dom: document().create_text_node("").into(),
            kind: MountedKind::Reactive(Reactive {
                inner,
                _effect: effect,
            }),
        }
    }

    /// The patcher for what is inside of such an element, and for itself.
    fn inside(&self, tag: &str) -> Self {
        Self {
            owner: self.owner.clone(),
            is_svg: self.is_svg || tag == "svg",
        }
    }

    /// Changes what is there until it is `node`.
    pub(super) fn patch(&self, mounted: &mut Mounted, node: Node) {
        let node = match (&mut mounted.kind, node) {
            (MountedKind::Text(old), Node::Text(new)) => {
                if *old != new {
                    mounted.dom.set_node_value(Some(&new));
                    *old = new;
                }
                return;
            }
            (MountedKind::Reactive(_), Node::Reactive(_))
            | (MountedKind::View(_), Node::View(_)) => return,
            (
                MountedKind::Element {
                    tag,
                    key,
                    listeners,
                    ..
                },
                Node::Element(new),
            ) if *tag == new.tag && *key == new.key && hears_the_same(listeners, &new) => {
                return self.patch_element(mounted, *new);
            }
            (_, node) => node,
        };
        let new = self.make(node);
        if let Some(parent) = mounted.dom.parent_node() {
            new.mount(&parent, Some(&mounted.dom));
        }
        mounted.unmount();
        *mounted = new;
    }

    fn patch_element(&self, mounted: &mut Mounted, new: Element) {
        let MountedKind::Element {
            attributes,
            listeners,
            children,
            ..
        } = &mut mounted.kind
        else {
            return;
        };
        let element: &web_sys::Element = mounted.dom.unchecked_ref();
        for (listener, (_, handler)) in listeners.iter().zip(new.handlers) {
            listener.handler.replace(handler);
        }
        let patcher = self.inside(new.tag);
        for gone in children.drain(new.children.len().min(children.len())..) {
            gone.unmount();
        }
        let mut rest = new.children.into_iter();
        for (child, node) in children.iter_mut().zip(rest.by_ref()) {
            patcher.patch(child, node);
        }
        for node in rest {
            let child = patcher.make(node);
            child.mount(element, None);
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

fn hears_the_same(listeners: &[Listener], new: &Element) -> bool {
    let names = new.handlers.iter().map(|(name, _)| *name);
    listeners.iter().map(|listener| listener.name).eq(names)
}
