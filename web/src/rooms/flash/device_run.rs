//! One run of our kernel on the visitor's own GPU, compared with the trace.

use headlight_view::State;
use headlight_view::rooms::flash::catalogue::FlashFigure;
use headlight_view::rooms::flash::device::{DeviceAnswer, RunShown};
use headlight_view::rooms::flash::figures::agreement::{self, verdict};
use headlight_view::rooms::flash::words as flash_words;
use headlight_view::rooms::flash::words::device as words;
use headlight_view::rooms::flash::{Agreement, Checked, Player};
use leptos::html::Div;
use leptos::prelude::*;

use super::flash_view::{FlashView, more, still};
use crate::controls::{shown_if, text};
use crate::derived::{Derived, Local, react};
use crate::host;

/// What is read out when it changes.
pub fn status(said: impl Fn() -> Option<String> + Send + 'static) -> AnyView {
    status_of(text(said))
}

fn status_of(said: AnyView) -> AnyView {
    view! { <p class="device-says" role="status">{said}</p> }.into_any()
}

/// A run with the numbers of the room.
pub fn one_run(room: FlashView, run: Derived<RunShown>) -> AnyView {
    let agreement = room.numbers.agreement();
    let generation = StoredValue::new(0_u32);
    let options = room.store.select(|state: &State| state.flash.options);
    let answer = Derived::new(move || match run.get() {
        RunShown::Answered(answer) => Some(answer),
        _ => None,
    });
    // Another algorithm or order is another trace, to be compared anew.
    let compared = Derived::new(move || {
        let options = options.get();
        answer.with(|answer| answer.as_ref()?.player(options).ok())
    });
    react(move || {
        compared.with(|_| ());
        generation.update_value(|generation| *generation = generation.wrapping_add(1));
        agreement.set(compared.with(|player| player.as_ref().map(Agreement::new)));
        let mine = generation.get_value();
        go_on(compared, answer, agreement, generation, mine);
    });
    let says = move || {
        let found = agreement.get();
        let verdict = found.as_ref().and_then(verdict);
        verdict.or_else(|| run.with(words::run_state))
    };
    let progress = move || {
        let found = agreement.get().filter(|found| !found.is_done())?;
        let (n_checked, n_queries) = found.progress();
        Some(flash_words::checked(n_checked, n_queries))
    };
    let is_under_way = Derived::new(move || {
        agreement.with(|found| found.as_ref().is_some_and(|it| !it.is_done()))
    });
    let progress = move || view! { <p class="device-progress">{text(progress)}</p> }.into_any();
    let element = NodeRef::<Div>::new();
    let drawing = move |width| {
        // A time never stands without its errors.
        let found = agreement.get().filter(|found| found.progress().0 > 0)?;
        answer.with(|answer| Some(agreement::drawing(answer.as_ref()?, &found, width)))
    };
    let [table, _] = room.numbers.on_device();
    react(move || {
        let found = agreement.get().filter(Agreement::is_done);
        let made = |found: Agreement| {
            answer.with(|answer| answer.as_ref().map(|answer| found.table(&answer.run)))
        };
        table.set(found.and_then(made));
    });
    let has_table = Derived::new(move || table.with(Option::is_some));
    view! {
        <div class="device-run">
            <div data-figure=FlashFigure::Device.name() role="group" aria-label=words::HEADING>
                {status(says)}
                {shown_if(is_under_way, progress)}
                <div class="device-facts" node_ref=element>{still(element, drawing)}</div>
            </div>
            {shown_if(has_table, || more(FlashFigure::Device))}
        </div>
        {room.behind(FlashFigure::Device)}
    }
    .into_any()
}

fn go_on(
    compared: Derived<Option<Player>>,
    answer: Derived<Option<DeviceAnswer>>,
    agreement: Local<Option<Agreement>>,
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
