//! What is read out of a run beside its activations: logit lens, attribution,
//! the cuts of the next token, thumbnails and tiles of attention.
//!
//! Plain data that the engine answers with, the command line prints and the page
//! draws, so that all three mean the same by it.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::{FlashGrowth, FlashRun, FlashTask, HeadScores, HookPoint};

/// How the next token is drawn. Order: temperature, top-k, top-p.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sampling {
    /// Divides the logits; 0 takes the most probable token.
    pub temperature: f64,
    /// Keeps only the k most probable tokens; 0 keeps all.
    pub top_k: usize,
    /// Keeps the smallest set of tokens whose probability reaches this; 1 keeps all.
    pub top_p: f64,
    /// Seeds the draws.
    pub seed: u64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            temperature: 1.0,
            top_k: 0,
            top_p: 1.0,
            seed: 0,
        }
    }
}

/// A question about a run that is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Detail {
    /// Thumbnails of the heads of this range, counted through all layers.
    Thumbnails {
        /// Heads of the layer, counted from 0.
        heads: Range<usize>,
        /// Cells per side.
        side: usize,
    },
    /// A rectangle of one head's attention.
    Tile {
        /// Part of the page that the tile is for.
        part: TilePart,
        /// Index of the block.
        layer: usize,
        /// Index of the head.
        head: usize,
        /// Queries of the tile, as positions.
        queries: Range<usize>,
        /// Keys of the tile, as positions.
        keys: Range<usize>,
        /// Pairs per side of a cell, from 1.
        pool: usize,
    },
    /// The logit lens at these positions.
    Lens {
        /// Positions to look at.
        positions: Range<usize>,
        /// Number of tokens to list for each place.
        top: usize,
    },
    /// Where the difference of two logits at the last position comes from.
    Attribution {
        /// The token spoken for.
        token: u32,
        /// The token spoken against.
        against: u32,
    },
    /// The query of one token and the key of another, in one head.
    QueryKey {
        /// Index of the block.
        layer: usize,
        /// Index of the head.
        head: usize,
        /// Position of the query.
        query: usize,
        /// Position of the key; one after the query is answered too, though the
        /// mask hides it.
        key: usize,
    },
    /// All queries, keys and values of one head.
    HeadInputs {
        /// Index of the block.
        layer: usize,
        /// Index of the head.
        head: usize,
    },
    /// Flash attention by our own kernel, of these numbers and not of the run's.
    FlashRun(FlashTask),
    /// Our own kernel beside the plain path, on random numbers.
    FlashGrowth {
        /// Number of queries, which is that of keys.
        n: usize,
        /// Width of a row.
        d: usize,
    },
    /// How surprised the model was by each token, where that did not come with the run.
    Surprise,
    /// What sampling leaves of the next token's distribution.
    Cuts {
        /// How it is drawn.
        sampling: Sampling,
        /// Number of tokens that are listed.
        top: usize,
    },
}

/// The answer to a [`Detail`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Finding {
    /// To [`Detail::Thumbnails`].
    Thumbnails(Vec<Thumbnail>),
    /// To [`Detail::Tile`].
    Tile(Tile),
    /// To [`Detail::Lens`].
    Lens(Vec<LensRow>),
    /// To [`Detail::Attribution`].
    Attribution(Attribution),
    /// To [`Detail::QueryKey`].
    QueryKey(QueryKey),
    /// To [`Detail::HeadInputs`].
    HeadInputs(HeadInputs),
    /// To [`Detail::FlashRun`].
    FlashRun(FlashRun),
    /// To [`Detail::FlashGrowth`].
    FlashGrowth(FlashGrowth),
    /// To [`Detail::Surprise`].
    Surprise {
        /// Under the run's edits.
        shown: Surprise,
        /// Without them; absent where nothing was edited.
        clean: Option<Surprise>,
    },
    /// To [`Detail::Cuts`].
    Cuts(Cuts),
}

/// What a tile is wanted for: a newer one replaces an older that was wanted for the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TilePart {
    /// The whole map, made small.
    Overview,
    /// The part in view.
    Window,
    /// The selected query.
    Row,
    /// The selected key.
    Column,
}

/// Which sort of [`Detail`]: a newer one makes an older of its sort pointless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DetailKind {
    /// [`Detail::Thumbnails`]
    Thumbnails,
    /// [`Detail::Tile`]
    Tile(TilePart),
    /// [`Detail::Lens`]
    Lens,
    /// [`Detail::Attribution`]
    Attribution,
    /// [`Detail::QueryKey`]
    QueryKey,
    /// [`Detail::HeadInputs`]
    HeadInputs,
    /// [`Detail::FlashRun`]
    FlashRun,
    /// [`Detail::FlashGrowth`]
    FlashGrowth,
    /// [`Detail::Surprise`]
    Surprise,
    /// [`Detail::Cuts`]
    Cuts,
}

