//! Another algorithm on the same clock: its stage, and how far both are.

use headlight_view::flash::words;
use leptos::prelude::*;

use super::now::Now;
use super::spans;
use super::stage::Stage;

/// Above a stage, where two are compared: whose it is, and how far that one is on the
/// clock. The tracks of both have the same scale.
#[component]
pub fn Pace(#[prop(optional)] is_beside: bool) -> impl IntoView {
    let now: Now = expect_context();
    let at = usize::from(is_beside);
    let pace = Memo::new(move |_| {
        now.course(|course, step| {
            let both = course.progress(step)?;
            let longest = both[0].in_all.max(both[1].in_all).max(1);
            Some((course.clock()?, both[at], longest))
        })
        .flatten()
    });
    let name = move || pace.get().map(|(_, of, _)| words::algorithm(of.algorithm));
    let progress = move || pace.get().map(|(clock, of, _)| words::progress(clock, of));
    let whole = move || {
        let whole = pace
            .get()
            .map(|(_, of, longest)| percent(of.in_all, longest));
        whole.unwrap_or_default()
    };
    let so_far = move || {
        let so_far = pace.get().map(|(_, of, _)| percent(of.so_far, of.in_all));
        so_far.unwrap_or_default()
    };
    view! {
        <Show when=move || now.is_compared()>
            <div class="beside-pace">
                <h2>{name}</h2>
                <span class="number">{progress}</span>
                <div class="beside-room" aria-hidden="true">
                    <div class="beside-track" style:width=whole>
                        <i style:width=so_far></i>
                    </div>
                </div>
            </div>
        </Show>
    }
}

fn percent(part: u64, of: u64) -> String {
    format!("{:.2}%", part as f64 / of.max(1) as f64 * 100.0)
}

/// The stage of the algorithm beside, and what the comparison shows.
#[component]
pub fn Beside() -> impl IntoView {
    let now: Now = expect_context();
    let say = move || {
        let said = now.course(|course, step| course.sentence(step));
        spans(said.flatten().unwrap_or_default())
    };
    view! {
        <Show when=move || now.is_compared()>
            <section class="beside" data-figure="flash.compare" aria-label=words::COMPARED>
                <Pace is_beside=true/>
                <Stage is_beside=true/>
                <p class="say">{say}</p>
            </section>
        </Show>
    }
}
