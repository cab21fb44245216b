//! The command line as clap reads it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use headlight_activations::{CapturePos, Edit, HookPoint};

use crate::figure_file::FigureArgs;

/// A transformer that can be looked into, without a browser.
#[derive(Debug, Parser)]
#[command(name = "headlight", version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a prompt: next tokens, surprise per token, residual norms
    Run(RunArgs),
    /// Write activations to a safetensors file
    Capture(CaptureArgs),
    /// One head's attention pattern and its scores
    Attention(AttentionArgs),
    /// What each layer would say next: the logit lens
    Lens(LensArgs),
    /// Where the difference of two next tokens' logits comes from
    Attribute(AttributeArgs),
    /// Continue a prompt
    Generate(GenerateArgs),
    /// Flash attention on q, k and v of your own, step by step
    Flash(FlashArgs),
    /// A model against the exact probabilities of its language
    Eval(EvalArgs),
    /// Write stories with their labels, and how sure one can be of each label
    Stories(StoriesArgs),
    /// Train one of the shipped models
    Train(TrainArgs),
}

/// What every command that runs the engine takes.
#[derive(Debug, Args)]
pub(crate) struct EngineArgs {
    /// Folder with config.json, model.safetensors and tokenizer.json
    #[arg(long, value_name = "DIR")]
    pub(crate) model: PathBuf,
    /// What computes
    #[arg(long, value_enum, default_value_t)]
    pub(crate) backend: BackendArg,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum BackendArg {
    /// The GPU where this build has one that is right and faster
    #[default]
    Auto,
    Cpu,
    Gpu,
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
    /// The text
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) prompt: String,
    /// How many next tokens to list; at most the vocabulary
    #[arg(
        long,
        value_name = "N",
        default_value_t = 10,
        allow_negative_numbers = true
    )]
    pub(crate) top: usize,
    /// A change to make on the way, as JSON; may be repeated
    #[arg(long = "edit", value_name = "JSON", value_parser = parse_edit)]
    pub(crate) edits: Vec<Edit>,
    /// Put the exact probabilities of the model's language beside the model's
    #[arg(long)]
    pub(crate) truth: bool,
    #[command(flatten)]
    pub(crate) figure: FigureArgs,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CaptureArgs {
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
    #[command(flatten)]
    pub(crate) text: TextArgs,
    /// Hook names, separated by commas
    #[arg(long, value_name = "NAMES", required = true, value_delimiter = ',', value_parser = parse_hook)]
    pub(crate) hooks: Vec<HookPoint>,
    /// Which positions: all, last, mean, or one counted from 0
    #[arg(long, value_parser = parse_pos)]
    pub(crate) pos: CapturePos,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct TextArgs {
    /// The text
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) prompt: Option<String>,
    /// A file with one {"text"} per line
    #[arg(long, value_name = "FILE")]
    pub(crate) texts: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct AttentionArgs {
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
    /// The text
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) prompt: String,
    /// Which layer, counted from 0
    #[arg(long, value_name = "L", allow_negative_numbers = true)]
    pub(crate) layer: usize,
    /// Which head, counted from 0
    #[arg(long, value_name = "H", allow_negative_numbers = true)]
    pub(crate) head: usize,
    #[command(flatten)]
    pub(crate) figure: FigureArgs,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// What every command that looks into an edited run of a prompt takes.
#[derive(Debug, Args)]
pub(crate) struct LookArgs {
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
    /// The text
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) prompt: String,
    /// A change to make on the way, as JSON; may be repeated
    #[arg(long = "edit", value_name = "JSON", value_parser = parse_edit)]
    pub(crate) edits: Vec<Edit>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LensArgs {
    #[command(flatten)]
    pub(crate) look: LookArgs,
    /// How many next tokens to list; at most the vocabulary
    #[arg(
        long,
        value_name = "N",
        default_value_t = 5,
        allow_negative_numbers = true
    )]
    pub(crate) top: usize,
    #[command(flatten)]
    pub(crate) figure: FigureArgs,
}

#[derive(Debug, Args)]
pub(crate) struct AttributeArgs {
    #[command(flatten)]
    pub(crate) look: LookArgs,
    /// The id of the token spoken for
    #[arg(long, value_name = "ID", allow_negative_numbers = true)]
    pub(crate) token: u32,
    /// The id of the token spoken against
    #[arg(long, value_name = "ID", allow_negative_numbers = true)]
    pub(crate) against: u32,
    #[command(flatten)]
    pub(crate) figure: FigureArgs,
}

