//! Memory of a run: no `[head, query, key]` tensor of a whole prompt.

#![expect(unsafe_code, reason = "an allocator that looks on has to be one")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};

use burn::tensor::Device;
use headlight_activations::{Capture, HookPoint, Site};
use headlight_model::{
    Architecture, LogitsWanted, Model, RunRequest, Unhurried, WeightSource, Weights,
};

/// The largest single allocation since it was last reset.
static LARGEST: AtomicUsize = AtomicUsize::new(0);

struct Watching;

// SAFETY: everything is the system allocator's; sizes are only looked at.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watching = Watching;

struct Zeros;

impl WeightSource for Zeros {
    type Error = Infallible;

    fn take(&mut self, _name: &str, shape: &[usize]) -> Result<Vec<f32>, Infallible> {
        Ok(vec![0.0; shape.iter().product()])
    }
}

const N_HEADS: usize = 4;

fn largest_allocation(n: usize, capture: &Capture) -> usize {
    let config = format!(
        r#"{{"model_type": "gpt2", "vocab_size": 8, "n_positions": {n}, "n_embd": 32,
            "n_layer": 1, "n_head": {N_HEADS}}}"#
    );
    let Ok(architecture) = Architecture::from_json(config.as_bytes()) else {
        panic!("the configuration is sound");
    };
    let Ok(weights) = Weights::from_source(&mut Zeros, &architecture, &Device::flex());
    let model = Model::new(architecture, weights);
    let tokens = vec![1; n];
    LARGEST.store(0, Ordering::Relaxed);
    let request = RunRequest {
        tokens: &tokens,
        capture,
        edits: &[],
        logits: LogitsWanted::Last,
    };
    assert!(pollster::block_on(model.run(request, &Unhurried)).is_ok());
    LARGEST.load(Ordering::Relaxed)
}

/// One test, so that nothing else allocates meanwhile.
#[test]
fn the_largest_tensor_grows_with_the_prompt_and_not_with_its_square() {
    let none = Capture::none();
    let (short, long) = (
        largest_allocation(512, &none),
        largest_allocation(2048, &none),
    );
    let square = N_HEADS * 2048 * 2048 * size_of::<f32>();
    println!(
        "largest allocation: {short} bytes at 512 tokens, {long} at 2,048; a whole pattern would be {square}"
    );
    assert!(
        long <= 5 * short,
        "four times the tokens, {short} to {long} bytes"
    );
    assert!(long < square / 8);
    // The measure sees such a tensor when there is one.
    let capture = Capture::all_positions([HookPoint::block(0, Site::AttnPattern)]);
    assert!(largest_allocation(2048, &capture) >= square);
}
