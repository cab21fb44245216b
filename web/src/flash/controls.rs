//! What can be chosen: algorithm, tiles, order, numbers, another algorithm beside.
//!
//! Each option of a `select` is told whether it is chosen: the `select` itself is given
//! its value before it has any options, so what a link chose would not be shown.

use headlight_view::State;
use headlight_view::flash::{
    Algorithm, BLOCKS, Clock, FlashAction, MEMORIES, MOST_ROWS, MOST_WIDTH, Options, Source, Tiles,
    words,
};
use leptos::prelude::*;

use super::act;
use super::now::Now;
use crate::store::store;

/// Says how numbers are typed.
const FORMAT: &str = "flash-typed-format";

/// The row of controls above the stage.
#[component]
pub fn Controls() -> impl IntoView {
    let store = store();
    let options = store.select(|state: &State| state.flash.options);
    view! {
        <div class="controls" role="group" aria-label=words::CONTROLS>
            <div class="segments" role="group" aria-label=words::ALGORITHM>
                {Algorithm::ALL.map(|algorithm| view! { <UseAlgorithm algorithm options/> }).collect_view()}
            </div>
            <TileChoice options/>
            <Switch
                label=words::CAUSAL
                is_on=Signal::derive(move || options.get().is_causal)
                is_there=Signal::derive(|| true)
                action=FlashAction::SetCausal
            />
            <Switch
                label=words::REVERSED
                is_on=Signal::derive(move || options.get().is_reversed)
                is_there=Signal::derive(move || options.get().algorithm != Algorithm::Standard)
                action=FlashAction::SetReversed
            />
            <Switch
                label=words::LAZY
                is_on=Signal::derive(move || options.get().is_lazy)
                is_there=Signal::derive(move || options.get().algorithm == Algorithm::Fa2)
                action=FlashAction::SetLazy
            />
            <Show when=move || options.get().algorithm == Algorithm::Fa2>
                <Splits options/>
            </Show>
            <Numbers/>
            <Compare/>
        </div>
    }
}

#[component]
fn UseAlgorithm(algorithm: Algorithm, options: Memo<Options>) -> impl IntoView {
    let store = store();
    let is_used = move || (options.get().algorithm == algorithm).to_string();
    view! {
        <button
            type="button"
            aria-pressed=is_used
            on:click=move |_| act(store, FlashAction::UseAlgorithm(algorithm))
        >
            {words::algorithm(algorithm)}
        </button>
    }
}

#[component]
fn TileChoice(options: Memo<Options>) -> impl IntoView {
    let store = store();
    let blocks = move || match options.get().tiles {
        Tiles::Blocks(block_q, block_k) => Some((block_q, block_k)),
        Tiles::OnChip(_) => None,
    };
    let chosen = Memo::new(move |_| blocks());
    let set = move |tiles: Tiles| act(store, FlashAction::SetTiles(tiles));
    let is_for = move |bytes: usize| options.get().tiles == Tiles::OnChip(bytes);
    let is_chosen = move || matches!(options.get().tiles, Tiles::Blocks(..));
    let choices = |chosen: Option<usize>| {
        let mut all = BLOCKS.to_vec();
        if let Some(chosen) = chosen.filter(|chosen| !all.contains(chosen)) {
            all.push(chosen);
        }
        let option = move |block: usize| {
            view! { <option value=block.to_string() selected=chosen == Some(block)>{block}</option> }
        };
        let none = chosen
            .is_none()
            .then(|| view! { <option value="" selected=true>"–"</option> });
        view! { {none}{all.into_iter().map(option).collect_view()} }
    };
    let usual = move || chosen.get_untracked().unwrap_or((8, 4));
    let now: Now = expect_context();
    let given = move || {
        let options = options.get();
        now.player(|player| words::tiles_given(&options, player.data().d()))
            .flatten()
    };
    // Standard attention has no tiles, but the one beside it may.
    let is_tiled = store.select(|state: &State| {
        let room = &state.flash;
        room.shows(Algorithm::Fa1) || room.shows(Algorithm::Fa2)
    });
    view! {
        <Show when=move || is_tiled.get()>
            <label>
                {words::QUERIES_PER_TILE}
                <select on:change=move |event| {
                    if let Ok(block) = event_target_value(&event).parse() {
                        set(Tiles::Blocks(block, usual().1));
                    }
                }>{move || choices(chosen.get().map(|blocks| blocks.0))}</select>
            </label>
            <label>
                {words::KEYS_PER_TILE}
                <select on:change=move |event| {
                    if let Ok(block) = event_target_value(&event).parse() {
                        set(Tiles::Blocks(usual().0, block));
                    }
                }>{move || choices(chosen.get().map(|blocks| blocks.1))}</select>
            </label>
            <label>
                {words::TILES_FOR}
                <select on:change=move |event| {
                    match event_target_value(&event).parse() {
                        Ok(bytes) => set(Tiles::OnChip(bytes)),
                        Err(_) => set(Options::USUAL_TILES),
                    }
                }>
                    <option value="" prop:selected=is_chosen>{words::CHOSEN_TILES}</option>
                    {MEMORIES.map(|bytes| view! {
                        <option value=bytes.to_string() prop:selected=move || is_for(bytes)>{words::memory(bytes)}</option>
                    }).collect_view()}
                </select>
                <span class="number tiles-given">{given}</span>
            </label>
        </Show>
    }
}

