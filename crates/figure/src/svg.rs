//! Figures as SVG files that need nothing but themselves.
//!
//! Everything that comes in is text: it is escaped, and what XML cannot hold is left
//! out. Equal figures give equal bytes.

use std::collections::BTreeSet;

use crate::element::{Element, Node, Value, decimal, el, number, rect};
use crate::figure::{Figure, Size};
use crate::mark::is_for_the_page_alone;
use crate::pixels::Pixels;
use crate::png;
use crate::text_style::{Anchor, NOTE, SENTENCE, TITLE};
use crate::theme::{Scope, Theme, hex};

/// Room around everything.
const MARGIN: f64 = 24.0;
/// Between heading and drawing, and between drawing and credit.
const GAP: f64 = 16.0;
/// Between title and sentence.
const BETWEEN_TEXTS: f64 = 3.0;
/// Narrowest drawing that heading and credit are broken to.
const NARROWEST: f64 = 280.0;
/// Widest line that is read with ease.
const WIDEST_TEXT: f64 = 640.0;

/// Elements that a file may hold. What a visitor operates is left out, for there is
/// nothing to press in a file.
const SVG_TAGS: [&str; 20] = [
    "circle",
    "clipPath",
    "defs",
    "desc",
    "ellipse",
    "g",
    "line",
    "linearGradient",
    "marker",
    "mask",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "rect",
    "stop",
    "text",
    "title",
    "tspan",
    "use",
];

/// The figure as an SVG file, `width` pixels wide.
///
/// Title and sentence stand above the drawing, the credit below; the drawing is laid
/// out as it is and scaled as a whole. The file names no resource, and its style sheet
/// has the theme's values and the rules that this drawing needs.
///
/// ```
/// use headlight_figure::{Figure, FigureId, LIGHT, Size, Table, el, svg};
///
/// let figure = Figure {
///     id: FigureId("example.square"),
///     title: "A < B?".into(),
///     sentence: "It is.".to_owned(),
///     drawing: el("rect").at("width", 40.0).at("height", 40.0).class("paper"),
///     size: Size { width: 40.0, height: 40.0 },
///     table: Table { caption: "".into(), columns: vec![], rows: vec![] },
///     credit: "computed in a browser".to_owned(),
/// };
/// let file = svg(&figure, &LIGHT, 480.0);
/// assert!(file.starts_with("<svg xmlns=") && file.contains(">A &lt; B?</title>"));
/// ```
#[must_use]
pub fn svg(figure: &Figure, theme: &Theme, width: f64) -> String {
    let (whole, size) = with_frame(figure);
    let writer = Writer::new(theme, Scope::default());
    let height = size.height * width / size.width;
    let mut file = writer.picture(figure, &whole, size, Size { width, height });
    file.push('\n');
    file
}

/// Width of the file in which a drawing of this width is not scaled.
///
/// ```
/// use headlight_figure::{drawing_width, unscaled_width};
///
/// assert_eq!(drawing_width(unscaled_width(400.0)), 400.0);
/// ```
#[must_use]
pub const fn unscaled_width(drawing: f64) -> f64 {
    drawing.max(NARROWEST) + 2.0 * MARGIN
}

/// Width of the drawing that fills a file of this width without being scaled; where
/// heading and credit would have too little room, the narrowest that they need.
#[must_use]
pub const fn drawing_width(file: f64) -> f64 {
    (file - 2.0 * MARGIN).max(NARROWEST)
}

/// The drawing with title, sentence and credit around it, and the room that all takes.
fn with_frame(figure: &Figure) -> (Element, Size) {
    let text_width = figure.size.width.clamp(NARROWEST, WIDEST_TEXT);
    let width = unscaled_width(figure.size.width);
    let mut y = MARGIN - 6.0;
    let mut texts = el("g");
    for (style, text) in [(TITLE, &*figure.title), (SENTENCE, &figure.sentence)] {
        y += BETWEEN_TEXTS;
        for line in style.wrapped(text, text_width) {
            y += style.line();
            texts = texts.add(style.at(MARGIN, y - style.size * 0.3, Anchor::Start, line));
        }
    }
    let top = y + GAP;
    let mut bottom = top + figure.size.height;
    let credit = NOTE.wrapped(&figure.credit, width - 2.0 * MARGIN);
    if !credit.is_empty() {
        bottom += GAP;
    }
    for line in credit {
        bottom += NOTE.line();
        texts = texts.add(NOTE.at(MARGIN, bottom - NOTE.size * 0.3, Anchor::Start, line));
    }
    let height = (bottom + MARGIN - 8.0).ceil();
    let place = format!("translate({} {})", number(MARGIN), number(top));
    let whole = el("g")
        .add(rect(0.0, 0.0, width, height).class("paper"))
        .add(texts)
        .add(el("g").set("transform", place).add(figure.drawing.clone()));
    (whole, Size { width, height })
}

/// Writes elements as text.
pub(crate) struct Writer<'a> {
    theme: &'a Theme,
    scope: Scope<'a>,
}

impl<'a> Writer<'a> {
    pub(crate) const fn new(theme: &'a Theme, scope: Scope<'a>) -> Self {
        Self { theme, scope }
    }

