//! One run: tokens in, logits and captured activations out.

use std::sync::Arc;

use burn::tensor::{ExecutionError, Int, Tensor, TensorData};
use headlight_activations::{
    Activation, Activations, Capture, CapturePos, Edit, EditError, HookError, HookPoint, Site,
};

use crate::attention::unmask;
use crate::forward::Pass;
use crate::kept::{KeptRun, Pattern, RunMark};
use crate::readback::Readback;
use crate::sampling::log_probs;
use crate::tap::{ResolvedEdit, Taken, Tap};
use crate::{Model, Pace, Stopped};

/// The positions whose logits a run computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogitsWanted {
    /// The last position.
    #[default]
    Last,
    /// Every position, which costs half as much again at GPT-2's size.
    All,
}

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct RunRequest<'a> {
    /// The sequence.
    pub tokens: &'a [u32],
    /// What to bring back.
    pub capture: &'a Capture,
    /// What to change on the way.
    pub edits: &'a [Edit],
    /// The positions whose logits are computed.
    pub logits: LogitsWanted,
}

/// A run that cannot be done or did not end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// There are no tokens.
    #[error("the prompt has no tokens, expected at least one")]
    Empty,
    /// There are more tokens than the context holds.
    #[error("the prompt has {found} tokens, expected at most {n_ctx}, the model's context")]
    TooLong {
        /// Number of tokens.
        found: usize,
        /// The model's context.
        n_ctx: usize,
    },
    /// A token is not in the vocabulary.
    #[error("token {index} has id {id}, expected an id from 0 to {}", d_vocab - 1)]
    UnknownToken {
        /// Position in the sequence.
        index: usize,
        /// The id.
        id: u32,
        /// Size of the vocabulary.
        d_vocab: usize,
    },
    /// A hook to capture does not exist.
    #[error(transparent)]
    Hook(#[from] HookError),
    /// A position to capture does not exist.
    #[error("the prompt has {seq_len} tokens, expected more than {pos} to read position {pos}")]
    NoSuchPosition {
        /// The position asked for.
        pos: usize,
        /// Number of tokens.
        seq_len: usize,
    },
    /// Scores hold minus infinity, so they have no mean.
    #[error("`{hook}` has no mean over positions, since masked scores are -inf")]
    NoMean {
        /// The hook asked for.
        hook: HookPoint,
    },
    /// An edit does not fit.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// A newer request or a cancel came.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The device failed.
    #[error("the device failed: {0}")]
    Device(#[from] ExecutionError),
    /// The device answered with something that is no number.
    #[error("the device answered with {value} in the {what}, expected finite numbers")]
    NotFinite {
        /// In which part of the answer.
        what: &'static str,
        /// Number that came back.
        value: f32,
    },
    /// Numbers became too large on the way.
    #[error(
        "`{hook}` is {value} at position {pos}, expected finite numbers: the weights or an edit \
         are too large for 32-bit floats"
    )]
    Overflow {
        /// The first place that is not finite.
        hook: HookPoint,
        /// The first position there, or the query of a score.
        pos: usize,
        /// Value that was found.
        value: f32,
    },
    /// Numbers became too large at the end: every hook point is finite.
    #[error(
        "{value} in the {what}, expected finite numbers: the weights or an edit are too large \
         for 32-bit floats"
    )]
    OverflowIn {
        /// In which part of the answer.
        what: &'static str,
        /// Value that was found.
        value: f32,
    },
}

/// A finished run whose values are still on the device.
///
/// [`RunOutput::read`] and [`RunOutput::summary`] bring what is wanted of it to
/// the host in one read.
#[derive(Debug)]
pub struct RunOutput {
    /// `[pos, d_vocab]`, or `[1, d_vocab]` for the last position only.
    pub logits: Tensor<2>,
    /// What stays for patterns on demand.
    pub kept: KeptRun,
    pub(crate) taken: Vec<Taken>,
}

impl RunOutput {
    /// L2 norms over the last axis of each captured activation, in the order
    /// captured: `[pos]` each, for activations `[1, pos, width]`.
    pub(crate) fn norms(&self) -> Vec<(HookPoint, Tensor<1>)> {
        self.taken
            .iter()
            .map(|taken| {
                let width = taken.shape.last().copied().unwrap_or(1);
                let rows: usize = taken.shape.iter().product::<usize>() / width;
                let values = taken.values.clone().reshape([rows, width]);
                let norms = (values.clone() * values).sum_dim(1).sqrt();
                (taken.hook, norms.reshape([rows]))
            })
            .collect()
    }

