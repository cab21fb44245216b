//! Small tables and lists of a few texts, laid out for a drawing.

use headlight_figure::{
    Anchor, COLUMN_HEAD, Element, LABEL, NOTE, NUMBER, TextStyle, el, line_between,
};

/// Height of a row.
const ROW: f64 = 25.0;
/// Height of the heads.
const HEADS: f64 = 20.0;
/// Least room between two columns.
const APART: f64 = 12.0;
/// Between a row's baseline and its lower edge.
const BELOW_BASELINE: f64 = 8.0;

/// A row of a small table.
pub(super) struct TextRow {
    /// Name of the row.
    pub(super) name: &'static str,
    /// Numbers, one for each head but the first.
    pub(super) cells: Vec<String>,
    /// How the row stands out, if it does: a class of the style sheet.
    pub(super) class: &'static str,
}

/// A table in a width, its upper left corner at `(x, y)`: names at the left, numbers at the
/// right below their heads, a line above each row; and its height.
pub(super) fn text_table(
    heads: &[&'static str],
    rows: &[TextRow],
    (x, y): (f64, f64),
    width: f64,
) -> (Element, f64) {
    let [first, heads @ ..] = heads else {
        return (el("g"), 0.0);
    };
    let cell = |row: &TextRow, column: usize| row.cells.get(column).cloned().unwrap_or_default();
    let column = |(index, head): (usize, &&str)| {
        let cells = rows.iter().map(|row| NUMBER.width(&cell(row, index)));
        cells.fold(COLUMN_HEAD.width(head), f64::max)
    };
    let columns: Vec<f64> = heads.iter().enumerate().map(column).collect();
    let names = rows.iter().map(|row| LABEL.width(row.name));
    let names = names.fold(COLUMN_HEAD.width(first), f64::max);
    let free = width - names - columns.iter().sum::<f64>();
    let gap = (free / columns.len().max(1) as f64).max(APART);
    // Where the numbers of each column end.
    let ends: Vec<f64> = (0..columns.len())
        .map(|index| {
            let behind = &columns[index + 1..];
            x + width - behind.iter().sum::<f64>() - behind.len() as f64 * gap
        })
        .collect();
    let room = ends.first().zip(columns.first());
    let room = room.map_or(width, |(end, column)| end - column - APART - x);
    let place =
        |style: TextStyle, end: &f64, y: f64, text: String| style.at(*end, y, Anchor::End, text);
    let baseline = y + HEADS - 6.0;
    let mut drawn = el("g")
        .class("text-table")
        .add(COLUMN_HEAD.at(x, baseline, Anchor::Start, *first))
        .all(
            ends.iter()
                .zip(heads)
                .map(|(end, head)| place(COLUMN_HEAD, end, baseline, (*head).to_owned())),
        );
    for (index, row) in rows.iter().enumerate() {
        let top = y + HEADS + index as f64 * ROW;
        let baseline = top + ROW - BELOW_BASELINE;
        let name = LABEL.at(x, baseline, Anchor::Start, LABEL.fitted(row.name, room));
        let cells = ends.iter().enumerate();
        drawn = drawn
            .add(line_between((x, top), (x + width, top)).class("grid-line"))
            .add(name.class(row.class))
            .all(
                cells.map(|(at, end)| place(NUMBER, end, baseline, cell(row, at)).class(row.class)),
            );
    }
    (drawn, HEADS + rows.len() as f64 * ROW)
}

/// Names with their values at the right, in lines where these are long, the upper left corner
/// at `(x, y)`; and the height.
pub(super) fn facts(
    facts: &[(&'static str, String)],
    (x, y): (f64, f64),
    width: f64,
) -> (Element, f64) {
    let mut drawn = el("g");
    let mut n_lines = 0.0;
    let line = NOTE.line() + 1.0;
    for (name, value) in facts {
        let first = n_lines;
        let baseline = |n_lines: f64| y + (n_lines + 1.0) * line - 5.0;
        let name_width = NOTE.width(name);
        drawn = drawn.add(NOTE.at(x, baseline(first), Anchor::Start, *name));
        let room = (width - name_width - APART).max(width / 3.0);
        for text in NUMBER.wrapped(value, room) {
            drawn = drawn.add(NUMBER.at(x + width, baseline(n_lines), Anchor::End, text));
            n_lines += 1.0;
        }
        n_lines = n_lines.max(first + 1.0);
    }
    (drawn, n_lines * line)
}
