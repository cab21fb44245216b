//! Which backend computes: opened, tested, timed, chosen.

use burn::tensor::Device;
use headlight_activations::Capture;
use headlight_model::{LogitsWanted, Model, Pace, RunRequest, Stopped, Unhurried};

use crate::platform::now;
use crate::self_test::{sample_tokens, self_test};
use crate::{
    AnswerError, Backend, BackendChoice, BackendReport, Build, DeviceLimits, Fault, FlashDevice,
    Loaded, SelfTest, SelfTestCase,
};

/// Calibration stops after this, or after [`MAX_RUNS`].
const CALIBRATION_MS: f64 = 200.0;

/// Most timed runs of a calibration.
const MAX_RUNS: usize = 7;

/// The build this is.
pub const BUILD: Build = if cfg!(feature = "gpu") {
    Build::Gpu
} else {
    Build::Cpu
};

/// What the CPU backend is called where devices are listed.
const CPU_NAME: &str = "CPU";

/// A GPU that was opened.
#[derive(Clone)]
struct Gpu {
    device: Device,
    name: String,
    limits: DeviceLimits,
}

/// Loads a model and decides what computes it.
///
/// The CPU is always there. In a build with the GPU, and unless the CPU is
/// asked for, the GPU is opened and compared with the CPU operation by
/// operation; if it passes and is asked for, or is faster, it is taken.
///
/// `read` puts the model in `files` onto a device: [`Loaded::from_files`], or
/// whatever else has files of a model.
///
/// # Errors
///
/// Returns an error if the model's files cannot be used, or the load is
/// stopped.
pub async fn load<F, P: Pace>(
    files: &F,
    read: impl Fn(&F, &Device, Backend) -> Result<Loaded, AnswerError>,
    choice: BackendChoice,
    inject: Option<Fault>,
    pace: &P,
) -> Result<(Loaded, BackendReport), AnswerError> {
    let cpu = read(files, &Device::flex(), Backend::Cpu)?;
    let mut report = BackendReport {
        backend: Backend::Cpu,
        device: CPU_NAME.to_owned(),
        reason: String::new(),
        limits: None,
        self_test: None,
        cpu_ms: None,
        gpu_ms: None,
    };
    if choice == BackendChoice::Cpu {
        report.reason = "The CPU computes".to_owned();
        return Ok((cpu, report));
    }
    let Gpu {
        device,
        name,
        limits,
    } = match open_gpu().await {
        Ok(gpu) => gpu,
        Err(reason) => {
            report.reason = reason;
            return Ok((cpu, report));
        }
    };
    report.limits = Some(limits);
    let gpu = read(files, &device, Backend::Gpu)?;
    let reference = Device::flex();
    let pair = ((&device, &gpu.model), (&reference, &cpu.model));
    let mut test = self_test(pair.0, pair.1, pace).await.map_err(stopped)?;
    test.cases.extend(device_complaint());
    if inject == Some(Fault::SelfTest) {
        test.cases.push(injected_case());
    }
    if let Some(reason) = why_failed(&test, &name) {
        report.reason = reason;
        report.self_test = Some(test);
        return Ok((cpu, report));
    }
    report.self_test = Some(test);
    let cpu_ms = time(&cpu.model, pace).await.map_err(stopped)?;
    let gpu_ms = time(&gpu.model, pace).await.map_err(stopped)?;
    (report.cpu_ms, report.gpu_ms) = (cpu_ms, gpu_ms);
    let is_faster = cpu_ms.zip(gpu_ms).is_some_and(|(cpu, gpu)| gpu < cpu);
    let times = match cpu_ms.zip(gpu_ms) {
        Some((cpu, gpu)) => format!("{gpu:.1} ms against {cpu:.1} ms on the CPU"),
        None => "a time that could not be taken".to_owned(),
    };
    if choice == BackendChoice::Gpu || is_faster {
        report.backend = Backend::Gpu;
        report.device = name;
        report.reason = if choice == BackendChoice::Gpu {
            format!("The GPU was asked for and passed its self-test; it takes {times}")
        } else {
            format!("The GPU passed its self-test and is faster: {times}")
        };
        return Ok((gpu, report));
    }
    report.reason = format!("The CPU is faster for this model; {name} takes {times}");
    Ok((cpu, report))
}

fn stopped(error: Stopped) -> AnswerError {
    AnswerError::Run(error.into())
}

/// The sentence for a self-test that failed.
fn why_failed(test: &SelfTest, device: &str) -> Option<String> {
    let case = test.cases.iter().find(|case| !case.passed())?;
    let found = case.max_abs_error.map_or_else(
        || "no usable answer".to_owned(),
        |error| format!("an error of {error:.1e}, more than {:.1e}", case.tolerance),
    );
    Some(format!(
        "{device} failed its self-test: {} gave {found}",
        case.name
    ))
}

