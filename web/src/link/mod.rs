//! The workers: started, ended, spoken to and listened to. All decisions are
//! the session's; this carries them out, in the second module of the page.

mod js_error;
mod listen;
mod messages;
mod truth;
mod workers;

pub use workers::{fetch_builds, run_command, run_truth_command};
