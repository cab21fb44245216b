//! Our kernel on the visitor's own GPU: what was asked of it, and what came of that.
//!
//! A run attends with the numbers that the room shows. A measurement asks for one
//! length after the other, each when the one before has been answered, so that it can
//! be stopped between two and never keeps a weak device busy for minutes.
//!
//! The answers are heard by the page's first module, which is why that part of it is
//! small; what is drawn of them is in [`growth`](super::figures::growth).

use headlight_activations::{
    Detail, DetailKind, FlashGrowth, FlashRun, FlashTask, StandardMeasure,
};
use headlight_figure::phrase;

use super::data::HeadData;
use super::options::Source;
use super::options::{Options, Tiles};
use super::player::{Player, data_of};
use super::state::{FlashRoom, HeadOf};
use super::words::device as words;
use crate::answers::run::Backend;
use crate::frame::Frame;
use crate::session::{Choice, Phase, SelfTestCase};
use headlight_figure::Shared;

/// Lengths that are measured, in this order: queries, which are as many as keys.
pub const LENGTHS: [usize; 6] = [256, 512, 1_024, 2_048, 4_096, 8_192];
/// Milliseconds of one run after which no longer sequence is measured: the next takes
/// four times as long, and a worker that is silent for five seconds counts as dead.
pub const SLOW_MS: f64 = 1_000.0;
/// Most numbers of q, of k or of v that are sent to the engine: they travel as text,
/// which the page writes while nothing else moves. So many are about a megabyte each.
pub const MOST_NUMBERS: usize = 1 << 16;

/// What was asked of the device.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OnDevice {
    asked: Option<Asked>,
    growth: Option<Growth>,
    /// The numbers for which no measurement began.
    refused: Option<Subject>,
}

/// A run that was asked for.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    subject: Subject,
    sent: Option<Sent>,
    outcome: Outcome,
}

/// What the device was given.
#[derive(Clone, Debug, PartialEq)]
struct Sent {
    data: Shared<HeadData>,
    tiles: [usize; 2],
}

/// What decides which numbers come out: whoever changes it has another question.
#[derive(Clone, Debug, PartialEq)]
struct Subject {
    source: Source,
    head: Option<HeadOf>,
    is_causal: bool,
    tiles: Tiles,
}

#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    AwaitsNumbers,
    /// They are there: the room asks.
    Due,
    Awaited,
    Answered(Shared<FlashRun>),
    Failed(String),
}

/// What the room shows of a run on the device.
#[derive(Clone, Debug, PartialEq)]
pub enum RunShown {
    /// None was asked for.
    Nothing,
    /// It begins when the head's numbers are there.
    AwaitsNumbers,
    /// It is under way.
    Awaited,
    /// It was under way when a newer prompt or another engine made it pointless.
    Interrupted,
    /// It was about other numbers, another mask or other tiles than are shown now.
    Outdated,
    /// It failed, and why.
    Failed(String),
    /// What came out.
    Answered(Answer),
}

/// What came out of a run on the device.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Output, log-sum-exp, time, and the tiles that were used.
    pub run: Shared<FlashRun>,
    /// The numbers that it was given. Those that are shown may have come anew since,
    /// from another engine, which rounds in another way.
    pub data: Shared<HeadData>,
    /// Queries and keys of the tiles that were chosen.
    pub chosen: [usize; 2],
}

impl Answer {
    /// The steps that are shown, with the numbers that the device was given.
    ///
    /// # Errors
    ///
    /// Returns a sentence if the tiles cannot be.
    pub fn player(&self, options: Options) -> Result<Player, String> {
        Player::with(self.data.clone(), options)
    }
}

/// A measurement over growing sequences.
#[derive(Clone, Debug, PartialEq)]
pub struct Growth {
    /// Width of a row.
    pub d: usize,
    /// The lengths so far, ascending.
    pub points: Vec<FlashGrowth>,
    /// How far it is.
    pub stage: Stage,
}

/// How far a measurement is.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// This length is under way.
    Measuring(usize),
    /// All lengths were measured.
    Done,
    /// The last one took so many milliseconds that no longer one was asked for.
    TooSlow(f64),
    /// The visitor stopped it.
    Stopped,
    /// A newer prompt or another engine came between.
    Interrupted,
    /// It failed, and why.
    Failed(String),
}

/// What computes, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Computes {
    /// A GPU: everything here can be done.
    Gpu,
    /// Nothing yet.
    Awaited,
    /// A GPU is being prepared.
    Preparing,
    /// Something else, or nothing any more.
    NotGpu {
        /// Why, in a sentence.
        why: String,
        /// A GPU can be asked for.
        can_ask: bool,
    },
}

impl OnDevice {
    /// Takes the answer to a run.
    pub(crate) fn apply_run(&mut self, run: FlashRun) {
        if let Some(asked) = &mut self.asked {
            asked.outcome = Outcome::Answered(Shared::new(run));
        }
    }

