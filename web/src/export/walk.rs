//! From the page's layout to an SVG: boxes become rectangles, text becomes text where
//! the browser put it, drawings are taken over with their looks written out, and
//! painted pixels become pictures.
//!
//! Buttons and fields are left out, for there is nothing to press in a file.

use headlight_view::frame::drawing::{Background, Colour, Drawing, px};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{DomRect, Element, HtmlCanvasElement, Node};

use super::style::{Side, Style};

/// How far below a line's top its letters stand, for the usual typefaces.
const ASCENT: f64 = 0.79;
/// Height of a line in letters, as the browser lays out a control.
const LINE: f64 = 1.2;
/// The hatching of masked cells: ground, and ground and line.
const HATCH_PX: (f64, f64) = (4.2, 5.0);
/// Elements of a drawing that are taken over.
const SHAPES: [&str; 9] = [
    "g", "path", "rect", "line", "circle", "polyline", "polygon", "text", "tspan",
];
/// What is seen in passing only: pieces on their way.
const PASSING: &str = "flight";
/// Attributes of a drawing that say where something is.
const PLACES: [&str; 16] = [
    "d",
    "x",
    "y",
    "x1",
    "y1",
    "x2",
    "y2",
    "cx",
    "cy",
    "r",
    "width",
    "height",
    "points",
    "transform",
    "text-anchor",
    "dominant-baseline",
];
/// Properties of a drawing, each with the value that need not be written. Round
/// corners are among them, for the style sheet has some as well.
const LOOKS: [(&str, &str); 6] = [
    ("rx", "auto"),
    ("ry", "auto"),
    ("stroke-dasharray", "none"),
    ("stroke-linecap", "butt"),
    ("stroke-linejoin", "miter"),
    ("opacity", "1"),
];

/// Draws `figure` as it is laid out; returns its width and height as well.
pub fn walk(figure: &Element) -> (Drawing, (f64, f64)) {
    let bounds = figure.get_bounding_client_rect();
    let mut walker = Walker {
        drawing: Drawing::default(),
        origin: (bounds.left(), bounds.top()),
        size: (bounds.width(), bounds.height()),
        hatch: None,
        font: Style::of(figure, None).get("font-family"),
        n_clips: 0,
    };
    walker.element(figure);
    (walker.drawing, walker.size)
}

struct Walker {
    drawing: Drawing,
    origin: (f64, f64),
    size: (f64, f64),
    hatch: Option<String>,
    font: String,
    n_clips: usize,
}

impl Walker {
    /// A rectangle of the window in the figure's own pixels.
    fn place(&self, rect: &DomRect) -> [f64; 4] {
        [
            rect.left() - self.origin.0,
            rect.top() - self.origin.1,
            rect.width(),
            rect.height(),
        ]
    }

    /// Text may reach beyond its figure; the file reaches as far.
    fn reach(&mut self, [x, y, width, height]: [f64; 4]) {
        if self.n_clips == 0 {
            self.size.0 = self.size.0.max(x + width);
            self.size.1 = self.size.1.max(y + height);
        }
    }

    fn element(&mut self, element: &Element) {
        let tag = element.local_name();
        let is_control = matches!(tag.as_str(), "input" | "textarea")
            || tag == "button" && element.get_attribute("role").is_none();
        let style = Style::of(element, None);
        let classes = element.class_list();
        let is_unseen = classes.contains("unseen")
            || classes.contains(PASSING)
            || style.is("display", "none")
            || style.is("visibility", "hidden");
        if is_control || is_unseen {
            return;
        }
        let opacity = style.get("opacity");
        let is_faint = opacity != "1" && tag != "svg";
        if is_faint {
            self.drawing.open("g", &[("opacity", opacity)]);
        }
        let at = self.place(&element.get_bounding_client_rect());
        match tag.as_str() {
            "svg" => self.svg(element, at),
            "canvas" => self.canvas(element.unchecked_ref(), at),
            "select" => self.choice(element, &style, at),
            _ => self.html(element, &style, at),
        }
        if is_faint {
            self.drawing.close("g");
        }
    }

