//! What the browser has computed of an element's look.

use headlight_view::frame::drawing::{Colour, px};
use leptos::prelude::*;
use web_sys::{CssStyleDeclaration, Element};

/// The computed style of an element or of one of its pseudo-elements.
pub struct Style(Option<CssStyleDeclaration>);

/// One side of a box's border.
pub struct Side {
    /// Its width in pixels.
    pub width: f64,
    /// Its colour.
    pub colour: Colour,
    /// The dashes, if it has any.
    pub dashes: Option<String>,
}

impl Style {
    /// The style of `element`, or of its `::before` or `::after`.
    pub fn of(element: &Element, pseudo: Option<&str>) -> Self {
        let style = match pseudo {
            None => window().get_computed_style(element),
            Some(pseudo) => window().get_computed_style_with_pseudo_elt(element, pseudo),
        };
        Self(style.ok().flatten())
    }

    /// A property, empty where there is none.
    pub fn get(&self, name: &str) -> String {
        let value = self.0.as_ref().map(|style| style.get_property_value(name));
        value.and_then(Result::ok).unwrap_or_default()
    }

    /// True if the property has this value.
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.get(name) == value
    }

    /// A length in pixels, 0 where there is none.
    pub fn length(&self, name: &str) -> f64 {
        let value = self.get(name);
        value.trim_end_matches("px").parse().unwrap_or(0.0)
    }

    /// A colour that can be seen.
    pub fn colour(&self, name: &str) -> Option<Colour> {
        Colour::from_css(&self.get(name)).filter(|colour| colour.alpha > 0.0)
    }

    /// A border or an outline that can be seen.
    pub fn side(&self, name: &str) -> Option<Side> {
        let width = self.length(&format!("{name}-width"));
        let style = self.get(&format!("{name}-style"));
        if width <= 0.0 || matches!(style.as_str(), "none" | "hidden" | "") {
            return None;
        }
        let dashes = match style.as_str() {
            "dashed" => Some(format!("{} {}", px(3.0 * width), px(2.0 * width))),
            "dotted" => Some(format!("{} {}", px(width), px(width))),
            _ => None,
        };
        let colour = self.colour(&format!("{name}-color"))?;
        Some(Side {
            width,
            colour,
            dashes,
        })
    }
}
