//! Our kernel on the visitor's own GPU: a run against the trace, and how time, memory
//! and error grow with the sequence.

use headlight_view::flash::device::{Answer, Computes, Growth, RunShown, Stage, computes};
use headlight_view::flash::device::{growth_shown, run_shown};
use headlight_view::flash::growth::{self, Cross, GrowthChart, Label, Line, Panel, Tick, Way};
use headlight_view::flash::words::device as words;
use headlight_view::flash::{Agreement, Checked, FlashAction, Player};
use headlight_view::number::scientific;
use headlight_view::session::{Choice, Input};
use headlight_view::{Action, FlashFigure, State};
use leptos::html::Div;
use leptos::prelude::*;

use super::act;
use super::numbers::{Behind, Numbers};
use crate::figure::More;
use crate::host;
use crate::store::store;

/// The section below the stage.
#[component]
pub fn OnDevice() -> impl IntoView {
    let store = store();
    let computing = store.select(computes);
    let run = store.select(run_shown);
    let growth = store.select(growth_shown);
    let says = move || match computing.get() {
        Computes::Gpu => None,
        Computes::Awaited => Some(words::AWAITED.to_owned()),
        Computes::Preparing => Some(words::PREPARING.to_owned()),
        Computes::NotGpu { why, .. } => Some(why),
    };
    let ask = move |_| store.dispatch(Action::Engine(Input::Choose(Choice::Gpu)));
    // Nothing is offered that would not work.
    let buttons = move || match computing.get() {
        Computes::Gpu => Some(view! { <Buttons run growth/> }.into_any()),
        Computes::NotGpu { can_ask: true, .. } => Some(
            view! { <button type="button" class="button" on:click=ask>{words::USE_GPU}</button> }
                .into_any(),
        ),
        Computes::Awaited | Computes::Preparing | Computes::NotGpu { .. } => None,
    };
    view! {
        <section class="device" aria-labelledby="device-title">
            <h2 id="device-title">{words::HEADING}</h2>
            <p class="device-about">{words::ABOUT}</p>
            <p class="device-says" role="status">{says}</p>
            <div class="device-buttons">{buttons}</div>
            <OneRun run/>
            <Lengths growth/>
        </section>
    }
}

/// What can be done with a GPU.
#[component]
fn Buttons(run: Memo<RunShown>, growth: Memo<Option<Growth>>) -> impl IntoView {
    let store = store();
    let run_label = move || match run.get() {
        RunShown::Nothing | RunShown::Awaited => words::RUN,
        _ => words::RUN_AGAIN,
    };
    let is_measuring = Memo::new(move |_| {
        growth.with(|growth| {
            let stage = growth.as_ref().map(|growth| &growth.stage);
            matches!(stage, Some(Stage::Measuring(_)))
        })
    });
    // One button for both, so that whoever pressed it keeps the focus.
    let measure_label = move || match (is_measuring.get(), growth.with(Option::is_some)) {
        (true, _) => words::STOP,
        (false, true) => words::MEASURE_AGAIN,
        (false, false) => words::MEASURE,
    };
    let measure = move |_| {
        let action = if is_measuring.get_untracked() {
            FlashAction::StopMeasuring
        } else {
            FlashAction::MeasureGrowth
        };
        act(store, action);
    };
    view! {
        <button type="button" class="button" on:click=move |_| act(store, FlashAction::RunOnDevice)>
            {run_label}
        </button>
        <button type="button" class="button" on:click=measure>{measure_label}</button>
    }
}

