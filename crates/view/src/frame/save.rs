//! What a figure gives away as a file: a drawing, or its numbers as CSV and JSON.

use headlight_figure::files::{Format, csv, json};
use headlight_figure::table::Table;

use headlight_figure::{Figure, FigureId};

/// A file that the visitor wants.
#[derive(Clone, Debug, PartialEq)]
pub struct SaveRequest {
    /// Content of the file.
    pub content: Content,
    /// Format of the file.
    pub format: Format,
    /// Its name.
    pub name: String,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A figure of the Attention room; whoever makes the file asks for it, too.
    FigureOf(FigureId),
    /// This figure.
    Figure(Box<Figure>),
    /// The numbers of a figure of the Attention room. Whoever makes the file asks for
    /// them: the page's first module knows no tables.
    NumbersOf(FigureId),
    /// Numbers, as CSV or JSON.
    Numbers(Numbers),
}

/// A figure's numbers, and what they are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// Facts about the numbers, as a JSON object.
    pub about: String,
    /// The numbers.
    pub table: Table,
}

impl Numbers {
    /// The file; `None` if it is to be a drawing.
    #[must_use]
    pub fn file(&self, format: Format) -> Option<String> {
        match format {
            Format::Csv => Some(csv(&self.table)),
            Format::Json => Some(json(&self.about, &self.table)),
            Format::Svg | Format::Png => None,
        }
    }
}

/// The name of a file about a figure of `whose` numbers.
pub(crate) fn named(figure: FigureId, whose: &str, of_head: &str, format: Format) -> String {
    let figure = figure.name().replace('.', "-");
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let safe = |c: char| if allowed(c) { c } else { '-' };
    let whose: String = whose.chars().map(safe).take(64).collect();
    let extension = format.extension();
    format!("headlight-{figure}-{whose}{of_head}.{extension}")
}
