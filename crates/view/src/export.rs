//! What a figure gives away as a file: its name, and its numbers as CSV and JSON.

use headlight_activations::Edit;
use serde::Serialize;

use crate::column::Column;
use crate::data::{Source, Table};
use crate::figure::{AnyFigure, Figure};
use crate::run::Backend;
use crate::state::State;
use crate::text;

/// How the weights were prepared, as exports of other tools name it.
const WEIGHT_PROCESSING: &str = "raw weights";

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

/// A file that the visitor wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// What it holds.
    pub content: Content,
    /// Which kind of file.
    pub format: Format,
    /// Its name.
    pub name: String,
    /// What stands below a drawing.
    pub credit: String,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A figure as it is drawn.
    Drawing(AnyFigure),
    /// The numbers of a figure of the Attention room. Whoever makes the file asks for
    /// them: the page's first module knows no tables.
    NumbersOf(Figure),
    /// These numbers.
    Numbers(Numbers),
}

/// A figure's numbers, and what they are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// What they are about, as a JSON object.
    pub about: String,
    /// The numbers.
    pub table: Table,
}

impl Numbers {
    /// Those of a figure of the Attention room; `None` if they have not arrived.
    #[must_use]
    pub fn of(state: &State, figure: Figure) -> Option<Self> {
        let table = Source::new(state, figure)?.table();
        let about = About::new(state, figure, &table).to_json();
        Some(Self { about, table })
    }

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

/// Name of the file that a figure is saved as, such as
/// `headlight-attention-pattern-stories-3.2.svg`.
///
/// The head is named where the figure is of one head. Whatever a model is called,
/// the name is one of a file, in lower case ASCII as far as it is ours.
#[must_use]
pub fn file_name(state: &State, figure: Figure, format: Format) -> String {
    let of_head = match (figure, state.room.heads().as_slice()) {
        (Figure::Pattern | Figure::Lines | Figure::Steps | Figure::Product, [head]) => {
            format!("-{}", text::dotted(*head))
        }
        (Figure::Pattern | Figure::Lines | Figure::Steps | Figure::Product, several) => {
            format!("-mean-of-{}-heads", several.len())
        }
        _ => String::new(),
    };
    named(figure.into(), state.shown_model(), &of_head, format)
}

/// The name of a file about a figure of `whose` numbers.
pub(crate) fn named(figure: AnyFigure, whose: &str, of_head: &str, format: Format) -> String {
    let figure = figure.name().replace('.', "-");
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let safe = |c: char| if allowed(c) { c } else { '-' };
    let whose: String = whose.chars().map(safe).take(64).collect();
    let extension = format.extension();
    format!("headlight-{figure}-{whose}{of_head}.{extension}")
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

/// What the numbers are about.
#[derive(Debug, Serialize)]
struct About<'a> {
    figure: &'static str,
    model: &'a str,
    prompt: &'a str,
    layer: usize,
    head: usize,
    /// The heads whose mean is shown, where they are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mean_over: Vec<String>,
    /// The selected position.
    pos: usize,
    /// Every selected position, where the figure shows several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    positions: Vec<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<u32>,
    edits: Vec<Edit>,
    backend: Option<&'static str>,
    is_recorded: bool,
    weight_processing: &'static str,
    caption: &'a str,
}

impl<'a> About<'a> {
    fn new(state: &'a State, figure: Figure, table: &'a Table) -> Self {
        let run = state.room.run.as_ref();
        let heads = state.room.heads();
        let n_heads = heads.len();
        let mean_over = heads.into_iter().filter(|_| n_heads > 1);
        let positions = state.room.queries();
        let is_of_several = figure == Figure::Lines && positions.len() > 1;
        let positions = positions.into_iter();
        let compared = state.room.details.attribution.as_ref();
        let compared = compared.filter(|_| figure == Figure::Attribution);
        Self {
            figure: figure.name(),
            model: state.shown_model(),
            prompt: &state.shown_prompt,
            layer: state.room.head.layer,
            head: state.room.head.head,
            mean_over: mean_over.map(text::dotted).collect(),
            pos: state.room.query(),
            positions: positions.filter(|_| is_of_several).collect(),
            token: compared.map(|compared| compared.token),
            against: compared.map(|compared| compared.against),
            edits: state.room.ablations.iter().map(|it| it.edit()).collect(),
            backend: run.map(|run| match run.backend {
                Backend::Cpu => "cpu",
                Backend::Gpu => "gpu",
            }),
            is_recorded: run.is_some_and(|run| run.is_recorded()),
            weight_processing: WEIGHT_PROCESSING,
            caption: &table.caption,
        }
    }

    fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
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
    use crate::run::tests::{pattern, run};

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

    fn json(state: &State, figure: Figure, table: &Table) -> String {
        super::json(&About::new(state, figure, table).to_json(), table)
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
        let state = State {
            shown_prompt: HARD.concat(),
            ..State::default()
        };
        let table = table(HARD.iter().map(|text| [*text, "0.1", "false"]).collect());
        let read: Value = serde_json::from_str(&json(&state, Figure::Next, &table)).unwrap();
        assert_eq!(read["prompt"], state.shown_prompt);
        assert_eq!(read["figure"], "attention.next");
        assert_eq!(read["weight_processing"], "raw weights");
        for (row, text) in read["rows"].as_array().unwrap().iter().zip(HARD) {
            assert_eq!(*row, value!([text, 0.1, false]));
        }
    }

    #[test]
    fn infinities_are_strings_and_what_is_missing_is_null() {
        let table = table(vec![["3", "-inf", ""], ["", "inf", "<1e-45"]]);
        let read: Value =
            serde_json::from_str(&json(&State::default(), Figure::Steps, &table)).unwrap();
        assert_eq!(
            read["rows"],
            value!([["3", "-inf", null], ["", "inf", "<1e-45"]])
        );
    }

    #[test]
    fn no_digit_of_a_number_changes() {
        let digits = "0.30000000000000004";
        let text = json(
            &State::default(),
            Figure::Next,
            &table(vec![["a", digits, "1e-300"]]),
        );
        assert!(
            text.contains(&format!("[\"a\", {digits}, 1e-300]")),
            "{text}"
        );
    }

    #[test]
    fn an_export_says_what_was_taken_out_and_what_computed() {
        let mut state = State::default();
        state.room.show(run(&["a", " b"]), Some(pattern(2)));
        state.room.ablations = vec!["1.2:mean".parse().unwrap()];
        let read: Value =
            serde_json::from_str(&json(&state, Figure::Next, &table(vec![]))).unwrap();
        assert_eq!(
            read["edits"],
            value!([{"hook": "blocks.1.attn.hook_z", "head": 2, "pos": "all", "op": "mean"}])
        );
        assert_eq!(
            (&read["backend"], &read["rows"]),
            (&value!("cpu"), &value!([]))
        );
    }

    #[test]
    fn files_are_named_after_figure_model_and_head() {
        let mut state = State::default();
        let name = file_name(&state, Figure::Pattern, Format::Svg);
        assert_eq!(name, "headlight-attention-pattern-stories-3.2.svg");
        state
            .room
            .companions
            .insert(crate::run::Head { layer: 0, head: 1 });
        let name = file_name(&state, Figure::Lines, Format::Png);
        assert_eq!(
            name,
            "headlight-attention-lines-stories-mean-of-2-heads.png"
        );
        let name = file_name(&state, Figure::Atlas, Format::Json);
        assert_eq!(name, "headlight-attention-atlas-stories.json");
        state.session =
            crate::session::Session::new("../a b\u{e9}/c", crate::session::Choice::Auto);
        let name = file_name(&state, Figure::Next, Format::Csv);
        assert_eq!(name, "headlight-attention-next-..-a-b--c.csv");
        assert!(!name.contains('/'));
    }
}
