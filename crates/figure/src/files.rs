//! A table as a file: CSV and JSON, and which kinds of file there are.

use crate::table::{Column, Table};

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The figure as lines and text.
    Svg,
    /// The figure as pixels.
    Png,
    /// The numbers, for a spreadsheet.
    Csv,
    /// The numbers, for a program.
    Json,
}

impl Format {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 4] = [Self::Svg, Self::Png, Self::Csv, Self::Json];

    /// Ends the file's name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Svg => "image/svg+xml",
            Self::Png => "image/png",
            Self::Csv => "text/csv;charset=utf-8",
            Self::Json => "application/json",
        }
    }
}

/// A table as RFC 4180 has it: a head line, lines that end in CR LF, and quotes
/// around a cell that holds a quote, a comma or a line's end.
#[must_use]
pub fn csv(table: &Table) -> String {
    let mut file = String::new();
    let names = table.columns.iter().map(|column| &*column.name);
    write_line(&mut file, names);
    for row in &table.rows {
        write_line(&mut file, row.iter().map(String::as_str));
    }
    file
}

fn write_line<'a>(file: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            file.push(',');
        }
        // Spaces at an end are part of a token; some readers drop them unquoted.
        let is_quoted = cell.contains(['"', ',', '\r', '\n']) || cell != cell.trim();
        if is_quoted {
            file.push('"');
            file.push_str(&cell.replace('"', "\"\""));
            file.push('"');
        } else {
            file.push_str(cell);
        }
    }
    file.push_str("\r\n");
}

/// A table as one JSON object: all of the object `about`, then `columns`, and `rows`
/// of as many cells each.
///
/// Numbers keep every digit they have in the table; infinities are the strings
/// `inf` and `-inf`; a number that does not exist is `null`.
#[must_use]
pub fn json(about: &str, table: &Table) -> String {
    // Open again for the rows, which are written so that no digit changes.
    let about = about.strip_suffix('}').unwrap_or(about);
    let mut file = about.trim_end().to_owned();
    let names = table.columns.iter().map(|column| quoted(&column.name));
    let names: Vec<String> = names.collect();
    file.push_str(",\n  \"columns\": [");
    file.push_str(&names.join(", "));
    file.push_str("],\n  \"rows\": [");
    for (index, row) in table.rows.iter().enumerate() {
        let cells = row.iter().zip(&table.columns);
        let cells: Vec<String> = cells.map(|(cell, column)| literal(cell, column)).collect();
        let comma = if index > 0 { "," } else { "" };
        file.push_str(&format!("{comma}\n    [{}]", cells.join(", ")));
    }
    file.push_str("\n  ]\n}\n");
    file
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A cell as JSON writes it.
fn literal(cell: &str, column: &Column) -> String {
    let is_number = || serde_json::from_str::<serde_json::Number>(cell).is_ok();
    match cell {
        _ if column.is_text => quoted(cell),
        "" => "null".to_owned(),
        "true" | "false" => cell.to_owned(),
        _ if is_number() => cell.to_owned(),
        _ => quoted(cell),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use serde_json::{Value, json as value};

    use super::*;

    /// Texts that a careless writer breaks.
    const HARD: [&str; 8] = [
        "plain",
        "a,b",
        "say \"hi\"",
        "two\nlines\r\n",
        " leading",
        "<img src=x onerror=alert(1)>",
        "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{1f600}",
        "\u{1}\\u0001'=1+1",
    ];

    const ABOUT: &str = "{\"figure\": \"a.figure\"}";

    fn table(rows: Vec<[&str; 3]>) -> Table {
        Table {
            caption: Cow::Borrowed("a table"),
            columns: vec![
                Column::text("token, \"quoted\""),
                Column::value("number"),
                Column::value("flag"),
            ],
            rows: rows
                .into_iter()
                .map(|row| row.map(str::to_owned).to_vec())
                .collect(),
        }
    }

    /// Reads RFC 4180 strictly; a second opinion on the writer.
    fn read_csv(text: &str) -> Vec<Vec<String>> {
        let mut rows = vec![vec![String::new()]];
        let mut characters = text.chars().peekable();
        let mut is_quoted = false;
        while let Some(c) = characters.next() {
            let row = rows.last_mut().unwrap();
            match c {
                '"' if is_quoted && characters.peek() == Some(&'"') => {
                    characters.next();
                    row.last_mut().unwrap().push('"');
                }
                '"' => is_quoted = !is_quoted,
                c if is_quoted => row.last_mut().unwrap().push(c),
                ',' => row.push(String::new()),
                '\r' => {
                    assert_eq!(characters.next(), Some('\n'), "a line ends in CR LF");
                    rows.push(vec![String::new()]);
                }
                c => {
                    assert_ne!(c, '\n', "a line's end is quoted or CR LF");
                    row.last_mut().unwrap().push(c);
                }
            }
        }
        assert!(!is_quoted, "a quote is left open");
        assert_eq!(rows.pop(), Some(vec![String::new()]), "the last line ends");
        rows
    }

    #[test]
    fn every_cell_survives_csv() {
        let table = table(HARD.iter().map(|text| [*text, "-1.5e-7", "true"]).collect());
        let rows = read_csv(&csv(&table));
        let names: Vec<&str> = table.columns.iter().map(|column| &*column.name).collect();
        assert_eq!(rows[0], names);
        assert_eq!(rows[1..], table.rows);
    }

    #[test]
    fn every_cell_survives_json_and_numbers_are_numbers() {
        let about = value!({ "prompt": HARD.concat() }).to_string();
        let table = table(HARD.iter().map(|text| [*text, "0.1", "false"]).collect());
        let read: Value = serde_json::from_str(&json(&about, &table)).unwrap();
        assert_eq!(read["prompt"], HARD.concat());
        for (row, text) in read["rows"].as_array().unwrap().iter().zip(HARD) {
            assert_eq!(*row, value!([text, 0.1, false]));
        }
    }

    #[test]
    fn infinities_are_strings_and_what_is_missing_is_null() {
        let table = table(vec![["3", "-inf", ""], ["", "inf", "<1e-45"]]);
        let read: Value = serde_json::from_str(&json(ABOUT, &table)).unwrap();
        assert_eq!(
            read["rows"],
            value!([["3", "-inf", null], ["", "inf", "<1e-45"]])
        );
    }

    #[test]
    fn no_digit_of_a_number_changes() {
        let digits = "0.30000000000000004";
        let text = json(ABOUT, &table(vec![["a", digits, "1e-300"]]));
        assert!(
            text.contains(&format!("[\"a\", {digits}, 1e-300]")),
            "{text}"
        );
    }
}
