//! The engine as an actor: takes requests from its inbox, one at a time, and
//! emits events until the answer.

use futures_util::future::join;
use headlight_activations::{Detail, Finding};
use headlight_model::{Pace, ShardIndex, Stopped};

use crate::LayerCache;
use crate::backend::{self, BUILD};
use crate::mailbox::{Inbox, Mailbox};
use crate::{
    AnswerError, BackendChoice, BackendReport, Checksums, EngineError, ErrorKind, Event, Fault,
    FetchError, FlashDevice, FlashError, HeadRef, Host, LastRun, Loaded, LoadedModel, ModelFiles,
    Request, Response, RunId,
};

/// The longest prompt whose run brings a whole pattern along.
const MAX_WHOLE_PATTERN: usize = 256;

/// A worker's engine.
#[derive(Debug)]
pub struct Engine<H> {
    host: H,
    mailbox: Mailbox,
    loaded: Option<Loaded>,
    /// What computes the loaded model.
    report: Option<BackendReport>,
    last: Option<LastRun>,
    layers: LayerCache,
    /// A failure that a test has asked for, due in the next run.
    fault: Option<Fault>,
}

/// Why a request has no answer.
enum Refusal {
    Stopped,
    Failed(EngineError),
}

impl From<AnswerError> for Refusal {
    fn from(error: AnswerError) -> Self {
        if error.is_stopped() {
            Self::Stopped
        } else {
            Self::Failed(error.into())
        }
    }
}

impl From<FetchError> for Refusal {
    fn from(error: FetchError) -> Self {
        let (kind, message) = (ErrorKind::Input, error.to_string());
        Self::Failed(EngineError::new(kind, message))
    }
}

impl From<Stopped> for Refusal {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

/// Pauses of a request: yield, show life, see whether it is still wanted.
struct Attentive<'a, H> {
    host: &'a H,
    mailbox: &'a Mailbox,
    fault: Option<Fault>,
}

impl<H: Host> Pace for Attentive<'_, H> {
    async fn pause(&self) -> Result<(), Stopped> {
        self.host.emit(Event::Heartbeat);
        self.host.yield_now().await;
        match self.fault {
            Some(Fault::Panic) => panic!("a fault injected by a test"),
            Some(Fault::Close) => {
                self.host.close();
                std::future::pending::<()>().await;
            }
            Some(Fault::SelfTest) | None => {}
        }
        if self.mailbox.is_current_wanted() {
            Ok(())
        } else {
            Err(Stopped)
        }
    }
}

impl<H: Host> Engine<H> {
    /// An engine that serves what comes through `mailbox`.
    pub fn new(host: H, mailbox: Mailbox) -> Self {
        Self {
            host,
            mailbox,
            loaded: None,
            report: None,
            last: None,
            layers: LayerCache::default(),
            fault: None,
        }
    }

    /// Serves requests until the inbox ends.
    pub async fn serve(mut self, mut inbox: Inbox) {
        self.host.emit(Event::Booted { build: BUILD });
        while let Some(request) = inbox.next().await {
            let run = request.run();
            if let Request::Inject { fault } = request {
                self.fault = Some(fault);
                continue;
            }
            let event = match self.answer(request).await {
                Ok(response) => Event::Done { run, response },
                Err(Refusal::Stopped) => Event::Cancelled { run },
                Err(Refusal::Failed(error)) => Event::Failed { run, error },
            };
            self.host.emit(event);
        }
    }

