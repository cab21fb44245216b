//! Our kernel on the visitor's own GPU: what was asked of it, and what came of that.
//!
//! A run attends with the numbers that the room shows. A measurement asks for one
//! length after the other, each when the one before has been answered, so that it can
//! be stopped between two and never keeps a weak device busy for minutes.
//!
//! The answers are heard by the page's first module, which is why that part of it is
//! small; what is drawn of them is in [`growth`](super::figures::growth).

use headlight_activations::{Detail, DetailKind, FlashGrowth, FlashRun, StandardMeasure};

use super::data::HeadData;
use super::head_of::HeadOf;
use super::options::DataSource;
use super::options::{Options, Tiles};
use super::player::Player;
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
    pub(crate) asked: Option<Asked>,
    pub(crate) measurement: Option<Measurement>,
}

/// A measurement that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Measurement {
    /// It begins when the engine can be asked.
    Waiting,
    /// None can be with these numbers, and why.
    Refused(DeviceQuestion, String),
    /// It began.
    Begun(Growth),
}

/// A run that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    pub(crate) subject: DeviceQuestion,
    pub(crate) sent: Option<Sent>,
    pub(crate) outcome: Outcome,
}

/// What the device was given.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sent {
    pub(crate) data: Shared<HeadData>,
    pub(crate) tiles: [usize; 2],
}

/// What decides which numbers come out: whoever changes it has another question.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DeviceQuestion {
    pub(crate) source: DataSource,
    pub(crate) head: Option<HeadOf>,
    pub(crate) is_causal: bool,
    pub(crate) tiles: Tiles,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// The engine is asked when it can be.
    Waiting,
    Awaited,
    Answered(Shared<FlashRun>),
    Failed(String),
}

/// What must come before the engine can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaits {
    /// The end of the prompt's run that is under way.
    Prompt,
    /// The next prompt's run: the engine does not have the one that is shown.
    NextPrompt,
    /// The head's numbers.
    Numbers,
}

/// What the room shows of a run on the device.
#[derive(Clone, Debug, PartialEq)]
pub enum RunShown {
    /// None was asked for.
    Nothing,
    /// The run begins when something else has come.
    Waiting(Awaits),
    /// The run is under way.
    Awaited,
    /// The run was under way when a newer prompt or another engine made it pointless.
    Interrupted,
    /// The run was about other numbers, another mask or other tiles than are shown now.
    Outdated,
    /// The run failed, and why.
    Failed(String),
    /// What came out.
    Answered(DeviceAnswer),
}

/// What came out of a run on the device.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceAnswer {
    /// Output, log-sum-exp, time, and the tiles that were used.
    pub run: Shared<FlashRun>,
    /// The numbers that it was given. Those that are shown may have come anew since,
    /// from another engine, which rounds in another way.
    pub data: Shared<HeadData>,
    /// Queries and keys of the tiles that were chosen.
    pub chosen: [usize; 2],
}

impl DeviceAnswer {
    /// The steps that are shown, with the numbers that the device was given.
    ///
    /// # Errors
    ///
    /// Returns a sentence if the tiles cannot be.
    pub fn player(&self, options: Options) -> Result<Player, String> {
        Player::with(self.data.clone(), options)
    }
}

/// What the room shows of a measurement.
#[derive(Clone, Debug, PartialEq)]
pub enum MeasurementShown {
    /// None was asked for.
    Nothing,
    /// The measurement begins when something else has come.
    Waiting(Awaits),
    /// None can be with these numbers, and why.
    Refused(String),
    /// What was measured so far.
    Begun(Growth),
}

impl MeasurementShown {
    /// What was measured, from the first length on.
    #[must_use]
    pub fn measured(&self) -> Option<&Growth> {
        match self {
            Self::Begun(growth) if !growth.points.is_empty() => Some(growth),
            _ => None,
        }
    }

