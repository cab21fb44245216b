//! Inert elements: what a figure draws, as plain data.
//!
//! Nothing here acts or listens. The page and the embed bring a document in line with
//! an element; a file writes it out; a test compares it. What can be pointed at says so
//! with a [`Target`], and what the visitor did to it comes back as a
//! [`Gesture`](crate::Gesture).

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use crate::pixels::Pixels;
use crate::shade::Shade;

/// Content of an attribute, a class or a text.
pub type Text = Cow<'static, str>;

/// A part of a drawing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Node {
    /// Characters, never markup; the empty text draws nothing.
    Text(Text),
    /// An element with all that is in it.
    Element(Box<Element>),
    /// A matrix of colours.
    Pixels(Box<Pixels>),
}

/// A tag with its class, its attributes and what is inside.
///
/// ```
/// use headlight_figure::el;
///
/// let bar = el("rect").at("x", 3.0).at("width", 40.04).class("mark-bar");
/// let drawing = el("g").add(bar.target("token", 7)).add(el("text").add("Lily"));
/// assert_eq!(drawing.children.len(), 2);
/// assert_eq!(drawing, drawing.clone());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Element {
    /// Name of the element, of SVG or, for what is operated, of HTML.
    pub tag: &'static str,
    /// Identity among siblings: an element of another key is a new one, even in the
    /// old one's place.
    pub key: u64,
    /// Classes with blanks between them; the style sheet knows their looks.
    pub class: Text,
    /// Attributes in the order in which they were set.
    pub attributes: Vec<Attribute>,
    /// Part of the figure that a visitor points at here.
    pub target: Option<Target>,
    /// Parts inside, from the back to the front.
    pub children: Vec<Node>,
}

/// A name and a value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Attribute {
    /// Name as the document spells it.
    pub name: &'static str,
    /// Value of the attribute.
    pub value: Value,
}

/// A value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Value {
    /// Any text.
    Text(Text),
    /// A length or place in tenths of a unit.
    Tenths(i64),
    /// A colour that depends on the theme.
    Shade(Shade),
}

/// A part of a figure that can be pointed at: which kind, and which one of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Target {
    /// Kind of part, as the figure's room names it.
    pub what: &'static str,
    /// Index among its kind.
    pub at: usize,
}

impl Node {
    /// Nothing, in a place where something may come.
    pub const NOTHING: Self = Self::Text(Cow::Borrowed(""));
}

/// An element with nothing in it.
#[must_use]
pub const fn el(tag: &'static str) -> Element {
    Element {
        tag,
        key: 0,
        class: Cow::Borrowed(""),
        attributes: Vec::new(),
        target: None,
        children: Vec::new(),
    }
}

/// A rectangle.
#[must_use]
pub fn rect(x: f64, y: f64, width: f64, height: f64) -> Element {
    let place = el("rect").at("x", x).at("y", y);
    place.at("width", width).at("height", height)
}

/// A straight line between two points.
#[must_use]
pub fn line_between(from: (f64, f64), to: (f64, f64)) -> Element {
    let start = el("line").at("x1", from.0).at("y1", from.1);
    start.at("x2", to.0).at("y2", to.1)
}

impl Element {
    /// Sets an attribute.
    #[must_use]
    pub fn set(self, name: &'static str, value: impl Into<Text>) -> Self {
        self.with(name, Value::Text(value.into()))
    }

    /// Sets an attribute to the empty text, if it is there at all.
    #[must_use]
    pub fn set_if(self, name: &'static str, is_there: bool) -> Self {
        if is_there { self.set(name, "") } else { self }
    }

    /// Sets a length or place, in figure units; what is no number is 0.
    #[must_use]
    pub fn at(self, name: &'static str, place: f64) -> Self {
        self.with(name, Value::Tenths(tenths(place)))
    }

    /// Fills with a colour of a scale.
    #[must_use]
    pub fn fill(self, shade: Shade) -> Self {
        self.with("fill", Value::Shade(shade))
    }

    /// Adds classes to those that are there.
    #[must_use]
    pub fn class(mut self, class: impl Into<Text>) -> Self {
        let class = class.into();
        if self.class.is_empty() {
            self.class = class;
        } else if !class.is_empty() {
            self.class = format!("{} {class}", self.class).into();
        }
        self
    }

