//! A figure as a file of its own: SVG that needs nothing but itself.
//!
//! The page walks over what the browser has laid out and writes it here, element by
//! element. Everything that comes in is text: it is escaped, and what XML cannot
//! hold is left out.

/// Room around a drawing, in pixels.
const MARGIN: f64 = 16.0;
/// Room for a line of the heading or the credit.
const LINE: f64 = 20.0;
/// Width of an average character of the heading's sentence.
const CHAR_WIDTH: f64 = 6.4;

/// Attributes of an element.
pub type Attributes<'a> = [(&'a str, String)];

/// An SVG under construction.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    body: String,
    definitions: String,
    n_definitions: usize,
}

/// What stands around a figure.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The heading.
    pub title: String,
    /// What the figure shows, in words.
    pub sentence: String,
    /// True if the figure itself shows the sentence.
    pub has_sentence: bool,
    /// The line below.
    pub credit: String,
    /// Width and height of the figure.
    pub size: (f64, f64),
    /// Colours of ground, text and small print.
    pub colours: [String; 3],
    /// The typeface.
    pub font: String,
}

impl Drawing {
    /// Begins an element.
    pub fn open(&mut self, tag: &str, attributes: &Attributes<'_>) {
        begin(&mut self.body, tag, attributes, ">");
    }

    /// Ends it.
    pub fn close(&mut self, tag: &str) {
        self.body.push_str(&format!("</{tag}>"));
    }

    /// An element without content.
    pub fn leaf(&mut self, tag: &str, attributes: &Attributes<'_>) {
        begin(&mut self.body, tag, attributes, "/>");
    }

    /// Text inside the element that is open.
    pub fn characters(&mut self, text: &str) {
        self.body.push_str(&escaped(text));
    }

    /// An element with text.
    pub fn text(&mut self, text: &str, attributes: &Attributes<'_>) {
        self.open("text", attributes);
        self.characters(text);
        self.close("text");
    }

    /// A rectangle that clips what follows, until its group is closed.
    pub fn open_clip(&mut self, [x, y, width, height]: [f64; 4]) {
        let id = self.new_id();
        let attributes = [
            ("x", px(x)),
            ("y", px(y)),
            ("width", px(width)),
            ("height", px(height)),
        ];
        let own = [("id", id.clone())];
        begin(&mut self.definitions, "clipPath", &own, ">");
        begin(&mut self.definitions, "rect", &attributes, "/>");
        self.definitions.push_str("</clipPath>");
        self.open("g", &[("clip-path", format!("url(#{id})"))]);
    }

    /// Defines a background; returns what to fill with.
    pub fn define(&mut self, background: &Background) -> String {
        let id = self.new_id();
        let out = &mut self.definitions;
        match background {
            Background::Fade(stops) => {
                begin(out, "linearGradient", &[("id", id.clone())], ">");
                for (offset, Colour { rgb, alpha }) in stops {
                    let stop = [
                        ("offset", offset.to_string()),
                        ("stop-color", rgb.clone()),
                        ("stop-opacity", alpha.to_string()),
                    ];
                    begin(out, "stop", &stop, "/>");
                }
                out.push_str("</linearGradient>");
            }
            Background::Stripes {
                colours: [ground, stripe],
                ground_px,
                period_px,
            } => {
                let pattern = [
                    ("id", id.clone()),
                    ("width", px(*period_px)),
                    ("height", px(*period_px)),
                    ("patternUnits", "userSpaceOnUse".to_owned()),
                    ("patternTransform", "rotate(45)".to_owned()),
                ];
                begin(out, "pattern", &pattern, ">");
                for (x, width, colour) in [
                    (0.0, *period_px, ground),
                    (*ground_px, period_px - ground_px, stripe),
                ] {
                    let rect = [
                        ("x", px(x)),
                        ("width", px(width)),
                        ("height", px(*period_px)),
                        ("fill", colour.rgb.clone()),
                        ("fill-opacity", colour.alpha.to_string()),
                    ];
                    begin(out, "rect", &rect, "/>");
                }
                out.push_str("</pattern>");
            }
        }
        format!("url(#{id})")
    }

    fn new_id(&mut self) -> String {
        self.n_definitions += 1;
        format!("d{}", self.n_definitions)
    }

