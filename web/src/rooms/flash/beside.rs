//! Another algorithm on the same clock: its stage, and how far both are.

use headlight_view::rooms::flash::words;

use super::flash_view::FlashView;
use super::stage::stage;
use super::step_sentence::spans;
use crate::draw::{Node, el, reactive};

/// Above a stage, where two are compared: whose it is, and how far that one is on the
/// clock. The tracks of both have the same scale.
pub fn pace(room: FlashView, is_beside: bool) -> Node {
    reactive(move || {
        if !room.now.is_compared() {
            return Node::NOTHING;
        }
        let found = room.now.course().and_then(|(course, step)| {
            let both = course.progress(step)?;
            let longest = both[0].in_all.max(both[1].in_all);
            Some((course.clock()?, both[usize::from(is_beside)], longest))
        });
        let Some((clock, of, longest)) = found else {
            return Node::NOTHING;
        };
        let so_far = el("i").style("width", percent(of.so_far, of.in_all));
        let track = el("div")
            .class("beside-track")
            .style("width", percent(of.in_all, longest))
            .add(so_far);
        let tracks = el("div")
            .class("beside-room")
            .set("aria-hidden", "true")
            .add(track);
        el("div")
            .class("beside-pace")
            .add(el("h2").add(words::algorithm(of.algorithm)))
            .add(el("span").class("number").add(words::progress(clock, of)))
            .add(tracks)
            .into()
    })
}

fn percent(part: u64, of: u64) -> String {
    format!("{:.2}%", part as f64 / of.max(1) as f64 * 100.0)
}

/// The stage of the algorithm beside, and what the comparison shows.
pub fn beside(room: FlashView) -> Node {
    let (pace, stage) = (pace(room, true), stage(room, true));
    let says = reactive(move || {
        let said = room.now.course();
        let said = said.and_then(|(course, step)| course.sentence(step));
        let said = spans(said.unwrap_or_default());
        el("p").class("say").all(said).into()
    });
    reactive(move || {
        if !room.now.is_compared() {
            return Node::NOTHING;
        }
        el("section")
            .class("beside")
            .set("data-figure", "flash.compare")
            .set("aria-label", words::COMPARED)
            .add(pace.clone())
            .add(stage.clone())
            .add(says.clone())
            .into()
    })
}
