//! Figures as values, in the page: layers of SVG and, where a figure has pixels, a canvas
//! between them.

use headlight_figure as inert;
use headlight_figure::theme::hex;
use headlight_figure::{Pixels, Size, Target, Theme, Value, decimal};

use super::element::PixelsInTheme;
use super::target_names;
use super::{Element, Node, Text, el};

/// A drawing in the room that it takes, under a theme.
///
/// What can be pointed at carries its target as `data-target`, and nothing else hears the
/// pointer. A drawing without roles has no name of its own: it stands in a `figure`, which
/// says what it shows.
pub fn picture(drawing: &inert::Element, size: Size, theme: &'static Theme) -> Element {
    let mut layers = Layers {
        theme,
        size,
        is_silent: !has_roles(drawing),
        done: Vec::new(),
    };
    let rest = layers.split(drawing, &|inner| inner);
    layers.close(rest);
    el("div")
        .class("figure-drawing")
        .px("width", size.width)
        .px("height", size.height)
        .all(layers.done)
}

/// The layers of a drawing, from the back to the front.
struct Layers {
    theme: &'static Theme,
    size: Size,
    is_silent: bool,
    done: Vec<Element>,
}

impl Layers {
    /// Puts what lies behind the element's last pixels into layers; what is left of it
    /// lies in front of these. `around` puts the parents around a part.
    fn split(
        &mut self,
        drawn: &inert::Element,
        around: &dyn Fn(Element) -> Element,
    ) -> Option<Element> {
        if !has_pixels(drawn) {
            return Some(element(drawn, self.theme));
        }
        let shell = || without_children(drawn, self.theme);
        let mut group = shell();
        let mut is_empty = true;
        for child in &drawn.children {
            let child = match child {
                inert::Node::Pixels(pixels) => {
                    if !is_empty {
                        self.close(Some(around(std::mem::replace(&mut group, shell()))));
                        is_empty = true;
                    }
                    self.done.push(canvas(pixels, self.theme));
                    continue;
                }
                inert::Node::Element(inner) if has_pixels(inner) => {
                    if !is_empty {
                        self.close(Some(around(std::mem::replace(&mut group, shell()))));
                    }
                    self.split(inner, &|part| around(shell().add(part)))
                        .map_or(Node::NOTHING, Node::from)
                }
                inert::Node::Element(inner) => element(inner, self.theme).into(),
                inert::Node::Text(text) => text.clone().into(),
            };
            group = group.add(child);
            is_empty = false;
        }
        (!is_empty).then_some(group)
    }

    /// Ends a layer of SVG.
    fn close(&mut self, part: Option<Element>) {
        let Some(part) = part else { return };
        let svg = el("svg")
            .at("width", self.size.width)
            .at("height", self.size.height);
        let svg = match self.is_silent {
            true => svg.set("aria-hidden", "true"),
            false => svg,
        };
        self.done.push(svg.add(part));
    }
}

fn has_pixels(drawn: &inert::Element) -> bool {
    drawn.children.iter().any(|child| match child {
        inert::Node::Text(_) => false,
        inert::Node::Element(inner) => has_pixels(inner),
        inert::Node::Pixels(_) => true,
    })
}

fn has_roles(drawn: &inert::Element) -> bool {
    let has_role = drawn.attributes.iter().any(|set| set.name == "role");
    has_role
        || drawn.children.iter().any(|child| match child {
            inert::Node::Element(inner) => has_roles(inner),
            inert::Node::Text(_) | inert::Node::Pixels(_) => false,
        })
}

fn element(drawn: &inert::Element, theme: &'static Theme) -> Element {
    let made = without_children(drawn, theme);
    made.all(drawn.children.iter().map(|child| match child {
        inert::Node::Text(text) => text.clone().into(),
        inert::Node::Element(inner) => element(inner, theme).into(),
        // Only what has none comes here.
        inert::Node::Pixels(_) => Node::NOTHING,
    }))
}

fn without_children(drawn: &inert::Element, theme: &Theme) -> Element {
    let mut made = el(drawn.tag).key(drawn.key);
    if !drawn.class.is_empty() {
        made = made.class(drawn.class.clone());
    }
    for attribute in &drawn.attributes {
        made = made.set(attribute.name, value(&attribute.value, theme));
    }
    targeted(made, drawn.target)
}

fn value(value: &Value, theme: &Theme) -> Text {
    match value {
        Value::Text(text) => text.clone(),
        Value::Tenths(tenths) => decimal(*tenths).into(),
        Value::Shade(shade) => hex(shade.rgb(theme)).into(),
    }
}

fn targeted(made: Element, target: Option<Target>) -> Element {
    match target {
        Some(target) => {
            target_names::remember(target.what);
            made.set("data-target", target.to_string())
        }
        None => made,
    }
}

/// A matrix as a canvas with a pixel for each cell.
fn canvas(pixels: &Pixels, theme: &'static Theme) -> Element {
    let Size { width, height } = pixels.size;
    let canvas = el("canvas")
        .class("pixels")
        .set("aria-hidden", "true")
        .px("left", pixels.x)
        .px("top", pixels.y)
        .px("width", width)
        .px("height", height)
        .painted(PixelsInTheme {
            pixels: pixels.clone(),
            theme,
        });
    targeted(canvas, pixels.target)
}