#[derive(Debug, Args)]
pub(crate) struct GenerateArgs {
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
    /// The text
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) prompt: String,
    /// How many new tokens at most
    #[arg(
        long,
        value_name = "N",
        default_value_t = 50,
        allow_negative_numbers = true
    )]
    pub(crate) max_tokens: usize,
    /// Divides the logits; 0 takes the most probable token
    #[arg(
        long,
        value_name = "T",
        default_value_t = 1.0,
        allow_hyphen_values = true
    )]
    pub(crate) temperature: f64,
    /// Keep only the K most probable tokens; 0 keeps all
    #[arg(
        long,
        value_name = "K",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    pub(crate) top_k: usize,
    /// Keep the smallest set of tokens that reaches this probability
    #[arg(
        long,
        value_name = "P",
        default_value_t = 1.0,
        allow_hyphen_values = true
    )]
    pub(crate) top_p: f64,
    /// Seeds the draws
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    pub(crate) seed: u64,
    /// A change to make on the way, as JSON; may be repeated
    #[arg(long = "edit", value_name = "JSON", value_parser = parse_edit)]
    pub(crate) edits: Vec<Edit>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FlashArgs {
    /// Queries: an npy file of floats [n, d]
    #[arg(long, value_name = "FILE")]
    pub(crate) q: PathBuf,
    /// Keys: an npy file of floats [n, d]
    #[arg(long, value_name = "FILE")]
    pub(crate) k: PathBuf,
    /// Values: an npy file of floats [n, d]
    #[arg(long, value_name = "FILE")]
    pub(crate) v: PathBuf,
    /// Which algorithm
    #[arg(long, value_enum)]
    pub(crate) algorithm: AlgorithmArg,
    /// Queries per tile
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(crate) block_q: Option<usize>,
    /// Keys per tile
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(crate) block_k: Option<usize>,
    /// On-chip memory from which the papers' formula makes tiles
    #[arg(long, value_name = "N", allow_negative_numbers = true, conflicts_with_all = ["block_q", "block_k"])]
    pub(crate) sram_bytes: Option<usize>,
    /// Hide from each query the keys after it
    #[arg(long)]
    pub(crate) causal: bool,
    /// Walk the key tiles from the last to the first
    #[arg(long)]
    pub(crate) reverse_keys: bool,
    /// Keep a row's maximum until it rises by more than 2^8 in weights
    #[arg(long)]
    pub(crate) lazy_rescale: bool,
    /// Write the output to an npy file, a row per query
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Write the log-sum-exp of each row to an npy file
    #[arg(long, value_name = "FILE")]
    pub(crate) lse: Option<PathBuf>,
    /// Write every step, up to 64 rows with its numbers, to a JSON file
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) figure: FigureArgs,
    /// Step of that figure, as many as are done; without it the last
    #[arg(
        long,
        value_name = "N",
        requires = "svg",
        allow_negative_numbers = true
    )]
    pub(crate) step: Option<u64>,
    /// What computes
    #[arg(long, value_enum, default_value = "cpu")]
    pub(crate) backend: BackendArg,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AlgorithmArg {
    /// The whole matrix of scores goes to memory and back
    Standard,
    /// FlashAttention: keys outside, queries inside
    Fa1,
    /// FlashAttention-2: queries outside, keys inside
    Fa2,
}

#[derive(Debug, Args)]
pub(crate) struct EvalArgs {
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
    /// How many stories of the language the model reads
    #[arg(long, value_name = "N", default_value_t = 200, allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(..=MAX_DOCUMENTS))]
    pub(crate) documents: u64,
    /// How many stories the model writes, for the rules of the language to judge
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(..=MAX_DOCUMENTS))]
    pub(crate) generate: u64,
    /// Seeds the stories, read and written
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        allow_negative_numbers = true
    )]
    pub(crate) seed: u64,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct StoriesArgs {
    /// How many stories
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(1..=MAX_DOCUMENTS))]
    pub(crate) documents: u64,
    /// Seeds the stories
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        allow_negative_numbers = true
    )]
    pub(crate) seed: u64,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// At 16 KB a story, more than a disk holds: a larger number is a slip.
const MAX_DOCUMENTS: u64 = 10_000_000;

#[derive(Debug, Args)]
pub(crate) struct TrainArgs {
    /// Which model
    #[arg(value_enum)]
    pub(crate) model: TrainModel,
    /// The folder to write
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Steps in all, which the learning rate's schedule follows
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..10_000_000))]
    pub(crate) steps: Option<u64>,
    /// Write a checkpoint and stop after so many minutes
    #[arg(long, value_name = "N")]
    pub(crate) minutes: Option<f64>,
    /// Seeds weights and data
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Go on from the checkpoint in the folder
    #[arg(long)]
    pub(crate) resume: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TrainModel {
    /// models/stories
    Stories,
    /// models/induction
    Induction,
}

fn parse_edit(text: &str) -> Result<Edit, String> {
    serde_json::from_str(text).map_err(|error| format!("expected an edit as JSON: {error}"))
}

fn parse_hook(text: &str) -> Result<HookPoint, String> {
    text.parse()
        .map_err(|error: headlight_activations::ParseHookError| error.to_string())
}

fn parse_pos(text: &str) -> Result<CapturePos, String> {
    text.parse()
        .map_err(|error: headlight_activations::ParseCapturePosError| error.to_string())
}
