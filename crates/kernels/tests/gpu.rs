//! The kernels against their twins and against the definition in f64, on whatever GPU
//! there is: a software one will do.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]

use std::sync::OnceLock;

use burn::tensor::{Device, Tensor, TensorData};
use headlight_flash::{
    Algorithm, HeadView, Inputs, MaxPool, Method, Schedule, Tiling, dense_rows, execute,
};
use headlight_kernels::{Blocks, FlashForward, PatternTile, matmul};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What f32 can do: `BOUND * max(4, max|S|) * max(1, max|V|)`.
const BOUND: f64 = 2.5e-6;

/// The GPU; `None`, said once, where there is none.
fn gpu() -> Option<&'static Device> {
    static DEVICE: OnceLock<Option<Device>> = OnceLock::new();
    let device = DEVICE.get_or_init(|| {
        let device = Device::wgpu_options().init().ok();
        if device.is_none() {
            println!("not run: there is no GPU here");
        }
        device
    });
    device.as_ref()
}

struct Head {
    q: Vec<f32>,
    k: Vec<f32>,
    v: Vec<f32>,
    d: usize,
}

impl Head {
    fn random(seed: u64, [n_q, n_k, d]: [usize; 3], scale: f32) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut numbers = |count: usize, scale: f32| -> Vec<f32> {
            (0..count)
                .map(|_| scale * rng.random_range(-1.7_f32..1.7))
                .collect()
        };
        Self {
            q: numbers(n_q * d, scale),
            k: numbers(n_k * d, scale),
            v: numbers(n_k * d, 1.0),
            d,
        }
    }

    fn inputs(&self) -> Inputs<'_> {
        Inputs::new(&self.q, &self.k, &self.v, self.d).unwrap()
    }

    fn on(&self, device: &Device) -> [Tensor<4>; 3] {
        [&self.q, &self.k, &self.v].map(|values| {
            let shape = [1, 1, values.len() / self.d, self.d];
            Tensor::from_data(TensorData::new(values.clone(), shape), device)
        })
    }

    fn run(&self, device: &Device, is_causal: bool, blocks: Blocks) -> (Vec<f32>, Vec<f32>) {
        let forward = FlashForward {
            scale: self.inputs().problem(is_causal).scale(),
            is_causal,
            blocks,
        };
        let [q, k, v] = self.on(device);
        let output = forward.run(&q, &k, &v).unwrap();
        (read(output.o), read(output.lse))
    }
}

fn read<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    let data = pollster::block_on(tensor.into_data_async()).unwrap();
    data.iter::<f32>().collect()
}

fn largest(values: &[f32]) -> f64 {
    values
        .iter()
        .fold(0.0, |most, &x| most.max(f64::from(x.abs())))
}

/// The largest error of output and log-sum-exp, as parts of what is allowed.
fn error_of(head: &Head, is_causal: bool, (o, lse): &(Vec<f32>, Vec<f32>), rows: &[usize]) -> f64 {
    let mut worst: f64 = 0.0;
    for &row in rows {
        let want = dense_rows(&head.inputs(), is_causal, row..row + 1);
        let scale = BOUND * want.largest_score.max(4.0);
        let of_value = scale * largest(&head.v).max(1.0);
        for (&got, want) in o[row * head.d..][..head.d].iter().zip(&want.o) {
            assert!(got.is_finite(), "row {row}: {got}");
            worst = worst.max((f64::from(got) - want).abs() / of_value);
        }
        let (got, want) = (f64::from(lse[row]), want.lse[0]);
        if want.is_infinite() {
            assert_eq!(got, want, "row {row}");
        } else {
            worst = worst.max((got - want).abs() / scale);
        }
    }
    worst
}

#[test]
fn flash_attention_is_softmax_attention() {
    let Some(device) = gpu() else { return };
    let mut worst: f64 = 0.0;
    for (sizes, scale) in [
        ([1, 1, 1], 1.0),
        ([1, 70, 3], 1.0),
        ([5, 3, 8], 1.0),
        ([64, 64, 16], 1.0),
        ([65, 65, 16], 3.0),
        ([150, 150, 13], 1.0),
        ([33, 200, 64], 2.0),
        ([200, 33, 64], 1.0),
        ([130, 130, 100], 4.0),
        ([70, 70, 256], 1.0),
        ([512, 512, 64], 1.0),
    ] {
        let head = Head::random(1, sizes, scale);
        let rows: Vec<usize> = (0..sizes[0]).collect();
        for is_causal in [false, true] {
            for blocks in [(64, 32), (7, 3), (16, 8), (256, 1)] {
                let tiling = Tiling::new(blocks.0, blocks.1).unwrap();
                let Some(blocks) = Blocks::of_tiling(tiling, head.d) else {
                    continue;
                };
                let got = head.run(device, is_causal, blocks);
                let error = error_of(&head, is_causal, &got, &rows);
                assert!(error <= 1.0, "{sizes:?} {is_causal} {blocks:?}: {error}");
                worst = worst.max(error);
                // Its twin, in the same tiles.
                let fa2 = Method::new(Algorithm::Fa2);
                let problem = head.inputs().problem(is_causal);
                let schedule = Schedule::new(problem, fa2, Some(tiling)).unwrap();
                let twin = execute(head.inputs(), &schedule).unwrap();
                let of_twin = error_of(&head, is_causal, &(twin.o, twin.lse), &rows);
                assert!(of_twin <= 1.0, "{of_twin}");
            }
        }
    }
    println!("worst error: {worst:.2} of what is allowed");
}

