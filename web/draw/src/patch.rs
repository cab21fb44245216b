//! The document brought in line with a part of a drawing, and no more than that: an
//! element that stays keeps the focus and its scrolling.

use headlight_figure::theme::hex;
use headlight_figure::{Attribute, Element, Target, Text, Theme, Value, decimal};
use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlInputElement, Node};

use crate::layers::{ChildOf, Part};
use crate::target_names;

/// Namespace of the elements of a drawing.
const SVG: &str = "http://www.w3.org/2000/svg";

/// Makes and changes parts of the document.
#[derive(Clone, Copy)]
pub(crate) struct Patcher<'d> {
    pub(crate) document: &'d Document,
    pub(crate) theme: &'d Theme,
    /// Whether colours are other ones than those that were written.
    pub(crate) is_new_theme: bool,
    /// Whether elements are of SVG, not of HTML.
    pub(crate) is_svg: bool,
}

/// A text or an element as it stands in the document.
#[derive(Debug)]
pub(crate) enum Mounted {
    /// A text; the empty one is nothing.
    Text(Node, String),
    /// An element.
    Element(MountedElement),
}

/// An element in the document, and what was written into it.
#[derive(Debug)]
pub(crate) struct MountedElement {
    pub(crate) dom: web_sys::Element,
    tag: &'static str,
    key: u64,
    class: Text,
    attributes: Vec<Attribute>,
    target: Option<Target>,
    children: Vec<Mounted>,
}

impl Mounted {
    fn node(&self) -> &Node {
        match self {
            Self::Text(node, _) => node,
            Self::Element(element) => &element.dom,
        }
    }
}

impl Patcher<'_> {
    /// Makes an element that holds a layer of SVG.
    pub(crate) fn make_svg(&self) -> web_sys::Element {
        let made = self.document.create_element_ns(Some(SVG), "svg");
        made.expect("a name of an element")
    }

    /// What makes and changes what is inside of an element, and the element itself.
    fn inside(self, tag: &str) -> Self {
        Self {
            is_svg: self.is_svg || tag == "svg",
            ..self
        }
    }

    /// Makes an element with all that is in it; it stands nowhere yet.
    pub(crate) fn make(&self, part: &Part<'_>) -> MountedElement {
        let Element { tag, key, .. } = *part.element;
        let dom = if self.inside(tag).is_svg {
            self.document.create_element_ns(Some(SVG), tag)
        } else {
            self.document.create_element(tag)
        };
        let mut made = MountedElement {
            dom: dom.expect("tags are names of elements"),
            tag,
            key,
            class: Text::Borrowed(""),
            attributes: Vec::new(),
            target: None,
            children: Vec::new(),
        };
        self.patch(&mut made, part);
        made
    }

    /// Whether an element can become what is drawn, or must be another one.
    pub(crate) fn is_same(mounted: &MountedElement, element: &Element) -> bool {
        mounted.tag == element.tag && mounted.key == element.key
    }

    /// Changes an element, which [`Patcher::is_same`], until it is what is drawn.
    pub(crate) fn patch(&self, mounted: &mut MountedElement, part: &Part<'_>) {
        let (patcher, mut n_children) = (self.inside(mounted.tag), 0);
        part.for_each_child(|child| {
            patcher.patch_child(mounted, n_children, child);
            n_children += 1;
        });
        for gone in mounted.children.drain(n_children..) {
            remove(gone.node());
        }
        let drawn = part.element;
        if mounted.class != drawn.class {
            write(&mounted.dom, "class", &drawn.class);
            mounted.class = drawn.class.clone();
        }
        if mounted.target != drawn.target {
            match drawn.target {
                Some(target) => {
                    target_names::remember(target.what);
                    write(&mounted.dom, "data-target", &target.to_string());
                }
                None => erase(&mounted.dom, "data-target"),
            }
            mounted.target = drawn.target;
        }
        self.patch_attributes(mounted, drawn);
    }

    fn patch_child(&self, parent: &mut MountedElement, at: usize, child: ChildOf<'_, '_>) {
        match (parent.children.get_mut(at), &child) {
            (Some(Mounted::Text(node, old)), ChildOf::Text(new)) => {
                if old != new {
                    node.set_node_value(Some(new));
                    (*new).clone_into(old);
                }
                return;
            }
            (Some(Mounted::Element(old)), ChildOf::Part(new))
                if Self::is_same(old, new.element) =>
            {
                self.patch(old, new);
                return;
            }
            _ => {}
        }
        let made = match child {
            ChildOf::Text(text) => {
                let node = self.document.create_text_node(text);
                Mounted::Text(node.into(), text.to_owned())
            }
            ChildOf::Part(part) => Mounted::Element(self.make(part)),
        };
        match parent.children.get_mut(at) {
            Some(old) => {
                drop(parent.dom.replace_child(made.node(), old.node()));
                *old = made;
            }
            None => {
                drop(parent.dom.append_child(made.node()));
                parent.children.push(made);
            }
        }
    }

    fn patch_attributes(&self, mounted: &mut MountedElement, drawn: &Element) {
        if mounted.attributes == drawn.attributes && !self.is_new_theme {
            return;
        }
        for new in &drawn.attributes {
            let is_coloured = matches!(new.value, Value::Shade(_)) && self.is_new_theme;
            if is_coloured || !mounted.attributes.contains(new) {
                self.put(&mounted.dom, new);
            }
        }
        for old in &mounted.attributes {
            if drawn.get(old.name).is_none() {
                erase(&mounted.dom, old.name);
            }
        }
        mounted.attributes.clone_from(&drawn.attributes);
    }

    fn put(&self, dom: &web_sys::Element, attribute: &Attribute) {
        match &attribute.value {
            Value::Text(text) => {
                // What a visitor moved no longer follows the attribute.
                if let (Some(field), "value") = (dom.dyn_ref::<HtmlInputElement>(), attribute.name)
                {
                    field.set_value(text);
                }
                write(dom, attribute.name, text);
            }
            Value::Tenths(tenths) => write(dom, attribute.name, &decimal(*tenths)),
            Value::Shade(shade) => write(dom, attribute.name, &hex(shade.rgb(self.theme))),
        }
    }
}

/// Takes a node out of the document.
pub(crate) fn remove(node: &Node) {
    if let Some(parent) = node.parent_node() {
        drop(parent.remove_child(node));
    }
}

fn write(dom: &web_sys::Element, name: &str, value: &str) {
    // Fails only for names that are no attribute names.
    drop(dom.set_attribute(name, value));
}

fn erase(dom: &web_sys::Element, name: &str) {
    drop(dom.remove_attribute(name));
}
