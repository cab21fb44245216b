//! A guard around code of others that may panic on what a file says.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use super::LibraryError;

thread_local! {
    /// True while this thread is inside a guard, where a panic says nothing.
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// What `call` returns, or the panic that it ended in, as a sentence.
///
/// What the call has changed before it panicked must not be looked at again.
pub(super) fn guarded<T>(call: impl FnOnce() -> T) -> Result<T, LibraryError> {
    keep_guarded_panics_quiet();
    let was_guarded = IS_GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(call));
    IS_GUARDED.set(was_guarded);
    result.map_err(|panic| LibraryError::Panic {
        reason: reason_of(&*panic),
    })
}

/// A panic outside a guard is reported as ever.
fn keep_guarded_panics_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !IS_GUARDED.get() {
                report(info);
            }
        }));
    });
}

fn reason_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("without a reason").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_sentence() {
        assert_eq!(guarded(|| 7).unwrap(), 7);
        let index = std::hint::black_box(3);
        let error = guarded(|| [1, 2][index]).unwrap_err().to_string();
        assert!(error.contains("panic: index out of bounds"), "{error}");
        let error = guarded(|| std::panic::panic_any(5))
            .unwrap_err()
            .to_string();
        assert!(error.ends_with("panic: without a reason"), "{error}");
    }
}
