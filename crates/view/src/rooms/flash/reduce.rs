//! How the room changes.

use crate::frame::figure_words;
use crate::frame::words as frame_words;
use headlight_figure::phrase;
use headlight_flash::{Problem, Schedule};

use super::action::FlashAction;
use super::data::check_size;
use super::device_ask as device;
use super::figures::compare::SideBySide;
use super::file;
use super::head_of::HeadOf;
use super::lesson::{self, FlashTopic};
use super::link;
use super::options::{Options, SPEEDS, Source};
use super::player::Player;
use super::recorded::RecordedHead;
use super::state::{FlashRoom, SavedScene};
use crate::answers::head::Head;
use crate::frame::Frame;
use crate::frame::effect::Effect;
use headlight_figure::Shared;

/// Milliseconds that one tick may stand for: a tab that slept does not race.
const LONGEST_TICK_MS: f64 = 250.0;

/// Applies one action of the room.
pub(crate) fn reduce(room: &mut FlashRoom, frame: &mut Frame, action: FlashAction) {
    apply(room, frame, action);
    if room.playing.is_none() {
        room.link_pairs = link::write(room);
    }
}

fn apply(room: &mut FlashRoom, frame: &mut Frame, action: FlashAction) {
    match action {
        FlashAction::ReadLink => {
            if let Some(pairs) = room.unread_link.take() {
                let notices = link::read(room, &pairs);
                if let Some(step) = room.lesson {
                    teach(room, step);
                }
                for bad in notices {
                    frame.tell(frame_words::bad_link_value(&bad.key, &bad.value));
                }
            }
        }
        FlashAction::Recorded(json) => match RecordedHead::parse(&json) {
            Ok(recorded) => show_recorded(room, frame, recorded),
            Err(error) => frame.tell(phrase::sentence(&error.to_string())),
        },
        FlashAction::UseAlgorithm(algorithm) => {
            room.options.algorithm = algorithm;
            room.compared = room.compared.filter(|compared| *compared != algorithm);
            begin(room);
        }
        FlashAction::SetCausal(is_on) => {
            room.options.is_causal = is_on;
            begin(room);
        }
        FlashAction::SetReversed(is_on) => {
            room.options.is_reversed = is_on;
            begin(room);
        }
        FlashAction::SetLazy(is_on) => room.options.is_lazy = is_on,
        FlashAction::SetSplits(n_splits) => {
            room.options.n_splits = n_splits.max(1);
            begin(room);
        }
        FlashAction::SetTiles(tiles) => {
            room.options.tiles = tiles;
            begin(room);
        }
        FlashAction::SetSource(source) => {
            room.source = source;
            room.row = None;
            begin(room);
        }
        FlashAction::GoTo(step) => {
            room.playing = None;
            go(room, step);
        }
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
        FlashAction::Compare(other) => {
            room.compared = other.filter(|other| *other != room.options.algorithm);
            stay(room);
        }
        FlashAction::SetClock(clock) => {
            room.clock = clock;
            stay(room);
        }
        FlashAction::SelectRow(row) => room.row = Some(row),
        FlashAction::RunOnDevice => device::run(room, frame),
        FlashAction::RunDue => {
            if device::is_due(room) {
                device::run(room, frame);
            }
        }
        FlashAction::MeasureGrowth => device::measure(room, frame),
        FlashAction::StopMeasuring => room.device.stop(),
        FlashAction::OpenLesson => {
            let left = room.lesson_left;
            let is_over = left + 1 >= FlashTopic::ALL.len();
            teach(room, if is_over { 0 } else { left });
        }
        FlashAction::LessonStep(step) => teach(room, step),
        FlashAction::RevealAnswer => room.is_revealed = true,
        FlashAction::LeaveLesson => leave(room),
        FlashAction::SettleLesson => settle(room),
        FlashAction::Save(numbers, drawn) => {
            let pending = room.pending_save.take();
            match pending.zip(numbers) {
                Some((pending, numbers)) => {
                    let request = file::save_request(room, frame, pending, numbers, drawn);
                    frame.effects.push(Effect::Save(request));
                }
                None => frame.tell(figure_words::NOTHING_TO_SAVE.to_owned()),
            }
        }
    }
}

/// Puts a step of the lesson on the stage.
fn teach(room: &mut FlashRoom, step: usize) {
    let Some(topic) = FlashTopic::ALL.get(step) else {
        return;
    };
    if room.before.is_none() {
        room.before = Some(Box::new(SavedScene {
            options: room.options,
            source: room.source.clone(),
            step: room.step,
            row: room.row,
            compared: room.compared,
        }));
    }
    // A step is about one algorithm, which may be the one that stood beside.
    room.compared = None;
    let scene = topic.scene();
    (room.lesson, room.lesson_left, room.is_revealed) = (Some(step), step, false);
    (room.options, room.source, room.row) = (scene.options, scene.source, None);
    begin(room);
    room.is_scene_pending = true;
    settle(room);
}

/// Goes to the scene's step, once the numbers are there that it is a step of.
fn settle(room: &mut FlashRoom) {
    let topic = room.lesson.and_then(|step| FlashTopic::ALL.get(step));
    let Some(topic) = topic.filter(|_| room.is_scene_pending) else {
        return;
    };
    if let Ok(player) = Player::new(room) {
        room.is_scene_pending = false;
        room.step = lesson::step_of(&player, topic.scene().at);
    }
}

/// Gives back what stood on the stage before.
fn leave(room: &mut FlashRoom) {
    (room.lesson, room.is_scene_pending) = (None, false);
    if let Some(before) = room.before.take() {
        (room.options, room.source) = (before.options, before.source);
        (room.step, room.row, room.playing) = (before.step, before.row, None);
        room.compared = before.compared;
    }
}

/// Shows a recorded head if it is the one that is asked for and no newer one is there.
fn show_recorded(room: &mut FlashRoom, frame: &mut Frame, recorded: RecordedHead) {
    let at = Head {
        layer: recorded.inputs.layer,
        head: recorded.inputs.head,
    };
    let is_wanted = recorded.model == frame.session.model()
        && recorded.prompt == frame.asked
        && at == frame.subject.head
        && frame.subject.ablations.is_empty();
    if is_wanted && room.head.is_none() {
        let of = HeadOf {
            model: recorded.model,
            prompt: recorded.prompt,
            head: at,
            ablations: Vec::new(),
        };
        room.show_head(recorded.inputs, Some(of), true);
    }
}

/// Other steps than before: shows the one that the room opens at.
fn begin(room: &mut FlashRoom) {
    (room.step, room.playing) = (None, None);
}

/// Other steps at the end, the same before: stays at the step that is shown if it is
/// still there.
fn stay(room: &mut FlashRoom) {
    if let (Some(step), Some(course)) = (room.step, course(room)) {
        room.step = Some(step.min(course.n_steps()));
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
fn course(room: &FlashRoom) -> Option<SideBySide> {
    let (n, d) = match (&room.source, &room.head) {
        (Source::Random { n, d, .. }, _) => (*n, *d),
        (Source::Head, Some(head)) => (head.seq_len, head.d_head),
        (Source::Head, None) => return None,
        (Source::Typed(_), _) => {
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