    /// What is chosen, in words.
    fn choice(&mut self, element: &Element, style: &Style, [x, y, width, height]: [f64; 4]) {
        let chosen = element.query_selector("option:checked").ok().flatten();
        let text = chosen.and_then(|option| option.text_content());
        let line = style.length("font-size") * LINE;
        let [left, right] = ["padding-left", "padding-right"].map(|side| style.length(side));
        let at = [
            x + left,
            y + (height - line) / 2.0,
            width - left - right,
            line,
        ];
        self.line(&text.unwrap_or_default(), style, at);
    }

    fn html(&mut self, element: &Element, style: &Style, at: [f64; 4]) {
        self.block(style, at);
        let is_cut = !style.is("overflow-x", "visible")
            && (element.scroll_width() > element.client_width() + 1
                || element.scroll_height() > element.client_height() + 1);
        if is_cut {
            self.drawing.open_clip(at);
            self.n_clips += 1;
        }
        self.pseudo(element, "::before", at);
        let children = element.child_nodes();
        for index in 0..children.length() {
            let Some(child) = children.get(index) else {
                continue;
            };
            match child.dyn_ref::<Element>() {
                Some(child) => self.element(child),
                None if child.node_type() == Node::TEXT_NODE => self.words(&child, style),
                None => {}
            }
        }
        self.pseudo(element, "::after", at);
        if is_cut {
            self.n_clips -= 1;
            self.drawing.close("g");
        }
        if let Some(side) = style.side("outline") {
            let grow = style.length("outline-offset");
            self.stroked(grown(at, grow + side.width / 2.0), &side, 0.0);
        }
    }

    /// Marks that the style sheet puts before or after a box's content.
    fn pseudo(&mut self, element: &Element, which: &str, [x, y, ..]: [f64; 4]) {
        let style = Style::of(element, Some(which));
        if style.is("content", "\"\"") && style.is("position", "absolute") {
            let outer = Style::of(element, None);
            let left = x + outer.length("border-left-width") + style.length("left");
            let top = y + outer.length("border-top-width") + style.length("top");
            let size = (style.length("width"), style.length("height"));
            self.block(&style, [left, top, size.0, size.1]);
        }
    }

    /// Background and border of a box.
    fn block(&mut self, style: &Style, at: [f64; 4]) {
        let radius = style.length("border-top-left-radius");
        let rect = |fill: String, alpha: f64| {
            let [x, y, width, height] = at.map(px);
            let mut attributes = vec![
                ("x", x),
                ("y", y),
                ("width", width),
                ("height", height),
                ("fill", fill),
            ];
            if alpha < 1.0 {
                attributes.push(("fill-opacity", alpha.to_string()));
            }
            if radius > 0.0 {
                attributes.push(("rx", px(radius)));
            }
            attributes
        };
        if let Some(Colour { rgb, alpha }) = style.colour("background-color") {
            self.drawing.leaf("rect", &rect(rgb, alpha));
        }
        if let Some(background) = Background::from_css(&style.get("background-image")) {
            let fill = self.drawing.define(&background);
            self.drawing.leaf("rect", &rect(fill, 1.0));
        }
        self.border(style, at, radius);
    }

