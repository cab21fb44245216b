//! The badge: how far the result is from attention by its definition.

use headlight_view::rooms::flash::catalogue::FlashFigure;
use headlight_view::rooms::flash::figures::error;
use headlight_view::rooms::flash::{Check, Checked, words};
use leptos::html::Div;
use leptos::prelude::*;

use super::current_step::CurrentStep;
use super::flash_view::{FlashView, more, still};
use crate::controls::text;
use crate::derived::{Local, react};
use crate::host;

/// The result against softmax in 64 bits, a few rows at a time.
pub fn error_badge(room: FlashView) -> AnyView {
    let now = room.now;
    let check = room.numbers.check();
    let generation = StoredValue::new(0_u32);
    react(move || {
        let player = now.player();
        generation.update_value(|generation| *generation = generation.wrapping_add(1));
        check.set(player.as_deref().map(Check::new));
        go_on(now, check, generation, generation.get_value());
    });
    let element = NodeRef::<Div>::new();
    let drawing = move |width| Some(check.with(|check| error::drawing(check.as_ref(), width)));
    let said = move || check.with(|check| check.as_ref().and_then(error::summary));
    view! {
        <section class="proven">
            <div class="proof">
                <figure data-figure=FlashFigure::Error.name() aria-label=words::ERROR_LABEL>
                    <figcaption class="unseen">{text(said)}</figcaption>
                    <div node_ref=element>{still(element, drawing)}</div>
                </figure>
                {more(FlashFigure::Error)}
            </div>
            {room.behind(FlashFigure::Error)}
        </section>
    }
    .into_any()
}

fn go_on(now: CurrentStep, check: Local<Option<Check>>, generation: StoredValue<u32>, mine: u32) {
    host::in_another_task(move || {
        // The room may be gone, or play something else.
        if generation.try_get_value() != Some(mine) {
            return;
        }
        let Some(mut found) = check.try_get_untracked().flatten() else {
            return;
        };
        let state = untrack(|| now.player()).map(|player| found.go_on(&player));
        check.set(Some(found));
        if let Some(Ok(Checked::More)) = state {
            go_on(now, check, generation, mine);
        }
    });
}
