//! Another algorithm on the same clock: its stage, and how far both are.

use headlight_view::rooms::flash::words;
use leptos::prelude::*;

use super::flash_view::FlashView;
use super::stage::stage;
use super::step_sentence::spans;
use crate::controls::{shown_if, view_of};
use crate::derived::Derived;

/// Above a stage, where two are compared: whose it is, and how far that one is on the
/// clock. The tracks of both have the same scale.
pub fn pace(room: FlashView, is_beside: bool) -> AnyView {
    let pace = move || {
        if !room.now.is_compared() {
            return None;
        }
        let (course, step) = room.now.course()?;
        let both = course.progress(step)?;
        let longest = both[0].in_all.max(both[1].in_all);
        let (clock, of) = (course.clock()?, both[usize::from(is_beside)]);
        let pace = view! {
            <div class="beside-pace">
                <h2>{words::algorithm(of.algorithm)}</h2>
                <span class="number">{words::progress(clock, of)}</span>
                <div class="beside-room" aria-hidden="true">
                    <div class="beside-track" style:width=percent(of.in_all, longest)>
                        <i style:width=percent(of.so_far, of.in_all)></i>
                    </div>
                </div>
            </div>
        };
        Some(pace.into_any())
    };
    view_of(pace)
}

fn percent(part: u64, of: u64) -> String {
    format!("{:.2}%", part as f64 / of.max(1) as f64 * 100.0)
}

/// The stage of the algorithm beside, and what the comparison shows.
pub fn beside(room: FlashView) -> AnyView {
    let says = move || {
        let said = room.now.course();
        let said = said.and_then(|(course, step)| course.sentence(step));
        Some(spans(said.unwrap_or_default()))
    };
    let section = move || {
        view! {
            <section class="beside" data-figure="flash.compare" aria-label=words::COMPARED>
                {pace(room, true)}
                {stage(room, true)}
                <p class="say">{view_of(says)}</p>
            </section>
        }
        .into_any()
    };
    shown_if(Derived::new(move || room.now.is_compared()), section)
}