    /// Reads logits and captured activations.
    ///
    /// # Errors
    ///
    /// Returns an error if the device fails, or a captured activation is not finite.
    pub async fn read(self) -> Result<(Vec<f32>, Activations), RunError> {
        let mut readback = Readback::default();
        let device = self.logits.device();
        let logits = readback.add(self.logits);
        let slots: Vec<_> = self
            .taken
            .into_iter()
            .map(|taken| (taken.hook, taken.shape, readback.add(taken.values)))
            .collect();
        let mut values = readback.read().await?;
        let logits = values.take(logits);
        let activations = slots
            .into_iter()
            .map(|(hook, shape, slot)| {
                let mut data = values.take(slot);
                check_finite("activations", &data)?;
                if matches!(
                    hook,
                    HookPoint::Block {
                        site: Site::AttnScores,
                        ..
                    }
                ) {
                    unmask(&mut data, &device);
                }
                Ok((hook, Activation::new(shape, data)))
            })
            .collect::<Result<_, RunError>>()?;
        Ok((logits, activations))
    }

    /// Natural logarithms of the next token's probabilities after each
    /// position: `[pos, d_vocab]`, row-major, in f64.
    ///
    /// # Errors
    ///
    /// Returns an error if the device fails or answers with something that is
    /// no number.
    pub async fn log_probs(self) -> Result<Vec<f64>, RunError> {
        let [_, d_vocab] = self.logits.dims();
        let (logits, _) = self.read().await?;
        check_finite("logits", &logits)?;
        Ok(logits.chunks_exact(d_vocab).flat_map(log_probs).collect())
    }

    /// What the engine shows of a run first, in one read: all but the surprise of its
    /// tokens, which [`KeptRun::surprise`] has.
    ///
    /// # Errors
    ///
    /// Returns an error if the device fails or answers with something that is
    /// no number.
    pub async fn summary(
        self,
        head: Option<(usize, usize)>,
    ) -> Result<(RunSummary, KeptRun), RunError> {
        let [n, d_vocab] = self.logits.dims();
        let mut readback = Readback::default();
        let last = readback.add(self.logits.clone().narrow(0, n - 1, 1).reshape([d_vocab]));
        let norms: Vec<_> = self
            .norms()
            .into_iter()
            .map(|(hook, tensor)| (hook, readback.add(tensor)))
            .collect();
        let pattern = head.map(|(layer, head)| {
            let on_device = self.kept.pattern_on_device(layer, head);
            [readback.add(on_device.pattern), readback.add(on_device.lse)]
        });
        let mut values = readback.read().await?;
        let summary = RunSummary {
            last_logits: values.take(last),
            norms: norms
                .into_iter()
                .map(|(hook, slot)| (hook, values.take(slot)))
                .collect(),
            pattern: pattern.map(|slots| {
                let [pattern, lse] = slots.map(|slot| values.take(slot));
                Pattern { pattern, lse }
            }),
        };
        summary.check()?;
        Ok((summary, self.kept))
    }
}

/// What the engine shows of a run, on the host.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSummary {
    /// Logits of the last position: `[d_vocab]`.
    pub last_logits: Vec<f32>,
    /// L2 norm of each captured activation at each position.
    pub norms: Vec<(HookPoint, Vec<f32>)>,
    /// The head asked for.
    pub pattern: Option<Pattern>,
}

impl RunSummary {
    fn check(&self) -> Result<(), RunError> {
        check_finite("logits", &self.last_logits)?;
        let mut norms = self.norms.iter();
        norms.try_for_each(|(_, norms)| check_finite("norms of the residual stream", norms))?;
        let mut patterns = self.pattern.iter();
        patterns.try_for_each(|head| check_finite("pattern", &head.pattern))
    }
}

pub(crate) fn check_finite(what: &'static str, values: &[f32]) -> Result<(), RunError> {
    match values.iter().find(|x| !x.is_finite()) {
        Some(&value) => Err(RunError::NotFinite { what, value }),
        None => Ok(()),
    }
}

