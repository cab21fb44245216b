//! The badge that says what computes, and why.

use headlight_view::State;
use headlight_view::frame::Panel;
use headlight_view::frame::action::FrameAction;
use headlight_view::frame::status;
use headlight_view::frame::status::{BackendPanel, Light};
use headlight_view::session::words as session_words;
use headlight_view::session::{BackendChoice, Input};
use leptos::prelude::*;

use super::popover::Popover;
use crate::second_module::{SecondModule, view_or_placeholder};
use crate::store::store;

/// The badge.
#[component]
pub fn BackendBadge() -> impl IntoView {
    let store = store();
    let badge = store.select(|state: &State| status::badge(&state.frame));
    let dot = move || match badge.with(|badge| badge.light) {
        Light::Waiting => "dot waiting",
        Light::Live => "dot live",
        Light::Stopped => "dot stopped",
    };
    let label = move || badge.with(|badge| badge.label.clone());
    let name = Signal::derive(move || format!("{}: {}", session_words::ENGINE, label()));
    let button = view! {
        <i class=dot aria-hidden="true"></i>
        <span>{label}</span>
    };
    view! {
        <Popover panel=Panel::Backend heading=session_words::WHAT_COMPUTES class="button quiet badge" name=name button=button>
            {view_or_placeholder(|second: &SecondModule| second.backend, (), None)}
        </Popover>
    }
}

#[component]
pub fn Report() -> impl IntoView {
    let store = store();
    let panel = store.select(|state: &State| status::backend_panel(&state.frame));
    let choose = move |choice| store.dispatch(FrameAction::Engine(Input::Choose(choice)));
    let reasons = move || {
        let reasons = panel.with(|panel| panel.reasons.clone());
        let paragraph = |reason: String| view! { <p class="say">{reason}</p> };
        reasons.into_iter().map(paragraph).collect_view()
    };
    view! {
        <dl class="facts">
            <dt>{session_words::DEVICE}</dt>
            <dd>{move || panel.with(|panel| panel.device.clone())}</dd>
        </dl>
        {reasons}
        {move || panel.with(|panel| facts(session_words::CALIBRATION, &panel.calibration))}
        {move || panel.with(|panel| facts(session_words::LIMITS, &panel.limits))}
        {move || panel.with(self_test)}
        <div class="actions">
            <button
                type="button"
                class="button"
                disabled=move || panel.with(|panel| !panel.can_use_cpu)
                on:click=move |_| choose(BackendChoice::Cpu)
            >
                {session_words::USE_CPU}
            </button>
            <button
                type="button"
                class="button"
                disabled=move || panel.with(|panel| !panel.can_use_gpu)
                on:click=move |_| choose(BackendChoice::Gpu)
            >
                {session_words::USE_GPU}
            </button>
        </div>
    }
}

fn facts(heading: &'static str, facts: &[(&'static str, String)]) -> Option<impl IntoView + use<>> {
    if facts.is_empty() {
        return None;
    }
    let line = |(name, value): &(&'static str, String)| {
        view! { <dt>{*name}</dt><dd class="number">{value.clone()}</dd> }
    };
    let lines = facts.iter().map(line).collect_view();
    Some(view! {
        <h3>{heading}</h3>
        <dl class="facts">{lines}</dl>
    })
}

fn self_test(panel: &BackendPanel) -> Option<impl IntoView + use<>> {
    let summary = panel.self_test.clone()?;
    let row = |([name, error, tolerance], is_passed): &([String; 3], bool)| {
        let result = if *is_passed {
            session_words::PASSED
        } else {
            session_words::FAILED
        };
        view! {
            <tr class:failed=!*is_passed>
                <th scope="row">{name.clone()}</th>
                <td>{error.clone()}</td>
                <td>{tolerance.clone()}</td>
                <td>{result}</td>
            </tr>
        }
    };
    let rows = panel.cases.iter().map(row).collect_view();
    Some(view! {
        <h3>{session_words::SELF_TEST}</h3>
        <p class="note">{summary}</p>
        <div class="scroll" tabindex="0" role="region" aria-label=session_words::SELF_TEST>
            <table class="numbers">
                <thead>
                    <tr>
                        <th scope="col">{session_words::OPERATION}</th>
                        <th scope="col">{session_words::MAX_ERROR}</th>
                        <th scope="col">{session_words::TOLERANCE}</th>
                        <th scope="col">{session_words::RESULT}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    })
}
