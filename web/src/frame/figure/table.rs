//! Tables of numbers.

use headlight_figure::table::Table;
use headlight_figure::{Element, Text, el};

/// Table for programs and for readers who hear the page, named after its figure; empty
/// before the numbers are there.
pub fn numbers(name: &'static str, table: Option<&Table>) -> Element {
    let empty = el("table").class("numbers").set("data-for", name);
    let Some(table) = table else {
        return empty;
    };
    let heads = table.columns.iter();
    let heads = heads.map(|column| head("col", column.name.clone()));
    let row = |cells: &Vec<String>| {
        let mut cells = cells.iter().cloned();
        let first = cells.next().unwrap_or_default();
        let rest = cells.map(|cell| el("td").add(cell));
        el("tr").add(head("row", first)).all(rest)
    };
    empty
        .add(el("caption").add(table.caption.clone()))
        .add(el("thead").add(el("tr").all(heads)))
        .add(el("tbody").all(table.rows.iter().map(row)))
}

/// Head of a column or of a row.
fn head(scope: &'static str, name: impl Into<Text>) -> Element {
    el("th").set("scope", scope).add(name.into())
}
