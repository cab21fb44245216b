//! Buttons, alone and in a row of which one is pressed.

use leptos::prelude::*;

use super::parts::{text, value_of};
use crate::derived::Derived;

/// Button whose name may change while it has the focus.
pub fn button(name: Derived<&'static str>, press: Callback<()>) -> AnyView {
    view! {
        <button type="button" class="button" on:click=move |_| press.run(())>
            {text(move || Some(name.get().to_owned()))}
        </button>
    }
    .into_any()
}

/// One of several buttons in a row.
#[derive(Clone, Copy, Debug)]
pub struct Segment {
    /// Name on the button.
    pub name: &'static str,
    /// Sentence for those who point at it.
    pub about: &'static str,
}

/// Row of buttons, of which the one at the place `pressed` is pressed.
pub fn segments(
    label: &'static str,
    all: Vec<Segment>,
    pressed: Derived<usize>,
    press: Callback<usize>,
) -> AnyView {
    let segment = |(at, Segment { name, about }): (usize, Segment)| {
        let is_pressed = value_of(move || Some((pressed.get() == at).to_string()));
        view! {
            <button type="button" title=about aria-pressed=is_pressed on:click=move |_| press.run(at)>
                {name}
            </button>
        }
    };
    let all = all.into_iter().enumerate().map(segment).collect_view();
    view! { <div class="segments" role="group" aria-label=label>{all}</div> }.into_any()
}
