//! What is said of our kernel on the visitor's own GPU.
#![expect(missing_docs, reason = "a constant of words says itself what it is")]

use crate::rooms::flash::device::{
    Amount, Awaits, DeviceAnswer, Growth, GrowthStage, LENGTHS, MeasurementShown, Power, RunShown,
    Way,
};
use headlight_figure::number::{duration, fixed, memory, scientific};

use super::thousands;

pub const HEADING: &str = "Run on this GPU";
pub const ABOUT: &str = "The steps above are computed one by one on the CPU, to be looked at. \
    The same algorithm is also one kernel for the GPU of this device.";
pub const RUN: &str = "Run these numbers";
pub const RUN_AGAIN: &str = "Run them again";
pub const MEASURE: &str = "Measure longer sequences";
pub const MEASURE_AGAIN: &str = "Measure again";
pub const STOP: &str = "Stop measuring";
pub const USE_GPU: &str = "Use the GPU";
pub const AWAITED: &str = "The engine is on its way; then our kernel can run here.";
pub const PREPARING: &str = "The GPU is being prepared; then our kernel can run here.";
pub const CPU_CHOSEN: &str = "The CPU computes because it was chosen, and our kernel needs a GPU.";
pub const CPU_COMPUTES: &str = "The CPU computes, and our kernel needs a GPU.";
pub const RUNNING: &str = "Our kernel runs.";
pub const OUTDATED: &str =
    "Numbers, mask or tiles have changed since our kernel ran. Run it again for these.";
pub const INTERRUPTED: &str =
    "A newer prompt or another engine came between, so there is no answer. Run it again.";
pub const DEVICE: &str = "device";
pub const TILES: &str = "tiles";
pub const TIME: &str = "time, launch and reading";
pub const AGAINST: &str = "largest difference";
pub const AGAINST_TRACE: &str = "from the trace above";
pub const AGAINST_DENSE: &str = "from softmax in 64 bits";
pub const BOUND: &str = "what 32 bits allow";
pub const OF_OUTPUT: &str = "O";
pub const OF_LSE: &str = "log-sum-exp";
pub const RUN_CAPTION: &str = "What the GPU computed, against the trace and by definition";
pub const GROWTH: &str = "Longer sequences, our kernel and standard attention";
pub const DOES_NOT_FIT: &str = "does not fit";
pub const TOKENS: &str = "queries and keys";
pub const WRONG: &str = "That is no rounding: the kernel computes something else here, and its \
    times mean nothing.";

/// An array too long to be sent to the engine.
#[must_use]
pub fn too_many(most: usize) -> String {
    format!(
        "Queries, keys and values travel to the GPU as text, so each may have {} numbers at most.",
        thousands(most as u64)
    )
}

/// The tiles that were used, and why these.
#[must_use]
pub fn tiles(answer: &DeviceAnswer) -> String {
    let used = [answer.run.block_q, answer.run.block_k];
    let name = |[queries, keys]: [usize; 2]| format!("{queries} × {keys}");
    if used == answer.chosen {
        return name(used);
    }
    format!(
        "{}: the chosen {} do not fit a workgroup’s 16\u{a0}KiB",
        name(used),
        name(answer.chosen)
    )
}

/// A time, with as many digits as can be trusted.
#[must_use]
pub fn time(elapsed_ms: f64) -> String {
    if elapsed_ms < 0.095 {
        format!("{}\u{a0}ms", fixed(elapsed_ms, 2))
    } else if (0.95..9.95).contains(&elapsed_ms) {
        format!("{}\u{a0}ms", fixed(elapsed_ms, 1))
    } else {
        duration(elapsed_ms)
    }
}

/// What is to be said of a run before its numbers were compared, or instead.
#[must_use]
pub fn run_state(shown: &RunShown) -> Option<String> {
    match shown {
        RunShown::Nothing | RunShown::Answered(_) => None,
        RunShown::Waiting(awaits) => Some(waiting(*awaits, "our kernel runs")),
        RunShown::Awaited => Some(RUNNING.to_owned()),
        RunShown::Interrupted => Some(INTERRUPTED.to_owned()),
        RunShown::Outdated => Some(OUTDATED.to_owned()),
        RunShown::Failed(why) => Some(why.clone()),
    }
}

/// What must come before something begins.
fn waiting(awaits: Awaits, begins: &str) -> String {
    match awaits {
        Awaits::Prompt => format!("A prompt is being run; {begins} when that is done."),
        Awaits::NextPrompt => {
            format!(
                "The engine does not have the run that is shown; {begins} after the next prompt."
            )
        }
        Awaits::Numbers => {
            format!("The head’s numbers are on their way; {begins} when they are here.")
        }
    }
}

