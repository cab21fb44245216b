//! A loaded model and the answers it gives.
//!
//! The page's worker and the command line both ask here, so they give the same
//! numbers.

use burn::tensor::Device;
use headlight_activations::{Capture, CutToken, Cuts, Edit, HookPoint, Sampling, Site};
use headlight_model as model;
use headlight_model::tokenizer::{SmallTokenizer, Tokenizer, TokenizerError};
use headlight_model::{
    Architecture, ConfigError, KeptRun, LogitsWanted, Model, Pace, RunError, RunRequest,
    RunSummary, Sampler, TensorBytes, WeightFiles, Weights, WeightsError, most_probable,
};

use crate::platform::now;
use crate::{
    Backend, ChecksumError, CleanRun, EngineError, ErrorKind, FlashError, GeneratedToken,
    HeadPattern, HeadRef, NextToken, ResidualNorm, RunAnswer, StopReason, TileError, TokenText,
};

/// The files of a model, as bytes.
#[derive(Clone, Debug)]
pub struct ModelFiles {
    /// Bytes of `config.json`.
    pub config: Vec<u8>,
    /// Bytes of `model.safetensors`.
    pub weights: Vec<u8>,
    /// Bytes of `tokenizer.json`.
    pub tokenizer: Vec<u8>,
}

impl ModelFiles {
    /// Each file's name and bytes, in the alphabetical order of their names.
    pub(crate) fn named(&self) -> [(&'static str, &[u8]); 3] {
        [
            ("config.json", &self.config),
            ("model.safetensors", &self.weights),
            ("tokenizer.json", &self.tokenizer),
        ]
    }
}

/// A model on a device, with its tokenizer.
pub struct Loaded {
    /// The model.
    pub model: Model,
    /// Its tokenizer.
    pub tokenizer: Box<dyn Tokenizer>,
    /// What the model computes on.
    pub backend: Backend,
    /// Bytes of the weights file.
    pub weight_bytes: u64,
}

/// What stays of a run, for questions about it.
#[derive(Clone, Debug)]
pub struct LastRun {
    /// The prompt's tokens.
    pub tokens: Vec<u32>,
    /// The edits it was run with.
    pub edits: Vec<Edit>,
    /// Enough to have any head's pattern again.
    pub kept: KeptRun,
    /// What is kept of the run without the edits, where there are any.
    pub clean: Option<KeptRun>,
    /// Logits of the last position: `[d_vocab]`.
    pub last_logits: Vec<f32>,
}

impl std::fmt::Debug for Loaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loaded")
            .field("shape", &self.model.architecture.shape)
            .field("backend", &self.backend)
            .finish_non_exhaustive()
    }
}

/// A model that cannot be loaded, or a question it cannot answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The files are not what was listed beside them.
    #[error(transparent)]
    Checksum(#[from] ChecksumError),
    /// The weights cannot be used.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The tokenizer cannot be used, or has no token for the text.
    #[error(transparent)]
    Tokenizer(#[from] TokenizerError),
    /// The weights are in several files.
    #[error(
        "the model's weights are in {n_files} files that {} names, expected one \
         model.safetensors, as a page reads it",
        model::ShardIndex::FILE
    )]
    Shards {
        /// Number of files.
        n_files: usize,
    },
    /// The tokenizer belongs to another model.
    #[error(
        "tokenizer.json has ids up to {}, but config.json has vocab_size = {d_vocab}",
        n_ids - 1
    )]
    ForeignTokenizer {
        /// One more than the tokenizer's largest id.
        n_ids: usize,
        /// Size of the model's vocabulary.
        d_vocab: usize,
    },
    /// There is nothing in the prompt.
    #[error("the prompt is empty, expected some text")]
    EmptyPrompt,
    /// The run cannot be done.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The prompt does not fit into the context.
    #[error("{error}")]
    PromptTooLong {
        /// How long it is, and how long it may be.
        error: RunError,
        /// The start of the prompt that fits, if the tokenizer gives its text back.
        fitting: Option<String>,
    },
    /// The layer is out of range.
    #[error("layer {layer} does not exist, expected a layer from 0 to {}", n_layers - 1)]
    NoSuchLayer {
        /// The layer asked for.
        layer: usize,
        /// Number of layers of the model.
        n_layers: usize,
    },
    /// The head is out of range.
    #[error("head {head} does not exist, expected a head from 0 to {}", n_heads - 1)]
    NoSuchHead {
        /// The head asked for.
        head: usize,
        /// Number of heads of a layer.
        n_heads: usize,
    },
    /// A token asked about is not in the vocabulary.
    #[error("{name} is {id}, expected an id from 0 to {}", d_vocab - 1)]
    NoSuchToken {
        /// Which of the tokens asked about.
        name: &'static str,
        /// The id.
        id: u32,
        /// Size of the vocabulary.
        d_vocab: usize,
    },
    /// A token is held against itself.
    #[error("against is {id}, expected a token other than the one it is held against")]
    SameToken {
        /// The id of both.
        id: u32,
    },
    /// The GPU does not attend.
    #[error(transparent)]
    Flash(#[from] FlashError),
    /// The tile or the atlas cannot be had.
    #[error(transparent)]
    Tile(#[from] TileError),
    /// A sampling option makes no sense.
    #[error("{name} is {found}, expected {expected}")]
    Sampling {
        /// Name of the option.
        name: &'static str,
        /// What was found.
        found: f64,
        /// What is accepted.
        expected: &'static str,
    },
}

impl AnswerError {
    /// Kind of the error: whose fault it was.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Run(RunError::Device(_) | RunError::NotFinite { .. })
            | Self::Flash(FlashError::NotRun { .. }) => ErrorKind::Device,
            Self::Run(RunError::Stopped(_)) | Self::Weights(WeightsError::Read { .. }) => {
                ErrorKind::Internal
            }
            _ => ErrorKind::Input,
        }
    }

    /// True if the request was stopped, not wrong.
    #[must_use]
    pub const fn is_stopped(&self) -> bool {
        matches!(self, Self::Run(RunError::Stopped(_)))
    }
}

