//! What can be chosen: algorithm, tiles, order, numbers, another algorithm beside.

use headlight_view::State;
use headlight_view::rooms::flash::words::controls;
use headlight_view::rooms::flash::words::controls::Control;
use headlight_view::rooms::flash::{
    Algorithm, BLOCKS, Clock, FlashAction, MEMORIES, Options, Tiles, words,
};
use leptos::prelude::*;

use super::controls_source::source;
use super::flash_view::FlashView;
use crate::controls::{Entry, Segment, checkbox, segments, select, shown_if, text};
use crate::derived::Derived;

/// Value in a list for tiles that were not chosen by their sides, or that nothing is
/// compared.
const NONE: &str = "";

/// The row of controls above the stage. Each has a place of its own, so that the focus
/// stays where it is when others come.
pub fn all(room: FlashView) -> AnyView {
    let options = room.store.select(|state: &State| state.flash.options);
    let compared = room.store.select(|state: &State| state.flash.compared);
    let is_fa2 = Derived::new(move || options.with(|it| it.algorithm == Algorithm::Fa2));
    let has_order = Derived::new(move || options.with(|it| it.algorithm != Algorithm::Standard));
    // Standard attention has no tiles, but the one beside it may.
    let is_tiled = Derived::new(move || {
        let other = compared.get();
        has_order.get() || other.is_some_and(|other| other != Algorithm::Standard)
    });
    let tiles = move || {
        view! {
            {block_choice(room, controls::QUERIES_PER_TILE, options, 0)}
            {block_choice(room, controls::KEYS_PER_TILE, options, 1)}
            {memory_choice(room, options)}
        }
        .into_any()
    };
    let order = move || {
        let is_reversed = |it: &Options| it.is_reversed;
        switch(
            room,
            controls::REVERSED,
            options,
            is_reversed,
            FlashAction::SetReversed,
        )
    };
    let of_fa2 = move || {
        let lazy = switch(
            room,
            controls::LAZY,
            options,
            |it| it.is_lazy,
            FlashAction::SetLazy,
        );
        view! { {lazy}{splits(room, options)} }.into_any()
    };
    view! {
        <div class="controls" role="group" aria-label=words::CONTROLS>
            {algorithms(room, options)}
            {shown_if(is_tiled, tiles)}
            {switch(room, controls::CAUSAL, options, |it| it.is_causal, FlashAction::SetCausal)}
            {shown_if(has_order, order)}
            {shown_if(is_fa2, of_fa2)}
            {source(room)}
            {compare(room, options, compared)}
        </div>
    }
    .into_any()
}

/// Choice of the algorithm that is played.
fn algorithms(room: FlashView, options: Derived<Options>) -> AnyView {
    let all = Algorithm::ALL.map(|algorithm| Segment {
        name: words::algorithm(algorithm),
        about: controls::about(algorithm),
    });
    let played = Derived::new(move || {
        let played = options.with(|options| options.algorithm);
        let at = Algorithm::ALL.iter().position(|it| *it == played);
        at.unwrap_or_default()
    });
    let play = move |at: usize| room.act(FlashAction::UseAlgorithm(Algorithm::ALL[at]));
    segments(words::ALGORITHM, all.to_vec(), played, Callback::new(play))
}

/// Box to tick for one of the options.
fn switch(
    room: FlashView,
    of: Control,
    options: Derived<Options>,
    is_on: fn(&Options) -> bool,
    action: fn(bool) -> FlashAction,
) -> AnyView {
    let is_ticked = Derived::new(move || options.with(is_on));
    let tick = Callback::new(move |is_on| room.act(action(is_on)));
    checkbox(of.name, of.about, is_ticked, tick)
}

/// List to choose from, with the sentence for those who point at it.
fn choice(
    of: Control,
    entries: Derived<Vec<Entry>>,
    chosen: Derived<String>,
    choose: impl Fn(String) + Send + Sync + 'static,
) -> AnyView {
    let choose = Callback::new(choose);
    select(of.name, Some(of.about), None, entries, chosen, choose, None)
}

/// Both sides of the tiles, if they were chosen.
fn sides(options: &Options) -> Option<[usize; 2]> {
    match options.tiles {
        Tiles::Blocks(block_q, block_k) => Some([block_q, block_k]),
        Tiles::OnChip(_) => None,
    }
}

