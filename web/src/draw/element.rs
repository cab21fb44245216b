//! Elements as plain data: what a drawing is made of, and the words to make it with.

use std::borrow::Cow;
use std::rc::Rc;

use leptos::html::ElementType;
use leptos::prelude::*;
use leptos::tachys::html::node_ref::NodeRefContainer;
use wasm_bindgen::JsCast;

/// What stands in an attribute or a text.
pub type Text = Cow<'static, str>;

/// What an element does about an event.
pub(super) type Handler = Rc<dyn Fn(&web_sys::Event)>;

/// What is called with an element once it was made.
pub(super) type OnCreate = Rc<dyn Fn(&web_sys::Element)>;

/// A part of the document.
#[derive(Clone)]
pub enum Node {
    /// A text; the empty one is nothing.
    Text(Text),
    /// An element with all that is in it.
    Element(Box<Element>),
    /// What a function gives, anew whenever what that one reads changes. One in the place of
    /// another is taken for the same: what differs between them must be read inside.
    Reactive(Rc<dyn Fn() -> Self>),
    /// A view of Leptos, which follows by itself.
    View(Rc<dyn Fn() -> AnyView>),
}

impl Node {
    /// Nothing, in a place where something may come.
    pub const NOTHING: Self = Self::Text(Cow::Borrowed(""));
}

/// An element.
#[derive(Clone)]
pub struct Element {
    pub(super) tag: &'static str,
    /// An element of another key is another one, even in the same place.
    pub(super) key: u64,
    pub(super) attributes: Vec<Attribute>,
    pub(super) handlers: Vec<(&'static str, Handler)>,
    pub(super) children: Vec<Node>,
    pub(super) on_create: Option<OnCreate>,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) kind: Kind,
    pub(super) name: &'static str,
    pub(super) value: Text,
}

/// Where a value is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// In the document's text.
    Attribute,
    /// In the element's style; the policy of the page forbids it as text.
    Style,
    /// In the element itself, where what a visitor chose is kept as well.
    Property,
    /// In the element itself, as true or false.
    Flag,
}

/// An element with nothing in it.
pub fn el(tag: &'static str) -> Element {
    Element {
        tag,
        key: 0,
        attributes: Vec::new(),
        handlers: Vec::new(),
        children: Vec::new(),
        on_create: None,
    }
}

/// What `of` gives, anew whenever what it reads changes.
pub fn reactive(of: impl Fn() -> Node + 'static) -> Node {
    Node::Reactive(Rc::new(of))
}

/// A view of Leptos.
pub fn leptos(of: impl Fn() -> AnyView + 'static) -> Node {
    Node::View(Rc::new(of))
}

impl Element {
    /// An attribute.
    pub fn set(self, name: &'static str, value: impl Into<Text>) -> Self {
        self.with(Kind::Attribute, name, value.into())
    }

    /// An attribute that is there or not.
    pub fn set_if(self, name: &'static str, is_there: bool) -> Self {
        if is_there { self.set(name, "") } else { self }
    }

    /// The classes, with blanks between them.
    pub fn class(self, class: impl Into<Text>) -> Self {
        self.set("class", class)
    }

    /// A property of the style sheet.
    pub fn style(self, name: &'static str, value: impl Into<Text>) -> Self {
        self.with(Kind::Style, name, value.into())
    }

    /// A property of the style sheet that is a length in pixels.
    pub fn px(self, name: &'static str, px: f64) -> Self {
        let mut value = tenths(px);
        value.push_str("px");
        self.style(name, value)
    }

    /// What a field holds, or which of its options a list has chosen.
    pub fn value(self, value: impl Into<Text>) -> Self {
        self.with(Kind::Property, "value", value.into())
    }

    /// Whether a box is ticked.
    pub fn checked(self, is_checked: bool) -> Self {
        let value = if is_checked { "true" } else { "" };
        self.with(Kind::Flag, "checked", value.into())
    }

    fn with(mut self, kind: Kind, name: &'static str, value: Text) -> Self {
        self.attributes.push(Attribute { kind, name, value });
        self
    }

    /// An element of another key is another one, even in the same place.
    pub const fn key(mut self, key: u64) -> Self {
        self.key = key;
        self
    }

    /// Hears an event.
    pub fn on(mut self, name: &'static str, act: impl Fn(&web_sys::Event) + 'static) -> Self {
        self.handlers.push((name, Rc::new(act)));
        self
    }

    /// Hears that it is pressed.
    pub fn click(self, act: impl Fn() + 'static) -> Self {
        self.on("click", move |_| act())
    }

    /// Hears what a visitor chose or typed, when they are done.
    pub fn change(self, act: impl Fn(String) + 'static) -> Self {
        self.on("change", move |event| act(event_target_value(event)))
    }

    /// Hears what a visitor has typed so far, at each letter.
    pub fn input(self, act: impl Fn(String) + 'static) -> Self {
        self.on("input", move |event| act(event_target_value(event)))
    }

    /// One more part inside.
    pub fn add(mut self, child: impl Into<Node>) -> Self {
        self.children.push(child.into());
        self
    }

    /// More parts inside.
    pub fn all<N: Into<Node>>(mut self, children: impl IntoIterator<Item = N>) -> Self {
        for child in children {
            self.children.push(child.into());
        }
        self
    }

    /// Where this is set, the element is found.
    pub fn hold<E>(mut self, place: NodeRef<E>) -> Self
    where
        E: ElementType + 'static,
        E::Output: JsCast + Clone + 'static,
    {
        self.on_create = Some(Rc::new(move |element| {
            NodeRefContainer::<E>::load(place, element);
        }));
        self
    }
}

/// Tenths are enough for pixels.
fn tenths(px: f64) -> String {
    ((px * 10.0).round() / 10.0).to_string()
}

impl From<Element> for Node {
    fn from(element: Element) -> Self {
        Self::Element(Box::new(element))
    }
}

impl From<&'static str> for Node {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<Text> for Node {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

impl<N: Into<Self>> From<Option<N>> for Node {
    fn from(node: Option<N>) -> Self {
        node.map_or(Self::NOTHING, Into::into)
    }
}