impl From<AnswerError> for EngineError {
    fn from(error: AnswerError) -> Self {
        Self {
            kind: error.kind(),
            message: error.to_string(),
            fitting: match error {
                AnswerError::PromptTooLong { fitting, .. } => fitting,
                _ => None,
            },
        }
    }
}

impl Loaded {
    /// Reads a model's files onto a device.
    ///
    /// # Errors
    ///
    /// Returns an error if one of the files cannot be used, naming it.
    pub fn from_files(
        files: &ModelFiles,
        device: &Device,
        backend: Backend,
    ) -> Result<Self, AnswerError> {
        let tokenizer = SmallTokenizer::from_json(&files.tokenizer)?;
        Self::with_tokenizer(files, Box::new(tokenizer), device, backend)
    }

    /// Loads a model on the CPU.
    ///
    /// # Errors
    ///
    /// Returns an error if one of the files cannot be used, naming it.
    pub fn on_cpu(files: &ModelFiles) -> Result<Self, AnswerError> {
        Self::from_files(files, &Device::flex(), Backend::Cpu)
    }

    /// Loads a model on the CPU with a tokenizer from elsewhere.
    ///
    /// # Errors
    ///
    /// Returns an error if one of the other files cannot be used, naming it.
    pub fn with_tokenizer(
        files: &ModelFiles,
        tokenizer: Box<dyn Tokenizer>,
        device: &Device,
        backend: Backend,
    ) -> Result<Self, AnswerError> {
        let architecture = Architecture::from_json(&files.config)?;
        let weights = ("model.safetensors".to_owned(), &*files.weights);
        let weights = WeightFiles::open(vec![weights])?;
        Self::with_weights(architecture, tokenizer, &weights, device, backend)
    }

    /// A model whose weights are in files that need not be in memory, one or several.
    ///
    /// # Errors
    ///
    /// Returns an error if the tokenizer or the weights are not this model's, or
    /// cannot be read.
    pub fn with_weights<B: TensorBytes>(
        architecture: Architecture,
        tokenizer: Box<dyn Tokenizer>,
        weights: &WeightFiles<B>,
        device: &Device,
        backend: Backend,
    ) -> Result<Self, AnswerError> {
        let (n_ids, d_vocab) = (tokenizer.n_ids(), architecture.shape.d_vocab);
        if n_ids > d_vocab {
            return Err(AnswerError::ForeignTokenizer { n_ids, d_vocab });
        }
        let weight_bytes = weights.n_bytes();
        let weights = Weights::from_files(weights, &architecture, device)?;
        Ok(Self {
            model: Model::new(architecture, weights),
            tokenizer,
            backend,
            weight_bytes,
        })
    }

