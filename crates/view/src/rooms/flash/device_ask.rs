//! What is asked of the visitor's own GPU, and what the room shows of it now.

use headlight_activations::{Detail, DetailKind, FlashTask};
use headlight_figure::phrase;

use super::data::HeadData;
use super::device::{
    Asked, Computes, DeviceAnswer, DeviceQuestion, Growth, GrowthStage, LENGTHS, MOST_NUMBERS,
    Outcome, RunShown, Sent,
};
use super::options::DataSource;
use super::room_player::data_of;
use super::state::FlashRoom;
use super::words::device as words;
use crate::answers::run::Backend;
use crate::frame::Frame;
use crate::session::{BackendChoice, Phase, SelfTestCase};

impl DeviceQuestion {
    fn of(room: &FlashRoom) -> Self {
        let is_head = room.source == DataSource::Head;
        Self {
            source: room.source.clone(),
            head: room.head_of.clone().filter(|_| is_head),
            is_causal: room.options.is_causal,
            tiles: room.options.tiles,
        }
    }
}

/// True while the head's numbers are asked for: those that are shown, if any, are of
/// another run or engine and will be replaced.
fn awaits_head(room: &FlashRoom, frame: &Frame) -> bool {
    room.source == DataSource::Head && frame.session.awaits(DetailKind::HeadInputs)
}

/// Whether the numbers that a run waited for have come, so that it can be asked for.
#[must_use]
pub fn is_due(room: &FlashRoom) -> bool {
    let asked = room.device.asked.as_ref();
    let is_due = asked.is_some_and(|asked| asked.outcome == Outcome::Due);
    is_due && room.source == DataSource::Head
}

/// Asks for a run with the numbers that are shown, once they are there.
pub(crate) fn run(room: &mut FlashRoom, frame: &mut Frame) {
    let subject = DeviceQuestion::of(room);
    let is_same = |asked: &Asked| asked.subject == subject && asked.outcome == Outcome::Awaited;
    let is_asked = room.device.asked.as_ref().is_some_and(is_same);
    if is_asked && frame.session.awaits(DetailKind::FlashRun) {
        return;
    }
    let (mut sent, mut outcome) = (None, Outcome::Awaited);
    if awaits_head(room, frame) {
        outcome = Outcome::AwaitsNumbers;
    } else {
        let wanted = data_of(room).and_then(|data| {
            let task = task(room, &data)?;
            Ok((data, task))
        });
        match wanted {
            Ok(_) if !frame.session.holds_shown() => {
                outcome = Outcome::Failed(words::BUSY.to_owned());
            }
            Ok((data, task)) => {
                let tiles = [task.block_q, task.block_k];
                sent = Some(Sent { data, tiles });
                frame.inquire(Detail::FlashRun(task));
            }
            Err(why) => outcome = Outcome::Failed(why),
        }
    }
    room.device.asked = Some(Asked {
        subject,
        sent,
        outcome,
    });
}

/// Asks for the first length.
pub(crate) fn measure(room: &mut FlashRoom, frame: &mut Frame) {
    let is_open = |growth: &Growth| growth.question().is_some();
    if growth_shown(room, frame).as_ref().is_some_and(is_open) {
        return;
    }
    let mut growth = Growth {
        d: 0,
        points: Vec::new(),
        stage: GrowthStage::Measuring(LENGTHS[0]),
    };
    match data_of(room) {
        Err(why) => growth.stage = GrowthStage::Failed(why),
        Ok(_) if !frame.session.holds_shown() => {
            growth.stage = GrowthStage::Failed(words::BUSY.to_owned());
        }
        Ok(data) => growth.d = data.d(),
    }
    let question = growth.question();
    room.device.refused = question.is_none().then(|| DeviceQuestion::of(room));
    room.device.growth = Some(growth);
    if let Some(question) = question {
        frame.inquire(question);
    }
}