    /// Adds a class, if `has_it`.
    #[must_use]
    pub fn class_if(self, class: &'static str, has_it: bool) -> Self {
        if has_it { self.class(class) } else { self }
    }

    /// Gives an identity among its siblings.
    #[must_use]
    pub const fn key(mut self, key: u64) -> Self {
        self.key = key;
        self
    }

    /// Makes this the part of the figure that a visitor points at here.
    #[must_use]
    pub const fn target(mut self, what: &'static str, at: usize) -> Self {
        self.target = Some(Target { what, at });
        self
    }

    /// Adds a part in front of those that are there.
    #[expect(
        clippy::should_implement_trait,
        reason = "drawings are chains of `add`; no one adds them with a plus"
    )]
    #[must_use]
    pub fn add(mut self, child: impl Into<Node>) -> Self {
        self.children.push(child.into());
        self
    }

    /// Adds parts in front of those that are there.
    #[must_use]
    pub fn all<N: Into<Node>>(mut self, children: impl IntoIterator<Item = N>) -> Self {
        for child in children {
            self.children.push(child.into());
        }
        self
    }

    /// Value of an attribute, the last one that was set.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        let mut last_first = self.attributes.iter().rev();
        let found = last_first.find(|attribute| attribute.name == name);
        found.map(|attribute| &attribute.value)
    }

    fn with(mut self, name: &'static str, value: Value) -> Self {
        let mut attributes = self.attributes.iter_mut();
        match attributes.find(|attribute| attribute.name == name) {
            Some(attribute) => attribute.value = value,
            None => self.attributes.push(Attribute { name, value }),
        }
        self
    }
}

/// A place in tenths of a unit: as exact as a drawing needs, and equal on all machines.
///
/// What is no number is 0; the infinite is as far as a drawing can go.
#[must_use]
pub fn tenths(place: f64) -> i64 {
    // A million units each way is more than any screen, and keeps texts short.
    const FARTHEST: f64 = 1e7;
    (place * 10.0).round().clamp(-FARTHEST, FARTHEST) as i64
}

/// Tenths of a unit as a decimal number, whole if it is.
#[must_use]
pub fn decimal(tenths: i64) -> String {
    let (whole, rest) = (tenths.abs() / 10, tenths.abs() % 10);
    let sign = if tenths < 0 { "-" } else { "" };
    match rest {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{rest}"),
    }
}

/// A place as it is written, rounded to tenths.
#[must_use]
pub(crate) fn number(place: f64) -> String {
    decimal(tenths(place))
}

impl fmt::Display for Target {
    /// Writes the value of the data attribute: `token:7`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.what, self.at)
    }
}

impl From<Element> for Node {
    fn from(element: Element) -> Self {
        Self::Element(Box::new(element))
    }
}

impl From<Pixels> for Node {
    fn from(pixels: Pixels) -> Self {
        Self::Pixels(Box::new(pixels))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_rounded_to_tenths_and_zero_has_no_sign() {
        let written = [3.0, 3.04, 3.05, -0.04, -0.3, -12.96, 0.0, -0.0].map(number);
        let expected = ["3", "3", "3.1", "0", "-0.3", "-13", "0", "0"];
        assert_eq!(written, expected);
    }

    #[test]
    fn a_place_that_is_no_number_is_zero_and_an_infinite_one_is_far_away() {
        assert_eq!(number(f64::NAN), "0");
        assert_eq!(number(f64::INFINITY), "1000000");
        assert_eq!(number(f64::NEG_INFINITY), "-1000000");
    }

    #[test]
    fn classes_add_up_and_an_attribute_that_is_set_again_is_replaced() {
        let element = el("rect").class("a").class("").class_if("b", true);
        assert_eq!(element.class_if("c", false).class, "a b");
        let moved = el("rect").at("x", 1.0).at("y", 2.0).at("x", 3.0);
        assert_eq!(moved, el("rect").at("x", 3.0).at("y", 2.0));
        assert_eq!(moved.get("x"), Some(&Value::Tenths(30)));
    }

    #[test]
    fn drawings_that_differ_anywhere_are_unequal() {
        let drawing = |at| el("g").add(el("rect").target("bar", at));
        assert_eq!(drawing(1), drawing(1));
        assert_ne!(drawing(1), drawing(2));
    }

    #[test]
    fn what_is_not_there_draws_nothing() {
        assert_eq!(Node::from(None::<Element>), Node::NOTHING);
    }
}
