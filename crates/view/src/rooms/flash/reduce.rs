//! How the room changes.

use crate::frame::figure_words;
use crate::frame::words as frame_words;
use headlight_figure::phrase;

use super::action::FlashAction;
use super::device_ask as device;
use super::file;
use super::head_of::HeadOf;
use super::lesson::FlashTopic;
use super::link;
use super::player::Player;
use super::recorded::RecordedHead;
use super::state::{FlashRoom, SavedScene};
use super::walk::{course, walk};
use crate::answers::head::Head;
use crate::frame::Frame;
use crate::frame::effect::Effect;

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
            (room.source, room.has_stand_in) = (source, false);
            room.row = None;
            begin(room);
        }
        FlashAction::GoTo(_)
        | FlashAction::DragTimeline { .. }
        | FlashAction::LetGoOfTimeline
        | FlashAction::StepBy(_)
        | FlashAction::TileBy(_)
        | FlashAction::TogglePlay
        | FlashAction::Tick(_)
        | FlashAction::SetSpeed(_)
        | FlashAction::SelectRow(_) => walk(room, &action),
        FlashAction::Compare(other) => {
            room.compared = other.filter(|other| *other != room.options.algorithm);
            stay(room);
        }
        FlashAction::SetClock(clock) => {
            room.clock = clock;
            stay(room);
        }
        FlashAction::RunOnDevice => device::run(room, frame),
        FlashAction::AskForWaiting => device::ask_for_waiting(room, frame),
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
        FlashAction::Save(content) => {
            let pending = room.pending_save.take();
            match pending.zip(content) {
                Some((pending, content)) => {
                    let request = file::save_request(room, frame, pending, content);
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
    room.has_stand_in = false;
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
    let Ok(player) = Player::new(room) else {
        return;
    };
    room.is_scene_pending = false;
    room.step = topic.step_of(&player);
    // A step never shows a scene that lacks what it is about.
    if let (None, Some(stand_in)) = (room.step, topic.stand_in()) {
        (room.source, room.has_stand_in) = (stand_in, true);
        room.step = Player::new(room)
            .ok()
            .and_then(|player| topic.step_of(&player));
    }
}

/// Gives back what stood on the stage before.
fn leave(room: &mut FlashRoom) {
    (room.lesson, room.is_scene_pending, room.has_stand_in) = (None, false, false);
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
