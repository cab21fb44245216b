//! Progress on stderr, drawn only when that is a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that counts up to `count` of `what`.
pub(crate) fn progress_bar(count: u64, what: &str) -> ProgressBar {
    let style = format!("{{elapsed_precise}} {{bar:30}} {{pos}}/{{len}} {what}, {{eta}} left");
    let style = ProgressStyle::with_template(&style);
    ProgressBar::new(count).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
