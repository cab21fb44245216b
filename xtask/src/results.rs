//! Counting: what test runners say they ran, and how long.

use std::iter::Sum;
use std::ops::AddAssign;

/// Counted tests or stages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Number of tests that passed.
    pub(crate) passed: usize,
    /// Number of tests that failed.
    pub(crate) failed: usize,
}

impl Tally {
    /// One thing that passed.
    pub(crate) const PASSED: Self = Self {
        passed: 1,
        failed: 0,
    };
    /// One thing that failed.
    pub(crate) const FAILED: Self = Self {
        passed: 0,
        failed: 1,
    };

    /// The counts in a line of libtest: `test result: ok. 3 passed; 1 failed; ...`.
    pub(crate) fn from_libtest(line: &str) -> Option<Self> {
        let counts = line.trim().strip_prefix("test result: ")?;
        let (_verdict, counts) = counts.split_once(". ")?;
        let mut counts = counts.split("; ");
        Some(Self {
            passed: number_before(counts.next()?, "passed")?,
            failed: number_before(counts.next()?, "failed")?,
        })
    }

    /// The counts in a line that says just `3 passed, 1 failed`.
    pub(crate) fn from_summary(line: &str) -> Option<Self> {
        let (passed, failed) = line.trim().split_once(", ")?;
        Some(Self {
            passed: number_before(passed, "passed")?,
            failed: number_before(failed, "failed")?,
        })
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |mut sum, tally| {
            sum += tally;
            sum
        })
    }
}

/// Seconds of each test binary that cargo runs, added up line by line.
#[derive(Debug, Default)]
pub(crate) struct BinaryTimes {
    done: Vec<(String, f64)>,
}

impl BinaryTimes {
    /// Takes in one line of what cargo and libtest print.
    pub(crate) fn see(&mut self, line: &str) {
        if let Some(name) = binary_named_in(line) {
            self.done.push((name, 0.0));
        } else if let (Some(seconds), Some((_, sum))) =
            (seconds_from_libtest(line), self.done.last_mut())
        {
            // The examples of one crate may be several runs.
            *sum += seconds;
        }
    }

    /// Names and seconds, the slowest first; without those that took less than 50 ms.
    pub(crate) fn slowest_first(mut self) -> Vec<(String, f64)> {
        self.done.retain(|(_, seconds)| *seconds >= 0.05);
        self.done.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        self.done
    }
}

/// What cargo says that it runs: `Running tests/memory.rs (target/debug/deps/memory-1f2e)`
/// or `Doc-tests headlight_flash`.
fn binary_named_in(line: &str) -> Option<String> {
    let line = line.trim_start();
    if let Some(name) = line.strip_prefix("Doc-tests ") {
        return Some(format!("{name}, examples"));
    }
    let (source, file) = line.strip_prefix("Running ")?.split_once(" (")?;
    let file = file.strip_suffix(')')?;
    let (_, file) = file.rsplit_once(['/', '\\'])?;
    let (name, _hash) = file.rsplit_once('-')?;
    Some(format!("{name}, {source}"))
}

/// The seconds at the end of libtest's line: `test result: ok. ...; finished in 1.25s`.
fn seconds_from_libtest(line: &str) -> Option<f64> {
    let (_, seconds) = line
        .strip_prefix("test result: ")?
        .rsplit_once("; finished in ")?;
    seconds.strip_suffix('s')?.parse().ok()
}

fn number_before(text: &str, word: &str) -> Option<usize> {
    text.strip_suffix(word)?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libtests_line_is_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        let tally = Tally {
            passed: 12,
            failed: 3,
        };
        assert_eq!(Tally::from_libtest(line), Some(tally));
        assert_eq!(Tally::from_libtest("test a ... ok"), None);
        assert_eq!(Tally::from_libtest("test result: "), None);
    }

    #[test]
    fn the_browser_runners_line_is_counted() {
        let tally = Tally {
            passed: 7,
            failed: 0,
        };
        assert_eq!(Tally::from_summary("7 passed, 0 failed"), Some(tally));
        assert_eq!(Tally::from_summary("7 passed"), None);
        assert_eq!(Tally::from_summary("all 7 passed, 0 failed"), None);
    }

    #[test]
    fn seconds_go_to_the_binary_that_cargo_named_last_and_the_slowest_comes_first() {
        let mut times = BinaryTimes::default();
        for line in [
            "    Finished `test` profile [unoptimized] target(s) in 0.52s",
            "     Running unittests src/lib.rs (target/debug/deps/headlight_flash-0a1b2c)",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.25s",
            "     Running tests/memory.rs (target/debug/deps/memory-77)",
            "error: test failed, to rerun pass `-p headlight-model --test memory`",
            "     Running tests/quick.rs (target/debug/deps/quick-78)",
            "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "   Doc-tests headlight_flash",
            "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s",
            "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 2.50s",
        ] {
            times.see(line);
        }
        let want = [
            ("headlight_flash, examples".to_owned(), 3.5),
            ("headlight_flash, unittests src/lib.rs".to_owned(), 0.25),
        ];
        assert_eq!(times.slowest_first(), want);
    }

    #[test]
    fn tallies_add_up() {
        let sum: Tally = [Tally::PASSED, Tally::FAILED, Tally::PASSED]
            .into_iter()
            .sum();
        assert_eq!((sum.passed, sum.failed), (2, 1));
    }
}
