//! Figures as values, in the page.

use headlight_figure as inert;
use headlight_figure::theme::hex;
use headlight_figure::{Pixels, Size, Theme, Value, data_url, decimal};

use super::{Element, Node, Text, el};

/// A drawing in the room that it takes, under a theme.
///
/// What can be pointed at carries its target as `data-target`. The picture has no name of
/// its own: it stands in a `figure`, which says what it shows.
pub fn picture(drawing: &inert::Element, size: Size, theme: &Theme) -> Element {
    el("svg")
        .set("aria-hidden", "true")
        .at("width", size.width)
        .at("height", size.height)
        .add(element(drawing, theme))
}

fn element(drawn: &inert::Element, theme: &Theme) -> Element {
    let mut made = el(drawn.tag).key(drawn.key);
    if !drawn.class.is_empty() {
        made = made.class(drawn.class.clone());
    }
    for attribute in &drawn.attributes {
        made = made.set(attribute.name, value(&attribute.value, theme));
    }
    if let Some(target) = drawn.target {
        made = made.set("data-target", target.to_string());
    }
    made.all(drawn.children.iter().map(|child| node(child, theme)))
}

fn node(drawn: &inert::Node, theme: &Theme) -> Node {
    match drawn {
        inert::Node::Text(text) => text.clone().into(),
        inert::Node::Element(inner) => element(inner, theme).into(),
        inert::Node::Pixels(drawn) => pixels(drawn, theme).into(),
    }
}

fn value(value: &Value, theme: &Theme) -> Text {
    match value {
        Value::Text(text) => text.clone(),
        Value::Tenths(tenths) => decimal(*tenths).into(),
        Value::Shade(shade) => hex(shade.rgb(theme)).into(),
    }
}

/// A matrix as the image that a file has of it; nothing where it has no cells.
fn pixels(drawn: &Pixels, theme: &Theme) -> Option<Element> {
    let Size { width, height } = drawn.size;
    let image = el("image")
        .class("pixels")
        .at("x", drawn.x)
        .at("y", drawn.y)
        .at("width", width)
        .at("height", height)
        .set("preserveAspectRatio", "none");
    Some(image.set("href", data_url(drawn, theme)?))
}