/// One side of the tiles.
fn block_choice(room: FlashView, of: Control, options: Derived<Options>, side: usize) -> AnyView {
    let chosen = Derived::new(move || options.with(sides).map(|sides| sides[side]));
    let entries = Derived::new(move || {
        let chosen = chosen.get();
        let none = chosen.is_none().then(|| Entry::new(NONE, "–"));
        let odd = chosen.filter(|block| !BLOCKS.contains(block));
        let block = |block: usize| Entry::new(block.to_string(), block.to_string());
        let blocks = BLOCKS.into_iter().chain(odd).map(block);
        none.into_iter().chain(blocks).collect()
    });
    let value = Derived::new(move || chosen.get().map_or_else(String::new, |it| it.to_string()));
    choice(of, entries, value, move |value| {
        if let Ok(block) = value.parse() {
            let mut sides = options.with_untracked(sides).unwrap_or([8, 4]);
            sides[side] = block;
            room.act(FlashAction::SetTiles(Tiles::Blocks(sides[0], sides[1])));
        }
    })
}

/// Tiles for a memory of so many bytes, by the papers' formula.
fn memory_choice(room: FlashView, options: Derived<Options>) -> AnyView {
    let of = controls::TILES_FOR;
    let chosen = Derived::new(move || match options.get().tiles {
        Tiles::OnChip(bytes) => bytes.to_string(),
        Tiles::Blocks(..) => NONE.to_owned(),
    });
    let entries = Derived::new(move || {
        let memories = MEMORIES.map(|bytes| Entry::new(bytes.to_string(), words::memory(bytes)));
        let none = Entry::new(NONE, words::CHOSEN_TILES);
        [none].into_iter().chain(memories).collect()
    });
    let given = move || {
        let options = options.get();
        let player = room.now.player()?;
        words::tiles_given(&options, player.data().d())
    };
    let given = view! { <span class="number tiles-given">{text(given)}</span> }.into_any();
    let choose = Callback::new(move |value: String| {
        let tiles = value.parse().map_or(Options::USUAL_TILES, Tiles::OnChip);
        room.act(FlashAction::SetTiles(tiles));
    });
    let about = Some(of.about);
    select(of.name, about, None, entries, chosen, choose, Some(given))
}

/// Parts into which the keys are split.
fn splits(room: FlashView, options: Derived<Options>) -> AnyView {
    let chosen = Derived::new(move || options.with(|options| options.n_splits.to_string()));
    let entries = Derived::new(|| {
        let parts = [2, 3, 4].map(|n| Entry::new(n.to_string(), words::in_parts(n)));
        let none = Entry::new("1", words::NO_SPLIT);
        [none].into_iter().chain(parts).collect()
    });
    choice(controls::SPLITS, entries, chosen, move |value| {
        if let Ok(n_splits) = value.parse() {
            room.act(FlashAction::SetSplits(n_splits));
        }
    })
}

/// Which algorithm stands beside, and on which clock.
fn compare(
    room: FlashView,
    options: Derived<Options>,
    compared: Derived<Option<Algorithm>>,
) -> AnyView {
    let others = Derived::new(move || {
        let played = options.with(|options| options.algorithm);
        let others = Algorithm::ALL.into_iter().filter(|other| *other != played);
        let others = others.map(|other| Entry::new(other.name(), words::algorithm(other)));
        let none = Entry::new(NONE, words::NOTHING);
        [none].into_iter().chain(others).collect()
    });
    let other = Derived::new(move || compared.get().map_or(NONE, Algorithm::name).to_owned());
    let beside = choice(controls::COMPARE, others, other, move |value| {
        let mut all = Algorithm::ALL.into_iter();
        let other = all.find(|other| other.name() == value);
        room.act(FlashAction::Compare(other));
    });
    let is_compared = Derived::new(move || compared.get().is_some());
    let lock = shown_if(is_compared, move || lock(room));
    view! { {beside}{lock} }.into_any()
}

/// Choice of the clock that both walk by.
fn lock(room: FlashView) -> AnyView {
    let chosen = room
        .store
        .select(|state: &State| state.flash.clock.name().to_owned());
    let clocks = Derived::new(|| {
        let clocks = Clock::ALL.map(|clock| Entry::new(clock.name(), words::clock_name(clock)));
        clocks.to_vec()
    });
    choice(controls::LOCKED, clocks, chosen, move |value| {
        let mut all = Clock::ALL.into_iter();
        if let Some(clock) = all.find(|clock| clock.name() == value) {
            room.act(FlashAction::SetClock(clock));
        }
    })
}