#[test]
fn hard_numbers_stay_within_the_bound() {
    let Some(device) = gpu() else { return };
    let (n, d) = (96, 32);
    let blocks = Blocks::usual(d).unwrap();
    let rows: Vec<usize> = (0..n).collect();
    let mut one_dominates = Head::random(2, [n, n, d], 1.0);
    one_dominates.k[40 * d..][..d].fill(9.0);
    let mut equal = Head::random(3, [n, n, d], 1.0);
    equal.k.fill(0.5);
    let mut constant = Head::random(4, [n, n, d], 1.0);
    constant.q.fill(0.0);
    let large = Head::random(5, [n, n, d], 30.0);
    for (name, head) in [
        ("one key dominates", one_dominates),
        ("equal keys", equal),
        ("queries of zeros", constant),
        ("large scores", large),
    ] {
        for is_causal in [false, true] {
            let got = head.run(device, is_causal, blocks);
            let error = error_of(&head, is_causal, &got, &rows);
            println!("{name}: {error:.2} of what is allowed");
            assert!(error <= 1.0, "{name} {is_causal}: {error}");
        }
    }
}

/// A software GPU stops loops silently when they get long: several launches must not show.
#[test]
fn long_sequences_are_as_right_as_short_ones() {
    let Some(device) = gpu() else { return };
    for (n, d) in [(8_192, 64), (2_048, 256)] {
        let head = Head::random(6, [n, n, d], 1.0);
        let rows = [0, 1, 63, 64, n / 2, n - 65, n - 1];
        let got = head.run(device, true, Blocks::usual(d).unwrap());
        let error = error_of(&head, true, &got, &rows);
        println!("{n} keys of width {d}: {error:.2} of what is allowed");
        assert!(error <= 1.0, "{error}");
    }
}

#[test]
fn heads_that_share_keys_have_those_of_their_group() {
    let Some(device) = gpu() else { return };
    let (heads, kv_heads, n, d) = (4, 2, 20, 8);
    let all = Head::random(7, [2 * heads * n, 2 * kv_heads * n, d], 1.0);
    let tensor = |values: &[f32], heads| {
        let data = TensorData::new(values.to_vec(), [2, heads, n, d]);
        Tensor::<4>::from_data(data, device)
    };
    let forward = FlashForward {
        scale: 0.3,
        is_causal: true,
        blocks: Blocks::usual(d).unwrap(),
    };
    let (k, v) = (tensor(&all.k, kv_heads), tensor(&all.v, kv_heads));
    let together = forward.run(&tensor(&all.q, heads), &k, &v).unwrap();
    for batch in 0..2 {
        for head in 0..heads {
            let one = |of: &Tensor<4>, head| of.clone().narrow(0, batch, 1).narrow(1, head, 1);
            let kv_head = head * kv_heads / heads;
            // Parts of tensors, so that gaps between rows are seen as well.
            let q = one(&tensor(&all.q, heads), head);
            let alone = forward.run(&q, &one(&k, kv_head), &one(&v, kv_head));
            let alone = alone.unwrap();
            assert_eq!(read(alone.o), read(one(&together.o, head)));
            assert_eq!(read(alone.lse), read(one(&together.lse, head)));
        }
    }
}

#[test]
fn a_pattern_tile_holds_the_largest_weights() {
    let Some(device) = gpu() else { return };
    let (n, d) = (150, 13);
    let head = Head::random(8, [n, n, d], 1.5);
    let scale = head.inputs().problem(true).scale();
    let lse: Vec<f32> = dense_rows(&head.inputs(), true, 0..n)
        .lse
        .iter()
        .map(|&lse| lse as f32)
        .collect();
    let [q, k, _] = head.on(device);
    let on_gpu = Tensor::from_data(TensorData::new(lse.clone(), [1, 1, n, 1]), device);
    let view = HeadView::new(&head.q, &head.k, &lse, d, scale);
    for (queries, keys, pool) in [
        (0..n, 0..n, 1),
        (0..n, 0..n, 7),
        (3..140, 20..141, 4),
        (149..150, 0..n, 1),
        (0..n, 0..n, 1_000),
    ] {
        let tile = PatternTile {
            scale,
            queries: queries.clone(),
            keys: keys.clone(),
            pool,
        };
        let got = read(tile.run(&q, &k, &on_gpu).unwrap());
        let mut want = MaxPool::new(queries.clone(), keys.clone(), pool);
        view.for_each_row(queries, keys, |query, row| want.push_row(query, row));
        let want = want.into_cells();
        assert_eq!(got.len(), want.len());
        // Both recompute scores of size 10: a few 1e-6 of a weight.
        for (got, want) in got.iter().zip(&want) {
            assert!((got - want).abs() <= 1e-5, "{tile:?}: {got} and {want}");
        }
    }
}

#[test]
fn a_product_is_the_same_on_either_device() {
    let Some(device) = gpu() else { return };
    let host = Device::flex();
    for [batch, rows, inner, columns] in [[1, 1, 65, 130], [3, 17, 33, 29], [2, 64, 64, 64]] {
        let numbers = Head::random(9, [batch * rows, batch * columns, inner], 1.0);
        let product = |device: &Device| {
            let a = TensorData::new(numbers.q.clone(), [1, batch, rows, inner]);
            let b = TensorData::new(numbers.k.clone(), [1, batch, columns, inner]);
            let b = Tensor::<4>::from_data(b, device).swap_dims(2, 3);
            read(matmul(Tensor::<4>::from_data(a, device), b))
        };
        for (got, want) in product(device).iter().zip(product(&host)) {
            assert!((got - want).abs() <= 2e-5, "{got} and {want}");
        }
    }
}
