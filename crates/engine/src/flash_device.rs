//! Flash attention on the visitor's GPU: a head's numbers, and how time, memory and
//! error grow with the sequence, beside the plain path.
//!
//! Times are of launch and reading together: a GPU says that it is done only by
//! handing numbers over. They never come without an error, since a kernel that
//! computes nothing is the fastest.

use burn::tensor::{Device, Tensor, TensorData};
use headlight_activations::{FlashGrowth, FlashRun, FlashTask, PathMeasure, StandardMeasure};
use headlight_flash::{BYTES_PER_ELEMENT, InputError, Inputs, Tiling, TilingError, dense_rows};
use headlight_kernels::{Blocks, FlashForward, LARGEST_WIDTH, matmul};
use headlight_model::{Pace, RunError};

use crate::platform::now;
use crate::self_test::values;
use crate::{AnswerError, Backend, BackendReport, Loaded, backend};

/// The longest sequence that growth is measured at.
pub const LONGEST: usize = 16_384;

/// Rows that are compared with softmax in f64.
const N_CHECKED: usize = 8;

/// Most timed runs, and milliseconds after which no further one begins.
const MAX_RUNS: usize = 5;
const LONGEST_MS: f64 = 400.0;

/// A GPU to attend on.
#[derive(Clone, Debug)]
pub struct FlashDevice {
    device: Device,
    name: String,
    /// The largest part of a buffer that a kernel can be given.
    binding_bytes: u64,
}

