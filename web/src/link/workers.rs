//! The workers of the page by their number: started, ended and spoken to.

use std::cell::RefCell;
use std::fmt;

use headlight_view::answers::truth::TruthCommand;
use headlight_view::frame::action::FrameAction;
use headlight_view::session::words as session_words;
use headlight_view::session::{Build, Command, Death, Input, WorkerId};
use serde::Deserialize;
use wasm_bindgen_futures::spawn_local;
use web_sys::{WorkerOptions, WorkerType};

use super::js_error::describe;
use super::listen::{Listeners, died};
use super::messages;
use super::truth::TruthWorker;
use crate::host;
use crate::store::Store;

/// The workers' modules, from `engines.json`.
#[derive(Clone, Debug, Default, Deserialize)]
struct Engines {
    /// The small one.
    cpu: Option<EngineFile>,
    /// The large one; absent while it is still being built.
    gpu: Option<EngineFile>,
    /// The language with its exact probabilities, no engine at all.
    truth: Option<EngineFile>,
}

/// One module.
#[derive(Clone, Debug, Deserialize)]
struct EngineFile {
    /// The worker's script, relative to the page.
    worker: String,
    /// Size of the module it loads.
    #[serde(default)]
    wasm_bytes: Option<u64>,
}

thread_local! {
    /// The workers of this page.
    static LINK: RefCell<WorkerLink> = RefCell::default();
}

/// Carries out a command of the session.
pub fn run_command(store: Store, command: Command) {
    LINK.with_borrow_mut(|link| link.run_command(store, command));
}

/// Carries out a command to the worker that holds the language.
pub fn run_truth_command(store: Store, command: TruthCommand) {
    LINK.with_borrow_mut(|link| link.run_truth_command(store, command));
}

/// Looks which builds of the engine there are.
pub fn fetch_builds(store: Store) {
    spawn_local(async move {
        let json = host::fetch_text("engines.json").await.ok();
        let engines = json.and_then(|json| serde_json::from_str::<Engines>(&json).ok());
        let input = match engines {
            Some(engines) => {
                let (has_cpu, has_gpu) = (engines.cpu.is_some(), engines.gpu.is_some());
                LINK.with_borrow_mut(|link| link.engines = engines);
                Input::Builds {
                    has_cpu,
                    has_gpu,
                    has_webgpu: host::has_webgpu(),
                }
            }
            None => Input::NoBuilds(session_words::NO_ENGINES.to_owned()),
        };
        store.dispatch(FrameAction::Engine(input));
    });
}

/// Every worker that runs.
#[derive(Default)]
struct WorkerLink {
    engines: Engines,
    workers: Vec<(WorkerId, Running)>,
    truth: TruthWorker,
}

struct Running {
    worker: web_sys::Worker,
    /// Kept for as long as the worker may call them.
    _listeners: Listeners,
}

impl fmt::Debug for WorkerLink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Link")
            .field("engines", &self.engines)
            .field("workers", &self.workers.len())
            .field("truth", &self.truth)
            .finish()
    }
}

impl WorkerLink {
    fn run_command(&mut self, store: Store, command: Command) {
        match command {
            // What is found is taken note of once this has returned.
            Command::FindBuilds => fetch_builds(store),
            Command::Start { worker, build } => {
                if let Err(message) = self.start(store, worker, build) {
                    report(store, worker, Death::NotStarted(message));
                }
            }
            Command::Terminate(worker) => self.terminate(worker),
            Command::Post { worker, ask } => {
                let Some((_, running)) = self.workers.iter().find(|(id, _)| *id == worker) else {
                    return;
                };
                let posted = messages::pack(ask)
                    .and_then(|message| running.worker.post_message(&message).map_err(describe));
                if let Err(message) = posted {
                    report(store, worker, Death::Unreadable(message));
                }
            }
        }
    }

    fn run_truth_command(&mut self, store: Store, command: TruthCommand) {
        let script = self.engines.truth.as_ref();
        let script = script.map(|file| file.worker.as_str());
        self.truth.run_command(store, script, command);
    }

    fn start(&mut self, store: Store, id: WorkerId, build: Build) -> Result<(), String> {
        let file = match build {
            Build::Cpu => self.engines.cpu.as_ref(),
            Build::Gpu => self.engines.gpu.as_ref(),
        };
        let file = file.ok_or_else(|| session_words::NO_BUILD.to_owned())?;
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = web_sys::Worker::new_with_options(&file.worker, &options).map_err(describe)?;
        let listeners = Listeners::attach(store, id, &worker, file.wasm_bytes);
        let running = Running {
            worker,
            _listeners: listeners,
        };
        self.workers.push((id, running));
        Ok(())
    }

    fn terminate(&mut self, id: WorkerId) {
        let place = self.workers.iter().position(|(running, _)| *running == id);
        if let Some((_, running)) = place.map(|place| self.workers.swap_remove(place)) {
            running.worker.terminate();
            // The listener that led here may still be on the stack.
            spawn_local(async move { drop(running) });
        }
    }
}

/// Tells the session of a death, after whatever is being done now.
fn report(store: Store, worker: WorkerId, death: Death) {
    let input = died(worker, death);
    spawn_local(async move { store.dispatch(FrameAction::Engine(input)) });
}