    /// The tokens of a prompt, special ones included.
    ///
    /// # Errors
    ///
    /// Returns an error if there is nothing in the prompt, or part of it has
    /// no token, or it does not fit into the context.
    pub fn encode(&self, prompt: &str) -> Result<Vec<u32>, AnswerError> {
        let tokens = self.tokenizer.encode(prompt)?;
        if tokens == self.tokenizer.encode("")? {
            return Err(AnswerError::EmptyPrompt);
        }
        let (found, n_ctx) = (tokens.len(), self.model.architecture.shape.n_ctx);
        if found > n_ctx {
            return Err(AnswerError::PromptTooLong {
                error: RunError::TooLong { found, n_ctx },
                fitting: self.start_of(&tokens, n_ctx),
            });
        }
        Ok(tokens)
    }

    /// The text of as many of the first `max` tokens as are the tokens of a text; `None`
    /// if no text near has them.
    fn start_of(&self, tokens: &[u32], max: usize) -> Option<String> {
        // A character is of at most four bytes, which may be a token each.
        let lengths = (1..=max).rev().take(4);
        lengths.map(|n| &tokens[..n]).find_map(|start| {
            let text = self.tokenizer.decode(start).ok()?;
            let again = self.tokenizer.encode(&text).ok()?;
            (again == start).then_some(text)
        })
    }

    /// An id with its text.
    #[must_use]
    pub fn token(&self, id: u32) -> TokenText {
        let text = self.tokenizer.token_text(id);
        TokenText { id, text }
    }

    /// Checks that a head exists.
    ///
    /// # Errors
    ///
    /// Returns an error naming the range.
    pub const fn check_head(&self, at: HeadRef) -> Result<(), AnswerError> {
        let shape = &self.model.architecture.shape;
        let (HeadRef { layer, head }, n_layers, n_heads) = (at, shape.n_layers, shape.n_heads);
        if layer >= n_layers {
            return Err(AnswerError::NoSuchLayer { layer, n_layers });
        }
        if head >= n_heads {
            return Err(AnswerError::NoSuchHead { head, n_heads });
        }
        Ok(())
    }

    /// Runs a prompt: next tokens, surprise of each token, norms along the
    /// residual stream, and one head's pattern if asked for. Where there are
    /// edits, the prompt runs without them too, to compare.
    ///
    /// # Errors
    ///
    /// Returns an error if anything in the request does not fit the model, if
    /// `pace` stops the run, or if the device fails.
    pub async fn run<P: Pace>(
        &self,
        prompt: &str,
        top: usize,
        edits: &[Edit],
        pattern: Option<HeadRef>,
        pace: &P,
    ) -> Result<(RunAnswer, LastRun), AnswerError> {
        let (mut answer, last) = self.run_first(prompt, top, edits, pattern, pace).await?;
        let (shown, clean) = self.surprise(&last, pace).await?;
        (answer.nll, answer.perplexity) = (shown.nll, shown.perplexity);
        if let Some((run, clean)) = answer.clean.as_mut().zip(clean) {
            (run.nll, run.perplexity) = (clean.nll, clean.perplexity);
        }
        Ok((answer, last))
    }

    /// What [`Loaded::run`] answers but for the surprise, which is left empty: of a large
    /// vocabulary it takes as long as many layers.
    ///
    /// # Errors
    ///
    /// As [`Loaded::run`].
    pub async fn run_first<P: Pace>(
        &self,
        prompt: &str,
        top: usize,
        edits: &[Edit],
        pattern: Option<HeadRef>,
        pace: &P,
    ) -> Result<(RunAnswer, LastRun), AnswerError> {
        let started = now();
        if let Some(at) = pattern {
            self.check_head(at)?;
        }
        let tokens = self.encode(prompt)?;
        let head = pattern.map(|at| (at.layer, at.head));
        let (mut summary, kept) = self.summary(&tokens, edits, head, pace).await?;
        let (mut clean, clean_kept) = if edits.is_empty() {
            (None, None)
        } else {
            let (clean, kept) = self.summary(&tokens, &[], head, pace).await?;
            (Some(clean), Some(kept))
        };
        let clean_pattern = clean.as_mut().and_then(|clean| clean.pattern.take());
        let pattern = pattern.zip(summary.pattern.take());
        let pattern =
            pattern.map(|(at, found)| head_pattern(at, tokens.len(), found, clean_pattern));
        let next = self.next_tokens(&summary.last_logits, top);
        let answer = RunAnswer {
            backend: self.backend,
            perplexity: None,
            nll: vec![None; tokens.len()],
            residual: norms_by_position(&summary.norms),
            clean: clean.map(|clean| {
                let nll = vec![None; tokens.len()];
                Box::new(self.clean_run(&clean, nll, &summary, &next, top))
            }),
            next,
            pattern,
            tokens: tokens.iter().map(|&id| self.token(id)).collect(),
            elapsed_ms: started.elapsed().as_secs_f64() * 1e3,
        };
        let last = LastRun {
            tokens,
            edits: edits.to_vec(),
            kept,
            clean: clean_kept,
            last_logits: summary.last_logits,
        };
        Ok((answer, last))
    }