    async fn answer(&mut self, request: Request) -> Result<Response, Refusal> {
        match request {
            Request::Load {
                run,
                model,
                backend,
                inject,
            } => self.load(run, &model, backend, inject).await,
            Request::Run {
                prompt,
                top,
                edits,
                pattern,
                ..
            } => {
                let fault = self.fault.take();
                let pace = self.pace(fault);
                // Of a long prompt no whole pattern is sent: see Detail::Tile.
                let loaded = self.loaded()?;
                let n = loaded.encode(&prompt).map_or(0, |tokens| tokens.len());
                let pattern = pattern.filter(|_| n <= MAX_WHOLE_PATTERN);
                let (answer, last) = if loaded.is_surprise_late(n) {
                    loaded
                        .run_first(&prompt, top, &edits, pattern, &pace)
                        .await?
                } else {
                    loaded.run(&prompt, top, &edits, pattern, &pace).await?
                };
                self.last = Some(last);
                Ok(Response::Run(answer))
            }
            Request::Pattern { head, .. } => {
                let pattern = self.loaded()?.pattern(self.last()?, head).await?;
                Ok(Response::Pattern(pattern))
            }
            Request::Detail { detail, .. } => Ok(Response::Found(self.find(detail).await?)),
            Request::Generate {
                run,
                prompt,
                max_tokens,
                sampling,
                edits,
            } => {
                let pace = self.pace(None);
                let on_token = |token: &crate::GeneratedToken| {
                    let token = token.clone();
                    self.host.emit(Event::Token { run, token });
                };
                let generation = self
                    .loaded()?
                    .generate(&prompt, max_tokens, &sampling, &edits, &pace, on_token);
                let (text, tokens, stopped) = generation.await?;
                Ok(Response::Generated {
                    text,
                    tokens,
                    stopped,
                })
            }
            Request::Cancel { .. } | Request::Inject { .. } => Err(Refusal::Stopped),
        }
    }

    async fn load(
        &mut self,
        run: RunId,
        name: &str,
        choice: BackendChoice,
        inject: Option<Fault>,
    ) -> Result<Response, Refusal> {
        if !is_folder_name(name) {
            let message = format!("the model is called {name:?}, expected the name of a folder");
            let kind = ErrorKind::Input;
            return Err(Refusal::Failed(EngineError::new(kind, message)));
        }
        let _until_loaded = self.host.show_life();
        let files = self.fetch_files(run, name).await?;
        self.pace(None).pause().await?;
        let (loaded, backend) =
            backend::load(&files, Loaded::from_files, choice, inject, &self.pace(None)).await?;
        self.pace(None).pause().await?;
        let info = LoadedModel {
            name: name.to_owned(),
            shape: loaded.model.architecture.shape,
            language: loaded.model.architecture.language.clone(),
            n_parameters: loaded.model.n_parameters(),
            weight_bytes: loaded.weight_bytes,
            backend: backend.clone(),
        };
        self.report = Some(backend);
        self.loaded = Some(loaded);
        self.last = None;
        Ok(Response::Loaded(Box::new(info)))
    }

    async fn fetch_files(&self, run: RunId, name: &str) -> Result<ModelFiles, Refusal> {
        let fetch = async |file: &str, is_reported: bool| {
            let progress = |loaded_bytes, total_bytes| {
                if is_reported {
                    self.host.emit(Event::LoadProgress {
                        run,
                        loaded_bytes,
                        total_bytes,
                    });
                }
            };
            let path = format!("models/{name}/{file}");
            self.host.fetch(&path, progress).await
        };
        // Beside each other, so that a list costs no journey to the server of its own.
        let sums = fetch(Checksums::FILE, false);
        let (config, sums) = join(fetch("config.json", false), sums).await;
        let (config, tokenizer) = (config?, fetch("tokenizer.json", false).await?);
        let weights = match fetch("model.safetensors", true).await {
            Ok(weights) => weights,
            Err(error) => {
                // What weights in several files have in place of one.
                let index = fetch(ShardIndex::FILE, false).await.ok();
                let index = index.and_then(|bytes| ShardIndex::from_json(&bytes).ok());
                return Err(match index {
                    None => error.into(),
                    Some(index) => AnswerError::Shards {
                        n_files: index.shards().len(),
                    }
                    .into(),
                });
            }
        };
        let files = ModelFiles {
            config,
            weights,
            tokenizer,
        };
        let sums = match sums {
            Err(error) if error.is_absent => return Ok(files),
            sums => Checksums::parse(&sums?).map_err(AnswerError::from)?,
        };
        sums.check(&files, &self.pace(None)).await?;
        Ok(files)
    }

