//! Playing, stepping and scrubbing: what moves along the steps, and asks nobody.

use headlight_figure::Shared;
use headlight_flash::{Problem, Schedule};

use super::action::FlashAction;
use super::data::check_size;
use super::figures::compare::SideBySide;
use super::options::{DataSource, Options, SPEEDS};
use super::player::Player;
use super::state::FlashRoom;

/// Milliseconds that one tick may stand for: a tab that slept does not race.
const LONGEST_TICK_MS: f64 = 250.0;

/// Applies an action of the transport, the timeline or a row; others do nothing here.
pub(super) fn walk(room: &mut FlashRoom, action: &FlashAction) {
    match *action {
        FlashAction::GoTo(step) => {
            room.playing = None;
            go(room, step);
        }
        FlashAction::DragTimeline { step, first } => {
            (room.playing, room.timeline_from) = (None, Some(first));
            go(room, step);
        }
        FlashAction::LetGoOfTimeline => room.timeline_from = None,
        FlashAction::StepBy(by) => {
            room.playing = None;
            let now = current(room);
            go(room, now.saturating_add_signed(by));
        }
        FlashAction::TileBy(by) => {
            room.playing = None;
            if let Some(course) = course(room) {
                let now = current(room);
                go(room, neighbour(&course, now, by));
            }
        }
        FlashAction::TogglePlay => toggle(room),
        FlashAction::Tick(elapsed_ms) => tick(room, elapsed_ms),
        FlashAction::SetSpeed(speed) => room.speed = speed.min(SPEEDS.len() - 1),
        FlashAction::SelectRow(row) => room.row = Some(row),
        _ => {}
    }
}

fn toggle(room: &mut FlashRoom) {
    if room.playing.take().is_some() {
        return;
    }
    let Some(course) = course(room) else {
        return;
    };
    // Played to the end, it begins again.
    let now = current(room);
    room.step = Some(if now >= course.n_steps() { 0 } else { now });
    room.playing = Some(0.0);
}

fn tick(room: &mut FlashRoom, elapsed_ms: f64) {
    let (Some(passed), Some(course)) = (room.playing, course(room)) else {
        room.playing = None;
        return;
    };
    let elapsed_ms = elapsed_ms.clamp(0.0, LONGEST_TICK_MS);
    let passed = passed + elapsed_ms / 1e3 * SPEEDS[room.speed.min(SPEEDS.len() - 1)];
    let whole = passed.floor();
    let n_steps = course.n_steps();
    let step = current(room).saturating_add(whole as u64).min(n_steps);
    room.step = Some(step);
    room.playing = (step < n_steps).then_some(passed - whole);
}

fn go(room: &mut FlashRoom, step: u64) {
    let n_steps = course(room).map_or(0, |course| course.n_steps());
    room.step = Some(step.min(n_steps));
}

/// The step that is shown.
fn current(room: &FlashRoom) -> u64 {
    let Some(course) = course(room) else {
        return 0;
    };
    let step = room.step.unwrap_or_else(|| course.opening());
    step.min(course.n_steps())
}

/// The steps, as far as they can be known without the numbers.
pub(super) fn course(room: &FlashRoom) -> Option<SideBySide> {
    let (n, d) = match (&room.source, &room.head) {
        (DataSource::Random { n, d, .. }, _) => (*n, *d),
        (DataSource::Head, Some(head)) => (head.seq_len, head.d_head),
        (DataSource::Head, None) => return None,
        (DataSource::Typed(_), _) => {
            let player = Player::new(room).ok()?;
            let beside = room.compared.and_then(|other| player.beside(other).ok());
            return Some(SideBySide::new(&player, beside.as_ref(), room.clock));
        }
    };
    // A link may claim any size; a schedule keeps something for each tile.
    check_size(n, d).ok()?;
    let schedule = |options: Options| {
        let problem = Problem {
            n_q: n,
            n_k: n,
            d,
            is_causal: options.is_causal,
        };
        let tiling = options.tiling(d).ok()?;
        let schedule = Schedule::new(problem, options.method(), Some(tiling));
        schedule.ok().map(Shared::new)
    };
    let played = schedule(room.options)?;
    let other = room.compared.map(|other| room.options.beside(other));
    Some(SideBySide::of(played, other.and_then(schedule), room.clock))
}

/// Where the tile before or after the one at `step` begins.
fn neighbour(course: &SideBySide, step: u64, by: i64) -> u64 {
    let place = |step: u64| {
        let index = step.checked_sub(1)?;
        let event = course.event(index)?;
        Some((course.is_beside(index), event.i, event.j, event.split))
    };
    let n_events = course.n_steps();
    let here = place(step);
    let mut at = step;
    if by > 0 {
        while at < n_events && place(at) == here {
            at += 1;
        }
        return at;
    }
    // Back to the start of this tile; from there, of the one before.
    while at > 0 && place(at) == here {
        at -= 1;
    }
    if at + 1 == step {
        let before = place(at);
        while at > 0 && place(at) == before {
            at -= 1;
        }
    }
    // Before the first step there is no tile.
    if here.is_none() { 0 } else { at + 1 }
}