fn injected_case() -> SelfTestCase {
    SelfTestCase {
        name: "a fault injected by a test".to_owned(),
        max_abs_error: Some(1.0),
        tolerance: 0.0,
    }
}

/// Median time of a short run, in milliseconds, after one that warms up.
/// `None` if the device fails, or if no pace could be kept.
async fn time<P: Pace>(model: &Model, pace: &P) -> Result<Option<f64>, Stopped> {
    let tokens = sample_tokens(model);
    let mut times_ms = Vec::new();
    let begun = now();
    loop {
        let started = now();
        if run_once(model, &tokens).await.is_none() {
            return Ok(None);
        }
        times_ms.push(started.elapsed().as_secs_f64() * 1e3);
        pace.pause().await?;
        let is_enough = begun.elapsed().as_secs_f64() * 1e3 > CALIBRATION_MS;
        if times_ms.len() > MAX_RUNS || (is_enough && times_ms.len() > 1) {
            break;
        }
    }
    // The first run compiled or warmed what the others use.
    times_ms.remove(0);
    times_ms.sort_by(f64::total_cmp);
    Ok(Some(times_ms[times_ms.len() / 2]))
}

async fn run_once(model: &Model, tokens: &[u32]) -> Option<()> {
    let capture = Capture::none();
    let request = RunRequest {
        tokens,
        capture: &capture,
        edits: &[],
        logits: LogitsWanted::Last,
    };
    let output = model.run(request, &Unhurried).await.ok()?;
    output.read().await.ok()?;
    Some(())
}

#[cfg(feature = "gpu")]
use gpu::{device_complaint, open_gpu};

#[cfg(feature = "gpu")]
mod gpu {
    //! Opening the GPU, and hearing what it complains about.

    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

    use burn::tensor::Device;

    use super::Gpu;
    use crate::{DeviceLimits, SelfTestCase};

    /// What the device complained about outside any error scope. In a browser
    /// a rejected shader is reported only here, after stale data was read.
    static COMPLAINT: Mutex<Option<String>> = Mutex::new(None);

    /// The GPU once it has been opened: a module can open its default GPU only
    /// once, and a second model is loaded onto the same one.
    static OPENED: Mutex<Option<Gpu>> = Mutex::new(None);

    fn opened() -> MutexGuard<'static, Option<Gpu>> {
        OPENED.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the default GPU.
    ///
    /// # Errors
    ///
    /// Returns a sentence saying why there is none.
    pub(super) async fn open_gpu() -> Result<Gpu, String> {
        if let Some(gpu) = opened().clone() {
            return Ok(gpu);
        }
        let gpu = open().await?;
        *opened() = Some(gpu.clone());
        Ok(gpu)
    }

    async fn open() -> Result<Gpu, String> {
        let (device, setup) = Device::wgpu_options()
            .init_with_setup_async()
            .await
            .ok()
            .ok_or("No GPU could be opened here")?;
        setup.device.on_uncaptured_error(Arc::new(|error| {
            let mut complaint = COMPLAINT.lock().unwrap_or_else(PoisonError::into_inner);
            complaint.get_or_insert(error.to_string());
        }));
        let info = setup.adapter.get_info();
        let name = if info.name.is_empty() {
            "This GPU".to_owned()
        } else {
            info.name
        };
        let limits = setup.device.limits();
        Ok(Gpu {
            device,
            name,
            limits: DeviceLimits {
                buffer_bytes: limits.max_buffer_size,
                binding_bytes: limits.max_storage_buffer_binding_size,
                workgroup_bytes: limits.max_compute_workgroup_storage_size,
                workgroup_invocations: limits.max_compute_invocations_per_workgroup,
            },
        })
    }

    /// A failed case if the device has complained since it was opened.
    pub(super) fn device_complaint() -> Option<SelfTestCase> {
        let complaint = COMPLAINT
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()?;
        let line = complaint.lines().next().unwrap_or_default().to_owned();
        Some(SelfTestCase {
            name: format!("the device's own check ({line})"),
            max_abs_error: None,
            tolerance: 0.0,
        })
    }
}

/// The default GPU, to attend on.
///
/// # Errors
///
/// Returns a sentence saying why there is none.
pub(crate) async fn open_flash_device() -> Result<FlashDevice, String> {
    let gpu = open_gpu().await?;
    Ok(FlashDevice::new(
        gpu.device,
        gpu.name,
        gpu.limits.binding_bytes,
    ))
}

/// # Errors
///
/// Always: this build has no GPU backend.
#[cfg(not(feature = "gpu"))]
#[expect(clippy::unused_async, reason = "the build with a GPU awaits here")]
async fn open_gpu() -> Result<Gpu, String> {
    Err("This build of the engine computes on the CPU only".to_owned())
}

#[cfg(not(feature = "gpu"))]
fn device_complaint() -> Option<SelfTestCase> {
    None
}
