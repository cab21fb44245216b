//! What the machinery is doing, for the frame: attributes, badge, progress, status line.

use super::state::Frame;
use crate::answers::run::Backend;
use crate::frame::words;
use crate::session::words as session_words;
use crate::session::{BackendChoice, BackendReport, DeviceLimits, Phase, Transfer};
use headlight_figure::number::{bytes, count, duration, memory, scientific};
use headlight_figure::phrase;

/// What the root element says about the machinery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootAttributes {
    /// `recorded`, `loading`, `live` or `failed`.
    pub engine: &'static str,
    /// `none`, `cpu` or `gpu`: what computed the run that is shown.
    pub backend: &'static str,
    /// Id of the run that is shown; absent if none is.
    pub run: Option<String>,
}

/// The attributes of the root element.
#[must_use]
pub fn root(frame: &Frame) -> RootAttributes {
    let shown = frame.subject.run.as_ref();
    let live = shown.filter(|run| !run.is_recorded());
    // A prompt that cannot be run leaves nothing to show, and an engine that lives.
    let is_refused = shown.is_none() && frame.subject.error.is_some();
    let engine = match frame.session.phase() {
        Phase::Stopped(_) => "failed",
        Phase::Live if live.is_some() || is_refused => "live",
        _ if shown.is_some_and(|run| run.is_recorded()) => "recorded",
        _ => "loading",
    };
    let computed = live.map_or_else(|| frame.session.backend(), |run| Some(run.backend));
    let backend = match computed.filter(|_| engine == "live") {
        None => "none",
        Some(Backend::Cpu) => "cpu",
        Some(Backend::Gpu) => "gpu",
    };
    RootAttributes {
        engine,
        backend,
        run: shown.map(|run| run.id.to_string()),
    }
}

/// How the badge's dot looks; the words say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Light {
    /// Something is under way.
    Waiting,
    /// The engine answers.
    Live,
    /// The engine does not answer.
    Stopped,
}

/// The badge that says what computes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    /// The dot.
    pub light: Light,
    /// The words.
    pub label: String,
}

/// The badge.
#[must_use]
pub fn badge(frame: &Frame) -> Badge {
    let (light, label) = match frame.session.phase() {
        Phase::Stopped(_) => (Light::Stopped, session_words::STOPPED.to_owned()),
        Phase::Live => (Light::Live, live_label(frame)),
        _ if frame
            .subject
            .run
            .as_ref()
            .is_some_and(|run| run.is_recorded()) =>
        {
            (Light::Waiting, session_words::RECORDED.to_owned())
        }
        _ => (Light::Waiting, session_words::STARTING.to_owned()),
    };
    Badge { light, label }
}

fn live_label(frame: &Frame) -> String {
    session_words::live(
        frame
            .session
            .backend()
            .map_or(session_words::CPU, backend_name),
    )
}

const fn backend_name(backend: Backend) -> &'static str {
    match backend {
        Backend::Cpu => session_words::CPU,
        Backend::Gpu => session_words::GPU,
    }
}

/// Something that is arriving.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Name of what is under way.
    pub title: &'static str,
    /// Amount, speed and time left, in words.
    pub detail: String,
    /// Part that is done, in `[0, 1]`, where known.
    pub fraction: Option<f64>,
}

/// What is arriving, if the page waits for it.
#[must_use]
pub fn progress(frame: &Frame) -> Option<Progress> {
    let name = frame.session.model();
    let model = frame.models.iter().find(|model| model.name == name);
    progress_of(frame.session.phase(), model.map(|model| model.bytes))
}

/// What is arriving in a phase; `model_bytes` where what is sent compressed does not say how much it is.
fn progress_of(phase: Phase, model_bytes: Option<u64>) -> Option<Progress> {
    match phase {
        Phase::FetchingEngine(transfer) => {
            Some(describe(session_words::FETCHING_ENGINE, &transfer))
        }
        Phase::LoadingModel(mut transfer) => {
            transfer.total_bytes = transfer.total_bytes.or(model_bytes);
            Some(describe(session_words::LOADING_MODEL, &transfer))
        }
        Phase::Starting | Phase::Live | Phase::Stopped(_) => None,
    }
}

