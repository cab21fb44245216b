//! A drawing as layers of SVG with canvases between them, from the back to the front.
//!
//! Definitions are in no layer: a document has each once, whatever figures it shows
//! (`shared_hatching.rs`), as their ids are the document's.

use headlight_figure::{Element, Node, Pixels};

/// A layer.
pub(crate) enum Layer<'a> {
    /// A part of the drawing, without pixels.
    Svg(Part<'a>),
    /// A matrix of colours.
    Canvas(&'a Pixels),
}

/// An element of a drawing with the children that are in its layer.
pub(crate) struct Part<'a> {
    pub(crate) element: &'a Element,
    /// Children in this layer; `None` for all.
    pub(crate) children: Option<Vec<PartNode<'a>>>,
}

/// A child of a part.
pub(crate) enum PartNode<'a> {
    /// A text; the empty one is nothing.
    Text(&'a str),
    /// An element.
    Element(Part<'a>),
}

/// Splits a drawing at its pixels.
pub(crate) fn layers(drawing: &Element) -> Vec<Layer<'_>> {
    let mut done = Vec::new();
    let rest = split(drawing, &mut done, &|part| part);
    done.extend(rest.map(Layer::Svg));
    done
}

/// Whether an element, or one inside, has a role: then the drawing names its parts.
pub(crate) fn has_roles(element: &Element) -> bool {
    let has_role = element.attributes.iter().any(|set| set.name == "role");
    let is_inside = |child: &Node| matches!(child, Node::Element(inner) if has_roles(inner));
    has_role || element.children.iter().any(is_inside)
}

/// Puts what lies behind the element's last pixels into layers; what is left of it lies
/// in front of these. `around` puts the parents around a part.
fn split<'a>(
    element: &'a Element,
    done: &mut Vec<Layer<'a>>,
    around: &dyn Fn(Part<'a>) -> Part<'a>,
) -> Option<Part<'a>> {
    if !has_pixels(element) {
        return Some(Part::whole(element));
    }
    let of = |children: Vec<PartNode<'a>>| Part {
        element,
        children: Some(children),
    };
    let mut behind = Vec::new();
    for child in &element.children {
        match child {
            Node::Pixels(pixels) => {
                close(done, &mut behind, &|children| around(of(children)));
                done.push(Layer::Canvas(pixels));
            }
            Node::Element(inner) if has_pixels(inner) => {
                close(done, &mut behind, &|children| around(of(children)));
                let around = |part| around(of(vec![PartNode::Element(part)]));
                behind.extend(split(inner, done, &around).map(PartNode::Element));
            }
            Node::Element(inner) if is_definition(inner) => {}
            Node::Element(inner) => behind.push(PartNode::Element(Part::whole(inner))),
            Node::Text(text) => behind.push(PartNode::Text(text)),
        }
    }
    (!behind.is_empty()).then(|| of(behind))
}

/// Ends a layer, if something is in it.
fn close<'a>(
    done: &mut Vec<Layer<'a>>,
    behind: &mut Vec<PartNode<'a>>,
    around: &dyn Fn(Vec<PartNode<'a>>) -> Part<'a>,
) {
    if !behind.is_empty() {
        done.push(Layer::Svg(around(std::mem::take(behind))));
    }
}

fn is_definition(element: &Element) -> bool {
    element.tag == "defs"
}

fn has_pixels(element: &Element) -> bool {
    element.children.iter().any(|child| match child {
        Node::Text(_) => false,
        Node::Element(inner) => has_pixels(inner),
        Node::Pixels(_) => true,
    })
}

impl<'a> Part<'a> {
    /// An element with all that is in it.
    pub(crate) const fn whole(element: &'a Element) -> Self {
        Self {
            element,
            children: None,
        }
    }

    /// Calls `visit` with each child in this layer, from the back to the front.
    pub(crate) fn for_each_child(&self, mut visit: impl FnMut(ChildOf<'_, 'a>)) {
        match &self.children {
            Some(children) => children.iter().for_each(|child| match child {
                PartNode::Text(text) => visit(ChildOf::Text(text)),
                PartNode::Element(part) => visit(ChildOf::Part(part)),
            }),
            None => self.element.children.iter().for_each(|child| match child {
                Node::Text(text) => visit(ChildOf::Text(text)),
                Node::Element(inner) if is_definition(inner) => {}
                Node::Element(inner) => visit(ChildOf::Part(&Part::whole(inner))),
                // Only what has none is whole.
                Node::Pixels(_) => {}
            }),
        }
    }
}

/// A child of a part, as it is visited.
pub(crate) enum ChildOf<'p, 'a> {
    /// A text; the empty one is nothing.
    Text(&'a str),
    /// An element.
    Part(&'p Part<'a>),
}

#[cfg(test)]
mod tests {
    use headlight_figure::{Palette, el, hatching};

    use super::*;

    /// Tags and texts of a layer, parents before what is inside.
    fn told(layer: &Layer<'_>) -> String {
        fn part(of: &Part<'_>, out: &mut String) {
            out.push_str(of.element.tag);
            out.push('(');
            of.for_each_child(|child| match child {
                ChildOf::Text(text) => out.push_str(text),
                ChildOf::Part(inner) => part(inner, out),
            });
            out.push(')');
        }
        let mut out = String::new();
        match layer {
            Layer::Svg(of) => part(of, &mut out),
            Layer::Canvas(pixels) => out.push_str(&format!("canvas{}", pixels.n_columns)),
        }
        out
    }

    fn pixels(n: usize) -> Pixels {
        Pixels::new(vec![Some(0.5); n], n, Palette::Sequential)
    }

    #[test]
    fn a_drawing_without_pixels_is_one_layer() {
        let drawing = el("g").add(el("rect")).add(el("text").add("a"));
        let found: Vec<String> = layers(&drawing).iter().map(told).collect();
        assert_eq!(found, ["g(rect()text(a))"]);
    }

    #[test]
    fn parents_stand_around_each_part_and_pixels_between_them() {
        let inner = el("g").add(el("rect")).add(pixels(2)).add(el("line"));
        let drawing = el("g").add("behind").add(inner).add(pixels(3)).add("front");
        let found: Vec<String> = layers(&drawing).iter().map(told).collect();
        let expected = [
            "g(behind)",
            "g(g(rect()))",
            "canvas2",
            "g(g(line()))",
            "canvas3",
            "g(front)",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn definitions_are_in_no_layer() {
        let inner = el("g").add(hatching()).add(el("rect"));
        let drawing = el("g").add(hatching()).add(pixels(1)).add(inner);
        let found: Vec<String> = layers(&drawing).iter().map(told).collect();
        assert_eq!(found, ["canvas1", "g(g(rect()))"]);
    }

    #[test]
    fn nothing_makes_no_layer_between_two_matrices() {
        let drawing = el("g").add(pixels(1)).add(pixels(2));
        let found: Vec<String> = layers(&drawing).iter().map(told).collect();
        assert_eq!(found, ["canvas1", "canvas2"]);
    }
}
