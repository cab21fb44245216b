//! The algorithms, and the schedules they follow.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod algorithms;
mod head;
mod schedules;