impl Model {
    /// Runs a sequence through the model.
    ///
    /// Pauses after every layer. Nothing is read from the device here.
    ///
    /// ```
    /// use burn::tensor::Device;
    /// use headlight_activations::{Capture, HookPoint};
    /// use headlight_model::{
    ///     Architecture, LogitsWanted, Model, RunRequest, Unhurried, WeightSource, Weights,
    /// };
    ///
    /// struct Ones;
    ///
    /// impl WeightSource for Ones {
    ///     type Error = std::convert::Infallible;
    ///
    ///     fn take(&mut self, _name: &str, shape: &[usize]) -> Result<Vec<f32>, Self::Error> {
    ///         Ok(vec![1.0; shape.iter().product()])
    ///     }
    /// }
    ///
    /// let config = br#"{"model_type": "gpt2", "vocab_size": 8, "n_positions": 16,
    ///     "n_embd": 32, "n_layer": 1, "n_head": 4}"#;
    /// let architecture = Architecture::from_json(config)?;
    /// let weights = Weights::from_source(&mut Ones, &architecture, &Device::flex())?;
    /// let model = Model::new(architecture, weights);
    /// let request = RunRequest {
    ///     tokens: &[1, 5, 2],
    ///     capture: &Capture::all_positions(["hook_embed".parse::<HookPoint>()?]),
    ///     edits: &[],
    ///     logits: LogitsWanted::All,
    /// };
    /// let output = pollster::block_on(model.run(request, &Unhurried))?;
    /// assert_eq!(output.logits.dims(), [3, 8]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the tokens, hooks or edits do not fit the model, if
    /// `pace` stops the run, or if the device fails.
    pub async fn run<P: Pace>(
        &self,
        request: RunRequest<'_>,
        pace: &P,
    ) -> Result<RunOutput, RunError> {
        self.check_tokens(request.tokens)?;
        self.check_capture(request.capture, request.tokens.len())?;
        let edits = self
            .resolve(request.edits, request.tokens, request.tokens.len(), pace)
            .await?;
        self.run_resolved(&request, edits, pace).await
    }

    pub(crate) async fn run_resolved<P: Pace>(
        &self,
        request: &RunRequest<'_>,
        edits: Vec<ResolvedEdit>,
        pace: &P,
    ) -> Result<RunOutput, RunError> {
        let tap = Tap::new(&edits, Some(request.capture), 0);
        let mut pass = Pass {
            tap,
            cache: None,
            kept: Some(Vec::new()),
        };
        let mut residual = self.embed(self.token_tensor(request.tokens), &mut pass);
        for layer in 0..self.weights.blocks.len() {
            residual = self.block(layer, residual, &mut pass);
            pace.pause().await?;
        }
        let normalized = self.final_norm(residual, &mut pass.tap);
        let n = request.tokens.len();
        let wanted = match request.logits {
            LogitsWanted::All => normalized.clone(),
            LogitsWanted::Last => normalized.clone().narrow(1, n - 1, 1),
        };
        let logits = self.unembed(wanted).squeeze_dim::<2>(0);
        let Pass { tap, kept, .. } = pass;
        let taken = tap.into_taken();
        let layers = kept.unwrap_or_default();
        let scales = self.architecture.attention_scale.clone();
        Ok(RunOutput {
            logits,
            taken,
            kept: KeptRun {
                normalized,
                run: Arc::new(RunMark),
                layers,
                scales,
                edits,
            },
        })
    }

    /// `[1, pos]` of ids.
    pub(crate) fn token_tensor(&self, tokens: &[u32]) -> Tensor<2, Int> {
        let ids: Vec<i32> = tokens.iter().map(|&id| id as i32).collect();
        Tensor::from_data(TensorData::new(ids, [1, tokens.len()]), &self.device())
    }

    pub(crate) fn check_tokens(&self, tokens: &[u32]) -> Result<(), RunError> {
        let shape = &self.architecture.shape;
        if tokens.is_empty() {
            return Err(RunError::Empty);
        }
        if tokens.len() > shape.n_ctx {
            return Err(RunError::TooLong {
                found: tokens.len(),
                n_ctx: shape.n_ctx,
            });
        }
        match tokens.iter().position(|&id| id as usize >= shape.d_vocab) {
            Some(index) => {
                let (id, d_vocab) = (tokens[index], shape.d_vocab);
                Err(RunError::UnknownToken { index, id, d_vocab })
            }
            None => Ok(()),
        }
    }

    fn check_capture(&self, capture: &Capture, seq_len: usize) -> Result<(), RunError> {
        for &hook in &capture.hooks {
            hook.check(&self.architecture.shape)?;
            let is_scores = matches!(
                hook,
                HookPoint::Block {
                    site: Site::AttnScores,
                    ..
                }
            );
            match capture.pos {
                CapturePos::Mean if is_scores => return Err(RunError::NoMean { hook }),
                CapturePos::At(pos) if pos >= seq_len => {
                    return Err(RunError::NoSuchPosition { pos, seq_len });
                }
                _ => {}
            }
        }
        Ok(())
    }
}
