//! What can be chosen: algorithm, tiles, order, numbers, another algorithm beside.

use headlight_view::State;
use headlight_view::rooms::flash::words::controls;
use headlight_view::rooms::flash::words::controls::Control;
use headlight_view::rooms::flash::{
    Algorithm, BLOCKS, Clock, FlashAction, MEMORIES, MOST_ROWS, MOST_WIDTH, Options, Source, Tiles,
    words,
};
use leptos::prelude::*;

use super::flash_view::FlashView;
use crate::draw::{Element, Node, Text, el, reactive};
use crate::host;

/// Says how numbers are typed.
const FORMAT: &str = "flash-typed-format";
/// What stands in a list for tiles that were not chosen by their sides, or that nothing
/// is compared.
const NONE: &str = "";

/// What is chosen.
#[derive(Clone, PartialEq)]
struct Chosen {
    options: Options,
    source: Source,
    compared: Option<Algorithm>,
    clock: Clock,
}

/// The row of controls above the stage.
pub fn all(room: FlashView) -> Node {
    let chosen = room.store.select(|state: &State| {
        let room = &state.flash;
        Chosen {
            options: room.options,
            source: room.source.clone(),
            compared: room.compared,
            clock: room.clock,
        }
    });
    reactive(move || chosen.with(|chosen| draw(room, chosen)))
}

fn draw(room: FlashView, chosen: &Chosen) -> Node {
    let options = &chosen.options;
    let algorithm = |algorithm: Algorithm| {
        el("button")
            .set("type", "button")
            .set("title", controls::about(algorithm))
            .set("aria-pressed", (options.algorithm == algorithm).to_string())
            .click(move || room.act(FlashAction::UseAlgorithm(algorithm)))
            .add(words::algorithm(algorithm))
    };
    let switch = |of: Control, is_on: bool, action: fn(bool) -> FlashAction| {
        let tick = el("input")
            .set("type", "checkbox")
            .checked(is_on)
            .on("change", move |event| {
                room.act(action(event_target_checked(event)));
            });
        el("label").set("title", of.about).add(tick).add(of.name)
    };
    let is_fa2 = options.algorithm == Algorithm::Fa2;
    let has_order = options.algorithm != Algorithm::Standard;
    // Standard attention has no tiles, but the one beside it may.
    let is_tiled = has_order
        || chosen
            .compared
            .is_some_and(|other| other != Algorithm::Standard);
    let group = el("div")
        .class("controls")
        .set("role", "group")
        .set("aria-label", words::CONTROLS)
        .add(
            el("div")
                .class("segments")
                .set("role", "group")
                .set("aria-label", words::ALGORITHM)
                .all(Algorithm::ALL.map(algorithm)),
        );
    // Each has a place of its own, so that the focus stays where it is when others come.
    group
        .add(is_tiled.then(|| block_choice(room, controls::QUERIES_PER_TILE, options, 0)))
        .add(is_tiled.then(|| block_choice(room, controls::KEYS_PER_TILE, options, 1)))
        .add(is_tiled.then(|| memory_choice(room, options)))
        .add(switch(
            controls::CAUSAL,
            options.is_causal,
            FlashAction::SetCausal,
        ))
        .add(has_order.then(|| {
            switch(
                controls::REVERSED,
                options.is_reversed,
                FlashAction::SetReversed,
            )
        }))
        .add(is_fa2.then(|| switch(controls::LAZY, options.is_lazy, FlashAction::SetLazy)))
        .add(is_fa2.then(|| splits(room, options.n_splits)))
        .add(source_choice(room, &chosen.source))
        .all(source_fields(room, &chosen.source))
        .all(compare(room, chosen))
        .into()
}

/// A list to choose from; `choose` is told the value of the option.
fn choice(
    of: Control,
    chosen: impl Into<Text>,
    options: impl IntoIterator<Item = (String, Text)>,
    choose: impl Fn(&str) + 'static,
) -> Element {
    let option = |(value, name)| el("option").set("value", value).add(name);
    let list = el("select")
        .all(options.into_iter().map(option))
        .value(chosen)
        .change(move |value| choose(&value));
    el("label").set("title", of.about).add(of.name).add(list)
}

/// One side of the tiles.
fn block_choice(room: FlashView, of: Control, options: &Options, side: usize) -> Element {
    let sides = match options.tiles {
        Tiles::Blocks(block_q, block_k) => Some([block_q, block_k]),
        Tiles::OnChip(_) => None,
    };
    let mut all = BLOCKS.to_vec();
    if let Some(sides) = sides.filter(|sides| !all.contains(&sides[side])) {
        all.push(sides[side]);
    }
    let none = sides.is_none().then(|| (NONE.to_owned(), "–".into()));
    let blocks = all
        .into_iter()
        .map(|block| (block.to_string(), block.to_string().into()));
    let chosen = sides.map_or_else(String::new, |sides| sides[side].to_string());
    choice(of, chosen, none.into_iter().chain(blocks), move |value| {
        if let Ok(block) = value.parse() {
            let mut sides = sides.unwrap_or([8, 4]);
            sides[side] = block;
            room.act(FlashAction::SetTiles(Tiles::Blocks(sides[0], sides[1])));
        }
    })
}

