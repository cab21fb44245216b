//! What is asked of the visitor's own GPU, and what the room shows of it now.

use headlight_activations::{Detail, DetailKind, FlashTask};
use headlight_figure::phrase;

use super::data::HeadData;
use super::device::{
    Asked, Awaits, Computes, DeviceAnswer, DeviceQuestion, Growth, GrowthStage, LENGTHS,
    MOST_NUMBERS, Measurement, MeasurementShown, Outcome, RunShown, Sent,
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

/// Whether the engine can be asked about the numbers that are shown.
enum Readiness<T> {
    Now(T),
    Later,
    /// There is nothing to ask with, and why.
    Never(String),
}

/// What must come before the engine can be asked about the numbers that are shown; `None`
/// where it can be asked now.
fn awaits(room: &FlashRoom, frame: &Frame) -> Option<Awaits> {
    // Those that are shown, if any, are of another run or engine and will be replaced.
    let awaits_numbers =
        || room.source == DataSource::Head && frame.session.awaits(DetailKind::HeadInputs);
    if frame.is_shown_lost() {
        Some(Awaits::NextPrompt)
    } else if !frame.session.holds_shown() {
        Some(Awaits::Prompt)
    } else {
        awaits_numbers().then_some(Awaits::Numbers)
    }
}

fn readiness<T>(room: &FlashRoom, frame: &Frame, found: Result<T, String>) -> Readiness<T> {
    let must_wait = awaits(room, frame).is_some();
    match found {
        // What is wrong with a head's numbers may not be wrong with those that will come.
        _ if must_wait && room.source == DataSource::Head => Readiness::Later,
        Err(why) => Readiness::Never(why),
        Ok(_) if must_wait => Readiness::Later,
        Ok(found) => Readiness::Now(found),
    }
}

/// True if a run waits, and the room still shows what it was asked for.
fn is_run_waiting(room: &FlashRoom) -> bool {
    let asked = room.device.asked.as_ref();
    let asked = asked.filter(|asked| asked.outcome == Outcome::Waiting);
    asked.is_some_and(|asked| asked.subject.is_like(&DeviceQuestion::of(room)))
}

fn is_measurement_waiting(room: &FlashRoom) -> bool {
    room.device.measurement == Some(Measurement::Waiting)
}

/// True if a run or a measurement waited, and the engine can be asked for it now.
#[must_use]
pub fn is_due(room: &FlashRoom, frame: &Frame) -> bool {
    let is_waiting = is_run_waiting(room) || is_measurement_waiting(room);
    is_waiting && awaits(room, frame).is_none()
}

/// Asks for what waited, if the engine can be asked now.
pub(crate) fn ask_for_waiting(room: &mut FlashRoom, frame: &mut Frame) {
    if !is_due(room, frame) {
        return;
    }
    if is_run_waiting(room) {
        run(room, frame);
    }
    if is_measurement_waiting(room) {
        measure(room, frame);
    }
}

/// Asks for a run with the numbers that are shown, as soon as the engine can be asked.
pub(crate) fn run(room: &mut FlashRoom, frame: &mut Frame) {
    let subject = DeviceQuestion::of(room);
    let is_same = |asked: &Asked| asked.subject == subject && asked.outcome == Outcome::Awaited;
    let is_asked = room.device.asked.as_ref().is_some_and(is_same);
    if is_asked && frame.session.awaits(DetailKind::FlashRun) {
        return;
    }
    let found = data_of(room).and_then(|data| {
        let task = task(room, &data)?;
        Ok((data, task))
    });
    let (mut sent, mut outcome) = (None, Outcome::Awaited);
    match readiness(room, frame, found) {
        Readiness::Now((data, task)) => {
            let tiles = [task.block_q, task.block_k];
            sent = Some(Sent { data, tiles });
            frame.inquire(Detail::FlashRun(task));
        }
        Readiness::Later => outcome = Outcome::Waiting,
        Readiness::Never(why) => outcome = Outcome::Failed(why),
    }
    room.device.asked = Some(Asked {
        subject,
        sent,
        outcome,
    });
}

/// Asks for the first length, as soon as the engine can be asked.
pub(crate) fn measure(room: &mut FlashRoom, frame: &mut Frame) {
    if let MeasurementShown::Begun(growth) = measurement_shown(room, frame)
        && growth.question().is_some()
    {
        return;
    }
    let found = data_of(room).map(|data| data.d());
    room.device.measurement = Some(match readiness(room, frame, found) {
        Readiness::Now(d) => {
            let growth = Growth {
                d,
                points: Vec::new(),
                stage: GrowthStage::Measuring(LENGTHS[0]),
            };
            if let Some(question) = growth.question() {
                frame.inquire(question);
            }
            Measurement::Begun(growth)
        }
        Readiness::Later => Measurement::Waiting,
        Readiness::Never(why) => Measurement::Refused(DeviceQuestion::of(room), why),
    });
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
    if asked.outcome == Outcome::Waiting {
        // Nothing came out of it, so nothing is out of date where other numbers are shown.
        return match is_run_waiting(room) {
            // Between its last question and the room's, the engine awaits nothing.
            true => RunShown::Waiting(awaits(room, frame).unwrap_or(Awaits::Numbers)),
            false => RunShown::Nothing,
        };
    }
    if asked.subject != DeviceQuestion::of(room) {
        // Why it failed was about other numbers, and nothing came out of them.
        return match asked.outcome {
            Outcome::Failed(_) => RunShown::Nothing,
            _ => RunShown::Outdated,
        };
    }
    match &asked.outcome {
        Outcome::Awaited if frame.session.awaits(DetailKind::FlashRun) => RunShown::Awaited,
        Outcome::Waiting | Outcome::Awaited => RunShown::Interrupted,
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

/// What the room shows of the last measurement; nothing if it never began and the numbers
/// are others by now.
#[must_use]
pub fn measurement_shown(room: &FlashRoom, frame: &Frame) -> MeasurementShown {
    match &room.device.measurement {
        None => MeasurementShown::Nothing,
        Some(Measurement::Waiting) => {
            MeasurementShown::Waiting(awaits(room, frame).unwrap_or(Awaits::Numbers))
        }
        Some(Measurement::Refused(of, why)) if *of == DeviceQuestion::of(room) => {
            MeasurementShown::Refused(why.clone())
        }
        Some(Measurement::Refused(..)) => MeasurementShown::Nothing,
        Some(Measurement::Begun(growth)) => {
            let mut growth = growth.clone();
            if growth.question().is_some() && !frame.session.awaits(DetailKind::FlashGrowth) {
                growth.stage = GrowthStage::Interrupted;
            }
            MeasurementShown::Begun(growth)
        }
    }
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