/// Why the GPU does not attend.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FlashError {
    /// There is no GPU that computes.
    #[error("{reason}, so there is no GPU to run on")]
    NoGpu {
        /// Reason why there is none.
        reason: String,
    },
    /// The rows are too wide.
    #[error(
        "rows of width {d}, expected at most {LARGEST_WIDTH}, which the kernel keeps in registers"
    )]
    TooWide {
        /// Width of a row.
        d: usize,
    },
    /// The sequence makes no sense.
    #[error("{n} queries and keys, expected 1 to {LONGEST}")]
    Length {
        /// Number of positions that were asked for.
        n: usize,
    },
    /// The numbers are not a head's.
    #[error(transparent)]
    Inputs(#[from] InputError),
    /// The tiles are none.
    #[error(transparent)]
    Tiling(#[from] TilingError),
    /// The kernel did not start.
    #[error("the kernel did not run on {name}, which has passed its self-test")]
    NotRun {
        /// The device.
        name: String,
    },
}

/// Output and log-sum-exp on the host.
struct Attended {
    o: Vec<f32>,
    lse: Vec<f32>,
}

impl FlashDevice {
    /// Opens the default GPU.
    ///
    /// # Errors
    ///
    /// Returns an error that says why there is none.
    pub async fn open() -> Result<Self, FlashError> {
        backend::open_flash_device()
            .await
            .map_err(|reason| FlashError::NoGpu { reason })
    }

    pub(crate) const fn new(device: Device, name: String, binding_bytes: u64) -> Self {
        Self {
            device,
            name,
            binding_bytes,
        }
    }

    /// The device's own name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The GPU that computes a model.
    ///
    /// # Errors
    ///
    /// Returns an error if the CPU does.
    pub fn of(loaded: &Loaded, report: &BackendReport) -> Result<Self, FlashError> {
        match (report.backend, report.limits) {
            (Backend::Gpu, Some(limits)) => Ok(Self {
                device: loaded.model.device(),
                name: report.device.clone(),
                binding_bytes: limits.binding_bytes,
            }),
            _ => Err(FlashError::NoGpu {
                reason: report.reason.clone(),
            }),
        }
    }

    /// Attends by our kernel. Tiles that do not fit into a workgroup are made smaller:
    /// the answer says which it took.
    ///
    /// # Errors
    ///
    /// Returns an error if the numbers are not a head's, the rows are wider than 256,
    /// `pace` stops the work, or the device fails.
    pub async fn run<P: Pace>(&self, task: &FlashTask, pace: &P) -> Result<FlashRun, AnswerError> {
        let inputs = Inputs::new(&task.q, &task.k, &task.v, task.d).map_err(FlashError::from)?;
        let problem = inputs.problem(task.is_causal);
        let tiling = Tiling::new(task.block_q, task.block_k).map_err(FlashError::from)?;
        let blocks = Blocks::of_tiling(tiling, task.d).or_else(|| Blocks::usual(task.d));
        let blocks = blocks.ok_or(FlashError::TooWide { d: task.d })?;
        let forward = FlashForward {
            scale: problem.scale(),
            is_causal: task.is_causal,
            blocks,
        };
        let head = OnDevice::new(inputs, &self.device);
        let (Attended { o, lse }, elapsed_ms) =
            timed(pace, async || self.attended(&forward, &head).await).await?;
        Ok(FlashRun {
            n_q: problem.n_q,
            d: task.d,
            block_q: blocks.queries(),
            block_k: blocks.keys(),
            device: self.name.clone(),
            elapsed_ms,
            o,
            lse,
        })
    }

    /// Our kernel and the plain path at one length, on numbers of size 1, without a mask.
    ///
    /// # Errors
    ///
    /// Returns an error if the length is 0 or above [`LONGEST`], the rows are wider
    /// than 256, `pace` stops the work, or the device fails.
    pub async fn growth<P: Pace>(
        &self,
        n: usize,
        d: usize,
        pace: &P,
    ) -> Result<FlashGrowth, AnswerError> {
        let blocks = Blocks::usual(d).ok_or(FlashError::TooWide { d })?;
        if n == 0 || n > LONGEST {
            return Err(FlashError::Length { n }.into());
        }
        let [q, k, v] = [1, 2, 3].map(|seed| values(seed, n * d));
        let inputs = Inputs::new(&q, &k, &v, d).map_err(FlashError::from)?;
        let forward = FlashForward {
            scale: inputs.problem(false).scale(),
            is_causal: false,
            blocks,
        };
        let head = OnDevice::new(inputs, &self.device);
        let n_output = (n * d) as u64 * BYTES_PER_ELEMENT;
        let at_rest = self.bytes_after(&head.q).await?;
        let output = self.forward(&forward, &head)?;
        // Whatever the kernel was given is still alive.
        let at_most = self.bytes_in_use();
        self.bytes_after(&output.lse).await?;
        drop(output);
        let (attended, elapsed_ms) =
            timed(pace, async || self.attended(&forward, &head).await).await?;
        let flash = PathMeasure {
            elapsed_ms,
            extra_bytes: at_most.saturating_sub(at_rest + n_output),
            max_abs_error: error_of(inputs, &attended.o),
        };
        let standard = self.standard(inputs, &head, forward.scale, pace).await?;
        Ok(FlashGrowth {
            n,
            d,
            flash,
            standard,
        })
    }

    /// Scores and weights in full, with Burn's own operations.
    async fn standard<P: Pace>(
        &self,
        inputs: Inputs<'_>,
        head: &OnDevice,
        scale: f64,
        pace: &P,
    ) -> Result<StandardMeasure, AnswerError> {
        let n = inputs.problem(false).n_q as u64;
        let needed_bytes = n * n * BYTES_PER_ELEMENT;
        if needed_bytes > self.binding_bytes {
            return Ok(StandardMeasure::DoesNotFit {
                needed_bytes,
                limit_bytes: self.binding_bytes,
            });
        }
        let at_rest = self.bytes_after(&head.q).await?;
        let mut at_most = at_rest;
        let (o, elapsed_ms) = timed(pace, async || {
            let o = head.standard(scale, || at_most = at_most.max(self.bytes_in_use()));
            read(o).await
        })
        .await?;
        Ok(StandardMeasure::Measured(PathMeasure {
            elapsed_ms,
            extra_bytes: at_most - at_rest,
            max_abs_error: error_of(inputs, &o),
        }))
    }

    fn forward(
        &self,
        forward: &FlashForward,
        head: &OnDevice,
    ) -> Result<headlight_kernels::FlashOutput, AnswerError> {
        let output = forward.run(&head.q, &head.k, &head.v);
        Ok(output.ok_or_else(|| FlashError::NotRun {
            name: self.name.clone(),
        })?)
    }

    async fn attended(
        &self,
        forward: &FlashForward,
        head: &OnDevice,
    ) -> Result<Attended, AnswerError> {
        let output = self.forward(forward, head)?;
        Ok(Attended {
            o: read(output.o).await?,
            lse: read(output.lse).await?,
        })
    }

    /// Bytes of live buffers once the device has caught up, which reading a number tells.
    async fn bytes_after(&self, tensor: &Tensor<4>) -> Result<u64, AnswerError> {
        read(tensor.clone().narrow(2, 0, 1)).await?;
        Ok(self.bytes_in_use())
    }

    fn bytes_in_use(&self) -> u64 {
        let usage = self.device.memory_pool_usage();
        usage.map_or(0, |usage| usage.bytes_in_use)
    }
}

/// A head's numbers on the device: `[1, 1, row, d]`.
struct OnDevice {
    q: Tensor<4>,
    k: Tensor<4>,
    v: Tensor<4>,
}

impl OnDevice {
    fn new(inputs: Inputs<'_>, device: &Device) -> Self {
        let d = inputs.d();
        let tensor = |values: &[f32]| {
            let data = TensorData::new(values.to_vec(), [1, 1, values.len() / d, d]);
            Tensor::from_data(data, device)
        };
        Self {
            q: tensor(inputs.q()),
            k: tensor(inputs.k()),
            v: tensor(inputs.v()),
        }
    }

    /// Softmax attention by its definition; `look` is called while the most is alive.
    fn standard(&self, scale: f64, mut look: impl FnMut()) -> Tensor<4> {
        let scores = matmul(self.q.clone(), self.k.clone().swap_dims(2, 3)) * scale;
        look();
        let max = scores.clone().max_dim(3);
        let weights = (scores - max).exp();
        look();
        let sum = weights.clone().sum_dim(3);
        let pattern = weights / sum;
        look();
        matmul(pattern, self.v.clone())
    }
}

/// The result of a run, and the median time of those after the first, in milliseconds.
async fn timed<T, P: Pace>(
    pace: &P,
    mut run: impl AsyncFnMut() -> Result<T, AnswerError>,
) -> Result<(T, f64), AnswerError> {
    // The first compiles what the others use.
    let mut result = run().await?;
    let begun = now();
    let mut times_ms = Vec::new();
    loop {
        pace.pause().await.map_err(RunError::from)?;
        let started = now();
        result = {
            drop(result);
            run().await?
        };
        times_ms.push(started.elapsed().as_secs_f64() * 1e3);
        let is_enough = begun.elapsed().as_secs_f64() * 1e3 > LONGEST_MS;
        if times_ms.len() >= MAX_RUNS || is_enough {
            break;
        }
    }
    times_ms.sort_by(f64::total_cmp);
    Ok((result, times_ms[times_ms.len() / 2]))
}

async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, AnswerError> {
    let data = tensor.into_data_async().await.map_err(RunError::from)?;
    Ok(data.iter::<f32>().collect())
}

/// Largest error against softmax in f64 over some rows, evenly spread; infinite where
/// a number is none.
fn error_of(inputs: Inputs<'_>, o: &[f32]) -> f64 {
    let n = inputs.problem(false).n_q;
    let rows = (0..N_CHECKED).map(|i| i * (n - 1) / (N_CHECKED - 1));
    let mut largest: f64 = 0.0;
    for row in rows {
        let want = dense_rows(&inputs, false, row..row + 1).o;
        for (&got, want) in o[row * inputs.d()..].iter().zip(want) {
            let gap = (f64::from(got) - want).abs();
            largest = if gap.is_nan() {
                f64::INFINITY
            } else {
                largest.max(gap)
            };
        }
    }
    largest
}
