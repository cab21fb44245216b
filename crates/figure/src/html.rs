//! Figures as fragments of HTML: the drawing, and the table behind it.

use std::collections::BTreeSet;

use crate::figure::Figure;
use crate::svg::{Writer, attribute, escape};
use crate::table::Table;
use crate::theme::{Scope, Theme};

/// Classes of the fragment itself, whose rules it brings along.
const CLASSES: [&str; 9] = [
    "figure-fragment",
    "figure-picture",
    "figure-data",
    "figure-summary",
    "figure-table",
    "figure-caption",
    "figure-name",
    "figure-cell",
    "is-number",
];
/// What opens the table.
const SUMMARY: &str = "Data";

/// The figure as a `figure` element that can stand in any document: the drawing as SVG,
/// its table behind a summary.
///
/// It brings its rules along. They apply inside of it alone, and its ids begin with
/// the figure's and the theme's name, so that figures stand beside each other in any
/// themes.
#[must_use]
pub fn html(figure: &Figure, theme: &Theme) -> String {
    let name = format!("headlight-{}", theme.name);
    let id = format!("{}-{}-", figure.id.0.replace('.', "-"), theme.name);
    let scope = Scope {
        selector: &format!(".{name} "),
        id: &id,
    };
    let outer = theme.rules(&BTreeSet::from(["figure-fragment"]), &Scope::default());
    let inner = theme.rules(&BTreeSet::from(CLASSES), &scope);
    let mut out = String::from("<figure");
    attribute(&mut out, "class", &format!("figure-fragment {name}"));
    attribute(&mut out, "data-figure", figure.id.0);
    // The text of a style element of HTML is taken as it is; it holds our rules alone.
    out.push_str(&format!("><style>{outer}{inner}</style>"));
    out.push_str(&Writer::new(theme, scope).figure(figure));
    if !figure.table.columns.is_empty() {
        out.push_str("<details class=\"figure-data\">");
        out.push_str(&format!(
            "<summary class=\"figure-summary\">{SUMMARY}</summary>"
        ));
        table(&mut out, &figure.table, figure.id.0);
        out.push_str("</details>");
    }
    out.push_str("</figure>\n");
    out
}

fn table(out: &mut String, table: &Table, figure: &str) {
    out.push_str("<table class=\"figure-table\"");
    attribute(out, "data-for", figure);
    out.push_str("><caption class=\"figure-caption\">");
    escape(out, &table.caption);
    out.push_str("</caption><thead><tr>");
    let kind = |is_text: bool| if is_text { "" } else { " is-number" };
    for column in &table.columns {
        let class = format!("figure-name{}", kind(column.is_text));
        out.push_str(&format!("<th scope=\"col\" class=\"{class}\">"));
        escape(out, &column.name);
        out.push_str("</th>");
    }
    out.push_str("</tr></thead><tbody>");
    for row in &table.rows {
        out.push_str("<tr>");
        for (index, (cell, column)) in row.iter().zip(&table.columns).enumerate() {
            let class = format!("figure-cell{}", kind(column.is_text));
            let (tag, scope) = if index == 0 {
                ("th", " scope=\"row\"")
            } else {
                ("td", "")
            };
            out.push_str(&format!("<{tag}{scope} class=\"{class}\">"));
            escape(out, cell);
            out.push_str(&format!("</{tag}>"));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
}
