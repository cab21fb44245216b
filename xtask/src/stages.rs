//! The frame around a run of stages: headings, seconds, counts, one summary.

use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::process;
use crate::results::{BinaryTimes, Tally};

/// The stages that ran so far.
#[derive(Debug, Default)]
pub(crate) struct Stages {
    done: Vec<(String, Tally, f64)>,
}

impl Stages {
    /// Runs one stage; what it returns is counted, an error counts as one failure.
    ///
    /// Later stages run anyway: one run shows all that is wrong.
    pub(crate) fn counted(&mut self, heading: &str, stage: impl FnOnce() -> Result<Tally>) {
        println!("\n=== {heading}");
        #[expect(clippy::disallowed_methods, reason = "xtask never runs on wasm")]
        let start = Instant::now();
        let tally = stage().unwrap_or_else(|error| {
            println!("error: {error:#}");
            Tally::FAILED
        });
        let elapsed_secs = start.elapsed().as_secs_f64();
        println!(
            "--- {heading}: {} passed, {} failed in {elapsed_secs:.0} s",
            tally.passed, tally.failed
        );
        self.done.push((heading.to_owned(), tally, elapsed_secs));
    }

    /// Runs one stage that passes or fails as a whole.
    pub(crate) fn step(&mut self, heading: &str, stage: impl FnOnce() -> Result<()>) {
        self.counted(heading, || stage().map(|()| Tally::PASSED));
    }

    /// Prints a table and, last, `N passed, N failed`; `true` when nothing failed.
    pub(crate) fn finish(self) -> bool {
        println!("\n=== summary");
        for (heading, tally, elapsed_secs) in &self.done {
            println!(
                "{:>6} passed {:>4} failed {elapsed_secs:>6.0} s  {heading}",
                tally.passed, tally.failed
            );
        }
        let total_secs: f64 = self.done.iter().map(|(_, _, secs)| secs).sum();
        let sum: Tally = self.done.iter().map(|(_, tally, _)| *tally).sum();
        println!("{total_secs:.0} s in all");
        println!("{} passed, {} failed", sum.passed, sum.failed);
        sum.failed == 0
    }
}

/// Runs a test command and adds up the lines that `count` understands; where cargo
/// names test binaries, says at the end how long each of them ran.
///
/// A run that fails without a failed test (it did not compile, a process died)
/// counts as one failure.
pub(crate) fn count_tests(
    command: &mut Command,
    count: impl Fn(&str) -> Option<Tally>,
) -> Result<Tally> {
    let mut sum = Tally::default();
    let mut times = BinaryTimes::default();
    let status = process::run_watched(command, |line| {
        if let Some(tally) = count(line) {
            sum += tally;
        }
        times.see(line);
    })?;
    for (name, seconds) in times.slowest_first() {
        println!("{seconds:>8.1} s  {name}");
    }
    if !status.success() && sum.failed == 0 {
        println!("{}", failure_without_test(command));
        sum += Tally::FAILED;
    }
    if status.success() && sum == Tally::default() {
        bail!("`{}` ran no test", process::line(command));
    }
    Ok(sum)
}

fn failure_without_test(command: &Command) -> String {
    format!(
        "error: `{}` failed outside any test",
        process::line(command)
    )
}
