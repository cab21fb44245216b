//! Our own kernels against their twins on the host.
//!
//! Sizes are odd on purpose: rows that end in the midst of a workgroup and of a tile,
//! widths that are no multiple of four, fewer queries than keys, heads that share keys.

use burn::tensor::{Device, Tensor, TensorData};
use headlight_flash::{
    Algorithm, HeadView, Inputs, MaxPool, Method, Problem, Schedule, Tiling, execute,
};
use headlight_kernels::{Blocks, FlashForward, FlashOutput, PatternTile};

use super::flat;

/// One kernel, and what it is held to.
pub(super) struct Kernel {
    pub(super) name: &'static str,
    /// On a device; `None` if the kernel does not run there.
    pub(super) on: fn(&Device) -> Option<Tensor<1>>,
    /// The kernel's numbers, computed on the host.
    pub(super) twin: fn() -> Vec<f32>,
}

pub(super) const KERNELS: [Kernel; 4] = [
    Kernel {
        name: "flash attention, causal, 150 tokens",
        on: |device| CAUSAL.on(device),
        twin: || CAUSAL.twin(),
    },
    Kernel {
        name: "flash attention, 7 queries by 70 keys",
        on: |device| OPEN.on(device),
        twin: || OPEN.twin(),
    },
    Kernel {
        name: "flash attention, heads that share keys",
        on: |device| SHARED.on(device),
        twin: || SHARED.twin(),
    },
    Kernel {
        name: "a tile of a pattern",
        on: tile_on,
        twin: tile_twin,
    },
];

const CAUSAL: Flash = Flash {
    heads: 2,
    kv_heads: 2,
    n_q: 150,
    n_k: 150,
    d: 16,
    is_causal: true,
};
const OPEN: Flash = Flash {
    heads: 1,
    kv_heads: 1,
    n_q: 7,
    n_k: 70,
    d: 13,
    is_causal: false,
};
const SHARED: Flash = Flash {
    heads: 4,
    kv_heads: 2,
    n_q: 9,
    n_k: 33,
    d: 64,
    is_causal: true,
};

/// A problem of attention with numbers that depend on its sizes only.
struct Flash {
    heads: usize,
    kv_heads: usize,
    n_q: usize,
    n_k: usize,
    d: usize,
    is_causal: bool,
}

impl Flash {
    fn q(&self) -> Vec<f32> {
        wave(self.heads * self.n_q * self.d, 0.37)
    }

    fn k(&self) -> Vec<f32> {
        wave(self.kv_heads * self.n_k * self.d, 0.61)
    }

    fn v(&self) -> Vec<f32> {
        wave(self.kv_heads * self.n_k * self.d, 0.83)
    }

    /// All outputs, then all log-sum-exps.
    fn on(&self, device: &Device) -> Option<Tensor<1>> {
        let tensor = |values, heads, rows| tensor(values, [1, heads, rows, self.d], device);
        let forward = FlashForward {
            scale: 1.0 / (self.d as f64).sqrt(),
            is_causal: self.is_causal,
            blocks: Blocks::usual(self.d)?,
        };
        let FlashOutput { o, lse, .. } = forward.run(
            &tensor(self.q(), self.heads, self.n_q),
            &tensor(self.k(), self.kv_heads, self.n_k),
            &tensor(self.v(), self.kv_heads, self.n_k),
        )?;
        Some(Tensor::cat(vec![flat(o), flat(lse)], 0))
    }

    /// The kernel's numbers on the host, head by head; nothing if that cannot be done,
    /// which no device equals.
    fn twin(&self) -> Vec<f32> {
        let (q, k, v) = (self.q(), self.k(), self.v());
        let (mut o, mut lse) = (Vec::new(), Vec::new());
        for head in 0..self.heads {
            let of_kv = self.n_k * self.d;
            let kv = head * self.kv_heads / self.heads * of_kv;
            let q = &q[head * self.n_q * self.d..][..self.n_q * self.d];
            let Ok(inputs) = Inputs::new(q, &k[kv..][..of_kv], &v[kv..][..of_kv], self.d) else {
                return Vec::new();
            };
            let problem: Problem = inputs.problem(self.is_causal);
            let tiling = Tiling::new(16, 16).ok();
            let schedule = Schedule::new(problem, Method::new(Algorithm::Fa2), tiling);
            let Some(rows) = schedule.ok().and_then(|it| execute(inputs, &it).ok()) else {
                return Vec::new();
            };
            o.extend(rows.o);
            lse.extend(rows.lse);
        }
        o.extend(lse);
        o
    }
}

const TILE: Flash = Flash {
    heads: 1,
    kv_heads: 1,
    n_q: 70,
    n_k: 70,
    d: 13,
    is_causal: true,
};

fn tile() -> PatternTile {
    PatternTile {
        scale: 1.0 / (TILE.d as f64).sqrt(),
        queries: 3..70,
        keys: 1..66,
        pool: 4,
    }
}

/// The row log-sum-exp that the twin of flash attention finds.
fn tile_lse() -> Vec<f32> {
    TILE.twin().split_off(TILE.n_q * TILE.d)
}

fn tile_on(device: &Device) -> Option<Tensor<1>> {
    let shape = [1, 1, TILE.n_q, TILE.d];
    tile().run(
        &tensor(TILE.q(), shape, device),
        &tensor(TILE.k(), shape, device),
        &tensor(tile_lse(), [1, 1, TILE.n_q, 1], device),
    )
}

fn tile_twin() -> Vec<f32> {
    let (q, k, lse, tile) = (TILE.q(), TILE.k(), tile_lse(), tile());
    let head = HeadView::new(&q, &k, &lse, TILE.d, tile.scale);
    let mut pooled = MaxPool::new(tile.queries.clone(), tile.keys.clone(), tile.pool);
    head.for_each_row(tile.queries, tile.keys, |query, row| {
        pooled.push_row(query, row);
    });
    pooled.into_cells()
}

/// Numbers of size 2 without a short period.
fn wave(count: usize, step: f32) -> Vec<f32> {
    (0..count)
        .map(|index| 2.0 * (index as f32 * step).sin())
        .collect()
}

fn tensor(values: Vec<f32>, shape: [usize; 4], device: &Device) -> Tensor<4> {
    Tensor::from_data(TensorData::new(values, shape), device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_twin_has_numbers_worth_comparing() {
        for kernel in &KERNELS {
            let twin = (kernel.twin)();
            let size = twin.iter().fold(0.0_f32, |size, x| size.max(x.abs()));
            assert!(size > 0.1 && size.is_finite(), "{}: {size}", kernel.name);
        }
    }

    #[test]
    fn a_kernel_does_not_run_where_there_is_no_gpu() {
        for kernel in &KERNELS {
            assert!((kernel.on)(&Device::flex()).is_none(), "{}", kernel.name);
        }
    }
}