    /// A drawing of some room as an `svg` element of some size, with its style sheet.
    fn picture(&self, figure: &Figure, whole: &Element, room: Size, size: Size) -> String {
        let mut out = String::from(r#"<svg xmlns="http://www.w3.org/2000/svg""#);
        attribute(&mut out, "width", &number(size.width));
        attribute(&mut out, "height", &number(size.height));
        let view_box = format!("0 0 {} {}", number(room.width), number(room.height));
        attribute(&mut out, "viewBox", &view_box);
        attribute(&mut out, "role", "img");
        // A file is as wide as it says; a fragment adapts to its document.
        let is_fragment = !self.scope.selector.is_empty();
        if is_fragment {
            attribute(&mut out, "class", "figure-picture");
        }
        let names = ["title", "desc"].map(|part| format!("{}{part}-{}", self.scope.id, figure.id));
        attribute(&mut out, "aria-labelledby", &names[0]);
        attribute(&mut out, "aria-describedby", &names[1]);
        out.push('>');
        let texts = [&*figure.title, &figure.sentence];
        for ((tag, id), text) in ["title", "desc"].into_iter().zip(&names).zip(texts) {
            out.push_str(&format!("<{tag}"));
            attribute(&mut out, "id", id);
            out.push('>');
            escape(&mut out, text);
            out.push_str(&format!("</{tag}>"));
        }
        let mut classes = BTreeSet::new();
        collect_classes(whole, &mut classes);
        out.push_str("<style>");
        escape(&mut out, &self.theme.rules(&classes, &self.scope));
        out.push_str("</style>");
        self.element(&mut out, whole);
        out.push_str("</svg>");
        out
    }

    /// The figure as an `svg` element of its own size.
    pub(crate) fn figure(&self, figure: &Figure) -> String {
        let (whole, size) = with_frame(figure);
        self.picture(figure, &whole, size, size)
    }

    fn element(&self, out: &mut String, element: &Element) {
        if !SVG_TAGS.contains(&element.tag) || is_for_the_page_alone(element) {
            return;
        }
        out.push('<');
        out.push_str(element.tag);
        if !element.class.is_empty() {
            attribute(out, "class", &element.class);
        }
        let attributes = element.attributes.iter();
        for set in attributes.filter(|set| !is_for_operation(set.name)) {
            match &set.value {
                Value::Text(text) => attribute(out, set.name, &self.scoped(set.name, text)),
                Value::Tenths(tenths) => attribute(out, set.name, &decimal(*tenths)),
                Value::Shade(shade) => attribute(out, set.name, &hex(shade.rgb(self.theme))),
            }
        }
        if element.tag == "text" && has_blanks_to_keep(element) {
            attribute(out, "xml:space", "preserve");
        }
        if element.children.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        for child in &element.children {
            match child {
                Node::Text(text) => escape(out, text),
                Node::Element(element) => self.element(out, element),
                Node::Pixels(pixels) => self.pixels(out, pixels),
            }
        }
        out.push_str(&format!("</{}>", element.tag));
    }

    /// Names and references to names are set apart from those of other drawings.
    fn scoped(&self, name: &str, text: &str) -> String {
        let id = self.scope.id;
        match name {
            "id" => format!("{id}{text}"),
            _ => text.replace("url(#", &format!("url(#{id}")),
        }
    }

    fn pixels(&self, out: &mut String, pixels: &Pixels) {
        let Some(url) = png::data_url(pixels, self.theme) else {
            return;
        };
        out.push_str("<image class=\"pixels\"");
        let Size { width, height } = pixels.size;
        let places = [
            ("x", pixels.x),
            ("y", pixels.y),
            ("width", width),
            ("height", height),
        ];
        for (name, place) in places {
            attribute(out, name, &number(place));
        }
        attribute(out, "preserveAspectRatio", "none");
        attribute(out, "href", &url);
        out.push_str("/>");
    }
}

/// Classes that occur in an element, for a file needs the rules of these alone.
fn collect_classes<'a>(element: &'a Element, classes: &mut BTreeSet<&'a str>) {
    if is_for_the_page_alone(element) {
        return;
    }
    classes.extend(element.class.split_ascii_whitespace());
    for child in &element.children {
        match child {
            Node::Text(_) => {}
            Node::Element(element) => collect_classes(element, classes),
            Node::Pixels(_) => {
                classes.insert("pixels");
            }
        }
    }
}

/// Whether a text has blanks that SVG would take away.
fn has_blanks_to_keep(element: &Element) -> bool {
    element.children.iter().any(|child| match child {
        Node::Text(text) => text.starts_with(' ') || text.ends_with(' ') || text.contains("  "),
        Node::Element(inner) => has_blanks_to_keep(inner),
        Node::Pixels(_) => false,
    })
}

/// True for attributes about the keyboard and about what a part is to those who operate it:
/// a file is one picture, which its title and description stand for.
fn is_for_operation(attribute: &str) -> bool {
    matches!(attribute, "role" | "tabindex") || attribute.starts_with("aria-")
}

/// Writes an attribute.
pub(crate) fn attribute(out: &mut String, name: &str, value: &str) {
    out.push_str(&format!(" {name}=\""));
    escape(out, value);
    out.push('"');
}

/// Writes characters so that they are read as themselves, without those that XML
/// cannot hold.
pub(crate) fn escape(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => out.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_read_as_themselves_or_left_out() {
        let escaped = |text: &str| {
            let mut out = String::new();
            escape(&mut out, text);
            out
        };
        assert_eq!(
            escaped("]]> & <b> \"x\""),
            "]]&gt; &amp; &lt;b&gt; &quot;x&quot;"
        );
        assert_eq!(escaped("a\0b\u{1b}c\u{fffe}d\ne"), "abcd e");
        assert_eq!(escaped("שלום \u{1f600}"), "שלום \u{1f600}");
    }
}