impl Detail {
    /// Its sort.
    #[must_use]
    pub const fn kind(&self) -> DetailKind {
        match self {
            Self::Thumbnails { .. } => DetailKind::Thumbnails,
            Self::Tile { part, .. } => DetailKind::Tile(*part),
            Self::Lens { .. } => DetailKind::Lens,
            Self::Attribution { .. } => DetailKind::Attribution,
            Self::QueryKey { .. } => DetailKind::QueryKey,
            Self::HeadInputs { .. } => DetailKind::HeadInputs,
            Self::FlashRun(_) => DetailKind::FlashRun,
            Self::FlashGrowth { .. } => DetailKind::FlashGrowth,
            Self::Surprise => DetailKind::Surprise,
            Self::Cuts { .. } => DetailKind::Cuts,
        }
    }
}

impl Finding {
    /// The arrays that travel beside the message, in its order, with the number
    /// of entries that each must have.
    pub fn buffers(&mut self) -> Vec<(&mut Vec<f32>, usize)> {
        match self {
            Self::Thumbnails(all) => all
                .iter_mut()
                .map(|small| (&mut small.cells, small.side.saturating_mul(small.side)))
                .collect(),
            Self::Tile(tile) => {
                let [rows, columns] = tile.dims();
                let n_queries = tile.queries.len();
                vec![
                    (&mut tile.weights, rows.saturating_mul(columns)),
                    (&mut tile.lse, n_queries),
                ]
            }
            Self::HeadInputs(inputs) => {
                let n = inputs.seq_len.saturating_mul(inputs.d_head);
                let HeadInputs { q, k, v, .. } = inputs;
                vec![(q, n), (k, n), (v, n)]
            }
            Self::FlashRun(run) => {
                let n = run.n_q.saturating_mul(run.d);
                vec![(&mut run.o, n), (&mut run.lse, run.n_q)]
            }
            Self::Lens(_)
            | Self::Attribution(_)
            | Self::QueryKey(_)
            | Self::FlashGrowth(_)
            | Self::Surprise { .. }
            | Self::Cuts(_) => Vec::new(),
        }
    }
}

/// What one head's attention is computed from, at all positions of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeadInputs {
    /// Index of the block.
    pub layer: usize,
    /// Index of the head.
    pub head: usize,
    /// Number of tokens.
    pub seq_len: usize,
    /// Width of a query, key or value.
    pub d_head: usize,
    /// What multiplies `q . k`.
    pub scale: f64,
    /// `[query, d_head]`. Travels as a buffer.
    #[serde(skip)]
    pub q: Vec<f32>,
    /// `[key, d_head]`. Travels as a buffer.
    #[serde(skip)]
    pub k: Vec<f32>,
    /// `[key, d_head]`. Travels as a buffer.
    #[serde(skip)]
    pub v: Vec<f32>,
}

/// How surprised a model was by the tokens of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Surprise {
    /// Negative log-likelihood of each token given those before it, in nats; the first
    /// has none.
    pub nll: Vec<Option<f64>>,
    /// `exp` of the mean of `nll`; absent for a single token.
    pub perplexity: Option<f64>,
}

impl Surprise {
    /// Surprise of the tokens from the second on, in nats.
    #[must_use]
    pub fn after_the_first(nll: &[f32]) -> Self {
        let nll: Vec<f64> = nll.iter().copied().map(f64::from).collect();
        let mean_nll = nll.iter().sum::<f64>() / nll.len() as f64;
        Self {
            perplexity: (!nll.is_empty()).then(|| mean_nll.exp()),
            nll: std::iter::once(None)
                .chain(nll.into_iter().map(Some))
                .collect(),
        }
    }

    /// Not known yet, of `n` tokens.
    #[must_use]
    pub fn unknown(n: usize) -> Self {
        Self {
            nll: vec![None; n],
            perplexity: None,
        }
    }
}

/// A token with a probability.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenProb {
    /// Index in the vocabulary.
    pub id: u32,
    /// Its text decoded alone; bytes that are no whole character stand as `<0xE2>`.
    pub text: String,
    /// Its probability, in `[0, 1]`.
    pub prob: f64,
}

/// What the final norm and the unembedding make of one residual-stream vector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LensRow {
    /// Where along the residual stream: `resid_pre` of the first layer, or a `resid_post`.
    pub hook: HookPoint,
    /// The position.
    pub pos: usize,
    /// The most probable next tokens, most probable first, ties to the lowest id.
    pub top: Vec<TokenProb>,
    /// Probability of the token that the last place puts first at this position,
    /// in `[0, 1]`; absent where it was not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_prob: Option<f64>,
}

