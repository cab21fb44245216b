//! The selected row spelled out, and the selected cell in numbers.

use headlight_figure::ramp::Scale;
use headlight_view::State;
use headlight_view::frame::words as frame_words;
use headlight_view::rooms::attention::action::AttentionAction;
use headlight_view::rooms::attention::figures::row::{CellFacts, RowBar, RowBars};
use headlight_view::rooms::attention::figures::sentence;
use headlight_view::rooms::attention::words as attention_words;
use leptos::prelude::*;

use super::legend::CleanLegend;
use super::shown::Shown;
use crate::derived::Derived;
use crate::frame::Visible;
use crate::store::store;

/// A weight that is written 0.000; where there is little room, such bars are left out.
const FAINT: f64 = 0.0005;

/// Bars and numbers of the selected row, and their sum.
#[component]
pub fn Row(shown: Shown) -> impl IntoView {
    let row = Derived::new(move || {
        let (run, pattern) = shown.both()?;
        Some(RowBars::new(&run.tokens, &pattern, &shown.queries.get()))
    });
    let bars = move || {
        let bars = row.get().map(|row| row.bars).unwrap_or_default();
        bars.into_iter().map(|bar| draw(shown, bar)).collect_view()
    };
    let rest = move || {
        row.get()?
            .rest
            .map(|rest| view! { <p class="number rest">{rest}</p> })
    };
    let sum = move || {
        row.get()
            .map(|row| format!("{} {}", attention_words::SUM, row.sum))
    };
    let room = store().select(|state: &State| {
        let px = state.attention.expected_row_px(&state.frame);
        px.map_or_else(String::new, |px| format!("{px}px"))
    });
    view! {
        <div class="this-row">
            <h3>{move || match shown.queries.with(Vec::len) {
                0 | 1 => attention_words::THIS_ROW.to_owned(),
                n => attention_words::mean_of_rows(n),
            }}</h3>
            <ol class="bars" style:min-height=move || room.get()>{bars}</ol>
            {rest}
            <p class="number sum">{sum}</p>
            <CleanLegend shown/>
        </div>
    }
}

/// What the map's colours mean, and the cell under the pointer.
#[component]
pub fn Key(shown: Shown) -> impl IntoView {
    let pointed = readout(shown);
    view! {
        <div class="map-key">
            {move || match shown.scale.get() {
                Scale::Weights => view! { <Ramp from="0" class="scale" name=attention_words::SCALE/> },
                Scale::Change => view! { <Ramp from="\u{2212}1" class="scale diverging" name=attention_words::CHANGE/> },
            }}
            <div class="legend">
                <i class="hatched" aria-hidden="true"></i>
                <span>{attention_words::MASKED}</span>
            </div>
            <p class="readout" aria-hidden="true">{pointed}</p>
        </div>
    }
}

/// The colours of the map, up to 1.
#[component]
pub fn Ramp(from: &'static str, class: &'static str, name: &'static str) -> impl IntoView {
    view! {
        <div class="legend">
            <span class="number">{from}</span>
            <span class=class aria-hidden="true"></span>
            <span class="number">"1"</span>
            <span>{name}</span>
        </div>
    }
}

/// The cell under the pointer in words, for the line below the map.
fn readout(shown: Shown) -> impl Fn() -> Option<String> + Copy {
    move || {
        let (query, key) = shown.hover.get()?;
        let (run, pattern) = shown.both()?;
        let title = attention_words::cell(
            &sentence::name(&run.tokens, query),
            &sentence::name(&run.tokens, key),
        );
        let facts = CellFacts::new(&run.tokens, &pattern, query, key);
        let weight = facts
            .weight
            .unwrap_or_else(|| attention_words::IS_MASKED.to_owned());
        Some(format!("{title}  {weight}"))
    }
}

fn draw(shown: Shown, bar: RowBar) -> impl IntoView {
    let store = store();
    let key = bar.key;
    let select = move |_| {
        let query = shown.query.get_untracked();
        store.dispatch(AttentionAction::SelectCell(query, key));
    };
    let percent = |fraction: f64| format!("{:.2}%", fraction * 100.0);
    let clean_mark = bar
        .clean_fraction
        .map(|clean| view! { <span class="clean-mark" style:left=percent(clean)></span> });
    let place = bar.place.map(place);
    let is_faint = bar.fraction.max(bar.clean_fraction.unwrap_or(0.0)) < FAINT;
    let title = bar
        .clean_weight
        .map(|clean| attention_words::was_weight(&bar.weight, &clean));
    view! {
        <li class:selected=move || shown.key.get() == key class:faint=is_faint title=title on:click=select>
            <span class="name">{place}<Visible token=bar.label/></span>
            <span class="track">
                <span class="bar" style:width=percent(bar.fraction)></span>
                {clean_mark}
            </span>
            <span class="number">{bar.weight}</span>
        </li>
    }
}

/// A token's position, where not all of the row's tokens are there.
pub(crate) fn place(pos: usize) -> impl IntoView {
    view! { <span class="place number">{pos}</span> }
}

/// The selected cell.
#[component]
pub fn Selected(shown: Shown) -> impl IntoView {
    let facts = Derived::new(move || {
        let (run, pattern) = shown.both()?;
        let (query, key) = (shown.query.get(), shown.key.get());
        Some(CellFacts::new(&run.tokens, &pattern, query, key))
    });
    let title = move || facts.with(|f| f.as_ref().map(|f| f.title.clone()));
    let weight = move || {
        facts.with(|f| {
            let weight = f.as_ref().map(|f| f.weight.clone());
            weight.map(|weight| weight.unwrap_or_else(|| attention_words::IS_MASKED.to_owned()))
        })
    };
    let clean_weight = move || {
        let weight = facts.with(|f| f.as_ref()?.clean_weight.clone())?;
        Some(view! { <dt>{attention_words::CLEAN_WEIGHT}</dt><dd class="number">{weight}</dd> })
    };
    let nothing = || frame_words::NOTHING.to_owned();
    let number =
        move |of: fn(&CellFacts) -> &String| facts.with(|f| f.as_ref().map(|f| of(f).clone()));
    view! {
        <section class="block" aria-labelledby="selected-title">
            <h3 id="selected-title">{attention_words::SELECTED}</h3>
            <dl class="facts cell">
                <dt>{move || title().unwrap_or_else(|| attention_words::WEIGHT.to_owned())}</dt>
                <dd class="number">{move || weight().unwrap_or_else(nothing)}</dd>
                {clean_weight}
                <dt>{attention_words::SCORE}</dt>
                <dd class="number">{move || number(|f| &f.score).unwrap_or_else(nothing)}</dd>
                <dt>{attention_words::LOG_SUM_EXP}</dt>
                <dd class="number">{move || number(|f| &f.log_sum_exp).unwrap_or_else(nothing)}</dd>
                <dt>{attention_words::RANK}</dt>
                <dd class="number">{move || number(|f| &f.rank).unwrap_or_else(nothing)}</dd>
            </dl>
        </section>
    }
}
