//! What the engine needs of the place it runs in.

use crate::Event;

/// A file that could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file {path} could not be read: {reason}")]
pub struct FetchError {
    /// What was asked for.
    pub path: String,
    /// True if there is no such file.
    pub is_absent: bool,
    /// Reason for the failure, without a full stop.
    pub reason: String,
}

/// The place the engine runs in: a worker, or a native program.
pub trait Host: Clone {
    /// Reads a file whole, such as `models/stories/config.json`.
    ///
    /// Calls `progress` with the bytes so far, and those in all if known.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be had.
    fn fetch(
        &self,
        path: &str,
        progress: impl FnMut(u64, Option<u64>),
    ) -> impl Future<Output = Result<Vec<u8>, FetchError>>;

    /// Lets other things happen, among them requests arriving.
    fn yield_now(&self) -> impl Future<Output = ()>;

    /// Emits [`Event::Alive`] every second, whatever the engine waits for meanwhile, until
    /// what is returned is dropped. A host whose death nobody watches for returns nothing
    /// of use.
    fn show_life(&self) -> impl Sized;

    /// Sends an event to whoever listens.
    fn emit(&self, event: Event);

    /// Ends this host at once and silently, as a worker that dies does. Only
    /// ever called for [`crate::Fault::Close`].
    fn close(&self);
}