/// A run with the numbers of the room.
#[component]
fn OneRun(run: Memo<RunShown>) -> impl IntoView {
    let agreement = RwSignal::new(None::<Agreement>);
    let generation = StoredValue::new(0_u32);
    let options = store().select(|state: &State| state.flash.options);
    let answer = Memo::new(move |_| match run.get() {
        RunShown::Answered(answer) => Some(answer),
        _ => None,
    });
    // Another algorithm or order is another trace, to be compared anew.
    let compared = Memo::new(move |_| {
        let options = options.get();
        answer.with(|answer| answer.as_ref()?.player(options).ok())
    });
    Effect::new(move |_| {
        compared.with(|_| ());
        generation.update_value(|generation| *generation = generation.wrapping_add(1));
        agreement.set(compared.with(|player| player.as_ref().map(Agreement::new)));
        let mine = generation.get_value();
        go_on(compared, answer, agreement, generation, mine);
    });
    let verdict = move || {
        let found = agreement.with(|found| found.as_ref().and_then(words::verdict));
        found.or_else(|| run.with(words::run_state))
    };
    let progress = move || {
        let found = agreement.get().filter(|found| !found.is_done())?;
        let (n_checked, n_queries) = found.progress();
        let said = headlight_view::flash::words::checked(n_checked, n_queries);
        Some(view! { <p class="device-progress">{said}</p> })
    };
    // A time never stands without its errors.
    let facts = move || {
        let found = agreement.get().filter(|found| found.progress().0 > 0)?;
        answer.with(|answer| answer.as_ref().map(|answer| facts(answer, found)))
    };
    let numbers: Numbers = expect_context();
    let [table, _] = numbers.on_device();
    Effect::new(move |_| {
        let found = agreement.get().filter(Agreement::is_done);
        let made = |found: Agreement| {
            answer.with(|answer| answer.as_ref().map(|answer| found.table(&answer.run)))
        };
        table.set(found.and_then(made));
    });
    let has_table = move || table.with(Option::is_some);
    view! {
        <div class="device-run">
            <div data-figure=FlashFigure::Device.name() role="group" aria-label=words::HEADING>
                <p class="device-says" role="status">{verdict}</p>
                {progress}
                {facts}
            </div>
            <Show when=has_table><More figure=FlashFigure::Device/></Show>
        </div>
        <Behind figure=FlashFigure::Device/>
    }
}

fn go_on(
    compared: Memo<Option<Player>>,
    answer: Memo<Option<Answer>>,
    agreement: RwSignal<Option<Agreement>>,
    generation: StoredValue<u32>,
    mine: u32,
) {
    host::in_another_task(move || {
        // The room may be gone, or show something else.
        if generation.try_get_value() != Some(mine) {
            return;
        }
        let (Some(mut found), Some(shown)) = (
            agreement.try_get_untracked().flatten(),
            answer.try_get_untracked().flatten(),
        ) else {
            return;
        };
        let state = compared.with_untracked(|player| {
            let player = player.as_ref()?;
            Some(found.go_on(player, &shown.run))
        });
        agreement.set(Some(found));
        if let Some(Ok(Checked::More)) = state {
            go_on(compared, answer, agreement, generation, mine);
        }
    });
}

fn facts(answer: &Answer, found: Agreement) -> impl IntoView + use<> {
    let bounds = found.bounds();
    let row = |name: &'static str, output: f64, lse: f64| {
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td>{scientific(output)}</td>
                <td>{scientific(lse)}</td>
            </tr>
        }
    };
    view! {
        <div class="device-facts">
            <table>
                <thead>
                    <tr>
                        <th scope="col">{words::AGAINST}</th>
                        <th scope="col">{words::OF_OUTPUT}</th>
                        <th scope="col">{words::OF_LSE}</th>
                    </tr>
                </thead>
                <tbody>
                    {row(words::AGAINST_TRACE, found.trace.output, found.trace.lse)}
                    {row(words::AGAINST_DENSE, found.dense.output, found.dense.lse)}
                    {row(words::BOUND, bounds.output, bounds.lse)}
                </tbody>
            </table>
            <dl>
                <dt>{words::DEVICE}</dt><dd>{answer.run.device.clone()}</dd>
                <dt>{words::TILES}</dt><dd>{words::tiles(answer)}</dd>
                <dt>{words::TIME}</dt><dd class="number">{words::time(answer.run.elapsed_ms)}</dd>
            </dl>
        </div>
    }
}

/// Longer and longer sequences.
#[component]
fn Lengths(growth: Memo<Option<Growth>>) -> impl IntoView {
    let state = move || growth.with(|growth| growth.as_ref().map(words::growth_state));
    let is_there = Memo::new(move |_| growth.with(Option::is_some));
    let numbers: Numbers = expect_context();
    let [_, table] = numbers.on_device();
    Effect::new(move |_| table.set(growth.with(|growth| growth.as_ref().map(growth::table))));
    view! {
        <p class="device-says" role="status">{state}</p>
        <Show when=move || is_there.get()><Chart growth/></Show>
        <Behind figure=FlashFigure::Growth/>
    }
}