    /// Takes the answer for one length; what to ask next, if there is more to measure.
    pub(crate) fn apply_growth(&mut self, point: FlashGrowth) -> Option<Detail> {
        let growth = self.growth.as_mut()?;
        if growth.stage != Stage::Measuring(point.n) || growth.d != point.d {
            return None;
        }
        let slowest_ms = slowest_ms(&point);
        growth.points.push(point);
        growth.stage = match LENGTHS.get(growth.points.len()) {
            None => Stage::Done,
            Some(_) if slowest_ms > SLOW_MS => Stage::TooSlow(slowest_ms),
            Some(&n) => Stage::Measuring(n),
        };
        growth.question()
    }

    /// Hears that the head's numbers have come. The run is not asked for here: what makes
    /// its task of them is in the room's module.
    pub(crate) fn note_numbers(&mut self) {
        if let Some(asked) = self.asked.as_mut().filter(|asked| asked.awaits_numbers()) {
            asked.outcome = Outcome::Due;
        }
    }

    /// Takes a refusal.
    pub(crate) fn apply_refusal(&mut self, kind: DetailKind, why: &str) {
        match (kind, &mut self.asked, &mut self.growth) {
            (DetailKind::FlashRun, Some(asked), _) => {
                asked.outcome = Outcome::Failed(why.to_owned());
            }
            (DetailKind::HeadInputs, Some(asked), _) if asked.awaits_numbers() => {
                asked.outcome = Outcome::Failed(why.to_owned());
            }
            (DetailKind::FlashGrowth, _, Some(growth)) if growth.question().is_some() => {
                growth.stage = Stage::Failed(why.to_owned());
            }
            _ => {}
        }
    }

    /// Measures no further; what is under way is not waited for.
    pub(crate) fn stop(&mut self) {
        if let Some(growth) = &mut self.growth
            && growth.question().is_some()
        {
            growth.stage = Stage::Stopped;
        }
    }
}

impl Growth {
    /// The question that is open.
    fn question(&self) -> Option<Detail> {
        match self.stage {
            Stage::Measuring(n) => Some(Detail::FlashGrowth { n, d: self.d }),
            _ => None,
        }
    }
}

impl Asked {
    fn awaits_numbers(&self) -> bool {
        self.outcome == Outcome::AwaitsNumbers
    }
}

impl Subject {
    fn of(room: &FlashRoom) -> Self {
        let is_head = room.source == Source::Head;
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
    room.source == Source::Head && frame.session.awaits(DetailKind::HeadInputs)
}

/// Whether the numbers that a run waited for have come, so that it can be asked for.
#[must_use]
pub fn is_due(room: &FlashRoom) -> bool {
    let asked = room.device.asked.as_ref();
    let is_due = asked.is_some_and(|asked| asked.outcome == Outcome::Due);
    is_due && room.source == Source::Head
}

/// Asks for a run with the numbers that are shown, once they are there.
pub(crate) fn run(room: &mut FlashRoom, frame: &mut Frame) {
    let subject = Subject::of(room);
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
        stage: Stage::Measuring(LENGTHS[0]),
    };
    match data_of(room) {
        Err(why) => growth.stage = Stage::Failed(why),
        Ok(_) if !frame.session.holds_shown() => {
            growth.stage = Stage::Failed(words::BUSY.to_owned());
        }
        Ok(data) => growth.d = data.d(),
    }
    let question = growth.question();
    room.device.refused = question.is_none().then(|| Subject::of(room));
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
    if asked.subject != Subject::of(room) {
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
            Some(sent) => RunShown::Answered(Answer {
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
    if refused.is_some_and(|refused| *refused != Subject::of(room)) {
        return None;
    }
    let mut growth = device.growth.clone()?;
    if growth.question().is_some() && !frame.session.awaits(DetailKind::FlashGrowth) {
        growth.stage = Stage::Interrupted;
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
    let tests = report.map_or(&[][..], |report| &report.self_test);
    // One that was only slower can still be had; one that fails or is not there cannot.
    let is_sound = !tests.is_empty() && tests.iter().all(SelfTestCase::is_passed);
    match session.gpu_refusal() {
        Some(refusal) => not_gpu(refusal, is_sound && session.choice() != Choice::Gpu),
        None if session.choice() == Choice::Cpu => not_gpu(words::CPU_CHOSEN, true),
        None => {
            let reason = report.map_or(words::CPU_COMPUTES, |report| report.reason.as_str());
            not_gpu(reason, session.choice() != Choice::Gpu)
        }
    }
}

/// The longer of both paths' times.
const fn slowest_ms(point: &FlashGrowth) -> f64 {
    match &point.standard {
        StandardMeasure::Measured(standard) => point.flash.elapsed_ms.max(standard.elapsed_ms),
        StandardMeasure::DoesNotFit { .. } => point.flash.elapsed_ms,
    }
}

#[cfg(test)]
#[path = "device_tests.rs"]
mod tests;
