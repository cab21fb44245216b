//! The words of the engine: what computes, what arrives, what went wrong.

use crate::session::Death;
use headlight_figure::phrase::sentence;

/// The state of the engine, for the badge.
pub const ENGINE: &str = "Engine";
/// Nothing computes yet.
pub const STARTING: &str = "starting";
/// Names a run that came with the page.
pub const RECORDED_RUN: &str = "Recorded run";
/// A list of builds without the one that is wanted.
pub const NO_BUILD: &str = "this build is not there";
/// The page was built without the language.
pub const NO_TRUTH_BUILD: &str = "this page was built without them";
/// A worker whose script did not run.
pub const NO_SCRIPT: &str = "its script did not run";
/// A message of a kind that is not known.
pub const NO_MESSAGE: &str = "neither an event nor progress";
/// A message that the browser could not hand over.
pub const NOT_COPIED: &str = "it could not be copied";
/// An error of the browser that says nothing.
pub const NO_REASON: &str = "no reason was given";
/// A recorded run is shown.
pub const RECORDED: &str = "recorded run";
/// The engine does not answer.
pub const STOPPED: &str = "stopped";
/// The engine's module is arriving.
pub const FETCHING_ENGINE: &str = "Loading the engine";
/// The model is arriving.
pub const LOADING_MODEL: &str = "Loading the model";
/// Does not want to wait.
pub const CANCEL: &str = "Cancel";
/// The visitor did not want to wait.
pub const LOAD_CANCELLED: &str = "loading was cancelled";
/// Wants another attempt.
pub const TRY_AGAIN: &str = "Try again";
/// Chooses the CPU.
pub const USE_CPU: &str = "Use CPU";
/// Chooses the GPU.
pub const USE_GPU: &str = "Use GPU";
/// Heading of the badge's panel.
pub const WHAT_COMPUTES: &str = "What computes";
/// Name of the device.
pub const DEVICE: &str = "Device";
/// Heading of the self-test.
pub const SELF_TEST: &str = "Self-test, GPU against CPU";
/// Head of a table's column.
pub const OPERATION: &str = "operation";
/// Head of a table's column.
pub const MAX_ERROR: &str = "largest error";
/// Head of a table's column.
pub const TOLERANCE: &str = "allowed";
/// Head of a table's column.
pub const RESULT: &str = "result";
/// A case is within its tolerance.
pub const PASSED: &str = "passed";
/// A case is not within its tolerance.
pub const FAILED: &str = "failed";
/// Heading of what the GPU allows.
pub const LIMITS: &str = "What this GPU allows";
/// The largest buffer.
pub const LIMIT_BUFFER: &str = "largest buffer";
/// The largest part of a buffer in a shader.
pub const LIMIT_BINDING: &str = "of it in one shader";
/// Memory on the chip.
pub const LIMIT_WORKGROUP: &str = "on-chip memory of a workgroup";
/// Invocations in a workgroup.
pub const LIMIT_INVOCATIONS: &str = "threads of a workgroup";
/// Heading of the calibration.
pub const CALIBRATION: &str = "One run of this model";
/// The GPU is being tried.
pub const GPU_ON_TRIAL: &str = "The GPU is being prepared in the background.";
/// The browser has no WebGPU.
pub const NO_WEBGPU: &str = "This browser has no WebGPU, so the CPU computes.";
/// The GPU build is not there.
pub const GPU_NOT_BUILT: &str =
    "The GPU build of the engine is not there yet, so the CPU computes until it is.";
/// The second module of the page takes a while.
pub const PART_AWAITED: &str = "This part of the page is on its way.";
/// The second module of the page did not arrive.
pub const PART_MISSING: &str = "A part of this page has not arrived, so some figures are missing. It is being asked for again.";
/// The list of builds did not arrive.
pub const NO_ENGINES: &str = "The engine could not be found: engines.json did not arrive.";
/// What the CPU build computes on.
pub const CPU: &str = "CPU";
/// What the GPU build computes on.
pub const GPU: &str = "GPU";

/// How a worker died, without a full stop. What the engine or the browser itself said is for
/// developers, and goes to the console.
#[must_use]
pub fn death(death: &Death) -> String {
    let said = match death {
        Death::Crashed(_) => "the engine crashed",
        Death::Silent => "the engine stopped answering",
        Death::Stalled => "the engine got no further for a minute",
        Death::Unreadable(_) => "the engine sent something that is no message",
        Death::NotStarted(_) => "the engine could not be started",
    };
    said.to_owned()
}

/// A fresh worker replaces one that died.
#[must_use]
pub fn restarted(cause: &str) -> String {
    sentence(&format!(
        "{cause}, so a fresh one was started and your prompt runs again"
    ))
}

/// Another backend replaces one that failed.
#[must_use]
pub fn fell_back(cause: &str) -> String {
    sentence(&format!(
        "on the GPU {cause}, so the CPU took over and your prompt runs again"
    ))
}

/// The GPU failed for the last time.
#[must_use]
pub fn gpu_failed_twice(cause: &str) -> String {
    sentence(&format!(
        "the GPU failed twice, so the CPU computes: {cause}"
    ))
}

/// The GPU was asked for and does not compute.
#[must_use]
pub fn gpu_refused(reason: &str) -> String {
    sentence(&format!(
        "the GPU was asked for, but the CPU computes: {reason}"
    ))
}

/// The page gives up.
#[must_use]
pub fn gave_up(cause: &str) -> String {
    sentence(&format!(
        "{cause}, again and again; your prompt is kept and the page waits for you"
    ))
}

/// What computes, while it does.
#[must_use]
pub fn live(backend: &str) -> String {
    format!("{backend}, live")
}

/// The self-test in a few words.
#[must_use]
pub fn self_test(n_passed: usize, n: usize) -> String {
    if n_passed == n {
        format!("Self-test passed, {n} operations")
    } else {
        format!("Self-test failed, {} of {n} operations", n - n_passed)
    }
}

/// A transfer's bytes.
#[must_use]
pub fn loaded_of(loaded: &str, total: Option<&str>) -> String {
    match total {
        Some(total) => format!("{loaded} of {total}"),
        None => loaded.to_owned(),
    }
}

/// A transfer's rate.
#[must_use]
pub fn per_second(bytes: &str) -> String {
    format!("{bytes}/s")
}

/// A transfer's remaining time.
#[must_use]
pub fn time_left(duration: &str) -> String {
    format!("{duration} left")
}
