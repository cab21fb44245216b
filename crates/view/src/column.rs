//! A column of the table behind a figure.

use std::borrow::Cow;

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
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