    /// The file.
    #[must_use]
    pub fn finish(self, frame: &Frame) -> String {
        let [ground, ink, small] = &frame.colours;
        let (width, height) = (frame.size.0 + 2.0 * MARGIN, frame.size.1);
        let sentence = if frame.has_sentence {
            Vec::new()
        } else {
            wrapped(&frame.sentence, (frame.size.0 / CHAR_WIDTH) as usize)
        };
        let top = MARGIN + LINE * (1 + sentence.len()) as f64 + LINE / 2.0;
        let total = top + height + LINE * 1.5 + MARGIN / 2.0;
        let mut out = Self::default();
        out.open(
            "svg",
            &[
                ("xmlns", "http://www.w3.org/2000/svg".to_owned()),
                ("width", px(width)),
                ("height", px(total)),
                ("viewBox", format!("0 0 {} {}", px(width), px(total))),
                ("font-family", frame.font.clone()),
            ],
        );
        for (tag, text) in [("title", &frame.title), ("desc", &frame.sentence)] {
            out.open(tag, &[]);
            out.characters(text);
            out.close(tag);
        }
        out.body.push_str("<defs>");
        out.body.push_str(&self.definitions);
        out.body.push_str("</defs>");
        let all = [
            ("width", px(width)),
            ("height", px(total)),
            ("fill", ground.clone()),
        ];
        out.leaf("rect", &all);
        let line = |y: f64, size: &str, weight: &str, fill: &String| {
            [
                ("x", px(MARGIN)),
                ("y", px(y)),
                ("font-size", size.to_owned()),
                ("font-weight", weight.to_owned()),
                ("fill", fill.clone()),
            ]
        };
        out.text(&frame.title, &line(MARGIN + 14.0, "15", "600", ink));
        for (index, said) in sentence.iter().enumerate() {
            let y = MARGIN + 14.0 + LINE * (index + 1) as f64;
            out.text(said, &line(y, "13", "400", ink));
        }
        let place = format!("translate({} {})", px(MARGIN), px(top));
        out.open("g", &[("transform", place)]);
        out.body.push_str(&self.body);
        out.close("g");
        out.text(&frame.credit, &line(total - MARGIN, "11", "400", small));
        out.close("svg");
        out.body.push('\n');
        out.body
    }
}

fn begin(out: &mut String, tag: &str, attributes: &Attributes<'_>, end: &str) {
    out.push('<');
    out.push_str(tag);
    for (name, value) in attributes {
        out.push_str(&format!(" {name}=\"{}\"", escaped(value)));
    }
    out.push_str(end);
}

/// A length with at most two decimals.
#[must_use]
pub fn px(length: f64) -> String {
    let rounded = (length * 100.0).round() / 100.0;
    // No minus before nothing.
    (rounded + 0.0).to_string()
}

/// Text as XML holds it; characters that XML has no way to hold are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push_str(&format!("&#{};", u32::from(c))),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

/// Lines of at most `n_chars` characters, broken at spaces.
fn wrapped(text: &str, n_chars: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= n_chars => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A colour as every reader of SVG knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Colour {
    /// `#rrggbb`
    pub rgb: String,
    /// In `[0, 1]`.
    pub alpha: f64,
}

impl Colour {
    /// Reads a colour as a browser computes it: `rgb(..)`, `rgba(..)` or
    /// `color(srgb ..)`, the form of a mixture.
    #[must_use]
    pub fn from_css(css: &str) -> Option<Self> {
        let (name, rest) = css.trim().split_once('(')?;
        let inside = rest.strip_suffix(')')?;
        let (inside, scale) = match name {
            "rgb" | "rgba" => (inside, 1.0),
            "color" => (inside.trim().strip_prefix("srgb ")?, 255.0),
            _ => return None,
        };
        let numbers = inside
            .split([',', ' ', '/'])
            .filter(|part| !part.is_empty());
        let numbers: Vec<f64> = numbers.map(|n| n.parse().ok()).collect::<Option<_>>()?;
        let [red, green, blue, alpha @ ..] = numbers.as_slice() else {
            return None;
        };
        let byte = |part: &f64| (part * scale).round().clamp(0.0, 255.0) as u8;
        Some(Self {
            rgb: format!("#{:02x}{:02x}{:02x}", byte(red), byte(green), byte(blue)),
            alpha: alpha.first().copied().unwrap_or(1.0),
        })
    }
}

/// A background that is more than one colour.
#[derive(Clone, Debug, PartialEq)]
pub enum Background {
    /// From left to right; places in `[0, 1]`.
    Fade(Vec<(f64, Colour)>),
    /// Slanted stripes.
    Stripes {
        /// Of the ground and of the stripes.
        colours: [Colour; 2],
        /// Width of the ground between two stripes.
        ground_px: f64,
        /// Distance from stripe to stripe.
        period_px: f64,
    },
}

impl Background {
    /// Reads the two kinds of gradient that the style sheet uses.
    #[must_use]
    pub fn from_css(css: &str) -> Option<Self> {
        let (name, rest) = css.split_once('(')?;
        let parts = arguments(rest.strip_suffix(')')?);
        let (direction, stops) = parts.split_first()?;
        match (name, *direction) {
            ("linear-gradient", "90deg") => fade(stops),
            ("repeating-linear-gradient", "135deg") => stripes(stops),
            _ => None,
        }
    }
}

/// Splits at the commas that are in no parentheses.
fn arguments(text: &str) -> Vec<&str> {
    let mut depth = 0;
    let is_between = |c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    };
    text.split(is_between).map(str::trim).collect()
}

/// A colour and what follows it.
fn stop(text: &str) -> Option<(Colour, &str)> {
    let end = text.rfind(')')? + 1;
    Some((Colour::from_css(&text[..end])?, text[end..].trim()))
}

