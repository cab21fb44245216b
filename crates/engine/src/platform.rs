//! The one place where this crate touches its host directly: the clock.

/// A point in time; the standard library's own type panics in a browser.
pub use web_time::Instant;

/// The time now.
#[cfg_attr(
    not(target_family = "wasm"),
    expect(
        clippy::disallowed_methods,
        reason = "natively web_time is the standard clock"
    )
)]
#[must_use]
pub fn now() -> Instant {
    Instant::now()
}
