//! Tables of numbers.

use headlight_figure::table::Table;

use crate::draw::{Element, Text, el};

/// A table for programs and for readers who hear the page, by whoever makes it; empty
/// before it is there.
pub fn numbers(name: &'static str, table: Option<&Table>) -> Element {
    let empty = el("table").class("numbers").set("data-for", name);
    let Some(table) = table else {
        return empty;
    };
    let heads = table
        .columns
        .iter()
        .map(|column| column_head(column.name.clone()));
    let row = |cells: &Vec<String>| {
        let mut cells = cells.iter().cloned();
        let first = cells.next().unwrap_or_default();
        let rest = cells.map(|cell| el("td").add(cell));
        el("tr").add(row_head(first)).all(rest)
    };
    empty
        .add(el("caption").add(table.caption.clone()))
        .add(el("thead").add(el("tr").all(heads)))
        .add(el("tbody").all(table.rows.iter().map(row)))
}

/// The head of a column.
fn column_head(name: impl Into<Text>) -> Element {
    el("th").set("scope", "col").add(name.into())
}

/// The head of a row.
fn row_head(name: impl Into<Text>) -> Element {
    el("th").set("scope", "row").add(name.into())
}
