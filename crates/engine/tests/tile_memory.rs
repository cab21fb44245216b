//! Memory of looking at a long run: linear in the prompt, and never a whole
//! pattern, not even of one head.

#![cfg(feature = "cpu")]
#![expect(unsafe_code, reason = "an allocator that looks on has to be one")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};

use burn::tensor::Device;
use headlight_activations::Capture;
use headlight_engine::{Backend, HeadRef, LayerCache, Loaded, MAX_TILE_SIDE, now};
use headlight_model::tokenizer::SmallTokenizer;
use headlight_model::{
    Architecture, LogitsWanted, Model, RunRequest, Unhurried, WeightSource, Weights,
};

/// The largest single allocation since it was last reset.
static LARGEST: AtomicUsize = AtomicUsize::new(0);
/// Bytes allocated now, and the most there were since this was last reset.
static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

struct Watching;

// SAFETY: everything is the system allocator's; sizes are only looked at.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Ordering::Relaxed);
        let live = LIVE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(live, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watching = Watching;

/// Small pseudo-random weights.
struct Noise(u64);

impl WeightSource for Noise {
    type Error = Infallible;

    fn take(&mut self, _name: &str, shape: &[usize]) -> Result<Vec<f32>, Infallible> {
        let mut next = || {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            ((self.0 >> 40) as f32 / (1 << 24) as f32 - 0.5) * 0.1
        };
        Ok((0..shape.iter().product()).map(|_| next()).collect())
    }
}

const N_HEADS: usize = 12;
const N_LAYERS: usize = 2;
const LONGEST: usize = 2_048;
const D_VOCAB: u32 = 512;

/// As wide as the models shown, but with fewer layers and a narrow MLP: one
/// layer at a time is on the host, and the MLP has no part in it.
fn wide_model() -> Loaded {
    let config = format!(
        r#"{{"model_type": "gpt2", "vocab_size": {D_VOCAB}, "n_positions": {LONGEST},
            "n_embd": 768, "n_layer": {N_LAYERS}, "n_head": {N_HEADS}, "n_inner": 64}}"#
    );
    let Ok(architecture) = Architecture::from_json(config.as_bytes()) else {
        panic!("the configuration is sound");
    };
    let Ok(weights) = Weights::from_source(&mut Noise(1), &architecture, &Device::flex());
    let file = "../../tests/fixtures/tiny-a/tokenizer.json";
    let bytes = std::fs::read(file);
    let tokenizer = bytes.ok().map(|bytes| SmallTokenizer::from_json(&bytes));
    let Some(Ok(tokenizer)) = tokenizer else {
        panic!("{file} is sound");
    };
    Loaded {
        model: Model::new(architecture, weights),
        tokenizer: Box::new(tokenizer),
        backend: Backend::Cpu,
        weight_bytes: 0,
    }
}

/// What an atlas and a tile took.
struct Taken {
    /// The most bytes beyond those there were before.
    peak: usize,
    /// Bytes of the largest allocation.
    largest: usize,
    /// Milliseconds of the atlas.
    elapsed_ms: f64,
}

/// Makes an atlas and a tile over `n` tokens.
fn look_at(loaded: &Loaded, n: usize) -> Taken {
    let tokens: Vec<u32> = (0..n as u32).map(|pos| pos * pos % D_VOCAB).collect();
    let capture = Capture::none();
    let request = RunRequest {
        tokens: &tokens,
        capture: &capture,
        edits: &[],
        logits: LogitsWanted::Last,
    };
    let Ok(run) = pollster::block_on(loaded.model.run(request, &Unhurried)) else {
        panic!("no run over {n} tokens");
    };
    let before = LIVE.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    LARGEST.store(0, Ordering::Relaxed);
    let (started, mut cache) = (now(), LayerCache::default());
    let n_heads = N_LAYERS * N_HEADS;
    let all = loaded.thumbnails(&run.kept, &tokens, &mut cache, 0..n_heads, 64, &Unhurried);
    assert!(pollster::block_on(all).is_ok_and(|all| all.len() == n_heads));
    let elapsed_ms = started.elapsed().as_secs_f64() * 1e3;
    let at = HeadRef { layer: 1, head: 7 };
    let pool = n.div_ceil(MAX_TILE_SIDE);
    let tile = loaded.tile(&run.kept, &mut cache, at, 0..n, 0..n, pool, &Unhurried);
    assert!(pollster::block_on(tile).is_ok());
    Taken {
        peak: PEAK.load(Ordering::Relaxed) - before,
        largest: LARGEST.load(Ordering::Relaxed),
        elapsed_ms,
    }
}

/// One test, so that nothing else allocates meanwhile.
#[test]
fn looking_at_a_run_takes_memory_linear_in_the_prompt() {
    let loaded = wide_model();
    let lengths = [256, 512, 1_024, LONGEST];
    let taken = lengths.map(|n| look_at(&loaded, n));
    for (n, taken) in lengths.into_iter().zip(&taken) {
        let (peak, largest) = (taken.peak, taken.largest);
        println!(
            "{n} tokens: {:.0} ms, at most {peak} bytes, {largest} at once",
            taken.elapsed_ms
        );
    }
    let [short, _, long, longest] = taken;
    for (n, peak) in [(1_024, long.peak), (LONGEST, longest.peak)] {
        let exponent = (peak as f64 / short.peak as f64).ln() / (n as f64 / 256.0).ln();
        println!("from 256 to {n} tokens: exponent {exponent:.3}");
        assert!(exponent <= 1.1, "{} to {peak} bytes", short.peak);
    }
    let of_head = |n: usize| n * n * size_of::<f32>();
    let (long, longest) = (long.largest, longest.largest);
    assert!(long < N_HEADS * of_head(1_024) / 8, "{long} bytes");
    assert!(longest < of_head(LONGEST) / 2, "{longest} bytes");
}