/// The two panels.
#[component]
fn Chart(growth: Memo<Option<Growth>>) -> impl IntoView {
    let element = NodeRef::<Div>::new();
    let width = host::width_of(element);
    let chart = move || {
        let width = width.get();
        growth.with(|growth| {
            growth
                .as_ref()
                .map(|growth| draw(&GrowthChart::new(growth, width)))
        })
    };
    let sentence = move || growth.with(|growth| growth.as_ref().map(growth::sentence));
    view! {
        <figure class="device-growth" data-figure=FlashFigure::Growth.name() aria-labelledby="device-growth-title" aria-describedby="device-growth-says">
            <div class="device-run">
                <h3 id="device-growth-title">{words::GROWTH}</h3>
                <More figure=FlashFigure::Growth/>
            </div>
            <div class="device-chart" node_ref=element>{chart}</div>
            <figcaption id="device-growth-says">{sentence}</figcaption>
        </figure>
    }
}

fn draw(chart: &GrowthChart) -> impl IntoView + use<> {
    let panels = chart.panels.iter().map(panel).collect_view();
    view! {
        <svg aria-hidden="true" width=chart.width height=chart.height>{panels}</svg>
    }
}

fn panel(panel: &Panel) -> impl IntoView + use<> {
    let (left, right) = panel.x;
    let (_, bottom) = panel.y;
    let across = |tick: &Tick| {
        let (at, label) = (tick.at, tick.label.clone());
        view! {
            <line class="device-grid" x1=left x2=right y1=at y2=at/>
            <text class="device-tick" x=left - 7.0 y=at + 4.0 text-anchor="end">{label}</text>
        }
    };
    let below = |tick: &Tick| {
        view! {
            <line class="device-grid" x1=tick.at x2=tick.at y1=bottom y2=bottom + 4.0/>
            <text class="device-tick" x=tick.at y=bottom + 16.0 text-anchor="middle">{tick.label.clone()}</text>
        }
    };
    let (title_x, title_y) = panel.at;
    view! {
        <text class="device-panel" x=title_x y=title_y + 12.0>{words::panel(panel.amount)}</text>
        {panel.grid.iter().map(across).collect_view()}
        {panel.lengths.iter().map(below).collect_view()}
        <text class="device-tick" x=right y=bottom + 31.0 text-anchor="end">{words::TOKENS}</text>
        {panel.lines.iter().map(line).collect_view()}
        {panel.crosses.iter().map(cross).collect_view()}
    }
}

/// A line with its points: round ones for our kernel, square ones and dashes for
/// standard attention.
fn line(line: &Line) -> impl IntoView + use<> {
    let (class, is_flash) = match line.way {
        Way::Flash => ("device-line device-flash", true),
        Way::Standard => ("device-line device-standard", false),
    };
    let mark = |&(x, y): &(f64, f64)| {
        if is_flash {
            view! { <circle cx=x cy=y r="3.5"/> }.into_any()
        } else {
            view! { <rect x=x - 3.0 y=y - 3.0 width="6" height="6"/> }.into_any()
        }
    };
    let marks = line.points.iter().map(mark).collect_view();
    view! {
        <g class=class>
            <polyline points=line.path.clone()/>
            {marks}
            {label(line.label, words::way(line.way))}
        </g>
    }
}

fn cross(cross: &Cross) -> impl IntoView + use<> {
    let Cross { x, y, label: word } = *cross;
    let path = format!(
        "M{} {} L{} {} M{} {} L{} {}",
        x - 4.0,
        y - 4.0,
        x + 4.0,
        y + 4.0,
        x + 4.0,
        y - 4.0,
        x - 4.0,
        y + 4.0,
    );
    let word = word.map(|word| label(word, words::DOES_NOT_FIT));
    view! { <g class="device-cross"><path d=path/>{word}</g> }
}

fn label(label: Label, word: &'static str) -> impl IntoView + use<> {
    let anchor = if label.is_end { "end" } else { "start" };
    view! { <text class="device-label" x=label.x y=label.y text-anchor=anchor>{word}</text> }
}