/// Tiles for a memory of so many bytes, by the papers' formula.
fn memory_choice(room: FlashView, options: &Options) -> Element {
    let chosen = match options.tiles {
        Tiles::OnChip(bytes) => bytes.to_string(),
        Tiles::Blocks(..) => NONE.to_owned(),
    };
    let none = (NONE.to_owned(), words::CHOSEN_TILES.into());
    let memories = MEMORIES.map(|bytes| (bytes.to_string(), words::memory(bytes).into()));
    let given = room
        .now
        .player()
        .and_then(|player| words::tiles_given(options, player.data().d()));
    let all = [none].into_iter().chain(memories);
    let choice = choice(controls::TILES_FOR, chosen, all, move |value| {
        let tiles = value.parse().map_or(Options::USUAL_TILES, Tiles::OnChip);
        room.act(FlashAction::SetTiles(tiles));
    });
    choice.add(el("span").class("number tiles-given").add(given))
}

/// Parts into which the keys are split.
fn splits(room: FlashView, n_splits: usize) -> Element {
    let none = ("1".to_owned(), words::NO_SPLIT.into());
    let parts = [2, 3, 4].map(|n| (n.to_string(), words::in_parts(n).into()));
    let all = [none].into_iter().chain(parts);
    choice(controls::SPLITS, n_splits.to_string(), all, move |value| {
        if let Ok(n_splits) = value.parse() {
            room.act(FlashAction::SetSplits(n_splits));
        }
    })
}

/// What is attended with.
fn source_choice(room: FlashView, source: &Source) -> Element {
    let kind = match source {
        Source::Head => "head",
        Source::Random { .. } => "random",
        Source::Typed(_) => "typed",
    };
    let all = [
        ("head", words::THIS_HEAD),
        ("random", words::RANDOM),
        ("typed", words::TYPED),
    ];
    let all = all.map(|(value, name)| (value.to_owned(), name.into()));
    choice(controls::DATA, kind, all, move |value| {
        let source = match value {
            "random" => Source::Random {
                n: 32,
                d: 16,
                seed: 0,
            },
            "typed" => Source::Typed(words::TYPED_EXAMPLE.to_owned()),
            _ => Source::Head,
        };
        room.act(FlashAction::SetSource(source));
    })
}

/// More to be said about it.
fn source_fields(room: FlashView, source: &Source) -> Vec<Node> {
    match source {
        Source::Head => Vec::new(),
        Source::Random { n, d, seed } => {
            let all = [*n as u64, *d as u64, *seed];
            let field = |(at, (label, most)): (usize, (&'static str, usize))| {
                let number = el("input")
                    .set("type", "number")
                    .set("min", "0")
                    .set("max", most.to_string())
                    .value(all[at].to_string())
                    .on("change", move |event| {
                        match event_target_value(event).parse() {
                            Ok(number) => {
                                let mut all = all;
                                all[at] = number;
                                room.act(FlashAction::SetSource(random(all)));
                            }
                            // What is no number leaves what was there.
                            Err(_) => host::set_value(event, &all[at].to_string()),
                        }
                    });
                el("label").add(label).add(number).into()
            };
            let fields = [
                (words::ROWS, MOST_ROWS),
                (words::WIDTH, MOST_WIDTH),
                (words::SEED, 1_000_000),
            ];
            fields.into_iter().enumerate().map(field).collect()
        }
        Source::Typed(typed) => {
            let format = el("p")
                .class("typed-format")
                .set("id", FORMAT)
                .add(words::TYPED_LABEL);
            let field = el("textarea")
                .class("typed")
                .set("rows", "4")
                .set("aria-labelledby", FORMAT)
                .value(typed.clone())
                .input(move |typed| room.act(FlashAction::SetSource(Source::Typed(typed))));
            vec![format.into(), field.into()]
        }
    }
}

fn random([n, d, seed]: [u64; 3]) -> Source {
    Source::Random {
        n: usize::try_from(n).unwrap_or(usize::MAX),
        d: usize::try_from(d).unwrap_or(usize::MAX),
        seed,
    }
}

/// Which algorithm stands beside, and on which clock.
fn compare(room: FlashView, chosen: &Chosen) -> [Node; 2] {
    let played = chosen.options.algorithm;
    let others = Algorithm::ALL
        .into_iter()
        .filter(move |other| *other != played);
    let others = others.map(|other| (other.name().to_owned(), words::algorithm(other).into()));
    let none = (NONE.to_owned(), words::NOTHING.into());
    let compared = chosen.compared.map_or(NONE, Algorithm::name);
    let all = [none].into_iter().chain(others);
    let beside = choice(controls::COMPARE, compared, all, move |value| {
        let mut all = Algorithm::ALL.into_iter();
        let other = all.find(|other| other.name() == value);
        room.act(FlashAction::Compare(other));
    });
    let clocks = Clock::ALL.map(|clock| (clock.name().to_owned(), words::clock_name(clock).into()));
    let lock = chosen.compared.map(|_| {
        choice(
            controls::LOCKED,
            chosen.clock.name(),
            clocks,
            move |value| {
                let mut all = Clock::ALL.into_iter();
                if let Some(clock) = all.find(|clock| clock.name() == value) {
                    room.act(FlashAction::SetClock(clock));
                }
            },
        )
    });
    [beside.into(), lock.into()]
}