fn describe(title: &'static str, transfer: &Transfer) -> Progress {
    let total = transfer.total_bytes.map(bytes);
    let mut parts = Vec::new();
    if transfer.loaded_bytes > 0 {
        let loaded = bytes(transfer.loaded_bytes);
        parts.push(session_words::loaded_of(&loaded, total.as_deref()));
    }
    if let Some(rate) = transfer.bytes_per_second() {
        parts.push(session_words::per_second(&bytes(rate as u64)));
        let left = transfer.total_bytes.unwrap_or(0);
        let left = left.saturating_sub(transfer.loaded_bytes) as f64;
        if left > rate {
            parts.push(session_words::time_left(&duration(left / rate * 1e3)));
        }
    }
    Progress {
        title,
        detail: parts.join(" \u{b7} "),
        fraction: transfer.fraction(),
    }
}

/// The status line: facts about the run that is shown, left to right.
#[must_use]
pub fn status_line(frame: &Frame) -> Vec<String> {
    let Some(run) = &frame.subject.run else {
        return Vec::new();
    };
    let which = if run.is_recorded() {
        session_words::RECORDED_RUN.to_owned()
    } else {
        words::run(run.id)
    };
    let mut facts = vec![which, tokens(frame)];
    if !run.is_recorded() {
        facts.push(duration(run.elapsed_ms));
        facts.push(backend_name(run.backend).to_owned());
    }
    let mut line = vec![facts.join(" \u{b7} ")];
    if let Some(report) = frame
        .session
        .report()
        .filter(|r| !r.self_test_cases().is_empty())
    {
        line.push(self_test_summary(report));
    }
    line
}

/// The tokens of the context that the prompt uses.
#[must_use]
pub fn tokens(frame: &Frame) -> String {
    let n_ctx = frame.session.loaded().map(|model| model.shape.n_ctx);
    words::tokens_of_context(frame.subject.seq_len(), n_ctx)
}

/// What the prompt takes of the context; `None` before anything is shown, and where the
/// prompt in the field is one that was refused, which is another one than is shown.
#[must_use]
pub fn used(frame: &Frame) -> Option<String> {
    let is_of_field = frame.subject.run.is_some() && frame.subject.error.is_none();
    is_of_field.then(|| tokens(frame))
}

/// Label of the button that cuts a prompt that is too long; `None` where there is none.
#[must_use]
pub fn cut_offer(frame: &Frame) -> Option<String> {
    let n_ctx = frame.session.loaded().map(|model| model.shape.n_ctx);
    let fitting = frame.subject.fitting.as_ref();
    fitting.map(|_| words::cut_prompt(n_ctx))
}

fn self_test_summary(report: &BackendReport) -> String {
    let cases = report.self_test_cases();
    let n_passed = cases.iter().filter(|case| case.passed()).count();
    session_words::self_test(n_passed, cases.len())
}

/// The name of the model and its size, for the picker's button.
#[must_use]
pub fn model_label(frame: &Frame) -> String {
    let name = frame.session.model();
    match frame.session.loaded().filter(|model| model.name == name) {
        Some(model) => format!("{name} \u{b7} {}", count(model.n_parameters)),
        None => name.to_owned(),
    }
}

