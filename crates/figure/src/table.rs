//! The numbers behind a figure as a table, for readers, programs and files.

use std::borrow::Cow;

use serde::Serialize;

use crate::files;

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// What stands above it.
    pub name: Cow<'static, str>,
    /// True for text; else a cell holds a number, `true` or `false`, or nothing
    /// where there is none.
    pub is_text: bool,
}

impl Column {
    /// A column of text.
    #[must_use]
    pub const fn text(name: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            is_text: true,
        }
    }

    /// A column of numbers under a name of its own.
    #[must_use]
    pub const fn named(name: String) -> Self {
        Self {
            name: Cow::Owned(name),
            is_text: false,
        }
    }

    /// A column of numbers, or of `true` and `false`.
    #[must_use]
    pub const fn value(name: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            is_text: false,
        }
    }
}

/// A table: columns, and rows of as many cells each.
///
/// ```
/// use headlight_figure::table::{Column, Table};
///
/// let columns = [Column::text("token"), Column::value("probability")];
/// let rows = vec![vec![" bell".to_owned(), "0.25".to_owned()]];
/// let table = Table::new("next tokens", &columns, rows);
/// assert_eq!(table.to_csv(), "token,probability\r\n\" bell\",0.25\r\n");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    /// A title: what the numbers are.
    pub caption: Cow<'static, str>,
    /// The columns; the first heads the rows.
    pub columns: Vec<Column>,
    /// The cells, numbers in full.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with as many cells in each row as there are columns; more are left out.
    #[must_use]
    pub fn new(caption: &'static str, columns: &[Column], mut rows: Vec<Vec<String>>) -> Self {
        for row in &mut rows {
            row.truncate(columns.len());
        }
        Self {
            caption: Cow::Borrowed(caption),
            columns: columns.to_vec(),
            rows,
        }
    }

    /// The table as CSV; see [`files::csv`].
    #[must_use]
    pub fn to_csv(&self) -> String {
        files::csv(self)
    }
}