fn fade(stops: &[&str]) -> Option<Background> {
    let last = stops.len().checked_sub(1)?.max(1) as f64;
    let read = |(index, text): (usize, &&str)| {
        let (colour, place) = stop(text)?;
        let place = place.strip_suffix('%').and_then(|place| place.parse().ok());
        let place = place.map_or(index as f64 / last, |percent: f64| percent / 100.0);
        Some((place, colour))
    };
    let stops = stops.iter().enumerate().map(read).collect::<Option<_>>()?;
    Some(Background::Fade(stops))
}

/// The ground from 0, a stripe from where the ground ends.
fn stripes(stops: &[&str]) -> Option<Background> {
    let at = |index: usize| {
        let (colour, place) = stop(stops.get(index)?)?;
        Some((colour, place.strip_suffix("px")?.parse::<f64>().ok()?))
    };
    let ((ground, _), (_, ground_px)) = (at(0)?, at(1)?);
    let (stripe, period_px) = at(3)?;
    Some(Background::Stripes {
        colours: [ground, stripe],
        ground_px,
        period_px,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Frame {
        Frame {
            title: "A \"figure\" <1>".to_owned(),
            sentence: "It shows that one and one are two, in words that need lines.".to_owned(),
            has_sentence: false,
            credit: "Headlight".to_owned(),
            size: (200.0, 100.0),
            colours: ["#ffffff", "#000000", "#777777"].map(str::to_owned),
            font: "Inter, \"Segoe UI\"".to_owned(),
        }
    }

    #[test]
    fn text_stays_text_whatever_it_holds() {
        let mut drawing = Drawing::default();
        drawing.text(
            "<img src=x onerror=alert(1)>\u{1}\u{5e9}\u{1f600}",
            &[("x", "\"&<".to_owned())],
        );
        let file = drawing.finish(&frame());
        let text = "&lt;img src=x onerror=alert(1)&gt;\u{5e9}\u{1f600}</text>";
        assert!(file.contains(text), "{file}");
        assert!(file.contains("<text x=\"&quot;&amp;&lt;\">"), "{file}");
        assert!(
            file.contains("<title>A &quot;figure&quot; &lt;1&gt;</title>"),
            "{file}"
        );
    }

    #[test]
    fn the_sentence_is_broken_into_lines_unless_the_figure_has_it() {
        let file = Drawing::default().finish(&frame());
        assert!(
            file.contains(">It shows that one and one are</text>"),
            "{file}"
        );
        let has_it = Frame {
            has_sentence: true,
            ..frame()
        };
        let file = Drawing::default().finish(&has_it);
        assert!(!file.contains("</text><text x=\"16\" y=\"50\""), "{file}");
        assert!(file.contains("<desc>It shows"), "{file}");
    }

    #[test]
    fn what_is_opened_is_closed() {
        let mut drawing = Drawing::default();
        drawing.open_clip([0.0, 1.0, 2.005, 3.0]);
        drawing.leaf("rect", &[("width", px(-0.001))]);
        drawing.close("g");
        let file = drawing.finish(&frame());
        for tag in ["svg", "g", "defs", "clipPath", "title"] {
            let n_open = file.matches(&format!("<{tag} ")).count()
                + file.matches(&format!("<{tag}>")).count();
            assert_eq!(n_open, file.matches(&format!("</{tag}>")).count(), "{tag}");
        }
        assert!(file.contains("<rect width=\"0\"/>"), "{file}");
    }

    #[test]
    fn colours_come_as_browsers_compute_them() {
        let colour = |css| Colour::from_css(css).map(|c| (c.rgb, c.alpha));
        assert_eq!(colour("rgb(10, 58, 90)"), Some(("#0a3a5a".to_owned(), 1.0)));
        assert_eq!(
            colour("rgba(0, 0, 0, 0.5)"),
            Some(("#000000".to_owned(), 0.5))
        );
        assert_eq!(
            colour("color(srgb 1 0.5 0 / 0.25)"),
            Some(("#ff8000".to_owned(), 0.25))
        );
        assert_eq!(colour("none"), None);
        assert_eq!(colour("oklab(1 0 0)"), None);
    }

    #[test]
    fn gradients_of_the_style_sheet_are_understood() {
        let fade = "linear-gradient(90deg, rgb(1, 2, 3), rgb(4, 5, 6) 25%, rgb(7, 8, 9))";
        let Some(Background::Fade(stops)) = Background::from_css(fade) else {
            panic!("{fade}");
        };
        let places: Vec<f64> = stops.iter().map(|(place, _)| *place).collect();
        assert_eq!(places, [0.0, 0.25, 1.0]);
        let stripes = "repeating-linear-gradient(135deg, rgb(1, 1, 1) 0px, rgb(1, 1, 1) 2px, \
            rgb(9, 9, 9) 2px, rgb(9, 9, 9) 3px)";
        let Some(Background::Stripes {
            colours,
            ground_px,
            period_px,
        }) = Background::from_css(stripes)
        else {
            panic!("{stripes}");
        };
        assert_eq!((ground_px, period_px), (2.0, 3.0));
        assert_eq!(colours[1].rgb, "#090909");
        assert_eq!(Background::from_css("none"), None);
    }
}