/// A summand of the residual stream before the final norm, or a bias that no
/// summand carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Component {
    /// The token embedding.
    Embed,
    /// The position embedding.
    PosEmbed,
    /// What one head writes: its `z` times its part of `W_O`.
    Head {
        /// Index of the block.
        layer: usize,
        /// Index of the head.
        head: usize,
    },
    /// The attention's output bias.
    AttnBias {
        /// Index of the block.
        layer: usize,
    },
    /// What the MLP writes, its bias included.
    Mlp {
        /// Index of the block.
        layer: usize,
    },
    /// The final norm's bias.
    FinalBias,
    /// The unembedding's bias.
    UnembedBias,
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embed => f.write_str("hook_embed"),
            Self::PosEmbed => f.write_str("hook_pos_embed"),
            Self::Head { layer, head } => write!(f, "blocks.{layer}.attn.head.{head}"),
            Self::AttnBias { layer } => write!(f, "blocks.{layer}.attn.b_O"),
            Self::Mlp { layer } => write!(f, "blocks.{layer}.hook_mlp_out"),
            Self::FinalBias => f.write_str("ln_final.b"),
            Self::UnembedBias => f.write_str("unembed.b_U"),
        }
    }
}

/// What one component adds to a logit difference.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// Component of the model.
    pub component: Component,
    /// Contribution in logits; negative where it speaks for the other token.
    pub value: f64,
}

/// Direct logit attribution at the last position: where the difference between
/// two tokens' logits comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attribution {
    /// The token spoken for.
    pub token: u32,
    /// The token spoken against.
    pub against: u32,
    /// The logit of `token` less that of `against`, as the run computed them.
    pub logit_difference: f64,
    /// Every component in the order of the stream: embeddings, then per layer its
    /// heads, its attention's bias and its MLP, then the remaining biases.
    pub components: Vec<Contribution>,
    /// The sum of the components.
    pub sum: f64,
}

/// One possible next token beside the cuts of sampling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CutToken {
    /// Index in the vocabulary.
    pub id: u32,
    /// Its text decoded alone.
    pub text: String,
    /// The model's own probability.
    pub prob: f64,
    /// Its probability after the temperature, before the cuts; 1 or 0 at temperature 0.
    pub heated: f64,
    /// The probability of drawing it: after temperature and cuts. 0 if it is cut off.
    pub drawn: f64,
}

/// What temperature, top-k and top-p leave of the next token's distribution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cuts {
    /// The most probable tokens, most probable first, ties to the lowest id.
    pub tokens: Vec<CutToken>,
    /// Number of tokens that may be drawn, of the whole vocabulary.
    pub n_kept: usize,
    /// Size of the vocabulary.
    pub d_vocab: usize,
    /// Share of the heated probability that may be drawn, in `[0, 1]`.
    pub mass_kept: f64,
}

/// One head's attention over the whole prompt, made small by taking the largest
/// weight of each cell, and its scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thumbnail {
    /// Index of the block.
    pub layer: usize,
    /// Index of the head.
    pub head: usize,
    /// Cells per side.
    pub side: usize,
    /// `[query, key]`, row-major. Travels as a buffer.
    #[serde(skip)]
    pub cells: Vec<f32>,
    /// What kind of head it is on this prompt.
    pub scores: HeadScores,
}

/// The query of one token and the key of another, in one head: `scale * q . k` is
/// the score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueryKey {
    /// Index of the block.
    pub layer: usize,
    /// Index of the head.
    pub head: usize,
    /// Position of the query.
    pub query: usize,
    /// Position of the key.
    pub key: usize,
    /// What multiplies the sum of the products: `1 / sqrt(d_head)` in most models.
    pub scale: f64,
    /// Query vector: `[d_head]`.
    pub q: Vec<f32>,
    /// Key vector: `[d_head]`.
    pub k: Vec<f32>,
}

/// A rectangle of one head's attention; each cell holds the largest weight of
/// `pool` x `pool` pairs, the exact weight where `pool` is 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tile {
    /// Index of the block.
    pub layer: usize,
    /// Index of the head.
    pub head: usize,
    /// The queries it covers.
    pub queries: Range<usize>,
    /// The keys it covers.
    pub keys: Range<usize>,
    /// Pairs per side of a cell.
    pub pool: usize,
    /// `[query, key]`, row-major, `queries.len()` and `keys.len()` divided by
    /// `pool`, rounded up. Travels as a buffer.
    #[serde(skip)]
    pub weights: Vec<f32>,
    /// Log-sum-exp of each query's scaled scores: `[queries.len()]`. Travels as a buffer.
    #[serde(skip)]
    pub lse: Vec<f32>,
}

impl Tile {
    /// The largest weight of the cell that holds a pair; `None` outside the tile.
    #[must_use]
    pub fn cell(&self, query: usize, key: usize) -> Option<f32> {
        if !self.queries.contains(&query) || !self.keys.contains(&key) {
            return None;
        }
        let pool = self.pool.max(1);
        let row = (query - self.queries.start) / pool;
        let column = (key - self.keys.start) / pool;
        let [_, columns] = self.dims();
        self.weights.get(row * columns + column).copied()
    }

    /// Rows and columns of cells.
    #[must_use]
    pub fn dims(&self) -> [usize; 2] {
        [&self.queries, &self.keys].map(|range| range.len().div_ceil(self.pool.max(1)))
    }
}
