//! Counting: what test runners say they ran.

use std::iter::Sum;
use std::ops::AddAssign;

/// Counted tests or stages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// How many passed.
    pub(crate) passed: usize,
    /// How many failed.
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
    fn tallies_add_up() {
        let sum: Tally = [Tally::PASSED, Tally::FAILED, Tally::PASSED]
            .into_iter()
            .sum();
        assert_eq!((sum.passed, sum.failed), (2, 1));
    }
}