    fn border(&mut self, style: &Style, at: [f64; 4], radius: f64) {
        let side = |name: &str| style.side(&format!("border-{name}"));
        let sides = ["top", "right", "bottom", "left"].map(side);
        if let [Some(top), Some(_), Some(_), Some(_)] = &sides {
            self.stroked(grown(at, -top.width / 2.0), top, radius);
            return;
        }
        let [x, y, width, height] = at;
        let (right, bottom) = (x + width, y + height);
        let ends = |index: usize, half: f64| match index {
            0 => [x, y + half, right, y + half],
            1 => [right - half, y, right - half, bottom],
            2 => [x, bottom - half, right, bottom - half],
            _ => [x + half, y, x + half, bottom],
        };
        for (index, side) in sides.iter().enumerate() {
            if let Some(side) = side {
                let [x1, y1, x2, y2] = ends(index, side.width / 2.0).map(px);
                let mut line = vec![("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)];
                line.extend(stroke(side));
                self.drawing.leaf("line", &line);
            }
        }
    }

    fn stroked(&mut self, at: [f64; 4], side: &Side, radius: f64) {
        let [x, y, width, height] = at.map(px);
        let mut rect = vec![
            ("x", x),
            ("y", y),
            ("width", width),
            ("height", height),
            ("fill", "none".to_owned()),
            ("rx", px(radius)),
        ];
        rect.extend(stroke(side));
        self.drawing.leaf("rect", &rect);
    }

    /// A text of the page, line by line as it was broken.
    fn words(&mut self, node: &Node, style: &Style) {
        let content = node.text_content().unwrap_or_default();
        let Ok(range) = document().create_range() else {
            return;
        };
        if content.trim().is_empty() || range.select_node_contents(node).is_err() {
            return;
        }
        let is_kept = style.get("white-space").starts_with("pre");
        let n_rects = range.get_client_rects().map_or(0, |rects| rects.length());
        if n_rects < 2 || is_kept {
            let at = self.place(&range.get_bounding_client_rect());
            let text = if is_kept {
                content
            } else {
                collapsed(&content)
            };
            self.line(&text, style, at);
            return;
        }
        let mut line: Option<(String, [f64; 4])> = None;
        for (start, word) in words(&content) {
            let end = start + word.encode_utf16().count() as u32;
            if range.set_start(node, start).is_err() || range.set_end(node, end).is_err() {
                continue;
            }
            let at = self.place(&range.get_bounding_client_rect());
            line = match line {
                Some((text, begun)) if (begun[1] - at[1]).abs() < 2.0 => {
                    let left = begun[0].min(at[0]);
                    let right = (begun[0] + begun[2]).max(at[0] + at[2]);
                    Some((
                        format!("{text} {word}"),
                        [left, begun[1], right - left, begun[3]],
                    ))
                }
                finished => {
                    if let Some((text, at)) = finished {
                        self.line(&text, style, at);
                    }
                    Some((word.to_owned(), at))
                }
            };
        }
        if let Some((text, at)) = line {
            self.line(&text, style, at);
        }
    }

    fn line(&mut self, text: &str, style: &Style, at: [f64; 4]) {
        let [x, y, width, height] = at;
        if width <= 0.0 {
            return;
        }
        self.reach(at);
        let (anchor, x) = match style.get("text-align").as_str() {
            "right" | "end" => ("end", x + width),
            "center" => ("middle", x + width / 2.0),
            _ => ("start", x),
        };
        let mut attributes = vec![("x", px(x)), ("y", px(y + ASCENT * height))];
        if anchor != "start" {
            attributes.push(("text-anchor", anchor.to_owned()));
        }
        attributes.extend(self.type_of(style));
        if let Some(Colour { rgb, .. }) = style.colour("color") {
            attributes.push(("fill", rgb));
        }
        if text != text.trim() {
            attributes.push(("xml:space", "preserve".to_owned()));
        }
        self.drawing.text(text, &attributes);
    }

    /// The typeface of a text, as far as it is not that of the figure.
    fn type_of(&self, style: &Style) -> Vec<(&'static str, String)> {
        let mut attributes = vec![("font-size", px(style.length("font-size")))];
        let family = style.get("font-family");
        if family != self.font {
            attributes.push(("font-family", family));
        }
        for (name, usual) in [("font-weight", "400"), ("font-style", "normal")] {
            let value = style.get(name);
            if value != usual {
                attributes.push((name, value));
            }
        }
        attributes
    }

    fn svg(&mut self, element: &Element, [x, y, ..]: [f64; 4]) {
        let place = format!("translate({} {})", px(x), px(y));
        self.drawing.open("g", &[("transform", place)]);
        self.shapes(element);
        self.drawing.close("g");
    }

    fn shapes(&mut self, parent: &Element) {
        let children = parent.child_nodes();
        for index in 0..children.length() {
            let Some(child) = children.get(index) else {
                continue;
            };
            match child.dyn_ref::<Element>() {
                Some(child) => self.shape(child),
                None if matches!(parent.local_name().as_str(), "text" | "tspan") => {
                    let content = child.text_content().unwrap_or_default();
                    self.drawing.characters(&content);
                }
                None => {}
            }
        }
    }

    /// An element of a drawing, with its looks as attributes.
    fn shape(&mut self, element: &Element) {
        let tag = element.local_name();
        if !SHAPES.contains(&tag.as_str()) {
            return;
        }
        let style = Style::of(element, None);
        let place = |name: &&'static str| Some((*name, element.get_attribute(name)?));
        let mut attributes: Vec<(&str, String)> = PLACES.iter().filter_map(place).collect();
        let look = |(name, usual): (&'static str, &str)| {
            let value = style.get(name);
            (!value.is_empty() && value != usual).then_some((name, value.replace("px", "")))
        };
        attributes.extend(LOOKS.into_iter().filter_map(look));
        let is_text = matches!(tag.as_str(), "text" | "tspan");
        if is_text {
            attributes.extend(self.type_of(&style));
            if style.get("white-space").starts_with("pre") {
                attributes.push(("xml:space", "preserve".to_owned()));
            }
            let at = self.place(&element.get_bounding_client_rect());
            self.reach(at);
        }
        if tag != "g" {
            attributes.extend(self.paint(&style, "fill", "fill-opacity"));
        }
        if tag != "g" && !style.is("stroke", "none") {
            attributes.extend(self.paint(&style, "stroke", "stroke-opacity"));
            attributes.push(("stroke-width", px(style.length("stroke-width"))));
        }
        self.drawing.open(&tag, &attributes);
        self.shapes(element);
        self.drawing.close(&tag);
    }

    /// What a shape is filled or stroked with.
    fn paint(
        &mut self,
        style: &Style,
        name: &'static str,
        opacity: &'static str,
    ) -> Vec<(&'static str, String)> {
        let value = style.get(name);
        if value.starts_with("url(") {
            return vec![(name, self.hatching())];
        }
        let Some(Colour { rgb, alpha }) = Colour::from_css(&value) else {
            return vec![(name, "none".to_owned())];
        };
        let alpha = alpha * style.get(opacity).parse::<f64>().unwrap_or(1.0);
        let mut attributes = vec![(name, rgb)];
        if alpha < 1.0 {
            attributes.push((opacity, alpha.to_string()));
        }
        attributes
    }

    /// The one pattern that drawings of the page fill with.
    fn hatching(&mut self) -> String {
        if let Some(fill) = &self.hatch {
            return fill.clone();
        }
        let part = |class: &str, property: &str| {
            let found = document().query_selector(class).ok().flatten()?;
            Style::of(&found, None).colour(property)
        };
        let colours = part(".hatch-ground", "fill").zip(part(".hatch-line", "stroke"));
        let fill = match colours {
            Some((ground, line)) => self.drawing.define(&Background::Stripes {
                colours: [ground, line],
                ground_px: HATCH_PX.0,
                period_px: HATCH_PX.1,
            }),
            None => "none".to_owned(),
        };
        self.hatch = Some(fill.clone());
        fill
    }

    /// Painted pixels. A canvas without room shows nothing now.
    fn canvas(&mut self, canvas: &HtmlCanvasElement, at: [f64; 4]) {
        let has_room = at[2] > 0.0 && at[3] > 0.0;
        let picture = has_room.then(|| canvas.to_data_url());
        let Some(Ok(picture)) = picture else {
            return;
        };
        let [x, y, width, height] = at.map(px);
        let attributes = [
            ("href", picture),
            ("x", x),
            ("y", y),
            ("width", width),
            ("height", height),
            ("preserveAspectRatio", "none".to_owned()),
            ("image-rendering", "pixelated".to_owned()),
        ];
        self.drawing.leaf("image", &attributes);
    }
}

fn stroke(side: &Side) -> Vec<(&'static str, String)> {
    let mut attributes = vec![
        ("stroke", side.colour.rgb.clone()),
        ("stroke-width", px(side.width)),
    ];
    if let Some(dashes) = &side.dashes {
        attributes.push(("stroke-dasharray", dashes.clone()));
    }
    attributes
}

fn grown([x, y, width, height]: [f64; 4], by: f64) -> [f64; 4] {
    [x - by, y - by, width + 2.0 * by, height + 2.0 * by]
}

/// Runs of white space as one space, none at the ends.
fn collapsed(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a text, each with the place where it starts in UTF-16.
fn words(text: &str) -> Vec<(u32, &str)> {
    let mut words = Vec::new();
    let mut at = 0;
    for piece in text.split_inclusive(|c: char| c.is_ascii_whitespace()) {
        let word = piece.trim_end_matches(|c: char| c.is_ascii_whitespace());
        if !word.is_empty() {
            words.push((at, word));
        }
        at += piece.encode_utf16().count() as u32;
    }
    words
}