    async fn summary<P: Pace>(
        &self,
        tokens: &[u32],
        edits: &[Edit],
        head: Option<(usize, usize)>,
        pace: &P,
    ) -> Result<(RunSummary, KeptRun), AnswerError> {
        let capture = Capture::all_positions(self.residual_hooks());
        let request = RunRequest {
            tokens,
            capture: &capture,
            edits,
            logits: LogitsWanted::Last,
        };
        let output = self.model.run(request, pace).await?;
        let summary = output.summary(head).await;
        let explained = self.model.explained(summary, tokens, edits, pace).await;
        Ok(explained?)
    }

    fn clean_run(
        &self,
        clean: &RunSummary,
        nll: Vec<Option<f64>>,
        edited: &RunSummary,
        next: &[NextToken],
        top: usize,
    ) -> CleanRun {
        let under = |run: &RunSummary, tokens: &[NextToken]| {
            let probs = sampler(&Sampling::default()).leaves(&run.last_logits).probs;
            let tokens = tokens.iter().map(|token| probs[token.id as usize]);
            tokens.collect::<Vec<f64>>()
        };
        let clean_next = self.next_tokens(&clean.last_logits, top);
        CleanRun {
            prob_of_next: under(clean, next),
            edited_prob_of_next: under(edited, &clean_next),
            next: clean_next,
            nll,
            perplexity: None,
            residual: norms_by_position(&clean.norms),
        }
    }

    /// What sampling leaves of the next token's distribution after a run; at most
    /// `top` tokens are listed.
    ///
    /// # Errors
    ///
    /// Returns an error if a sampling option is out of range.
    pub fn cuts(
        &self,
        last: &LastRun,
        sampling: &Sampling,
        top: usize,
    ) -> Result<Cuts, AnswerError> {
        check_sampling(sampling)?;
        let leaves = sampler(sampling).leaves(&last.last_logits);
        let token = |&id: &usize| CutToken {
            id: id as u32,
            text: self.tokenizer.token_text(id as u32),
            prob: leaves.probs[id],
            heated: leaves.heated[id],
            drawn: leaves.drawn[id],
        };
        Ok(Cuts {
            tokens: leaves.order.iter().take(top).map(token).collect(),
            n_kept: leaves.n_kept,
            d_vocab: leaves.probs.len(),
            mass_kept: leaves.mass_kept,
        })
    }

    /// The pattern of a head of an earlier run.
    ///
    /// # Errors
    ///
    /// Returns an error if the head does not exist or the device fails.
    pub async fn pattern(&self, last: &LastRun, at: HeadRef) -> Result<HeadPattern, AnswerError> {
        self.check_head(at)?;
        let found = last.kept.pattern(at.layer, at.head).await?;
        let clean = match &last.clean {
            Some(clean) => Some(clean.pattern(at.layer, at.head).await?),
            None => None,
        };
        Ok(head_pattern(at, last.kept.seq_len(), found, clean))
    }

    /// Continues a prompt, handing each token on as it comes.
    ///
    /// # Errors
    ///
    /// Returns an error if anything in the request does not fit the model, if
    /// `pace` stops the generation, or if the device fails.
    pub async fn generate<P: Pace>(
        &self,
        prompt: &str,
        max_tokens: usize,
        sampling: &Sampling,
        edits: &[Edit],
        pace: &P,
        on_token: impl FnMut(&GeneratedToken),
    ) -> Result<(String, Vec<GeneratedToken>, StopReason), AnswerError> {
        let prompt = self.encode(prompt)?;
        let (tokens, stopped) = self
            .continue_tokens(&prompt, max_tokens, sampling, edits, pace, on_token)
            .await?;
        let ids: Vec<u32> = tokens.iter().map(|token| token.id).collect();
        Ok((self.tokenizer.decode(&ids)?, tokens, stopped))
    }