/// What is to be said of a measurement: what it waits for, its progress, or why it is over.
#[must_use]
pub fn measurement_state(shown: &MeasurementShown) -> Option<String> {
    match shown {
        MeasurementShown::Nothing => None,
        MeasurementShown::Waiting(awaits) => Some(waiting(*awaits, "the measurement begins")),
        MeasurementShown::Refused(why) => Some(why.clone()),
        MeasurementShown::Begun(growth) => Some(growth_state(growth)),
    }
}

/// Progress of a measurement, or why it is over.
fn growth_state(growth: &Growth) -> String {
    let last = growth.points.last().map_or(0, |point| point.n);
    let after = |why: &str| match last {
        0 => why.to_owned(),
        _ => format!("{why} The figures go up to {}.", thousands(last as u64)),
    };
    match &growth.stage {
        GrowthStage::Measuring(n) => {
            let place = LENGTHS.iter().position(|length| length == n);
            format!(
                "Measuring {} queries and keys, {} of {}.",
                thousands(*n as u64),
                place.map_or(1, |place| place + 1),
                LENGTHS.len()
            )
        }
        GrowthStage::Done => format!("Measured {} lengths.", growth.points.len()),
        GrowthStage::TooSlow(elapsed_ms) => format!(
            "Stopped at {}, which took {}: twice as many are four times the work.",
            thousands(last as u64),
            time(*elapsed_ms)
        ),
        GrowthStage::Stopped => after("Stopped."),
        GrowthStage::Interrupted => after("A newer prompt or another engine came between."),
        GrowthStage::Failed(why) => after(why),
    }
}

/// A way to attend, at the end of its line.
#[must_use]
pub const fn way(way: Way) -> &'static str {
    match way {
        Way::Flash => "flash, our kernel",
        Way::Standard => "standard",
    }
}

/// Above a panel.
#[must_use]
pub const fn panel(amount: Amount) -> &'static str {
    match amount {
        Amount::Memory => "Memory beside q, k, v and O",
        Amount::Time => "Time, launch and reading",
    }
}

/// A round amount beside an axis.
#[must_use]
pub fn amount(amount: Amount, value: f64) -> String {
    match amount {
        Amount::Memory => memory(value as u64),
        Amount::Time if value < 1e3 => format!("{value}\u{a0}ms"),
        Amount::Time => format!("{}\u{a0}s", value / 1e3),
    }
}

/// What was measured with, whatever came of it.
#[must_use]
pub fn measured_with(d: usize) -> String {
    format!("Random numbers of width {d}, without a mask.")
}

/// How memory grows, by our kernel and by standard attention; `None` where that of our
/// kernel follows no power.
#[must_use]
pub fn memory_grows([flash, standard]: [Option<Power>; 2]) -> Option<String> {
    let flash = flash?;
    let name = |power: Power| format!("N^{}", fixed(power.exponent, 2));
    let (from, to) = flash.lengths;
    let range = format!("{} to {}", thousands(from as u64), thousands(to as u64));
    let mut said = format!(
        "From {range} tokens the kernel’s extra memory grows as {}",
        name(flash)
    );
    if let Some(standard) = standard {
        said.push_str(" and that of standard attention as ");
        said.push_str(&name(standard));
        if standard.lengths.1 != to {
            said.push_str(&format!(", up to {}", thousands(standard.lengths.1 as u64)));
        }
    }
    said.push('.');
    Some(said)
}

/// What a length took, by our kernel and by standard attention if that was measured.
#[must_use]
pub fn times(n: usize, flash_ms: f64, standard_ms: Option<f64>) -> String {
    let n = thousands(n as u64);
    let flash = time(flash_ms);
    let both = standard_ms.map_or_else(
        || format!("the kernel takes {flash}"),
        |standard| {
            format!(
                "the kernel takes {flash} and standard attention {}",
                time(standard)
            )
        },
    );
    format!("At {n} tokens {both}, launch and reading included.")
}

/// The largest errors over all lengths.
#[must_use]
pub fn errors(flash: f64, standard: Option<f64>) -> String {
    let flash = scientific(flash);
    standard.map_or_else(
        || format!("Largest error {flash}."),
        |standard| {
            let standard = scientific(standard);
            format!("Largest error {flash}, of standard attention {standard}.")
        },
    )
}

/// Why standard attention has no point.
#[must_use]
pub fn does_not_fit(n: usize, needed_bytes: u64, limit_bytes: u64) -> String {
    format!(
        "At {} tokens standard attention’s scores need {}, and this device binds {} at most.",
        thousands(n as u64),
        memory(needed_bytes),
        memory(limit_bytes)
    )
}

/// What the table of a measurement holds.
#[must_use]
pub fn growth_caption(d: usize) -> String {
    format!("Time, memory and error by length, random numbers of width {d}, without a mask")
}