/// The numbers that are shown, as the engine takes them; a sentence if there are too
/// many, or no such tiles.
fn task(room: &FlashRoom, data: &HeadData) -> Result<FlashTask, String> {
    let tiling = room.options.tiling(data.d());
    let tiling = tiling.map_err(|error| phrase::sentence(&error.to_string()))?;
    let inputs = data
        .inputs()
        .filter(|inputs| may_travel(inputs.q().len().max(inputs.k().len())))
        .ok_or_else(|| words::too_many(MOST_NUMBERS))?;
    Ok(FlashTask {
        d: data.d(),
        is_causal: room.options.is_causal,
        block_q: tiling.block_q(),
        block_k: tiling.block_k(),
        q: inputs.q().to_vec(),
        k: inputs.k().to_vec(),
        v: inputs.v().to_vec(),
    })
}

/// Whether an array of so many numbers is sent.
const fn may_travel(n_numbers: usize) -> bool {
    n_numbers <= MOST_NUMBERS
}

/// What the room shows of the last run on the device.
#[must_use]
pub fn run_shown(room: &FlashRoom, frame: &Frame) -> RunShown {
    let Some(asked) = &room.device.asked else {
        return RunShown::Nothing;
    };
    if asked.awaits_numbers() && awaits_head(room, frame) || is_due(room) {
        return RunShown::AwaitsNumbers;
    }
    if asked.subject != DeviceQuestion::of(room) {
        // Why it failed was about other numbers, and nothing came out of them.
        return match asked.outcome {
            Outcome::Failed(_) => RunShown::Nothing,
            _ => RunShown::Outdated,
        };
    }
    match &asked.outcome {
        Outcome::AwaitsNumbers | Outcome::Due => RunShown::Interrupted,
        Outcome::Awaited if frame.session.awaits(DetailKind::FlashRun) => RunShown::Awaited,
        Outcome::Awaited => RunShown::Interrupted,
        Outcome::Failed(why) => RunShown::Failed(why.clone()),
        Outcome::Answered(run) => match &asked.sent {
            Some(sent) => RunShown::Answered(DeviceAnswer {
                run: run.clone(),
                data: sent.data.clone(),
                chosen: sent.tiles,
            }),
            None => RunShown::Interrupted,
        },
    }
}

/// The last measurement; none if it never began and the numbers are others by now.
#[must_use]
pub fn growth_shown(room: &FlashRoom, frame: &Frame) -> Option<Growth> {
    let device = &room.device;
    let refused = device.refused.as_ref();
    if refused.is_some_and(|refused| *refused != DeviceQuestion::of(room)) {
        return None;
    }
    let mut growth = device.growth.clone()?;
    if growth.question().is_some() && !frame.session.awaits(DetailKind::FlashGrowth) {
        growth.stage = GrowthStage::Interrupted;
    }
    Some(growth)
}

/// What computes now, and what could.
#[must_use]
pub fn computes(frame: &Frame) -> Computes {
    let session = &frame.session;
    let not_gpu = |why: &str, can_ask| Computes::NotGpu {
        why: phrase::sentence(why),
        can_ask,
    };
    match session.phase() {
        Phase::Stopped(why) => return not_gpu(&why, false),
        Phase::Live => {}
        Phase::Starting | Phase::FetchingEngine(_) | Phase::LoadingModel(_) => {
            return Computes::Awaited;
        }
    }
    if session.backend() == Some(Backend::Gpu) {
        return Computes::Gpu;
    }
    if session.candidate().is_some() {
        return Computes::Preparing;
    }
    if let Some(obstacle) = session.gpu_obstacle() {
        return not_gpu(obstacle, false);
    }
    let report = session.report();
    let tests = report.map_or(&[][..], |report| report.self_test_cases());
    // One that was only slower can still be had; one that fails or is not there cannot.
    let is_sound = !tests.is_empty() && tests.iter().all(SelfTestCase::passed);
    match session.gpu_refusal() {
        Some(refusal) => not_gpu(refusal, is_sound && session.choice() != BackendChoice::Gpu),
        None if session.choice() == BackendChoice::Cpu => not_gpu(words::CPU_CHOSEN, true),
        None => {
            let reason = report.map_or(words::CPU_COMPUTES, |report| report.reason.as_str());
            not_gpu(reason, session.choice() != BackendChoice::Gpu)
        }
    }
}

#[cfg(test)]
#[path = "device_tests.rs"]
mod tests;
