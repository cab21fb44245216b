//! Lists to choose from, boxes to tick and fields for numbers, each with its label.
//!
//! Whatever changes around it, a field stays the same element: whoever is about to choose
//! or to type is not interrupted.

use leptos::html::Select;
use leptos::prelude::*;

use super::parts::{value_of, view_of};
use crate::derived::Derived;
use crate::host;

/// Entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Value by which the entry is known.
    pub value: String,
    /// Name that a visitor reads.
    pub name: String,
}

impl Entry {
    /// Entry of a value and a name.
    pub fn new(value: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            name: name.into(),
        }
    }
}

/// List with its label in front and `behind` after it; `chosen` is the value of one of the
/// entries, and `choose` is told the value of another.
pub fn select(
    name: &'static str,
    about: Option<&'static str>,
    class: Option<&'static str>,
    entries: Derived<Vec<Entry>>,
    chosen: Derived<String>,
    choose: Callback<String>,
    behind: Option<AnyView>,
) -> AnyView {
    let list = NodeRef::<Select>::new();
    let options = move || {
        let (entries, chosen) = (entries.get(), chosen.get());
        if let Some(list) = list.get_untracked() {
            // A list can only choose an option that is there.
            queue_microtask(move || {
                if list.value() != chosen {
                    list.set_value(&chosen);
                }
            });
        }
        let option = |Entry { value, name }| view! { <option value=value>{name}</option> };
        Some(entries.into_iter().map(option).collect_view().into_any())
    };
    view! {
        <label class=class title=about>
            {name}
            <select node_ref=list on:change=move |event| choose.run(event_target_value(&event))>
                {view_of(options)}
            </select>
            {behind}
        </label>
    }
    .into_any()
}

/// Box to tick.
pub fn checkbox(
    name: &'static str,
    about: &'static str,
    is_ticked: Derived<bool>,
    tick: Callback<bool>,
) -> AnyView {
    view! {
        <label title=about>
            <input
                type="checkbox"
                prop:checked=move || is_ticked.get()
                on:change=move |event| tick.run(event_target_checked(&event))
            />
            {name}
        </label>
    }
    .into_any()
}

/// Field for a whole number from 0 to `most`; what is no number leaves what was there.
pub fn number_field(
    name: &'static str,
    most: usize,
    number: Derived<u64>,
    set: Callback<u64>,
) -> AnyView {
    let change = move |event: web_sys::Event| {
        if let Ok(typed) = event_target_value(&event).parse() {
            set.run(typed);
        }
        host::set_value(&event, &number.get_untracked().to_string());
    };
    view! {
        <label>
            {name}
            <input
                type="number"
                min="0"
                max=most.to_string()
                prop:value=value_of(move || Some(number.get().to_string()))
                on:change=change
            />
        </label>
    }
    .into_any()
}
