//! What the page's first module calls of its second, once that is there.
//!
//! The modules of the page are one program, cut after linking: see
//! [`second_module_entry`](crate::second_module_entry). They share one memory and one
//! table of functions, so a pointer to a function of another module is called like any
//! other.

use std::any::Any;
use std::future::Future;
use std::marker::PhantomData;
use std::time::Duration;

use headlight_figure::FigureId;
use headlight_view::answers::truth::TruthCommand;
use headlight_view::frame::action::FrameAction;
use headlight_view::frame::save::SaveRequest;
use headlight_view::session::Command;
use headlight_view::session::words as session_words;
use leptos::prelude::*;
use leptos::wasm_split::SplitLoaderError;
use wasm_bindgen_futures::spawn_local;

use crate::store::Store;

/// A pause before a module is asked for again.
const RETRY_PAUSE: Duration = Duration::from_secs(3);

/// The functions of the second module that the frame and its effects call; those of a
/// room are in the room's folder.
#[derive(Clone, Copy, Debug)]
pub struct SecondModule {
    /// Draws the open menu of a figure.
    pub menu: fn(FigureId) -> AnyView,
    /// Draws how the engine is getting on.
    pub engine: fn(()) -> AnyView,
    /// Draws what the model wrote after the prompt.
    pub continuation: fn(()) -> AnyView,
    /// Draws what the panel of models holds.
    pub models: fn(()) -> AnyView,
    /// Draws what the panel about the engine holds.
    pub backend: fn(()) -> AnyView,
    /// Draws what the panel of help holds.
    pub help: fn(()) -> AnyView,
    /// Carries out a command of the session.
    pub run_command: fn(Store, Command),
    /// Carries out a command to the worker that holds the language.
    pub run_truth_command: fn(Store, TruthCommand),
    /// Looks which builds of the engine there are.
    pub fetch_builds: fn(Store),
    /// Reads the rest of a recorded run.
    pub read_rest: fn(Store, &str),
    /// Hands a figure to the visitor as a file.
    pub save: fn(Store, SaveRequest),
}

/// Functions of a module, kept for as long as the page is open.
type Functions = &'static (dyn Any + Send + Sync);

/// What waits for functions that are not there yet.
type Waiting = Box<dyn FnOnce(Functions)>;

/// The functions `T` of a module that is there or on its way.
///
/// What is kept is of one type whatever `T` is, so that the page's first module holds
/// the code of signals and queues once.
pub struct Lazy<T> {
    loaded: RwSignal<Option<Functions>>,
    /// What waits for them, in order.
    waiting: StoredValue<Vec<Waiting>, LocalStorage>,
    functions: PhantomData<fn() -> T>,
}

impl<T: Send + Sync + 'static> Lazy<T> {
    /// Not asked for yet.
    pub fn new() -> Self {
        Self {
            loaded: RwSignal::new(None),
            waiting: StoredValue::new_local(Vec::new()),
            functions: PhantomData,
        }
    }

    /// Takes the functions in, and does what waits for them.
    pub fn set_loaded(self, functions: T) {
        set_loaded(self.loaded, self.waiting, Box::leak(Box::new(functions)));
    }

    /// Does something with the functions: now if they are there, else once they are, in
    /// the order asked.
    pub fn when_loaded(self, act: impl FnOnce(&T) + 'static) {
        let act = move |functions: Functions| act(typed(functions));
        when_loaded(self.loaded, self.waiting, Box::new(act));
    }

    /// The functions, if they are there; whoever asks is told when they come.
    pub fn get(self) -> Option<&'static T> {
        self.loaded.get().map(typed)
    }
}

fn typed<T: 'static>(functions: Functions) -> &'static T {
    let functions: &'static dyn Any = functions;
    let functions = functions.downcast_ref();
    functions.expect("who sets functions says their type")
}

// One of each, for all types.

fn set_loaded(
    loaded: RwSignal<Option<Functions>>,
    waiting: StoredValue<Vec<Waiting>, LocalStorage>,
    functions: Functions,
) {
    loaded.set(Some(functions));
    let mut due = Vec::new();
    waiting.update_value(|waiting| due = std::mem::take(waiting));
    for act in due {
        act(functions);
    }
}

fn when_loaded(
    loaded: RwSignal<Option<Functions>>,
    waiting: StoredValue<Vec<Waiting>, LocalStorage>,
    act: Waiting,
) {
    match loaded.get_untracked() {
        Some(functions) => act(functions),
        None => waiting.update_value(|waiting| waiting.push(act)),
    }
}

impl<T> Clone for Lazy<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Lazy<T> {}

/// Fetches a module by `open`, and asks again until it is there; `loaded` is given what
/// it holds.
pub fn fetch<T, F>(store: Store, open: fn() -> F, loaded: impl FnOnce(T) + 'static)
where
    T: 'static,
    F: Future<Output = Result<T, SplitLoaderError>> + 'static,
{
    spawn_local(async move {
        let found = open().await;
        store.dispatch(FrameAction::PartArrived(found.is_ok()));
        match found {
            Ok(found) => loaded(found),
            Err(_) => set_timeout(move || fetch(store, open, loaded), RETRY_PAUSE),
        }
    });
}

/// What a function of a later module draws of `what`, as soon as it is there. The
/// module's [`Lazy`] is found in the context.
pub fn view_when_loaded<M, T>(by: fn(&M) -> fn(T) -> AnyView, what: T) -> impl IntoView
where
    M: Send + Sync + 'static,
    T: Copy + Send + Sync + 'static,
{
    let module: Lazy<M> = expect_context();
    move || module.get().map(|functions| by(functions)(what))
}

/// What a function of a later module draws of `what`; a sentence in its place where it
/// takes a while, under the name `id` of what will come.
pub fn view_or_placeholder<M, T>(
    by: fn(&M) -> fn(T) -> AnyView,
    what: T,
    id: Option<&'static str>,
) -> impl IntoView
where
    M: Send + Sync + 'static,
    T: Copy + Send + Sync + 'static,
{
    let module: Lazy<M> = expect_context();
    let is_awaited = move || module.get().is_none();
    view! {
        {view_when_loaded(by, what)}
        <Show when=is_awaited>
            <p class="awaited late" id=id tabindex="-1">{session_words::PART_AWAITED}</p>
        </Show>
    }
}