#[component]
fn Switch(
    label: &'static str,
    is_on: Signal<bool>,
    is_there: Signal<bool>,
    action: fn(bool) -> FlashAction,
) -> impl IntoView {
    let store = store();
    view! {
        <Show when=move || is_there.get()>
            <label>
                <input
                    type="checkbox"
                    prop:checked=move || is_on.get()
                    on:change=move |event| act(store, action(event_target_checked(&event)))
                />
                {label}
            </label>
        </Show>
    }
}

#[component]
fn Splits(options: Memo<Options>) -> impl IntoView {
    let store = store();
    let is_in = move |n: usize| options.get().n_splits == n;
    view! {
        <label>
            {words::SPLITS}
            <select on:change=move |event| {
                if let Ok(n_splits) = event_target_value(&event).parse() {
                    act(store, FlashAction::SetSplits(n_splits));
                }
            }>
                <option value="1" prop:selected=move || is_in(1)>{words::NO_SPLIT}</option>
                {[2, 3, 4].map(|n| view! {
                    <option value=n.to_string() prop:selected=move || is_in(n)>{words::in_parts(n)}</option>
                }).collect_view()}
            </select>
        </label>
    }
}

/// What is attended with.
#[component]
fn Numbers() -> impl IntoView {
    let store = store();
    let source = store.select(|state: &State| state.flash.source.clone());
    let kind = move || match source.get() {
        Source::Head => "head",
        Source::Random { .. } => "random",
        Source::Typed(_) => "typed",
    };
    let choose = move |name: String| {
        let chosen = match name.as_str() {
            "random" => Source::Random {
                n: 32,
                d: 16,
                seed: 0,
            },
            "typed" => Source::Typed(words::TYPED_EXAMPLE.to_owned()),
            _ => Source::Head,
        };
        act(store, FlashAction::SetSource(chosen));
    };
    let field = move |label: &'static str, most: usize, at: usize| {
        let value = move || match source.get() {
            Source::Random { n, d, seed } => [n as u64, d as u64, seed][at].to_string(),
            Source::Head | Source::Typed(_) => String::new(),
        };
        let change = move |event| {
            let Source::Random { n, d, seed } = source.get_untracked() else {
                return;
            };
            let mut all = [n as u64, d as u64, seed];
            if let Ok(number) = event_target_value(&event).parse() {
                all[at] = number;
                act(
                    store,
                    FlashAction::SetSource(Source::Random {
                        n: usize::try_from(all[0]).unwrap_or(usize::MAX),
                        d: usize::try_from(all[1]).unwrap_or(usize::MAX),
                        seed: all[2],
                    }),
                );
            }
        };
        view! {
            <label>
                {label}
                <input type="number" min="0" max=most.to_string() prop:value=value on:change=change/>
            </label>
        }
    };
    let typed = move || match source.get() {
        Source::Typed(typed) => typed,
        Source::Head | Source::Random { .. } => String::new(),
    };
    view! {
        <label>
            {words::DATA}
            <select on:change=move |event| choose(event_target_value(&event))>
                <option value="head" prop:selected=move || kind() == "head">{words::THIS_HEAD}</option>
                <option value="random" prop:selected=move || kind() == "random">{words::RANDOM}</option>
                <option value="typed" prop:selected=move || kind() == "typed">{words::TYPED}</option>
            </select>
        </label>
        <Show when=move || kind() == "random">
            {field(words::ROWS, MOST_ROWS, 0)}
            {field(words::WIDTH, MOST_WIDTH, 1)}
            {field(words::SEED, 1_000_000, 2)}
        </Show>
        <Show when=move || kind() == "typed">
            <p class="typed-format" id=FORMAT>{words::TYPED_LABEL}</p>
            <textarea
                class="typed"
                rows="4"
                aria-labelledby=FORMAT
                prop:value=typed
                on:input=move |event| {
                    act(store, FlashAction::SetSource(Source::Typed(event_target_value(&event))));
                }
            ></textarea>
        </Show>
    }
}

/// Which algorithm stands beside, and on which clock.
#[component]
fn Compare() -> impl IntoView {
    let store = store();
    let played = store.select(|state: &State| state.flash.options.algorithm);
    let compared = store.select(|state: &State| state.flash.compared);
    let clock = store.select(|state: &State| state.flash.clock);
    let others = move || {
        let played = played.get();
        let others = Algorithm::ALL.into_iter();
        let others = others.filter(move |other| *other != played);
        let option = move |other: Algorithm| {
            let is_chosen = move || compared.get() == Some(other);
            view! { <option value=other.name() prop:selected=is_chosen>{words::algorithm(other)}</option> }
        };
        others.map(option).collect_view()
    };
    let choose = move |name: String| {
        let mut all = Algorithm::ALL.into_iter();
        let other = all.find(|other| other.name() == name);
        act(store, FlashAction::Compare(other));
    };
    let lock = move |name: String| {
        let mut all = Clock::ALL.into_iter();
        if let Some(clock) = all.find(|clock| clock.name() == name) {
            act(store, FlashAction::SetClock(clock));
        }
    };
    let clocks = move || {
        let option = |of: Clock| {
            let is_chosen = move || clock.get() == of;
            view! { <option value=of.name() prop:selected=is_chosen>{words::clock_name(of)}</option> }
        };
        Clock::ALL.map(option).collect_view()
    };
    view! {
        <label>
            {words::COMPARE}
            <select on:change=move |event| choose(event_target_value(&event))>
                <option value="" prop:selected=move || compared.get().is_none()>{words::NOTHING}</option>
                {others}
            </select>
        </label>
        <Show when=move || compared.get().is_some()>
            <label>
                {words::LOCKED}
                <select on:change=move |event| lock(event_target_value(&event))>{clocks}</select>
            </label>
        </Show>
    }
}