    async fn find(&mut self, detail: Detail) -> Result<Finding, Refusal> {
        // Taken out for the time of the answer, which borrows the rest.
        let mut layers = std::mem::take(&mut self.layers);
        let finding = self.find_with(&mut layers, detail).await;
        self.layers = layers;
        finding
    }

    async fn find_with(&self, layers: &mut LayerCache, detail: Detail) -> Result<Finding, Refusal> {
        let (loaded, last) = (self.loaded()?, self.last()?);
        let pace = self.pace(None);
        let (kept, tokens) = (&last.kept, &last.tokens);
        Ok(match detail {
            Detail::Cuts { sampling, top } => Finding::Cuts(loaded.cuts(last, &sampling, top)?),
            Detail::Surprise => {
                let (shown, clean) = loaded.surprise(last, &pace).await?;
                Finding::Surprise { shown, clean }
            }
            Detail::Thumbnails { heads, side } => {
                let heads = loaded.thumbnails(kept, tokens, layers, heads, side, &pace);
                Finding::Thumbnails(heads.await?)
            }
            Detail::Tile {
                layer,
                head,
                queries,
                keys,
                pool,
                ..
            } => {
                let at = HeadRef { layer, head };
                let tile = loaded.tile(kept, layers, at, queries, keys, pool, &pace);
                Finding::Tile(tile.await?)
            }
            Detail::QueryKey {
                layer,
                head,
                query,
                key,
            } => {
                let at = HeadRef { layer, head };
                let found = loaded.query_key(kept, layers, at, query, key);
                Finding::QueryKey(found.await?)
            }
            Detail::HeadInputs { layer, head } => {
                let at = HeadRef { layer, head };
                let found = loaded.head_inputs(tokens, at, &last.edits, &pace);
                Finding::HeadInputs(found.await?)
            }
            Detail::FlashRun(task) => {
                let _until_run = self.host.show_life();
                let found = self.flash_device()?.run(&task, &pace).await;
                Finding::FlashRun(found?)
            }
            Detail::FlashGrowth { n, d } => {
                // A driver compiles six kernels and runs them over long sequences between
                // two pauses.
                let _until_measured = self.host.show_life();
                let found = self.flash_device()?.growth(n, d, &pace).await;
                Finding::FlashGrowth(found?)
            }
            Detail::Lens { positions, top } => {
                let rows = loaded.lens_with_answers(tokens, positions, top, &last.edits, &pace);
                Finding::Lens(rows.await?)
            }
            Detail::Attribution { token, against } => {
                let found = loaded.attribute(tokens, token, against, &last.edits, &pace);
                Finding::Attribution(found.await?)
            }
        })
    }

    fn flash_device(&self) -> Result<FlashDevice, Refusal> {
        let (loaded, report) = (self.loaded()?, self.report.as_ref());
        let none = || FlashError::NoGpu {
            reason: "No model is loaded yet".to_owned(),
        };
        let device = report.ok_or_else(none);
        let device = device.and_then(|report| FlashDevice::of(loaded, report));
        Ok(device.map_err(AnswerError::from)?)
    }

    fn last(&self) -> Result<&LastRun, Refusal> {
        self.last.as_ref().ok_or_else(|| {
            let message =
                "no prompt has been run yet, so there is nothing to show of it".to_owned();
            let kind = ErrorKind::Internal;
            Refusal::Failed(EngineError::new(kind, message))
        })
    }

    fn pace(&self, fault: Option<Fault>) -> Attentive<'_, H> {
        Attentive {
            host: &self.host,
            mailbox: &self.mailbox,
            fault,
        }
    }

    fn loaded(&self) -> Result<&Loaded, Refusal> {
        self.loaded.as_ref().ok_or_else(|| {
            let message = "no model is loaded yet".to_owned();
            let kind = ErrorKind::Internal;
            Refusal::Failed(EngineError::new(kind, message))
        })
    }
}

/// Names come from links: one folder, no way up.
fn is_folder_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty() && name.len() <= 64 && name.chars().all(is_plain) && !name.starts_with('.')
}