/// What the badge opens.
#[derive(Clone, Debug, PartialEq)]
pub struct BackendPanel {
    /// What computes, such as `CPU` or `GPU: lavapipe`.
    pub device: String,
    /// Sentences about why.
    pub reasons: Vec<String>,
    /// The self-test in a few words, if there was one.
    pub self_test: Option<String>,
    /// Operation, largest error, tolerance, and whether it passed.
    pub cases: Vec<([String; 3], bool)>,
    /// What the GPU allows, by name.
    pub limits: Vec<(&'static str, String)>,
    /// Times of one run, by backend.
    pub calibration: Vec<(&'static str, String)>,
    /// The CPU can be chosen.
    pub can_use_cpu: bool,
    /// The GPU can be chosen.
    pub can_use_gpu: bool,
}

/// The badge's panel.
#[must_use]
pub fn backend_panel(frame: &Frame) -> BackendPanel {
    let session = &frame.session;
    let loaded = session.loaded().map(|model| &model.backend);
    let mut reasons: Vec<String> = Vec::new();
    // Why not the GPU says more than the CPU build's own reason for the CPU.
    match session.gpu_refusal() {
        Some(refusal) => reasons.push(phrase::sentence(refusal)),
        None => reasons.extend(loaded.map(|report| phrase::sentence(&report.reason))),
    }
    if session.candidate().is_some() {
        reasons.push(session_words::GPU_ON_TRIAL.to_owned());
    }
    let report = session.report();
    let cases = report.map(|report| report.self_test_cases().iter().map(case).collect());
    let times = report.map(|report| {
        let cpu = report.cpu_ms.map(|ms| (session_words::CPU, duration(ms)));
        let gpu = report.gpu_ms.map(|ms| (session_words::GPU, duration(ms)));
        cpu.into_iter().chain(gpu).collect()
    });
    let is_gpu = session.backend() == Some(Backend::Gpu);
    BackendPanel {
        device: loaded.map_or_else(
            || session_words::STARTING.to_owned(),
            |report| report.device.clone(),
        ),
        reasons,
        self_test: report
            .filter(|report| !report.self_test_cases().is_empty())
            .map(self_test_summary),
        cases: cases.unwrap_or_default(),
        limits: report.and_then(|r| r.limits).map_or_else(Vec::new, limits),
        calibration: times.unwrap_or_default(),
        can_use_cpu: is_gpu || session.choice() != BackendChoice::Cpu,
        can_use_gpu: !is_gpu && session.choice() != BackendChoice::Gpu,
    }
}

fn limits(limits: DeviceLimits) -> Vec<(&'static str, String)> {
    vec![
        (session_words::LIMIT_BUFFER, memory(limits.buffer_bytes)),
        (session_words::LIMIT_BINDING, memory(limits.binding_bytes)),
        (
            session_words::LIMIT_WORKGROUP,
            memory(limits.workgroup_bytes.into()),
        ),
        (
            session_words::LIMIT_INVOCATIONS,
            limits.workgroup_invocations.to_string(),
        ),
    ]
}

fn case(case: &crate::session::SelfTestCase) -> ([String; 3], bool) {
    let error = case.max_abs_error.map(scientific);
    let cells = [
        case.name.clone(),
        error.unwrap_or_else(|| words::NOTHING.to_owned()),
        scientific(case.tolerance),
    ];
    (cells, case.passed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::run::tests::run;

    #[test]
    fn before_anything_arrives_the_page_loads_and_nothing_computes() {
        let attributes = root(&Frame::default());
        assert_eq!((attributes.engine, attributes.backend), ("loading", "none"));
        assert_eq!(attributes.run, None);
    }

    #[test]
    fn a_recorded_run_is_shown_as_such() {
        let mut frame = Frame::default();
        let mut recorded = run(&["a", " b"]);
        recorded.id = 0;
        frame.show(recorded, None);
        let attributes = root(&frame);
        assert_eq!(
            (attributes.engine, attributes.backend),
            ("recorded", "none")
        );
        assert_eq!(attributes.run.as_deref(), Some("0"));
        assert_eq!(badge(&frame).label, session_words::RECORDED);
    }

    #[test]
    fn a_prompt_that_was_never_run_shows_no_run() {
        let mut frame = Frame::default();
        frame.subject.error = Some("Too long.".to_owned());
        let attributes = root(&frame);
        assert_eq!((attributes.engine, attributes.run), ("loading", None));
    }

    #[test]
    fn progress_says_bytes_rate_and_time_left() {
        let transfer = Transfer::starting(0.0).advanced(1_000_000, Some(5_000_000), 1_000.0);
        let progress = progress_of(Phase::LoadingModel(transfer), Some(1)).unwrap();
        assert_eq!(
            progress.detail,
            "1.0\u{a0}MB of 5.0\u{a0}MB \u{b7} 1.0\u{a0}MB/s \u{b7} 4.0\u{a0}s left"
        );
        assert_eq!(progress.fraction, Some(0.2));
    }

    #[test]
    fn a_model_that_is_sent_compressed_is_as_long_as_the_list_of_models_says() {
        let transfer = Transfer::starting(0.0).advanced(1_000_000, None, 1_000.0);
        let progress = progress_of(Phase::LoadingModel(transfer), Some(4_000_000)).unwrap();
        assert_eq!(progress.fraction, Some(0.25));
        assert!(
            progress.detail.contains("3.0\u{a0}s left"),
            "{}",
            progress.detail
        );
    }

    #[test]
    fn a_transfer_of_unknown_length_has_no_fraction() {
        let transfer = Transfer::starting(0.0).advanced(500, None, 10.0);
        let progress = progress_of(Phase::FetchingEngine(transfer), Some(1)).unwrap();
        assert_eq!(
            (progress.detail.as_str(), progress.fraction),
            ("500\u{a0}B", None)
        );
    }
}
