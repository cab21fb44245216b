//! Pauses between the steps of a long computation.

/// Asked between layers and between tokens whether to go on.
///
/// A host that shares its thread with others yields here; a host with a newer
/// request waiting stops here.
pub trait Pace {
    /// Yields, then says whether to go on.
    ///
    /// # Errors
    ///
    /// Returns [`Stopped`] if the computation is no longer wanted.
    fn pause(&self) -> impl Future<Output = Result<(), Stopped>>;
}

/// The computation is no longer wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stopped before the end, as asked")]
pub struct Stopped;

/// Never stops and never yields.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unhurried;

impl Pace for Unhurried {
    async fn pause(&self) -> Result<(), Stopped> {
        Ok(())
    }
}
