//! Progress on stderr, drawn only when that is a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that counts up to `count` of `what`.
pub(crate) fn progress_bar(count: u64, what: &str) -> ProgressBar {
    styled(count, &format!("{what}, {{eta}} left"))
}

/// A progress bar with room for a message, which says how it goes.
pub(crate) fn progress_bar_with_message(count: u64, what: &str) -> ProgressBar {
    styled(count, &format!("{what}, {{msg}}, {{eta}} left"))
}

fn styled(count: u64, after_count: &str) -> ProgressBar {
    let style = format!("{{elapsed_precise}} {{bar:30}} {{pos}}/{{len}} {after_count}");
    let style = ProgressStyle::with_template(&style);
    ProgressBar::new(count).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
