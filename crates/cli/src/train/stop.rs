//! Being asked to stop: Ctrl-C, or the system's request to end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::Failure;

/// Set once somebody asks this process to end, which is then left to us.
pub(super) struct StopSignal(Arc<AtomicBool>);

impl StopSignal {
    /// Listens from now on, in place of being ended at once.
    ///
    /// # Errors
    ///
    /// Returns an error if the system does not let us listen.
    pub(super) fn listen() -> Result<Self, Failure> {
        let is_set = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&is_set);
        ctrlc::set_handler(move || seen.store(true, Ordering::Relaxed))
            .map_err(|error| Failure::Other(format!("cannot listen for Ctrl-C: {error}")))?;
        Ok(Self(is_set))
    }

    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