    /// True while there is something to stop.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        match self {
            Self::Waiting(_) => true,
            Self::Begun(growth) => matches!(growth.stage, GrowthStage::Measuring(_)),
            Self::Nothing | Self::Refused(_) => false,
        }
    }
}

/// A measurement over growing sequences.
#[derive(Clone, Debug, PartialEq)]
pub struct Growth {
    /// Width of a row.
    pub d: usize,
    /// The lengths so far, ascending.
    pub points: Vec<FlashGrowth>,
    /// Stage of the measurement.
    pub stage: GrowthStage,
}

/// Stage of a measurement.
#[derive(Clone, Debug, PartialEq)]
pub enum GrowthStage {
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
    /// The measurement failed, and why.
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
        let growth = self.growth_mut()?;
        if growth.stage != GrowthStage::Measuring(point.n) || growth.d != point.d {
            return None;
        }
        let slowest_ms = slowest_ms(&point);
        growth.points.push(point);
        growth.stage = match LENGTHS.get(growth.points.len()) {
            None => GrowthStage::Done,
            Some(_) if slowest_ms > SLOW_MS => GrowthStage::TooSlow(slowest_ms),
            Some(&n) => GrowthStage::Measuring(n),
        };
        growth.question()
    }

    /// Takes a refusal.
    pub(crate) fn apply_refusal(&mut self, kind: DetailKind, why: &str) {
        match (kind, &mut self.asked, &mut self.measurement) {
            (DetailKind::FlashRun, Some(asked), _) => {
                asked.outcome = Outcome::Failed(why.to_owned());
            }
            (DetailKind::HeadInputs, Some(asked), _) if asked.awaits_head() => {
                asked.outcome = Outcome::Failed(why.to_owned());
            }
            (DetailKind::FlashGrowth, _, Some(Measurement::Begun(growth)))
                if growth.question().is_some() =>
            {
                growth.stage = GrowthStage::Failed(why.to_owned());
            }
            _ => {}
        }
    }

    /// Measures no further; what is under way is not waited for.
    pub(crate) fn stop(&mut self) {
        if self.measurement == Some(Measurement::Waiting) {
            self.measurement = None;
        }
        if let Some(growth) = self.growth_mut()
            && growth.question().is_some()
        {
            growth.stage = GrowthStage::Stopped;
        }
    }

    const fn growth_mut(&mut self) -> Option<&mut Growth> {
        match &mut self.measurement {
            Some(Measurement::Begun(growth)) => Some(growth),
            _ => None,
        }
    }
}

impl Growth {
    /// The question that is open.
    pub(crate) fn question(&self) -> Option<Detail> {
        match self.stage {
            GrowthStage::Measuring(n) => Some(Detail::FlashGrowth { n, d: self.d }),
            _ => None,
        }
    }
}

impl Asked {
    fn awaits_head(&self) -> bool {
        self.outcome == Outcome::Waiting && self.subject.source == DataSource::Head
    }
}

impl DeviceQuestion {
    /// True for a question about the same numbers, or those of another run's head.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let is_so_too = (self.is_causal, self.tiles) == (other.is_causal, other.tiles);
        is_so_too && self.source == other.source
    }
}

/// The longer of both paths' times.
const fn slowest_ms(point: &FlashGrowth) -> f64 {
    match &point.standard {
        StandardMeasure::Measured(standard) => point.flash.elapsed_ms.max(standard.elapsed_ms),
        StandardMeasure::DoesNotFit { .. } => point.flash.elapsed_ms,
    }
}

/// A way to attend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Our kernel.
    Flash,
    /// Scores and weights in full.
    Standard,
}

/// What grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Bytes beside q, k, v and the output.
    Memory,
    /// Time in milliseconds.
    Time,
}

/// A power of the length, and where it was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Power {
    /// The exponent.
    pub exponent: f64,
    /// The shortest and the longest sequence.
    pub lengths: (usize, usize),
}
