//! Parts of a view that change while the rest of it stays.

use leptos::prelude::*;

use crate::derived::Derived;

/// Text that changes with what `of` reads.
pub fn text(of: impl Fn() -> Option<String> + Send + 'static) -> AnyView {
    boxed_text(Box::new(of))
}

fn boxed_text(of: Box<dyn Fn() -> Option<String> + Send>) -> AnyView {
    (move || of()).into_any()
}

/// View that `of` gives, brought up to date whenever what it reads changes.
pub fn view_of(of: impl Fn() -> Option<AnyView> + Send + 'static) -> AnyView {
    boxed_view(Box::new(of))
}

fn boxed_view(of: Box<dyn Fn() -> Option<AnyView> + Send>) -> AnyView {
    (move || of()).into_any()
}

/// Value of an attribute that changes with what `of` reads; without a value there is no
/// attribute.
pub fn value_of(of: impl Fn() -> Option<String> + Send + 'static) -> ValueOf {
    Box::new(of)
}

/// Value of an attribute: one type for all of them.
pub type ValueOf = Box<dyn Fn() -> Option<String> + Send>;

/// View that is there while `is_there` says so, and made anew each time.
pub fn shown_if(is_there: Derived<bool>, view: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    view_of(move || is_there.get().then(&view))
}
