//! Sizes and typefaces of texts in figures, for geometry; the style sheet has the same
//! under the same classes, and a test says so.

use crate::element::{Element, Text, el};
use crate::text_width::{Face, fitted, text_width, wrapped};

/// A kind of text: its class in the style sheet, and what that says of its size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TextStyle {
    /// Class in the style sheet.
    pub class: &'static str,
    /// Typeface and weight.
    pub face: Face,
    /// Size of the type in figure units.
    pub size: f64,
}

/// Heading of a figure.
pub const TITLE: TextStyle = TextStyle {
    class: "text-title",
    face: Face::SerifBold,
    size: 18.0,
};
/// Sentence that says what the data show.
pub const SENTENCE: TextStyle = TextStyle {
    class: "text-sentence",
    face: Face::Serif,
    size: 15.0,
};
/// Names of rows, columns and series.
pub const LABEL: TextStyle = TextStyle {
    class: "text-label",
    face: Face::Sans,
    size: 13.0,
};
/// Heads of columns, titles of panels.
pub const COLUMN_HEAD: TextStyle = TextStyle {
    class: "text-head",
    face: Face::SansBold,
    size: 11.5,
};
/// Sentences that belong to a drawing.
pub const REMARK: TextStyle = TextStyle {
    class: "text-remark",
    face: Face::Sans,
    size: 13.0,
};
/// Titles of axes, remarks, small print.
pub const NOTE: TextStyle = TextStyle {
    class: "text-note",
    face: Face::Sans,
    size: 11.5,
};
/// Numbers beside marks and along axes.
pub const NUMBER: TextStyle = TextStyle {
    class: "text-number",
    face: Face::Mono,
    size: 11.5,
};

/// Words inside of cells.
pub const CELL: TextStyle = TextStyle {
    class: "text-cell",
    face: Face::Sans,
    size: 11.5,
};

/// Height of capitals and figures as a share of the type's size.
const CAPITALS: f64 = 0.72;

/// Where a text stands relative to its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The text begins there.
    Start,
    /// The text's middle is there.
    Middle,
    /// The text ends there.
    End,
}

impl TextStyle {
    /// Width of a text in figure units.
    #[must_use]
    pub fn width(&self, text: &str) -> f64 {
        text_width(text, self.face, self.size)
    }

    /// A text cut to a width with an ellipsis.
    #[must_use]
    pub fn fitted(&self, text: &str, width: f64) -> String {
        fitted(text, self.face, self.size, width).into_owned()
    }

    /// A text in lines of a width.
    #[must_use]
    pub fn wrapped(&self, text: &str, width: f64) -> Vec<String> {
        wrapped(text, self.face, self.size, width)
    }

    /// Distance of two lines of a text.
    #[must_use]
    pub fn line(&self) -> f64 {
        (self.size * 1.4).round()
    }

    /// Pixels from a middle down to the baseline on which figures look centred.
    #[must_use]
    pub const fn below_middle(&self) -> f64 {
        self.size * CAPITALS / 2.0
    }

    /// A text whose baseline is at `y`.
    #[must_use]
    pub fn at(&self, x: f64, y: f64, anchor: Anchor, text: impl Into<Text>) -> Element {
        let element = el("text").class(self.class).at("x", x).at("y", y);
        let element = match anchor {
            Anchor::Start => element,
            Anchor::Middle => element.set("text-anchor", "middle"),
            Anchor::End => element.set("text-anchor", "end"),
        };
        element.add(text.into())
    }

    /// A text in lines no wider than `width` from `(x, y)` down, and the height it takes.
    #[must_use]
    pub fn paragraph(&self, text: &str, (x, y): (f64, f64), width: f64) -> (Element, f64) {
        let mut drawn = el("g");
        let mut bottom = y;
        for line in self.wrapped(text, width) {
            bottom += self.line();
            drawn = drawn.add(self.at(x, bottom - self.size * 0.3, Anchor::Start, line));
        }
        (drawn, bottom - y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::STYLE_SHEET;

    #[test]
    fn the_style_sheet_has_the_same_sizes_and_typefaces() {
        for style in [
            TITLE,
            SENTENCE,
            LABEL,
            COLUMN_HEAD,
            REMARK,
            NOTE,
            NUMBER,
            CELL,
        ] {
            let (_, rule) = STYLE_SHEET
                .split_once(&format!("\n.{} {{", style.class))
                .unwrap();
            let (rule, _) = rule.split_once('}').unwrap();
            let (family, is_bold) = match style.face {
                Face::Sans => ("sans", false),
                Face::SansBold => ("sans", true),
                Face::Serif => ("serif", false),
                Face::SerifBold => ("serif", true),
                Face::Mono => ("mono", false),
            };
            assert!(
                rule.contains(&format!("font-family: var(--{family});")),
                "{rule}"
            );
            assert!(
                rule.contains(&format!("font-size: {}px;", style.size)),
                "{rule}"
            );
            assert_eq!(rule.contains("font-weight: 700"), is_bold, "{rule}");
        }
    }
}
