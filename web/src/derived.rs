//! Memos, signals and effects whatever they hold.
//!
//! Leptos compiles those of each type and of each function by themselves: some three
//! kilobytes a type, which every visitor would wait for. Here all are of one type, which holds any value; what is left to
//! each is to make its value, to compare it and to take it out again.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use leptos::prelude::*;

use crate::host;

/// A value of any type that can be compared with another of its type.
#[derive(Clone)]
pub struct Erased(Arc<dyn Value>);

trait Value: Any + Send + Sync {
    fn is(&self, other: &dyn Value) -> bool;
    fn into_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync>;
}

impl<T: PartialEq + Send + Sync + 'static> Value for T {
    fn is(&self, other: &dyn Value) -> bool {
        let other: &dyn Any = other;
        other.downcast_ref() == Some(self)
    }

    fn into_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync> {
        self
    }
}

impl PartialEq for Erased {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.is(&*other.0)
    }
}

impl Erased {
    fn new<T: PartialEq + Send + Sync + 'static>(value: T) -> Self {
        Self(Arc::new(value))
    }

    fn value<T: Send + Sync + 'static>(self) -> Arc<T> {
        let value = self.0.into_any().downcast();
        value.expect("whoever takes a value out says its type")
    }
}

/// A value of type `T` in a signal of any.
pub struct Typed<S, T>(S, PhantomData<fn() -> T>);

/// A value that is computed anew when what it reads changes, and followed by whoever
/// reads it.
pub type Derived<T> = Typed<Memo<Erased>, T>;

/// A value that can be set, and is followed by whoever reads it.
pub type Local<T> = Typed<RwSignal<Erased>, T>;

impl<S, T> Typed<S, T>
where
    S: Copy + Get<Value = Erased> + GetUntracked<Value = Erased> + Track,
    T: Send + Sync + 'static,
{
    /// The value as it is now.
    pub fn shared(self) -> Arc<T> {
        self.0.get().value()
    }

    /// A copy of the value as it is now.
    pub fn get(self) -> T
    where
        T: Clone,
    {
        T::clone(&self.shared())
    }

    /// A copy of the value, which is not followed.
    pub fn get_untracked(self) -> T
    where
        T: Clone,
    {
        T::clone(&self.0.get_untracked().value::<T>())
    }

    /// Follows the value, without looking at it.
    pub fn track(self) {
        self.0.track();
    }

    /// Something of the value.
    pub fn with<U>(self, of: impl FnOnce(&T) -> U) -> U {
        of(&self.shared())
    }

    /// Something of the value, which is not followed.
    pub fn with_untracked<U>(self, of: impl FnOnce(&T) -> U) -> U {
        of(&self.0.get_untracked().value())
    }

    /// The value, not followed; nothing when whoever had it is gone.
    pub fn try_get_untracked(self) -> Option<T>
    where
        T: Clone,
    {
        let value = self.0.try_get_untracked()?;
        Some(T::clone(&value.value::<T>()))
    }
}

impl<T: PartialEq + Send + Sync + 'static> Derived<T> {
    /// What `of` gives, anew whenever what it reads changes.
    pub fn new(of: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self(erased(Box::new(move || Erased::new(of()))), PhantomData)
    }

    /// The value, all of one moment, a task after it has changed.
    pub fn delayed(self) -> Local<T> {
        Typed(delayed(self.0), PhantomData)
    }
}

impl<T: PartialEq + Send + Sync + 'static> Local<T> {
    /// Holds a first value.
    pub fn new(value: T) -> Self {
        Self(RwSignal::new(Erased::new(value)), PhantomData)
    }

    /// Holds another value, if it is another: nobody is told of the same.
    pub fn set(self, value: T) {
        set(self.0, Erased::new(value));
    }
}

/// Does something once what is being drawn stands in the document, and again whenever what
/// it read changes; never after the part of the page that asked for it has gone.
///
/// An effect of Leptos runs a first time even if what it belongs to was taken away before:
/// what it reads is then gone, and it panics. So no other effect is made on this page.
pub fn react(act: impl FnMut() + 'static) {
    effect(Box::new(act));
}

// One of each, for all types.

fn erased(of: Box<dyn Fn() -> Erased + Send + Sync>) -> Memo<Erased> {
    Memo::new(move |_| of())
}

fn set(signal: RwSignal<Erased>, value: Erased) {
    if signal.get_untracked() != value {
        signal.set(value);
    }
}

fn delayed(now: Memo<Erased>) -> RwSignal<Erased> {
    let later = RwSignal::new(now.get_untracked());
    let is_due = StoredValue::new(false);
    react(move || {
        now.track();
        if !is_due.get_value() {
            is_due.set_value(true);
            host::in_another_task(move || {
                // By then the part of the page that asked may be gone.
                let Some(said) = now.try_get_untracked() else {
                    return;
                };
                is_due.set_value(false);
                set(later, said);
            });
        }
    });
    later
}

#[expect(clippy::disallowed_methods, reason = "everyone else calls `react`")]
fn effect(mut act: Box<dyn FnMut()>) {
    let owner = StoredValue::new(());
    Effect::new(move |_| {
        if !owner.is_disposed() {
            act();
        }
    });
}

impl<S: Copy, T> Clone for Typed<S, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Copy, T> Copy for Typed<S, T> {}
