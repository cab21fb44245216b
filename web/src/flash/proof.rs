//! The badge: how far the result is from attention by its definition.

use headlight_view::flash::{Check, Checked, words};
use headlight_view::{FlashFigure, number};
use leptos::prelude::*;

use super::now::Now;
use super::numbers::{Behind, Numbers};
use crate::figure::More;
use crate::host;

/// The result against softmax in 64 bits, a few rows at a time.
#[component]
pub fn Proof() -> impl IntoView {
    let now: Now = expect_context();
    let numbers: Numbers = expect_context();
    let check = numbers.check();
    let played = now.played();
    let generation = StoredValue::new(0_u32);
    Effect::new(move |_| {
        played.with(|_| ());
        generation.update_value(|generation| *generation = generation.wrapping_add(1));
        check.set(now.player(Check::new));
        go_on(now, check, generation, generation.get_value());
    });
    let error = move || {
        check
            .get()
            .filter(|check| check.n_checked > 0)
            .map(|check| number::scientific(check.gap.output))
    };
    let progress = move || {
        let check = check.get()?;
        let is_under_way = check.n_checked < check.n_queries;
        is_under_way.then(|| words::checked(check.n_checked, check.n_queries))
    };
    view! {
        <section class="proven">
            <div class="proof">
                <figure data-figure=FlashFigure::Error.name() aria-label=words::ERROR_LABEL>
                    <span>{words::ERROR_LABEL}<small>{progress}</small></span>
                    <b class="number">{error}</b>
                </figure>
                <More figure=FlashFigure::Error/>
            </div>
            <Behind figure=FlashFigure::Error/>
        </section>
    }
}

fn go_on(now: Now, check: RwSignal<Option<Check>>, generation: StoredValue<u32>, mine: u32) {
    host::in_another_task(move || {
        // The room may be gone, or play something else.
        if generation.try_get_value() != Some(mine) {
            return;
        }
        let Some(mut found) = check.try_get_untracked().flatten() else {
            return;
        };
        let state = untrack(|| now.player(|player| found.go_on(player)));
        check.set(Some(found));
        if let Some(Ok(Checked::More)) = state {
            go_on(now, check, generation, mine);
        }
    });
}
