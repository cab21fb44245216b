//! What the room attends with: the head, random numbers or typed ones.

use headlight_view::State;
use headlight_view::rooms::flash::words::controls;
use headlight_view::rooms::flash::{DataSource, FlashAction, MOST_ROWS, MOST_WIDTH, words};
use leptos::prelude::*;

use super::flash_view::FlashView;
use crate::controls::{Entry, number_field, select, shown_if, value_of};
use crate::derived::Derived;

/// Says how numbers are typed.
const FORMAT: &str = "flash-typed-format";

/// Values of the kinds in the list.
const HEAD: &str = "head";
const RANDOM: &str = "random";
const TYPED: &str = "typed";

/// The list of kinds, and what more is to be said about the chosen one.
pub(super) fn source(room: FlashView) -> AnyView {
    let kind = room.store.select(|state: &State| {
        let kind = match &state.flash.source {
            DataSource::Head => HEAD,
            DataSource::Random { .. } => RANDOM,
            DataSource::Typed(_) => TYPED,
        };
        kind.to_owned()
    });
    let entries = Derived::new(|| {
        vec![
            Entry::new(HEAD, words::THIS_HEAD),
            Entry::new(RANDOM, words::RANDOM),
            Entry::new(TYPED, words::TYPED),
        ]
    });
    let choose = Callback::new(move |value: String| {
        room.act(FlashAction::SetSource(match value.as_str() {
            RANDOM => random([32, 16, 0]),
            TYPED => DataSource::Typed(words::TYPED_EXAMPLE.to_owned()),
            _ => DataSource::Head,
        }));
    });
    let (name, about) = (controls::DATA.name, Some(controls::DATA.about));
    let list = select(name, about, None, entries, kind, choose, None);
    let is_random = Derived::new(move || kind.with(|kind| kind == RANDOM));
    let is_typed = Derived::new(move || kind.with(|kind| kind == TYPED));
    view! {
        {list}
        {shown_if(is_random, move || random_fields(room))}
        {shown_if(is_typed, move || typed_field(room))}
    }
    .into_any()
}

/// Rows, width and seed.
fn random_fields(room: FlashView) -> AnyView {
    let field = move |at: usize, name, most| {
        let number = room.store.select(move |state: &State| numbers(state)[at]);
        let set = Callback::new(move |number| {
            let mut all = room.store.peek(numbers);
            all[at] = number;
            room.act(FlashAction::SetSource(random(all)));
        });
        number_field(name, most, number, set)
    };
    view! {
        {field(0, words::ROWS, MOST_ROWS)}
        {field(1, words::WIDTH, MOST_WIDTH)}
        {field(2, words::SEED, 1_000_000)}
    }
    .into_any()
}

/// Rows, width and seed of random numbers.
fn numbers(state: &State) -> [u64; 3] {
    match state.flash.source {
        DataSource::Random { n, d, seed } => [n as u64, d as u64, seed],
        DataSource::Head | DataSource::Typed(_) => [0; 3],
    }
}

fn random([n, d, seed]: [u64; 3]) -> DataSource {
    DataSource::Random {
        n: usize::try_from(n).unwrap_or(usize::MAX),
        d: usize::try_from(d).unwrap_or(usize::MAX),
        seed,
    }
}

/// The text of typed numbers, read at each letter.
fn typed_field(room: FlashView) -> AnyView {
    let typed = room
        .store
        .select(|state: &State| match &state.flash.source {
            DataSource::Typed(typed) => typed.clone(),
            DataSource::Head | DataSource::Random { .. } => String::new(),
        });
    let input = move |event| {
        let typed = event_target_value(&event);
        room.act(FlashAction::SetSource(DataSource::Typed(typed)));
    };
    view! {
        <p class="typed-format" id=FORMAT>{words::TYPED_LABEL}</p>
        <textarea
            class="typed"
            rows="4"
            aria-labelledby=FORMAT
            prop:value=value_of(move || Some(typed.get()))
            on:input=input
        ></textarea>
    }
    .into_any()
}