    /// Continues tokens, as [`Self::generate`] does a prompt; a start token alone will
    /// do, which no prompt can be.
    ///
    /// # Errors
    ///
    /// Returns an error if there are no tokens, if anything in the request does not fit
    /// the model, if `pace` stops the generation, or if the device fails.
    pub async fn continue_tokens<P: Pace>(
        &self,
        prompt: &[u32],
        max_tokens: usize,
        sampling: &Sampling,
        edits: &[Edit],
        pace: &P,
        mut on_token: impl FnMut(&GeneratedToken),
    ) -> Result<(Vec<GeneratedToken>, StopReason), AnswerError> {
        check_sampling(sampling)?;
        let end_tokens = &self.model.architecture.end_tokens;
        let n_ctx = self.model.architecture.shape.n_ctx;
        let mut sampler = sampler(sampling);
        let mut generation = self.model.generate(prompt, max_tokens, edits, pace).await?;
        let mut tokens: Vec<GeneratedToken> = Vec::new();
        let stopped = loop {
            if tokens.len() >= max_tokens {
                break StopReason::MaxTokens;
            }
            if prompt.len() + tokens.len() >= n_ctx {
                break StopReason::Context;
            }
            let drawn = generation.draw(&mut sampler);
            let TokenText { id, text } = self.token(drawn.id);
            let prob = drawn.prob;
            tokens.push(GeneratedToken { id, text, prob });
            on_token(&tokens[tokens.len() - 1]);
            if end_tokens.contains(&id) {
                break StopReason::End;
            }
            // The last token that fits is not read: nothing can follow it.
            if tokens.len() < max_tokens && prompt.len() + tokens.len() < n_ctx {
                generation.read(&[id], pace).await?;
            }
        };
        Ok((tokens, stopped))
    }

    /// The most probable next tokens after a row of logits.
    #[must_use]
    pub fn next_tokens(&self, logits: &[f32], top: usize) -> Vec<NextToken> {
        most_probable(logits, top)
            .into_iter()
            .map(|(id, prob)| {
                let text = self.tokenizer.token_text(id);
                NextToken { id, text, prob }
            })
            .collect()
    }

    /// The hooks whose norms a run reports.
    fn residual_hooks(&self) -> Vec<HookPoint> {
        let shape = &self.model.architecture.shape;
        let sites = [
            Site::ResidPre,
            Site::ResidMid,
            Site::ResidPost,
            Site::AttnOut,
            Site::MlpOut,
        ];
        let blocks =
            (0..shape.n_layers).flat_map(|layer| sites.map(|site| HookPoint::block(layer, site)));
        std::iter::once(HookPoint::Embed)
            .chain(blocks)
            .filter(|hook| hook.check(shape).is_ok())
            .collect()
    }
}

fn head_pattern(
    head: HeadRef,
    seq_len: usize,
    found: model::Pattern,
    clean: Option<model::Pattern>,
) -> HeadPattern {
    HeadPattern {
        head,
        seq_len,
        pattern: found.pattern,
        lse: found.lse,
        is_edited: clean.is_some(),
        clean: clean.map(|clean| clean.pattern).unwrap_or_default(),
    }
}

fn sampler(sampling: &Sampling) -> Sampler {
    Sampler::new(
        sampling.temperature,
        sampling.top_k,
        sampling.top_p,
        sampling.seed,
    )
}

fn norms_by_position(norms: &[(HookPoint, Vec<f32>)]) -> Vec<ResidualNorm> {
    norms
        .iter()
        .flat_map(|&(hook, ref values)| {
            values.iter().enumerate().map(move |(pos, &norm)| {
                let norm = f64::from(norm);
                ResidualNorm { hook, pos, norm }
            })
        })
        .collect()
}

fn check_sampling(sampling: &Sampling) -> Result<(), AnswerError> {
    let temperature = sampling.temperature;
    if !(temperature.is_finite() && temperature >= 0.0) {
        return Err(AnswerError::Sampling {
            name: "temperature",
            found: temperature,
            expected: "a number from 0",
        });
    }
    if !(sampling.top_p > 0.0 && sampling.top_p <= 1.0) {
        return Err(AnswerError::Sampling {
            name: "top-p",
            found: sampling.top_p,
            expected: "a number above 0 and at most 1",
        });
    }
    Ok(())
}
